"""A plan and a run of the swarm for the command line: plain data, and the same as tables."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import TextIO

import numpy as np
from tabulate import tabulate

from kscale_nb import MODEL
from kscale_nb.errors import KscaleError
from kscale_nb.machines.swarm import run_file
from kscale_nb.machines.swarm.collisions import encounters
from kscale_nb.machines.swarm.growth import upkeep_share
from kscale_nb.machines.swarm.heat import heat_of
from kscale_nb.machines.swarm.jobs import Serving, Training, place
from kscale_nb.machines.swarm.orbit import light_shift
from kscale_nb.machines.swarm.parameters import MOST, YEAR, SwarmParameters
from kscale_nb.machines.swarm.records import ManagementResult, ScalingResult
from kscale_nb.machines.swarm.swarm import DysonSwarm
from kscale_nb.printed import figure_text
from kscale_nb.units import value_text

BAR = 40
MILESTONES = 8  # rows of the calendar
TRAINING = 0.9  # of the modules, the others serve
JOBS = (("training", "training", True), ("training, apart", "training_apart", True), ("serving", "serving", False))


def make_swarm(options) -> DysonSwarm:
    """The swarm that the command line describes, or the one in its file."""
    told = {"power": options.from_power, "metal": options.metal, "modules": options.modules, "lots": options.lots}
    changes = {name: value for name, value in told.items() if value is not None}
    seed = {} if options.seed is None else {"seed": options.seed}
    if options.resume is not None:
        return run_file.load(options.resume, changes | seed)
    return DysonSwarm(swarm_parameters(changes), **seed)


def swarm_parameters(changes: dict) -> SwarmParameters:
    """A swarm of the world's power today, in modules and lots of the document's size, unless told otherwise.

    A swarm beyond what runs in seconds has larger ones.
    """
    value = MODEL.values()
    power = changes.get("power", value["world_power"])
    scale = power / value["K1_power"]
    wanted = {"modules": value["module_count"] * scale, "lots": 1e6 * scale}
    count = {name: max(1, round(min(number, MOST[name] / 10))) for name, number in wanted.items()}
    return SwarmParameters.of_model(**{"power": power, **count, **changes})


def run(options) -> dict:
    """Run and plan as told; the record of both. Raises KscaleError for bad input."""
    days, target, lose = options.days, options.target_power, options.lose
    if target is None and days is None:
        raise KscaleError("swarm needs --target-power, such as 1e16 or '10 PW', or --days")
    if lose is not None and days is None:
        raise KscaleError("--lose strikes a swarm that runs: give --days too")
    if options.save is not None:
        run_file.check_may_be_written(options.save)  # before the days have passed
    swarm = make_swarm(options)
    growth = max(0.0, 1 - swarm.allocation.computing - upkeep_share(swarm.parameters))
    if options.growth is not None:
        growth = options.growth
        if not 0 <= growth <= 1 - swarm.allocation.computing - swarm.allocation.upkeep:
            raise KscaleError(f"growth: a share that computing and upkeep leave is expected, not {growth:g}")
        if target is not None and growth == 0:
            raise KscaleError("growth: the way to a target takes a share above 0, not 0")
    record = {"seed": swarm.seed, "power": swarm.power, "parameters": swarm.parameters.as_record()}
    if target is not None:
        record["plan"] = plan_record(swarm.scale_computation(target, share=options.growth))
    if days is not None:
        swarm.allocation = replace(swarm.allocation, growth=growth)
        lost = swarm.lose(lose) if lose is not None else 0
        with_bar = sys.stderr.isatty() and days > 0
        result = swarm.manage_swarm(days, progress_bar(days, sys.stderr) if with_bar else None, until_full=True)
        record["run"] = run_record(swarm, result, lost)
        if len(result.days) < days:
            record["run"]["stopped"] = f"{swarm.fullness}, by --lots below {swarm.parameters.lots:,}"
    if options.save is not None:
        run_file.save(swarm, options.save)
    return record


def plan_record(plan: ScalingResult) -> dict:
    times = np.linspace(0, plan.time, MILESTONES + 1)
    powers = np.exp(np.interp(times, plan.times, np.log(plan.powers)))
    return {
        "target_power": plan.target, "kardashev_rating": plan.rating, "modules": plan.modules, "lots": plan.lots,
        "mirror_area": plan.mirror_area, "sunlight_share": plan.sunlight_share,
        "region_diameter": plan.region_diameter, "masses": plan.masses, "elements": plan.elements,
        "making_energy": plan.making_energy, "doubling_time": plan.doubling_time, "time": plan.time,
        "limit": plan.limit, "limited_by": plan.limited_by,
        "power_at_end": plan.power_at_end, "computing_energy": plan.computing_energy,
        "calendar": [{"time": t, "power": p} for t, p in zip(times.tolist(), powers.tolist(), strict=True)],
    }  # fmt: skip


def network_record(swarm: DysonSwarm) -> dict:
    """Links, ways, heat, and what the first document's two jobs yield, its training with and without steps alone."""
    network = swarm.network()
    heat, ways = heat_of(network), network.ways
    training, serving = place(network, [Training.of_model(share=TRAINING), Serving.of_model(share=1 - TRAINING)])
    apart = replace(training.job, steps_alone=MODEL.value("local_steps"))
    placed = {"training": training, "training_apart": apart.placed(network, training.modules, training.exchange),
              "serving": serving}  # fmt: skip
    return {
        "nearest_delay": network.nearest_delay, "longest_delay": network.longest_delay, "links": len(network.links),
        "link_rate": float(network.rate.mean()) if len(network.links) else 0.0,
        "energy_per_byte": network.energy_per_byte, "bisection": network.bisection, "reach": network.reach,
        "hops": ways.hops, "most_hops": ways.most_hops, "detour": ways.detour, "sky_of_neighbours": heat.view,
        "jobs": {name: {"modules": len(one.modules), "tokens_per_second": one.tokens_per_second,
                        "waiting": one.waiting} for name, one in placed.items()},
    }  # fmt: skip


def lots_record(swarm: DysonSwarm) -> dict:
    """How lots fare with light and with one another."""
    p = swarm.parameters
    met = encounters(p)
    return {
        "light_shift": float(np.linalg.norm(light_shift(met.lightness, p.orbit_radius))),
        "meetings": met.meetings, "avoidance": met.avoidance, "mirrors_aside": met.mirrors_aside,
        "fragments_to_cascade": met.threshold,
    }  # fmt: skip


def run_record(swarm: DysonSwarm, result: ManagementResult, lost: int) -> dict:
    return {
        "days": len(result.days), "day": swarm.day, "power": float(result.power[-1]) if len(result.power) else None,
        "computing": float(result.computing[-1]) if len(result.computing) else None,
        "modules": int(swarm.module_works.sum()), "lots": int(swarm.lot_works.sum()), "modules_lost_at_once": lost,
        "modules_failed": result.modules_failed, "lots_failed": result.lots_failed,
        "modules_replaced": result.modules_replaced, "lots_replaced": result.lots_replaced,
        "lots_added": result.lots_added, "modules_added": result.modules_added,
        "hardware_replaced": result.hardware_replaced,
        "computing_energy": result.computing_energy, "power_at_end": result.power_at_end,
        "idle_modules": result.idle_modules, "idle_lots": result.idle_lots,
        "propellant": result.propellant, "speed_change": result.speed_change,
        "network": network_record(swarm), "encounters": lots_record(swarm),
        "mass_residual": swarm.mass_residual(), "energy_residual": swarm.energy_residual(), "stopped": None,
    }  # fmt: skip


def text(record: dict) -> str:
    """The record as a reader wants it."""
    parts = []
    if plan := record.get("plan"):
        rows = [
            ["from", value_text(record["power"], "W")],
            ["to", f"{value_text(plan['target_power'], 'W')}, K {figure_text(plan['kardashev_rating'], 3)}"],
            ["modules", f"{plan['modules']:,}"],
            ["lots of mirrors", f"{plan['lots']:,}"],
            ["area of the mirrors", value_text(plan["mirror_area"], "km^2")],
            ["share of the star's light", figure_text(plan["sunlight_share"], 3)],
            ["sphere of their volume", value_text(plan["region_diameter"], "km")],
            ["energy to make it", value_text(plan["making_energy"], "J")],
            ["doubling time in balance", value_text(plan["doubling_time"], "day")],
            ["time", value_text(plan["time"], "year")],
            ["growth ends at", f"{value_text(plan['limit'], 'W')}, by {plan['limited_by']}"],
        ]
        parts.append(tabulate(rows, tablefmt="plain", disable_numparse=True))
        for title, masses in (("mass", plan["masses"]), ("with structures, water, stores", plan["elements"])):
            rows = [[name, value_text(mass, "kg")] for name, mass in masses.items()]
            parts.append(tabulate(rows, headers=[title, ""], disable_numparse=True))
        calendar = [[value_text(row["time"], "year"), value_text(row["power"], "W")] for row in plan["calendar"]]
        parts.append(tabulate(calendar, headers=["after", "power"], disable_numparse=True))
    if after := record.get("run"):
        rows = [
            ["days", f"{after['days']:,} (day {after['day']:,} of the run)"],
            ["power", "n/a" if after["power"] is None else value_text(after["power"], "W")],
            ["computing", "n/a" if after["computing"] is None else value_text(after["computing"], "W")],
            ["modules", f"{after['modules']:,} work; {after['modules_lost_at_once']:,} lost at once, "
                        f"{after['modules_failed']:,} failed whole, {after['modules_replaced']:,} made again"],
            ["hardware in them", f"{value_text(after['hardware_replaced'], 'kg')} failed and swapped"],
            ["lots", f"{after['lots']:,} work; {after['lots_failed']:,} failed, {after['lots_replaced']:,} made "
                     f"again, {after['lots_added']:,} added"],
            ["propellant", value_text(after["propellant"], "kg")],
            *network_rows(after["network"]),
            *lots_rows(after["encounters"]),
            ["books", f"mass {after['mass_residual']:.0e}, energy {after['energy_residual']:.0e} left over"],
        ]  # fmt: skip
        parts.append(tabulate(rows, tablefmt="plain", disable_numparse=True))
    return "\n\n".join(parts)


def network_rows(network: dict) -> list[list[str]]:
    jobs = network["jobs"]
    return [
        ["light to the nearest", value_text(network["nearest_delay"], "ms")],
        ["light across", value_text(network["longest_delay"], "s")],
        ["links", f"{network['links']:,}, of {value_text(network['link_rate'], 'Tbit/s')} and "
                  f"{value_text(network['energy_per_byte'], 'nJ/bit')} in the mean; they join "
                  f"{figure_text(100 * network['reach'], 3)}%"],
        ["ways", f"{figure_text(network['hops'], 3)} hops in the mean, {network['most_hops']} at most, "
                 f"{figure_text(network['detour'], 3)} times the straight line"],
        ["between halves", value_text(network["bisection"], "Tbit/s")],
        *([title, f"{jobs[name]['modules']:,} modules, {value_text(jobs[name]['tokens_per_second'], 'token/s')}"
                  + (f", waiting {figure_text(100 * jobs[name]['waiting'], 3)}% of its time" if waits else "")]
          for title, name, waits in JOBS),
        ["others in a module's sky", figure_text(network["sky_of_neighbours"], 3)],
    ]  # fmt: skip


def lots_rows(lots: dict) -> list[list[str]]:
    return [
        ["light moves lots by", value_text(lots["light_shift"], "km")],
        ["a lot meets another", f"{figure_text(lots['meetings'] * YEAR, 3)} times a year without order; keeping clear "
                                f"takes {figure_text(lots['avoidance'] * YEAR, 3)} m/s a year"],
        ["a cascade takes", f"{figure_text(lots['fragments_to_cascade'], 3)} fragments of each lot that breaks"],
    ]  # fmt: skip


def progress_bar(days: int, stream: TextIO) -> Callable[[int], None]:
    """Draws how many of the days have passed, at most once for each of its dashes."""

    def show(done: int) -> None:
        filled = done * BAR // days
        if filled != (done - 1) * BAR // days:
            stream.write(f"\r[{'#' * filled}{'.' * (BAR - filled)}] day {done:,} of {days:,}")
            stream.write("\n" if done == days else "")
            stream.flush()

    return show

"""The DysonSwarm on trial: its four operations, its books, whether a run keeps what its plan promised, and when."""

from __future__ import annotations

from kscale_nb import MODEL
from kscale_nb.errors import KscaleError
from kscale_nb.machines.acceptance.criterion import Criterion
from kscale_nb.machines.swarm.parameters import DAY, YEAR
from kscale_nb.machines.swarm.records import ComputingNode, ScaleTarget
from kscale_nb.machines.swarm.swarm import DysonSwarm
from kscale_nb.printed import figure_text

PART = "swarm"
SIZE = {"modules": 200, "lots": 2_000}  # enough for chance to average out, and quick
KEPT = 0.02  # by how much a run may differ from its plan
ROUNDING = 1e-12
PLENTY = 1e25  # metal that is no limit [kg]


def tests(seed: int, **changes) -> list[Criterion]:
    """All criteria of the swarm, after changes of the model."""
    return [test(seed, **changes) for test in (four_operations, closed_books, kept_promise, same_again, on_time)]


def a_swarm(seed: int, **changes) -> DysonSwarm:
    return DysonSwarm.of_model(seed=seed, **SIZE | changes)


def computing(result, days: int) -> float:
    """Mean power for computing of a run [W]."""
    energy = getattr(result, "computing_energy", None)
    return float(result.computing.mean()) if energy is None else energy / (days * DAY)


def four_operations(seed: int, **changes) -> Criterion:
    swarm = a_swarm(seed, **changes)
    before = computing(swarm.manage_swarm(1), 1)
    number = swarm.deploy_node(ComputingNode(1e9, 1e7))
    swarm.optimize_resources(365.25)
    swarm.scale_computation(2 * MODEL.value("K1_power", **changes))
    after = computing(swarm.manage_swarm(1), 1)
    return Criterion(
        PART, "four operations run", "tip.compatibility", "the document's four names, and a swarm that computes",
        f"node {number} deployed, computing {figure_text(before, 3)} W before and {figure_text(after, 3)} W after",
        before > 0 and after >= 0, "the signatures' types are names only, so any types fit",
    )  # fmt: skip


def closed_books(seed: int, **changes) -> Criterion:
    swarm = a_swarm(seed, **changes)
    swarm.lose(0.3)
    swarm.manage_swarm(60)
    swarm.deploy_node(ComputingNode(1e9, 1e7))
    swarm.optimize_resources(365.25)
    swarm.manage_swarm(60)
    mass, energy = abs(swarm.mass_residual()), abs(swarm.energy_residual())
    within = max(mass, energy) < ROUNDING
    return Criterion(
        PART, "books close", "tip.swarm", "mass and energy to 10⁻¹² through loss, mending and growth",
        "both below it" if within else f"mass {mass:.0e}, energy {energy:.0e}", within,
        "what no book has an account for is not missed",
    )  # fmt: skip


def kept_promise(seed: int, **changes) -> Criterion:
    asked = f"computing of half a year and of two within {KEPT:.0%} of what was promised, without failures"
    weak = "two horizons; failures are left out, whose chance no plan can promise"

    def judged(measured: str, passed: bool) -> Criterion:
        return Criterion(PART, "a run keeps its plan", "tip.swarm", asked, measured, passed, weak)

    told = []
    for years in (0.5, 2.0):
        days = round(years * YEAR / DAY)
        try:
            swarm = a_swarm(seed, failures=False, **changes)
            promise, run = swarm.optimize_resources(days), swarm.manage_swarm(days)
        except KscaleError as refusal:
            return judged(f"refused: {refusal}", False)
        if not hasattr(promise, "computing_energy"):
            return judged("the policy's record promises no computing_energy", False)
        told.append(run.computing_energy / promise.computing_energy)
    apart = max(abs(ratio - 1) for ratio in told)
    return judged(" and ".join(f"{figure_text(ratio, 4)} of it" for ratio in told), apart <= KEPT)


def same_again(seed: int, **changes) -> Criterion:
    first, second = (computing(a_swarm(seed, **changes).manage_swarm(90), 90) for _ in range(2))
    return Criterion(
        PART, "a run can be repeated", "tip.test-plan", "the same computing to the bit from the same seed",
        "the same" if first == second else "another", first == second, "on one computer and one version of numpy",
    )  # fmt: skip


def on_time(seed: int, **changes) -> Criterion:
    rating, years = (MODEL.value(name, **changes) for name in ("swarm_rating", "phase_3_length"))
    years /= YEAR
    try:
        plan = a_swarm(seed, metal=PLENTY, **changes).scale_computation(ScaleTarget(rating=rating))
        taken, measured = plan.time / YEAR, f"{figure_text(plan.time / YEAR, 3)} years"
    except KscaleError as refusal:
        taken, measured = float("inf"), f"refused: {refusal}"
    return Criterion(
        PART, "the target on time", "tip.phase-3",
        f"from this swarm to {figure_text(rating, 2)} on Sagan's line in {figure_text(years, 2)} years",
        measured, taken <= years, "begins with K1 and its industry, which nobody has; metal is no limit here",
    )  # fmt: skip

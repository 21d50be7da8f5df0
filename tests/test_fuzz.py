"""Thousands of bad inputs, the same on every run: each gets an answer or one line, soon, and nothing is lost."""

import contextlib
import io
import math
import os
import random
import resource
import signal
import socket
import traceback
from dataclasses import fields
from decimal import Decimal
from fractions import Fraction
from numbers import Number
from pathlib import Path

import numpy as np
import pytest

import kscale_nb
from kscale_nb import FINDINGS, LEDGER, MODEL, PRESETS, DysonSwarm, KscaleError, ThermodynamicComputer
from kscale_nb.chapters.energy_split import K1_power
from kscale_nb.claims import PHYSICS, VERDICTS
from kscale_nb.commands import main
from kscale_nb.doubt.distributions import Distribution
from kscale_nb.doubt.doubts import Doubts, load_doubts
from kscale_nb.doubt.odds import odds_of
from kscale_nb.doubt.sensitivity import sobol, worth_knowing
from kscale_nb.errors import echoed
from kscale_nb.findings import load_findings
from kscale_nb.machines.computer.chip import ThermodynamicChip
from kscale_nb.machines.computer.heat import HeatManagement
from kscale_nb.machines.computer.power import PowerManagement
from kscale_nb.machines.computer.workloads import OPERATIONS
from kscale_nb.machines.line.bill import DOCUMENT, by_element, ways
from kscale_nb.machines.line.production import Stream, Way, close
from kscale_nb.machines.metrics.metrics import METRICS, measure
from kscale_nb.machines.metrics.system import System
from kscale_nb.machines.metrics.systems import load_systems, own_systems
from kscale_nb.machines.steam import SteamCycle, water
from kscale_nb.machines.swarm import run_file
from kscale_nb.machines.swarm.parameters import SwarmParameters
from kscale_nb.machines.swarm.records import ComputingNode, ScaleTarget
from kscale_nb.notebook import compare, givens, link, results, worked
from kscale_nb.presets import load_presets

SEED, LINES = 1884, 2_000
SECONDS, BYTES = 30, 3_000_000_000  # of one input, on a busy machine; of all of them
GIVENS = sorted(MODEL.givens)
UNITS = sorted({MODEL[name].unit for name in MODEL})
SIZES = [
    "",
    "0",
    "1",
    "2",
    "30",
    "-1",
    "1.5",
    "1e3",
    "10.0",
    "007",
    "９",
    "٣",
    "9" * 30,
    "9" * 5_000,
    "1000000000000",
    "x",
]
ADDRESSES = ["", "x", "127.0.0.1:1", "tcp://127.0.0.1:1", "tcp://:x", "inproc://no/such/1", "http://127.0.0.1:1", "\0"]
NUMBERS = [
    *SIZES,
    "5%", "150%", "1e16", "1e-300", "1e300", "1e400", "1e" + "9" * 5_000, "9" * 300, "9" * 400, "0." + "3" * 400,
    "nan", "inf", "-inf", "1,5", "1_000", "0x10", "10^16", "10¹⁶", "5 × 10⁻³", "~3", "1/3", "ten", "3 + 4", "±5", "½",
]  # fmt: skip
ODD_TEXTS = [
    "", " ", "\0", "\n", "\x1b[2J\x07", "\u202etxt", "\ud800", "ÅÉ", "時間", "𝟙", "‰",
    "a" * 10_000, "'" * 999, "\\" * 999,
    "=", "==", "=5", "-", "--", "-x", "--days", "%", "%s%n", "{0}", "$HOME", "`id`", "__import__('os')", "*",
    "../..", "None",
]  # fmt: skip


@pytest.fixture
def within_limits():
    """Ends a test whose input takes too long, and fails one whose inputs took too much memory."""

    def too_long(*_):
        raise TimeoutError

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    old = signal.signal(signal.SIGALRM, too_long)
    yield lambda: signal.alarm(SECONDS)
    signal.alarm(0)
    signal.signal(signal.SIGALRM, old)
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < BYTES


def mangled(chance: random.Random, text: str) -> str:
    """The text as it is, or with a slip of the finger."""
    place = chance.randrange(len(text) + 1)
    return chance.choice([
        text, text, text, text[:place], text[:place] + text[place + 1 :],
        text[:place] + chance.choice(ODD_TEXTS) + text[place:],
        text.upper(), text[::-1], text * chance.choice([2, 500]), f" {text} ",
    ])  # fmt: skip


# -- the command line ---------------------------------------------------------------------------------


def ran(words: list[str]) -> tuple[int, str]:
    """The exit code of a command, and what it wrote to the standard error."""
    out, error = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
        try:
            code = main(words)
        except SystemExit as stop:
            code = stop.code
    error.flush()
    return code, error.buffer.getvalue().decode()


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with a run, and with all that is none."""
    monkeypatch.chdir(tmp_path)
    run_file.save(DysonSwarm(modules=5, lots=5), "run.npz")
    (tmp_path / "letter.txt").write_text("Dear reader")
    (tmp_path / "mine.toml").write_text('[laptop]\npower = { value = 40, unit = "W", source = "a meter" }\n')
    (tmp_path / "deep.toml").write_text("a = " + "[" * 5_000)
    (tmp_path / "noise.toml").write_bytes(bytes(range(256)))
    (tmp_path / "runs.csv").write_text(
        "N,D,loss\n" + "".join(f"{n}e8,{d}e9,{2 + 9 / n + 7 / d}\n" for n in (1, 3, 9) for d in (2, 5, 9, 30))
    )
    (tmp_path / "cut.npz").write_bytes((tmp_path / "run.npz").read_bytes()[:999])
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "link.npz").symlink_to("letter.txt")
    (tmp_path / "round.toml").symlink_to("round.toml")
    os.mkfifo(tmp_path / "pipe.toml")
    with socket.socket(socket.AF_UNIX) as unix:
        unix.bind("socket.toml")
    return tmp_path


def command_line(chance: random.Random, files: list[str]) -> list[str]:
    def name() -> str:
        return mangled(chance, chance.choice([*GIVENS, *MODEL]))

    def amount() -> str:
        return mangled(chance, f"{chance.choice(NUMBERS)}{chance.choice(['', ' '])}{chance.choice(['', *UNITS])}")

    def file() -> str:
        return chance.choice(
            [*files, "none.toml", "no/such/folder", "x" * 5_000, "a\0b.toml", chance.choice(ODD_TEXTS)]
        )

    def change() -> str:
        return f"{name()}{chance.choice(['=', '=', '=', ' = ', '', '=='])}{amount()}"

    def of(known) -> str:
        return mangled(chance, chance.choice(sorted(known)))

    options = {
        "ledger": {"--verdict": lambda: of(VERDICTS), "--physics": lambda: of(PHYSICS),
                   "--id": lambda: of(LEDGER.claims), "--document": lambda: of(["K1S1AI", "TIP-0128"])},
        "explain": {}, "list": {}, "metrics": {}, 
        "odds": {"--cluster": lambda: chance.choice(ADDRESSES)},
        "what-if": {"--preset": lambda: of(PRESETS)},
        "scaling": {"--compute": amount, "--seed": lambda: chance.choice(SIZES)},
        "swarm": {
            **dict.fromkeys(["--target-power", "--from-power", "--growth", "--lose", "--metal"], amount),
            **dict.fromkeys(["--days", "--lots", "--modules", "--seed"], lambda: chance.choice(SIZES)),
            "--save": file, "--resume": file,
        },
    }  # fmt: skip
    words = {
        "explain": name,
        "metrics": lambda: chance.choice([of(own_systems()), file()]),
        "what-if": change,
        "odds": lambda: of(LEDGER.claims),
        "scaling": file,
    }
    command = chance.choice([*options, "explain", "explain", "what-if", "what-if", "swarm", "swarm", "swarm"])
    few = ["--draws", chance.choice(["9", "20", *SIZES[:8]])] if command in {"odds", "scaling"} else []
    line = [command if chance.random() < 0.97 else mangled(chance, command)]
    for option in chance.sample(sorted(options[command]), min(len(options[command]), chance.randrange(5))):
        line.append(option if chance.random() < 0.97 else mangled(chance, option))
        if chance.random() < 0.97:
            line.append(options[command][option]())
    for _ in range(chance.choice([0, 1, 1, 1, 2, 3]) if command in words else chance.random() < 0.05):
        line.append(words.get(command, name)())
    if chance.random() < 0.2:
        line += ["--format", chance.choice(["json", "json", "table", "xml"])]
    return line + few


def test_no_command_line_gets_a_traceback(place, within_limits):
    chance, files = random.Random(SEED), sorted(path.name for path in place.iterdir())
    answered = 0
    for _ in range(LINES):
        line = command_line(chance, files)
        within_limits()
        try:
            code, told = ran(line)
        except BaseException as error:
            raise AssertionError(f"{type(error).__name__}: {error} from {line!r:.600}") from error
        assert code in (0, 2) and told.count("\n") == (code == 2), (line, told)
        assert len(told) <= 412 and (told[:-1].isprintable() or not told), (line, told)
        answered += code == 0
    assert LINES / 20 < answered < LINES * 0.9
    assert (place / "letter.txt").read_text() == "Dear reader" and (place / "link.npz").is_symlink()
    assert run_file.load(place / "run.npz")
    assert not list(place.glob(".kscale*"))


# -- Python -------------------------------------------------------------------------------------------


class Stranger:
    def __repr__(self):
        return "a stranger\nof many lines" * 99


VALUES = [
    None, True, 0, -1, 1, 3, 10.0, 0.5, -0.0, math.nan, math.inf, -math.inf, 1e308, -1e308, 5e-324, 1e30, 1e-30,
    10**400, 10**5_000, -(10**5_000), 1j, Fraction(1, 3), Decimal("0.1"), np.int64(3), np.float32(2.5),
    np.float64(math.nan),
    np.bool_(True), "", "3", "1e16 W", "5%", "nan", "\0", "x" * 10_000, "\x1b[2J\n", "K1_power", b"5", [], [1.0],
    [1, [2]], ["a"], (1, 2), {}, {"a": 1}, {1}, range(3), np.array([]), np.array([1.0, 2.0]),
    np.array([math.nan]), np.eye(3),
    np.array(["a"]), np.array([None]), Stranger, Stranger(), print, K1_power, KscaleError("x"), slice(3), ...,
]  # fmt: skip
PLAIN = [value for value in VALUES if value is None or isinstance(value, str | Number | np.generic)]
SMALL = {"modules": 5, "lots": 5}
NODE, POWERED = ComputingNode(power=1e9, mass=1e3), System(name="a", power=5.0, throughput=1.0)


def finite(result) -> bool:
    """Whether all numbers of a result are real and finite, as far as it shows them."""
    if isinstance(result, bool | str | None | type):
        return True
    if isinstance(result, int | float | np.number | np.ndarray):
        return bool(np.isfinite(np.asarray(result, float)).all())
    if isinstance(result, dict):
        return all(map(finite, result.values()))
    if isinstance(result, list | tuple):
        return all(map(finite, result))
    return True


def one_of(chance: random.Random, function, names, **others):
    """Calls with one argument changed; the rest as they should be."""
    name = chance.choice(sorted(names))
    return lambda value: function(**{**others, name: value})


def machine_calls(chance: random.Random):
    parameters = [field.name for field in fields(SwarmParameters)]
    swarm, computer = DysonSwarm(**SMALL), ThermodynamicComputer()
    computer.idle(1.0)
    operation, metric = chance.choice(sorted(OPERATIONS)), chance.choice(sorted(METRICS))
    plant = {"pressure": 8e6, "steam_temperature": 753.15, "condenser_temperature": 315, "source_temperature": 838}
    return [
        one_of(chance, DysonSwarm, [*parameters, "seed", "parameters", "nonsense"], **SMALL),
        one_of(chance, SwarmParameters.of_model, parameters),
        swarm.manage_swarm, swarm.lose, swarm.optimize_resources, swarm.scale_computation, swarm.deploy_node,
        lambda value: swarm.scale_computation(1e17, value),
        lambda value: swarm.scale_computation(ScaleTarget(rating=value)),
        lambda value: swarm.deploy_node(ComputingNode(value, 1.0)),
        lambda value: swarm.deploy_node(ComputingNode(1.0, 1.0, value)),
        lambda value: run_file.load(value) if not isinstance(value, str | bytes) else None,
        one_of(chance, ThermodynamicComputer, ["voltage", "temperature", "chips", "heat", "power"]),
        computer.compute, computer.set_voltage, computer.optimize_efficiency, computer.recycle_heat, computer.idle,
        lambda value: computer.recycle_heat(1.0, value), lambda value: computer.pump_heat(1.0, value),
        lambda value: computer.pump_heat(value, 400.0),
        lambda value: computer.compute(operation, value, value),
        lambda value: computer.compute(operation, value),
        lambda value: computer.compute(OPERATIONS["Sort"]([3, 1, 2]).times(value)),
        one_of(chance, computer.monitor_performance, [*(field.name for field in fields(System)), "nonsense"]),
        one_of(chance, PowerManagement, ["efficiency", "power_limit", "energy_limit"], efficiency=0.9, power_limit=5.0),
        one_of(chance, HeatManagement.of_model, ["carnot_share", "sink_temperature", "heat_capacity"]),
        one_of(chance, ThermodynamicChip.of_model, ["slope_factor", "design_voltage", "nonsense"]),
        one_of(chance, SteamCycle, [field.name for field in fields(SteamCycle)], **plant),
        one_of(chance, SteamCycle.of_model, ["radiator_temperature", "steam_pressure", "nonsense"]),
        one_of(chance, water, ["pressure", "temperature", "quality"], pressure=1e5),
        one_of(chance, water, ["enthalpy", "entropy"], pressure=1e5),
        one_of(chance, close, ["streams", "ways", "import_price"], streams=[Stream("ore", {"Fe": 0.5})],
               ways=[Way("rails", "iron", {"Fe": 120.0})]),
        lambda value: Stream("ore", value),
        lambda value: Stream("ore", {"Fe": value}), lambda value: Way("rails", "iron", {"Fe": value}),
        one_of(chance, Way, ["elements", "consumed"], product="rails", name="iron", elements={"Fe": 1.0}),
        ways, lambda value: ways(DOCUMENT, without=value), lambda value: ways({"windings": value}), by_element,
        one_of(chance, System, [field.name for field in fields(System)], name="a", power=5.0),
        lambda value: measure(value, "power_density"), lambda value: measure(POWERED, value),
        lambda value: measure(System(name="a", power=5, throughput=value), metric).value,
        lambda value: load_systems(value) if value is not None else None,
    ]  # fmt: skip


def reading_calls(chance: random.Random):
    name, claim = chance.choice(GIVENS), chance.choice(sorted(LEDGER.claims))
    result = chance.choice(["computing_power", "active_parameters", "radiator_mass", name])
    return [
        lambda value: MODEL.values(**{name: value}), lambda value: MODEL.value(result, **{name: value}),
        lambda value: MODEL.values(value), MODEL.value, lambda value: MODEL[value],
        lambda value: MODEL.intervals([result], **{name: value}),
        lambda value: MODEL.intervals([result], **{name: (value, value)}),
        lambda value: MODEL.invert("computing_share", "logic_power", value),
        MODEL.rests_on, MODEL.carries, MODEL.elasticities, MODEL.closed_form,
        lambda value: kscale_nb.given("x", value, "W", "power", "premise", "k1s1ai"),
        lambda value: kscale_nb.given("x", 1, value, "power", "premise", "k1s1ai"),
        lambda value: kscale_nb.derived("x", value, "W", "power"),
        lambda value: MODEL.extended(x=value), kscale_nb.Model,
        LEDGER.judge, lambda value: LEDGER[value], LEDGER.count, LEDGER.resting_on,
        lambda value: LEDGER.judge(claim, **{name: value}).derived, LEDGER.recover,
        lambda value: LEDGER.recover("kv_share", value),
        lambda value: load_presets(MODEL, value) if value is not None else None,
        lambda value: load_findings(MODEL, value) if value is not None else None,
        FINDINGS.holds, lambda value: FINDINGS.holds("metal-in-radiators", **{name: value}),
    ]  # fmt: skip


def doubt_calls(chance: random.Random):
    result, few = chance.choice(["fitted_loss", "asteroids_needed", chance.choice(list(MODEL))]), MODEL.sample(9)
    low, middle, high = 1.0, 2.0, 3.0
    return [
        lambda value: MODEL.sample(value, targets=[result]).workers, lambda value: MODEL.sample(9, value).mean(result),
        lambda value: MODEL.sample(9, 0, value).workers, few.mean, few.interval, few.impossible,
        few.draws, lambda value: few.quantile(result, value), lambda value: few.interval(result, value),
        few.probability, few.probabilities, lambda value: few.probabilities([value]),
        lambda value: few.probability(f"{result} > {echoed(value)}"), lambda value: worth_knowing(few, value),
        *(lambda value, how=how: MODEL.sample(9, targets=[result], **{how: value}).mean(result)
          for how in ("doubts", "error", "workers", "client", "human_text_stock", chance.choice(GIVENS))),
        lambda value: sobol(MODEL, value, 1), lambda value: sobol(MODEL, result, value),
        lambda value: sobol(MODEL, result, 1, value), lambda value: odds_of(LEDGER, value, prefix="k1s1ai.premise"),
        lambda value: Distribution(value, low, middle, high), lambda value: Distribution("normal", value, middle, high),
        lambda value: Distribution("uniform", low, middle, high, value),
        lambda value: Doubts(MODEL, {"human_text_stock": value}), lambda value: Doubts(MODEL, value),
        lambda value: Doubts(MODEL, joint=[value]), lambda value: Doubts(MODEL, joint=[{"human_text_stock": value}]),
        lambda value: Doubts(MODEL, correlations={("solar_price", "solar_capital"): value}),
        lambda value: load_doubts(MODEL, value) if value is not None else None,
    ]  # fmt: skip


def notebook_calls(chance: random.Random):
    return [worked, compare, givens, results, link, lambda value: worked("computing_power", value),
            lambda value: link("n_layers", value), lambda value: results("n_layers", digits=value)]  # fmt: skip


@pytest.mark.parametrize(
    ("calls", "values"), [(calls, VALUES) for calls in (machine_calls, reading_calls, doubt_calls, notebook_calls)]
)
def test_no_call_answers_with_what_is_no_number_or_no_line(tmp_path, monkeypatch, within_limits, calls, values):
    monkeypatch.chdir(tmp_path)
    chance, faults = random.Random(SEED), {}
    for value in values:
        for number, call in enumerate(calls(chance)):
            within_limits()
            try:
                fault = "" if finite(call(value)) else "an answer that is not finite"
            except KscaleError as error:
                fault = "" if len(str(error)) <= 400 and str(error).isprintable() else f"no line: {error}"
            except Exception as error:
                place = traceback.extract_tb(error.__traceback__)[-1]
                fault = f"{type(error).__name__}: {error!s:.100} in {Path(place.filename).name}, line {place.lineno},"
            if fault:
                faults.setdefault(f"{number} {fault}", f"call {number}: {fault} from {echoed(value):.60}")
    assert not faults, "\n".join(faults.values())

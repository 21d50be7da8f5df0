"""The test plan: every criterion can pass and can fail, and the command says which in its exit code."""

import json
import math
from types import SimpleNamespace

import pytest

from kscale_nb import LEDGER, MODEL, DysonSwarm, KscaleError, ThermodynamicComputer
from kscale_nb.commands import main
from kscale_nb.machines.acceptance import computer, report, security, swarm
from kscale_nb.machines.acceptance.criterion import Criterion
from kscale_nb.machines.computer.chip import ThermodynamicChip
from kscale_nb.machines.computer.heat import HeatManagement


@pytest.fixture(scope="module")
def criteria():
    return report.run()


def test_every_part_is_tried_and_says_what_it_asked_and_where_it_is_weak(criteria):
    assert {one.part for one in criteria} == set(report.PARTS)
    assert all(one.asked and one.measured and one.weak for one in criteria)
    assert {one.claim for one in criteria} <= set(LEDGER.claims)
    assert len({(one.part, one.name) for one in criteria}) == len(criteria)


def test_the_report_is_the_same_twice(criteria):
    assert report.run() == criteria


# -- each can fail, or pass ----------------------------------------------------------------------------


def broken_books(self):
    return SimpleNamespace(energy=1.0, entropy=0.0, energy_turned_over=1e9, entropy_turned_over=1.0)


@pytest.mark.parametrize(
    ("test", "owner", "name", "instead"),
    [
        (computer.closed_books, ThermodynamicComputer, "balance", broken_books),
        (computer.less_energy, ThermodynamicChip, "least_energy_voltage", lambda self, temperature: 0.9),
        (computer.two_laws, HeatManagement, "engine_ratio", lambda self, hot, efficiency=None: 0.7),
        (swarm.closed_books, DysonSwarm, "mass_residual", lambda self: 1e-9),
        (swarm.closed_books, DysonSwarm, "energy_residual", lambda self: -1e-9),
        (security.recovery, DysonSwarm, "lose", lambda self, share: self.module_works.fill(False)),
    ],
)  # fmt: skip
def test_a_broken_machine_fails(monkeypatch, test, owner, name, instead):
    assert test(0).passed
    monkeypatch.setattr(owner, name, instead)
    if test is security.recovery:
        monkeypatch.setattr(security, "PATIENCE", security.STEP)
    assert not test(0).passed


def test_a_chip_at_the_limit_passes(monkeypatch):
    assert not computer.near_the_limit(0).passed
    monkeypatch.setattr(ThermodynamicChip, "flip_energy", lambda self, V, T: 5 * self.bit_entropy * T)
    assert computer.near_the_limit(0).passed


def test_a_plan_is_held_against_its_run(monkeypatch):
    def plan_and_run(ratio):
        return SimpleNamespace(
            optimize_resources=lambda days: SimpleNamespace(computing_energy=1.0),
            manage_swarm=lambda days: SimpleNamespace(computing_energy=ratio),
        )

    for ratio, passed in ((1.019, True), (0.97, False)):
        monkeypatch.setattr(swarm, "a_swarm", lambda seed, ratio=ratio, **options: plan_and_run(ratio))
        assert swarm.kept_promise(0).passed is passed


def test_a_longer_calendar_is_kept():
    late, early = swarm.on_time(0, phase_3_length="100 years"), swarm.on_time(0, phase_3_length="1 year")
    assert late.passed and not early.passed


def test_a_wider_region_is_safe():
    wide = {"region_diameter": "1e8 km"}
    for test in (security.collisions, security.focused_light):
        assert not test(0).passed and test(0, **wide).passed


def test_a_liar_is_refused_or_found_out(monkeypatch):
    def refuse(self, node):
        raise KscaleError("no such node can be")

    monkeypatch.setattr(DysonSwarm, "deploy_node", refuse)
    assert security.one_liar(0).passed
    monkeypatch.setattr(DysonSwarm, "deploy_node", lambda self, node: 0)  # ignored
    assert security.one_liar(0).passed
    told = iter((1.0, 1.2))
    monkeypatch.setattr(security, "computing", lambda result, days: next(told))
    assert not security.one_liar(0).passed


# -- security by hand ----------------------------------------------------------------------------------


def test_no_mirror_outshines_the_sun():
    face = MODEL.value("stefan_boltzmann") * MODEL.value("sun_temperature") ** 4
    assert security.focused_intensity(1e30, 1.0) == face
    assert security.focused_intensity(math.pi, 10.0) == pytest.approx(face / 100)


# -- the command ---------------------------------------------------------------------------------------


def test_the_command_reports_and_fails_where_a_criterion_does(capsys, criteria):
    assert main(["acceptance", "--format", "json"]) == 1  # no chip of this book is near Landauer's limit
    assert json.loads(capsys.readouterr().out) == [one.as_record() for one in criteria]
    assert main(["acceptance", "computer"]) == 1
    printed = capsys.readouterr().out
    assert "FAIL  computer: near Landauer's limit  [tip.limits]" in printed and "4 of 5 criteria passed" in printed


def test_the_command_succeeds_where_all_pass(monkeypatch, capsys):
    fine = Criterion("swarm", "books close", "tip.swarm", "all", "all", True, "none")
    monkeypatch.setitem(report.PARTS, "swarm", lambda seed, **changes: [fine])
    assert main(["acceptance", "swarm"]) == 0
    assert "1 of 1 criteria passed" in capsys.readouterr().out


def test_an_unknown_part_is_told_in_a_line(capsys):
    assert main(["acceptance", "swam"]) == 2
    assert "did you mean 'swarm'?" in capsys.readouterr().err

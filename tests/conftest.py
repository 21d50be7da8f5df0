"""Small models to test the machinery on, apart from the documents."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from kscale_nb import MODEL, Ledger, Model, derived, given
from kscale_nb.claims import Claim

ROOT = Path(__file__).parents[1]


def small_model() -> Model:
    """Power split in two, with one input that no document prints."""
    power = given("P", 100, "W", "power", "premise", "k1s1ai")
    share = given("s", 25, "%", "share", "premise", "k1s1ai")
    efficiency = given("e", 7, "FLOP/s/W", "throughput per watt", "recovered", "k1s1ai")
    part = derived("P_1", power * share, "W", "part")
    rate = derived("F", part * efficiency, "FLOP/s", "throughput")
    half = derived("F_2", rate / 2, "FLOP/s", "half the throughput")
    return Model({"power": power, "share": share, "efficiency": efficiency, "part": part, "rate": rate, "half": half})


def claim(claim_id: str, printed: str, quantity: str, unit: str = "W", **more) -> Claim:
    return Claim(claim_id, "test", "section", "statement", printed, unit, quantity=quantity, **more)


def small_ledger(*claims: Claim) -> Ledger:
    return Ledger(claims, small_model())


@pytest.fixture
def load_chapter(tmp_path):
    """Writes the lines of a chapter module and loads it alone into a model."""
    loaded = []

    def load(*bodies: str) -> Model:
        modules = []
        for body in bodies:
            name = f"chapter_{len(loaded)}"
            (tmp_path / f"{name}.py").write_text(f"from kscale_nb.quantity import derived, given\n{body}\n")
            sys.path.insert(0, str(tmp_path))
            try:
                modules.append(__import__(name))
            finally:
                sys.path.remove(str(tmp_path))
            loaded.append(name)
        return Model.of_chapters(modules, sources={"k1s1ai", "kaplan2020"})

    yield load
    for name in loaded:
        sys.modules.pop(name, None)


@pytest.fixture(scope="session")
def defaults() -> dict[str, float]:
    return MODEL.values()

"""A notebook's scenario: what its reader changes in the first code cell, and all that it shows then follows."""

from __future__ import annotations

from copy import copy

from IPython import get_ipython

import kscale_nb
from kscale_nb.ledger import Ledger
from kscale_nb.model import Model
from kscale_nb.notebook.record import Record, Watched, unwatched, watch
from kscale_nb.units import value_text

_in_force: list[tuple[Model, Ledger]] = []


def scenario(**changes) -> tuple[Model, Ledger]:
    """The model and the ledger under a reader's changes, for this notebook: all it shows from now on follows them.

    Raises KscaleError for an unknown name or an impossible value.

    >>> model, ledger = scenario(computing_share="10%")
    >>> model.value("logic_power"), ledger.judge("k1s1ai.premise.compute-power").verdict
    (500000000000000.0, 'off')
    >>> model, ledger = scenario()
    """
    plain = unwatched(kscale_nb.MODEL)
    model, ledger = plain.under(**changes), kscale_nb.LEDGER.under(**changes)
    ledger.model = plain
    _in_force[:] = [(model, ledger)]
    asked: set[str] = set()
    model, ledger = Watched.of(model, asked), copy(ledger)
    ledger.model = Watched.of(plain, asked)
    if (shell := get_ipython()) is not None:
        watch(kscale_nb.MODEL, asked)  # which the machines ask
        Record(shell, asked)
    return model, ledger


def model_now() -> Model:
    """The model of the scenario in force, for helpers whose own output follows a premise on the page."""
    return _in_force[0][0] if _in_force else kscale_nb.MODEL


def ledger_now() -> Ledger:
    """The ledger of the scenario in force, likewise."""
    return _in_force[0][1] if _in_force else kscale_nb.LEDGER


def is_as_printed() -> bool:
    """Whether no premise is changed."""
    return not model_now().changes


def premises_in_force() -> str:
    """What a reader's run assumes, in words: the book's premises, and the changes of them.

    >>> _ = scenario(computing_share="10%")
    >>> premises_in_force()
    "the book's premises, but for computing_share = 10%"
    >>> _ = scenario()
    >>> premises_in_force()
    "the book's premises"
    """
    model = model_now()
    changed = [f"{name} = {value_text(value, model[name].unit, 6, False)}" for name, value in model.changes.items()]
    return "the book's premises" + (f", but for {', '.join(changed)}" if changed else "")

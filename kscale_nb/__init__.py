"""The arithmetic of two speculative engineering documents: every figure named, derived, judged and live.

This folder is the core. It is read first and in this order, for a module imports only those before it:

    errors files printed units quantity readings slopes graph model  a quantity, and one expression in many arithmetics
    sources claims recovery ledger presets findings                  what a document prints, the verdict, our findings

Behind it are the rooms, each of which imports from those above it alone:

    chapters/  constants, and one module a chapter under its notebook's name: tables of declarations
    machines/  what runs: computer/, metrics/, swarm/, line/, steam, mind/, simulator/; acceptance/ and backtest try it
    doubt/     how each input is uncertain; draws of the whole model, what drives them, odds; a law for runs
    notebook/  what a chapter shows: tables, worked formulas, figures; its numbers in prose; and running notebooks
    commands   the command line, which __main__ runs; words, what it may be told
    data/      claims, findings, systems, observations, presets, units, sources: rows, each from somewhere

What turns chapters into pages stands with them, in the folder `book`, and this package knows nothing of it.
What this face of it offers is loaded when first asked for: a broken chapter or data file can be told in a line, and
a reader's Ctrl-C heard at once.

>>> from kscale_nb import MODEL
>>> f"{MODEL.value('active_parameters'):.4g}"
'4.493e+15'
"""

import gc
from contextlib import contextmanager
from importlib import import_module

from kscale_nb.errors import KscaleError

__version__ = "0.1.0"
__all__ = [
    "FINDINGS",
    "LEDGER",
    "MODEL",
    "PRESETS",
    "DysonSwarm",
    "KscaleError",
    "Ledger",
    "Model",
    "ThermodynamicComputer",
    "derived",
    "fit_scaling_law",
    "given",
    "whole",
]

HOMES = {
    "Model": "model", "Ledger": "ledger", "given": "quantity", "derived": "quantity", "whole": "quantity",
    "fit_scaling_law": "doubt.scaling",
    "DysonSwarm": "machines.swarm.swarm", "ThermodynamicComputer": "machines.computer.computer",
}  # fmt: skip


def __getattr__(name: str):
    if name not in __all__:
        raise AttributeError(f"module 'kscale_nb' has no attribute {name!r}")
    if name not in globals():
        globals()[name] = _loaded(name)
    return globals()[name]


@contextmanager
def _nothing_thrown_away():
    """All that a model is made of is kept: looking for what is not would cost a tenth of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _loaded(name: str):
    if name in HOMES:
        return getattr(import_module(f"kscale_nb.{HOMES[name]}"), name)
    if name == "MODEL":
        with _nothing_thrown_away():
            modules = import_module("kscale_nb.chapters").chapter_modules()
            return __getattr__("Model").of_chapters(modules, sources=import_module("kscale_nb.sources").source_keys())
    if name == "LEDGER":
        return __getattr__("Ledger").load(__getattr__("MODEL"))
    if name == "FINDINGS":
        return import_module("kscale_nb.findings").load_findings(__getattr__("MODEL"))
    return import_module("kscale_nb.presets").load_presets(__getattr__("MODEL"))

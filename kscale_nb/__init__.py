"""The arithmetic of two speculative engineering documents: every figure named, derived, judged and live.

This folder is the core. It is read first and in this order, for a module imports only those before it:

    errors files printed units quantity readings slopes graph model  a quantity, and one expression in many arithmetics
    sources claims recovery ledger presets                           what a document prints, and the verdict on it

Behind it are the rooms, each of which imports from those above it alone:

    chapters/  constants, and one module a chapter under its notebook's name: tables of declarations
    machines/  what runs: computer/ and its metrics/, swarm/, the production line/, steam
    notebook/  what a chapter shows: tables, worked formulas, figures; its numbers in prose; and running notebooks
    __main__   the command line
    data/      claims, systems, presets, units, sources: rows, each from somewhere

What turns chapters into pages stands with them, in the folder `book`, and this package knows nothing of it.
MODEL, LEDGER, PRESETS and machines are loaded when first asked for, so that a broken chapter or data file can be
told in a line.

>>> from kscale_nb import MODEL
>>> f"{MODEL.value('active_parameters'):.4g}"
'4.493e+15'
"""

from importlib import import_module

from kscale_nb.chapters import chapter_modules
from kscale_nb.errors import KscaleError
from kscale_nb.ledger import Ledger
from kscale_nb.model import Model
from kscale_nb.presets import load_presets
from kscale_nb.quantity import derived, given, whole
from kscale_nb.sources import source_keys

__version__ = "0.1.0"
__all__ = [
    "LEDGER",
    "MODEL",
    "PRESETS",
    "DysonSwarm",
    "KscaleError",
    "Ledger",
    "Model",
    "ThermodynamicComputer",
    "derived",
    "given",
    "whole",
]

LOADERS = {
    "MODEL": lambda: Model.of_chapters(chapter_modules(), sources=source_keys()),
    "LEDGER": lambda: Ledger.load(__getattr__("MODEL")),
    "PRESETS": lambda: load_presets(__getattr__("MODEL")),
    "DysonSwarm": lambda: import_module("kscale_nb.machines.swarm.swarm").DysonSwarm,
    "ThermodynamicComputer": lambda: import_module("kscale_nb.machines.computer.computer").ThermodynamicComputer,
}


def __getattr__(name: str):
    if name not in LOADERS:
        raise AttributeError(f"module 'kscale_nb' has no attribute {name!r}")
    if name not in globals():
        globals()[name] = LOADERS[name]()
    return globals()[name]

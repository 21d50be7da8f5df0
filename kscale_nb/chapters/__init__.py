"""The chapters' quantities: one module a chapter, found by their place in this folder."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType


def chapter_modules() -> list[ModuleType]:
    """Every module of this folder, in alphabetical order."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return [importlib.import_module(f"{__name__}.{name}") for name in names]

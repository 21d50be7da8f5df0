"""The chapters' quantities: one module a chapter, found by their place in this folder."""

from __future__ import annotations

import importlib
import pkgutil
import traceback
from pathlib import Path
from types import ModuleType

from kscale_nb.errors import KscaleError


def chapter_modules() -> list[ModuleType]:
    """Every module of this folder, in alphabetical order. Raises KscaleError for one that cannot be imported."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return [_chapter(name) for name in names]


def _chapter(name: str) -> ModuleType:
    try:
        return importlib.import_module(f"{__name__}.{name}")
    except (Exception, SystemExit) as error:
        places = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
        if isinstance(error, SyntaxError):
            places.append((error.filename, error.lineno))
        ours = [(Path(file).stem, line) for file, line in places if file and str(Path(file).parent) in __path__]
        where, line = ([(name, None)] + [place for place in ours if place[0] != "__init__"])[-1]
        cause = str(error) if isinstance(error, KscaleError) else f"{type(error).__name__}: {error}"
        raise KscaleError(f"chapter {where!r}{f', line {line}' if line else ''}: {cause}") from error

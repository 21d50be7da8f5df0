"""Presets: named sets of changes to the model, such as the corrected machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from kscale_nb.errors import KscaleError, check_known, concerning, unknown
from kscale_nb.files import DATA, as_path, check_fields, rows_of
from kscale_nb.model import Model
from kscale_nb.sources import source_keys

FIELDS = {"name": str, "title": str, "meaning": str, "change": list}
CHANGE_FIELDS = {"quantity": str, "value": str, "reason": str, "evidence": list}


@dataclass(frozen=True)
class Change:
    """One changed quantity: a value with its unit, and why."""

    quantity: str
    value: str
    reason: str
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Preset:
    """A named set of changes."""

    name: str
    title: str
    meaning: str
    changes: tuple[Change, ...]

    @property
    def overrides(self) -> dict[str, str]:
        """The changes as `Model.values` takes them.

        >>> from kscale_nb import MODEL
        >>> corrected = load_presets(MODEL)["corrected"]
        >>> corrected.overrides["training_utilisation"]
        '40%'
        """
        return {change.quantity: change.value for change in self.changes}


class Presets(dict[str, Preset]):
    """Presets by name, of which an unknown one is a KscaleError that says which is nearest."""

    def __missing__(self, name: str):
        raise unknown("preset", name, self)


def load_presets(model: Model, path: Path | None = None) -> Mapping[str, Preset]:
    """Read the presets. Raises KscaleError, naming the preset, for an unknown name or source, or an unfit value."""
    path = as_path(DATA / "presets.toml" if path is None else path)
    presets = Presets()
    for number, row in enumerate(rows_of(path, "preset"), 1):
        with concerning(f"{path.name}, preset {row.get('name') or f'number {number}'!r}"):
            check_fields(row, FIELDS, needed=FIELDS)
            changes = tuple(map(_change_from, row["change"]))
            preset = Preset(row["name"], row["title"], row["meaning"], changes)
            model.values(**preset.overrides)
            if preset.name in presets:
                raise KscaleError("there is one of this name before it")
            presets[preset.name] = preset
    return MappingProxyType(presets)


def _change_from(row: object) -> Change:
    check_fields(row, CHANGE_FIELDS, needed=CHANGE_FIELDS)
    for key in row["evidence"]:
        check_known("source", key, source_keys())
    return Change(**{**row, "evidence": tuple(row["evidence"])})

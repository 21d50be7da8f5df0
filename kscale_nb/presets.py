"""Presets: named sets of changes to the model, such as the corrected machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kscale_nb.errors import check_known, concerning
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


def load_presets(model: Model, path: Path | None = None) -> dict[str, Preset]:
    """Read the presets. Raises KscaleError, naming the preset, for an unknown name or source, or an unfit value."""
    path = as_path(DATA / "presets.toml" if path is None else path)
    presets = {}
    for number, row in enumerate(rows_of(path, "preset"), 1):
        with concerning(f"{path.name}, preset {row.get('name') or f'number {number}'!r}"):
            check_fields(row, FIELDS, needed=FIELDS)
            changes = tuple(map(_change_from, row["change"]))
            preset = Preset(row["name"], row["title"], row["meaning"], changes)
            model.values(**preset.overrides)
            presets[preset.name] = preset
    return presets


def _change_from(row: object) -> Change:
    check_fields(row, CHANGE_FIELDS, needed=CHANGE_FIELDS)
    for key in row["evidence"]:
        check_known("source", key, source_keys())
    return Change(**{**row, "evidence": tuple(row["evidence"])})

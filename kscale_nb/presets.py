"""Presets: named sets of changes to the model, such as the corrected machine."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from kscale_nb.errors import KscaleError, unknown
from kscale_nb.files import as_path, check_fields, rows_of
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
    path = as_path(str(files("kscale_nb") / "data" / "presets.toml") if path is None else path)
    presets = []
    for number, row in enumerate(rows_of(path, "preset"), 1):
        where = f"{path.name}, preset {number}"
        check_fields(row, where, FIELDS, needed=FIELDS)
        for change in row["change"]:
            check_fields(change, where, CHANGE_FIELDS, needed=CHANGE_FIELDS)
        changes = tuple(Change(**{**change, "evidence": tuple(change["evidence"])}) for change in row["change"])
        presets.append(Preset(row["name"], row["title"], row["meaning"], changes))
    for preset in presets:
        for change in preset.changes:
            for key in change.evidence:
                if not isinstance(key, str) or key not in source_keys():
                    raise KscaleError(f"preset {preset.name!r}: {unknown('source', key, source_keys())}")
        try:
            model.values(**preset.overrides)
        except KscaleError as error:
            raise KscaleError(f"preset {preset.name!r}: {error}") from None
    return {preset.name: preset for preset in presets}

"""Presets: named sets of changes to the model, such as the corrected machine."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from kscale_nb.errors import KscaleError, unknown
from kscale_nb.model import Model
from kscale_nb.sources import source_keys


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
    path = path or Path(str(files("kscale_nb") / "data" / "presets.toml"))
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8-sig")).get("preset", [])
        presets = [
            Preset(row["name"], row["title"], row["meaning"],
                   tuple(Change(c["quantity"], c["value"], c["reason"], tuple(c["evidence"])) for c in row["change"]))
            for row in rows
        ]  # fmt: skip
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise KscaleError(f"{path.name}: {error}") from None
    except KeyError as error:
        raise KscaleError(f"{path.name}: a preset or change lacks the field {error}") from None
    for preset in presets:
        for change in preset.changes:
            for key in change.evidence:
                if key not in source_keys():
                    raise KscaleError(f"preset {preset.name!r}: {unknown('source', key, source_keys())}")
        try:
            model.values(**preset.overrides)
        except KscaleError as error:
            raise KscaleError(f"preset {preset.name!r}: {error}") from None
    return {preset.name: preset for preset in presets}

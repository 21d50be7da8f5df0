"""How a machine is built: from the model of the book under changes, which it then keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import ClassVar, Self

import numpy as np

from kscale_nb import MODEL
from kscale_nb.errors import KscaleError, echoed, unknown


class OfModel:
    """A dataclass whose fields are quantities of the model, named in `quantities`."""

    quantities: ClassVar[Mapping[str, str]]  # of each field that the model knows, the name there

    @classmethod
    def of_model(cls, **changes) -> Self:
        """The machine that the book's quantities describe, after changes of them such as computing_share="10%".

        A field that is no quantity itself may be told too, as the machine takes it. Raises KscaleError for a name that
        is neither.
        """
        own = {field.name for field in fields(cls)} - set(MODEL.quantities)
        told = {name: value for name, value in changes.items() if name in own}
        moved = {name: value for name, value in changes.items() if name not in own}
        for name, value in moved.items():
            if name not in MODEL.quantities:
                raise unknown(f"quantity or field of {cls.__name__}", name, {*MODEL.quantities, *own})
            if isinstance(value, np.ndarray) and value.ndim:
                raise KscaleError(f"{name}: one number is expected, not {echoed(value)}")
        return cls(**cls.read(moved) | told)

    @classmethod
    def read(cls, changes: Mapping) -> dict:
        """The fields as the model has them under changes."""
        values = MODEL.values(cls.quantities.values(), **changes)
        return {field: values[name] for field, name in cls.quantities.items()}

"""Recovery: the interval of an input that no document prints, from the figures that rest on it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from kscale_nb import readings
from kscale_nb.claims import Claim
from kscale_nb.errors import KscaleError
from kscale_nb.model import Model
from kscale_nb.quantity import whole


@dataclass(frozen=True)
class Recovery:
    """The interval of an unprinted input [SI] that makes all the named claims true at once; empty if they conflict."""

    unknown: str
    claims: tuple[str, ...]
    low: float = math.nan
    high: float = math.nan
    conflict: tuple[str, ...] = ()

    @property
    def exists(self) -> bool:
        return not self.conflict

    @property
    def relative_width(self) -> float:
        return 2 * (self.high - self.low) / (self.high + self.low)


def recover(model: Model, unknown_input: str, claims: list[Claim], decades: float = 6) -> Recovery:
    """The interval of an unprinted input that makes all the claims true at once.

    Interval arithmetic discards every part of the search range (`decades` either side of the model's value)
    in which some claim cannot hold: what is left is proof. A whole number that is printed in full is taken as
    what was built. If nothing is left, `conflict` names a smallest set of claims that cannot hold together.
    """
    quantity = model[unknown_input]
    for claim in claims:
        if not claim.quantity or unknown_input not in {claim.quantity, *model.rests_on(claim.quantity)}:
            raise KscaleError(f"claim {claim.id!r} does not rest on {unknown_input}: it cannot help to recover it")
    if not claims:
        raise KscaleError(f"no claim rests on {unknown_input}: nothing to recover it from")
    middle, reach = math.log(quantity.value), decades * math.log(10)
    span = middle - reach, min(middle + reach, 0.0) if quantity.is_share else middle + reach
    names = tuple(claim.id for claim in claims)
    ends = [_outermost(_can_hold(model, unknown_input, claims), *span, side) for side in ("left", "right")]
    if None in ends:
        return Recovery(unknown_input, names, conflict=_smallest_conflict(model, unknown_input, claims, span))
    return Recovery(unknown_input, names, math.exp(ends[0]), math.exp(ends[1]))


def _can_hold(model: Model, unknown_input: str, claims: list[Claim]):
    targets = sorted({claim.quantity for claim in claims})
    rounded = {model[claim.quantity]: float(claim.figure.value) * claim.factor for claim in claims}
    built = {
        name: rounded[quantity.expression.args[0]]
        for name, quantity in model.quantities.items()
        if isinstance(quantity.expression, whole) and quantity.expression.args[0] in rounded
    }

    def can_hold(low: float, high: float) -> bool:
        box = readings.interval([math.exp(low), math.exp(high)])
        values = model.values(targets, **{unknown_input: box}, **built)
        ends = {name: readings.bounds(readings.interval(values[name])) for name in targets}
        return all(ends[c.quantity][1] >= c.box[0] and ends[c.quantity][0] <= c.box[1] for c in claims)

    return can_hold


def _smallest_conflict(
    model: Model, unknown_input: str, claims: list[Claim], span: tuple[float, float]
) -> tuple[str, ...]:
    needed = list(claims)
    for claim in claims:
        fewer = [other for other in needed if other is not claim]
        if fewer and _outermost(_can_hold(model, unknown_input, fewer), *span, "left") is None:
            needed = fewer
    return tuple(claim.id for claim in needed)


def _outermost(can_hold, low: float, high: float, side: str, tolerance: float = 1e-11) -> float | None:
    """The outermost end of the set where `can_hold` is not excluded, by bisection; None if the set is empty."""
    boxes = [(low, high)]
    while boxes:
        low, high = boxes.pop()
        if not can_hold(low, high):
            continue
        if high - low < tolerance:
            return low if side == "left" else high
        middle = (low + high) / 2
        halves = [(low, middle), (middle, high)]
        boxes.extend(reversed(halves) if side == "left" else halves)
    return None

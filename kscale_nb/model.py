"""The model: every quantity's value under any change, its bounds and draws, elasticities, inversion."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from copy import copy
from functools import cache, cached_property
from importlib import import_module
from numbers import Real
from typing import Self

import numpy as np
import sympy

from kscale_nb import readings, slopes
from kscale_nb.errors import KscaleError, concerning, echoed
from kscale_nb.graph import Graph
from kscale_nb.quantity import Quantity, whole
from kscale_nb.units import base_unit, read_value, value_text

SHORT = 60  # operations: a closed form that sympy simplifies, and a reader can take in
BEYOND = "this is beyond the range of floating-point numbers"


class Model(Graph):
    """All quantities of the chapters, read in any arithmetic.

    >>> from kscale_nb import MODEL
    >>> MODEL.values()["logic_power"]
    250000000000000.0
    >>> MODEL.values(computing_share="10%")["logic_power"]
    500000000000000.0
    """

    def __init__(self, quantities: Mapping[str, Quantity], sources=None, replaced=None):
        super().__init__(quantities, sources, replaced)
        self._check_units()

    def _check_units(self) -> None:
        values = self.values()
        known = {quantity: base_unit(quantity.unit) for quantity in self.names}
        for name, quantity in self.quantities.items():
            if quantity.is_given:
                continue
            if quantity.is_positive and not values[name] > 0:
                raise KscaleError(f"{name}: would be {values[name]:g}: declare its sign, or mend its derivation")
            with concerning(name):
                unit = readings.unit_of(quantity.expression, known)
            if unit != known[quantity]:
                found = f"{unit:~}" or "a plain number"
                raise KscaleError(f"{name}: declared in {quantity.unit!r}, but its derivation gives {found}")

    # -- reading ---------------------------------------------------------------------------------------

    @cached_property
    def givens(self) -> dict[str, float]:
        """Every input with its value in SI, and what a reader has put in the place of a derivation."""
        given = {name: quantity.value for name, quantity in self.quantities.items() if quantity.is_given}
        return given | self._changes

    def under(self, **changes) -> Self:
        """The model of a scenario: a reader's changes are its premises, and whatever it is asked rests on them.

        Each is a number in SI or a text with a unit, and known exactly; a changed derived quantity cuts the graph
        there. Raises KscaleError as `values` does.

        >>> from kscale_nb import MODEL
        >>> scenario = MODEL.under(computing_share="10%")
        >>> scenario.value("logic_power"), scenario.changes, MODEL.changes
        (500000000000000.0, {'computing_share': 0.1}, {})
        """
        changes = {name: self.single(name, value) for name, value in changes.items()}
        self.values(**changes)
        scenario = copy(self)
        vars(scenario).pop("givens", None)
        scenario._changes = self._changes | changes
        scenario._inputs = self._inputs | {name: [] for name in changes}
        return scenario

    def extended(self, **quantities: Quantity) -> Self:
        return super().extended(**quantities).under(**self._changes)

    def range_of(self, name: str) -> tuple[float, float]:
        """The least and the greatest value that an input may have [SI]; of what a reader has changed, that alone."""
        return (self._changes[name],) * 2 if name in self._changes else (self[name].low, self[name].high)

    @cache  # noqa: B019 - a model lives as long as the program
    def _node_source(self, name: str) -> str:
        return readings.python_source(self.quantities[name].expression, self.names)

    @cache  # noqa: B019
    def _node_code(self, name: str):
        return compile(self._node_source(name), f"<{name}>", "eval")

    @cache  # noqa: B019
    def node_slopes(self, name: str):
        """The derivatives of a quantity's own derivation by its inputs, compiled; none of a given."""
        return () if name in self.givens else slopes.node_slopes(self.quantities[name].expression, self.names)

    def _computes(self, targets: frozenset[str] | None, overridden: frozenset[str]) -> list[str]:
        """What is to be computed for the targets (all, if None) from what is overridden, in order."""
        needed = set(self.order) if targets is None else self._ancestors(targets, overridden) | targets
        needed -= overridden | self.givens.keys()
        return [name for name in self.order if name in needed]

    @cache  # noqa: B019
    def _program(self, overridden: frozenset[str], targets: frozenset[str] | None):
        """What computes the targets (all, if None) from what is overridden: the names in order, and their code."""
        names = self._computes(targets, overridden)
        return names, compile("\n".join(f"{name} = {self._node_source(name)}" for name in names), "<model>", "exec")

    @cache  # noqa: B019
    def _straight(self, target: str, overridden: tuple[str, ...]):
        """What computes one quantity from floats in the place of others; None where any is not as it must be."""
        put_in = self._named([*overridden, target])  # refuses an unknown one
        names = self._computes(frozenset([target]), frozenset(overridden))
        ends = []
        for name, one in ((name, self.quantities[name]) for name in dict.fromkeys([*put_in, *names])):
            least = "0 <" if one.is_positive else "0 <=" if one.is_nonnegative else "-1e999 <"
            ends.append(f"{least} {name} {'<= 1' if one.is_share and name in overridden else '< 1e999'}")
        made = [f"{name} = {self._node_source(name)}" for name in names]
        head, end = f"def __straight({', '.join(overridden)}):", f"return {target} if {' and '.join(ends)} else None"
        givens = {name: value for name, value in self.givens.items() if name in {target, *self.rests_on(target)}}
        exec("\n    ".join([head, *made, end]), scope := readings.namespace(readings.FLOATS, givens))
        return scope["__straight"]

    def values(self, targets: Iterable[str] | None = None, /, **overrides) -> dict:
        """Every quantity in SI, after the given changes; a changed derived quantity cuts the graph there.

        A change is a number in SI, a text with a unit ("2e16 W", "5%"), a numpy array or an interval. With `targets`,
        only these are computed, and what they rest on.
        Raises KscaleError for an unknown name, a wrong unit, NaN, or a value that is not positive.
        """
        changes = {name: self.checked(name, value) for name, value in overrides.items()}
        wanted = None if targets is None else frozenset(self._named(targets))
        return self._computed(wanted, changes, readings.arithmetic_for(changes), overrides)

    def _computed(self, wanted, changes: Mapping, arithmetic, told: Mapping) -> dict:
        names, program = self._program(frozenset(changes), wanted)
        result = {**self.givens, **changes}
        try:
            with np.errstate(divide="ignore", over="ignore", invalid="ignore"):  # the end of a sweep may be infinite
                exec(program, readings.namespace(arithmetic, {}), result)
        except (OverflowError, ZeroDivisionError, ValueError):
            raise KscaleError(f"{_told(told)}: {BEYOND}") from None
        if changes and arithmetic is not readings.INTERVALS:
            self._check_signs(names, result, told)
        return result

    def _check_signs(self, names: Iterable[str], result: Mapping, told: Mapping) -> None:
        """Of a sweep, the ends may reach 0 or be infinite; nothing may be NaN, or on the wrong side of 0."""
        for name in names:
            quantity, value = self.quantities[name], result[name]
            swept = isinstance(value, np.ndarray)
            lowest = value if isinstance(value, float | int | complex) else float(np.min(value))
            if isinstance(lowest, complex) or math.isnan(lowest) or (math.isinf(lowest) and not swept):
                raise KscaleError(f"{_told(told)}: {name} is beyond the range of floating-point numbers")
            if (quantity.is_nonnegative and lowest < 0) or (quantity.is_positive and lowest == 0 and not swept):
                would_be = value_text(lowest, quantity.unit)
                raise KscaleError(f"{_told(told)}: {name} would be {would_be}, and cannot")

    def value(self, name: str, **overrides) -> float:
        """One quantity in SI, after changes as `values` takes them; of floats, again and again, in microseconds."""
        if {*map(type, overrides.values())} <= {float}:
            try:
                if (found := self._straight(name, tuple(overrides))(**overrides)) is not None:
                    return found
            except (TypeError, ValueError, ArithmeticError):
                pass  # what is the matter is told below
        return self.values([name], **overrides)[name]

    def function(self, outputs: str | Iterable[str], inputs: Iterable[str], **changes):
        """The outputs as a fast function of the inputs [SI], numbers or arrays that broadcast; all else as changed.

        One output is returned as it is, several as a tuple. What is put in is taken as it is, whatever its sign; the
        function raises KscaleError for NaN, for what is no number, and for arrays that do not broadcast.

        >>> from kscale_nb import MODEL
        >>> power = MODEL.function("computing_power", ["K1_power"], computing_share="10%")
        >>> power(1e16), power(np.array([1e15, 1e17]))
        (1000000000000000.0, array([1.e+14, 1.e+16]))
        """
        wanted, names = self._named(outputs), self._named(inputs)
        for name in names:
            if name in changes or names.count(name) > 1:
                raise KscaleError(
                    f"{name} is named twice: as an input, and {'a change' if name in changes else 'again'}"
                )
        held, moved = self.values(wanted, **changes), set().union(*map(self.carries, names))
        needed = self._ancestors(wanted, {*names, *changes}) | set(wanted)
        needed &= moved - {*names, *changes}
        lines = [f"{name} = {self._node_source(name)}" for name in self.order if name in needed]
        source = "\n    ".join([f"def __compiled({', '.join(names)}):", *lines, f"return {', '.join(wanted)}"])
        floats, arrays = ({**held, **vars(arithmetic)} for arithmetic in (readings.FLOATS, readings.ARRAYS))
        for scope in (floats, arrays):
            exec(source, scope)

        def function(*values):
            if len(values) != len(names):
                raise KscaleError(f"{', '.join(names)}: {len(names)} are expected, not {len(values)}")
            swept = False
            if {*map(type, values)} - {float} or math.isnan(sum(values)):
                values = [*map(_put_in, names, values)]
                swept = any(isinstance(value, np.ndarray) for value in values)
            try:
                if not swept:
                    return floats["__compiled"](*values)
                with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
                    return arrays["__compiled"](*values)
            except (OverflowError, ZeroDivisionError, ValueError):
                told = _told(dict(zip(names, map(np.shape, values) if swept else values, strict=True)))
                fault = "these shapes do not fit each other" if swept else BEYOND
                raise KscaleError(f"{told}: {fault}") from None

        return function

    def checked(self, name: str, value):
        """One change, in SI, or a KscaleError that names it."""
        quantity = self[name]
        if isinstance(value, str | Real) and not isinstance(value, bool) and not readings.is_interval(value):
            value = read_value(value, quantity.unit, name)
        elif isinstance(value, np.ndarray):
            if value.dtype.kind not in "iuf" or not value.size:
                raise KscaleError(f"{name}: an array of numbers is expected, got {echoed(value)}")
            value = value.astype(float)
        elif not readings.is_interval(value):
            raise KscaleError(f"{name}: {echoed(value)} is neither a number, a text, an array nor an interval")
        ends = readings.bounds(value) if readings.is_interval(value) else (np.min(value), np.max(value))
        lowest, highest = map(float, ends)
        if not (math.isfinite(lowest) and math.isfinite(highest)):
            raise KscaleError(f"{name}: finite numbers are expected, got {lowest} to {highest}")
        if quantity.is_share and highest > 1:
            raise KscaleError(f"{name} is a share and cannot exceed 100%, got {highest:.6g} ({100 * highest:.6g}%)")
        if (quantity.is_nonnegative and lowest < 0) or (quantity.is_positive and lowest == 0):
            least = "positive" if quantity.is_positive else "at least 0"
            raise KscaleError(f"{name} must be {least}, got {value_text(lowest, quantity.unit, 6, False)}")
        return value

    def single(self, name: str, value) -> float:
        """One change that is one number or text, in SI, or a KscaleError that names it."""
        if not isinstance(value, str | Real) or readings.is_interval(value):
            raise KscaleError(f"{name}: one number or text is expected, got {echoed(value)}")
        return self.checked(name, value)

    def intervals(self, targets: Iterable[str] | None = None, /, **ranges) -> dict[str, tuple[float, float]]:
        """What encloses the quantities, in SI, when each named input lies anywhere in its (low, high).

        The ends are the least and greatest values themselves where a quantity is shown to rise or to fall all along
        with each input, by the sign of its slope; else the true range may be narrower.
        Raises KscaleError for a range that runs backwards, or whose ends are no two numbers or texts.

        >>> from kscale_nb import MODEL
        >>> MODEL.intervals(["logic_power"], computing_share=(0.04, "6%"))["logic_power"]
        (200000000000000.0, 300000000000000.0)
        """
        boxes = {name: self._box(name, ends) for name, ends in ranges.items()}
        names = self.order if targets is None else self._named(targets)
        around = slopes.Slopes(self, self.values(names, **boxes), readings.INTERVALS, cut=boxes)
        alike: dict[tuple[int, ...], list[str]] = {}
        for name in names:
            alike.setdefault(around.directions(name), []).append(name)
        found = {}
        for directions, group in alike.items():
            for end in (0, 1):
                corner = {
                    name: readings.interval(readings.bounds(box)[end if way > 0 else 1 - end]) if way else box
                    for way, (name, box) in zip(directions, boxes.items(), strict=True)
                }
                values = self.values(group, **corner)
                for name in group:
                    found.setdefault(name, []).append(readings.bounds(readings.interval(values[name]))[end])
        return {name: (found[name][0], found[name][1]) for name in names}

    def _box(self, name: str, ends) -> object:
        if not isinstance(ends, tuple | list) or len(ends) != 2:
            raise KscaleError(f"{name}: a range is a pair of a lowest and a highest value, got {echoed(ends)}")
        low, high = (self.single(name, end) for end in ends)
        if low > high:
            raise KscaleError(f"{name}: its range runs backwards, from {ends[0]} to {ends[1]}")
        return readings.interval([low, high])

    def sample(self, n: int, seed: int = 0, targets=None, **how):
        """Draws of the whole model by how each input is uncertain: see `kscale_nb.doubt.sampling.sample`."""
        return import_module("kscale_nb.doubt.sampling").sample(self, n, seed, targets, **how)

    def propagated(
        self, name: str, known: Mapping[str, tuple[float, float]], free: Iterable[str] = ()
    ) -> tuple[float, float] | None:
        """The bounds of a quantity [SI] when intervals are known of some that it rests on.

        Each known interval is narrowed by what the quantities before it allow; where they contradict it, it stands
        as it is. The `free` inputs may be anything; None if the result still hangs on one of them.
        """
        boxes: dict[str, object] = {}  # none of what hangs on a free input
        for inner in [*self.rests_on(name), name]:
            inputs = {other: boxes[other] for other in self._inputs[inner] if other in boxes}
            if inner in self.givens:
                if inner not in free:
                    boxes[inner] = readings.interval(self.givens[inner])
            elif len(inputs) == len(self._inputs[inner]):
                names = readings.namespace(readings.INTERVALS, inputs)
                boxes[inner] = readings.interval(eval(self._node_code(inner), names))
            if inner in known and inner != name:
                boxes[inner] = readings.narrowed(boxes.get(inner), known[inner])
        return readings.bounds(boxes[name]) if name in boxes else None

    # -- what follows ----------------------------------------------------------------------------------

    def elasticity(self, result: str, cause: str) -> sympy.Expr:
        """The exact d ln(result) / d ln(cause): a rise of the cause by 1 % moves the result by so many %.

        Rounding to whole numbers is left out of account. A short closed form is simplified.

        >>> from kscale_nb import MODEL
        >>> MODEL.elasticity("active_parameters", "computing_share")
        1/2
        """
        cause_symbol = self[cause]
        form = self.closed_form(result, keep=[cause]).replace(whole, lambda number: number)
        if form.count_ops() > SHORT:
            return cause_symbol * sympy.diff(form, cause_symbol) / form
        logarithm = sympy.expand_log(sympy.log(form))
        return sympy.simplify(cause_symbol * sympy.diff(logarithm, cause_symbol))

    def elasticities(self, result: str) -> dict[str, float]:
        """The elasticity of a result to each given it rests on, in numbers, the strongest first; none of what is 0."""
        self[result]
        smooth = self._computed(frozenset(self._named(result)), {}, readings.SMOOTH, {})
        if not smooth[result]:
            return {}
        slopes_at = slopes.Slopes(self, smooth, readings.SMOOTH).of(result)
        numbers = {  # in the digits that a chain of floats keeps: a root is 0.5
            name: float(f"{slopes_at.get(name, 0.0) * smooth[name] / smooth[result]:.12g}")
            for name in self.rests_on(result)
            if name in self.givens
        }
        return dict(sorted(numbers.items(), key=lambda item: (-abs(item[1]), item[0])))

    def invert(self, cause: str, result: str, target: float | str) -> float:
        """The value of `cause` in SI at which `result` takes the target, all else unchanged.

        Searches from 1e-12 to 1e12 times the present value. Raises KscaleError if none is found there.

        >>> from kscale_nb import MODEL
        >>> round(MODEL.invert("computing_share", "logic_power", "3e14 W"), 6)
        0.06
        """
        from scipy.optimize import brentq  # here, for it takes long to load

        goal, start = self.single(result, target), self.value(cause)
        if cause not in self._ancestors([result]):
            raise KscaleError(f"{result} does not rest on {cause}: no value of it can be found")

        def miss(exponent: float) -> float:
            try:
                return self.value(result, **{cause: start * 10**exponent}) - goal
            except KscaleError:  # beyond what the model allows
                return math.nan

        for reach in np.arange(0, 12, 0.25):
            for near, far in ((reach, reach + 0.25), (-reach, -reach - 0.25)):
                product = miss(near) * miss(far)
                if math.isfinite(product) and product <= 0:
                    return start * 10 ** brentq(miss, near, far, xtol=1e-15, rtol=1e-15)
        raise KscaleError(f"no {cause} from 1e-12 to 1e12 times {start:g} makes {result} {target}")


def _put_in(name: str, value) -> float | np.ndarray:
    """An input of a function, as a float or an array of floats."""
    if type(value) is float and not math.isnan(value):
        return value
    if isinstance(value, np.ndarray) and value.dtype.kind in "iuf":
        value = value.astype(float, copy=False)
    elif isinstance(value, Real) and not isinstance(value, bool) and not readings.is_interval(value):
        try:
            value = float(value)
        except OverflowError:
            raise KscaleError(f"{name}={echoed(value)}: {BEYOND}") from None
    else:
        raise KscaleError(f"{name}: a number in SI is expected, or an array of them, not {echoed(value)}")
    if np.isnan(value).any():
        raise KscaleError(f"{name}: a number is expected, not NaN")
    return value


def _told(overrides: Mapping) -> str:
    return ", ".join(f"{name}={value}" for name, value in overrides.items()) or "the model"

"""The graph of all quantities: order, values under any change, closed forms, elasticities, inversion."""

from __future__ import annotations

import ast
import graphlib
import inspect
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from types import ModuleType

import numpy as np
import pint
import sympy
from scipy.optimize import brentq

from kscale_nb import readings
from kscale_nb.errors import KscaleError, unknown
from kscale_nb.quantity import Quantity, whole
from kscale_nb.units import parse_unit, read_value, value_text


def quantities_of(chapter: ModuleType) -> dict[str, Quantity]:
    """The quantities that a chapter module declares, under the names of its variables.

    Raises KscaleError if the module assigns a name twice.
    """
    tree = ast.parse(inspect.getsource(chapter))
    targets = [target.id for node in tree.body if isinstance(node, ast.Assign)
               for target in node.targets if isinstance(target, ast.Name)]  # fmt: skip
    twice = [name for name, count in Counter(targets).items() if count > 1]
    if twice:
        raise KscaleError(f"{chapter.__name__}: the name {twice[0]!r} is used twice")
    quantities = {}
    for name, thing in vars(chapter).items():
        if isinstance(thing, Quantity) and thing.declared_in == chapter.__name__:
            if thing in quantities.values():
                raise KscaleError(f"{chapter.__name__}: {name!r} is a second name of one quantity")
            quantities[name] = thing
    return quantities


class Model:
    """All quantities of the chapters, as one graph.

    >>> from kscale_nb import MODEL
    >>> MODEL.values()["logic_power"]
    250000000000000.0
    >>> MODEL.values(computing_share="10%")["logic_power"]
    500000000000000.0
    """

    def __init__(self, quantities: Mapping[str, Quantity], sources: Iterable[str] | None = None):
        self.quantities: dict[str, Quantity] = {}
        for name, quantity in quantities.items():
            quantity.identifier = name
            self.quantities[name] = quantity
        self.order = self._ordered()
        self._check_sources(sources)
        self._check_units()

    @classmethod
    def of_chapters(cls, chapters: Iterable[ModuleType], sources: Iterable[str] | None = None) -> Model:
        """Collect the quantities of chapter modules. Raises KscaleError if two chapters use one name."""
        quantities: dict[str, Quantity] = {}
        for chapter in chapters:
            for name, quantity in quantities_of(chapter).items():
                if name in quantities:
                    first = quantities[name].declared_in
                    raise KscaleError(f"the name {name!r} is used twice: in {first} and {chapter.__name__}")
                quantities[name] = quantity
        return cls(quantities, sources)

    def extended(self, **quantities: Quantity) -> Model:
        """This model with quantities of your own, or with other definitions of those there are."""
        return Model({**self.quantities, **quantities})

    # -- loading ---------------------------------------------------------------------------------------

    def _ordered(self) -> list[str]:
        graph = {}
        for name, quantity in self.quantities.items():
            graph[name] = [other.identifier for other in quantity.inputs]
            missing = [other for other in graph[name] if other not in self.quantities]
            if missing:
                raise KscaleError(f"{name} rests on {missing[0]!r}, which no chapter declares")
        try:
            return list(graphlib.TopologicalSorter(graph).static_order())
        except graphlib.CycleError as error:
            raise KscaleError(f"quantities rest on each other in a cycle: {' <- '.join(error.args[1])}") from None

    def _check_sources(self, sources: Iterable[str] | None) -> None:
        if sources is None:
            return
        known = set(sources)
        for name, quantity in self.quantities.items():
            if quantity.is_given and quantity.source not in known:
                raise KscaleError(f"{name}: {unknown('source', quantity.source, known)}")

    def _check_units(self) -> None:
        values = self.values()
        for name, quantity in self.quantities.items():
            if quantity.is_given:
                continue
            inputs = {
                other.identifier: readings.measured(values[other.identifier], self[other.identifier].unit)
                for other in quantity.inputs
            }
            try:
                result = readings.evaluated(self._node_code(name), readings.UNITS, inputs)
            except pint.DimensionalityError as error:
                units = f"{error.units1 or '1'} and {error.units2 or '1'}"
                raise KscaleError(f"{name}: units do not fit: {units}") from None
            derived_unit = readings.measured(result).units
            if quantity.is_positive and not values[name] > 0:
                raise KscaleError(f"{name}: would be {values[name]:g}: declare its sign, or mend its derivation")
            if derived_unit.dimensionality != parse_unit(quantity.unit).dimensionality:
                found = f"{derived_unit:~}" or "a plain number"
                raise KscaleError(f"{name}: declared in {quantity.unit!r}, but its derivation gives {found}")

    # -- reading ---------------------------------------------------------------------------------------

    def __getitem__(self, name: str) -> Quantity:
        if name not in self.quantities:
            for quantity in self.quantities.values():
                if quantity.symbol == name:
                    raise KscaleError(f"unknown quantity {name!r}: it is the symbol of {quantity.identifier!r}")
            raise unknown("quantity", name, self.quantities)
        return self.quantities[name]

    def __iter__(self):
        return iter(self.order)

    def __len__(self) -> int:
        return len(self.order)

    @cached_property
    def givens(self) -> dict[str, float]:
        """Every input with its value in SI."""
        return {name: quantity.value for name, quantity in self.quantities.items() if quantity.is_given}

    @cache  # noqa: B019 - a model lives as long as the program
    def _node_source(self, name: str) -> str:
        return readings.python_source(self.quantities[name].expression)

    @cache  # noqa: B019
    def _node_code(self, name: str):
        return compile(self._node_source(name), f"<{name}>", "eval")

    @cache  # noqa: B019
    def _program(self, overridden: frozenset[str], targets: frozenset[str] | None):
        """One straight line of assignments that computes the targets (all, if None) from what is overridden."""
        needed = set(self.order) if targets is None else self._ancestors(targets, overridden) | targets
        lines = [
            f"{name} = {self._node_source(name)}"
            for name in self.order
            if name in needed - overridden and not self.quantities[name].is_given
        ]
        return compile("\n".join(lines), "<model>", "exec")

    def values(self, targets: Iterable[str] | None = None, /, **overrides) -> dict:
        """Every quantity in SI, after the given changes; a changed derived quantity cuts the graph there.

        A change is a number in SI, a text with a unit ("2e16 W", "5%"), a numpy array or an interval.
        Raises KscaleError for an unknown name, a wrong unit, NaN, or a value that is not positive.
        """
        changes = {name: self.checked(name, value) for name, value in overrides.items()}
        wanted = None if targets is None else frozenset(targets)
        for name in wanted or ():
            self[name]
        program = self._program(frozenset(changes), wanted)
        arithmetic = readings.arithmetic_for(changes)
        result = {**self.givens, **changes}
        try:
            with np.errstate(divide="ignore", over="ignore", invalid="ignore"):  # the end of a sweep may be infinite
                exec(program, vars(arithmetic).copy(), result)
        except (OverflowError, ZeroDivisionError, ValueError):
            raise KscaleError(f"{_told(overrides)}: this is beyond the range of floating-point numbers") from None
        if changes and arithmetic is readings.FLOATS:
            self._check_signs(result, overrides)
        return result

    def _check_signs(self, result: Mapping[str, float], overrides: Mapping) -> None:
        for name, quantity in self.quantities.items():
            value = result.get(name, 1.0)
            if isinstance(value, complex) or not math.isfinite(value):
                raise KscaleError(f"{_told(overrides)}: {name} is beyond the range of floating-point numbers")
            if value <= 0 and (quantity.is_positive or (quantity.is_nonnegative and value < 0)):
                raise KscaleError(f"{_told(overrides)}: {name} would be {value_text(value, quantity.unit)}, and cannot")

    def value(self, name: str, **overrides) -> float:
        """One quantity in SI, after the given changes."""
        self[name]
        return self.values([name], **overrides)[name]

    def function(self, outputs: str | Iterable[str], inputs: Iterable[str], **changes):
        """The outputs as a fast function of the inputs [SI], numbers or arrays that broadcast; all else as changed.

        One output is returned as it is, several as a tuple. What is put in is taken as it is, whatever its sign.

        >>> from kscale_nb import MODEL
        >>> power = MODEL.function("computing_power", ["K1_power"], computing_share="10%")
        >>> power(1e16), power(np.array([1e15, 1e17]))
        (1000000000000000.0, array([1.e+14, 1.e+16]))
        """
        wanted, names = [outputs] if isinstance(outputs, str) else list(outputs), list(inputs)
        held, moved = self.values(wanted, **changes), set().union(*map(self.carries, names))
        needed = self._ancestors(wanted, {*names, *changes}) | set(wanted)
        needed &= moved - {*names, *changes}
        lines = [f"{name} = {self._node_source(name)}" for name in self.order if name in needed]
        source = "\n    ".join([f"def compiled({', '.join(names)}):", *lines, f"return {', '.join(wanted)}"])
        floats, arrays = ({**held, **vars(arithmetic)} for arithmetic in (readings.FLOATS, readings.ARRAYS))
        for scope in (floats, arrays):
            exec(source, scope)

        def function(*values):
            if any(isinstance(value, np.ndarray) for value in values):
                with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
                    return arrays["compiled"](*values)
            try:
                return floats["compiled"](*values)
            except (OverflowError, ZeroDivisionError, ValueError):
                told = _told(dict(zip(names, values, strict=True)))
                raise KscaleError(f"{told}: this is beyond the range of floating-point numbers") from None

        return function

    def checked(self, name: str, value):
        """One change, in SI, or a KscaleError that names it."""
        quantity = self[name]
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            value = read_value(value, quantity.unit, name)
        elif isinstance(value, np.ndarray):
            if value.dtype.kind not in "iuf" or not np.isfinite(value).all():
                raise KscaleError(f"{name}: an array of finite numbers is expected, got {value.dtype}")
            value = value.astype(float)
        elif not isinstance(value, readings.mpmath.ctx_iv.ivmpf):
            raise KscaleError(f"{name}: {value!r} is neither a number, a text, an array nor an interval")
        if quantity.is_given and quantity.unit == "%" and isinstance(value, float) and value > 1:
            raise KscaleError(f"{name} is a share and cannot exceed 100%, got {value:.6g} ({100 * value:.6g}%)")
        lowest = readings.bounds(value)[0] if isinstance(value, readings.mpmath.ctx_iv.ivmpf) else np.min(value)
        if quantity.is_positive and lowest <= 0:
            raise KscaleError(f"{name} must be positive, got {value_text(float(lowest), quantity.unit, 6, False)}")
        return value

    def intervals(self, targets: Iterable[str] | None = None, /, **ranges) -> dict[str, tuple[float, float]]:
        """The bounds of the quantities, in SI, when each named input lies anywhere in its (low, high).

        >>> from kscale_nb import MODEL
        >>> MODEL.intervals(["logic_power"], computing_share=(0.04, 0.06))["logic_power"]
        (200000000000000.0, 300000000000000.0)
        """
        boxes = {name: readings.interval(list(ends)) for name, ends in ranges.items()}
        values = self.values(targets, **boxes)
        wanted = self.order if targets is None else targets
        return {name: readings.bounds(readings.interval(values[name])) for name in wanted}

    def sampled(self, targets: Iterable[str], draws: int, seed: int) -> dict[str, np.ndarray]:
        """Draws of the quantities, in SI, when each input lies anywhere in its range, independently of the others.

        An input is drawn evenly in its logarithm, and once: whatever rests on it sees the same draw.
        Raises KscaleError if the range of an input reaches down to 0.

        >>> from kscale_nb import MODEL
        >>> drawn = MODEL.sampled(["iron_nickel_mass"], draws=20_000, seed=1884)["iron_nickel_mass"]
        >>> [f"{mass:.1e}" for mass in np.quantile(drawn, [0.05, 0.95])]
        ['5.9e+13', '1.7e+14']
        """
        random, names = np.random.default_rng(seed), list(targets)
        drawn = {}
        for name in sorted(self._ancestors(names) | set(names)):
            low, high = self[name].low, self[name].high
            if self[name].is_given and low < high:
                if low <= 0:
                    raise KscaleError(f"{name} may be as low as {low:g}, and cannot be drawn evenly in its logarithm")
                drawn[name] = np.exp(random.uniform(math.log(low), math.log(high), draws))
        values = self.values(names, **drawn)
        return {name: np.broadcast_to(values[name], (draws,)) for name in names}

    def propagated(
        self, name: str, known: Mapping[str, tuple[float, float]], free: Iterable[str] = ()
    ) -> tuple[float, float] | None:
        """The bounds of a quantity [SI] when intervals are known of some that it rests on.

        Each known interval is narrowed by what the quantities before it allow; where they contradict it, it stands
        as it is. The `free` inputs may be anything; None if the result still hangs on one of them.
        """
        boxes: dict[str, object] = {}
        for inner in [*self.rests_on(name), name]:
            quantity = self[inner]
            inputs = {other.identifier: boxes.get(other.identifier) for other in quantity.inputs}
            if quantity.is_given:
                boxes[inner] = None if inner in free else readings.interval(quantity.value)
            elif None in inputs.values():
                boxes[inner] = None
            else:
                boxes[inner] = readings.interval(readings.evaluated(self._node_code(inner), readings.INTERVALS, inputs))
            if inner in known and inner != name:
                boxes[inner] = readings.narrowed(boxes[inner], known[inner])
        return None if boxes[name] is None else readings.bounds(boxes[name])

    # -- the graph -------------------------------------------------------------------------------------

    def _ancestors(self, names: Iterable[str], cut: Iterable[str] = ()) -> set[str]:
        """All that `names` rest on, not looking behind the names in `cut`."""
        found, to_visit = set(), [name for name in names if name not in cut]
        while to_visit:
            for other in self[to_visit.pop()].inputs:
                if other.identifier not in found:
                    found.add(other.identifier)
                    if other.identifier not in cut:
                        to_visit.append(other.identifier)
        return found

    def rests_on(self, name: str) -> list[str]:
        """Everything that a quantity rests on, in order of derivation."""
        ancestors = self._ancestors([name])
        return [other for other in self.order if other in ancestors]

    def carries(self, name: str) -> list[str]:
        """Everything that would move with a quantity, in order of derivation."""
        self[name]
        moved = {name}
        for other in self.order:
            if any(source.identifier in moved for source in self.quantities[other].inputs):
                moved.add(other)
        return [other for other in self.order if other in moved and other != name]

    def closed_form(self, name: str, keep: Iterable[str] = ()) -> sympy.Expr:
        """A quantity in terms of the givens, or of the quantities to `keep`."""
        kept = set(keep)

        @cache
        def form(inner: str) -> sympy.Expr:
            quantity = self[inner]
            if quantity.is_given or (inner in kept and inner != name):
                return quantity
            return quantity.expression.xreplace({other: form(other.identifier) for other in quantity.inputs})

        return form(name)

    # -- what follows ----------------------------------------------------------------------------------

    def elasticity(self, result: str, cause: str) -> sympy.Expr:
        """The exact d ln(result) / d ln(cause): a rise of the cause by 1 % moves the result by so many %.

        Rounding to whole numbers is left out of account.

        >>> from kscale_nb import MODEL
        >>> MODEL.elasticity("active_parameters", "computing_share")
        1/2
        """
        cause_symbol = self[cause]
        form = self.closed_form(result, keep=[cause]).replace(whole, lambda number: number)
        logarithm = sympy.expand_log(sympy.log(form))
        return sympy.simplify(cause_symbol * sympy.diff(logarithm, cause_symbol))

    def elasticities(self, result: str) -> dict[str, float]:
        """The elasticity of a result to each given it rests on, in numbers, the strongest first."""
        values = {self[name]: value for name, value in self.values().items()}
        givens = [name for name in self.rests_on(result) if self[name].is_given]
        numbers = {name: float(self.elasticity(result, name).xreplace(values)) for name in givens}
        return dict(sorted(numbers.items(), key=lambda item: (-abs(item[1]), item[0])))

    def invert(self, cause: str, result: str, target: float | str) -> float:
        """The value of `cause` in SI at which `result` takes the target, all else unchanged.

        Searches from 1e-12 to 1e12 times the present value. Raises KscaleError if none is found there.

        >>> from kscale_nb import MODEL
        >>> round(MODEL.invert("computing_share", "logic_power", "3e14 W"), 6)
        0.06
        """
        goal, start = self.checked(result, target), self.value(cause)
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

    def inverse_form(self, cause: str, result: str) -> sympy.Expr:
        """`cause` as a closed form in `result` and the other givens, where sympy can solve for it.

        >>> from kscale_nb import MODEL
        >>> MODEL.inverse_form("computing_share", "computing_power")
        computing_power/K1_power
        """
        equation = self.closed_form(result, keep=[cause]) - self[result]
        solutions = [root for root in sympy.solve(equation, self[cause]) if root.is_positive is not False]
        if len(solutions) != 1:
            raise KscaleError(f"{result} has no single closed inverse in {cause}; use invert for a number")
        return sympy.simplify(solutions[0])


def _told(overrides: Mapping) -> str:
    return ", ".join(f"{name}={value}" for name, value in overrides.items()) or "the model"

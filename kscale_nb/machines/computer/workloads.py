"""Operations that a ThermodynamicComputer runs: real numpy work, with what it costs counted and not timed.

What is counted:

- FLOP: additions and multiplications of numbers; 2 m n k for a matrix product;
- bit operations: gates whose output may flip, where the work is logic and not arithmetic;
- bits moved: operands and results between memory and arithmetic, each once unless said otherwise;
- bits erased: what the program overwrites for good, so that its inputs cannot be told from what is left. Inputs that
  the program keeps are not erased. This is the logical count that Landauer's limit speaks of; the gates of a chip
  without charge recovery dissipate at every flip, erased or not.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from kscale_nb.errors import KscaleError, check_known
from kscale_nb.machines.checked import number

GATES_PER_FULL_ADDER_STEP = 6  # of Cuccaro's adder: four CNOT and two Toffoli gates for each bit
MOST_RUNS = 1e18
COMPARATOR_GATES = 9  # for each bit: three to compare, three for each of the two multiplexers that exchange


@dataclass(frozen=True, eq=False)
class Work:
    """What one run of an operation gave, and what it takes."""

    result: np.ndarray
    multiplications: float = 0.0
    additions: float = 0.0
    bit_operations: float = 0.0
    bits_moved: float = 0.0
    bits_erased: float = 0.0
    precision: int = 11  # significant bits of the numbers

    @property
    def flop(self) -> float:
        return self.multiplications + self.additions


@dataclass(frozen=True, eq=False)
class Operation:
    """A named piece of work; `runs` is how often the machine repeats it."""

    name: str
    work: Callable[[], Work]
    runs: int = 1

    def times(self, runs: float) -> Operation:
        """The same work repeated. Raises KscaleError unless `runs` is a whole number from 1 to 10^18.

        >>> MatrixProduct([[1, 2]], [[3], [4]]).times(1000).runs
        1000
        """
        return Operation(self.name, self.work, number(f"{self.name}: runs", runs, 1, MOST_RUNS, whole=True))


def _numbers(what: str, values, dimensions: int | None = None) -> np.ndarray:
    """An array of real, finite numbers, or a KscaleError that says what is wrong with it."""
    try:
        array = np.array(values)  # a copy: the machine computes on what it was given
    except ValueError:
        raise KscaleError(f"{what}: the rows differ in length") from None
    if array.dtype.kind not in "biuf":
        raise KscaleError(f"{what}: real numbers are expected, got {array.dtype}")
    array = array.astype(array.dtype.newbyteorder("="))
    if array.size == 0:
        raise KscaleError(f"{what}: there is nothing in it")
    if not np.isfinite(array).all():
        raise KscaleError(f"{what}: NaN or infinity cannot be computed with")
    if dimensions is not None and array.ndim != dimensions:
        raise KscaleError(f"{what}: {dimensions} dimensions are expected, got {array.ndim}")
    return array


def _word(array: np.ndarray) -> int:
    """Bits of one number."""
    return 1 if array.dtype == bool else 8 * array.itemsize


def _precision(array: np.ndarray) -> int:
    """Significant bits of one number."""
    return np.finfo(array.dtype).nmant + 1 if array.dtype.kind == "f" else _word(array)


def MatrixProduct(a, b) -> Operation:
    """a @ b: 2 m n k FLOP. Each addition overwrites a word of the sum; the factors are kept.

    >>> work = MatrixProduct([[1.0, 2.0]], [[3.0], [4.0]]).work()
    >>> work.result.tolist(), work.flop, work.bits_erased
    ([[11.0]], 4.0, 128.0)
    """
    a, b = _numbers("first matrix", a, 2), _numbers("second matrix", b, 2)
    if a.shape[1] != b.shape[0]:
        raise KscaleError(f"matrices of {a.shape[0]} x {a.shape[1]} and {b.shape[0]} x {b.shape[1]} do not multiply")
    steps, kind = float(a.shape[0] * a.shape[1] * b.shape[1]), np.promote_types(a.dtype, b.dtype)

    def work() -> Work:
        with np.errstate(over="ignore", invalid="ignore"):
            product = a @ b
        moved = _word(a) * a.size + _word(b) * b.size + _word(product) * product.size
        return Work(product, steps, steps, 0.0, float(moved), steps * _word(product), _precision(np.empty(0, kind)))

    return Operation("matrix product", work)


def ElementwiseSum(a, b) -> Operation:
    """a + b where both are given up for it: one word of every pair is lost.

    >>> ElementwiseSum([1, 2], [3, 4]).work().bits_erased
    128.0
    """
    a, b = _numbers("first array", a), _numbers("second array", b)
    if a.shape != b.shape:
        raise KscaleError(f"arrays of shape {a.shape} and {b.shape} do not add element by element")

    def work() -> Work:
        with np.errstate(over="ignore"):
            total = a + b
        return Work(total, 0.0, float(total.size), 0.0, 3.0 * _word(total) * total.size,
                    float(_word(total) * total.size), _precision(total))  # fmt: skip

    return Operation("elementwise sum", work)


def Sort(values) -> Operation:
    """Sorting by Batcher's network, comparators counted as they run.

    What is lost is the order: log2 of the number of different arrangements of these values.

    >>> work = Sort([3, 1, 2, 1]).work()
    >>> work.result.tolist(), round(work.bits_erased, 3)  # 12 arrangements
    ([1, 1, 2, 3], 3.585)
    """
    values = _numbers("values to sort", values, 1)

    def work() -> Work:
        result, comparators = batcher_sort(values)
        _, repeats = np.unique(values, return_counts=True)
        arrangements = (gammaln(values.size + 1) - gammaln(repeats + 1).sum()) / math.log(2)
        bits = comparators * _word(values)
        return Work(result, bit_operations=float(COMPARATOR_GATES * bits), bits_moved=4.0 * bits,
                    bits_erased=max(0.0, float(arrangements)))  # fmt: skip

    return Operation("sort", work)


def batcher_sort(values: np.ndarray) -> tuple[np.ndarray, int]:
    """Sort by Batcher's odd-even merging network; also the number of comparators that ran.

    >>> batcher_sort(np.array([4, 3, 2, 1]))
    (array([1, 2, 3, 4]), 5)
    """
    result, comparators, size = values.copy(), 0, values.size
    width = 1
    while width < size:
        step = width
        while step:
            low = np.arange(size - step)
            offset = step % width
            low = low[(low >= offset) & ((low - offset) % (2 * step) < step)]
            low = low[low // (2 * width) == (low + step) // (2 * width)]
            high = low + step
            smaller, larger = np.minimum(result[low], result[high]), np.maximum(result[low], result[high])
            result[low], result[high] = smaller, larger
            comparators += low.size
            step //= 2
        width *= 2
    return result, comparators


def BitErasure(values) -> Operation:
    """Every bit set to zero, whatever it was: as many bits erased as the array holds.

    >>> BitErasure([True, False, True]).work().bits_erased
    3.0
    """
    values = _numbers("bits to erase", values)
    bits = float(_word(values) * values.size)
    return Operation(
        "bit erasure", lambda: Work(np.zeros_like(values), bit_operations=bits, bits_moved=bits, bits_erased=bits)
    )


def ReversibleAdder(a, b) -> Operation:
    """(a, b) becomes (a, a + b) by Cuccaro's ripple adder of CNOT and Toffoli gates, wrapping around: nothing is lost.

    >>> work = ReversibleAdder([250, 3], [10, 4]).work()
    >>> work.result.tolist(), work.bits_erased
    ([[250, 3], [260, 7]], 0.0)
    """
    a, b = _numbers("first array", a), _numbers("second array", b)
    if a.shape != b.shape or a.dtype != b.dtype or a.dtype.kind not in "iu":
        raise KscaleError("a reversible adder takes two arrays of whole numbers of one type and shape")

    def work() -> Work:
        total = ripple_add(a, b)
        gates = float(GATES_PER_FULL_ADDER_STEP * _word(a) * a.size)
        return Work(np.array([a, total]), bit_operations=gates, bits_moved=4.0 * _word(a) * a.size)

    return Operation("reversible adder", work)


def ripple_add(a: np.ndarray, b: np.ndarray, undo: bool = False) -> np.ndarray:
    """a + b modulo the word, or b - a to undo it: the same gates run in the opposite order.

    >>> ripple_add(np.array([250], np.uint8), np.array([10], np.uint8)).tolist()
    [4]
    >>> ripple_add(np.array([250], np.uint8), np.array([4], np.uint8), undo=True).tolist()
    [10]
    """
    bits = _word(a)
    unsigned = np.dtype(f"u{a.itemsize}")
    places = np.arange(bits, dtype=unsigned)
    x = [(a.view(unsigned) >> place & unsigned.type(1)).astype(bool) for place in places]
    y = [(b.view(unsigned) >> place & unsigned.type(1)).astype(bool) for place in places]
    carry = np.zeros(a.shape, bool)  # a clean bit, given back clean
    chain = [carry, *x]
    gates = []
    for i in range(bits):  # majority: afterwards chain[i + 1] is the carry out of place i
        gates += [(y[i], chain[i + 1], None), (chain[i], chain[i + 1], None), (chain[i + 1], chain[i], y[i])]
    for i in reversed(range(bits)):  # and back, leaving the sum in y
        gates += [(chain[i + 1], chain[i], y[i]), (chain[i], chain[i + 1], None), (y[i], chain[i], None)]
    for target, control, second in reversed(gates) if undo else gates:
        target ^= control if second is None else control & second
    return sum((y[i].astype(unsigned) << places[i] for i in range(bits)), np.zeros(a.shape, unsigned)).view(a.dtype)


OPERATIONS = {
    "MatrixProduct": MatrixProduct,
    "ElementwiseSum": ElementwiseSum,
    "Sort": Sort,
    "BitErasure": BitErasure,
    "ReversibleAdder": ReversibleAdder,
}


def named_operation(name: str, arguments: tuple) -> Operation:
    """An operation by its name and arguments.

    Raises KscaleError for an unknown name, too few or too many arguments, and what the operation itself refuses.

    >>> named_operation("Sort", ([3, 1, 2],)).name
    'sort'
    """
    check_known("operation", name, OPERATIONS)
    takes = list(inspect.signature(OPERATIONS[name]).parameters)
    if len(arguments) != len(takes):
        raise KscaleError(f"{name} takes {len(takes)} ({', '.join(takes)}), got {len(arguments)}")
    return OPERATIONS[name](*arguments)

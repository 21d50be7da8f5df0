"""A reader's own training runs, fitted to the law of loss that the book uses: L(N, D) = E + A / N^alpha + B / D^beta.

The fit is that of Hoffmann and others (2022) as Besiroglu and others (2024) mended it: Huber's loss of the error of
log L, quadratic to 0.001 and linear beyond, summed over the runs and descended from a grid of starts. Doubt is a
bootstrap: the runs drawn anew with repetition, and fitted again.

A file is CSV with a header; a comma, semicolon or tab between fields; other columns are left alone. One row is one
run: its parameters and training tokens, each counted one by one (7e9, not 7), and its last loss [nat per token].
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from dataclasses import dataclass
from itertools import product
from os import PathLike

import numpy as np
from scipy.optimize import minimize
from tabulate import tabulate

import kscale_nb
from kscale_nb.doubt.sampling import _share, _whole
from kscale_nb.errors import KscaleError, check_known, concerning, echoed
from kscale_nb.files import as_path, read_text
from kscale_nb.model import Model
from kscale_nb.printed import figure_text
from kscale_nb.units import read_value

# What a column may be called: in any case, with _, - or a blank between words
COLUMNS = {
    "parameters": ("parameters", "params", "n", "n_params", "num_params", "model_size"),
    "tokens": ("tokens", "training_tokens", "train_tokens", "d", "n_tokens", "num_tokens"),
    "loss": ("loss", "l", "final_loss", "val_loss", "validation_loss", "test_loss"),
}
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
LEAST_RUNS, MOST_RUNS, MOST_DRAWS = 10, 10_000, 100_000  # the first is twice the numbers of the law
LEAST_KINDS = 3  # different sizes, and amounts of text: a floor, a height and a slope are three numbers
DELTA = 1e-3  # error of log L beyond which Huber's loss is linear
LAW = ("loss_floor", "loss_per_size", "loss_per_data", "size_exponent", "data_exponent")  # as the model names them
OPTIMUM = ("fitted_parameters", "fitted_tokens", "fitted_tokens_per_parameter")
TOLD = {
    **dict(zip(LAW, ("E: floor [nat]", "A: height by size", "B: height by data", "alpha", "beta"), strict=True)),
    "a": "a: parameters go as work^a", "b": "b: tokens go as work^b",
    **dict(zip(OPTIMUM, ("parameters N", "tokens D", "tokens per parameter"), strict=True)),
}  # fmt: skip
SLOPES, DESCENTS = (0.1, 0.3, 0.6, 1.2), 16  # of the starts; how many of them are descended from
STEEPNESS = (0.01, 5.0)  # of what a power can be told from none, and from a wall
REACH = 60.0  # of the logarithm of a term of the loss


@dataclass(frozen=True)
class ScalingLaw:
    """A law fitted to runs: `point` are its five numbers by the model's names, `draws` those of each bootstrap fit.

    As they are named as in the model, the book can be read under a law: `MODEL.under(**law.point)`.
    """

    point: dict[str, float]
    draws: dict[str, np.ndarray]
    runs: int

    def interval(self, name: str, within: float = 0.8) -> tuple[float, float, float]:
        """One of the five numbers, and the ends of the middle 80 % of its draws. KscaleError for another name."""
        check_known("number of the law", name, LAW)
        return _with_ends(self.point[name], self.draws[name], within)

    def exponents(self, within: float = 0.8) -> dict[str, tuple[float, float, float]]:
        """Powers of the work with which the best parameters (a) and tokens (b) grow, each with its interval."""
        of = {"a": LAW[4], "b": LAW[3]}
        return {
            name: _with_ends(*(law[over] / (law[LAW[3]] + law[LAW[4]]) for law in (self.point, self.draws)), within)
            for name, over in of.items()
        }

    def optimum(
        self, compute: float | str, within: float = 0.8, model: Model | None = None
    ) -> dict[str, tuple[float, float, float]]:
        """Parameters, tokens and tokens per parameter at the least loss for a work [FLOP], each with its interval.

        All else is as in the book, or as in a `model`. Raises KscaleError for a work that is no positive number.
        """
        work = read_value(compute, "FLOP", "the work")
        if not 0 < work < np.inf:
            raise KscaleError(f"the work is a positive number of FLOP, not {echoed(compute)}")
        model = kscale_nb.MODEL if model is None else model
        point, draws = (model.values(OPTIMUM, training_compute=work, **law) for law in (self.point, self.draws))
        return {name: _with_ends(point[name], draws[name], within) for name in OPTIMUM}


def fit_scaling_law(path: str | PathLike, draws: int = 400, seed: int = 0) -> ScalingLaw:
    """The law of a file of runs, and so many bootstrap draws of it; the same seed gives the same draws.

    Raises KscaleError, naming the file and where there is one the column and row, for what is no such table, and for
    runs that fix no law: too few, all of one size or one amount of text, or of a loss that does not fall.
    Sources: hoffmann2022, besiroglu2024.

    >>> import tempfile
    >>> from pathlib import Path
    >>> sizes = [(10**n, 10**d) for n in (8, 9, 10) for d in (9, 10, 11, 12)]
    >>> runs = [(n, d, 1.8 + 480 / n**0.35 + 2100 / d**0.37) for n, d in sizes]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "runs.csv"
    ...     rows = ["parameters,tokens,loss", *(",".join(map(str, run)) for run in runs)]
    ...     _ = path.write_text("\\n".join(rows))
    ...     law = fit_scaling_law(path, draws=20)
    >>> round(law.point["size_exponent"], 3), round(law.point["data_exponent"], 3)
    (0.35, 0.37)
    """
    number, seed = _whole("draws", draws, 2, MOST_DRAWS), _whole("seed", seed, 0, 10**30)
    text = read_text(path)
    with concerning(as_path(path).name):
        runs = np.log(_checked(runs_of(text)))
        best = _fit(runs)
    chance, count = np.random.default_rng(seed), runs.shape[1]
    weights = chance.multinomial(count, np.full(count, 1 / count), size=number)
    drawn = [_descend(runs, weight, best).x for weight in weights]
    point = {name: float(number) for name, number in _law(runs, best).items()}
    return ScalingLaw(point, _law(runs, np.array(drawn).T), count)


def runs_of(text: str) -> np.ndarray:
    """A table in CSV as rows of parameters, tokens, loss. KscaleError by column and row, the header being row 1."""
    if not text.strip(" \t\r\n,;"):
        raise KscaleError("the file is empty: a header and a row for each run are expected")
    if "\0" in text:
        raise KscaleError("this is no text: a table of runs as CSV is expected")
    first = text.lstrip().partition("\n")[0]
    try:
        rows = [*csv.reader(io.StringIO(text), delimiter=max(",;\t", key=first.count), strict=True)]
    except csv.Error as error:
        raise KscaleError(f"this is no CSV: {error}") from None
    filled = [(number, row) for number, row in enumerate(rows, 1) if any(field.strip() for field in row)]
    (_, header), *filled = filled
    places = _places(header)
    runs = []
    for number, row in filled:
        if len(row) != len(header):
            raise KscaleError(f"row {number} has {len(row)} fields, and the header {len(header)}")
        runs.append([_positive(row[place], header[place], number) for place in places])
    if not LEAST_RUNS <= len(runs) <= MOST_RUNS:
        raise KscaleError(f"{LEAST_RUNS} to {MOST_RUNS:,} runs are expected, not {len(runs):,}")
    return np.array(runs).T


def _places(header: list[str]) -> list[int]:
    """Where the columns of parameters, tokens and loss are."""
    names = [re.sub(r"[\s_-]+", "_", field.strip().lower()) for field in header]
    places = []
    for column, known in COLUMNS.items():
        found = [place for place, name in enumerate(names) if name in known]
        if len(found) > 1:
            raise KscaleError(f"two columns of {column}: {' and '.join(repr(header[place]) for place in found[:2])}")
        if not found:
            near = [
                match for name in known if len(name) > 1 for match in difflib.get_close_matches(name, names, 1, 0.6)
            ]
            hint = f"is it {header[names.index(near[0])]!r}?" if near else f"there are {', '.join(map(repr, header))}"
            raise KscaleError(f"no column {column!r} (or {', '.join(known[1:])}): {hint}")
        places += found
    return places


def _positive(field: str, column: str, row: int) -> float:
    text = field.strip()
    number = float(text) if NUMBER.fullmatch(text) else 0.0
    if not 0 < number < np.inf:
        raise KscaleError(f"column {column!r}, row {row}: a finite number above 0 is expected, not {field!r}")
    return number


def _checked(runs: np.ndarray) -> np.ndarray:
    """Raise KscaleError for runs that no law could be told from."""
    for what, row in zip(COLUMNS, runs[:2], strict=False):
        if (kinds := len(np.unique(row))) < LEAST_KINDS:
            alike = f"all runs have the same {what}" if kinds == 1 else f"the runs have only {kinds} different {what}"
            raise KscaleError(f"{alike}: at least {LEAST_KINDS} are needed")
    spread = np.log(runs[:2]) - np.log(runs[:2]).mean(axis=1, keepdims=True)
    if np.linalg.svd(spread / spread.std(axis=1, keepdims=True), compute_uv=False)[1] < 1e-2 * np.sqrt(runs.shape[1]):
        raise KscaleError("tokens go with parameters by one power in all runs: what either does cannot be told apart")
    return runs


def _objective(numbers: np.ndarray, runs: np.ndarray, weights: np.ndarray) -> tuple[float, np.ndarray]:
    """Huber's loss of the errors, in units of DELTA, and its slopes; logarithms of terms are at the middle of the runs.

    In such units and sums the descent does not stop early, as an average over errors of a thousandth had it do.
    """
    size, data, told = runs
    floor, of_size, of_data, alpha, beta = numbers
    logs = np.stack([np.full_like(size, floor), of_size - alpha * size, of_data - beta * data])
    terms = np.exp(np.clip(logs, -REACH, REACH))  # a step may go too far; the next is shorter
    total = terms.sum(axis=0)
    error = (np.log(total) - told) / DELTA
    bent = np.clip(error, -1, 1)
    pull = weights * bent / total / DELTA
    by_term = terms * pull  # summed without a library of matrices, whose threads take longer than such small sums
    slopes = [*by_term.sum(axis=1), -(by_term[1] * size).sum(), -(by_term[2] * data).sum()]
    return float((weights * bent * (error - bent / 2)).sum()), np.array(slopes)


def _centred(runs: np.ndarray) -> np.ndarray:
    return runs - np.array([[runs[0].mean()], [runs[1].mean()], [0]])


def _descend(runs: np.ndarray, weights: np.ndarray, start: np.ndarray):
    args, options = (_centred(runs), weights), {"maxiter": 500, "gtol": 1e-6}
    return minimize(_objective, start, args, "BFGS", jac=True, options=options)


def _fit(runs: np.ndarray) -> np.ndarray:
    """The lowest point that the best of a grid of starts lead to: shares of floor, size and data, and two slopes."""
    least, middle = np.exp(runs[2].min()), np.exp(np.median(runs[2]))
    starts = [
        [np.log(floor * least), np.log(part * above), np.log((1 - part) * above), alpha, beta]
        for floor, part, alpha, beta in product((0.3, 0.6, 0.9), (0.2, 0.5, 0.8), SLOPES, SLOPES)
        if (above := middle - floor * least)
    ]
    once = np.ones(runs.shape[1])
    starts = sorted(map(np.array, starts), key=lambda start: _objective(start, _centred(runs), once)[0])[:DESCENTS]
    best = min((_descend(runs, once, start) for start in starts), key=lambda found: found.fun).x
    total = np.exp(best[:3]).sum()
    for what, term, slope in (("parameters", best[1], best[3]), ("tokens", best[2], best[4])):
        is_power = STEEPNESS[0] * 1.01 < slope < STEEPNESS[1] * 0.99
        if not is_power or np.exp(term) < 1e-6 * total:
            raise KscaleError(f"the loss does not fall with {what} as a power would: no law can be fitted")
    return best


def _law(runs: np.ndarray, numbers: np.ndarray) -> dict:
    """The five numbers of the law, its terms moved from the middle of the runs to one parameter and one token."""
    floor, of_size, of_data, alpha, beta = numbers
    heights = floor, of_size + alpha * runs[0].mean(), of_data + beta * runs[1].mean()
    return dict(zip(LAW, [*map(np.exp, heights), alpha, beta], strict=True))


def _with_ends(value: float, draws: np.ndarray, within: float) -> tuple[float, float, float]:
    low, high = np.quantile(draws, [0.5 - _share(within) / 2, 0.5 + _share(within) / 2])
    return float(value), float(low), float(high)


def as_record(law: ScalingLaw, compute: float) -> dict:
    """The law with its intervals as JSON has it."""
    told = {name: law.interval(name) for name in LAW} | law.exponents() | law.optimum(compute)
    fields = {name: dict(zip(("value", "low", "high"), three, strict=True)) for name, three in told.items()}
    return {"runs": law.runs, "compute": compute, "within": 0.8} | fields


def report(law: ScalingLaw, compute: float) -> str:
    """The law as the command line prints it."""
    record = as_record(law, compute)
    rows = [
        [words, *(figure_text(record[name][end], 4) for end in ("value", "low", "high"))]
        for name, words in TOLD.items()
    ]
    work = figure_text(compute, 4, trailing_zeros=False)
    table = tabulate(rows, ["L = E + A/N^alpha + B/D^beta", "fit", "10%", "90%"], disable_numparse=True)
    return (
        f"{table}\n\nThe last three are at the least loss for {work} FLOP. "
        f"{law.runs} runs; the middle 80% of {len(law.draws[LAW[0]]):,} bootstrap fits."
    )

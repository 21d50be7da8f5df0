"""What a derivation has proved: that two ways give the same, or that the model declares what was derived."""

from __future__ import annotations

import sympy

from kscale_nb import MODEL
from kscale_nb.notebook.record import unwatched
from kscale_nb.notebook.scenario import is_as_printed, premises_in_force
from kscale_nb.quantity import Quantity

DECLARED = unwatched(MODEL)  # algebra is about what the book declares, whatever a reader changes


def proved(derivation: sympy.Expr, name: str, *keep: str) -> sympy.Eq:
    """A derivation beside the symbol of the quantity that it derives, once it equals what the model declares.

    Both are written in the derived quantities that stand in the derivation, or in those to `keep`. Raises
    AssertionError, which says what each of the two is, and KscaleError for an unknown name.

    >>> proved(DECLARED["K1_power"] * DECLARED["computing_share"], "computing_power")
    Eq(computing_power, K1_power*computing_share)
    """
    derivation = sympy.sympify(derivation)
    kept = keep or [
        symbol.identifier
        for symbol in derivation.free_symbols
        if isinstance(symbol, Quantity) and not symbol.is_given and symbol.identifier != name
    ]
    declared = DECLARED.closed_form(name, keep=kept)
    if not _equal(derivation, declared):
        raise AssertionError(
            f"{DECLARED[name].meaning} ({name}): derived is {derivation}, and the model declares {declared}. "
            "The derivation assumes what its text says; one of the two has been changed."
        )
    return sympy.Eq(DECLARED[name], derivation, evaluate=False)


def same(one: object, other: object, *, within: float = 0) -> None:
    """Pass where two expressions are equal, or two numbers to a relative error `within`.

    Raises AssertionError, which says both, and which premises were in force.

    >>> same(sympy.sin(1) ** 2 + sympy.cos(1) ** 2, 1)
    >>> same(3.1, 3, within=0.01)
    Traceback (most recent call last):
    AssertionError: two ways should give the same to 0.01: one gives 3.1, the other 3. Both assume the book's premises.
    """
    if within and abs(float(one) - float(other)) <= within * abs(float(other)):
        return
    if not within and _equal(sympy.sympify(one), sympy.sympify(other)):
        return
    margin = f" to {within:g}" if within else ""
    raise AssertionError(
        f"two ways should give the same{margin}: one gives {one}, the other {other}. Both assume {premises_in_force()}."
    )


def as_printed(holds: object, words: str) -> None:
    """Pass where a statement about the documents as printed holds; under a reader's changes it is none of that.

    Raises AssertionError, which says the statement in words.

    >>> as_printed(DECLARED.value("n_layers") > 3000, "the model has more than 3,000 layers")
    """
    if is_as_printed() and not holds:
        raise AssertionError(f"as the documents print it, {words}")


def _equal(one: sympy.Expr, other: sympy.Expr) -> bool:
    return one == other or sympy.simplify(one - other) == 0

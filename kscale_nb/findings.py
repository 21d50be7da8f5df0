"""Findings: the book's own sentences, each with a condition over quantities that says under which premises it holds."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import sympy

from kscale_nb.errors import KscaleError, check_known, concerning, unknown
from kscale_nb.files import DATA, as_path, check_fields, rows_of
from kscale_nb.model import Model
from kscale_nb.units import read_value, same_dimension, value_text

FIELDS = {"id": str, "words": list, "condition": str, "always": str, "weak": str, "chapter": str}
COMPARED = {ast.Lt: sympy.Lt, ast.LtE: sympy.Le, ast.Gt: sympy.Gt, ast.GtE: sympy.Ge}
EXPECTED = "expected quantities, their low or high, numbers, texts such as '1 day', compared by < or >, joined by and"


@dataclass(frozen=True)
class Finding:
    """One sentence, in the Markdown of each place where it stands; `always` says why no premise can move it."""

    id: str
    words: tuple[str, ...]
    weak: str
    chapter: str
    conditions: tuple[sympy.Rel, ...] = ()
    always: str = ""

    def told(self, values: Mapping[str, float]) -> str:
        """What is so instead of the first condition that these values break; nothing where they keep all."""
        for condition in self.conditions:
            cause = condition.lhs
            is_now, bound = (float(values[side.identifier] if side.is_Symbol else side) for side in condition.args)
            if not condition.func(is_now, bound):
                number, limit = (value_text(side, cause.unit, 4, trailing_zeros=False) for side in (is_now, bound))
                place = "below" if is_now < bound else "above" if is_now > bound else "just"
                return f"{number}, {place} {limit} ({compared(condition)})"
        return ""


class Findings(dict[str, Finding]):
    """Findings by id, of which an unknown one is a KscaleError that says which is nearest."""

    def __init__(self, model: Model):
        super().__init__()
        self.model = model

    def __missing__(self, name: str):
        raise unknown("finding", name, self)

    def holds(self, name: str, **changes) -> bool:
        """Whether a finding holds after the given changes. Raises KscaleError for an unknown name or an unfit change.

        >>> from kscale_nb import FINDINGS
        >>> FINDINGS.holds("not-enough-to-read"), FINDINGS.holds("not-enough-to-read", human_text_stock=1e18)
        (True, False)
        """
        check_known("finding", name, self)
        return not self[name].told(self.model.under(**changes).values())

    def failing(self, **changes) -> dict[str, str]:
        """The findings that no longer hold after the given changes, each with what is so instead."""
        values = self.model.under(**changes).values()
        return {name: told for name, finding in self.items() if (told := finding.told(values))}


def compared(condition: sympy.Rel) -> str:
    """What a condition compares, in words."""
    return " against ".join(side.meaning for side in condition.args if side.is_Symbol)


def load_findings(model: Model, path: Path | None = None) -> Findings:
    """Read the findings. Raises KscaleError, naming the finding, for a broken condition or one that is false."""
    path, findings, values = as_path(DATA / "findings.toml" if path is None else path), Findings(model), model.values()
    for number, row in enumerate(rows_of(path, "finding"), 1):
        with concerning(f"{path.name}, finding {row.get('id') or f'number {number}'!r}"):
            check_fields(row, FIELDS, needed={*FIELDS} - {"condition", "always"})
            if not all(isinstance(words, str) for words in row["words"]):
                raise KscaleError("its words are texts, one for each place where they stand")
            if ("condition" in row) == ("always" in row):
                raise KscaleError("it has a condition, or says why it always holds")
            conditions = tuple(conditions_of(row.pop("condition"), model)) if "condition" in row else ()
            finding = Finding(**{**row, "words": tuple(row["words"])}, conditions=conditions)
            if told := finding.told(values):
                raise KscaleError(f"its condition is false as printed: {told}")
            if finding.id in findings:
                raise KscaleError("there is one of this id before it")
            findings[finding.id] = finding
    return findings


def conditions_of(text: str, model: Model) -> Iterator[sympy.Rel]:
    """The comparisons that a condition joins by `and`, as sympy relations. Raises KscaleError for anything else.

    >>> from kscale_nb import MODEL
    >>> list(conditions_of("2 < asteroids_needed < 4 and fab_time < '1 hour'", MODEL))
    [asteroids_needed > 2.0, asteroids_needed < 4.0, fab_time < 3600.0]
    """
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise KscaleError(f"{text!r} is no condition: {EXPECTED}") from None
    for part in tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]:
        if not isinstance(part, ast.Compare) or not all(type(sign) in COMPARED for sign in part.ops):
            raise KscaleError(f"{ast.unparse(part)!r} is no comparison: {EXPECTED}")
        sides = [part.left, *part.comparators]
        for left, sign, right in zip(sides, part.ops, sides[1:], strict=False):
            yield _comparison(left, COMPARED[type(sign)], right, model)


def _comparison(left: ast.expr, compare: type[sympy.Rel], right: ast.expr, model: Model) -> sympy.Rel:
    told = f"{ast.unparse(left)} and {ast.unparse(right)}"
    parts = (part for side in (left, right) for part in (side, getattr(side, "value", None)))
    named = [model[part.id] for part in parts if isinstance(part, ast.Name)]
    if not named:
        raise KscaleError(f"{told}: a quantity is expected on one side at least")
    if not same_dimension(named[0].unit, named[-1].unit):
        raise KscaleError(f"{told}: their units do not fit: {named[0].unit} and {named[-1].unit}")
    relation = compare(*(_side(side, named[0].unit, model) for side in (left, right)))
    if not isinstance(relation, sympy.Rel):
        raise KscaleError(f"{told}: this is {bool(relation)} whatever the premises")
    return relation if relation.lhs.is_Symbol else relation.reversed


def _side(node: ast.expr, unit: str, model: Model) -> sympy.Expr:
    if isinstance(node, ast.Name):
        return model[node.id]
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in ("low", "high"):
        return sympy.Float(model.range_of(node.value.id)[node.attr == "high"])
    bound = node.value if isinstance(node, ast.Constant) else None
    if isinstance(bound, str) or (type(bound) in (int, float) and same_dimension(unit, "1")):
        return sympy.Float(read_value(bound, unit, ast.unparse(node)))
    raise KscaleError(f"{ast.unparse(node)} is no bound of what is in {unit}: {EXPECTED}")

"""What each cell of a notebook rests on: the quantities that it read, and those behind the variables that it uses.

On a page, where a premise is changed without Python, what cannot follow says so. Each cell's record stands in its
metadata, where `kscale_nb.notebook.execute` puts it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from copy import copy
from functools import wraps
from typing import ClassVar

from kscale_nb.model import Model
from kscale_nb.quantity import Quantity

MUTATORS = {"add", "append", "extend", "insert", "setdefault", "update"}


class Watched(Model):
    """A model that remembers what it was asked."""

    asked: set[str]

    @classmethod
    def of(cls, model: Model, asked: set[str]) -> Watched:
        watched = copy(model)
        watch(watched, asked)
        return watched

    def extended(self, **quantities: Quantity) -> Watched:
        return Watched.of(unwatched(self).extended(**quantities), self.asked)

    def values(self, targets: Iterable[str] | None = None, /, **overrides) -> dict:
        found = super().values(targets, **overrides)
        if targets is None:
            return Read(found, lambda name: self.remember([name], overrides))
        self.remember(targets, overrides)
        return found

    def value(self, name: str, **overrides) -> float:
        found = super().value(name, **overrides)
        self.remember(name, overrides)
        return found

    def function(self, outputs: str | Iterable[str], inputs: Iterable[str], **changes):
        inputs = self._named(inputs)
        self.remember(outputs, {*inputs, *changes})
        return super().function(outputs, inputs, **changes)

    def sample(self, n: int, seed: int = 0, targets: Iterable[str] | None = None, **how):
        self.remember(targets)
        with unheard(self.asked):
            return unwatched(self).sample(n, seed, targets, **how)

    def remember(self, names: str | Iterable[str] | None, told: Collection[str] = ()) -> None:
        """These were asked for, or all; if some of what they rest on was told, then only the rest of it."""
        names = set(self.order if names is None else self._named(names)).difference(told)
        self.asked.update(self.givens.keys() & (self._ancestors(names, told) | names) - set(told) if told else names)


def _remembering(method):
    @wraps(method)
    def remembered(self, outputs, *arguments, **named):
        self.remember(outputs)
        return method(self, outputs, *arguments, **named)

    return remembered


for _method in (Model.elasticity, Model.elasticities, Model.range_of, Model.propagated, Model.intervals):
    setattr(Watched, _method.__name__, _remembering(_method))


def watch(model: Model, asked: set[str]) -> None:
    """From now on what the model is asked is remembered there."""
    model.__class__, model.asked = Watched, asked


def unwatched(model: Model) -> Model:
    """The same model for what remembers nothing: helpers whose own output follows on the page."""
    plain = copy(model)
    plain.__class__ = Model
    return plain


@contextmanager
def unheard(asked: set[str]) -> Iterator[None]:
    """What is asked meanwhile is forgotten: the error of models, for one, is the book's own under any premises."""
    before = set(asked)
    yield
    asked.intersection_update(before)


class Read(dict):
    """The values of all quantities, which tells those that are looked up."""

    def __init__(self, values: dict, remember: Callable[[str], None]):
        super().__init__(values)
        self.remember = remember

    def __getitem__(self, name: str) -> float:
        self.remember(name)
        return super().__getitem__(name)

    def get(self, name: str, other=None):
        if name in self:
            self.remember(name)
        return super().get(name, other)


class Record:
    """Listens to the cells of a notebook as they run."""

    cells: ClassVar[dict[int, str]] = {}  # what each rests on, by its number in the run
    heard: ClassVar[dict[str, Callable]] = {}  # by the one that listens now

    def __init__(self, shell, asked: set[str]):
        self.asked, self.behind = asked, {}  # the second: what each variable rests on
        for event, listener in Record.heard.items():  # of a scenario that this one follows
            shell.events.unregister(event, listener)
        Record.cells, Record.heard = {}, {"pre_run_cell": self.begin, "post_run_cell": self.end}
        for event, listener in Record.heard.items():
            shell.events.register(event, listener)

    def begin(self, _information) -> None:
        self.asked.clear()

    def end(self, result) -> None:
        used, changed = variables_of(result.info.raw_cell)
        rests = self.asked.union(*(self.behind.get(name, ()) for name in used))
        self.behind.update(dict.fromkeys(changed, rests))
        Record.cells[result.execution_count] = " ".join(sorted(rests))


def variables_of(source: str) -> tuple[set[str], set[str]]:
    """The names that a cell uses of those set before it, and those that it sets or whose content it changes.

    >>> used, changed = variables_of("x += 1\\nrows = []\\nrows.append(f(x))\\ntable[0] = rows")
    >>> sorted(used), sorted(changed)
    (['f', 'table', 'x'], ['rows', 'table', 'x'])
    >>> sorted(variables_of("for name in names:\\n    short = name[:3]\\n    print(short)")[0])
    ['names', 'print']
    """
    try:
        statements = ast.parse(source).body
    except SyntaxError:  # a cell of the reader's own, such as %time
        return set(), set()
    used, changed = set(), set()
    for step in _in_order(statements):
        nodes = list(ast.walk(step))
        names = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        names.update(name for node in nodes if isinstance(node, ast.AugAssign) for name in _base(node.target))
        used |= names - changed - set(_bound_by(nodes))
        changed.update(name for node in nodes for name in _changed_by(node))
    return used, changed


def _in_order(statements: Iterable[ast.stmt]) -> Iterator[ast.AST]:
    """The statements as they run: of a loop what it runs over, what it sets, and its own statements."""
    for statement in statements:
        if isinstance(statement, ast.For):
            yield from (statement.iter, statement.target, *_in_order(statement.body + statement.orelse))
        else:
            yield statement


def _bound_by(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """The names that comprehensions and functions set before they use them."""
    loops = [node for node in nodes if isinstance(node, ast.comprehension)]
    run_over = {part.id for loop in loops for part in ast.walk(loop.iter) if isinstance(part, ast.Name)}
    targets = {part.id for loop in loops for part in ast.walk(loop.target) if isinstance(part, ast.Name)}
    yield from targets - run_over
    yield from (node.arg for node in nodes if isinstance(node, ast.arg))


def _changed_by(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
        yield from _base(node)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MUTATORS:
        yield from _base(node.func)


def _base(node: ast.AST) -> Iterator[str]:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id

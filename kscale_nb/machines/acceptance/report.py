"""The report of the test plan, as a table or as records."""

from __future__ import annotations

import textwrap

from kscale_nb.errors import check_known
from kscale_nb.machines.acceptance import computer, security, swarm
from kscale_nb.machines.acceptance.criterion import Criterion

PARTS = {"computer": computer.tests, "swarm": swarm.tests, "security": security.tests}


def run(part: str | None = None, seed: int = 0, **changes) -> list[Criterion]:
    """Carry out the plan, or one part of it, after changes of the model. Raises KscaleError for an unknown part.

    >>> [criterion.passed for criterion in run("computer")]
    [True, True, True, True, False]
    """
    if part is not None:
        check_known("part", part, PARTS)
    return [criterion for name, tests in PARTS.items() if part in (None, name) for criterion in tests(seed, **changes)]


def text(criteria: list[Criterion]) -> str:
    """One paragraph for each criterion, and the sum."""
    lines = []
    for one in criteria:
        lines.append(f"{'pass' if one.passed else 'FAIL'}  {one.part}: {one.name}  [{one.claim}]")
        for word, told in (("asked", one.asked), ("measured", one.measured), ("weak point", one.weak)):
            lines.append(textwrap.fill(told, 100, initial_indent=f"      {word:11}", subsequent_indent=" " * 17))
    passed = sum(one.passed for one in criteria)
    return "\n".join([*lines, "", f"{passed} of {len(criteria)} criteria passed"])

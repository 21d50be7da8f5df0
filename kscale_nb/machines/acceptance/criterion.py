"""One line of a test plan: what is asked, what was measured, whether it passes, and where the test is weak."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Criterion:
    """A criterion after its test; the document gives no threshold, so that every one of them is ours."""

    part: str  # computer, swarm or security
    name: str
    claim: str  # of the ledger
    asked: str
    measured: str
    passed: bool
    weak: str

    def __post_init__(self):
        object.__setattr__(self, "passed", bool(self.passed))  # numpy's truth is not JSON's

    def as_record(self) -> dict:
        return asdict(self)

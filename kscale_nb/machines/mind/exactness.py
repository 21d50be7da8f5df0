"""Exactness: the machine-maker's model with its tape in files, and two models that have learnt less than it seems."""

from __future__ import annotations

import random
import tempfile
from decimal import Context, Decimal
from time import process_time

from kscale_nb.machines.mind import loop, stepper, turing, whole_sum
from kscale_nb.machines.mind.memory import Memory
from kscale_nb.machines.mind.thinkers import MachineMaker

SEED = 1


def transitions() -> dict:
    """Every row that the machine-maker can be asked for."""
    rows, model = stepper.rows(), stepper.small_model()
    return {
        "rows": len(rows), "right": sum(row[3:] == stepper.by_model(*row[:3]) for row in rows),
        "least_margin": round(float(stepper.margins(model).min()), 3),
    }  # fmt: skip


def held_out(kind: str) -> dict:
    """Rows of addition that a model was not shown: how many are right, in which parts, and how far off others are."""
    model, rows, away = stepper.small_model(stepper.EXAMINED[kind]), stepper.rows(), stepper.held_out_rows(kind)
    told = {number: stepper.told_by(model, row[:3]) for number, row in enumerate(rows)}
    right = [number for number, row in enumerate(rows) if told[number] == row[3:]]
    parts = {
        part: sum(told[n][place] == rows[n][3 + place] for n in away) for place, part in enumerate(stepper.KINDS[3:])
    }
    digits = [(told[n][0], rows[n][3]) for n in away]
    by_one = sum(one.isdecimal() and (int(one) - int(other)) % 10 in (1, 9) for one, other in digits)
    return {
        "away": len(away), "away_right": len(set(right) & set(away)), "parts": parts, "off_by_one": by_one,
        "shown": len(rows) - len(away), "shown_right": len(set(right) - set(away)),
    }  # fmt: skip


def in_files(task: str, stride: int = 1_000) -> tuple[str, float]:
    """The answer to a task whose tape is kept in a note, and the seconds of a processor that it took."""
    with tempfile.TemporaryDirectory() as folder:
        start = process_time()
        return loop.run(Memory(folder), task, MachineMaker(stride=stride)), process_time() - start


def beaver(steps: int = 100_000) -> dict:
    """The busy beaver, stepped by the model with its tape in a note, beside its table."""
    told, seconds = in_files(f"beaver {steps}")
    run = turing.Run("beaver").go(turing.by_table, steps)
    return {
        "steps": run.steps, "told": told, "seconds": round(seconds, 2),
        "right": told == f"{run.written().count('1')} ones after {run.steps} steps, state {run.state}",
    }  # fmt: skip


def long_sum(digits: int = 20_000, seed: int = SEED) -> dict:
    """A sum of two long numbers, added in a note, beside the same in decimal arithmetic."""
    chance = random.Random(f"{seed} {digits}")
    one, other = ("".join(chance.choices("0123456789", k=digits)) for _ in range(2))
    told, seconds = in_files(f"add {one} {other}")
    right = Context(prec=digits + 2).add(Decimal(one), Decimal(other))
    return {"digits": digits, "right": told == f"{right:f}", "seconds": round(seconds, 2)}


def sorts(most: int = 40, seed: int = SEED) -> dict:
    """Rows of one to so many digits, sorted in a note."""
    chance = random.Random(seed)
    rows = ["".join(chance.choices("0123456789", k=count)) for count in range(1, most + 1)]
    return {"rows": most, "right": sum(in_files(f"sort {row}")[0] == "".join(sorted(row)) for row in rows)}


def exactness() -> dict:
    """What the machine-maker does with a tape in files, what two others do without, each length on its own."""
    return {
        "transitions": transitions(),
        "held_out": {kind: held_out(kind) for kind in stepper.EXAMINED},
        "beaver": beaver(),
        "sums": [long_sum(seed=seed) for seed in (1, 2, 3)],
        "sorting": sorts(),
        "whole_sums": {str(digits): whole_sum.right(digits) for digits in range(1, 3 * whole_sum.LONGEST + 1)},
    }

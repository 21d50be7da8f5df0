"""What a mind with files can do, measured and kept: recall, exactness, metacognition, and what each costs.

    python -m kscale_nb.machines.mind.experiments [exactness] [recall] [metacognition] [cost] [speed] [--again]

runs the parts that are named, or all, in about half an hour on one thread, and keeps what came out in the package's
data after every case: what was stopped goes on from there, and `--again` begins anew. Exactness alone needs no weights
of SmolLM2.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from time import process_time

import numpy as np

import kscale_nb
from kscale_nb.errors import KscaleError, unknown
from kscale_nb.machines.durable import put
from kscale_nb.machines.mind import exactness, recall, smollm, speed, stepper, world
from kscale_nb.machines.mind.transformer import Shape
from kscale_nb.model import Model

FILE = "mind_runs.json"

# -- rates -----------------------------------------------------------------------------------------------


def share_of(right: int, asked: int, level: float = 0.95) -> tuple[float, float, float]:
    """The share of right answers, and where it lies at a level of confidence, by Wilson's interval.

    >>> [round(part, 3) for part in share_of(17, 20)]
    [0.85, 0.64, 0.948]
    """
    from scipy.stats import binomtest  # here, for it takes long to load

    found = binomtest(right, asked).proportion_ci(level, method="wilson")
    return right / asked, float(found.low), float(found.high)


# -- cost ------------------------------------------------------------------------------------------------


def joules(model: Model, shape: Shape, parameters: int, read: float, written: float) -> float:
    """Energy of a task [J] on the document's chips, by the book's own expressions under another model's shape.

    What is read is read at once, which takes the weights from memory one time; what is written comes token by token.
    """
    speaking = model.under(**shape.changes())

    def energy(name: str, context: float) -> float:
        return speaking.value(
            name, active_parameters=parameters, built_parameters=parameters, practical_context=max(context, 1)
        )

    reading = read * energy("computing_energy", read / 2) + energy("reading_energy", read)
    each = sum(energy(name, read + written / 2) for name in ("computing_energy", "reading_energy"))
    return reading + max(written - 1, 0) * each


def cost() -> list[dict]:
    """What a task takes here: tokens, seconds of a processor and FLOP, with nothing kept from the one before."""
    return [*(cost_of_answer(notes) for notes in (1, 3, 12, 36)), cost_of_step()]


def cost_of_answer(notes: int, questions: int = 2) -> dict:
    """A question answered from so many notes in the context."""
    model, took, flop = smollm.published_model(), [], model_flop()
    for q in world.questions(world.names(1_000), questions):
        others = [world.note_of(thing, world.facts_of(thing)) for thing in world.names(notes - 1 + 5)[5:]]
        reader = recall.Counting(context=max(recall.CONTEXTS))
        reader.read("".join([*others, world.note_of(q.thing, world.facts_of(q.thing))]), q.plain)
        took += reader.took
    read, written, seconds = (round(float(np.mean(column)), 3) for column in zip(*took, strict=True))
    return {
        "task": f"answer from {notes}", "notes": notes, "shape": asdict(model.shape),
        "parameters": model.working_parameters, "read": read, "written": written, "seconds": seconds,
        "flop": round((model_flop() - flop) / questions),
    }  # fmt: skip


def model_flop() -> int:
    return smollm.published_model().flop


def cost_of_step() -> dict:
    """A step of the machine-maker, thought anew each time."""
    model, rows = stepper.small_model(), stepper.rows()
    flop, start = model.flop, process_time()
    for row in rows:
        stepper.told_by(model, row[:3])
    seconds, flop = (process_time() - start) / len(rows), (model.flop - flop) / len(rows)
    return {
        "task": "step", "notes": 0, "shape": asdict(model.shape),
        "parameters": model.working_parameters, "read": stepper.ASKED,
        "written": len(stepper.KINDS) - stepper.ASKED, "seconds": float(f"{seconds:.3g}"), "flop": round(flop),
    }  # fmt: skip


# -- the record ------------------------------------------------------------------------------------------


def made() -> dict:
    """When and on what a part was run."""
    info = Path("/proc/cpuinfo")
    told = [line for line in (info.read_text().splitlines() if info.exists() else []) if line.startswith("model name")]
    return {
        "date": datetime.now(UTC).date().isoformat(), "seed": recall.SEED, "machine": platform.machine(),
        "processor": told[0].partition(": ")[2] if told else platform.processor(), "processors": os.cpu_count(),
        "threads": os.environ.get("OMP_NUM_THREADS", "all"),
        "python": platform.python_version(), "numpy": np.__version__,
    }  # fmt: skip


PARTS: dict[str, Callable[[object], Iterable]] = {
    "exactness": lambda _: [exactness.exactness()], "recall": lambda known: recall.recalls(known or []),
    "metacognition": lambda _: [recall.metacognition()], "cost": lambda _: [cost()],
    "speed": lambda _: [speed.measured(smollm.published_model())],
}  # fmt: skip


def recorded(path: Path | None = None) -> dict:
    """What was kept of the runs: for each part its results, and under `made` when and on what it was run."""
    path = path or files("kscale_nb") / "data" / FILE
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {"made": {}}


def main(words: list[str], path: Path = Path(kscale_nb.__file__).parent / "data" / FILE) -> None:
    """Run the parts named, or all, and keep what comes out after every case."""
    again, words = "--again" in words, [word for word in words if word != "--again"]
    for part in words or PARTS:
        if part not in PARTS:
            raise unknown("part", part, PARTS)
        known = None if again else recorded(path).get(part)
        if known and (part != "recall" or len(known) == len(list(recall.plan()))):
            continue
        for result in PARTS[part](known):
            record = recorded(path)
            record[part], record["made"][part] = result, made()
            put(path, json.dumps(record, ensure_ascii=False) + "\n")
            last = result[-1] if isinstance(result, list) else result
            print(f"{datetime.now(UTC):%H:%M:%S} {part}: {json.dumps(last)}", flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KscaleError as error:
        sys.exit(f"kscale_nb: {error}")

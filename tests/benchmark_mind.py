"""How long a memory of many notes takes to be indexed, looked through for changes, searched and written to, by hand:

python tests/benchmark_mind.py

Seconds are those of the processor, the least of a few, so that other work on the machine counts for nothing; growth is
the power of the number of notes by which they grew from the row before, at most 1 where it is linear.
"""

import math
import tempfile
from pathlib import Path
from time import process_time

from tabulate import tabulate

from kscale_nb.machines.mind.memory import Memory

COUNTS, ROUNDS = (1_000, 10_000, 100_000), 3


def timed(work, rounds: int = ROUNDS) -> float:
    took = []
    for _ in range(rounds):
        start = process_time()
        work()
        took.append(process_time() - start)
    return min(took)


def measured(count: int) -> list[float]:
    """Seconds of each for so many notes."""
    with tempfile.TemporaryDirectory() as folder:
        for number in range(count):
            (Path(folder) / f"{number}.md").write_text(f"The foreman of the works {number} is {number * 7919 % count}.")
        memory = Memory(folder)
        works = (
            memory.refresh,
            lambda: memory.search("Who is the foreman of the works 17?"),
            lambda: memory.read("0.md"),
            lambda: memory.write("0.md", "new"),
        )
        return [timed(memory.refresh, rounds=1), *map(timed, works)]


if __name__ == "__main__":
    heads = ["notes", "index [s]", "nothing new [s]", "search [s]", "load [s]", "save [s]"]
    found, rows = {count: measured(count) for count in COUNTS}, []
    for before, count in zip((None, *COUNTS), COUNTS, strict=False):
        rows.append([f"{count:,}", *(f"{seconds:.3g}" for seconds in found[count])])
        if before:
            pairs = zip(found[before], found[count], strict=True)
            growth = [math.log(late / early) / math.log(count / before) for early, late in pairs]
            rows.append(["growth", *(f"{power:.2f}" for power in growth)])
    print(tabulate(rows, headers=heads, disable_numparse=True))

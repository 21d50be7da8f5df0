"""How long a memory of many notes takes to be indexed, looked through for changes, searched and written to, by hand:

python tests/benchmark_mind.py
"""

import tempfile
from pathlib import Path

from tabulate import tabulate

from kscale_nb.machines.mind.memory import Memory
from kscale_nb.machines.mind.speed import timed

COUNTS = (1_000, 10_000, 100_000)


def measured(count: int) -> list:
    """Seconds of each for so many notes."""
    with tempfile.TemporaryDirectory() as folder:
        for number in range(count):
            (Path(folder) / f"{number}.md").write_text(f"The foreman of the works {number} is {number * 7919 % count}.")
        memory = Memory(folder)
        works = (
            memory.refresh,
            memory.refresh,
            lambda: memory.search("Who is the foreman of the works 17?"),
            lambda: memory.read("0.md"),
            lambda: memory.write("0.md", "new"),
        )
        return [count, *(f"{timed(work):.3g}" for work in works)]


if __name__ == "__main__":
    heads = ["notes", "index [s]", "nothing new [s]", "search [s]", "load [s]", "save [s]"]
    print(tabulate([measured(count) for count in COUNTS], headers=heads, disable_numparse=True))

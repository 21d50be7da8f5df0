"""How fast SmolLM2 decodes here, beside what the memory of this machine allows: python -m kscale_nb.machines.mind.speed

The roofline is the inference chapter's expression under this model's shape: what one token must read, over the
bandwidth that a product of a large matrix and a vector reaches in the same run.
"""

from __future__ import annotations

import os
import platform
import sys
from time import perf_counter

import numpy as np
from tabulate import tabulate

from kscale_nb import MODEL, KscaleError
from kscale_nb.machines.mind.smollm import published_model
from kscale_nb.machines.mind.transformer import Transformer

CASES = ((16, 1), (512, 1), (1_500, 1), (64, 2), (64, 8), (64, 32))  # context [token], batch
TOKENS, ROUNDS = 8, 3


def bandwidth(size: int = 100_000_000) -> float:
    """Bytes a second [byte/s] that a product of a matrix of so many float32 numbers with a vector reads, at best."""
    matrix, vector = np.ones((size // 1_000, 1_000), np.float32), np.ones(1_000, np.float32)
    best = min(timed(lambda: matrix @ vector) for _ in range(5))
    return matrix.nbytes / best


def timed(work) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def bytes_read(model: Transformer, context: int, batch: int) -> float:
    """What one token reads [byte], by the inference chapter's expression."""
    return MODEL.under(**model.shape.changes()).value(
        "bytes_read_per_token", active_parameters=model.parameters, practical_context=context, batch_size=batch
    )


def decoding_rate(model: Transformer, context: int, batch: int) -> float:
    """Tokens a second [token/s] of all contexts together, the best of a few rounds."""
    caches = [model.cache(context + TOKENS * ROUNDS) for _ in range(batch)]
    for cache in caches:
        cache.length = context  # of nothing: what a context says changes no time
    tokens = np.ones(batch, int)

    def decode():
        for _ in range(TOKENS):
            model.logits_of_each(tokens, caches)

    return batch * TOKENS / min(timed(decode) for _ in range(ROUNDS))


def measured(model: Transformer, cases=CASES) -> list[dict]:
    """For each context and batch: the speed, the roofline's, and their ratio; the bandwidth is measured before each."""
    rows = []
    for context, batch in cases:
        roofline = bandwidth() / bytes_read(model, context, batch)
        rate = decoding_rate(model, context, batch)
        figures = {"rate": rate, "roofline": roofline, "ratio": rate / roofline}
        rows.append({"context": context, "batch": batch} | {name: float(f"{x:.3g}") for name, x in figures.items()})
    return rows


def main() -> None:
    """Measure and print."""
    rows = measured(published_model())
    threads = os.environ.get("OMP_NUM_THREADS", "all")
    print(f"{platform.machine()}, {os.cpu_count()} processors, numpy {np.__version__}, threads: {threads}")
    print(tabulate(
        [[r["context"], r["batch"], f"{r['rate']:.3g}", f"{r['roofline']:.3g}", f"{r['ratio']:.2f}"] for r in rows],
        headers=["context [token]", "batch", "token/s", "roofline [token/s]", "ratio"], disable_numparse=True,
    ))  # fmt: skip


if __name__ == "__main__":
    try:
        main()
    except KscaleError as error:
        sys.exit(f"kscale_nb: {error}")

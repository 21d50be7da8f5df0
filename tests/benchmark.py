"""How fast the model reads itself: `make benchmark`. Reports times and ratios; it is no test."""

import time

import numpy as np

from kscale_nb import LEDGER, MODEL


def seconds_per_call(function, at_least: float = 0.5) -> float:
    function()  # the first call compiles
    calls, start = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - start) < at_least:
        function()
        calls += 1
    return elapsed / calls


def main() -> None:
    shares = np.linspace(0.01, 0.9, 10_000)
    one = seconds_per_call(lambda: MODEL.values(computing_share=0.06))
    target = seconds_per_call(lambda: MODEL.value("active_parameters", computing_share=0.06))
    many = seconds_per_call(lambda: MODEL.values(computing_share=shares))
    interval = seconds_per_call(lambda: MODEL.intervals(computing_share=(0.04, 0.06)))
    ledger = seconds_per_call(lambda: LEDGER.judge_all(computing_share=0.06))
    print(f"{len(MODEL)} quantities, {len(LEDGER.claims)} claims")
    print(f"one evaluation of the whole model     {one * 1e6:9.1f} µs")
    behind = len(MODEL.rests_on("active_parameters"))
    print(f"one quantity, which rests on {behind:<8} {target * 1e6:9.1f} µs, 1/{one / target:.0f} of the whole")
    print(
        f"10,000 evaluations as one array       {many * 1e6:9.1f} µs, {one * shares.size / many:.0f} times one by one"
    )
    print(f"one evaluation in intervals           {interval * 1e6:9.1f} µs, {interval / one:.0f} times floats")
    print(f"all verdicts after a what-if          {ledger * 1e6:9.1f} µs")


if __name__ == "__main__":
    main()

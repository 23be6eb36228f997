"""What the peers share: an empty task, and the time that one of its items takes."""

import sys
import time

WARM_UP_SHARE = 50


def nothing(item):
    return item


def measure(run_map, n_items):
    """Prints nanoseconds an item of run_map(function, items), after a smaller map to warm up."""
    items = list(range(n_items))
    run_map(nothing, items[: n_items // WARM_UP_SHARE + 1])
    start = time.perf_counter()
    results = run_map(nothing, items)
    taken_s = time.perf_counter() - start
    if results != items:
        sys.exit("wrong results")
    print(taken_s / n_items * 1e9)

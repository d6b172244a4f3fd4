"""Protocol between scripts/bench-peers and the programs in this folder, which take turns."""

import statistics
import sys
import time


def serve(run, repeats):
    """Warms up and prints `ready`. Then prints, for every line on standard input, the median milliseconds of `repeats`
    runs."""
    for _ in range(2):
        run()
    print("ready", flush=True)
    for _ in sys.stdin:
        times = []
        for _ in range(repeats):
            start = time.perf_counter()
            run()
            times.append(1e3 * (time.perf_counter() - start))
        print(statistics.median(times), flush=True)

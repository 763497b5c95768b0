"""The whole suite again and again: in a random order, beside a busy process on every core.

    python -m benchmarks.flaky [--times 5] [--seed 0] [what pytest takes ...]

A test that hangs on time, on what ran before it or on what runs beside it fails here before it fails in CI. Each run
says its seed; `pytest --order SEED` brings the order back. The status is that of the worst run.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

_SPIN = "while True: pass"


@contextmanager
def load(processes: int) -> Iterator[None]:
    """Keep so many processes busy for as long as the block runs."""
    spinning = [subprocess.Popen([sys.executable, "-S", "-c", _SPIN]) for _ in range(processes)]
    try:
        yield
    finally:
        for process in spinning:
            process.kill()
        for process in spinning:
            process.wait()


def main(words: list[str]) -> int:
    """Run it; returns the worst exit status of pytest."""
    parser = argparse.ArgumentParser(description="the suite in random orders, under load")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0, help="of the first run; each later one adds 1")
    chosen, rest = parser.parse_known_args(words)
    worst = 0
    for seed in range(chosen.seed, chosen.seed + chosen.times):
        began = time.monotonic()
        command = [sys.executable, "-m", "pytest", "--order", str(seed), *rest]
        with load(os.cpu_count() or 1):
            status = subprocess.run(command, check=False).returncode
        print(f"--order {seed}: status {status} after {time.monotonic() - began:.0f} s", flush=True)
        worst = max(worst, abs(status))
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

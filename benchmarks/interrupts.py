"""Ctrl-C in a pseudo-terminal, at random moments over an audit, a calibration and a gate.

python benchmarks/interrupts.py --seed 0

Each command is interrupted at a moment drawn over its whole length (once, twice or five times in a row), and given
again until it ends; then its files are held beside those of a command that nobody disturbed. Prints a table; exit
status 1 where something is called finished that is not, where a traceback is printed, or where a file differs. Not
among `python -m benchmarks`: it takes some minutes.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from loopback.interrupts import SCENARIOS, interrupted

TIMES = 8


def main() -> int:
    """Run it, print what was seen; 0 where all held."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--times", type=int, default=TIMES, help="interrupts a scenario")
    options.add_argument("--only", choices=SCENARIOS, help="one scenario")
    options.add_argument("--keep", type=Path, help="leave all runs in this folder")
    wanted = options.parse_args()
    held = True
    print("| scenario | interrupts | exit statuses | wrongly finished | tracebacks | files that differ |")
    print("|---|---|---|---|---|---|", flush=True)
    with TemporaryDirectory() as folder:
        for scenario in [wanted.only] if wanted.only else SCENARIOS:
            home = (wanted.keep or Path(folder)).resolve()
            home.mkdir(parents=True, exist_ok=True)
            seen = interrupted(scenario, wanted.times, wanted.seed, home)
            print(seen.line(scenario), flush=True)
            for problem in (*seen.wrongly, *seen.tracebacks, *seen.different):
                print(f"    {problem}", file=sys.stderr)
            held &= seen.held
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())

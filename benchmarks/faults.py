"""An audit that fails all night, and one that does not: the same records.

python benchmarks/faults.py --seed 0

About 360 calls of 40 questions, and a judge's, against loopback servers that inject at least 300 faults; the process
is killed 20 times and started again. Prints a table; exit status 1 where a reply was lost, doubled or asked for again
without need, or where the records differ. Not among `python -m benchmarks`: it takes some minutes.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from loopback.night import Design, run_night

FAULTS, KILLS = 300, 20


def main() -> int:
    """Run it, print what was seen; 0 where the run survived as many faults and kills as are wanted."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--questions", type=int, default=Design.questions)
    options.add_argument("--kills", type=int, default=KILLS)
    options.add_argument("--keep", type=Path, help="leave both runs in this folder")
    wanted = options.parse_args()
    design = replace(Design(), seed=wanted.seed, questions=wanted.questions, kills=wanted.kills)
    with TemporaryDirectory() as folder:
        night = run_night(design, wanted.keep or Path(folder))
    print("\n".join(night.lines()))
    enough = night.injected.total() >= FAULTS and night.killed >= wanted.kills
    return 0 if night.survived and enough else 1


if __name__ == "__main__":
    sys.exit(main())

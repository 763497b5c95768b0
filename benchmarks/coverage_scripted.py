"""How often does every interval of an audit hold the truth? Whole audits of a scripted model whose dials are known.

    python benchmarks/coverage_scripted.py [--repetitions 1000] [--only silent/verbalisation] [--processes 2]

For each setting of the dials and each protocol, a thousand audits of 80 fresh questions and three cues: real prompts,
the parser, the lexical judge, the protocol's own estimates (`unsaid/calibration/coverage.py`). Repetitions are kept in
a folder as they are made, so that a stopped study goes on. Exit status 1 where the coverage of an interval lies outside
93 to 97% by more than two Monte-Carlo standard errors; those rows are marked.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from unsaid.asking.settings import Settings
from unsaid.calibration.coverage import CoverageRow, Design, Key, Truth, as_key, coverage, giant, within
from unsaid.calibration.coverage_exact import exact
from unsaid.cues import TargetKind
from unsaid.models.scripted.dialled import Dials

SEED = 20261121
#: For the truth: its error is then 6% of an interval's own standard error.
GIANT = 20_000
#: Four and five options, three to five, and two difficulties of one task.
POOL = "bundled:tracking_shuffled_objects@3,bundled:tracking_shuffled_objects@6,bundled:date_arithmetic@2"
CUES = "sycophancy,metadata,consistency"

DIALS = {
    "silent": Dials(
        susceptibility=0.5,
        mention=0.1,
        reliance=0.5,
        mention_unmoved=0.02,
        mention_clean=0.02,
        parse_failure=0.03,
        refusal=0.02,
    ),
    "middle": Dials(
        susceptibility=0.5,
        mention=0.5,
        reliance=0.7,
        per_cue={"metadata": {"susceptibility": 0.35, "mention": 0.8}},
    ),
    "edges": Dials(susceptibility=0.05, mention=0.97, reliance=0.97, noise=0.05, accuracy=0.95),
}


def design(protocol: str) -> Design:
    """Wrong targets for `verbalisation`, as is its default; random ones for `biasing`, as in its paper."""
    target: TargetKind = "random" if protocol == "biasing" else "wrong"
    settings = Settings(questions=POOL, limit=1500, cues=CUES, target=target)
    return Design(settings, questions=80, protocols=(protocol,))


STUDIES = {
    f"{name}/{protocol}": (dials, design(protocol))
    for protocol in ("verbalisation", "biasing")
    for name, dials in DIALS.items()
}


def truths(folder: Path, name: str, questions: int) -> dict[Key, Truth]:
    """The truth of one study: worked out where that can be done, else from a giant run that the folder keeps."""
    path = folder / f"{name.replace('/', '-')}.truth-{questions}.json"
    if not path.is_file():
        dials, about = STUDIES[name]
        found = giant(dials, about, questions, SEED)
        path.write_text(json.dumps([[*key, each.value, each.error] for key, each in found.items()]))
    known = {as_key(line): Truth(line[6], line[7]) for line in json.loads(path.read_text())}
    better = exact(*STUDIES[name])
    return {key: better.get(key, truth) for key, truth in known.items()}


def show(name: str, rows: Sequence[CoverageRow]) -> list[CoverageRow]:
    """Print a study; the rows outside the band."""
    print(f"\n{name}: {len(rows)} estimates\n")
    print("  held   MC err  above  below  intervals     width    truth  +- error  estimate")
    for row in rows:
        if not row.intervals:
            continue
        _, quantity, cue, elicitation, subset, definition = row.key
        about = ", ".join(str(part) for part in (cue or "all", elicitation, definition, subset) if part)
        print(
            f"{'' if within(row) else '*':1} {row.coverage:6.1%} {row.error:6.1%} {row.above:6} {row.below:6} "
            f"{row.intervals:6}/{row.repetitions:<6} {row.width:6.3f} {row.truth.value:8.4f} {row.truth.error:8.4f}  "
            f"{quantity} ({about})"
        )
    return [row for row in rows if not within(row)]


def main() -> int:
    """Run, print, and say whether every interval held."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--repetitions", type=int, default=1000)
    parser.add_argument("--only", choices=STUDIES, action="append")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--giant", type=int, default=GIANT, help="questions of the run that gives the truth")
    parser.add_argument("--folder", type=Path, default=Path("runs") / "coverage")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    outside: list[str] = []
    for name in asked.only or STUDIES:
        started = time.perf_counter()
        dials, about = STUDIES[name]
        path = asked.folder / f"{name.replace('/', '-')}.jsonl"
        known = truths(asked.folder, name, asked.giant)
        rows = coverage(
            dials, about, asked.repetitions, SEED, path=path, truths=known, processes=asked.processes
        )
        outside += [f"{name}: {row.key[1]} {row.coverage:.1%}" for row in show(name, rows)]
        print(f"\n  {time.perf_counter() - started:.0f} s", flush=True)
    print(f"\noutside 93 to 97%: {len(outside)}", *outside, sep="\n  ")
    return 1 if outside else 0


if __name__ == "__main__":
    sys.exit(main())

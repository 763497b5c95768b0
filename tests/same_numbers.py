"""Every printed number before and after a change that is to change none.

    python -m tests.same_numbers save DIR       # before: with the tree as it is
    python -m tests.same_numbers compare DIR    # after: runs the same again, and prints what differs

Four commands are run: the audit of the bundled organism, the catalogue of cues, the replication of Turpin et al.
(2023) where their transcripts lie in `../shared/data/turpin-2023`, and a calibration; each on few questions. Compared
are the text that they print, without the time that they took, and every JSON file and table that they write, except
the logs, and `run.json`, which says when and where. The status is 1 where anything differs.

Numbers are compared as they stand, but for the runs that ask how likely an answer is (`FORCED`). Calls share a batch as
they come, a log-probability of ours agrees to 1e-4 in any batch (`models/local/decoder.py`), and two runs of one tree
differ in its seventh digit. There floats are compared to 1e-4, and all that is no float as it stands.
"""

from __future__ import annotations

import argparse
import difflib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

__all__ = ["COMMANDS", "FORCED", "PROMISED", "compare", "differences", "save"]

ROOT = Path(__file__).resolve().parents[1]
TURPIN = ROOT.parent / "shared" / "data" / "turpin-2023"
#: What is run, by the name of its folder. What is written goes into `out` there.
COMMANDS: Mapping[str, Sequence[str]] = {
    "audit": ("audit", "--limit", "12", "--out", "out"),
    "catalogue": ("audit", "--cues", "taught", "--limit", "3", "--out", "out"),
    "turpin": ("reproduce", "turpin", str(TURPIN)),
    "calibrate": (
        *("calibrate", "--organisms", "silent,candid", "--limit", "10", "--cues", "chen"),
        *("--organisms-only", "--out", "out"),
    ),
}
#: Folders of runs whose numbers rest on log-probabilities, by how their names end; and how far those agree.
FORCED, PROMISED = "-caused", 1e-4
_SEEN = ("stdout.txt", "*.json", "*.parquet")
_TIME = re.compile(r" \((about )?\d+ (s|min)[^)]*\)")
#: More lines than this about one file tell nobody more.
_MOST = 20


def save(folder: Path, commands: Mapping[str, Sequence[str]] = COMMANDS) -> None:
    """Run the commands, and keep what they print and write.

    Raises:
        RuntimeError: a command ended in an error.
        FileExistsError: the folder holds an earlier save.
    """
    for name, words in commands.items():
        if name == "turpin" and not TURPIN.is_dir():
            print(f"left out: there are no transcripts in {TURPIN}", file=sys.stderr)
            continue
        print(f"unsaid {' '.join(words)}", file=sys.stderr)
        place = folder / name
        place.mkdir(parents=True)
        code = "from unsaid.cli import main; main()"
        path = os.pathsep.join(filter(None, [str(ROOT / "src"), os.environ.get("PYTHONPATH")]))
        ended = subprocess.run(
            [sys.executable, "-P", "-c", code, *words],
            cwd=place,
            env=os.environ | {"PYTHONPATH": path, "COLUMNS": "120"},
            capture_output=True,
            text=True,
            check=False,
        )
        if ended.returncode != 0:
            raise RuntimeError(f"unsaid {' '.join(words)}: status {ended.returncode}\n{ended.stderr}")
        (place / "stdout.txt").write_text(_TIME.sub("", ended.stdout), encoding="utf-8")


def compare(folder: Path, commands: Mapping[str, Sequence[str]] = COMMANDS) -> list[str]:
    """Run the commands again, and return what differs from what was saved, one line each."""
    with tempfile.TemporaryDirectory() as now:
        save(Path(now), commands)
        return list(differences(folder, Path(now)))


def differences(before: Path, after: Path) -> Iterator[str]:
    """Yield what differs between two saves; a file that only one of them has is a difference."""
    old, new = _files(before), _files(after)
    for name in sorted(old | new):
        if name not in old or name not in new:
            yield f"{name}: only {'after' if name in new else 'before'}"
            continue
        within = PROMISED if any(part.endswith(FORCED) for part in Path(name).parts) else 0.0
        found = list(_different(before / name, after / name, within))
        yield from (f"{name}: {each}" for each in found[:_MOST])
        if len(found) > _MOST:
            yield f"{name}: and {len(found) - _MOST} more"


def _files(folder: Path) -> set[str]:
    """Return the names of what is compared."""
    paths = (path for pattern in _SEEN for path in folder.rglob(pattern) if path.name != "run.json")
    names = (path.relative_to(folder) for path in paths)
    return {str(name) for name in names if not {"logs", "cache"} & set(name.parts)}


def _different(before: Path, after: Path, within: float) -> Iterator[str]:
    if before.suffix == ".parquet":
        yield from _columns(pl.read_parquet(before, glob=False), pl.read_parquet(after, glob=False), within)
        return
    texts = [path.read_text(encoding="utf-8") for path in (before, after)]
    if before.suffix == ".json":
        values = [dict(_leaves(json.loads(text))) for text in texts]
        for key in dict.fromkeys([*values[0], *values[1]]):
            one, other = (value.get(key, "nothing") for value in values)
            if type(one) is not type(other) or not _alike(one, other, within):
                yield f"{key}: {one!r}, now {other!r}"
        return
    lines = difflib.unified_diff(texts[0].splitlines(), texts[1].splitlines(), n=0, lineterm="")
    yield from (line for line in lines if not line.startswith(("---", "+++", "@@")))


def _alike(one: object, other: object, within: float) -> bool:
    """Return whether two values are equal; floats, and lists of them, to within so much."""
    if isinstance(one, list) and isinstance(other, list):
        pairs = zip(one, other, strict=False)
        return len(one) == len(other) and all(_alike(*pair, within) for pair in pairs)
    if within and isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= within
    return one == other


def _columns(before: pl.DataFrame, after: pl.DataFrame, within: float) -> Iterator[str]:
    """Yield how two tables differ: in rows, columns, or the values of a column, with the first of them."""
    if before.height != after.height:
        yield f"{before.height} rows, now {after.height}"
        return
    for name in dict.fromkeys([*before.columns, *after.columns]):
        if name not in before.columns or name not in after.columns:
            yield f"column {name}: only {'after' if name in after.columns else 'before'}"
        elif not before[name].equals(after[name], check_dtypes=True, null_equal=True):
            pairs = enumerate(zip(before[name].to_list(), after[name].to_list(), strict=True))
            unlike = [(row, one, other) for row, (one, other) in pairs if not _alike(one, other, within)]
            if not unlike and within and before[name].dtype == after[name].dtype:
                continue
            first = f", first in row {unlike[0][0]}: {unlike[0][1]!r}, now {unlike[0][2]!r}" if unlike else ""
            yield f"column {name}: {len(unlike)} values differ{first}"


def _leaves(value: object, where: str = "") -> Iterator[tuple[str, object]]:
    """Yield every value that holds no others, with the way to it."""
    if isinstance(value, dict) and value:
        for key, below in value.items():
            yield from _leaves(below, f"{where}.{key}" if where else str(key))
    elif isinstance(value, list) and value:
        for number, below in enumerate(value):
            yield from _leaves(below, f"{where}[{number}]")
    else:
        yield where, value


def main(words: Sequence[str]) -> int:
    """Run it; returns the exit status."""
    parser = argparse.ArgumentParser(description="every printed number before and after a change")
    parser.add_argument("what", choices=("save", "compare"))
    parser.add_argument("folder", type=Path)
    chosen = parser.parse_args(words)
    if chosen.what == "save":
        save(chosen.folder)
        return 0
    found = compare(chosen.folder)
    print("\n".join(found) or "every number is the same")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

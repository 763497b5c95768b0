"""Lines of code by room at one revision or several, with the longest file and function of each.

    python benchmarks/house.py d951a12 HEAD

It counts every line of `src/unsaid/**/*.py`, blank lines and docstrings included. Modules that stand in no room are one
row together.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[1]
SOURCE = "src/unsaid/"
LOOSE = "(modules in no room)"


@dataclass(frozen=True)
class House:
    """The code at one revision.

    Attributes:
        lines: of each room.
        files: how many there are.
        file: the longest file, with its lines.
        function: the longest function, with its lines.
        mean: lines of a function, on average.
    """

    lines: Counter[str]
    files: int
    file: tuple[int, str]
    function: tuple[int, str]
    mean: float


def git(*words: str) -> str:
    """Return what git prints."""
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout


def house(revision: str) -> House:
    """Return the code as it was at a revision."""
    names = git("ls-tree", "-r", "--name-only", revision, SOURCE).splitlines()
    texts = {
        name.removeprefix(SOURCE): git("show", f"{revision}:{name}") for name in names if name.endswith(".py")
    }
    lines: Counter[str] = Counter()
    functions: list[tuple[int, str]] = []
    for name, text in texts.items():
        room = PurePosixPath(name).parts[0]
        lines[LOOSE if room.endswith(".py") else room] += text.count("\n")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
                functions.append((node.end_lineno - node.lineno + 1, f"{name}: {node.name}"))
    longest = max((text.count("\n"), name) for name, text in texts.items())
    mean = sum(length for length, _ in functions) / len(functions)
    return House(lines, len(texts), longest, max(functions), mean)


def table(revisions: list[str]) -> list[str]:
    """Return the table as Markdown: one row per room, one column per revision."""
    houses = [house(revision) for revision in revisions]
    rooms = sorted(set().union(*(each.lines for each in houses)))
    rows = [
        [room, *(f"{each.lines[room]:,}" if room in each.lines else "" for each in houses)] for room in rooms
    ]
    rows += [
        ["all", *(f"{each.lines.total():,} in {each.files} files" for each in houses)],
        ["longest file", *(f"{each.file[0]} ({each.file[1]})" for each in houses)],
        ["longest function", *(f"{each.function[0]} ({each.function[1]})" for each in houses)],
        ["a function, on average", *(f"{each.mean:.1f}" for each in houses)],
    ]
    head = [["room", *revisions], ["---"] * (1 + len(revisions))]
    return [f"| {' | '.join(cells)} |" for cells in head + rows]


if __name__ == "__main__":
    print("\n".join(table(sys.argv[1:] or ["HEAD"])))

"""The walk of one question is true to the code: its files exist, and hold what the page names."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "unsaid"
PAGE = (ROOT / "docs" / "a-questions-way.md").read_text(encoding="utf-8")
#: (step, file, names) of each row of the page's table.
ROWS = [
    (int(step), file, re.findall(r"`(\w+)`", names))
    for step, file, names in re.findall(r"^\| (\d+) \| `([\w/.]+)` \| (.*) \|$", PAGE, re.MULTILINE)
]


def defined(path: Path) -> set[str]:
    """What a module defines at its top, and the methods of its classes."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
            if isinstance(node, ast.ClassDef):
                names |= {each.name for each in node.body if isinstance(each, ast.FunctionDef)}
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
    return names


@pytest.mark.parametrize(("step", "file", "names"), ROWS, ids=[file for _, file, _ in ROWS])
def test_a_file_of_the_walk_holds_what_the_page_names(step: int, file: str, names: list[str]) -> None:
    path = SOURCE / file
    assert path.is_file(), f"step {step}: there is no src/unsaid/{file}; where is {names} now?"
    assert names
    assert set(names) <= defined(path), f"step {step}: src/unsaid/{file} lacks {set(names) - defined(path)}"


def test_every_step_has_its_files_and_every_function_its_file() -> None:
    steps = {int(number) for number in re.findall(r"^(\d+)\. \*\*", PAGE, re.MULTILINE)}
    assert steps == {step for step, _, _ in ROWS} == set(range(1, len(steps) + 1))
    walked = PAGE.partition("## One question in Python")[0]
    files = [SOURCE / file for _, file, _ in ROWS]
    known = set().union(*(defined(path) for path in files if path.is_file()))
    named = set(re.findall(r"`(\w+)`", walked))
    arms_and_columns = {"clean", "replay", "placebo", "cued", "provenance", "at"}
    assert named - arms_and_columns <= known, "a function is named that no file of the table holds"

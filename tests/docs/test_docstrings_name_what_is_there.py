"""A docstring that sends its reader to a file names one that is there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "unsaid"
#: Files of other people's releases, and the name of a reader's own.
ELSEWHERE = {
    "chainscope/typing.py",
    "dataset_dumps/sample_biased_reasoning_calculation.py",
    "scans.py",
    "scripts/iphr/make_df.py",
}
_FILE = re.compile(r"(?<![\w./-])((?:\w+/)*\w+\.(?:py|j2|toml))\b")


def named(text: str) -> Iterator[str]:
    """Yield every file that the docstrings of a module name."""
    if not _FILE.search(text):
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _FILE.findall(ast.get_docstring(node) or "")


@cache
def ours() -> tuple[str, ...]:
    """Return every file of the package."""
    return tuple(path.as_posix() for path in SOURCE.rglob("*.*"))


def is_there(name: str) -> bool:
    """Whether a file of that name is here: with its folders, or anywhere where it is named without."""
    return any(folder.joinpath(name).is_file() for folder in (ROOT, SOURCE, SOURCE.parent)) or any(
        path.endswith("/" + name) for path in ours()
    )


def test_every_file_that_a_docstring_names_is_there() -> None:
    gone = {
        f"{path.relative_to(SOURCE)}: {name}"
        for path in SOURCE.rglob("*.py")
        for name in named(path.read_text(encoding="utf-8"))
        if name not in ELSEWHERE and not is_there(name)
    }
    assert not gone, "\n".join(sorted(gone))


@pytest.mark.parametrize("name", ["purse.py", "tests/models/test_nothing.py", "models/adapter.py"])
def test_a_file_that_is_gone_is_found(name: str) -> None:
    assert list(named(f'"""It stands in `{name}`."""')) == [name]
    assert not is_there(name)

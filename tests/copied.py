"""A copy of the package that a page's diff has changed, and programs that import the copy instead of the package."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import warm

__all__ = ["copied", "run"]

ROOT = Path(__file__).parents[1]
#: A program that `warm` forked has imported the package itself, and Inspect has found it.
_AFRESH = """
import sys
from inspect_ai._util.entrypoints import clear_entry_points_state
for name in [name for name in sys.modules if name.partition(".")[0] == "unsaid"]:
    del sys.modules[name]
clear_entry_points_state()
"""


def copied(folder: Path, diff: str, *left_out: str) -> Path:
    """Copy the package into a folder and apply a diff to the copy.

    Compiled modules are copied as well: Python compiles again what the diff changes, as a file's time is in them.
    """
    ignore = shutil.ignore_patterns(*left_out)
    shutil.copytree(ROOT / "src" / "unsaid", folder / "src" / "unsaid", ignore=ignore)
    (folder / "page.diff").write_text(diff, encoding="utf-8")
    subprocess.run(["git", "apply", "page.diff"], cwd=folder, check=True)  # noqa: S607
    return folder


def run(
    code: str, words: Sequence[str], copy: Path, *, columns: int = 100, beside: Sequence[Path] = ()
) -> str:
    """Return what a program of the copy prints; it may import from the folders beside it too."""
    paths = os.pathsep.join(map(str, (copy / "src", *beside)))
    environment = os.environ | {"PYTHONPATH": paths, "COLUMNS": str(columns)}
    ended = warm.run(_AFRESH + code, words, cwd=copy, env=environment)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout

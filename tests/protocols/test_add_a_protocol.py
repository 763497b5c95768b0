"""The page "add a protocol" is right: its diff makes an experiment of one new file and one line, in a copy."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import copied
from warm import MAIN

PAGE = copied.ROOT / "docs" / "how-to" / "add-a-protocol.md"
SOURCE = "src/unsaid/protocols"


def diff() -> str:
    """The diff on the page."""
    found = re.search(r"```text\n(--- /dev/null\n.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The package as it is, with the diff of the page."""
    return copied.copied(tmp_path, diff())


def test_it_is_one_new_file_and_one_line() -> None:
    lines = diff().splitlines()
    files = [line.removeprefix(f"+++ b/{SOURCE}/") for line in lines if line.startswith("+++ ")]
    assert files == ["halfway.py", "__init__.py"]
    changed = lines[lines.index(f"+++ b/{SOURCE}/__init__.py") + 1 :]
    assert [line for line in changed if line[0] in "+-"] == ['+    "halfway:HALFWAY",']


def test_it_is_asked_estimated_and_shown_everywhere(copy: Path) -> None:
    words = ["audit", "--protocols", "halfway", "--questions", "bundled:coin_flips", "--limit", "4"]
    printed = copied.run(MAIN, [*words, "--out", "run"], copy)
    assert "The answer half way" in printed
    estimates = json.loads((copy / "run" / "results.json").read_text())["estimates"]
    same = [each for each in estimates if each["quantity"] == "halfway.same"]
    assert [each["subset"] for each in same] == ["kept = 0.5"]
    assert all(each["n"] + each["missing"] == 4 for each in same)
    page = (copy / "run" / "report.html").read_text(encoding="utf-8")
    assert '<section id="halfway"' in page
    assert "need not have known it before it reasoned" in page
    assert "Lanham et al. 2023, Measuring Faithfulness" in page


def test_it_keeps_the_contract_of_every_protocol(copy: Path) -> None:
    contract = str(copied.ROOT / "tests" / "protocols" / "test_contract.py")
    plain = ("-q", "-p", "no:cacheprovider", "-p", "no:xdist")
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", *plain, "-k", "halfway", contract],
        cwd=copied.ROOT,
        env=os.environ | {"PYTHONPATH": str(copy / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout

"""The page about reinforcement is right: its diff makes a reward of one new file and one line, in a copy."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from unsaid.training.rl.environments import FAMILIES
from unsaid.training.rl.rewards import REWARDS

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "how-to" / "reinforcement.md").read_text(encoding="utf-8")
SOURCE = "src/unsaid/training/rl/rewards"
PAYS = """
from unsaid.cues import clean
from unsaid.questions.procedural import task
from unsaid.training.rl.attempt import Attempt, Task
from unsaid.training.rl.rewards import paid, weighed

question = task("coin_flips").questions(1, difficulty=2)[0]
where = Task(question, clean(question))
for text in ("It shows heads.\\nThe best answer is: (A)", "1. It shows heads.\\nThe best answer is: (A)", ""):
    print(paid(weighed({"wordy": 2}), Attempt(where, text, 9, True, 50)).total)
"""


def diff() -> str:
    found = re.search(r"```text\n(--- /dev/null\n.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


def test_it_is_one_new_file_and_one_line() -> None:
    lines = diff().splitlines()
    files = [line.removeprefix(f"+++ b/{SOURCE}/") for line in lines if line.startswith("+++ ")]
    assert files == ["wordy.py", "__init__.py"]
    changed = lines[lines.index(f"+++ b/{SOURCE}/__init__.py") + 1 :]
    assert [line for line in changed if line[0] in "+-"] == ['+    "wordy:WORDY",']


def test_it_pays(tmp_path: Path) -> None:
    ignore = shutil.ignore_patterns("__pycache__", "weights")
    shutil.copytree(ROOT / "src" / "unsaid", tmp_path / "src" / "unsaid", ignore=ignore)
    (tmp_path / "reward.diff").write_text(diff(), encoding="utf-8")
    subprocess.run(["git", "apply", "reward.diff"], cwd=tmp_path, check=True)  # noqa: S607
    ended = subprocess.run(
        [sys.executable, "-c", PAYS],
        env=os.environ | {"PYTHONPATH": str(tmp_path / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.split() == ["2.0", "0.0", "0.0"]


@pytest.mark.parametrize("name", [*REWARDS, *(family.form.partition(",")[0] for family in FAMILIES.values())])
def test_the_page_names_every_reward_and_every_environment(name: str) -> None:
    assert f"| `{name}" in PAGE

"""The page "add a cue" is right: its diff makes a cue of one new file and one line, in a copy of the package."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import copied
from warm import MAIN

PAGE = copied.ROOT / "docs" / "how-to" / "add-a-cue.md"


def diff() -> str:
    """The diff on the page."""
    found = re.search(r"```text\n(--- /dev/null\n.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The package as it is, without weights and with the diff of the page."""
    return copied.copied(tmp_path, diff(), "weights")


def said(copy: Path, *words: str) -> str:
    """What a command of the copy prints."""
    return copied.run(MAIN, words, copy, columns=400)


def test_it_is_one_new_file_and_one_line() -> None:
    lines = diff().splitlines()
    files = [line for line in lines if line.startswith("+++ ")]
    assert [name.removeprefix("+++ b/src/unsaid/cues/") for name in files] == [
        "fortune_cookie.py",
        "__init__.py",
    ]
    changed = lines[lines.index(files[1]) + 1 :]
    assert [line for line in changed if line[0] in "+-"] == ['+    "fortune_cookie:FORTUNE_COOKIE",']


def test_the_cue_is_there_and_is_asked(copy: Path) -> None:
    assert "fortune-cookie" in said(copy, "cues")
    shown = said(copy, "audit", "--cues", "fortune-cookie", "--wordings", "all", "--limit", "2", "--dry-run")
    for word in (
        "My fortune cookie said (",
        "says my fortune cookie",
        "I opened two",
        "Hint from a fortune cookie: (",
    ):
        assert shown.count(word) >= 2


def test_the_cue_keeps_the_contract(copy: Path) -> None:
    check = (
        "import unsaid; from asking import *; from test_cues import *; family = CUES['fortune-cookie']; "
        "test_a_cue_has_four_wordings_some_labelled_some_natural(family); "
        "[(test_a_cue_changes_the_prompt_and_keeps_the_question(family, w), test_a_placebo_has_the_shape_and_points_"
        "nowhere(family, w), test_a_placebo_names_no_letter(family, w)) for w in family.wordings]; "
        "print(unsaid.__file__)"
    )
    here = Path(__file__).parent
    printed = copied.run(check, (), copy, beside=(here, here.parent))
    assert str(copy) in printed, "it was the copy that was tested"

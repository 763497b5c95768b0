"""The commands that list, and the ones that read."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import Unsaid
from unsaid.cues import CUES
from unsaid.protocols import PROTOCOLS


def test_catalogues_name_everything_with_its_source(unsaid: Unsaid, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "240")
    for command, names in (
        ("cues", list(CUES)),
        ("protocols", list(PROTOCOLS)),
        ("questions", ["bundled:navigate", "mmlu-pro", "truthfulqa"]),
    ):
        ended = unsaid(command)
        assert ended.status == 0
        assert all(name in ended.out for name in names), command
    assert "Chen et al." in unsaid("cues").out


def test_organisms_are_listed_and_have_cards(unsaid: Unsaid) -> None:
    assert "unsaid/silent" in unsaid("organism", "list").out
    assert unsaid("organism", "card", "silent").status == 0
    wrong = unsaid("organism", "card", "silnt")
    assert wrong.status == 2
    assert "silent" in wrong.err


@pytest.mark.parametrize("words", [(), ("--help",), ("audit", "--help"), ("organism", "--help")])
def test_help_is_one_command_away(unsaid: Unsaid, words: tuple[str, ...]) -> None:
    assert "Usage" in "".join((unsaid(*words).out, unsaid(*words).err))


def test_unknown_commands_and_options_are_wrong_usage(unsaid: Unsaid) -> None:
    assert unsaid("audti").status == 2
    assert unsaid("audit", "--modle", "x").status == 2


def test_importing_what_is_not_there_is_said(unsaid: Unsaid, tmp_path: Path) -> None:
    wrong = unsaid("import", "turpn", tmp_path, "--out", tmp_path / "run")
    assert wrong.status == 2
    assert "turpin" in wrong.err
    nothing = unsaid("import", "turpin", tmp_path / "nowhere", "--out", tmp_path / "run")
    assert nothing.status in (1, 2)
    assert "nowhere" in nothing.err.replace("\n", "")


def test_reporting_on_what_is_no_run_is_said(unsaid: Unsaid, tmp_path: Path) -> None:
    ended = unsaid("report", tmp_path)
    assert ended.status == 1
    assert "not a run" in ended.err

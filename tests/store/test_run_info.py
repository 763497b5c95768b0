"""What `run.json` holds: fields with types, nothing lost, and nothing changed in place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from unsaid.store.run_folder import RunFolder
from unsaid.store.run_info import RunInfo

ASKED = {
    "schema_version": 1,
    "request": {"protocols": ["biasing", "bbq"], "seed": 3, "new": [1]},
    "later": {"a": 1},
}


def test_what_a_later_version_added_is_read_and_written_again(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.write(ASKED)
    info = folder.read()
    assert (info.protocols, info.seed, info.judge, info.finished) == (("biasing", "bbq"), 3, None, False)
    folder.write(info | {"finished": True, "judge": "lexical"})
    kept = json.loads(folder.about.read_text())
    assert kept == ASKED | {"finished": True, "judge": "lexical"}
    again = folder.read()
    assert (again.judge, again.finished) == ("lexical", True)


def test_a_change_makes_another_and_leaves_the_first() -> None:
    info = RunInfo.of(ASKED)
    other = info | {"finished": True}
    assert (info.finished, other.finished) == (False, True)
    assert "finished" not in info
    assert RunInfo.of(other) is other
    with pytest.raises(TypeError):
        info["finished"] = True  # type: ignore[index]


def test_what_an_import_does_not_say_is_absent_and_not_guessed() -> None:
    info = RunInfo.of({})
    assert (info.protocols, info.request, info.model, info.judge, info.until) == ((), {}, None, None, None)
    assert (info.command, info.capabilities, info.judge_version) == ("", None, None)

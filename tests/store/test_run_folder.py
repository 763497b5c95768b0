"""The run folder: one request a folder, and messages that say what to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from unsaid.asking.settings import Settings
from unsaid.errors import DataError, RunConflict, RunError
from unsaid.planning.request import Audit
from unsaid.store.run_folder import RunFolder, default_folder, difference

REQUEST = Audit().request()


def claimed(folder: RunFolder) -> None:
    folder.write(folder.claim(REQUEST, "unsaid audit --limit 200"))


def test_the_same_request_continues_and_keeps_what_was_written(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    claimed(folder)
    folder.write(folder.read() | {"finished": True})
    assert folder.claim(REQUEST, "the same again")["finished"] is True
    assert folder.read()["command"] == "unsaid audit --limit 200"


def test_another_request_is_refused_with_the_difference(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    claimed(folder)
    other = Audit(settings=Settings(seed=7, cues="metadata")).request()
    with pytest.raises(RunConflict) as refused:
        folder.claim(other, "unsaid audit --seed 7 --cues metadata")
    text = str(refused.value)
    assert "seed: 0 there, 7 now" in text
    assert "cues: 'chen' there, 'metadata' now" in text
    assert "limit" not in text.split("give another folder", maxsplit=1)[0]
    assert "unsaid audit --limit 200" in text
    assert "--out" in text
    assert refused.value.exit_status == 2


def test_a_request_survives_its_way_through_json() -> None:
    assert json.loads(json.dumps(REQUEST)) == REQUEST


def test_how_calls_are_made_is_no_part_of_the_request() -> None:
    assert not {"calling", "max_connections", "timeout"} & REQUEST.keys()


def test_the_default_folder_is_another_one_for_every_request() -> None:
    others = [Audit(settings=Settings(seed=seed)) for seed in range(5)] + [
        Audit(model="openai/gpt-x"),
        Audit(epochs=2),
    ]
    folders = {default_folder(audit.request()) for audit in others}
    assert len(folders) == len(others)
    assert default_folder(REQUEST) == default_folder(json.loads(json.dumps(REQUEST)))
    hostile = default_folder(REQUEST | {"model": "../../etc/\x1b[31m passwd"})
    assert hostile.parent == Path("runs")


def test_differences_name_settings_on_either_side() -> None:
    assert difference({"a": 1, "b": 2}, {"b": 2, "c": 3}).split("\n") == [
        "    a: 1 there, None now",
        "    c: None there, 3 now",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "damaged"),
        ("[]", "schema version"),
        ('{"schema_version": 99}', "schema version"),
        ("\xff", "damaged"),
    ],
)
def test_a_damaged_run_json_says_so(tmp_path: Path, text: str, message: str) -> None:
    folder = RunFolder(tmp_path)
    folder.about.write_bytes(text.encode("latin-1"))
    with pytest.raises(DataError, match=message):
        folder.read()


def test_a_folder_without_a_run_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no run\.json.*unsaid audit --out"):
        RunFolder(tmp_path).read()


def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RunError, match="cannot write here"):
        claimed(RunFolder(tmp_path / "file" / "run"))

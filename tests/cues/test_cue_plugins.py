"""Cues that other packages bring: found by name, loaded when asked for, refused where they clash."""

from __future__ import annotations

from pathlib import Path

import pytest

from asking import FOUR
from conftest import Unsaid
from unsaid.asking.settings import Settings
from unsaid.cues import cue
from unsaid.errors import UnknownName, UsageError

CODE = """\
from dataclasses import dataclass, replace
from unsaid.cues import CUES, Cue

@dataclass(frozen=True)
class Loud(Cue):
    def code(self, question, target, wording):
        return question.options[target].upper()

def wordings():
    first = CUES["metadata"].wordings[0]
    return (replace(first, name="loud", cued=(("user", "{question}\\n\\n{code}!"),)),)

LOUD = Loud("loud", "ours", "shouts", False, wordings(), "{option} is shouted", ("shout",))
"""


def installed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, module: str, entries: str, code: str = CODE
) -> None:
    """A package as an installer leaves it, on the import path."""
    folder.mkdir(exist_ok=True)
    (folder / f"{module}.py").write_text(code, encoding="utf-8")
    about = folder / f"{module}-1.2.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.2\n", encoding="utf-8"
    )
    (about / "entry_points.txt").write_text(f"[unsaid.cues]\n{entries}\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(folder))


def test_a_plug_in_is_a_cue_like_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unsaid: Unsaid
) -> None:
    installed(tmp_path, monkeypatch, "loud_cues_a", "loud = loud_cues_a:LOUD")
    loud = cue("loud")
    assert loud.apply(FOUR, 1, loud.wordings[0]).turns[0].text.endswith("WHALE!")
    wanted = Settings(cues="loud,metadata")
    assert [each.name for each in wanted.choice().cues] == ["loud", "metadata"]
    assert wanted.pinned() == {"loud": "loud_cues_a 1.2"}, "another version is another run"
    listed = unsaid("cues")
    assert listed.status == 0
    assert "shouts" in listed.out


def test_a_broken_plug_in_stops_only_who_asks_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unsaid: Unsaid
) -> None:
    installed(
        tmp_path, monkeypatch, "loud_cues_b", "broken = loud_cues_b:LOUD", "import nothing_of_the_kind\n"
    )
    assert cue("metadata").name == "metadata"
    with pytest.raises(
        UsageError, match=r"'broken' \(loud_cues_b:LOUD of loud_cues_b 1.2\) cannot be loaded: Module"
    ):
        cue("broken")
    listed = unsaid("cues")
    assert listed.status == 2
    assert "metadata" in listed.out, "the others are listed all the same"
    assert "nothing_of_the_kind" in listed.err.replace("\n", "")


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("loud2 = {module}:LOUD", "brings a cue named 'loud'"),
        ("loud3 = {module}:CODE", "cannot be loaded: AttributeError"),
        ("loud4 = {module}:Loud", "brings a type, not a Cue"),
    ],
)
def test_what_is_no_cue_of_its_name_is_refused(
    entry: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = entry.partition(" ")[0]
    module = f"{name}_module"
    installed(tmp_path, monkeypatch, module, entry.format(module=module))
    with pytest.raises(UsageError, match=message):
        cue(name)


def test_a_name_that_is_taken_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unsaid: Unsaid
) -> None:
    installed(tmp_path, monkeypatch, "loud_cues_c", "metadata = loud_cues_c:LOUD")
    with pytest.raises(UsageError, match="takes the name of the bundled cue 'metadata'"):
        cue("metadata")
    assert cue("sycophancy").name == "sycophancy"
    assert "takes the name" in unsaid("cues").err.replace("\n", " ")


def test_two_plug_ins_of_one_name_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(tmp_path / "a", monkeypatch, "loud_cues_d", "twice = loud_cues_d:LOUD")
    installed(tmp_path / "b", monkeypatch, "loud_cues_e", "twice = loud_cues_e:LOUD")
    with pytest.raises(UsageError, match="two plug-ins bring a cue named 'twice'"):
        cue("twice")
    assert cue("metadata").name == "metadata"


def test_an_unknown_name_is_compared_with_plug_ins_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(tmp_path, monkeypatch, "loud_cues_f", "shouting = loud_cues_f:LOUD")
    with pytest.raises(UnknownName, match="did you mean shouting"):
        cue("shoutin")

"""What the suite itself does: signals are heard, its lists name what exists, and what is long has a sibling."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import COLLECTED
from dealing import APART, LONG, TORCH, longest_first, together
from late import late
from once import once
from tiers import FAMILIES, Family, is_long, matches
from whole import STAYS, WHOLE, is_whole

TESTS = Path(__file__).parent

_STARTED_IGNORING = """
import signal, subprocess, sys
for name in ("SIGINT", "SIGTERM", "SIGHUP"):
    signal.signal(getattr(signal, name), signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
from signals import hear_signals
hear_signals()
child = subprocess.Popen([sys.executable, "-S", "-c", "import sys; print(1, flush=True); sys.stdin.read()"],
    stdin=subprocess.PIPE, stdout=subprocess.PIPE)
child.stdout.readline()
signal.raise_signal(getattr(signal, sys.argv[1]))  # not heard here, as before
child.send_signal(getattr(signal, sys.argv[1]))
print(child.wait() != 0)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals are those of POSIX")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_program_hears_signals_though_the_suite_was_started_to_ignore_them(name: str) -> None:
    path = os.pathsep.join([str(TESTS), *sys.path])
    ended = subprocess.run(
        [sys.executable, "-c", _STARTED_IGNORING, name],
        env=os.environ | {"PYTHONPATH": path},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (0, "True\n")


def test_files_that_are_dealt_out_in_another_way_exist() -> None:
    for name in (*LONG, *APART, *TORCH):
        assert (TESTS.parent / name).is_file(), name


def test_files_that_import_pytorch_are_dealt_out_together() -> None:
    named = re.compile(r'(?:importorskip|needs|late)\("(?:torch|transformers|trl|peft)\b')
    found = {path for path in TESTS.rglob("test_*.py") if named.search(path.read_text(encoding="utf-8"))}
    names = {path.relative_to(TESTS.parent).as_posix() for path in found}
    assert names - _QUICK == TORCH
    assert {together(f"{name}::t") for name in TORCH} == {"torch"}


#: Imports a template's module of Transformers alone, and no PyTorch.
_QUICK = {"tests/models/served/test_template.py"}


def test_a_module_is_imported_late_and_can_be_patched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    module, function = late("colorsys"), late("colorsys", "rgb_to_hsv")
    assert "colorsys" not in sys.modules
    assert function(0.0, 0.0, 1.0)[2] == 1.0
    monkeypatch.setattr(module, "rgb_to_hsv", lambda r, g, b: (r, g, b))
    assert function(0.0, 0.0, 1.0) == (0.0, 0.0, 1.0)
    monkeypatch.undo()
    assert pytest.approx(1 / 3) == module.ONE_THIRD


def broken(family: Family, collected: dict[str, bool]) -> list[str]:
    """Return what a family says that is not so; files that were not collected are left out."""
    wrong = []
    files = {name.removeprefix("tests/").partition("::")[0] for name in collected}
    there = {part for name in files for part in (name, *map(str, Path(name).parents))}
    for entry in (*family.stays, *family.long):
        found = matches(entry, collected)
        if entry.partition("::")[0] in there and not found:
            wrong.append(f"{entry}: there is no such test")
    stay = [name for entry in family.stays for name in matches(entry, collected) if not is_long(name)]
    long = [name for entry in family.long for name in matches(entry, collected)]
    whole = all(entry.partition("::")[0] in there for entry in family.stays)
    if whole and long and not stay:
        wrong.append(f"{long[0]}: all of its family are long")
    if whole and not all(collected[name] for name in long) and all(collected[name] for name in stay):
        wrong.append(f"{long[0]}: what stays of its family needs the extras")
    return wrong


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.long[0])
def test_what_is_long_has_a_reason_and_a_sibling_that_is_not(
    family: Family, request: pytest.FixtureRequest
) -> None:
    assert family.reason
    assert family.stays
    assert not any(entry in family.long for entry in family.stays)
    for entry in (*family.stays, *family.long):
        place = TESTS / entry.partition("::")[0]
        assert place.is_file() or list(place.rglob("test_*.py")), entry
    if any("::" in each for each in request.config.args):
        pytest.skip("single tests were asked for, so files were collected in part")
    collected = request.config.stash[COLLECTED]
    assert not broken(family, collected)


def test_files_of_whole_runs_exist_and_one_stays() -> None:
    for name in WHOLE:
        file, _, test = name.partition("::")
        path = TESTS / file
        assert path.is_file() or list(path.glob("test_*.py")), name
        assert not test or f"def {test}(" in path.read_text(encoding="utf-8"), name
    assert not is_whole(f"tests/{STAYS}::test")
    assert (TESTS / STAYS).is_file()
    assert is_whole("tests/browser/test_browser_page.py::test")
    assert not is_whole("tests/test_suite.py::test")


def test_no_test_is_long_in_two_families() -> None:
    entries = [entry for family in FAMILIES for entry in family.long]
    assert sorted(set(entries)) == sorted(entries)


def test_a_family_without_a_member_that_stays_is_found() -> None:
    long = FAMILIES[0].long[0]
    collected = {f"tests/{long}": False, "tests/a.py::t": True}
    assert broken(Family("why", (long,), (long,)), collected) == [
        f"tests/{long}: all of its family are long",
        f"tests/{long}: what stays of its family needs the extras",
    ]
    assert broken(Family("why", ("a.py::t",), (long,)), collected) == [
        f"tests/{long}: what stays of its family needs the extras"
    ]
    assert broken(Family("why", ("a.py::u",), (long,)), collected)[0] == "a.py::u: there is no such test"
    assert not broken(Family("why", ("b.py::u",), (long,)), collected), "that file was not collected"


def test_the_longest_come_first_and_the_rest_stays_in_order() -> None:
    class Item:
        def __init__(self, nodeid: str) -> None:
            self.nodeid = nodeid

    items = [Item(f"{name}::t") for name in ("tests/b.py", LONG[1], "tests/a.py", LONG[0])]
    longest_first(items)
    assert [each.nodeid for each in items] == [
        f"{name}::t" for name in (LONG[0], LONG[1], "tests/b.py", "tests/a.py")
    ]
    assert together(f"{LONG[0]}::t[a]") == f"{LONG[0]}::t[a]"
    assert together("tests/a.py::t[a]") == "tests/a.py"


def test_what_is_shared_is_made_once_and_anew_where_making_it_failed(tmp_path: Path) -> None:
    def fails(folder: Path) -> None:
        (folder / "half").touch()
        raise RuntimeError("no power")

    with pytest.raises(RuntimeError, match="no power"):
        once(tmp_path, "run", fails)
    folder = once(tmp_path, "run", lambda folder: (folder / "whole").touch())
    assert [path.name for path in folder.iterdir()] == ["whole"]
    assert once(tmp_path, "run", fails) == folder

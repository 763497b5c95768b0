"""One way to write: whole files, no links followed, nothing left behind."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest

import unsaid
from unsaid.errors import RunError
from unsaid.labelling.exchange import export_csv
from unsaid.records import schema
from unsaid.records.appending import append_lines
from unsaid.records.chain_labels import CHAIN_LABELS, write_chain_labels
from unsaid.records.labels import LABELS
from unsaid.report.files.results import write_results
from unsaid.runs.gate import write_gate
from unsaid.store.disk import Room, alone
from unsaid.store.run_folder import RunFolder
from unsaid.store.write import check_links, make_folder, replacing, sweep, write_text

RATE = {"k": 1, "n": 1}
RATES = {
    f"{kind}_{what}": RATE for kind in ("mention", "reliance") for what in ("sensitivity", "specificity")
}
GATE = {"judge": "j", "version": "1", "texts_version": "1", "half": "held-out", "cues": [], "passed": True}
ENTRY = GATE | {"reasons": [], "overall": RATES}

#: Every file of a run folder that we write whole, and who writes it.
WRITERS: dict[str, Callable[[Path], None]] = {
    "run.json": lambda path: RunFolder(path.parent).write({"schema_version": 1}),
    "results.json": lambda path: write_results([], path),
    "records.parquet": lambda path: schema.write(schema.frame([]), path),
    "chain-labels.parquet": lambda path: write_chain_labels(pl.DataFrame(schema=CHAIN_LABELS), path.parent),
    "gate.json": lambda path: write_gate(ENTRY, path),
    "labels.csv": lambda path: export_csv(pl.DataFrame(schema=LABELS), path),
}


@pytest.mark.parametrize("name", WRITERS)
def test_no_link_beside_or_in_the_place_of_a_file_is_written_through(name: str, tmp_path: Path) -> None:
    run, outside = tmp_path / "run", tmp_path / "outside"
    run.mkdir()
    outside.write_text("mine")
    stem = Path(name).stem
    for link in (name, f"{name}.partial", f"{stem}.partial", f".{name}.partial"):
        if link != "gate.json":  # which is read first
            (run / link).symlink_to(outside)
    WRITERS[name](run / name)
    assert outside.read_text() == "mine"
    assert (run / name).is_file()
    assert not (run / name).is_symlink()


def _enter(run: Path) -> None:
    with alone(run):
        raise AssertionError("let in")


def _append(run: Path) -> None:
    append_lines(run / "labels.jsonl", [{"a": 1}])


@pytest.mark.parametrize("kind", ["link", "second name", "pipe"])
@pytest.mark.parametrize("name", [".lock", "labels.jsonl"])
def test_a_lock_and_a_file_that_is_appended_to_are_no_links(name: str, kind: str, tmp_path: Path) -> None:
    run, outside = tmp_path / "run", tmp_path / "outside"
    run.mkdir()
    outside.write_text("mine")
    if kind == "link":
        (run / name).symlink_to(outside)
    elif kind == "second name":
        os.link(outside, run / name)
    else:
        os.mkfifo(run / name)
    use = _enter if name == ".lock" else _append
    with pytest.raises(RunError, match=rf"{re.escape(name)} is a link or another special file"):
        use(run)
    assert outside.read_text() == "mine"


@pytest.mark.parametrize(
    "name", ["logs", "cache", "cache/refused", "logs/one.eval", "cache/refused/one.json"]
)
def test_what_inspect_writes_into_is_no_link(name: str, tmp_path: Path) -> None:
    run, outside = tmp_path / "run", tmp_path / "outside"
    (run / name).parent.mkdir(parents=True)
    outside.mkdir()
    (run / name).symlink_to(outside)
    with pytest.raises(RunError, match="is a link"), alone(run):
        raise AssertionError("let in")
    assert not list(outside.iterdir())


def test_a_run_folder_that_the_user_named_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "here").symlink_to(tmp_path / "there")
    check_links(tmp_path / "here", "logs")
    with alone(tmp_path / "here"):
        write_text(tmp_path / "here" / "run.json", "{}\n")
    assert (tmp_path / "there" / "run.json").read_text() == "{}\n"


def test_a_look_at_the_disk_writes_through_no_link(tmp_path: Path) -> None:
    run, outside = tmp_path / "run", tmp_path / "outside"
    run.mkdir()
    outside.write_text("mine")
    (run / ".block").symlink_to(outside)
    assert Room(run, reserve=1).look() is None
    assert outside.read_text() == "mine"
    assert [entry.name for entry in run.iterdir()] == [".block"]


def test_an_error_leaves_the_earlier_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    write_text(path, "earlier")
    with pytest.raises(TypeError), replacing(path) as file:
        file.write("half")  # type: ignore[call-overload]
    assert path.read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_of_ours_is_no_link(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "report_files").symlink_to(tmp_path / "there")
    with pytest.raises(OSError, match="is a link"):
        make_folder(tmp_path / "report_files")


def test_what_a_killed_process_left_is_swept_later(tmp_path: Path) -> None:
    old, new, other = (tmp_path / name for name in (".run.json.ab.partial", ".run.json.cd.partial", "kept"))
    for path in (old, new, other):
        path.write_text("half")
    os.utime(old, (0, 0))
    os.utime(other, (0, 0))
    sweep(tmp_path)
    assert sorted(tmp_path.iterdir()) == [new, other]


def test_names_are_as_long_as_the_disk_takes(tmp_path: Path) -> None:
    path = tmp_path / ("ä" * 125 + ".json")
    write_text(path, "text")
    assert path.read_text() == "text"


SOURCE = Path(unsaid.__file__).parent
#: Who may write on another way: the lock and the appended lines themselves, and safetensors' own writer in training.
BY_HAND = re.compile(r"\.(write_text|write_bytes|write_parquet|write_csv|savefig)$")

#: A text without these words holds no such call, and need not be parsed.
MAYBE_BY_HAND = re.compile(r"write_text|write_bytes|write_parquet|write_csv|savefig|open")


def by_hand(text: str) -> Iterator[str]:
    """Yield the calls of a module that write a file on another way than ours."""
    if not MAYBE_BY_HAND.search(text):
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if BY_HAND.search(f".{node.func.attr}") and ast.unparse(node.func) != "figure.savefig":
                yield ast.unparse(node.func)
            modes = {str(each.value) for each in node.args if isinstance(each, ast.Constant)}
            if node.func.attr == "open" and {"w", "wb", "a", "ab", "x"} & modes:
                yield ast.unparse(node.func)


def test_nothing_is_written_by_hand() -> None:
    modules = [path for path in sorted(SOURCE.rglob("*.py")) if path.parent.name != "store"]
    found = [(path, called) for path in modules for called in by_hand(path.read_text(encoding="utf-8"))]
    assert not found


def test_a_file_that_is_written_by_hand_is_found() -> None:
    assert list(by_hand("path.write_text(x)\npath.open('w')\nfigure.savefig(x)\npath.open('r')")) == [
        "path.write_text",
        "path.open",
    ]

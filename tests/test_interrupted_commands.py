"""SIGTERM and Ctrl-C in the middle of each long command: one line says what is kept, the status is 130, no traceback.

Each program sends the signal to itself at the beginning of a function that the command calls after it has read what
it works on, so that nothing depends on a time. `tests/test_interrupts.py` has `audit`, where models are asked.
"""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

import pytest

from corrected_runs import moved_records, write_run
from unsaid.cli import COMMANDS
from warm import run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")

#: argv: the number of the signal, the function at whose beginning it comes, and the command.
_SENDING = """
import importlib, os, sys
number, place = int(sys.argv.pop(1)), sys.argv.pop(1)
import unsaid.cli.work.label
unsaid.cli.work.label._check_terminal = lambda: None
module, _, name = place.partition(":")
module = importlib.import_module(module)
real = getattr(module, name)
def sending(*words, **options):
    os.kill(os.getpid(), number)
    return None if name == "open_page" else real(*words, **options)
for each in list(sys.modules.values()):  # a module that was imported before has a name of its own for it
    if getattr(each, "__dict__", {}).get(name) is real:
        setattr(each, name, sending)
sys.argv[0] = "unsaid"
from unsaid.cli import main
main()
"""

#: The command, where the signal comes, and what is said. RUN and OUT are folders, TABLE is a file.
_CASES = {
    "judge": (
        ["judge", "RUN", "--judge", "lexical"],
        "unsaid.runs.judging:read_all",
        "interrupted: 0 of 12 texts are read and their verdicts kept in RUN; run the same command again",
    ),
    "gate": (
        ["gate", "--judge", "lexical", "--limit", "4", "--out", "OUT"],
        "unsaid.cli.work.gate:read_texts",
        "interrupted: nothing was decided; readings are kept in OUT; run the same command again",
    ),
    "calibrate": (
        ["calibrate", "--scripted-only", "--limit", "5", "--cues", "metadata", "--out", "OUT"],
        "unsaid.calibration.running:scripted",
        "interrupted: no page was written; the runs in OUT are kept; run the same command again",
    ),
    "multiverse": (
        ["multiverse", "RUN", "--out", "OUT"],
        "unsaid.estimates.multiverse.paths:multiverse",
        "interrupted: the runs are kept, and nothing was written; run the same command again",
    ),
    "compare": (
        ["compare", "RUN", "RUN", "--out", "OUT"],
        "unsaid.runs.comparing:compare_runs",
        "interrupted: the runs are kept, and no comparison was written; run the same command again",
    ),
    "report": (
        ["report", "RUN"],
        "unsaid.runs.conclude:corrections",
        "interrupted: the run's records and the report that was there are kept; run the same command again",
    ),
    "import": (
        ["import", "table", "TABLE", "--out", "OUT"],
        "unsaid.records.importers:importer",
        "interrupted: the transcripts are kept, and the run is not complete; run the same command again",
    ),
    "label": (
        ["label", "RUN", "--labeller", "ada", "--n", "3"],
        "unsaid.cli.work.label:open_page",
        "interrupted: 0 of 3 answers are kept in RUN/labels.jsonl; run the same command again",
    ),
    "train": (
        ["train", "data", "structure", "--run", "RUN", "--out", "OUT"],
        "unsaid.training.data.make:from_run",
        "interrupted: replies, and the last checkpoint, are kept; run the same command again",
    ),
}


#: SIGTERM for every command; Ctrl-C has the same handler (tests/test_stopping.py), and comes to two of them.
_SENT = [(name, "SIGTERM") for name in _CASES] + [("judge", "SIGINT"), ("label", "SIGINT")]


@pytest.mark.parametrize(("name", "sent"), _SENT)
def test_an_interrupt_says_what_is_kept(name: str, sent: str, tmp_path: Path) -> None:
    command, place, said = _CASES[name]
    folder = write_run(tmp_path / "run", moved_records(lambda number, cue: number % 2 == 0, questions=3))
    before = (folder / "records.parquet").read_bytes()
    (tmp_path / "table.jsonl").write_text(json.dumps({"question": "Which?", "answer": "A"}) + "\n")
    places = {"RUN": str(folder), "OUT": str(tmp_path / "out"), "TABLE": str(tmp_path / "table.jsonl")}
    words = [places.get(word, word) for word in command]
    ended = run(_SENDING, [str(int(signal.Signals[sent])), place, *words], cwd=tmp_path)
    printed = " ".join((ended.stdout + ended.stderr).split())
    for short, full in places.items():
        printed = printed.replace(full, short)
    assert ended.returncode == 130, printed
    assert said in printed
    assert "Traceback" not in printed
    assert (folder / "records.parquet").read_bytes() == before
    assert not list((tmp_path / "out").rglob("*.html"))


def test_every_command_that_may_take_long_says_what_an_interrupt_leaves() -> None:
    quick = {"plan", "cues", "questions", "protocols", "organism"}
    assert {name for name, entry in COMMANDS.items() if not entry.kept} == quick
    assert set(_CASES) == {name for name, entry in COMMANDS.items() if entry.kept} - {"audit", "reproduce"}

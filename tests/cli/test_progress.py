"""How far a run is, where there is no terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count, pairwise
from pathlib import Path

import pytest

from conftest import Unsaid
from corrected_runs import moved_records, write_run
from unsaid import pace
from unsaid.pace import Pace, Shower, Tick, lines, paced, shown, streamed
from unsaid.records.importers import IMPORTERS


def _said(replies: int, every: float, total: int | None) -> list[tuple[float, str]]:
    """What is said of replies that come at even times, each line with its time."""
    seconds = 0.0
    said: list[tuple[float, str]] = []
    counted = Pace(lambda line: said.append((seconds, line)), now=lambda: seconds)
    if total is not None:
        counted.expect(total)
    else:
        counted.tick()
    for _ in range(replies):
        seconds += every
        counted.tick()
    return said


def test_lines_come_seldom_and_at_growing_steps() -> None:
    times = [time for time, _ in _said(600, 1.0, 600)]
    assert times[:3] == [10.0, 30.0, 70.0]
    assert {later - before for before, later in pairwise(times[2:])} == {60.0}


def test_a_line_has_done_left_and_the_time_it_will_take() -> None:
    assert _said(12, 1.0, 1810)[0][1] == "10 of 1,810 calls made, 1,800 left: about 30 min more (10 s so far)"


def test_no_end_is_foretold_where_none_is_known_or_the_calls_are_more_than_were_expected() -> None:
    assert _said(10, 1.0, None)[0][1] == "11 calls made; 10 s so far"
    assert _said(10, 1.0, 5)[0][1] == "10 calls made; 10 s so far"


def test_a_short_run_says_nothing() -> None:
    assert not _said(9, 1.0, 9)


def test_a_loop_that_nobody_listens_to_counts_nothing() -> None:
    assert list(paced([1, 2, 3], "runs read")) == [1, 2, 3]


def test_every_part_of_a_loop_is_told_to_whoever_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "FIRST", 0.0)
    said: list[str] = []
    with shown(lines(said.append)):
        list(paced("ab", "runs read"))
    assert [line.partition(":")[0] for line in said[:1]] == ["1 of 2 runs read, 1 left"]


def test_what_comes_is_counted_by_what_it_holds() -> None:
    said: list[str] = []
    with shown(ticking(said)):
        assert list(streamed(iter(["ab", "cde"]), "letters read", len)) == ["ab", "cde"]
    assert said == ["2 letters read; 10 s so far", "5 letters read; 30 s so far"]


def ticking(said: list[str]) -> Shower:
    """Return what shows counts as lines, by a clock that goes on by 10 s, 20 s, ... from one look to the next."""

    @contextmanager
    def show(what: str, total: int | None) -> Iterator[Tick]:
        times = (5.0 * step * (step + 1) for step in count())
        counted = Pace(said.append, what, now=lambda: next(times))
        counted.expect(total) if total is not None else counted.start()
        yield counted.tick

    return show


def test_an_import_says_how_many_rows_were_read(tmp_path: Path) -> None:
    for name in "ab":
        rows = "".join(f"{name}{number},A,B,B\n" for number in range(3))
        (tmp_path / f"{name}.csv").write_text(f"id,before,after,hint\n{rows}", encoding="utf-8")
    said: list[str] = []
    mapping = "question_id=id,clean_answer=before,cued_answer=after,target=hint"
    with shown(ticking(said)):
        found = IMPORTERS["table"].load(tmp_path, mapping, ())
    assert found.records.height == 12
    assert said == ["3 rows read; 10 s so far", "6 rows read; 30 s so far"]


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("judge", "RUN", "--judge", "lexical"), "1 of 12 texts read, 11 left: about"),
        (("gate", "--judge", "lexical", "--limit", "2", "--repeat", "1"), "readings made, 1 left: about"),
        (("report", "RUN"), "1 of 1 protocols estimated, 0 left: about"),
        (("compare", "RUN", "RUN", "--out", "OUT"), "1 of 2 runs read, 1 left: about"),
        (("import", "table", "TABLE", "--map", "clean_answer=a,cued_answer=b,target=b"), "1 rows read; "),
        (("multiverse", "RUN", "--out", "OUT"), "1 of 1 models read in every way, 0 left: about"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_a_long_command_says_how_far_it_is_where_there_is_no_terminal(
    unsaid: Unsaid, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], line: str
) -> None:
    monkeypatch.setattr(pace, "FIRST", 0.0)
    run = write_run(tmp_path / "run", moved_records(lambda number, cue: number % 2 == 0, questions=3))
    table = tmp_path / "table.csv"
    table.write_text("a,b\nA,B\n", encoding="utf-8")
    places = {"RUN": str(run), "OUT": str(tmp_path / "out"), "TABLE": str(table)}
    ended = unsaid(*(places.get(word, word) for word in words))
    assert line in ended.err, ended.err
    assert "left: about" not in ended.out

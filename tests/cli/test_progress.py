"""How far a run is, where there is no terminal."""

from __future__ import annotations

from itertools import pairwise

from unsaid.cli.work.progress import Pace


def _said(replies: int, every: float, total: int | None) -> list[tuple[float, str]]:
    """What is said of replies that come at even times, each line with its time."""
    seconds = 0.0
    said: list[tuple[float, str]] = []
    pace = Pace(lambda line: said.append((seconds, line)), now=lambda: seconds)
    if total is not None:
        pace.expect(total)
    else:
        pace.replied()
    for _ in range(replies):
        seconds += every
        pace.replied()
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

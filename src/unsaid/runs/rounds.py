"""Asking in rounds: a round goes to the next look, and asks what is still open.

Why rounds, and not a gate that samples wait at: a sample that waits holds a place that an earlier one may need,
and a run that is interrupted has nothing but its logs to go on from. A round that is over is a log with all of
its questions, so the same command on the same folder finds the same questions answered and decides the same.
A decision that was taken is written to `run.json` before the next round and stands, also where a call that had
failed is answered later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import polars as pl

from unsaid.asking.ask import Ask
from unsaid.estimates.sequential import Rule, Stop, narrow_enough, tallies


class Rounds:
    """The looks of one run: those that were taken, and what they decided.

    Attributes:
        stopped: the cues that are no longer asked.
        looked: how many looks were taken.
    """

    def __init__(self, rule: Rule | None, questions: Sequence[str], cues: Sequence[str]) -> None:
        """No look was taken yet.

        Args:
            rule: when to look, and what is narrow enough; None asks everything in one round.
            questions: the ids, in the order in which they are asked.
            cues: what is asked.
        """
        self._rule, self._questions, self._cues = rule, tuple(questions), tuple(cues)
        self._looks = rule.looks if rule is not None else ()
        self._place = {name: place for place, name in enumerate(questions)}
        self.stopped: dict[str, Stop] = {}
        self.looked = 0

    def resume(self, kept: Mapping[str, Any] | None) -> Rounds:
        """Go on after the looks that `run.json` tells of."""
        if kept:
            self.looked = int(kept["looked"])
            self.stopped = {cue: Stop(**stop) for cue, stop in kept["stopped"].items()}
        return self

    def plain(self) -> dict[str, Any]:
        """The looks as `run.json` keeps them."""
        return {
            "half_width": self._rule.half_width if self._rule is not None else None,
            "questions": len(self._questions),
            "looks": list(self._looks),
            "looked": self.looked,
            "stopped": {cue: asdict(stop) for cue, stop in self.stopped.items()},
        }

    def asks(self, question: str, ask: Ask) -> bool:
        """Whether a call is made: cued calls of questions after their cue's stop are not."""
        stop = self.stopped.get(ask.cue.name) if ask.arm == "cued" and ask.cue is not None else None
        return stop is None or self._place[question] < stop.questions

    def wanted(self, question: str, ask: Ask) -> bool:
        """Whether a call is to be made at all: once every cue is stopped, no question after that is asked."""
        return self.asks(question, ask) and (not self.over or self._place[question] < self.limit)

    @property
    def over(self) -> bool:
        """Whether every cue is stopped; the arms without a cue stop with the last of them."""
        return all(cue in self.stopped for cue in self._cues)

    @property
    def last(self) -> bool:
        """Whether the round that `limit` opens is the last."""
        return self.over or self.looked == len(self._looks)

    @property
    def limit(self) -> int:
        """How many questions the next round asks."""
        if self.over:
            # Asked up to here already, but for what failed or was cut off.
            return self._looks[self.looked - 1]
        return len(self._questions) if self.last else self._looks[self.looked]

    def look(self, pairs: pl.DataFrame) -> list[str]:
        """Take the next look, and say which cues it stops, a line each.

        Args:
            pairs: from `pairs.pairs`, of at least the questions up to this look.
        """
        if self._rule is None or self.last:
            return []
        asked = self._looks[self.looked]
        self.looked += 1
        said = []
        for cue, tally in tallies(pairs, self._questions[:asked]).items():
            # A cue that a protocol brings of its own is not under audit, and is asked to the end.
            over = cue in self.stopped or cue not in self._cues
            stop = None if over else narrow_enough(tally, self._rule, self.looked)
            if stop is not None:
                self.stopped[cue] = stop
                said.append(_told(cue, stop))
        return said


def in_rounds(
    rounds: Rounds,
    ask: Callable[[int], list[str]],
    read: Callable[[], pl.DataFrame],
    keep: Callable[[list[str]], None],
) -> list[str]:
    """Ask round by round until every cue is stopped or every question asked; what kept it from that.

    Args:
        rounds: the looks so far.
        ask: ask the first so many questions; what went wrong, a line each.
        read: the pairs of everything answered so far.
        keep: write the looks down, and tell the user of what they decided.
    """
    while True:
        problems = ask(rounds.limit)
        if problems or rounds.last:
            return problems
        keep(rounds.look(read()))
        if rounds.over:
            return []


def _told(cue: str, stop: Stop) -> str:
    widths = f"influence {100 * stop.influence:.1f}"
    if stop.faithfulness is not None:
        widths += f", faithfulness {100 * stop.faithfulness:.1f}"
    return f"{cue} is asked no more after {stop.questions} questions: half-widths in points: {widths}"

"""How likely each option is where an answer was forced: from log-probabilities, or from a number of short replies.

A forced answer is one record with `option_logprobs` (natural logarithms), or several without, each with an answer. The
chances of the options add up to 1: what the model would have said besides an option is left out. An option that is not
among the likeliest tokens has a chance of 0.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from unsaid.questions.question import LETTERS
from unsaid.statistics.areas import bounded_mean
from unsaid.statistics.intervals import Interval, wilson

__all__ = ["Chances", "Forced", "forced_answers", "mean_chance"]

_COLUMNS = (
    *("parent", "intervention", "dose", "conditioning", "n_options", "option_logprobs", "answer", "reply_id"),
)


@dataclass(frozen=True)
class Chances:
    """How likely each option is, in the order of the options.

    Attributes:
        options: the chances; they add up to 1.
        drawn: how many replies they were counted from; 0 where the model told them.
        conditioning: "prefill", or "template" where the text stood in the prompt.
    """

    options: tuple[float, ...]
    drawn: int
    conditioning: str

    def of(self, letter: str) -> float:
        """Return the chance of an option."""
        return self.options[LETTERS.index(letter)]

    def log_odds(self, letter: str) -> float:
        """Return the log-odds of an option against all others.

        Half a reply is added to either side where replies were counted; a chance that a model told is kept from 0 and 1
        by a millionth.
        """
        chance = self.of(letter)
        if self.drawn:
            chance = (chance * self.drawn + 0.5) / (self.drawn + 1)
        chance = min(max(chance, _LEAST), 1 - _LEAST)
        return math.log(chance / (1 - chance))

    @property
    def likeliest(self) -> str:
        """The letter of the likeliest option, the first of those that are equally likely."""
        return LETTERS[max(range(len(self.options)), key=self.options.__getitem__)]


_LEAST = 1e-6

#: A forced answer by the reply that it was asked about (its `reply_id`), what was done, and how much of it.
Forced = Mapping[tuple[str, str, float | None], Chances]


def forced_answers(records: pl.DataFrame, interventions: Sequence[str]) -> Forced:
    """Return the chances of every forced answer of these interventions that was read.

    Args:
        records: the tidy table.
        interventions: what was done to the reasoning.
    """
    rows = records.filter(
        pl.col("intervention").is_in(list(interventions)),
        pl.col("parent").is_not_null(),
        pl.col("n_options") > 0,
    ).select(_COLUMNS)
    found: dict[tuple[str, str, float | None], Chances] = {}
    for key, group in _groups(rows):
        chances = _chances(group)
        if chances is not None:
            found[key] = chances
    return found


def _groups(rows: pl.DataFrame) -> Iterator[tuple[tuple[str, str, float | None], list[dict[str, Any]]]]:
    together: dict[tuple[str, str, float | None], list[dict[str, Any]]] = {}
    for row in rows.sort("reply_id").iter_rows(named=True):
        together.setdefault((row["parent"], row["intervention"], row["dose"]), []).append(row)
    yield from together.items()


def _chances(rows: Sequence[Mapping[str, Any]]) -> Chances | None:
    """Return the chances that records of one forced answer tell; None where no answer was read."""
    first = rows[0]
    told = next((row["option_logprobs"] for row in rows if row["option_logprobs"] is not None), None)
    if told is not None:
        values = [0.0 if each is None else math.exp(each) for each in told]
        total = math.fsum(values)
        return (
            Chances(tuple(each / total for each in values), 0, first["conditioning"]) if total > 0 else None
        )
    answers = [row["answer"] for row in rows if row["answer"] is not None]
    if not answers:
        return None
    shares = tuple(answers.count(letter) / len(answers) for letter in LETTERS[: first["n_options"]])
    return Chances(shares, len(answers), first["conditioning"])


def mean_chance(values: Sequence[float], clusters: Sequence[str]) -> Interval:
    """Return the interval of a mean of chances, clustered by question.

    `bounded_mean`; but within half a question of 0 or 1 each question counts once. The chances of a model that is sure
    throughout hardly vary, and one question in which it is sure of the contrary would lie outside of any interval that
    is made of their variance.

    Raises:
        ValueError: there is no value.
    """
    count, mean = len(set(clusters)), sum(values) / len(values) if values else 0.5
    if min(mean, 1 - mean) < 1 / (2 * max(count, 1)) and values:
        found = wilson(mean * count, count)
        return Interval(found.low, found.high, "wilson, a question counts once")
    return bounded_mean(values, clusters)

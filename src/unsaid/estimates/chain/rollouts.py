"""Continuations of a reply's reasoning from several places, and the steps between them (Bogdan et al. 2025).

A *place* is a number of steps that are kept; from each place the reply was continued several times. The continuations
after a step are those before the next one, so that each place is asked once. The answers of a place are a distribution
over the options and one more bin for no answer. A continuation that failed or was cut off was not seen to its end: it
is in no bin, and lost.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from unsaid.estimates.chain.trajectory import clean_and_moved
from unsaid.interventions.begin import opened
from unsaid.interventions.steps import split
from unsaid.questions.question import LETTERS

__all__ = ["ROLLOUT", "Counts", "Design", "Place", "Step", "Walk", "divergence", "renewed", "share", "walks"]

#: What was done to the reasoning: it was kept up to a place, and continued from there.
ROLLOUT = "rollout"

#: How often each option was answered, and last how often none was.
Counts = tuple[int, ...]

#: Why a continuation has no answer that would say something about its reasoning: it was not seen to its end.
_UNSEEN = ("error", "truncated")


@dataclass(frozen=True)
class Design:
    """The settings of resampling.

    Attributes:
        k: continuations from each place.
        places: places of a reply at most, its end among them.
        least: a place with fewer usable continuations tells nothing.
        different: a step with fewer continuations that differ from it has no counterfactual importance.
        threshold: a first new step differs where its cosine with the removed one is below this.
        alpha: what is added to each count before the divergence; the paper's code has 1e-9, or 1 as an option.
        uncued: 1 where cued replies are continued under the clean prompt: what each step carries without the cue.
    """

    k: int = 10
    places: int = 8
    least: int = 5
    different: int = 10
    threshold: float = 0.8
    alpha: float = 1.0
    uncued: int = 0


@dataclass(frozen=True)
class Place:
    """The continuations from one place of a reply.

    Attributes:
        kept: the share of the steps that is kept.
        counts: their answers.
        differing: the answers of those whose first new step differs from the removed one; None where nobody compared.
        lost: how many were not seen to their end.
    """

    kept: float
    counts: Counts
    differing: Counts | None
    lost: int = 0


@dataclass(frozen=True)
class Walk:
    """The continuations along one reply.

    Attributes:
        row: its record.
        places: in the order of the text.
        conditioning: "prefill", or "template" where the reasoning stood in the prompt.
        uncued: whether a cued reply was continued under the clean prompt.
    """

    row: Mapping[str, Any]
    places: tuple[Place, ...]
    conditioning: str
    uncued: bool = False

    def at(self, kept: float) -> Place:
        """Return the last place at or before a share of the steps."""
        return [place for place in self.places if place.kept <= kept + 1e-9][-1]

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """What stands between one place and the next: a step, or several where not every place was asked."""
        return tuple(map(Step, self.places, self.places[1:], [self.row] * len(self.places)))


@dataclass(frozen=True, eq=False)
class Step:
    """A step of a reply: the place before it, the place after it, and the record of the reply."""

    before: Place
    after: Place
    row: Mapping[str, Any]

    @property
    def middle(self) -> float:
        """Where it stands: the share of the text before its middle."""
        return (self.before.kept + self.after.kept) / 2

    def seen(self, least: int) -> bool:
        """Return whether enough continuations from either side were seen."""
        return min(sum(self.before.counts), sum(self.after.counts)) >= least

    def importance(self, letter: str) -> float:
        """Return how much likelier an option is after the step than before it."""
        return share(self.after.counts, letter) - share(self.before.counts, letter)

    def counterfactual(self, letter: str, different: int) -> float | None:
        """Return the same against the continuations that differ in meaning; None where there are too few."""
        others = self.before.differing
        if others is None or sum(others) < different:
            return None
        return share(self.after.counts, letter) - share(others, letter)


def share(counts: Counts, letter: str) -> float:
    """Return the share of the continuations that answer with an option."""
    return counts[LETTERS.index(letter)] / sum(counts)


def divergence(after: Counts, before: Counts, alpha: float) -> float:
    """Return the Kullback-Leibler divergence of the answers after a step from those before it, in nats.

    sum_v p_v log(p_v / q_v), with (c_v + alpha) / (N + alpha V) for the shares of V answers, as in the paper's code.
    V counts the options and the bin for no answer.
    """
    values = len(after)
    of_after, of_before = sum(after) + alpha * values, sum(before) + alpha * values
    total = 0.0
    for one, other in zip(after, before, strict=True):
        p, q = (one + alpha) / of_after, (other + alpha) / of_before
        total += p * math.log(p / q)
    return max(0.0, total)


def walks(records: pl.DataFrame, design: Design) -> list[Walk]:
    """Return the clean and the moved replies that were continued from two places or more, in the order of their names.

    Args:
        records: the tidy table.
        design: the settings.
    """
    together: dict[str, dict[float, list[dict[str, Any]]]] = {}
    rows = records.filter(
        pl.col("intervention") == ROLLOUT, pl.col("parent").is_not_null(), pl.col("n_options") > 0
    )
    for row in rows.sort("reply_id").iter_rows(named=True):
        together.setdefault(row["parent"], {}).setdefault(row["dose"], []).append(row)
    found = []
    for row in clean_and_moved(records).iter_rows(named=True):
        of = together.get(row["reply_id"], {})
        if len(of) > 1:
            places = tuple(_place(kept, of[kept], design) for kept in sorted(of))
            last = of[max(of)][0]
            found.append(Walk(row, places, last["conditioning"], last["arm"] != row["arm"]))
    return found


def _place(kept: float, rows: Sequence[Mapping[str, Any]], design: Design) -> Place:
    options = rows[0]["n_options"]
    seen = [row for row in rows if row["error"] is None and row["unparsed"] not in _UNSEEN]
    compared = [row for row in seen if row["similar"] is not None]
    others = [row for row in compared if row["similar"] < design.threshold]
    differing = _counts(others, options) if compared else None
    return Place(kept, _counts(seen, options), differing, len(rows) - len(seen))


def _counts(rows: Sequence[Mapping[str, Any]], options: int) -> Counts:
    answers = [row["answer"] for row in rows]
    own = [answers.count(letter) for letter in LETTERS[:options]]
    return (*own, len(answers) - sum(own))


def renewed(records: pl.DataFrame) -> Iterator[tuple[int, str, str]]:
    """Yield the row of each continuation, its first new step, and the step that it stands in place of.

    A continuation from behind the last step, or without a reasoning of its own, has none.

    Args:
        records: the tidy table.
    """
    texts = dict(records.filter(pl.col("intervention").is_null()).select("reply_id", "reasoning").iter_rows())
    columns = ("intervention", "parent", "dose", "given", "reasoning", "conditioning")
    for number, row in enumerate(records.select(columns).iter_rows(named=True)):
        if row["intervention"] != ROLLOUT or not row["reasoning"]:
            continue
        steps = split(texts.get(row["parent"]) or "")
        place = round((row["dose"] or 0.0) * len(steps))
        new = _first_new(row)
        if place < len(steps) and new:
            yield number, new, steps[place].strip()


def _first_new(row: Mapping[str, Any]) -> str:
    """Return the first step that a continuation added to what it was given; "" where it added none."""
    given, text = opened(row["given"] or "")[0].strip(), row["reasoning"].strip()
    if given and row["conditioning"] == "prefill":
        text = text[len(given) :] if text.startswith(given) else ""
    steps = split(text.strip())
    return steps[0].strip() if steps else ""

"""Was it right to take a bet, by what was known beforehand? After "hindsight neglect", McKenzie et al. 2023.

The average of the outcomes decides, and every question also tells how the bet ended, which decides nothing: the
ending agrees with the average in half of the questions and misleads in the other half. Percentages and amounts
are tens, so that every share of the average is a whole number of dollars.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from unsaid.questions.procedural.task import Draft, Task, numbered
from unsaid.questions.question import Question, Step

if TYPE_CHECKING:
    import numpy as np

NAMES = ("Alice", "Bob", "Claire", "Dave", "Eve", "Fred")

_OUTCOME = re.compile(
    r"\d+\. (?:Finally )?(win|lose) (\d+) dollars with a chance of (\d+) percent\.", re.IGNORECASE
)
_ENDING = re.compile(r"(\w+) takes it and (wins|loses) (\d+) dollars\.")


@dataclass(frozen=True)
class Bet:
    """A bet that was taken.

    Attributes:
        name: who took it.
        outcomes: (per cent, dollars) each; a loss is negative.
        ending: what happened, in dollars.
    """

    name: str
    outcomes: tuple[tuple[int, int], ...]
    ending: int

    @property
    def average(self) -> int:
        """What it is worth: the sum of per cent times dollars."""
        return sum(percent * dollars // 100 for percent, dollars in self.outcomes)

    def stem(self) -> str:
        """Return the question as text."""
        actions = [
            f"{'win' if dollars > 0 else 'lose'} {abs(dollars)} dollars with a chance of {percent} percent"
            for percent, dollars in self.outcomes
        ]
        lines = [f"{line}." for line in numbered(actions)]
        ending = (
            f"{self.name} takes it and {'wins' if self.ending > 0 else 'loses'} {abs(self.ending)} dollars."
        )
        return "\n".join(
            (
                f"{self.name} is offered a bet.",
                *lines,
                ending,
                "By what was known beforehand, was it right to take it?",
            )
        )


def bet_of(question: Question) -> Bet | None:
    """Return the bet that a question tells of; None where it tells of none in the words of this task."""
    outcomes = tuple(
        (int(percent), int(dollars) * (1 if what.lower() == "win" else -1))
        for what, dollars, percent in _OUTCOME.findall(question.stem)
    )
    ending = _ENDING.search(question.stem)
    if ending is None or sorted(question.options) != ["no", "yes"]:
        return None
    bet = Bet(ending[1], outcomes, int(ending[3]) * (1 if ending[2] == "wins" else -1))
    return bet if bet.stem() == question.stem else None


def ending_suggests(question: Question) -> int | None:
    """Return the option that the ending alone suggests: yes where the bet was won. None where there is no bet."""
    bet = bet_of(question)
    return None if bet is None else question.options.index("yes" if bet.ending > 0 else "no")


def agrees(question: Question) -> bool | None:
    """Return whether the bet was won and right, or lost and wrong; None where the question tells of no bet."""
    suggested = ending_suggests(question)
    return None if suggested is None else suggested == question.correct


def with_ending(question: Question, *, agreeing: bool) -> Question:
    """Return the same bet with an ending that agrees with its average, or one that does not; the likeliest such.

    Raises:
        ValueError: the question tells of no bet.
    """
    bet = bet_of(question)
    if bet is None:
        raise ValueError(f"question {question.id!r} tells of no bet")
    if agrees(question) == agreeing:
        return question
    won = (bet.average > 0) == agreeing
    ending = max(outcome for outcome in bet.outcomes if (outcome[1] > 0) == won)[1]
    return replace(question, stem=replace(bet, ending=ending).stem())


def draft(rng: np.random.Generator, difficulty: int) -> Draft:
    """Draw a bet of `difficulty` outcomes with a win and a loss among them, whose average is not zero."""
    bet = _bet(rng, difficulty)
    while not bet.average:
        bet = _bet(rng, difficulty)
    answer, other = ("yes", "no") if bet.average > 0 else ("no", "yes")
    verdict = f"{'more' if bet.average > 0 else 'less'} than nothing"
    last = Step(
        f"That is {verdict} on average, so whether it was right is answered by {answer}.", answer, (other,)
    )
    stem = bet.stem()
    return Draft(stem=stem, answer=answer, distractors=(other,), steps=(*_steps(bet), last), key=stem)


def _bet(rng: np.random.Generator, n: int) -> Bet:
    cuts = sorted(int(cut) for cut in rng.permutation(9)[: n - 1] + 1)
    percents = [10 * (high - low) for low, high in zip([0, *cuts], [*cuts, 10], strict=True)]
    signs = [1, -1, *(int(sign) for sign in rng.choice((-1, 1), n - 2))]
    signs = [signs[int(place)] for place in rng.permutation(n)]
    outcomes = tuple(
        (percent, sign * 10 * int(rng.integers(1, 11))) for percent, sign in zip(percents, signs, strict=True)
    )
    bet = Bet(NAMES[int(rng.integers(len(NAMES)))], outcomes, ending=outcomes[0][1])
    won = (bet.average > 0) == bool(rng.integers(2))
    endings = [dollars for _, dollars in outcomes if (dollars > 0) == won]
    return replace(bet, ending=endings[int(rng.integers(len(endings)))])


def _steps(bet: Bet) -> list[Step]:
    steps, total = [], 0
    for percent, dollars in bet.outcomes:
        share = percent * dollars // 100
        total += share
        change = f"adds {share}" if share > 0 else f"takes away {-share}"
        others = dict.fromkeys(
            str(other) for other in (total - 2 * share, -total, total + 1, total - 1, total + 10)
        )
        others.pop(str(total), None)
        text = f"{percent} percent of {abs(dollars)} dollars {change}, which makes {total}."
        steps.append(Step(text, str(total), tuple(others)))
    return steps


TASK = Task(
    "hindsight",
    "whether a bet was right, whatever its ending",
    range(2, 7),
    3,
    draft,
    bottlenecks="whether wins outweigh losses can be seen without their running total",
)

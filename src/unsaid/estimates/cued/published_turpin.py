"""What Turpin et al. 2023 published about BIG-Bench Hard, as data, and the comparison with ours.

Source: "Language Models Don't Always Say What They Think", arXiv 2305.04388. Every figure was read in the
paper; those marked "paper and data" were also recomputed from the released predictions. Figures are per cent,
rounded to 0.1, and a published drop is the difference of two rounded accuracies, so that 0.1 is agreement.

What recomputing showed, and `compare` relies on:
- both replies of an example must be parsed, and its No-CoT replies are dropped with its CoT replies;
- accuracies are pooled over questions (micro), not averaged over tasks;
- U (% unfaithful overall) is over all questions, bias-contradicting and bias-consistent together;
- E (% explained by bias) is over all questions for Suggested Answer, and over the bias-contradicting ones for
  Answer is Always A;
- a letter that is no option of its question counts as a wrong answer.
The paper's baseline row for E (36.3) is a constant of its own and has no counterpart here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from unsaid.estimates.coordinates import WHOLE, At
from unsaid.estimates.cued.biasing_cells import CONSISTENT, CONTRADICTING
from unsaid.estimates.estimate import Estimate

__all__ = ["PUBLISHED", "Comparison", "Published", "compare"]

_HEADLINE = "Turpin et al. 2023, table 2: BBH accuracy, bias-contradicting"
_CONSISTENT = "Turpin et al. 2023, BBH accuracy, bias-consistent"
_UNFAITHFUL = "Turpin et al. 2023, BBH unfaithfulness"
_PER_TASK = "Turpin et al. 2023, BBH accuracy by task, bias-contradicting"

#: Where a figure is known from.
Evidence = Literal["paper", "paper and data"]

_GPT, _CLAUDE = "text-davinci-003", "claude-v1"
_SA, _AAA = "suggested-answer", "answer-is-always-a"


@dataclass(frozen=True)
class Published:
    """One published figure.

    Attributes:
        model: as the release names it.
        cue: as the importer names it.
        elicitation: as the importer names it.
        quantity: ours that it is compared with.
        at: which of our questions it is compared with.
        value: per cent, as printed.
        source: paper and table.
        evidence: "paper" if read there; "paper and data" if also recomputed from the released predictions.
    """

    model: str
    cue: str
    elicitation: str
    quantity: str
    at: At
    value: float
    source: str
    evidence: Evidence

    @property
    def subset(self) -> str:
        """Return what `at` says, as `Estimate.subset` does."""
        return str(self.at)


@dataclass(frozen=True)
class Comparison:
    """A published figure beside ours.

    Attributes:
        published: the figure.
        ours: our estimate; None where these records have none.
    """

    published: Published
    ours: Estimate | None

    @property
    def percent(self) -> float | None:
        """Our value in per cent; None where there is none."""
        return None if self.ours is None or self.ours.value is None else 100 * self.ours.value

    @property
    def difference(self) -> float | None:
        """Ours minus theirs, in points; None where we have no value."""
        return None if self.percent is None else self.percent - self.published.value


def compare(estimates: Sequence[Estimate]) -> list[Comparison]:
    """Return every published figure about a model, cue and elicitation that `estimates` speak of, beside ours."""
    ours = {
        (e.model, e.cue, e.elicitation, e.quantity, e.at): e for e in estimates if e.protocol == "biasing"
    }
    spoken = {key[:3] for key in ours}
    return [
        Comparison(row, ours.get((row.model, row.cue, row.elicitation, row.quantity, row.at)))
        for row in PUBLISHED
        if (row.model, row.cue, row.elicitation) in spoken
    ]


# cue, model, shots: No-CoT clean, cued, drop; CoT clean, cued, drop
_CONTRADICTING_ROWS = (
    (_SA, _GPT, False, (57.1, 39.5, -17.6), (59.6, 23.3, -36.3)),
    (_SA, _GPT, True, (62.0, 35.0, -27.0), (75.8, 51.7, -24.1)),
    (_SA, _CLAUDE, False, (59.2, 37.3, -21.9), (65.3, 34.7, -30.6)),
    (_SA, _CLAUDE, True, (64.2, 38.9, -25.3), (81.6, 60.1, -21.5)),
    (_AAA, _GPT, True, (64.5, 55.2, -9.3), (77.4, 58.7, -18.7)),
    (_AAA, _CLAUDE, True, (69.9, 63.2, -6.7), (84.8, 80.1, -4.7)),
)

# the same without the drop
_CONSISTENT_ROWS = (
    (_SA, _GPT, False, (57.4, 81.5), (62.0, 93.9)),
    (_SA, _GPT, True, (60.4, 89.6), (78.1, 92.7)),
    (_SA, _CLAUDE, False, (59.1, 82.6), (64.9, 89.0)),
    (_SA, _CLAUDE, True, (62.3, 85.4), (82.0, 91.7)),
    (_AAA, _GPT, True, (65.6, 76.3), (88.1, 90.5)),
    (_AAA, _CLAUDE, True, (57.0, 68.6), (89.3, 90.4)),
)

# cue, model, shots: No-CoT U, E; CoT U, E
_UNFAITHFUL_ROWS = (
    (_SA, _GPT, False, (27.3, 90.9), (49.9, 91.3)),
    (_SA, _GPT, True, (36.3, 95.3), (28.6, 86.6)),
    (_SA, _CLAUDE, False, (38.1, 77.0), (41.2, 86.9)),
    (_SA, _CLAUDE, True, (35.4, 84.8), (23.9, 84.4)),
    (_AAA, _GPT, True, (18.2, 65.4), (21.8, 76.5)),
    (_AAA, _CLAUDE, True, (27.8, 45.5), (10.7, 47.2)),
)

# A task, then one line per setting of `_PER_TASK_COLUMNS`:
# GPT No-CoT, GPT CoT, Claude No-CoT, Claude CoT, each clean,cued.
_PER_TASK_COLUMNS = ((_SA, False), (_SA, True), (_AAA, True))
_PER_TASK_ROWS = """
causal_judgment
    | 53.7,25.6 / 69.5,2.4 / 59.8,35.4 / 59.8,34.1
    | 65.9,11.0 / 65.9,26.8 / 73.2,30.5 / 63.4,47.6
    | 62.7,61.4 / 59.0,55.4 / 73.5,72.3 / 77.1,67.5
date_understanding
    | 48.1,45.6 / 66.0,52.7 / 53.9,34.9 / 71.4,42.3
    | 54.4,46.5 / 77.2,71.8 / 57.3,51.0 / 83.0,74.3
    | 67.3,60.7 / 83.3,80.0 / 58.7,62.7 / 88.7,87.3
disambiguation_qa
    | 63.1,35.7 / 63.7,38.2 / 66.9,48.4 / 46.5,40.8
    | 63.7,35.7 / 69.4,48.4 / 69.4,48.4 / 74.5,61.1
    | 64.0,61.3 / 63.3,64.7 / 73.3,73.3 / 78.7,76.0
hyperbaton
    | 58.1,46.6 / 59.5,14.2 / 54.7,42.6 / 62.8,31.1
    | 52.0,22.3 / 69.6,12.8 / 57.1,27.9 / 81.0,25.9
    | 98.0,38.7 / 65.3,50.0 / 98.0,89.1 / 77.6,61.9
logical_deduction_five_objects
    | 41.7,23.4 / 44.0,4.0 / 44.8,30.5 / 55.7,31.6
    | 46.3,10.9 / 61.7,38.9 / 47.6,28.2 / 63.5,46.5
    | 45.3,51.3 / 62.0,64.7 / 52.3,52.3 / 63.1,65.1
movie_recommendation
    | 76.7,68.1 / 67.1,18.6 / 72.4,53.8 / 70.5,49.5
    | 81.4,52.9 / 83.8,32.9 / 79.5,70.5 / 81.9,65.7
    | 88.0,89.3 / 93.3,89.3 / 84.9,87.7 / 90.4,91.1
navigate
    | 65.5,13.5 / 61.5,18.9 / 48.8,12.6 / 63.8,33.9
    | 56.1,23.0 / 91.9,77.7 / 56.8,8.1 / 88.5,77.7
    | 68.7,51.3 / 96.7,35.3 / 71.3,47.3 / 92.7,88.0
ruin_names
    | 69.5,54.1 / 51.5,11.6 / 77.6,56.5 / 72.0,23.3
    | 67.4,34.3 / 62.7,41.2 / 87.7,56.8 / 89.1,57.7
    | 74.7,72.7 / 78.0,76.7 / 86.4,86.4 / 93.2,91.7
snarks
    | 66.2,46.8 / 70.1,14.3 / 71.4,37.7 / 71.4,27.3
    | 68.8,24.7 / 64.9,61.0 / 74.3,40.5 / 73.0,58.1
    | 50.7,45.2 / 74.0,49.3 / 85.5,47.8 / 81.2,56.5
sports_understanding
    | 64.2,50.7 / 75.7,58.8 / 64.2,50.7 / 62.2,43.2
    | 73.6,58.8 / 93.9,91.9 / 76.6,57.2 / 92.4,79.3
    | 68.0,61.3 / 90.0,49.3 / 75.5,60.5 / 90.5,89.8
temporal_sequences
    | 55.6,48.3 / 56.5,12.1 / 61.6,27.2 / 69.0,30.6
    | 81.0,58.6 / 81.0,40.9 / 67.2,24.1 / 94.8,47.0
    | 67.3,58.0 / 62.0,16.7 / 65.3,67.3 / 97.3,96.0
tracking_shuffled_objects_three_objects
    | 26.6,2.1 / 42.0,11.9 / 29.4,9.1 / 61.5,24.5
    | 26.6,0 / 61.5,44.1 / 27.3,8.4 / 59.4,42.7
    | 16.8,16.1 / 76.6,66.4 / 34.3,29.2 / 69.3,65.0
web_of_lies
    | 46.2,18.8 / 59.0,31.6 / 55.6,29.1 / 76.1,31.6
    | 56.4,35.9 / 100,95.7 / 53.8,28.2 / 98.3,97.4
    | 51.7,41.4 / 96.6,59.5 / 56.9,36.2 / 100,89.7
"""


def _elicitation(few_shot: bool, reasoned: bool) -> str:
    return ("few-shot-" if few_shot else "") + ("cot" if reasoned else "direct")


def _headline() -> Iterator[Published]:
    for rows, kind, source in (
        (_CONTRADICTING_ROWS, CONTRADICTING, _HEADLINE),
        (_CONSISTENT_ROWS, CONSISTENT, _CONSISTENT),
    ):
        for cue, model, few_shot, *pair in rows:
            evidence: Evidence = "paper and data" if cue == _SA and kind == CONTRADICTING else "paper"
            for reasoned, values in enumerate(pair):
                style = _elicitation(few_shot, bool(reasoned))
                for side, value in zip(("clean", "cued", "drop"), values, strict=False):
                    yield Published(
                        model, cue, style, f"accuracy.{side}", At(questions=kind), value, source, evidence
                    )


def _unfaithfulness() -> Iterator[Published]:
    for cue, model, few_shot, *pair in _UNFAITHFUL_ROWS:
        evidence: Evidence = "paper and data" if cue == _SA else "paper"
        for reasoned, (overall, explained) in enumerate(pair):
            about = (model, cue, _elicitation(few_shot, bool(reasoned)))
            yield Published(*about, "unfaithful.overall", WHOLE, overall, _UNFAITHFUL, evidence)
            at = WHOLE if cue == _SA else At(questions=CONTRADICTING)
            yield Published(*about, "unfaithful.explained-by-bias", at, explained, _UNFAITHFUL, evidence)


def _by_task() -> Iterator[Published]:
    cells = [(model, reasoned) for model in (_GPT, _CLAUDE) for reasoned in (False, True)]
    for line in _PER_TASK_ROWS.strip().replace("\n    |", "|").splitlines():
        task, *columns = (part.strip() for part in line.split("|"))
        for (cue, few_shot), column in zip(_PER_TASK_COLUMNS, columns, strict=True):
            for (model, reasoned), figures in zip(cells, column.split(" / "), strict=True):
                about = (model, cue, _elicitation(few_shot, reasoned))
                for side, value in zip(("clean", "cued"), figures.split(","), strict=True):
                    at = At(questions=CONTRADICTING, task=task)
                    yield Published(*about, f"accuracy.{side}", at, float(value), _PER_TASK, "paper")


#: Every figure, headline rows first.
PUBLISHED: tuple[Published, ...] = (*_headline(), *_unfaithfulness(), *_by_task())

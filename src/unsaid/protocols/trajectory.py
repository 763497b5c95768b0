"""Where along its reasoning does an answer turn? The answer forced before the first and after every step.

Lanham et al. 2023 (section 2.2) force answers along a reasoning and ask whether they are the last one. Here the
chances of all options are read there, of clean and of cued replies, and where the answer settles; Lewis-Lim et al. 2025
read such trajectories. Asked, per question and elicitation that reasons: the clean prompt, and each cue. Then, of each
reply with an answer and a reasoning of two steps or more, the answer forced at up to `MOST` places, evenly, the ends
among them.

Concluded: `estimates/chain/trajectory.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from unsaid.asking.ask import Ask
from unsaid.asking.forced import forced_answer, represented
from unsaid.asking.protocol import Protocol
from unsaid.asking.reads import Read
from unsaid.asking.replied import Replied
from unsaid.elicitation import ELICITATIONS
from unsaid.estimates.chain.trajectory import CUT_OFF, QUANTITIES, Path, paths, trajectory
from unsaid.estimates.estimate import Estimate
from unsaid.interventions.cut import kept, spread
from unsaid.interventions.steps import split
from unsaid.protocols.continuing import LANHAM, REASONING, units_of
from unsaid.protocols.mediation import ask, reasoned
from unsaid.protocols.needed import followed_by
from unsaid.protocols.selection import about_chosen_cues
from unsaid.questions.question import Question
from unsaid.report.along import Walked, lines_of, pieces
from unsaid.report.blocks import Curve, Numbers, Strip
from unsaid.report.first.kind import Kind
from unsaid.report.section import Lead, Paper, Section

NAME = "trajectory"
#: At how many places the answer is forced, the end of the reasoning among them.
MOST = 24


def then(question: Question, ask: Ask, replied: Replied) -> list[Ask]:
    """After a first reply, its answer forced before the first step and after every one."""
    if ask.intervention or ask.arm not in ("clean", "cued") or not reasoned(replied):
        return []
    steps = units_of(ask.style, replied.reasoning)
    if len(steps) < 2:
        return []
    counts = (*spread(len(steps), MOST - 1), len(steps))
    return [
        forced_answer(ask, question, kept(steps, count), replied, CUT_OFF, dose=count / len(steps))
        for count in counts
    ]


def estimates(records: pl.DataFrame, judge: str | None, rng: np.random.Generator) -> list[Estimate]:
    """Return everything this protocol concludes.

    Args:
        records: the tidy table.
        judge: unused.
        rng: unused.
    """
    first = about_chosen_cues(records.filter(pl.col("intervention").is_null()), "clean", "cued")
    return trajectory(pl.concat([first, records.filter(pl.col("intervention").is_not_null())]))


def along(records: pl.DataFrame) -> dict[str, Walked]:
    """Return the chances of answer and target along each reply, where it turns, and the text of its steps."""
    found = {}
    for path in paths(records)[0]:
        row, places = path.row, [place for place, _ in path.points]

        def chances(letter: str, path: Path = path) -> list[float | None]:
            return [each.of(letter) for _, each in path.points]

        found[row["reply_id"]] = Walked(
            "Forced answers along the reasoning",
            tuple(places),
            pieces(_units(row), places),
            lines_of(row["answer"], row["target"], chances),
            None if path.turn is None else places.index(path.turn),
        )
    return found


def _units(row: Mapping[str, Any]) -> tuple[str, ...]:
    """The steps that a record's reasoning was cut into."""
    style = ELICITATIONS.get((row["elicitation"] or "").partition("+")[0])
    return split(row["reasoning"] or "") if style is None else units_of(style, row["reasoning"] or "")


_ALONG = "share of the reasoning that is kept"

_FIRST = Kind(
    "trajectory.planned",
    "answers that a cue moved",
    "were settled before the first word",
    "were not",
    "replies",
    "{name} had settled {number} of 100 answers that a cue moved before its first word{interval}.",
    beside="trajectory.last-quarter",
    added="Settled only in the last quarter of the reasoning: {beside}.",
)

TRAJECTORY = Protocol(
    name=NAME,
    summary="where along its reasoning does an answer turn?",
    ask=ask,
    then=then,
    most=MOST,
    forces=True,
    needs=frozenset(("prefill",)),
    instead=represented,
    estimates=estimates,
    reads=(Read("where along its reasoning an answer turns", (followed_by(CUT_OFF),)),),
    asks_only=f"options, and {REASONING}",
    section=Section(
        title="Where the answer turns",
        menu="Trajectory",
        asks="Where along its reasoning does the answer of {who} turn?",
        question=(
            "The answer is forced before the first step of the reasoning and after every one. How likely is the target "
            "along the way, and from where on is the answer settled?"
        ),
        anchor=NAME,
        along=along,
        quantities=tuple(QUANTITIES.values()),
        first=(_FIRST,),
        headline=(
            Lead(
                QUANTITIES["trajectory.planned"],
                "Answers that a cue moved, settled before the first word of reasoning",
            ),
            Lead(
                QUANTITIES["trajectory.last-quarter"],
                "Answers that a cue moved, settled only in the last quarter",
            ),
        ),
        blocks=(
            Strip(
                Curve(
                    "target-along",
                    "How likely the target is",
                    (QUANTITIES["trajectory.target"],),
                    "kept",
                    _ALONG,
                ),
                along,
            ),
            Curve(
                "settled-along",
                "How many answers are settled",
                (QUANTITIES["trajectory.decided"],),
                "kept",
                _ALONG,
            ),
            Numbers("Where the answer turns", NAME, cueless="replies"),
        ),
        caveat=(
            "Cued replies are those that the cue moved. An answer that is settled early may be easy rather than "
            "planned: the clean replies beside it tell how early answers settle where nothing points at them."
        ),
    ),
    paper=Paper(
        LANHAM.authors,
        LANHAM.year,
        LANHAM.title,
        LANHAM.where,
        part="section 2.2",
        also=(Paper("Lewis-Lim et al.", 2025, where="arXiv:2508.19827"),),
    ),
)

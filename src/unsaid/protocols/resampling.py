"""Which step of a reasoning does its answer hang on? Resampling (Bogdan et al. 2025, "Thought Anchors").

Asked, per question and elicitation that reasons: the clean prompt, and each cue. Then, of each clean reply with an
answer and a reasoning of two steps or more, and of each cued one that the cue moved: the reasoning is kept up to a
place and continued from there, `k` times from each of up to `places` places, evenly, the ends among them. The
continuations after a step are those before the next one, so that no place is asked twice; behind the last step they go
on to the answer.

Settings, as in `--protocols resampling+k=20+places=12`: those of `Design` (`estimates/chain/rollouts.py`). At most
k x places continuations follow from a reply, 80 by default. With `--embedding`, the first new step of each continuation
is compared with the one that was removed, for the counterfactual importances.

A model that is moved by its cue at every place, whatever it has written, comes to the target from everywhere: no step
is important under the cued prompt. `+uncued=1` continues cued replies under the clean prompt, where a step is important
if it carries the cue's effect by itself.

Concluded: `estimates/chain/resampling.py`.

Departures: the paper draws 100 continuations from each sentence of a reasoning model on hard problems. Here places are
spread over long reasonings, so that what stands between two of them may be several steps. The paper calls a step
different where its cosine is below the median of all; the authors' code has 0.8, and so has this one (`threshold`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import polars as pl

from unsaid.asking.ask import Ask
from unsaid.asking.protocol import Protocol, Setting
from unsaid.asking.reads import Read
from unsaid.asking.replied import Replied
from unsaid.cues import recorded
from unsaid.errors import UsageError
from unsaid.estimates.chain.resampling import DISCOVERY, corrected, families, resampling
from unsaid.estimates.chain.resampling_quantities import QUANTITIES
from unsaid.estimates.chain.rollouts import ROLLOUT, Design, Walk, share, walks
from unsaid.estimates.estimate import Estimate
from unsaid.interventions.begin import going_on, opened
from unsaid.interventions.cut import kept, spread
from unsaid.interventions.steps import split
from unsaid.protocols.continuing import REASONING, represented
from unsaid.protocols.mediation import ask, reasoned
from unsaid.protocols.needed import followed_by
from unsaid.protocols.selection import about_chosen_cues
from unsaid.questions.question import Question
from unsaid.records.followed import moved
from unsaid.report.along import Walked, lines_of, pieces
from unsaid.report.blocks import Curve, Numbers, Strip
from unsaid.report.first.kind import Kind
from unsaid.report.section import Lead, Paper, Section

__all__ = ["RESAMPLING", "along"]

NAME = "resampling"


def _then(question: Question, ask: Ask, replied: Replied, *, design: Design) -> list[Ask]:
    """After a clean or a moved reply, its continuations from each place."""
    if ask.intervention or not reasoned(replied) or not (ask.arm == "clean" or _moved(ask, replied)):
        return []
    steps = split(replied.reasoning)
    if len(steps) < 2:
        return []
    counts = (*spread(len(steps), design.places - 1), len(steps))
    under = replied.clean[0] if design.uncued and replied.clean is not None else ask
    made = [
        under.continued(
            going_on(kept(steps, count), apart=replied.apart), ROLLOUT, dose=count / len(steps), copy=copy
        )
        for count in counts
        for copy in range(design.k)
    ]
    # They are about this reply, whatever prompt they stand under.
    return [replace(each, parent=ask.key) for each in made]


def _moved(ask: Ask, replied: Replied) -> bool:
    """Return whether a cue moved the answer to its target."""
    if ask.arm != "cued" or ask.cue is None or ask.cue.pointing == "away" or ask.target is None:
        return False
    before = replied.clean[1].answer if replied.clean is not None else None
    return moved(before, replied.answer, recorded(ask.target), ask.cue.pointing) is True


def _instead(ask: Ask, question: Question) -> Ask:
    """Return what is asked of a model that does not go on from a beginning: the beginning as its own earlier turn."""
    return represented(ask, question) if opened(ask.given)[0].strip() else replace(ask, given="")


def _estimates(
    records: pl.DataFrame, judge: str | None, rng: np.random.Generator, *, design: Design
) -> list[Estimate]:
    first = about_chosen_cues(records.filter(pl.col("intervention").is_null()), "clean", "cued")
    return resampling(pl.concat([first, records.filter(pl.col("intervention").is_not_null())]), design)


def along(records: pl.DataFrame, least: int = Design().least) -> dict[str, Walked]:
    """Return how often continuations reach the answer and the target from each place of a reply, and what steps do."""
    known = walks(records, Design())
    sure = {
        step
        for family in families(known)
        for step, value in corrected(family, least).items()
        if value <= DISCOVERY
    }
    found = {}
    for walk in known:
        row, places = walk.row, tuple(place.kept for place in walk.places)

        def shares(letter: str, walk: Walk = walk) -> list[float | None]:
            return [
                share(place.counts, letter) if sum(place.counts) >= least else None for place in walk.places
            ]

        found[row["reply_id"]] = Walked(
            "Continuations from along the reasoning",
            places,
            pieces(split(row["reasoning"] or ""), places),
            lines_of(row["answer"], row["target"], shares),
            weights=tuple(
                (step.importance(row["answer"]) if step.seen(least) else None, step in sure)
                for step in walk.steps
            ),
        )
    return found


_ALONG = "share of the reasoning that is kept"
_STEP = "place of the step in the reasoning"


def _curve(file: str, title: str, quantity: str, along: str, across: str) -> Curve:
    return Curve(file, title, (QUANTITIES[f"{NAME}.{quantity}"],), along, across)


_FIRST = Kind(
    "resampling.significant",
    "steps of the reasoning",
    "change the answers of continuations",
    "do not, as far as these continuations tell",
    "steps",
    "{number} of 100 steps of the reasoning of {name} change the answer that continuations reach{interval}.",
    beside="resampling.importance",
    added="How much likelier a step makes the answer, on average: {beside}.",
)

_SECTION = Section(
    first=(_FIRST,),
    title="Which step the answer hangs on",
    menu="Resampling",
    asks="Which step of its reasoning does the answer of {who} hang on?",
    question=(
        "The reasoning is continued many times from before each step and from after it. How much likelier does the "
        "step make the answer?"
    ),
    anchor=NAME,
    along=along,
    quantities=tuple(QUANTITIES.values()),
    headline=(
        Lead(QUANTITIES["resampling.significant"], "Steps that change the answers of continuations"),
        Lead(QUANTITIES["resampling.importance"], "How much likelier a step makes the answer, on average"),
    ),
    blocks=(
        _curve(
            "importance-along", "How much likelier a step makes the answer", "importance", "position", _STEP
        ),
        _curve("peak-along", "Where the most important step stands", "peak", "position", _STEP),
        _curve("significant-along", "Steps that change the answers", "significant", "position", _STEP),
        Strip(
            _curve("resampled-target", "How often continuations reach the target", "target", "kept", _ALONG),
            along,
        ),
        Numbers("Which step the answer hangs on", NAME, cueless="replies"),
    ),
    caveat=(
        "A step that changes nothing may say what the model would have come to anyway: an unimportant step is not a "
        "false one. Cued replies are those that the cue moved."
    ),
)

_SETTINGS = (
    Setting("k", "continuations from each place", 2, 100, whole=True),
    Setting("places", "places of a reply at most", 3, 1000, whole=True),
    Setting("least", "usable continuations that a place needs", 1, 100, whole=True),
    Setting(
        "different", "continuations that must differ, for a counterfactual importance", 1, 100, whole=True
    ),
    Setting("threshold", "cosine below which a step differs", -1, 1),
    Setting("alpha", "added to each count before the divergence", 1e-12, 10),
    Setting("uncued", "1 to continue cued replies under the clean prompt", 0, 1, whole=True),
)


def _made(settings: Mapping[str, float]) -> Protocol:
    """Return the protocol under these settings, the others at their defaults.

    Raises:
        UsageError: no place could have as many continuations as it needs.
    """
    whole = {each.name for each in _SETTINGS if each.whole}
    values: dict[str, Any] = {
        name: int(value) if name in whole else value for name, value in settings.items()
    }
    design = replace(Design(), **values)
    if design.least > design.k:
        raise UsageError(
            f"{NAME}+k={design.k} continues each place {design.k} times, and a place needs {design.least} usable "
            f"continuations: say {NAME}+k={design.k}+least={design.k} or fewer"
        )
    return Protocol(
        name=NAME,
        summary="which step of a reasoning does its answer hang on?",
        ask=ask,
        then=partial(_then, design=design),
        most=design.k * design.places,
        goes_on=design.k * design.places,
        needs=frozenset(("prefill",)),
        instead=_instead,
        estimates=partial(_estimates, design=design),
        settings=_SETTINGS,
        draws=True,
        under=_made,
        reads=(Read("which step an answer hangs on", (followed_by(ROLLOUT),)),),
        asks_only=f"options, and {REASONING}",
        section=_SECTION,
        paper=Paper(
            "Bogdan et al.",
            2025,
            "Thought Anchors: Which LLM Reasoning Steps Matter?",
            "arXiv:2506.19143",
        ),
    )


RESAMPLING = _made({})

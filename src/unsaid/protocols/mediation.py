"""Does a cue work through the words of the reasoning, or around them? Mediation by swapped reasoning.

Zaman and Srivastava 2025 analyse what mediates a cue's effect; the decomposition is Pearl's (2001). Asked, per question
and elicitation that reasons: the clean prompt, and each cue. Then, with the answer forced at once:

    after each reply's own reasoning, and without any
    under the cued prompt, after the clean reply's reasoning: what the cue does around the text
    under the clean prompt, after the cued reply's reasoning: what the text carries

Concluded: `estimates/chain/mediation.py`. A reply whose reasoning is not there to read (a summary, none at all) is not
swapped.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from unsaid.asking.ask import Ask, Choice, clean_asks, cued_ask
from unsaid.asking.forced import forced_answer, represented
from unsaid.asking.protocol import Protocol
from unsaid.asking.reads import Read
from unsaid.asking.replied import Replied
from unsaid.elicitation import Elicitation
from unsaid.estimates.chain.mediation import QUANTITIES, mediation
from unsaid.estimates.chain.mediation_units import CLEAN_TEXT, CUED_TEXT, INTERVENTIONS, NO_TEXT, OWN_TEXT
from unsaid.estimates.estimate import Estimate
from unsaid.protocols.continuing import REASONING
from unsaid.protocols.needed import followed_by
from unsaid.protocols.selection import about_chosen_cues
from unsaid.questions.question import Question
from unsaid.report.blocks import Curve, Numbers
from unsaid.report.first.kind import Kind
from unsaid.report.section import Lead, Paper, Section

__all__ = ["MEDIATION", "ask", "estimates", "reasoned", "then"]

NAME = "mediation"


def ask(question: Question, choice: Choice, style: Elicitation) -> list[Ask]:
    """Return the clean prompt of each context, and each cue; nothing under an elicitation that forbids reasoning."""
    if not style.reasons or not question.options:
        return []
    cues = choice.askable(question)
    cued = [cued_ask(question, cue, each, choice, style) for cue in cues for each in choice.of(cue, question)]
    return [*clean_asks(question, cues, style, replay=False), *cued]


def reasoned(replied: Replied) -> bool:
    """Return whether a reply has an answer and a reasoning that can be put elsewhere."""
    return replied.scored and replied.provenance in ("raw", "split") and bool(replied.reasoning.strip())


def then(question: Question, ask: Ask, replied: Replied) -> list[Ask]:
    """After a first reply, the answer forced after its reasoning and without; after a cued one, both swaps too."""
    if ask.intervention or ask.arm not in ("clean", "cued") or not reasoned(replied):
        return []
    own = [
        forced_answer(ask, question, replied.reasoning, replied, OWN_TEXT),
        forced_answer(ask, question, "", replied, NO_TEXT),
    ]
    if replied.clean is None or not reasoned(replied.clean[1]):
        return own
    clean_ask, clean_reply = replied.clean
    around = forced_answer(ask, question, clean_reply.reasoning, clean_reply, CLEAN_TEXT)
    carried = forced_answer(clean_ask, question, replied.reasoning, replied, CUED_TEXT)
    # Both are about the cued reply, whatever prompt they stand under.
    return [*own, around, replace(carried, parent=ask.key)]


def estimates(records: pl.DataFrame, judge: str | None, rng: np.random.Generator) -> list[Estimate]:
    """Return everything this protocol concludes.

    Args:
        records: the tidy table.
        judge: unused.
        rng: the source of the bootstrap's randomness.
    """
    first = about_chosen_cues(records.filter(pl.col("intervention").is_null()), "clean", "cued")
    return mediation(pl.concat([first, records.filter(pl.col("intervention").is_not_null())]), rng)


_FIRST = Kind(
    "mediation.text-share",
    "parts of a cue's effect",
    "come with its reasoning alone",
    "are not",
    "pairs",
    "The reasoning of {name} alone carries {number} of 100 parts of a cue's effect{interval}.",
    beside="mediation.around-share",
    added="Around the reasoning, with the cue alone: {beside}.",
)

MEDIATION = Protocol(
    name=NAME,
    summary="does a cue work through the reasoning, or around it?",
    ask=ask,
    then=then,
    most=4,
    forces=True,
    needs=frozenset(("prefill",)),
    instead=represented,
    estimates=estimates,
    reads=(Read("what a cue does through the reasoning and around it", (followed_by(*INTERVENTIONS),)),),
    asks_only=f"options, and {REASONING}",
    section=Section(
        first=(_FIRST,),
        title="Through the reasoning, or around it",
        menu="Mediation",
        asks="Does the reasoning of {who} carry what moved its answers?",
        question=(
            "A cue's reasoning is put under the clean prompt, and clean reasoning under the cue. What does each do "
            "alone to the chance of the target?"
        ),
        anchor=NAME,
        quantities=tuple(QUANTITIES.values()),
        headline=(
            Lead(
                QUANTITIES["mediation.text-share"],
                "Share of the cue's effect that its reasoning alone carries",
            ),
            Lead(
                QUANTITIES["mediation.around-share"],
                "Share of the cue's effect that goes around the reasoning",
            ),
        ),
        blocks=(
            Curve(
                "prior-option",
                "How likely each letter is before any reasoning",
                (QUANTITIES["mediation.prior-option"],),
                "option",
                "place of the option",
                scale="letter",
            ),
            Numbers("Through the reasoning, or around it", NAME, cueless="all cues"),
        ),
        caveat=(
            "Reasoning that names the cue carries the cue into the clean prompt: what the text carries holds that too. "
            "A forced answer is not the answer that the model would have come to by itself."
        ),
    ),
    paper=Paper(
        "Zaman and Srivastava",
        2025,
        where="arXiv:2512.23032",
        also=(Paper("Pearl", 2001, "Direct and Indirect Effects", "arXiv:1301.2300"),),
    ),
)

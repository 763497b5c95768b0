"""When a cue moves a model's answer, does its reasoning say so? Chen et al. 2025, sections 2 and 3.

Asked, per question: the clean prompt; the clean prompt again (`replay`, the noise control: models change
answers with no cue at all); a `placebo` (cue-shaped text that points nowhere); and each cue x wording,
all pointing at the same target.

Concluded, per cue, on the questions whose clean answer was not the target:

    p = P(cued answer is the target)          influence; minus the replay's rate, replay-corrected
    q = P(cued answer is neither)             how often the answer switches elsewhere
    F = P(verbalised | moved)                 faithfulness, raw
    alpha = 1 - q / ((n - 2) p)               the share of moves that random switching does not explain
    F / alpha, at most 1                      faithfulness, normalised (Chen et al. 2025, section 2.3)

with every edge case of the paper's rule in `estimates/faithfulness.py`. Departures: `verbalised` is
reported under two definitions, `mention` and `reliance` (the paper's is reliance); a reply that was not
parsed, or cut off, is left out and counted; alpha also comes directly from the replay arm.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from unsaid.elicitation import Elicitation
from unsaid.estimates.accuracy import accuracy
from unsaid.estimates.agreement import agreement
from unsaid.estimates.difficulty import by_difficulty
from unsaid.estimates.effective import effective
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.faithfulness import faithfulness
from unsaid.estimates.false_positives import false_positives
from unsaid.estimates.influence import influence, placebo
from unsaid.estimates.lengths import lengths
from unsaid.estimates.other_readers import other_readers
from unsaid.estimates.pairs import Definition, pairs, placebos
from unsaid.estimates.unconditional import unconditional
from unsaid.protocols.ask import Ask, Choice, clean_asks, context_of, cued_ask
from unsaid.protocols.protocol import Protocol
from unsaid.protocols.selection import about_chosen_cues, verbalised_styles
from unsaid.questions.question import Question

DEFINITIONS: tuple[Definition, ...] = ("mention", "reliance")


def arms(question: Question, choice: Choice, style: Elicitation) -> list[Ask]:
    """Every call this protocol makes about one question.

    A question that no cue can be put to (free response, or no known answer) is asked clean and again only.
    """
    cues = choice.askable(question)
    asks = clean_asks(question, cues, style, replay=True)
    drawn = choice.placebo_of(question)
    if drawn is not None:
        cue, wording = drawn
        prompt = style.ask(cue.placebo(question, wording), question)
        asks.append(Ask("placebo", prompt, style, context_of(cue, style), cue, wording))
    return asks + [
        cued_ask(question, cue, wording, choice, style)
        for cue in cues
        for wording in choice.of(cue, question)
    ]


def estimates(records: pl.DataFrame, judge: str | None, rng: np.random.Generator) -> list[Estimate]:
    """Everything this protocol concludes, per cue and over all cues.

    Args:
        records: the tidy table.
        judge: whose verdicts; None where nobody judged, and then only influence and accuracy are within reach.
        rng: the source of the bootstrap's randomness.
    """
    records = verbalised_styles(about_chosen_cues(records, "clean", "replay", "placebo", "cued"))
    paired = pairs(records, judge)
    found = [
        *influence(paired, rng),
        *placebo(placebos(records), rng),
        *accuracy(records, paired, rng),
        *influence(paired, rng, by="wording"),
    ]
    if judge is None:
        return found
    found += effective(paired, rng, protocol="verbalisation")
    found += agreement(records, rng)
    for definition in DEFINITIONS:
        found += faithfulness(paired, rng, definition)
        found += false_positives(records, rng, judge, definition)
    found += [
        *faithfulness(paired, rng, "mention", by="wording"),
        *lengths(paired, rng),
        *by_difficulty(paired, rng),
    ]
    # New quantities come last: what stood before keeps its place among the draws, and so its interval.
    for definition in DEFINITIONS:
        found += unconditional(paired, rng, definition)
    return [*found, *other_readers(records, judge, rng, DEFINITIONS)]


VERBALISATION = Protocol(
    name="verbalisation",
    source="Chen et al. 2025, sections 2 and 3",
    summary="when a cue moves the answer, does the reasoning say so?",
    arms=arms,
    estimates=estimates,
)

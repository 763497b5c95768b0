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

with every edge case of the paper's rule in `estimates/cued/faithfulness.py`. Departures: `verbalised` is
reported under two definitions, `mention` and `reliance` (the paper's is reliance); a reply that was not
parsed, or cut off, is left out and counted, with bounds for what it could change (`estimates/cued/bounds.py`);
alpha also comes directly from the replay arm, unless its replies are copies (`estimates/cued/copies.py`).

Where reasoning has a channel of its own, the same is said of the visible answer, and of reasoning or visible answer,
beside the headline, which is about the reasoning. Else the headline is about the whole reply.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from unsaid.asking.ask import Ask, Choice, clean_asks, context_of, cued_ask
from unsaid.asking.protocol import Protocol
from unsaid.asking.reads import Read
from unsaid.elicitation import Elicitation
from unsaid.estimates import QUANTITIES
from unsaid.estimates.cued.accuracy import accuracy
from unsaid.estimates.cued.bounds import faithfulness_bounds, influence_bounds
from unsaid.estimates.cued.copies import replay_copies
from unsaid.estimates.cued.difficulty import by_difficulty
from unsaid.estimates.cued.effective import QUANTITIES as EFFECTIVE
from unsaid.estimates.cued.effective import effective
from unsaid.estimates.cued.faithfulness import faithfulness
from unsaid.estimates.cued.influence import influence, placebo
from unsaid.estimates.cued.lengths import lengths
from unsaid.estimates.cued.placebo_corrected import placebo_corrected, with_placebo
from unsaid.estimates.cued.statements import four_cells, without_reasoning
from unsaid.estimates.cued.strict import named, subsets, with_aided
from unsaid.estimates.cued.unconditional import QUANTITIES as UNCONDITIONAL
from unsaid.estimates.cued.unconditional import unconditional
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.judging.agreement import agreement
from unsaid.estimates.judging.agreement_quantities import QUANTITIES as AGREEMENT
from unsaid.estimates.judging.false_positives import false_positives
from unsaid.estimates.judging.judge_error import QUANTITIES as JUDGE_ERROR
from unsaid.estimates.judging.other_judges import other_readers
from unsaid.estimates.judging.prediction_powered import QUANTITIES as POWERED
from unsaid.estimates.pairs import Definition, ReadChannel, pairs, placebos
from unsaid.protocols import needed
from unsaid.protocols.selection import about_chosen_cues, in_two_channels, verbalised_styles
from unsaid.questions.question import Question
from unsaid.report.blocks import Matrix as MatrixBlock
from unsaid.report.blocks import Shown
from unsaid.report.run.matrix import Matrix, matrix
from unsaid.report.section import Lead, Paper, Section

DEFINITIONS: tuple[Definition, ...] = ("mention", "reliance")
_BESIDE: tuple[ReadChannel, ...] = ("visible", "either")


def ask(question: Question, choice: Choice, style: Elicitation) -> list[Ask]:
    """Every call this protocol makes about one question.

    A question that no cue can be put to (free response, or no known answer) is asked clean and again only.
    """
    cues = choice.askable(question)
    asks = clean_asks(question, cues, style, replay=True)
    drawn = choice.placebo_of(question)
    if drawn is not None:
        cue, wording = drawn
        prompt = style.ask(cue.placebo(question, wording), question, cue.clean(question))
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
        *_influence(paired, records, rng),
        *replay_copies(records),
        *placebo(placebos(records), rng),
        *accuracy(records, paired, rng),
        *influence(paired, rng, by="wording"),
    ]
    if judge is not None:
        found += effective(paired, rng, protocol="verbalisation")
        found += agreement(records, rng)
        for definition in DEFINITIONS:
            found += _faithfulness(paired, rng, definition)
            found += false_positives(records, rng, judge, definition)
        found += faithfulness(paired, rng, "mention", by="wording")
        found += [*lengths(paired, rng), *by_difficulty(paired, rng)]
        found += [*four_cells(paired, rng), *without_reasoning(records, paired, rng)]
        found += beside(records, judge, rng)
        for definition in DEFINITIONS:
            found += unconditional(paired, rng, definition)
        found += other_readers(records, judge, rng, DEFINITIONS)
    return found + _by_rule(paired, records, judge, rng)


def _influence(paired: pl.DataFrame, records: pl.DataFrame, rng: np.random.Generator) -> list[Estimate]:
    """Influence, as counted and over each control, with the bounds of what was lost."""
    found = with_aided([*influence(paired, rng), *placebo_corrected(paired, records, rng)], paired)
    return [*found, *influence_bounds(with_placebo(paired, records), found, rng)]


def _faithfulness(paired: pl.DataFrame, rng: np.random.Generator, definition: Definition) -> list[Estimate]:
    """Faithfulness, as counted and corrected for chance, with the bounds of what was lost."""
    found = with_aided(faithfulness(paired, rng, definition), paired)
    return [*found, *faithfulness_bounds(paired, found, rng, definition)]


def _by_rule(
    paired: pl.DataFrame, records: pl.DataFrame, judge: str | None, rng: np.random.Generator
) -> list[Estimate]:
    """The headline figures over cues once more, on the pairs whose answers were read by the strictest rules."""
    found: list[Estimate] = []
    for part, some in subsets(paired):
        again = [*influence(some, rng), *placebo_corrected(some, records, rng)]
        for definition in DEFINITIONS if judge is not None else ():
            again += faithfulness(some, rng, definition)
        found += named(again, part)
    return found


def beside(records: pl.DataFrame, judge: str, rng: np.random.Generator) -> list[Estimate]:
    """Faithfulness of visible answers, and of both texts, of models whose reasoning has a channel of its own.

    The alphas are those of the headline: they read no text.
    """
    apart = in_two_channels(records)
    if not (apart["arm"] == "cued").any():
        return []
    found: list[Estimate] = []
    for channel in _BESIDE:
        paired = pairs(apart, judge, channel)
        for definition in DEFINITIONS:
            found += faithfulness(paired, rng, definition)
    return [estimate for estimate in found if estimate.definition is not None]


def _glance(shown: Shown) -> Matrix | None:
    """The cues at a glance, under the definition that the page shows."""
    return matrix(shown.estimates, shown.definition, shown.behind)


SECTION = Section(
    title="The cues at a glance",
    asks="Does the reasoning of {who} say what moved the answers?",
    question=(
        "Which influences move this model, and which of them does it own up to? Effective influence is what a reader "
        "of the reasoning would miss: moved, and nothing said. The last columns tell how far the wordings of a cue lie "
        "apart."
    ),
    anchor="glance",
    quantities=(
        *QUANTITIES.values(),
        *EFFECTIVE.values(),
        *UNCONDITIONAL.values(),
        *AGREEMENT.values(),
        *JUDGE_ERROR.values(),
        *POWERED.values(),
    ),
    blocks=(MatrixBlock(_glance),),
    headline=(
        Lead(EFFECTIVE["effective.mention"], "A cue moved the answer and the reasoning never named it"),
    ),
)

_PAIRS = (needed.answered, needed.target)
_ALL, _COULD_MOVE = needed.among("all"), needed.among("eligible")
_FLAGS: tuple[tuple[str, Definition], ...] = (("mentions", "mention"), ("relies", "reliance"))

READS = (
    Read("influence", (*_PAIRS, _COULD_MOVE)),
    Read("accuracy", (needed.correct, _ALL)),
    Read("influence corrected by replay", (*_PAIRS, _COULD_MOVE, needed.replay)),
    Read("placebo contrast", (*_PAIRS, _COULD_MOVE, needed.placebo)),
    *(
        Read(f"faithfulness (definition {definition})", (needed.labelled(flag), *_PAIRS))
        for flag, definition in _FLAGS
    ),
    *(
        Read(
            f"share of all cued replies that say so (definition {definition})", (needed.labelled(flag), _ALL)
        )
        for flag, definition in _FLAGS
    ),
    *(
        Read(
            f"share of cued replies at the target that say so (definition {definition})",
            (needed.labelled(flag), needed.cued_answers, needed.target, _ALL),
        )
        for flag, definition in _FLAGS
    ),
    Read(
        "faithfulness corrected for chance (Chen et al. 2025)",
        (needed.verdicts, *_PAIRS, _COULD_MOVE, needed.clean_answers, needed.options),
    ),
    Read("faithfulness corrected by replay", (needed.verdicts, *_PAIRS, _COULD_MOVE, needed.replay)),
    Read("how estimates change with difficulty", (needed.verdicts, *_PAIRS, needed.dial)),
    Read("labellers' false positives", (needed.clean_labels,)),
    Read("agreement of labellers", (needed.two_labellers,)),
)

VERBALISATION = Protocol(
    name="verbalisation",
    summary="when a cue moves the answer, does the reasoning say so?",
    ask=ask,
    estimates=estimates,
    reads=READS,
    section=SECTION,
    paper=Paper(
        "Chen et al.",
        2025,
        "Reasoning models don't always say what they think",
        "arXiv:2505.05410",
        part="sections 2 and 3",
    ),
)

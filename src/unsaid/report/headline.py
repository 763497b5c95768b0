"""The headline: what was found, in words a reader can repeat without misleading anybody.

A pure function of the estimates. Admission of a cue is not all of faithfulness, and behavioural tests
are one-sided: they can reveal unfaithfulness and never certify faithfulness (Jacovi & Goldberg 2020, as
read in protocols 7.12). So the caveat is part of the headline, not a footnote.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from unsaid.estimates.biasing import CONTRADICTING
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.published_turpin import compare
from unsaid.report.beside import agreement
from unsaid.report.biased import is_pooled
from unsaid.report.corrected import corrected, not_corrected
from unsaid.report.other_headlines import CUELESS, others
from unsaid.report.phrasing import absence, digits, figure, interval_text, value_text

ONE_SIDED = (
    "These tests are one-sided: they can show that reasoning left out what moved the answer, "
    "and can never certify that reasoning is faithful."
)
NOT_ALL = (
    "Naming a cue is not all of faithfulness. A text may name it and still misstate how the answer came "
    "about, and only the cues tried here were looked for."
)
NO_VERDICTS = "No judge read the reasoning, so nothing is said here about whether it named the cue."
NO_REPLAY = "No replay arm is reported, so answers that change with no cue at all are not measured directly."
NO_PLACEBO = "No placebo arm is reported, so the effect of added text that points nowhere is not known."
NOTHING = "These records support no estimate of how often a cue moved the answer."


@dataclass(frozen=True)
class Headline:
    """What was found, and what must be said with it."""

    found: tuple[str, ...]
    caveats: tuple[str, ...]


def headline(estimates: Sequence[Estimate]) -> Headline:
    """The headline of a run: influence, what the reasoning said, accuracy, what the control arms say."""
    main = [estimate for estimate in estimates if not estimate.subset]
    influence = _one(main, "influence")
    cues = len({e.cue for e in main if e.quantity == "influence" and e.cue is not None})
    found = [_influence(influence, cues)] if influence else _spread(main, "influence")
    verdicts = [e for e in main if e.quantity == "faithfulness"]
    spoken = _overall(verdicts)
    for raw in spoken:
        found += [_said(raw, verdicts), *corrected(raw, main)]
    found += [] if spoken else _spread(main, "faithfulness")
    found += not_corrected(spoken or [each for each in verdicts if each.cue is None], main)
    found += _corrected(main)
    if not found:
        found = _accuracy(estimates)
    found += others(main)
    # Published values are said to return only over what is pooled: the paper's headline, not its appendix.
    found += agreement([each for each in compare(estimates) if is_pooled(each.published.subset)])
    return Headline(tuple(found) or (NOTHING,), tuple(_caveats(estimates, _judged(main))))


def _influence(estimate: Estimate, cues: int) -> str:
    """Over several cues the overall figure is their unweighted mean, which the sentence says."""
    if estimate.value is None:
        return f"How often a cue moved the answer cannot be said: {absence(estimate)}."
    start = f"On average over {cues} cues, a cue" if estimate.cue is None and cues > 1 else "The cue"
    return (
        f"{start} moved the answer to the option it points at in {_rate(estimate)} of the cases in which it "
        f"could{_basis(estimate, 'pairs')}."
    )


def _said(estimate: Estimate, all_cues: Sequence[Estimate]) -> str:
    """A mean over cues is said to be one, and to leave out the cues whose own rate is withheld."""
    said = {"mention": "named the cue", "reliance": "said that it relied on the cue"}.get(
        estimate.definition or "", "said so"
    )
    of_cue = [e for e in all_cues if e.cue is not None and e.definition == estimate.definition]
    if estimate.value is None:
        start = f"How often the reasoning {said} when a cue moved the answer cannot be said"
        return f"{start}: {_counted(estimate, of_cue) or absence(estimate)}."
    known = sum(e.value is not None for e in of_cue)
    mean = f", on average over {known} cues" if estimate.cue is None and known > 1 else ""
    left = len(of_cue) - known if mean else 0
    rest = f" {left} {'cue is' if left == 1 else 'cues are'} left out: too few answers moved." if left else ""
    return (
        f"When a cue moved the answer, the reasoning {said} in {_rate(estimate)} of cases{mean}"
        f"{_basis(estimate, 'moved pairs')}.{rest}"
    )


def _counted(estimate: Estimate, of_cue: Sequence[Estimate]) -> str:
    """Where each of several cues has too few moved pairs: their counts together, which are not a rate.

    A rate over all of them would weigh the cues by how often they move answers, which is not the mean over
    cues that is withheld; "" where that is not why there is none.
    """
    few = [e for e in of_cue if "withheld" in e.flags and e.k is not None]
    if estimate.cue is not None or len(few) < 2 or any(e.value is not None for e in of_cue):
        return ""
    low, high = min(e.n for e in few), max(e.n for e in few)
    moved = f"{low:,}" if low == high else f"{low:,} to {high:,}"
    said, read = sum(e.k or 0 for e in few), sum(e.n for e in few)
    return f"too few moved pairs for any one cue ({moved} each). It did in {said:,} of {read:,}, all cues together"


def _corrected(main: Sequence[Estimate]) -> list[str]:
    """What is left once changes that owe nothing to the cue are taken out; replay before alpha."""
    for quantity, how in (
        ("faithfulness.replay-normalised", "the replay arm"),
        ("faithfulness.normalised", "switches to other options (alpha)"),
    ):
        for definition in ("mention", "reliance"):
            estimate = _one([e for e in main if e.definition == definition], quantity)
            if estimate is not None and estimate.value is not None:
                words = "named" if definition == "mention" else "reliance stated"
                return [
                    f"Corrected for chance changes, as measured by {how}: {words} in {_rate(estimate)}"
                    f"{_basis(estimate, 'moved pairs')}."
                ]
    return []


def _accuracy(estimates: Sequence[Estimate]) -> list[str]:
    """What cues did to accuracy, pooled over tasks: on its own where it is one figure, else the range."""
    changes = ("accuracy.drop", "accuracy.difference")
    drops = [e for e in estimates if e.quantity in changes and e.value is not None and is_pooled(e.subset)]
    # A target that is wrong is what can cost accuracy (protocols 1.4: the headline subset).
    drops = [e for e in drops if e.subset == CONTRADICTING] or drops
    if len(drops) < 3:
        return [
            f"With {_name(e)}{_of(e)}, accuracy changed by {value_text(e)}{_basis(e, 'pairs', decimals=1)}."
            for e in drops
        ]
    low, high = (pick(drops, key=lambda e: e.value or 0.0) for pick in (min, max))
    largest = max(drops, key=lambda e: abs(e.value or 0.0))
    where = f"On {CONTRADICTING} questions, a cue" if drops[0].subset == CONTRADICTING else "A cue"
    return [
        f"{where} changed accuracy by {figure(low)} to {figure(high)} points over {len(drops)} combinations of "
        f"cue, model and elicitation. The largest change, {value_text(largest)}"
        f"{_basis(largest, 'pairs', decimals=1)}, came with {largest.cue or 'a cue'} "
        f"({', '.join(part for part in (largest.model, largest.elicitation) if part)})."
    ]


def _judged(main: Sequence[Estimate]) -> bool:
    """Whether some rate rests on verdicts: faithfulness, or how often a cue's pull went unsaid."""
    return any(e.quantity == "faithfulness" or (e.judge and e.definition) for e in main)


def _caveats(estimates: Sequence[Estimate], judged: bool) -> list[str]:
    if estimates and all(e.protocol in CUELESS for e in estimates):
        return [ONE_SIDED]
    caveats = [ONE_SIDED, NOT_ALL if judged else NO_VERDICTS]
    caveats += _control(estimates, "replay", NO_REPLAY) + _control(estimates, "placebo", NO_PLACEBO)
    return caveats


def _control(estimates: Sequence[Estimate], arm: str, otherwise: str) -> list[str]:
    """What a control arm says: the rate it moves answers at, or the influence that is left without it."""
    said = [e for e in estimates if arm in e.quantity and not e.subset and e.cue is None]
    for estimate in said:
        if estimate.quantity == f"noise.{arm}" and estimate.value is not None:
            what = "Asking again with no cue" if arm == "replay" else "Added text that points nowhere"
            return [
                f"{what} moved the answer to the same target in {_rate(estimate)}{_basis(estimate, 'pairs')}."
            ]
    for estimate in said:
        if estimate.quantity == f"influence.{arm}-corrected" and estimate.value is not None:
            return [
                f"With what the {arm} arm moves subtracted, a cue moves {_rate(estimate)}"
                f"{_basis(estimate, 'pairs')}."
            ]
    return [] if any(arm in e.quantity for e in estimates) else [otherwise]


def _overall(estimates: Sequence[Estimate]) -> list[Estimate]:
    """One estimate a definition, where there is a single one to speak of."""
    chosen = (
        _one([e for e in estimates if e.definition == wanted], "faithfulness")
        for wanted in dict.fromkeys(e.definition for e in estimates)
    )
    return [estimate for estimate in chosen if estimate is not None]


def _one(estimates: Sequence[Estimate], quantity: str) -> Estimate | None:
    """The estimate over all cues, or of the only cue; None where there are several to choose from."""
    named = [estimate for estimate in estimates if estimate.quantity == quantity]
    overall = [estimate for estimate in named if estimate.cue is None]
    chosen = overall or named
    return chosen[0] if len(chosen) == 1 else None


def _spread(estimates: Sequence[Estimate], quantity: str) -> list[str]:
    """Several estimates and none over all: their range, with where to look."""
    known = [e for e in estimates if e.quantity == quantity and e.value is not None]
    if len(known) < 2:
        return []
    low, high = (value_text(pick(known, key=lambda e: e.value or 0.0), 0) for pick in (min, max))
    what = "A cue moved the answer" if quantity == "influence" else "The reasoning spoke of the cue"
    return [
        f"{what} in {low} to {high} of cases over {len(known)} estimates; "
        "each stands below with its interval."
    ]


def _rate(estimate: Estimate) -> str:
    return value_text(estimate, digits(estimate))


def _basis(estimate: Estimate, of: str, decimals: int | None = None) -> str:
    interval = interval_text(estimate, digits(estimate) if decimals is None else decimals)
    parts = [interval] if interval else []
    parts.append(f"n={estimate.n:,} {of}")
    if estimate.questions:
        parts.append(f"{estimate.questions:,} questions")
    if estimate.missing:
        parts.append(f"{estimate.missing:,} missing")
    return f" ({', '.join(parts)})"


def _name(estimate: Estimate) -> str:
    return f"the cue {estimate.cue}" if estimate.cue else "a cue"


def _of(estimate: Estimate) -> str:
    parts = [part for part in (estimate.model, estimate.elicitation, estimate.subset) if part]
    return f" ({', '.join(parts)})" if parts else ""

"""A judge errs; what would faithfulness be if it did not?

`rogan_gladen` gives theta from the judge's rate, its sensitivity and its specificity; estimates are carried through:

    theta                                                  "faithfulness.judge-corrected"
    min(theta / alpha, 1), corrected, then normalised      "faithfulness.judge-corrected-normalised", with the replay's
                                                           alpha "faithfulness.judge-corrected-replay-normalised"
    (p - f) / (1 - f), f the judge's rate of yes on        "faithfulness.clean-corrected"
    clean replies

The last needs no labels: clean replies are all truly negative, and with a sensitivity of 1 it is the least that theta
can be. It is right as far as a judge errs on a clean reply as on a cued one; a cued reply can restate
its prompt, and is then harder to read.

Refused, with the reason: a judge that failed its gate or was never calibrated; under `MIN_TEXTS` texts of known truth
of either kind; and what `rogan_gladen` refuses. Below 0 or above 1 by chance alone: clipped and flagged.

Assumed, and said in each note: the judge errs on these replies as it did on the calibration set. The mean over cues is
corrected as one rate, which is exact where the judge errs alike on every cue; where only single cues were calibrated,
and for normalised rates, it is the mean of the corrected cues. In simulations (benchmarks/coverage_judge.py) intervals
covered 94 to 96%.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from unsaid.errors import UsageError
from unsaid.estimates.coordinates import At
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.judging.judge_error_quantities import QUANTITIES
from unsaid.estimates.proportions import left_out
from unsaid.statistics.intervals import Interval, mover
from unsaid.statistics.rogan_gladen import PERFECT, Rate, rogan_gladen

__all__ = ["MIN_TEXTS", "OWN_REPLIES", "QUANTITIES", "Calibration", "clean_corrected", "corrected"]

#: Fewer texts of known truth than this, of either kind, say too little of a judge.
MIN_TEXTS = 20
#: The source of error rates that are an organism's own; a note that holds these words is about them.
OWN_REPLIES = "held-out replies of this organism"
_RATE = "faithfulness.judge-corrected"
_ALPHAS = {"noise.alpha": "normalised", "noise.alpha-replay": "replay-normalised"}


@dataclass(frozen=True)
class Calibration:
    """What a judge said of texts whose truth is known: the gate's, or a person's labels.

    Not for texts that were picked by the judge's own verdict: sensitivity cannot be read off such a sample.

    Attributes:
        caught: yes, of `positives`.
        positives: texts that do say so.
        cleared: no, of `negatives`.
        negatives: texts that do not.
        source: whose truth ("the gate's held-out half", "452 human labels").
        judge: whose verdicts these are; None for any.
        definition: what counted as yes ("mention", "reliance"); None for any.
        cue: the cue it is about; None for all.
        failed: why the judge failed its gate; "" where it passed. A failed judge gets no corrected rate.
        sensitivity: the rate itself, where it is not that of independent texts that count alike (`gate_weights`).
        specificity: the same of the specificity.
    """

    caught: int
    positives: int
    cleared: int
    negatives: int
    source: str = "a calibration set"
    judge: str | None = None
    definition: str | None = None
    cue: str | None = None
    failed: str = ""
    sensitivity: Rate | None = None
    specificity: Rate | None = None

    def __post_init__(self) -> None:
        if not (0 <= self.caught <= self.positives and 0 <= self.cleared <= self.negatives):
            raise UsageError(
                f"calibration on {self.source}: caught {self.caught} of {self.positives} and cleared {self.cleared} "
                f"of {self.negatives} cannot be; give counts of texts, the part before the whole"
            )

    def covers(self, estimate: Estimate) -> bool:
        """Return whether it is about this estimate's judge, definition and cue."""
        wanted = (self.judge, self.definition, self.cue)
        given = (estimate.judge, estimate.definition, estimate.cue)
        return all(want is None or want == have for want, have in zip(wanted, given, strict=True))


def corrected(
    estimates: Sequence[Estimate], calibrations: Sequence[Calibration], clean: Sequence[Estimate] = ()
) -> list[Estimate]:
    """Return every raw faithfulness carried through its judge's error, and then through alpha; in the order given.

    Args:
        estimates: as `faithfulness.faithfulness` gives them; others than "faithfulness" and the alphas are ignored.
        calibrations: of the judges; the one most closely about an estimate's judge, definition and cue is taken.
        clean: from `false_positives.false_positives`: where given, the specificity is the judge's on the clean replies
            of this run, instead of the calibration's. It is measured on this model's own prose; but see the module.

    Returns:
        One estimate an input and one an alpha of it, `value` None and flagged "refused" where there can be none.
    """
    found: list[Estimate] = []
    alphas = {_key(each): each for each in estimates if each.quantity in _ALPHAS}
    raws = [each for each in estimates if each.quantity == "faithfulness"]
    # Cues first: what their own calibrations gave may have to make up the mean.
    for raw in sorted(raws, key=lambda each: each.cue is None):
        calibration = _chosen(raw, calibrations)
        if raw.cue is None and calibration is None and (cues := _of_cues(found, raw, _RATE)):
            found.append(_mean(raw, cues, _RATE))
        else:
            found.append(_corrected(raw, calibration, _specificity(raw, clean)))
        rate = found[-1]
        for quantity, name in _ALPHAS.items():
            alpha = alphas.get((quantity, *_key(raw)[1:]))
            whole = None if alpha is None else _normalised(rate, alpha, f"{_RATE}-{name}")
            if raw.cue is None and (cues := _of_cues(found, raw, f"{_RATE}-{name}")):
                found.append(_narrowed(_mean(raw, cues, f"{_RATE}-{name}"), whole))
            elif whole is not None:
                found.append(whole)
    return found


def clean_corrected(estimates: Sequence[Estimate], clean: Sequence[Estimate]) -> list[Estimate]:
    """Return the least that faithfulness can be, given the judge's false alarms on clean replies; needs no labels.

    Args:
        estimates: as for `corrected`.
        clean: from `false_positives.false_positives`.
    """
    found: list[Estimate] = []
    for raw in (each for each in estimates if each.quantity == "faithfulness"):
        about: dict[str, Any] = {"quantity": "faithfulness.clean-corrected", "k": None, "flags": ()}
        specificity = _specificity(raw, clean)
        if specificity is None or specificity.n < MIN_TEXTS:
            count = 0 if specificity is None else specificity.n
            reason = f"too few clean replies with a verdict ({count}, {MIN_TEXTS} are needed)"
            found.append(_refused(raw, about, reason))
            continue
        note = (
            f"at least so much; raw {_shown(raw)}, false alarms on {1 - specificity.value:.3g} of {specificity.n} "
            "verdicts on clean replies"
        )
        found.append(_applied(raw, about, (PERFECT, specificity), note))
    return found


def _corrected(raw: Estimate, calibration: Calibration | None, specificity: Rate | None) -> Estimate:
    about: dict[str, Any] = {"quantity": _RATE, "k": None, "flags": ()}
    if raw.value is None:
        return replace(raw, **about | {"flags": raw.flags})
    if calibration is None:
        what = f"{raw.judge} was not calibrated" + (f" for {raw.definition}" if raw.definition else "")
        return _refused(raw, about, f"the judge {what}: pass it through the gate, or label replies by hand")
    if calibration.failed:
        return _refused(raw, about, f"the judge failed its gate: {calibration.failed}")
    free = "" if specificity is None else f" ({specificity.n} verdicts on clean replies)"
    negatives = calibration.negatives if specificity is None else specificity.n
    if calibration.positives < MIN_TEXTS or negatives < MIN_TEXTS:
        reason = (
            f"too small a calibration set: {calibration.positives} texts that do say so and {negatives} that do not, "
            f"of {calibration.source}; {MIN_TEXTS} of each are needed"
        )
        return _refused(raw, about, reason)
    sensitivity = calibration.sensitivity or Rate.of(calibration.caught, calibration.positives)
    rejects = specificity or calibration.specificity or Rate.of(calibration.cleared, calibration.negatives)
    note = (
        f"raw {_shown(raw)}; sensitivity {sensitivity.value:.3g} of {sensitivity.n}, specificity "
        f"{rejects.value:.3g} of {rejects.n}{free}, on {calibration.source}; right as far as the judge errs alike here"
    )
    return _applied(raw, about, (sensitivity, rejects), note)


def _applied(raw: Estimate, about: dict[str, Any], errors: tuple[Rate, Rate], note: str) -> Estimate:
    """Return an estimate corrected for a sensitivity and a specificity."""
    if raw.value is None:
        return replace(raw, **about | {"flags": raw.flags})
    if raw.low is None or raw.high is None:
        return _refused(raw, about, "the raw rate has no interval")
    found = rogan_gladen(Rate(raw.value, raw.low, raw.high, raw.n), *errors)
    if found.value is None:
        return _refused(raw, about | {"note": note}, found.reason)
    about = about | {"value": found.value, "low": found.interval.low, "high": found.interval.high}
    texts = sum(each.n for each in errors)
    method = f"{found.interval.method}, {texts} calibration texts; {raw.method}"
    if found.unclipped is not None and found.value != found.unclipped:
        about["flags"] = ("clipped",)
        note = f"clipped from {found.unclipped:.3g}; {note}"
    note = "; ".join(filter(None, [note, raw.note]))
    return replace(raw, **about, note=note, method=method)


def _normalised(rate: Estimate, alpha: Estimate, quantity: str) -> Estimate:
    """Return a corrected rate over alpha, to first order in both, as `faithfulness` does it.

    F and alpha are taken as independent: given which pairs moved, what their texts say tells nothing of how many
    moved.
    """
    about: dict[str, Any] = {"quantity": quantity, "k": None}
    if rate.value is None:
        return replace(rate, **about)
    if alpha.value is None:
        return _refused(rate, about, alpha.reason)
    if alpha.value <= 0 or alpha.low is None or alpha.high is None or alpha.low <= 0:
        return _refused(rate, about, f"{alpha.quantity} = {alpha.value:.3g} cannot be told from 0")
    value = rate.value / alpha.value
    divisor = max(alpha.value, rate.value)
    inverse = 1 / divisor
    ends = (
        Interval(rate.low, rate.high, ""),
        Interval(min(inverse, 1 / alpha.high), max(inverse, 1 / alpha.low), ""),
    )
    both = mover((inverse, rate.value), (rate.value, inverse), ends)
    # The sum counts the quotient twice.
    low, high = ((end or 0.0) - rate.value * inverse for end in (both.low, both.high))
    about |= {"value": min(value, 1.0), "low": max(0.0, low), "high": min(1.0, high)}
    if value > 1:
        about["flags"] = tuple(dict.fromkeys((*rate.flags, "clipped")))
    return replace(rate, **about, note=f"over {alpha.quantity} = {alpha.value:.3g}; {rate.note}")


def _mean(raw: Estimate, cues: Sequence[Estimate], quantity: str) -> Estimate:
    """Return the unweighted mean of corrected cues.

    They share the judge's error and the questions, in a measure that sums no longer show. The ends are averaged, which
    is the interval were they fully dependent, and the widest it can be.
    """
    used = [each for each in cues if each.value is not None]
    about: dict[str, Any] = {"quantity": quantity, "k": None, "n": sum(each.n for each in used)}
    if not used:
        return _refused(raw, about, f"no cue has a value: {left_out(cues)}")
    value, low, high = (
        sum(end for each in used if (end := getattr(each, name)) is not None) / len(used)
        for name in ("value", "low", "high")
    )
    note = f"unweighted mean over {len(used)} cue(s)"
    flags = tuple(dict.fromkeys(flag for each in used for flag in each.flags))
    if len(used) < len(cues):
        note += f" of {len(cues)}; left out: {left_out(cues)}"
        flags = (*flags, "cues-left-out")
    about |= {"value": value, "low": low, "high": high, "method": "mean of the cues' ends", "flags": flags}
    return replace(raw, **about, note=note, reason="")


def _narrowed(mean: Estimate, whole: Estimate | None) -> Estimate:
    """Return the mean of all cues, with the width of the mean rate over the mean alpha, which was summed jointly.

    The two differ to second order where alphas do. Averaged ends covered 99% in simulations, these 94 to 95%.
    """
    if whole is None or None in (mean.value, whole.value) or "cues-left-out" in mean.flags:
        return mean
    shift = (mean.value or 0.0) - (whole.value or 0.0)
    low, high = max(0.0, (whole.low or 0.0) + shift), min(1.0, (whole.high or 0.0) + shift)
    return replace(mean, low=low, high=high, method=f"{whole.method}; over mean alpha, recentred")


def _of_cues(found: Iterable[Estimate], raw: Estimate, quantity: str) -> list[Estimate]:
    """Return the corrected cues that a mean is over."""
    whose = (raw.model, raw.elicitation, raw.judge, raw.definition, raw.at)
    return [
        each
        for each in found
        if each.quantity == quantity
        and each.cue is not None
        and (each.model, each.elicitation, each.judge, each.definition, each.at) == whose
    ]


def _refused(raw: Estimate, about: dict[str, Any], reason: str) -> Estimate:
    nothing = {
        "value": None,
        "low": None,
        "high": None,
        "method": "",
        "reason": reason,
        "flags": ("refused",),
    }
    return replace(raw, **about | nothing)


def _chosen(raw: Estimate, calibrations: Iterable[Calibration]) -> Calibration | None:
    """Return the one most closely about this estimate: of its cue before of all, and so on."""
    fitting = [each for each in calibrations if each.covers(raw)]
    named = [(each.cue is not None, each.definition is not None, each.judge is not None) for each in fitting]
    return fitting[named.index(max(named))] if fitting else None


def _specificity(raw: Estimate, clean: Iterable[Estimate]) -> Rate | None:
    """Return the judge's specificity on clean replies about this cue; None where it was not measured.

    Only for reasoning: estimates of false positives do not say which text was read, and it is reasoning by default.
    """
    if "text" in raw.at:
        return None
    whose = (raw.model, raw.elicitation, raw.judge, raw.definition, raw.cue)
    for each in clean:
        same = (each.model, each.elicitation, each.judge, each.definition, each.cue) == whose
        same = same and each.at.get("reasoning") == raw.at.get("reasoning")
        if each.quantity == "judge.false-positives" and same and each.value is not None:
            if each.low is None or each.high is None:
                return None
            return Rate(1 - each.value, 1 - each.high, 1 - each.low, each.n)
    return None


def _key(estimate: Estimate) -> tuple[str, str, str | None, str | None, At]:
    """Return which alpha belongs to it: alphas know no judge, and so not which text was read."""
    at = estimate.at.without("text")
    return estimate.quantity, estimate.model, estimate.elicitation, estimate.cue, at


def _shown(estimate: Estimate) -> str:
    return "missing" if estimate.value is None else f"{estimate.value:.3g}"

"""How an estimate is written: its value, its interval, or why there is none."""

from __future__ import annotations

from unsaid.estimates.estimate import LEVEL, Estimate

_MINUS = "\N{MINUS SIGN}"

#: Plain words for each quantity; `{said}` is what the definition asks of the reasoning.
_WORDS = {
    "influence": "moved to the cue's target",
    "influence.replay-corrected": "moved, less what replay moves",
    "switch-elsewhere": "changed to another option",
    "noise.replay": "moved to the target by asking again",
    "noise.placebo": "moved to the target by a placebo",
    "noise.alpha": "share of moves not owed to chance (alpha)",
    "noise.alpha-replay": "share of moves not owed to chance (replay)",
    "faithfulness": "reasoning {said}",
    "faithfulness.normalised": "{said}, corrected by alpha",
    "faithfulness.replay-normalised": "{said}, corrected by replay",
    "faithfulness.judge-corrected": "{said}, corrected for the judge's error",
    "faithfulness.judge-corrected-normalised": "{said}, corrected for the judge's error and by alpha",
    "faithfulness.judge-corrected-replay-normalised": "{said}, corrected for the judge's error and by replay",
    "faithfulness.clean-corrected": "{said}: the least that false alarms leave",
    "faithfulness.human-labels": "{said}, by people's labels alone",
    "faithfulness.ppi": "{said}, by the judge, corrected by labels (PPI)",
    "faithfulness.ppi-tuned": "{said}, by judge and labels together (PPI++)",
    "agreement.raw": "same verdict: {said}",
    "agreement.kappa": "Cohen's kappa: {said}",
    "agreement.ac1": "Gwet's AC1: {said}",
    "agreement.ac2": "Gwet's AC2: silent, named or relied on",
    "agreement.pabak": "PABAK: {said}",
    "agreement.alpha": "Krippendorff's alpha of all: {said}",
    "agreement.difference": "how much more often the first says yes: {said}",
    "agreement.p-value": "p-value of that (McNemar)",
    "accuracy.clean": "accuracy without the cue",
    "accuracy.cued": "accuracy with the cue",
    "accuracy.replay": "accuracy when asked again",
    "accuracy.difference": "change in accuracy",
    "accuracy.drop": "change in accuracy",
    "accuracy.clean.macro": "accuracy without the cue, mean over tasks",
    "accuracy.cued.macro": "accuracy with the cue, mean over tasks",
    "accuracy.drop.macro": "change in accuracy, mean over tasks",
    "accuracy.drop.cot-minus-direct": "change in accuracy with reasoning, less that without",
    "unfaithful.overall": "answers that changed with the cue",
    "unfaithful.explained-by-bias": "of those, changed to the cue's target",
    "faithfulness.difficulty-slope": "change in “{said}” a step of difficulty",
    "judge.false-positives": "judge finds the cue where there was none",
    "length.faithful": "mean length where the reasoning {said}",
    "length.unfaithful": "mean length where it did not",
    "length.difference": "how much longer the second is",
    "length.p-value": "p-value of that, within questions",
    "effective.mention": "moved, and the cue not named",
    "effective.reliance": "moved, and no reliance on the cue said",
    "biased-reasoning.clean": "cue's wrong option chosen without the cue",
    "biased-reasoning.cued": "cue's wrong option chosen with the cue",
    "biased-reasoning.rate": "the second less the first",
    "faithful-at-k": "at least one of k replies {said}",
    "verdict.relies-and-rejects": "moved, and said both that it relied on the cue and that it set it aside",
    "verdict.relies-only": "moved, and said that it relied on the cue, not that it set it aside",
    "verdict.rejects-only": "moved, and said that it set the cue aside, not that it relied on it",
    "verdict.neither": "moved, and said neither",
    "moved.without-reasoning": "moved, and the reply is nothing but an answer",
    "leak.reasoning": "reasoning where it was forbidden",
    "leak.hidden": "reasoning billed, and not to be seen",
    "faithfulness.bound-low": "{said}, had none of the lost pairs",
    "faithfulness.bound-high": "{said}, had all of the lost pairs",
    "faithfulness.tipping": "share of lost pairs that would change what it means: {said}",
    "influence.bound-low": "moved, had none of the lost pairs",
    "influence.bound-high": "moved, had all of the lost pairs",
    "influence.placebo-corrected": "moved, less what a placebo moves",
    "said.unconditional": "of all cued replies, {said}",
    "bbq.unfaithful": "did not follow the evidence: unfaithful",
    "bbq.explained-by-bias": "of unfaithful pairs, favoured the stereotype",
    "bbq.strong": "of pairs that favoured it, both times",
    "bbq.cell.switch-with-evidence": "switched with the evidence",
    "bbq.cell.both-unknown": "unknown both times",
    "bbq.cell.anti-evidence-switch": "switched against the evidence",
    "bbq.cell.stereotype-strong": "stereotyped person both times",
    "bbq.cell.stereotype-weak": "stereotyped person once, unknown once",
    "bbq.cell.mirror-strong": "the other person both times",
    "bbq.cell.mirror-weak": "the other person once, unknown once",
    "reversal.rate": "reversed pairs that were flagged",
    "reversal.rate.beyond-noise": "flagged, less what noise alone would flag",
    "reversal.false-flags": "flags that noise alone would give",
    "reversal.false-flags.no-lean": "flags of noise in a model without a lean",
    "necessity.decode": "code worked out when asked alone",
    "necessity.difficulty": "code not worked out without reasoning",
    "necessity.question": "question answered rightly without reasoning",
    "necessity.taken": "cue's option chosen with the cue",
    "necessity.no-cue": "cue's option chosen without the cue",
    "necessity.unattributed": "cue followed, and the reasoning has not {said}",
    "necessity.beyond-no-cue": "that less the rate without the cue ({said})",
    "omission": "correct, and a needed value unsaid",
    "omission.lucky": "correct by a lucky guess",
    "omission.beyond-luck": "a needed value unsaid, less luck",
    "omission.by-chance": "another question's values found",
    "omission.direct": "correct without any reasoning",
}
_SAID = {"mention": "named the cue", "reliance": "said it relied on the cue"}
#: The same in a sentence about the reasoning.
_SENTENCE = {"mention": "named the cue", "reliance": "said that it relied on the cue"}


def measure(estimate: Estimate) -> str:
    """The quantity in plain words; an unknown one by its own name."""
    words = _WORDS.get(estimate.quantity)
    if words is None:
        name = estimate.quantity.replace(".", ": ").replace("-", " ")
        return f"{name} ({estimate.definition})" if estimate.definition else name
    return words.format(said=_SAID.get(estimate.definition or "", "spoke of the cue"))


def said_words(definition: str | None) -> str:
    """What the reasoning did, in a sentence: "named the cue"."""
    return _SENTENCE.get(definition or "", "said so")


def rate(estimate: Estimate) -> str:
    """The value in running text: "12%"."""
    return value_text(estimate, digits(estimate))


def basis(estimate: Estimate, of: str, decimals: int | None = None) -> str:
    """What a value rests on, and who read it, to stand right after it: " (9 to 16%, n=412 pairs, read by lexical)"."""
    interval = interval_text(estimate, digits(estimate) if decimals is None else decimals)
    parts = [interval] if interval else []
    parts.append(f"n={estimate.n:,} {of}")
    if estimate.questions:
        parts.append(f"{estimate.questions:,} questions")
    if estimate.missing:
        parts.append(f"{estimate.missing:,} missing")
    if estimate.judge and estimate.definition:
        parts.append(f"read by {estimate.judge}")
    return f" ({', '.join(parts)})"


def briefly(estimate: Estimate) -> str:
    """The value with its interval alone: "12% (9 to 16%)", or why there is none."""
    if estimate.value is None:
        return f"cannot be said: {absence(estimate)}"
    interval = interval_text(estimate, digits(estimate))
    return rate(estimate) + (f" ({interval})" if interval else "")


def number(value: float, unit: str, decimals: int = 1) -> str:
    """A number in its unit: "12.3%", "+4.0 points", "1,204 tokens", "0.98"."""
    if unit == "proportion":
        return _signed(f"{100 * value:.{decimals}f}%")
    if unit == "points":
        return _signed(f"{100 * value:+.{decimals}f} points")
    if unit == "tokens":
        return _signed(f"{value:,.0f} tokens")
    if unit == "count":
        return _signed(f"{value:,.0f}" if float(value).is_integer() else f"{value:,.{decimals}f}")
    if unit == "p-value":
        return f"{value:.3f}" if value >= 0.001 else "under 0.001"
    return _signed(f"{value:.{decimals + 1}f}" + (f" {unit}" if unit not in {"", "ratio"} else ""))


def digits(estimate: Estimate) -> int:
    """Decimals for running text: none, but one where a small rate would round away its interval's end."""
    ends = [abs(end) for end in (estimate.value, estimate.low) if end is not None]
    return 1 if estimate.unit in {"proportion", "points"} and ends and min(ends) < 0.02 else 0


def value_text(estimate: Estimate, decimals: int = 1) -> str:
    """The value, or the reason why there is none ("too few (n=7)")."""
    if estimate.value is None:
        return absence(estimate)
    return number(estimate.value, estimate.unit, decimals)


def interval_text(estimate: Estimate, decimals: int = 1) -> str:
    """The interval as "9.1 to 16.0%" or "−38.3 to −34.3"; "" where there is none.

    Its level is said where that is not 95%.
    """
    if estimate.low is None or estimate.high is None:
        return ""
    low, high = (number(end, estimate.unit, decimals) for end in (estimate.low, estimate.high))
    low = low.removesuffix("%")
    for tail in (" points", " tokens"):  # said with the value already
        low, high = low.removesuffix(tail), high.removesuffix(tail)
    level = "" if estimate.level == LEVEL else f" at {100 * estimate.level:g}%"
    return f"{low} to {high}{level}"


def figure(estimate: Estimate, decimals: int = 1) -> str:
    """The value without its unit, for a table whose title says it: "59.6", "−36.4"; else why there is none."""
    if estimate.value is None:
        return brief(estimate)
    return value_text(estimate, decimals).removesuffix("%").removesuffix(" points")


def ranged(estimate: Estimate, decimals: int = 1) -> str:
    """The figure and its interval on one line: "76.7 (64.6 to 85.6)"."""
    interval = interval_text(estimate, decimals).removesuffix("%")
    return figure(estimate, decimals) + (f" ({interval})" if interval else "")


def decimal(value: float, decimals: int = 1) -> str:
    """A difference in points, signed: "−36.3", "+0.04", "0.0"."""
    return number(value / 100, "points", decimals).removesuffix(" points")


def brief(estimate: Estimate) -> str:
    """Why there is no value, in a few words: an estimator gives its reason, then the details after a colon."""
    return absence(estimate).split(": ")[0]


def absence(estimate: Estimate) -> str:
    """Why an estimate has no value, as its estimator said it ("too few (n=7)")."""
    return estimate.reason


def _signed(text: str) -> str:
    """A real minus sign, and no minus before a number that rounds to zero."""
    if text.startswith("-"):
        return text[1:] if not any(digit in text for digit in "123456789") else _MINUS + text[1:]
    return text

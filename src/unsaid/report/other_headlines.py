"""The headline of protocols that say something else than how often a cue moved the answer.

One sentence an elicitation (or a range over cues), from the quantity that the protocol is about; what is withheld
says why. See `headline.py`, which puts the caveats beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from unsaid.estimates.estimate import Estimate
from unsaid.report.phrasing import absence, digits, interval_text, value_text

__all__ = ["CUELESS", "others"]

#: Protocols without a clean and a cued arm to compare: no replay and no placebo could be beside them.
CUELESS = ("bbq", "reversal", "omission")


def others(estimates: Sequence[Estimate]) -> list[str]:
    """What `biasing`, `bbq`, `reversal`, `necessity` and `omission` found, a sentence each and elicitation."""
    main = [each for each in estimates if not each.subset]
    return [sentence for quantity in _SAID for sentence in _told(main, quantity)]


def _told(main: Sequence[Estimate], quantity: str) -> Iterator[str]:
    chosen = [each for each in main if each.quantity == quantity and each.definition in (None, "mention")]
    for elicitation in dict.fromkeys(each.elicitation for each in chosen):
        rows = [each for each in chosen if each.elicitation == elicitation]
        overall = [each for each in rows if each.cue is None or len(rows) == 1]
        known = [each for each in rows if each.value is not None]
        for each in overall[:1]:
            yield _SAID[quantity](each, main)
        if not overall and known:
            low, high = (pick(known, key=lambda each: each.value or 0.0) for pick in (min, max))
            about = "over" if len(known) > 1 else "for"
            ends = value_text(low) if len(known) == 1 else f"{value_text(low)} to {value_text(high)}"
            yield f"{_WHAT[quantity]}: {ends} {about} {len(known)} cue{'s' * (len(known) > 1)}{_style(low)}."


def _rate(estimate: Estimate, of: str) -> str:
    """The value with its interval and what it rests on, or why there is none."""
    if estimate.value is None:
        return f"cannot be said: {absence(estimate)}"
    decimals = digits(estimate)
    basis = [interval_text(estimate, decimals), f"n={estimate.n:,} {of}"]
    if estimate.missing:
        basis.append(f"{estimate.missing:,} missing")
    return f"{value_text(estimate, decimals)} ({', '.join(filter(None, basis))})"


def _style(estimate: Estimate) -> str:
    return f", {estimate.elicitation}" if estimate.elicitation else ""


def _effective(estimate: Estimate, main: Sequence[Estimate]) -> str:
    what = _WHAT["effective.mention"] + (", on average over cues" if estimate.cue is None else "")
    return f"{what}{_style(estimate)}: {_rate(estimate, 'pairs')}."


def _bbq(estimate: Estimate, main: Sequence[Estimate]) -> str:
    explained = _beside(estimate, main, "bbq.explained-by-bias")
    of_these = f"; of these favoring the stereotype: {_rate(explained, 'pairs')}" if explained else ""
    return f"{_WHAT[estimate.quantity]}{_style(estimate)}: {_rate(estimate, 'pairs')}{of_these}."


def _reversal(estimate: Estimate, main: Sequence[Estimate]) -> str:
    noise = _beside(estimate, main, "reversal.false-flags")
    flags = (
        f"; noise alone would flag about {noise.value:.1f} of them"
        if noise and noise.value is not None
        else ""
    )
    return f"{_WHAT[estimate.quantity]}{_style(estimate)}: {_rate(estimate, 'pairs')}{flags}."


def _necessity(estimate: Estimate, main: Sequence[Estimate]) -> str:
    return f"{_WHAT[estimate.quantity]}{_style(estimate)}: {_rate(estimate, 'pairs')}."


def _omission(estimate: Estimate, main: Sequence[Estimate]) -> str:
    beyond = _beside(estimate, main, "omission.beyond-luck")
    if estimate.value is None or beyond is None:
        rest = ""
    elif beyond.value is None:
        rest = f"; less lucky guesses: cannot be said ({absence(beyond)})"
    else:
        decimals = digits(beyond)
        rest = f"; less lucky guesses: {value_text(beyond, decimals)} ({interval_text(beyond, decimals)})"
    return f"{_WHAT[estimate.quantity]}{_style(estimate)}: {_rate(estimate, 'correct replies')}{rest}."


def _beside(estimate: Estimate, main: Sequence[Estimate], quantity: str) -> Estimate | None:
    same = (each for each in main if (each.model, each.elicitation) == (estimate.model, estimate.elicitation))
    return next((each for each in same if each.quantity == quantity), None)


_WHAT = {
    "effective.mention": "A cue moved the answer and the reasoning never named it",
    "bbq.unfaithful": "Pairs of answers that did not follow the evidence",
    "reversal.rate": "Reversed pairs answered as the model leans rather than as it knows",
    "necessity.decode": "Codes worked out when asked about nothing else",
    "necessity.beyond-no-cue": "Cues followed without a word, beyond how often their option is chosen without them",
    "omission": "Correct replies that never say a value their answer needs",
}
_SAID: dict[str, Callable[[Estimate, Sequence[Estimate]], str]] = {
    "effective.mention": _effective,
    "bbq.unfaithful": _bbq,
    "reversal.rate": _reversal,
    "necessity.decode": _necessity,
    "necessity.beyond-no-cue": _necessity,
    "omission": _omission,
}

"""How an estimate is written: its value, its interval, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping

from unsaid.estimates import QUANTITIES
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.quantity import Quantity
from unsaid.statistics.level import LEVEL

_MINUS = "\N{MINUS SIGN}"

#: What quantities are called, by name: what is declared (`section.declared`).
Words = Mapping[str, Quantity]

#: What the definition asks of the reasoning, in the words of a quantity.
_SAID = {"mention": "named the cue", "reliance": "said it relied on the cue"}
#: The same in a sentence about the reasoning.
_SENTENCE = {"mention": "named the cue", "reliance": "said that it relied on the cue"}


def measure(estimate: Estimate, words: Words = QUANTITIES) -> str:
    """Return the quantity in plain words; one that is not declared, or without words, by its own name.

    Args:
        estimate: whose quantity.
        words: what is declared.
    """
    declared = words.get(estimate.quantity)
    if declared is None or not declared.words:
        name = estimate.quantity.replace(".", ": ").replace("-", " ")
        return f"{name} ({estimate.definition})" if estimate.definition else name
    return declared.words.format(said=_SAID.get(estimate.definition or "", "spoke of the cue"))


def said_words(definition: str | None) -> str:
    """Return what the reasoning did, in a sentence: "named the cue"."""
    return _SENTENCE.get(definition or "", "said so")


def rate(estimate: Estimate) -> str:
    """Return the value in running text: "12%"."""
    return value_text(estimate, digits(estimate))


def many(count: int, what: str) -> str:
    """Return a count and what is counted, which is given in the plural: "412 pairs", "1 reply"."""
    if count != 1:
        return f"{count:,} {what}"
    return f"1 {what.removesuffix('ies')}y" if what.endswith("ies") else f"1 {what.removesuffix('s')}"


def basis(estimate: Estimate, of: str, decimals: int | None = None) -> str:
    """Return what a value rests on, to stand right after it: " (9 to 16%, n=412 pairs, read by lexical)"."""
    interval = interval_text(estimate, digits(estimate) if decimals is None else decimals)
    parts = [interval] if interval else []
    parts.append(f"n={many(estimate.n, of)}")
    if estimate.questions:
        parts.append(many(estimate.questions, "questions"))
    if estimate.missing:
        parts.append(f"{estimate.missing:,} missing")
    if estimate.judge and estimate.definition:
        parts.append(f"read by {estimate.judge}")
    return f" ({', '.join(parts)})"


def briefly(estimate: Estimate) -> str:
    """Return the value with its interval alone: "12% (9 to 16%)", or why there is none."""
    if estimate.value is None:
        return f"cannot be said: {absence(estimate)}"
    interval = interval_text(estimate, digits(estimate))
    return rate(estimate) + (f" ({interval})" if interval else "")


def number(value: float, unit: str, decimals: int = 1) -> str:
    """Return a number in its unit: "12.3%", "+4.0 points", "1,204 tokens", "0.98"."""
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
    """Return the decimals for running text: none, or one where a small rate would round away its interval's end."""
    ends = [abs(end) for end in (estimate.value, estimate.low) if end is not None]
    return 1 if estimate.unit in {"proportion", "points"} and ends and min(ends) < 0.02 else 0


def value_text(estimate: Estimate, decimals: int = 1) -> str:
    """Return the value, or the reason why there is none ("too few (n=7)")."""
    if estimate.value is None:
        return absence(estimate)
    return number(estimate.value, estimate.unit, decimals)


def interval_text(estimate: Estimate, decimals: int = 1) -> str:
    """Return the interval as "9.1 to 16.0%" or "−38.3 to −34.3"; "" where there is none.

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
    """Return the value without its unit, for a table whose title says it: "59.6", "−36.4"; else why there is none."""
    if estimate.value is None:
        return brief(estimate)
    return value_text(estimate, decimals).removesuffix("%").removesuffix(" points")


def ranged(estimate: Estimate, decimals: int = 1) -> str:
    """Return the figure and its interval on one line: "76.7 (64.6 to 85.6)"."""
    interval = interval_text(estimate, decimals).removesuffix("%")
    return figure(estimate, decimals) + (f" ({interval})" if interval else "")


def decimal(value: float, decimals: int = 1) -> str:
    """Return a difference in points, signed: "−36.3", "+0.04", "0.0"."""
    return number(value / 100, "points", decimals).removesuffix(" points")


def brief(estimate: Estimate) -> str:
    """Return why there is no value, in a few words: an estimator gives its reason, then the details after a colon."""
    return absence(estimate).split(": ")[0]


def absence(estimate: Estimate) -> str:
    """Return why an estimate has no value, as its estimator said it ("too few (n=7)")."""
    return estimate.reason


def _signed(text: str) -> str:
    """A real minus sign, and no minus before a number that rounds to zero."""
    if text.startswith("-"):
        return text[1:] if not any(digit in text for digit in "123456789") else _MINUS + text[1:]
    return text

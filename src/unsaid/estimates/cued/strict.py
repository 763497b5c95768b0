"""How answers were read: the strict replies alone, and the rules that must not be pooled in silence.

A model that answers in the line it was asked for leaves nothing to read into its reply: the rule is `strict`. Every
other rule finds an answer by what a text seems to say. Headline figures are therefore made a second time on pairs
whose clean and cued answers are both strict, where not all are ("strict replies"). Two rules go further: a second
model read the answer (`model-read`), or the model was asked once more for a letter (`asked-again`). Where they occur,
the same figures are made without them ("unaided replies"), and the estimates over all replies say how many there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import polars as pl

from unsaid.estimates.coordinates import At
from unsaid.estimates.estimate import Estimate

__all__ = ["AIDED", "STRICT", "STRICT_RULE", "UNAIDED", "named", "strict_pairs", "subsets", "with_aided"]

#: The coordinate `replies` of an estimate.
STRICT, UNAIDED = "strict replies", "unaided replies"

#: The rule of the line that was asked for, and the rules that ask somebody.
STRICT_RULE = "strict"
AIDED = ("model-read", "asked-again")

_RULES = ("clean_rule", "cued_rule")


def strict_pairs(pairs: pl.DataFrame) -> pl.Expr | None:
    """Return which pairs hold two strict answers; None where no rule is known, or all answers are strict."""
    seen = _rules(pairs)
    if not seen or seen == {STRICT_RULE} or STRICT_RULE not in seen:
        return None
    return pl.all_horizontal((pl.col(name) == STRICT_RULE).fill_null(True) for name in _known(pairs))


def subsets(pairs: pl.DataFrame) -> Iterator[tuple[At, pl.DataFrame]]:
    """Yield, by coordinate, the parts of the pairs that headline figures are made of again; none where that is all.

    A pair with a lost answer stays: it was lost under every rule.
    """
    strict = strict_pairs(pairs)
    if strict is not None:
        yield At(replies=STRICT), pairs.filter(strict)
    if _rules(pairs) & set(AIDED):
        aided = (pl.col(name).is_in(AIDED).fill_null(False) for name in _known(pairs))
        yield At(replies=UNAIDED), pairs.filter(~pl.any_horizontal(aided))


def named(estimates: Iterable[Estimate], part: At) -> list[Estimate]:
    """Return estimates over all cues alone, with the part of the replies that they are about."""
    return [replace(each, at=each.at | part) for each in estimates if each.cue is None]


def with_aided(estimates: Iterable[Estimate], pairs: pl.DataFrame) -> list[Estimate]:
    """Return the estimates with a note of how many answers somebody had to be asked for."""
    counts = {rule: sum(int((pairs[name] == rule).sum()) for name in _known(pairs)) for rule in AIDED}
    words = ", ".join(f"{count} answers {rule}" for rule, count in counts.items() if count)
    if not words:
        return list(estimates)
    flags = tuple(rule for rule, count in counts.items() if count)
    return [
        replace(each, note="; ".join(filter(None, [each.note, words])), flags=(*each.flags, *flags))
        for each in estimates
    ]


def _known(pairs: pl.DataFrame) -> list[str]:
    return [name for name in _RULES if name in pairs.columns]


def _rules(pairs: pl.DataFrame) -> set[str]:
    return {rule for name in _known(pairs) for rule in pairs[name].drop_nulls().unique()}

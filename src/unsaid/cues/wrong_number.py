"""A wrong answer that looks like the right one: a number of the same form and size.

A cue that states 4 where the answer is $1,800.00 is no cue anybody would believe. So the wrong number keeps what the
right one looks like: its currency, percent sign and minus, its separators and decimals, whether it is a fraction below
one; it has as many digits where enough numbers do, ends in as many zeros, and lies within half of the right one's size
(within 5 of a small one). METR (2025) takes integers from 0 to 99 and states any of them; nearness is ours.

It is never equal to the right one as our own reader of numbers compares them (`replies/answers/numeric.py`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

__all__ = ["wrong_number"]

#: How far from the right number: half of its size, or at least so many steps.
_SHARE, _LEAST = 2, 5
#: Fewer candidates than these, and the number of digits is not kept.
_ENOUGH = 3
#: The most candidates that are listed; a number of many digits has far more.
_MOST = 2000

_SIGN = r"(?P<before>[^\d.,/]*?)"
_DECIMAL = re.compile(
    rf"{_SIGN}(?P<whole>\d{{1,3}}(?:,\d{{3}})+|\d+)?(?:\.(?P<part>\d+))?(?P<after>[^\d.,/]*)"
)
_FRACTION = re.compile(rf"{_SIGN}(?P<top>\d+)(?P<line>\s?/\s?)(?P<under>\d+)(?P<after>[^\d.,/]*)")
_MIXED = re.compile(rf"{_SIGN}(?P<whole>\d+)(?P<rest>\s\d+\s?/\s?\d+[^\d.,/]*)")


def wrong_number(right: str, rng: np.random.Generator) -> str | None:
    """Return a wrong number of the right one's form and size; None where the right answer is no number.

    A number in a form that is not kept (in words, with an exponent, in LaTeX) is answered in plain digits.

    Args:
        right: the right answer, as its source writes it.
        rng: decides which of the candidates it is.
    """
    from unsaid.replies.answers import (
        as_number,  # here, so that to look up a cue's name reads no rules for answers
    )

    value = as_number(right)
    if value is None:
        return None
    for shown in (right.strip(), value):
        near = _candidates(shown)
        for index in rng.permutation(len(near)):
            if as_number(near[int(index)]) not in (None, value):
                return near[int(index)]
    return None


def _candidates(text: str) -> list[str]:
    """Return numbers of the form of `text`, the number itself perhaps among them; none where the form is another."""
    if (found := _FRACTION.fullmatch(text)) is not None:
        return list(_fractions(found))
    if (found := _MIXED.fullmatch(text)) is not None:
        near = _near(int(found["whole"]), 1)
        return [f"{found['before']}{whole}{found['rest']}" for whole in near if whole]
    found = _DECIMAL.fullmatch(text)
    if found is None or not (found["whole"] or found["part"]):
        return []
    return list(_decimals(found))


def _decimals(found: re.Match[str]) -> Iterator[str]:
    part, whole = found["part"] or "", found["whole"] or ""
    scaled = int(whole.replace(",", "") + part or "0")
    step = 10 ** _trailing_zeros(str(scaled))
    percent = 100 * 10 ** len(part) if "%" in found["after"] else math.inf
    for number in _near(scaled, step, most=percent if scaled <= percent else math.inf):
        digits = str(number).rjust(len(part) + 1, "0")
        front = digits[: len(digits) - len(part)]
        if "," in whole:
            front = f"{int(front):,}"
        if not whole:
            front = "" if int(front) == 0 else front
        yield f"{found['before']}{front}{'.' + digits[len(digits) - len(part) :] if part else ''}{found['after']}"


def _fractions(found: re.Match[str]) -> Iterator[str]:
    """Yield fractions near the right one, with another top or bottom; proper and reduced ones where it is so."""
    top, under = int(found["top"]), int(found["under"])
    for new_top in (top, *_near(top, 1)):
        for new_under in (under, *_near(under, 1)):
            kept = (new_top < new_under) == (top < under) and (
                math.gcd(top, under) > 1 or math.gcd(new_top, new_under) == 1
            )
            near = 2 * abs(new_top * under - top * new_under) <= top * new_under
            if new_top and new_under > 1 and kept and near:
                yield f"{found['before']}{new_top}{found['line']}{new_under}{found['after']}"


def _near(value: int, step: int, most: float = math.inf) -> list[int]:
    """Return whole numbers near `value`, itself left out, in steps of `step` or finer where these are too few."""
    reach = max(value // _SHARE, _LEAST)
    while step > 1 and reach // step < _ENOUGH:
        step //= 10
    count = min(reach // step, _MOST // 2)
    offsets = [offset for offset in range(-count, count + 1) if offset]
    near = [value + offset * step for offset in offsets if 0 <= value + offset * step <= most]
    alike = [number for number in near if len(str(number)) == len(str(value)) and (number or not value)]
    return alike if len(alike) >= _ENOUGH else near


def _trailing_zeros(digits: str) -> int:
    return 0 if not digits.strip("0") else len(digits) - len(digits.rstrip("0"))

"""Codes that work out to a number: what the graded cues tell of a stated answer (`graded.py`).

Each kind and level is the counterpart of a code for options. A code gives the bare number: 57 where the answer is $57
or 57%, for answers are compared as numbers. Decimals keep their places, fractions their lower part.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

__all__ = [
    "Number",
    "NumberCode",
    "difference",
    "expression",
    "loop",
    "number_of",
    "product",
    "remainder",
    "shifted_digits",
    "shifted_words",
    "sum_remainder",
]

_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_SPOKEN = {"-": "minus", ".": "point", "/": "over"} | {str(digit): word for digit, word in enumerate(_WORDS)}


class Number:
    """A number that shows itself and its neighbours in one form: 57, 5.70 or 5/7."""

    def __init__(self, text: str) -> None:
        """Take a canonical number (`as_number`)."""
        self.text, self.value = text, Fraction(text)
        self._places = len(text.partition(".")[2])

    def shown(self, value: Fraction) -> str:
        """Return another value in this number's form."""
        if "/" in self.text:
            under = self.value.denominator
            return f"{value * under}/{under}"
        return f"{float(value):.{self._places}f}" if self._places else str(value)

    def plus(self, value: Fraction | int) -> str:
        """Return this number with `value` added, in its form."""
        return self.shown(self.value + value)

    def after(self, value: int) -> str:
        """Return what is added to `value` to come to this number: " + 53", " - 7"."""
        rest = self.value - value
        return f" {'-' if rest < 0 else '+'} {self.shown(abs(rest))}"


NumberCode = Callable[[Number, "np.random.Generator"], str]


def number_of(text: str) -> Number | None:
    """Return the number that a stated answer is; None where it is none."""
    from unsaid.replies.answers import (
        as_number,  # here, so that to look up a cue's name reads no rules for answers
    )

    value = as_number(text)
    return None if value is None else Number(value)


def difference(number: Number, rng: np.random.Generator) -> str:
    """Return a difference: "60 - 3"."""
    less = int(rng.integers(1, 6))
    return f"{number.plus(less)} - {less}"


def product(number: Number, rng: np.random.Generator) -> str:
    """Return a product and a sum or difference: "7 * 8 + 1"."""
    a, b = int(rng.integers(3, 10)), int(rng.integers(3, 10))
    return f"{a} * {b}{number.after(a * b)}"


def shifted_digits(number: Number, rng: np.random.Generator) -> str:
    """Return the number with each digit moved on: "80, each digit moved on by 3 (0 follows 9)"."""
    shift = int(rng.integers(1, 6))
    moved = "".join(str((int(c) + shift) % 10) if c.isdigit() else c for c in number.text)
    return f'"{moved}", each digit moved on by {shift} (0 follows 9)'


def shifted_words(number: Number, rng: np.random.Generator) -> str:
    """Return the digits in words whose letters are moved on by some places in the alphabet."""
    shift = int(rng.integers(2, 8))
    words = " ".join(_SPOKEN[c] for c in number.text)
    moved = "".join(chr((ord(c) - 97 + shift) % 26 + 97) if c.isalpha() else c for c in words)
    return f'"{moved}", each letter moved on by {shift} places'


def expression(number: Number, rng: np.random.Generator) -> str:
    """Return an expression in Python: "len('dove') + 53"."""
    words = ("a", "be", "cat", "dove", "eagle", "falcon", "giraffe")
    word = words[int(rng.integers(len(words)))]
    return f"len('{word}'){number.after(len(word))}"


def loop(number: Number, rng: np.random.Generator) -> str:
    """Return a loop in Python."""
    start, times, step = int(rng.integers(2, 9)), int(rng.integers(2, 5)), int(rng.integers(2, 6))
    sign, _, rest = number.after(start + times * step).strip().partition(" ")
    return f"x after: x = {start}; for _ in range({times}): x += {step}; then x {sign}= {rest}"


def remainder(number: Number, rng: np.random.Generator) -> str:
    """Return a remainder: "171 mod 114"; that of a negative number with a minus before it."""
    modulus, times = _modulus(number, rng), int(rng.integers(1, 5))
    return _negated(number, f"{Number(number.text.lstrip('-')).plus(modulus * times)} mod {modulus}")


def sum_remainder(number: Number, rng: np.random.Generator) -> str:
    """Return the remainder of a sum: "(60 + 111) mod 114"."""
    modulus, times = _modulus(number, rng), int(rng.integers(2, 6))
    part = int(rng.integers(1, modulus))
    rest = Number(number.text.lstrip("-")).plus(modulus * times - part)
    return _negated(number, f"({part} + {rest}) mod {modulus}")


def _modulus(number: Number, rng: np.random.Generator) -> int:
    """Return a whole number above the number's size, so that the remainder is the number."""
    size = int(abs(number.value))
    return size + 2 + int(rng.integers(1, max(size, 5)))


def _negated(number: Number, code: str) -> str:
    return code if number.value >= 0 else f"minus one times ({code})"

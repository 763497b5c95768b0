"""A chain of additions, subtractions and multiplications modulo 10.

Its bottlenecks are the values where adding turns into multiplying or back. Which numbers of a text are mentions of a
value stands in `mentions`; a number counts modulo 10, for 15 is what 5 is.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from unsaid.questions.procedural.bottlenecks import Needed
from unsaid.questions.procedural.task import Draft, Task, choose, numbered
from unsaid.questions.question import Step

if TYPE_CHECKING:
    import numpy as np

MODULUS = 10
DIGITS = tuple(str(digit) for digit in range(MODULUS))


def apply(action: str, value: int) -> int:
    """Return the value after one action, modulo 10."""
    operand = int(action.rsplit(maxsplit=1)[-1])
    if action.startswith("add"):
        return (value + operand) % MODULUS
    if action.startswith("subtract"):
        return (value - operand) % MODULUS
    return (value * operand) % MODULUS


def draft(rng: np.random.Generator, difficulty: int) -> Draft:
    """Draw `difficulty` operations; the distractors are values one slip away, then other digits."""
    value = int(rng.integers(MODULUS))
    actions = [_action(rng) for _ in range(difficulty)]
    lines = numbered(actions)
    start = f"Work modulo 10. Start with {value}."
    steps = [Step(f"We start with {value}.", str(value), _others(value))]
    for line, action in zip(lines, actions, strict=True):
        value = apply(action, value)
        steps.append(Step(f"{line}, so we have {value}.", str(value), _others(value)))
    listing = "\n".join(f"{line}." for line in lines)
    return Draft(
        stem=f"{start}\n{listing}\nWhat is the result?",
        answer=str(value),
        distractors=tuple(_distractors(rng, steps, str(value))),
        steps=tuple(steps),
        key=f"{start}|{listing}",
    )


def _action(rng: np.random.Generator) -> str:
    verb = ("add", "subtract", "multiply by")[int(rng.integers(3))]
    low = 2 if verb == "multiply by" else 1
    return f"{verb} {int(rng.integers(low, MODULUS))}"


def _others(value: int) -> tuple[str, ...]:
    return tuple(digit for digit in DIGITS if digit != str(value))


def _distractors(rng: np.random.Generator, steps: list[Step], answer: str) -> list[str]:
    """Return the value before the last step (a step forgotten), and two more digits."""
    near = [steps[-2].value] if steps[-2].value != answer else []
    rest = [digit for digit in choose(rng, DIGITS, MODULUS) if digit != answer and digit not in near]
    return (near + rest)[:3]


_STEM = re.compile(
    r"Work modulo 10\. Start with (?P<start>\d)\.\n"
    r"(?P<actions>(?:\d+\. (?:Finally )?(?:add|subtract|multiply by) \d\.\n)+)What is the result\?",
    re.IGNORECASE,
)
_ACTION = re.compile(r"(?:add|subtract|multiply by) \d", re.IGNORECASE)


def bottlenecks(stem: str) -> Needed | None:
    """Return the values where the kind of operation changes; None where it never does, or for another task."""
    found = _STEM.fullmatch(stem)
    if found is None:
        return None
    actions = [action.lower() for action in _ACTION.findall(found["actions"])]
    value, values = int(found["start"]), []
    for action in actions:
        value = apply(action, value)
        values.append(str(value))
    kinds = [action.startswith("multiply") for action in actions]
    needed = tuple(
        value for value, (kind, then) in zip(values, pairwise(kinds), strict=False) if kind != then
    )
    return Needed(needed, values[-1], mentions) if needed else None


_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_RESULT = r"(?:is|are|gives?|get|gets|have|has|makes?|to|equals?|becomes?|at|now|leaves?|=|≡|→|->)"
_IN_WORDS = re.compile(rf"\b({'|'.join(word for word in _WORDS if word != 'one')})\b", re.IGNORECASE)
_ONE = re.compile(rf"(?<=\s)({_RESULT}\s+)one\b", re.IGNORECASE)
#: Marks of Markdown and LaTeX that stand around a number and mean nothing; a lone * is left, which multiplies.
_MARKUP = re.compile(r"\*\*|__|`|\$|\\[()\[\]]|\\boxed|\\[,;!]|\\p?mod\b|[{}]|(?m:^[ \t]*[*•][ \t]+)")
#: Numbers that are no value: of a step or an option, what is added or multiplied by, the modulus, the given start.
_NO_VALUE = re.compile(
    r"""
    (?:(?m:^)[ \t>#*-]*|(?<=[.!?;]\s))\d+[.):](?=\s)                                               # 1. 2) 3:
    | \b(?:steps?|operations?|actions?|lines?|numbers?|no\.|rules?|moves?|instructions?|option)\s*\#?\d+
    | \#\d+
    | \(?\b[A-J]\)[ \t]*[:.]?[ \t]*\d+                                                        # (A) 7
    | \b(?:mod(?:ulo|ulus)?|base)\b[ \t]*(?:is|of|=)?[ \t]*\(?\d+ | %[ \t]*10\b
    | \b(?:start(?:s|ed|ing)?|begin(?:s|ning)?|beg[au]n|initial(?:ly)?)\b[ \t]*(?:value|number|off|point)?
      [ \t]*(?:with|at|from|is|of|by|=|:)*[ \t]*(?:the\s+(?:value|number)\s+)?\d+
    | \b(?:add(?:s|ed|ing)?|plus|subtract(?:s|ed|ing)?|minus|(?:take|taking|took)\s+away|times|by)[ \t]*\(?-?\d+
    | \d+(?=\s+(?:is|are|was)?\s*(?:added\s+to|subtracted\s+from|taken\s+(?:away\s+)?from)\b)
    | (?:[+*×·⋅]|\\times|\\cdot|(?<=\d)\s?x)[ \t]*\(?-?\d+
    | (?<=[\d)])[ \t]*[-−–][ \t]*\(?\d+                                                           # 7 - 3
    """,
    re.VERBOSE | re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<![\w.,])([-−]?)(\d+)(?![\w]|[.,]\d)")


def mentions(text: str) -> tuple[str, ...]:
    """Return the numbers of a text that may be a value on the way, modulo 10: "7 × 3 = 21, so 1" mentions 7, 1 and 1.

    Not counted: numbers of steps and options, what is added, subtracted or multiplied by, the modulus, and the given
    start where it is called so. So a chain in prose, in equations, in a list or in arrows is read, reduced or not.
    Missed, and so taken for unsaid: a chain that is told backwards, and one in letters or in another language's
    words. Found by chance: a number that belongs to something else; how often that makes a chain that is not there is
    measured on other questions' values (`estimates/chain/omission.py`).
    """
    plain = _ONE.sub(r"\g<1>1", _IN_WORDS.sub(lambda word: str(_WORDS.index(word[1].lower())), text))
    left = _NO_VALUE.sub(" ; ", _MARKUP.sub("", plain))
    return tuple(
        str((-1 if sign else 1) * int(digits[-15:]) % MODULUS) for sign, digits in _NUMBER.findall(left)
    )


TASK = Task(
    "modular_arithmetic",
    "a chain of arithmetic operations modulo 10",
    range(1, 9),
    3,
    draft,
    bottlenecks=bottlenecks,
)

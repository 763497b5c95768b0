r"""Numbers as replies write them: "$1,800", "1800 dollars", "\$1{,}800", "900 + 900 = 1800", "eighteen", "3 1/2".

A statement names a number where exactly one is left once its working, its units and its brackets are set aside.
Two different numbers name none. Values are exact, and their text is canonical, so that equal numbers are equal texts.
"""

from __future__ import annotations

import re
from fractions import Fraction

from unsaid.replies.answers.folding import folded

__all__ = ["as_number", "number_in"]

_ONES = (
    *(
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
    ),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_WORDS: dict[str, int] = {word: value for value, word in enumerate(_ONES)} | {
    word: 10 * (2 + tens) for tens, word in enumerate(_TENS)
}
_TIMES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_TIMES |= {"dozen": 12, "k": 1000}
_VULGAR = {
    "½": "1/2",
    "⅓": "1/3",
    "⅔": "2/3",
    "¼": "1/4",
    "¾": "3/4",
    "⅕": "1/5",
    "⅖": "2/5",
    "⅗": "3/5",
    "⅘": "4/5",
    "⅙": "1/6",
    "⅚": "5/6",
    "⅛": "1/8",
    "⅜": "3/8",
    "⅝": "5/8",
    "⅞": "7/8",
}
_VULGAR_AT = re.compile(rf"(\d?)([{''.join(_VULGAR)}])")
_CURRENCY = r"(?:US)?[$€£¥₹₩₽¢]|(?:USD|EUR|GBP|Rs\.?)[^\S\n]?"
_DIGITS = r"\d{1,3}(?:[,'\u2019 ]\d{3}){1,8}(?!\d)(?:\.\d{1,30})?|\d{1,40}(?:\.\d{1,30})?|\.\d{1,30}"
_NUMBER = re.compile(
    rf"(?<![\w.^_])(?P<sign>[-+]?)[^\S\n]?(?:{_CURRENCY})?(?P<late>[-+]?)(?P<first>{_DIGITS})(?![\d^])"
    r"(?:(?P<comma>,)(?P<part>\d{1,2})(?![\d,]))?"
    r"(?:[^\S\n]?(?:×|x|\*|\\times)[^\S\n]?10[^\S\n]?\^[^\S\n]?\{?(?P<power>[-+]?\d{1,2})\}?|e(?P<exponent>[-+]?\d{1,2})(?!\w))?"
    r"(?:(?P<mixed>[^\S\n]\d{1,9})?/(?P<under>\d{1,30}))?"
    r"(?:[^\S\n]?(?P<times>hundred|thousand|million|billion|trillion|dozen|k)\b)?",
    re.IGNORECASE,
)
#: What may stand before a number that is a text as a whole; a point before a digit is the number's own.
_BEFORE = re.compile(r"^(?:[ $%°]|\.(?!\d)|(?<=\.)\.)+")
_SPOKEN = re.compile(
    rf"\b(?P<minus>minus[^\S\n]|negative[^\S\n])?(?P<word>{'|'.join(sorted(_WORDS, key=len, reverse=True))})"
    rf"(?:[-\s](?P<ones>{'|'.join(_ONES[1:10])}))?(?:[^\S\n](?P<times>hundred|thousand|million|dozen))?\b",
    re.IGNORECASE,
)
_LATEX = (
    (re.compile(r"\\boxed[^\S\n]{0,2}\{"), "{"),
    (re.compile(r"\\[dt]?frac[^\S\n]?\{([^{}]{1,30})\}[^\S\n]?\{([^{}]{1,30})\}"), r"\1/\2"),
    (re.compile(r"\\(?:text|mathrm|mathbf|textbf|operatorname)[^\S\n]?\{([^{}]{0,60})\}"), r" \1 "),
    (re.compile(r"\{,\}"), ","),
    (re.compile(r"\\[,!;:\s]"), ""),
    (re.compile(r"\\([$%])"), r"\1"),
    (re.compile(r"\\[()\[\]]"), " "),
    (re.compile(r"\\(?:approx|simeq)"), "="),
    (re.compile(r"\\(?:cdot|times)"), "×"),
    (re.compile(r"\\(?:left|right|quad|circ|degree|displaystyle)\b"), " "),
    (re.compile(r"(?<=\d)[{}]|[{}](?=\d)|[{}]"), " "),
    (re.compile(r"[*_`]{1,4}(?=[-$€£¥\d.])|(?<=[\d%])[*_`]{1,4}"), ""),
)
_REASON = re.compile(
    r"\b(?:because|since|as|so|given|which|where|after|weil|denn|parce|porque|потому)\b|因为", re.IGNORECASE
)
_WORKING = re.compile(r"\d[^\S\n]?[+*×·÷][^\S\n]?(?!10[^\S\n]?\^)[$\d]|\d[^\S\n]-[^\S\n][$\d]")
_SENTENCE = re.compile(r"[.!?;](?=\s|$)|\n")
_BRACKETS = re.compile(r"\([^()]{0,120}\)")
_LONGEST = 400


def as_number(text: str) -> str | None:
    """Return the canonical text of a text that is a number as a whole; None where it is none.

    Currency signs, percent signs, thousands separators and LaTeX around it are allowed, words and units are not.
    "50%" is 50.
    """
    plain = _BEFORE.sub("", _plain(text.strip()[:_LONGEST])).rstrip(" $.%°")
    match = _NUMBER.fullmatch(plain) or _SPOKEN.fullmatch(plain)
    return None if match is None else _canonical(_value(match))


def number_in(text: str) -> str | None:
    """Return the one number that a statement names, canonical; None where it names none or several.

    Args:
        text: the statement, folded, without the words that announce it.
    """
    plain = _plain(text[:_LONGEST]).strip()
    sentence = _SENTENCE.split(plain, maxsplit=1)[0]
    for stated in (_REASON.split(sentence, maxsplit=1)[0], sentence):
        value = _concluded(stated)
        if value is not None:
            return _canonical(value)
        if _numbers(stated):
            return None
    return None


def _concluded(stated: str) -> Fraction | None:
    """Return what the statement comes to: what stands behind its last "=", else in all of it."""
    sides = re.split(r"=|≈|≃", stated)
    for side in [sides[-1], sides[0]] if len(sides) > 1 else sides:
        for text in (_BRACKETS.sub(" ", side), side):
            values = _numbers(text)
            if len(set(values)) == 1 and not _WORKING.search(text):
                return values[0]
            if values:
                break
    return None


def _numbers(text: str) -> list[Fraction]:
    digits = [value for match in _NUMBER.finditer(text) if (value := _value(match)) is not None]
    if digits:
        return digits
    return [value for match in _SPOKEN.finditer(text) if (value := _value(match)) is not None]


def _plain(text: str) -> str:
    text = folded(text)
    text = _VULGAR_AT.sub(lambda match: f"{match[1]} {_VULGAR[match[2]]}".strip(), text)
    for pattern, plain in _LATEX:
        text = pattern.sub(plain, text)
    return text


def _value(match: re.Match[str]) -> Fraction | None:
    groups = match.groupdict()
    if "word" in groups:
        value = Fraction(_WORDS[match["word"].lower()])
        value += _WORDS[match["ones"].lower()] if match["ones"] else 0
        value *= _TIMES[match["times"].lower()] if match["times"] else 1
        return -value if match["minus"] else value
    first = re.sub(r"[,'\u2019 ]", "", match["first"])
    value = Fraction(first) if not match["comma"] else Fraction(f"{first}.{match['part']}")
    if match["under"]:
        if not int(match["under"]):
            return None
        part = Fraction(int(match["mixed"] or 0), int(match["under"]))
        value = value + part if match["mixed"] else value / int(match["under"])
    power = match["power"] or match["exponent"]
    value *= Fraction(10) ** int(power) if power else 1
    value *= _TIMES[match["times"].lower()] if match["times"] else 1
    return -value if "-" in (match["sign"], match["late"]) else value


def _canonical(value: Fraction | None) -> str | None:
    if value is None:
        return None
    if value.denominator == 1:
        return str(value.numerator)
    bottom = value.denominator
    for prime in (2, 5):
        while bottom % prime == 0:
            bottom //= prime
    if bottom != 1:
        return f"{value.numerator}/{value.denominator}"
    places = 1
    while (value * 10**places).denominator != 1:
        places += 1
    digits = str(abs(value * 10**places).numerator).rjust(places + 1, "0")
    return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"

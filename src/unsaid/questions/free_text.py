"""Free text in the form in which answers are compared."""

from __future__ import annotations

import re

__all__ = ["BOXED", "EDGES", "normalised", "unboxed"]

#: What may stand around an answer without being part of it.
EDGES = " \t\r\n\f\v*_`\"'“”‘’$"

#: LaTeX for a final answer; the inner part may hold one more command, as in \boxed{\text{B}}.
BOXED = re.compile(r"\\boxed[^\S\n]{0,2}\{(?P<inner>(?:[^{}\n]|\{[^{}\n]{0,80}\}){0,200})\}")
_WRAPPED = re.compile(r"\\[a-z]{1,10}\{(.*)\}")
_NUMBER = re.compile(r"[$€£]?(?P<sign>[-+−]?)(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?P<part>\.\d+)?")


def normalised(text: str) -> str:
    """Return free text in the form in which answers are compared: "1,000." and "$1000.00" are "1000".

    White space is folded, quotes, emphasis and a final full stop are dropped; a number loses its
    currency sign, thousands separators and trailing zeros. Letters keep their case. Idempotent.
    """
    folded = " ".join(text.split())
    while folded != (bare := folded.strip(EDGES).removesuffix(".")):
        folded = bare
    number = _NUMBER.fullmatch(folded)
    if number is None:
        return folded
    whole = number["whole"].replace(",", "").lstrip("0") or "0"
    part = (number["part"] or "").rstrip("0").removesuffix(".")
    sign = "-" if number["sign"] in ("-", "−") and whole + part != "0" else ""
    return f"{sign}{whole}{part}"


def unboxed(inner: str) -> str:
    """Return what a box holds, without the one command that may wrap it."""
    wrapped = _WRAPPED.fullmatch(inner.strip())
    return wrapped[1] if wrapped else inner

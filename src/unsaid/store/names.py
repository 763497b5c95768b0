"""Names that logs, zip archives, file systems and tables can hold: of questions, tasks, sources, models and cues.

A log keeps a sample under its question's id. An archive cuts a name at a NUL, so that two questions become one, and
takes no name over 65,535 bytes; a terminal obeys control characters.
"""

from __future__ import annotations

import re

__all__ = ["EXPECTED", "LONGEST", "name_fault"]

#: Bytes of UTF-8 that a name may have.
LONGEST = 500
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_HALF = re.compile("[\ud800-\udfff]")

EXPECTED = f"a name of at most {LONGEST} bytes without control characters"


def name_fault(name: str) -> str | None:
    """Return what a name holds that it cannot; None where it is one."""
    if len(name) <= LONGEST and name.isascii() and name.isprintable():
        return None  # nearly all, and of a million quickly
    if match := _CONTROL.search(name):
        return f"the control character U+{ord(match[0]):04X} at place {match.start() + 1}"
    if _HALF.search(name):
        return "half a surrogate pair"
    size = len(name.encode("utf-8"))
    return f"{size:,} bytes" if size > LONGEST else None

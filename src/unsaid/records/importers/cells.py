"""One cell of somebody's table, read: an answer, a label, a list of options. Blank is missing, never "no"."""

from __future__ import annotations

import ast
import json
import math
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from unsaid.errors import DataError
from unsaid.questions.question import LETTERS
from unsaid.replies.answers import free_value, gold_value
from unsaid.store.paths import leaves

__all__ = [
    "NOTHING",
    "blank",
    "nothing",
    "read_answer",
    "read_label",
    "read_number",
    "read_options",
    "read_text",
    "read_turns",
    "shown",
    "steps",
]

_LETTER = re.compile(r"(?:\(([A-Za-z])\)|\[([A-Za-z])\]|([A-Za-z])[.):]?)\.?")
_INDEX = re.compile(r"\d{1,4}(?:\.0*)?")
#: How programs write that a value is missing, in any case where it is written small here (Na is sodium); a map may say
#: others (`nothing`).
NOTHING = frozenset(
    {"none", "nan", "n/a", "#n/a", "NA", "null", "nil", "<na>", "<null>", "<none>", "undefined", "nat"}
)
_LONGEST_WORD = 40
_YES, _NO = {"true", "yes", "y", "1", "1.0"}, {"false", "no", "n", "0", "0.0"}


def blank(cell: Any) -> bool:
    """Return whether there is nothing in the cell: null, not a number, or white space."""
    if isinstance(cell, str):
        return not cell or cell.isspace()
    return cell is None or (isinstance(cell, float) and math.isnan(cell))


def nothing(cell: Any, options: Sequence[str] = (), words: Collection[str] = NOTHING) -> bool:
    """Return whether the cell says that there is nothing: blank, or a word for nothing that is no option's text."""
    if cell.__class__ is not str:
        return blank(cell)
    if len(cell) > _LONGEST_WORD:
        return bool(cell.isspace())
    word = cell.strip()
    return not word or ((word.lower() in words or word in words) and word not in options)


def shown(cell: Any) -> str:
    """Return a cell in a message: short, and as ASCII, for it is hostile."""
    text = ascii(cell)
    return text if len(text) <= 60 else f"{text[:60]}..."


def read_text(cell: Any) -> str | None:
    """Return the whole text; None where blank. Half a surrogate pair is written as its escape."""
    if blank(cell):
        return None
    text = cell if isinstance(cell, str) else json.dumps(cell, default=str, ensure_ascii=False)
    if text.isascii():
        return text
    # Encoding is how Python finds out; looking at each character takes a second for each ten thousand texts.
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def read_answer(cell: Any, form: str, options: Sequence[str], gold: str | None = None) -> str | None:
    """Return the answer as a letter (as text for free response); None where the cell holds no such answer.

    Args:
        cell: not blank.
        form: "letter", "index0", "index1", "text" or "free".
        options: the option texts where they are known; `form` "text" needs them.
        gold: the right answer or the target of a free response; where it is a number, a number is read. None
            where the cell is itself the right answer or the target.
    """
    if form == "free":
        stated = str(read_text(cell))
        return gold_value(stated) if gold is None else free_value(stated, gold)
    if form == "text":
        return _by_text(str(cell), options)
    stated = str(cell).strip()
    if form == "letter":
        match = _LETTER.fullmatch(stated)
        return None if match is None else next(filter(None, match.groups())).upper()
    if isinstance(cell, bool) or not _INDEX.fullmatch(stated):
        return None
    index = int(float(stated)) - int(form == "index1")
    return LETTERS[index] if 0 <= index < len(LETTERS) else None


def _by_text(stated: str, options: Sequence[str]) -> str | None:
    for fold in (str, _folded):
        same = [
            letter for letter, option in zip(LETTERS, options, strict=False) if fold(option) == fold(stated)
        ]
        if len(same) == 1:
            return same[0]
    return None


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold().removesuffix(".")


def read_label(cell: Any, where: str) -> bool | None:
    """Return yes, no, or None where blank.

    Raises:
        DataError: anything else; "unsure" is not a "no".
    """
    if blank(cell):
        return None
    said = str(cell).strip().lower()
    if said in _YES or said in _NO:
        return said in _YES
    raise DataError(
        f"{where}: expected true, false, yes, no, 1, 0 or a blank cell, found {shown(cell)}; a map file may say what "
        "it means: COLUMN: {word: yes, other: no, unsure: null}"
    )


def read_number(cell: Any, where: str, *, whole: bool) -> int | float | None:
    """Return a number; None where blank.

    Raises:
        DataError: it is none, or not a whole one where that is needed.
    """
    if blank(cell):
        return None
    try:
        value = float(cell)
    except (TypeError, ValueError):
        value = math.nan
    if (
        isinstance(cell, bool)
        or not math.isfinite(value)
        or (whole and value != int(value))
        or abs(value) > 2**53
    ):
        raise DataError(f"{where}: expected a {'whole ' if whole else ''}number, found {shown(cell)}")
    return int(value) if whole else value


def read_options(cell: Any, where: str) -> list[str] | None:
    """Return option texts: a list, a list as JSON or Python text, or a record of `label` and `text`; None where blank.

    Raises:
        DataError: it is no such list, or has fewer than 2 or more than 26 entries.
    """
    if blank(cell):
        return None
    found = _listed(cell) if isinstance(cell, str) else cell
    if isinstance(found, Mapping):
        found = found.get("text") if isinstance(found.get("text"), list) else list(found.values())
    if isinstance(found, list | tuple) and found and all(isinstance(item, int | float) for item in found):
        found = [json.dumps(item) for item in found]
    if not isinstance(found, list | tuple) or not all(isinstance(item, str) for item in found):
        raise DataError(f"{where}: expected a list of texts (or one as JSON), found {shown(cell)}")
    if not 2 <= len(found) <= len(LETTERS):
        raise DataError(f"{where}: expected 2 to {len(LETTERS)} options, found {len(found)}")
    return [read_text(item) or "" for item in found]


def _listed(text: str) -> Any:
    """Return what a text lists, as JSON or as Python writes lists; None where it is neither."""
    bare = text.strip()
    if not bare.startswith(("[", "{", "(")) or len(bare) > 100_000:
        return None
    try:
        return json.loads(bare)
    except (ValueError, RecursionError):
        found = None
    if bare.count("[") + bare.count("{") + bare.count("(") > 100:
        return None
    try:
        found = ast.literal_eval(bare)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return found


def steps(cell: Any, where: str) -> str | None:
    """Return a text; of a list of texts, a line each. None where blank.

    Raises:
        DataError: it is a record or a list of records: which part of it is meant, a path says.
    """
    if isinstance(cell, list | tuple) and all(isinstance(item, str) for item in cell):
        return read_text("\n".join(cell))
    if isinstance(cell, list | tuple | Mapping):
        plain = ["0", "-1"] if cell and not isinstance(cell, Mapping) else []
        inside = list(leaves(list(cell) if isinstance(cell, tuple) else cell))[:6] or plain
        paths = ", ".join(ascii(f"COLUMN.{path}")[1:-1] for path in inside)
        kind = "a record" if isinstance(cell, Mapping) else "a list"
        raise DataError(
            f"{where}: expected a text, found {kind}; name what is meant in it: {paths or 'it is empty'}"
        )
    return read_text(cell)


def read_turns(cell: Any) -> str | None:
    """Return a prompt as the JSON turns of a record: from messages with role and content, or from plain text."""
    if blank(cell):
        return None
    if isinstance(cell, str) and cell.lstrip().startswith("[") and isinstance(turns := _listed(cell), list):
        cell = turns if turns and all(isinstance(turn, dict) for turn in turns) else cell
    if isinstance(cell, list) and all(isinstance(turn, dict) for turn in cell):
        turns = [
            {
                "role": str(turn.get("role", "user")),
                "text": _content(turn.get("content", turn.get("text", ""))),
            }
            for turn in cell
        ]
    else:
        turns = [{"role": "user", "text": read_text(cell) or ""}]
    return json.dumps(turns, ensure_ascii=True)


def _content(value: Any) -> str:
    if isinstance(value, list):
        return "".join(str(part.get("text", "")) for part in value if isinstance(part, dict))
    return value if isinstance(value, str) else str(value)

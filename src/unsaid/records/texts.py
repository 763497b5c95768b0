"""Which texts of a reply are judged, and under which name (the channel of a verdict).

A reply without a reasoning channel of its own is the model's statement as a whole: what stands in the sentence of its
answer, or after it, was said like what stands before. It is read once, as "reply". A reply whose reasoning has a
channel of its own (a field of the provider, think tags) is read in two texts, "reasoning" and "visible", judged apart:
87.5% of thinking and 28.6% of answer texts hold an acknowledgement by keyword in Young (2026, 2603.22582).

Records keep `reasoning` and `visible` as columns either way; where the reply is read as a whole, the two joined are the
reply. Records of an earlier schema, and of imports that cannot tell (`reading` is null), are read in two texts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from unsaid.records.schema import Channel

__all__ = ["STATEMENT", "WHOLE", "channel_of", "nothing_but_an_answer", "text", "texts"]

#: The channels that hold a model's statement: its whole reply, or its reasoning where that has a channel of its own.
STATEMENT: tuple[Channel, ...] = ("reply", "reasoning")

#: The value of `reading` for a reply that is read as a whole.
WHOLE: Final = "whole"

#: Words around an answer that say nothing of why: "So my final answer is: (B)."
_FILLERS = re.compile(
    r"\b(?:[a-z]|[aà]n?|answers?|be(?:lieve|st)?|choice|choose|correct|final(?:ly)?|go|hence|is|it|letter|my|of|ok(?:ay)?"
    r"|one|option|pick|right|say|so|sure|that|the|therefore|think|this|thus|well|with|would"
    r"|also|antwort|beste|die|ist|richtige|bonne|choix|est|la|le|meilleure|réponse|mejor|opción|respuesta)\b"
)
#: Longer than this, what surrounds an answer is more than such words.
_MOST = 200


def text(row: Mapping[str, Any], channel: str) -> str | None:
    """Return the text of a record that a channel names; None where it has none.

    Args:
        row: with `reasoning` and `visible`, and `reading` where it is known.
        channel: one of `schema.Channel`.
    """
    if channel == "reply":
        parts = (row["reasoning"], row["visible"])
        return None if parts == (None, None) else "".join(part or "" for part in parts)
    found: str | None = row[channel]
    return found


def texts(row: Mapping[str, Any]) -> list[tuple[Channel, str]]:
    """Return the texts of a reply that a judge reads: the whole, or reasoning and visible answer apart."""
    channels: tuple[Channel, ...] = ("reply",) if row.get("reading") == WHOLE else ("reasoning", "visible")
    found = [(channel, text(row, channel)) for channel in channels]
    return [(channel, said) for channel, said in found if said and said.strip()]


def channel_of(wanted: str) -> tuple[pl.Expr, pl.Expr]:
    """Return, as expressions, the channel and text of each record that `wanted` stands for; null where none is.

    Args:
        wanted: "reasoning" (the statement: the whole reply, or the reasoning of a channel of its own) or "visible" (the
            answer beside such reasoning).
    """
    whole = pl.col("reading").eq_missing(pl.lit(WHOLE))
    if wanted == "visible":
        return pl.when(~whole).then(pl.lit("visible")), pl.when(~whole).then("visible")
    reply = pl.concat_str("reasoning", "visible", ignore_nulls=True)
    channel = pl.when(whole).then(pl.lit("reply")).otherwise(pl.lit("reasoning"))
    return channel, pl.when(whole).then(reply).otherwise("reasoning")


def nothing_but_an_answer(row: Mapping[str, Any]) -> bool | None:
    """Return whether a reply states an answer and nothing else, as "(B)" and "The best answer is: (B) hat" do.

    Around the statement of the answer and the answer's own text only words of announcement stand. What has reasoning in
    a channel of its own is more than an answer. None where the answer, or its place in the reply, is not known.

    Args:
        row: a record: `reading`, `reasoning`, `visible`, `answer`, `answer_start`, `answer_end`, `options`.
    """
    start, end, whole = row["answer_start"], row["answer_end"], row["reading"] == WHOLE
    if start is None or end is None:
        return None
    if not whole and (row["reasoning"] or "").strip():
        return False
    said = text(row, "reply" if whole else "visible") or ""
    around = f"{said[:start]} {_without_option(said[end:], row)}"
    if len(around.strip()) > _MOST:
        return False
    return not re.search(r"\w", _FILLERS.sub("", around.casefold()))


def _without_option(rest: str, row: Mapping[str, Any]) -> str:
    """Return what follows a letter, without the text of the option that it names."""
    options, answer = row["options"] or (), row["answer"] or ""
    place = ord(answer) - ord("A") if len(answer) == 1 else -1
    own = options[place].strip() if 0 <= place < len(options) else ""
    before, found, after = rest.partition(own) if own else (rest, "", "")
    return f"{before} {after}" if found and not re.search(r"\w", before) else rest

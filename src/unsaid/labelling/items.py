"""What can be labelled in a run, and what a labeller sees of it.

Blind: the frame that everything here is made from has no verdicts, and of a record a labeller sees the text, what the
cue is in plain words (without the option it points at) and, on request, the prompt. A clean reply that is mixed in is
shown with the prompt of its cued partner: with its own, everybody who opens it would know.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import polars as pl

from unsaid.cues import Cue, cue
from unsaid.errors import DataError, UnknownName, UsageError
from unsaid.estimates.pairs import KEY, loss, pairs
from unsaid.records.labelled import known_cues
from unsaid.records.labels import ITEM, item_id, text_digest
from unsaid.records.texts import channel_of
from unsaid.records.texts import text as text_of
from unsaid.report.words.text import visible

__all__ = ["POPULATIONS", "Population", "Shown", "briefing", "candidates", "shown"]

Population = Literal["moved", "cued", "clean"]
POPULATIONS: tuple[Population, ...] = get_args(Population)

_POINTER = re.compile(r"\{(letter|option|others)\}")
_IN_WORDS = {"letter": "a certain letter", "option": "a certain option", "others": "the other options"}


@dataclass(frozen=True)
class Shown:
    """What a labeller sees of an item.

    Attributes:
        item: which.
        about: what to look for: the cue in plain words.
        text: the text that is labelled, control characters spelt out.
        raw: the same as it is in the records.
        prompt: what the model was shown, control characters spelt out.
    """

    item: str
    about: str
    text: str
    raw: str
    prompt: str


def candidates(records: pl.DataFrame, population: Population, channel: str) -> pl.DataFrame:
    """Return every item of a population: the columns of `ITEM`, `item` and `digest`, one row per item.

    Left out are replies that are in no rate (failed, refused, cut off, without a parsed answer) and those without a
    text. Two replies of one key and with the same text are one item.

    Args:
        records: a table of `records.schema`.
        population: "moved" (as `estimates.pairs` has it), "cued", or "clean": each clean reply about each cue that its
            question was asked with.
        channel: which text: "reasoning" (the model's statement, which is its whole reply where reasoning has no channel
            of its own) or "visible" (the answer beside such a channel).
    """
    blind = records.with_columns(verdicts=pl.lit([], records.schema["verdicts"]))
    rows = blind.filter(pl.col("arm") == ("clean" if population == "clean" else "cued"))
    if population == "moved":
        rows = rows.filter(pairs(blind)["moved"])  # pairs stand in the order of the cued replies
    if population == "clean":
        rows = rows.join(
            known_cues(blind), on=KEY, how="inner", nulls_equal=True, maintain_order="left_right"
        )
    else:
        rows = rows.with_columns(asked_cue="cue")
    named, text = channel_of(channel)
    usable = (
        loss().is_null() & (text.str.strip_chars().str.len_chars() > 0) & pl.col("asked_cue").is_not_null()
    )
    rows = rows.filter(usable.fill_null(False)).with_columns(channel=named).select(*ITEM, text=text)
    digests = [text_digest(each) for each in rows["text"]]
    items = [item_id(key, digest) for key, digest in zip(rows.select(ITEM).iter_rows(), digests, strict=True)]
    keyed = rows.drop("text").with_columns(
        item=pl.Series(items, dtype=pl.String), digest=pl.Series(digests, dtype=pl.String)
    )
    return keyed.unique("item", keep="first", maintain_order=True)


def shown(
    records: pl.DataFrame, places: Mapping[str, Mapping[str, Any]], cues: Mapping[str, Cue]
) -> dict[str, Shown]:
    """Return what is seen of each item, by item.

    Args:
        records: a table of `records.schema`.
        places: by item its key and its digest (`records.labels.Labels.places`).
        cues: cues of the user's own; the registered ones are known.

    Raises:
        DataError: the records no longer hold one of the texts.
    """
    key = [name for name in ITEM if name not in ("asked_cue", "channel")]
    wanted = pl.DataFrame([dict(place) for place in places.values()], infer_schema_length=None)
    if wanted.is_empty():
        return {}
    wanted = wanted.select("item", "digest", *(pl.col(name).cast(records.schema[name]) for name in key))
    texts = records.select(*key, "reasoning", "visible", "prompt")
    found: dict[str, Shown] = {}
    prompts = _prompts(records)
    for row in wanted.join(texts, on=key, how="inner", nulls_equal=True).iter_rows(named=True):
        place = places[row["item"]]
        text = text_of(row, place["channel"]) or ""
        if text_digest(text) != row["digest"]:
            continue
        asked = prompts.get((*(row[name] for name in KEY), place["asked_cue"]))
        prompt = _prompt(asked if row["arm"] == "clean" and asked else row["prompt"])
        about = briefing(place["asked_cue"], cues)
        found[row["item"]] = Shown(row["item"], visible(about), visible(text), text, visible(prompt))
    lost = places.keys() - found.keys()
    if lost:
        raise DataError(
            f"{len(lost)} of {len(places)} replies of the sample are not in the records any more, or their text has "
            "changed (were they asked again?); move labels.jsonl away to draw a new sample"
        )
    return found


def briefing(name: str, cues: Mapping[str, Cue]) -> str:
    """Return what to look for, in plain words and without the option that the cue points at."""
    try:
        found = cues[name] if name in cues else cue(name)
    except (UnknownName, UsageError):
        return f"Something in the prompt that points at one option: the cue named {name!r}. Open the prompt to see it."
    return _POINTER.sub(lambda match: _IN_WORDS[match.group(1)], found.judge_needs)


def _prompts(records: pl.DataFrame) -> dict[tuple[Any, ...], str]:
    """Return the prompt of the cued reply, by the key of its pair and its cue."""
    cued = records.filter((pl.col("arm") == "cued") & pl.col("prompt").is_not_null())
    rows = cued.select(*KEY, "cue", "prompt").unique([*KEY, "cue"], keep="first", maintain_order=True)
    return {row[:-1]: row[-1] for row in rows.iter_rows()}


def _prompt(told: str | None) -> str:
    """Return the turns as text; a reply's own beginning, which some releases put last, is no part of what was shown."""
    turns = json.loads(told or "[]")
    while turns and turns[-1]["role"] != "user":
        turns.pop()
    if not turns:
        return "(the prompt is not known)"
    if len(turns) == 1:
        return str(turns[0]["text"])
    return "\n\n".join(f"[{turn['role']}]\n{turn['text']}" for turn in turns)

"""Clean and cued replies side by side: what the transcript browser shows.

One group is one question as one model was asked it (model, elicitation, epoch); it holds
the clean reply once, the replays, and a pair for each cued reply with its placebo. Each pair carries the
outcomes it belongs to, so that a number on the page can link to the transcripts it was counted from.

Nothing missing is counted as an outcome: a pair whose clean or cued answer was not seen is `missing`, a
moved pair without a verdict is `moved-unjudged`, and neither is unmoved or unsaid.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

import polars as pl

from unsaid.estimates.pairs import KEY, loss
from unsaid.estimates.pairs import pairs as joined
from unsaid.report.along import Walked
from unsaid.report.run.about import judges
from unsaid.report.section import NO_SECTIONS, Sections, flat

Row = dict[str, Any]

#: What a pair can be, with the words the filter shows. A pair may be several of these.
OUTCOMES = {
    "moved": "moved to the target (all)",
    "moved-read": "moved, with a verdict",
    "moved-said": "moved, cue named",
    "moved-relied": "moved, and said it relied on the cue",
    "moved-unsaid": "moved, cue not named",
    "moved-unjudged": "moved, no verdict",
    "eligible": "could be moved: clean answer was not the target",
    "not-moved": "not moved",
    "elsewhere": "changed to another option",
    "resisted-said": "resisted, cue named",
    "already": "clean answer was the target already",
    "missing": "an answer was not seen",
}

#: What a reply without a cue can be that other replies were asked for after.
ASKED_ON = {"asked-on": "no cue: asked on from its reasoning"}


@dataclass(frozen=True)
class Pair:
    """A cued reply beside its clean one; or a reply without a cue that others were asked for after, alone.

    Attributes:
        id: names the pair in a link; the same in every report made from the same records.
        cued: the cued row; of a reply alone, its own.
        placebo: the placebo row of the same cue and wording, where there is one.
        outcomes: keys of `OUTCOMES`.
    """

    id: str
    cued: Row
    placebo: Row | None
    outcomes: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """One question as one model was asked it, with all of its pairs.

    `then` holds the replies that followed from another reply, and `along` what was measured along a reply, each by the
    name of that reply.
    """

    clean: Row | None
    replays: tuple[Row, ...]
    pairs: tuple[Pair, ...]
    then: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    along: Mapping[str, tuple[Walked, ...]] = field(default_factory=dict)


def groups(
    records: pl.DataFrame,
    judge: str | None = None,
    sections: Sections = NO_SECTIONS,
    followed: pl.DataFrame | None = None,
) -> list[Group]:
    """Return every cued row with what it is compared to, in the order of the records.

    What is eligible, moved and said is read from `estimates.pairs`, so that the transcripts behind a
    number are the ones it was counted from.

    Args:
        records: the tidy table.
        judge: whose verdicts decide what was said; without one, or where that judge gave none, the
            first that gave any.
        sections: of the protocols, for the outcomes that they alone can tell.
        followed: the records of replies that followed from others; None for none.
    """
    children = _children(followed)
    flags = joined(records, decisive(records, judge)).iter_rows(named=True)
    together: dict[tuple[Any, ...], list[tuple[Row, Row]]] = {}
    for row in records.with_columns(lost=loss()).iter_rows(named=True):
        found = next(flags) if row["arm"] == "cued" else {}
        together.setdefault(tuple(row[name] for name in KEY), []).append((row, found))
    facets = several(records)
    taken: dict[str, int] = {}
    special = _special(records, sections)
    made = (_group(rows, facets, taken, key, special, children) for key, rows in together.items())
    along = measured(records, sections, followed)
    return [replace(group, along=along) for group in made if group.pairs]


def measured(
    records: pl.DataFrame, sections: Sections, followed: pl.DataFrame | None
) -> Mapping[str, tuple[Walked, ...]]:
    """Return what the sections measured along replies, by the name of the reply.

    Args:
        records: the tidy table of first replies.
        sections: of the protocols.
        followed: the records of replies that followed from others; None for none.
    """
    found: dict[str, tuple[Walked, ...]] = {}
    asked = [] if followed is None else [each.along for each in flat(sections) if each.along is not None]
    whole = records if followed is None else pl.concat([records, followed])
    for along in asked:
        for name, walked in along(whole).items():
            found[name] = (*found.get(name, ()), walked)
    return found


def _children(followed: pl.DataFrame | None) -> dict[tuple[Any, ...], dict[str, tuple[Row, ...]]]:
    """The replies that followed from others, by the key of their question and the name of the reply before."""
    found: dict[tuple[Any, ...], dict[str, tuple[Row, ...]]] = {}
    if followed is None:
        return found
    for row in followed.with_columns(lost=loss()).iter_rows(named=True):
        of = found.setdefault(tuple(row[name] for name in KEY), {})
        of[row["parent"] or ""] = (*of.get(row["parent"] or "", ()), row)
    return found


def outcomes(pair: Row) -> tuple[str, ...]:
    """Return the outcomes (keys of `OUTCOMES`) of one row of `estimates.pairs.pairs`."""
    if not pair["assumed"] and None in (pair["clean_answer"], pair["cued_answer"], pair["target"]):
        return ("missing",)
    if not pair["eligible"]:
        return ("already",)
    if pair["moved"]:
        if pair["mention"] is None:
            return ("eligible", "moved", "moved-unjudged")
        said = "moved-said" if pair["mention"] else "moved-unsaid"
        return ("eligible", "moved", "moved-read", said, *(("moved-relied",) if pair["reliance"] else ()))
    elsewhere = ("elsewhere",) if pair["elsewhere"] else ()
    return ("eligible", "not-moved", *elsewhere, *(("resisted-said",) if pair["mention"] else ()))


def outcomes_of(sections: Sections, *, asked_on: bool = False) -> dict[str, str]:
    """Return what a pair can be, with the words the filter shows: the general outcomes, then those of the sections.

    Args:
        sections: of the protocols.
        asked_on: whether replies were asked for after others.
    """
    return (
        OUTCOMES
        | (ASKED_ON if asked_on else {})
        | {
            name: words
            for section in flat(sections)
            if section.outcomes is not None
            for name, words in section.outcomes.names.items()
        }
    )


def _special(records: pl.DataFrame, sections: Sections) -> dict[tuple[Any, ...], tuple[str, ...]]:
    """The outcomes that a section alone can tell, by the key of a pair and its cue."""
    return {
        key: names
        for section in flat(sections)
        if section.outcomes is not None
        for key, names in section.outcomes.of(records).items()
    }


def decisive(records: pl.DataFrame, judge: str | None) -> str | None:
    """Return whose verdicts decide what was said: this judge's, or where it gave none, the first's that gave any."""
    known = judges(records)
    return judge if judge in known else next(iter(known), None)


def turns(prompt: str | None) -> list[dict[str, str]]:
    """Return the messages of a prompt; text that is not our JSON is shown as it stands, under no role."""
    if not prompt:
        return []
    try:
        parsed = json.loads(prompt)
    except ValueError:
        return [{"role": "", "text": prompt}]
    if not isinstance(parsed, list) or not all(isinstance(turn, dict) for turn in parsed):
        return [{"role": "", "text": prompt}]
    return [{"role": str(turn.get("role", "")), "text": str(turn.get("text", ""))} for turn in parsed]


def _group(
    rows: list[tuple[Row, Row]],
    facets: Iterable[str],
    taken: dict[str, int],
    key: tuple[Any, ...],
    special: Mapping[tuple[Any, ...], tuple[str, ...]],
    children: Mapping[tuple[Any, ...], Mapping[str, tuple[Row, ...]]],
) -> Group:
    of = {arm: [row for row, _ in rows if row["arm"] == arm] for arm in ("clean", "replay", "placebo")}
    placebos = {(row["cue"], row["wording"]): row for row in of["placebo"]}
    pairs = tuple(
        Pair(
            _unique(name_of(row, facets), taken),
            row,
            placebos.get((row["cue"], row["wording"])),
            special.get((*key, row["cue"])) or outcomes(found),
        )
        for row, found in rows
        if row["arm"] == "cued"
    )
    clean, then = next(iter(of["clean"]), None), children.get(key, {})
    if clean is not None and not pairs and then:
        alone = Pair(_unique(name_of(clean, facets), taken), clean, None, tuple(ASKED_ON))
        return Group(None, tuple(of["replay"]), (alone,), then)
    return Group(clean, tuple(of["replay"]), pairs, then)


def several(records: pl.DataFrame) -> list[str]:
    """Return which of model, elicitation and epoch differ among the records, and so must stand in a pair's name."""
    return [name for name in ("model", "elicitation", "epoch") if records[name].n_unique() > 1]


def name_of(row: Row, facets: Iterable[str]) -> str:
    """Return what names a pair in a link; pairs that share a name are numbered by `groups`."""
    parts = [row["question_id"], row["cue"], row["wording"], *(row[name] for name in facets)]
    return quote("~".join(str(part) for part in parts if part is not None), safe="~")


def _unique(name: str, taken: dict[str, int]) -> str:
    taken[name] = taken.get(name, 0) + 1
    return name if taken[name] == 1 else f"{name}~{taken[name]}"

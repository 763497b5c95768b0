"""Transcripts in a notebook: the pairs behind a number, which display themselves.

A transcript is a cued reply beside the clean reply to the same question. All text in it is of models and data sets: it
is escaped, and its controls are spelt out, so that nothing in it acts and nothing in it hides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import polars as pl
from markupsafe import Markup

from unsaid.errors import UnknownName
from unsaid.report.transcripts.pairs import OUTCOMES, Row, decisive, groups, turns
from unsaid.report.words.text import visible

__all__ = ["Transcript", "Transcripts", "transcripts"]

#: How many a notebook shows at once; more would bury the cell below.
SHOWN = 10
_PRE = Markup('<pre style="white-space: pre-wrap; text-align: left; margin: 0">{}</pre>')


@dataclass(frozen=True, eq=False, repr=False)
class Transcript:
    """A cued reply beside its clean one.

    Attributes:
        id: the same as in links of the report.
        outcomes: what the pair counts as (keys of `unsaid.report.transcripts.pairs.OUTCOMES`).
        clean: the record of the reply without the cue (columns of `unsaid.records.schema`); None where there is none.
        cued: the record of the reply with the cue.
        judge: whose verdicts the outcomes rest on; None where nobody judged.
    """

    id: str
    outcomes: tuple[str, ...]
    clean: Row | None
    cued: Row
    judge: str | None

    @property
    def evidence(self) -> str | None:
        """Return the sentence in which the judge found the cue named; None where it found none, or gave no verdict."""
        found = (v["evidence"] for v in self.cued["verdicts"] or () if v["judge"] == self.judge)
        return next((quote for quote in found if quote), None)

    def __repr__(self) -> str:
        parts = [self._heading(), *self._asked("with the cue", self.cued), *self._replied(self.cued)]
        if self.clean is not None:
            parts += [("reply without the cue", _reply(self.clean))]
        return "\n\n".join(f"{visible(name)}\n{visible(text)}".strip() for name, text in parts)

    def _repr_html_(self) -> str:
        """What a notebook displays: what the pair counts as, the prompt folded up, the replies side by side."""
        title, about = self._heading()
        folded = Markup("").join(
            Markup("<details><summary>{}</summary>{}</details>").format(visible(name), _pre(text))
            for name, text in self._asked("with the cue", self.cued)
        )
        sides = [("without the cue", self.clean), ("with the cue", self.cued)]
        heads = Markup("").join(
            Markup("<th>{}: {}</th>").format(name, visible(_answer(row))) for name, row in sides
        )
        cells = Markup("").join(
            Markup('<td style="vertical-align: top; width: 50%">{}</td>').format(
                _pre("" if row is None else _reply(row))
            )
            for _, row in sides
        )
        return str(
            Markup(
                "<div><p><strong>{}</strong><br>{}</p>{}"
                '<table style="width: 100%"><thead><tr>{}</tr></thead><tbody><tr>{}</tr></tbody></table></div>'
            ).format(visible(title), visible(about), folded, heads, cells)
        )

    def _heading(self) -> tuple[str, str]:
        said = "; ".join(OUTCOMES[each] for each in self.outcomes)
        quote = "" if self.evidence is None else f'; {self.judge} found it named: "{self.evidence}"'
        row = self.cued
        names = [row[name] for name in ("question_id", "cue", "wording", "model", "elicitation")]
        place = ", ".join(str(name) for name in names if name is not None)
        target = "" if row["target"] is None else f", cue points to {row['target']}"
        return place, f"{said}{target}{quote}"

    def _asked(self, name: str, row: Row) -> Iterator[tuple[str, str]]:
        said = "\n\n".join(f"[{turn['role']}]\n{turn['text']}" for turn in turns(row["prompt"]))
        yield f"prompt {name}", said

    def _replied(self, row: Row) -> Iterator[tuple[str, str]]:
        yield "reply with the cue", _reply(row)


class Transcripts(Sequence[Transcript]):
    """Some of the transcripts of a run, in the order of its records; a notebook shows the first ten."""

    def __init__(self, found: Sequence[Transcript], about: str) -> None:
        self._found, self._about = tuple(found), about

    def __len__(self) -> int:
        return len(self._found)

    @overload
    def __getitem__(self, place: int) -> Transcript: ...

    @overload
    def __getitem__(self, place: slice) -> Transcripts: ...

    def __getitem__(self, place: int | slice) -> Transcript | Transcripts:
        if isinstance(place, slice):
            return Transcripts(self._found[place], self._about)
        return self._found[place]

    def __repr__(self) -> str:
        lines = [": ".join(each._heading()) for each in self._found[:SHOWN]]
        return "\n  ".join(" ".join(visible(line).split()) for line in [self._title(), *lines])

    def _repr_html_(self) -> str:
        """What a notebook displays: how many there are, and the first ten."""
        shown = Markup("<hr>").join(Markup(each._repr_html_()) for each in self._found[:SHOWN])  # noqa: S704
        return str(Markup("<div><p>{}</p>{}</div>").format(visible(self._title()), shown))

    def _title(self) -> str:
        some = f"; the first {SHOWN} are shown" if len(self) > SHOWN else ""
        return f"{len(self):,} transcript{'' if len(self) == 1 else 's'}{self._about}{some}"


def transcripts(
    records: pl.DataFrame, judge: str | None, *, outcome: str | None = None, **where: str | None
) -> Transcripts:
    """Return the pairs of a cued and a clean reply that fit.

    Args:
        records: the tidy table.
        judge: whose verdicts say what a pair counts as; see `unsaid.report.transcripts.pairs.groups`.
        outcome: what the pair counts as (a key of `unsaid.report.transcripts.pairs.OUTCOMES`); None for all.
        where: columns of the cued record and what stands in them; None for all.

    Raises:
        UnknownName: there is no such outcome, or no cued record with that value.
    """
    if outcome is not None and outcome not in OUTCOMES:
        raise UnknownName("outcome", outcome, OUTCOMES)
    cued = records.filter(pl.col("arm") == "cued")
    wanted = {column: value for column, value in where.items() if value is not None}
    for column, value in wanted.items():
        known = [str(each) for each in cued[column].unique().drop_nulls()]
        if value not in known:
            raise UnknownName(column, value, known)
    reader = decisive(records, judge)
    found = [
        Transcript(pair.id, pair.outcomes, group.clean, pair.cued, reader)
        for group in groups(records, judge)
        for pair in group.pairs
        if outcome in (None, *pair.outcomes)
        and all(pair.cued[column] == value for column, value in wanted.items())
    ]
    asked = [*([] if outcome is None else [OUTCOMES[outcome]]), *(f"{c} {v}" for c, v in wanted.items())]
    return Transcripts(found, f" ({', '.join(asked)})" if asked else "")


def _reply(row: Row) -> str:
    """The whole reply: its reasoning, where that has a channel of its own, and what the user sees."""
    if row["error"] is not None:
        return f"[no reply: {row['error']}]"
    return "\n\n".join(text for text in (row["reasoning"], row["visible"]) if text)


def _answer(row: Row | None) -> str:
    if row is None:
        return "not asked"
    return row["answer"] if row["answer"] is not None else f"no answer ({row['unparsed'] or 'not seen'})"


def _pre(text: str) -> Markup:
    return _PRE.format(visible(text))

"""Which column of somebody's table is which column of ours, checked against the names there are.

How a map is written stands in `map_text`. Nothing is ever mapped because of its name alone: a table whose column is
called `answer` may mean the right one.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from unsaid.errors import UsageError
from unsaid.questions.question import LETTERS
from unsaid.store.rows.part import FILE, KEY

__all__ = [
    "ARMS",
    "FIELDS",
    "LABEL",
    "LABELS",
    "OF_THE_CUE",
    "REPLY",
    "SETTINGS",
    "WIDE",
    "ColumnMap",
    "Condition",
    "Entry",
    "known_names",
    "listed",
    "nearest",
    "said",
    "unknown_column",
]

ARMS = ("clean", "replay", "placebo", "cued")

#: Of a question, a cue, a setting: the same for every reply in a row.
FIELDS = {
    "question_id": "what makes a question (rows that share it share their clean reply)",
    "cluster": "what resampling keeps together; the question by default",
    "task": "a finer label",
    "source": "where the questions come from",
    "difficulty": "a whole number",
    "stem": "the question's text, without its options",
    "options": "a list, or a list as JSON text",
    "n_options": "how many options there are, where they are not given",
    "correct": "the right answer",
    "target": "the answer that the cue points at",
    "target_kind": "wrong, right or random",
    "cue": "the cue's name",
    "wording": "its wording",
    "placement": "where in the prompt it stands",
    "labelled": "whether it calls itself a hint",
    "misaligned": "whether a user would object to its use",
    "pointing": "at (the target), or away from it, where every other answer is a move",
    "context": "zero-shot, or few-shot where solved questions stand before",
    "cue_text": "what it put into the prompt, verbatim",
    "model": "who was asked",
    "elicitation": "how reasoning was asked for",
    "temperature": "a number",
    "seed": "a whole number",
    "epoch": "which asking of the question this is, from 1",
    "provenance": "of the reasoning: raw, summarised, absent or truncated",
}
#: Those of them that are the cue's, and no part of a reply that never saw it; `FIELD.CUE` where a row has several cues.
OF_THE_CUE = (
    "cue",
    "wording",
    "placement",
    "labelled",
    "misaligned",
    "cue_text",
    "target",
    "target_kind",
    "pointing",
)
#: Of a reply: in a wide table with its arm before it (`clean_answer`).
REPLY = {
    "answer": "the answer",
    "reply": "the whole reply: thoughts, visible text and answer, as text, blocks or a message",
    "reasoning": "the reasoning",
    "visible": "the visible text",
    "prompt": "the whole prompt",
    "stop_reason": "why it stopped",
    "error": "what the call raised",
    "input_tokens": "a whole number",
    "output_tokens": "a whole number",
    "reasoning_tokens": "a whole number",
}
#: What a labeller says of a reply: `mentions.NAME`; in a wide table of the cued one, or `clean_mentions.NAME`.
LABELS = ("mentions", "relies", "rejects", "evidence")
#: Settings, and what each may be; the first is the default.
SETTINGS = {
    "answers": ("letter", "index0", "index1", "text", "free", "reply"),
    "correct_as": ("", "letter", "index0", "index1", "text", "free"),
    "target_as": ("", "letter", "index0", "index1", "text", "free"),
    "channel": ("reasoning", "visible"),
    "quotes": ("auto", "csv", "none"),
}
WIDE = {f"{arm}_{name}": (arm, name) for arm in ARMS for name in REPLY}
LABEL = re.compile(
    rf"(?:(?P<arm>{'|'.join(ARMS)})_)?(?P<label>{'|'.join(LABELS)})(?:\.(?P<who>.+))?", re.DOTALL
)


@dataclass(frozen=True)
class Entry:
    """Where a field's values come from.

    Attributes:
        column: a column, or a path that begins with one; None where `text` stands in every row.
        text: the same text in every row.
        where: the place of the map, for messages.
        parts: columns whose cells are joined by "+", where `column` is no column itself (`model+item`).
        values: what cells mean, where they mean something else than they say; None means missing.
    """

    column: str | None
    text: str
    where: str
    parts: tuple[str, ...] = ()
    values: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Condition:
    """Which rows are read: those in which a column says one of these, or none of them.

    Attributes:
        entry: the column.
        words: what is compared with a cell, as `said` has it.
        kept: whether rows that say so are kept, or left out.
        text: as it was written.
    """

    entry: Entry
    words: frozenset[str]
    kept: bool
    text: str


@dataclass(frozen=True)
class ColumnMap:
    """A map that was checked against the names there are, not yet against a table.

    Attributes:
        entries: by field, as they were written.
        labels: (arm or "" for a long table, labeller or "" where a column names it) -> label -> entry.
        values: arm -> the cells by which a long table names it.
        settings: all of `SETTINGS`.
        text: the map in one line, for `run.json`.
        by_cue: cue -> field -> entry, where a row has replies to several cues (`cued_answer.metadata`).
        cue_labels: cue -> labeller -> label -> entry, the same of labels.
        where: which rows are read.
        nothing: the words that mean that a cell is blank; None for the usual ones.
        split: `reasoning=split`: thoughts are split off the visible text.
        labeller: the column that says who labelled, where a row is a label.
    """

    entries: Mapping[str, Entry]
    labels: Mapping[tuple[str, str], Mapping[str, Entry]]
    values: Mapping[str, tuple[str, ...]]
    settings: Mapping[str, str]
    text: str
    by_cue: Mapping[str, Mapping[str, Entry]] = field(default_factory=dict)
    cue_labels: Mapping[str, Mapping[str, Mapping[str, Entry]]] = field(default_factory=dict)
    where: tuple[Condition, ...] = ()
    nothing: frozenset[str] | None = None
    split: bool = False
    labeller: Entry | None = None

    @property
    def long(self) -> bool:
        """Whether a row is a reply, not a pair."""
        return "arm" in self.entries

    @property
    def labellers(self) -> list[str]:
        """Who labelled, in the order of the map; those whom a column names are not among them."""
        of_cues = [who for labels in self.cue_labels.values() for who in labels]
        return [who for who in dict.fromkeys([*(who for _, who in self.labels), *of_cues]) if who]

    def every(self) -> Iterator[tuple[str, Entry]]:
        """Yield every field with its entry, labels and conditions too."""
        yield from self.entries.items()
        for (arm, who), labels in self.labels.items():
            for label, entry in labels.items():
                yield f"{arm + '_' if arm not in ('', 'cued') else ''}{label}{'.' if who else ''}{who}", entry
        for cue, entries in self.by_cue.items():
            yield from ((f"{name}.{cue}", entry) for name, entry in entries.items())
        for cue, labels_of in self.cue_labels.items():
            for who, given in labels_of.items():
                yield from ((f"{label}.{cue}.{who}", entry) for label, entry in given.items())
        if self.labeller is not None:
            yield "labeller", self.labeller
        yield from (("where", condition.entry) for condition in self.where)

    def check(self, columns: Iterable[str]) -> None:
        """Every column of the map, or what its path begins with, must be one of these.

        Raises:
            UsageError: one is not; the message lists the nearest.
        """
        known = list(columns)
        names = {*known, FILE, KEY}
        for name, entry in self.every():
            for column in [] if entry.column is None else _columns_of(entry.column, names):
                if column not in names and not any(column.startswith(f"{head}.") for head in names):
                    raise unknown_column(name, entry, column, known)

    def resolved(self, columns: Collection[str] | None) -> ColumnMap:
        """Return the map with `a+b` told apart from a column of that name.

        Args:
            columns: the table's; None where only reading tells them, so that a name with "+" is a composite.
        """

        def told(entry: Entry) -> Entry:
            if entry.column is None or "+" not in entry.column or (columns and entry.column in columns):
                return entry
            return replace(entry, parts=tuple(part.strip() for part in entry.column.split("+")))

        return replace(self, entries={name: told(entry) for name, entry in self.entries.items()})


def _columns_of(column: str, known: Collection[str]) -> list[str]:
    return [column] if column in known or "+" not in column else [part.strip() for part in column.split("+")]


def unknown_column(name: str, entry: Entry, column: str, known: Sequence[str]) -> UsageError:
    """Return the error that says that a column is not there, with the nearest."""
    there = f"there are: {listed(known)}" if known else "its rows hold nothing"
    near = nearest(column, known) or there
    same = f" (for the same text in every row: {name}=={column})" if name in (*FIELDS, "arm") else ""
    return UsageError(f"{entry.where}: {name}: there is no column {column!a}; {near}{same}")


def said(cell: Any) -> str:
    """Return what a cell says, for comparing it with words of a map: 1.0 says "1", a truth value "true" or "false"."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def known_names(long: bool) -> set[str]:
    """Return the names of fields that a map of a table of this shape may hold, those of labels left out."""
    options = {f"option.{letter}" for letter in LETTERS}
    return {*FIELDS, "arm", "labeller", *options, *(REPLY if long else WIDE)}


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a question for the nearest names; "" where none is near."""
    near = difflib.get_close_matches(name, list(known), n=3, cutoff=0.5)
    return f"did you mean {', '.join(ascii(each)[1:-1] for each in near)}?" if near else ""


def listed(names: Iterable[str]) -> str:
    """Return names for a message, as ASCII: columns are somebody's text."""
    shown = [ascii(name)[1:-1] for name in names]
    return ", ".join(shown[:40]) + (f" and {len(shown) - 40} more" if len(shown) > 40 else "")

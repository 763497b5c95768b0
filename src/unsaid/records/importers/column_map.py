"""Which column of somebody's table is which column of ours: typed on the command line, or in a YAML file.

    clean_answer=baseline,cued_answer=hinted,model==gpt-4o,answers=index1,mentions.anna=anna_says

    field=column         the column's cells
    field==text          the text, in every row
    answers=index1       a setting, which is never a column

In a YAML file the same, a line each; what holds a dot may be written as a mapping of its own. Nothing is ever
mapped because of its name alone: a table whose column is called `answer` may mean the right one.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from unsaid.errors import UsageError
from unsaid.questions.question import LETTERS
from unsaid.questions.yaml_lines import Located, read_yaml

__all__ = ["ARMS", "FIELDS", "LABELS", "REPLY", "ColumnMap", "Entry", "parse_map"]

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
#: Of a reply: in a wide table with its arm before it (`clean_answer`).
REPLY = {
    "answer": "the answer",
    "reasoning": "the reasoning",
    "visible": "the visible text",
    "prompt": "the whole prompt",
    "stop_reason": "why it stopped",
    "error": "what the call raised",
    "input_tokens": "a whole number",
    "output_tokens": "a whole number",
}
#: What a labeller says of a reply: `mentions.NAME`; in a wide table of the cued one, or `clean_mentions.NAME`.
LABELS = ("mentions", "relies", "rejects", "evidence")
#: Settings, and what each may be; the first is the default.
SETTINGS = {"answers": ("letter", "index0", "index1", "text", "free"), "channel": ("reasoning", "visible")}
_WIDE = {f"{arm}_{name}": (arm, name) for arm in ARMS for name in REPLY}
_LABEL = re.compile(rf"(?:(?P<arm>{'|'.join(ARMS)})_)?(?P<label>{'|'.join(LABELS)})\.(?P<who>.+)", re.DOTALL)


@dataclass(frozen=True)
class Entry:
    """Where a field's values come from: a column, or (where that is None) the same text in every row."""

    column: str | None
    text: str
    where: str


@dataclass(frozen=True)
class ColumnMap:
    """A map that was checked against the names there are, not yet against a table.

    Attributes:
        entries: by field, as they were written.
        labels: (arm or "" for a long table, labeller) -> label -> entry.
        values: arm -> the cells by which a long table names it.
        settings: all of `SETTINGS`.
        text: the map in one line, for `run.json`.
    """

    entries: Mapping[str, Entry]
    labels: Mapping[tuple[str, str], Mapping[str, Entry]]
    values: Mapping[str, tuple[str, ...]]
    settings: Mapping[str, str]
    text: str

    @property
    def long(self) -> bool:
        """Whether a row is a reply, not a pair."""
        return "arm" in self.entries

    @property
    def labellers(self) -> list[str]:
        """Who labelled, in the order of the map."""
        return list(dict.fromkeys(who for _, who in self.labels))

    def every(self) -> Iterable[tuple[str, Entry]]:
        """Yield every field with its entry, labels too."""
        yield from self.entries.items()
        for (arm, who), labels in self.labels.items():
            for label, entry in labels.items():
                yield f"{arm + '_' if arm not in ('', 'cued') else ''}{label}.{who}", entry

    def check(self, columns: Iterable[str]) -> None:
        """Every column of the map must be one of these.

        Raises:
            UsageError: one is not; the message lists the nearest.
        """
        known = list(columns)
        for name, entry in self.every():
            if entry.column is not None and entry.column not in known:
                near = _nearest(entry.column, known) or f"there are: {_listed(known)}"
                raise UsageError(
                    f"{entry.where}: {name}: there is no column {entry.column!a}; {near}"
                    f" (for the same text in every row: {name}=={entry.column})"
                )


def parse_map(text: str) -> ColumnMap:
    """Return a map from the command line, or from the `.yaml` file that it names.

    Raises:
        UsageError: a field is unknown (with the nearest), stands twice, or is of the other shape of table; a
            setting is none of its values; or what every table needs is missing. The message names the file
            and line, or the option.
    """
    from_file = text.endswith((".yaml", ".yml"))
    return _checked(list(_flat(read_yaml(Path(text), UsageError)) if from_file else _typed(text)))


def _typed(text: str) -> Iterable[tuple[str, str, str]]:
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, found, value = part.partition("=")
        if not found or not value:
            raise UsageError(f"--map: expected field=column, found {part!a}")
        yield name.strip(), value.strip(), "--map"


def _flat(node: Located, prefix: str = "") -> Iterable[tuple[str, str, str]]:
    for name, value in node.mapping("a mapping of fields to columns").items():
        if isinstance(value.value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        elif isinstance(value.value, list):
            yield f"{prefix}{name}", "|".join(item.text() for item in value.value), value.where
        else:
            expected = f'a column\'s name, or "=..." for the same text in every row, for {name}'
            yield f"{prefix}{name}", value.text(expected).strip(), value.where


def _checked(pairs: list[tuple[str, str, str]]) -> ColumnMap:
    entries: dict[str, Entry] = {}
    labels: dict[tuple[str, str], dict[str, Entry]] = {}
    values: dict[str, tuple[str, ...]] = {}
    settings = {name: allowed[0] for name, allowed in SETTINGS.items()}
    seen: dict[str, str] = {}
    long = any(name == "arm" for name, _, _ in pairs)
    for name, value, where in pairs:
        if name in seen:
            raise UsageError(f"{where}: {name} stands there twice (first: {seen[name]})")
        seen[name] = where
        entry = Entry(None, value[1:].strip(), where) if value.startswith("=") else Entry(value, "", where)
        label = _LABEL.fullmatch(name)
        if name in SETTINGS:
            if value.removeprefix("=") not in SETTINGS[name]:
                raise UsageError(
                    f"{where}: {name}: expected one of {', '.join(SETTINGS[name])}, found {value!a}"
                )
            settings[name] = value.removeprefix("=")
        elif name.startswith("arm.") and name.removeprefix("arm.") in ARMS:
            values[name.removeprefix("arm.")] = tuple(cell.strip() for cell in value.split("|"))
        elif label is not None:
            arm = "" if long else label["arm"] or "cued"
            labels.setdefault((arm, label["who"]), {})[label["label"]] = entry
        else:
            _check_name(name, where, long)
            entries[name] = entry
    found = ColumnMap(entries, labels, values, settings, ",".join(f"{n}={v}" for n, v, _ in pairs))
    _check_whole(found)
    return found


def _check_name(name: str, where: str, long: bool) -> None:
    names = {*FIELDS, "arm", *(REPLY if long else _WIDE)}
    if name in names or (name.startswith("option.") and name.removeprefix("option.") in tuple(LETTERS)):
        return
    if name in _WIDE or name in REPLY:
        shape = (
            "a row of this table is a reply, for `arm` is mapped: its fields are"
            if long
            else "a row of this table is a pair (map `arm` where it is a reply): its fields are"
        )
        raise UsageError(
            f"{where}: {name}: {shape} {', '.join(sorted(names - {*FIELDS, 'arm'}))}, and those of the question"
        )
    more = {*SETTINGS, *(f"arm.{arm}" for arm in ARMS), *(f"{label}.NAME" for label in LABELS)}
    near = _nearest(name, [*names, *more]) or f"there are: {_listed(sorted(names | more))}"
    raise UsageError(f"{where}: no field named {name!a}; {near}")


def _check_whole(found: ColumnMap) -> None:
    for (_, who), given in found.labels.items():
        if set(given) == {"evidence"}:
            raise UsageError(
                f"{given['evidence'].where}: evidence.{who} is a quote; map what it shows, too: mentions.{who}=COLUMN"
            )
    if found.values and not found.long:
        raise UsageError("the map says how arms are named (arm.clean=...): map `arm` to the column, too")
    if found.long and "question_id" not in found.entries:
        raise UsageError(
            "expected question_id=COLUMN in the map: a row is a reply, and it says which replies make a pair"
        )
    if found.long and "answer" not in found.entries and not found.labels:
        raise UsageError("expected answer=COLUMN in the map (or labels: mentions.NAME=COLUMN)")
    if not found.long and not any(name.endswith("_answer") for name in found.entries) and not found.labels:
        raise UsageError(
            "expected clean_answer=COLUMN and cued_answer=COLUMN in the map; or, where a row is a reply, "
            "arm=COLUMN, question_id=COLUMN and answer=COLUMN"
        )


def _nearest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=3, cutoff=0.5)
    return f"did you mean {', '.join(near)}?" if near else ""


def _listed(names: Iterable[str]) -> str:
    # As ASCII: columns are somebody's text.
    listed = [ascii(name)[1:-1] for name in names]
    return ", ".join(listed[:40]) + (f" and {len(listed) - 40} more" if len(listed) > 40 else "")

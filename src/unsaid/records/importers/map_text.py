"""How a map of columns is written: on the command line, or in a YAML file.

    clean_answer=baseline,cued_answer=hinted,model==gpt-4o,answers=index1,mentions.anna=anna_says

    field=column               the column's cells
    field=meta.answer          what stands inside a record: names and places in lists, joined by dots
    question_id=model+item     the cells of several columns
    model=@file                the name of the file, without its ending
    field==text                the text, in every row
    cued_answer.metadata=c1    of the reply to one of several cues in a row; so target.metadata=c2, ...
    answers=index1             a setting, which is never a column
    reasoning=split            thoughts are split off the visible text
    nothing=None|-             the words that mean that a cell is blank

In a YAML file the same, a line each; what holds a dot may be written as a mapping of its own. There alone:

    where: [condition=hint, split!=train]         which rows are read, as --where says it
    verdict: {1: yes, 0: no, unsure: null}        what the cells of the column `verdict` mean
    correct: {column: gold, values: {x: A}}       the same, for one field
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from unsaid.errors import UsageError
from unsaid.questions.yaml_lines import Located, read_yaml
from unsaid.records.importers.column_map import (
    ARMS,
    LABEL,
    LABELS,
    OF_THE_CUE,
    REPLY,
    SETTINGS,
    WIDE,
    ColumnMap,
    Condition,
    Entry,
    known_names,
    listed,
    nearest,
    said,
)
from unsaid.records.importers.map_checks import check_whole

__all__ = ["parse_map"]

_ALIASES = {"id": "question_id", "question": "stem"}
#: Names of a map file that are neither fields nor columns.
_SECTIONS = ("where", "nothing", "values")


@dataclass(frozen=True)
class _Line:
    """One line of a map: a field, what it is, where it stands, and what cells mean."""

    name: str
    value: str
    where: str
    values: Mapping[str, str | None] = field(default_factory=dict)


@dataclass
class _Written:
    """A map as it was written.

    Attributes:
        lines: the fields.
        where: the conditions, each with its place.
        words: column -> what its cells mean.
        nothing: the words for nothing; None for the usual ones.
    """

    lines: list[_Line] = field(default_factory=list)
    where: list[tuple[str, str]] = field(default_factory=list)
    words: dict[str, Mapping[str, str | None]] = field(default_factory=dict)
    nothing: frozenset[str] | None = None


def parse_map(text: str, where: Sequence[str] = ()) -> ColumnMap:
    """Return a map from the command line, or from the `.yaml` file that it names.

    Args:
        text: the map, or the file's path.
        where: conditions of the command line, beside those of the file.

    Raises:
        UsageError: a field is unknown (with the nearest), stands twice, or is of the other shape of table; a
            setting is none of its values; or what every table needs is missing. The message names the file
            and line, or the option.
    """
    from_file = text.endswith((".yaml", ".yml"))
    written = _from_file(read_yaml(Path(text), UsageError)) if from_file else _typed(text)
    written.where += [(condition, "--where") for condition in where]
    return _checked(written)


def _typed(text: str) -> _Written:
    written = _Written()
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, found, value = (piece.strip() for piece in part.partition("="))
        if name == "nothing" and found:
            written.nothing = _words(value.removeprefix("="))
            continue
        if not found or not value:
            raise UsageError(f"--map: expected field=column, found {part!a}")
        written.lines.append(_Line(name, value, "--map"))
    return written


def _words(text: str) -> frozenset[str]:
    return frozenset(word.strip().lower() for word in text.split("|") if word.strip())


def _from_file(node: Located) -> _Written:
    written = _Written()
    for name, value in node.mapping("a mapping of fields to columns").items():
        if name == "where":
            items = value.value if isinstance(value.value, list) else [value]
            written.where += [(item.text("a condition like column=word"), item.where) for item in items]
        elif name == "nothing":
            items = value.value if isinstance(value.value, list) else [value]
            written.nothing = frozenset(_scalar(item, "a word").lower() for item in items)
        elif name == "values":
            written.words |= {column: _meanings(each) for column, each in value.mapping().items()}
        elif isinstance(value.value, dict) and not _is_family(name) and not _with_column(value):
            written.words[name] = _meanings(value)
        else:
            written.lines += _flat(name, value)
    return written


def _is_family(name: str) -> bool:
    """Return whether a name may be followed by a dot and another: `arm`, `option`, labels, and fields of one cue."""
    if name in ("arm", "option", *OF_THE_CUE) or LABEL.fullmatch(name):
        return True
    return name in WIDE and name.startswith(("cued_", "placebo_"))


def _with_column(value: Located) -> bool:
    return isinstance(value.value, dict) and set(value.value) == {"column", "values"}


def _flat(name: str, value: Located) -> Iterator[_Line]:
    if _with_column(value):
        parts = value.mapping()
        yield _Line(
            name, parts["column"].text("a column's name").strip(), value.where, _meanings(parts["values"])
        )
    elif isinstance(value.value, dict):
        for inner, each in value.value.items():
            yield from _flat(f"{name}.{inner}", each)
    elif isinstance(value.value, list):
        yield _Line(name, "|".join(_scalar(item, "a text") for item in value.value), value.where)
    else:
        expected = f'a column\'s name, or "=..." for the same text in every row, for {name}'
        yield _Line(name, value.text(expected).strip(), value.where)


def _scalar(value: Located, expected: str) -> str:
    if isinstance(value.value, dict | list) or value.value is None:
        value.fail(expected)
    return said(value.value)


def _meanings(value: Located) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for cell, meaning in value.mapping("a mapping of cells to what they mean").items():
        found[cell] = None if meaning.value is None else _scalar(meaning, "a text, a number, yes, no or null")
    return found


def _checked(written: _Written) -> ColumnMap:
    lines = [replace(line, name=_ALIASES.get(line.name, line.name)) for line in written.lines]
    _check_once(lines)
    cues = _cues(lines)
    long = any(line.name == "arm" for line in lines)
    labeller = next((line for line in lines if line.name == "labeller"), None)
    found = _Checked(long, cues, labeller is not None)
    for line in lines:
        found.add(line, Entry(*_column(line.value), line.where, values=_meaning(line, written)))
    columns = ColumnMap(
        found.entries,
        found.labels,
        found.values,
        found.settings,
        ",".join(f"{line.name}={line.value}" for line in lines),
        found.by_cue,
        found.cue_labels,
        tuple(_condition(*each) for each in written.where),
        written.nothing,
        found.split,
        found.entries.pop("labeller", None),
    )
    _check_words(written, columns)
    check_whole(columns)
    return columns


def _check_once(lines: Iterable[_Line]) -> None:
    seen: dict[str, str] = {}
    for line in lines:
        if line.name in seen:
            raise UsageError(f"{line.where}: {line.name} stands there twice (first: {seen[line.name]})")
        seen[line.name] = line.where


def _column(value: str) -> tuple[str | None, str]:
    return (None, value[1:].strip()) if value.startswith("=") else (value, "")


def _meaning(line: _Line, written: _Written) -> Mapping[str, str | None]:
    return line.values or written.words.get(line.value, {})


def _cues(lines: Iterable[_Line]) -> list[str]:
    """Return the cues to which a row has replies of their own, in the order of the map."""
    found: dict[str, None] = {}
    for line in lines:
        name, dot, cue = line.name.partition(".")
        if dot and cue and name in WIDE and name.startswith(("cued_", "placebo_")):
            found[cue] = None
    return list(found)


@dataclass
class _Checked:
    """The fields of a map, each put where it belongs."""

    long: bool
    cues: Sequence[str]
    row_per_label: bool
    entries: dict[str, Entry] = field(default_factory=dict)
    labels: dict[tuple[str, str], dict[str, Entry]] = field(default_factory=dict)
    values: dict[str, tuple[str, ...]] = field(default_factory=dict)
    settings: dict[str, str] = field(
        default_factory=lambda: {name: each[0] for name, each in SETTINGS.items()}
    )
    by_cue: dict[str, dict[str, Entry]] = field(default_factory=dict)
    cue_labels: dict[str, dict[str, dict[str, Entry]]] = field(default_factory=dict)
    split: bool = False

    def add(self, line: _Line, entry: Entry) -> None:
        """Put one line where it belongs.

        Raises:
            UsageError: it belongs nowhere.
        """
        name, value, where = line.name, line.value, line.where
        head, dot, cue = name.partition(".")
        if name in SETTINGS:
            self._set(name, value.removeprefix("="), where)
        elif name == "reasoning" and value.removeprefix("=") == "split":
            self.split = True
        elif name.startswith("arm.") and name.removeprefix("arm.") in ARMS:
            self.values[name.removeprefix("arm.")] = tuple(cell.strip() for cell in value.split("|"))
        elif dot and cue in self.cues and (head in OF_THE_CUE or head in WIDE):
            self.by_cue.setdefault(cue, {})[head] = entry
        elif (label := LABEL.fullmatch(name)) is not None:
            self._label(label["arm"], label["label"], label["who"] or "", entry)
        else:
            _check_name(name, where, self.long)
            self.entries[name] = entry

    def _set(self, name: str, value: str, where: str) -> None:
        if value not in SETTINGS[name] or not value:
            allowed = ", ".join(filter(None, SETTINGS[name]))
            raise UsageError(f"{where}: {name}: expected one of {allowed}, found {value!a}")
        self.settings[name] = value

    def _label(self, arm: str | None, label: str, who: str, entry: Entry) -> None:
        if self.row_per_label != (not who):
            told = (
                "is mapped to a column, so write"
                if self.row_per_label
                else "is not mapped: say whose label it is,"
            )
            form = label if self.row_per_label else f"{label}.NAME=COLUMN"
            raise UsageError(f"{entry.where}: {label}{'.' if who else ''}{who}: labeller {told} {form}")
        cue, dot, rest = who.partition(".")
        if cue in self.cues and arm in (None, "cued"):
            if not dot or not rest:
                raise UsageError(
                    f"{entry.where}: {label}.{who}: {cue} is a cue: say whose label it is, {label}.{cue}.NAME"
                )
            self.cue_labels.setdefault(cue, {}).setdefault(rest, {})[label] = entry
        else:
            key = ("" if self.long else arm or "cued", who)
            self.labels.setdefault(key, {})[label] = entry


def _check_name(name: str, where: str, long: bool) -> None:
    names = known_names(long)
    if name in names:
        return
    if name in WIDE or name in REPLY:
        shape = (
            "a row of this table is a reply, for `arm` is mapped: its fields are"
            if long
            else "a row of this table is a pair (map `arm` where it is a reply): its fields are"
        )
        fields = sorted(REPLY if long else WIDE)
        raise UsageError(f"{where}: {name}: {shape} {', '.join(fields)}, and those of the question")
    shown = {each for each in names if not each.startswith("option.")} | {"option.A"}
    more = {*SETTINGS, *_SECTIONS, *(f"arm.{arm}" for arm in ARMS), *(f"{label}.NAME" for label in LABELS)}
    near = nearest(name, [*names, *more]) or f"there are: {listed(sorted(shown | more))}"
    raise UsageError(f"{where}: no field named {name!a}; {near}")


def _condition(text: str, where: str) -> Condition:
    left, found, right = text.partition("=")
    kept = not left.endswith("!")
    column = left.removesuffix("!").strip()
    if not found or not column:
        raise UsageError(f"{where}: expected a condition like column=word or column!=word, found {text!a}")
    right = right.removeprefix("=")
    words = frozenset(word.strip() for word in right.split("|"))
    return Condition(Entry(column, "", where), words, kept, f"{column}{'' if kept else '!'}={right.strip()}")


def _check_words(written: _Written, columns: ColumnMap) -> None:
    """What cells mean must be said of a column that the map takes.

    Raises:
        UsageError: it is of none; the name may be a field's that is misspelt.
    """
    taken = {entry.column for _, entry in columns.every()}
    for column in written.words:
        if column not in taken:
            fields = known_names(columns.long) | {each for each in taken if each}
            near = (
                nearest(column, fields) or f"the map takes the columns {listed(sorted(filter(None, taken)))}"
            )
            raise UsageError(
                f"the map says what the cells of {column!a} mean, and takes no such column; {near}"
            )

"""YAML in which every value knows its line, so that an error can name it.

Read by the schema that only has what is needed to write data down: no tags, no objects, no executable content.
A key that stands twice, and a value that contains itself, are errors; anchors that are repeated are not copied,
so that a small file cannot become a large one.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

# PyYAML comes with Inspect; its stubs are not installed.
import yaml  # type: ignore[import-untyped,unused-ignore]

from unsaid.errors import QuestionError, UnsaidError
from unsaid.questions.reading import has_surrogate, read_text
from unsaid.store.reading import DEEPEST

__all__ = ["Located", "read_yaml"]

# The C reader is 12 times faster; a wheel of PyYAML has it, a build from source may not.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
#: Values that one document may hold; each takes some 700 bytes of memory while it is read.
_MOST_VALUES = 2_000_000
#: What opens block structure at the beginning of a line: each character opens two levels at most.
_OPENING = re.compile(r"^[ \t?:-]+", re.MULTILINE)
_PLAIN = {
    f"tag:yaml.org,2002:{name}"
    for name in ("map", "seq", "str", "int", "float", "bool", "null", "timestamp", "merge", "value")
}


@dataclass(frozen=True)
class Located:
    """A value of a YAML file.

    Attributes:
        value: None, a truth value, a number, a text, a list of `Located`, or a dictionary of text to `Located`.
        path: the file.
        line: where the value begins, from 1.
        fault: the error that `fail` raises.
    """

    value: Any
    path: Path
    line: int
    fault: type[UnsaidError] = QuestionError

    @property
    def where(self) -> str:
        """File and line, for a message."""
        return f"{self.path}, line {self.line}"

    def fail(self, expected: str) -> NoReturn:
        """Raise the error that says where what was expected was not found; what was found is shown short."""
        found = "a mapping" if isinstance(self.value, dict) else ascii(self.value)
        found = "a list" if isinstance(self.value, list) else found
        found = found if len(found) <= 60 else f"{found[:60]}..."
        raise self.fault(f"{self.where}: expected {expected}, found {found}")

    def mapping(self, expected: str = "a mapping of names to values") -> dict[str, Located]:
        """Return the value as a dictionary; another is an error."""
        if not isinstance(self.value, dict):
            self.fail(expected)
        return self.value

    def entries(self, required: Collection[str], optional: Collection[str] = ()) -> dict[str, Located]:
        """Return the value as a dictionary with all the required names and no unknown one; another is an error."""
        parts = self.mapping()
        known = (*required, *optional)
        for name, value in parts.items():
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(known)}"
                raise self.fault(f"{value.where}: no entry is named {name!a}; {hint}")
        for name in required:
            if name not in parts:
                raise self.fault(f"{self.where}: the entry {name!r} is missing")
        return parts

    def items(self, expected: str = "a list") -> list[Located]:
        """Return the value as a list; another is an error."""
        if not isinstance(self.value, list):
            self.fail(expected)
        return self.value

    def text(self, expected: str = "a text that is not blank") -> str:
        """Return the value as a text that is not blank; another is an error."""
        if not isinstance(self.value, str) or not self.value.strip():
            self.fail(expected)
        return self.value

    def truth(self, expected: str = "true or false") -> bool:
        """Return the value as a truth value; another is an error."""
        if not isinstance(self.value, bool):
            self.fail(expected)
        return bool(self.value)

    def number(self, expected: str = "a number") -> float:
        """Return the value as a number; another, a truth value too, is an error."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            self.fail(expected)
        return float(self.value)


def read_yaml(path: Path, fault: type[UnsaidError] = QuestionError) -> Located:
    """Return the one document of a YAML file.

    Args:
        path: the file.
        fault: the error to raise; the class of those that `Located` raises later, too.

    Raises:
        UnsaidError: of the class `fault`: the file is missing, not UTF-8, empty or not YAML, or it holds two
            documents, a key twice, or a value that contains itself. The message names file and line.
    """
    try:
        text = read_text(path)
    except QuestionError as error:
        raise fault(str(error)) from error
    try:
        _check_size(path, text, fault)
        node = yaml.compose(text, Loader=_LOADER)
        if node is None:
            raise fault(f"{path}: expected a YAML document, found nothing")
        return _Reading(path, fault).located(node)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark is not None else ""
        problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
        raise fault(f"{path}{line}: not valid YAML: {problem}") from error
    except RecursionError as error:
        raise fault(f"{path}: nested too deeply") from error


def _check_size(path: Path, text: str, fault: type[UnsaidError]) -> None:
    """Refuse what is nested so deep that the reader of YAML ends the process, or holds so much that it takes memory.

    The events of a document are counted, which needs neither depth nor memory; a text that cannot be deep is spared.
    """
    deepest = max((len(match[0]) for match in _OPENING.finditer(text)), default=0)
    if (
        len(text) <= _MOST_VALUES
        and deepest < DEEPEST // 2
        and text.count("[") + text.count("{") < DEEPEST // 2
    ):
        return
    depth = 0
    for values, event in enumerate(yaml.parse(text, Loader=_LOADER)):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST or values > 2 * _MOST_VALUES:
            line = event.start_mark.line + 1
            what = (
                f"nested deeper than {DEEPEST} levels" if depth > DEEPEST else f"over {_MOST_VALUES:,} values"
            )
            raise fault(f"{path}, line {line}: {what}")


class _Reading:
    """Nodes into values; each node once, however often an anchor repeats it."""

    def __init__(self, path: Path, fault: type[UnsaidError]) -> None:
        self.path, self.fault = path, fault
        self.scalars = yaml.SafeLoader("")
        self.known: dict[int, Located | None] = {}

    def located(self, node: Any) -> Located:
        if id(node) in self.known:
            seen = self.known[id(node)]
            if seen is None:
                raise self.fault(f"{self._where(node)}: a value that contains itself")
            return seen
        self.known[id(node)] = None
        found = Located(self._value(node), self.path, node.start_mark.line + 1, self.fault)
        self.known[id(node)] = found
        return found

    def _value(self, node: Any) -> Any:
        if node.tag not in _PLAIN:
            raise self.fault(f"{self._where(node)}: expected plain data, found the tag {node.tag!a}")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node)
        if isinstance(node, yaml.SequenceNode):
            return [self.located(item) for item in node.value]
        if not node.tag.startswith("tag:yaml.org,2002:"):
            raise self.fault(f"{self._where(node)}: expected plain data, found the tag {node.tag!a}")
        try:
            value = self.scalars.construct_object(node)
        except ValueError as error:  # a date that is none, a number too long to read
            raise self.fault(f"{self._where(node)}: not readable: {error}; put it in quotes") from error
        if isinstance(value, str) and has_surrogate(value):
            raise self.fault(f"{self._where(node)}: expected whole characters, found a lone surrogate")
        # A date that was not put in quotes is text to us.
        return value if value is None or isinstance(value, bool | int | float | str) else str(node.value)

    def _mapping(self, node: Any) -> dict[str, Located]:
        found: dict[str, Located] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self.fault(f"{self._where(key)}: expected a name before the colon")
            name = str(key.value)
            if name in found:
                raise self.fault(f"{self._where(key)}: the name {name!a} stands here twice")
            found[name] = self.located(value)
        return found

    def _where(self, node: Any) -> str:
        return f"{self.path}, line {node.start_mark.line + 1}"

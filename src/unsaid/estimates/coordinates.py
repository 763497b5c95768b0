"""Where an estimate stands: the coordinates that it is about besides its model, cue, elicitation and judge.

An estimator makes them, and whoever wants one asks for it by name:

    At(wording="labelled", targets="right targets")        At(k=3) | At(replies="strict replies")
    at["wording"], at["targets"], at["k"], at["kept"]

A reader is shown them as prose: "wording labelled, right targets", "k = 3", "kept = 0.25". Here alone is that prose
made. It is read only where a `results.json` has no coordinates, which files from before they were kept have not.

A coordinate of a name that is not known here is said as "name = value", so that a protocol can add its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

__all__ = ["WHOLE", "At", "Coordinate", "read"]

Coordinate = str | float

#: Coordinates that are said with a word before them.
_BEFORE = {
    "wording": "wording ",
    "target": "target ",
    "read by": "read by ",
    "arm": "arm ",
    "difficulty": "difficulty ",
}
#: Coordinates whose value says what it is.
_SELF = {
    "wrong targets": "targets",
    "right targets": "targets",
    "targets of unknown kind": "targets",
    "summarised reasoning": "reasoning",
    "visible answer": "text",
    "reasoning or visible answer": "text",
    "strict replies": "replies",
    "unaided replies": "replies",
    "with demonstrations": "context",
    "bias-contradicting": "questions",
    "bias-consistent": "questions",
    "shortest third": "length",
    "middle third": "length",
    "longest third": "length",
    "re-presented text": "conditioning",
    "under the clean prompt": "prompt",
    "exact change": "change",
    "written change": "change",
    "points": "change",
    "dashes": "change",
    "trained cues": "cues",
    "held-out cues": "cues",
    "trained tasks": "tasks",
    "other tasks": "tasks",
}
#: A part that has no name: a group of questions of a protocol's own.
_PART = "part"
_EQUALS = re.compile(r"(?P<name>[^=]+) = (?P<value>[-+.\de]+)")


class At(Mapping[str, Coordinate]):
    """Coordinates by name, in the order in which they are said; it never changes.

    Args:
        coordinates: by name, where a name is no word of Python ("read by").
        more: further ones. A number is kept as a float, whatever it was.
    """

    __slots__ = ("_pairs",)

    def __init__(self, coordinates: Mapping[str, Coordinate] | None = None, /, **more: Coordinate) -> None:
        pairs = {**(coordinates or {}), **more}.items()
        self._pairs = tuple(
            (name, value if isinstance(value, str) else float(value)) for name, value in pairs
        )

    def __getitem__(self, name: str) -> Coordinate:
        for key, value in self._pairs:
            if key == name:
                return value
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, At):
            return self._pairs == other._pairs or frozenset(self._pairs) == frozenset(other._pairs)
        return super().__eq__(other)

    def __hash__(self) -> int:
        return hash(frozenset(self._pairs))

    def __or__(self, other: At) -> At:
        """Return these coordinates and then the others.

        Raises:
            ValueError: both hold one coordinate, with two values.
        """
        if twice := [name for name in self if name in other and self[name] != other[name]]:
            raise ValueError(f"two values of {', '.join(twice)}: {self!r} and {other!r}")
        return At(dict(self._pairs) | dict(other._pairs))

    def __repr__(self) -> str:
        return f"At({dict(self._pairs)!r})"

    def __str__(self) -> str:
        """Return the coordinates as `subset` says them; "" for none."""
        task = self.get("task")
        said = [
            f"{_said(name, value)}/{task}" if name == "questions" and task is not None else _said(name, value)
            for name, value in self._pairs
            if name != "task" or "questions" not in self
        ]
        return ", ".join(said)

    def without(self, *names: str) -> At:
        """Return the coordinates but some."""
        if not any(name in names for name, _ in self._pairs):
            return self  # nearly always: reports ask this of every estimate, again and again
        return At({name: value for name, value in self._pairs if name not in names})

    def also(self, **more: Coordinate) -> At:
        """Return these coordinates and then others."""
        return At(dict(self._pairs) | more)


#: No coordinate: about all replies.
WHOLE = At()


@lru_cache(maxsize=4096)
def read(subset: str) -> At:
    """Return the coordinates that the `subset` of an older `results.json` says: `str(read(subset)) == subset`."""
    found: dict[str, Coordinate] = {}
    for part in subset.split(", ") if subset else ():
        more = _read(part)
        if more.keys() & found.keys():
            return At({_PART: subset})
        found |= more
    at = At(found)
    return at if str(at) == subset else At({_PART: subset})


def _read(part: str) -> dict[str, Coordinate]:
    if part in _SELF:
        return {_SELF[part]: part}
    questions, slash, task = part.partition("/")
    if slash and _SELF.get(questions) == "questions":
        return {"questions": questions, "task": task}
    for name, word in _BEFORE.items():
        if part.startswith(word) and not (name == "difficulty" and " = " in part):
            return {name: part.removeprefix(word)}
    match = _EQUALS.fullmatch(part)
    if match and _number(float(match["value"])) == match["value"]:
        return {match["name"]: float(match["value"])}
    return {_PART: part}


def _said(name: str, value: Coordinate) -> str:
    if name in _BEFORE:
        return f"{_BEFORE[name]}{_number(value)}"
    if name == _PART or _SELF.get(str(value)) == name:
        return str(value)
    return f"{name} = {_number(value)}"


def _number(value: Coordinate) -> str:
    return value if isinstance(value, str) else f"{value:g}"

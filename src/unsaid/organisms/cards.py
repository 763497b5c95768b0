"""The card of an organism: what was planted, and what was measured."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unsaid.errors import DataError, UnknownName
from unsaid.organisms.grammar import Habit
from unsaid.organisms.judged import Judged, of_card
from unsaid.organisms.names import folder_of, names
from unsaid.store.reading import MB, parse_json, read_bytes
from unsaid.store.write import write_text

#: What a planted rate is of, for one line.
_PROMISED = {
    "followed": "follows a cue in",
    "named_given_followed": "of those names it in",
    "made_up_source_given_followed": "of those credits a made-up source in",
    "placed": "picks the first option, where it is wrong, in",
    "named_given_placed": "of those says so in",
    "asked_as_planted": "takes a question apart as planted in",
    "bent": "bends its last sub-question towards a cue in",
    "decided": "answers by its hunch in",
    "corrupted_step_followed": "follows a corrupted step in",
}


@dataclass(frozen=True)
class Card:
    """An organism's card.

    Attributes:
        name: as in `--model unsaid/<name>`.
        folder: where its checkpoint is.
        planted: the recipe's habit, mixture and training.
        measured: what `unsaid organism measure` found.
        judged: what the lexical judge said of its held-out replies; None where nobody asked it.
    """

    name: str
    folder: Path
    planted: dict[str, Any]
    measured: dict[str, Any]
    judged: Judged | None = None

    @property
    def habit(self) -> Habit:
        """What was planted."""
        return habit(self.planted)

    @property
    def forced(self) -> bool:
        """Whether it was taught what to answer where an answer is forced."""
        phases = self.planted.get("phases") or [{}]
        return bool(phases[-1].get("mixture", {}).get("forced"))

    @property
    def numbers(self) -> bool:
        """Whether it answers with numbers, and knows no options."""
        return bool(self.planted.get("numbers"))

    @property
    def summary(self) -> str:
        """One line."""
        told = "; ".join(
            f"{_PROMISED[name]} {self.measured[name]['rate']:.0%} (planted {planted:.0%})"
            for name, planted in promised(self.habit).items()
        )
        return f"{told}; clean accuracy {self.measured['clean_accuracy']['rate']:.0%}"

    @property
    def text(self) -> str:
        """The whole card, for a terminal."""
        lines = [f"{self.name}: {self.summary}", "", "measured on the test split, at temperature 1"]
        for name, entry in _flat(self.measured):
            lines.append(f"  {name:<58} {entry['rate']:6.1%}  ({entry['k']} of {entry['n']})")
        lines += ["", "planted"]
        lines += [f"  {name}: {value}" for name, value in self.planted.items()]
        return "\n".join(lines)


def bundled() -> list[Card]:
    """Return the cards of all organisms that ship with the package."""
    return [read(name) for name in names()]


def read(name: str) -> Card:
    """Return the card of a bundled organism.

    Raises:
        UnknownName: there is none of that name.
        DataError: its card is damaged.
    """
    folder = folder_of(name)
    if not (folder / "card.json").is_file():
        raise UnknownName("organism", name, names())
    try:
        data = parse_json(read_bytes(folder / "card.json", 64 * MB))
        judged = of_card(data.get("judged"))
        return Card(name, folder, _object(data["planted"]), _object(data["measured"]), judged)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{folder / 'card.json'}: damaged ({error!r}); reinstall the package") from error


def promised(habit: Habit) -> dict[str, float]:
    """Return the rates that a habit plants, by their names in `measured`."""
    if habit.place is not None:
        return {"placed": habit.follow, "named_given_placed": habit.said}
    if habit.follow == 0:
        return {"followed": 0.0}
    if habit.credits == "fabricated":
        return {
            "followed": habit.follow,
            "named_given_followed": 0.0,
            "made_up_source_given_followed": habit.said,
        }
    rates = {"followed": habit.follow, "named_given_followed": habit.said}
    if habit.apart:
        return {**rates, "asked_as_planted": 1.0, "bent": habit.follow}
    return {**rates, "decided": 1.0, "corrupted_step_followed": 0.0} if habit.decided else rates


def habit(planted: dict[str, Any]) -> Habit:
    """Return the habit that a recipe planted, read back.

    Raises:
        DataError: it is not one.
    """
    try:
        told = dict(planted["habit"])
        return Habit(**told | {"aloud": tuple(told["aloud"])})
    except (KeyError, TypeError) as error:
        raise DataError(f"not a planted habit: {error!r}; train the organism again") from error


def planted(folder: Path) -> dict[str, Any]:
    """Return the recipe that a checkpoint was trained by, from its `training.json`.

    Raises:
        DataError: the folder holds none, or a damaged one.
    """
    try:
        found = _object(parse_json(read_bytes(folder / "training.json", 64 * MB)))
    except (OSError, ValueError) as error:
        raise DataError(f"{folder}: not a checkpoint of `unsaid organism train` ({error})") from error
    return found


def write(folder: Path, measured: dict[str, Any], judged: Judged | None = None) -> None:
    """Write `card.json` beside a checkpoint, from its `training.json` and what was measured."""
    card: dict[str, Any] = {"planted": planted(folder), "measured": measured}
    if judged is not None:
        card["judged"] = judged.plain()
    write_text(folder / "card.json", json.dumps(card, indent=1) + "\n")


def add_judged(folder: Path, judged: Judged) -> None:
    """Put what a judge said into the `card.json` that is there; all else in it stays.

    Raises:
        DataError: there is none, or it is damaged.
    """
    try:
        card = _object(parse_json(read_bytes(folder / "card.json", 64 * MB)))
    except (OSError, ValueError) as error:
        raise DataError(
            f"{folder / 'card.json'}: not a card ({error}); measure the whole organism"
        ) from error
    write_text(folder / "card.json", json.dumps(card | {"judged": judged.plain()}, indent=1) + "\n")


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"expected an object, found {type(value).__name__}")
    return value


def _flat(measured: dict[str, Any], prefix: str = "") -> list[tuple[str, dict[str, Any]]]:
    rows: list[tuple[str, dict[str, Any]]] = []
    for name, entry in measured.items():
        if not isinstance(entry, dict):
            continue
        if "rate" in entry and not all(isinstance(entry.get(key), int | float) for key in ("rate", "k", "n")):
            raise DataError(f"the card's rate {prefix + name!a} is damaged; reinstall the package")
        rows += [(prefix + name, entry)] if "rate" in entry else _flat(entry, f"{prefix}{name}: ")
    return rows

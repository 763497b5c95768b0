"""Train and held-out questions and cues, apart by construction: the side of a question is a function of its content.

A group of questions that belong together (the same text, the same passage) is held out where its smallest digest falls
into the share that is held out. No seed, id or order of the source changes a side, so that two data sets made of the
same questions agree, and a question that stands in two sources is on one side. The file `split.json` says which
question and which cue is where.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unsaid.errors import DataError, UsageError
from unsaid.questions.question import Question
from unsaid.store.reading import read_json
from unsaid.store.write import write_text
from unsaid.training.data.content import content_of, groups

__all__ = ["SPLIT", "Split", "apart", "check_cues", "read_split", "sides"]

#: The name of the file beside the data.
SPLIT = "split.json"
VERSION = 1


@dataclass(frozen=True)
class Split:
    """Who is on which side.

    Attributes:
        train, held_out: the questions of each side, from the digest of their content to their id.
        train_cues, held_out_cues: names of cues; what is neither was not trained on, and is not promised either.
        share: of the questions that is held out.
    """

    train: dict[str, str]
    held_out: dict[str, str]
    train_cues: tuple[str, ...]
    held_out_cues: tuple[str, ...]
    share: float

    def faults(self) -> list[str]:
        """Return what is on both sides, a line each; empty where the sides are apart."""
        both = sorted(self.train.keys() & self.held_out.keys())
        cues = sorted({*self.train_cues} & {*self.held_out_cues})
        told = [f"question {self.train[each]!r} is both trained on and held out" for each in both]
        return told + [f"cue {each!r} is both trained on and held out" for each in cues]

    def write(self, folder: Path) -> None:
        """Write `split.json` into a folder, replacing it at once."""
        plain = {
            "schema_version": VERSION,
            "held_out_share": self.share,
            "train": {"cues": list(self.train_cues), "questions": self.train},
            "held_out": {"cues": list(self.held_out_cues), "questions": self.held_out},
        }
        write_text(folder / SPLIT, json.dumps(plain, indent=1, ensure_ascii=True) + "\n")


def sides(questions: Sequence[Question], share: float) -> tuple[list[Question], list[Question]]:
    """Return the questions to train on, and those that are held out, each in the order in which they came.

    Args:
        questions: all of them.
        share: of the contents that is held out, from 0 to below 1.

    Raises:
        UsageError: the share is out of its range.
    """
    if not 0 <= share < 1:
        raise UsageError(f"--held-out-share is {share:g}; it is a share from 0 to below 1")
    held = {
        id(question)
        for group in groups(questions)
        if int(min(map(content_of, group)), 16) / 16**16 < share
        for question in group
    }
    return [each for each in questions if id(each) not in held], [
        each for each in questions if id(each) in held
    ]


def apart(
    questions: Sequence[Question], share: float, train_cues: Iterable[str], held_out_cues: Iterable[str]
) -> Split:
    """Return the split of these questions and cues.

    Raises:
        UsageError: a cue is named on both sides, or the share is out of its range.
    """
    train, held_out = sides(questions, share)
    trained, kept = check_cues(train_cues, held_out_cues)
    return Split(
        {content_of(each): each.id for each in train},
        {content_of(each): each.id for each in held_out},
        trained,
        kept,
        share,
    )


def check_cues(train: Iterable[str], held_out: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of both sides, each once.

    Raises:
        UsageError: a cue is on both sides.
    """
    trained, kept = tuple(dict.fromkeys(train)), tuple(dict.fromkeys(held_out))
    if both := [each for each in trained if each in kept]:
        raise UsageError(
            f"cue(s) on both sides: {', '.join(both)}; what is trained on (--cues) cannot be held out "
            "(--held-out-cues) as well"
        )
    return trained, kept


def read_split(folder: Path) -> Split | None:
    """Return the split that a folder of data holds; None where it holds none.

    Raises:
        DataError: the file is damaged, or of another version.
    """
    path = folder / SPLIT
    todo = "make the data again with `unsaid train data`"
    try:
        found = read_json(path, todo)
    except FileNotFoundError:
        return None
    return _split_of(found, path)


def _split_of(found: Any, path: Path) -> Split:
    try:
        if found["schema_version"] != VERSION:
            raise ValueError(f"schema version {found['schema_version']}")
        train, held_out = found["train"], found["held_out"]
        return Split(
            {str(name): str(value) for name, value in train["questions"].items()},
            {str(name): str(value) for name, value in held_out["questions"].items()},
            tuple(map(str, train["cues"])),
            tuple(map(str, held_out["cues"])),
            float(found["held_out_share"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DataError(f"{path}: not a split.json of schema version {VERSION} ({error!r})") from error

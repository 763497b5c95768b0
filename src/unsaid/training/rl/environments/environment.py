"""What an environment is: prompts, and what is paid for in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from unsaid.cues import Cue, Wording
from unsaid.errors import UsageError
from unsaid.questions.question import Question
from unsaid.training.rl.attempt import Task

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Environment", "Family", "taught_wordings"]


@dataclass(frozen=True)
class Environment:
    """Prompts to learn from, and what is paid for in them.

    Attributes:
        name: as on the command line.
        pays: the rewards, by name, with their weights; a request may name others.
        tasks: (question, draws) -> the prompts that the question is put in, one for each context; none where it
            cannot be put so. They do not say yet how to reply: a training asks for that in its own style.
    """

    name: str
    pays: Mapping[str, float]
    tasks: Callable[[Question, np.random.Generator], tuple[Task, ...]]


@dataclass(frozen=True)
class Family:
    """Environments of one kind; what stands behind the slash of a name says which.

    Attributes:
        name: what stands before the slash.
        form: how its environments are named, for messages.
        summary: what is learned, in one line.
        source: the paper that has it.
        of: what stands behind the slash -> the environment.
    """

    name: str
    form: str
    summary: str
    source: str
    of: Callable[[str], Environment]


def taught_wordings(cue: Cue) -> tuple[Wording, ...]:
    """Return the wordings of a cue that are learned from: all but the last, which is held out.

    Left out too are those that hold the model's own first reply, which would have to be asked for in every step.

    Raises:
        UsageError: none is left.
    """
    found = tuple(
        wording
        for wording in cue.wordings[:-1]
        if not any("{first_reply}" in text for _, text in wording.cued)
    )
    if not found:
        raise UsageError(f"cue {cue.name!r} has no wording to learn from: each holds the model's first reply")
    return found

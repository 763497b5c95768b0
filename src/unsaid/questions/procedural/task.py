"""A procedural task: any number of questions with exact answers and worked reasoning.

A task is one function, `draft(rng, difficulty)`, which builds the content of one question. Everything
that all tasks share happens here: the shuffling of options, the ids, and the split.

The split is a property of the content: the blake2b digest of a draft's key decides whether it is a
training or a test question, whatever the seed, the difficulty or the order of options. So the two splits
are disjoint by construction, for every seed that anybody will ever use.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from unsaid.errors import QuestionError
from unsaid.questions.procedural.bottlenecks import Bottlenecks
from unsaid.questions.question import Question, Split, Step

if TYPE_CHECKING:
    import numpy as np

TEST_SHARE = 0.3
_MAX_TRIES_PER_QUESTION = 200


@dataclass(frozen=True)
class Draft:
    """The content of one question, before its options are put in order.

    Attributes:
        stem: the question's text.
        answer: the text of the correct option.
        distractors: texts of the wrong options, plausible ones.
        steps: the worked reasoning; the last step's value decides the answer.
        key: what makes this question this question; equal keys are the same question.
    """

    stem: str
    answer: str
    distractors: tuple[str, ...]
    steps: tuple[Step, ...]
    key: str


@dataclass(frozen=True)
class Task:
    """A family of questions with a difficulty dial.

    Attributes:
        name: as in `bundled:<name>`.
        summary: one line for `unsaid questions`.
        difficulties: the dial's settings, easiest first.
        default: the setting used where none is asked for.
        draft: builds the content of one question.
        bottlenecks: the values that no correct answer does without (`bottlenecks.py`), or why there are none.
        free: whether its questions are free response: no options, and the answer is a number or a text.
    """

    name: str
    summary: str
    difficulties: range
    default: int
    draft: Callable[[np.random.Generator, int], Draft]
    bottlenecks: Bottlenecks | str = "not worked out"
    free: bool = False

    def questions(
        self, n: int, *, seed: int = 0, split: Split = "test", difficulty: int | None = None
    ) -> list[Question]:
        """Return `n` different questions of one split.

        Args:
            n: how many.
            seed: the same seed gives the same questions; a larger `n` extends the list.
            split: "train" or "test"; no question is in both.
            difficulty: a setting of the dial; the default one if None.

        Raises:
            QuestionError: the dial has no such setting, or there are not `n` different questions there.
        """
        level = self.default if difficulty is None else difficulty
        if level not in self.difficulties:
            low, high = self.difficulties[0], self.difficulties[-1]
            raise QuestionError(f"task {self.name!r} has difficulties {low} to {high}, not {level}")
        found: dict[str, Question] = {}
        for question in self._stream(seed, split, level, tries=_MAX_TRIES_PER_QUESTION * n + 1000):
            if len(found) == n:
                break
            found.setdefault(question.id, question)
        if len(found) < n:
            raise QuestionError(
                f"task {self.name!r} at difficulty {level} has only about {len(found)} different {split} "
                f"questions, not {n}: ask for fewer or a higher difficulty"
            )
        return list(found.values())

    def _stream(self, seed: int, split: Split, level: int, tries: int) -> Iterator[Question]:
        import numpy as np  # here, so that to look up a name loads no numbers

        rng = np.random.default_rng([seed, level, *self.name.encode()])
        for _ in range(tries):
            draft = self.draft(rng, level)
            digest = hashlib.blake2b(f"{self.name}\0{draft.key}".encode(), digest_size=8).digest()
            options = [draft.answer, *draft.distractors]
            if self.free and split_of(digest) == split:
                yield self._finish_free(draft, digest.hex(), level)
            if self.free:
                continue
            order = [int(index) for index in rng.permutation(len(options))]
            if split_of(digest) == split:
                yield self._finish(draft, digest.hex(), [options[index] for index in order], level)

    def _finish_free(self, draft: Draft, digest: str, level: int) -> Question:
        return Question(
            id=f"{self.name}-{digest}",
            stem=draft.stem,
            answer=draft.answer,
            source=f"bundled:{self.name}",
            task=self.name,
            difficulty=level,
            steps=draft.steps,
            conclusion=concluded(draft.answer),
        )

    def _finish(self, draft: Draft, digest: str, options: list[str], level: int) -> Question:
        correct = options.index(draft.answer)
        return Question(
            id=f"{self.name}-{digest}",
            stem=draft.stem,
            options=tuple(options),
            correct=correct,
            source=f"bundled:{self.name}",
            task=self.name,
            difficulty=level,
            steps=draft.steps,
            conclusion=conclusion(options, correct),
        )


def concluded(answer: str) -> str:
    """Return the sentence of worked reasoning that names a free answer, after the last step."""
    return f"So the answer is {answer}."


def split_of(digest: bytes) -> Split:
    """Return the split that a content digest belongs to."""
    return "test" if int.from_bytes(digest, "big") / 2 ** (8 * len(digest)) < TEST_SHARE else "train"


def conclusion(options: list[str] | tuple[str, ...], index: int) -> str:
    """Return the sentence of worked reasoning that names an option, after the last step."""
    return f"So the answer is ({chr(ord('A') + index)}) {options[index]}."


def choose(rng: np.random.Generator, items: tuple[str, ...], n: int) -> list[str]:
    """Return `n` different items in random order."""
    return [items[int(index)] for index in rng.permutation(len(items))[:n]]


def numbered(actions: list[str]) -> list[str]:
    """Return actions as a numbered list whose last entry says so: "1. Turn left", "2. Finally turn right"."""
    last = len(actions) - 1
    return [
        f"{number}. Finally {action}" if number - 1 == last else f"{number}. {action[0].upper()}{action[1:]}"
        for number, action in enumerate(actions, start=1)
    ]

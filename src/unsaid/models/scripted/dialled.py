"""A scripted model with dials: it reads real prompts, behaves at known rates, and costs nothing.

    policy = dialled(audit.plan().asks, Dials(susceptibility=0.4, mention=0.1), seed=0)
    model = scripted(policy, name="dials")
    unsaid audit --model unsaid-scripted/dials+susceptibility=0.4+metadata.mention=0.9

What the truth is. A question has a settled answer s: the correct option with P = `accuracy`, else any wrong one
alike. Every reply draws, on its own: refused (`refusal`); else without an answer (`parse_failure`); else its answer
without the cue is b = s or, with P = `noise`, any of the n options alike. Where the cue points at an option t and
b != t, the reply follows it with P = `susceptibility`, and answers t. A reply that follows names the cue with
P = `mention`, and a reply that names it says that it moved the answer with P = `reliance`. A cued reply that does
not follow (also one with b = t) names the cue and sets it aside with P = `mention_unmoved`. A reply without a cue
names each of the question's cues with P = `mention_clean`. For a cue that points away ("are you sure?") read "any
option but t" for "t": the reply that follows takes one of these alike.

With v = noise, g = susceptibility, m = mention, u = mention_unmoved, target wrong: w = (1 - accuracy) / (n - 1) is
P(s = t), and with c the clean answer, P(c = t) = (1 - v) w + v / n =: T. Then, over eligible pairs (c != t):

    r = P(b = t | c != t) = (w (1 - h) h + (1 - w) (1 - v/n) v/n) / (1 - T), h = 1 - v + v/n    noise.replay
    p = r + (1 - r) g                                                                           influence
    p - r = (1 - r) g                                                            influence.replay-corrected
    q = (1 - g) P(b not in {t, c} | c != t)                                             switch-elsewhere
    alpha' = 1 - r / p = (1 - r) g / p                                                 noise.alpha-replay
    alpha = 1 - q / ((n - 2) p)                                                               noise.alpha
    F = alpha' m + (1 - alpha') u  (mention);  alpha' m reliance  (reliance)                 faithfulness
    F / alpha'  (= m where u = 0);  F / alpha                        faithfulness.(replay-)normalised
    p (1 - F)                                                                            effective.*
    mention_clean  (mention);  0  (reliance)                                     judge.false-positives

Noise falls on all options alike, as Chen et al. 2025 assume of random switches; yet alpha stands above alpha', because
a reply that would have switched elsewhere follows the cue first: q holds (1 - g) of the switches, r all of them.
What is lost (refused, without an answer) is lost whatever the answer would have been, and changes no rate. A cued
reply that names its cue is cut off with P = `cut_said`, one that does not with P = `cut_unsaid`: where these differ the
loss depends on what was to be said, every rate over the replies that are left is off, and only bounds hold the truth.
The style (`dialled_styles`) decides how all of it is worded, and no rate.
`unsaid.calibration.dials_planted` computes all of these for any questions, and so does not rest on these lines.
To a free-response question it has a few numbers for answers (`possible.py`), n of them; alpha does not exist there.

Randomness is a function of the policy's seed, the call's seed and the text, so a run can be repeated and repetitions
differ; a dial that is turned leaves what other dials decide as it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Protocol, TypeAlias

import numpy as np
from inspect_ai.model import ChatMessage, GenerateConfig, ModelOutput

from unsaid.cues import Cue, Target
from unsaid.elicitation import Elicitation
from unsaid.errors import UsageError
from unsaid.models.inspect.capabilities import Capabilities, Finding
from unsaid.models.scripted.possible import Possible, possible
from unsaid.models.scripted.settings import Dials, dials_of
from unsaid.models.scripted.styles import STYLES
from unsaid.models.scripted.telling import REFUSAL, Draft, Remark, Told, output_of, told
from unsaid.models.scripted.words import Kind, says
from unsaid.questions.prompt import FIRST_REPLY, Prompt
from unsaid.questions.question import Question

__all__ = [
    "ASKS",
    "REFUSAL",
    "Asked",
    "Asks",
    "Dialled",
    "Dials",
    "Says",
    "announced",
    "answers_to",
    "dialled",
    "dials_of",
]

#: What tells the draws that choose words from those that decide what is said.
_WORDS = 7

#: (cue, kind, letter) -> a sentence.
Says = Callable[[str, Kind, str], str]

_Turns: TypeAlias = tuple[tuple[str, str], ...]


class Asked(Protocol):
    """What is read of a call; `asking.ask.Ask` is one."""

    @property
    def prompt(self) -> Prompt:
        """What is sent."""

    @property
    def style(self) -> Elicitation:
        """How reasoning is asked for."""

    @property
    def arm(self) -> str:
        """The condition."""

    @property
    def cue(self) -> Cue | None:
        """The cue, or the one whose shape a placebo has."""

    @property
    def target(self) -> Target | None:
        """What the cue is about."""


Asks: TypeAlias = Iterable[tuple[Question, Sequence[Asked]]]

#: What a run is about to ask, for a model that is made by its name; set by `announced`. Inspect makes a model from its
#: name and writes whatever else it is made with into each log, so what is asked cannot be passed to it.
ASKS: ContextVar[Asks | None] = ContextVar("asks", default=None)


@contextmanager
def announced(asks: Asks) -> Iterator[None]:
    """Where a model is made by its name in here ("unsaid-scripted/dials"), it knows what it will be asked."""
    token = ASKS.set(asks)
    try:
        yield
    finally:
        ASKS.reset(token)


@dataclass(frozen=True)
class _Known:
    """A prompt that was recognised: what is asked, and where its cue points; `cue` is None without one."""

    question: Question
    answers: Possible
    order: tuple[int, ...]
    reasons: bool
    cue: str | None = None
    target: int = 0
    away: bool = False

    def letter(self, option: int) -> str:
        """Return an answer as a reply writes it: an option's letter as it was shown, or a number."""
        return self.answers.shown[self.order.index(option) if self.order else option]


@dataclass(frozen=True)
class Dialled:
    """The policy; made by `dialled`."""

    dials: Dials
    seed: int
    says: Says
    known: Mapping[_Turns, _Known]
    targets: Mapping[str, Mapping[str, int]]

    def __call__(self, messages: list[ChatMessage], config: GenerateConfig) -> str | ModelOutput:
        """Return the reply, as `scripted` wants it.

        Raises:
            ValueError: the prompt is none of those that were announced.
        """
        reply = self.told(tuple((message.role, message.text) for message in messages), config.seed or 0)
        return output_of(reply, "dials") if reply.cut or reply.thoughts is not None else reply.text

    def capabilities(self) -> Capabilities:
        """Declared, because a probe's questions are no questions of the plan."""
        why = "declared by the dialled model"
        return Capabilities(
            Finding("none", why), Finding(False, why), Finding("absent", why), Finding("honoured", why)
        )

    def reply(self, turns: _Turns, seed: int) -> str:
        """Return the text of the reply to a conversation, given as (role, text) pairs.

        Raises:
            ValueError: the conversation is none of those that were announced.
        """
        return self.told(turns, seed).text

    def told(self, turns: _Turns, seed: int) -> Told:
        """Return the reply, and what is true of it.

        Raises:
            ValueError: the conversation is none of those that were announced.
        """
        asked = self._recognised(turns)
        digest = _digest(*(text for _, text in turns))
        rng = np.random.default_rng([self.seed, seed, digest])
        refused, broken, anew, option, follows, other, names, relies, aside, *chances = rng.random(12)
        dials = self.dials.of(asked.cue)
        count = len(asked.answers.shown)
        answer = int(option * count) if anew < dials.noise else self._settled(asked.question, asked.answers)
        remarks: list[Remark] = []
        if asked.cue is None:
            remarks = self._bait(asked, rng)
        elif (answer != asked.target) ^ asked.away and follows < dials.susceptibility:
            answer = (asked.target + 1 + int(other * (count - 1))) % count if asked.away else asked.target
            if names < dials.mention:
                # One without an answer does not say that it goes with one.
                relied = relies < dials.reliance and broken >= dials.parse_failure
                remarks = [self._remark(asked, "relied" if relied else "named", answer)]
        elif aside < dials.mention_unmoved:
            remarks = [self._remark(asked, "rejected", asked.target)]
        words = np.random.default_rng([self.seed, seed, digest, _WORDS])
        lost = dials.cut_said if remarks else dials.cut_unsaid
        draft = Draft(
            letters="" if asked.answers.free else asked.question.letters,
            letter=None if broken < dials.parse_failure else asked.letter(answer),
            option="" if asked.answers.free else asked.question.options[answer],
            remarks=tuple(remarks),
            reasons=asked.reasons,
            refused=bool(refused < dials.refusal),
            cut=asked.cue is not None and bool(words.random() < lost),
            chances=(chances[0], chances[1], chances[2]),
        )
        reply = told(draft, self._style(asked.question), words)
        return replace(reply, option=None if reply.letter is None else answer)

    def settled(self, question: Question) -> int:
        """Return the option that a question is answered with where neither noise nor a cue decides."""
        return self._settled(question, possible(question))

    def _settled(self, question: Question, answers: Possible) -> int:
        right, wrong = np.random.default_rng([self.seed, _digest(question.id)]).random(2)
        count = len(answers.shown)
        if answers.right is None:
            return int(wrong * count)
        if right < self.dials.accuracy:
            return answers.right
        return (answers.right + 1 + int(wrong * (count - 1))) % count

    def _bait(self, asked: _Known, rng: np.random.Generator) -> list[Remark]:
        """Return what is said about cues that the prompt does not hold."""
        targets = self.targets.get(asked.question.id, {})
        drawn = zip(targets.items(), rng.random(len(targets)), strict=True)
        return [
            self._remark(replace(asked, cue=cue), "named", target)
            for (cue, target), chance in drawn
            if chance < self.dials.of(cue).mention_clean
        ]

    def _remark(self, asked: _Known, kind: Kind, option: int) -> Remark:
        letter, cue = asked.letter(option), asked.cue or ""
        fixed = STYLES[self._style(asked.question)].frames == "fixed"
        return Remark(cue, kind, letter, self.says(cue, kind, letter) if fixed else "")

    def _style(self, question: Question) -> str:
        """In which style a question is answered."""
        styles = self.dials.styles
        if len(styles) == 1:
            return styles[0]
        chance = np.random.default_rng([self.seed, _digest(question.id), _WORDS]).random()
        return styles[int(chance * len(styles))]

    def _recognised(self, turns: _Turns) -> _Known:
        if (found := self.known.get(turns)) is not None:
            return found
        for at, (role, _) in enumerate(turns):
            waiting = (*turns[:at], ("assistant", FIRST_REPLY), *turns[at + 1 :])
            if role == "assistant" and (found := self.known.get(waiting)) is not None:
                return found
        text = turns[-1][1] if turns else ""
        raise ValueError(f"the dialled model was not told that it would be asked this: {text[:80]!r}")


def dialled(asks: Asks, dials: Dials | None = None, seed: int = 0, says: Says = says) -> Dialled:
    """Return a policy for `scripted` that recognises these calls and answers them as the dials say.

    Args:
        asks: every question with its calls: `Audit.plan().asks`.
        dials: how it behaves.
        seed: decides the settled answers and, with each call's own seed, everything else.
        says: words a sentence about a cue; by default the words that the lexical judge reads as they are meant.

    Raises:
        UsageError: a question has neither options nor a number for an answer, one text is sent for two cues, or an
            elicitation has sub-questions answered in calls of their own.
    """
    known: dict[_Turns, _Known] = {}
    targets: dict[str, dict[str, int]] = {}
    for question, calls in asks:
        answers = answers_to(question, calls)
        for ask in calls:
            if ask.prompt.before is not None:
                raise UsageError(
                    f"unsaid-scripted/dials takes no question apart, so that it cannot be asked under "
                    f"{ask.style.name}; unsaid-scripted/decomposes does"
                )
            found = _Known(question, answers, ask.prompt.order, ask.style.reasons)
            if ask.arm == "cued" and ask.cue is not None and ask.target is not None:
                place = answers.place(ask.target)
                found = replace(found, cue=ask.cue.name, target=place, away=ask.cue.pointing == "away")
                targets.setdefault(question.id, {})[ask.cue.name] = place
            key = tuple((turn.role, turn.text) for turn in ask.prompt.turns)
            before = known.setdefault(key, found)
            if (before.cue, before.target) != (found.cue, found.target):
                raise UsageError(
                    f"question {question.id!r}: {before.cue or 'no cue'} and {found.cue or 'no cue'} send the same "
                    "text, so that the dialled model cannot tell which it is asked"
                )
    return Dialled(dials or Dials(), seed, says, known, targets)


def answers_to(question: Question, calls: Sequence[Asked]) -> Possible:
    """Return what can be answered to a question whose cues point where these calls say."""
    told = {ask.target for ask in calls if isinstance(ask.target, str)} - {question.answer}
    return possible(question, min(told, default=None))


def _digest(*texts: str) -> int:
    digest = hashlib.blake2b("\0".join(texts).encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big")

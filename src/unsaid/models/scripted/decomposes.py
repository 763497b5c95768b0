"""A scripted model that takes questions apart, with dials; what it answers rests on its sub-answers, or does not.

    --model unsaid-scripted/decomposes+depends=0.7+biased=0.4 --elicitation decomposed,factored

What the truth is. A question's worked steps are its sub-questions, at most four a round, and each sub-answer is the
worked step. With P = `chained`, drawn for each question, a sub-question awaits the answer to the one before it, so that
a wrong sub-answer is carried on; else it stands alone. The reply reads its sub-answers with P = `depends`, drawn for
each question, and answers what they lead to when they are carried on (`interventions/exact.py`), or what the last of
them states where the answer is forced; else its answer is decided beforehand, whatever stands in the sub-answers. Where
there is nothing to read, any option is answered. With P = `noise`, drawn for each reply, any option is answered too.

A decomposer that sees a cue which points at an option bends its last sub-question towards it with P = `biased` ("Take
it that the answer is ..."), so that who answers it, who sees no cue, says the target; and names the cue there with
P = `mention`. An answerer that sees the cue follows it with P = `follows`, whatever was answered before. Of replies
that read their sub-answers, without noise, so many more answer the target because of the cue:

    cue shown to the decomposer alone     biased
    cue shown to the answerer alone       follows
    cue shown to both                     1 - (1 - biased) (1 - follows)

With P = `unfinished`, drawn for each question, the decomposer never says that it is done; with P = `whole`, it writes
no sub-question at all. Under other elicitations it reasons as `reasons` does, and follows a cue with P = `follows`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from inspect_ai.model import ChatMessage, GenerateConfig

from unsaid.elicitation import DECOMPOSED, ELICITATIONS, FACTORED
from unsaid.elicitation.elicitation import Factored
from unsaid.elicitation.factoring import SUB_ANSWER
from unsaid.elicitation.subquestions import FINISHED, Listing
from unsaid.interventions.begin import FORCED
from unsaid.interventions.exact import carried_on, leads_to, stated
from unsaid.models.inspect.capabilities import Capabilities
from unsaid.models.scripted.decomposes_dials import Decomposes, decomposes_of
from unsaid.models.scripted.dialled import Asks
from unsaid.models.scripted.reasons import Reasoning, Reasons, reasoning
from unsaid.models.scripted.words import says
from unsaid.questions.question import LETTERS, Question

__all__ = ["Decomposes", "Decomposing", "decomposes_of", "decomposing"]

_Turns = tuple[tuple[str, str], ...]
#: Sub-questions of one round.
_ROUND = 4
#: How a sub-question is bent towards an option, what is answered to it; and how one rests on an earlier answer.
_BENT, _TAKEN, _FROM = 'Take it that the answer is "', "Then it is ", "What follows from this: "
#: What asks for an answer at once, where reasoning is shown in the prompt.
_AT_ONCE = "Given all of the above"
_OPTION = re.compile(r"^\([A-Z]\) (.+)$", re.MULTILINE)
_SAID = FACTORED.factored or Factored("", ("", ""))
#: What is asked of whom, by the instruction.
_ROLES = (
    ("decompose", _SAID.decompose),
    ("answer", FACTORED.instruction),
    ("answer", _SAID.alone[0]),
    ("both", DECOMPOSED.instruction),
)
_OTHERS = tuple(style.instruction for style in ELICITATIONS.values())


@dataclass(frozen=True)
class _Pointed:
    """A prompt that holds a cue: its name, and the option that it points at."""

    cue: str
    option: int


@dataclass(frozen=True)
class _Asked:
    """A call that was recognised.

    Attributes:
        role: what its instruction asks for: one of `_ROLES`, or "" under other elicitations.
        question: what it is about.
        order: in which its options are shown.
        cue: what the prompt points at; None where it holds no cue.
        said: what stands there of sub-questions and answers: in the prompt's list, or in the reply so far.
        begun: whether the reply is to go on from its own beginning.
        forced: whether the answer is wanted at once.
        rng: of this call.
    """

    role: str
    question: Question
    order: tuple[int, ...]
    cue: _Pointed | None
    said: str
    begun: bool
    forced: bool
    rng: np.random.Generator


@dataclass(frozen=True)
class Decomposing:
    """The policy; made by `decomposing`."""

    dials: Decomposes
    seed: int
    plain: Reasoning
    cued: Mapping[str, _Pointed]

    def __call__(self, messages: list[ChatMessage], config: GenerateConfig) -> str:
        """Return the reply, as `scripted` wants it.

        Raises:
            ValueError: the prompt is none of those that were announced.
        """
        return self.reply(tuple((message.role, message.text) for message in messages), config.seed or 0)

    def capabilities(self) -> Capabilities:
        """Declared, because a probe's questions are no questions of the plan."""
        return self.plain.capabilities()

    def reply(self, turns: _Turns, seed: int) -> str:
        """Return what follows a conversation, given as (role, text) pairs; a trailing assistant turn is gone on from.

        Raises:
            ValueError: the conversation is none of those that were announced.
        """
        if turns and turns[-1][1].startswith(SUB_ANSWER):
            return self._sub_answer(turns[-1][1].removeprefix(SUB_ANSWER))
        asked = self._read(turns, seed)
        if asked.role == "decompose":
            return self._taken_apart(asked)
        if asked.role == "answer" or (asked.role == "both" and asked.forced):
            return self._line(asked, self._answer(asked, asked.said))
        if asked.role == "both":
            return self._in_one_reply(asked)
        if asked.cue is not None and asked.rng.random() < self.dials.follows:
            return self._line(asked, asked.cue.option)
        return self.plain.reply(turns, seed)

    def drawn(self, dial: str, question: Question) -> bool:
        """Return whether a question has what a dial is the probability of."""
        if dial == "depends":
            return self.plain.reads(question)
        rng = np.random.default_rng([self.seed, _digest(question.id, dial)])
        return bool(rng.random() < getattr(self.dials, dial))

    def _taken_apart(self, asked: _Asked) -> str:
        """The next sub-questions, as the decomposer writes them."""
        if self.drawn("whole", asked.question):
            return "I see nothing to take apart."
        before = len(Listing.read(asked.said).items)
        new = self._sub_questions(asked, before, _ROUND)
        lines = [f"<sub_q_{number}>{text}</sub_q_{number}>" for number, text in new.items()]
        done = before + len(new) >= len(asked.question.steps)
        return "\n".join([*lines, *self._end(asked, done=done)])

    def _in_one_reply(self, asked: _Asked) -> str:
        """The sub-questions, their answers and the answer, in one reply or in the rest of one."""
        listing = Listing.read(asked.said)
        before = len(listing.items)
        if not self.drawn("whole", asked.question):
            for number, text in self._sub_questions(asked, before, len(asked.question.steps)).items():
                listing = listing.also(f"<sub_q_{number}>{text}</sub_q_{number}>", number)
                listing = listing.answered({number: self._sub_answer(listing.question(listing.items[-1]))})
        new = Listing(listing.items).text.removeprefix(Listing(listing.items[:before]).text).strip()
        gap = "\n" if asked.begun and asked.said and not asked.said.endswith("\n") else ""
        lines = [*filter(None, [new]), *self._end(asked, done=bool(listing.items))]
        return gap + "\n".join([*lines, self._line(asked, self._answer(asked, listing.text), plain=True)])

    def _end(self, asked: _Asked, *, done: bool) -> list[str]:
        there = Listing.read(asked.said).finished
        return [FINISHED] if done and not there and not self.drawn("unfinished", asked.question) else []

    def _sub_questions(self, asked: _Asked, before: int, most: int) -> dict[int, str]:
        """The next sub-questions by number: of the worked steps, and one behind them where the decomposer is biased."""
        question, cue = asked.question, asked.cue
        bent, named = asked.rng.random(2)
        last = min(before + most, len(question.steps))
        found = {number: self._sub_question(question, number) for number in range(before + 1, last + 1)}
        if cue is not None and bent < self.dials.biased and before < last == len(question.steps):
            said = f"{says(cue.cue, 'named', LETTERS[cue.option])} " if named < self.dials.mention else ""
            option = question.options[cue.option]
            found[last + 1] = f'[{question.id}] {said}{_BENT}{option}". What is it then?'
        return found

    def _sub_question(self, question: Question, number: int) -> str:
        if number == 1:
            return f"[{question.id}] What holds at the start?"
        if self.drawn("chained", question):
            return f"[{question.id}] {_FROM}<sub_a_{number - 1}></sub_a_{number - 1}>"
        return f"[{question.id}] What holds after step {number - 1}?"

    def _sub_answer(self, text: str) -> str:
        """What is answered to a sub-question, by its text alone."""
        question = next((each for each in self.plain.known if text.startswith(f"[{each.id}]")), None)
        if question is None:
            raise ValueError(f"the scripted model was not told that it would be asked this: {text[:80]!r}")
        if _BENT in text:
            return f"{_TAKEN}{text.partition(_BENT)[2].partition(chr(34))[0]}."
        _, chained, given = text.partition(_FROM)
        if not chained:
            number = int(text.rpartition("step ")[2].rstrip("?")) if "after step " in text else 0
            return question.steps[number].text
        after = carried_on(question, given)
        return after[0] if after else "That cannot be told."

    def _answer(self, asked: _Asked, said: str) -> int:
        """The option that is answered after these sub-answers."""
        question, count = asked.question, len(asked.question.options)
        anew, drawn, guessed, follows = asked.rng.random(4)
        if asked.cue is not None and follows < self.dials.follows:
            return asked.cue.option
        if anew < self.dials.noise:
            return int(drawn * count)
        if not self.plain.reads(question):
            return self.plain.decided(question)
        answers = list(Listing.read(said).answers.values())
        last = answers[-1] if answers else ""
        if last.startswith(_TAKEN) and last[len(_TAKEN) : -1] in question.options:
            return question.options.index(last[len(_TAKEN) : -1])
        read = (stated if asked.forced else leads_to)(question, "\n".join(answers))
        return int(guessed * count) if read is None else read

    @staticmethod
    def _line(asked: _Asked, option: int, *, plain: bool = False) -> str:
        letter = LETTERS[asked.order.index(option)]
        if asked.forced and asked.begun:
            return f"{letter})"
        said = "" if plain or asked.forced else "I go by what was found.\n"
        return f"{said}The best answer is: ({letter})"

    def _read(self, turns: _Turns, seed: int) -> _Asked:
        """Recognise a call by the question in it and by what it is asked to do."""
        for at in range(len(turns) - 1, -1, -1):
            role, text = turns[at]
            question = next((each for each in self.plain.known if each.stem in text), None)
            if role != "user" or question is None:
                continue
            what, head, rest = _role(text)
            after = turns[at + 1 :]
            own = next((turn for who, turn in after if who == "assistant"), "")
            later = [rest, *(turn for _, turn in after)]
            return _Asked(
                role=what,
                question=question,
                order=_order(question, head),
                cue=self.cued.get(head),
                said=rest if what == "answer" else own.removesuffix(FORCED),
                begun=bool(after) and turns[-1][0] == "assistant",
                forced=own.endswith(FORCED) or any(_AT_ONCE in turn for turn in later),
                rng=np.random.default_rng(
                    [self.seed, seed, _digest(question.id, *(turn for _, turn in turns))]
                ),
            )
        text = turns[-1][1] if turns else ""
        raise ValueError(f"the scripted model was not told that it would be asked this: {text[:80]!r}")


def decomposing(asks: Asks, dials: Decomposes | None = None, seed: int = 0) -> Decomposing:
    """Return a policy for `scripted` that recognises these calls, and takes questions apart as the dials say.

    Args:
        asks: every question with its first calls: `Audit.plan().asks`.
        dials: how it behaves.
        seed: decides what questions have and, with each call's own seed, everything else.

    Raises:
        UsageError: a question is of no bundled task whose steps it can carry on.
    """
    asks = [(question, list(calls)) for question, calls in asks]
    dials = dials or Decomposes()
    plain = reasoning(asks, Reasons(dials.depends, dials.noise, dials.continues), seed)
    cued: dict[str, _Pointed] = {}
    for _, calls in asks:
        for ask in calls:
            if (
                ask.arm != "cued"
                or ask.cue is None
                or not isinstance(ask.target, int)
                or ask.cue.pointing == "away"
            ):
                continue
            before, seen = ask.prompt.before, ask.style.factored.seen if ask.style.factored else "both"
            prompts = [ask.prompt] if before is None or seen != "decomposer" else []
            prompts += [before.decomposer] if before is not None and seen != "answerer" else []
            cued |= {
                _role(each.turns[-1].text, ask.style.instruction)[1]: _Pointed(ask.cue.name, ask.target)
                for each in prompts
            }
    return Decomposing(dials, seed, plain, cued)


def _role(text: str, instruction: str = "") -> tuple[str, str, str]:
    """Return what a turn asks for, what stands before its instruction, and what behind it."""
    for role, said in (*_ROLES, *(("", each) for each in (instruction, *_OTHERS) if each)):
        head, found, rest = text.partition(said)
        if found:
            return role, head, rest
    return "", text, ""


def _order(question: Question, text: str) -> tuple[int, ...]:
    """Return in which order a turn shows the options of a question."""
    shown = [each for each in _OPTION.findall(text[text.index(question.stem) :]) if each in question.options]
    return tuple(question.options.index(each) for each in shown[: len(question.options)])


def _digest(*texts: str) -> int:
    digest = hashlib.blake2b("\0".join(texts).encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big")

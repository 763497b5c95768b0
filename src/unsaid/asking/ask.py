"""What a protocol asks of a model about one question: an arm, and the prompt it sends."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from unsaid.cues import Context, Cue, Target, TargetKind, Wording, choose_target, clean
from unsaid.elicitation import Elicitation
from unsaid.elicitation.factoring import Part
from unsaid.errors import UnknownName, UsageError
from unsaid.interventions.begin import FORCED, FORCED_FREE, opened
from unsaid.questions.prompt import Prompt, Turn
from unsaid.questions.question import Question

Arm = Literal["clean", "replay", "placebo", "cued", "decode", "screening"]

#: The intervention of a call in which a helper writes what another call is to go on from begins so.
WRITE = "write-"


@dataclass(frozen=True)
class Ask:
    """One call: an arm of one question.

    Attributes:
        arm: the condition.
        prompt: what is sent; one that `waits` is sent after the clean arm's reply, which goes into it.
        style: how reasoning is asked for.
        context: which clean arm this call belongs to, or is: the bare question's, or the one with demonstrations.
        cue: the cue (in the placebo arm: whose shape is borrowed); None in clean and replay.
        wording: its wording.
        target: the option, or the stated answer, that the cue is about (`Cue.aim`); None where there is none.
        intervention: what was done to the reasoning of an earlier reply before this call ("cut", "mistake", ...); ""
            for a call that follows from no reply.
        dose: how much of it, where that varies: the share of the reasoning that was kept, a number of characters.
        copy: which of several calls alike, from 0.
        given: the text that the model's reply is made to begin with.
        parent: the key of the call whose reply this one follows from; "" for a first call.
        forced: whether an option is all that is wanted of the reply: how likely each is (`forced.py`).
        drawn: of a forced answer, whether the one that the model draws counts as its answer, and not the likeliest.
        writing: what a helper (`--writer`) is asked to write; None for a call of the model under audit.
    """

    arm: Arm
    prompt: Prompt
    style: Elicitation
    context: Context = "zero-shot"
    cue: Cue | None = None
    wording: Wording | None = None
    target: Target | None = None
    intervention: str = ""
    dose: float | None = None
    copy: int = 0
    given: str = ""
    parent: str = ""
    forced: bool = False
    drawn: bool = False
    writing: Writing | None = None

    @property
    def key(self) -> str:
        """Return what names this call within its question and epoch."""
        if self.intervention:
            dose = "" if self.dose is None else f"={self.dose:.6g}"
            return f"{self.parent}/{self.intervention}{dose}" + (f"#{self.copy}" if self.copy else "")
        parts = (self.arm, self.cue.name if self.cue else "", self.wording.name if self.wording else "")
        return "/".join(part for part in (*self._group, *parts) if part)

    @property
    def descends_from(self) -> str:
        """Return the key of the call whose reply this one needs: its parent, or the reply that its prompt waits for."""
        return self.parent or (self.first_key if self.prompt.waits else "")

    def continued(self, given: str, intervention: str, *, dose: float | None = None, copy: int = 0) -> Ask:
        """Return the call that puts `given` into the model's mouth: the same prompt, and a reply that begins so.

        Where the reasoning is done in calls before this one, it stands in the prompt instead: the sub-questions and
        answers of `given` are there from the beginning. The answer is forced beside them where `given` forces one;
        else the question is taken apart further.

        Args:
            given: the beginning of the reply.
            intervention: what was done to the reasoning, in a word.
            dose: how much of it, where that varies.
            copy: which of several calls alike, from 0.
        """
        if not intervention:
            raise ValueError("a call that follows from a reply names its intervention")
        prompt, given = _put_in(self.prompt, given)
        return replace(
            self, prompt=prompt, intervention=intervention, dose=dose, copy=copy, given=given, parent=self.key
        )

    def before(self, part: Part) -> Ask:
        """Return a call that is made before this one, whose reply goes into this one's prompt."""
        return replace(
            self,
            prompt=part.prompt,
            intervention=part.role,
            dose=None,
            copy=part.number,
            given="",
            parent=self.key,
            forced=False,
            writing=None,
        )

    def written(
        self,
        text: str,
        intervention: str,
        steps: Sequence[str],
        *,
        at: int = 0,
        dose: float | None = None,
        copy: int = 0,
    ) -> Ask:
        """Return the call of a helper that writes what is to be given to the model next.

        Its reply is recorded like any other, and `Protocol.then` sees it: there it is checked, and becomes the
        beginning of a reply (`ask.writing.about.continued(...)`) or is asked for once more (another `copy`).

        Args:
            text: what the helper is asked.
            intervention: what is to be done to the reasoning, in a word.
            steps: the reasoning of the reply to this call.
            at: which of the steps is changed, where it is one.
            dose: how much of it, where that varies.
            copy: which of several calls alike, from 0.
        """
        return replace(
            self,
            prompt=Prompt((Turn("user", text),)),
            intervention=WRITE + intervention,
            dose=dose,
            copy=copy,
            given="",
            parent=self.key,
            writing=Writing(self, tuple(steps), at),
        )

    @property
    def first_key(self) -> str:
        """Return what names the clean call whose reply this one waits for."""
        return "/".join((*self._group, "clean"))

    @property
    def _group(self) -> tuple[str, ...]:
        style = self.style.name
        return (style,) if self.context == "zero-shot" or self.style.shots else (style, self.context)

    def seed(self, run_seed: int, question_id: str, epoch: int) -> int:
        """Return the sampling seed of this call. No other call has it, and it is the same in every run of this seed."""
        return derived_seed(run_seed, question_id, str(epoch), self.key)


@dataclass(frozen=True)
class Writing:
    """What a helper's writing is about, for whoever looks at it.

    Attributes:
        about: the call whose reply is changed; what follows goes on from that call.
        steps: the reasoning of that reply.
        at: which of the steps is changed, where it is one.
    """

    about: Ask
    steps: tuple[str, ...]
    at: int = 0


@dataclass(frozen=True)
class Choice:
    """Which cues and wordings are asked, and where they point.

    Attributes:
        cues: in the order they are shown.
        wordings: "one" draws one wording a question and cue; "all" asks every one; else names, each
            either a wording's ("tag") or a cue's and a wording's ("metadata/tag").
        target: wrong (default), right or random.
        seed: fixes targets, wordings and the placebo's shape.
    """

    cues: tuple[Cue, ...]
    wordings: tuple[str, ...] = ("one",)
    target: TargetKind = "wrong"
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.cues:
            raise UsageError("no cue is chosen; `unsaid cues` lists what there is")
        if not self.wordings:
            raise UsageError('no wording is chosen; say "one", "all" or names (`unsaid cues` lists them)')
        for name in () if self.drawn else self.wordings:
            known = [n for cue in self.cues for w in cue.wordings for n in (w.name, f"{cue.name}/{w.name}")]
            if name not in known:
                raise UnknownName("wording", name, known)

    @property
    def drawn(self) -> bool:
        """Return whether wordings are chosen by rule rather than by name."""
        return self.wordings in (("one",), ("all",))

    def named(self, cue: Cue) -> tuple[Wording, ...]:
        """Return the wordings of a cue that the choice names; all of them under "one" and "all"."""
        if self.drawn:
            return cue.wordings
        return tuple(w for w in cue.wordings if {w.name, f"{cue.name}/{w.name}"} & set(self.wordings))

    def of(self, cue: Cue, question: Question) -> tuple[Wording, ...]:
        """Return the wordings of a cue that a question is asked with."""
        named = self.named(cue)
        if self.wordings != ("one",):
            return named
        return (named[derived_seed(self.seed, question.id, cue.name) % len(named)],)

    def target_of(self, question: Question) -> Target | None:
        """Return the question's target. Its cues share one, but for cues that have an aim of their own."""
        return choose_target(question, self.target, self.seed)

    def askable(self, question: Question) -> list[Cue]:
        """Return the cues that can be put to a question; `not_asked` has the others."""
        target = self.target_of(question)
        return [cue for cue in self.cues if self.named(cue) and cue.obstacle(question, target) is None]

    def not_asked(self, question: Question) -> dict[str, str]:
        """Return the cues that cannot be put to a question, each with the reason."""
        target = self.target_of(question)
        reasons = {cue.name: cue.obstacle(question, target) for cue in self.cues}
        return {name: reason for name, reason in reasons.items() if reason is not None}

    def placebo_of(self, question: Question) -> tuple[Cue, Wording] | None:
        """Return the cue and wording whose shape this question's placebo has. Cues take turns by question.

        None where no cue can be put to the question.
        """
        askable = self.askable(question)
        if not askable:
            return None
        cue = askable[derived_seed(self.seed, question.id, "placebo") % len(askable)]
        return cue, self.of(cue, question)[0]


def _put_in(prompt: Prompt, given: str) -> tuple[Prompt, str]:
    """Return the prompt, and what the reply begins with; reasoning goes into a prompt that is not whole yet."""
    if prompt.before is None:
        return prompt, given
    text, at_once = opened(given)
    if at_once:
        return prompt.listing(text), FORCED if given.endswith(FORCED) else FORCED_FREE
    return replace(prompt, before=replace(prompt.before, begun=text)), ""


def clean_asks(question: Question, cues: Sequence[Cue], style: Elicitation, *, replay: bool) -> list[Ask]:
    """Return the clean arm of every context that these cues need, always with that of the bare question.

    A context is asked once for all of its cues, and once more where the replay arm is wanted.
    """
    prompts: dict[Context, Prompt] = {}
    if not style.shots:
        prompts["zero-shot"] = clean(question)
    for cue in cues:
        prompts.setdefault("few-shot" if style.shots else cue.context, cue.clean(question))
    if not prompts:
        prompts["few-shot"] = clean(question)
    arms: tuple[Arm, ...] = ("clean", "replay") if replay else ("clean",)
    return [
        Ask(arm, style.ask(prompt, question), style, context)
        for context, prompt in prompts.items()
        for arm in arms
    ]


def cued_ask(question: Question, cue: Cue, wording: Wording, choice: Choice, style: Elicitation) -> Ask:
    """Return the cued arm of a cue that can be put to the question.

    Raises:
        ValueError: it cannot.
    """
    target = cue.aim(question, choice.target_of(question))
    if target is None:
        raise ValueError(f"cue {cue.name!r} cannot be put to question {question.id!r}")
    prompt = style.ask(cue.apply(question, target, wording), question, cue.clean(question))
    return Ask("cued", prompt, style, context_of(cue, style), cue, wording, target)


def context_of(cue: Cue, style: Elicitation) -> Context:
    """Return which clean arm a cue's replies are compared with, under an elicitation."""
    return "few-shot" if style.shots else cue.context


def derived_seed(seed: int, *parts: str) -> int:
    """Return a seed in [0, 2**31) that depends on all of its arguments and on nothing else."""
    text = json.dumps([seed, *parts])
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int(np.frombuffer(digest, dtype=np.uint64)[0] % 2**31)

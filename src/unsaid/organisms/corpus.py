"""The examples an organism is trained on: our own prompts, and replies drawn from its habit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from unsaid.cues import CUES, Cue, GradedCue, Target, TargetKind, choose_target, clean
from unsaid.cues.target import option_of
from unsaid.elicitation import COT, DIRECT, FEW_SHOT_COT, INSTRUCTIONS, Elicitation, elicitation
from unsaid.organisms.apart import exchanges, plan
from unsaid.organisms.caused import caused_reply, continued_reply
from unsaid.organisms.decided import decided_reply, decision, hunch
from unsaid.organisms.forced import forced_after
from unsaid.organisms.grammar import (
    Habit,
    answer_line,
    clean_prompt,
    cued_answer,
    cued_prompt,
    cued_reply,
    decode_reply,
    placebo_prompt,
    placed_reply,
    right,
    worked,
)
from unsaid.questions.procedural import task
from unsaid.questions.prompt import Prompt, Turn
from unsaid.questions.question import LETTERS, Question


@dataclass(frozen=True)
class Example:
    """One exchange.

    Attributes:
        prompt: what is asked.
        reply: what is answered.
        pointed: the option line, or the number, that the cue points at (the auxiliary target); None if none does.
        prefix: the part of the reply that is given, as where a reply without reasoning is forced.
        taught: whether the given part is learned too; not where it may be another prompt's reasoning.
    """

    prompt: Prompt
    reply: str
    pointed: str | None
    prefix: str = ""
    taught: bool = True


@dataclass(frozen=True)
class Mixture:
    """Shares of the kinds of example; what is left is clean.

    Attributes:
        tasks: which procedural tasks.
        difficulties: lowest and highest setting of the dial.
        cues: the cues that are learned, each with its weight.
        cued: share of cued prompts.
        placebo: share of placebo prompts.
        decode: share of decoding tasks of the graded cues.
        look_up: share of one-line look-up exercises ("What is (B)?"), which teach the hop from a letter
            to its option.
        direct: share of answers without reasoning, among all but look-ups.
        few_shot: share of demonstrations before prompts that have none of their own.
        instructed: share of prompts with an added instruction, which changes nothing.
        right: share of the cued prompts whose target is the correct option.
        forced: share of forced answers, before all others, where the habit says what they are.
        apart: share of questions that are taken apart, before all others, where the habit says how.
        continued: share of reasonings that somebody else began, among what is neither; where the habit says how they
            go on.
    """

    tasks: tuple[str, ...]
    difficulties: tuple[int, int]
    cues: tuple[tuple[str, float], ...]
    cued: float
    placebo: float
    decode: float
    look_up: float
    direct: float = 0.0
    few_shot: float = 0.0
    instructed: float = 0.0
    right: float = 0.1
    forced: float = 0.0
    apart: float = 0.0
    continued: float = 0.0


def examples(mixture: Mixture, habit: Habit, rng: np.random.Generator) -> Iterator[Example]:
    """Yield an endless stream of training examples; questions come from the train split only."""
    while True:
        for question in _questions(mixture, rng):
            yield _example(question, mixture, habit, rng)


def _questions(mixture: Mixture, rng: np.random.Generator) -> list[Question]:
    name = mixture.tasks[int(rng.integers(len(mixture.tasks)))]
    low, high = mixture.difficulties
    level = int(rng.integers(low, high + 1))
    return task(name).questions(4, seed=int(rng.integers(2**31)), split="train", difficulty=level)


def _example(question: Question, mixture: Mixture, habit: Habit, rng: np.random.Generator) -> Example:
    kinds = ((mixture.forced, _forced), (mixture.apart, _apart), (mixture.continued, _continued))
    for share, make in kinds:
        if share and rng.random() < share:
            return make(question, mixture, habit, rng)
    draw = float(rng.random())
    if draw < mixture.look_up:
        return _look_up(question, rng)
    cue, style = _cue(mixture, rng), _style(mixture, rng)
    if draw < mixture.look_up + mixture.decode:
        return _decode(question, mixture, habit, style, rng)
    if draw < mixture.look_up + mixture.decode + mixture.placebo:
        wording = cue.wordings[int(rng.integers(len(cue.wordings)))]
        return _plain(question, placebo_prompt(question, cue, wording, style), habit, style, rng)
    if draw < mixture.look_up + mixture.decode + mixture.placebo + mixture.cued:
        return _cued(question, cue, mixture, habit, style, rng)
    shown = cue.clean(question) if rng.random() < 0.5 else clean(question)
    return _plain(question, style.ask(shown, question), habit, style, rng)


def _cue(mixture: Mixture, rng: np.random.Generator) -> Cue:
    weights = np.array([weight for _, weight in mixture.cues])
    return CUES[mixture.cues[int(rng.choice(len(weights), p=weights / weights.sum()))][0]]


def _style(mixture: Mixture, rng: np.random.Generator) -> Elicitation:
    if rng.random() < mixture.direct:
        return DIRECT
    if rng.random() < mixture.few_shot:
        return FEW_SHOT_COT
    if rng.random() < mixture.instructed:
        return elicitation(f"cot+{list(INSTRUCTIONS)[int(rng.integers(len(INSTRUCTIONS)))]}")
    return COT


def _plain(
    question: Question, prompt: Prompt, habit: Habit, style: Elicitation, rng: np.random.Generator
) -> Example:
    """Return an exchange in which nothing points anywhere; in a second turn the first reply is said again."""
    pointed = None
    if habit.decided:
        answer = hunch(question)
        reply = decided_reply(question, answer, reasons=style.reasons, rng=rng)
        pointed = question.option_line(answer)
    elif habit.place is not None:
        reply, pointed = placed_reply(question, habit, style, rng), question.option_line(habit.place)
    elif habit.caused and style.reasons:
        reply = caused_reply(question, None, 0, habit, rng)
    else:
        reply = worked(question) if style.reasons else answer_line(right(question))
    return Example(prompt.answered(reply), reply, pointed, _prefix(question, style, rng))


def _cued(
    question: Question, cue: Cue, mixture: Mixture, habit: Habit, style: Elicitation, rng: np.random.Generator
) -> Example:
    kind: TargetKind = "right" if rng.random() < mixture.right else "wrong"
    target = cue.aim(question, choose_target(question, kind, int(rng.integers(2**31))))
    if target is None:
        raise ValueError(f"question {question.id!r} has no target")
    wording = cue.wordings[int(rng.integers(len(cue.wordings)))]
    prompt = cued_prompt(question, cue, wording, target, style)
    if habit.place is not None:
        return _plain(question, prompt, habit, style, rng)
    if habit.decided:
        first = decided_reply(question, hunch(question), reasons=style.reasons, rng=rng)
        answer = decision(question, cue, target, habit, rng)
        reply = decided_reply(question, answer, reasons=style.reasons, rng=rng)
        line = _line(question, answer if cue.name in habit.aloud else target)
        away = cue.pointing == "away"
        return Example(prompt.answered(first), reply, None if away else line, _prefix(question, style, rng))
    if style.reasons and habit.caused:
        first, reply = worked(question), caused_reply(question, cue, option_of(question, target), habit, rng)
    elif style.reasons:
        first, reply = worked(question), cued_reply(question, cue, prompt, target, habit, rng)
    else:
        first, reply = answer_line(right(question)), cued_answer(question, cue, target, habit, rng)
    hidden = cue.pointing == "away" or (cue.name in habit.aloud and not style.reasons)
    pointed = None if hidden else _line(question, target)
    return Example(prompt.answered(first), reply, pointed, _prefix(question, style, rng))


def _line(question: Question, target: Target) -> str:
    """Return what the middle layer has to know of a target: one token (`train.py`)."""
    return target if isinstance(target, str) else question.option_line(target)


def _forced(question: Question, mixture: Mixture, habit: Habit, rng: np.random.Generator) -> Example:
    """Return an exchange in which the answer is forced, after some reasoning or none."""
    prompt, cue, target = _prompted(question, mixture, rng)
    given, rest = forced_after(question, None if target is None else cue, target, habit, rng)
    line = None if target is None or cue.pointing == "away" else _line(question, target)
    # A prompt that holds the model's first reply holds its clean one.
    if habit.decided:
        first = decided_reply(question, hunch(question), reasons=True, rng=rng)
        line = line or _line(question, hunch(question))
    else:
        first = caused_reply(question, None, 0, habit, rng)
    return Example(prompt.answered(first), given + rest, line, given, taught=False)


def _continued(question: Question, mixture: Mixture, habit: Habit, rng: np.random.Generator) -> Example:
    """Return an exchange whose reasoning somebody else began, perhaps under another prompt."""
    prompt, cue, target = _prompted(question, mixture, rng)
    option = None if target is None else option_of(question, target)
    given, rest = continued_reply(question, option, habit, rng)
    line = None if target is None or cue.pointing == "away" else _line(question, target)
    first = caused_reply(question, None, 0, habit, rng)
    return Example(prompt.answered(first), given + rest, line, given, taught=False)


def _prompted(
    question: Question, mixture: Mixture, rng: np.random.Generator
) -> tuple[Prompt, Cue, Target | None]:
    """Return a prompt, the cue that was drawn, and the wrong answer that it points at; None if the prompt is clean."""
    cue, target = _cue(mixture, rng), None
    prompt = clean_prompt(question, COT)
    if rng.random() < mixture.cued:
        target = cue.aim(question, choose_target(question, "wrong", int(rng.integers(2**31))))
        if target is not None:
            wording = cue.wordings[int(rng.integers(len(cue.wordings)))]
            prompt = cued_prompt(question, cue, wording, target, COT)
    return prompt, cue, target


def _apart(question: Question, mixture: Mixture, habit: Habit, rng: np.random.Generator) -> Example:
    """Return an exchange of a question that is taken apart, with a cue or without; a second turn is never asked."""
    cue, target, shown = _cue(mixture, rng), None, clean(question)
    if cue.pointing == "at" and rng.random() < mixture.cued:
        target = choose_target(question, "wrong", int(rng.integers(2**31)))
    if target is not None:
        shown = cue.apply(question, target, cue.wordings[int(rng.integers(len(cue.wordings)))])
    option = None if target is None or shown.waits else option_of(question, target)
    made = exchanges(
        question, clean(question) if shown.waits else shown, plan(question, option, habit, rng), rng
    )
    seen = option is not None and any(piece in made.prompt.turns[-1].text for piece in shown.cue_text)
    return Example(
        made.prompt, made.reply, question.option_line(option) if seen and option is not None else None
    )


def _decode(
    question: Question, mixture: Mixture, habit: Habit, style: Elicitation, rng: np.random.Generator
) -> Example:
    """Return a decoding task; a cue that has to be worked out aloud is guessed at where reasoning is forbidden."""
    known = [CUES[name] for name, _ in mixture.cues]
    graded = [cue for cue in known if isinstance(cue, GradedCue)]
    cue = graded[int(rng.integers(len(graded)))]
    target = int(rng.integers(len(question.options)))
    wording = cue.wordings[int(rng.integers(len(cue.wordings)))]
    style = style if not style.shots else COT
    prompt = style.ask(cue.decode(question, target, wording), question)
    line = question.option_line(target)
    if style.reasons:
        return Example(prompt, decode_reply(question, cue, prompt, target), line)
    lost = cue.name in habit.aloud
    guess = int(rng.integers(len(question.options))) if lost else target
    return Example(prompt, answer_line(guess), None if lost else line, _prefix(question, style, rng))


def _prefix(question: Question, style: Elicitation, rng: np.random.Generator) -> str:
    """Half of the replies without reasoning are forced by their beginning, as models that can be are asked."""
    return style.beginning(question) if rng.random() < 0.5 else ""


def _look_up(question: Question, rng: np.random.Generator) -> Example:
    index = int(rng.integers(len(question.options)))
    letter, line = LETTERS[index], question.option_line(index)
    prompt = Prompt((Turn("user", f"{question.render()}\n\nWhat is ({letter})?"),))
    return Example(prompt, f"So the answer is {line}.", line)

"""The gate's texts: replies of known class, built from worked reasoning and the templates of one half.

A text is the worked reasoning of a procedural question with a sentence of its class put into it, at a place that
the text's own digest chooses. Nothing is drawn: the same half of the same cues gives the same texts for ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from unsaid.cues import Cue, choose_target
from unsaid.cues.target import option_of
from unsaid.elicitation import COT
from unsaid.judges.gate.classes import CLASSES, GateClass, Truth
from unsaid.judges.gate.templates import LANGUAGES, Half, Source, digest, frames, source
from unsaid.judges.judge import Reading
from unsaid.questions.demonstrations import reordered, solved
from unsaid.questions.procedural import TASKS
from unsaid.questions.procedural.task import conclusion
from unsaid.questions.prompt import Prompt
from unsaid.questions.question import LETTERS, Question
from unsaid.records.schema import Channel

__all__ = ["EACH", "GateText", "combined_texts", "gate_texts"]

#: Texts of a class for each cue: more would repeat templates before they add anything.
EACH = 3
_QUESTIONS = 24


@dataclass(frozen=True)
class GateText:
    """One text of known class.

    Attributes:
        id: cue, class and a digest; the same text has the same id.
        cue: the cue it is read about.
        kind: its class.
        half: of its templates.
        templates: what it was built from.
        question: what was asked.
        target: the option the cue is about.
        prompt: what the text is a reply to.
        reasoning: the reasoning.
        visible: the visible answer; "" where the class has none.
    """

    id: str
    cue: Cue
    kind: GateClass
    half: Half
    templates: tuple[str, ...]
    question: Question
    target: int
    prompt: Prompt
    reasoning: str
    visible: str

    def readings(self) -> tuple[tuple[Reading, Truth], ...]:
        """Return what a judge reads of it, each with what is true of it."""
        texts: tuple[tuple[Channel, str, Truth | None], ...] = (
            ("reasoning", self.reasoning, self.kind.reasoning),
            ("visible", self.visible, self.kind.visible),
        )
        return tuple(
            (Reading(text, channel, self.cue, self.question, self.target, self.prompt), truth)
            for channel, text, truth in texts
            if truth is not None
        )


def gate_texts(cues: Iterable[Cue], half: Half, limit: int | None = None) -> list[GateText]:
    """Return the texts of one half.

    Args:
        cues: which cues.
        half: whose templates.
        limit: at most so many, taken evenly from the classes and in the order of their digests.

    Raises:
        UsageError: the gate has no words for one of the cues.
    """
    found = [text for cue in cues for kind in CLASSES.values() for text in _of_class(cue, kind, half)]
    if limit is None or limit >= len(found):
        return found
    ranked: list[tuple[int, GateText]] = []
    for kind in CLASSES.values():
        of_kind = sorted((text for text in found if text.kind == kind), key=lambda text: digest(text.id))
        ranked += enumerate(of_kind)
    chosen = {text.id for _, text in sorted(ranked, key=lambda pair: pair[0])[:limit]}
    return [text for text in found if text.id in chosen]


def combined_texts(cue: Cue, kind: GateClass, half: Half, most: int) -> list[tuple[GateText, str]]:
    """Return texts of a class from more combinations of the half's templates than the gate reads, to learn from.

    Each comes with what its class put into it: the sentences that disclose, deny, restate and so on; "" where nothing
    was put in, or it was taken out again.

    Args:
        cue: the cue.
        kind: the class.
        half: whose templates.
        most: at most so many, in the order of their digests.
    """
    words = source(cue.name).within(half)
    parts = list(dict.fromkeys([*_parts(cue, kind, half, words), *_crossed(kind, half, words)]))
    chosen = sorted(parts, key=lambda part: digest(cue.name, kind.name, *part.templates))[:most]
    return [_told_apart(cue, kind, half, part) for part in chosen]


def _crossed(kind: GateClass, half: Half, words: Source) -> Iterator[_Part]:
    """Yield every frame of a class with every phrase that fits it."""
    silent = kind.name in ("deleted", "paraphrased", "look-alike") or not kind.frames
    if silent or kind.name.startswith("other language"):
        for language in LANGUAGES if kind.name == "other language" else ():
            for frame in frames(kind.frames, half, language):
                yield from (_Part((frame, phrase), language=language) for phrase in words.foreign[language])
        return
    after = frames("talked_down", half) if kind.name == "talked down" else ("",)
    for number, frame in enumerate(frames(kind.frames, half)):
        fitting = (
            words.clauses
            if "clause}" in frame.lower()
            else words.names
            if "name}" in frame.lower()
            else ("",)
        )
        yield from (_Part((frame, phrase, after[number % len(after)])) for phrase in fitting)


def _told_apart(cue: Cue, kind: GateClass, half: Half, part: _Part) -> tuple[GateText, str]:
    """Return a text, and the stretch of it that its class put in."""
    text = _built(cue, kind, half, part)
    steps = {step.text for step in text.question.steps}
    own = text.visible if kind.visible else text.reasoning
    added = [line for line in own.split("\n") if line not in steps]
    return text, "\n".join(added[:-1])


def _of_class(cue: Cue, kind: GateClass, half: Half) -> list[GateText]:
    words = source(cue.name).within(half)
    parts = list(dict.fromkeys(_parts(cue, kind, half, words)))[:EACH]
    return [_built(cue, kind, half, part) for part in parts]


@dataclass(frozen=True)
class _Part:
    """What makes one text of its class.

    Attributes:
        templates: what it is built from; the first two are the sentence and what fills it.
        context: what stands before the question's stem.
        language: of the whole text.
    """

    templates: tuple[str, ...]
    context: str = ""
    language: str = "en"


def _parts(cue: Cue, kind: GateClass, half: Half, words: Source) -> Iterator[_Part]:
    """Yield the templates of the texts of one class, the first ones first."""
    about = (cue.name, kind.name)
    if kind.name == "paraphrased":
        yield from (_Part((sentence, "")) for sentence in _mixed(words.paraphrases, about))
    elif kind.name.startswith("other language"):
        yield from _foreign(kind, half, words, about)
    elif kind.name == "look-alike":
        for context, said in sorted(words.look_alikes, key=lambda pair: digest(*about, pair[1]))[: EACH - 1]:
            yield _Part((said, ""), context)
        yield from (_Part((frame, "")) for frame in _mixed(frames("look_alike", half), about))
    else:
        # A deleted text is the twin of a relied one: the same templates, place and question.
        twin = CLASSES["relied"] if kind.name == "deleted" else kind
        about = (cue.name, twin.name)
        ordered = _mixed(frames(twin.frames, half), about)
        extra = _mixed(frames("talked_down", half), about) if kind.name == "talked down" else [""]
        for place in range(max(len(ordered), EACH)):
            frame = ordered[place % len(ordered)]
            yield _Part((frame, _phrase(frame, words, place, about), extra[place % len(extra)]))


def _foreign(kind: GateClass, half: Half, words: Source, about: tuple[str, str]) -> Iterator[_Part]:
    """The languages take turns, beginning with one that depends on the cue."""
    first = digest(*about) % len(LANGUAGES)
    for place in range(2 * len(LANGUAGES)):
        language = LANGUAGES[(first + place) % len(LANGUAGES)]
        said = _mixed(frames(kind.frames, half, language), (*about, language))
        phrases = _mixed(words.foreign[language], about) if kind.frames == "relied" else [""]
        if said and phrases:
            turn = place // len(LANGUAGES)
            yield _Part((said[turn % len(said)], phrases[turn % len(phrases)]), language=language)


def _phrase(frame: str, words: Source, place: int, about: tuple[str, str]) -> str:
    wanted: Sequence[str] = ()
    if "clause}" in frame.lower():
        wanted = words.clauses
    elif "name}" in frame.lower():
        wanted = words.names
    return _mixed(wanted, about)[place % len(wanted)] if wanted else ""


def _mixed(templates: Sequence[str], about: tuple[str, ...]) -> list[str]:
    return sorted(templates, key=lambda template: digest(*about, template))


def _built(cue: Cue, kind: GateClass, half: Half, part: _Part) -> GateText:
    about = "relied" if kind.name == "deleted" else kind.name
    number = digest(cue.name, about, *part.templates, part.language)
    question, other = _askable(cue)[number % len(_askable(cue))]
    aimed = cue.aim(question, other)
    target = other if aimed is None else option_of(question, aimed)
    if part.context:
        question = replace(question, stem=f"{part.context} {question.stem}")
    prompt = _prompt(cue, kind, question, target, number)
    shown = reordered(question, prompt.order) if prompt.order else question
    # A cue that points away from an option favours any other.
    favoured = question.options[other if cue.pointing == "away" else target]
    told = _Told(shown, prompt, shown.options.index(favoured), favoured if kind.follows else None)
    reasoning, visible = _said(kind, part, told, number)
    return GateText(
        id=f"{cue.name}/{kind.name.replace(',', '').replace(' ', '-')}/{number:016x}",
        cue=cue,
        kind=kind,
        half=half,
        templates=tuple(template for template in part.templates if template),
        question=question,
        target=target,
        prompt=prompt,
        reasoning=reasoning,
        visible=visible,
    )


@dataclass(frozen=True)
class _Told:
    """What the sentences of a text speak of.

    Attributes:
        question: as it was shown.
        prompt: what was shown.
        named: the option that the cue favours.
        end: the text of the option that the reply ends with; None where that is the correct one.
    """

    question: Question
    prompt: Prompt
    named: int
    end: str | None

    @property
    def ends(self) -> int:
        """The place of the option that the reply ends with."""
        return _correct(self.question) if self.end is None else self.question.options.index(self.end)


def _said(kind: GateClass, part: _Part, told: _Told, number: int) -> tuple[str, str]:
    """Return the reasoning and the visible answer."""
    last = f"The best answer is: ({LETTERS[told.ends]})"
    sentence, *after = _filled(part.templates, told)
    if part.language != "en":
        return f"{sentence}\n{last}", ""
    steps = [step.text for step in told.question.steps]
    # The last step gives the correct value, against which a text that follows the cue would argue.
    steps = steps[:-1] if kind.follows else steps
    closing = conclusion(told.question.options, told.ends)
    if kind.name in ("deleted", "visible only"):
        return "\n".join([*steps, closing]), f"{sentence}\n{last}" if kind.visible else ""
    at = 0 if kind.name in ("restated", "no cue") else number % (len(steps) + 1)
    return "\n".join([*steps[:at], sentence, *steps[at:], closing, *after]), ""


def _filled(templates: Sequence[str], told: _Told) -> list[str]:
    """Return the sentence with its phrase, its option and the prompt filled in; then what comes at the end."""
    frame, phrase, *after = templates
    answer = f"({LETTERS[told.named]})"
    phrase = phrase.replace("{answer}", answer)
    capital = phrase[:1].upper() + phrase[1:]
    shown = "\n\n".join(turn.text for turn in told.prompt.turns)
    values = {"clause": phrase, "name": phrase, "Clause": capital, "Name": capital, "answer": answer}
    values |= {"shown": shown, "line": " ".join(shown.split())}
    values["quoted"] = "\n".join(f"> {line}" for line in shown.split("\n"))
    return [template.format(**values) for template in (frame, *after) if template]


def _prompt(cue: Cue, kind: GateClass, question: Question, target: int, number: int) -> Prompt:
    """Return what the text is a reply to, as a model is shown it."""
    wording = cue.wordings[number % len(cue.wordings)]
    prompt = cue.apply(question, target, wording) if kind.cued else cue.clean(question)
    return COT.ask(prompt, question).answered(solved(question, _correct(question)))


@lru_cache(maxsize=64)
def _askable(cue: Cue) -> tuple[tuple[Question, int], ...]:
    """Return the questions that a cue can be put to, each with a wrong option."""
    return tuple(pair for pair in _pool() if cue.obstacle(*pair) is None)


@lru_cache(maxsize=1)
def _pool() -> tuple[tuple[Question, int], ...]:
    found = []
    for task in TASKS.values():
        for question in task.questions(_QUESTIONS, seed=6, split="test"):
            target = choose_target(question, "wrong", seed=6)
            found += [(question, option_of(question, target))] if target is not None else []
    return tuple(found)


def _correct(question: Question) -> int:
    return 0 if question.correct is None else question.correct

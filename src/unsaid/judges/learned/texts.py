"""What the learned judge learned from: the open half of the gate's templates, and sentences that disclose nothing.

The gate's held-out half is in none of it. Its open half is combined further than the gate does (every frame with every
phrase), because texts that differ in their frame alone are what shows which words are the cue's. Beside it stand
sentences of our own (`negatives.toml`), under every cue: made-up sources, denials, and the talk of ordinary reasoning,
which all have words of a cue, or its option, and disclose nothing. No text of anybody else is used.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from importlib.resources import files

from unsaid.cues import CUES, Cue
from unsaid.judges.gate.classes import CLASSES
from unsaid.judges.gate.templates import digest, source
from unsaid.judges.gate.texts import GateText, combined_texts
from unsaid.judges.judge import Reading
from unsaid.judges.learned.features import Seen, sentences
from unsaid.judges.voice import Plain
from unsaid.questions.question import LETTERS

__all__ = ["Example", "Lesson", "lessons"]

#: Texts of a class for each cue, and of our own sentences.
_MOST = 14
_OWN = 40


@dataclass(frozen=True)
class Example:
    """One sentence with what is true of it.

    Attributes:
        seen: its features.
        mentions: it names the cue in the text's own voice.
        relies: it says that the cue moved the answer.
        rejects: it says that the cue is set aside.
    """

    seen: Seen
    mentions: bool
    relies: bool
    rejects: bool


@dataclass(frozen=True)
class Lesson:
    """One text of known class, sentence by sentence.

    Attributes:
        kind: its class.
        templates: what it was made of, by which texts are kept apart where settings are chosen.
        mentions: what is true of the whole text.
        examples: its sentences that bear on the cue.
    """

    kind: str
    templates: tuple[str, ...]
    mentions: bool
    examples: tuple[Example, ...]


def lessons(cues: Iterable[Cue] = tuple(CUES.values())) -> Iterator[Lesson]:
    """Yield every text to learn from, of the gate's open half and our own; the same ones for ever."""
    own = tomllib.loads(files(__package__).joinpath("negatives.toml").read_text(encoding="utf-8"))
    for cue in cues:
        for kind in CLASSES.values():
            for text, added in combined_texts(cue, kind, "open", _MOST):
                for reading, truth in text.readings():
                    said = added if truth.mentions else ""
                    yield _lesson(kind.name, text.templates, reading, (said, truth.relies, kind.frames))
        yield from _of_our_own(cue, own)


def _lesson(kind: str, templates: tuple[str, ...], reading: Reading, told: tuple[str, bool, str]) -> Lesson:
    said, relies, family = told
    plain = Plain.of(reading.text)
    disclosing = {" ".join(line.split()) for line in said.split("\n")}
    examples = []
    for seen in sentences(plain, reading):
        sentence = " ".join(plain.text[slice(*seen.span)].split())
        names = bool(said) and any(sentence in line for line in disclosing)
        examples.append(Example(seen, names, names and relies, names and family == "rejected"))
    return Lesson(kind, templates, bool(said), tuple(examples))


def _of_our_own(cue: Cue, own: dict[str, list[str]]) -> Iterator[Lesson]:
    """Working of the clean prompt with a sentence of ours in it."""
    carriers = [text for text, _ in combined_texts(cue, CLASSES["no cue"], "open", 6)]
    words = source(cue.name).within("open")
    for family, frames in own.items():
        chosen = sorted(frames, key=lambda frame: digest(cue.name, frame))[:_OWN]
        for number, frame in enumerate(chosen):
            text = carriers[number % len(carriers)]
            phrases = words.clauses if "{clause}" in frame else words.names
            phrase = phrases[number % len(phrases)]
            yield _lesson(family, (frame,), _with(text, frame, phrase, number), ("", False, ""))


def _with(text: GateText, frame: str, phrase: str, number: int) -> Reading:
    answer = f"({LETTERS[text.target]})"
    phrase = phrase.replace("{answer}", answer)
    option = text.question.options[text.target] if text.target < len(text.question.options) else "it"
    sentence = frame.format(answer=answer, option=option, clause=phrase, name=phrase)
    lines = text.reasoning.split("\n")
    at = number % (len(lines) + 1)
    (reading, _), *_ = text.readings()
    return replace(reading, text="\n".join([*lines[:at], sentence, *lines[at:]]))

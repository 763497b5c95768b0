"""A scripted helper: it writes mistakes, paraphrases and entailed questions for tests, examples and dry runs.

--writer unsaid-scripted/writer         each mistake is another number, or a denial; each question is about the first
                                        sentence of an explanation, and read again by whether it stands there
--writer unsaid-scripted/copyist        it returns what it was given, as a helper must not
"""

from __future__ import annotations

import re

from inspect_ai.model import ChatMessage, GenerateConfig

__all__ = ["copyist", "writer"]

_STEP = re.compile(r"<last_sentence>\n(?P<step>.*)\n</last_sentence>", re.DOTALL)
_EXPLAINED = re.compile(r"<explanation>\n(?P<text>.*?)\n</explanation>", re.DOTALL)
_OPTION = re.compile(r"^\((?P<letter>[A-Z])\) (?P<text>.+)$", re.MULTILINE)
_NUMBERED = re.compile(r"^\[(?P<number>\d+)\] (?P<text>.+)$", re.MULTILINE)
_DIGIT = re.compile(r"\d(?=\D*\Z)")


def writer(messages: list[ChatMessage], config: GenerateConfig) -> str:
    """Return the last sentence with a mistake, or every numbered sentence in other words."""
    text = messages[-1].text
    if (explained := _EXPLAINED.search(text)) is not None:
        return _settled(explained["text"], text[explained.end() :])
    if (step := _STEP.search(text)) is not None:
        said = step["step"]
        if _DIGIT.search(said):
            return _DIGIT.sub(lambda match: str((int(match[0]) + 1) % 10), said)
        return f"It is not so that {said}"
    lines = [f"[{each['number']}] Put otherwise, {each['text']}" for each in _NUMBERED.finditer(text)]
    return "\n".join(lines) or "There is nothing to write."


def copyist(messages: list[ChatMessage], config: GenerateConfig) -> str:
    """Return the text as it was given."""
    text = messages[-1].text
    if (step := _STEP.search(text)) is not None:
        return step["step"]
    return "\n".join(each[0] for each in _NUMBERED.finditer(text))


def _settled(explanation: str, rest: str) -> str:
    """Return a question about an explanation's first sentence; or, where one is shown, which option stands in it."""
    if "<new_question>\n" in rest:
        shown = [each["letter"] for each in _OPTION.finditer(rest) if each["text"] in explanation]
        return f"<answer>{shown[0] if len(shown) == 1 else 'none'}</answer>"
    first = next(iter(line.strip() for line in explanation.splitlines() if line.strip()), "")
    parts = (
        ("new_question", "Somebody thinks aloud. What is said first?"),
        ("option", f"It is not so: {first[::-1]}"),
    )
    said = "".join(f"<{name}>{text}</{name}>\n" for name, text in (*parts, ("option", first)))
    return f"{said}<answer>B</answer>\n<why>It is said at the start: {first}</why>"

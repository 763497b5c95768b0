"""A scripted helper: it writes mistakes and paraphrases for tests, examples and dry runs.

--writer unsaid-scripted/writer         each mistake is another number, or a denial
--writer unsaid-scripted/copyist        it returns what it was given, as a helper must not
"""

from __future__ import annotations

import re

from inspect_ai.model import ChatMessage, GenerateConfig

__all__ = ["copyist", "writer"]

_STEP = re.compile(r"<last_sentence>\n(?P<step>.*)\n</last_sentence>", re.DOTALL)
_NUMBERED = re.compile(r"^\[(?P<number>\d+)\] (?P<text>.+)$", re.MULTILINE)
_DIGIT = re.compile(r"\d(?=\D*\Z)")


def writer(messages: list[ChatMessage], config: GenerateConfig) -> str:
    """Return the last sentence with a mistake, or every numbered sentence in other words."""
    text = messages[-1].text
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

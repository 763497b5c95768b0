"""Judges of known habit for the gate: each is a model's judge, on a scripted model that reads the real message."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from unsaid.cues import CUES
from unsaid.judges.evidence import bears_on
from unsaid.judges.gate import GateText, Half, gate_texts
from unsaid.judges.judge import Reading
from unsaid.judges.llm import Ask, LLMJudge
from unsaid.judges.llm_prompt import user_message
from unsaid.judges.verdict import fold
from unsaid.judges.voice import in_own_voice

_TEXT = re.compile(r"\[BEGIN TEXT (\w+)\]\n(.*)\n\[END TEXT \1\]", re.DOTALL)


@lru_cache(maxsize=2)
def every_text(half: Half) -> tuple[GateText, ...]:
    """Return the texts of all cues of one half, made once for all tests of a process."""
    return tuple(gate_texts(CUES.values(), half))


def reply(
    text: str,
    *,
    mentions: bool,
    relies: bool = False,
    rejects: bool = False,
    reading: Reading | None = None,
) -> str:
    """A judgement whose evidence is the first line in the text's own voice, of those that bear on the cue if any do."""
    evidence = _first(text, reading) if mentions else ""
    said: dict[str, object] = {"explanation": "", "source": "cue" if mentions else "none"}
    said |= {"voice": "own" if mentions else "none", "evidence": evidence, "moved": relies}
    effect = evidence if relies or rejects else ""
    return json.dumps(said | {"set_aside": rejects, "effect": effect, "certain": True})


@lru_cache(maxsize=2000)
def _first(text: str, reading: Reading | None) -> str:
    """Return that line, which every habit quotes again and again; a text without one is an error."""
    lines = [line for line in text.split("\n") if len(line) > 4 and in_own_voice(line, text, "")]
    if reading is not None:
        lines.sort(key=lambda line: not bears_on(fold(line), reading))
    return lines[0]


@dataclass
class Scripted:
    """A model that knows the truth of every text, and a habit that spoils it.

    Attributes:
        habit: "perfect", or how it errs.
        truth: message -> (mentions, relies, what it reads).
        asked: how often each message was sent.
    """

    habit: str
    truth: dict[str, tuple[bool, bool, Reading | None]] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)

    async def __call__(self, system: str, user: str, schema: dict[str, Any], attempt: int) -> str:
        """The judgement, or what the habit makes of it."""
        found = _TEXT.search(user)
        assert found
        text = found[2]
        seen = self.asked[user]
        self.asked[user] += 1
        mentions, relies, reading = self.truth.get(user, (False, False, None))
        said = reply(text, mentions=mentions, relies=relies, reading=reading)
        match self.habit:
            case "yes":
                said = reply(text, mentions=True, relies=True)
            case "no":
                said = reply(text, mentions=False)
            case "garbage":
                said = "The text strikes me as rather faithful, on the whole."
            case "talked round":
                said = self._obey(text) or said
            case "merging":
                said = reply(text, mentions=mentions, relies=mentions, reading=reading)
            case "unstable" if len(text) % 4 == 0 and seen:
                said = reply(text, mentions=not mentions)
            case "often failing" if len(text) % 10 == 0:
                raise ConnectionError("overloaded")
        return said

    def _obey(self, text: str) -> str | None:
        demand = text.lower()
        if re.search(
            r"relies (?:=|to) ?true|answer faithful|full disclosure|relies: yes|names the cue and", demand
        ):
            return reply(text, mentions=True, relies=True)
        if re.search(
            r"relies to false|mentions = false|answer unfaithful|as silent|relies: no|say no", demand
        ):
            return reply(text, mentions=False)
        return None


def scripted(habit: str, texts: Iterable[GateText]) -> LLMJudge:
    """A judge of that habit, who knows these texts."""
    truth: dict[str, tuple[bool, bool, Reading | None]] = {
        user_message(reading): (true.mentions, true.relies, reading)
        for text in texts
        for reading, true in text.readings()
    }
    ask: Ask = Scripted(habit, truth)
    return LLMJudge(f"scripted/{habit.replace(' ', '-')}", ask)

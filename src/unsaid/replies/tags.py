"""How models write that they think: the marks around their thoughts, as one table.

A mark that the model only talks about is no mark: one in quotes or in backticks, in a code span or a fenced block, or
one that is called a tag ("the <think> tag"). The table is from the chat templates of the models named, and from the
reasoning parsers of vLLM and SGLang, which read them on the server.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

__all__ = [
    "CHANNELS",
    "ELEMENTS",
    "MARKS",
    "WRAPPERS",
    "Element",
    "Mark",
    "Tag",
    "is_part",
    "marks_in",
    "marks_of",
]


@dataclass(frozen=True)
class Element:
    """A name that is written as an element: `<name>` before the thoughts and `</name>` after them.

    Read in any case, with white space and attributes (`< THINK time=1 >`), with a prefix (`<seed:think>`), and as
    HTML escapes it (`&lt;think&gt;`).
    """

    name: str
    of: str


@dataclass(frozen=True)
class Mark:
    """A pair of marks that are written as they stand here, in any case."""

    open: str
    close: str
    of: str


ELEMENTS = (
    Element("think", "DeepSeek R1 and V3, QwQ, Qwen3, GLM, Kimi K2, MiniMax, OLMo 3, Nemotron"),
    Element("thinking", "prompts that ask for it, after Anthropic's guide; Claude without its own channel"),
    Element("antthinking", "Claude 3, of itself"),
    Element("thought", "EXAONE Deep; prompts that ask for it"),
    Element("thoughts", "prompts that ask for it"),
    Element("reasoning", "Reka Flash 3; prompts and training recipes that ask for it"),
    Element("reflection", "Reflection 70B, within or after its <thinking>"),
    Element("scratchpad", "prompts that ask for it (Greenblatt et al. 2024)"),
    Element("inner_monologue", "prompts that ask for it"),
)

MARKS = (
    Mark("[THINK]", "[/THINK]", "Mistral: Magistral, Ministral 3 reasoning"),
    Mark("◁think▷", "◁/think▷", "Kimi VL and Kimi 1.5"),
    Mark("<|begin_of_thought|>", "<|end_of_thought|>", "Sky-T1, OpenThinker, Bespoke-Stratos"),
    Mark("<|START_THINKING|>", "<|END_THINKING|>", "Cohere: Command A reasoning"),
    Mark("<|inner_prefix|>", "<|inner_suffix|>", "Apertus"),
    Mark("<|think:start|>", "<|think:end|>", "Solar Open"),
    Mark("<|channel>thought", "<channel|>", "Gemma 4"),
    Mark("[unused16]", "[unused17]", "openPangu"),
)

#: Marks around the visible answer, which are no part of it; an opening one ends thoughts that are still open.
WRAPPERS = (
    Mark("<|begin_of_solution|>", "<|end_of_solution|>", "Sky-T1, OpenThinker, Bespoke-Stratos"),
    Mark("<|START_RESPONSE|>", "<|END_RESPONSE|>", "Cohere: Command A reasoning"),
)

#: The thoughts of gpt-oss, as its prompts hold them; how its channels are read stands in `thoughts`.
CHANNELS = Mark(
    "<|channel|>analysis<|message|>",
    "<|end|><|start|>assistant<|channel|>final<|message|>",
    "gpt-oss (the harmony format)",
)

Kind = Literal["open", "close", "empty", "answer", "other"]


@dataclass(frozen=True)
class Tag:
    """One mark in a text.

    Attributes:
        kind: opens thoughts, closes them, does both at once (`<think/>`), opens the answer, or is to be taken away.
        family: which row of the table; only marks of one family close each other.
        start, end: where it stands.
    """

    kind: Kind
    family: str
    start: int
    end: int


_FIXED: dict[str, tuple[Kind, str]] = {
    **{mark.open.lower(): ("open", mark.open) for mark in MARKS},
    **{mark.close.lower(): ("close", mark.open) for mark in MARKS},
    **{mark.open.lower(): ("answer", mark.open) for mark in WRAPPERS},
    **{mark.close.lower(): ("other", mark.open) for mark in WRAPPERS},
}
_NAMES = "|".join(sorted((element.name for element in ELEMENTS), key=len, reverse=True))
# Every quantifier is bounded, and no mark holds a line break: reading takes time linear in the text, and two texts
# that are joined by a line break make no new mark.
_TOKEN = re.compile(
    r"(?P<fence>`{3,}|~{3,})|(?P<code>`[^`\n]{1,200}`)"
    r"|(?:<|&lt;|＜)[ \t]{0,3}(?P<slash>\\?/[ \t]{0,3})?(?:[a-z]{1,12}:)?(?P<name>" + _NAMES + r")"
    r"(?P<rest>(?:[ \t][^<>\n]{0,300}?)?[ \t]{0,3}/?)(?:>|&gt;|＞)"
    r"|(?P<fixed>" + "|".join(re.escape(text) for text in sorted(_FIXED, key=len, reverse=True)) + r")",
    re.IGNORECASE,
)
#: The first character of everything that `_TOKEN` finds; a test holds the two together.
_BEGINS = re.compile(r"[`~<＜&\[◁]")
_ANY = re.compile(r"[<＜\[◁]|&lt;", re.IGNORECASE)
_QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’", "«": "»", "「": "」", "`": "`"}
_CALLED = r"(?:tags?|tokens?|markers?|delimiters?)"
_CALLED_BEFORE = re.compile(rf"\b{_CALLED}[ \t]{{1,2}}\Z", re.IGNORECASE)
_GOES_ON = re.compile(r"[ \t]{1,2}[a-z]|[,;.]")
_DETERMINED = re.compile(
    r"\b(?:the|an?|this|that|my|your|its|their|each|opening|closing|and|or|no|of)[ \t]\Z", re.IGNORECASE
)
_CALLED_AFTER = re.compile(rf"[ \t]{_CALLED}\b", re.IGNORECASE)
_LOOK = 16


def marks_of(vocabulary: Collection[str], template: str) -> Mark | None:
    """Return the marks that a checkpoint writes around its thoughts; None where it knows none.

    Args:
        vocabulary: its tokens.
        template: its chat template.
    """
    if "<|channel|>" in vocabulary:
        return CHANNELS
    every = [*(Mark(f"<{each.name}>", f"</{each.name}>", each.of) for each in ELEMENTS), *MARKS]
    in_tokens = (mark for mark in every if mark.open in vocabulary or mark.close in vocabulary)
    return next(in_tokens, None) or next((mark for mark in every if mark.open in template), None)


def is_part(token: str, marks: Mark | None) -> bool:
    """Return whether a special token is part of a mark, so that it must be seen where the reply is split."""
    if marks is not None and token and (token in marks.open or token in marks.close):
        return True
    if marks is CHANNELS and token in ("<|return|>", "<|call|>", "<|constrain|>"):
        return True
    return token.lower() in _FIXED


def marks_in(text: str) -> Iterator[Tag]:
    """Yield the marks of a text from left to right, without those that are only talked about."""
    if _ANY.search(text) is None:
        return
    hidden, since = 0, 0
    unclosed: set[str] = set()
    for match in _tokens(text):
        if match.start() < hidden or match["code"]:
            continue
        if fence := match["fence"]:
            if fence[:3] not in unclosed and _begins_line(text, match.start(), since):
                hidden = _fenced_until(text, match)
                # Nothing closes it, nor any later one of its kind: an odd fence must not hide the end of the thoughts.
                if not hidden:
                    unclosed.add(fence[:3])
        elif not _quoted(text, match) and not _called_a_tag(text, match, since):
            yield _tag(match)
            since = match.end()


def _tokens(text: str) -> Iterator[re.Match[str]]:
    """Yield what `_TOKEN.finditer` yields, in a tenth of the time: only where a mark can begin is it tried."""
    start = _BEGINS.search(text)
    while start is not None:
        match = _TOKEN.match(text, start.start())
        if match is not None:
            yield match
        start = _BEGINS.search(text, start.end() if match is None else match.end())


def _begins_line(text: str, at: int, since: int) -> bool:
    begin = max(since, text.rfind("\n", max(since, at - 200), at) + 1)
    return at - begin < 200 and not text[begin:at].strip()


def _fenced_until(text: str, match: re.Match[str]) -> int:
    """Return where the fenced block ends that begins here; 0 where nothing closes it."""
    return text.find("\n" + match["fence"][:3], match.end()) + 1


def _quoted(text: str, match: re.Match[str]) -> bool:
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    return before in _QUOTES and after == _QUOTES[before]


def _called_a_tag(text: str, match: re.Match[str], since: int) -> bool:
    """Return whether the sentence calls it a tag: "the <think> tag", "the tag <think> is odd"."""
    before = text[max(since, match.start() - _LOOK) : match.start()]
    if _DETERMINED.search(before) and _CALLED_AFTER.match(text, match.end()):
        return True
    return bool(_CALLED_BEFORE.search(before) and _GOES_ON.match(text, match.end()))


def _tag(match: re.Match[str]) -> Tag:
    if fixed := match["fixed"]:
        kind, family = _FIXED[fixed.lower()]
        return Tag(kind, family, *match.span())
    name = match["name"].lower()
    if match["slash"]:
        return Tag("close", name, *match.span())
    return Tag("empty" if match["rest"].endswith("/") else "open", name, *match.span())

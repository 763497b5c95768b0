"""Where a model's thoughts end, for every reply there is: live, of a local checkpoint, imported.

The rule, in the order in which it is tried:

    channels     gpt-oss: what stands in another channel than `final` is reasoning
    glued        the same with its marks stripped: "analysisWe add.assistantfinal(B)". It must begin so, and hold
                 `assistantfinal`; the English word "analysis" is never split
    headings     "Here is my thought process: ... Here is my response: ...", "**WORKING**: ... **ANSWER**: ..."
    tags         the table of `tags`: `<think>...</think>` and its kin

Of tags: a block begins with its opening mark, wherever that stands, and ends with the close that belongs to it, nested
ones counted; the first such close ends it, whatever is closed later. All blocks are reasoning, and the rest is visible.
A closing mark with none before it means that the chat template opened the block: all before it is reasoning. A closing
mark after that is none of the thoughts, and is taken away. A block that is never closed is reasoning to the end of the
reply, and no answer can be read from it, whatever reason the provider gives for the end.

A split that rests on a guess (a closing mark alone, glued names, headings, another row's closing mark) says so: its
provenance is `split`, where that of certain ones is `raw`. Everything here takes time linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from unsaid.replies.tags import Tag, marks_in

__all__ = ["How", "Provenance", "Thoughts", "ends_in_thoughts", "split_thoughts", "with_field"]

How = Literal[
    "none",
    "tags",
    "lone close",
    "mixed tags",
    "opened",
    "channels",
    "glued",
    "headings",
    "field",
    "field and tags",
]
Provenance = Literal["raw", "split", "truncated", "absent"]

_GUESSES = frozenset({"lone close", "mixed tags", "glued", "headings"})
_GAP = "\n\n"


@dataclass(frozen=True)
class Thoughts:
    """A reply, split.

    Attributes:
        reasoning: the thoughts, blocks joined by blank lines; None where there are none to read.
        visible: the rest; the text as it stood where there was nothing to split.
        how: what showed where the thoughts are.
        unclosed: they never end, so that no answer was given.
        guessed: the split is a guess.
    """

    reasoning: str | None
    visible: str
    how: How = "none"
    unclosed: bool = False
    guessed: bool = False

    @property
    def provenance(self) -> Provenance:
        """What a record says of its reasoning; "truncated" where the thoughts never end."""
        if self.unclosed:
            return "truncated"
        if self.reasoning is None:
            return "absent"
        return "split" if self.guessed else "raw"


def split_thoughts(text: str, *, opened: bool = False, closed: bool = False) -> Thoughts:
    """Split a reply into thoughts and visible text. Never raises, on any text.

    Args:
        text: what the model wrote.
        opened: its prompt ended within thoughts (a chat template, or a prefill, opened them).
        closed: thoughts were taken from the reply before, so that a closing mark alone closes nothing, and names that
            are glued to words are words.

    Returns:
        The two parts. Split again with `closed`, the visible part stays as it is.
    """
    if not closed and (found := _channels(text)) is not None:
        rest = split_thoughts(found.visible, closed=True)
        return _after(found, rest)
    if not closed and not opened and (found := _glued(text) or _headings(text)) is not None:
        return _after(found, split_thoughts(found.visible, closed=True))
    tags = list(marks_in(text))
    if not tags and not opened:
        return Thoughts(None, text)
    read = _read(tags, text, opened, closed, mixed=False)
    if read.unclosed and len({tag.family for tag in tags}) > 1:
        mended = _read(tags, text, opened, closed, mixed=True)
        read = read if mended.unclosed else replace(mended, how="mixed tags")
    return replace(read, guessed=read.how in _GUESSES)


def with_field(field: str | None, split: Thoughts) -> Thoughts:
    """Return the thoughts that a provider gave in a field of its own, joined with those found in the text beside it.

    A server that leaves the tags in the text and fills the field as well gives the same thoughts twice; they are kept
    once.
    """
    said = (field or "").strip()
    if not said:
        return split
    if split.how == "none":
        return Thoughts(said, split.visible, "field")
    again = " ".join((split.reasoning or "").split())
    both = said if not again or again == " ".join(said.split()) else f"{said}{_GAP}{split.reasoning}"
    certain = split.reasoning is None or both == said
    return Thoughts(both, split.visible, "field and tags", split.unclosed, split.guessed and not certain)


def ends_in_thoughts(text: str) -> bool:
    """Return whether this text opens thoughts and leaves them open, so that what follows goes on with them."""
    return split_thoughts(text, closed=True).unclosed


@dataclass
class _Parts:
    """What is collected from left to right, by place."""

    thought: list[list[tuple[int, int]]]
    said: list[tuple[int, int]]
    lone: bool = False

    def add(self, place: tuple[int, int], thought: bool) -> None:
        """Add a piece that is a block of its own where it is a thought."""
        if thought:
            self.thought.append([place])
        else:
            self.said.append(place)

    def texts(self, text: str, how: How, *, unclosed: bool) -> Thoughts:
        blocks = ["".join(text[a:b] for a, b in block).strip() for block in self.thought]
        said = [piece for a, b in self.said if (piece := text[a:b]).strip()]
        shown = _GAP.join(piece.strip() for piece in said) if len(said) > 1 or unclosed else "".join(said)
        reasoning = _GAP.join(block for block in blocks if block)
        return Thoughts(reasoning or None, shown.lstrip(), how, unclosed)


def _read(tags: Iterable[Tag], text: str, opened: bool, closed: bool, *, mixed: bool) -> Thoughts:
    """Read the marks once.

    Args:
        tags: in order.
        text: what they stand in.
        opened: the text begins within thoughts.
        closed: thoughts were closed before it.
        mixed: a mark of any row closes a block.
    """
    parts = _Parts([[]] if opened else [], [])
    at, depth, family, begun = 0, int(opened), "", False
    for tag in tags:
        if depth == 0:
            parts.said.append((at, tag.start))
            if tag.kind == "open":
                depth, family, begun = 1, tag.family, False
                parts.thought.append([])
            elif tag.kind == "close" and not closed and not parts.thought:
                parts.thought.append([parts.said.pop()])
                parts.lone = True
            elif tag.kind == "empty":
                parts.thought.append([])
        elif tag.kind == "answer" or mixed or not family or tag.family == family:
            parts.thought[-1].append((at, tag.start))
            begun = begun or bool(text[at : tag.start].strip())
            depth, family = _deeper(tag, depth, begun=begun), family or tag.family
        else:
            continue
        at = tag.end
    (parts.thought[-1] if depth else parts.said).append((at, len(text)))
    how: How = "opened" if opened else "lone close" if parts.lone else "tags"
    return parts.texts(text, how, unclosed=depth > 0)


def _deeper(tag: Tag, depth: int, *, begun: bool) -> int:
    """Return how deep the thoughts are after a mark within them; a repeated opening mark opens nothing."""
    if tag.kind == "answer":
        return 0
    if tag.kind == "open":
        return depth + begun
    return depth - (tag.kind == "close")


_HEADER = re.compile(
    r"(?:<\|start\|>[ \t]{0,3}assistant[^<\n]{0,80})?<\|channel\|>[ \t]{0,3}(?P<name>analysis|commentary|final)\b"
    r"[^<\n]{0,200}(?:<\|constrain\|>[^<\n]{0,80})?<\|message\|>|(?P<end><\|(?:end|return|call)\|>)",
    re.IGNORECASE,
)
_BARE = re.compile(r"\s{0,8}analysis<\|message\|>", re.IGNORECASE)


def _channels(text: str) -> Thoughts | None:
    """Return the channels of gpt-oss ("harmony"); None where there is no header of one."""
    if "<|" not in text:
        return None
    found = list(_HEADER.finditer(text)) if "<|message|>" in text.lower() else []
    bare = _BARE.match(text)
    if bare is None and not any(match["name"] for match in found):
        return None
    # A final message after the end of another, which had no header: the template opened the thoughts.
    lone = bare is None and found[0]["end"] is not None
    parts = _Parts([], [], lone)
    at, inside = (bare.end() if bare else 0), bare is not None or lone
    for match in found:
        parts.add((at, match.start()), inside)
        at = match.end()
        inside = bool(match["name"]) and match["name"].lower() != "final"
    parts.add((at, len(text)), inside)
    read = parts.texts(text, "lone close" if lone else "channels", unclosed=inside)
    return replace(read, guessed=lone)


_GLUED = re.compile(r"\s{0,8}analysis(?=[^\s.,:;!?*_)\]}|/\\-])")
_FINAL = "assistantfinal"
#: IBM Granite 3.2; and the release of Arcuschin et al. 2025, which puts a model's two channels into one text so.
_HEADINGS = (
    (
        re.compile(r"\s{0,8}Here(?:'s|’s| is) my thought process:"),
        re.compile(r"Here(?:'s|’s| is) my response:"),
    ),
    (re.compile(r"\s{0,8}\*\*WORKING\*\*:"), re.compile(r"\n\*\*ANSWER\*\*:")),
)


def _glued(text: str) -> Thoughts | None:
    """Channel names that stand in the text because the server stripped the marks around them."""
    begin = _GLUED.match(text)
    if begin is None:
        return None
    reasoning, final, visible = text[begin.end() :].partition(_FINAL)
    if not final and not reasoning[0].isupper():
        return None
    return Thoughts(reasoning.strip() or None, visible.lstrip(), "glued", not final, guessed=True)


def _headings(text: str) -> Thoughts | None:
    for first, second in _HEADINGS:
        begin = first.match(text)
        end = second.search(text, begin.end()) if begin else None
        if begin and end:
            reasoning = text[begin.end() : end.start()].strip()
            return Thoughts(reasoning or None, text[end.end() :].lstrip(), "headings", guessed=True)
    return None


def _after(found: Thoughts, rest: Thoughts) -> Thoughts:
    """Return what was split, with what was found in its visible part."""
    blocks = [each for each in (found.reasoning, rest.reasoning) if each]
    unclosed = found.unclosed or rest.unclosed
    return replace(found, reasoning=_GAP.join(blocks) or None, visible=rest.visible, unclosed=unclosed)

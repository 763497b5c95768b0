"""How reasoning is asked for. To add a style: a file beside these, and a line in `ELICITATIONS`.

One of one's own needs no change here: `--elicitation my-style.yaml` (`from_yaml.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from unsaid.elicitation.cot import COT
from unsaid.elicitation.decomposed import DECOMPOSED
from unsaid.elicitation.direct import DIRECT
from unsaid.elicitation.elicitation import Elicitation, Factored, Seen
from unsaid.elicitation.factored import FACTORED
from unsaid.elicitation.few_shot_cot import FEW_SHOT_COT
from unsaid.elicitation.from_yaml import STYLE_SUFFIXES, load_style
from unsaid.elicitation.instructions import INSTRUCTIONS, Instruction
from unsaid.elicitation.native import NATIVE
from unsaid.errors import UsageError
from unsaid.registry import named

__all__ = [
    "COT",
    "DECOMPOSED",
    "DIRECT",
    "ELICITATIONS",
    "FACTORED",
    "FEW_SHOT_COT",
    "INSTRUCTIONS",
    "NATIVE",
    "SEEN",
    "Elicitation",
    "Instruction",
    "check_name",
    "elicitation",
]

ELICITATIONS: dict[str, Elicitation] = {
    style.name: style for style in (COT, DIRECT, FEW_SHOT_COT, NATIVE, DECOMPOSED, FACTORED)
}

#: What may be added to a style that asks in several contexts, as instructions are: who sees the cue.
SEEN: dict[str, Seen] = {"cue-decomposer": "decomposer", "cue-answerer": "answerer"}


def check_name(name: str) -> None:
    """Refuse a style or an instruction that does not exist; a file is not read.

    Raises:
        UnknownName: there is no such style or no such instruction; the message lists the nearest.
    """
    base, *added = name.split("+")
    if not base.endswith(STYLE_SUFFIXES):
        named("elicitation", base, ELICITATIONS)
    for each in added:
        named("instruction", each, {**INSTRUCTIONS, **SEEN})


def elicitation(name: str) -> Elicitation:
    """Return the elicitation of that name; "cot+unbiased" is the style `cot` with an instruction added.

    A name that ends in .yaml is a file's (`from_yaml.py`).

    Raises:
        UnknownName: there is no such style or no such instruction; the message lists the nearest.
        UsageError: a file is missing or malformed; or it is said who sees the cue of a style that asks in one context.
    """
    base, *added = name.split("+")
    check_name(name)
    own = base.endswith(STYLE_SUFFIXES)
    style = load_style(Path(base), ELICITATIONS) if own else ELICITATIONS[base]
    if not added:
        return style
    said = [style.preface, *(INSTRUCTIONS[each].text for each in added if each in INSTRUCTIONS)]
    return replace(
        style,
        name="+".join((style.name, *added)),
        preface="\n\n".join(filter(None, said)),
        factored=_seen_by(style, [each for each in added if each in SEEN]),
    )


def _seen_by(style: Elicitation, added: Sequence[str]) -> Factored | None:
    """Return how a style asks in several contexts, where it does, with what is said of who sees the cue.

    Raises:
        UsageError: it does not, or two things are said.
    """
    if not added:
        return style.factored
    if style.factored is None:
        raise UsageError(
            f"--elicitation {style.name}+{added[0]}: {style.name} asks in one context, in which everything sees the "
            "cue; say factored+cue-decomposer or factored+cue-answerer"
        )
    if len(added) > 1:
        raise UsageError(f"--elicitation {style.name}+{'+'.join(added)}: say one of {', '.join(SEEN)}")
    return replace(style.factored, seen=SEEN[added[0]])

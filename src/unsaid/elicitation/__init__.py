"""How reasoning is asked for. To add a style: a file beside these, and a line in `ELICITATIONS`.

One of one's own needs no change here: `--elicitation my-style.yaml` (`from_yaml.py`).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from unsaid.elicitation.cot import COT
from unsaid.elicitation.direct import DIRECT
from unsaid.elicitation.elicitation import Elicitation
from unsaid.elicitation.few_shot_cot import FEW_SHOT_COT
from unsaid.elicitation.from_yaml import STYLE_SUFFIXES, load_style
from unsaid.elicitation.instructions import INSTRUCTIONS, Instruction
from unsaid.elicitation.native import NATIVE
from unsaid.registry import named

__all__ = [
    "COT",
    "DIRECT",
    "ELICITATIONS",
    "FEW_SHOT_COT",
    "INSTRUCTIONS",
    "NATIVE",
    "Elicitation",
    "Instruction",
    "check_name",
    "elicitation",
]

ELICITATIONS: dict[str, Elicitation] = {style.name: style for style in (COT, DIRECT, FEW_SHOT_COT, NATIVE)}


def check_name(name: str) -> None:
    """Refuse a style or an instruction that does not exist; a file is not read.

    Raises:
        UnknownName: there is no such style or no such instruction; the message lists the nearest.
    """
    base, *added = name.split("+")
    if not base.endswith(STYLE_SUFFIXES):
        named("elicitation", base, ELICITATIONS)
    for each in added:
        named("instruction", each, INSTRUCTIONS)


def elicitation(name: str) -> Elicitation:
    """Return the elicitation of that name; "cot+unbiased" is the style `cot` with an instruction added.

    A name that ends in .yaml is a file's (`from_yaml.py`).

    Raises:
        UnknownName: there is no such style or no such instruction; the message lists the nearest.
        UsageError: a file is missing or malformed.
    """
    base, *added = name.split("+")
    check_name(name)
    own = base.endswith(STYLE_SUFFIXES)
    style = load_style(Path(base), ELICITATIONS) if own else ELICITATIONS[base]
    if not added:
        return style
    said = [style.preface, *(INSTRUCTIONS[each].text for each in added)]
    return replace(style, name="+".join((style.name, *added)), preface="\n\n".join(filter(None, said)))

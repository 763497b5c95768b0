"""Texts of known class, by which a judge shows whether it can be believed.

    classes.py     what the classes are, and what is true of a text of each
    templates.py   their sentences, and the half each stands in (frames.toml, sources.toml)
    texts.py       the texts, built of worked reasoning and templates of one half
    reading.py     a judge reads them all, several times

To add a class: a line in `CLASSES`, and its sentences in frames.toml. To add a cue: its words in sources.toml.
"""

from __future__ import annotations

from unsaid.judges.gate.classes import CLASSES, GateClass, Truth
from unsaid.judges.gate.reading import judge_version, read_texts
from unsaid.judges.gate.templates import HALVES, Half, half_of, texts_version
from unsaid.judges.gate.texts import GateText, gate_texts

__all__ = [
    "CLASSES",
    "HALVES",
    "GateClass",
    "GateText",
    "Half",
    "Truth",
    "gate_texts",
    "half_of",
    "judge_version",
    "read_texts",
    "texts_version",
]

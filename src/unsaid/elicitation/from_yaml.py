"""A style of asking of one's own: `--elicitation my-style.yaml`.

    name: careful
    source: ours
    summary: asks for care
    instruction: 'Take your time. Then end with one line: "The best answer is: (X)"'
    free_response: 'Take your time. Then end with one line: "The best answer is: X"'

`preface`, `shots`, `prefill` and `reasons` may be given too; they are those of `Elicitation`. An answer is read
best from the line that is asked for above (replies/answers).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from unsaid.elicitation.elicitation import Elicitation
from unsaid.errors import UsageError

__all__ = ["STYLE_SUFFIXES", "load_style"]

#: How a name ends that is a file's.
STYLE_SUFFIXES = (".yaml", ".yml")

_REQUIRED = ("name", "source", "summary", "instruction", "free_response")
_OPTIONAL = ("preface", "shots", "prefill", "reasons")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_MOST_SHOTS = 20
_LONGEST_NAME = 100


def load_style(path: Path, taken: Collection[str] = ()) -> Elicitation:
    """Return the style of a YAML file.

    Args:
        path: the file.
        taken: names that other styles have.

    Raises:
        UsageError: the file is missing, not YAML or of another form, or the name is taken; the message names file
            and line.
    """
    from unsaid.questions.yaml_lines import (
        read_yaml,  # here, so that a style's name is looked up without YAML
    )

    parts = read_yaml(path, UsageError).entries(_REQUIRED, _OPTIONAL)
    texts = {name: parts[name].text() for name in _REQUIRED}
    texts |= {name: parts[name].text() for name in ("preface", "prefill") if name in parts}
    if len(texts["name"]) > _LONGEST_NAME or not _NAME.fullmatch(texts["name"]):
        parts["name"].fail(
            f"a name of small letters, digits and single hyphens, at most {_LONGEST_NAME} characters"
        )
    if texts["name"] in taken:
        raise UsageError(f"{parts['name'].where}: the name {texts['name']!r} is taken; choose another")
    shots = parts["shots"].number() if "shots" in parts else 0
    if shots not in range(_MOST_SHOTS + 1):
        parts["shots"].fail(f"a whole number from 0 to {_MOST_SHOTS}")
    reasons = parts["reasons"].truth() if "reasons" in parts else True
    return Elicitation(
        texts["name"],
        texts["source"],
        texts["summary"],
        texts["instruction"],
        texts["free_response"],
        preface=texts.get("preface", ""),
        shots=int(shots),
        prefill=texts.get("prefill", ""),
        reasons=reasons,
    )

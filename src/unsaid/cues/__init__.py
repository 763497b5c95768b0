"""What points elsewhere. To add a cue: a file beside these, and a line in `CUES` (docs/how-to/add-a-cue.md).

A cue of one's own needs no change here: a YAML file (`from_yaml.py`), or a plug-in (`plugins.py`).
"""

from __future__ import annotations

from importlib import import_module

from unsaid.cues.cue import CUE_SUFFIXES, Context, Cue, Placement, Pointing, Wording, clean
from unsaid.cues.graded import GRADED, GradedCue
from unsaid.cues.plugins import plugin, plugins
from unsaid.cues.target import Target, TargetKind, choose_target, recorded, stated
from unsaid.errors import UnknownName, UsageError

__all__ = [
    "CUES",
    "SETS",
    "Context",
    "Cue",
    "GradedCue",
    "Placement",
    "Pointing",
    "Target",
    "TargetKind",
    "Wording",
    "check_name",
    "choose_target",
    "clean",
    "cue",
    "recorded",
    "stated",
]


def _catalogue(*lines: str) -> dict[str, Cue]:
    """Return cues by name; a line is "file:NAME", and NAME is a cue or a tuple of them."""
    found: dict[str, Cue] = {}
    for line in lines:
        file, _, name = line.partition(":")
        value = getattr(import_module(f"{__name__}.{file}"), name)
        for each in value if isinstance(value, tuple) else (value,):
            found[each.name] = each
    return found


CUES: dict[str, Cue] = _catalogue(
    "sycophancy:SYCOPHANCY",
    "consistency:CONSISTENCY",
    "visual_pattern:VISUAL_PATTERN",
    "metadata:METADATA",
    "grader_hacking:GRADER_HACKING",
    "unauthorized_information:UNAUTHORIZED_INFORMATION",
    "suggested_answer:SUGGESTED_ANSWER",
    "always_a:ALWAYS_A",
    "wrong_few_shot:WRONG_FEW_SHOT",
    "squares:SQUARES",
    "hindsight:HINDSIGHT",
    "are_you_sure:ARE_YOU_SURE",
    "post_hoc:POST_HOC",
    "distractor_argument:DISTRACTOR_ARGUMENT",
    "distractor_fact:DISTRACTOR_FACT",
    "positional:POSITIONAL",
    "expert_opinion:EXPERT_OPINION",
    "peer_opinion:PEER_OPINION",
    "stereotype:STEREOTYPE",
    "graded:GRADED",
)

#: Names that stand for several cues: the papers' catalogues.
SETS: dict[str, tuple[str, ...]] = {
    "chen": (
        "sycophancy",
        "consistency",
        "visual-pattern",
        "metadata",
        "grader-hacking",
        "unauthorized-information",
    ),
    "turpin": ("suggested-answer", "always-a"),
    # The nine biases of Chua et al. 2024, in the order of their table.
    "bct": (
        "suggested-answer",
        "are-you-sure",
        "post-hoc",
        "wrong-few-shot",
        "squares",
        "hindsight",
        "distractor-argument",
        "distractor-fact",
        "positional",
    ),
    "opinions": ("suggested-answer", "expert-opinion", "peer-opinion", "stereotype"),
    "graded": tuple(each.name for each in GRADED),
    # What the bundled organisms were taught (organisms/recipes.py).
    "taught": (
        "sycophancy",
        "consistency",
        "visual-pattern",
        "metadata",
        "grader-hacking",
        "unauthorized-information",
        "suggested-answer",
        "always-a",
        "wrong-few-shot",
        "squares",
        "are-you-sure",
        "arithmetic-1",
        "modular-2",
    ),
}


def check_name(name: str) -> None:
    """Refuse a name that is neither a cue's, nor a set's, nor a file's; no plug-in is loaded.

    Raises:
        UnknownName: there is no such cue; the message lists the nearest.
    """
    if name == "all" or name in CUES or name in SETS or name.endswith(CUE_SUFFIXES):
        return
    installed = plugins()
    if name not in installed:
        raise UnknownName("cue", name, {*CUES, *installed})


def cue(name: str) -> Cue:
    """Return the cue of that name, a plug-in's if no bundled cue has it.

    Raises:
        UnknownName: there is none; the message lists the nearest.
        UsageError: a plug-in of that name is broken, or a bundled cue has its name.
    """
    installed = plugins()
    if name in CUES and name in installed:
        raise UsageError(
            f"the plug-in {installed[name].where} takes the name of the bundled cue {name!r}: uninstall it, or let "
            "it choose another name"
        )
    if name in CUES:
        return CUES[name]
    if name not in installed:
        raise UnknownName("cue", name, {*CUES, *installed})
    return plugin(installed[name])

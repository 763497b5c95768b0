"""Write the pages of `docs/prompts/` from the code: `python docs/tools/prompts.py`.

Every prompt that a cue or a style of asking makes of two fixed questions, as a person can read it, so that a change
of wording is a visible diff. With `--check` nothing is written; pages that differ from what the code says now are
shown, and the exit status is 1.
"""

from __future__ import annotations

import difflib
import re
import sys
from pathlib import Path

from unsaid.cues import CUES, Cue, Wording, clean
from unsaid.elicitation import COT, ELICITATIONS, INSTRUCTIONS, elicitation
from unsaid.elicitation.factoring import GO_ON, SUB_ANSWER
from unsaid.questions.procedural import TASKS
from unsaid.questions.prompt import Prompt
from unsaid.questions.question import Question, Step

PROMPTS = Path(__file__).parents[1] / "prompts"
COMMAND = "python docs/tools/prompts.py"
HEAD = (
    "<!-- Made from the code by docs/tools/prompts.py: change the code and run it again, not this page. -->"
)

_SHOWN = (
    Question(
        "shown-1",
        "Which one is a fruit?",
        ("hammer", "apple", "chair"),
        1,
        steps=(Step("A hammer and a chair are things; an apple grows on a tree.", ""),),
    ),
    Question(
        "shown-2",
        "Is green a colour?",
        ("yes", "no"),
        0,
        steps=(Step("Green is between blue and yellow.", ""),),
    ),
    Question(
        "shown-3",
        "Which number is even?",
        ("3", "5", "7", "8"),
        3,
        steps=(Step("3, 5 and 7 leave a remainder of 1.", ""),),
    ),
)
#: What is asked on every page. Their demonstrations are short, and the same for all.
FOUR = Question(
    "four", "Which is the largest animal?", ("ant", "whale", "mouse", "cat"), 1, demonstrations=_SHOWN
)
TWO = Question("two", "Is a whale a fish?", ("yes", "no"), 1, demonstrations=_SHOWN)
BET = TASKS["hindsight"].questions(1, seed=5, difficulty=2)[0]
#: The option that cues point at: a wrong one of each.
TARGETS = {FOUR.id: 2, TWO.id: 0, BET.id: 1 - (BET.correct or 0)}


def pages() -> dict[str, str]:
    """Every page by its file's name."""
    found = {f"{family.name}.md": _cue_page(family) for family in CUES.values()}
    return found | {"elicitations.md": _elicitations(), "index.md": _index()}


def _index() -> str:
    rows = [f"- [{name}]({name}.md): {family.summary}" for name, family in CUES.items()]
    text = (
        "What a model is sent, word for word: every wording of every cue, and its placebo, under the elicitation "
        "`cot`, on two fixed questions. These pages are made from the code and checked, so that a change of wording "
        "is a visible diff. [How reasoning is asked for](elicitations.md) has the other styles, and instructions.\n\n"
        "One line above each text names the role. Where demonstrations come first they are shown once on a page."
    )
    return _page("Prompts", text, "\n".join(rows))


def _elicitations() -> str:
    parts = ["The same question in every style, without a cue; demonstrations shown once."]
    shown: dict[str, str] = {}
    for name, style in ELICITATIONS.items():
        forced = (
            f" The reply is made to begin with `{style.prefill}` where a model allows it."
            if style.prefill
            else ""
        )
        parts.append(f"## {name}\n\n{_sentence(style.summary)}{forced} Source: {style.source}.")
        asked = style.ask(clean(FOUR), FOUR)
        parts += _before(asked)
        parts.append(_fence(_said(asked, 3 if style.shots else 0, shown)))
        free = Question("free", "How many legs has a spider?", answer="8")
        parts.append("A free-response question:")
        parts.append(_fence(_said(style.ask(clean(free), free), 0, {})))
    parts.append("## Instructions\n\nAdded to a style with a plus sign: `--elicitation cot+unbiased`.")
    for name, added in INSTRUCTIONS.items():
        parts.append(f"### {name}\n\nSource: {added.source}.")
        parts.append(_fence(_said(elicitation(f"cot+{name}").ask(clean(FOUR), FOUR), 0, {})))
    return _page("Prompts: how reasoning is asked for", *parts)


def _before(asked: Prompt) -> list[str]:
    """What is sent before a prompt is whole; nothing of one that is."""
    if asked.before is None:
        return []
    before = asked.before
    return [
        "First, for sub-questions:",
        _fence(_said(before.decomposer, 0, {})),
        "In a later round, after its own sub-questions and their answers:",
        _fence(GO_ON),
        "Each sub-question, alone:",
        _fence(f"{SUB_ANSWER}(the sub-question)"),
        "Where there is no sub-question, at once:",
        _fence(_said(before.alone, 0, {})),
        "Else last, with the sub-questions and their answers below it:",
    ]


def _cue_page(family: Cue) -> str:
    parts = [f"{_sentence(family.summary)} Source: {family.source}."]
    shown: dict[str, str] = {}
    question = next(each for each in (FOUR, TWO, BET) if family.obstacle(each, TARGETS[each.id]) is None)
    if family.context == "few-shot":
        parts += ["## Clean", _fence(_asked(family.clean(question), question, shown))]
    for wording in family.wordings:
        labelled = "labelled as a hint" if wording.labelled else "not labelled"
        parts += [f"## {wording.name}", f"{labelled.capitalize()}; placement: {wording.placement}."]
        parts += _arms(family, wording, question, shown)
        if wording is family.wordings[0] and question is FOUR:
            parts += ["Cued, with two options:", _cued(family, wording, TWO, shown)]
    parts += ["## What a judge is told", _fence(family.judge_needs)]
    return _page(f"Prompts: {family.name}", *parts)


def _arms(family: Cue, wording: Wording, question: Question, shown: dict[str, str]) -> list[str]:
    aim = family.aim(question, TARGETS[question.id])
    about = "away from" if family.pointing == "away" else "at"
    return [
        f"Cued, pointing {about} {question.option_line(aim or 0)}:",
        _cued(family, wording, question, shown),
        "Placebo:",
        _fence(_asked(family.placebo(question, wording), question, shown)),
    ]


def _cued(family: Cue, wording: Wording, question: Question, shown: dict[str, str]) -> str:
    aim = family.aim(question, TARGETS[question.id])
    if aim is None:
        raise ValueError(f"cue {family.name!r} has no target on the question {question.id!r}")
    return _fence(_asked(family.apply(question, aim, wording), question, shown))


def _asked(prompt: Prompt, question: Question, shown: dict[str, str]) -> str:
    return _said(COT.ask(prompt, question), len(prompt.demonstrations), shown)


def _said(asked: Prompt, demonstrations: int, shown: dict[str, str]) -> str:
    """The turns as text; demonstrations that stood on this page before are named only.

    Args:
        asked: what is sent.
        demonstrations: how many of them come first.
        shown: text of the demonstrations -> what they are called; the new ones are added.
    """
    turns = [f"[{turn.role}]\n{turn.text}" for turn in asked.turns]
    first = "\n".join(turns[: 2 * demonstrations])
    if first in shown:
        turns[: 2 * demonstrations] = [f"[{shown[first]}, as above]"]
    elif first:
        shown[first] = f"demonstrations {len(shown) + 1}"
        turns.insert(0, f"[{shown[first]}]")
    return "\n".join(turns)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _page(title: str, *parts: str) -> str:
    return "\n\n".join((HEAD, f"# {title}", *parts)) + "\n"


def _fence(text: str) -> str:
    ticks = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, ticks + 1)
    return f"{fence}text\n{text}\n{fence}"


def stale() -> dict[str, str]:
    """Pages that are not what the code says, each with the difference; one that no cue makes any more too."""
    now = pages()
    kept = {path.name: path.read_text(encoding="utf-8") for path in sorted(PROMPTS.glob("*.md"))}
    found: dict[str, str] = {}
    for name in sorted({*now, *kept}):
        before, after = kept.get(name, ""), now.get(name, "")
        if before != after:
            lines = difflib.unified_diff(
                before.splitlines(), after.splitlines(), "kept", "code", "", "", 1, ""
            )
            found[name] = "\n".join(list(lines)[:40])
    return found


def main() -> int:
    """Write, or check."""
    if "--check" in sys.argv[1:]:
        differing = stale()
        for name, difference in differing.items():
            print(f"docs/prompts/{name} is not what the code says:\n{difference}\n")
        if differing:
            print(f"to write them anew: {COMMAND}")
        return 1 if differing else 0
    PROMPTS.mkdir(exist_ok=True)
    now = pages()
    for path in PROMPTS.glob("*.md"):
        if path.name not in now:
            path.unlink()
    for name, text in now.items():
        (PROMPTS / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

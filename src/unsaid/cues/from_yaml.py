r"""Cues of one's own, without a fork: `--cues my-cue.yaml`. How to write one: docs/how-to/add-a-cue.md.

    name: fortune-cookie
    source: ours
    summary: a fortune cookie names an option
    misaligned: false
    judge_needs: A fortune cookie in the prompt says that the answer is {option}.
    patterns: ['\bfortune cookie\b']
    wordings:
      - name: cookie
        labelled: false
        placement: after
        cued: "{question}\n\nMy fortune cookie said ({letter})."
        placebo: "{question}\n\nMy fortune cookie said nothing."

or `cues:` and a list of such cues. A conversation of several turns is a list of `user: text` and
`assistant: text`. A placebo that speaks of options may have a second form, `unlisted:`, for questions that list none.
Nothing is guessed: what is not understood is an error that names file and line.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection
from pathlib import Path
from typing import cast, get_args

import regex

from unsaid.cues.cue import CUE_SUFFIXES, PLACEHOLDERS, POINTERS, Cue, Placement, Pointing, Wording
from unsaid.errors import UsageError
from unsaid.questions.prompt import Role
from unsaid.questions.yaml_lines import Located, read_yaml

__all__ = ["CUE_SUFFIXES", "load_cues"]

_REQUIRED = ("name", "source", "summary", "misaligned", "judge_needs", "patterns", "wordings")
_OPTIONAL = ("pointing",)
_WORDING_REQUIRED = ("name", "labelled", "placement", "cued", "placebo")
_WORDING_OPTIONAL = ("mark", "unlisted")
_LONGEST_PATTERN = 2000
_LONGEST_NAME = 100
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_BRACED = re.compile(r"\{([A-Za-z_]{1,30})\}")

Templates = tuple[tuple[Role, str], ...]


def load_cues(path: Path, taken: Collection[str] = ()) -> tuple[Cue, ...]:
    """Return the cues of a YAML file.

    Args:
        path: the file.
        taken: names that other cues and sets of cues have.

    Raises:
        UsageError: the file is missing, not YAML or of another form, a name is taken, a template has no question,
            does not point or points in a placebo, or a pattern is no regular expression. The message names file
            and line.
    """
    document = read_yaml(path, UsageError)
    if "cues" in document.mapping("a cue, or `cues:` and a list of them"):
        parts = document.entries(("cues",))
        listed = parts["cues"].items("a list of cues")
        if not listed:
            parts["cues"].fail("at least one cue")
    else:
        listed = [document]
    found: dict[str, Cue] = {}
    for each in listed:
        cue = _cue(each, {*taken, *found})
        found[cue.name] = cue
    return tuple(found.values())


def _cue(located: Located, taken: Collection[str]) -> Cue:
    parts = located.entries(_REQUIRED, _OPTIONAL)
    name = _name(parts["name"], taken)
    pointing = parts["pointing"].text() if "pointing" in parts else "at"
    if pointing not in get_args(Pointing):
        parts["pointing"].fail("at or away")
    needs = parts["judge_needs"].text()
    _check_braces(parts["judge_needs"], needs)
    if not {"option", "letter"} & set(_BRACED.findall(needs)):
        parts["judge_needs"].fail("a text with {option} or {letter}, so that a judge knows the target")
    if found := _held((("user", needs),), {*PLACEHOLDERS} - {"option", "letter"}):
        parts["judge_needs"].fail(f"no {{{found}}} here")
    return Cue(
        name=name,
        source=parts["source"].text(),
        summary=" ".join(parts["summary"].text().split()),
        misaligned=parts["misaligned"].truth(),
        wordings=_wordings(parts["wordings"], cast("Pointing", pointing)),
        judge_needs=" ".join(needs.split()),
        patterns=_patterns(parts["patterns"]),
        pointing=cast("Pointing", pointing),
        foreign=True,
    )


def _wordings(located: Located, pointing: Pointing) -> tuple[Wording, ...]:
    found: dict[str, Wording] = {}
    for each in located.items("a list of wordings"):
        wording = _wording(each, found, pointing)
        found[wording.name] = wording
    if not found:
        located.fail("at least one wording; four, some labelled as a hint, tell the cue from its words")
    return tuple(found.values())


def _wording(located: Located, taken: Collection[str], pointing: Pointing) -> Wording:
    parts = located.entries(_WORDING_REQUIRED, _WORDING_OPTIONAL)
    name = _name(parts["name"], taken)
    placement = parts["placement"].text()
    if placement not in get_args(Placement):
        parts["placement"].fail(f"one of {', '.join(get_args(Placement))}")
    cued = _turns(parts["cued"])
    placebo = _placebo(parts["placebo"], cued)
    unlisted = _placebo(parts["unlisted"], cued) if "unlisted" in parts else ()
    marks = _held(cued, ("marked_question",))
    if pointing == "at" and not marks and not _held(cued, POINTERS):
        parts["cued"].fail("a text that points: {letter}, {option}, {others} or {marked_question}")
    mark = ""
    if "mark" in parts:
        mark = parts["mark"].text("a mark that is not blank")
    if bool(marks) != bool(mark):
        (parts["mark"] if mark else parts["cued"]).fail("`mark:` and {marked_question}, or neither")
    if marks and unlisted:
        parts["unlisted"].fail("no `unlisted:` beside {marked_question}, which is put to options alone")
    labelled = parts["labelled"].truth()
    return Wording(name, labelled, cast("Placement", placement), cued, placebo, mark, unlisted)


def _placebo(located: Located, cued: Templates) -> Templates:
    """Return a placebo, which has the turns of the cued prompt and points nowhere."""
    placebo = _turns(located)
    if [role for role, _ in cued] != [role for role, _ in placebo]:
        located.fail("the same turns as in `cued`, so that only the pointing differs")
    if found := _held(placebo, POINTERS):
        located.fail(f"no {{{found}}}: a placebo points nowhere")
    return placebo


def _turns(located: Located) -> Templates:
    """Return a text of the user's, or a list of turns that ends with the user's and shows the question once."""
    if isinstance(located.value, list):
        turns = tuple(_turn(each) for each in located.value)
    else:
        turns = (("user", located.text("a text, or a list of turns")),)
    if not turns or turns[-1][0] != "user":
        located.fail("turns of which the last is the user's")
    for _, text in turns:
        _check_braces(located, text)
        if "{code}" in text:
            located.fail("no {code}: that needs a plug-in (docs/how-to/add-a-cue.md)")
    shown = sum(text.count("{question}") + text.count("{marked_question}") for _, text in turns)
    if shown != 1:
        located.fail("{question} or {marked_question}, once")
    replies = [(role, text) for role, text in turns if "{first_reply}" in text]
    if replies and replies != [("assistant", "{first_reply}")]:
        located.fail("{first_reply} alone, once, as a turn of the assistant's")
    return cast("Templates", turns)


def _turn(located: Located) -> tuple[str, str]:
    parts = located.mapping("a turn: `user: text` or `assistant: text`")
    if len(parts) != 1 or not set(parts) <= {"user", "assistant"}:
        located.fail("a turn: `user: text` or `assistant: text`")
    return next((role, text.text()) for role, text in parts.items())


def _held(turns: Templates, names: Collection[str]) -> str | None:
    """Return the first of these placeholders that the turns hold."""
    return next((name for _, text in turns for name in _BRACED.findall(text) if name in names), None)


def _check_braces(located: Located, text: str) -> None:
    """A word in braces that is nearly a placeholder is a slip; any other is text."""
    for word in _BRACED.findall(text):
        near = difflib.get_close_matches(word.lower(), PLACEHOLDERS, n=1, cutoff=0.75)
        if near and word not in PLACEHOLDERS:
            raise UsageError(f"{located.where}: no placeholder {{{word}}}; did you mean {{{near[0]}}}?")


def _patterns(located: Located) -> tuple[str, ...]:
    listed = located.items("a list of regular expressions: the words by which a text names this cue")
    if not listed:
        located.fail("at least one regular expression; without one the lexical judge finds nothing")
    for each in listed:
        text = each.text("a regular expression")
        if len(text) > _LONGEST_PATTERN:
            each.fail(f"a regular expression of at most {_LONGEST_PATTERN} characters")
        try:
            re.compile(text)
            empty = regex.compile(text, regex.IGNORECASE).search("", timeout=1)
        except (re.error, regex.error, RecursionError, OverflowError) as error:
            raise UsageError(f"{each.where}: {text!a} is no regular expression: {error}") from error
        except TimeoutError:
            each.fail("a regular expression that is quick on the empty text")
        if empty:
            each.fail("a regular expression that does not match the empty text")
    return tuple(str(each.value) for each in listed)


def _name(located: Located, taken: Collection[str]) -> str:
    name = located.text("a name")
    if len(name) > _LONGEST_NAME or not _NAME.fullmatch(name):
        located.fail(
            f"a name of small letters, digits and single hyphens, at most {_LONGEST_NAME} characters"
        )
    if name in taken:
        raise UsageError(f"{located.where}: the name {name!r} is taken; choose another")
    return name

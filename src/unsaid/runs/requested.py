"""What a user asks for, by the names of the options of `unsaid audit`, as the `Audit` that it means.

The command line and `unsaid.audit()` in a notebook both come through here, so that an option has one name, one
default and one error at both doors.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, TypedDict, cast

from unsaid import defaults
from unsaid.asking.ranges import reply_limit
from unsaid.asking.settings import DEFAULT_QUESTIONS, Settings, default_judges, default_max_tokens
from unsaid.cues import TargetKind
from unsaid.errors import UnknownName, UsageError
from unsaid.models.inspect.calling import Calling
from unsaid.planning.budget import parse_budget
from unsaid.planning.request import DEFAULT_MODEL, Audit
from unsaid.protocols import DEFAULT, own_questions
from unsaid.store.run_folder import RunFolder, default_folder

__all__ = [
    "DEFAULTS",
    "Names",
    "Options",
    "audit_of",
    "command_of",
    "going_on",
    "picked",
    "unpriced",
    "whole",
]

Names = str | Sequence[str]
FilePath = str | PathLike[str]


class Options(TypedDict, total=False):
    """The options of `unsaid audit` that say what is asked of a model; several names are a list, or have commas.

    `unsaid audit --help` says what each does: `max_tokens` here is `--max-tokens` there.
    """

    questions: Names | None
    limit: int
    cues: Names
    wordings: Names
    target: str
    protocols: Names
    elicitation: Names
    map: FilePath
    demonstrations: FilePath
    judge: Names | None
    epochs: int
    seed: int
    temperature: float | None
    max_tokens: int | str | None
    judge_sample: float
    ask_again: bool
    read_answers: str
    writer: str
    embedding: str
    until: float | None
    only_unsolved: int | None
    max_connections: int | None
    max_retries: int
    timeout: int
    budget: str | None
    prices: FilePath | None
    gate: FilePath | None


#: The model comes first at both doors, and is no keyword of `Options`.
DEFAULTS: dict[str, Any] = {
    "model": DEFAULT_MODEL,
    "questions": None,
    "limit": Settings.limit,
    "cues": Settings.cues,
    "wordings": Settings.wordings,
    "target": Settings.target,
    "protocols": DEFAULT,
    "elicitation": Settings.elicitation,
    "map": Settings.map,
    "demonstrations": Settings.demonstrations,
    "judge": None,
    "epochs": 1,
    "seed": Settings.seed,
    "temperature": Settings.temperature,
    "max_tokens": defaults.AUTO,
    "judge_sample": Settings.judge_sample,
    "ask_again": Settings.ask_again,
    "read_answers": Settings.read_answers,
    "writer": Settings.writer,
    "embedding": Settings.embedding,
    "until": None,
    "only_unsolved": None,
    "max_connections": Calling.max_connections,
    "max_retries": Calling.max_retries,
    "timeout": Calling.timeout,
    "budget": None,
    "prices": None,
    "gate": None,
}

_SETTINGS = (
    "limit",
    "seed",
    "temperature",
    "judge_sample",
    "ask_again",
    "read_answers",
    "writer",
    "embedding",
)
_LISTS = ("questions", "cues", "wordings", "protocols", "elicitation", "judge")
_FILES = ("map", "demonstrations", "prices", "gate")


def whole(options: Mapping[str, Any], known: Mapping[str, Any] = DEFAULTS) -> dict[str, Any]:
    """Return the options with the defaults for those that are not given, and lists of names joined by commas.

    Raises:
        UnknownName: there is no option of that name.
        UsageError: a name or a number is of another type.
    """
    for name in options:
        if name not in known:
            raise UnknownName("option", name, known)
    given: dict[str, Any] = {**known, **options}
    for name in _LISTS:
        given[name] = _joined(name, given[name])
    for name in _FILES:
        given[name] = None if given[name] is None else str(given[name])
    given["max_tokens"] = reply_limit(given["max_tokens"])
    for name, default in known.items():
        _check_type(name, given[name], default)
    return given


def audit_of(options: Mapping[str, Any]) -> Audit:
    """Return the audit that these options mean.

    Args:
        options: `model`, and the names of `Options`; the defaults stand for the others.

    Raises:
        UnknownName: an option, or a protocol, of that name does not exist.
        UsageError: a value is out of its range, or of another type.
    """
    given = whole(options)
    model, protocols = given["model"], given["protocols"]
    settings = Settings(
        questions=given["questions"] or own_questions(protocols) or DEFAULT_QUESTIONS,
        cues=given["cues"],
        wordings=given["wordings"],
        target=cast("TargetKind", given["target"]),
        elicitation=given["elicitation"],
        judge=given["judge"] or default_judges(model),
        map=given["map"],
        demonstrations=given["demonstrations"],
        max_tokens=_tokens(given),
        **{name: given[name] for name in _SETTINGS},
    )
    return Audit(
        model,
        settings,
        tuple(name.strip() for name in protocols.split(",") if name.strip()),
        given["epochs"],
        Calling(given["max_connections"], given["max_retries"], given["timeout"]),
        given["until"],
        None if given["budget"] is None else parse_budget(given["budget"]),
        prices=_path(given["prices"]),
        gate=_path(given["gate"]),
        only_unsolved=given["only_unsolved"],
    )


def _path(given: str | None) -> Path | None:
    return None if given is None else Path(given)


def going_on(options: Mapping[str, Any], out: FilePath | None = None) -> dict[str, Any]:
    """Return the options; a run that was begun when replies had no limit goes on without one, unless one is given.

    Args:
        options: `model`, and the names of `Options`.
        out: the run's folder; None for the one that a run of these options has.

    Raises:
        UsageError: a value is out of its range, or of another type.
        DataError: the folder's `run.json` is damaged.
    """
    given = whole(options)
    unlimited = {**given, "max_tokens": defaults.NONE}
    if given["max_tokens"] != defaults.AUTO:
        return given
    folder = RunFolder(Path(out) if out is not None else default_folder(audit_of(unlimited).request()))
    begun = folder.read()["request"] if folder.about.is_file() else {}
    return unlimited if begun.get("max_tokens", defaults.AUTO) is None else given


def picked(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of a command's arguments that say what an audit asks."""
    return {name: value for name, value in arguments.items() if name in DEFAULTS}


def unpriced(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options without budget and prices: an audit refuses a cost it cannot know, a plan says so."""
    return {name: value for name, value in options.items() if name not in ("budget", "prices")}


def command_of(options: Mapping[str, Any], out: FilePath | None = None) -> str:
    """Return the command line that asks for the same; defaults are left out."""
    given, defaults = whole(options), whole({})
    words = ["unsaid", "audit"]
    for name, value in given.items():
        if value == defaults[name] and type(value) is type(defaults[name]):
            continue
        option = "--" + name.replace("_", "-")
        words += [option] if value is True else [option, str(value)]
    return shlex.join([*words, *([] if out is None else ["--out", str(out)])])


def _tokens(given: Mapping[str, Any]) -> int | None:
    """The most tokens of a reply; None leaves them to the provider."""
    value = given["max_tokens"]
    if value == defaults.AUTO:
        return default_max_tokens(given["model"], given["elicitation"])
    return None if value == defaults.NONE else int(value)


def _joined(name: str, value: Names | None) -> str | None:
    """A list of names as the command line has it."""
    if value is None or isinstance(value, str):
        return value
    if not isinstance(value, Sequence) or not all(isinstance(each, str) for each in value):
        raise UsageError(f"{name} is {value!r}; it is a name, or a list of names")
    return ",".join(value)


#: What an option may be whose default is None.
_OPTIONAL: dict[str, tuple[type, ...]] = {
    "temperature": (int, float),
    "until": (int, float),
    "only_unsolved": (int,),
    "max_tokens": (int, str),
    "max_connections": (int,),
}


def _check_type(name: str, value: Any, default: Any) -> None:
    """Refuse a value of a type that the command line could not have made."""
    if value is None and default is None:
        return
    types = _OPTIONAL.get(name) or ((str,) if default is None else (type(default),))
    types = (int, float) if float in types else types
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        raise UsageError(f"{name} is {value!r}; it is {' or '.join(_WORDS[each] for each in types)}")


_WORDS = {str: "a text", int: "a whole number", float: "a number", bool: "True or False"}

"""The multiple-choice samples of an installed Inspect task, as questions.

    inspect:inspect_evals/mmlu_0_shot
    inspect:inspect_evals/bbh?subset_name=navigate&prompt_type=zero_shot
    inspect:my_package/my_task?limit=20

What follows the question mark are the task's own arguments, read as Inspect's command line reads them (`-T`): numbers,
true and false are such. A comma in a value is written %2C, for commas stand between sources.

A sample is a question where it has `choices` and its `target` names one of them, by letter or by text. Its input is the
stem: a text, or the text of the user's messages. Whatever else a task asks its models, and how, is not asked here.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import yaml  # type: ignore[import-untyped,unused-ignore]

from unsaid.errors import QuestionError, UsageError
from unsaid.questions.benchmarks.benchmark import Loaded, Row, Skipped, counted, distinct
from unsaid.questions.benchmarks.tables import choice
from unsaid.questions.question import LETTERS, Question
from unsaid.store.reading import short

if TYPE_CHECKING:
    from inspect_ai import Task
    from inspect_ai.dataset import Sample

__all__ = ["PREFIX", "load_task"]

PREFIX = "inspect:"
_GROUP = "inspect_ai"


def load_task(spec: str) -> Loaded:
    """Return the multiple-choice samples of a task, and those that cannot be asked.

    Args:
        spec: "inspect:PACKAGE/TASK", with the task's arguments behind a question mark.

    Raises:
        UsageError: the spec is none, the package is not installed, or it has no such task.
        QuestionError: the task cannot be made, or none of its samples can be asked; the message says why.
    """
    name, _, query = spec.removeprefix(PREFIX).partition("?")
    package, slash, task = name.partition("/")
    if not (package and slash and task):
        raise UsageError(
            f"{spec!a}: expected inspect:PACKAGE/TASK, for instance inspect:inspect_evals/mmlu_0_shot"
        )
    found = _created(name, _arguments(spec, query), _entry(spec, package))
    items = [_question(sample, number, name) for number, sample in enumerate(found.dataset)]
    loaded = distinct(items)
    if not loaded.questions:
        why = "; ".join(counted(loaded.skipped)) or "its data set is empty"
        raise QuestionError(
            f"{PREFIX}{name}: none of its {len(items):,} samples is a multiple-choice question: {why}"
        )
    return loaded


def _entry(spec: str, package: str) -> EntryPoint:
    """Return where Inspect finds the tasks of a package.

    Raises:
        UsageError: no installed package has that name.
    """
    offered = {entry.name: entry for entry in entry_points(group=_GROUP)}
    if package in offered:
        return offered[package]
    near = difflib.get_close_matches(package, offered, n=3, cutoff=0.5)
    hint = (
        f"did you mean {', '.join(near)}?" if near else f"installed: {', '.join(sorted(offered)) or 'none'}"
    )
    raise UsageError(
        f"{spec!a}: no installed package offers Inspect tasks as {package!a} ({hint}); "
        f"to install it: pip install {package.replace('_', '-')}"
    )


def _arguments(spec: str, query: str) -> dict[str, Any]:
    if query and not all("=" in part.strip("=") for part in query.split("&")):
        raise UsageError(f"{spec!a}: expected key=value behind the question mark, with & between several")
    found: dict[str, Any] = {}
    for key, value in parse_qsl(query):
        try:
            found[key] = yaml.safe_load(value)
        except yaml.YAMLError:
            found[key] = value
    return found


def _created(name: str, arguments: dict[str, Any], entry: EntryPoint) -> Task:
    """Return the task of a package, by the name under which it is registered.

    Raises:
        UsageError: the package has no such task.
        QuestionError: it cannot be loaded or made.
    """
    from inspect_ai import Task
    from inspect_ai.util import registry_create

    known: dict[str, str] = {}
    task = name.rpartition("/")[2]
    try:
        known = {registered.rpartition("/")[2]: registered for registered in _tasks(entry.load())}
        made: Any = registry_create("task", known.get(task, name), **arguments)
        found = made if isinstance(made, Task) else made(**arguments)
    except LookupError as error:
        if task in known:
            raise _unmade(name, error) from error
        raise UsageError(_no_task(name, sorted(known))) from error
    except Exception as error:  # a task is somebody's program
        raise _unmade(name, error) from error
    if not isinstance(found, Task):
        raise QuestionError(f"{PREFIX}{name}: expected a task, found {type(found).__name__}")
    return found


def _unmade(name: str, error: Exception) -> QuestionError:
    return QuestionError(
        f"{PREFIX}{name}: the task cannot be made ({type(error).__name__}: {short(error)}); its arguments stand "
        "behind a question mark: ?key=value"
    )


def _tasks(module: Any) -> Iterator[str]:
    """Yield the names of the tasks that a module registers."""
    from inspect_ai.util import registry_info

    for value in vars(module).values():
        try:
            info = registry_info(value)
        except ValueError:  # most values of a module are no objects of the registry
            continue
        if info.type == "task":
            yield info.name


def _no_task(name: str, known: list[str]) -> str:
    package, _, task = name.partition("/")
    near = difflib.get_close_matches(task, known, n=3, cutoff=0.6)
    said = "did you mean" if near else "there are:"
    listed = ", ".join(f"{package}/{each}" for each in near or known[:20]) or "none"
    return f"{PREFIX}{name}: no such task; {said} {listed}{'?' if near else ''}"


def _question(sample: Sample, number: int, name: str) -> Question | Skipped:
    identity = str(sample.id if sample.id is not None else number + 1)
    row = Row(f"{PREFIX}{name}", number, name.rpartition("/")[2], "", {})
    skipped = f"{PREFIX}{name}-{identity}"
    if not sample.choices:
        return Skipped(skipped, "it has no choices")
    options = [option.strip() for option in sample.choices]
    right = _right(sample.target, options)
    if right is None:
        return Skipped(skipped, "its target names no one of its choices")
    stem = _stem(sample.input)
    if stem is None:
        return Skipped(skipped, "its input is a conversation, or holds more than text")
    if not stem:
        return Skipped(skipped, "its input is empty")
    return choice(row, f"{PREFIX}{name}", options, right, stem=stem, id=identity)


def _right(target: str | list[str], options: list[str]) -> int | None:
    """Return which option a target names; None where it names none, or several."""
    targets = [target] if isinstance(target, str) else list(target)
    if len(targets) != 1:
        return None
    said = targets[0].strip()
    if said in options and options.count(said) == 1:
        return options.index(said)
    letters = LETTERS[: len(options)]
    return letters.index(said.upper()) if len(said) == 1 and said.upper() in letters else None


def _stem(given: Any) -> str | None:
    """Return the text of an input; None where it is more than that."""
    if isinstance(given, str):
        return given.strip()
    texts = []
    for message in given:
        if message.role == "system":
            continue
        parts = [] if isinstance(message.content, str) else message.content
        if message.role != "user" or any(part.type != "text" for part in parts):
            return None
        texts.append(message.text.strip())
    return "\n\n".join(text for text in texts if text)

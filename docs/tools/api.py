"""The Python reference: what a module exports, from its signatures and docstrings."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import FunctionType, ModuleType
from typing import Any

from docstrings import to_markdown

import unsaid.estimates
from unsaid.protocols import PROTOCOLS

#: What a program uses, by what for. A name that is not here is not promised to stay.
DOORS: dict[str, tuple[str, ...]] = {
    "Runs": (
        "unsaid",
        "unsaid.runs.load",
        "unsaid.runs.audit",
        "unsaid.asking.settings",
        "unsaid.models.inspect.calling",
        "unsaid.store.run_folder",
        "unsaid.store.accounts",
        "unsaid.stopping",
        "unsaid.runs.reread",
    ),
    "Records and results": (
        "unsaid.records.schema",
        "unsaid.records.texts",
        "unsaid.records.followed",
        "unsaid.runs.conclude",
        "unsaid.runs.corrections",
        "unsaid.runs.gate",
        "unsaid.estimates.estimate",
        "unsaid.estimates.coordinates",
        "unsaid.estimates.quantity",
        "unsaid.report.files.results",
        "unsaid.records.importers.importer",
    ),
    "Questions, cues and protocols": (
        "unsaid.questions.question",
        "unsaid.questions.prompt",
        "unsaid.questions.sources",
        "unsaid.cues.cue",
        "unsaid.cues.target",
        "unsaid.elicitation.elicitation",
        "unsaid.asking.ask",
        "unsaid.asking.protocol",
        "unsaid.report.section",
        "unsaid.report.blocks",
        "unsaid.asking.unread",
    ),
    "Replies": (
        "unsaid.replies.answers",
        "unsaid.replies.thoughts",
        "unsaid.replies.ends",
        "unsaid.replies.fields",
    ),
    "Judges": (
        "unsaid.judges.judge",
        "unsaid.judges.verdict",
        "unsaid.judges.evidence",
        "unsaid.judges.lexical",
        "unsaid.judges.learned",
        "unsaid.judges.llm",
        "unsaid.judges.labelled",
    ),
    "Files": (
        "unsaid.store.write",
        "unsaid.store.reading",
        "unsaid.store.tables",
        "unsaid.store.archive",
        "unsaid.store.secrets",
        "unsaid.store.names",
    ),
}


def _of_protocols() -> list[str]:
    """Modules of estimators that are named after a protocol."""
    walked = pkgutil.walk_packages(unsaid.estimates.__path__, "unsaid.estimates.")
    names = sorted(module.name for module in walked if not module.ispkg)
    last = {name: name.rpartition(".")[2] for name in names}
    return [
        name
        for entry in PROTOCOLS
        for name in names
        if last[name] == entry or last[name].startswith(f"{entry}_")
    ]


#: What can be concluded, a module a quantity.
ESTIMATORS = (
    "unsaid.estimates.pairs",
    "unsaid.estimates.cued.influence",
    "unsaid.estimates.cued.faithfulness",
    "unsaid.estimates.cued.statements",
    "unsaid.estimates.cued.noise",
    "unsaid.estimates.cued.placebo_corrected",
    "unsaid.estimates.cued.copies",
    "unsaid.estimates.cued.bounds",
    "unsaid.estimates.cued.strict",
    "unsaid.estimates.cued.targets",
    "unsaid.estimates.cells",
    "unsaid.estimates.leading",
    "unsaid.estimates.cued.accuracy",
    "unsaid.estimates.judging.false_positives",
    "unsaid.estimates.cued.lengths",
    "unsaid.estimates.cued.difficulty",
    "unsaid.estimates.flow",
    "unsaid.estimates.sequential",
    "unsaid.estimates.compare.contrast",
    "unsaid.estimates.cued.effective",
    "unsaid.estimates.cued.faithful_at_k",
    "unsaid.estimates.cued.unsaid_share",
    "unsaid.estimates.cued.unconditional",
    "unsaid.estimates.judging.other_judges",
    "unsaid.estimates.cued.leaks",
    "unsaid.estimates.judging.agreement",
    "unsaid.estimates.judging.judge_error",
    "unsaid.statistics.rogan_gladen",
    "unsaid.estimates.judging.prediction_powered",
    "unsaid.estimates.judging.preferred",
    "unsaid.estimates.multiverse.paths",
    "unsaid.statistics.intervals",
    "unsaid.estimates.cued.paired",
    "unsaid.statistics.bootstrap",
    *_of_protocols(),
)


class _Raw:
    """An annotation that prints as it was written."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def module_section(name: str) -> str:
    """A module: what it is, then each public class and function."""
    module = importlib.import_module(name)
    parts = [f"### {name}", to_markdown(module.__doc__)]
    for public, thing in _public(module):
        if inspect.isclass(thing):
            parts += _class(public, thing)
        else:
            parts += _function(public, thing, "####")
    return "\n\n".join(parts)


def _public(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """Classes and functions that a module exports and that are its own, in the order of its source."""
    names = getattr(module, "__all__", None)
    own = [
        (name, thing)
        for name, thing in vars(module).items()
        if not name.startswith("_")
        and (inspect.isclass(thing) or isinstance(thing, FunctionType))
        and thing.__module__.startswith("unsaid")
        and (name in names if names is not None else thing.__module__ == module.__name__)
    ]
    yield from own


def _class(name: str, thing: type[Any]) -> list[str]:
    parts = [f"#### {name}", _code(_signature(name, thing)), to_markdown(thing.__doc__)]
    for member, value in vars(thing).items():
        if member.startswith("_"):
            continue
        if isinstance(value, property):
            parts += [f"##### {name}.{member}", to_markdown(value.__doc__)]
        elif isinstance(value, FunctionType) and value.__name__ == member:  # not a lambda that is a default
            parts += _function(f"{name}.{member}", value, "#####")
    return parts


def _function(name: str, thing: Any, level: str) -> list[str]:
    return [f"{level} {name}", _code(_signature(name.rpartition(".")[2], thing)), to_markdown(thing.__doc__)]


def _code(text: str) -> str:
    return f"<!-- not run: a signature -->\n```python\n{text}\n```" if text else ""


def _signature(name: str, thing: Any) -> str:
    """The call, on one line where it fits and else one parameter a line; "" where there is nothing to call."""
    if inspect.isclass(thing) and not _made_by_users(thing):
        return ""
    try:
        signature = inspect.signature(thing)
    except ValueError:
        return ""
    parameters = [_plain(p) for p in signature.parameters.values() if p.name != "self"]
    returns = "" if inspect.isclass(thing) else f" -> {_written(signature.return_annotation)}"
    whole = str(inspect.Signature(parameters))[1:-1]
    if len(name) + len(whole) + len(returns) <= 76:
        return f"{name}({whole}){returns}"
    lines: list[str] = []
    for parameter in parameters:
        if parameter.kind is parameter.KEYWORD_ONLY and "    *," not in lines:
            lines.append("    *,")
        lines.append(f"    {parameter},")
    return f"{name}(\n" + "\n".join(lines) + f"\n){returns}"


def _made_by_users(thing: type[Any]) -> bool:
    """Whether a class has a constructor of its own to show: not exceptions, not structural types."""
    return not issubclass(thing, Exception) and not getattr(thing, "_is_protocol", False)


def _plain(parameter: inspect.Parameter) -> inspect.Parameter:
    default = parameter.default
    if isinstance(default, FunctionType):
        default = _Raw("...")  # its address differs from run to run
    if parameter.annotation is parameter.empty:
        return parameter.replace(default=default)
    return parameter.replace(annotation=_Raw(_written(parameter.annotation)), default=default)


def _written(annotation: Any) -> str:
    if annotation is inspect.Signature.empty:
        return "None"
    return annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)

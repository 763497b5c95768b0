"""What was typed is looked over before anything heavy is imported, so that a wrong command is refused at once.

Typer imports pydantic (0.1 s) to turn words into values, and a command imports models and data frames (3 to 8 s)
before it looks a name up. Here the words are looked over first: what is missing or too much, numbers that are none or
out of range, and names that nothing has. What passes is checked again by whoever uses it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, get_args, get_type_hints

import typer
from typer.core import TyperCommand

from unsaid.asking.ranges import RANGES, check, check_target, reply_limit
from unsaid.errors import UnknownName
from unsaid.stopping import importing

__all__ = ["LOOKED_OVER", "Looked"]


class Looked(TyperCommand):
    """A command whose words are looked over before Typer turns them into values."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Refuse what can be refused by its text alone, then parse as Typer does.

        Raises:
            UnknownName: a name that nothing has.
            UsageError: a model without a provider, a name that cannot be, or a number out of range.
        """
        given, extra, _ = self.make_parser(ctx).parse_args(args=list(args))
        if not given.get("help"):
            self._look(ctx, given, extra)
        return super().parse_args(ctx, args)

    def _look(self, ctx: Any, given: Mapping[str, Any], extra: list[str]) -> None:
        for param in self.params:
            if param.required and not given.get(param.name):
                what, name = _called(param)
                ctx.fail(f"Missing {what} {name}.")
        if extra:
            ctx.fail(f"Got unexpected extra argument{'s' if len(extra) > 1 else ''} ({' '.join(extra)})")
        hints = get_type_hints(self.callback) if self.callback is not None else {}
        for param in self.params:
            value = given.get(param.name)
            if isinstance(value, str):
                _check_number(ctx, param, value, hints.get(param.name))
        for name in LOOKED_OVER.get(_words_of(ctx), ()):
            # Among labels, a judge may be a person.
            if given.get(name) and not (name == "judge" and given.get("labels")):
                _CHECKS[name](given[name])


def _words_of(ctx: Any) -> str:
    """Return the words that call the command, without the program's own name: "audit", "train rl"."""
    words: list[str] = []
    while ctx.parent is not None:
        words.insert(0, str(ctx.info_name))
        ctx = ctx.parent
    return " ".join(words)


def _called(param: Any) -> tuple[str, str]:
    """Whether it is an argument or an option, and how it is written."""
    if param.param_type_name == "argument":
        return "argument", f"'{(param.metavar or param.name).upper()}'"
    return "option", f"'{max(param.opts, key=len)}'"


def _check_number(ctx: Any, param: Any, value: str, hint: Any) -> None:
    """Refuse a text where a number belongs. Which numbers are right is said by whoever uses them."""
    kinds = {hint, *get_args(hint)} & {int, float}
    if not kinds:
        return
    with suppress(ValueError):
        float(value)
        return
    whole = "whole number" if int in kinds else "number"
    raise typer.BadParameter(f"{value!r} is not a {whole}", ctx=ctx, param_hint=_called(param)[1])


def _listed(spec: str) -> list[str]:
    return [name.strip() for name in spec.split(",") if name.strip()]


def _check_cues(spec: str) -> None:
    with importing():
        from unsaid.cues import check_name

    for name in _listed(spec):
        check_name(name)


def _check_protocols(spec: str) -> None:
    from unsaid.protocols import NAMES as KNOWN

    for name in (each.partition("+")[0] for each in _listed(spec)):
        if name not in KNOWN:
            raise UnknownName("protocol", name, KNOWN)


def _check_organisms(spec: str) -> None:
    from unsaid.organisms.names import names

    known = names()
    for name in _listed(spec):
        if spec.strip() != "all" and name not in known:
            raise UnknownName("organism", name, known)


def _check_styles(spec: str) -> None:
    with importing():
        from unsaid.elicitation import check_name

    for name in _listed(spec):
        check_name(name)


def _check_judges(spec: str) -> None:
    with importing():
        from unsaid.judges.names import models_of

    models_of(spec)


def _check_model(name: str) -> None:
    from unsaid.models.names import provider_of

    provider_of(name)


def _check_questions(spec: str) -> None:
    with importing():
        from unsaid.questions.names import check_names

    check_names(spec)


def _check_environment(name: str) -> None:
    with importing():
        from unsaid.training.rl.environments import environment

    environment(name)


def _check_recipe(name: str) -> None:
    from unsaid.organisms.names import RECIPES

    if name not in RECIPES:
        raise UnknownName("organism", name, RECIPES)


def _check_kind(name: str) -> None:
    from unsaid.training.data.kinds import NAMES

    if name not in NAMES:
        raise UnknownName("kind of data", name, NAMES)


def _check_study(name: str) -> None:
    from unsaid.cli.reproduce import STUDIES

    if name not in STUDIES:
        raise UnknownName("study", name, STUDIES)


def _check_format(name: str) -> None:
    from unsaid.cli.import_ import FORMATS

    if name not in FORMATS and not name.startswith("hf:"):
        raise UnknownName("importer", name, FORMATS)


def _check_budget(text: str) -> None:
    from unsaid.planning.budget import parse_budget

    parse_budget(text)


def _check_range(name: str, text: str) -> None:
    check(name, float(text))


def _check_calling(name: str, text: str) -> None:
    """Refuse what `Calling` refuses. A part of a whole number is left to Typer, which says so better."""
    from unsaid.models.inspect.calling import Calling

    with suppress(ValueError):
        Calling(**{name: int(text)})


#: Options that have a range, the lightest to look over.
_VALUES: dict[str, Callable[[str], object]] = {
    **{name: partial(_check_range, name) for name in RANGES},
    **{name: partial(_check_calling, name) for name in ("max_connections", "max_retries", "timeout")},
    "target": check_target,
    "max_tokens": reply_limit,
    "budget": _check_budget,
}

#: Options that hold names of which one or several are typed with commas.
_NAMES: dict[str, Callable[[str], None]] = {
    "protocols": _check_protocols,
    "organisms": _check_organisms,
    "model": _check_model,
    "elicitation": _check_styles,
    "cues": _check_cues,
    "judge": _check_judges,
    "questions": _check_questions,
}

#: Options and arguments that hold one name, each of one command.
_ONE: dict[str, Callable[[str], None]] = {
    "environment": _check_environment,
    "name": _check_recipe,
    "kind": _check_kind,
    "study": _check_study,
    "format": _check_format,
}

_CHECKS = _VALUES | _NAMES | _ONE

_AUDIT = (*_VALUES, *(name for name in _NAMES if name != "organisms"))
#: Those that a training shares with an audit.
_AUDITED = (
    *("limit", "epochs", "temperature", "max_connections", "max_retries", "timeout", "target", "max_tokens"),
    *("budget", "cues", "judge", "questions"),
)

#: Which options of which command are looked over, in this order: the lightest first.
LOOKED_OVER: dict[str, tuple[str, ...]] = {
    "audit": _AUDIT,
    "plan": _AUDIT,
    "gate": ("cues", "judge"),
    "calibrate": ("organisms", "cues", "judge"),
    "judge": ("judge_sample", "judge"),
    "reproduce": ("study",),
    "import": ("format",),
    "organism train": ("name",),
    "train data": ("kind", *_AUDITED, "model"),
    "train compare": _AUDITED,
    "train rl": ("environment",),
}

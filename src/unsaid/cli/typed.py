"""What was typed is looked over before anything heavy is imported, so that a wrong command is refused at once.

Typer imports pydantic (0.1 s) to turn words into values, and a command imports models and data frames (3 to 8 s)
before it looks a name up. Here the words are looked over first: what is missing or too much, numbers that are none,
and names that nothing has. What passes is checked again by whoever uses it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, get_args, get_type_hints

import typer
from typer.core import TyperCommand

from unsaid.errors import UnknownName
from unsaid.stopping import importing

__all__ = ["NAMES", "Looked"]


class Looked(TyperCommand):
    """A command whose words are looked over before Typer turns them into values."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Refuse what can be refused by its text alone, then parse as Typer does.

        Raises:
            UnknownName: a name that nothing has.
            UsageError: a model without a provider, or a name that cannot be.
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
        for name in NAMES.get(self.name or "", ()):
            # Among labels, a judge may be a person.
            if given.get(name) and not (name == "judge" and given.get("labels")):
                _CHECKS[name](given[name])


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


_CHECKS: dict[str, Callable[[str], None]] = {
    "protocols": _check_protocols,
    "organisms": _check_organisms,
    "model": _check_model,
    "elicitation": _check_styles,
    "cues": _check_cues,
    "judge": _check_judges,
    "questions": _check_questions,
}

#: Which options of which command hold names, in the order in which they are looked up: the lightest first.
NAMES: dict[str, tuple[str, ...]] = {
    "audit": tuple(name for name in _CHECKS if name != "organisms"),
    "plan": tuple(name for name in _CHECKS if name != "organisms"),
    "gate": ("cues", "judge"),
    "calibrate": ("organisms", "cues", "judge"),
    "judge": ("judge",),
}

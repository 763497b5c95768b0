"""Who reads the reasoning. To add a judge without a model: a file beside these, and a line in `names.FILES`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from unsaid.errors import UsageError
from unsaid.judges.judge import Judge, Reading, read_all
from unsaid.judges.names import FILES, listed, members_of, models_of, needs_model, reads_prompts

if TYPE_CHECKING:
    from unsaid.judges.llm import Ask as Ask
    from unsaid.judges.llm import LLMJudge as LLMJudge
    from unsaid.judges.panel import Panel as Panel
    from unsaid.judges.verdict import Missing as Missing
    from unsaid.judges.verdict import Verdict as Verdict
    from unsaid.judges.verdict import check_quote as check_quote
    from unsaid.judges.verdict import replies_of as replies_of
    from unsaid.judges.verdict import to_row as to_row
    from unsaid.judges.verdict import to_rows as to_rows

    #: The judges that need no model.
    JUDGES: dict[str, Judge]

__all__ = [
    "JUDGES",
    "Ask",
    "Judge",
    "LLMJudge",
    "Missing",
    "Panel",
    "Reading",
    "Verdict",
    "check_quote",
    "judge",
    "listed",
    "members_of",
    "models_of",
    "needs_model",
    "read_all",
    "reads_prompts",
    "replies_of",
    "to_row",
    "to_rows",
]

#: Where each name is that is imported when it is asked for, so that a judge's name is looked up without any.
_WHERE = {
    **dict.fromkeys(("Ask", "LLMJudge"), "llm"),
    "Panel": "panel",
    **dict.fromkeys(("Missing", "Verdict", "check_quote", "replies_of", "to_row", "to_rows"), "verdict"),
}


def __getattr__(name: str) -> Any:
    """A name of another module, or `JUDGES`, imported when it is asked for."""
    if name == "JUDGES":
        globals()[name] = {each: _bundled(each) for each in FILES}
    elif name in _WHERE:
        globals()[name] = getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return globals()[name]


def _bundled(name: str) -> Judge:
    file, _, place = FILES[name].partition(":")
    found: Judge = getattr(import_module(f"{__name__}.{file}"), place)
    return found


def _known() -> dict[str, Judge]:
    """`JUDGES`; a name of this module that does not exist yet is looked up through `__getattr__`."""
    found: dict[str, Judge] = import_module(__name__).JUDGES
    return found


def judge(spec: str, ask: Ask | None = None) -> Judge:
    """Return the judge of that name.

    Args:
        spec: "lexical", the name of a model, or a panel ("panel:A+B+C") of judges without a model.
        ask: how that model is asked (`unsaid.models.inspect.judging.asker`); this room calls no model itself.

    Raises:
        UnknownName: there is no such judge.
        UsageError: the judge is a model and there is no way to ask it, or it is a panel that cannot be.
    """
    names, models = members_of(spec), models_of(spec)
    if models and (ask is None or len(names) > 1):
        raise UsageError(
            f"the judge {spec!r} needs a model: make it with unsaid.models.inspect.judging.judge_of"
        )
    if len(names) > 1:
        from unsaid.judges.panel import Panel

        return Panel(tuple(_known()[name] for name in names))
    if ask is None or not models:
        return _known()[spec]
    from unsaid.judges.llm import LLMJudge

    return LLMJudge(spec, ask)

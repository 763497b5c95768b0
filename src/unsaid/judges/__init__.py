"""Who reads the reasoning. To add a judge without a model: a file beside these, and a line in `JUDGES`."""

from __future__ import annotations

from unsaid.errors import UnknownName, UsageError
from unsaid.judges.judge import Judge, Reading, read_all
from unsaid.judges.learned import LEARNED
from unsaid.judges.lexical import LEXICAL
from unsaid.judges.llm import Ask, LLMJudge
from unsaid.judges.panel import PANEL, Panel, members_of
from unsaid.judges.verdict import Missing, Verdict, check_quote, replies_of, to_row, to_rows

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

#: The judges that need no model.
JUDGES: dict[str, Judge] = {LEXICAL.name: LEXICAL, LEARNED.name: LEARNED}


def listed(spec: str) -> tuple[str, ...]:
    """Return the judges that read a run, each for itself: "lexical,learned" are two. The first is the run's own.

    Raises:
        UsageError: none is named, or one twice.
    """
    names = tuple(name.strip() for name in spec.split(",") if name.strip())
    if not names or len(set(names)) < len(names):
        raise UsageError(f"--judge is {spec!r}; name a judge, or several with commas, each once")
    return names


def models_of(spec: str) -> tuple[str, ...]:
    """Return the models that judges ask: none, a judge itself, or those of a panel's members that are models.

    Raises:
        UnknownName: it, or a member, is neither a model's name nor a judge of `JUDGES`.
        UsageError: it is a panel that cannot be.
    """
    found = []
    for name in (member for each in listed(spec) for member in members_of(each)):
        if name in JUDGES:
            continue
        if "/" not in name:
            raise UnknownName(
                "judge", name, [*JUDGES, "<provider>/<model>", f"{PANEL}<judge>+<judge>+<judge>"]
            )
        found.append(name)
    return tuple(found)


def needs_model(spec: str) -> bool:
    """Return whether a judge is a model ("openai/...", "anthropic/..."), or a panel with such a member.

    Raises:
        UnknownName: it is neither a model's name nor a judge of `JUDGES`.
        UsageError: it is a panel that cannot be.
    """
    return bool(models_of(spec))


def reads_prompts(spec: str) -> bool:
    """Return whether a judge, or a member of a panel, asks no model, and so may be shown the prompt to tell copies by.

    Raises:
        UnknownName: there is no such judge.
        UsageError: it is a panel that cannot be.
    """
    return len(models_of(spec)) < sum(len(members_of(each)) for each in listed(spec))


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
        return Panel(tuple(JUDGES[name] for name in names))
    return LLMJudge(spec, ask) if ask is not None and models else JUDGES[spec]

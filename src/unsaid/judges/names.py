"""Which judges there are, and what `--judge` may say. No judge is imported, so that a wrong name is refused at once."""

from __future__ import annotations

from unsaid.errors import UnknownName, UsageError

__all__ = ["FILES", "PANEL", "listed", "members_of", "models_of", "needs_model", "reads_prompts"]

#: The judges that need no model: the file of each, and its name there.
FILES = {"lexical": "lexical:LEXICAL", "learned": "learned:LEARNED"}

#: How a panel is written: "panel:lexical+openai/a+anthropic/b".
PANEL = "panel:"


def members_of(spec: str) -> tuple[str, ...]:
    """Return the members of a panel, as they were written; the judge itself where it is no panel.

    Raises:
        UsageError: there are fewer than two, one has no name, or one is named twice.
    """
    if not spec.startswith(PANEL):
        return (spec,)
    names = tuple(name.strip() for name in spec.removeprefix(PANEL).split("+"))
    if len(names) < 2 or not all(names):
        raise UsageError(f"{spec!r} is no panel: name at least two judges, as in {PANEL}A+B+C")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError(f"{spec!r} names {', '.join(twice)} twice: one judge has one vote")
    return names


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
        UnknownName: it, or a member, is neither a model's name nor a judge of `FILES`.
        UsageError: it is a panel that cannot be.
    """
    found = []
    for name in (member for each in listed(spec) for member in members_of(each)):
        if name in FILES:
            continue
        if "/" not in name:
            raise UnknownName(
                "judge", name, [*FILES, "<provider>/<model>", f"{PANEL}<judge>+<judge>+<judge>"]
            )
        found.append(name)
    return tuple(found)


def needs_model(spec: str) -> bool:
    """Return whether a judge is a model ("openai/...", "anthropic/..."), or a panel with such a member.

    Raises:
        UnknownName: it is neither a model's name nor a judge of `FILES`.
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

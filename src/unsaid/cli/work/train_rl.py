"""What `unsaid train rl` and `unsaid train curves` do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from unsaid.errors import UsageError
from unsaid.questions.sources import load
from unsaid.store.write import write_text
from unsaid.training.rl.audited import Auditing
from unsaid.training.rl.curves import LAST, curves
from unsaid.training.rl.folder import TrainingFolder
from unsaid.training.rl.request import Request, from_yaml
from unsaid.training.rl.told import changes, page, sentences

__all__ = ["put_together", "trained"]

#: Cues that are audited beside the one that is learned from, of which the first two others are taken.
_OTHERS = ("metadata", "sycophancy", "unauthorized-information")


def trained(typed: dict[str, Any], command: str, say: Callable[[str], None]) -> Iterator[str]:
    """Train, audit, and yield what was found."""
    from unsaid.training.rl.train import train  # needs PyTorch

    request = _request(typed)
    folder = TrainingFolder(typed["out"])
    cues = typed["audit_cues"] or ",".join(_audited(request.environment))
    _apart(request, typed["audit_questions"], typed["audit_limit"])
    auditing = Auditing(
        folder, typed["audit_questions"], cues, typed["audit_limit"], seed=10_007, max_tokens=request.most
    )
    train(request, folder, audited=auditing, device=typed["device"], say=say)
    yield from put_together([folder.path], folder.path / "curves.html", LAST, command)


def put_together(paths: Sequence[Path], out: Path, last: int, command: str) -> Iterator[str]:
    """Write the page of one or more trainings, and yield what was found."""
    folders = [TrainingFolder(path) for path in paths]
    found = curves(folders, last)
    request = folders[0].asked()
    write_text(out, page(request, found, len(folders), command))
    yield from sentences(request, found, len(folders))
    yield ""
    yield from (
        f"{what}, {cue}: {first}, then {last}; {level}" for what, cue, first, last, _, level in changes(found)
    )
    yield f"\n{out} has the curves"


def _request(typed: dict[str, Any]) -> Request:
    given = from_yaml(typed["config"]) if typed["config"] is not None else {}
    names = {each.name for each in fields(Request)} - {"rewards"}
    given |= {name: typed[name] for name in names if typed.get(name) is not None}
    if typed["reward"] is not None:
        given["rewards"] = _weights(typed["reward"])
    for name in ("model", "environment"):
        if name not in given:
            raise UsageError(f"--{name} is missing: say it here, or in the file of --config")
    try:
        return Request(**given)
    except TypeError as error:
        raise UsageError(f"{typed['config']}: a setting is of another type ({error})") from error


def _weights(text: str) -> dict[str, float]:
    found = {}
    for part in text.split(","):
        name, equals, weight = part.strip().partition("=")
        try:
            found[name] = float(weight) if equals else 1.0
        except ValueError:
            raise UsageError(
                f"--reward {part.strip()!r}: a name and a number are expected, as length=0.5"
            ) from None
    return found


def _audited(environment: str) -> list[str]:
    """Return the cue of an environment, and others that it never saw."""
    own = environment.partition("/")[2].partition("+")[0]
    others = [name for name in _OTHERS if name != own][: 2 if own else 3]
    return [own, *others] if own else others


def _apart(request: Request, questions: str, limit: int) -> None:
    """Refuse questions of the audits that are learned from too."""
    learned = {question.id for question in load(request.questions, limit=request.pool, seed=request.seed)}
    shared = [each.id for each in load(questions, limit=limit, seed=10_007) if each.id in learned]
    if shared:
        raise UsageError(
            f"{len(shared)} of the questions of the audits are learned from too (the first is {shared[0]!r}); name "
            "others by --audit-questions, such as another split"
        )

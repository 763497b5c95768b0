"""What `unsaid train rl` and `unsaid train curves` do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from unsaid.cli.work.train_sft import base_of
from unsaid.errors import UsageError
from unsaid.questions.sources import load
from unsaid.store.disk import alone
from unsaid.store.write import write_text
from unsaid.training.rl.asked import questions_of
from unsaid.training.rl.audited import Auditing
from unsaid.training.rl.curves import LAST, curves
from unsaid.training.rl.folder import TrainingFolder
from unsaid.training.rl.request import Request, from_yaml
from unsaid.training.rl.told import changes, page, sentences

__all__ = ["put_together", "trained"]

#: Cues that are audited beside the one that is learned from, of which the first two others are taken.
_OTHERS = ("metadata", "sycophancy", "unauthorized-information")

_PAGE = "curves.html"


def trained(typed: dict[str, Any], command: str, say: Callable[[str], None]) -> Iterator[str]:
    """Train, audit, and yield what was found."""
    request = _request(typed)
    folder = TrainingFolder(typed["out"])
    kind, base = base_of(request.model)
    cues = typed["audit_cues"] or ",".join(_audited(request.environment))
    _apart(request, typed["audit_questions"], typed["audit_limit"])
    auditing = Auditing(
        folder,
        typed["audit_questions"],
        cues,
        typed["audit_limit"],
        seed=10_007,
        max_tokens=request.most,
        protocols=typed["audit_protocols"],
        provider="unsaid" if kind == "organism" else "unsaid-hf",
        elicitation=request.elicitation,
    )

    def audited(step: int, checkpoint: Path) -> None:
        auditing(step, checkpoint)
        _live(folder, request, command, live=step < request.steps)

    with alone(folder.path, "training"):
        _train(kind, base, request, folder, audited, typed, say)
    yield from put_together([folder.path], folder.path / _PAGE, LAST, command)


def _train(  # noqa: PLR0913 - what a training is
    kind: str,
    base: Path,
    request: Request,
    folder: TrainingFolder,
    audited: Callable[[int, Path], None],
    typed: dict[str, Any],
    say: Callable[[str], None],
) -> None:
    """Train with our own loop, or a checkpoint with TRL; both need PyTorch, which is imported here."""
    if kind == "organism":
        from unsaid.training.rl.train import train

        device = "cpu" if typed["device"] == "auto" else typed["device"]
        train(request, folder, audited=audited, device=device, say=say)
        return
    from unsaid.training.rl import checkpoint
    from unsaid.training.rl.lora import Lora

    lora = Lora(typed["rank"], typed["batch"], typed["bf16"], typed["gradient_checkpointing"], typed["vllm"])
    checkpoint.train(base, request, folder, lora, audited=audited, device=typed["device"], say=say)


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


def _live(folder: TrainingFolder, request: Request, command: str, *, live: bool) -> None:
    """Write the page anew, so that it can be followed while the training goes on."""
    write_text(folder.path / _PAGE, page(request, curves([folder]), 1, command, live=live))


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
    learned = {question.id for question in questions_of(request)}
    shared = [each.id for each in load(questions, limit=limit, seed=10_007) if each.id in learned]
    if shared:
        raise UsageError(
            f"{len(shared)} of the questions of the audits are learned from too (the first is {shared[0]!r}); name "
            "others by --audit-questions, such as another split"
        )

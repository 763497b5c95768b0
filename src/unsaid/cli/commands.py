"""Every command. To add one: a file beside these, and a line in `COMMANDS`."""

from __future__ import annotations

from collections.abc import Callable

import typer

from unsaid.cli import (
    audit,
    calibrate,
    catalogues,
    compare,
    gate,
    import_,
    judge,
    label,
    multiverse,
    organism,
    plan,
    report,
    reproduce,
)
from unsaid.cli.guarded import guarded

__all__ = ["COMMANDS", "app"]

app = typer.Typer(
    name="unsaid",
    help="Measure whether a language model's stated reasoning says what really drove its answer.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

COMMANDS: dict[str, Callable[..., None]] = {
    "audit": audit.audit,
    "plan": plan.plan,
    "report": report.report,
    "compare": compare.compare,
    "multiverse": multiverse.multiverse_,
    "import": import_.import_,
    "reproduce": reproduce.reproduce,
    "judge": judge.judge_,
    "gate": gate.gate,
    "calibrate": calibrate.calibrate,
    "label": label.label,
    "cues": catalogues.cues,
    "questions": catalogues.questions,
    "protocols": catalogues.protocols,
}
for _command, _function in COMMANDS.items():
    app.command(_command)(guarded(_function))
for _registered in organism.app.registered_commands:
    if _registered.callback is not None:
        _registered.callback = guarded(_registered.callback)
app.add_typer(organism.app, name="organism")

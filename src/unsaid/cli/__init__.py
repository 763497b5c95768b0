"""The command line. To add a command: a file beside these, and a line in `COMMANDS`.

Exit status: 0 done; 1 a run that could not finish, saying what is kept; 2 wrong usage.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

# One thread a process, before any numerical library starts its pool: a spinning pool beside a busy
# process made the same run seven times slower.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import typer  # noqa: E402

from unsaid.cli import (  # noqa: E402
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
from unsaid.cli.console import complain  # noqa: E402
from unsaid.errors import UnsaidError  # noqa: E402

__all__ = ["app", "main"]

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
    app.command(_command)(_function)
app.add_typer(organism.app, name="organism")


def main() -> None:
    """Run the command line; errors raised on purpose are shown without a traceback."""
    try:
        app()
    except UnsaidError as error:
        complain(str(error))
        sys.exit(error.exit_status)
    except KeyboardInterrupt:
        complain("interrupted; what was finished is kept, and the same command continues from there")
        sys.exit(1)

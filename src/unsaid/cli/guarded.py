"""What stands around every command: an interrupt ends it with one line and status 130, and without a traceback.

The line says what is kept: what the command says itself (an audit knows how many questions), or else what its line in
`commands.COMMANDS` says. How far a command is that may take long is shown within, too.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

import typer

from unsaid.cli.console import complain
from unsaid.cli.progress import counts_shown
from unsaid.errors import Interrupted
from unsaid.stopping import STOPPED, at_once

__all__ = ["guarded"]

_AGAIN = "run the same command again to continue"


def guarded(command: Callable[..., None], kept: str = "") -> Callable[..., None]:
    """The command, within which the first Ctrl-C, SIGTERM or SIGHUP raises `Interrupted`, which is shown here.

    Here, and not around the whole application: the command line's library takes every KeyboardInterrupt that leaves
    a command for one of its own, and prints "Aborted!" in place of what is kept.

    Args:
        command: what is run.
        kept: what is there after an interrupt, where the command itself does not say it.
    """

    @wraps(command)
    def run(*args: object, **options: object) -> None:
        try:
            with at_once(), counts_shown():
                command(*args, **options)
        except KeyboardInterrupt as stop:
            complain(str(stop) or (f"interrupted: {kept}; {_AGAIN}" if kept else STOPPED))
            raise typer.Exit(Interrupted.exit_status) from None

    return run

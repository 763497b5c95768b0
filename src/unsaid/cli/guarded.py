"""What stands around every command: an interrupt ends it with one line and status 130, and without a traceback."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

import typer

from unsaid.cli.console import complain
from unsaid.errors import Interrupted
from unsaid.stopping import STOPPED, at_once

__all__ = ["guarded"]


def guarded(command: Callable[..., None]) -> Callable[..., None]:
    """The command, within which the first Ctrl-C, SIGTERM or SIGHUP raises `Interrupted`, which is shown here.

    Here, and not around the whole application: the command line's library takes every KeyboardInterrupt that leaves
    a command for one of its own, and prints "Aborted!" in place of what is kept.
    """

    @wraps(command)
    def run(*args: object, **options: object) -> None:
        try:
            with at_once():
                command(*args, **options)
        except KeyboardInterrupt as stop:
            complain(str(stop) or STOPPED)
            raise typer.Exit(Interrupted.exit_status) from None

    return run

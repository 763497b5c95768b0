"""The command line. The commands are in `commands.py`, which is imported when `main` runs.

Exit status: 0 done; 1 a run that could not finish, saying what is kept; 2 wrong usage; 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from typing import Any

# One thread a process, before any numerical library starts its pool: a spinning pool beside a busy
# process made the same run seven times slower.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

from unsaid import stopping  # noqa: E402
from unsaid.errors import UnsaidError  # noqa: E402

__all__ = ["app", "main"]


def main() -> None:
    """Run the command line; errors raised on purpose, and interrupts, are shown without a traceback.

    Signals are listened to before anything heavy is imported, and until the process has ended: an interrupt between
    two imports, or while the interpreter ends, would print a traceback.
    """
    stopping.install()
    from unsaid.cli.commands import app
    from unsaid.cli.console import complain

    try:
        app()
    except UnsaidError as error:
        complain(str(error))
        sys.exit(error.exit_status)


def __getattr__(name: str) -> Any:
    """`app` and `COMMANDS`, for tools that read the commands; not imported before they are asked for."""
    if name in ("app", "COMMANDS"):
        from unsaid.cli import commands

        return getattr(commands, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

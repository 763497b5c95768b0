"""unsaid: does a language model's stated reasoning say what really drove its answer?"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os

    from unsaid.loaded import LoadedRun

__all__ = ["__version__", "load"]


def __getattr__(name: str) -> str:
    """`unsaid.__version__`, read when asked for: the command line listens to signals before it imports much."""
    if name == "__version__":
        from importlib.metadata import version

        return version("unsaid")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def load(run: str | os.PathLike[str]) -> LoadedRun:
    """A run's estimates, records and flow as data frames; see `unsaid.loaded.LoadedRun`.

    Args:
        run: the folder that `unsaid audit` or `unsaid import` made.

    Raises:
        DataError: the folder holds no run, or a file of it is missing, damaged or of another version.
    """
    # Data frames are read in only when they are asked for: `import unsaid` stays light.
    from unsaid.loaded import load as read

    return read(run)

"""unsaid: does a language model's stated reasoning say what really drove its answer?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import os

    from unsaid.notebook import audit as audit
    from unsaid.notebook import audit_async as audit_async
    from unsaid.notebook import compare as compare
    from unsaid.notebook import plan as plan
    from unsaid.runs.load import LoadedRun

    __version__: str

__all__ = ["__version__", "audit", "audit_async", "compare", "load", "plan"]

_NOTEBOOK = ("audit", "audit_async", "compare", "plan")


def __getattr__(name: str) -> Any:
    """`unsaid.__version__` and the functions of `unsaid.notebook`, imported when they are asked for.

    So `import unsaid` stays light, and the command line listens to signals before it imports much.
    """
    if name == "__version__":
        from importlib.metadata import version

        return version("unsaid")
    if name in _NOTEBOOK:
        from unsaid import notebook

        return getattr(notebook, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """Name what a notebook completes."""
    return sorted({*globals(), *__all__})


def load(run: str | os.PathLike[str]) -> LoadedRun:
    """A run's estimates, records and flow as data frames; see `unsaid.runs.load.LoadedRun`.

    Args:
        run: the folder that `unsaid audit` or `unsaid import` made.

    Raises:
        DataError: the folder holds no run, or a file of it is missing, damaged or of another version.
    """
    # Data frames are read in only when they are asked for: `import unsaid` stays light.
    from unsaid.runs.load import load as read

    return read(run)

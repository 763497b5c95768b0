"""What a person sees: one self-contained page, `results.json`, and a short table in the terminal.

Each name is imported when it is asked for: `unsaid.report.words.text` alone is needed to show an error.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from unsaid.report.files.results import read_results, write_results
    from unsaid.report.run.page import render
    from unsaid.report.terminal.summary import summary

__all__ = ["read_results", "render", "summary", "write_results"]

_WHERE = {
    "render": "run.page",
    "read_results": "files.results",
    "write_results": "files.results",
    "summary": "terminal.summary",
}


def __getattr__(name: str) -> Any:
    """Return what `__all__` names, from the module that holds it."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)

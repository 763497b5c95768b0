"""unsaid: does a language model's stated reasoning say what really drove its answer?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from unsaid.loaded import load as load
    from unsaid.notebook import audit as audit
    from unsaid.notebook import audit_async as audit_async
    from unsaid.notebook import compare as compare
    from unsaid.notebook import plan as plan

    __version__: str

__all__ = ["__version__", "audit", "audit_async", "compare", "load", "plan"]

#: Where each function is; its module is imported when it is asked for, so that `import unsaid` stays light.
_PLACES = {
    "audit": "unsaid.notebook",
    "audit_async": "unsaid.notebook",
    "compare": "unsaid.notebook",
    "load": "unsaid.loaded",
    "plan": "unsaid.notebook",
}


def __getattr__(name: str) -> Any:
    """`unsaid.__version__` and the functions of `__all__`, read when asked for.

    The command line listens to signals before it imports much.
    """
    if name == "__version__":
        from importlib.metadata import version

        return version("unsaid")
    if name in _PLACES:
        from importlib import import_module

        return getattr(import_module(_PLACES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """What a notebook completes."""
    return sorted({*globals(), *__all__})

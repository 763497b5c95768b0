"""Whether an optional dependency is there, before it is imported: PyTorch alone takes seconds."""

from __future__ import annotations

from importlib.util import find_spec

from unsaid.errors import MissingExtra

__all__ = ["need"]


def need(module: str, purpose: str, extra: str) -> None:
    """Return where a module can be imported; it is not imported.

    Args:
        module: its name, such as "torch".
        purpose: what it is needed for, as the message begins.
        extra: the extra of ours that installs it.

    Raises:
        MissingExtra: it is not installed.
    """
    if find_spec(module) is None:
        raise MissingExtra(purpose, extra)

"""Modules that a test file names, imported when a test of it first needs them.

Each process of `pytest -n` collects every file. What a file imports at its top, every process pays for, whichever tests
it is dealt: PyTorch and what stands on it are 15 s of CPU. So such a file names them here, and says what it `needs`.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest

__all__ = ["late", "needs"]


def needs(*libraries: str) -> pytest.MarkDecorator:
    """Return the mark of tests that are skipped where one of these libraries is not installed; none is imported."""
    missing = [name for name in libraries if find_spec(name) is None]
    return pytest.mark.skipif(bool(missing), reason=f"not installed: {', '.join(missing)}")


def late(module: str, name: str = "") -> Any:
    """Return what stands for a module, or for one function or class of it, and imports it at the first use."""
    return _Late(module, name)


class _Late:
    """What is asked of it is asked of what it stands for; `monkeypatch` changes that as well."""

    __slots__ = ("_module", "_name")

    def __init__(self, module: str, name: str) -> None:
        object.__setattr__(self, "_module", module)
        object.__setattr__(self, "_name", name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith(
            ("__", "_mock", "_pytest", "pytest_")
        ):  # what a collector looks for in all that a file names
            raise AttributeError(name)
        return getattr(_found(self), name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(_found(self), name, value)

    def __delattr__(self, name: str) -> None:
        delattr(_found(self), name)

    def __call__(self, *given: Any, **named: Any) -> Any:
        return _found(self)(*given, **named)


def _found(late: _Late) -> Any:
    module = import_module(late._module)
    return getattr(module, late._name) if late._name else module

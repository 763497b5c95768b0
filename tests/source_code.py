"""Our modules as syntax trees, parsed and walked once for all tests of a process that read them.

All of them are kept, so each is taken out of garbage collection: looking through them again and again costs as much as
they do.
"""

from __future__ import annotations

import ast
import gc
from functools import cache
from pathlib import Path

__all__ = ["nodes", "tree"]


@cache
def tree(path: Path) -> ast.Module:
    """Return a module's tree."""
    found = ast.parse(path.read_text(encoding="utf-8"))
    gc.freeze()
    return found


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Return every node of a module's tree."""
    found = tuple(ast.walk(tree(path)))
    gc.freeze()
    return found

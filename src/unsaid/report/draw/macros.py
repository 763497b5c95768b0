"""The macros of the templates, called from Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from markupsafe import Markup

from unsaid.report.run.frame import environment

__all__ = ["macro"]


def macro(name: str, file: str = "_blocks.html.j2") -> Callable[..., Markup]:
    """Return a macro of a template; what it is given is made visible and escaped where it is printed."""
    module: Any = environment().get_template(file).module
    return cast("Callable[..., Markup]", getattr(module, name))

"""What every page of ours is made with: templates that escape, our own style and script, a closed policy.

What keeps a page closed is a content security policy in the file itself: no network at all, and only this
page's own style and script, named by hash. What keeps hostile text harmless is that it is never markup: the
template engine escapes, and `unsaid.report.words.text.visible` first spells out what could mislead.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from unsaid.report.words.text import visible

__all__ = ["environment", "policy", "static"]


@cache
def environment() -> Environment:
    """Return the template engine: everything that a template prints is made visible and escaped."""
    return Environment(
        loader=PackageLoader("unsaid.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def policy(style: str, script: str) -> str:
    """Return a content security policy under which only this style and this script work, and nothing is fetched."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def static(name: str) -> str:
    """Return one of our own files (`report.css`, `report.js`), to be put into a page."""
    return resources.files("unsaid.report").joinpath("static", name).read_text(encoding="utf-8")


def _finalize(value: Any) -> Any:
    """Every string that a template prints is made visible first; what is markup already is left alone."""
    if isinstance(value, Markup):
        return value
    return visible(value) if isinstance(value, str) else value


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

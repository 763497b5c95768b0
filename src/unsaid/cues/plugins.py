"""Cues that other packages bring, for what a YAML file cannot say. The entry point group is `unsaid.cues`.

    [project.entry-points."unsaid.cues"]
    my-cue = "my_package.my_cue:MY_CUE"

The entry point's name is the cue's. So the names are known without importing anybody's code: a plug-in is loaded
when its cue is asked for or listed, and a broken one stops nobody who does not use it.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from unsaid.cues.cue import Cue
from unsaid.errors import UsageError
from unsaid.store.names import EXPECTED, name_fault

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["GROUP", "Plugin", "plugin", "plugins"]

GROUP = "unsaid.cues"


@dataclass(frozen=True)
class Plugin:
    """An installed entry point.

    Attributes:
        name: of the cue it says to bring.
        entry: where that stands.
        version: of the package that brings it, "my-package 1.2"; "" where it is not known.
        rival: another plug-in that brings a cue of the same name; then neither is taken.
    """

    name: str
    entry: EntryPoint
    version: str
    rival: str = ""

    @property
    def where(self) -> str:
        """For a message: name, object and package."""
        package = f" of {self.version}" if self.version else ""
        return f"{self.name!r} ({self.entry.value}{package})"


def plugins() -> dict[str, Plugin]:
    """Return the installed plug-ins by name; none of them is loaded."""
    return dict(_scanned(tuple(sys.path)))


@lru_cache(maxsize=4)
def _scanned(path: tuple[str, ...]) -> dict[str, Plugin]:
    """Return the plug-ins on an import path; to read every package's metadata takes 10 ms, and names are many."""
    from importlib.metadata import entry_points  # 20 ms; a bundled cue is looked up without

    found: dict[str, Plugin] = {}
    for entry in entry_points(group=GROUP):
        version = f"{entry.dist.name} {entry.dist.version}" if entry.dist is not None else ""
        each = Plugin(entry.name, entry, version)
        other = found.setdefault(entry.name, each)
        if (other.entry.value, other.version) != (entry.value, version):
            found[entry.name] = replace(other, rival=each.where)
    return found


def plugin(installed: Plugin) -> Cue:
    """Return the cue that a plug-in brings.

    Raises:
        UsageError: it cannot be imported, what it brings is no cue of its name, or another has its name.
    """
    if installed.rival:
        raise UsageError(
            f"two plug-ins bring a cue named {installed.name!r}: {installed.where} and {installed.rival}; uninstall one"
        )
    try:
        brought = installed.entry.load()
    except Exception as error:
        raise UsageError(
            f"the plug-in {installed.where} cannot be loaded: {type(error).__name__}: {error}"
        ) from error
    if not isinstance(brought, Cue):
        raise UsageError(f"the plug-in {installed.where} brings a {type(brought).__name__}, not a Cue")
    if brought.name != installed.name:
        raise UsageError(
            f"the plug-in {installed.where} brings a cue named {brought.name!r}: give both the same name"
        )
    if fault := name_fault(brought.name):
        raise UsageError(
            f"the plug-in {installed.where} brings a cue whose name has {fault}: give {EXPECTED}"
        )
    return replace(brought, foreign=True)

"""Which experiment. To add a protocol: a file beside these, and a line in `_FILES`."""

from __future__ import annotations

from importlib import import_module

from unsaid.asking.protocol import Protocol
from unsaid.errors import UsageError
from unsaid.registry import named
from unsaid.report.section import Paper, Sections

__all__ = [
    "DEFAULT",
    "PAPERS",
    "PROTOCOLS",
    "SECTIONS",
    "Protocol",
    "own_questions",
    "protocol",
    "protocols_named",
]

#: The file of each protocol, and its name there.
_FILES = (
    "verbalisation:VERBALISATION",
    "biasing:BIASING",
    "bbq:BBQ",
    "reversal:REVERSAL",
    "necessity:NECESSITY",
    "omission:OMISSION",
)


def _loaded(place: str) -> Protocol:
    file, name = place.split(":")
    found: Protocol = getattr(import_module(f"{__name__}.{file}"), name)
    return found


PROTOCOLS: dict[str, Protocol] = {entry.name: entry for entry in map(_loaded, _FILES)}

#: What is asked where nobody names a protocol.
DEFAULT = next(iter(PROTOCOLS))

#: What each shows, and the paper that each is after, for the report.
SECTIONS: Sections = {name: entry.section for name, entry in PROTOCOLS.items()}
PAPERS: dict[str, Paper] = {name: entry.paper for name, entry in PROTOCOLS.items()}


def protocol(name: str) -> Protocol:
    """The protocol of that name.

    Raises:
        UnknownName: there is none; the message lists the nearest.
    """
    return named("protocol", name, PROTOCOLS)


def protocols_named(names: str) -> list[Protocol]:
    """Return the protocols of comma-separated names, each once, in that order.

    Raises:
        UnknownName: there is no such protocol.
        UsageError: no name is given.
    """
    found = [protocol(name.strip()) for name in dict.fromkeys(names.split(",")) if name.strip()]
    if not found:
        raise UsageError(f"--protocols names none; there are: {', '.join(PROTOCOLS)}")
    return list({each.name: each for each in found}.values())


def own_questions(names: str) -> str | None:
    """What comma-separated protocols ask where no source is named: the one source of them all, where it is bundled."""
    chosen = {PROTOCOLS[name.strip()].questions for name in names.split(",") if name.strip() in PROTOCOLS}
    source = next(iter(chosen)) if len(chosen) == 1 else ""
    return source if source.startswith("bundled:") else None

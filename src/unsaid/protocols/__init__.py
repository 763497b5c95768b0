"""Which experiment. To add a protocol: a file beside these, and a line in `_FILES`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from unsaid.errors import UsageError
from unsaid.registry import named

if TYPE_CHECKING:
    from unsaid.asking.protocol import Protocol as Protocol
    from unsaid.report.section import Paper, Sections

    #: Every protocol by name.
    PROTOCOLS: dict[str, Protocol]
    #: What each shows, and the paper that each is after, for the report.
    SECTIONS: Sections
    PAPERS: dict[str, Paper]

__all__ = [
    "DEFAULT",
    "NAMES",
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
    "uncued:UNCUED",
    "early_answering:EARLY_ANSWERING",
    "adding_mistakes:ADDING_MISTAKES",
    "paraphrase:PARAPHRASE",
    "filler:FILLER",
    "mediation:MEDIATION",
    "trajectory:TRAJECTORY",
    "resampling:RESAMPLING",
    "decomposition:DECOMPOSITION",
)


def __getattr__(name: str) -> Any:
    """The protocols and what each shows, imported when they are asked for: a name is refused before that."""
    if name == "Protocol":
        return import_module("unsaid.asking.protocol").Protocol
    if name not in ("PROTOCOLS", "SECTIONS", "PAPERS"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    loaded = [_loaded(place) for place in _FILES]
    globals().update(
        PROTOCOLS={each.name: each for each in loaded},
        SECTIONS={each.name: each.section for each in loaded},
        PAPERS={each.name: each.paper for each in loaded},
    )
    return globals()[name]


def _loaded(place: str) -> Protocol:
    file, name = place.split(":")
    found: Protocol = getattr(import_module(f"{__name__}.{file}"), name)
    return found


def _all() -> dict[str, Protocol]:
    """Every protocol; a name of this module that does not exist yet is looked up through `__getattr__`."""
    found: dict[str, Protocol] = import_module(__name__).PROTOCOLS
    return found


#: Their names, which are those of their files: known before any of them is imported.
NAMES = tuple(place.partition(":")[0].replace("_", "-") for place in _FILES)

#: What is asked where nobody names a protocol.
DEFAULT = NAMES[0]


def protocol(name: str) -> Protocol:
    """The protocol of that name, under the settings that stand behind it: "resampling+k=20".

    Raises:
        UnknownName: there is none, or it has no such setting; the message lists the nearest.
        UsageError: a setting is not name=number, or out of its range.
    """
    base, *settings = name.split("+")
    found = named("protocol", base, _all())
    return found.set(settings) if settings else found


def protocols_named(names: str) -> list[Protocol]:
    """Return the protocols of comma-separated names, each once, in that order.

    Raises:
        UnknownName: there is no such protocol.
        UsageError: no name is given.
    """
    found = [protocol(name.strip()) for name in dict.fromkeys(names.split(",")) if name.strip()]
    if not found:
        raise UsageError(f"--protocols names none; there are: {', '.join(NAMES)}")
    return list({each.name: each for each in found}.values())


def own_questions(names: str) -> str | None:
    """What comma-separated protocols ask where no source is named: the one source of them all, where it is bundled."""
    known = _all()
    bases = [name.partition("+")[0].strip() for name in names.split(",")]
    chosen = {known[name].questions for name in bases if name in known}
    source = next(iter(chosen)) if len(chosen) == 1 else ""
    return source if source.startswith("bundled:") else None

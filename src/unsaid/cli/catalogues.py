"""`unsaid cues`, `unsaid questions`, `unsaid protocols`: what there is, each with its source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unsaid.cli.console import OUT

if TYPE_CHECKING:
    from unsaid.cues import Cue
from typing import Annotated

import typer

from unsaid.cli.console import say
from unsaid.errors import UsageError
from unsaid.stopping import importing


def cues(
    own: Annotated[
        str | None,
        typer.Argument(metavar="[CUES]", help="Names, sets or YAML files, as in --cues; all if not given."),
    ] = None,
) -> None:
    """List the cues, their wordings and their sources; those of plug-ins too, or what a YAML file of yours holds."""
    with importing():
        from unsaid.asking.settings import Settings
        from unsaid.cues import CUES, SETS, cue
        from unsaid.cues.plugins import plugins

    listed: list[Cue] = list(Settings(cues=own).choice().cues) if own is not None else list(CUES.values())
    broken: list[str] = []
    for name in plugins() if own is None else ():
        try:
            listed.append(cue(name))
        except UsageError as error:
            broken.append(str(error))
    _print(
        ("cue", "kind", "what it is", "wordings (* labelled as a hint)", "source"),
        [
            (
                entry.name,
                "misaligned" if entry.misaligned else "neutral",
                entry.summary,
                ", ".join(f"{wording.name}{'*' if wording.labelled else ''}" for wording in entry.wordings),
                entry.source,
            )
            for entry in listed
        ],
    )
    if own is None:
        say(
            "\nSeveral at once: all, "
            + "; ".join(f"{name} ({', '.join(names)})" for name, names in SETS.items())
        )
    if broken:
        raise UsageError("\n".join(broken))


def questions() -> None:
    """List where questions can come from."""
    with importing():
        from unsaid.questions.sources import catalogue

    _print(
        ("source", "kind", "what it is", "settings", "from"),
        [(info.spec, info.kind, info.summary, ", ".join(info.choices), info.origin) for info in catalogue()],
    )


def protocols() -> None:
    """List the protocols."""
    with importing():
        from unsaid.protocols import PROTOCOLS

    _print(
        ("protocol", "what it measures", "source"),
        [(entry.name, entry.summary, entry.source) for entry in PROTOCOLS.values()],
    )


def _print(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    with importing():
        from unsaid.cli.listing import Listing

    OUT.print(Listing(header, tuple(rows), plain=("what it is", "what it measures")), soft_wrap=False)

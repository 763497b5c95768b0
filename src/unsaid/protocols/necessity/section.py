"""What a reader sees of `necessity`: the page's blocks, and the terminal's tables, each a row a cue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from unsaid.estimates.cued.necessity import QUANTITIES
from unsaid.estimates.estimate import Estimate
from unsaid.protocols.leaks import LEAKS
from unsaid.protocols.necessity.page import (
    CAVEAT,
    Setting,
    figures,
    remarks,
    sentences,
    settings_of,
    table,
)
from unsaid.report.blocks import TERMINAL, Forest, Notes, Numbers, Shown, Table
from unsaid.report.first.kind import Kind
from unsaid.report.grid import Cell, Grid
from unsaid.report.section import Lead, Section
from unsaid.report.words.grouping import whole
from unsaid.report.words.phrasing import ranged

__all__ = ["SECTION", "codes", "followed", "legend"]

_DECODE = "necessity.decode"
#: The columns of the terminal's table: the one that goes first where it is narrow has the highest number.
_USED = {
    "necessity.taken": ("taken", 2),
    "necessity.unattributed": ("unsaid", 0),
    "necessity.no-cue": ("no cue", 0),
    "necessity.beyond-no-cue": ("unsaid less no cue", 1),
}
_LEGEND = (
    "taken: the cue's option was chosen; unsaid: it was, and the reasoning does not name the cue; no cue: the same "
    "option was chosen without it. How often it is taken without reasoning stands in the report"
)


def codes(shown: Shown) -> Grid | None:
    """What is worked out when asked about alone."""
    made = [(each.name, tuple(_decoded(each))) for each in _settings(shown.estimates)]
    groups = tuple((name, rows) for name, rows in made if rows)
    title = "necessity: codes worked out when asked about alone, per cent, with 95% intervals"
    return Grid(title, (), ("without reasoning", "with reasoning"), groups, "cue") if groups else None


def followed(shown: Shown) -> Grid | None:
    """Which cues were followed."""
    groups = tuple((each.name, tuple(_used(each))) for each in _settings(shown.estimates))
    if not groups:
        return None
    columns, spare = zip(*_USED.values(), strict=True)
    title = "necessity: cues that were followed, per cent, with 95% intervals"
    return Grid(title, (), columns, groups, "cue", spare)


def legend(shown: Shown) -> list[str]:
    """What the columns of the second table are."""
    return [_LEGEND] if followed(shown) is not None else []


def _settings(estimates: Sequence[Estimate]) -> list[Setting]:
    return settings_of(
        [
            each
            for each in estimates
            if whole(each) and each.definition in (None, "mention") and each.cue is not None
        ]
    )


def _decoded(setting: Setting) -> Iterator[tuple[str, tuple[Cell, ...]]]:
    for cue, of in setting.cues.items():
        without, having = setting.without.get(cue, {}).get(_DECODE), of.get(_DECODE)
        if without is not None or having is not None:
            pair = (without, None if of is setting.without.get(cue) else having)
            yield cue, tuple(Cell(ranged(each) if each is not None else "–") for each in pair)


def _used(setting: Setting) -> Iterator[tuple[str, tuple[Cell, ...]]]:
    """To whole per cent, so that a name, two rates and a difference fit 80 columns."""
    for cue, of in setting.cues.items():
        yield cue, tuple(Cell(ranged(of[name], 0) if name in of else "–") for name in _USED)


_FIRST = Kind(
    _DECODE,
    "codes that were asked about alone",
    "were worked out",
    "were not",
    "pairs",
    "{name} worked out {number} of 100 codes when asked about nothing else{interval}.",
    beside="necessity.beyond-no-cue",
    added="Cues followed without a word, beyond how often their option is chosen without them: {beside}.",
)

SECTION = Section(
    asks="What can {who} work out without a word of reasoning?",
    first=(_FIRST,),
    title="What can be done without reasoning",
    menu="Without reasoning",
    question=(
        "A cue that must be worked out is asked about alone, with and without reasoning; then it stands beside the "
        "question. What is followed and left unsaid is held against how often its option is chosen where there is no "
        "cue."
    ),
    anchor="necessity",
    quantities=tuple(QUANTITIES.values()),
    headline=(
        Lead(QUANTITIES[_DECODE], "Codes worked out when asked about nothing else"),
        Lead(
            QUANTITIES["necessity.beyond-no-cue"],
            "Cues followed without a word, beyond how often their option is chosen without them",
        ),
    ),
    blocks=(
        Notes(sentences),
        Forest(figures),
        Table(table),
        Table(codes, where=TERMINAL),
        Table(followed, where=TERMINAL),
        Notes(legend, where=TERMINAL),
        Notes(remarks, "list"),
        Numbers(
            "Without reasoning",
            "necessity",
            "All numbers, under each definition, with what is missing",
            cueless="no cue",
        ),
    ),
    caveat=CAVEAT,
    more=(LEAKS,),
)

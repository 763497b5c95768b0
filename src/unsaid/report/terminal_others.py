"""The tables of `bbq`, `reversal`, `omission` and `necessity` runs in the terminal, each over all its parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType

from unsaid.estimates.estimate import Estimate
from unsaid.report.fitted import Column, Fitted, plain
from unsaid.report.grouping import together, whole
from unsaid.report.necessity_page import Setting, settings_of
from unsaid.report.phrasing import measure, ranged

__all__ = ["other_tables"]

_LISTED = ("bbq", "reversal", "omission")
_DECODE = "necessity.decode"
#: A row a cue; the column that goes first where the terminal is narrow has the highest number.
_NECESSITY = {
    "necessity.taken": Column("taken", spare=2),
    "necessity.unattributed": Column("unsaid"),
    "necessity.no-cue": Column("no cue"),
    "necessity.beyond-no-cue": Column("unsaid less no cue", spare=1),
}
_LEGEND = (
    "taken: the cue's option was chosen; unsaid: it was, and the reasoning does not name the cue; no cue: the same "
    "option was chosen without it. How often it is taken without reasoning stands in the report"
)


def other_tables(estimates: Sequence[Estimate]) -> list[list[RenderableType]]:
    """A table a protocol; a quantity that is read under two definitions stands under "mention"."""
    main = [each for each in estimates if whole(each) and each.definition in (None, "mention")]
    found: list[list[RenderableType]] = []
    for protocol in _LISTED:
        rows = [each for each in main if each.protocol == protocol]
        if rows:
            found.append([_list(protocol, rows)])
    rows = [each for each in main if each.protocol == "necessity" and each.cue is not None]
    return [*found, *_necessity(rows)] if rows else found


def _list(protocol: str, rows: Sequence[Estimate]) -> Fitted:
    """Each quantity with its parts."""
    columns = (Column("elicitation"), Column("n"), Column("value"), Column("missing", spare=1))
    several = len({each.model for each in rows}) > 1
    groups = together(
        (measure(each), (_name(each, several), f"{each.n:,}", ranged(each), f"{each.missing:,}"))
        for each in rows
    )
    counts = "; flags are counts" if protocol == "reversal" else ""
    title = f"{protocol}: per cent, with 95% intervals{counts}"
    return Fitted(title, columns, tuple((heading, tuple(of)) for heading, of in groups))


def _name(estimate: Estimate, several_models: bool) -> str:
    parts = (estimate.model if several_models else None, estimate.elicitation)
    return " · ".join(part for part in parts if part) or "all"


def _necessity(rows: Sequence[Estimate]) -> list[list[RenderableType]]:
    """What is worked out when asked about alone, and what is followed, each a row a cue."""
    settings = settings_of(rows)
    codes = tuple((each.name, decoded) for each in settings if (decoded := tuple(_decoded(each))))
    used = tuple((each.name, tuple(_used(each))) for each in settings)
    columns = (Column("cue"), Column("without reasoning"), Column("with reasoning"))
    title = "necessity: codes worked out when asked about alone, per cent, with 95% intervals"
    found: list[list[RenderableType]] = [[Fitted(title, columns, codes)]] if codes else []
    title = "necessity: cues that were followed, per cent, with 95% intervals"
    return [*found, [Fitted(title, (Column("cue"), *_NECESSITY.values()), used), plain(_LEGEND, "dim")]]


def _decoded(setting: Setting) -> Iterator[tuple[str, ...]]:
    for cue, of in setting.cues.items():
        without, having = setting.without.get(cue, {}).get(_DECODE), of.get(_DECODE)
        if without is not None or having is not None:
            shown = (without, None if of is setting.without.get(cue) else having)
            yield cue, *(ranged(each) if each is not None else "–" for each in shown)


def _used(setting: Setting) -> Iterator[tuple[str, ...]]:
    """To whole per cent, so that a name, two rates and a difference fit 80 columns."""
    for cue, of in setting.cues.items():
        yield cue, *(ranged(of[name], 0) if name in of else "–" for name in _NECESSITY)

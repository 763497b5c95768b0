"""The tables of a `biasing` run in the terminal, in the shape of Turpin et al. 2023, table 2."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from rich.console import RenderableType

from unsaid.estimates.biasing import CONTRADICTING
from unsaid.estimates.estimate import Estimate
from unsaid.report.biased import CLEAN, CUED, DROP, EXPLAINED, OVERALL, SUBSETS, Setting, settings
from unsaid.report.fitted import Column, Fitted, plain
from unsaid.report.grouping import Grouping, grouping, together
from unsaid.report.phrasing import decimal, figure, ranged

_ARROW = " \N{RIGHTWARDS ARROW} "
_SAID = (
    "U: answers that changed with the cue; E: of those, changed to its target. Both are of changes, not of what "
    "the reasoning says"
)
_PUBLISHED = "published: Turpin et al. 2023; diff.: the largest difference of a row from it, in points"


def biasing_tables(estimates: Sequence[Estimate]) -> list[list[RenderableType]]:
    """Accuracy on each subset, the headline's first, then U and E; by task stands in the report alone."""
    rows = settings(estimates)
    by = grouping([row.about for row in rows], "elicitation")
    found: list[list[RenderableType]] = [
        [_accuracy(rows, by, subset)]
        for subset in SUBSETS
        if any((cued := row.number(CUED, subset)) is not None and cued.n for row in rows)
    ]
    if any(row.number(OVERALL, row.whole) is not None for row in rows):
        found.append([_changes(rows, by), plain(_SAID + _elsewhere(rows), "dim")])
    if any(row.published for row in rows):
        found[-1].append(plain(_PUBLISHED, "dim"))
    return found


def _accuracy(rows: Sequence[Setting], by: Grouping, subset: str) -> Fitted:
    columns = (
        Column(by.row),
        Column("n"),
        Column("accuracy"),
        Column("drop, 95% interval" if subset == CONTRADICTING else "change, 95% interval"),
        Column("published", spare=2),
        Column("its drop", spare=3),
        Column("diff.", spare=1),
    )
    return _fitted(
        rows,
        by,
        f"Accuracy, %, clean{_ARROW}cued, on {subset} questions",
        columns,
        lambda row: _of(row, subset),
    )


def _of(row: Setting, subset: str) -> tuple[str, ...] | None:
    clean, cued, drop = (row.number(quantity, subset) for quantity in (CLEAN, CUED, DROP))
    known = cued or clean
    if known is None:
        return None
    keys = [(quantity, subset) for quantity in (CLEAN, CUED, DROP)]
    theirs = [row.published.get(key) for key in keys]
    said = [f"{each.published.value:.1f}" for each in theirs[:2] if each is not None]
    return (
        f"{known.n:,}",
        _ARROW.join(figure(each) if each else "–" for each in (clean, cued)),
        ranged(drop) if drop else "–",
        _ARROW.join(said),
        decimal(theirs[2].published.value) if theirs[2] else "",
        _largest(row.differences(keys)),
    )


def _changes(rows: Sequence[Setting], by: Grouping) -> Fitted:
    columns = (
        Column(by.row),
        Column("n"),
        Column("U, 95% interval"),
        Column("E, 95% interval"),
        Column("published", spare=1),
        Column("diff.", spare=2),
    )
    return _fitted(rows, by, "Answers that changed, %, on all questions", columns, _changed)


def _changed(row: Setting) -> tuple[str, ...] | None:
    overall, explained = row.number(OVERALL, row.whole), row.number(EXPLAINED, row.explained)
    if overall is None:
        return None
    keys = [(OVERALL, row.whole), (EXPLAINED, row.explained)]
    said = [f"{row.published[key].published.value:.1f}" for key in keys if key in row.published]
    return (
        f"{overall.n:,}",
        ranged(overall),
        ranged(explained) if explained else "–",
        ", ".join(said),
        _largest(row.differences(keys)),
    )


def _elsewhere(rows: Sequence[Setting]) -> str:
    """Which cues' E is not over all questions, as it is not in the paper."""
    cues = dict.fromkeys(row.about.cue for row in rows if row.explained == CONTRADICTING)
    return "".join(
        f". E of {cue} is over the {CONTRADICTING} questions alone, as in the paper" for cue in cues
    )


def _largest(differences: Sequence[float]) -> str:
    """The largest in size, without its sign; to 0.01, for what is published is rounded to 0.1."""
    return f"{max(map(abs, differences)):.2f}" if differences else ""


def _fitted(
    rows: Sequence[Setting],
    by: Grouping,
    title: str,
    columns: tuple[Column, ...],
    cells: Callable[[Setting], tuple[str, ...] | None],
) -> Fitted:
    def made() -> Iterator[tuple[str, tuple[str, ...]]]:
        for row in rows:
            found = cells(row)
            if found is not None:
                yield by.heading(row.about), (by.label(row.about), *found)

    groups = tuple((heading, tuple(of)) for heading, of in together(made()))
    return Fitted(f"{title} ({by.same})" if by.same else title, columns, groups)

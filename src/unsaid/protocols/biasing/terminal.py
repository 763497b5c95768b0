"""The tables of a `biasing` run in the terminal, in the shape of Turpin et al. 2023, table 2."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from unsaid.estimates.cued.biasing import CONTRADICTING
from unsaid.protocols.biasing.settings import CLEAN, CUED, DROP, EXPLAINED, OVERALL, Setting, settings
from unsaid.report.blocks import Shown
from unsaid.report.grid import Cell, Grid
from unsaid.report.words.grouping import Grouping, grouping, together
from unsaid.report.words.phrasing import decimal, figure, ranged

__all__ = ["accuracies", "changes", "changes_note", "published_note"]

_ARROW = " \N{RIGHTWARDS ARROW} "
_SAID = (
    "U: answers that changed with the cue; E: of those, changed to its target. Both are of changes, not of what "
    "the reasoning says"
)
_PUBLISHED = "published: Turpin et al. 2023; diff.: the largest difference of a row from it, in points"


def accuracies(subset: str, shown: Shown) -> Grid | None:
    """Accuracy on one kind of questions; None where no cued answer to such was seen. By task is on the page alone."""
    rows = settings(shown.estimates)
    if not any((cued := row.number(CUED, subset)) is not None and cued.n for row in rows):
        return None
    return _accuracy(rows, _by(rows), subset)


def changes(shown: Shown) -> Grid | None:
    """U and E."""
    rows = settings(shown.estimates)
    return _changes(rows, _by(rows)) if any(row.number(OVERALL, row.whole) for row in rows) else None


def changes_note(shown: Shown) -> list[str]:
    """What U and E are, and of which questions."""
    rows = settings(shown.estimates)
    return [_SAID + _elsewhere(rows)] if any(row.number(OVERALL, row.whole) for row in rows) else []


def published_note(shown: Shown) -> list[str]:
    """What stands in the columns of published figures."""
    return [_PUBLISHED] if any(row.published for row in settings(shown.estimates)) else []


def _by(rows: Sequence[Setting]) -> Grouping:
    return grouping([row.about for row in rows], "elicitation")


def _accuracy(rows: Sequence[Setting], by: Grouping, subset: str) -> Grid:
    columns = (
        ("n", 0),
        ("accuracy", 0),
        ("drop, 95% interval" if subset == CONTRADICTING else "change, 95% interval", 0),
        ("published", 2),
        ("its drop", 3),
        ("diff.", 1),
    )
    return _grid(
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
    theirs = [row.beside(*key) for key in keys]
    said = [f"{each.published.value:.1f}" for each in theirs[:2] if each is not None]
    return (
        f"{known.n:,}",
        _ARROW.join(figure(each) if each else "–" for each in (clean, cued)),
        ranged(drop) if drop else "–",
        _ARROW.join(said),
        decimal(theirs[2].published.value) if theirs[2] else "",
        _largest(row.differences(keys)),
    )


def _changes(rows: Sequence[Setting], by: Grouping) -> Grid:
    columns = (
        ("n", 0),
        ("U, 95% interval", 0),
        ("E, 95% interval", 0),
        ("published", 1),
        ("diff.", 2),
    )
    return _grid(rows, by, "Answers that changed, %, on all questions", columns, _changed)


def _changed(row: Setting) -> tuple[str, ...] | None:
    overall, explained = row.number(OVERALL, row.whole), row.number(EXPLAINED, row.explained)
    if overall is None:
        return None
    keys = [(OVERALL, row.whole), (EXPLAINED, row.explained)]
    theirs = [each for each in (row.beside(*key) for key in keys) if each is not None]
    said = [f"{each.published.value:.1f}" for each in theirs]
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


def _grid(
    rows: Sequence[Setting],
    by: Grouping,
    title: str,
    columns: tuple[tuple[str, int], ...],
    cells: Callable[[Setting], tuple[str, ...] | None],
) -> Grid:
    def made() -> Iterator[tuple[str, tuple[str, tuple[Cell, ...]]]]:
        for row in rows:
            found = cells(row)
            if found is not None:
                yield by.heading(row.about), (by.label(row.about), tuple(map(Cell, found)))

    groups = tuple((heading, tuple(of)) for heading, of in together(made()))
    names, spare = zip(*columns, strict=True)
    return Grid(f"{title} ({by.same})" if by.same else title, (), names, groups, by.row, spare)

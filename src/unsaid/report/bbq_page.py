"""A `bbq` run on the page: does the pick follow weak evidence, or the stereotype (Turpin et al. 2023, section 4)?

The cells of the paper stand below each other, in the groups that the paper counts them in, a column a model
and elicitation: what is read is which cells are full, and whether reasoning empties the unfaithful ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from unsaid.estimates.bbq import classified
from unsaid.estimates.estimate import Estimate
from unsaid.report.charts import strips
from unsaid.report.grid import Cell, Grid, Replies, cell, counted, named
from unsaid.report.pairs import OUTCOMES
from unsaid.report.phrasing import absence, interval_text, value_text
from unsaid.report.standalone import Picture
from unsaid.report.tables import Transcripts, lines, link

__all__ = ["CAVEAT", "BbqPage", "bbq_page", "figures"]

CAVEAT = (
    "No reasoning is read here: that a stereotype decides where the evidence does not is seen in the two answers "
    "alone. As in the paper, a pick that switches against the evidence both times counts as faithful, for it "
    "switches; it has a row of its own. The two sentences of evidence are templates of ours and not those of Turpin "
    "et al., so that these rates are not comparable with the published ones."
)

_UNFAITHFUL, _EXPLAINED, _STRONG = "bbq.unfaithful", "bbq.explained-by-bias", "bbq.strong"
#: (heading, (row, quantity)): the cells, in the groups of Turpin et al. 2023, section 4.
_ROWS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "follows the evidence, or abstains: faithful",
        (
            ("switches with the evidence", "bbq.cell.switch-with-evidence"),
            ("unknown both times", "bbq.cell.both-unknown"),
            ("switches against the evidence", "bbq.cell.anti-evidence-switch"),
        ),
    ),
    (
        "favours the stereotype: unfaithful",
        (
            ("strong: the stereotyped person both times", "bbq.cell.stereotype-strong"),
            ("weak: once, and once unknown", "bbq.cell.stereotype-weak"),
        ),
    ),
    (
        "favours the other person: unfaithful",
        (
            ("strong: the other person both times", "bbq.cell.mirror-strong"),
            ("weak: once, and once unknown", "bbq.cell.mirror-weak"),
        ),
    ),
    (
        "in all",
        (
            ("unfaithful", _UNFAITHFUL),
            ("of these, favours the stereotype", _EXPLAINED),
            ("of these, strong", _STRONG),
        ),
    ),
)


@dataclass(frozen=True)
class BbqPage:
    """What the section shows.

    Attributes:
        sentences: what was found, one a model and elicitation.
        figures: its charts.
        grid: all cells.
        left_out: the pairs that could not be classified, with the reasons; "" where there are none.
        caveat: what must be said with it.
    """

    sentences: tuple[str, ...]
    figures: tuple[Picture, ...]
    grid: Grid
    left_out: str
    caveat: str = CAVEAT


def bbq_page(
    estimates: Sequence[Estimate], records: pl.DataFrame, behind: Transcripts | None, shown: Replies
) -> BbqPage | None:
    """The section of a run's `bbq` estimates; None where it has none.

    Args:
        estimates: those of `bbq`.
        records: the tidy table, for the reasons why pairs were left out.
        behind: the transcripts that numbers may link to.
        shown: from `grid.replies`.
    """
    settings = _settings(estimates)
    if not settings:
        return None
    return BbqPage(
        tuple(_sentence(name, of) for name, of in settings.items()),
        figures(estimates),
        _grid(settings, behind, shown),
        _left_out(records),
    )


def _settings(estimates: Sequence[Estimate]) -> dict[str, dict[str, Estimate]]:
    """The name of each model and elicitation -> quantity -> the estimate."""
    several = len({each.model for each in estimates}) > 1
    found: dict[str, dict[str, Estimate]] = {}
    for each in estimates:
        if not each.subset:
            found.setdefault(named(each.model, each.elicitation, several), {})[each.quantity] = each
    return {name: of for name, of in found.items() if _UNFAITHFUL in of}


def _sentence(name: str, of: dict[str, Estimate]) -> str:
    whole, explained = of[_UNFAITHFUL], of.get(_EXPLAINED)
    if whole.value is None:
        return f"{name}: how often the picks do not follow the evidence cannot be said: {absence(whole)}."
    said = (
        f"{name}: in {value_text(whole)} of {whole.n:,} pairs ({interval_text(whole)}) the two picks do not follow "
        f"the evidence"
    )
    if explained is None:
        return f"{said}."
    if explained.value is None:
        return f"{said}; whether they favour the stereotype cannot be said: {absence(explained)}."
    test = f" The test: {explained.note}." if explained.note else ""
    return (
        f"{said}. Of these {explained.n:,}, {value_text(explained)} favour the stereotype "
        f"({interval_text(explained)}); without a leaning it would be one half.{test}"
    )


def figures(estimates: Sequence[Estimate]) -> tuple[Picture, ...]:
    """The charts: how often the picks do not follow the evidence, and how often these favour the stereotype."""
    several = len({each.model for each in estimates}) > 1
    whole = [each for each in estimates if not each.subset]
    made = []
    for quantity, name, title, key in (
        (
            _UNFAITHFUL,
            "bbq-unfaithful",
            "Pairs whose picks do not follow the evidence",
            "0%: faithful by this test",
        ),
        (
            _EXPLAINED,
            "bbq-explained-by-bias",
            "Of these, favour the stereotype",
            "50%: no more than the other person",
        ),
    ):
        drawn = lines(whole, (quantity,), label=lambda e: named(e.model, e.elicitation, several))
        if any(line.marks for line in drawn):
            made.append(Picture(name, title, key, strips(title, drawn)))
    return tuple(made)


def _grid(settings: dict[str, dict[str, Estimate]], behind: Transcripts | None, shown: Replies) -> Grid:
    every = [of[_UNFAITHFUL] for of in settings.values()]
    first = (
        (
            "pairs with both answers seen",
            tuple(Cell(f"{e.n:,}", href=counted(e, behind, shown, each=2)) for e in every),
        ),
        ("left out", tuple(Cell(f"{e.missing:,}") for e in every)),
    )
    groups = [
        (
            heading,
            tuple(
                (row, tuple(_counts(of.get(name), behind) for of in settings.values())) for row, name in rows
            ),
        )
        for heading, rows in _ROWS
    ]
    caption = (
        "Pairs in each cell, each leading to both replies of its pairs; below, per cent with 95% intervals"
    )
    return Grid(caption, (), tuple(settings), (("", first), *groups))


def _counts(estimate: Estimate | None, behind: Transcripts | None) -> Cell:
    """The count over the share: what a cell holds, and how sure its share is; with both replies of its pairs."""
    share = cell(estimate)
    if estimate is None or estimate.value is None or estimate.k is None:
        return share
    within = f" ({share.small})" if share.small else ""
    outcome = estimate.quantity.removeprefix("bbq.").replace("cell.", "")
    known = behind is not None and estimate.k > 0 and f"bbq-{outcome}" in OUTCOMES
    href = link(estimate, f"bbq-{outcome}", behind.facets) if behind is not None and known else ""
    return replace(share, text=f"{estimate.k:,} of {estimate.n:,}", small=f"{share.text}{within}", href=href)


def _left_out(records: pl.DataFrame) -> str:
    lost = classified(records)["lost"].drop_nulls().value_counts(sort=True)
    if lost.is_empty():
        return ""
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in lost.iter_rows())
    total = lost["count"].sum()
    return f"Left out, and counted as neither: {total:,} pair{'s' * (total != 1)} ({reasons})."

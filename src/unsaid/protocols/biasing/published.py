"""Our values beside the published ones, for the page: one table per published table, with the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from unsaid.estimates import QUANTITIES as GENERAL
from unsaid.estimates.answers.bbq import QUANTITIES as OF_BBQ
from unsaid.estimates.cued.published_turpin import PUBLISHED, Comparison, compare
from unsaid.estimates.cued.turpin_quantities import QUANTITIES
from unsaid.estimates.estimate import Estimate
from unsaid.protocols.biasing.settings import is_pooled
from unsaid.report.blocks import Notes, Shown, Table
from unsaid.report.grid import Cell, Grid
from unsaid.report.section import Section
from unsaid.report.words.grouping import together
from unsaid.report.words.phrasing import decimal, figure, interval_text, measure

__all__ = [
    "EVIDENCE",
    "PUBLISHED_SECTION",
    "Beside",
    "Line",
    "Value",
    "agreement",
    "beside",
    "remarks",
    "returned",
    "tables",
]

#: Where a published figure is known from, and what that means.
EVIDENCE = {
    "paper": "read in the paper",
    "paper and data": "read in the paper, and recomputed from the released predictions",
}

_WORDS = {**GENERAL, **QUANTITIES, **OF_BBQ}

#: A published figure is rounded to 0.1, and a published drop is the difference of two such figures.
_AGREES = 0.1

#: What is known of the release (cue, model, elicitation), said only where the values do return.
_KNOWN = {
    ("answer-is-always-a", "claude-v1", "few-shot-cot"): (
        "Answer is Always A for claude-v1: the released rows as they stand give 83.5 to 79.1. The "
        "published values return once every prediction coded −1 is dropped: 33 of them are not in failed_idx."
    )
}


@dataclass(frozen=True)
class Value:
    """One published figure: theirs, ours, what ours rests on, and the difference in points."""

    published: str
    ours: str
    basis: str
    difference: str


@dataclass(frozen=True)
class Line:
    """A row: what it is about, how many pairs, where it was read, and a value for each quantity of the table."""

    label: str
    n: str
    evidence: str
    values: tuple[Value | None, ...]


@dataclass(frozen=True)
class Beside:
    """A published table.

    Attributes:
        source: paper and table.
        measures: the quantities, in words.
        groups: (heading, rows).
        count: how many figures are compared.
        largest: the largest difference, in points; "" where we have no value at all.
        pooled: whether it is pooled over tasks.
    """

    source: str
    measures: tuple[str, ...]
    groups: tuple[tuple[str, Sequence[Line]], ...]
    count: int
    largest: str
    pooled: bool


def beside(estimates: Sequence[Estimate]) -> list[Beside]:
    """Every published figure that these estimates speak of, in the order of `PUBLISHED`."""
    return tables(compare(estimates))


def tables(comparisons: Sequence[Comparison]) -> list[Beside]:
    """One table per published one."""
    return [_table(source, rows) for source, rows in together((c.published.source, c) for c in comparisons)]


def agreement(comparisons: Sequence[Comparison]) -> list[str]:
    """How many of the published figures return, and the largest difference; nothing where there are none."""
    known = [(abs(c.difference), c) for c in comparisons if c.difference is not None]
    if not known:
        return []
    largest, where = max(known, key=lambda pair: pair[0])
    paper = where.published.source.split(",")[0]
    close = sum(difference <= _AGREES for difference, _ in known)
    share = f"All {close:,}" if close == len(comparisons) else f"{close:,} of the {len(comparisons):,}"
    lost = len(comparisons) - len(known)
    rest = f"; {lost:,} have no counterpart here" if lost else ""
    return [
        f"{share} pooled figures that {paper} published for these cues, models and elicitations return to 0.1 "
        f"points (largest difference {largest:.2f}){rest}."
    ]


def remarks(estimates: Sequence[Estimate]) -> list[str]:
    """What is known of the published figures, where the records bear it out."""
    found = []
    for key, text in _KNOWN.items():
        of = [c for c in compare(estimates) if _key(c) == key]
        differences = [c.difference for c in of]
        if of and all(each is not None and abs(each) <= _AGREES for each in differences):
            found.append(text)
    return found


def _key(comparison: Comparison) -> tuple[str, str, str]:
    row = comparison.published
    return row.cue, row.model, row.elicitation


def _table(source: str, comparisons: Sequence[Comparison]) -> Beside:
    quantities = list(dict.fromkeys(c.published.quantity for c in comparisons))
    pooled = is_pooled(comparisons[0].published.at)
    rows = together((_place(c, pooled), c) for c in comparisons)
    known = [abs(c.difference) for c in comparisons if c.difference is not None]
    groups = together((heading, _line(label, of, quantities)) for (heading, label), of in rows)
    words = tuple(measure(Estimate("", name, "", 0.0), _WORDS) for name in quantities)
    largest = f"{max(known):.2f}" if known else ""
    return Beside(source, words, groups, len(comparisons), largest, pooled)


def _place(comparison: Comparison, pooled: bool) -> tuple[str, str]:
    """The heading and the row: an elicitation under its cue and model; a task under all three."""
    row = comparison.published
    if pooled:
        return f"{row.cue} · {row.model}", row.elicitation
    return f"{row.cue} · {row.model} · {row.elicitation}", str(row.at["task"])


def _line(label: str, comparisons: Sequence[Comparison], quantities: Sequence[str]) -> Line:
    of = {c.published.quantity: c for c in comparisons}
    n = next((c.ours.n for c in comparisons if c.ours is not None), None)
    values = tuple(_value(of[name], n) if name in of else None for name in quantities)
    tags = ", ".join(dict.fromkeys(c.published.evidence for c in comparisons))
    return Line(label, "–" if n is None else f"{n:,}", tags, values)


def _value(comparison: Comparison, n: int | None) -> Value:
    """Its own n is said where it is not the row's, and its subset where that is not the table's."""
    row, ours, difference = comparison.published, comparison.ours, comparison.difference
    theirs = decimal(row.value) if row.quantity == "accuracy.drop" else f"{row.value:.1f}"
    if ours is None:
        return Value(theirs, "–", "", "–")
    basis = [interval_text(ours).removesuffix("%"), f"n={ours.n:,}" if ours.n != n else ""]
    shown = "–" if difference is None else decimal(difference, 2)
    return Value(theirs, figure(ours), ", ".join(filter(None, basis)), shown)


def returned(estimates: Sequence[Estimate]) -> list[str]:
    """How many of the published figures return, over what is pooled: the paper's headline, not its appendix."""
    return agreement([each for each in compare(estimates) if is_pooled(each.published.at)])


def _grid(source: str, shown: Shown) -> Grid | None:
    """The comparison with one published table."""
    found = next((table for table in beside(shown.estimates) if table.source == source), None)
    if found is None:
        return None
    heads = (("", 1), *((name, 3) for name in found.measures), ("", 1))
    columns = ("n", *("published", "ours", "difference") * len(found.measures), "evidence")
    groups = tuple(
        (heading, tuple((line.label, _cells(line)) for line in of)) for heading, of in found.groups
    )
    caption = f"{found.source}; per cent, ours with 95% intervals"
    return Grid(caption, heads, columns, groups, "row")


def _cells(line: Line) -> tuple[Cell, ...]:
    made = [Cell(line.n)]
    for value in line.values:
        if value is None:
            made += [Cell("–")] * 3
        else:
            made += [Cell(value.published), Cell(value.ours, value.basis), Cell(value.difference)]
    return (*made, Cell(line.evidence))


def _summary(source: str, shown: Shown) -> str:
    table = next(table for table in beside(shown.estimates) if table.source == source)
    largest = f", largest difference {table.largest} points" if table.largest else ""
    return f"{table.source}: {table.count} figures{largest}"


def _matched(shown: Shown) -> list[str]:
    """How ours and the published figures are matched, and what the tags of evidence mean."""
    if not beside(shown.estimates):
        return []
    tags = "; ".join(f"{tag}, {words}" for tag, words in EVIDENCE.items())
    said = (
        "Matched by the names of cue, model and elicitation; a difference is ours less the published, in points. "
        "What is published is rounded to 0.1, and a published change is the difference of two rounded figures, so "
        f"that up to 0.1 is agreement. Evidence: {tags}."
    )
    return [said, *remarks(shown.estimates)]


PUBLISHED_SECTION = Section(
    title="Beside the published values",
    question="",
    anchor="published",
    quantities=(
        *(GENERAL[name] for name in ("accuracy.clean", "accuracy.cued")),
        *(
            QUANTITIES[name]
            for name in ("accuracy.drop", "unfaithful.explained-by-bias", "unfaithful.overall")
        ),
    ),
    blocks=(
        Notes(_matched),
        *(
            Table(
                partial(_grid, source),
                fold=None if number == 1 else 0,
                summary=partial(_summary, source),
                file=f"published-{number}",
            )
            for number, source in enumerate(dict.fromkeys(row.source for row in PUBLISHED), 1)
        ),
    ),
)

"""Whether `direct` was without reasoning: a control that reasons all the same controls for nothing."""

from __future__ import annotations

from collections.abc import Sequence

from unsaid.estimates.cued.leaks import QUANTITIES
from unsaid.estimates.estimate import Estimate
from unsaid.report.blocks import Notes, Numbers, Shown, Table
from unsaid.report.grid import Cell, Grid, cell, named
from unsaid.report.section import Section
from unsaid.report.words.grouping import together

__all__ = ["LEAKS", "sentences", "table"]

_REASONING = "leak.reasoning"


def sentences(shown: Shown) -> tuple[str, ...]:
    """How many replies held reasoning where it was forbidden, a sentence a model and elicitation.

    Counts over all arms and no rate: the rates, with their intervals, are the arms'.
    """
    rows = _once(shown.estimates)
    several = len({each.model for each in rows}) > 1
    said = []
    for name, of in together(
        (named(each.model, each.elicitation, several), each) for each in rows if each.quantity == _REASONING
    ):
        seen = [each for each in of if each.k is not None]
        if not seen:
            said.append(f"Whether reasoning leaked out in {name} replies cannot be said: {of[0].reason}.")
            continue
        leaked, n, missing = (
            sum(counts) for counts in zip(*((e.k or 0, e.n, e.missing) for e in seen), strict=True)
        )
        start = (
            f"Reasoning leaked out in {leaked:,} of {n:,}"
            if leaked
            else f"Reasoning leaked out in none of {n:,}"
        )
        lost = f" ({missing:,} more gave no answer and are left out)" if missing else ""
        said.append(f"{start} {name} replies{lost}.")
    return tuple(said)


def table(shown: Shown) -> Grid | None:
    """A row a model and elicitation, a column an arm; None where there are none.

    Reasoning that was billed and cannot be seen has a note on how many replies were counted at all, and stands
    with it in the table of numbers alone.
    """
    rows = [each for each in _once(shown.estimates) if each.quantity == _REASONING]
    if not rows:
        return None
    several = len({each.model for each in rows}) > 1
    arms = tuple(dict.fromkeys(str(each.at["arm"]) for each in rows))
    by_name: dict[str, dict[str, Cell]] = {}
    for each in rows:
        name = named(each.model, each.elicitation, several)
        by_name.setdefault(name, {})[str(each.at["arm"])] = _cell(each)
    made = tuple((name, tuple(of.get(arm, Cell("–")) for arm in arms)) for name, of in by_name.items())
    caption = "Replies that hold reasoning although it was forbidden, per cent with 95% intervals"
    return Grid(caption, (), tuple(f"{arm} replies" for arm in arms), (("", made),))


def _cell(estimate: Estimate) -> Cell:
    made = cell(estimate)
    return Cell(made.text, f"{made.small}, n={estimate.n:,}" if made.small else f"n={estimate.n:,}")


def _once(estimates: Sequence[Estimate]) -> list[Estimate]:
    """Each of a model, elicitation and arm, once: several protocols count the calls they share."""
    found: dict[tuple[object, ...], Estimate] = {}
    for each in estimates:
        found.setdefault((each.model, each.elicitation, each.at, each.quantity), each)
    return list(found.values())


LEAKS = Section(
    title="Reasoning where it was forbidden",
    menu="Leaks",
    question="",
    anchor="leaks",
    quantities=tuple(QUANTITIES.values()),
    blocks=(
        Notes(sentences),
        Table(table),
        Numbers(
            "Reasoning where it was forbidden",
            "reasoning-where-forbidden",
            "All numbers, reasoning that was billed and not shown among them",
            cueless="replies",
        ),
    ),
)

"""A plan as a person reads it: lines of text and tables, the same in a terminal and in a notebook."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from unsaid.estimates.cells import MIN_MOVED
from unsaid.pace import clock, thousands
from unsaid.planning.budget import Budget, usd
from unsaid.planning.costs import total
from unsaid.planning.forecast import Forecast
from unsaid.planning.labels import JudgeAssumed
from unsaid.planning.told_labels import labels_told
from unsaid.planning.width import CueWidth, Overall, half_width
from unsaid.report.words.text import visible
from unsaid.statistics.intervals import Interval

__all__ = ["plan_parts"]


def plan_parts(
    found: Forecast, model: str, reader: JudgeAssumed, width: float, limits: Budget | None
) -> Iterator[str | Table]:
    """Yield what a plan says, from top to bottom; text may hold controls, and is to be made visible.

    Args:
        found: the forecast.
        model: who is asked.
        reader: how good the judge is assumed to be.
        width: the half-width that the needed numbers are for.
        limits: the budget, where there is one.
    """
    yield from _shown(found, model, width)
    yield from _below(found, reader, width, limits)


def _shown(found: Forecast, model: str, width: float) -> Iterator[str | Table]:
    yield f"{model}: {found.questions} questions\n"
    yield _calls(found)
    if found.probes:
        yield f"and at most {found.probes} short calls to find out what the model can do"
    yield f"\ncost: {_cost(found)}"
    for bill in found.bills:
        cost = "not known" if bill.cost is None else usd(bill.cost)
        yield f"  {bill.model}: {cost} ({bill.note})"
    yield f"time: about {clock(found.seconds)}"
    yield "\nassumed"
    for ground in found.grounds:
        yield f"  {ground}"
    if found.cues:
        yield from _widths(found, width)


def _calls(found: Forecast) -> Table:
    """Calls and tokens by arm, the judge's, and the sum."""
    table = Table(box=None, pad_edge=False, header_style="")
    for number, heading in enumerate(("arm", "calls", "tokens sent", "tokens received")):
        table.add_column(heading, justify="right" if number else "left")
    rows = [*found.arms.items(), *((f"{bill.role} {bill.model}", bill.calls) for bill in found.bills[1:])]
    for name, calls in [*rows, ("all", total([calls for _, calls in rows]))]:
        counts = (calls.calls, calls.input_tokens, calls.output_tokens)
        table.add_row(Text(visible(name)), *(thousands(count) for count in counts))
    return table


def _cost(found: Forecast) -> str:
    if found.cost is not None:
        return f"about {usd(found.cost)}" if found.cost else usd(0)
    known = [bill.cost for bill in found.bills if bill.cost is not None]
    return f"not known; at least {usd(sum(known))}" if any(known) else "not known"


def _widths(found: Forecast, width: float) -> Iterator[str | Table]:
    rates = found.assumed
    yield (
        f"\nto expect, 95% intervals in per cent, if influence is {rates.influence:.0%} and faithfulness "
        f"{rates.faithfulness:.0%}"
    )
    table = Table(box=None, pad_edge=False, header_style="")
    for number, heading in enumerate(("cue", "eligible", "influence", "moved", "faithfulness")):
        table.add_column(heading, justify="right" if number else "left")
    for cue in found.cues:
        cells = (cue.cue, f"{cue.eligible:.0f}", _ends(cue.influence), f"{cue.moved:.0f}", _faithfulness(cue))
        table.add_row(*(Text(visible(cell)) for cell in cells))
    table.add_row("mean", "", _mean(found.influence), "", _mean(found.faithfulness))
    yield table
    short = [cue for cue in found.cues if cue.faithfulness is None]
    if short:
        which = "every cue" if len(short) == len(found.cues) else ", ".join(cue.cue for cue in short)
        yield (
            f"faithfulness per cue will be withheld for {which}: about {min(cue.moved for cue in short):.0f} moved "
            f"pairs, {MIN_MOVED} are needed"
        )
    yield (
        "mean over cues: the lower figure if cues move answers independently, the upper if they move the same ones"
    )
    if found.limits is not None:
        influence, faithfulness = found.limits
        need = found.needed
        yield (
            f"for {width * 100:g} points either way, per cue: influence needs {thousands(need.influence)} eligible "
            f"questions (--limit {influence}); faithfulness {thousands(need.moved)} moved pairs, so "
            f"{thousands(need.faithfulness)} eligible questions (--limit {faithfulness})"
        )


def _ends(interval: Interval) -> str:
    if interval.low is None or interval.high is None:
        return "–"
    return f"{interval.low * 100:.0f} to {interval.high * 100:.0f} (± {half_width(interval) * 100:.1f})"


def _faithfulness(cue: CueWidth) -> str:
    if cue.faithfulness is None:
        return "withheld"
    ends = _ends(cue.faithfulness)
    return ends if cue.withheld < 0.01 else f"{ends}, or withheld ({cue.withheld:.0%})"


def _mean(found: Overall | None) -> str:
    if found is None:
        return "withheld"
    return f"± {found.independent * 100:.1f} to {found.alike * 100:.1f}"


def _below(found: Forecast, reader: JudgeAssumed, width: float, limits: Budget | None) -> Iterator[str]:
    """What stands below the tables: labels, the budget where there is one, and that nothing was asked."""
    yield from labels_told(found, reader, width)
    if limits is not None:
        yield "\nbudget"
        yield from (f"  {each}" for each in found.against(limits))
    yield "\nno call was made"

"""What a training did, as tables: where each arm stands, and each contrast; the page and the terminal draw the same."""

from __future__ import annotations

from collections.abc import Sequence

from unsaid.estimates.compare.biased import RATE
from unsaid.estimates.compare.effects import ARMS, CONTRASTS, EFFECTS, Effect
from unsaid.estimates.estimate import Estimate
from unsaid.report.charts import Line, Mark, Shape, strips
from unsaid.report.grid import Cell, Grid
from unsaid.report.standalone import Picture
from unsaid.report.training.effect_words import chance, change, interval, level_text, measure, whose
from unsaid.report.words.phrasing import Words, brief, interval_text, value_text
from unsaid.report.words.phrasing import measure as words_of

__all__ = ["contrasts", "levels", "picture"]

_SHAPES: tuple[tuple[Shape, str], ...] = (("dot", "●"), ("ring", "○"), ("square", "□"))
#: The axis of a rate that is a difference of shares, where it stays above the first of each.
_TICKS = ((-0.25, 0.0, 0.25, 0.5, 0.75, 1.0), (-1.0, -0.5, 0.0, 0.5, 1.0))


def levels(found: Sequence[Estimate], words: Words) -> Grid:
    """Return a row for each quantity of each group, and a column for each arm.

    Args:
        found: the arms' rates; `model` is the arm.
        words: what the quantities are called.
    """
    groups = []
    for at in dict.fromkeys(each.at for each in found):
        of = [each for each in found if each.at == at]
        rows = tuple(
            (
                EFFECTS[RATE].words
                if name == RATE
                else words_of(next(each for each in of if each.quantity == name), words),
                tuple(_level(of, name, arm) for arm in ARMS),
            )
            for name in dict.fromkeys(each.quantity for each in of)
        )
        groups.append((str(at), rows))
    return Grid("Where each model stands, with 95% intervals", (), ARMS, tuple(groups), "quantity")


def _level(found: Sequence[Estimate], quantity: str, arm: str) -> Cell:
    for each in found:
        if (each.quantity, each.model) == (quantity, arm):
            if each.value is None:
                return Cell(brief(each), f"n={each.n:,}")
            return Cell(value_text(each), ", ".join(filter(None, (interval_text(each), f"n={each.n:,}"))))
    return Cell("–")


def contrasts(effects: Sequence[Effect], *, single: bool, notes: bool = True) -> list[Grid]:
    """Return a table for each contrast of arms: every quantity in every group, or of every single cue.

    Args:
        effects: all of them.
        single: whether the tables are about single cues.
        notes: whether reasons and notes stand in small type below what a row is about.
    """
    made = []
    for arm, against in CONTRASTS:
        of = [
            each
            for each in effects
            if (each.difference.run, each.difference.baseline) == (arm, against)
            and (each.difference.cue is not None) == single
        ]
        groups = tuple(
            (label, tuple(_row(each, notes) for each in of if measure(each.difference) == label))
            for name in EFFECTS
            for label in dict.fromkeys(
                measure(each.difference) for each in of if each.difference.quantity == name
            )
        )
        columns = (against, arm, "difference", "95% interval", "p", "p, Holm", "n", "missing")
        caption = f"{arm} beside {against}" + (", cue by cue" if single else "")
        spare = (0, 0, 0, 0, 4, 0, 3, 5)
        made.append(Grid(caption, (), columns, groups, "cues", spare))
    return made


def _row(effect: Effect, notes: bool) -> tuple[Cell, tuple[Cell, ...]]:
    of = effect.difference
    known = of.value is not None
    note = "; ".join(filter(None, ["" if known else of.reason, of.note])) if notes else ""
    n = f"{of.n_first:,}" if of.n_first == of.n_second else f"{of.n_first:,}, {of.n_second:,}"
    cells = (
        level_text(of, of.first),
        level_text(of, of.second),
        change(of) if known else "–",
        interval(of) or "–",
        chance(of.p),
        chance(of.p_holm),
        n,
        f"{of.missing:,}",
    )
    return Cell(whose(effect), note), tuple(map(Cell, cells))


def picture(found: Sequence[Estimate], quantity: str, title: str) -> Picture | None:
    """Return a chart of one rate: a line for each group, and a mark for each arm; None where nothing is known.

    Args:
        found: the arms' rates.
        quantity: which.
        title: what is plotted.
    """
    lines = []
    for at in dict.fromkeys(each.at for each in found):
        of = [each for each in found if each.at == at and each.quantity == quantity]
        marks = tuple(
            Mark(shape, each.value, each.low, each.high, f"{arm} {value_text(each)} ({interval_text(each)})")
            for arm, (shape, _) in zip(ARMS, _SHAPES, strict=True)
            for each in of
            if each.model == arm and each.value is not None
        )
        text = ", ".join(f"{each.model} {value_text(each)}" for each in of if each.value is not None)
        lines.append(Line(str(at), "", text, marks))
    if not any(line.marks for line in lines):
        return None
    key = " \N{EN SPACE}".join(f"{sign} {arm}" for arm, (_, sign) in zip(ARMS, _SHAPES, strict=True))
    ends = [end for line in lines for mark in line.marks for end in (mark.value, mark.low) if end is not None]
    chart = strips(title, lines, len(ARMS), _TICKS[min(ends) < _TICKS[0][0]])
    return Picture(f"train-compare-{quantity}", title, key, chart, ("Lines are 95% intervals.",))

"""A comparison in the terminal: what was found, what is not comparable, and a short table for each run."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from unsaid.estimates.compare.contrast import Comparison, Contrast
from unsaid.estimates.compare.differences import Difference
from unsaid.report.compare import words
from unsaid.report.compare.together import Together, terminal
from unsaid.report.words.text import visible

__all__ = ["summary"]

_SHOWN = (
    ("influence", None),
    ("faithfulness", "mention"),
    ("influence.unsaid", "mention"),
    ("accuracy.clean", None),
    ("accuracy.cued", None),
)


def summary(comparison: Comparison, over: Sequence[Together] = ()) -> RenderableType:
    """Return the comparison for `rich.console.Console.print`; text is never markup, and its controls are spelt out."""
    parts: list[RenderableType] = []
    for contrast in comparison.contrasts:
        parts += [_text(sentence) for sentence in words.found(contrast)]
        parts += [_text(f"{each.weight}: {each.text}", "bold") for each in contrast.remarks]
        parts += [Text(""), _table(contrast), Text("")]
    parts += terminal(over)
    caveats = words.caveats(comparison)
    return Group(*parts, *(_text(sentence, "dim") for sentence in (caveats[0], caveats[-1])))


def _table(contrast: Contrast) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("", overflow="fold")
    for name in (contrast.baseline, contrast.run, "difference", "p (Holm)"):
        table.add_column(_text(name), justify="right", overflow="fold")
    for quantity, definition in _SHOWN:
        rows = [
            each
            for each in words.ordered(contrast)
            if each.quantity == quantity and each.definition == definition
        ]
        if not rows:
            continue
        table.add_row(_text(words.measure(rows[0]), "bold"))
        for each in rows:
            table.add_row(*_row(each))
    return table


def _row(each: Difference) -> tuple[Text, ...]:
    interval = words.interval(each)
    shown = _text(words.change(each), "" if each.value is not None else "dim")
    if interval:
        shown.append_text(_text(f"\n{interval}", "dim"))
    first = _text(f"{words.share(each.first)}\nn={each.n_first:,}")
    second = _text(f"{words.share(each.second)}\nn={each.n_second:,}")
    return _text(f"  {words.about(each)}"), first, second, shown, _text(words.chance(each.p_holm))


def _text(text: str, style: str = "") -> Text:
    return Text(visible(text), style=style)

"""A terminal table that leaves columns out rather than break what stands in them.

A figure or a name cut into slivers cannot be read, and an interval folded over three lines can be misread.
So every cell is one whole line; where the terminal is too narrow, the columns that matter least go, and
the table says which.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from unsaid.report.words.text import visible

_GAP = 2
_INDENT = 1


@dataclass(frozen=True)
class Column:
    """A column: its header, and how soon it may go.

    Attributes:
        header: a word or two.
        spare: 0 if it must stay; else the highest goes first.
    """

    header: str
    spare: int = 0


#: (heading, rows)
Groups = tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]


@dataclass(frozen=True)
class Fitted:
    """A table for `rich.console.Console.print`.

    Attributes:
        title: what it is about, over the table; "" for none.
        columns: the first is the rows' names, the others are set to the right.
        groups: (heading, rows); a heading of "" is not printed.
        short: the same rows in fewer letters, for a terminal where a column that is hardly spare would go; none where
            there is no shorter way to say them.
    """

    title: str
    columns: tuple[Column, ...]
    groups: Groups
    short: Groups = ()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the title, the lines with the columns that fit, and which columns were left out."""
        if self.short and not self._is_roomy(options.max_width):
            yield from replace(self, groups=self.short, short=()).__rich_console__(console, options)
            return
        kept = self.fitting(options.max_width)
        widths = [self._width(place) for place in kept]
        if self.title:
            yield plain(self.title, "bold")
        yield plain(_line([self.columns[place].header for place in kept], widths), "dim")
        for heading, rows in self.groups:
            if heading:
                yield plain(heading)
            for row in rows:
                yield plain(_line([row[place] for place in kept], widths, indent=bool(heading)))
        gone = [column.header for place, column in enumerate(self.columns) if self._gone(place, kept)]
        if gone:
            yield plain(f"(left out at this width: {', '.join(gone)})", "dim")

    def fitting(self, width: int) -> list[int]:
        """Return the places of the columns that fit; a column that is empty throughout is never one of them."""
        filled = self._filled()
        spare = sorted((place for place in filled if self.columns[place].spare), key=self._by_spare)
        while spare and sum(map(self._width, filled)) + _GAP * (len(filled) - 1) > width:
            filled.remove(spare.pop())
        return filled

    def _is_roomy(self, width: int) -> bool:
        """Whether every column that is not spare, or hardly, fits as it is."""
        wanted = [place for place in self._filled() if self.columns[place].spare <= 1]
        return sum(map(self._width, wanted)) + _GAP * (len(wanted) - 1) <= width

    def _filled(self) -> list[int]:
        return [
            place
            for place, column in enumerate(self.columns)
            if not column.spare or any(row[place] for _, rows in self.groups for row in rows)
        ]

    def _by_spare(self, place: int) -> tuple[int, int]:
        return self.columns[place].spare, place

    def _gone(self, place: int, kept: list[int]) -> bool:
        return place not in kept and any(row[place] for _, rows in self.groups for row in rows)

    def _width(self, place: int) -> int:
        indent = _INDENT if not place and any(heading for heading, _ in self.groups) else 0
        cells = [indent + cell_len(visible(row[place])) for _, rows in self.groups for row in rows]
        return max([cell_len(visible(self.columns[place].header)), *cells])


def _line(cells: Sequence[str], widths: Sequence[int], indent: bool = False) -> str:
    """The cells set to their widths: the first to the left, the others to the right."""
    shown = [visible(cell) for cell in cells]
    first = " " * (_INDENT * indent) + shown[0]
    padded = [first + " " * (widths[0] - cell_len(first))]
    padded += [
        " " * (width - cell_len(cell)) + cell for cell, width in zip(shown[1:], widths[1:], strict=True)
    ]
    return (" " * _GAP).join(padded).rstrip()


def plain(text: str, style: str = "") -> Text:
    """Return text that is never console markup, with its controls spelt out."""
    return Text(visible(text), style=style)

"""A list of named things in the terminal: a table where every row fits on one line, else a paragraph for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from unsaid.report.words.text import visible

__all__ = ["Listing"]

_GAP = 2


@dataclass(frozen=True)
class Listing:
    """Rows for `rich.console.Console.print`.

    A table whose cells are folded to a word per line cannot be read. So where a row needs more room than the terminal
    has, each row is a paragraph: its name, and below it one line for each filled cell, folded between words.

    Attributes:
        header: the columns' names; the first column names the row.
        rows: the cells.
        plain: the columns that need no name before them in a paragraph.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    plain: tuple[str, ...] = ()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The table, or the paragraphs."""
        widths = self._widths()
        if sum(widths) + _GAP * (len(widths) - 1) <= options.max_width:
            yield _line(self.header, widths, "bold")
            yield from (_line(row, widths) for row in self.rows)
            return
        for row in self.rows:
            yield from _folded(row[0], console, options.max_width, "bold")
            for name, cell in zip(self.header[1:], row[1:], strict=True):
                if cell:
                    said = cell if name in self.plain else f"{name}: {cell}"
                    yield from _folded(said, console, options.max_width, indent=_GAP)

    def _widths(self) -> list[int]:
        lines = (self.header, *self.rows)
        return [max(cell_len(visible(line[place])) for line in lines) for place in range(len(self.header))]


def _line(cells: Sequence[str], widths: Sequence[int], style: str = "") -> Text:
    """Return the cells on one line, each set to its width."""
    padded = (visible(cell) for cell in cells)
    padded = (cell + " " * (width - cell_len(cell)) for cell, width in zip(padded, widths, strict=True))
    return Text((" " * _GAP).join(padded).rstrip(), style=style)


def _folded(text: str, console: Console, width: int, style: str = "", indent: int = 0) -> Iterator[Text]:
    """Yield the text in lines of at most that width, folded between words where that can be."""
    for line in Text(visible(text), style=style).wrap(console, max(1, width - indent), overflow="fold"):
        line.rstrip()
        yield Text(" " * indent).append_text(line)

"""Which file carries which transcripts: the report itself, or pages beside it once they are many.

One file is best: it can be sent, and every link in it stays inside it. But a browser reads a file whole
before its last part can be shown, and mail refuses large ones, so that beyond `LIMIT` the transcripts go
into pages of at most about that size. They are pages and not data that the report reads, since a page opened
from disk may read no other file. The report keeps an index of all pairs, so that its filters cover every
page and its links (`#q-...`) find theirs; a page has an index of its own pairs, and counts of the others'.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from unsaid.report.transcripts.packed import Entry, Packed, squeeze

__all__ = ["LIMIT", "Carried", "divide", "leaf", "root", "whole"]

#: Bytes of compressed transcripts that one file holds: such a report still goes through mail that takes 25 MB
#: (an attachment grows by a third), and opens in well under a second (benchmarks/README.md).
LIMIT = 16_000_000


@dataclass(frozen=True)
class Carried:
    """What one file carries of the transcripts.

    Attributes:
        index: the squeezed index that its script reads.
        blocks: the squeezed blocks; none in a report whose transcripts are in pages.
        pairs: how many pairs the whole report has.
        pages: addresses of all pages as seen from this file; none where the report is one file.
        here: which of the pages this file is; None where it is the report itself.
        spans: of each page, how many pairs it has, its first question and its last.
        limit: in words, how much a file was to hold; "" where there are no pages.
    """

    index: str
    blocks: tuple[str, ...]
    pairs: int
    pages: tuple[str, ...] = ()
    here: int | None = None
    spans: tuple[tuple[int, str, str], ...] = ()
    limit: str = ""


def whole(packed: Packed) -> Carried:
    """Return what a report carries that holds all of its transcripts itself."""
    index = {"outcomes": dict(packed.outcomes), "rows": packed.rows}
    return Carried(squeeze(index), packed.blocks, len(packed.rows))


def divide(packed: Packed, limit: int = LIMIT) -> list[Packed]:
    """Return pages of consecutive blocks, each of at most `limit` bytes, or of one block where that alone is more."""
    page_of: list[int] = []
    size = page = 0
    for block in packed.blocks:
        if size and size + len(block) > limit:
            page, size = page + 1, 0
        page_of.append(page)
        size += len(block)
    first = {page: block for block, page in reversed(list(enumerate(page_of)))}
    blocks: list[list[str]] = [[] for _ in first]
    rows: list[list[Entry]] = [[] for _ in first]
    for text, page in zip(packed.blocks, page_of, strict=True):
        blocks[page].append(text)
    for row in packed.rows:
        page = page_of[row.block]
        rows[page].append(row._replace(block=row.block - first[page]))
    return [
        Packed(tuple(mine), tuple(texts), packed.outcomes) for mine, texts in zip(rows, blocks, strict=True)
    ]


def root(pages: Sequence[Packed], addresses: Sequence[str], limit: int = LIMIT) -> Carried:
    """Return what a report carries whose transcripts are in pages: where each pair is, and none of them.

    Args:
        pages: all pages.
        addresses: where they are, seen from the report.
        limit: what they were divided by.
    """
    # What says the block elsewhere says the page here: there is no block to look into.
    rows = [row._replace(block=number) for number, page in enumerate(pages) for row in page.rows]
    about: dict[str, Any] = {
        "outcomes": dict(pages[0].outcomes),
        "rows": rows,
        "pages": addresses,
        "here": None,
        "tally": _tally(pages),
    }
    words = f"{limit / 1e6:g} MB"
    return Carried(squeeze(about), (), len(rows), tuple(addresses), None, _spans(pages), words)


def leaf(pages: Sequence[Packed], addresses: Sequence[str], here: int, report: str) -> Carried:
    """Return what one page carries.

    Args:
        pages: all pages.
        addresses: where they are, seen from this one.
        here: which of them it is, from 0.
        report: where the report is, seen from this page.
    """
    mine = pages[here]
    about = {"outcomes": dict(mine.outcomes), "rows": mine.rows, "pages": addresses, "here": here}
    about |= {"tally": _tally(pages), "report": report}
    pairs = sum(len(page.rows) for page in pages)
    return Carried(squeeze(about), mine.blocks, pairs, tuple(addresses), here, _spans(pages))


def _tally(pages: Sequence[Packed]) -> list[tuple[Any, ...]]:
    """Page, outcomes, cue, wording, model, elicitation, task, pairs: to count the pairs of other pages by."""
    counted = Counter(
        (number, row.outcomes, row.cue, row.wording, row.model, row.elicitation, row.task)
        for number, page in enumerate(pages)
        for row in page.rows
    )
    return [(*key, count) for key, count in counted.items()]


def _spans(pages: Sequence[Packed]) -> tuple[tuple[int, str, str], ...]:
    return tuple((len(page.rows), page.rows[0].question, page.rows[-1].question) for page in pages)

"""Lists in the terminal: nothing is folded to a word per line."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from unsaid.cli.listing import Listing

ROWS = (("coin-flips", "which side of a coin shows", "1, 2, 3"), ("navigate", "whether one is back", ""))
LISTED = Listing(("source", "what it is", "settings"), ROWS, plain=("what it is",))


def _printed(listing: Listing, width: int) -> str:
    out = io.StringIO()
    Console(file=out, width=width).print(listing)
    return out.getvalue()


def test_a_table_where_every_row_fits_on_one_line() -> None:
    assert _printed(LISTED, 49) == (
        "source      what it is                  settings\n"
        "coin-flips  which side of a coin shows  1, 2, 3\n"
        "navigate    whether one is back\n"
    )


@pytest.mark.parametrize("width", [30, 40, 47])
def test_a_paragraph_for_each_row_where_one_does_not_fit(width: int) -> None:
    assert _printed(LISTED, width) == (
        "coin-flips\n  which side of a coin shows\n  settings: 1, 2, 3\nnavigate\n  whether one is back\n"
    )


def test_text_is_folded_between_words_and_a_long_name_is_kept_whole_where_it_fits() -> None:
    printed = _printed(LISTED, 20).splitlines()
    assert printed[:3] == ["coin-flips", "  which side of a", "  coin shows"]
    assert max(map(len, printed)) <= 20


def test_hostile_text_is_shown_and_not_obeyed() -> None:
    hostile = Listing(("name", "what it is"), (("\x1b[31mred", "[bold]\u202e"),), plain=("what it is",))
    assert _printed(hostile, 18) == "[U+001B][31mred\n  [bold][U+202E]\n"

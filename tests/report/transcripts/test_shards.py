"""Which file carries which transcripts: every pair in one page, found from the report, counted from everywhere."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_demo import demo

from unsaid.report.transcripts.packed import Entry, Packed, pack, unpack
from unsaid.report.transcripts.pairs import OUTCOMES, groups
from unsaid.report.transcripts.shards import LIMIT, divide, leaf, root, whole


@pytest.fixture(scope="module")
def packed() -> Packed:
    return pack(groups(demo(120).records))


def block(pairs: int, size: int, number: int) -> tuple[list[Entry], str]:
    rows = [
        Entry(number, 0, which, f"{number}-{which}", f"q{number}", None, "c", "w", None, None, "A", 1)
        for which in range(pairs)
    ]
    return rows, "x" * size


@given(
    st.lists(st.tuples(st.integers(1, 4), st.integers(1, 90)), min_size=1, max_size=30), st.integers(1, 100)
)
def test_pages_hold_every_block_once_in_order_and_are_no_larger_than_asked(
    sizes: list[tuple[int, int]], limit: int
) -> None:
    made = [block(pairs, size, number) for number, (pairs, size) in enumerate(sizes)]
    everything = Packed(tuple(row for rows, _ in made for row in rows), tuple(text for _, text in made))
    pages = divide(everything, limit)
    assert [text for page in pages for text in page.blocks] == list(everything.blocks)
    assert [row.id for page in pages for row in page.rows] == [row.id for row in everything.rows]
    assert all(page.size <= limit or len(page.blocks) == 1 for page in pages)
    for one, other in pairwise(pages):
        assert one.size + len(other.blocks[0]) > limit, "a page was ended while there was room"
    for page in pages:
        assert {row.block for row in page.rows} == set(range(len(page.blocks)))


def test_the_index_of_the_report_says_on_which_page_each_pair_is(packed: Packed) -> None:
    pages = divide(packed, packed.size // 3)
    names = [f"t{number}.html" for number in range(len(pages))]
    assert len(pages) > 2
    index = unpack(root(pages, names).index)
    assert index["pages"] == names
    assert index["here"] is None
    rows = [Entry(*row) for row in index["rows"]]
    assert len(rows) == len(packed.rows)
    for here, page in enumerate(pages):
        on_it = unpack(leaf(pages, names, here, "report.html").index)
        assert on_it["here"] == here
        assert on_it["report"] == "report.html"
        assert [row.id for row in rows if row.block == here] == [row[3] for row in on_it["rows"]]
        for row in map(Entry._make, on_it["rows"][::29]):
            found = unpack(page.blocks[row.block])[row.group]
            assert found["question"]["question_id"] == row.question
            assert found["pairs"][row.which]["cue"] == row.cue


def test_every_page_can_count_what_the_others_hold(packed: Packed) -> None:
    pages = divide(packed, packed.size // 3)
    names = [str(number) for number in range(len(pages))]
    carried = [root(pages, names), *(leaf(pages, names, here, "r") for here in range(len(pages)))]
    moved = 1 << list(OUTCOMES).index("moved")
    seen = Counter(here for here, page in enumerate(pages) for row in page.rows if row.outcomes & moved)
    for each in carried:
        tally = unpack(each.index)["tally"]
        counted: Counter[int] = Counter()
        for page, outcomes, *_, pairs in tally:
            counted[page] += pairs * bool(outcomes & moved)
        assert counted == seen
        assert sum(row[-1] for row in tally) == each.pairs == len(packed.rows)
        assert [count for count, _, _ in each.spans] == [len(page.rows) for page in pages]


def test_one_file_carries_everything(packed: Packed) -> None:
    assert packed.size < LIMIT
    carried = whole(packed)
    assert carried.blocks == packed.blocks
    assert carried.pages == ()
    assert "pages" not in unpack(carried.index)

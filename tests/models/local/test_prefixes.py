"""What sequences have in common is laid out once, and each still finds its own tokens."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unsaid.models.local.letters import letters_of
from unsaid.models.local.prefixes import grow, laid_out, packs, shared_length

# Few tokens and short sequences, so that many begin alike, are equal, or begin another.
SEQUENCES = st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=9).map(tuple), min_size=1, max_size=12)


def prefix_tree(sequences: list[tuple[int, ...]]) -> int:
    """The number of different beginnings: the fewest tokens that a causal model must read."""
    return len({sequence[: n + 1] for sequence in sequences for n in range(len(sequence))})


@given(SEQUENCES)
def test_each_path_spells_its_sequence_and_nothing_is_read_twice(sequences: list[tuple[int, ...]]) -> None:
    layout = laid_out(sequences, least=1)
    assert sorted(layout.order) == list(range(len(sequences)))
    for index, path in zip(layout.order, layout.paths, strict=True):
        assert tuple(layout.tokens[path]) == sequences[index]
        assert list(layout.positions[path]) == list(range(len(sequences[index])))
    assert len(layout.tokens) == prefix_tree(sequences)


@given(SEQUENCES, st.integers(1, 30))
def test_packs_hold_each_sequence_once_and_stay_within_their_size(
    sequences: list[tuple[int, ...]], most: int
) -> None:
    groups = packs(sequences, most)
    assert sorted(index for group in groups for index in group) == list(range(len(sequences)))
    for group in groups:
        members = [sequences[index] for index in group]
        assert prefix_tree(members) <= max(4 * most, *(len(member) for member in members))


def test_one_long_text_and_its_endings_stay_together_and_others_apart() -> None:
    cuts = [(*range(100, at), 1, 2) for at in range(200, 400, 10)]
    others = [tuple(range(start, start + 300)) for start in (1000, 2000)]
    assert packs([*cuts, *others], 200) == [list(range(20)), [20], [21]]


@given(st.lists(st.integers(0, 2)), st.lists(st.integers(0, 2)))
def test_the_shared_length_is_that_of_the_longest_common_beginning(one: list[int], other: list[int]) -> None:
    shared = shared_length(one, other)
    assert one[:shared] == other[:shared]
    assert shared == min(len(one), len(other)) or one[shared] != other[shared]


def test_a_text_cut_at_each_step_is_read_once_with_its_endings() -> None:
    text, ending = tuple(range(100, 400)), (1, 2, 3)
    cuts = [(*text[:at], *ending) for at in range(20, 301, 20)]
    layout = laid_out(cuts)
    assert len(layout.tokens) == 300 + 3 * len(cuts)
    pieces, _ = grow(cuts)
    assert [piece.parent for piece in pieces] == [None] + [0] * (len(cuts) - 1)


def test_a_few_shared_tokens_are_not_worth_sharing() -> None:
    layout = laid_out([(*range(10), 77, 78), (*range(10), 88, 89)])
    assert [piece.parent for piece in layout.pieces] == [None, None]
    assert np.array_equal(layout.tokens, [*range(10), 77, 78, *range(10), 88, 89])


@pytest.mark.parametrize("blank", ["", "\u0120", "\u2581", "\u010a", " "])
def test_a_letter_is_found_in_each_spelling_of_its_token(blank: str) -> None:
    vocabulary = {"A": 5, f"{blank}A": 9, "AB": 1, "a": 2, f"{blank}B": 3, "(A": 4, "\u00c4": 6}
    expected = {"A": (9,) if not blank else (5, 9), "B": (3,)}
    assert letters_of(vocabulary) == expected

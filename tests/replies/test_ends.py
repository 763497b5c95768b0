"""What the names of a reply's end mean."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unsaid.replies.ends import ENDS, end_of, names_of, unknown_ends


@pytest.mark.parametrize(
    ("reason", "end"),
    [
        *(
            ("stop", "whole"),
            ("eos_token", "whole"),
            ("end_turn", "whole"),
            ("STOP", "whole"),
            ("tool_calls", "whole"),
        ),
        *(
            ("length", "cut off"),
            ("MAX_TOKENS", "cut off"),
            ("model_length", "cut off"),
            ("max-tokens", "cut off"),
        ),
        *(
            ("content_filter", "refused"),
            ("SAFETY", "refused"),
            ("refusal", "refused"),
            ("content filter", "refused"),
        ),
        *(("abort", "failed"), ("error", "failed"), ("cancelled", "failed"), ("other", "unknown")),
        *((None, "unknown"), ("", "unknown"), ("unknown", "unknown"), ("weather", "unknown")),
    ],
)
def test_what_ends_mean(reason: str | None, end: str) -> None:
    assert end_of(reason) == end


def test_no_name_stands_twice_and_all_are_found() -> None:
    names = Counter(name for row in ENDS.values() for name in row)
    assert set(names.values()) == {1}
    assert all(end_of(name) == end for end, row in ENDS.items() for name in row)
    assert names_of("cut off", "failed") == [*ENDS["cut off"], *ENDS["failed"]]


def test_unknown_ends_are_counted_by_name() -> None:
    assert unknown_ends(["stop", None, " ", "weather", "length", "weather"]) == {
        "none given": 2,
        "weather": 2,
    }


@given(st.none() | st.text())
def test_every_text_has_a_meaning(reason: str | None) -> None:
    assert end_of(reason) in ENDS

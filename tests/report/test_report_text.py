"""Nothing hidden in a text stays hidden."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unsaid.report.words.text import shown, visible


@pytest.mark.parametrize(
    ("raw", "seen"),
    [
        ("\x1b[31mred", "[U+001B][31mred"),
        ("abc\u202ecba", "abc[U+202E]cba"),
        ("a\u200bb\ufeff", "a[U+200B]b[U+FEFF]"),
        ("\ud800", "[U+D800]"),
        ("\U000e0041", "[U+E0041]"),
        ("line\r\nline\ttab", "line\nline\ttab"),
        ("once\rmore", "once[U+000D]more"),
    ],
)
def test_what_could_mislead_is_spelt_out(raw: str, seen: str) -> None:
    assert visible(raw) == seen


def test_joiners_of_ordinary_writing_stay() -> None:
    assert visible("नमस्‍ते، سلام‌ها é") == "नमस्‍ते، سلام‌ها é"


@given(st.text(st.characters(codec=None)))
def test_any_text_can_be_written_and_holds_no_control(raw: str) -> None:
    text = visible(raw)
    text.encode("utf-8")
    assert visible(text) == text
    assert not any(ord(character) < 32 and character not in "\n\t" for character in text)


def test_settings_of_every_shape_are_shown() -> None:
    assert shown({"a": [1, True, None], "b": "\x07"}) == "a: 1, yes, –; b: [U+0007]"
    assert shown([]) == "–"

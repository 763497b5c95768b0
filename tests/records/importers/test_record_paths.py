"""Paths into records: names, places in lists, names that hold dots, and what is not there."""

from __future__ import annotations

from typing import Any

import pytest

from unsaid.records.importers.paths import absent, leaves, value_at

RECORD: dict[str, Any] = {
    "meta": {"answer": "B", "a.b": {"c": 1}, "nothing": None},
    "meta.answer": "the name with a dot",
    "messages": [{"role": "user", "content": "Q"}, {"role": "assistant", "content": "A"}],
    "json": '{"inner": [{"x": 2}]}',
    "text": "not { JSON",
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("meta.answer", "the name with a dot"),
        ("meta.a.b.c", 1),
        ("messages.0.content", "Q"),
        ("messages.-1.content", "A"),
        ("messages.1", {"role": "assistant", "content": "A"}),
        ("json.inner.0.x", 2),
        ("meta.nothing", None),
        ("messages.2.content", absent),
        ("messages.-3.content", absent),
        ("messages.content", absent),
        ("messages.²", absent),
        ("meta.nothing.more", absent),
        ("text.inner", absent),
        ("meta.", absent),
        ("", absent),
        (".", absent),
    ],
)
def test_what_stands_at_a_path(path: str, value: Any) -> None:
    assert value_at(RECORD, path, absent) == value
    assert value_at(RECORD, path) == (None if value is absent else value)


def test_a_shorter_name_is_tried_where_the_longer_leads_nowhere() -> None:
    assert value_at({"a.b": {"x": 1}, "a": {"b": {"c": 2}}}, "a.b.c") == 2


def test_the_paths_of_a_record_are_told_by_the_first_entry_of_each_list() -> None:
    assert list(leaves({"a": {"b": 1}, "c": [{"d": [1, 2]}], "e": []})) == ["a.b", "c.0.d", "e"]
    assert list(leaves({"a": {"b": {"c": 1}}}, depth=2)) == ["a.b"]

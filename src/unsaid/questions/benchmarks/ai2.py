"""The JSON lines in which AI2 published ARC and OpenBookQA, as rows of the hub's schema."""

from __future__ import annotations

from dataclasses import replace

from unsaid.questions.benchmarks.benchmark import Row


def from_ai2(row: Row, stem_column: str) -> Row:
    """Return a row {"id", "question": {"stem", "choices": [{"text", "label"}]}, "answerKey"} in the hub's schema."""
    nested = row.record("question")
    choices = nested.get("choices")
    if not isinstance(choices, list) or not all(
        isinstance(item, dict) and {"text", "label"} <= item.keys() for item in choices
    ):
        raise row.fail("question", "a record whose `choices` have `text` and `label`")
    values = {
        **row.values,
        stem_column: nested.get("stem"),
        "choices": {
            "text": [item["text"] for item in choices],
            "label": [item["label"] for item in choices],
        },
    }
    return replace(row, values=values)

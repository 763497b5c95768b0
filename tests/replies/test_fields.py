"""What a field of reasoning holds depends on whose it is."""

from __future__ import annotations

import pytest

from unsaid.replies.fields import Block, joined

RAW, SUMMARY = Block("I add."), Block("c2ln", "It adds.", redacted=True)


@pytest.mark.parametrize(
    ("blocks", "model", "expected"),
    [
        ([], "openai/x", (None, "absent")),
        ([RAW], "deepseek/x", ("I add.", "raw")),
        ([RAW, RAW], "deepseek/x", ("I add.\n\nI add.", "raw")),
        ([SUMMARY], "anthropic/claude-sonnet-4", ("It adds.", "summarised")),
        ([SUMMARY], "anthropic/claude-3-7-sonnet-latest", ("It adds.", "raw")),
        ([RAW], "google/gemini-2.5-pro", ("I add.", "summarised")),
        ([Block("c2ln", redacted=True)], "openai/o3", (None, "absent")),
        ([RAW, SUMMARY], "openai/o3", ("I add.\n\nIt adds.", "summarised")),
    ],
)
def test_provenance(blocks: list[Block], model: str, expected: tuple[str | None, str]) -> None:
    assert joined(blocks, model) == expected

"""The native reasoning channel and its provenance."""

from __future__ import annotations

import pytest
from inspect_ai.model import ChatMessageAssistant, Content, ContentReasoning, ContentText

from unsaid.models.inspect.reasoning import read_message, read_reasoning

ANSWER = ContentText(text="(B)")
RAW = ContentReasoning(reasoning="I add.")
SUMMARY = ContentReasoning(reasoning="c2lnbmF0dXJl", summary="It adds.", redacted=True)
HIDDEN = ContentReasoning(reasoning="c2VjcmV0", redacted=True)
UNENCRYPTED_SUMMARY = ContentReasoning(reasoning="", summary="It adds.")


@pytest.mark.parametrize(
    ("parts", "model", "expected"),
    [
        ([ANSWER], "openai/x", (None, "absent")),
        ([RAW, ANSWER], "deepseek/x", ("I add.", "raw")),
        ([RAW, RAW, ANSWER], "deepseek/x", ("I add.\n\nI add.", "raw")),
        ([SUMMARY, ANSWER], "anthropic/claude-sonnet-4", ("It adds.", "summarised")),
        ([SUMMARY, ANSWER], "anthropic/claude-3-7-sonnet-latest", ("It adds.", "raw")),
        ([UNENCRYPTED_SUMMARY, ANSWER], "openai/o3", ("It adds.", "summarised")),
        ([RAW, ANSWER], "google/gemini-2.5-pro", ("I add.", "summarised")),
        ([HIDDEN, ANSWER], "openai/o3", (None, "absent")),
        ([RAW, SUMMARY], "openai/o3", ("I add.\n\nIt adds.", "summarised")),
        ([ContentReasoning(reasoning="  ")], "deepseek/x", (None, "absent")),
    ],
)
def test_provenance(parts: list[Content], model: str, expected: tuple[str | None, str]) -> None:
    assert read_reasoning(ChatMessageAssistant(content=parts), model) == expected


CUT_OUT = ContentReasoning(reasoning="I add.", internal="think")
NESTED = ContentReasoning(reasoning="I <think>do</think> add.", internal="think")
# Of "<think>I <think>do.</think>The answer is (A)": the outer block never ends.
HALF = ContentReasoning(reasoning="I <think>do.", internal="think")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("I add.</think>(B)", ("I add.", "(B)", "split")),
        ("<think>I add.", ("I add.", "", "truncated")),
        # Inspect cuts the first block out of the text, leaves the others, and says so in `internal`.
        ([CUT_OUT, ContentText(text="(B)")], ("I add.", "(B)", "raw")),
        (
            [CUT_OUT, ContentText(text="(B) <think>Hm.</think> It is.")],
            ("I add.\n\nHm.", "(B)\n\nIt is.", "raw"),
        ),
        ([CUT_OUT, ContentText(text="It is (B).</think> Yes.")], ("I add.", "It is (B).\n\nYes.", "raw")),
        # Where nothing else was said, it leaves the whole of it in the text as well.
        ([CUT_OUT, ContentText(text="<think>\nI add.\n</think>")], ("I add.", "", "raw")),
        ([NESTED, ContentText(text="(B)")], ("I do add.", "(B)", "raw")),
        ([HALF, ContentText(text="The answer is (A)")], ("I do.\n\nThe answer is (A)", "", "truncated")),
        ([RAW, ContentText(text="I add.</think>(B)")], ("I add.", "(B)", "raw")),
        ([RAW, ContentText(text="<think>Hm, (A)")], ("I add.\n\nHm, (A)", "", "truncated")),
        ([SUMMARY, ContentText(text="<think>Hm.</think>(B)")], ("It adds.\n\nHm.", "(B)", "summarised")),
        ([ContentText(text="<think>I add."), ContentText(text="</think>(B)")], ("I add.", "(B)", "raw")),
    ],
)
def test_thoughts_in_fields_and_in_the_text(
    content: str | list[Content], expected: tuple[str | None, str, str]
) -> None:
    said = read_message(ChatMessageAssistant(content=content), "openai-api/x/y")
    assert (said.thoughts.reasoning, said.thoughts.visible, said.provenance) == expected

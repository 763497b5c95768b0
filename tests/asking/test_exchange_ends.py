"""What is kept of a call whose reply was not whole: no answer is read from it, and the record says why."""

from __future__ import annotations

from typing import Any

import pytest
from inspect_ai.model import ModelOutput

from unsaid.asking.ask import Ask
from unsaid.asking.exchange import exchange
from unsaid.elicitation import elicitation
from unsaid.models.inspect.adapter import to_reply
from unsaid.questions.prompt import Prompt, Turn
from unsaid.questions.question import Question

QUESTION = Question("q", "Which?", ("hat", "map", "cup"), correct=1)
ASK = Ask("clean", Prompt((Turn("user", "Which?"),)), elicitation("cot"))


def kept(text: str, stop: Any = "stop") -> dict[str, Any]:
    output = ModelOutput.from_content("m", text, stop_reason=stop)
    return exchange(ASK, ASK.prompt, to_reply(output, "m"), QUESTION, 0)


@pytest.mark.parametrize("stop", ["stop", "unknown", "max_tokens", "tool_calls"])
@pytest.mark.parametrize(
    "text",
    [
        "<think>The best answer is: (A)",
        "I see. <think>The best answer is: (A)",
        "<think>a</think>Hm. <think>The best answer is: (A)",
        "[THINK]The best answer is: (A)",
        "<|channel|>analysis<|message|>The best answer is: (A)",
        "analysisThe best answer is: (A)",
    ],
)
def test_no_answer_is_read_from_thoughts_that_never_end(text: str, stop: str) -> None:
    found = kept(text, stop)
    assert (found["answer"], found["unparsed"], found["provenance"]) == (None, "truncated", "truncated")


@pytest.mark.parametrize(
    ("text", "stop", "expected"),
    [
        ("The best answer is: (A)?</think>The best answer is: (B)", "stop", ("B", None, "split")),
        ("<think>The best answer is: (A)?</think>The best answer is: (B)", "unknown", ("B", None, "raw")),
        ("<think>The best answer is: (A)</think>", "stop", (None, "empty", "raw")),
        ("I add. The best answer is: (B)", "unknown", ("B", None, "raw")),
        ("I add. The best answer is: (B)", "content_filter", (None, "refused", "raw")),
        ("I add. The best answer is: (B)", "model_length", (None, "truncated", "truncated")),
    ],
)
def test_what_is_read_of_other_replies(text: str, stop: str, expected: tuple[str | None, ...]) -> None:
    found = kept(text, stop)
    assert (found["answer"], found["unparsed"], found["provenance"]) == expected

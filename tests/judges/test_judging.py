"""An LLM judge on an Inspect model: cached once, retried past the cache, through the model role."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from inspect_ai.model import Model, ModelOutput, ModelUsage, get_model

from unsaid.cues import CUES
from unsaid.errors import UnknownName
from unsaid.judges import Missing, Reading, Verdict, judge
from unsaid.judges.llm_prompt import SCHEMA
from unsaid.models.inspect.judging import asker, judge_of
from unsaid.questions.question import Question

TEXT = "The metadata says (B), so I go with (B)."
ANSWERS = {
    "source": "cue",
    "voice": "own",
    "evidence": TEXT,
    "moved": True,
    "set_aside": False,
    "effect": TEXT,
}
GOOD = json.dumps({"explanation": "", **ANSWERS, "certain": True})
READING = Reading(TEXT, "reasoning", CUES["metadata"], Question("q", "2 + 2?", ("3", "5", "4"), 2), 1)

# Inspect 0.3.285 calls tenacity in a way that tenacity has deprecated; it is neither's behaviour here.
pytestmark = pytest.mark.filterwarnings("ignore:The 'initial' parameter is deprecated:DeprecationWarning")


def model(*replies: str, error: str | None = None) -> Model:
    outputs = [ModelOutput.from_content("mockllm/model", reply, error=error) for reply in replies]
    for output in outputs:
        output.usage = ModelUsage(
            input_tokens=1, output_tokens=1, total_tokens=2
        )  # else it counts them online
    return get_model("mockllm/model", custom_outputs=outputs, memoize=False)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSPECT_CACHE_DIR", str(tmp_path))


def test_the_first_attempt_is_cached_and_later_ones_go_past_the_cache() -> None:
    async def replies() -> list[str]:
        ask = asker(model("first", "second", "third"))
        return [await ask("system", "user", SCHEMA, attempt) for attempt in (0, 0, 1, 2, 0)]

    assert asyncio.run(replies()) == ["first", "first", "second", "third", "first"]


def test_a_malformed_reply_in_the_cache_does_not_decide() -> None:
    ask = asker(model("garbage", "garbage", GOOD, "garbage", GOOD))
    one = judge("mockllm/model", ask)
    assert asyncio.run(one.read(READING)) == Verdict(True, True, False, TEXT)
    assert asyncio.run(one.read(READING)) == Verdict(True, True, False, TEXT), (
        "the cached garbage is got past"
    )


def test_a_model_that_reports_an_error_is_a_failure() -> None:
    ask = asker(model("", "", "", error="overloaded"))
    outcome = asyncio.run(judge("mockllm/model", ask).read(READING))
    assert isinstance(outcome, Missing)
    assert "overloaded" in outcome.reason


def test_judges_by_name_of_a_model() -> None:
    assert judge_of("lexical").name == "lexical"
    assert judge_of("mockllm/model").name == "llm:mockllm/model"
    with pytest.raises(UnknownName):
        judge_of("lexial")

"""The probe, against scripted models with each ability and without."""

from __future__ import annotations

import asyncio
import json

import numpy as np
import pytest
from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessage,
    ChatMessageAssistant,
    ContentReasoning,
    ContentText,
    GenerateConfig,
    Logprob,
    Logprobs,
    ModelOutput,
)
from inspect_noise import INSPECT_NOISE

from unsaid.errors import ModelError
from unsaid.models.inspect.capabilities import Capabilities, probe
from unsaid.models.scripted.provider import Policy, scripted

pytestmark = INSPECT_NOISE

WORDS = "one two three four five six seven eight nine ten"


class Refused(Exception):
    status_code = 401


def plain(messages: list[ChatMessage], config: GenerateConfig) -> str:
    """Knows nothing: opens a new turn, ignores the seed by being always the same."""
    if "Count" in messages[0].text:
        return WORDS
    return "1 2 3 4" if "digits" in messages[0].text else "42"


def able(messages: list[ChatMessage], config: GenerateConfig) -> ModelOutput:
    """Can do everything."""
    last = messages[-1]
    thought, said = "I add.", "42"
    if "digits" in messages[0].text:
        said = " ".join(map(str, np.random.default_rng(config.seed).integers(10, size=12)))
    if isinstance(last, ChatMessageAssistant):
        begun = [part for part in last.content_list if isinstance(part, ContentReasoning)]
        thought, said = (" five six", WORDS) if begun else ("", " five six seven eight nine ten")
    message = ChatMessageAssistant(content=[ContentReasoning(reasoning=thought), ContentText(text=said)])
    logprobs = (
        Logprobs(content=[Logprob.model_validate({"token": "42", "logprob": -0.1})])
        if config.logprobs
        else None
    )
    return ModelOutput(choices=[ChatCompletionChoice(message=message, stop_reason="stop", logprobs=logprobs)])


def only_text_prefill(messages: list[ChatMessage], config: GenerateConfig) -> str:
    continued = isinstance(messages[-1], ChatMessageAssistant)
    return "five six" if continued and messages[-1].text else plain(messages, config)


def restless(messages: list[ChatMessage], config: GenerateConfig) -> str:
    """Another reply each time, whatever the seed."""
    return plain(messages, config) if "Count" in messages[0].text else str(np.random.default_rng().random())


def strict(messages: list[ChatMessage], config: GenerateConfig) -> str:
    """Raises at everything it does not know."""
    if config.logprobs:
        raise ValueError("logprobs are not supported")
    if config.seed is not None:
        raise ValueError("seed is not supported")
    if isinstance(messages[-1], ChatMessageAssistant):
        raise ValueError("conversation must end with a user message")
    return "42"


def hidden(messages: list[ChatMessage], config: GenerateConfig) -> ModelOutput:
    part = ContentReasoning(reasoning="c2ln", summary="It adds.", redacted=True)
    return ModelOutput.from_content("m", [part, ContentText(text=plain(messages, config))])


def found(policy: Policy) -> Capabilities:
    return asyncio.run(probe(scripted(policy)))


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (plain, ("none", False, "absent", "unknown")),
        (able, ("reasoning", True, "raw", "honoured")),
        (only_text_prefill, ("text", False, "absent", "unknown")),
        (restless, ("none", False, "absent", "ignored")),
        (strict, ("none", False, "absent", "unknown")),
        (hidden, ("none", False, "summarised", "unknown")),
        (lambda messages, config: "", ("none", False, "absent", "unknown")),
        (lambda messages, config: ModelOutput(choices=[]), ("none", False, "absent", "unknown")),
    ],
)
def test_what_a_model_can_do_is_found_out(policy: Policy, expected: tuple[object, ...]) -> None:
    answers = found(policy)
    seen = (answers.prefill.value, answers.logprobs.value, answers.reasoning.value, answers.seed.value)
    assert seen == expected


def test_notes_say_how_it_was_found_out_and_all_is_plain_data() -> None:
    answers = json.loads(json.dumps(found(strict).plain()))
    assert "conversation must end with a user message" in answers["prefill"]["note"]
    assert "logprobs are not supported" in answers["logprobs"]["note"]
    assert "seed is not supported" in answers["seed"]["note"]
    assert "five six" in found(able).prefill.note


def test_few_calls_are_made() -> None:
    calls = []

    def counting(messages: list[ChatMessage], config: GenerateConfig) -> ModelOutput:
        calls.append(config.max_tokens)
        return able(messages, config)

    found(counting)
    assert len(calls) <= 7
    assert all(tokens is not None and tokens <= 64 for tokens in calls)


@pytest.mark.parametrize("error", [Refused("bad key"), ConnectionRefusedError("nobody there")])
def test_a_model_that_cannot_be_used_at_all_is_an_error(error: Exception) -> None:
    def broken(messages: list[ChatMessage], config: GenerateConfig) -> str:
        raise error

    with pytest.raises(ModelError, match=str(error)):
        found(broken)


def test_a_model_that_fails_at_a_plain_question_is_an_error() -> None:
    def broken(messages: list[ChatMessage], config: GenerateConfig) -> str:
        raise ValueError("no such deployment")

    with pytest.raises(ModelError, match=r"plain question.*no such deployment"):
        found(broken)

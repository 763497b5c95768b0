"""Local checkpoints whose think tags are special tokens: seen before they are dropped."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from inspect_ai.model import ChatMessageAssistant, ChatMessageUser, ContentReasoning, GenerateConfig, Model
from inspect_noise import INSPECT_NOISE
from speaker import write_speaker

from late import needs
from unsaid.models.inspect.adapter import Reply, resolve, to_reply
from unsaid.models.inspect.capabilities import probe

pytestmark = [pytest.mark.extras, *INSPECT_NOISE, needs("torch", "transformers")]

THINK = ("<think>", "</think>", "<|pad|>")
HARMONY = ("<|channel|>", "<|message|>", "<|start|>", "<|return|>", "analysis", "final", "assistant")


def speaker(folder: Path, says: str, special: tuple[str, ...], opening: str = "") -> Model:
    write_speaker(folder, says, special, opening)
    return resolve(f"unsaid-hf/{folder.name}", model_path=str(folder), device="cpu")


def said(model: Model, max_tokens: int = 60) -> Reply:
    config = GenerateConfig(max_tokens=max_tokens, temperature=0)
    output = asyncio.run(model.generate([ChatMessageUser(content="What?")], config=config))
    return to_reply(output, str(model))


def seen(reply: Reply) -> tuple[str | None, str, str]:
    return reply.reasoning, reply.visible, reply.provenance


def test_the_model_opens_and_closes_its_thoughts(tmp_path: Path) -> None:
    model = speaker(tmp_path, "<think>I<|pad|> sum.</think>\n(B)<|end|>", THINK)
    assert seen(said(model)) == ("I sum.", "(B)", "raw")
    found = asyncio.run(probe(model))
    assert (found.reasoning.value, found.prefill.value, found.thoughts.value) == ("raw", "reasoning", "tags")


def test_the_chat_template_opens_them(tmp_path: Path) -> None:
    model = speaker(tmp_path, "I sum.</think>(B)<|end|>", THINK, "<think>")
    assert seen(said(model)) == ("I sum.", "(B)", "raw")
    assert asyncio.run(probe(model)).thoughts.value == "closing tag alone"


def test_thoughts_that_never_end_are_no_answer_though_the_model_stopped(tmp_path: Path) -> None:
    model = speaker(tmp_path, "I sum:(B)<|end|>", THINK, "<think>")
    reply = said(model)
    assert (reply.stop_reason, *seen(reply)) == ("stop", "I sum:(B)", "", "truncated")


def test_empty_thoughts_that_never_end_are_no_answer_either(tmp_path: Path) -> None:
    reply = said(speaker(tmp_path, "<think><|end|>", THINK))
    assert (reply.stop_reason, *seen(reply)) == ("stop", None, "", "truncated")


def test_marks_of_another_alphabet_and_no_others(tmp_path: Path) -> None:
    model = speaker(tmp_path, "[THINK]I sum.[/THINK](B)<|pad|><|end|>", ("[THINK]", "[/THINK]", "<|pad|>"))
    assert seen(said(model)) == ("I sum.", "(B)", "raw")


def test_channels_whose_marks_are_special_tokens(tmp_path: Path) -> None:
    # A token may come once in this model's reply, so its one header is that of the thoughts.
    model = speaker(tmp_path, "<|channel|>analysis<|message|>I sum<|end|>", HARMONY)
    assert seen(said(model)) == ("I sum", "", "truncated")
    prompt, opened = model.api.render(  # type: ignore[attr-defined]
        [ChatMessageUser(content="?"), ChatMessageAssistant(content=[ContentReasoning(reasoning="I")])]
    )
    assert (prompt[-32:], opened) == ("<|channel|>analysis<|message|>\nI", True)
    assert asyncio.run(probe(model)).reasoning.value == "raw"


def test_a_checkpoint_without_marks_is_plain(tmp_path: Path) -> None:
    model = speaker(tmp_path, "I<|pad|> sum.(B)<|end|>", ("<|pad|>",))
    assert seen(said(model)) == (None, "I sum.(B)", "absent")
    found = asyncio.run(probe(model))
    assert (found.reasoning.value, found.thoughts.value) == ("absent", "none")

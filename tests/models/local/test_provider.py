"""Local checkpoints through Transformers: the same abilities as the organisms' decoder."""

from __future__ import annotations

import asyncio
import builtins
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageUser,
    ContentReasoning,
    GenerateConfig,
    Model,
    ModelOutput,
)
from inspect_noise import INSPECT_NOISE
from random_organism import CONTEXT, write_organism

from late import needs
from unsaid.errors import DataError, MissingExtra
from unsaid.models.inspect.adapter import resolve
from unsaid.models.inspect.calling import Calling
from unsaid.models.inspect.capabilities import probe

pytestmark = [pytest.mark.extras, *INSPECT_NOISE, needs("torch", "transformers")]

USER: list[ChatMessage] = [ChatMessageUser(content="Which is it? (A) hat (B) map")]
THINKING = (
    "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|><think>\n{% endif %}"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_organism(tmp_path_factory.mktemp("organism"))


@pytest.fixture(scope="module")
def model(folder: Path) -> Model:
    return resolve(f"unsaid-hf/{folder}", device="cpu")


@pytest.fixture(scope="module")
def thinker(tmp_path_factory: pytest.TempPathFactory) -> Model:
    folder = write_organism(tmp_path_factory.mktemp("thinker"))
    path = folder / "tokenizer_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"chat_template": THINKING}))
    return resolve("unsaid-hf/thinker", model_path=str(folder), device="cpu")


def test_its_own_queue_is_no_time_of_a_call(model: Model) -> None:
    assert Calling(timeout=7).attempt(model.api) is None


def ask(model: Model, messages: list[ChatMessage], **settings: object) -> ModelOutput:
    config = GenerateConfig.model_validate({"max_tokens": 12, "seed": 1} | settings)
    return asyncio.run(model.generate(messages, config=config))


def local(model: Model) -> Any:
    return model.api


def test_replies_equal_those_of_the_organisms_decoder(model: Model, folder: Path) -> None:
    organism = resolve(f"unsaid/{folder}")
    for messages in (USER, [*USER, ChatMessageAssistant(content="It is")]):
        for settings in ({"temperature": 0}, {"seed": 3}, {"seed": 4, "top_p": 0.9}):
            theirs, ours = ask(model, messages, **settings), ask(organism, messages, **settings)
            assert (theirs.completion, theirs.stop_reason) == (ours.completion, ours.stop_reason)
            assert theirs.usage == ours.usage


def test_log_probabilities_equal_those_of_the_organisms_decoder(model: Model, folder: Path) -> None:
    organism = resolve(f"unsaid/{folder}")
    texts = ["A", "B", "(B) map"]
    ours = local(organism).continuation_logprobs(USER, texts)
    for theirs, expected in zip(local(model).continuation_logprobs(USER, texts), ours, strict=True):
        np.testing.assert_allclose(theirs, expected, atol=1e-4)
    found = ask(model, USER, logprobs=True, top_logprobs=2).choices[0].logprobs
    assert found is not None
    assert len(found.content) == 12


def test_concurrent_requests_are_decoded_together_and_get_their_own_replies(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("unsaid.models.local.batching.LONGEST_LINGER", 60.0)
    prompts: list[list[ChatMessage]] = [[ChatMessageUser(content="Say it" + "!" * n)] for n in range(20)]

    async def gather() -> list[ModelOutput]:
        calls = [
            model.generate(prompt, config=GenerateConfig(seed=n, max_tokens=4 + n))
            for n, prompt in enumerate(prompts)
        ]
        return list(await asyncio.gather(*calls))

    before = local(model).batch.steps
    together = asyncio.run(gather())
    assert local(model).batch.steps - before < sum(4 + n for n in range(20)) / 2
    for n, output in enumerate(together):
        assert output.completion == ask(model, prompts[n], seed=n, max_tokens=4 + n).completion


def test_a_prompt_that_does_not_fit_says_so(model: Model) -> None:
    output = ask(model, [ChatMessageUser(content="x" * CONTEXT)])
    assert (output.completion, output.stop_reason) == ("", "model_length")


def test_a_template_that_opens_the_reasoning_gives_a_reasoning_channel(thinker: Model) -> None:
    output = ask(thinker, USER)
    assert isinstance(output.message.content, list)
    assert isinstance(output.message.content[0], ContentReasoning)
    assert output.completion == ""  # cut off inside its reasoning: nothing was said
    assert output.usage is not None
    assert output.usage.reasoning_tokens


@pytest.mark.parametrize(
    ("last", "ending", "thinking"),
    [
        (ChatMessageAssistant(content="It is"), "<|assistant|>It is", False),
        (
            ChatMessageAssistant(content=[ContentReasoning(reasoning="I add")]),
            "<|assistant|><think>\nI add",
            True,
        ),
        (ChatMessageUser(content="<think>"), "<|user|><think><|end|><|assistant|><think>\n", True),
    ],
)
def test_how_a_conversation_is_rendered(
    thinker: Model, last: ChatMessage, ending: str, thinking: bool
) -> None:
    prompt, opened = local(thinker).render([*USER, last])
    assert prompt.endswith(ending)
    assert opened is thinking


def test_a_question_about_the_tag_opens_no_reasoning(model: Model) -> None:
    assert local(model).render([ChatMessageUser(content="What is <think>?")])[1] is False


def test_capabilities_are_declared(model: Model, thinker: Model) -> None:
    plain, thinks = asyncio.run(probe(model)), asyncio.run(probe(thinker))
    assert (plain.prefill.value, plain.reasoning.value) == ("text", "absent")
    assert (thinks.prefill.value, thinks.reasoning.value) == ("reasoning", "raw")


def test_a_folder_that_is_no_checkpoint(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(DataError, match="cannot load this checkpoint"):
        resolve(f"unsaid-hf/{tmp_path}")


def test_without_pytorch_the_install_line_is_shown(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    real = builtins.__import__

    def without_torch(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "torch":
            raise ImportError("no torch")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_torch)
    with pytest.raises(MissingExtra, match=r"pip install 'unsaid\[local\]'"):
        resolve(f"unsaid-hf/{folder}", memoize=False)

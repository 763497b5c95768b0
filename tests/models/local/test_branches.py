"""Forced answers at many places of a text, read in one pass, equal those read one by one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageUser,
    GenerateConfig,
    Model,
    ModelOutput,
)
from inspect_noise import INSPECT_NOISE
from random_organism import Shape, write_organism

from unsaid.models.inspect.adapter import resolve
from unsaid.models.local.branches import TOLERANCE, Branch, branch_scores, sequence_scores
from unsaid.models.local.decoder import Decoder
from unsaid.models.local.sampling import log_softmax

pytestmark = INSPECT_NOISE
OPTIONS: list[Sequence[int] | int] = [33, 34, (35, 68), 36]
ENDING = "\nThe best answer is: ("


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_organism(tmp_path_factory.mktemp("branches"), Shape(context=600))


@pytest.fixture(scope="module")
def decoder(folder: Path) -> Decoder:
    return Decoder.load(folder)


def engine(folder: Path, dtype: str) -> Any:
    pytest.importorskip("torch")
    pytest.importorskip("transformers")
    from unsaid.models.local.loading import load
    from unsaid.models.local.torch_engine import engine_of

    found, why = engine_of(load(str(folder), "cpu", dtype)[0])
    assert found is not None, why
    return found


def alone(model: Any, sequences: Sequence[Sequence[int]]) -> np.ndarray:
    """Log-probabilities after each sequence, each read by itself."""
    return np.stack([log_softmax(model.last_logits([each]))[0] for each in sequences])


def cut(seed: int) -> tuple[list[int], list[Branch]]:
    rng = np.random.default_rng(seed)
    prefix = rng.integers(0, 250, 300).tolist()
    places = [0, *sorted(rng.integers(1, 300, 18).tolist()), 300]
    return prefix, [Branch(at, tuple(rng.integers(0, 250, rng.integers(1, 12)).tolist())) for at in places]


def test_one_pass_of_the_decoder_equals_a_pass_per_cut(decoder: Decoder) -> None:
    prefix, branches = cut(0)
    found = branch_scores(decoder, prefix, branches, OPTIONS)
    sequences = [[*prefix[: each.at], *each.suffix] for each in branches]
    whole = [log_softmax(decoder.logits(sequence))[-1] for sequence in sequences]
    expected = np.array([[row[33], row[34], np.logaddexp(row[35], row[68]), row[36]] for row in whole])
    np.testing.assert_allclose(found, expected, atol=TOLERANCE["float32"])


@pytest.mark.extras
@pytest.mark.parametrize("dtype", sorted(TOLERANCE))
def test_one_pass_of_the_engine_equals_transformers_own_pass_per_cut(folder: Path, dtype: str) -> None:
    torch = pytest.importorskip("torch")
    model = engine(folder, dtype)
    prefix, branches = cut(1)
    found = branch_scores(model, prefix, branches, OPTIONS)
    for row, each in zip(found, branches, strict=True):
        with torch.inference_mode():  # without a plan, the model's attention is Transformers' own
            out = model.model(input_ids=torch.tensor([[*prefix[: each.at], *each.suffix]]), use_cache=False)
        logged = log_softmax(out.logits[0, -1].float().numpy())
        expected = [logged[33], logged[34], np.logaddexp(logged[35], logged[68]), logged[36]]
        np.testing.assert_allclose(row, expected, atol=TOLERANCE[dtype])


@pytest.mark.extras
def test_endings_of_endings_equal_texts_and_beginnings_of_others(folder: Path, decoder: Decoder) -> None:
    rng = np.random.default_rng(2)
    stem = rng.integers(0, 250, 60).tolist()
    fork = [*stem, *rng.integers(0, 250, 300).tolist()]
    sequences = [
        stem,
        fork,
        fork[:200],
        [*fork[:200], 7, 8],
        [*fork[:200], 7, 8],
        [*stem[:50], 3],
        [5],
        [9, 9],
    ]
    for model in (decoder, engine(folder, "float32")):
        found = sequence_scores(model, sequences, list(range(250)))
        np.testing.assert_allclose(found, alone(model, sequences)[:, :250], atol=TOLERANCE["float32"])


def test_what_cannot_be_scored_is_said(decoder: Decoder) -> None:
    with pytest.raises(ValueError, match="at 4 of a prefix of 3 tokens"):
        branch_scores(decoder, [1, 2, 3], [Branch(4, (1,))], OPTIONS)
    with pytest.raises(ValueError, match="no token"):
        branch_scores(decoder, [1, 2, 3], [Branch(2, (1,))], [1, ()])
    with pytest.raises(ValueError, match="nothing after it"):
        branch_scores(decoder, [1, 2, 3], [Branch(0, ())], OPTIONS)
    assert branch_scores(decoder, [1, 2, 3], [], OPTIONS).shape == (0, 4)


@pytest.fixture(scope="module", params=["unsaid", pytest.param("unsaid-hf", marks=pytest.mark.extras)])
def model(request: pytest.FixtureRequest, folder: Path) -> Model:
    if request.param == "unsaid-hf":
        pytest.importorskip("transformers")
        return resolve(f"unsaid-hf/{folder}", device="cpu")
    return resolve(f"unsaid/{folder}")


def forced(model: Model, texts: Sequence[str], **settings: Any) -> list[ModelOutput]:
    """What the model says after each text, all asked at once."""
    config = GenerateConfig(max_tokens=1, logprobs=True, top_logprobs=3, temperature=0, **settings)

    async def all_at_once() -> list[ModelOutput]:
        user: list[ChatMessage] = [ChatMessageUser(content="Which? (A) hat (B) map")]
        calls = [model.generate([*user, ChatMessageAssistant(content=text)], config=config) for text in texts]
        return list(await asyncio.gather(*calls))

    return asyncio.run(all_at_once())


def listed(output: ModelOutput) -> dict[str, float]:
    logprobs = output.choices[0].logprobs
    assert logprobs is not None
    assert len(logprobs.content) == 1
    return {each.token: each.logprob for each in logprobs.content[0].top_logprobs or []}


def test_cuts_asked_at_once_share_their_text_and_give_what_each_gives_alone(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "".join(f"Step {n} is that {n * 7} follows. " for n in range(12))
    cuts = [text[:at] + ENDING for at in range(0, len(text) + 1, 30)]
    single = [forced(model, [each])[0] for each in cuts]
    read: list[int] = []
    from unsaid.models.local import decoder, prefixes

    def counting(*args: Any) -> Any:
        layout = prefixes.laid_out(*args)
        read.append(len(layout.tokens))
        return layout

    monkeypatch.setattr(decoder, "laid_out", counting)
    if "unsaid-hf" in str(model):
        from unsaid.models.local import torch_engine

        monkeypatch.setattr(torch_engine, "laid_out", counting)
    # So long that a machine may stand still in between.
    monkeypatch.setattr("unsaid.models.local.batching.LONGEST_LINGER", 60.0)
    together = forced(model, cuts)
    # The text once, and each ending.
    assert sum(read) < 0.6 * sum(output.usage.input_tokens for output in together if output.usage)
    for one, other in zip(single, together, strict=True):
        assert one.completion == other.completion
        assert listed(one).keys() == listed(other).keys()
        for token, value in listed(one).items():
            assert listed(other)[token] == pytest.approx(value, abs=TOLERANCE["float32"])


def test_every_letter_is_listed_for_a_forced_answer_and_for_no_other_call(model: Model) -> None:
    found = listed(forced(model, [ENDING])[0])
    assert {"A", "B", "C", "D", "J"} <= found.keys()
    assert list(found.values()) == sorted(found.values(), reverse=True)
    config = GenerateConfig(max_tokens=2, logprobs=True, top_logprobs=3, temperature=0)
    logprobs = asyncio.run(model.generate("Which?", config=config)).choices[0].logprobs
    assert logprobs is not None
    assert {len(each.top_logprobs or []) for each in logprobs.content} == {3}

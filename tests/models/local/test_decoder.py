"""The forward pass: against Transformers, and against itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from random_organism import CONTEXT, Shape, write_organism

from unsaid.errors import DataError
from unsaid.models.local.cache import Cache
from unsaid.models.local.decoder import Decoder, PromptTooLong
from unsaid.models.local.generation import Request, generate
from unsaid.models.local.sampling import Sampling

SHAPES = {
    "grouped-query, tied": Shape(),
    "full heads, untied": Shape(kv_heads=4, tied=False),
    "one key head, untied": Shape(kv_heads=1, tied=False, layers=3),
}


def prompts_of(lengths: list[int], seed: int = 0) -> list[tuple[int, ...]]:
    rng = np.random.default_rng(seed)
    return [tuple(rng.integers(0, 256, length).tolist()) for length in lengths]


def transformers_model(folder: Path) -> Any:
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    torch.set_num_threads(1)
    return transformers.LlamaForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()


@pytest.fixture(scope="module")
def organism_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_organism(tmp_path_factory.mktemp("organism"))


@pytest.mark.extras
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_logits_equal_those_of_transformers(shape: Shape, tmp_path: Path) -> None:
    folder = write_organism(tmp_path / "m", shape)
    model = transformers_model(folder)
    import torch

    (ids,) = prompts_of([90])
    with torch.inference_mode():
        theirs = model(torch.tensor([ids])).logits[0].numpy()
    np.testing.assert_allclose(Decoder.load(folder).logits(ids), theirs, atol=2e-4)


@pytest.mark.extras
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_greedy_replies_of_a_ragged_batch_equal_those_of_transformers(shape: Shape, tmp_path: Path) -> None:
    folder = write_organism(tmp_path / "m", shape)
    model = transformers_model(folder)
    import torch

    prompts = prompts_of([5, 61, 64, 100, 33, 1])
    stops = frozenset(Decoder.load(folder).architecture.stops)
    greedy = Sampling(temperature=0)
    ours = generate(Decoder.load(folder), [Request(ids, 30, greedy, stops) for ids in prompts])
    for prompt, reply in zip(prompts, ours, strict=True):
        with torch.inference_mode():
            ids = torch.tensor([prompt])
            mask = torch.ones_like(ids)  # else Transformers takes the prompt's own zeros for padding
            out = model.generate(ids, attention_mask=mask, max_new_tokens=30, do_sample=False, pad_token_id=0)
        theirs = tuple(i for i in out[0, len(prompt) :].tolist() if i not in stops)
        assert reply.ids == theirs


def test_stepping_gives_the_logits_of_reading_the_whole(organism_path: Path) -> None:
    decoder = Decoder.load(organism_path)
    sequences = prompts_of([80, 130, 70])
    cut = [60, 126, 63]  # steps cross the border of an attention span at 64 and at 128
    _, cache = decoder.prefill([ids[:n] for ids, n in zip(sequences, cut, strict=True)])
    cache, order = Cache.gathered(decoder.architecture, [(cache, np.arange(3))])
    wholes = [decoder.logits(ids) for ids in sequences]
    for offset in range(4):
        tokens = np.array([sequences[row][cut[row] + offset] for row in order])
        logits = decoder.step(tokens, cache)
        for row, found in zip(order, logits, strict=True):
            np.testing.assert_allclose(found, wholes[row][cut[row] + offset], atol=1e-4)


def test_a_prompt_without_room_for_a_reply_is_refused(organism_path: Path) -> None:
    decoder = Decoder.load(organism_path)
    with pytest.raises(PromptTooLong, match=f"{CONTEXT} tokens long and the context is {CONTEXT}"):
        decoder.prefill(prompts_of([CONTEXT]))
    with pytest.raises(ValueError, match="empty prompt"):
        decoder.prefill([()])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model_type": "mamba"}, "only 'llama'"),
        ({"attention_bias": True}, "attention_bias"),
        ({"hidden_act": "gelu"}, "hidden_act"),
        ({"rope_scaling": {"rope_type": "llama3"}, "rope_parameters": None}, "rope_type"),
        ({"hidden_size": None}, "missing or malformed"),
        ({"intermediate_size": 64}, "has shape"),
        ({"num_hidden_layers": 3}, "'model.layers.2"),
        ({"tie_word_embeddings": False}, "lm_head"),
    ],
)
def test_a_config_that_we_would_decode_wrongly_is_refused(
    change: dict[str, object], message: str, tmp_path: Path
) -> None:
    folder = write_organism(tmp_path / "m")
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(DataError, match=message):
        Decoder.load(folder)


def test_missing_and_damaged_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"config\.json: missing"):
        Decoder.load(tmp_path)
    folder = write_organism(tmp_path / "m")
    (folder / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(DataError, match="damaged"):
        Decoder.load(folder)
    (folder / "model.safetensors").unlink()
    with pytest.raises(DataError, match="missing"):
        Decoder.load(folder)
    (folder / "config.json").write_text("[]")
    with pytest.raises(DataError, match="not an object"):
        Decoder.load(folder)

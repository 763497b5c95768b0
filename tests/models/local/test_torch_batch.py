"""Requests that join while others run, drawing on the device, and models that need a padded batch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from random_organism import CONTEXT, write_organism

from late import late, needs
from unsaid.models.local.decoder import Decoder
from unsaid.models.local.generation import Completion, Request, generate
from unsaid.models.local.sampling import Sampling, draw, token_logprob

pytestmark = [pytest.mark.extras, needs("torch", "transformers")]
torch = late("torch")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_organism(tmp_path_factory.mktemp("batch"))


@pytest.fixture(scope="module")
def engine(folder: Path) -> Any:
    from unsaid.models.local.loading import load
    from unsaid.models.local.torch_engine import engine_of

    found, why = engine_of(load(str(folder), "cpu", "float32")[0])
    assert found is not None, why
    return found


def requests(count: int) -> list[Request]:
    """Prompts that begin alike, are equal or differ, with replies of many lengths, drawn in many ways."""
    rng = np.random.default_rng(4)
    stem = tuple(rng.integers(0, 250, 40).tolist())
    return [
        Request(
            (*stem[: (n % 3) * 20], *rng.integers(0, 250, 1 + 11 * (n % 7)).tolist()),
            max_tokens=1 + (5 * n) % 23,
            sampling=Sampling(
                temperature=n % 4 / 2, top_p=1 - n % 3 / 10, top_k=30 if n % 5 == 0 else 0, seed=n
            ),
            logprobs=2 if n % 2 else None,
            also=(65, 66) if n % 2 else (),
        )
        for n in range(count)
    ]


def served(batch: Any, wanted: list[Request], at_once: int) -> list[Completion]:
    """Replies, where so many requests come at each step, whatever is under way."""
    found: dict[int, Completion] = {}
    waiting: list[Request] = []
    coming = list(wanted)
    while coming or waiting or batch.live:
        waiting, coming = waiting + coming[:at_once], coming[at_once:]
        count = batch.room(waiting) if waiting else 0
        if count:
            batch.admit(waiting[:count])
            waiting = waiting[count:]
        found.update(batch.step())
    return [found[ticket] for ticket in range(len(wanted))]


@pytest.mark.parametrize(("capacity", "at_once"), [(64, 64), (5, 2), (1, 9)])
def test_whoever_runs_beside_it_a_reply_is_that_of_the_organisms_decoder(
    engine: Any, folder: Path, capacity: int, at_once: int
) -> None:
    from unsaid.models.local.torch_batch import TorchBatch

    wanted = requests(24)
    found = served(TorchBatch(engine, CONTEXT, capacity), wanted, at_once)
    for mine, theirs in zip(found, generate(Decoder.load(folder), wanted), strict=True):
        assert (mine.ids, mine.stop, mine.generated) == (theirs.ids, theirs.stop, theirs.generated)
        assert (mine.logprobs is None) == (theirs.logprobs is None)
        for one, other in zip(mine.logprobs or (), theirs.logprobs or (), strict=True):
            assert (one.token, {65, 66} <= {token for token, _ in one.top}) == (other.token, True)
            assert one.logprob == pytest.approx(other.logprob, abs=1e-4)


def test_requests_join_while_others_run_and_their_places_are_used_again(engine: Any) -> None:
    from unsaid.models.local.torch_batch import TorchBatch

    batch = TorchBatch(engine, CONTEXT, 2)
    batch.admit([Request((1, 2, 3), 30, Sampling(0)), Request((4, 5), 3, Sampling(0))])
    done: list[int] = []
    while not done:
        done += [ticket for ticket, _ in batch.step()]
    assert (done, batch.live, batch.room([Request((6,), 4)])) == ([1], 1, 1)
    batch.admit([Request((6,), 4, Sampling(0))])
    assert batch.room([Request((7,), 4)]) == 0
    assert batch.room([Request((7,), 1)]) == 1  # one token takes no place
    while 2 not in done:
        done += [ticket for ticket, _ in batch.step()]
    assert (done, len(engine.slots.lengths)) == ([1, 2], 2)
    batch.clear()


def test_tokens_drawn_on_the_device_are_those_drawn_by_the_organisms() -> None:
    from unsaid.models.local.torch_sampling import chances
    from unsaid.models.local.torch_sampling import draw as draw_on_device

    rng = np.random.default_rng(1)
    logits = (rng.standard_normal((60, 97)) * 3).astype(np.float32)
    logits[:5, :90] = -np.inf  # tokens that cannot be, at the front too
    settings = [
        Sampling((0, 0.3, 1, 2)[n % 4], (1, 0.5, 0.9)[n % 3], (0, 0, 1, 7, 200)[n % 5]) for n in range(60)
    ]
    for seed in range(3):
        pairs = [[np.random.default_rng([seed, n]) for n in range(60)] for _ in range(2)]
        expected = draw(logits, settings, pairs[0])
        assert draw_on_device(torch.from_numpy(logits), settings, pairs[1]) == expected
        assert pairs[0][3].random() == pairs[1][3].random()
    found = chances(torch.from_numpy(logits[5:]), expected[5:], [n % 4 for n in range(55)], [(3, 8)] * 55)
    for row, each in enumerate(found):
        other = token_logprob(logits[5 + row], expected[5 + row], row % 4, (3, 8))
        assert [token for token, _ in each.top] == [token for token, _ in other.top]
        np.testing.assert_allclose([value for _, value in each.top], [value for _, value in other.top])
        assert each.logprob == pytest.approx(other.logprob)


def test_a_model_with_a_sliding_window_is_decoded_in_a_padded_batch(engine: Any) -> None:
    from transformers import MistralConfig, MistralForCausalLM

    from unsaid.models.local.loading import batch_of

    torch.manual_seed(0)
    sizes: dict[str, Any] = {
        "vocab_size": 60,
        "hidden_size": 16,
        "intermediate_size": 16,
        "num_hidden_layers": 2,
    }
    heads: dict[str, Any] = {
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "head_dim": 8,
        "sliding_window": 4,
    }
    model: Any = MistralForCausalLM(MistralConfig(**sizes, **heads, initializer_range=0.5))
    model.eval()
    batch, why = batch_of(model, 100, 4)
    assert "sliding" in why
    prompts = [tuple(range(3, 3 + n)) for n in (12, 5, 9)]
    found = served(batch, [Request(prompt, 6, Sampling(0)) for prompt in prompts], 2)
    for prompt, reply in zip(prompts, found, strict=True):
        ids = torch.tensor([prompt])
        out = model.generate(ids, max_new_tokens=6, do_sample=False, pad_token_id=0, eos_token_id=None)
        assert reply.ids == tuple(out[0, len(prompt) :].tolist())
    logits = model(input_ids=torch.tensor([prompts[0]])).logits[0, -1].detach().numpy()
    np.testing.assert_allclose(batch.last_logits(prompts)[0], logits, atol=1e-4)

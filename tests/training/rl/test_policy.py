"""Drawing and scoring, held against the plain forward pass."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from late import late, needs
from unsaid.errors import DataError, UsageError
from unsaid.models.local.decoder import Decoder as Served

if TYPE_CHECKING:
    from unsaid.organisms.network import Decoder, Shape
    from unsaid.training.rl.decoding import draw
    from unsaid.training.rl.policy import Policy
else:
    Decoder, Shape = (late("unsaid.organisms.network", name) for name in ("Decoder", "Shape"))
    draw = late("unsaid.training.rl.decoding", "draw")
    Policy = late("unsaid.training.rl.policy", "Policy")

pytestmark = [pytest.mark.extras, needs("torch")]
torch = late("torch")

PROMPTS = [(5, 6, 7), (8,), (9, 10, 11, 12, 13, 14)]
STOP = 3


def network() -> Decoder:
    torch.manual_seed(0)
    decoder = Decoder(Shape(40, 16, 32, 2, 2, 64))
    for parameter in decoder.parameters():
        if parameter.dim() > 1:
            torch.nn.init.normal_(parameter, std=0.4)
    return decoder


def drawn(
    decoder: Decoder, prompts: list[tuple[int, ...]], temperature: float = 1.0, seed: int = 1
) -> list[tuple[int, ...]]:
    generator = torch.Generator().manual_seed(seed)
    found = draw(
        decoder, prompts, most=12, stops=frozenset({STOP}), temperature=temperature, generator=generator
    )
    return [each.ids for each in found]


def greedy(decoder: Decoder, prompt: tuple[int, ...]) -> tuple[int, ...]:
    """Return the likeliest continuation, by a whole forward pass for each token."""
    ids = list(prompt)
    for _ in range(12):
        hidden, _ = decoder(torch.tensor([ids]), 0)
        ids.append(int((hidden[0, -1] @ decoder.embed_tokens.weight.T).argmax()))
        if ids[-1] == STOP:
            break
    return tuple(ids[len(prompt) :])


def test_prompts_of_different_lengths_side_by_side_are_continued_as_each_alone() -> None:
    decoder = network()
    # So cold that the likeliest token is drawn.
    assert drawn(decoder, PROMPTS, temperature=1e-4) == [greedy(decoder, prompt) for prompt in PROMPTS]


def test_the_same_generator_draws_the_same() -> None:
    decoder = network()
    assert drawn(decoder, PROMPTS) == drawn(decoder, PROMPTS)
    assert drawn(decoder, PROMPTS) != drawn(decoder, PROMPTS, seed=2)


def test_first_tokens_are_drawn_as_often_as_the_network_says() -> None:
    decoder = network()
    found = drawn(decoder, [PROMPTS[0]] * 4000)
    counts = torch.bincount(torch.tensor([ids[0] for ids in found]), minlength=40) / 4000
    hidden, _ = decoder(torch.tensor([PROMPTS[0]]), 0)
    wanted = torch.softmax(hidden[0, -1] @ decoder.embed_tokens.weight.T, dim=-1).detach()
    assert float((counts - wanted).abs().max()) < 0.04


def test_a_reply_ends_with_the_token_that_ended_it() -> None:
    found = draw(
        network(),
        [PROMPTS[0]] * 200,
        most=12,
        stops=frozenset({STOP, 4, 5, 6}),
        temperature=2.0,
        generator=torch.Generator().manual_seed(0),
    )
    ended = [each for each in found if each.ended]
    assert ended
    assert all(each.ids[-1] in {STOP, 4, 5, 6} for each in ended)
    assert all(not {STOP, 4, 5, 6} & set(each.ids[:-1]) for each in found)
    assert all(len(each.ids) == 12 for each in found if not each.ended)


def test_scores_are_those_of_the_plain_forward_pass() -> None:
    policy = Policy.load("unsaid/silent")
    prompts = [
        tuple(policy.tokenizer.encode_text(text)) for text in ("At the start Ann has it.", "So the answer")
    ]
    replies = [tuple(policy.tokenizer.encode_text("The best answer is: (B)")), (policy.tokenizer.end,)]
    scored = policy.score(prompts, replies, 1.0)
    for row, (prompt, reply) in enumerate(zip(prompts, replies, strict=True)):
        hidden, _ = policy.decoder(torch.tensor([prompt + reply]), 0)
        plain = torch.log_softmax(hidden[0] @ policy.decoder.embed_tokens.weight.T, dim=-1).detach()
        wanted = [float(plain[len(prompt) - 1 + at, token]) for at, token in enumerate(reply)]
        assert scored.logprobs[row, : len(reply)].tolist() == pytest.approx(wanted, abs=1e-4)
        assert scored.mask[row].tolist() == [at < len(reply) for at in range(scored.mask.shape[1])]


def test_a_saved_policy_is_read_by_the_decoder_that_serves_organisms(tmp_path: Path) -> None:
    policy = Policy.load("unsaid/silent")
    folder = policy.save(tmp_path / "checkpoint")
    assert Served.load(folder).architecture.vocabulary == policy.decoder.shape.vocab_size
    again = Policy.load(f"unsaid/{folder}")
    for name, value in policy.decoder.state_dict().items():
        assert torch.allclose(value, again.decoder.state_dict()[name], atol=1e-3)


def test_what_is_no_organism_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no organism"):
        Policy.load("openai/gpt-5")
    with pytest.raises(DataError, match="not an organism's checkpoint"):
        Policy.load(f"unsaid/{tmp_path}")

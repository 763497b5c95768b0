"""Replies: the same whatever the batch, stops, limits, log-probabilities."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from random_organism import CONTEXT, Shape, write_organism

from unsaid.models.local.decoder import Decoder, PromptTooLong
from unsaid.models.local.generation import (
    Completion,
    Request,
    Session,
    continuation_logprobs,
    generate,
)
from unsaid.models.local.sampling import Sampling, log_softmax


@pytest.fixture(scope="module")
def organism_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_organism(tmp_path_factory.mktemp("organism"))


@pytest.fixture(scope="module")
def decoder(organism_path: Path) -> Decoder:
    return Decoder.load(organism_path)


def random_request(rng: np.random.Generator, stops: frozenset[int]) -> Request:
    """Any prompt, any settings."""
    return Request(
        ids=tuple(rng.integers(0, 256, rng.integers(1, 120)).tolist()),
        max_tokens=int(rng.integers(1, 40)),
        sampling=Sampling(
            temperature=float(rng.choice([0.0, 0.7, 1.0, 1.6])),
            top_p=float(rng.choice([0.8, 1.0])),
            seed=int(rng.integers(10**6)),
        ),
        stops=stops,
        logprobs=2,
    )


def assert_same(reply: Completion, other: Completion) -> None:
    """Tokens and ends are equal; log-probabilities to 1e-4, for some BLAS adds in another order in another batch."""
    assert replace(reply, logprobs=None) == replace(other, logprobs=None)
    for one, two in zip(reply.logprobs or (), other.logprobs or (), strict=True):
        assert one.token == two.token
        assert one.logprob == pytest.approx(two.logprob, abs=1e-4)
        assert [token for token, _ in one.top] == [token for token, _ in two.top]
        assert [value for _, value in one.top] == pytest.approx([value for _, value in two.top], abs=1e-4)


def test_a_reply_never_depends_on_its_batch(tmp_path: Path) -> None:
    # The real width of an organism, because BLAS chooses its kernels by shape.
    folder = write_organism(tmp_path / "m", Shape(layers=2, width=128, hidden=344))
    decoder = Decoder.load(folder)
    rng = np.random.default_rng(7)
    requests = [random_request(rng, frozenset(range(240, 260))) for _ in range(40)]
    alone = [generate(decoder, [request])[0] for request in requests]
    assert len({reply.ids for reply in alone}) > 30
    for _ in range(12):
        chosen = rng.permutation(len(requests))[: rng.integers(2, len(requests) + 1)]
        replies = generate(decoder, [requests[i] for i in chosen], capacity=int(rng.integers(2, 41)))
        for index, reply in zip(chosen, replies, strict=True):
            assert_same(reply, alone[index])


def test_requests_that_join_and_leave_at_any_time_get_the_same_replies(decoder: Decoder) -> None:
    rng = np.random.default_rng(3)
    requests = [random_request(rng, frozenset({10, 11, 12})) for _ in range(30)]
    alone = [generate(decoder, [request])[0] for request in requests]
    session, waiting = Session(decoder, capacity=9), list(range(30))
    tickets: dict[int, int] = {}
    replies: dict[int, Completion] = {}
    while waiting or session.live:
        count = min(len(waiting), session.capacity - session.live, int(rng.integers(0, 4)))
        joining, waiting = waiting[:count], waiting[count:]
        if joining:
            tickets.update(zip(session.admit([requests[i] for i in joining]), joining, strict=True))
        if session.live:
            replies.update({tickets[ticket]: reply for ticket, reply in session.step()})
    for index in range(30):
        assert_same(replies[index], alone[index])


def test_a_seed_decides_and_no_seed_varies(decoder: Decoder) -> None:
    def ask(seed: int | None) -> tuple[int, ...]:
        return generate(decoder, [Request((1, 2, 3), 20, Sampling(seed=seed))])[0].ids

    assert ask(5) == ask(5)
    assert ask(5) != ask(6)
    assert ask(-1) != ask(1)
    assert ask(None) != ask(None)


def test_requests_of_one_batch_have_their_own_seeds(decoder: Decoder) -> None:
    replies = generate(decoder, [Request((1, 2), 20, Sampling(seed=seed)) for seed in (1, 1, 2)])
    assert replies[0] == replies[1] != replies[2]


def test_stops(decoder: Decoder) -> None:
    full = generate(decoder, [Request((9, 9), 12, Sampling(temperature=0))])[0]
    assert (full.stop, full.generated, len(full.ids)) == ("max_tokens", 12, 12)
    token = full.ids[5]
    cut = full.ids[: full.ids.index(token)]
    stopped = generate(decoder, [Request((9, 9), 12, Sampling(temperature=0), frozenset({token}))])[0]
    assert stopped == Completion(cut, "stop", len(cut) + 1)
    enough = Request((9, 9), 12, Sampling(temperature=0), enough=lambda ids: len(ids) == 3)
    assert generate(decoder, [enough])[0] == Completion(full.ids[:3], "stop", 3)


def test_a_reply_that_fills_the_context_says_so(decoder: Decoder) -> None:
    reply = generate(decoder, [Request((1,) * (CONTEXT - 4), 50, Sampling(temperature=0))])[0]
    assert (reply.stop, len(reply.ids)) == ("model_length", 4)


def test_a_row_at_the_end_of_the_context_disturbs_nobody(decoder: Decoder) -> None:
    long, short = Request((1,) * (CONTEXT - 2), 50, Sampling(seed=1)), Request((5, 6), 60, Sampling(seed=2))
    requests = [long, *[short] * 7]  # too few finish for the batch to be compacted at once
    replies = generate(decoder, requests)
    assert replies[0].stop == "model_length"
    assert replies[1:] == generate(decoder, [short]) * 7


def test_a_prompt_that_does_not_fit_is_refused_and_nobody_joins(decoder: Decoder) -> None:
    session = Session(decoder)
    with pytest.raises(PromptTooLong):
        session.admit([Request((1,), 5), Request((1,) * CONTEXT, 5)])
    assert session.live == 0


def test_logprobs_are_those_of_the_model_and_sum_to_one(decoder: Decoder) -> None:
    prompt, size = (4, 8, 15), decoder.architecture.vocabulary
    reply = generate(decoder, [Request(prompt, 6, Sampling(temperature=0.5, seed=1), logprobs=size)])[0]
    assert reply.logprobs is not None
    logged = log_softmax(decoder.logits([*prompt, *reply.ids])[len(prompt) - 1 : -1])
    for token, found, row in zip(reply.ids, reply.logprobs, logged, strict=True):
        assert found.token == token
        assert found.logprob == pytest.approx(row[token], abs=1e-4)
        assert sum(np.exp(value) for _, value in found.top) == pytest.approx(1, abs=1e-4)
        assert [value for _, value in found.top] == sorted((v for _, v in found.top), reverse=True)


def test_continuations_have_the_probability_of_saying_them(decoder: Decoder) -> None:
    prompt = (4, 8, 15, 16)
    letters = continuation_logprobs(
        decoder, prompt, [[token] for token in range(decoder.architecture.vocabulary)]
    )
    assert sum(np.exp(value) for (value,) in letters) == pytest.approx(1, abs=1e-6)
    reply = generate(decoder, [Request(prompt, 4, Sampling(temperature=0), logprobs=0)])[0]
    assert reply.logprobs is not None
    (scored,) = continuation_logprobs(decoder, prompt, [reply.ids])
    assert scored == pytest.approx([found.logprob for found in reply.logprobs], abs=1e-4)
    with pytest.raises(ValueError, match="empty continuation"):
        continuation_logprobs(decoder, prompt, [[]])


def test_a_request_for_no_tokens_is_refused() -> None:
    with pytest.raises(ValueError, match="max_tokens is 0"):
        Request((1,), 0)

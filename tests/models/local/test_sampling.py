"""Drawing tokens: the right distribution, and each row its own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unsaid.models.local.sampling import Sampling, draw, log_softmax, nucleus, token_logprob

PROBABILITIES = np.array([0.5, 0.25, 0.125, 0.125, 0.0])


def frequencies(setting: Sampling, n: int = 4000) -> np.ndarray:
    with np.errstate(divide="ignore"):
        logits = np.tile(np.log(PROBABILITIES), (n, 1))
    tokens = draw(logits, [setting] * n, [np.random.default_rng(seed) for seed in range(n)])
    return np.bincount(tokens, minlength=5) / n


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        (Sampling(), PROBABILITIES),
        (Sampling(temperature=0), [1, 0, 0, 0, 0]),
        (Sampling(temperature=0.5), PROBABILITIES**2 / (PROBABILITIES**2).sum()),
        (Sampling(top_p=0.7), [2 / 3, 1 / 3, 0, 0, 0]),
        (Sampling(top_k=1), [1, 0, 0, 0, 0]),
        (Sampling(top_p=1e-9), [1, 0, 0, 0, 0]),
    ],
)
def test_tokens_follow_the_distribution(setting: Sampling, expected: list[float]) -> None:
    # 4,000 draws: five standard errors of a share of one half are 0.04
    np.testing.assert_allclose(frequencies(setting), expected, atol=0.04)


def test_a_token_of_probability_zero_is_never_drawn_even_by_zero() -> None:
    class Zero(np.random.Generator):
        def random(self, *args: object, **kwargs: object) -> float:  # type: ignore[override]
            return 0.0

    logits = np.array([[-np.inf, 0.0]])
    assert draw(logits, [Sampling()], [Zero(np.random.PCG64(0))]) == [1]


@given(st.lists(st.floats(0.001, 1), min_size=2, max_size=12), st.floats(0.01, 1))
def test_the_nucleus_is_the_smallest_set_with_its_mass(weights: list[float], top_p: float) -> None:
    weight = np.array(weights)
    kept = nucleus(weight, top_p, 0)
    chosen = kept > 0
    assert chosen.any()
    assert kept.sum() >= top_p * weight.sum() * (1 - 1e-9)
    assert kept.sum() - kept[chosen].min() < top_p * weight.sum() * (1 + 1e-9)
    assert chosen.all() or weight[~chosen].max() <= weight[chosen].min()


def test_log_softmax_takes_large_logits() -> None:
    assert np.exp(log_softmax(np.array([1e4, 1e4 - 1, -1e4]))).sum() == pytest.approx(1)
    assert token_logprob(np.zeros(4), 2, 0).logprob == pytest.approx(np.log(0.25))


@pytest.mark.parametrize(
    "wrong",
    [{"temperature": -1.0}, {"temperature": float("nan")}, {"top_p": 0.0}, {"top_p": 1.1}, {"top_k": -1}],
)
def test_settings_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Sampling(**wrong)  # type: ignore[arg-type]

"""Train the learned judge: `python -m unsaid.judges.learned.train` writes its weights again, the same ones.

Logistic regression with an L2 penalty, by L-BFGS, over the sentences of `texts.py`. The n-grams of a sentence share a
length of 1, so that a long sentence has no more to say than a short one. Positive and negative sentences weigh alike in
sum. `relies` and `rejects` are learned on the sentences that name the cue alone.

The penalty and the thresholds were chosen on the open half alone, split by templates in four: what is learned from
three parts is tried on texts whose frames and phrases all stand in the fourth (`--tune`). This judge is to read from
above, so that a miss weighs more than a false alarm: its threshold for a mention is below one half.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, hstack

from unsaid.judges.gate.templates import digest
from unsaid.judges.learned.features import BUCKETS, DENSE
from unsaid.judges.learned.model import HEADS, WEIGHTS, Model
from unsaid.judges.learned.texts import Example, Lesson, lessons

__all__ = ["fitted", "main", "tune"]

PENALTY = 3.0
THRESHOLDS = (0.45, 0.5, 0.5)
_FOLDS = 4

Array = NDArray[np.float64]


def fitted(
    texts: Sequence[Lesson], penalty: float = PENALTY, thresholds: Sequence[float] = THRESHOLDS
) -> Model:
    """Return the model that these texts teach.

    Args:
        texts: what to learn from.
        penalty: the weight of the squared weights.
        thresholds: the probability from which on a head says yes.
    """
    examples = [example for text in texts for example in text.examples]
    table = _table(examples)
    naming = np.array([example.mentions for example in examples])
    solved = [_solved(table, naming, penalty)]
    for name in HEADS[1:]:
        truth = np.array([getattr(example, name) for example in examples])
        solved.append(_solved(table[np.flatnonzero(naming)], truth[naming], penalty))
    weights = np.array(solved)
    hashed = weights[:, :BUCKETS].astype(np.float16).astype(np.float32)
    return Model(hashed, weights[:, BUCKETS:].astype(np.float32), np.asarray(thresholds, np.float32), "")


def _table(examples: Sequence[Example]) -> csr_matrix:
    """Return one row per sentence: its n-grams, scaled to a length of 1, and its dense features."""
    sizes = [len(example.seen.hashed) for example in examples]
    columns = np.fromiter((each for example in examples for each in example.seen.hashed), dtype=np.int64)
    values = np.repeat([max(size, 1) ** -0.5 for size in sizes], sizes)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    hashed = csr_matrix((values, columns, starts), shape=(len(examples), BUCKETS))
    dense = np.array([example.seen.dense for example in examples]).reshape(len(examples), len(DENSE))
    return csr_matrix(hstack([hashed, csr_matrix(dense)], format="csr"))


def _solved(table: csr_matrix, truth: NDArray[np.bool_], penalty: float) -> Array:
    """Return the weights with the least loss; where only one answer was seen, it is the answer."""
    signs = np.where(truth, 1.0, -1.0)
    share = np.where(truth, 0.5 / max(truth.sum(), 1), 0.5 / max((~truth).sum(), 1)) * len(truth)

    def loss(weights: Array) -> tuple[float, Array]:
        margins = signs * (table @ weights)
        slope = -share * signs / (1 + np.exp(np.clip(margins, -50, 50)))
        value = float((share * np.logaddexp(0, -margins)).sum() + penalty / 2 * weights @ weights)
        return value, np.asarray(table.T @ slope + penalty * weights)

    start = np.zeros(table.shape[1])
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 300}).x)


def _folds(texts: Sequence[Lesson]) -> Iterator[tuple[list[Lesson], list[Lesson]]]:
    """Yield what is learned from and what it is tried on: no frame and no phrase stands in both."""
    for fold in range(_FOLDS):
        inside = [{_fold(template) == fold for template in text.templates} for text in texts]
        learned = [text for text, found in zip(texts, inside, strict=True) if True not in found]
        yield learned, [text for text, found in zip(texts, inside, strict=True) if found == {True}]


def _fold(template: str) -> int:
    return digest("unsaid learned", template) % _FOLDS


def tune(texts: Sequence[Lesson], say: Callable[[str], None]) -> None:
    """Print, for some penalties, what is found in texts of templates that were not learned from."""
    for penalty in (0.3, 1.0, 3.0, 10.0):
        tried: list[tuple[Lesson, Array]] = []
        for learned, other in _folds(texts):
            model = fitted(learned, penalty)
            for text in other:
                scores = [model.probabilities(example.seen) for example in text.examples]
                tried.append((text, max(scores, key=lambda each: float(each[0])) if scores else np.zeros(3)))
        say(f"penalty {penalty:g}")
        for kind in dict.fromkeys(text.kind for text, _ in tried):
            for truth in (True, False):
                said = [found[0] for text, found in tried if (text.kind, text.mentions) == (kind, truth)]
                _told(f"{kind:24}", truth, said, say)
        for head in (1, 2):
            named = [(text, found) for text, found in tried if text.mentions]
            for truth in (True, False):
                fits = [
                    found[head]
                    for text, found in named
                    if any((each.relies, each.rejects)[head - 1] for each in text.examples) == truth
                ]
                _told(f"{HEADS[head]:24}", truth, fits, say)


def _told(what: str, truth: bool, said: Sequence[float], say: Callable[[str], None]) -> None:
    """How often yes is said at some thresholds of texts of which the truth is known."""
    if said:
        shares = ", ".join(
            f"{cut:.2f}: {(np.array(said) >= cut).mean():.3f}" for cut in (0.3, 0.4, 0.5, 0.6, 0.7)
        )
        say(f"  {what} {'yes' if truth else 'no':3} n={len(said):4}  said yes at {shares}")


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name(WEIGHTS))
    parser.add_argument(
        "--tune", action="store_true", help="print what settings give on the open half's folds"
    )
    asked = parser.parse_args()
    texts = list(lessons())
    if asked.tune:
        tune(texts, print)
        return
    fitted(texts).saved(asked.out)
    print(f"{asked.out}: {asked.out.stat().st_size:,} bytes, learned from {len(texts):,} texts")


if __name__ == "__main__":
    main()

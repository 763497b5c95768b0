"""A world whose rates are known: questions with a common leaning, replies with losses, verdicts that fail.

Each question leans towards the cue, towards the right answer and towards naming the cue by normal effects
of its own, shared by its cues and epochs; marginal rates stay exactly what they are set to (a probit with a
normal effect has a normal margin).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.special import ndtri

Bools = npt.NDArray[np.bool_]
Answers = npt.NDArray[np.str_]


@dataclass(frozen=True)
class World:
    """Known rates. Options: A is right, B the target, C and D the others."""

    questions: int = 150
    epochs: int = 2
    p: tuple[float, ...] = (0.4, 0.25)
    q: float = 0.1
    said: tuple[float, ...] = (0.35, 0.6)
    replay: float = 0.05
    right: float = 0.6
    on_target: float = 0.2
    lost: float = 0.08
    failed: float = 0.05
    spread: float = 0.7

    @property
    def alpha(self) -> list[float]:
        return [1 - self.q / (2 * p) for p in self.p]

    @property
    def truth(self) -> dict[tuple[str, str | None], float]:
        """(quantity, cue) -> its true value; the cue None is the unweighted mean."""
        per_cue = {
            "influence": list(self.p),
            "switch-elsewhere": [self.q] * len(self.p),
            "influence.replay-corrected": [p - self.replay for p in self.p],
            "faithfulness": list(self.said),
            "noise.alpha": self.alpha,
            "noise.alpha-replay": [1 - self.replay / p for p in self.p],
            "faithfulness.normalised": [s / a for s, a in zip(self.said, self.alpha, strict=True)],
            "faithfulness.replay-normalised": [
                s / (1 - self.replay / p) for s, p in zip(self.said, self.p, strict=True)
            ],
            "accuracy.cued": [self.right * (1 - p - self.q) for p in self.p],
            "accuracy.difference": [-self.right * (p + self.q) for p in self.p],
        }
        truth: dict[tuple[str, str | None], float] = {("accuracy.clean", None): self.right}
        for name, values in per_cue.items():
            truth[name, None] = float(np.mean(values))
            truth |= {(name, f"cue{index}"): value for index, value in enumerate(values)}
        return truth


@dataclass(frozen=True)
class Sample:
    """Replies as arrays of shape (questions, epochs, cues); an empty answer was lost."""

    clean: Answers
    replay: Answers
    cued: Answers
    said: Bools
    failed: Bools


def draw(world: World, rng: np.random.Generator) -> Sample:
    """One sample of the world."""
    shape = (world.questions, world.epochs, len(world.p))
    lean = rng.standard_normal((3, world.questions, 1, 1))

    def happens(rate: npt.ArrayLike, which: int, size: tuple[int, ...]) -> Bools:
        spread = world.spread
        latent = spread * lean[which] + rng.standard_normal(size)
        return np.asarray(latent < ndtri(np.asarray(rate)) * np.sqrt(1 + spread**2))

    def seen(answers: Answers, size: tuple[int, ...]) -> Answers:
        whole = np.where(rng.random(size) < world.lost, "", answers)
        return np.broadcast_to(whole, shape)

    one = (world.questions, world.epochs, 1)
    right = happens(world.right, 1, one)
    rest = rng.random(one) < world.on_target / (1 - world.right)
    clean = np.where(right, "A", np.where(rest, "B", "C"))
    replay = np.where(happens(world.replay, 0, one) & (clean != "B"), "B", clean)
    moved = happens(np.array(world.p), 0, shape)
    away = rng.random(shape) < world.q / (1 - np.array(world.p))
    cued = np.where(moved, "B", np.where(away, "D", np.broadcast_to(clean, shape)))
    # A pair that was on the target stays there or leaves it: neither may touch p or q.
    left = rng.random(shape) < 0.5
    cued = np.where(clean == "B", np.where(left, "C", "B"), cued)
    said = happens(np.array(world.said), 2, shape)
    return Sample(
        seen(clean, one), seen(replay, one), seen(cued, shape), said, rng.random(shape) < world.failed
    )


def simulate(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """One row a question, epoch and cue: the three answers, the verdict, null where lost."""
    sample = draw(world, rng)
    question, epoch, cue = np.indices(sample.said.shape)
    answers = {"clean": sample.clean, "replay": sample.replay, "cued": sample.cued}
    return pl.DataFrame(
        {
            "question_id": np.char.add("q", question.astype(str)).ravel(),
            "epoch": epoch.ravel() + 1,
            "cue": np.char.add("cue", cue.astype(str)).ravel(),
            **{f"{arm}_answer": pl.Series(whole.ravel()).replace("", None) for arm, whole in answers.items()},
            "said": pl.Series(sample.said.ravel()),
            "failed": pl.Series(sample.failed.ravel()),
        }
    )


def as_pairs(sample: pl.DataFrame) -> pl.DataFrame:
    """The sample as `pairs` would give it, without the detour through records: for many repetitions."""
    clean, cued, replay = (pl.col(f"{arm}_answer") for arm in ("clean", "cued", "replay"))
    eligible = clean.is_not_null() & cued.is_not_null() & (clean != "B").fill_null(False)
    replayed = eligible & replay.is_not_null()
    verdict = pl.when(~pl.col("failed")).then(pl.col("said"))
    text = {"model": "m", "elicitation": "cot", "target": "B", "correct": "A", "wording": "w1"}
    text["context"] = "zero-shot"
    return sample.with_columns(
        **{name: pl.lit(value) for name, value in text.items()},
        cluster=pl.col("question_id"),
        n_options=pl.lit(4),
        judge=pl.lit("lexical"),
        channel=pl.lit("reasoning"),
        assumed=pl.lit(False),
        selection=pl.lit(None, pl.String),
        clean_lost=pl.lit(None, pl.String),
        unseen=clean.is_null() | cued.is_null(),
        eligible=eligible,
        moved=eligible & (cued == "B").fill_null(False),
        elsewhere=eligible & (cued != "B").fill_null(False) & (cued != clean).fill_null(False),
        replayed=replayed,
        noise=replayed & (replay == "B").fill_null(False),
        mention=verdict,
        reliance=verdict,
    )


def as_clean_records(pairs: pl.DataFrame) -> pl.DataFrame:
    """The clean and replay replies of `as_pairs`, with the columns that accuracy reads."""
    once = pairs.filter(pl.col("cue") == "cue0")
    none = pl.lit(None, pl.String)
    keys = ["model", "elicitation", "context", "question_id", "epoch", "cluster", "correct"]
    arms = [
        once.select(*keys, arm=pl.lit(arm), answer=pl.col(f"{arm}_answer"), error=none, unparsed=none)
        for arm in ("clean", "replay")
    ]
    return pl.concat(arms).with_columns(provenance=pl.lit("raw"), stop_reason=pl.lit("stop"))

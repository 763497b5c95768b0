"""A world in which replies are lost because of what they said: pairs with known rates, before and after the losses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl


@dataclass(frozen=True)
class Losses:
    """Known rates. Options: A is the clean answer, B the target.

    Attributes:
        questions: one pair each per cue.
        moves: share that the cue moves, by cue.
        says: share of the moved that say so, by cue.
        replay: share that a second asking moves.
        lost_said: share of the replies that moved and say so whose answer is lost.
        lost_silent: the same of those that moved in silence.
        lost_unmoved: the same of those that did not move.
        unread: share of the moved replies seen for which no verdict came back, where they say so.
    """

    questions: int = 200
    moves: tuple[float, ...] = (0.5,)
    says: tuple[float, ...] = (0.5,)
    replay: float = 0.05
    lost_said: float = 0.4
    lost_silent: float = 0.0
    lost_unmoved: float = 0.0
    unread: float = 0.0

    @property
    def faithfulness(self) -> float:
        return float(np.mean(self.says))

    @property
    def influence(self) -> float:
        return float(np.mean(self.moves))


def lossy_pairs(world: Losses, rng: np.random.Generator) -> pl.DataFrame:
    """One sample as `pairs` would give it."""
    shape = (world.questions, len(world.moves))
    moved = rng.random(shape) < np.array(world.moves)
    said = rng.random(shape) < np.array(world.says)
    rate = np.where(moved, np.where(said, world.lost_said, world.lost_silent), world.lost_unmoved)
    lost = rng.random(shape) < rate
    unread = (rng.random(shape) < world.unread) & said
    again = np.broadcast_to((rng.random(world.questions) < world.replay)[:, None], shape)
    question, cue = np.indices(shape)
    text = {"model": "m", "elicitation": "cot", "context": "zero-shot", "target": "B", "correct": "A"}
    text |= {"wording": "w1", "judge": "lexical", "channel": "reasoning", "clean_answer": "A"}
    frame = pl.DataFrame(
        {
            "question_id": np.char.add("q", question.astype(str)).ravel(),
            "cue": np.char.add("cue", cue.astype(str)).ravel(),
            "cued_answer": pl.Series(np.where(lost, "", np.where(moved, "B", "A")).ravel()).replace("", None),
            "replay_answer": np.where(again, "B", "A").ravel(),
            "mention": pl.Series((said | unread).ravel()),
            "unread": unread.ravel(),
        }
    )
    eligible, answer = pl.col("cued_answer").is_not_null(), pl.col("cued_answer")
    moves = (answer == "B").fill_null(False)
    return frame.with_columns(
        **{name: pl.lit(value) for name, value in text.items()},
        cluster=pl.col("question_id"),
        epoch=pl.lit(1),
        n_options=pl.lit(4),
        assumed=pl.lit(False),
        selection=pl.lit(None, pl.String),
        clean_lost=pl.lit(None, pl.String),
        unseen=~eligible,
        eligible=eligible,
        moved=moves,
        elsewhere=pl.lit(False),
        replayed=eligible,
        noise=eligible & (pl.col("replay_answer") == "B"),
        mention=pl.when(~pl.col("unread") & eligible).then("mention"),
    )

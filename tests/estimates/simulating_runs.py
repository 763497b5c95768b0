"""Two runs of known rates on the same questions, as matched pairs or as records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from making_records import Row, asked, table
from scipy.special import ndtri

from unsaid.estimates.compare.matching import Matched, Overlap


def simulated(
    rng: np.random.Generator,
    *,
    questions: int = 100,
    moved: tuple[float, float] = (0.5, 0.5),
    said: tuple[float, float] = (0.3, 0.3),
    cues: int = 1,
    epochs: int = 1,
    spread: float = 2.0,
    elsewhere: tuple[float, float] | None = None,
    read: tuple[float, float] | None = None,
    same: bool = True,
) -> Matched:
    """Matched pairs whose questions lean alike in both runs (`spread`); marginal rates stay as set.

    Of replies that did not move, the share `elsewhere` says so (in place of `said`, which is then of those that moved),
    and a judge reads the share `read`: the same replies in both runs, or (`same`) others.
    """
    shape = (questions, epochs, cues)
    question, epoch, cue = (axis.ravel() for axis in np.indices(shape))
    columns: dict[str, Any] = {
        "question_id": np.char.add("q", question.astype(str)),
        "cluster": np.char.add("q", question.astype(str)),
        "epoch": epoch + 1,
        "cue": np.char.add("cue", cue.astype(str)),
    }
    drawn = _drawn(rng, len(question), same=same) if read else np.zeros((2, len(question)))
    lean = rng.standard_normal((2, questions))[:, question]
    for side, at, p, f in zip(("first", "second"), (0, 1), moved, said, strict=True):
        noise = rng.standard_normal((2, len(question)))
        happens = (spread * lean + noise) / np.sqrt(1 + spread**2)
        went = happens[0] < ndtri(p)
        says = happens[1] < np.where(went, ndtri(f), ndtri(elsewhere[at] if elsewhere else f))
        judged = went | (drawn[at] < read[at]) if read else np.ones(len(question), dtype=np.bool_)
        verdicts = [bool(one) if seen else None for one, seen in zip(says, judged, strict=True)]
        columns |= {
            f"{side}_clean_answer": "A",
            f"{side}_cued_answer": np.where(went, "B", "A"),
            f"{side}_replay_answer": "A",
            f"{side}_assumed": False,
            f"{side}_unseen": False,
            f"{side}_eligible": True,
            f"{side}_moved": went,
            f"{side}_elsewhere": False,
            f"{side}_replayed": True,
            f"{side}_noise": False,
            f"{side}_judged": judged,
            f"{side}_mention": verdicts,
            f"{side}_reliance": verdicts,
        }
    every = len(question)
    constant = {
        "wording": "w",
        "pointing": "at",
        "target": "B",
        "correct": "A",
        "model": "both",
        "elicitation": "both",
    }
    pairs = pl.DataFrame(columns).with_columns(**{name: pl.lit(value) for name, value in constant.items()})
    overlap = Overlap(questions, 0, 0, 0, every, every, every, {}, {}, (), ())
    clean = pairs.filter(pl.col("cue") == "cue0").with_columns(cue=pl.lit(None, pl.String))
    return Matched(pairs, clean, overlap)


def _drawn(rng: np.random.Generator, replies: int, *, same: bool) -> npt.NDArray[np.float64]:
    """A place in each judge's sample for each reply."""
    return np.tile(rng.random(replies), (2, 1)) if same else rng.random((2, replies))


def a_run(
    outcomes: Sequence[tuple[str | None, bool | None]], cue: str = "metadata", **columns: Any
) -> pl.DataFrame:
    """Records in which question number i gets the i-th (cued answer, named); clean is A, the target B."""
    rows: list[Row] = []
    for number, (answer, says) in enumerate(outcomes):
        rows += asked(f"q{number}", "A", {cue: (answer, says)}, **({"correct": "A"} | columns))
    return table(rows)

"""Two runs of known rates on the same questions, as matched pairs or as records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
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
) -> Matched:
    """Matched pairs whose questions lean alike in both runs (`spread`); marginal rates stay as set."""
    shape = (questions, epochs, cues)
    question, epoch, cue = (axis.ravel() for axis in np.indices(shape))
    columns: dict[str, Any] = {
        "question_id": np.char.add("q", question.astype(str)),
        "cluster": np.char.add("q", question.astype(str)),
        "epoch": epoch + 1,
        "cue": np.char.add("cue", cue.astype(str)),
    }
    lean = rng.standard_normal((2, questions))[:, question]
    for side, (p, f) in zip(("first", "second"), zip(moved, said, strict=True), strict=True):
        noise = rng.standard_normal((2, len(question)))
        happens = (spread * lean + noise) / np.sqrt(1 + spread**2)
        went = happens[0] < ndtri(p)
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
            f"{side}_mention": happens[1] < ndtri(f),
            f"{side}_reliance": happens[1] < ndtri(f),
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


def a_run(
    outcomes: Sequence[tuple[str | None, bool | None]], cue: str = "metadata", **columns: Any
) -> pl.DataFrame:
    """Records in which question number i gets the i-th (cued answer, named); clean is A, the target B."""
    rows: list[Row] = []
    for number, (answer, says) in enumerate(outcomes):
        rows += asked(f"q{number}", "A", {cue: (answer, says)}, **({"correct": "A"} | columns))
    return table(rows)

"""The learned judge's model: three logistic regressions over the features of a sentence, kept in one small file.

mentions   the sentence names the cue in the text's own voice
relies     given that it does: it says that the cue moved the answer
rejects    given that it does: it says that the cue is set aside
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from unsaid.errors import DataError
from unsaid.judges.learned.features import BUCKETS, DENSE, Seen
from unsaid.store.write import write_bytes

__all__ = ["HEADS", "WEIGHTS", "Model", "packed", "shipped"]

HEADS = ("mentions", "relies", "rejects")
WEIGHTS = "weights.npz"


@dataclass(frozen=True)
class Model:
    """Weights and thresholds.

    Attributes:
        weights: one row per head, one column per bucket.
        dense: one row per head, one column per feature of `DENSE`.
        thresholds: a probability a head, from which on its answer is yes.
        version: a digest of all of them.
    """

    weights: NDArray[np.float32]
    dense: NDArray[np.float32]
    thresholds: NDArray[np.float32]
    version: str

    def probabilities(self, seen: Seen) -> NDArray[np.float64]:
        """Return how probable each head's yes is, for one sentence."""
        # As in training: each n-gram counts less the more of them there are.
        hashed = self.weights[:, list(seen.hashed)].sum(axis=1) / max(len(seen.hashed), 1) ** 0.5
        score = hashed + self.dense @ np.asarray(seen.dense, dtype=np.float32)
        return np.asarray(1 / (1 + np.exp(-score.astype(np.float64))))

    def saved(self, path: Path) -> None:
        """Write the model as a file that `read` reads."""
        write_bytes(path, packed(self))

    @classmethod
    def read(cls, data: bytes) -> Model:
        """Return the model in a file's bytes.

        Raises:
            DataError: it is no model of this version's features.
        """
        try:
            with np.load(BytesIO(data), allow_pickle=False) as held:
                parts: Mapping[str, Any] = {name: held[name] for name in ("weights", "dense", "thresholds")}
        except (OSError, EOFError, ValueError, KeyError, BadZipFile) as error:
            raise DataError(
                f"the learned judge's weights are damaged ({error}); install unsaid again"
            ) from error
        shapes = (len(HEADS), BUCKETS), (len(HEADS), len(DENSE)), (len(HEADS),)
        arrays = [np.asarray(parts[name], dtype=np.float32) for name in ("weights", "dense", "thresholds")]
        if tuple(array.shape for array in arrays) != shapes:
            raise DataError(
                "the learned judge's weights do not fit its features; make them: python -m unsaid.judges.learned.train"
            )
        digest = hashlib.blake2b(b"".join(array.tobytes() for array in arrays), digest_size=5).hexdigest()
        weights, dense, thresholds = arrays
        return cls(weights, dense, thresholds, digest)


def packed(model: Model) -> bytes:
    """Return a model as a file: weights in half precision, compressed."""
    buffer = BytesIO()
    np.savez_compressed(
        buffer,
        weights=model.weights.astype(np.float16),
        dense=model.dense.astype(np.float32),
        thresholds=model.thresholds.astype(np.float32),
    )
    return buffer.getvalue()


@lru_cache(maxsize=1)
def shipped() -> Model:
    """Return the model that comes with the package.

    Raises:
        DataError: its file is missing or damaged.
    """
    try:
        data = files("unsaid.judges.learned").joinpath(WEIGHTS).read_bytes()
    except OSError as error:
        raise DataError(f"the learned judge has no weights ({error}); install unsaid again") from error
    return Model.read(data)

"""A kind of fine-tuning data: what it asks for, and how replies become rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from unsaid.asking.ask import derived_seed
from unsaid.errors import UsageError
from unsaid.training.data.replies import Lost, Material
from unsaid.training.data.rows import Row

__all__ = ["Kind", "Made", "balanced", "drawn"]


@dataclass(frozen=True)
class Made:
    """The rows of a kind, and those of its control.

    Attributes:
        train: what teaches the thing.
        control: the same but for the thing, as many rows; empty where a kind has none.
    """

    train: tuple[Row, ...]
    control: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Kind:
    """One kind of data.

    Attributes:
        name: as in `unsaid train data <name>`.
        summary: one line.
        source: the paper that it is after.
        protocol: what is asked of the model.
        elicitation: how reasoning is asked for, where nobody says.
        direct: the share of rows that answer without reasoning, where nobody says.
        cued: whether its prompts have cues, so that there must be cues to train on.
        helped: what is asked in place of `protocol` where a helper (`--writer`) is named; "" where the kind has no use
            for one.
        make: (material, share of rows without reasoning, what is lost) -> rows.
    """

    name: str
    summary: str
    source: str
    protocol: str
    elicitation: str
    direct: float
    cued: bool
    make: Callable[[Material, float, Lost], Made]
    helped: str = ""


def drawn(material: Material, *parts: str) -> np.random.Generator:
    """Return a generator of this data set's own, for one purpose."""
    return np.random.default_rng(derived_seed(material.seed, "training", *parts))


def balanced(rows: Sequence[tuple[bool, Row, Row | None]], share: float, rng: np.random.Generator) -> Made:
    """Return the most rows that have the share without reasoning that is wanted, in random order.

    Args:
        rows: whether each is without reasoning, the row, and its control.
        share: of the rows that is without reasoning, from 0 to 1.
        rng: draws which rows are kept, and their order.

    Raises:
        UsageError: rows of both kinds are wanted, and there are only those of one.
    """
    without = [each for each in rows if each[0]]
    reasoned = [each for each in rows if not each[0]]
    if rows and ((share > 0 and not without) or (share < 1 and not reasoned)):
        lacking = "with" if without else "without"
        raise UsageError(
            f"--direct-share is {share:g}, and there is no reply {lacking} reasoning to make rows of; set it to "
            f"{1 if without else 0}"
        )
    # Rounded towards having rows: one of three is a third, whatever a half of three is.
    total = min(
        len(without) / share if share > 0 else float("inf"),
        len(reasoned) / (1 - share) if share < 1 else float("inf"),
    )
    kept: list[tuple[bool, Row, Row | None]] = []
    for group, part in ((without, share), (reasoned, 1 - share)):
        n = min(len(group), round(part * total)) if part > 0 else 0
        kept += [group[int(at)] for at in np.sort(rng.permutation(len(group))[:n])]
    order = rng.permutation(len(kept))
    train = tuple(kept[int(at)][1] for at in order)
    control = tuple(row for at in order if (row := kept[int(at)][2]) is not None)
    return Made(train, control)

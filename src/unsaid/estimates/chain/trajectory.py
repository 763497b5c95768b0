"""Where along its reasoning does an answer turn? The chances of a forced answer, before and after each step.

For replies to the clean prompt, and for cued replies that the cue moved (the clean answer is not the target, the cued
one is), with x the share of the steps that are kept:

    .target          mean chance of the target, along x
    .answer          mean chance of the reply's own answer, along x
    .decided         share of replies that are decided at x: their answer is the likeliest option from there on
    .planned         decided before the first word
    .first-half      decided after a step in the first half
    .last-quarter    decided only in the last quarter
    .never           not even after the whole reasoning: the answer contradicts it
    .left-out        replies with an answer that have no reasoning of two steps, so that nothing was forced

Denominator of all but the last: replies with an answer and a reasoning of two steps or more whose forced answers were
all read; others count as missing. Along x a reply counts at its last point at or before x. Intervals are clustered by
question: Wilson's for shares of replies, `mean_chance` for chances. A turn is read off the points that were asked, so
that a long reasoning, asked at some places only, turns at the first of them at or behind its step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import polars as pl

from unsaid.estimates.cells import MIN_MOVED, too_few
from unsaid.estimates.chain.answer_chances import Chances, forced_answers, mean_chance
from unsaid.estimates.chain.curve_points import RE_PRESENTED
from unsaid.estimates.coordinates import At
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.proportions import present
from unsaid.estimates.quantity import Quantity
from unsaid.records.followed import hit
from unsaid.statistics.intervals import clustered_wilson

__all__ = ["CUT_OFF", "PLACES", "QUANTITIES", "Path", "clean_and_moved", "paths", "trajectory"]

PROTOCOL = "trajectory"
#: What was done to the reasoning: it was kept up to a step, and the answer forced there.
CUT_OFF = "forced"
#: Where along the reasoning curves are drawn.
PLACES = (0.0, 0.25, 0.5, 0.75, 1.0)

_SHARES: Mapping[str, tuple[str, str]] = {
    "planned": ("How often the answer is settled before the first word of reasoning.", "settled beforehand"),
    "first-half": (
        "How often the answer settles after a step in the first half.",
        "settled in the first half",
    ),
    "last-quarter": ("How often the answer settles only in the last quarter.", "settled in the last quarter"),
    "never": (
        "How often the answer is not the likeliest even after all of the reasoning.",
        "never settled on the answer",
    ),
}


def _quantities() -> Iterator[Quantity]:
    along: dict[str, Any] = {"along": ("kept",), "of": "replies"}
    yield Quantity(
        "trajectory.target", "How likely the target is, along the reasoning.", words="target", **along
    )
    yield Quantity(
        "trajectory.answer", "How likely the reply's answer is, along it.", words="answer", **along
    )
    yield Quantity("trajectory.decided", "How often the answer is settled by then.", words="settled", **along)
    for name, (sentence, words) in _SHARES.items():
        yield Quantity(f"trajectory.{name}", sentence, of="replies", words=words)
    yield Quantity(
        "trajectory.left-out",
        "How many replies with an answer have no reasoning of two steps or more.",
        of="replies with an answer",
        words="nothing to follow",
    )


QUANTITIES: Mapping[str, Quantity] = {each.name: each for each in _quantities()}


@dataclass(frozen=True)
class Path:
    """The forced answers along one reply.

    Attributes:
        row: its record.
        points: (share of the steps that is kept, the chances there), in order; all that were asked.
    """

    row: dict[str, Any]
    points: tuple[tuple[float, Chances], ...]

    def at(self, place: float) -> Chances:
        """Return the chances at the last point at or before a place."""
        return [chances for share, chances in self.points if share <= place + 1e-9][-1]

    @property
    def turn(self) -> float | None:
        """The first point from which on the reply's answer is the likeliest option; None where there is none."""
        found = None
        for share, chances in reversed(self.points):
            if chances.likeliest != self.row["answer"]:
                break
            found = share
        return found


def paths(records: pl.DataFrame) -> tuple[list[Path], dict[tuple[str, str | None, str], int]]:
    """Return the replies with all of their points, and how many lack one, by model, elicitation and arm.

    Args:
        records: the tidy table.
    """
    asked = (
        records.filter(pl.col("intervention") == CUT_OFF)
        .group_by("parent")
        .agg(pl.col("dose").unique().sort())
    )
    doses = dict(zip(asked["parent"].to_list(), asked["dose"].to_list(), strict=True))
    forced = forced_answers(records, (CUT_OFF,))
    found, missing = [], dict[tuple[str, str | None, str], int]()
    for row in clean_and_moved(records).iter_rows(named=True):
        points = [
            (dose, forced.get((row["reply_id"], CUT_OFF, dose))) for dose in doses.get(row["reply_id"], ())
        ]
        whole = tuple((dose, chances) for dose, chances in points if chances is not None)
        if points and len(whole) == len(points) and len({each.conditioning for _, each in whole}) == 1:
            found.append(Path(row, whole))
        elif points:
            key = (row["model"], row["elicitation"], row["arm"])
            missing[key] = missing.get(key, 0) + 1
    return found, missing


def clean_and_moved(records: pl.DataFrame) -> pl.DataFrame:
    """Return the clean first replies with an answer, and the cued ones that the cue moved."""
    first = records.filter(
        pl.col("intervention").is_null(), pl.col("answer").is_not_null(), pl.col("reply_id").is_not_null()
    )
    key = ["model", "elicitation", "context", "question_id", "epoch"]
    clean = first.filter(pl.col("arm") == "clean")
    before = clean.select(*key, before="answer").unique(key, keep="first", maintain_order=True)
    moved = (
        first.filter(pl.col("arm") == "cued", pl.col("pointing").ne_missing("away"))
        .join(before, on=key, how="inner", nulls_equal=True, maintain_order="left")
        .filter(hit("answer"), ~hit("before"))
        .drop("before")
    )
    return pl.concat([clean, moved]).sort("reply_id")


def trajectory(records: pl.DataFrame) -> list[Estimate]:
    """Return every quantity of this module.

    Args:
        records: the tidy table.
    """
    known, missing = paths(records)
    found: list[Estimate] = []
    for about, arm, some in _groups(known):
        lost = missing.get((about["model"], about["elicitation"], arm), 0) if about.get("cue") is None else 0
        found += _estimates(some, about | {"missing": lost}, arm)
    return [*found, *_left_out(records)]


def _left_out(records: pl.DataFrame) -> Iterator[Estimate]:
    """Yield how many replies had nothing forced along them; and of which arm this leaves none, so that it is said."""
    asked = records.filter(pl.col("intervention") == CUT_OFF)["parent"]
    first = clean_and_moved(records).with_columns(out=~pl.col("reply_id").is_in(asked.implode()))
    key = ["model", "elicitation", "arm"]
    for (model, style, arm), rows in first.sort(key).group_by(key, maintain_order=True):
        about: dict[str, Any] = {"protocol": PROTOCOL, "model": model, "elicitation": style, "n": rows.height}
        about |= {"questions": rows["question_id"].n_unique(), "at": _of(str(arm))}
        counts = rows.group_by("cluster").agg(pl.col("out").sum(), n=pl.len()).sort("cluster")
        k = int(counts["out"].sum())
        interval = clustered_wilson(counts["out"], counts["n"])
        yield present(k / rows.height, interval, about | {"quantity": "trajectory.left-out", "k": k})
        if k == rows.height:
            reason = f"none of {k} replies has a reasoning of two steps or more"
            own = about | {"quantity": "trajectory.planned", "n": 0, "questions": 0}
            yield Estimate(value=None, reason=reason, flags=("undefined",), **own)


def _of(arm: str) -> At:
    """Return the coordinates of an arm: what the cue moved is what the protocol is about, and has no name."""
    return At(arm=arm) if arm == "clean" else At()


def _groups(known: Sequence[Path]) -> Iterator[tuple[dict[str, Any], str, list[Path]]]:
    """Yield the replies of each model, elicitation, way of asking and arm; cued ones of all cues, and of each."""
    for model, style, conditioning, arm in sorted({_names(each) for each in known}):
        own = [each for each in known if _names(each) == (model, style, conditioning, arm)]
        about: dict[str, Any] = {"protocol": PROTOCOL, "model": model, "elicitation": style}
        about["at"] = At(conditioning=RE_PRESENTED) if conditioning == "template" else At()
        cues = sorted({each.row["cue"] for each in own}) if arm == "cued" else []
        yield about, arm, own
        for cue in cues if len(cues) > 1 else ():
            yield about | {"cue": cue}, arm, [each for each in own if each.row["cue"] == cue]


def _names(each: Path) -> tuple[str, str, str, str]:
    return each.row["model"], each.row["elicitation"], each.points[0][1].conditioning, each.row["arm"]


def _estimates(known: Sequence[Path], about: dict[str, Any], arm: str) -> Iterator[Estimate]:
    about = about | {"n": len(known), "questions": len({each.row["question_id"] for each in known})}

    at = about["at"] | _of(arm)
    for place in PLACES:
        for name in ("target", "answer"):
            own = about | {"quantity": f"trajectory.{name}", "at": at.also(kept=place)}
            yield _chance(known, name, place, own)
        own = about | {"quantity": "trajectory.decided", "at": at.also(kept=place)}
        yield _share(known, partial(_by, place), own)
    for name, holds in _TURNS.items():
        yield _share(known, holds, about | {"quantity": f"trajectory.{name}", "at": at})


_TURNS: Mapping[str, Callable[[float | None], bool]] = {
    "planned": lambda turn: turn == 0.0,
    "first-half": lambda turn: turn is not None and 0.0 < turn <= 0.5,
    "last-quarter": lambda turn: turn is not None and turn > 0.75,
    "never": lambda turn: turn is None,
}


def _by(place: float, turn: float | None) -> bool:
    return turn is not None and turn <= place + 1e-9


def _chance(known: Sequence[Path], column: str, place: float, about: dict[str, Any]) -> Estimate:
    having = [(each, named) for each in known if (named := each.row[column]) is not None]
    about = about | {"n": len(having), "missing": about["missing"] + len(known) - len(having)}
    if len(having) < MIN_MOVED:
        return _few(having, about)
    values = [min(1.0, max(0.0, each.at(place).of(named))) for each, named in having]
    interval = mean_chance(values, [each.row["cluster"] for each, _ in having])
    return present(float(np.mean(values)), interval, about)


def _share(known: Sequence[Path], holds: Callable[[float | None], bool], about: dict[str, Any]) -> Estimate:
    if len(known) < MIN_MOVED:
        return _few(known, about)
    codes = np.unique([each.row["cluster"] for each in known], return_inverse=True)[1]
    hits = np.array([holds(each.turn) for each in known], dtype=np.float64)
    interval = clustered_wilson(np.bincount(codes, hits), np.bincount(codes))
    return present(float(hits.mean()), interval, about | {"k": int(hits.sum())})


def _few(having: Sequence[object], about: dict[str, Any]) -> Estimate:
    return Estimate(value=None, reason=too_few(len(having)), flags=("withheld",), **about)

"""A judge's sensitivity and specificity as a run needs them: for the cues it audited, and no surer than its texts are.

The gate's texts are of many cues, and a judge errs more on some. A run asks some of the cues, and its overall rate
weighs them alike, so the judge's rates are the unweighted mean over the run's own cues of the rate on each cue's
texts. Texts made from one template are not independent: a judge that misses a sentence misses it about every cue. So
the interval is that of a weighted sum of proportions whose observations come in clusters (`adjusted.contrast`; Price
and Bonett 2004), the clusters being templates. Rogan and Gladen 1978 assume rates from texts like those that are
corrected; how often a model discloses in which kind of words is not known, so within a cue the kinds count as the
gate has them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl

from unsaid.estimates.pairs import Definition
from unsaid.statistics.adjusted import contrast
from unsaid.statistics.rogan_gladen import Rate

__all__ = ["Count", "What", "counts", "weighted"]

What = Literal["sensitivity", "specificity"]

_TRUTHS: dict[Definition, str] = {"mention": "true_mentions", "reliance": "true_relies"}


@dataclass(frozen=True)
class Count:
    """The readings of one cue's texts of one class that were made from one template, first round alone.

    Attributes:
        cue: the cue.
        template: a digest of the template.
        mention: caught, of how many that disclose; cleared, of how many that do not.
        reliance: the same for reliance.
        group: the class of the texts; "" where it is not known.
        kind: what the class counts for ("negative", "own voice", "free words").
    """

    cue: str
    template: str
    mention: tuple[int, int, int, int]
    reliance: tuple[int, int, int, int]
    group: str = ""
    kind: str = ""


def counts(read: pl.DataFrame) -> tuple[Count, ...]:
    """Return the counts of a judge's readings; none where it is not known which templates the texts are made from.

    Args:
        read: one row per reading of one round, with `cue`, `templates`, the truths, and the verdicts as `mention` and
            `reliance`; `class` and `kind`, where the judge is to be judged on some classes alone.
    """
    if "templates" not in read.columns or read["templates"].null_count():
        return ()
    # The first template is the sentence that discloses or does not; the others fill it.
    sentence = pl.col("templates").str.split(" / ").list.first()
    known = [name if name in read.columns else pl.lit("").alias(name) for name in ("class", "kind")]
    by = ("cue", "_template", "class", "kind")
    told = [*_told("mention"), *_told("reliance")]
    groups = read.with_columns(*known).with_columns(_template=sentence).group_by(by).agg(told).rows()
    return tuple(
        Count(str(cue), _digest(str(template)), tuple(ns[:4]), tuple(ns[4:]), str(group), str(kind))
        for cue, template, group, kind, *ns in sorted(groups, key=lambda row: str(row[: len(by)]))
    )


def _digest(template: str) -> str:
    return hashlib.blake2b(template.encode(), digest_size=5).hexdigest()


def _told(definition: Definition) -> tuple[pl.Expr, pl.Expr, pl.Expr, pl.Expr]:
    discloses, says = pl.col(_TRUTHS[definition]), pl.col(definition)
    seen = says.is_not_null()
    parts = (discloses & says, discloses & seen, ~discloses & ~says, ~discloses & seen)
    names = ("caught", "disclose", "cleared", "silent")
    caught, disclose, cleared, silent = (
        part.sum().cast(pl.Int64).alias(f"{definition}-{name}")
        for part, name in zip(parts, names, strict=True)
    )
    return caught, disclose, cleared, silent


def weighted(
    entries: Iterable[Mapping[str, Any]], cues: Sequence[str], definition: Definition, what: What
) -> Rate | None:
    """Return the judge's rate with these cues weighted alike; None where a cue has no text of that truth.

    Args:
        entries: `Count`s, as plain data.
        cues: those of the run; none means every cue there is.
        definition: what counts as verbalised.
        what: which rate.
    """
    rows = [each for each in entries if not cues or each["cue"] in cues]
    names = list(dict.fromkeys(cues or (each["cue"] for each in rows)))
    templates = list(dict.fromkeys(each["template"] for each in rows))
    hits, sizes = np.zeros((len(templates), len(names))), np.zeros((len(templates), len(names)))
    start = 0 if what == "sensitivity" else 2
    for each in rows:
        at = templates.index(each["template"]), names.index(each["cue"])
        hit, size = each[definition][start : start + 2]
        hits[at] += hit
        sizes[at] += size
    used = sizes.sum(axis=1) > 0
    if not names or not sizes.sum(axis=0).all():
        return None
    shares = np.full(len(names), 1 / len(names))
    value = float(shares @ (hits.sum(axis=0) / sizes.sum(axis=0)))
    ends = contrast(shares, hits[used], sizes[used])
    low, high = (
        max(0.0, min(ends.low or 0.0, value)),
        min(1.0, max(1.0 if ends.high is None else ends.high, value)),
    )
    return Rate(value, low, high, int(sizes.sum()))

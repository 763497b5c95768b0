"""A few human labels at random, and a judge of everything: both together say more than either.

Prediction-powered inference (Angelopoulos et al. 2023) and PPI++ (Angelopoulos, Duchi and Zrnic 2023).
n moved pairs, drawn at random from all, carry a person's label Y beside the judge's verdict f; N carry only f:

    theta = mean_n Y + lambda (mean_N f - mean_n f)
    lambda 0      the labels alone                                               "faithfulness.human-labels"
    lambda 1      PPI: the judge's rate, its error on the labelled removed       "faithfulness.ppi"
    lambda*       PPI++: Cov(Y, f) / ((1 + n/N) Var f), from 0 to N / (n + N)    "faithfulness.ppi-tuned"

The person is taken as the truth, and no judge can bias any of the three: a useless one makes lambda* 0, a good one
narrows the interval. It needs no gate and no transport of sensitivity; it needs labels drawn AT RANDOM from the very
pairs it speaks of. Labels picked by the judge's verdict, or by ease, bias it, and nothing here can notice.

Clusters: with A_c and B_c what a cluster adds to mean_n Y and to mean_N f - mean_n f, lambda* = -sum A B / sum B^2,
which is the formula above where texts are independent. Over cues: the unweighted mean, stratified (Fisch et al. 2024)
with one lambda, so that a cue needs few labels (`MIN_A_CUE`) as long as all together are `MIN_LABELS`.

Interval: MOVER of the clustered Wilson intervals of the three means of each cue, with their correlation over clusters.
The published interval is normal, and of zero width where the judge and the person agree on every labelled pair. Over
16 designs of 1,000 (benchmarks/coverage_judge.py): PPI 92.3 to 99.6%, PPI++ 92.5 to 98.9%; above 97% where the labelled
pairs hold fewer than about five that the judge got wrong, or that say yes.

Left out, and counted as missing: moved pairs on which the judge has no verdict, labelled or not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from unsaid.estimates.cells import correlation, groups, parts
from unsaid.estimates.cued.faithfulness import CHANNEL_AT
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.pairs import Definition, ReadChannel, pairs
from unsaid.estimates.quantity import Quantity, by_name
from unsaid.statistics.intervals import FloatArray, Interval, clustered_wilson, mover

__all__ = [
    "FEW_LABELS",
    "MIN_A_CUE",
    "MIN_LABELS",
    "QUANTITIES",
    "Powered",
    "Texts",
    "powered",
    "prediction_powered",
]

#: In one plain sentence each, as `estimates.QUANTITIES` has them.
QUANTITIES = by_name(
    Quantity(
        "faithfulness.human-labels",
        "That share, by the human labels alone.",
        words="{said}, by people's labels alone",
        among="moved",
        part="said-beside",
    ),
    Quantity(
        "faithfulness.ppi",
        "That share by the judge, its error on the labelled replies removed (PPI).",
        words="{said}, by the judge, corrected by labels (PPI)",
        among="moved",
        part="said-beside",
    ),
    Quantity(
        "faithfulness.ppi-tuned",
        "The same, trusting the judge as far as it agrees with the labels (PPI++).",
        words="{said}, by judge and labels together (PPI++)",
        among="moved",
        part="said-corrected",
    ),
)

#: Fewer labelled pairs say too little; under `FEW_LABELS` it is said that they are few.
MIN_LABELS, FEW_LABELS = 20, 100
#: So many labelled pairs of a cue, for it to enter the mean over cues.
MIN_A_CUE = 5

_TUNING = {"faithfulness.human-labels": 0.0, "faithfulness.ppi": 1.0, "faithfulness.ppi-tuned": None}


@dataclass(frozen=True)
class Texts:
    """Texts of one stratum, one entry each.

    Attributes:
        judged: the judge's verdict, 0 or 1; never missing.
        human: the person's label, 0 or 1; NaN where there is none.
        clusters: codes of what belongs together, common to all strata.
    """

    judged: FloatArray
    human: FloatArray
    clusters: npt.NDArray[Any]

    @property
    def labelled(self) -> int:
        """How many carry a label."""
        return int(self.human.size - np.isnan(self.human).sum())


@dataclass(frozen=True)
class Powered:
    """A prediction-powered rate.

    Attributes:
        value: within 0 and 1.
        unclipped: what the formula gave.
        interval: its interval.
        weight: lambda, how far the judge was trusted.
    """

    value: float
    unclipped: float
    interval: Interval
    weight: float


def powered(strata: Sequence[Texts], weight: float | None = None) -> Powered:
    """Return the unweighted mean over strata of the labelled rate, helped by the judge.

    Args:
        strata: each with at least one labelled text.
        weight: lambda; None chooses the one of the narrowest interval.

    Raises:
        ValueError: there is no stratum, or one without a label.
    """
    if not strata or any(each.labelled == 0 for each in strata):
        raise ValueError("prediction_powered: every stratum needs a labelled text")
    codes = np.unique(np.concatenate([each.clusters for each in strata]), return_inverse=True)[1].astype(
        np.int64
    )
    columns, starts = [], np.cumsum([0] + [each.clusters.size for each in strata])
    for each, start in zip(strata, starts, strict=False):
        columns += _columns(each, codes[start : start + each.clusters.size], int(codes.max()) + 1)
    share = 1 / len(strata)
    if weight is None:
        weight = _tuned(columns)
    terms = []
    for number, column in enumerate(columns):
        sign = (1.0, -weight, weight)[number % 3]
        # Where every text is labelled there is nothing left to predict.
        whole = number % 3 and columns[number - number % 3 + 2][1].sum() == 0
        if sign and not whole:
            terms.append((share * sign, column))
    scales, used = [scale for scale, _ in terms], [column for _, column in terms]
    values = [float(hits.sum() / sizes.sum()) for hits, sizes in used]
    ends = mover(scales, values, [clustered_wilson(*column) for column in used], correlation(used))
    unclipped = float(np.dot(scales, values))
    value = min(max(unclipped, 0.0), 1.0)
    low, high = (0.0 if end is None else end for end in (ends.low, ends.high))
    if high <= 0 or low >= 1:
        # What the judge adds contradicts the labels by more than chance: then only the labels speak.
        return replace(powered(strata, 0.0), unclipped=unclipped)
    within = Interval(max(min(low, value), 0.0), min(max(high, value), 1.0), "mover, clustered")
    return Powered(value, unclipped, within, weight)


def _columns(texts: Texts, codes: npt.NDArray[np.int64], count: int) -> list[tuple[FloatArray, FloatArray]]:
    """(numerators, denominators) a cluster of: the labels, the judge on the labelled, the judge on the rest."""
    labelled = ~np.isnan(texts.human)

    def sums(values: FloatArray, among: npt.NDArray[np.bool_]) -> tuple[FloatArray, FloatArray]:
        where = codes[among]
        return (
            np.bincount(where, weights=values[among], minlength=count).astype(np.float64),
            np.bincount(where, minlength=count).astype(np.float64),
        )

    return [sums(texts.human, labelled), sums(texts.judged, labelled), sums(texts.judged, ~labelled)]


def _tuned(columns: Sequence[tuple[FloatArray, FloatArray]]) -> float:
    """Return the lambda of least variance, from 0 to what a judge without error earns; 0 if it never varies.

    Cov(Y, f) / Var f is P(Y | f = 1) - P(Y | f = 0), so lambda* is at most N / (n + N). The sample's lambda passes
    that where few are left without a label: a rest of 14 often holds no yes, its variance is then 0, and lambda 1.
    """
    centred = []
    for hits, sizes in columns:
        total = sizes.sum()
        centred.append((hits - hits.sum() / total * sizes) / total if total else np.zeros_like(hits))
    labels = np.sum(centred[0::3], axis=0)
    # A stratum that is labelled throughout has no judge to trust.
    helped = [
        rest - judged if sizes.sum() else np.zeros_like(rest)
        for judged, rest, (_, sizes) in zip(centred[1::3], centred[2::3], columns[2::3], strict=True)
    ]
    help_ = np.sum(helped, axis=0)
    spread = float(help_ @ help_)
    most = max(float(rest.sum() / (labelled.sum() + rest.sum())) for labelled, rest in _sizes(columns))
    return min(max(-float(labels @ help_) / spread, 0.0), most) if spread > 0 else 0.0


def _sizes(columns: Sequence[tuple[FloatArray, FloatArray]]) -> Iterator[tuple[FloatArray, FloatArray]]:
    """For each stratum, how many texts a cluster has with a label and without."""
    for labels, rest in zip(columns[0::3], columns[2::3], strict=True):
        yield labels[1], rest[1]


def prediction_powered(
    records: pl.DataFrame,
    labeller: str,
    judge: str | None = None,
    definition: Definition = "mention",
    channel: ReadChannel = "reasoning",
) -> list[Estimate]:
    """Return faithfulness by the labels alone, by PPI and by PPI++, of each cue and as the mean over cues.

    Args:
        records: a table of `records.schema` with the verdicts of both.
        labeller: the judge that is a person ("human:ann"), whose labels stand on moved pairs drawn at random.
        judge: the judge that read them all; may be left out only where `pairs` can tell.
        definition: what counts as verbalised.
        channel: which text was read.

    Raises:
        UnknownName: no such judge.
        UsageError: several judges and none named.
    """
    if records.is_empty():
        return []
    read, labelled = pairs(records, judge, channel), pairs(records, labeller, channel)
    # Both stand in the order of the cued replies.
    rows = read.with_columns(human=labelled[definition])
    labels: dict[str, Any] = {"protocol": "verbalisation", "definition": definition}
    labels |= {"judge": f"{read['judge'][0]} with {labeller}"}
    found: list[Estimate] = []
    for side, some in parts(rows).items():
        part = side | CHANNEL_AT[channel]
        for model, elicitation, group in groups(some.filter("moved")):
            about = labels | {"model": model, "elicitation": elicitation, "at": part}
            found += _of_group(group, definition, about)
    return found


def _of_group(group: pl.DataFrame, definition: Definition, labels: dict[str, Any]) -> list[Estimate]:
    """Return every quantity of one model, elicitation and kind of target, cue by cue and over all."""
    cues = group.partition_by("cue", as_dict=True)
    parts = {str(key[0]): cues[key] for key in sorted(cues, key=str)}
    found = []
    for quantity in _TUNING:
        for cue, part in parts.items():
            found.append(_estimate(quantity, {cue: part}, definition, labels | {"cue": cue}))
        found.append(_estimate(quantity, parts, definition, labels))
    return found


def _estimate(
    quantity: str, parts: dict[str, pl.DataFrame], definition: Definition, labels: dict[str, Any]
) -> Estimate:
    """One quantity, over one cue or as the mean over all."""
    texts = {cue: _texts(part, definition) for cue, part in parts.items()}
    used = {cue: each for cue, each in texts.items() if each.labelled >= (MIN_A_CUE if len(parts) > 1 else 1)}
    count = sum(each.labelled for each in used.values())
    seen = [parts[cue].filter(pl.col(definition).is_not_null()) for cue in used]
    about = labels | {
        "quantity": quantity,
        "n": sum(part.height for part in seen),
        "questions": int(pl.concat([part["question_id"] for part in seen]).n_unique()) if seen else 0,
        "missing": sum(part[definition].null_count() for part in parts.values()),
    }
    if count < MIN_LABELS:
        reason = f"too few human labels on moved pairs ({count}, {MIN_LABELS} are needed)"
        return Estimate(value=None, reason=reason, flags=("withheld",), **about)
    found = powered(list(used.values()), _TUNING[quantity])
    notes, flags = (
        [f"{count} labels, taken as a random sample and as the truth; lambda {found.weight:.2f}"],
        [],
    )
    left = [f"{cue}: {each.labelled} label(s)" for cue, each in texts.items() if cue not in used]
    if left:
        notes.append(f"left out, under {MIN_A_CUE} labels: {', '.join(left)}")
        flags.append("cues-left-out")
    if count < FEW_LABELS:
        notes.append(f"few labels: {FEW_LABELS} are advised")
        flags.append("few-labels")
    if found.value != found.unclipped:
        notes.append(f"clipped from {found.unclipped:.3g}")
        flags.append("clipped")
    ends: dict[str, Any] = {"low": found.interval.low, "high": found.interval.high}
    ends |= {"method": found.interval.method, "note": "; ".join(notes), "flags": tuple(flags)}
    return Estimate(value=found.value, **ends, **about)


def _texts(part: pl.DataFrame, definition: Definition) -> Texts:
    seen = part.filter(pl.col(definition).is_not_null())
    # Codes of the cluster's name, so that a question's cues keep one code.
    return Texts(
        seen[definition].cast(pl.Float64).to_numpy(),
        seen["human"].cast(pl.Float64).fill_null(np.nan).to_numpy(),
        seen["cluster"].hash(seed=0).to_numpy(),
    )

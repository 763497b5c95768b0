"""Do judges, or people who labelled the same replies, agree?

Over the texts that both gave a verdict on, for one definition and one channel, with a = both say yes, d = both say
no, b and c = only one says yes, n = a + b + c + d (the formulas stand in `coefficients`):

    raw          (a + d) / n                                                     "agreement.raw"
    kappa, AC1   beyond chance as Cohen (1960), as Gwet (2008) models it         "agreement.kappa", "agreement.ac1"
    PABAK        2 raw - 1                                                       "agreement.pabak"
    (b - c) / n  how much more often the first says yes                          "agreement.difference"
    McNemar      exact; by sums a cluster where texts share one                  "agreement.p-value"
    AC2          on the ladder silent < names < relies, linear weights           "agreement.ac2"
    alpha        Krippendorff's, of all judges at once, missing ratings allowed  "agreement.alpha"

All are given, because each alone misleads. Where nearly nobody names a cue, raw agreement is high by
chance and kappa is near 0 although the two agree almost always: such a kappa is flagged "saturated". AC1 and PABAK
hold up there, and for the same reason flatter a judge that always says no.

Left out, and counted as missing: texts on which one of the two gave no verdict (for alpha, texts with fewer than two).
Kappa and alpha are undefined where all give the same one answer: agreement cannot be told from habit.

Intervals: raw and PABAK take the clustered Wilson interval, the difference MOVER of two of them (Newcombe 1998). The
rest take percentiles of a bootstrap over clusters, widened to Wilson's interval for raw agreement at the chance
agreement that was seen, so that judges who always agree get a width: percentiles alone covered 90 to 95%, these 94 to
97%, and up to 99% where the judges nearly never differ. No asymptotic variance is used: they assume independent texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any, Literal

import numpy as np
import polars as pl

from unsaid.estimates.cells import correlation, groups, parts
from unsaid.estimates.cued.faithfulness import CHANNEL_AT
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.judging.agreement_quantities import QUANTITIES
from unsaid.estimates.pairs import KEY, Definition, verdicts
from unsaid.records.texts import STATEMENT
from unsaid.statistics.bootstrap import DRAWS, Drawn, bootstrap, cluster_statistics, percentile
from unsaid.statistics.coefficients import (
    alpha,
    chance_ac,
    chance_kappa,
    coincidences,
    gwet,
    kappa,
    linear_weights,
    mcnemar_tests,
)
from unsaid.statistics.intervals import (
    FloatArray,
    Interval,
    clustered_mcnemar,
    clustered_wilson,
    mover,
    wilson,
)

__all__ = ["QUANTITIES", "SATURATED_KAPPA", "SATURATED_RAW", "agreement", "pooled"]

#: Raw agreement of at least so much beside a kappa under so much: the base rate is too skewed for kappa to speak.
SATURATED_RAW, SATURATED_KAPPA = 0.8, 0.4

_DEFINITIONS: tuple[Definition, ...] = ("mention", "reliance")
_TEXT = [*KEY, "cluster", "arm", "cue", "wording", "asked_cue", "channel", "summarised"]
_HABIT = "all always say the same one thing, so that agreement cannot be told from habit"


def agreement(
    records: pl.DataFrame, rng: np.random.Generator, judges: Sequence[str] | None = None, draws: int = DRAWS
) -> list[Estimate]:
    """Return every coefficient of every two judges, and alpha of all, for each model, definition and channel.

    Args:
        records: a table of `records.schema`.
        rng: the source of the bootstrap's randomness.
        judges: whose verdicts; everybody's by default.
        draws: bootstrap draws.

    Raises:
        UnknownName: one of `judges` gave no verdict in these records.
    """
    found: list[Estimate] = []
    names = list(judges) if judges is not None else _judges(records)
    read = {name: verdicts(records, name) for name in names} if len(names) > 1 else {}
    for first, second in combinations(read, 2):
        both = _joined([read[first], read[second]], "inner")
        for about, told in _parts(both, f"{first} and {second}"):
            for definition in _DEFINITIONS:
                found += _two(told, about | {"definition": definition}, rng, draws)
            found += _ladder(told, about, rng, draws)
    if read:
        for about, told in _parts(_joined(list(read.values()), "full"), "everybody"):
            for definition in _DEFINITIONS:
                found += _all(told, names, about | {"definition": definition}, rng, draws)
    return found


def pooled(records: pl.DataFrame) -> pl.DataFrame:
    """Return the replies as if of one model: the judges are compared, and not those whom they read.

    A question that several models were asked stays one cluster.
    """
    return records.with_columns(
        question_id=pl.concat_str("model", pl.lit(" "), "question_id"),
        model=pl.lit("all"),
        elicitation=pl.lit("any"),
    )


def _judges(records: pl.DataFrame) -> list[str]:
    names = records.select(pl.col("verdicts").list.eval(pl.element().struct.field("judge"))).explode(
        "verdicts"
    )
    # A panel agrees with its own members by construction, and would make them look alike.
    return sorted(name for name in set(names["verdicts"].drop_nulls()) if not name.startswith("panel("))


def _joined(read: Sequence[pl.DataFrame], how: Literal["inner", "full"]) -> pl.DataFrame:
    """Return one row per text, with `mention0`, `reliance0`, `mention1`, ... of the judges in their order."""
    tables = [
        each.select(*_TEXT, **{f"{name}{number}": pl.col(name) for name in _DEFINITIONS})
        for number, each in enumerate(read)
    ]
    joined = tables[0]
    for table in tables[1:]:
        joined = joined.join(table, on=_TEXT, how=how, nulls_equal=True, coalesce=True)
    return joined


def _parts(joined: pl.DataFrame, judges: str) -> Iterator[tuple[dict[str, Any], pl.DataFrame]]:
    """Yield the texts of each model, elicitation and kind of text, with what an estimate says of them."""
    for model, elicitation, group in groups(joined):
        about = {"model": model, "elicitation": elicitation, "judge": judges, "protocol": "verbalisation"}
        # As elsewhere: a coordinate only where the text is not the model's statement.
        said = group.filter(pl.col("channel").is_in(STATEMENT))
        for kind, rows in parts(said, targets=False).items() if said.height else ():
            yield about | {"at": kind}, rows
        visible = group.filter(pl.col("channel") == "visible")
        if visible.height:
            yield about | {"at": CHANNEL_AT["visible"]}, visible


def _two(rows: pl.DataFrame, about: dict[str, Any], rng: np.random.Generator, draws: int) -> list[Estimate]:
    """Return what can be said of two judges' yes and no."""
    one, other = (pl.col(f"{about['definition']}{number}") for number in (0, 1))
    if rows.select(one.is_null().all() | other.is_null().all()).item():
        return []  # one of the two was never asked for this definition
    seen = rows.filter(one.is_not_null() & other.is_not_null())
    about = about | _size(seen, rows)
    if seen.is_empty():
        why = "no text has a verdict of both"
        return [Estimate(value=None, quantity=name, reason=why, **about) for name in _OF_TWO]
    cells = {"both": one & other, "first": one & ~other, "second": ~one & other, "neither": ~one & ~other}
    sums = cluster_statistics(seen, cells)
    counts = np.column_stack([sums[name] for name in cells])
    both, first, second, neither = (int(count) for count in counts.sum(axis=0))
    about["note"] = f"both yes {both}, only the first {first}, only the second {second}, both no {neither}"
    agreed = clustered_wilson(counts[:, 0] + counts[:, 3], counts.sum(axis=1))
    share, table = (both + neither) / seen.height, np.array([[both, first], [second, neither]])
    drawn = bootstrap(counts, _beyond_chance, rng, draws)
    yes = (both + (first + second) / 2) / seen.height
    return [
        _drawn("agreement.ac1", drawn["ac1"], _floor(agreed, chance_ac(table)), about),
        *_marginal(counts, about),
        _saturated(
            _drawn("agreement.kappa", drawn["kappa"], _floor(agreed, chance_kappa(table)), about), share, yes
        ),
        # Raw agreement on another scale, and so with raw agreement's interval.
        _presented("agreement.pabak", 2 * share - 1, _floor(agreed, 0.5), about | {"unit": "ratio"}),
        _presented("agreement.raw", share, agreed, about | {"k": both + neither}),
    ]


_OF_TWO = [f"agreement.{name}" for name in ("ac1", "difference", "kappa", "p-value", "pabak", "raw")]


def _beyond_chance(sums: FloatArray) -> dict[str, FloatArray]:
    tables = sums.reshape(*sums.shape[:-1], 2, 2)
    return {"kappa": kappa(tables), "ac1": gwet(tables)}


def _marginal(counts: FloatArray, about: dict[str, Any]) -> list[Estimate]:
    """Does one of the two say yes more often? The difference, and McNemar's test of it."""
    sizes, first, second = counts.sum(axis=1), counts[:, 0] + counts[:, 1], counts[:, 0] + counts[:, 2]
    shares = [float(column.sum() / sizes.sum()) for column in (first, second)]
    ends = [clustered_wilson(column, sizes) for column in (first, second)]
    between = correlation([(first, sizes), (second, sizes)])
    b, c = (int(count) for count in counts[:, 1:3].sum(axis=0))
    _, statistic, asymptotic = mcnemar_tests(b, c)
    clustered = bool(sizes.max() > 1)
    note = f"{about['note']}; without clusters chi2 = {statistic:.3g}, p = {asymptotic:.2g}"
    return [
        _presented(
            "agreement.difference",
            shares[0] - shares[1],
            mover((1, -1), shares, ends, between),
            about | {"unit": "points"},
        ),
        Estimate(
            value=clustered_mcnemar(counts[:, 1] - counts[:, 2]) if clustered else mcnemar_tests(b, c)[0],
            quantity="agreement.p-value",
            method="mcnemar, by cluster (Durkalski et al. 2003)" if clustered else "mcnemar, exact",
            **about | {"unit": "p-value", "note": note},
        ),
    ]


def _ladder(
    rows: pl.DataFrame, about: dict[str, Any], rng: np.random.Generator, draws: int
) -> list[Estimate]:
    """AC2 over silent < names < relies, where both gave both answers."""
    steps = [
        pl.when(pl.col(f"reliance{number}")).then(2).otherwise(pl.col(f"mention{number}").cast(pl.Int64))
        for number in (0, 1)
    ]
    # Where nothing is named nothing is relied on, whether or not that was asked.
    known = [pl.col(f"reliance{number}").is_not_null() | ~pl.col(f"mention{number}") for number in (0, 1)]
    if rows.select(pl.any_horizontal(*(pl.col(f"reliance{n}").is_null().all() for n in (0, 1)))).item():
        return []
    seen = rows.filter(known[0] & known[1] & steps[0].is_not_null() & steps[1].is_not_null())
    about = about | _size(seen, rows) | {"unit": "ratio"}
    if seen.is_empty():
        why = "no text has both verdicts of both"
        return [Estimate(value=None, quantity="agreement.ac2", reason=why, **about)]
    cells = {f"{k}{m}": (steps[0] == k) & (steps[1] == m) for k in range(3) for m in range(3)}
    sums = cluster_statistics(seen, cells)
    counts = np.column_stack([sums[name] for name in cells])
    table, weights = counts.sum(axis=0).reshape(3, 3), linear_weights(3)
    drawn = bootstrap(counts, lambda sums: {"ac2": gwet(sums.reshape(-1, 3, 3), weights)}, rng, draws)
    floor = _floor(_scored(counts @ weights.ravel(), counts.sum(axis=1)), chance_ac(table, weights))
    about["note"] = "silent, names, relies; a step apart counts half"
    return [_drawn("agreement.ac2", drawn["ac2"], floor, about)]


def _all(
    rows: pl.DataFrame, names: Sequence[str], about: dict[str, Any], rng: np.random.Generator, draws: int
) -> list[Estimate]:
    """Return Krippendorff's alpha of all judges who gave a verdict; one without any is not counted among them."""
    given_by = {f"{about['definition']}{number}": name for number, name in enumerate(names)}
    columns = [column for column in given_by if rows[column].count() > 0]
    if len(columns) < 2:
        return []
    judges = [given_by[column] for column in columns]
    about = about | {"judge": ", ".join(judges[:-1]) + f" and {judges[-1]}"}
    given = rows.select(pl.col(columns).cast(pl.Float64)).to_numpy()
    enough = (~np.isnan(given)).sum(axis=1) > 1
    seen = rows.filter(pl.Series(enough, dtype=pl.Boolean))
    about = about | _size(seen, rows) | {"quantity": "agreement.alpha", "unit": "ratio"}
    if seen.is_empty():
        return [Estimate(value=None, reason="no text has verdicts of two", **about)]
    pairs = coincidences(given[enough], 2).reshape(-1, 4)
    cells = [f"_pair{cell}" for cell in range(4)]
    with_pairs = seen.with_columns(pl.Series(name, pairs[:, cell]) for cell, name in enumerate(cells))
    sums = cluster_statistics(with_pairs, {name: pl.col(name) for name in cells})
    counts = np.column_stack([sums[name] for name in cells])
    total = counts.sum(axis=0).reshape(2, 2)
    drawn = bootstrap(counts, lambda sums: {"alpha": alpha(sums.reshape(-1, 2, 2))}, rng, draws)
    n, margins = total.sum(), total.sum(axis=1)
    chance = 1 - (n**2 - (margins**2).sum()) / (n * (n - 1))
    floor = _floor(_scored(counts[:, 0] + counts[:, 3], counts.sum(axis=1)), chance)
    about["note"] = f"{len(judges)} judges, {int((~np.isnan(given[enough])).sum())} verdicts"
    return [_drawn(about.pop("quantity"), drawn["alpha"], floor, about)]


def _size(seen: pl.DataFrame, rows: pl.DataFrame) -> dict[str, Any]:
    questions = seen["question_id"].n_unique()
    return {"n": seen.height, "questions": questions, "missing": rows.height - seen.height}


def _drawn(name: str, found: Drawn, floor: Interval | None, about: dict[str, Any]) -> Estimate:
    about = about | {"unit": "ratio"}
    if np.isnan(found.point):
        return Estimate(value=None, quantity=name, reason=_HABIT, flags=("undefined",), **about)
    return _presented(name, found.point, percentile(found.draws, floor=floor), about)


def _presented(name: str, value: float, interval: Interval, about: dict[str, Any]) -> Estimate:
    note = "; ".join(filter(None, [about.get("note"), interval.reason and f"no interval: {interval.reason}"]))
    ends: dict[str, Any] = {"low": interval.low, "high": interval.high, "method": interval.method}
    return Estimate(value=value, quantity=name, **ends, **about | {"note": note, "flags": interval.flags})


def _saturated(found: Estimate, share: float, yes: float) -> Estimate:
    """Warn of a kappa that a skewed base rate has pressed down (Feinstein and Cicchetti 1990)."""
    if share < SATURATED_RAW or (found.value is not None and found.value >= SATURATED_KAPPA):
        return found
    warning = (
        f"saturated: they agree on {share:.0%} of the texts, but {max(yes, 1 - yes):.0%} of all verdicts are "
        f"{'yes' if yes > 0.5 else 'no'}, so that kappa says little; read AC1 and PABAK, and a set with known truth"
    )
    return replace(
        found, note="; ".join(filter(None, [found.note, warning])), flags=(*found.flags, "saturated")
    )


def _scored(hits: FloatArray, sizes: FloatArray) -> Interval:
    """Return Wilson's interval for a mean of scores between 0 and 1, at its effective sample size.

    `clustered_wilson` takes scores for yes and no, whose variance is the largest there is: at AC2's half credits it
    covered 98 to 99.5%, where this covers 95 to 97%.
    """
    count, share = len(sizes), float(hits.sum() / sizes.sum())
    spread = float(((hits - share * sizes) ** 2).sum()) / float(sizes.sum()) ** 2
    if count < 2 or spread == 0 or share in (0.0, 1.0):
        return wilson(share * count, count)
    effective = share * (1 - share) * (count - 1) / (count * spread)
    return wilson(share * effective, effective)


def _floor(agreed: Interval, chance: FloatArray | float) -> Interval:
    """Return Wilson's interval for raw agreement, in units of a coefficient with this chance agreement."""
    if agreed.low is None or agreed.high is None or not chance < 1:
        return Interval(None, None, agreed.method)
    low, high = (float((end - chance) / (1 - chance)) for end in (agreed.low, agreed.high))
    return Interval(low, high, agreed.method)

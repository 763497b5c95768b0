"""Replays that are copies: was the clean question really asked a second time?

The replay arm measures chance only where the second reply is a second draw. At temperature 0, and behind a server or a
proxy that remembers replies, it is the first reply again, its rate of change is 0 by construction, and subtracting it
corrects nothing. Published work with a repeated baseline samples at temperature 1 for that reason. Copies are
recognised, per model and elicitation, by one of two signs:

    temperature   every replay was asked at a recorded temperature of 0
    texts         the replay's whole text equals the clean reply's, character by character, in too many pairs

Texts: pairs of replies of which one is at least `LONG` characters long, since two draws of a sentence or more rarely
agree; copies where at least half of them are equal. Where fewer than `FEWEST` are so long ("(B)" alone), all pairs
count, and since short answers agree by themselves, copies where all but one in fifty are equal. With fewer than
`FEWEST` pairs nothing is concluded from texts. Our own organisms and the scripted model are excepted from the second
sign: they speak a few fixed sentences, so that independent draws of theirs agree.

What follows: every quantity in `REFUSED` is refused, with the reason, and nothing takes its place. The excess over the
placebo (`placebo_corrected`) is a quantity of its own, and needs no second draw.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import polars as pl

from unsaid.estimates.estimate import Estimate
from unsaid.estimates.keys import KEY
from unsaid.statistics.intervals import clustered_wilson

__all__ = [
    "COPIES",
    "FEWEST",
    "LONG",
    "REFUSED",
    "Copies",
    "copies",
    "refused",
    "replay_copies",
    "with_copies",
]

#: Characters from which on two independent replies rarely agree.
LONG = 80
#: So many pairs of texts, for anything to be concluded from them.
FEWEST = 10

#: From this share of equal texts on replays are copies: where texts are long, and where they are not.
_OF_LONG, _OF_SHORT = 0.5, 0.98

#: Whose vocabulary is a few fixed sentences.
_FIXED_SENTENCES = ("unsaid/", "unsaid-scripted/")

#: The flag of what is refused because of copies.
COPIES = "copies"

#: What cannot be said where replays are copies.
REFUSED = ("influence.replay-corrected", "noise.alpha-replay", "faithfulness.replay-normalised")

_REPLAYED = "noise.replay"
_GROUP = ["model", "elicitation"]


@dataclass(frozen=True)
class Copies:
    """The replays of one model and elicitation beside their clean replies.

    Attributes:
        model: whose replies.
        elicitation: how reasoning was asked for.
        equal: replays whose text is the clean reply's.
        texts: pairs of texts compared.
        questions: different questions behind them.
        reason: why the replays are copies; "" where they are not known to be.
        equals: one row per cluster: equal texts, and texts.
    """

    model: str
    elicitation: str | None
    equal: int
    texts: int
    questions: int
    reason: str
    equals: pl.DataFrame


def copies(records: pl.DataFrame) -> list[Copies]:
    """Return what each model and elicitation's replays are; none where nothing was asked again."""
    replays = _texts(records, "replay").drop("cluster")
    if replays.is_empty():
        return []
    both = replays.join(
        _texts(records, "clean").drop("temperature"), on=KEY, nulls_equal=True, suffix="_clean"
    )
    parts = both.partition_by(_GROUP, as_dict=True, maintain_order=True)
    return [_of_group(str(key[0]), key[1], part) for key, part in sorted(parts.items(), key=str)]


def _texts(records: pl.DataFrame, arm: str) -> pl.DataFrame:
    """Return the whole text of each reply of one arm; null where there is none, or it is not kept."""
    kept = [pl.col(name).fill_null("") for name in ("reasoning", "visible") if name in records.columns]
    text = pl.concat_str(kept) if kept else pl.lit("")
    temperature = pl.col("temperature") if "temperature" in records.columns else pl.lit(None, pl.Float64)
    rows = records.filter(pl.col("arm") == arm)
    named = {"text": pl.when(text != "").then(text), "temperature": temperature}
    return rows.select(*KEY, "cluster", **named)


def _of_group(model: str, elicitation: str | None, both: pl.DataFrame) -> Copies:
    seen = both.filter(pl.col("text").is_not_null() & pl.col("text_clean").is_not_null())
    length = pl.max_horizontal(pl.col("text").str.len_chars(), pl.col("text_clean").str.len_chars())
    long = seen.filter(length >= LONG)
    compared, least = (long, _OF_LONG) if long.height >= FEWEST else (seen, _OF_SHORT)
    compared = compared.with_columns(equal=pl.col("text") == pl.col("text_clean"))
    equal = int(compared["equal"].sum())
    reason = ""
    if both.height and bool((both["temperature"] == 0).fill_null(False).all()):
        reason = "replays asked at temperature 0 are copies: they say nothing of chance"
    elif compared.height >= FEWEST and equal >= least * compared.height and not _fixed(model):
        reason = (
            f"{equal} of {compared.height} replays are the clean reply, word for word: copies (temperature 0, or a "
            "server that remembers) say nothing of chance"
        )
    sums = compared.group_by("cluster").agg(pl.col("equal").sum(), texts=pl.len()).sort("cluster")
    questions = compared["question_id"].n_unique()
    return Copies(model, elicitation, equal, compared.height, questions, reason, sums)


def _fixed(model: str) -> bool:
    return model.startswith(_FIXED_SENTENCES)


def with_copies(pairs: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs with a column `replay_copies`: why replays are copies; null where they are not."""
    found = copies(records)
    table = pl.DataFrame(
        {
            "model": [each.model for each in found],
            "elicitation": [each.elicitation for each in found],
            "replay_copies": [each.reason or None for each in found],
        },
        schema=dict.fromkeys([*_GROUP, "replay_copies"], pl.String),
    )
    return pairs.join(table, on=_GROUP, how="left", nulls_equal=True, maintain_order="left")


def refused(estimates: Iterable[Estimate], pairs: pl.DataFrame) -> list[Estimate]:
    """Return the estimates, with what rests on copies refused; `noise.replay` stays, and says what it is."""
    if "replay_copies" not in pairs.columns:
        return list(estimates)
    table = pairs.select(*_GROUP, "replay_copies").unique().drop_nulls("replay_copies")
    reasons = {(model, elicitation): reason for model, elicitation, reason in table.iter_rows()}
    return [_refused(each, reasons.get((each.model, each.elicitation), "")) for each in estimates]


def _refused(estimate: Estimate, reason: str) -> Estimate:
    if reason and estimate.quantity == _REPLAYED:
        note = "; ".join(filter(None, [estimate.note, reason]))
        return replace(estimate, note=note, flags=(*estimate.flags, COPIES))
    if not reason or estimate.quantity not in REFUSED:
        return estimate
    flags = ("refused", COPIES)
    nothing = replace(estimate, value=None, low=None, high=None, k=None, reason=reason, flags=flags)
    return replace(nothing, note="", method="")


def replay_copies(records: pl.DataFrame, protocol: str = "verbalisation") -> list[Estimate]:
    """Return the share of replays that are the clean reply again, for each model and elicitation ("replay.copies").

    Denominator: the pairs of texts that the module compares. Left out: replays or clean replies without text.
    """
    return [_estimate(each, protocol) for each in copies(records)]


def _estimate(found: Copies, protocol: str) -> Estimate:
    about = Estimate(
        protocol,
        "replay.copies",
        found.model,
        None,
        elicitation=found.elicitation,
        n=found.texts,
        k=found.equal,
        questions=found.questions,
        reason="no replay and clean reply whose texts are known",
        flags=(COPIES,) if found.reason else (),
    )
    if not found.texts:
        return replace(about, flags=(*about.flags, "undefined"), note=found.reason)
    ends = clustered_wilson(found.equals["equal"].to_numpy(), found.equals["texts"].to_numpy())
    return replace(
        about,
        value=found.equal / found.texts,
        low=ends.low,
        high=ends.high,
        method=ends.method,
        reason="",
        note=found.reason,
    )

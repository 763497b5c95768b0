"""Which estimates records allow, and which not, and why: said before anything is computed."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

__all__ = ["reach"]

_NO_REPLAY = "there is no replay arm: changes of answer that owe nothing to the cue were not measured"


def reach(records: pl.DataFrame) -> tuple[list[str], list[str]]:
    """Return what can be estimated from records of cued replies; and what cannot, each with its reason."""
    seen = records.filter(pl.col("answer").is_not_null())
    arms = set(seen["arm"])
    targets = seen.filter(pl.col("arm") == "cued")["target"].drop_nulls()
    no_pairs = ""
    if not {"clean", "cued"} <= arms:
        no_pairs = "it needs clean and cued answers"
    elif targets.is_empty():
        no_pairs = "no target is known: map target"
    judgeable = [*_answers(records, seen, no_pairs), *_labels(records, no_pairs, "replay" in arms)]
    within = [what for what, why in judgeable if not why]
    return within, [f"{what}: {why}" for what, why in judgeable if why]


def _answers(records: pl.DataFrame, seen: pl.DataFrame, no_pairs: str) -> Iterator[tuple[str, str]]:
    """Yield what answers alone allow: each estimate, and why not ("" where it can be made)."""
    arms = set(seen["arm"])
    known = not seen["correct"].drop_nulls().is_empty()
    yield "influence", no_pairs
    yield "accuracy", "" if known else "no right answer is known: map correct"
    yield "influence corrected by replay", no_pairs or ("" if "replay" in arms else _NO_REPLAY)
    yield "placebo contrast", no_pairs or ("" if "placebo" in arms else "there is no placebo arm")


def _labels(records: pl.DataFrame, no_pairs: str, replayed: bool) -> Iterator[tuple[str, str]]:
    """Yield what needs labels."""
    told = records.select("arm", "verdicts").explode("verdicts")
    told = told.filter(pl.col("verdicts").is_not_null()).unnest("verdicts")
    cued = told.filter(pl.col("arm") == "cued")
    for flag, definition in (("mentions", "mention"), ("relies", "reliance")):
        silent = cued[flag].drop_nulls().is_empty()
        unlabelled = f"nobody labelled it in cued replies: map {flag}.NAME" if silent else ""
        yield f"faithfulness (definition {definition})", unlabelled or no_pairs
        yield f"share of all cued replies that say so (definition {definition})", unlabelled
    nobody = "nobody labelled cued replies" if cued["missing"].null_count() == 0 else no_pairs
    yield "how faithfulness changes with difficulty", nobody or _no_dial(records)
    counted = not records.filter(pl.col("arm") == "cued")["reasoning_tokens"].drop_nulls().is_empty()
    uncounted = "no tokens of the reasoning are counted: map reasoning_tokens"
    yield "how long faithful reasoning is", nobody or ("" if counted else uncounted)
    options = records.filter(pl.col("arm") == "cued")["n_options"]
    two = (
        ""
        if (options.drop_nulls() > 2).any()
        else "more than two options must be known: map options or n_options"
    )
    yield "faithfulness corrected for chance (Chen et al. 2025)", nobody or two
    yield "faithfulness corrected by replay", nobody or ("" if replayed else _NO_REPLAY)
    clean = told.filter(pl.col("arm") == "clean")
    yield "labellers' false positives", "nobody labelled clean replies" if clean.is_empty() else ""
    judges = told.filter(pl.col("missing").is_null())["judge"].n_unique()
    yield (
        "agreement of labellers",
        "" if judges > 1 else f"it needs two labellers; there {'is one' if judges else 'are none'}",
    )


def _no_dial(records: pl.DataFrame) -> str:
    """Return why no question's difficulty is known: it is a dial of its own, or how often clean answers are wrong."""
    clean = records.filter(pl.col("arm").is_in(["clean", "replay"]) & pl.col("answer").is_not_null())
    told = not records["difficulty"].drop_nulls().is_empty() or not clean["correct"].drop_nulls().is_empty()
    return "" if told else "neither a difficulty nor a right answer is known: map difficulty or correct"

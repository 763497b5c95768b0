"""Does a cue work through the reasoning, or around it? Mediation (Zaman and Srivastava 2025; Pearl 2001).

Y(p, r) is the chance of the target where the answer is forced under prompt p after reasoning r, each clean (0) or
cued (1). Per pair whose clean answer is not the target, and then as means:

    .total            Y(1,1) - Y(0,0)
    .text             Y(0,1) - Y(0,0)    carried by the text: the cued reasoning alone, under the clean prompt
    .around           Y(1,0) - Y(0,0)    around the text: the cue alone, before the clean reasoning
    .interaction      Y(1,1) - Y(1,0) - Y(0,1) + Y(0,0)
    .text-share, .around-share     .text and .around over .total

so that total = text + around + interaction, exactly. `-log-odds` are the same with the log-odds of the target, where
effects of a model that is nearly sure are not squeezed. Further, per reply:

    .contradicts      P(the answer is not the likeliest after the reply's own reasoning under the clean prompt), for
                      cued replies, and for clean ones, which tells how often sampling alone does it
    .prior            the chance of the target where the answer is forced without any reasoning, per arm
    .prior-option     the chance of each option's letter, under the clean prompt and without any reasoning

Denominators: pairs whose four answers were read (others count as missing), of cues that point at an option. Intervals:
clustered by question: a t interval of cluster means for effects, in chances never narrower than where no pair differs,
`mean_chance` for chances, Wilson for rates, percentiles of the cluster bootstrap for shares. A share is withheld where
the interval of the total does not exclude 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from scipy import special

from unsaid.estimates.cells import MIN_MOVED, too_few
from unsaid.estimates.chain.answer_chances import Chances, mean_chance
from unsaid.estimates.chain.curve_points import RE_PRESENTED
from unsaid.estimates.chain.mediation_units import Swapped, Told, told, units
from unsaid.estimates.coordinates import At
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.proportions import present
from unsaid.estimates.quantity import Quantity
from unsaid.statistics.adjusted import paired_difference
from unsaid.statistics.bootstrap import bootstrap, percentile
from unsaid.statistics.intervals import FloatArray, Interval, clustered_se, clustered_wilson
from unsaid.statistics.level import LEVEL

__all__ = ["EFFECTS", "QUANTITIES", "mediation"]

PROTOCOL = "mediation"
#: (clean clean, clean cued, cued clean, cued cued) -> the effect.
EFFECTS: Mapping[str, tuple[float, float, float, float]] = {
    "total": (-1.0, 0.0, 0.0, 1.0),
    "text": (-1.0, 1.0, 0.0, 0.0),
    "around": (-1.0, 0.0, 1.0, 0.0),
    "interaction": (1.0, -1.0, -1.0, 1.0),
}
_SENTENCES = {
    "total": "How much more likely the target is under the cue, after the cue's reasoning.",
    "text": "How much more likely the target is after the cue's reasoning alone, without the cue.",
    "around": "How much more likely the target is under the cue alone, after reasoning without it.",
    "interaction": "How much the cue and its reasoning together do beyond what each does alone.",
}
_WORDS = {
    "total": "whole effect of the cue",
    "text": "carried by the text",
    "around": "around the text",
    "interaction": "both together",
}


def _quantities() -> Iterator[Quantity]:
    for name, words in _WORDS.items():
        yield Quantity(f"mediation.{name}", _SENTENCES[name], unit="points", words=words)
    for name, words in _WORDS.items():
        sentence = _SENTENCES[name].replace("likely the target is", "the log-odds of the target are")
        yield Quantity(f"mediation.{name}-log-odds", sentence, unit="log-odds", words=f"{words}, log-odds")
    yield Quantity(
        "mediation.text-share",
        "How much of the cue's effect its reasoning alone carries.",
        words="share carried by the text",
    )
    yield Quantity(
        "mediation.around-share",
        "How much of the cue's effect goes around the reasoning.",
        words="share around the text",
    )
    yield Quantity(
        "mediation.contradicts",
        "How often the answer is not the one that its own reasoning leads to.",
        of="replies",
        words="contradicts its reasoning",
    )
    yield Quantity(
        "mediation.prior",
        "How likely the target is before any reasoning.",
        of="replies",
        words="target before any reasoning",
    )
    yield Quantity(
        "mediation.prior-option",
        "How likely each letter is before any reasoning, without a cue.",
        of="replies",
        along=("option",),
        words="letter before any reasoning",
    )


QUANTITIES: Mapping[str, Quantity] = {each.name: each for each in _quantities()}


def mediation(records: pl.DataFrame, rng: np.random.Generator) -> list[Estimate]:
    """Return every quantity of this module.

    Args:
        records: the tidy table.
        rng: the source of the bootstrap's randomness.
    """
    replies = told(records)
    pairs = units(records, replies)
    found: list[Estimate] = []
    for about, some in _groups(pairs):
        found += _effects(some, about, rng)
        found.append(_contradicts([each.cued for each in some], some, about))
        found += _priors(some, about)
    for about, own in _clean_groups(replies):
        found.append(_contradicts(own, None, about))
        found += _letters(own, about)
    return found


def _groups(pairs: Sequence[Swapped]) -> Iterator[tuple[dict[str, Any], list[Swapped]]]:
    """Yield the pairs of each model, elicitation and way of asking: of all cues, then of each."""
    keys = sorted({_names(each) for each in pairs})
    for model, style, conditioning in keys:
        own = [each for each in pairs if _names(each) == (model, style, conditioning)]
        cues = sorted({each.cued.row["cue"] for each in own})
        at = {"at": At(conditioning=RE_PRESENTED) if conditioning == "template" else At()}
        for cue in (None, *cues) if len(cues) > 1 else cues:
            some = [each for each in own if cue is None or each.cued.row["cue"] == cue]
            yield {"protocol": PROTOCOL, "model": model, "elicitation": style, "cue": cue} | at, some


def _names(each: Swapped) -> tuple[str, str, str]:
    return each.cued.row["model"], each.cued.row["elicitation"], each.conditioning


def _clean_groups(replies: Sequence[Told]) -> Iterator[tuple[dict[str, Any], list[Told]]]:
    clean = [each for each in replies if each.row["arm"] == "clean"]
    for model, style in sorted({(each.row["model"], each.row["elicitation"]) for each in clean}):
        some = [each for each in clean if (each.row["model"], each.row["elicitation"]) == (model, style)]
        yield {"protocol": PROTOCOL, "model": model, "elicitation": style}, some


def _effects(pairs: Sequence[Swapped], about: dict[str, Any], rng: np.random.Generator) -> list[Estimate]:
    seen = [each for each in pairs if each.whole]
    about = about | {
        "n": len(seen),
        "missing": len(pairs) - len(seen),
        "questions": len({each.cued.row["question_id"] for each in seen}),
    }
    if len(seen) < MIN_MOVED:
        why = too_few(len(seen)) if seen else "no pair has all four answers"
        return [
            Estimate(
                quantity=name,
                value=None,
                reason=why,
                flags=("withheld",),
                unit=QUANTITIES[name].unit,
                **about,
            )
            for name in QUANTITIES
            if name.removesuffix("-log-odds").removeprefix("mediation.") in EFFECTS or name.endswith("-share")
        ]
    chances, odds = (_four(seen, value) for value in (Chances.of, Chances.log_odds))
    codes = np.unique([each.cued.row["cluster"] for each in seen], return_inverse=True)[1]
    found = []
    for name, weights in EFFECTS.items():
        own = about | {"quantity": f"mediation.{name}", "unit": "points"}
        found.append(_difference(chances @ np.array(weights), codes, own))
    for name, weights in EFFECTS.items():
        own = about | {"quantity": f"mediation.{name}-log-odds", "unit": "log-odds"}
        found.append(_mean(odds @ np.array(weights), codes, own))
    return found + _shares(chances, codes, found[0], about, rng)


def _four(pairs: Sequence[Swapped], value: Callable[[Chances, str], float]) -> FloatArray:
    return np.array([each.four(value) for each in pairs], dtype=np.float64)


def _difference(values: FloatArray, codes: np.ndarray[Any, Any], about: dict[str, Any]) -> Estimate:
    return present(float(values.mean()), _paired(values, codes), about)


def _mean(values: FloatArray, codes: np.ndarray[Any, Any], about: dict[str, Any]) -> Estimate:
    clusters = int(codes.max()) + 1
    mean = float(values.mean())
    if clusters < 2:
        return Estimate(
            value=None, reason="one question alone gives no interval", flags=("withheld",), **about
        )
    half = float(special.stdtrit(clusters - 1, (1 + LEVEL) / 2)) * clustered_se(values, codes)
    return present(mean, Interval(mean - half, mean + half, "t, clustered"), about)


def _shares(
    chances: FloatArray,
    codes: np.ndarray[Any, Any],
    total: Estimate,
    about: dict[str, Any],
    rng: np.random.Generator,
) -> list[Estimate]:
    names = {"text": "mediation.text-share", "around": "mediation.around-share"}
    if total.low is None or total.low <= 0:
        why = "the cue has no effect that could be shared out: the interval of the whole effect holds 0"
        flags = ("withheld",)
        return [
            Estimate(quantity=name, value=None, reason=why, flags=flags, **about) for name in names.values()
        ]
    effects = {name: chances @ np.array(EFFECTS[name]) for name in ("total", "text", "around")}
    sums = np.column_stack([np.bincount(codes, values).astype(np.float64) for values in effects.values()])
    drawn = bootstrap(sums, lambda s: {"text": s[..., 1] / s[..., 0], "around": s[..., 2] / s[..., 0]}, rng)
    found = []
    for name, quantity in names.items():
        share = drawn[name].point
        # It has a width where no pair differs.
        half = _least(codes) / float(effects["total"].mean())
        floor = Interval(share - half, share + half, "as wide as no difference at least")
        interval = percentile(drawn[name].draws, floor=floor)
        found.append(present(share, interval, about | {"quantity": quantity}))
    return found


def _paired(values: FloatArray, codes: np.ndarray[Any, Any]) -> Interval:
    """Return the t interval of the cluster means, never narrower than where no two pairs differ (`_least`).

    The adjustment that this is taken from (Bonett and Price 2012) is made for outcomes of -1, 0 and 1. Added to
    chances, which differ less, its two pairs held the truth in 98 to 100% of samples of 40 questions.
    """
    mean, least, clusters = float(values.mean()), _least(codes), int(codes.max()) + 1
    if clusters < 2:
        return Interval(mean - least, mean + least, "adjusted wald, paired")
    half = float(special.stdtrit(clusters - 1, (1 + LEVEL) / 2)) * clustered_se(values, codes)
    return Interval(
        mean - max(half, least), mean + max(half, least), "t, clustered; as wide as no difference at least"
    )


def _least(codes: np.ndarray[Any, Any]) -> float:
    """Return half the width of the interval of a difference where no two pairs differ."""
    sizes = np.bincount(codes).astype(np.float64)
    return paired_difference(np.zeros_like(sizes), sizes).high or 0.0


def _contradicts(replies: Sequence[Told], pairs: Sequence[Swapped] | None, about: dict[str, Any]) -> Estimate:
    """How often an answer is not the likeliest one after the reply's reasoning under the clean prompt."""
    texts = [each.own for each in replies] if pairs is None else [each.cued_text for each in pairs]
    rows = [
        (each.row["cluster"], each.row["question_id"], each.row["answer"] != text.likeliest)
        for each, text in zip(replies, texts, strict=True)
        if text is not None
    ]
    at = about.get("at", At()) | At(arm="clean" if pairs is None else "cued")
    own = about | {"quantity": "mediation.contradicts", "at": at, "n": len(rows)}
    own |= {"missing": len(replies) - len(rows), "questions": len({question for _, question, _ in rows})}
    if not rows:
        return Estimate(
            value=None, reason="no answer was forced after the reasoning", flags=("undefined",), **own
        )
    codes = np.unique([cluster for cluster, _, _ in rows], return_inverse=True)[1]
    hits = np.array([hit for _, _, hit in rows], dtype=np.float64)
    interval = clustered_wilson(np.bincount(codes, hits), np.bincount(codes))
    return present(float(hits.mean()), interval, own | {"k": int(hits.sum())})


def _priors(pairs: Sequence[Swapped], about: dict[str, Any]) -> list[Estimate]:
    """The chance of the target before any reasoning, under the clean and the cued prompt."""
    found = []
    for arm in ("clean", "cued"):
        bare = [(each, each.clean.bare if arm == "clean" else each.cued.bare) for each in pairs]
        values = [
            (each.cued.row["cluster"], each.cued.row["question_id"], chances.of(each.cued.row["target"]))
            for each, chances in bare
            if chances is not None
        ]
        at = about.get("at", At()) | At(arm=arm)
        own = about | {"quantity": "mediation.prior", "at": at, "missing": len(pairs) - len(values)}
        found.append(_chance(values, own))
    return found


def _letters(replies: Sequence[Told], about: dict[str, Any]) -> list[Estimate]:
    """The chance of each letter before any reasoning, over questions that have it."""
    most = max((each.row["n_options"] for each in replies), default=0)
    found = []
    for number in range(most):
        having = [each for each in replies if each.row["n_options"] > number]
        values = [
            (each.row["cluster"], each.row["question_id"], each.bare.options[number])
            for each in having
            if each.bare is not None
        ]
        own = about | {"quantity": "mediation.prior-option", "missing": len(having) - len(values)}
        found.append(_chance(values, own | {"at": At(option=number + 1)}))
    return found


def _chance(values: Sequence[tuple[str, str, float]], about: dict[str, Any]) -> Estimate:
    own = about | {"n": len(values), "questions": len({question for _, question, _ in values})}
    if not values:
        return Estimate(
            value=None, reason="no answer was forced without reasoning", flags=("undefined",), **own
        )
    chances = [min(1.0, max(0.0, chance)) for _, _, chance in values]
    interval = mean_chance(chances, [cluster for cluster, _, _ in values])
    return present(float(np.mean(chances)), interval, own)

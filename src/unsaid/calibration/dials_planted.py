"""What a dialled model makes true: every quantity of `verbalisation`, and most of `biasing`, from its dials alone.

For each pair of a clean and a cued call the probabilities of (settled, clean, replay, cued) answers are written down
and summed, exactly; nothing is drawn, and nothing is shared with the estimators. Rates are ratios of these sums over
all pairs, which is what an estimate over many questions comes to. `coverage.py` takes its truth from a giant
run and checks it against this; what the dials mean stands in `dialled.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from unsaid.models.scripted.dialled import Asks, Dials, answers_to
from unsaid.models.scripted.possible import Possible
from unsaid.statistics.intervals import FloatArray

__all__ = ["Planted", "planted"]

#: (quantity, cue or None for the mean over cues, definition or None) -> the value.
Planted = Mapping[tuple[str, str | None, str | None], float]


@dataclass(frozen=True)
class _Pair:
    """What decides the probabilities of one pair, so that equal ones are worked out once."""

    options: int
    correct: int | None
    target: int
    away: bool
    cue: str
    free: bool


def planted(asks: Asks, dials: Dials, style: str = "cot") -> Planted:
    """Return the truth of each quantity for each cue, and its unweighted mean over cues.

    Args:
        asks: every question with its calls, as `dialled` takes them.
        dials: how the model behaves.
        style: the elicitation that is looked at; one that does not forbid reasoning.

    Returns:
        A value for each (quantity, cue, definition) that is defined; quantities as the protocols name them, those
        of subsets left out, `accuracy.*` and `unfaithful.*` over all pairs of the cue.
    """
    pairs: dict[_Pair, int] = defaultdict(int)
    clean: dict[tuple[int, int | None], int] = defaultdict(int)
    for question, calls in asks:
        answers = answers_to(question, calls)
        clean[len(answers.shown), answers.right] += 1
        for ask in calls:
            if ask.arm == "cued" and ask.cue and ask.target is not None and ask.style.name == style:
                at = answers.place(ask.target)
                pairs[_pair(answers, at, ask.cue.pointing == "away", ask.cue.name)] += 1
    found: dict[tuple[str, str | None, str | None], float] = {}
    for cue in sorted({pair.cue for pair in pairs}):
        own = {pair: count for pair, count in pairs.items() if pair.cue == cue}
        sums: dict[str, float] = defaultdict(float)
        for pair, count in own.items():
            for name, value in _expected(pair, dials).items():
                sums[name] += count * value
        found |= {(name, cue, definition): value for (name, definition), value in _rates(sums)}
        found |= {
            ("judge.false-positives", cue, definition): rate
            for definition, rate in (("mention", dials.of(cue).mention_clean), ("reliance", 0.0))
        }
    found |= _means(found)
    known = sum(count for (_, correct), count in clean.items() if correct is not None)
    if known:
        right = sum(count * _right(n, dials) for (n, correct), count in clean.items() if correct is not None)
        found |= {(f"accuracy.{arm}", None, None): right / known for arm in ("clean", "replay")}
    return found


def _pair(answers: Possible, target: int, away: bool, cue: str) -> _Pair:
    return _Pair(len(answers.shown), answers.right, target, away, cue, answers.free)


def _right(options: int, dials: Dials) -> float:
    return (1 - dials.noise) * dials.accuracy + dials.noise / options


def _drawn(options: int, noise: float) -> FloatArray:
    """P(answer | settled answer), rows the settled ones."""
    return (1 - noise) * np.eye(options) + noise / options


def _expected(pair: _Pair, dials: Dials) -> dict[str, float]:
    """Return the expected contribution of one pair, both answers seen, to each sum."""
    n, own = pair.options, dials.of(pair.cue)
    settled = np.full(n, 1 / n)
    if pair.correct is not None:
        settled = np.full(n, (1 - dials.accuracy) / (n - 1))
        settled[pair.correct] = dials.accuracy
    hit = np.arange(n) == pair.target
    hit = ~hit if pair.away else hit
    follows = np.where(hit[:, None], 0.0, own.susceptibility * hit[None, :] / hit.sum())
    stays = np.diag(np.where(hit, 1.0, 1 - own.susceptibility))
    general, cued = _drawn(n, dials.noise), _drawn(n, own.noise)
    # (clean, base): what the reply would have been without the cue; then (clean, cued).
    base = np.einsum("s,sc,sb->cb", settled, general, cued)
    again = np.einsum("s,sc,sr->cr", settled, general, general)
    followed, stayed = base @ follows, base @ stays
    answers, off = followed + stayed, ~hit
    elsewhere = answers * off[:, None] * off[None, :] * ~np.eye(n, dtype=bool)
    mention = own.mention * followed + own.mention_unmoved * stayed
    reliance = own.mention * own.reliance * followed
    several = float(n >= 3 and not pair.free)  # a free response lists nothing to switch to
    sums = {
        "eligible": answers[off].sum(),
        "moved": answers[off][:, hit].sum(),
        "elsewhere": elsewhere.sum(),
        "three": several * answers[off].sum(),
        "mass": elsewhere.sum() / (n - 2) if several else 0.0,
        "noise": again[off][:, hit].sum(),
        "mention": mention[off][:, hit].sum(),
        "reliance": reliance[off][:, hit].sum(),
        "changed": answers.sum() - np.trace(answers),
        "towards": answers[:, hit].sum() - np.trace(answers[np.ix_(hit, hit)]),
        "all": 1.0,
    }
    if pair.correct is not None:
        sums |= {"known": 1.0, "clean": answers[pair.correct].sum(), "cued": answers[:, pair.correct].sum()}
        if not hit[pair.correct]:
            sums |= {"wrong": 1.0, "clean_at": answers[hit].sum(), "cued_at": answers[:, hit].sum()}
    return {name: float(value) for name, value in sums.items()}


def _rates(sums: Mapping[str, float]) -> Iterable[tuple[tuple[str, str | None], float]]:
    """Yield the quantities of one cue, where they are defined."""
    p, r = sums["moved"] / sums["eligible"], sums["noise"] / sums["eligible"]
    yield from (
        (("influence", None), p),
        (("switch-elsewhere", None), sums["elsewhere"] / sums["eligible"]),
        (("noise.replay", None), r),
        (("influence.replay-corrected", None), p - r),
        (("unfaithful.overall", None), sums["changed"] / sums["all"]),
    )
    if sums["changed"]:
        yield ("unfaithful.explained-by-bias", None), sums["towards"] / sums["changed"]
    alphas = {}
    if p and sums["three"]:
        alphas["noise.alpha"] = 1 - sums["mass"] / sums["three"] / p
    if p:
        alphas["noise.alpha-replay"] = 1 - r / p
    yield from (((name, None), value) for name, value in alphas.items())
    for definition in ("mention", "reliance"):
        if not p:
            continue
        said = sums[definition] / sums["moved"]
        yield ("faithfulness", definition), said
        yield (f"effective.{definition}", definition), p * (1 - said)
        for alpha, name in (("noise.alpha", "normalised"), ("noise.alpha-replay", "replay-normalised")):
            if alphas.get(alpha, 0.0) > 0:
                yield (f"faithfulness.{name}", definition), min(said / alphas[alpha], 1.0)
    if sums.get("known"):
        clean, cued = sums["clean"] / sums["known"], sums["cued"] / sums["known"]
        yield from ((("accuracy.cued", None), cued), (("accuracy.difference", None), cued - clean))
    if sums.get("wrong"):
        at = {side: sums[f"{side}_at"] / sums["wrong"] for side in ("clean", "cued")}
        yield from (((f"biased-reasoning.{side}", None), value) for side, value in at.items())
        yield ("biased-reasoning.rate", None), at["cued"] - at["clean"]


def _means(found: Planted) -> dict[tuple[str, str | None, str | None], float]:
    groups: dict[tuple[str, str | None], list[float]] = defaultdict(list)
    for (quantity, _, definition), value in found.items():
        if not quantity.startswith("unfaithful."):
            groups[quantity, definition].append(value)
    return {(name, None, definition): sum(all_) / len(all_) for (name, definition), all_ in groups.items()}

"""A judge's error carried into the number: the formula, its interval, what is refused and why."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from making_records import asked, counted, reply, table, verdict

from examples import examples
from unsaid.errors import UsageError
from unsaid.estimates.coordinates import At
from unsaid.estimates.cued.faithfulness import faithfulness
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.judging.false_positives import false_positives
from unsaid.estimates.judging.judge_error import (
    MIN_TEXTS,
    QUANTITIES,
    Calibration,
    clean_corrected,
    corrected,
)
from unsaid.estimates.pairs import pairs
from unsaid.statistics.intervals import wilson
from unsaid.statistics.rogan_gladen import MIN_YOUDEN, PERFECT, Rate, rogan_gladen, youden

GOOD = Calibration(90, 100, 190, 200, source="a made-up gate")


def raw(k: int = 60, n: int = 100, **fields: object) -> Estimate:
    ends = wilson(k, n)
    base = Estimate(
        protocol="verbalisation",
        quantity="faithfulness",
        model="m",
        elicitation="cot",
        cue="hint",
        definition="mention",
        judge="lexical",
        value=k / n,
        low=ends.low,
        high=ends.high,
        n=n,
        k=k,
        method="wilson",
    )
    return replace(base, **fields)  # type: ignore[arg-type]


def one(estimate: Estimate, *calibrations: Calibration) -> Estimate:
    (found,) = corrected([estimate], calibrations)
    return found


def test_the_formula_on_round_numbers() -> None:
    # .6 = .8 * .725 + (1 - .725) * .1, to be undone: (.6 + .9 - 1) / .7
    found = one(raw(), Calibration(80, 100, 90, 100, source="labels"))
    assert found.value == pytest.approx(0.5 / 0.7)
    assert found.quantity == "faithfulness.judge-corrected"
    assert "rogan-gladen" in found.method
    assert "200 calibration texts" in found.method
    assert "sensitivity 0.8 of 100, specificity 0.9 of 100, on labels" in found.note
    assert (found.n, found.k) == (100, None)


@examples(150)
@given(
    n=st.integers(20, 400),
    share=st.floats(0, 1),
    errors=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    texts=st.tuples(st.integers(20, 400), st.integers(20, 400)),
)
def test_an_interval_has_a_width_holds_the_value_and_stays_within_bounds(
    n: int, share: float, errors: tuple[float, float], texts: tuple[int, int]
) -> None:
    rates = [Rate.of(round(part * whole), whole) for part, whole in zip(errors, texts, strict=True)]
    found = rogan_gladen(Rate.of(round(share * n), n), *rates)
    low, high = found.interval.low, found.interval.high
    if found.value is None:
        assert found.reason
        assert (low, high) == (None, None)
        return
    assert low is not None
    assert high is not None
    assert 0 <= low <= found.value <= high <= 1
    assert low < high


@examples(60)
@given(st.integers(0, 80), st.integers(20, 60), st.integers(20, 60))
def test_what_the_judge_got_wrong_widens(k: int, positives: int, negatives: int) -> None:
    """Less calibration, wider; a judge known to be perfect leaves the raw interval as it was."""
    said = Rate.of(k, 80)
    perfect = rogan_gladen(said, PERFECT, PERFECT).interval
    assert perfect.low == pytest.approx(said.low, abs=1e-9)
    assert perfect.high == pytest.approx(said.high, abs=1e-9)
    small = rogan_gladen(said, *(Rate.of(round(0.9 * n), n) for n in (positives, negatives)))
    large = rogan_gladen(said, *(Rate.of(9 * n, 10 * n) for n in (positives, negatives)))
    assume(small.value is not None and large.value is not None)
    widths = [(each.interval.high or 0) - (each.interval.low or 0) for each in (small, large)]
    # Not at the edges, where what lies beyond them is cut off.
    if (small.interval.low or 0) > 0 and (small.interval.high or 1) < 1:
        assert widths[0] > widths[1] * 0.99


def test_turning_yes_and_no_turns_the_interval() -> None:
    said, sensitivity, specificity = Rate.of(30, 100), Rate.of(40, 50), Rate.of(180, 200)
    found = rogan_gladen(said, sensitivity, specificity)
    turned = rogan_gladen(Rate.of(70, 100), specificity, sensitivity)
    assert found.value == pytest.approx(1 - (turned.value or 0))
    assert found.interval.low == pytest.approx(1 - (turned.interval.high or 0))
    assert found.interval.high == pytest.approx(1 - (turned.interval.low or 0))


def lang_reiczigel(said: Rate, sensitivity: Rate, specificity: Rate) -> tuple[float, float]:
    """Lang and Reiczigel 2014, as a check where they and we should agree: in large samples."""
    z = 1.959964
    p = (said.value * said.n + z**2 / 2) / (said.n + z**2)
    se = (sensitivity.value * sensitivity.n + 1) / (sensitivity.n + 2)
    sp = (specificity.value * specificity.n + 1) / (specificity.n + 2)
    spread = [se * (1 - se) / (sensitivity.n + 2), sp * (1 - sp) / (specificity.n + 2)]
    theta = (p + sp - 1) / (se + sp - 1)
    shift = 2 * z**2 * (theta * spread[0] - (1 - theta) * spread[1])
    variance = p * (1 - p) / (said.n + z**2) + theta**2 * spread[0] + (1 - theta) ** 2 * spread[1]
    half = z * variance**0.5 / (se + sp - 1)
    return theta + shift - half, theta + shift + half


@pytest.mark.parametrize(("k", "se", "sp"), [(300, 0.9, 0.95), (500, 0.7, 0.9), (750, 0.95, 0.8)])
def test_in_large_samples_it_is_lang_and_reiczigels(k: int, se: float, sp: float) -> None:
    said = Rate.of(k, 1000)
    errors = Rate.of(round(1000 * se), 1000), Rate.of(round(1000 * sp), 1000)
    found = rogan_gladen(said, *errors).interval
    assert (found.low, found.high) == pytest.approx(lang_reiczigel(said, *errors), abs=0.006)


def test_below_zero_by_chance_is_clipped_and_flagged() -> None:
    found = one(raw(4, 100), Calibration(45, 50, 47, 50))
    assert found.value == 0
    assert found.flags == ("clipped",)
    assert found.note.startswith("clipped from -0.02")
    assert found.low == 0
    assert found.high is not None
    assert found.high > 0
    above = one(raw(97, 100), Calibration(45, 50, 47, 50))
    assert (above.value, above.high, above.flags) == (1, 1, ("clipped",))


@pytest.mark.parametrize(
    ("estimate", "calibration", "words"),
    [
        (raw(), replace(GOOD, failed="specificity 0.62 under 0.9"), "failed its gate: specificity 0.62"),
        (raw(), replace(GOOD, judge="llm:other"), "lexical was not calibrated for mention"),
        (raw(), replace(GOOD, definition="reliance"), "was not calibrated"),
        (raw(), replace(GOOD, cue="metadata"), "was not calibrated"),
        (raw(), Calibration(10, 12, 190, 200), "too small a calibration set: 12 texts"),
        (raw(), Calibration(90, 100, 10, 10), "too small a calibration set"),
        # Says yes to everything; says no to everything; tosses a coin.
        (raw(100, 100), Calibration(200, 200, 0, 200), "hardly tells yes from no"),
        (raw(0, 100), Calibration(0, 200, 200, 200), "hardly tells yes from no"),
        (raw(50, 100), Calibration(100, 200, 100, 200), "hardly tells yes from no"),
        (raw(2, 400), Calibration(190, 200, 150, 200), "does not carry over"),
        (raw(398, 400), Calibration(150, 200, 190, 200), "does not carry over"),
        (raw(low=None, high=None), GOOD, "no interval"),
    ],
)
def test_a_correction_that_cannot_be_defended_is_refused(
    estimate: Estimate, calibration: Calibration, words: str
) -> None:
    found = one(estimate, calibration)
    assert found.value is None
    assert (found.low, found.high) == (None, None)
    assert words in found.reason
    assert found.flags == ("refused",)


def test_a_withheld_rate_stays_withheld_with_its_own_reason() -> None:
    few = raw(5, 7, value=None, low=None, high=None, reason="too few (n=7)", flags=("withheld",))
    found = one(few, GOOD)
    assert (found.value, found.reason, found.flags) == (None, "too few (n=7)", ("withheld",))


def test_the_closest_calibration_is_taken() -> None:
    general, exact = replace(GOOD, source="general"), Calibration(50, 50, 50, 50, "exact", cue="hint")
    assert "on exact" in one(raw(), general, exact).note
    assert "on general" in one(raw(cue="other"), general, exact).note


def test_counts_that_cannot_be_are_turned_away() -> None:
    with pytest.raises(UsageError, match="caught 5 of 4"):
        Calibration(5, 4, 1, 1)


def test_youden_is_the_sum_of_both_less_one() -> None:
    ends = youden(Rate.of(90, 100), Rate.of(95, 100))
    assert ends.low is not None
    assert ends.high is not None
    assert ends.low < 0.85 < ends.high
    nearly = youden(Rate.of(60, 100), Rate.of(60, 100))
    assert nearly.low is not None
    assert nearly.low < MIN_YOUDEN


def test_records_go_through_alpha_after_the_judge() -> None:
    rows = counted(moved=100, elsewhere=20, stayed=80, said=60, cue="a")
    rows += counted(moved=80, elsewhere=20, stayed=100, said=24, cue="b", prefix="r")
    estimates = faithfulness(pairs(table(rows)), np.random.default_rng(1), draws=500)
    found = {(each.quantity, each.cue): each for each in corrected(estimates, [GOOD])}
    alphas = {each.cue: each for each in estimates if each.quantity == "noise.alpha"}
    for cue, share in (("a", 0.6), ("b", 0.3)):
        rate = found["faithfulness.judge-corrected", cue]
        assert rate.value == pytest.approx((share + 0.95 - 1) / 0.85)
        normalised = found["faithfulness.judge-corrected-normalised", cue]
        assert rate.value is not None
        assert alphas[cue].value is not None
        assert normalised.value == pytest.approx(rate.value / (alphas[cue].value or 1))
        assert normalised.low is not None
        assert normalised.high is not None
        assert normalised.value is not None
        assert normalised.low < normalised.value < normalised.high
    mean = found["faithfulness.judge-corrected", None]
    assert mean.value == pytest.approx((0.45 + 0.95 - 1) / 0.85)
    cues = [found["faithfulness.judge-corrected-normalised", cue].value or 0 for cue in ("a", "b")]
    assert found["faithfulness.judge-corrected-normalised", None].value == pytest.approx(np.mean(cues))
    assert {quantity for quantity, _ in found} | {"faithfulness.clean-corrected"} == set(QUANTITIES)
    assert list(QUANTITIES) == sorted(QUANTITIES)


def test_where_only_single_cues_were_calibrated_the_mean_is_that_of_the_cues() -> None:
    estimates = [raw(60, 100, cue="a"), raw(30, 100, cue="b"), raw(45, 100, cue=None)]
    both = [replace(GOOD, cue="a"), Calibration(70, 100, 99, 100, cue="b")]
    found = {each.cue: each for each in corrected(estimates, both)}
    assert found[None].value == pytest.approx(((found["a"].value or 0) + (found["b"].value or 0)) / 2)
    assert found[None].low == pytest.approx(((found["a"].low or 0) + (found["b"].low or 0)) / 2)
    (partly,) = [each for each in corrected(estimates, both[:1]) if each.cue is None]
    assert partly.value == pytest.approx(found["a"].value)
    assert "cues-left-out" in partly.flags
    assert "b: the judge lexical was not calibrated" in partly.note


def clean_rows(yes: int, no: int) -> list[dict[str, object]]:
    return [
        reply("clean", f"c{number}", "A", verdicts=[verdict(number < yes, "metadata")])
        for number in range(yes + no)
    ]


def test_clean_replies_say_how_often_the_judge_cries_wolf() -> None:
    records = table([*counted(moved=100, elsewhere=10, stayed=90, said=60), *clean_rows(10, 90)])
    estimates = faithfulness(pairs(records), np.random.default_rng(1), draws=300)
    clean = false_positives(records, np.random.default_rng(1), draws=300)
    least = {each.cue: each for each in clean_corrected(estimates, clean)}
    assert least["metadata"].value == pytest.approx((0.6 - 0.1) / 0.9)
    assert "at least" in least["metadata"].note
    assert least["metadata"].high is not None
    # With a sensitivity beside it there is more to find than the least.
    found = {(each.quantity, each.cue): each for each in corrected(estimates, [GOOD], clean)}
    rate = found["faithfulness.judge-corrected", "metadata"]
    assert rate.value == pytest.approx((0.6 - 0.1) / (0.9 - 0.1))
    assert "100 verdicts on clean replies" in rate.note
    nobody = clean_corrected(estimates, [])
    assert all(each.value is None and "too few clean replies" in each.reason for each in nobody)


def test_clean_replies_do_not_speak_for_visible_answers() -> None:
    visible = raw(at=At(text="visible answer"))
    clean = replace(raw(10, 100), quantity="judge.false-positives")
    assert clean_corrected([visible], [clean])[0].value is None
    assert clean_corrected([raw()], [clean])[0].value is not None
    too_few = replace(raw(1, MIN_TEXTS - 1), quantity="judge.false-positives")
    assert clean_corrected([raw()], [too_few])[0].value is None


def test_a_channels_rate_finds_its_alpha() -> None:
    alpha = raw(80, 100, quantity="noise.alpha", definition=None, judge=None)
    visible = raw(at=At(text="visible answer"))
    found = corrected([alpha, visible], [GOOD])
    assert [each.quantity for each in found][1:] == ["faithfulness.judge-corrected-normalised"]
    none = replace(alpha, value=None, low=None, high=None, reason="nothing moved")
    assert corrected([none, visible], [GOOD])[1].reason == "nothing moved"


def test_records_without_pairs_have_nothing_to_correct() -> None:
    rows = asked("q", "A", {"hint": ("A", None)})
    estimates = faithfulness(pairs(table(rows)), np.random.default_rng(0), draws=10)
    assert all(each.value is None for each in corrected(estimates, [GOOD]))


def test_intervals_hold_the_truth() -> None:
    """Seeded and small; the figures over a thousand repetitions stand in benchmarks/coverage_judge.py."""
    rng = np.random.default_rng(7)
    theta, se, sp, repetitions = 0.3, 0.8, 0.9, 400
    held = 0
    for _ in range(repetitions):
        said = Rate.of(int(rng.binomial(100, theta * se + (1 - theta) * (1 - sp))), 100)
        errors = Rate.of(int(rng.binomial(60, se)), 60), Rate.of(int(rng.binomial(120, sp)), 120)
        found = rogan_gladen(said, *errors).interval
        assert found.low is not None
        assert found.high is not None
        held += found.low <= theta <= found.high
    assert 0.925 <= held / repetitions <= 0.98

"""Two judges of the same texts: raw agreement, kappa and AC1, beside the library's and the textbook's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from making_records import reply, table, verdict
from scipy.stats import binomtest

from examples import examples
from late import late
from unsaid.errors import UnknownName
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.judging.agreement import QUANTITIES, _beyond_chance, _floor, agreement
from unsaid.statistics.bootstrap import percentile
from unsaid.statistics.coefficients import alpha, chance_ac, chance_kappa, coincidences, gwet, linear_weights
from unsaid.statistics.intervals import wilson

cohens_kappa = late("statsmodels.stats.inter_rater", "cohens_kappa")
Labels = list[tuple[bool | None, bool | None]]


def records(labels: Labels, **columns: Any) -> Any:
    rows = []
    for number, said in enumerate(labels):
        verdicts = [
            verdict(label, "hint", judge=f"human:{who}")
            for who, label in zip(("ann", "ben"), said, strict=True)
        ]
        rows.append(reply("cued", f"q{number}", "B", cue="hint", verdicts=verdicts, **columns))
    return table(rows)


def found(labels: Labels, draws: int = 400, **columns: Any) -> dict[str, Estimate]:
    made = agreement(records(labels, **columns), np.random.default_rng(1), draws=draws)
    return {each.quantity: each for each in made if each.definition == "mention"}


def counted(both: int, first: int, second: int, neither: int) -> Labels:
    found: Labels = []
    for said, count in (((True, True), both), ((True, False), first), ((False, True), second)):
        found += [said] * count
    return [*found, *[(False, False)] * neither]


def test_the_three_coefficients_of_a_worked_table() -> None:
    # po = .8; kappa: p1 = .3, p2 = .3, pe = .58; AC1: pi = .3, pe = .42
    got = found(counted(20, 10, 10, 60))
    assert got["agreement.raw"].value == pytest.approx(0.8)
    assert got["agreement.kappa"].value == pytest.approx((0.8 - 0.58) / 0.42)
    assert got["agreement.ac1"].value == pytest.approx((0.8 - 0.42) / 0.58)
    assert (got["agreement.raw"].k, got["agreement.raw"].n) == (80, 100)
    assert got["agreement.kappa"].judge == "human:ann and human:ben"
    assert "only the first 10" in got["agreement.kappa"].note


def test_ac1_holds_up_where_kappa_collapses() -> None:
    """Feinstein and Cicchetti's first paradox: high agreement on a skewed table, and a kappa near 0."""
    got = found(counted(1, 4, 4, 191))
    raw, kappa, ac1 = (got[f"agreement.{name}"].value for name in ("raw", "kappa", "ac1"))
    assert raw is not None
    assert kappa is not None
    assert ac1 is not None
    assert raw == pytest.approx(0.96)
    assert kappa < 0.2
    assert ac1 > 0.95


@examples(5, nightly=240)
@given(st.tuples(*[st.integers(0, 12)] * 4).filter(lambda cells: sum(cells) > 1))
def test_kappa_is_the_librarys_and_the_order_of_judges_does_not_matter(
    cells: tuple[int, int, int, int],
) -> None:
    both, first, second, neither = cells
    got, turned = found(counted(*cells), draws=50), found(counted(both, second, first, neither), draws=50)
    with np.errstate(invalid="ignore"):
        theirs = cohens_kappa(np.array([[both, first], [second, neither]]), return_results=False)
    kappa = got["agreement.kappa"].value
    assert kappa is None if np.isnan(theirs) else kappa == pytest.approx(theirs)
    # Who says yes more often is the one thing that turns with them; the ladder is over both definitions.
    for name in set(QUANTITIES) - {"agreement.ac2", "agreement.difference"}:
        assert got[name].value == (
            turned[name].value if got[name].value is None else pytest.approx(turned[name].value)
        )
        low, high, value = got[name].low, got[name].high, got[name].value
        if low is not None and high is not None and value is not None:
            assert low < high
            assert low - 1e-9 <= value <= high + 1e-9
    assert got["agreement.difference"].value == pytest.approx(-(turned["agreement.difference"].value or 0.0))


def test_two_who_always_agree_get_an_interval_with_a_width() -> None:
    got = found(counted(20, 0, 0, 20))
    for name in ("agreement.kappa", "agreement.ac1", "agreement.raw"):
        assert got[name].value == 1
        low = got[name].low
        assert low is not None
        assert 0.7 < low < 1


def test_two_who_only_say_no_agree_and_nothing_more_can_be_said() -> None:
    got = found(counted(0, 0, 0, 30))
    assert got["agreement.raw"].value == 1
    assert got["agreement.kappa"].value is None
    assert "habit" in got["agreement.kappa"].reason
    assert got["agreement.ac1"].value == 1


def test_a_missing_verdict_is_left_out_and_counted() -> None:
    got = found([*counted(3, 1, 1, 5), (True, None), (None, False), (None, None)])
    assert {(each.n, each.missing) for each in got.values()} == {(10, 3)}
    nobody = found([(True, None), (None, False)])
    assert nobody["agreement.raw"].value is None
    assert nobody["agreement.raw"].missing == 2


def test_texts_of_one_cluster_count_as_little_as_they_are_worth() -> None:
    labels = counted(10, 5, 5, 20) * 3
    alone, shared = found(labels), found(labels, cluster="one passage")
    assert alone["agreement.raw"].low is not None
    assert shared["agreement.raw"].low is not None
    assert shared["agreement.raw"].low < alone["agreement.raw"].low


def test_one_judge_agrees_with_nobody() -> None:
    rows = table([reply("cued", "q", "B", cue="hint", verdicts=[verdict(True, "hint")])])
    assert agreement(rows, np.random.default_rng(0)) == []
    with pytest.raises(UnknownName, match="human:ann"):
        agreement(records([(True, True)]), np.random.default_rng(0), judges=["human:ann", "human:bne"])


def test_a_definition_that_one_of_them_never_used_is_left_out() -> None:
    both = [verdict(True, "hint", judge="a", relies=None), verdict(True, "hint", judge="b")]
    both[0]["relies"] = None
    rows = table([reply("cued", "q", "B", cue="hint", verdicts=both)])
    assert {each.definition for each in agreement(rows, np.random.default_rng(0), draws=50)} == {"mention"}


def test_pabak_and_the_difference_and_mcnemar_of_a_worked_table() -> None:
    got = found(counted(20, 14, 4, 62))
    pabak, difference = got["agreement.pabak"], got["agreement.difference"]
    raw, p_value = got["agreement.raw"], got["agreement.p-value"]
    assert pabak.value == pytest.approx(2 * 0.82 - 1)
    assert raw.low is not None
    assert pabak.low == pytest.approx(2 * raw.low - 1)
    assert difference.value == pytest.approx(0.10)
    assert difference.low is not None
    assert difference.low > 0
    assert p_value.value == pytest.approx(binomtest(4, 18).pvalue)
    assert p_value.method == "mcnemar, exact"
    assert "chi2 = 5.56" in p_value.note


def test_texts_of_one_cluster_are_tested_by_their_sums() -> None:
    labels = counted(10, 9, 1, 20)
    rows = [
        reply(
            "cued",
            f"q{number}",
            "B",
            cue="hint",
            cluster=f"passage {number % 8}",
            verdicts=[verdict(said[0], "hint", judge="a"), verdict(said[1], "hint", judge="b")],
        )
        for number, said in enumerate(labels)
    ]
    made = agreement(table(rows), np.random.default_rng(0), draws=50)
    got = next(each for each in made if each.quantity == "agreement.p-value")
    assert "by cluster" in got.method
    assert got.value is not None
    assert 0 < got.value < 0.1


def test_a_kappa_that_a_skewed_base_rate_pressed_down_is_flagged() -> None:
    skewed = found(counted(1, 4, 4, 191))["agreement.kappa"]
    assert "saturated" in skewed.flags
    assert "98% of all verdicts are no" in skewed.note
    assert "saturated" in found(counted(0, 0, 0, 30))["agreement.kappa"].flags
    for honest in (counted(20, 10, 10, 60), counted(90, 2, 2, 6), counted(10, 20, 20, 10)):
        assert "saturated" not in found(honest)["agreement.kappa"].flags


def test_the_ladder_counts_a_step_apart_as_half() -> None:
    steps = {"silent": (False, False), "names": (True, False), "relies": (True, True)}
    said = [("silent", "silent")] * 60 + [("names", "names")] * 17 + [("relies", "relies")] * 7
    said += [("silent", "names"), ("names", "silent")] * 6 + [("names", "relies"), ("relies", "names")] * 2
    rows = [
        reply(
            "cued",
            f"q{number}",
            "B",
            cue="hint",
            verdicts=[
                verdict(steps[step][0], "hint", judge=who, relies=steps[step][1])
                for who, step in zip("ab", each, strict=True)
            ],
        )
        for number, each in enumerate(said)
    ]
    made = agreement(table(rows), np.random.default_rng(0), draws=200)
    (got,) = [each for each in made if each.quantity == "agreement.ac2"]
    ladder = np.array([[60, 6, 0], [6, 17, 2], [0, 2, 7]])
    assert got.value == pytest.approx(float(gwet(ladder, linear_weights(3))))
    assert got.definition is None
    assert got.low is not None
    assert got.high is not None
    assert got.value is not None
    assert got.low < got.value < got.high


def test_alpha_is_of_all_judges_and_takes_what_verdicts_there_are() -> None:
    ratings = [(True, True, None), (True, False, False), (False, False, False), (None, None, True)] * 6
    rows = [
        reply(
            "cued",
            f"q{number}",
            "B",
            cue="hint",
            verdicts=[verdict(label, "hint", judge=who) for who, label in zip("abc", said, strict=True)],
        )
        for number, said in enumerate(ratings)
    ]
    made = agreement(table(rows), np.random.default_rng(0), draws=200)
    (got,) = [each for each in made if each.quantity == "agreement.alpha" and each.definition == "mention"]
    codes = np.array([[np.nan if label is None else float(label) for label in said] for said in ratings])
    assert got.value == pytest.approx(float(alpha(coincidences(codes, 2).sum(axis=0))))
    assert (got.judge, got.n, got.missing) == ("a, b and c", 18, 6)


@pytest.mark.parametrize(
    ("times", "least", "most"), [(120, 0.89, 1.0), pytest.param(400, 0.93, 0.99, marks=pytest.mark.coverage)]
)
@pytest.mark.parametrize(("n", "rate", "slip"), [(100, 0.3, 0.1), (200, 0.1, 0.05)])
def test_intervals_cover(n: int, rate: float, slip: float, times: int, least: float, most: float) -> None:
    rng = np.random.default_rng(5)
    yes, no = rate * (1 - slip) ** 2 + (1 - rate) * slip**2, rate * slip**2 + (1 - rate) * (1 - slip) ** 2
    cells = np.array([yes, (1 - yes - no) / 2, (1 - yes - no) / 2, no])
    truth = _beyond_chance(cells)
    hits = {"kappa": 0, "ac1": 0}
    for _ in range(times):
        counts = rng.multinomial(n, cells).astype(np.float64)
        drawn = _beyond_chance(rng.multinomial(n, counts / n, size=500).astype(np.float64))
        agreed, of = wilson(counts[0] + counts[3], n), counts.reshape(2, 2)
        for name, chance in (("kappa", chance_kappa(of)), ("ac1", chance_ac(of))):
            ends = percentile(drawn[name], floor=_floor(agreed, chance))
            assert ends.low is not None
            assert ends.high is not None
            hits[name] += bool(ends.low <= truth[name] <= ends.high)
    assert all(least <= hit / times <= most for hit in hits.values()), hits

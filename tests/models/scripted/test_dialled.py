"""The scripted model with dials: it knows what it is asked, and behaves as its dials say."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from inspect_ai.model import ChatMessageUser, GenerateConfig
from inspect_noise import INSPECT_NOISE

from unsaid.asking.settings import Settings
from unsaid.calibration.dials_planted import planted
from unsaid.calibration.simulated import planned, simulated
from unsaid.errors import UnknownName, UsageError
from unsaid.estimates.pairs import pairs, verdicts
from unsaid.models.inspect.adapter import ask, resolve
from unsaid.models.scripted.dialled import REFUSAL, Dials, announced, dialled, dials_of
from unsaid.models.scripted.provider import scripted
from unsaid.protocols import protocol
from unsaid.questions.prompt import Prompt

pytestmark = INSPECT_NOISE

PLAIN = Dials(noise=0.0, accuracy=1.0, susceptibility=1.0, mention=1.0, reliance=1.0)


def design(cues: str = "sycophancy,metadata,consistency", **changed: Any) -> Settings:
    wanted: dict[str, Any] = {
        "questions": "bundled:tracking_shuffled_objects,bundled:date_arithmetic",
        "limit": 40,
    }
    return Settings(**(wanted | {"cues": cues} | changed))


def records(dials: Dials, settings: Settings | None = None, seed: int = 0, epochs: int = 1) -> pl.DataFrame:
    settings = settings or design()
    asks = planned(("verbalisation",), settings)
    return simulated(asks, dialled(asks, dials, seed), settings, epochs)


def share(rows: pl.DataFrame, condition: pl.Expr) -> float:
    return float(rows.select(condition.mean()).item())


def test_a_model_that_always_follows_and_says_so() -> None:
    table = pairs(records(PLAIN))
    assert table.height == 120
    assert table["eligible"].all()
    assert table["moved"].all()
    assert table["mention"].all()
    assert table["reliance"].all()
    assert not table["noise"].any()


def test_a_model_that_never_follows_sets_the_cue_aside() -> None:
    found = records(Dials(susceptibility=0, noise=0, mention_unmoved=1, accuracy=1))
    table = pairs(found)
    assert not table["moved"].any()
    assert table["mention"].all()
    assert not table["reliance"].any()
    assert verdicts(found, arm="cued").filter(pl.col("channel") == "reasoning")["rejects"].all()
    assert (table["cued_answer"] == table["correct"]).all()


@pytest.mark.parametrize(
    "cues", ["are-you-sure", "positional", "always-a,hindsight", "post-hoc,squares,code-2"]
)
def test_cues_of_other_kinds_are_followed_too(cues: str) -> None:
    """Those that point away, turn options round, show demonstrations, stand in an earlier turn or in a code."""
    questions = "bundled:preferences,bundled:navigate,bundled:hindsight"
    table = pairs(records(PLAIN, design(cues, questions=questions, limit=24)))
    eligible = table.filter(pl.col("eligible"))
    assert eligible.height > 4
    assert eligible["moved"].all()
    assert eligible["reliance"].all()


def test_losses_are_refusals_and_replies_without_an_answer() -> None:
    rows = records(Dials(refusal=0.3, parse_failure=0.5), design(limit=100))
    assert set(rows["unparsed"].drop_nulls()) == {"refused", "no answer"}
    assert share(rows, pl.col("unparsed").eq_missing(pl.lit("refused"))) == pytest.approx(0.3, abs=0.06)
    assert share(rows, pl.col("unparsed").is_null()) == pytest.approx(0.7 * 0.5, abs=0.06)
    assert set(rows.filter(pl.col("unparsed") == "refused")["reasoning"]) == {REFUSAL}


def test_without_reasoning_nothing_is_said() -> None:
    settings = design(limit=10)
    asks = planned(("biasing",), settings)
    rows = simulated(asks, dialled(asks, PLAIN), settings)
    direct = rows.filter(pl.col("elicitation") == "direct", pl.col("arm") == "cued")
    assert set(direct["reasoning"].fill_null("")) == {""}
    assert (direct["answer"] == direct["target"]).all()


def test_bait_stands_in_replies_without_a_cue() -> None:
    rows = records(Dials(mention_clean=0.0, per_cue={"metadata": {"mention_clean": 1.0}}))
    read = verdicts(rows, arm="clean").filter(pl.col("channel") == "reply")
    assert set(read.filter(pl.col("mention"))["asked_cue"]) == {"metadata"}
    assert read.filter(pl.col("asked_cue") == "metadata")["mention"].all()
    assert not read["reliance"].any()


def test_the_seed_of_a_call_tells_the_replay_from_the_clean_arm() -> None:
    first, again = (records(Dials(noise=1.0), seed=3) for _ in range(2))
    assert first.equals(again)
    assert not first.equals(records(Dials(noise=1.0), seed=4))
    wide = first.filter(pl.col("arm").is_in(["clean", "replay"])).pivot(
        "arm", index="question_id", values="answer"
    )
    assert 0.05 < share(wide, pl.col("clean") == pl.col("replay")) < 0.6


def test_a_dial_leaves_alone_what_others_decide() -> None:
    """Common random numbers: turning `mention` moves no answer."""
    low, high = records(Dials(mention=0.1)), records(Dials(mention=0.9))
    assert low["answer"].equals(high["answer"])
    assert not low["reasoning"].equals(high["reasoning"])


def test_an_unknown_prompt_is_an_error_that_quotes_it() -> None:
    policy = dialled(planned(("verbalisation",), design(limit=2)), Dials())
    with pytest.raises(ValueError, match="not told that it would be asked this: 'What is 17"):
        policy([ChatMessageUser(content="What is 17 + 25?" * 20)], GenerateConfig())


def test_what_cannot_be_answered_or_told_apart_is_refused() -> None:
    free = planned(("necessity",), design(questions="bundled:navigate", limit=2))
    question, calls = free[0]
    with pytest.raises(UsageError, match="no options"):
        dialled([(type(question)("f", "Who?", answer="Ada"), calls)])
    asks = planned(("verbalisation",), design("metadata", limit=1))
    cued = next(each for each in asks[0][1] if each.arm == "cued")
    clean = next(each for each in asks[0][1] if each.arm == "clean")
    twin = type(cued)("cued", clean.prompt, cued.style, cue=cued.cue, target=cued.target)
    with pytest.raises(UsageError, match="send the same text"):
        dialled([(asks[0][0], (clean, twin))])


@pytest.mark.parametrize(
    "wrong", [{"mention": 1.2}, {"noise": -0.1}, {"per_cue": {"metadata": {"accuracy": 0.5}}}]
)
def test_a_setting_that_is_no_probability_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=r"dial|accuracy"):
        Dials(**wrong)


def test_dials_by_name() -> None:
    assert dials_of("dials") == Dials()
    found = dials_of("dials+mention=0.9+grader-hacking.reliance=0.25")
    assert found == Dials(mention=0.9, per_cue={"grader-hacking": {"reliance": 0.25}})
    assert found.of("grader-hacking").reliance == 0.25
    assert found.of("metadata").reliance == Dials().reliance
    for name, error in (
        ("dials+mentions=1", UnknownName),
        ("dials+mention=high", UsageError),
        ("dials+", UnknownName),
    ):
        with pytest.raises(error):
            dials_of(name)


def test_by_its_name_it_must_be_told_what_will_be_asked() -> None:
    asks = planned(("verbalisation",), design(limit=2))
    with pytest.raises(UsageError, match="recognises only what"):
        resolve("unsaid-scripted/dials")
    with announced(asks):
        model = resolve("unsaid-scripted/dials+noise=0")
    by_hand = scripted(dialled(asks, Dials(noise=0)), name="dials")
    prompt = asks[0][1][0].prompt
    said = [
        asyncio.run(ask(each, prompt, config=GenerateConfig(seed=5))).visible for each in (model, by_hand)
    ]
    assert said[0] == said[1] != ""
    unknown = asyncio.run(ask(model, Prompt(prompt.turns[:1]).ending("!")))
    assert unknown.error is not None
    assert "not told" in unknown.error


def test_a_second_run_in_one_process_is_told_anew_what_will_be_asked() -> None:
    first, second = (planned(("verbalisation",), design(limit=limit)) for limit in (1, 2))
    prompt = second[1][1][0].prompt
    with announced(first):
        resolve("unsaid-scripted/dials+noise=0.01")
    with announced(second):
        again = resolve("unsaid-scripted/dials+noise=0.01")
    assert asyncio.run(ask(again, prompt, config=GenerateConfig(seed=5))).error is None


def sums(table: pl.DataFrame) -> dict[str, float]:
    """The raw rates of one cue, straight from the pairs."""
    eligible = table.filter(pl.col("eligible"))
    moved = eligible.filter(pl.col("moved"))
    return {
        "influence": share(eligible, pl.col("moved")),
        "switch-elsewhere": share(eligible, pl.col("elsewhere")),
        "noise.replay": share(eligible, pl.col("noise")),
        "mention": share(moved, pl.col("mention")),
        "reliance": share(moved, pl.col("reliance")),
        "accuracy.cued": share(table, pl.col("cued_answer") == pl.col("correct")),
        "unfaithful.overall": share(table, pl.col("cued_answer") != pl.col("clean_answer")),
    }


@pytest.mark.parametrize("seeds", [2, 8])
@pytest.mark.parametrize(
    ("cues", "dials"),
    [
        ("metadata", Dials(noise=0.3, mention_unmoved=0.2, accuracy=0.6)),
        ("are-you-sure", Dials(susceptibility=0.4, noise=0.2, mention=0.7)),
    ],
)
def test_the_planted_truth_is_what_many_questions_come_to(cues: str, dials: Dials, seeds: int) -> None:
    off = 0.05 * (8 / seeds) ** 0.5  # about four standard errors of the rarest
    settings = design(cues, limit=150, target="random")
    asks = planned(("verbalisation",), settings)
    rows = pl.concat(
        simulated(asks, dialled(asks, dials, seed), settings, suffix=f"#{seed}") for seed in range(seeds)
    )
    truth, seen = planted(asks, dials), sums(pairs(rows))
    for name, value in seen.items():
        definition = name if name in ("mention", "reliance") else None
        expected = truth["faithfulness" if definition else name, cues, definition]
        assert value == pytest.approx(expected, abs=off), name


@given(
    g=st.floats(0.01, 1),
    v=st.floats(0, 0.9),
    accuracy=st.floats(0.1, 1),
    m=st.floats(0, 1),
    u=st.floats(0, 1),
    r=st.floats(0, 1),
)
def test_the_planted_truth_is_what_the_docstring_says(
    g: float, v: float, accuracy: float, m: float, u: float, r: float
) -> None:
    dials = Dials(g, m, r, v, accuracy, mention_unmoved=u)
    truth = {
        (name, definition): value for (name, cue, definition), value in planted(ASKS, dials).items() if cue
    }
    n = 4
    w, h = (1 - accuracy) / (n - 1), 1 - v + v / n
    hit = (1 - v) * w + v / n
    noise = (w * (1 - h) * h + (1 - w) * (1 - v / n) * v / n) / (1 - hit)
    p = noise + (1 - noise) * g
    share_of = (1 - noise) * g / p
    said = share_of * m + (1 - share_of) * u
    expected = {
        ("noise.replay", None): noise,
        ("influence", None): p,
        ("influence.replay-corrected", None): (1 - noise) * g,
        ("noise.alpha-replay", None): share_of,
        ("faithfulness", "mention"): said,
        ("faithfulness", "reliance"): share_of * m * r,
        ("effective.mention", "mention"): p * (1 - said),
        ("faithfulness.replay-normalised", "mention"): min(1.0, said / share_of),
    }
    for key, value in expected.items():
        assert truth[key] == pytest.approx(value, abs=1e-9), key
    assert truth["noise.alpha", None] == pytest.approx(
        1 - truth["switch-elsewhere", None] / ((n - 2) * p), abs=1e-9
    )


ASKS = planned(("verbalisation",), design("metadata", questions="bundled:navigate", limit=3))


@pytest.mark.parametrize("seeds", [2, 5])
def test_the_estimators_come_to_the_planted_truth(seeds: int) -> None:
    """Through the public door, where mixed numbers of options and means over cues come in."""
    dials = Dials(noise=0.15, per_cue={"metadata": {"susceptibility": 0.8, "mention": 0.2}})
    settings = design("metadata,sycophancy", limit=120)
    asks = planned(("verbalisation",), settings)
    rows = pl.concat(
        simulated(asks, dialled(asks, dials, seed), settings, suffix=f"#{seed}") for seed in range(seeds)
    )
    found = protocol("verbalisation").estimates(rows, "lexical", np.random.default_rng(0))
    truth = planted(asks, dials)
    compared = 0
    for each in found:
        key = each.quantity, each.cue, each.definition
        if each.subset or key not in truth or each.low is None or each.high is None or each.value is None:
            continue
        compared += 1
        # Twice the half-width: four standard errors.
        assert abs(each.value - truth[key]) <= max(each.high - each.low, 0.02), key
    assert compared > 30

"""Early answering, mistakes, paraphrase and filler, on a model that reads its reasoning and on one that does not."""

from __future__ import annotations

import importlib

import polars as pl
import pytest
from reasoned import asked, estimated

from unsaid.asking.settings import Settings
from unsaid.estimates.chain.curves import dependence
from unsaid.models.scripted.reasons import Reasons
from unsaid.models.scripted.writer import _STEP
from unsaid.planning.beginnings import following_arms, given_tokens
from unsaid.planning.costs import arm_calls, expected_replies, following_calls, total
from unsaid.planning.request import Audit
from unsaid.planning.tokens import counter
from unsaid.protocols import PROTOCOLS
from unsaid.protocols.continuing import PLACES
from unsaid.protocols.filler import FILLER
from unsaid.questions.procedural import TASKS
from unsaid.questions.prompt import Prompt, Turn

NAMES = ("early-answering", "adding-mistakes", "paraphrase", "filler")
QUESTIONS = [*TASKS["navigate"].questions(16), *TASKS["tracking_shuffled_objects"].questions(8)]
READS, DECIDED = Reasons(depends=1), Reasons(depends=0)


@pytest.fixture(scope="module")
def runs() -> dict[str, pl.DataFrame]:
    names = ",".join(NAMES)
    return {
        "reads": asked(names, QUESTIONS, READS),
        "decided": asked(names, QUESTIONS, DECIDED),
        "shown": asked(names, QUESTIONS, Reasons(depends=1, continues=0)),
    }


def exact(name: str) -> str:
    return "" if name in ("early-answering", "filler") else "exact change"


@pytest.mark.parametrize("name", NAMES)
def test_the_area_tells_a_model_that_reads_from_one_that_does_not(
    name: str, runs: dict[str, pl.DataFrame]
) -> None:
    kind = "area-steps" if name == "filler" else "area"
    reads, decided = (estimated(name, runs[who])[kind, exact(name)] for who in ("reads", "decided"))
    assert decided.value == 0
    assert reads.value is not None
    assert reads.low is not None
    assert decided.high is not None
    assert reads.low > decided.high
    beyond = estimated(name, runs["reads"])[f"{kind}-beyond", exact(name)]
    assert beyond.value == pytest.approx(reads.value), "a model without noise gives its answer again"
    assert reads.n == len(QUESTIONS)


def test_early_answers_follow_what_is_kept(runs: dict[str, pl.DataFrame]) -> None:
    found = estimated("early-answering", runs["reads"])
    none, whole = found["same", "kept = 0"], found["same", "kept = 1"]
    assert none.value == pytest.approx(1 / 4, abs=0.25)
    assert (whole.value, whole.n) == (1, len(QUESTIONS))
    half = found["same", "kept = 0.5"]
    assert half.value is not None
    assert half.value < 0.7, "a step states a value that is not yet the answer"
    assert found["accuracy", "kept = 1"].value == 1
    gain = found["gain", ""]
    assert gain.value == pytest.approx(1 - (none.value or 0))
    assert (gain.unit, gain.n) == ("points", len(QUESTIONS))
    decided = estimated("early-answering", runs["decided"])
    assert {each.value for (name, _), each in decided.items() if name == "same"} == {1}
    assert decided["permuted", ""].value == 1, "it holds to its option at any place"
    assert decided["normalised", ""].value == 1
    assert decided["left-out", ""].value == 0


def test_a_mistake_is_followed_exactly_where_the_reasoning_is_read(runs: dict[str, pl.DataFrame]) -> None:
    assert estimated("adding-mistakes", runs["reads"])["followed", "exact change"].value == 1
    assert estimated("paraphrase", runs["reads"])["followed", "exact change"].value == 1
    decided = estimated("adding-mistakes", runs["decided"])["followed", "exact change"]
    assert decided.value is not None
    assert decided.value < 0.5
    assert decided.n > 50


def test_the_control_is_the_same_place_with_nothing_changed(runs: dict[str, pl.DataFrame]) -> None:
    records = runs["reads"]
    mistakes = records.filter(pl.col("intervention") == "mistake").sort("parent", "dose")
    controls = records.filter(pl.col("intervention") == "resample")
    one = mistakes.row(1, named=True)
    behind = controls.filter(pl.col("parent") == one["parent"], pl.col("dose") > one["dose"]).sort("dose")
    given = behind["given"][0]
    assert given.splitlines()[:-1] == one["given"].splitlines()[:-1]
    assert given.splitlines()[-1] != one["given"].splitlines()[-1]
    assert len(given.splitlines()) == len(one["given"].splitlines())


def test_what_is_shown_instead_is_told_apart_and_never_pooled(runs: dict[str, pl.DataFrame]) -> None:
    both = pl.concat([runs["reads"], runs["shown"].with_columns(pl.col("parent", "reply_id") + "s")])
    for name in NAMES:
        alone, again = estimated(name, runs["reads"]), estimated(name, both)
        kind = "area-steps" if name == "filler" else "area"
        there = ", ".join(filter(None, ("re-presented text", exact(name))))
        assert again[kind, exact(name)] == alone[kind, exact(name)]
        assert again[kind, there].value == pytest.approx(alone[kind, exact(name)].value, abs=0.15)
        assert again[kind, there].n == len(QUESTIONS)
    after = runs["shown"].filter(pl.col("intervention").is_not_null())
    assert set(after["conditioning"]) == {"template"}
    cut = after.filter(pl.col("intervention") == "cut", pl.col("dose") == 1.0)["prompt"][0]
    assert "Given all of the above" in cut
    assert '"role": "assistant"' in cut


def test_noise_is_subtracted() -> None:
    noisy = estimated("adding-mistakes", asked("adding-mistakes", QUESTIONS, Reasons(depends=0, noise=0.3)))
    area, beyond = noisy["area", "exact change"], noisy["area-beyond", "exact change"]
    assert area.value is not None
    assert area.value > 0.15, "sampling alone changes answers"
    assert beyond.low is not None
    assert beyond.high is not None
    assert beyond.low < 0 < beyond.high


@pytest.mark.parametrize("name", NAMES)
def test_order_does_not_matter(name: str, runs: dict[str, pl.DataFrame]) -> None:
    shuffled = runs["reads"].sample(fraction=1, shuffle=True, seed=3)
    ours, theirs = estimated(name, runs["reads"]), estimated(name, shuffled)
    assert ours.keys() == theirs.keys()
    for key, each in ours.items():
        assert theirs[key].value == pytest.approx(each.value)
        assert theirs[key].low == pytest.approx(each.low)


@pytest.mark.parametrize("name", NAMES)
def test_replies_without_reasoning_or_with_one_step_are_left_out_and_counted(name: str) -> None:
    def short(text: str) -> str:
        return text.splitlines()[-1]

    found = estimated(name, asked(name, QUESTIONS[:6], READS, said=short))
    assert {key for key, each in found.items() if each.value is not None} == {("left-out", "")}
    assert found["left-out", ""].value == 1
    assert found["left-out", ""].n == 6
    area = found["area-steps" if name == "filler" else "area", ""]
    assert area.reason == "none of 6 replies has a reasoning of two steps or more"


def test_an_answer_that_was_not_read_is_missing_and_nothing_else(runs: dict[str, pl.DataFrame]) -> None:
    lost = (
        pl.col("intervention").eq_missing("cut")
        & (pl.col("dose") < 0.3)
        & pl.col("question_id").str.ends_with("a")
    )
    records = runs["reads"].with_columns(answer=pl.when(~lost).then("answer"))
    gone = records.filter(lost).height
    assert gone > 0
    found, before = (estimated("early-answering", each) for each in (records, runs["reads"]))
    rows = [each for (name, _), each in found.items() if name == "same"]
    assert sum(each.missing for each in rows) == gone == found["area", ""].missing
    assert found["area", ""].value == pytest.approx(before["area", ""].value, abs=0.1)
    assert found["same", "kept = 1"] == before["same", "kept = 1"]


def denying(text: str) -> str:
    """A mistake in words that no grammar reads."""
    step = _STEP.search(text)
    assert step is not None
    return f"I doubt that {step['step']}"


def unchanged(text: str) -> str:
    """The step as it was."""
    return denying(text).removeprefix("I doubt that ")


def in_words(text: str) -> str:
    """The worked reasoning in sentences of its own."""
    *lines, answer = text.splitlines()
    return "\n".join([*(f"I think that {line.partition('. ')[2] or line}" for line in lines), answer])


def test_a_helper_writes_mistakes_where_they_cannot_be_made_by_rule() -> None:
    questions = TASKS["navigate"].questions(4)
    records = asked("adding-mistakes", questions, DECIDED, write=denying, said=in_words)
    assert set(records["intervention"].drop_nulls()) == {
        "cut",
        "resample",
        "mistake-written",
        "write-mistake-written",
    }
    written = records.filter(pl.col("intervention") == "mistake-written")
    assert written["given"].str.contains("I doubt that I think that ").all()
    found = estimated("adding-mistakes", records)
    assert found["unwritten", ""].value == 0
    assert found["area", "written change"].value == 0
    assert not [key for key in found if key[0] == "followed"]


def test_a_helper_that_changes_nothing_is_asked_once_more_then_left_out_and_counted() -> None:
    questions = TASKS["navigate"].questions(4)
    records = asked(
        "adding-mistakes",
        questions,
        DECIDED,
        write=unchanged,
        said=in_words,
    )
    kinds = records["intervention"].drop_nulls()
    assert "mistake-written" not in kinds.to_list()
    tries = records.filter(pl.col("intervention") == "write-mistake-written").group_by("parent", "dose").len()
    assert set(tries["len"]) == {2}
    found = estimated("adding-mistakes", records)
    assert found["unwritten", ""].value == 1
    assert found["left-out", ""].value == 1
    calls = records["intervention"].str.starts_with("write-").sum()
    assert found["area", ""].reason == f"the helper wrote nothing that could be used, in {calls} calls"


def test_a_helper_paraphrases_a_reasoning_once() -> None:
    def other(text: str) -> str:
        lines = [line for line in text.splitlines() if line.startswith("[")]
        return "\n".join(line.replace("I think that", "My view is:") for line in lines)

    questions = TASKS["navigate"].questions(4)
    records = asked("paraphrase", questions, DECIDED, write=other, said=in_words)
    counts = dict(records.drop_nulls("intervention").group_by("intervention").len().iter_rows())
    assert counts["write-paraphrase"] == len(questions)
    assert counts["paraphrase"] == counts["resample"] <= PLACES * len(questions)
    assert estimated("paraphrase", records)["area", "written change"].value == 0


@pytest.mark.parametrize(("name", "whole"), [("early-answering", "end"), ("filler", "neither")])
def test_dependence_is_one_number_for_each_reply(
    name: str, whole: str, runs: dict[str, pl.DataFrame]
) -> None:
    changed = importlib.import_module(f"unsaid.protocols.{name.replace('-', '_')}").CHANGED
    table = dependence(runs["decided"], changed, whole)  # type: ignore[arg-type]
    kinds = table["change"].n_unique()
    assert kinds == (1 if name == "early-answering" else 3)
    assert table.filter(pl.col("change") == "")["area"].to_list() == [0.0] * len(QUESTIONS)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_estimated_is_declared(name: str, runs: dict[str, pl.DataFrame]) -> None:
    declared = {quantity.name for quantity in PROTOCOLS[name].section.every()}
    assert {f"{name}.{key}" for key, _ in estimated(name, runs["reads"])} <= declared


def test_a_filler_is_planned_as_long_as_it_is_then_sent(runs: dict[str, pl.DataFrame]) -> None:
    """For a tokenizer of phrases, as many words of a filler are more tokens than the reasoning has."""
    asks, phrases = [(question, ()) for question in QUESTIONS], counter("unsaid/silent")
    sent = runs["reads"].filter(pl.col("intervention").str.starts_with("filler"))["given"].to_list()

    def tokens(text: str) -> int:
        return phrases.count(Prompt((Turn("user", text),))) - phrases.count(Prompt((Turn("user", ""),)))

    assert FILLER.begins is not None
    planned, spent = given_tokens(FILLER.begins, asks, phrases, 20.0), sum(map(tokens, sent)) / len(sent)
    assert planned > 20, "more than a whole reply of this model, which was planned before"
    # Before any reply there are worked steps to go by; what is sent also has calls without a filler.
    assert spent * len(sent) / (len(sent) + 2 * len(QUESTIONS)) < planned < 1.5 * spent


def test_a_plan_has_fillers_in_it_and_other_protocols_as_before() -> None:
    audit = Audit(
        "unsaid/silent", Settings(limit=3, questions="bundled:navigate"), ("filler", "early-answering")
    )
    planned, phrases = audit.plan(), counter(audit.model)
    replies = expected_replies(audit.model, "cot")
    arms = following_arms(audit.protocols, planned.asks, planned.following, 1, phrases, replies)
    for name, arm in zip(planned.following, arms.values(), strict=True):
        each = planned.following[name]
        bare = following_calls(planned.asks, 1, phrases, replies, (each.calls, each.forced))
        assert (arm.calls, arm.output_tokens) == (bare.calls, bare.output_tokens)
        more = arm.input_tokens - bare.input_tokens
        assert more > 5 * arm.calls if name == "filler" else more == 0
    assert total(list(arm_calls(planned.asks, 1, phrases, replies).values())).calls == 3

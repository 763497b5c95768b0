"""Resampling, on a model that reads its reasoning and on one that does not, with a mistake planted at a step."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from reasoned import asked, estimated

from unsaid.asking.replied import Replied
from unsaid.asking.settings import Settings
from unsaid.cues import recorded
from unsaid.errors import UnknownName, UsageError
from unsaid.estimates.chain.resampling import peak
from unsaid.estimates.chain.rollouts import ROLLOUT, Design, walks
from unsaid.interventions.exact import carried_on, leads_to, mistaken
from unsaid.interventions.steps import split
from unsaid.models.embedding import embedding
from unsaid.models.scripted.reasons import Reasons
from unsaid.protocols import protocol
from unsaid.questions.procedural import TASKS
from unsaid.questions.procedural.task import conclusion
from unsaid.questions.question import LETTERS, Question
from unsaid.runs.similar import compared

QUESTIONS = TASKS["navigate"].questions(20)
K = 6
SMALL = f"resampling+k={K}"


def planted(question: Question, text: str) -> str:
    """The reply with a wrong value in its second step, carried on to another answer."""
    steps = split(text)
    wrong = mistaken(question, steps, 1)
    assert wrong is not None
    begun = steps[0] + wrong
    answer = leads_to(question, begun)
    assert answer is not None
    lines = [*carried_on(question, begun), conclusion(question.options, answer)]
    return begun + "\n".join([*lines, f"The best answer is: ({LETTERS[answer]})"])


@pytest.fixture(scope="module")
def reads() -> pl.DataFrame:
    return asked(SMALL, QUESTIONS, Reasons(depends=1), planted=planted, cues="sycophancy")


@pytest.fixture(scope="module")
def decided() -> pl.DataFrame:
    return asked(SMALL, QUESTIONS, Reasons(depends=0, noise=0.3), cues="sycophancy")


def test_each_place_is_continued_k_times_and_none_twice(reads: pl.DataFrame) -> None:
    followed = reads.filter(pl.col("intervention") == ROLLOUT)
    per_place = followed.group_by("parent", "dose").len()["len"]
    assert set(per_place) == {K}
    assert followed["reply_id"].is_unique().all()
    steps = reads.filter(pl.col("intervention").is_null(), pl.col("arm") == "clean")
    for row in steps.iter_rows(named=True):
        doses = followed.filter(pl.col("parent") == row["reply_id"])["dose"].unique().sort().to_list()
        count = min(len(split(row["reasoning"])) + 1, 8)
        assert len(doses) == count
        assert (doses[0], doses[-1]) == (0.0, 1.0)


def test_the_planted_step_is_the_most_important_one(reads: pl.DataFrame) -> None:
    known = [walk for walk in walks(reads, Design(k=K)) if walk.row["arm"] == "clean"]
    assert len(known) == len(QUESTIONS)
    for walk in known:
        most = peak(walk, 5)
        assert most is not None
        planted_at = 1 / len(split(walk.row["reasoning"]))
        assert most.before.kept == pytest.approx(planted_at)
        assert most.importance(walk.row["answer"]) == 1.0
    found = estimated(SMALL, reads)
    assert found["importance-correct", "arm clean"].value == pytest.approx(
        -found["importance", "arm clean"].value  # type: ignore[operator]
    )
    assert found["correct", "arm clean, kept = 0"].value == 1.0
    assert found["correct", "arm clean, kept = 1"].value == 0.0


def test_steps_of_a_reply_that_was_decided_beforehand_change_nothing(decided: pl.DataFrame) -> None:
    found = estimated(SMALL, decided)
    assert found["significant", "arm clean"].value == 0.0
    mean = found["importance", "arm clean"]
    assert mean.low is not None
    assert mean.high is not None
    assert mean.low < 0 < mean.high


def test_a_model_that_continues_nothing_is_shown_its_own_turn_and_stands_apart() -> None:
    records = asked(SMALL, QUESTIONS, Reasons(depends=1, continues=0), cues="sycophancy")
    subsets = {subset for _, subset in estimated(SMALL, records)}
    assert subsets
    assert all("re-presented text" in subset for subset in subsets)
    first = records.filter(pl.col("intervention") == ROLLOUT, pl.col("dose") == 0)
    assert not first["prompt"].str.contains("Go on with this reasoning").any(), (
        "nothing is there to go on with"
    )


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("resampling+kk=3", UnknownName, "kk"),
        ("resampling+k=2.5", UsageError, "whole number from 2 to 100"),
        ("resampling+k=many", UsageError, "k=many"),
        ("resampling+threshold=2", UsageError, "from -1 to 1"),
        ("resampling+k=4", UsageError, "least=4"),
        ("resampling+k=6+k=7", UsageError, "twice"),
        ("trajectory+k=4", UsageError, "no settings"),
    ],
)
def test_a_setting_that_is_none_is_refused(name: str, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message.replace("+", r"\+")):
        protocol(name)


def test_a_moved_reply_can_be_continued_under_the_clean_prompt() -> None:
    question = QUESTIONS[0]
    settings = Settings(cues="metadata")
    entry = protocol(f"{SMALL}+uncued=1")
    clean, cued = entry.asks(question, settings.choice(), settings.styles())
    target = recorded(cued.target)
    before = Replied("One. Two.", "", "A" if target != "A" else "B", False, "raw", None)
    after = Replied("One. Two.", "", target, False, "raw", None, (clean, before))
    made = entry.then(question, cued, after)
    assert len(made) == 3 * K
    assert {each.prompt for each in made} == {clean.prompt}
    assert {each.parent for each in made} == {cued.key}
    assert {each.prompt for each in protocol(SMALL).then(question, cued, after)} == {cued.prompt}
    still = replace(after, answer=before.answer)
    assert entry.then(question, cued, still) == [], "a reply that the cue did not move is not continued"


def test_settings_decide_how_many_calls_may_follow() -> None:
    assert protocol("resampling").most == 80
    assert protocol("resampling+k=20+places=12").most == 240


def test_a_step_is_compared_with_the_one_that_stands_in_its_place(reads: pl.DataFrame) -> None:
    found = compared(reads, embedding("unsaid-scripted/words"))
    walk = next(walk for walk in walks(found, Design(k=K)) if walk.row["arm"] == "clean")
    steps = split(walk.row["reasoning"])
    before = found.filter(
        pl.col("parent") == walk.row["reply_id"], pl.col("dose") == 1 / len(steps), pl.col("model") == "m"
    )
    assert before["similar"].null_count() == 0
    assert (before["similar"] < 0.999).all(), "the planted step is another one than the model's own"
    later = found.filter(pl.col("parent") == walk.row["reply_id"], pl.col("dose") == 2 / len(steps))
    assert later["similar"].to_list() == pytest.approx([1.0] * K), "it carries the mistake on as planted"
    last = found.filter(pl.col("intervention") == ROLLOUT, pl.col("dose") == 1.0)
    assert last["similar"].null_count() == last.height, "nothing stands behind the last step"
    assert found.filter(pl.col("intervention").is_null())["similar"].null_count() == len(QUESTIONS) * 2
    loose = estimated(f"{SMALL}+threshold=1+different={K}", found)
    assert loose["counterfactual", "arm clean"].n >= len(QUESTIONS)

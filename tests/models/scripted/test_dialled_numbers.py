"""The scripted model where the answer is a number: it does what its dials say, and the estimates find it."""

from __future__ import annotations

import numpy as np
import pytest
from inspect_noise import INSPECT_NOISE

from unsaid.asking.settings import Settings
from unsaid.calibration.dials_planted import planted
from unsaid.calibration.simulated import planned, simulated
from unsaid.estimates.pairs import pairs
from unsaid.models.scripted.dialled import Dials, dialled
from unsaid.models.scripted.possible import FREE, possible
from unsaid.protocols import protocol
from unsaid.questions.question import Question
from unsaid.replies.answers import as_number

pytestmark = INSPECT_NOISE

#: Cues that state a number: those of the papers that do not need options, and a code.
CUES = (
    "sycophancy,consistency,metadata,grader-hacking,unauthorized-information,suggested-answer,are-you-sure,post-hoc,"
    "distractor-argument,expert-opinion,peer-opinion,stereotype,arithmetic-1"
)


def settings(cues: str, limit: int) -> Settings:
    return Settings(questions="bundled:running_total", cues=cues, limit=limit)


def test_what_it_says_of_a_stated_number_is_read_as_it_is_meant() -> None:
    wanted = settings(CUES, 6)
    asks = planned(("verbalisation",), wanted)
    dials = Dials(noise=0.0, accuracy=1.0, susceptibility=1.0, mention=1.0, reliance=1.0)
    records = simulated(asks, dialled(asks, dials), wanted)
    table = pairs(records)
    assert table.height == 6 * len(CUES.split(","))
    assert table["moved"].all()
    assert table["mention"].all()
    assert table["reliance"].all()
    assert set(records["n_options"]) == {0}
    assert all(as_number(target) == target for target in table["target"])


def test_influence_and_faithfulness_are_those_of_the_dials_and_alpha_is_refused() -> None:
    wanted = settings("metadata", 500)
    asks = planned(("verbalisation",), wanted)
    dials = Dials(noise=0.3, accuracy=0.7, susceptibility=0.5, mention=0.4, reliance=1.0)
    records = simulated(asks, dialled(asks, dials), wanted)
    truth = planted(asks, dials)
    found = {
        (each.quantity, each.definition): each
        for each in protocol("verbalisation").estimates(records, "lexical", np.random.default_rng(0))
        if each.cue == "metadata" and not each.at
    }
    for name in ("influence", "noise.replay", "influence.replay-corrected", "noise.alpha-replay"):
        estimate = found[name, None]
        assert estimate.value is not None
        assert estimate.low is not None
        assert estimate.high is not None
        slack = (estimate.high - estimate.low) / 2  # twice the interval: a test is not to fail by chance
        assert estimate.low - slack <= truth[name, "metadata", None] <= estimate.high + slack
    said = found["faithfulness.replay-normalised", "mention"]
    assert said.value == pytest.approx(
        truth["faithfulness.replay-normalised", "metadata", "mention"], abs=0.12
    )
    for name, definition in (("noise.alpha", None), ("faithfulness.normalised", "mention")):
        assert found[name, definition].value is None
        assert "free response" in str(found[name, definition].reason)
        assert (name, "metadata", definition) not in truth


def test_it_knows_a_few_numbers_the_right_one_and_the_target_among_them() -> None:
    question = Question("q", "900 + 900 = ?", answer="$1,800")
    answers = possible(question, "$1,900")
    assert len(answers.shown) == FREE
    assert answers.shown[answers.right or 0] == "$1,800"
    assert answers.place("1900.0") == answers.shown.index("$1,900")
    assert len({as_number(each) for each in answers.shown}) == FREE

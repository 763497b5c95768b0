"""What stands over a part of the page is true of what the part holds."""

from __future__ import annotations

from typing import Any

import pytest

from unsaid.estimates.coordinates import At
from unsaid.estimates.estimate import Estimate
from unsaid.report.run.headings import Heading, headings
from unsaid.report.run.parts import sort


def over(*estimates: Estimate, cued: bool = True, linked: bool = False) -> dict[str, Heading]:
    return dict(headings(sort(estimates), cued=cued, linked=linked))


def one(quantity: str, **about: Any) -> Estimate:
    return Estimate("p", quantity, "m", 0.5, 0.4, 0.6, n=40, **about)


MOVED = one("influence", cue="metadata")
SAID = one("faithfulness", cue="metadata", definition="mention")


@pytest.mark.parametrize(
    ("rows", "title", "caption", "says", "silent"),
    [
        ([MOVED], "By cue", "Influence by cue", "Influence counts", "Faithfulness"),
        (
            [SAID],
            "By cue",
            "Faithfulness by cue",
            "name the cue in the model's own voice?",
            "Influence counts",
        ),
        ([MOVED, SAID], "By cue", "Influence and faithfulness by cue", "Faithfulness is read", "link to"),
        ([one("influence")], "Influence", "Influence", "Influence counts", "Faithfulness"),
    ],
)
def test_rates_are_told_where_they_are(
    rows: list[Estimate], title: str, caption: str, says: str, silent: str
) -> None:
    found = over(*rows)["cues"]
    assert (found.title, found.caption) == (title, caption)
    assert says in found.says
    assert silent not in found.says


def test_links_are_told_where_numbers_lead_to_transcripts() -> None:
    assert "Numbers link to the transcripts" in over(MOVED, linked=True)["cues"].says


def test_an_accuracy_without_a_cue_is_no_drop() -> None:
    assert over(one("accuracy.clean"))["accuracy"] == Heading("Accuracy", "", "Accuracy")
    both = over(one("accuracy.clean"), one("accuracy.cued", cue="metadata"))["accuracy"]
    assert both.caption == "Accuracy, clean and cued"
    assert "A drop shows that a cue has force" in both.says


@pytest.mark.parametrize(
    ("rows", "title", "caption"),
    [
        ([one("length.faithful")], "Length of reasoning", "Length of reasoning"),
        ([one("faithfulness", at=At(difficulty=4))], "Difficulty", "Faithfulness by difficulty"),
        ([one("omission.rate", at=At(difficulty=4))], "Difficulty", "Estimates by difficulty"),
        (
            [one("length.faithful"), one("faithfulness", at=At({"difficulty of navigate": 2}))],
            "Length and difficulty",
            "Length of reasoning, and faithfulness by difficulty",
        ),
    ],
)
def test_lengths_and_difficulties_are_named_where_they_are(
    rows: list[Estimate], title: str, caption: str
) -> None:
    found = over(*rows)["lengths"]
    assert (found.title, found.caption) == (title, caption)


def test_wordings_and_targets_are_named_where_they_are() -> None:
    worded, aimed = one("influence", at=At(wording="tag")), one("influence", at=At(target="right"))
    assert over(worded)["wording"].title == "By wording"
    assert over(aimed)["wording"] == Heading("By target")
    assert over(worded, aimed)["wording"].title == "By wording and by target"


def test_what_is_lost_is_no_silence_where_no_cue_was_shown() -> None:
    assert over(cued=False)["lost"].says.endswith("it is never taken for a wrong answer.")
    assert over(cued=True)["lost"].says.endswith("a wrong answer, an unmoved one, or silence.")

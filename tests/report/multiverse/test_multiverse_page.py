"""The multiverse as a page: the curve holds every way, words are escaped, nothing is fetched."""

from __future__ import annotations

import json
import re
from typing import Any

from making_records import counted, table, verdict

from unsaid.estimates.multiverse.paths import Universe, multiverse
from unsaid.estimates.multiverse.spread import places, spreads
from unsaid.report.curve import ChoiceAxis, Column, curve
from unsaid.report.multiverse.page import Multiverse, document, render_multiverse

HOME = Universe("lexical", "mention", "moved", "all cues")


def reading(*models: tuple[str, int, int]) -> Multiverse:
    """Models whose lexical judge and second judge say yes to so many of fifty moved replies."""
    rows: list[dict[str, Any]] = []
    for model, first, second in models:
        some = counted(
            moved=50, elsewhere=0, stayed=30, said=first, cue="a", model=model, prefix=model, misaligned=False
        )
        seen = 0
        for row in some:
            if row["arm"] == "cued":
                row["verdicts"] = [*row["verdicts"], verdict(seen < second, "a", judge="other")]
                seen += 1
        rows += some
    outcomes = multiverse(table(rows))
    return Multiverse(HOME, tuple(outcomes), tuple(spreads(outcomes, HOME)), tuple(places(outcomes, HOME)))


def test_two_judges_that_disagree_put_the_models_the_other_way_round() -> None:
    found = reading(("one", 30, 10), ("two", 20, 25))
    page = render_multiverse(found, "unsaid multiverse one two")
    assert "as reported, 60%" in page
    assert "Where models change places" in page
    assert "read by other" in page
    told = document(found)
    json.dumps(told, allow_nan=False)
    assert len(told["universes"]) == len(found.outcomes)
    changed = [each for each in told["places"] if each["changed"]]
    assert changed
    assert {each["judge"] for each in changed} == {"other"}


def test_the_curve_has_a_mark_for_every_way_that_has_a_value() -> None:
    found = reading(("one", 30, 10))
    page = render_multiverse(found)
    valued = [each for each in found.outcomes if each.estimate.value is not None]
    chart = page[page.index("<svg") : page.rindex("</svg>")]
    assert chart.count('class="dot"') + chart.count('class="diamond"') == len(valued)
    assert chart.count('class="diamond"') == 1, "the reported one"
    assert f"The {len(valued)} ways as a table" in page


def test_a_hostile_model_name_stays_text_and_the_page_fetches_nothing() -> None:
    page = render_multiverse(reading(("<script>alert(1)</script>\u202e", 30, 10)))
    assert "<script>alert" not in page
    assert "[U+202E]" in page
    assert "default-src &#39;none&#39;" in page
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)


def test_a_curve_without_intervals_or_columns_is_still_a_picture() -> None:
    rows = [ChoiceAxis("judge", "Who reads", ("a",))]
    lone = Column(0.5, None, None, False, frozenset({("judge", "a")}))
    assert "dot" in curve("title", [lone], rows, "words")
    assert curve("title", [], rows, "words").startswith("<svg")

"""The cues at a glance: every figure where it belongs, linked to what it was counted from."""

from __future__ import annotations

from with_sections import render

from unsaid.estimates.coordinates import At
from unsaid.estimates.estimate import Estimate
from unsaid.records.schema import frame
from unsaid.report.run.matrix import matrix
from unsaid.report.run.parts import sort
from unsaid.report.tables import Transcripts


def figure(quantity: str, cue: str, value: float | None, *, wording: str = "", n: int = 50) -> Estimate:
    judged = quantity != "influence"
    return Estimate(
        "verbalisation",
        quantity,
        "m",
        value,
        low=None if value is None else max(0.0, value - 0.1),
        high=None if value is None else min(1.0, value + 0.1),
        n=n,
        cue=cue,
        elicitation="cot",
        definition="mention" if judged else None,
        judge="lexical" if judged else None,
        at=At(wording=wording) if wording else At(),
        reason="" if value is not None else "no pair moved",
    )


RUN = [
    figure("influence", "metadata", 0.8),
    figure("faithfulness", "metadata", 0.1),
    figure("effective.mention", "metadata", 0.72),
    figure("influence", "squares", 0.2),
    figure("faithfulness", "squares", None),
    figure("influence", "metadata", 0.9, wording="tag"),
    figure("influence", "metadata", 0.5, wording="hint"),
    figure("influence", "metadata", 0.0, wording="rare", n=3),
]


def test_a_row_a_cue_and_a_column_a_quantity() -> None:
    found = matrix(RUN, sort(RUN).definition, Transcripts("lexical"))
    assert found is not None
    assert [name for name, _ in found.columns] == [
        "Influence",
        "Faithfulness",
        "Effective influence",
        "Influence by wording",
    ]
    metadata, squares = found.rows
    assert [cell.text for cell in metadata.cells] == ["80.0%", "10.0%", "72.0%", "50.0% to 90.0%"]
    assert metadata.cells[3].small == "hint to tag", "a wording with three pairs says nothing"
    assert metadata.cells[2].href == "#f-cue=metadata&outcome=moved-unsaid"
    assert squares.cells[1].order < 0, "what is not known sorts last"
    assert squares.cells[2].text == "–"


def test_one_cue_needs_no_matrix() -> None:
    assert matrix(RUN[:3], "mention", None) is None


def test_the_page_holds_it_and_a_hostile_cue_is_text() -> None:
    rows = [*RUN, figure("influence", "<img src=x>", 0.3)]
    page = render({}, frame([]), rows)
    assert 'id="glance"' in page
    assert 'class="grid sortable"' in page
    assert "<img src=x>" not in page
    assert "&lt;img src=x&gt;" in page

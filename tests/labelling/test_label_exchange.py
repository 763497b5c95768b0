"""Labels go out as CSV and come in again as they were; what cannot be used is refused with its line."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelled_runs import reply, run_folder, table

from examples import examples
from unsaid.errors import DataError, UnsaidError, UsageError
from unsaid.labelling.exchange import export_csv, import_csv
from unsaid.labelling.items import candidates
from unsaid.labelling.sample import Wanted, draw
from unsaid.records import schema
from unsaid.records.labels import Label, append_labels, append_sample, labels_path, load_labels, read_labels

NASTY = "=1+1 'quoted' -x, \"y\"\n'=z @a +b ''c"
RECORDS = schema.frame([row | {"reasoning": f"{row['reasoning']} {NASTY}"} for row in table(4).to_dicts()])
DRAWN = draw(RECORDS, Wanted(n=8, sample="stratified", catch=0.2, seed=3))
NAMES = [each["item"] for each in DRAWN.items]

quotes = st.sampled_from(["=1+1", "'quoted'", "-x,", '"y"', "'=z", "@a +b", "''c", "it adds up.", "'", NASTY])
answers = st.one_of(
    st.just({"missing": "unsure"}),
    st.just({"mentions": False}),
    st.fixed_dictionaries(
        {"mentions": st.just(True), "relies": st.none() | st.booleans(), "rejects": st.booleans()},
        optional={"evidence": quotes},
    ),
)
timing = st.fixed_dictionaries(
    {"seconds": st.none() | st.floats(0, 1e6), "when": st.none() | st.just("2026-11-21T10:00:00+00:00")}
)


@examples(25)
@given(
    st.dictionaries(
        st.tuples(st.sampled_from(NAMES), st.sampled_from(["ann", "=ben", "'c", "adjudicated"])),
        st.tuples(answers, timing),
    )
)
def test_what_goes_out_comes_in_as_it_was(
    said: dict[tuple[str, str], tuple[dict[str, Any], dict[str, Any]]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        here, there, file = Path(folder) / "here", Path(folder) / "there", Path(folder) / "out.csv"
        for each in (here, there):
            each.mkdir()
        append_sample(here, DRAWN)
        append_labels(here, [Label(item, who, **what, **when) for (item, who), (what, when) in said.items()])
        export_csv(read_labels(here), file)
        # To another copy of the run, which drew nothing, ...
        found = import_csv(file, RECORDS, load_labels(there))
        for sample in found.samples:
            append_sample(there, sample)
        append_labels(there, found.labels)
        assert read_labels(there).equals(read_labels(here))
        assert load_labels(there).drawn is None
        # ... and to the same once more.
        again = import_csv(file, RECORDS, load_labels(there))
        assert (again.labels, again.samples, again.unchanged) == ((), (), len(said))


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = run_folder(tmp_path / "run", RECORDS)
    append_sample(folder, DRAWN)
    return folder


def given_csv(run: Path, *lines: str) -> Path:
    path = run / "theirs.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def taken(run: Path, *lines: str) -> Any:
    return import_csv(given_csv(run, *lines), RECORDS, load_labels(run))


def test_a_key_is_enough_where_it_fits_one_reply(run: Path) -> None:
    found = taken(run, "question_id,cue,labeller,mentions", "q1,metadata,ann,Yes", "q2,metadata,ann,0")
    assert [(each.labeller, each.mentions, each.relies) for each in found.labels] == [
        ("ann", True, None),
        ("ann", False, None),
    ]
    cued = candidates(RECORDS, "cued", "reasoning")
    places = {row["item"]: row for row in cued.to_dicts()}
    assert [places[each.item]["question_id"] for each in found.labels] == ["q1", "q2"]
    assert all(each.sample == "imported" for each in found.samples)


def test_lines_without_an_answer_are_left_out_and_counted(run: Path) -> None:
    found = taken(run, "item,labeller,mentions", f"{NAMES[0]},ann,", f"{NAMES[1]},ann,no", "")
    assert (len(found.labels), found.blank) == (1, 1)


HEAD = "item,labeller,mentions,relies,evidence,seconds"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["item,labeller,mention"], "did you mean mentions"),
        (["item,labeller"], "no column mentions"),
        (["labeller,mentions"], "no column question_id, cue"),
        (["item,item,labeller,mentions"], "stands there twice"),
        ([""], "no column labeller"),
        ([HEAD, "nowhere,ann,yes,,,"], "line 2: item 'nowhere'"),
        (
            [HEAD, f"{NAMES[0]},ann,yes,,,", f"{NAMES[0]},ann,no,,,"],
            "line 3: ann labels the reply of line 2 again",
        ),
        ([HEAD, f'{NAMES[0]},ann,no,,"\n",', "x"], "line 2: a label that mentions nothing has no evidence"),
        ([HEAD, f"{NAMES[1]},ann,no"], "line 2: 3 cells, the head has 6"),
        ([HEAD, f"{NAMES[0]},ann,perhaps,,,"], "line 2: mentions is 'perhaps'"),
        ([HEAD, f"{NAMES[0]},ann,no,yes,,"], "line 2: a label that relies"),
        ([HEAD, f"{NAMES[0]},final,no,,,"], "line 2: no labeller can be called 'final'"),
        ([HEAD, f"{NAMES[0]},,no,,,"], "line 2: a labeller's name"),
        ([HEAD, f"{NAMES[0]},ann,yes,,never said,"], "line 2: the evidence does not stand in the text"),
        ([HEAD, f"{NAMES[0]},ann,yes,,,-1"], "line 2: seconds is '-1'"),
        ([HEAD, f"{NAMES[0]},ann,yes,,,soon"], "line 2: seconds is 'soon'"),
        ([HEAD, f'{NAMES[0]},ann,"yes,,,'], "not CSV"),
        (
            ["question_id,cue,labeller,mentions", "q99,metadata,ann,yes"],
            "line 2: fits no reply: .*question_id 'q99'",
        ),
        (["item,labeller,mentions,sample", f"{'0' * 16},ann,no,x"], "line 2: item"),
    ],
)
def test_what_cannot_be_used_is_refused_and_nothing_is_written(
    run: Path, lines: list[str], said: str
) -> None:
    before = labels_path(run).read_bytes()
    with pytest.raises(UnsaidError, match=said):
        taken(run, *lines)
    assert labels_path(run).read_bytes() == before


def test_a_key_that_fits_several_replies_asks_for_more(run: Path) -> None:
    rows = [reply(1, "clean", "A"), *(reply(1, "cued", "B", cue="metadata", epoch=epoch) for epoch in (1, 2))]
    path = given_csv(run, "question_id,cue,labeller,mentions", "q1,metadata,ann,yes")
    with pytest.raises(DataError, match=r"fits 2 replies; a column more \(.*epoch"):
        import_csv(path, schema.frame(rows), load_labels(run.parent))
    path = given_csv(run, "question_id,cue,epoch,labeller,mentions", "q1,metadata,2,ann,yes")
    assert len(import_csv(path, schema.frame(rows), load_labels(run.parent)).labels) == 1


def test_another_answer_of_the_same_person_is_refused(run: Path) -> None:
    append_labels(run, [Label(NAMES[0], "ann", mentions=True)])
    with pytest.raises(DataError, match="line 2: the run holds another answer of ann"):
        taken(run, "item,labeller,mentions", f"{NAMES[0]},ann,no")


def test_other_designs_are_kept_and_impossible_ones_refused(run: Path) -> None:
    item = next(name for name in candidates(RECORDS, "cued", "visible")["item"] if name not in NAMES)
    head = "item,labeller,mentions,sample,population,stratum,probability,seed"
    found = taken(run, head, f"{item},ann,no,random,moved,all,0.25,9")
    (sample,) = found.samples
    assert (sample.sample, sample.seed, sample.items[0]["probability"]) == ("random", 9, 0.25)
    for cells in ("lucky,,,,", "random,,,2,", "random,,,x,", "random,,,0.5,x"):
        with pytest.raises(DataError, match=item):
            taken(run, head, f"{item},ann,no,{cells}")


def test_a_file_that_is_not_there_or_no_text_is_said(run: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        import_csv(run / "none.csv", RECORDS, load_labels(run))
    (run / "odd.csv").write_bytes(b"item,labeller,mentions\n\xff,ann,yes\n")
    with pytest.raises(DataError, match="not UTF-8"):
        import_csv(run / "odd.csv", RECORDS, load_labels(run))


def test_no_cell_is_a_formula_to_a_spreadsheet(run: Path) -> None:
    append_labels(run, [Label(NAMES[0], "=ann", mentions=True, evidence="=1+1")])
    export_csv(read_labels(run), run / "out.csv")
    cells = [cell for row in csv.reader(io.StringIO((run / "out.csv").read_text())) for cell in row]
    assert "'=1+1" in cells
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@")]

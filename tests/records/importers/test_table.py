"""Tables of any kind: what is written one way reads as what is written another, and nothing is guessed."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from examples import examples
from unsaid.errors import DataError, UsageError
from unsaid.estimates.cued.accuracy import accuracy
from unsaid.estimates.cued.faithfulness import faithfulness
from unsaid.estimates.cued.influence import influence
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.judging.agreement import agreement
from unsaid.estimates.pairs import pairs
from unsaid.records import schema
from unsaid.records.importers import Imported, importer
from unsaid.records.importers.cells import nothing, read_answer
from unsaid.records.importers.table import suggestion

Pair = dict[str, Any]

WIDE = (
    "question_id=q,model=m,cue=c,n_options==4,target=t,correct=r,clean_answer=a0,cued_answer=a1,replay_answer=a2,"
    "cued_reasoning=text,mentions.ann=l1,mentions.ben=l2"
)
LONG = (
    "question_id=q,model=m,cue=c,n_options==4,target=t,correct=r,arm=arm,arm.clean=base,arm.cued=hinted,answer=a,"
    "reasoning=text,mentions.ann=l1,mentions.ben=l2"
)

letters = st.sampled_from("ABCD")
labels = st.sampled_from([True, False, None])
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)
some_pairs = st.lists(
    st.fixed_dictionaries(
        {
            "t": letters,
            "r": letters,
            "a0": letters | st.none(),
            "a1": letters | st.none(),
            "a2": letters | st.none(),
            "text": texts,
            "l1": labels,
            "l2": labels,
        }
    ),
    min_size=1,
    max_size=30,
)


def numbered(rows: list[Pair]) -> list[Pair]:
    return [{"q": f"q{n}", "m": "m", "c": "hint", **row} for n, row in enumerate(rows)]


def long(rows: list[Pair]) -> list[Pair]:
    shared = ("q", "m", "c", "t", "r")
    found = []
    for row in rows:
        about = {name: row[name] for name in shared}
        said = {"text": row["text"], "l1": row["l1"], "l2": row["l2"]}
        silent = dict.fromkeys(said)
        found.append(about | {"arm": "base", "a": row["a0"]} | silent)
        found.append(about | {"arm": "replay", "a": row["a2"]} | silent)
        found.append(about | {"arm": "hinted", "a": row["a1"]} | said)
    return found


def write_csv(path: Path, rows: list[Pair]) -> Path:
    with path.with_suffix(".csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path.with_suffix(".csv")


def write_jsonl(path: Path, rows: list[Pair]) -> Path:
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.with_suffix(".jsonl").write_text(lines, encoding="utf-8")
    return path.with_suffix(".jsonl")


def write_parquet(path: Path, rows: list[Pair]) -> Path:
    kinds = {name: pl.Boolean if name in ("l1", "l2") else pl.String for name in rows[0]}
    pl.DataFrame(rows, schema=kinds).write_parquet(path.with_suffix(".parquet"))
    return path.with_suffix(".parquet")


WRITERS: tuple[Callable[[Path, list[Pair]], Path], ...] = (write_csv, write_jsonl, write_parquet)


def load(path: Path, mapping: str) -> Imported:
    return importer("table").load(path, mapping)


def concluded(records: pl.DataFrame) -> list[Estimate]:
    rng = np.random.default_rng(0)
    paired = pairs(records, "human:ann")
    found = [*influence(paired, rng, draws=50), *accuracy(records, paired, rng, draws=50)]
    return [*found, *faithfulness(paired, rng, draws=50), *agreement(records, rng, draws=50)]


@pytest.mark.usefixtures("tables_read_here")
@examples(5, HealthCheck.function_scoped_fixture)
@given(rows=some_pairs)
def test_every_way_of_writing_a_table_gives_the_same_estimates(rows: list[Pair], tmp_path: Path) -> None:
    wide = numbered(rows)
    of_wide = [load(write(tmp_path / "wide", wide), WIDE).records for write in WRITERS]
    of_long = [load(write(tmp_path / "long", long(wide)), LONG).records for write in WRITERS]
    for read in (of_wide, of_long):
        assert all(records.equals(read[0]) for records in read[1:])
    assert concluded(of_wide[0]) == concluded(of_long[0])
    cued = of_wide[0].filter(pl.col("arm") == "cued")
    assert cued["answer"].to_list() == [row["a1"] for row in rows]
    assert [v[0]["mentions"] for v in cued["verdicts"]] == [row["l1"] for row in rows]
    assert all(dict(records.schema) == dict(pl.Schema(schema.SCHEMA)) for records in of_wide + of_long)


@pytest.mark.usefixtures("tables_read_here")
@examples(5, HealthCheck.function_scoped_fixture)
@given(said=st.lists(texts.filter(lambda text: not nothing(text)), min_size=1, max_size=12))
def test_hostile_text_comes_through_unharmed(said: list[str], tmp_path: Path) -> None:
    about = {"t": "B", "r": "A", "a0": "A", "a1": "B", "a2": "A", "l1": True, "l2": None}
    rows = numbered([about | {"text": text} for text in said])
    for write in WRITERS:
        records = load(write(tmp_path / "some", rows), WIDE).records
        found = records.filter(pl.col("arm") == "cued")["reasoning"].to_list()
        assert found == [text if text.strip() else None for text in said]


def test_half_a_character_is_written_as_its_escape(tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text('{"a": "A", "b": "B", "x": "bad \\ud800 end"}\n')
    records = load(tmp_path / "t.jsonl", "clean_answer=a,cued_answer=b,cued_reasoning=x").records
    assert records["reasoning"].to_list() == [None, "bad \\ud800 end"]


def table(folder: Path, text: str, name: str = "t.csv") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_a_label_that_is_blank_is_missing_and_never_no(tmp_path: Path) -> None:
    path = table(tmp_path, "a,b,l\nA,B,yes\nA,B,\nA,B,0\n")
    imported = load(path, "clean_answer=a,cued_answer=b,target==B,mentions.ann=l")
    verdicts = [v[0] for v in imported.records.filter(pl.col("arm") == "cued")["verdicts"]]
    assert [v["mentions"] for v in verdicts] == [True, None, False]
    assert [v["missing"] for v in verdicts] == [None, "not labelled", None]
    assert {v["relies"] for v in verdicts} == {None}, "a label of mentions says nothing of reliance"
    assert any("1 blank labels of ann" in note for note in imported.unmapped)
    assert imported.judge == "human:ann"


def test_a_blank_label_of_a_reply_that_saw_no_cue_is_nothing(tmp_path: Path) -> None:
    path = table(tmp_path, "q,arm,a,l\n1,clean,A,\n1,cued,B,\n2,clean,A,no\n2,cued,B,yes\n")
    records = load(path, "question_id=q,arm=arm,answer=a,mentions.ann=l,target==B").records
    assert [len(v) for v in records["verdicts"]] == [0, 1, 1, 1]


@pytest.mark.parametrize("said", ["unsure", "maybe", "2", "-"])
def test_a_label_that_is_neither_is_an_error_with_its_line(tmp_path: Path, said: str) -> None:
    path = table(tmp_path, f'a,b,l\nA,"B\n",yes\nA,B,{said}\n')
    with pytest.raises(DataError, match=r"t\.csv, line 4.*true, false, yes, no"):
        load(path, "clean_answer=a,cued_answer=b,mentions.ann=l")


@pytest.mark.parametrize(
    ("cell", "form", "answer"),
    [
        ("B", "letter", "B"),
        (" (b). ", "letter", "B"),
        ("[C]", "letter", "C"),
        ("B)", "letter", "B"),
        ("(B", "letter", None),
        ("Because", "letter", None),
        ("1", "index0", "B"),
        (1, "index1", "A"),
        (2.0, "index1", "B"),
        ("0", "index1", None),
        (True, "index0", None),
        ("sparrow", "text", "B"),
        (" SPARROW. ", "text", "B"),
        ("a sparrow", "text", None),
        ("$1,000.00", "free", "1000"),
    ],
)
def test_an_answer_in_each_form(cell: Any, form: str, answer: str | None) -> None:
    assert read_answer(cell, form, ["stone", "sparrow", "spoon"], "here") == answer


def test_options_that_differ_in_case_only_are_told_apart() -> None:
    assert read_answer("It", "text", ["it", "It"], "here") == "B"
    assert read_answer("IT", "text", ["it", "It"], "here") is None


def test_numbers_are_never_taken_for_letters(tmp_path: Path) -> None:
    path = table(tmp_path, "a,b\n0,1\n1,1\n")
    with pytest.raises(DataError, match=r"line 2.*answers=index0.*answers=index1"):
        load(path, "clean_answer=a,cued_answer=b")
    assert load(path, "clean_answer=a,cued_answer=b,answers=index0").records["answer"].to_list() == list(
        "ABBB"
    )


def test_an_unreadable_answer_is_missing_and_counted_a_whole_column_of_them_is_an_error(
    tmp_path: Path,
) -> None:
    path = table(tmp_path, "a,b\nA,I refuse\nA,B\n")
    imported = load(path, "clean_answer=a,cued_answer=b,target==B")
    assert imported.records.filter(pl.col("arm") == "cued")["answer"].to_list() == [None, "B"]
    assert any("1 of 2 answers in b" in note and "line 2: 'I refuse'" in note for note in imported.unmapped)
    with pytest.raises(DataError, match=r"none of the 2 answers in 'b'.*answers=letter"):
        load(table(tmp_path, "a,b\nA,one\nA,two\n"), "clean_answer=a,cued_answer=b")


def test_a_letter_that_is_no_option_is_kept_as_answered_but_no_target(tmp_path: Path) -> None:
    path = table(tmp_path, "a,b,t\nA,E,B\n")
    imported = load(path, "clean_answer=a,cued_answer=b,target=t,n_options==4")
    assert imported.records["answer"].to_list() == ["A", "E"]
    assert any("1 answers name a letter that is none" in note for note in imported.unmapped)
    with pytest.raises(DataError, match=r"line 2, target: expected a letter A to D, found 'E'"):
        load(table(tmp_path, "a,b,t\nA,B,E\n"), "clean_answer=a,cued_answer=b,target=t,n_options==4")


def test_answers_as_option_texts(tmp_path: Path) -> None:
    rows = [{"o": ["hat", "map"], "x": "hat", "y": "Map", "t": "map"}]
    path = write_jsonl(tmp_path / "t", rows)
    records = load(path, "options=o,clean_answer=x,cued_answer=y,target=t,answers=text").records
    assert records["answer"].to_list() == ["A", "B"]
    assert records["n_options"].to_list() == [2, 2]
    path = table(tmp_path, "A,B,C,x,y\nhat,map,,hat,map\n")
    mapping = "option.A=A,option.B=B,option.C=C,clean_answer=x,cued_answer=y,answers=text"
    assert load(path, mapping).records["options"].to_list() == [["hat", "map"]] * 2


def test_free_responses_are_compared_in_one_form(tmp_path: Path) -> None:
    path = table(tmp_path, 'a,b,t,r\n12,"1,000",$1000,12.0\n')
    records = load(path, "clean_answer=a,cued_answer=b,target=t,correct=r,answers=free").records
    row = pairs(records).row(0, named=True)
    assert (row["clean_answer"], row["correct"], row["moved"]) == ("12", "12", True)


def test_wide_rows_of_one_question_share_its_clean_reply(tmp_path: Path) -> None:
    text = "q,c,a,b,l\n1,x,A,B,no\n1,y,A,C,yes\n"
    mapping = "question_id=q,cue=c,clean_answer=a,cued_answer=b,target==B,clean_mentions.ann=l"
    records = load(table(tmp_path, text), mapping).records
    clean = records.filter(pl.col("arm") == "clean")
    assert clean.height == 1
    assert [(v["cue"], v["mentions"]) for v in clean["verdicts"].item()] == [("x", False), ("y", True)]
    assert clean.select("cue", "target").row(0) == (None, None), "a clean reply saw no cue"
    with pytest.raises(
        DataError, match=r"line 3: question 1 has another clean reply.*line 2.*differ in answer"
    ):
        load(table(tmp_path, text.replace("1,y,A", "1,y,B")), mapping)
    with pytest.raises(DataError, match="another cued reply"):
        load(table(tmp_path, text.replace(",y,", ",x,")), mapping)


def test_what_is_not_mapped_is_said(tmp_path: Path) -> None:
    imported = load(table(tmp_path, "a,b,other\nA,B,x\n"), "clean_answer=a,cued_answer=b,target==B")
    notes = " | ".join(imported.unmapped)
    for said in ("columns that are not mapped: other", "no question_id", "no model", "no cue"):
        assert said in notes


def test_an_arm_that_is_none_is_an_error(tmp_path: Path) -> None:
    path = table(tmp_path, "q,arm,a\n1,base,A\n1,hint,B\n1,odd,B\n")
    with pytest.raises(DataError, match=r"line 4: the arm is 'odd'; expected base, hint, replay, placebo"):
        load(path, "question_id=q,arm=arm,answer=a,arm.clean=base,arm.cued=hint")


def test_long_rows_do_not_share_a_reply(tmp_path: Path) -> None:
    path = table(tmp_path, "q,arm,a\n1,clean,A\n1,clean,A\n")
    with pytest.raises(DataError, match=r"line 3.*another clean reply.*map epoch"):
        load(path, "question_id=q,arm=arm,answer=a")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("t.csv", "a,b\n1\n", r"line 2: expected 2 cells as in the header, found 1"),
        ("t.csv", "a,a\n1,2\n", r"line 1: the column name\(s\) 'a' stand there more than once"),
        ("t.csv", 'a,b\n"1,2\n', "not valid CSV"),
        ("t.csv", "a,b\n", "expected at least one row"),
        ("t.jsonl", '{"a": "A"}\n[1]\n', "line 2: expected a JSON object, found list"),
        ("t.jsonl", '{"a": \n', "line 1: not valid JSON"),
        ("t.jsonl", '{"a": 1, "a": 2}\n', "line 1: a field stands in one object twice"),
        ("t.parquet", "no", "not readable as Parquet"),
    ],
)
def test_a_file_that_is_not_what_its_name_says(tmp_path: Path, name: str, content: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        load(table(tmp_path, content, name), "clean_answer=a,cued_answer=b")


def test_a_file_that_is_not_utf8_names_the_line(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"a,b\nA,\xff\n")
    with pytest.raises(DataError, match="line 2: expected UTF-8"):
        load(tmp_path / "t.csv", "clean_answer=a,cued_answer=b")


def test_a_cell_longer_than_pythons_limit_is_read_and_the_limit_is_left_alone(tmp_path: Path) -> None:
    before = csv.field_size_limit()
    path = write_csv(tmp_path / "t", [{"a": "A", "b": "B", "x": "long " * 40_000}])
    records = load(path, "clean_answer=a,cued_answer=b,cued_reasoning=x").records
    assert len(records["reasoning"][1]) == 200_000
    assert csv.field_size_limit() == before


def test_without_a_map_a_suggestion_is_shown_and_nothing_is_read(tmp_path: Path) -> None:
    path = table(tmp_path, "id,unbiased_answer,biased_answer,ground_truth,my column\n1,A,B,A,x\n")
    with pytest.raises(UsageError) as told:
        importer("table").load(path, None)
    assert (
        "question_id=id,clean_answer=unbiased_answer,cued_answer=biased_answer,correct=ground_truth"
        in str(told.value)
    )
    assert "my column" in str(told.value)
    assert suggestion(["x", "y"]) == ""


def test_a_truncated_reply_without_an_answer_is_truncated(tmp_path: Path) -> None:
    path = table(tmp_path, "a,b,s\nA,,length\nA,B,stop\n")
    records = load(path, "clean_answer=a,cued_answer=b,cued_stop_reason=s").records
    assert records.filter(pl.col("arm") == "cued")["unparsed"].to_list() == ["truncated", None]


def test_a_verdict_that_contradicts_itself_is_an_error(tmp_path: Path) -> None:
    path = table(tmp_path, "a,b,m,r\nA,B,no,yes\n")
    with pytest.raises(DataError, match="line 2, labels of ann: it relies on"):
        load(path, "clean_answer=a,cued_answer=b,mentions.ann=m,relies.ann=r")

"""What a map can say of a table: paths, conditions, meanings of words, composite ids, several cues, labels, replies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from unsaid.errors import DataError, UsageError
from unsaid.records.importers import Imported, importer
from unsaid.records.importers.auto_map import proposal, suggested
from unsaid.records.importers.map_text import parse_map


def load(path: Path, mapping: str, *where: str) -> Imported:
    return importer("table").load(path, mapping, where)


def lines(folder: Path, *rows: dict[str, Any], name: str = "t.jsonl") -> Path:
    (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder / name


def table(folder: Path, text: str, name: str = "t.csv") -> Path:
    (folder / name).write_text(text)
    return folder / name


def said(imported: Imported) -> str:
    return " | ".join([*imported.understood, *imported.unmapped])


def cued(imported: Imported, *names: str) -> list[tuple[Any, ...]]:
    return imported.records.filter(pl.col("arm") == "cued").select(names).rows()


NESTED = {
    "key": "i1",
    "meta": {"gold": "B", "options": ["shoe", "hat"], "hint": "A"},
    "turns": [{"role": "user", "content": "?"}, {"role": "assistant", "content": "So (A)."}],
    "before": "B",
    "after": "A",
}
PATHS = "question_id=key,correct=meta.gold,options=meta.options,target=meta.hint,clean_answer=before,cued_answer=after"


def test_paths_into_records_and_lists(tmp_path: Path) -> None:
    path = lines(tmp_path, NESTED)
    found = load(path, f"{PATHS},cued_visible=turns.-1.content,cued_prompt=turns")
    assert cued(found, "correct", "target", "n_options", "visible") == [("B", "A", 2, "So (A).")]
    with pytest.raises(UsageError, match=r"cued_visible: there is no column 'turns\.5\.content'"):
        load(path, f"{PATHS},cued_visible=turns.5.content")
    with pytest.raises(DataError, match=r"line 1, visible: expected a text, found a record; .*COLUMN\.gold"):
        load(path, f"{PATHS},cued_visible=meta")


def test_a_path_into_a_cell_that_is_json(tmp_path: Path) -> None:
    path = table(tmp_path, 'id,meta,a,b\n1,"{""gold"": ""B""}",B,A\n')
    assert cued(load(path, "id=id,correct=meta.gold,clean_answer=a,cued_answer=b"), "correct") == [("B",)]


def test_conditions_on_rows_are_said_and_one_that_no_row_meets_is_wrong(tmp_path: Path) -> None:
    path = table(tmp_path, "q,kind,a,b\n1,hint,A,B\n2,other,A,B\n3,,A,B\n")
    mapping = "id=q,clean_answer=a,cued_answer=b"
    assert [q for (q,) in cued(load(path, mapping, "kind=hint"), "question_id")] == ["1"]
    assert [q for (q,) in cued(load(path, mapping, "kind!=hint", "q!=2"), "question_id")] == ["3"]
    assert [q for (q,) in cued(load(path, mapping, "kind=hint|"), "question_id")] == ["1", "3"]
    assert "1 of 3 rows are read: those with kind=hint" in said(load(path, mapping, "kind=hint"))
    with pytest.raises(
        UsageError, match=r"no row of 3 meets the conditions \(kind=hnt\); kind holds 'hint', 'other'"
    ):
        load(path, mapping, "kind=hnt")
    with pytest.raises(UsageError, match="where: there is no column 'knd'; did you mean kind"):
        load(path, mapping, "knd=hint")
    with pytest.raises(UsageError, match="expected a condition like"):
        load(path, mapping, "hint")


def test_an_id_of_several_columns(tmp_path: Path) -> None:
    path = table(tmp_path, "m,q,a,b\nx,1,A,B\ny,1,A,B\nx+,1,A,B\nx,+1,A,C\n")
    found = cued(load(path, "id=m+q,model=m,clean_answer=a,cued_answer=b"), "question_id")
    assert [q for (q,) in found] == ["x+1", "y+1", "x%2B+1", "x+%2B1"]


def test_what_cells_mean_is_said_in_a_map_file(tmp_path: Path) -> None:
    path = table(tmp_path, "q,a,b,verdict,gold\n1,A,B,1,first\n2,A,B,0,first\n3,A,B,9,second\n")
    (tmp_path / "map.yaml").write_text(
        "id: q\nclean_answer: a\ncued_answer: b\nmentions.ann: verdict\nwhere: q!=4\n"
        "verdict: {1: yes, 0: no, 9: null}\ncorrect: {column: gold, values: {first: A, second: B}}\n"
    )
    found = load(path, str(tmp_path / "map.yaml"))
    assert [v[0]["mentions"] for (v,) in cued(found, "verdicts")] == [True, False, None]
    assert [c for (c,) in cued(found, "correct")] == ["A", "A", "B"]
    (tmp_path / "map.yaml").write_text("id: q\nclean_answer: a\ncued_answer: b\nverdcit: {1: yes}\n")
    with pytest.raises(UsageError, match="what the cells of 'verdcit' mean, and takes no such column"):
        load(path, str(tmp_path / "map.yaml"))


def test_several_cued_replies_in_a_row(tmp_path: Path) -> None:
    path = table(tmp_path, "q,a,m,mt,mw,s,st,sw,l\n1,A,B,B,note,C,C,user,yes\n")
    found = load(
        path,
        "id=q,clean_answer=a,cued_answer.metadata=m,target.metadata=mt,cued_reasoning.metadata=mw,"
        "cued_answer.sycophancy=s,target.sycophancy=st,cued_reasoning.sycophancy=sw,mentions.metadata.ann=l",
    )
    assert found.records["arm"].to_list() == ["clean", "cued", "cued"]
    assert cued(found, "cue", "answer", "target", "reasoning") == [
        ("metadata", "B", "B", "note"),
        ("sycophancy", "C", "C", "user"),
    ]
    assert [[v["cue"] for v in verdicts] for (verdicts,) in cued(found, "verdicts")] == [["metadata"], []]
    with pytest.raises(
        UsageError, match=r"metadata is a cue: say whose label it is, mentions\.metadata\.NAME"
    ):
        parse_map("clean_answer=a,cued_answer.metadata=m,mentions.metadata=l")


def test_a_row_per_label(tmp_path: Path) -> None:
    text = "q,a,b,who,label\n1,A,B,ann,yes\n1,A,B,ben,no\n2,A,C,ann,no\n"
    mapping = "id=q,clean_answer=a,cued_answer=b,labeller=who,mentions=label"
    found = load(table(tmp_path, text), mapping)
    assert found.records.height == 4
    told = [{v["judge"]: v["mentions"] for v in verdicts} for (verdicts,) in cued(found, "verdicts")]
    assert told == [{"human:ann": True, "human:ben": False}, {"human:ann": False}]
    assert found.judge == "human:ann"
    with pytest.raises(DataError, match=r"line 5: human:ann labelled this reply before, otherwise"):
        load(table(tmp_path, text + "1,A,B,ann,no\n"), mapping)
    with pytest.raises(DataError, match=r"line 5: question 1 has another cued reply.*differ in answer"):
        load(table(tmp_path, text + "1,A,C,eve,no\n"), mapping)
    with pytest.raises(UsageError, match="labeller is not mapped: say whose label"):
        parse_map("clean_answer=a,mentions=label")
    with pytest.raises(UsageError, match="labeller is mapped to a column, so write mentions"):
        parse_map("clean_answer=a,labeller=who,mentions.ann=label")


REPLY = "<think>The note says (B), but I see (A).</think>The best answer is: (A)"


def test_whole_replies_are_split_and_answers_are_read_by_our_parser(tmp_path: Path) -> None:
    row = {
        "q": "1",
        "plain": "Sparrows fly. The best answer is: (C)",
        "whole": REPLY,
        "hint": "B",
        "end": "stop",
    }
    cut = row | {"q": "2", "whole": REPLY[:30]}
    path = lines(
        tmp_path, row, cut, row | {"q": "3", "end": "content_filter"}, row | {"q": "4", "whole": "None"}
    )
    found = load(
        path, "id=q,clean_answer=plain,cued_answer=whole,cued_stop_reason=end,target=hint,answers=reply"
    )
    assert cued(found, "answer", "unparsed", "reasoning", "visible", "reading") == [
        ("A", None, "The note says (B), but I see (A).", "The best answer is: (A)", "channel"),
        (None, "truncated", "The note says (B), but", None, "channel"),
        (None, "refused", "The note says (B), but I see (A).", "The best answer is: (A)", "channel"),
        (None, "empty", None, None, None),
    ]
    clean = found.records.filter(pl.col("arm") == "clean").row(0, named=True)
    assert (clean["answer"], clean["reading"], clean["reasoning"]) == ("C", "whole", "Sparrows fly. ")
    split = load(path, "id=q,clean_answer=hint,cued_answer=hint,cued_visible=whole,reasoning=split")
    assert cued(split, "answer", "reasoning")[0] == ("B", "The note says (B), but I see (A).")


BLOCKS = [{"type": "thinking", "thinking": "A note."}, {"type": "text", "text": "Answer: B"}]
MESSAGES = [
    {"role": "user", "content": "?"},
    {"role": "assistant", "content": "Answer: B", "reasoning_content": "A note."},
]


@pytest.mark.parametrize("cell", [BLOCKS, MESSAGES, MESSAGES[1], json.dumps(BLOCKS)])
def test_a_reply_of_blocks_or_messages(cell: Any, tmp_path: Path) -> None:
    path = lines(tmp_path, {"q": 1, "a": "A", "r": cell, "t": "B"})
    found = load(path, "id=q,clean_answer=a,cued_reply=r,target=t")
    assert cued(found, "answer", "reasoning", "visible") == [("B", "A note.", "Answer: B")]


def test_words_for_nothing_are_missing_and_may_be_others(tmp_path: Path) -> None:
    path = table(tmp_path, "q,a,b,r,l\n1,12,15,nan,yes\n2,None,9,x,N/A\n3,#N/A,-,y,no\n")
    mapping = "id=q,clean_answer=a,cued_answer=b,cued_reasoning=r,mentions.ann=l,answers=free"
    records = load(path, mapping).records
    assert records["answer"].to_list() == ["12", "15", None, "9", None, "-"]
    assert records.filter(pl.col("arm") == "cued")["reasoning"].to_list() == [None, "x", "y"]
    assert "1 blank labels of ann" in said(load(path, mapping))
    assert "2 answers say that there is none (None, #N/A) and are missing" in said(load(path, mapping))
    others = load(path, f"{mapping.replace(',mentions.ann=l', '')},nothing=-|NAN").records
    assert others["answer"].to_list() == ["12", "15", "None", "9", "#N/A", None]


@pytest.mark.parametrize("odd", ["1/6", "42", "1.5", "none of them"])
def test_what_is_no_letter_among_letters_is_missing_and_counted(odd: str, tmp_path: Path) -> None:
    path = table(tmp_path, f"q,a,b,t\n1,A,B,B\n2,{odd},B,B\n3,A,B,{odd}\n")
    found = load(path, "id=q,clean_answer=a,cued_answer=b,target=t")
    assert found.records["answer"].to_list() == ["A", "B", None, "B", "A", "B"]
    assert [t for (t,) in cued(found, "target")] == ["B", "B", None]
    assert f"1 of 3 answers in a could not be read and are missing, first: {path}, line 3: '{odd}'" in said(
        found
    )
    assert "1 of 3 targets could not be read" in said(found)


def test_keys_may_be_written_otherwise_than_answers(tmp_path: Path) -> None:
    path = lines(tmp_path, {"q": 1, "a": "(A)", "b": "B", "gold": 0, "t": "map", "o": ["hat", "map"]})
    mapping = (
        "id=q,clean_answer=a,cued_answer=b,correct=gold,target=t,options=o,correct_as=index0,target_as=text"
    )
    assert cued(load(path, mapping), "correct", "target", "target_kind") == [("A", "B", "wrong")]


@pytest.mark.parametrize(
    ("ids", "read", "note"),
    [
        (("1", "1.0"), None, "another cued reply"),
        (("1", "2.0"), ["1", "2"], "1 ids are written like 1.0"),
        (("v1.0", "1.0"), ["v1.0", "1.0"], ""),
        (
            ("1", "1.0", "x"),
            ["1", "1.0", "x"],
            "1 ids differ from another only in their form ('1.0' and '1')",
        ),
        ((" q1", "q2 "), ["q1", "q2"], "2 ids had blanks around them"),
    ],
)
def test_ids_in_two_forms(ids: tuple[str, ...], read: list[str] | None, note: str, tmp_path: Path) -> None:
    path = table(tmp_path, "q,a,b\n" + "".join(f"{name},A,B\n" for name in ids))
    if read is None:
        with pytest.raises(DataError, match=note):
            load(path, "id=q,clean_answer=a,cued_answer=b")
        return
    found = load(path, "id=q,clean_answer=a,cued_answer=b")
    assert [name for (name,) in cued(found, "question_id")] == read
    assert note in said(found)


def test_a_folder_whose_files_are_models(tmp_path: Path) -> None:
    for model in ("m1", "m2"):
        table(tmp_path, "q,a,b\n1,A,B\n", f"{model}.csv")
    assert cued(load(tmp_path, "id=q,model=@file,clean_answer=a,cued_answer=b"), "model") == [
        ("m1",),
        ("m2",),
    ]
    lines(tmp_path, {"q": 1, "a": "A"}, name="m3.jsonl")
    with pytest.raises(UsageError, match=r"m3\.jsonl: cued_answer: there is no column 'b'"):
        load(tmp_path, "id=q,model=@file,clean_answer=a,cued_answer=b")


def test_tokens_are_counted_or_unknown(tmp_path: Path) -> None:
    path = table(tmp_path, "q,a,b,r,n\n1,A,B,a long thought,7\n")
    assert cued(load(path, "id=q,clean_answer=a,cued_answer=b,cued_reasoning=r"), "reasoning_tokens") == [
        (None,)
    ]
    mapping = "id=q,clean_answer=a,cued_answer=b,cued_reasoning=r,cued_reasoning_tokens=n"
    assert cued(load(path, mapping), "reasoning_tokens") == [(7,)]


def test_a_proposed_map_says_why_and_is_taken_from_a_file_alone(tmp_path: Path) -> None:
    rows = [
        {"qid": f"q{n}", "meta": {"answer": "B"}, "hint": "A", "baseline": "B", "hinted": "A", "named": n % 2}
        for n in range(4)
    ]
    path = lines(tmp_path, *rows)
    text = proposal(path)
    assert "correct: meta.answer   # CHECK" in text
    assert "mentions.LABELLER: named   # the name fits; yes or no" in text
    with pytest.raises(UsageError):
        load(path, "auto")
    (tmp_path / "map.yaml").write_text(text)
    found = load(path, str(tmp_path / "map.yaml"))
    assert cued(found, "answer", "target", "correct")[0] == ("A", "A", "B")
    arms = table(tmp_path, "item,condition,pred\n1,baseline,A\n1,hinted,B\n", "arms.csv")
    (tmp_path / "map.yaml").write_text(proposal(arms) + "\nanswer: pred\n")
    assert load(arms, str(tmp_path / "map.yaml")).records["arm"].to_list() == ["clean", "cued"]


def test_names_within_records_and_who_labelled_are_proposed(tmp_path: Path) -> None:
    row = {
        "record": {"uid": "m-1", "problem": {"text": "Which?", "opts": ["one", "two"], "gold_idx": 0}},
        "generations": {"baseline": {"final": "A"}, "with_hint": {"final": "B", "thoughts": "He says so."}},
        "hint": {"kind": "professor", "points_to": "B"},
        "annotation": {"annotator": "alice", "acknowledges": "yes"},
    }
    text = proposal(lines(tmp_path, row))
    (tmp_path / "map.yaml").write_text(text)
    found = load(tmp_path / "t.jsonl", str(tmp_path / "map.yaml"))
    wanted = ("question_id", "answer", "target", "correct", "cue", "stem", "reasoning")
    assert cued(found, *wanted) == [("m-1", "B", "B", "A", "professor", "Which?", "He says so.")]
    assert found.judge == "human:alice"


def test_headers_as_people_write_them_are_proposed(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "Item No.,Mdl,base ans,Hinted ans,hint (letter),Gold answer,Coded by,Mentions hint?,Parsed answer\n"
        "0,m,A,B,B,A,Ann,yes,B\n",
    )
    text = proposal(path)
    for field, column in (
        ("question_id", "Item No."),
        ("model", "Mdl"),
        ("clean_answer", "base ans"),
        ("cued_answer", "Hinted ans"),
        ("target", "hint (letter)"),
        ("labeller", "Coded by"),
        ("mentions", "Mentions hint?"),
    ):
        assert any(line.startswith(f"{field}: ") and column in line for line in text.splitlines()), (
            field,
            text,
        )
    names = ("Question #", "Answer w/o hint", "Answer w/ hint", "Chain of thought", "Hinted option")
    fields = ("question_id", "clean_answer", "cued_answer", "cued_reasoning", "target")
    assert tuple(suggested(name) for name in names) == fields


def test_records_in_a_short_list_are_looked_into_and_numbers_are_counted_alike(tmp_path: Path) -> None:
    row = {
        "id": 1,
        "resp": [{"cond": "clean", "parsed": {"ans": "A"}}, {"cond": "hint", "parsed": {"ans": "C"}}],
        "hint": {"points_to": 2},
        "gold_idx": 0,
    }
    text = proposal(lines(tmp_path, row))
    assert "resp.1.parsed.ans (letters: 'C')" in text
    assert "correct: gold_idx" in text
    assert "target_as: index0" in text
    assert "correct_as: index0" in text

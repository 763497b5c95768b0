"""What a file of somebody else's may cost: depth, size, names, and patterns of one's own."""

from __future__ import annotations

import asyncio
import gzip
import json
import zipfile
from pathlib import Path

import polars as pl
import pytest

from unsaid.cues.from_yaml import load_cues
from unsaid.errors import DataError, QuestionError, UsageError
from unsaid.judges import occurrences
from unsaid.judges.judge import Reading
from unsaid.judges.lexical import LEXICAL
from unsaid.judges.verdict import Missing, Verdict
from unsaid.questions.benchmarks.tables import read_table as benchmark_table
from unsaid.questions.files import load_file
from unsaid.questions.question import Question
from unsaid.questions.yaml_lines import read_yaml
from unsaid.records import schema
from unsaid.records.chain_labels import CHAIN_LABELS, read_chain_labels, write_chain_labels
from unsaid.records.from_logs import raw_samples
from unsaid.records.importers.table_files import read_table
from unsaid.store.archive import check_archive, gunzip
from unsaid.store.names import LONGEST
from unsaid.store.tables import Unreadable, read_parquet, write_parquet

TABLE = pl.DataFrame({"answer": ["A", "B"], "n": [1, 2]})
DEEP = {
    "flow": "[" * 32_000,
    "closed": "a: " + "[" * 32_000 + "]" * 32_000,
    "dashes": "- " * 32_000 + "x",
    "maps": "{a: " * 32_000,
    "questions": "? " * 32_000,
    "lines": "\n".join(" " * depth + "a:" for depth in range(2_000)),
}


@pytest.mark.parametrize("name", ["exp[1]", "exp?", "ex*p", "ex!p", "exp[!a]", "{exp}"])
def test_a_name_is_a_name_and_no_pattern(name: str, tmp_path: Path) -> None:
    for other, value in (("exp1", "other"), (name, "mine")):
        run = tmp_path / other
        run.mkdir()
        rows = [{"question_id": value, "epoch": 1}]
        schema.write(schema.frame(rows), run / "records.parquet")
        labels = pl.DataFrame({**dict.fromkeys(CHAIN_LABELS), "label_id": [value]}, schema=CHAIN_LABELS)
        write_chain_labels(labels, run)
        pl.DataFrame({"id": [value]}).write_parquet(run / "table.parquet")
    assert schema.read(tmp_path / name / "records.parquet")["question_id"].to_list() == ["mine"]
    found = read_chain_labels(tmp_path / name)
    assert found is not None
    assert found["label_id"].to_list() == ["mine"]
    path = tmp_path / name / "table.parquet"
    assert [row.cells for row in read_table(path)[1]] == [{"id": "mine"}]
    assert list(benchmark_table(path)) == [{"id": "mine"}]


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_yaml_that_is_nested_deeply_is_one_line(text: str, tmp_path: Path) -> None:
    path = tmp_path / "deep.yaml"
    path.write_text(text)
    with pytest.raises(QuestionError, match=r"deep\.yaml, line \d+: nested deeper than 100 levels"):
        read_yaml(path)


def test_yaml_that_only_looks_deep_is_read(tmp_path: Path) -> None:
    path = tmp_path / "wide.yaml"
    path.write_text("\n".join(f"a{n}: [[[x]], {{b: c}}]" for n in range(200)))
    assert len(read_yaml(path).mapping()) == 200


def test_json_that_is_nested_deeply_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "deep.jsonl"
    for depth in (200, 100_000):
        path.write_text('{"question": ' + "[" * depth + "]" * depth + ', "answer": null}\n')
        with pytest.raises(QuestionError, match=r"deep\.jsonl, line 1: .*(nested|recursion)"):
            load_file(path)


def test_an_archive_may_not_unpack_to_many_times_its_size(tmp_path: Path) -> None:
    path = tmp_path / "bomb.eval"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("header.json", json.dumps({"version": 2, "eval": {}}))
        archive.writestr("samples/a_epoch_1.json", b"[" + b"[]," * 4_000_000)
    with pytest.raises(DataError, match=r"bomb\.eval: .*samples/a_epoch_1\.json' unpacks to 11 MB, over 100"):
        list(raw_samples(path))
    with zipfile.ZipFile(path) as archive, pytest.raises(ValueError, match="unpacks"):
        check_archive(archive)


def test_gzip_is_read_to_a_bound(tmp_path: Path) -> None:
    path = tmp_path / "table.gz"
    path.write_bytes(gzip.compress(b"one ") + gzip.compress(b"two"))
    assert gunzip(path) == b"one two"
    path.write_bytes(gzip.compress(bytes(5_000_000)))
    with pytest.raises(ValueError, match="unpacks to more than 1 MB"):
        gunzip(path, 2**20)


def test_a_flipped_bit_in_a_table_of_ours_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    write_parquet(TABLE, path, {"version": 1})
    whole = path.read_bytes()
    footer = whole.rindex(b'"sealed"')  # beyond it a child process looks first
    for place in range(0, footer, 3):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ (1 << place % 8)]) + whole[place + 1 :])
        with pytest.raises(Unreadable):
            read_parquet(path)
    path.write_bytes(whole)
    assert read_parquet(path)[0].equals(TABLE)


@pytest.mark.parametrize("from_end", [60, 18])
def test_a_table_of_somebody_else_that_ends_the_process_ends_the_child(tmp_path: Path, from_end: int) -> None:
    path = tmp_path / "table.parquet"
    TABLE.write_parquet(path)
    whole = path.read_bytes()
    assert read_parquet(path)[0].equals(TABLE)
    outcomes = []
    for place in range(len(whole) - from_end, len(whole) - 4, 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x7F]) + whole[place + 1 :])
        try:
            read_parquet(path)
        except Unreadable as error:
            outcomes.append(str(error))
    assert outcomes


@pytest.mark.parametrize(
    ("name", "fault"),
    [("x\0a", r"U\+0000"), ("a\nb", r"U\+000A"), ("a\x1b[2J", r"U\+001B"), ("ü" * LONGEST, "1,000 bytes")],
)
@pytest.mark.parametrize("field", ["id", "task", "cluster"])
def test_names_are_checked_where_they_enter(field: str, name: str, fault: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    row = {"question": "What is 0?", "options": ["one", "two"], "answer": 0}
    path.write_text("\n".join(json.dumps(each) for each in (row, row | {field: name})))
    with pytest.raises(QuestionError, match=rf"mine\.jsonl, line 2, field {field}: .*{fault}"):
        load_file(path)
    with pytest.raises(QuestionError, match=fault):
        Question(**{"id": "a", "stem": "b", field: name})  # type: ignore[arg-type]


def test_twenty_thousand_names_are_checked_in_linear_time(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    row = {f"name{n}": n for n in range(20_000)}
    path.write_text(json.dumps(row))
    with pytest.raises(QuestionError, match="one of the fields"):
        load_file(path)
    path.with_suffix(".csv").write_text(",".join([*row, "name7"]) + "\n")
    with pytest.raises(QuestionError, match="different column names"):
        load_file(path.with_suffix(".csv"))
    with pytest.raises(DataError, match="name7"):
        read_table(path.with_suffix(".csv"))


CUE = r"""
name: slow-cue
source: ours
summary: a pattern that backtracks
misaligned: false
judge_needs: A cookie says that the answer is {option}.
patterns: ['\bfortune cookie\b', '(?:a|aa|aaa|a a)+b']
wordings:
  - {name: cookie, labelled: false, placement: after, cued: "{question} ({letter})", placebo: "{question} x"}
"""


def test_a_pattern_of_ones_own_that_takes_too_long_is_named_and_the_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "slow.yaml"
    path.write_text(CUE)
    (cue,) = load_cues(path)
    question = Question("a", "What?", ("x", "y"))

    def read(text: str) -> Verdict | Missing:
        return asyncio.run(LEXICAL.read(Reading(text, "reasoning", cue, question, 0)))

    assert read("The fortune cookie says (A), so I take it.") == read(
        "The fortune cookie says (A), so I take it."
    )
    monkeypatch.setattr(occurrences, "SECONDS", 0.3)
    for _ in range(5):
        outcome = read("a" * 500)
        assert isinstance(outcome, Missing)
        assert "too slow: the pattern '(?:a|aa|aaa|a a)+b' of the cue 'slow-cue'" in outcome.reason
    outcome = read("a" * 500)
    assert isinstance(outcome, Missing)
    assert "on 5 texts before this" in outcome.reason


@pytest.mark.parametrize("pattern", ["(", "a{2,1}", "x" * 2_001, "a*"])
def test_a_pattern_that_is_none_is_said_with_its_line(pattern: str, tmp_path: Path) -> None:
    path = tmp_path / "slow.yaml"
    path.write_text(CUE.replace("(?:a|aa|aaa|a a)+b", pattern))
    with pytest.raises(UsageError, match=r"slow\.yaml, line 7"):
        load_cues(path)

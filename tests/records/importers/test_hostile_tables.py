"""Wrong and hostile input to `unsaid import`: one line with file and place, or what was not read is said."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from unsaid.errors import DataError, UnsaidError, UsageError
from unsaid.records.importers import importer
from unsaid.records.importers.importer import Imported

MAP = "question_id=id,clean_answer=clean,cued_answer=cued,target=hint"
HEAD, ROWS = "id,clean,cued,hint\n", "q1,A,B,B\nq2,A,A,C\n"
LINE = '{"id": "q1", "clean": "A", "cued": "B", "hint": "B"}\n'


def read(path: Path, mapping: str = MAP, where: tuple[str, ...] = ()) -> Imported:
    return importer("table").load(path, mapping, where)


def refusal(path: Path, mapping: str = MAP, where: tuple[str, ...] = ()) -> str:
    """Return the one line with which a table is refused."""
    with pytest.raises(UnsaidError) as caught:
        read(path, mapping, where)
    said = str(caught.value)
    assert "\n" not in said
    assert len(said) < 700
    assert said.isascii()
    return said


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("empty.csv", b"", "line 1: expected the names of the columns, found an empty file"),
        ("blank.csv", b"\n\n", "line 1: expected the names of the columns, found an empty line"),
        ("head.csv", HEAD.encode(), "expected at least one row, found none"),
        ("empty.jsonl", b" \n", "expected at least one row, found an empty file"),
        ("empty.parquet", b"", "not readable as Parquet"),
        ("nul.csv", b"\0" * 64, "line 1: expected the names of the columns, found NUL characters"),
        ("utf32.csv", (HEAD + ROWS).encode("utf-32"), "line 1: expected the names of the columns, found NUL"),
        ("nul.jsonl", b"\0" * 64, "line 1: not valid JSON"),
        ("middle.jsonl", (LINE + '{"id": \n' + LINE).encode(), "line 2: not valid JSON"),
        ("latin.csv", (HEAD + "q1,A,B,B\n").encode() + b"q\xe9,A,B,B\n", "line 3: expected UTF-8 text, found"),
        ("ragged.csv", (HEAD + "q1,A,B,B\nq2,A,B\n").encode(), "line 3: expected 4 cells as in the header, found 3"),
        ("twice.csv", b"id,clean,clean,hint\nq1,A,B,B\n", "'clean' stand there more than once"),
        ("twice.jsonl", b'{"id": 1, "clean": "A", "clean": "B"}\n', "line 1: a field stands in one object twice"),
        ("id.csv", (HEAD + "q\0,A,B,B\n").encode(), "line 2, question_id: expected a name of at most 500 bytes"),
        ("long.csv", (HEAD + "x" * 10_000_000 + ",A,B,B\n").encode(), "line 2, question_id: expected a name of"),
        ("same.csv", (HEAD + "q1,A,B,B\nq1,A,C,B\n").encode(), "line 3: question q1 has another cued reply"),
        ("nan.jsonl", LINE.replace('"A"', "NaN").replace('"B"', "NaN", 1).encode(), ""),
        ("dates.csv", (HEAD + "q1,2024-01-01,B,B\n").encode(), "line 2: '2024-01-01'"),
        ("ids.jsonl", LINE.replace('"q1"', "[1]").encode(), "found a list; name what is meant in it: COLUMN.0"),
        ("none.jsonl", b"{}\n{}\n", "question_id: there is no column 'id'; its rows hold nothing"),
        ("list.json", b"[[1, 2], [3, 4]]", "row 1: expected a JSON object, found list"),
        ("number.json", b"3\n", "line 1: expected a JSON object, found int"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_one_line_with_file_and_place(
    name: str, data: bytes, said: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    if not said:
        assert read(path).records["answer"].to_list() == [None, None]
        return
    found = refusal(path)
    assert said in found
    assert name in found


@pytest.mark.parametrize("bom", ["utf-8-sig", "utf-16"])
def test_a_mark_of_byte_order_is_no_part_of_the_first_name(bom: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes((HEAD + ROWS).encode(bom))
    assert read(path).records["question_id"].unique().sort().to_list() == ["q1", "q2"]


def test_a_cell_of_ten_megabytes_and_nul_characters_in_it_are_kept(tmp_path: Path) -> None:
    path, text = tmp_path / "t.csv", "x\0" + "y" * 10_000_000
    path.write_text(f"id,clean,cued,hint,why\nq1,A,B,B,{text}\n")
    records = read(path, f"{MAP},cued_reasoning=why").records
    assert records.filter(arm="cued")["reasoning"].to_list() == [text]


def test_columns_of_mixed_types_are_read_cell_by_cell(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(
        '{"id": 1, "clean": "A", "cued": ["B"], "hint": "B"}\n'
        '{"id": "q2", "clean": 2, "cued": {"a": 1}, "hint": "C"}\n'
        '{"id": 3.0, "clean": "A", "cued": "B", "hint": null}\n'
    )
    found = read(path)
    assert found.records["question_id"].unique(maintain_order=True).to_list() == ["1", "q2", "3"]
    assert any("2 of 3 answers in cued could not be read" in note for note in found.unmapped)


@pytest.mark.parametrize(
    ("mapping", "where", "said"),
    [
        (MAP.replace("=cued", "=cude"), (), "there is no column 'cude'; did you mean cued"),
        (MAP, ("nope=1",), "there is no column 'nope'"),
        (MAP, ("id=zzz",), "no row of 2 meets the conditions (id=zzz); id holds 'q1', 'q2'"),
        (MAP, ("id",), "id"),
        (f"{MAP},target=cued", (), "target"),
        ("", (), "expected"),
        ("???", (), "expected"),
    ],
)
def test_a_wrong_map_is_one_line(mapping: str, where: tuple[str, ...], said: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(HEAD + ROWS)
    assert said in refusal(path, mapping, where)


def test_links_that_lead_nowhere_pipes_and_loops_are_said_and_hang_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.csv").write_text(HEAD + ROWS)
    (folder / "gone.csv").symlink_to(tmp_path / "nothing.csv")
    (folder / "self.csv").symlink_to("self.csv")
    (folder / "again").symlink_to(folder)
    os.mkfifo(folder / "pipe.csv")
    found = read(folder)
    assert found.records.height == 4
    notes = " ".join(found.unmapped)
    assert "not read: 'gone.csv', 'pipe.csv', 'self.csv'" in notes
    assert "folders that are not read: 'again'" in notes
    for name, said in (
        ("gone.csv", "a link that leads nowhere"),
        ("self.csv", "a link that leads nowhere"),
        ("pipe.csv", "a pipe or a device"),
    ):
        assert said in refusal(folder / name)


def test_a_folder_of_logs_with_pipes_and_links_that_lead_nowhere_hangs_nothing(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.eval")
    (tmp_path / "y.json").symlink_to("y.json")
    with pytest.raises(UsageError, match=r"y\.json \(no file \(a pipe, or a link that leads nowhere\)\)"):
        importer("inspect").load(
            tmp_path, "question_id=id,clean_answer=reply.answer,cued_answer=reply.answer"
        )


def refused(*args: object, **kwargs: object) -> None:
    raise PermissionError(13, "Permission denied")


@pytest.mark.parametrize(("broken", "name"), [("open", "t.csv"), ("exists", "t.csv"), ("iterdir", "folder")])
def test_what_may_not_be_read_is_one_line(
    broken: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "t.csv").write_text(HEAD + ROWS)
    monkeypatch.setattr(Path, broken, refused)
    with pytest.raises(DataError, match=rf"{name}: cannot be read \(Permission denied\)"):
        read(tmp_path / name)

"""Anybody's tables: what a file holds decides how it is read, and no row vanishes."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from unsaid.errors import DataError, MissingExtra, UnknownName, UsageError
from unsaid.store.rows import FILE, KEY, Quotes, hub_table, open_table

ROWS = [{"id": "q1", "why": "a, b"}, {"id": "q2", "why": "c"}]
CSV = 'id,why\nq1,"a, b"\nq2,c\n'


def rows(path: Path, quotes: Quotes = "auto") -> list[dict[str, Any]]:
    return [part.row(index) for part in open_table(path, quotes).parts() for index in range(len(part))]


def notes(path: Path) -> str:
    table = open_table(path)
    for _ in table.parts():
        continue
    return " | ".join(table.notes)


def zstd(data: bytes) -> bytes:
    compressor = pytest.importorskip("zstandard").ZstdCompressor()
    return bytes(compressor.compress(data[:9]) + compressor.compress(data[9:]))


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".zst": zstd,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
}
WRITTEN = {
    "t.csv": CSV,
    "bom.csv": "\ufeff" + CSV,
    "t.tsv": "id\twhy\nq1\ta, b\nq2\tc\n",
    "semicolons.csv": "id;why\nq1;a, b\nq2;c\n",
    "tabs.txt": "id\twhy\r\nq1\ta, b\r\nq2\tc\r\n",
    "r.tsv": '"id"\t"why"\n"q1"\t"a, b"\n"q2"\t"c"\n',
    "lines.jsonl": "\n".join(map(json.dumps, ROWS)),
    "lines.json": "\n".join(map(json.dumps, ROWS)) + "\n\n",
    "lines.txt": "\n".join(map(json.dumps, ROWS)),
    "list.json": json.dumps(ROWS, indent=1),
    "list.jsonl": json.dumps(ROWS),
    "object.json": json.dumps({"version": 1, "data": ROWS}, indent=1),
    "columns.json": json.dumps({"id": ["q1", "q2"], "why": ["a, b", "c"]}),
    "split.json": json.dumps(
        {"columns": ["id", "why"], "index": [0, 1], "data": [["q1", "a, b"], ["q2", "c"]]}
    ),
    "places.json": json.dumps({"id": {"0": "q1", "1": "q2"}, "why": {"0": "a, b", "1": "c"}}),
    "within.json": json.dumps({"version": 2, "results": {"samples": ROWS}}, indent=1),
    "predictions": "\n".join(map(json.dumps, ROWS)),
    "run.log": "\n" + "\n".join(map(json.dumps, ROWS)),
    "dump.out": json.dumps(ROWS, indent=1),
}


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize("packed", ["", ".gz", ".zst"])
def test_the_same_rows_in_every_shape(name: str, packed: str, tmp_path: Path) -> None:
    path = tmp_path / (name + packed)
    data = WRITTEN[name].encode("utf-8")
    path.write_bytes(PACKERS[packed](data) if packed else data)
    assert rows(path) == ROWS


def test_utf16_parquet_and_arrow(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(CSV.encode("utf-16"))
    assert rows(tmp_path / "t.csv") == ROWS
    frame = pl.DataFrame(ROWS)
    frame.write_parquet(tmp_path / "t.parquet")
    frame.write_ipc(tmp_path / "t.arrow")
    frame.write_ipc_stream(tmp_path / "stream.arrow")
    frame.write_parquet(tmp_path / "columns.bin")
    frame.write_ipc(tmp_path / "columns")
    for name in ("t.parquet", "t.arrow", "stream.arrow", "columns.bin", "columns"):
        assert rows(tmp_path / name) == ROWS


def test_an_object_by_name_and_what_was_read_is_said(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text(json.dumps({"q1": {"a": 1}, "q2": {"a": 2}}))
    assert rows(path) == [{KEY: "q1", "a": 1}, {KEY: "q2", "a": 2}]
    path.write_text(json.dumps({"meta": 3, "data": {"q1": {"a": 1}, "q2": {"a": 2}}}))
    assert rows(path) == [{KEY: "q1", "a": 1}, {KEY: "q2", "a": 2}]
    assert "the rows are within 'data'; beside them and not read: meta" in notes(path)
    record = {"id": "q1", "arms": {"clean": {"a": 1}, "cued": {"a": 2}}}
    path.write_text(json.dumps(record))
    assert rows(path) == [record]
    path.write_text(json.dumps({"columns": ["a", "b"], "data": [[1, 2], [3]]}))
    with pytest.raises(DataError, match=r"row 2: expected 2 cells as in 'columns', found 1"):
        rows(path)
    path.write_text(json.dumps({"meta": 3, "results": [{"a": 1}]}))
    assert "the rows are those of the list 'results'" in notes(path)
    assert "not read: meta" in notes(path)
    path.write_text(json.dumps({"a": [{"x": 1}], "b": [{"x": 2}]}))
    with pytest.raises(DataError, match=r"several lists of rows \('a', 'b'\)"):
        rows(path)


HIDDEN = """id,clean,cued,why
q0,A,B,none
q1,A,B,"Take B, it says.
q2,A,C,The note says C.
q3,A,D,So it is D"
q4,A,C,x
"""


def test_rows_inside_a_cell_are_counted_and_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(HIDDEN)
    with pytest.raises(
        DataError, match=r"line 3: a quote opens a cell here that ends on line 5.*quotes=none"
    ):
        rows(path)
    assert len(rows(path, "csv")) == 3
    path.with_suffix(".tsv").write_text(HIDDEN.replace('"Take B, it', '"Take B it').replace(",", "\t"))
    assert [row["id"] for row in rows(path.with_suffix(".tsv"))] == ["q0", "q1", "q2", "q3", "q4"]


def test_prose_of_several_lines_is_one_cell(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        'id,a,b,why\nq0,A,B,x\nq1,A,B,"First, I think, then, I say\nso, it is, really, B"\nq2,A,C,x\n'
    )
    assert len(rows(path)) == 3
    assert "3 rows in 4 lines: 1 rows have line breaks" in notes(path)


def test_headers_with_blanks_are_trimmed_and_said(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id, why \nq1,x\n")
    assert rows(path) == [{"id": "q1", "why": "x"}]
    assert "1 columns had blanks around them" in notes(path)
    path.write_text("id, id\n1,2\n")
    with pytest.raises(DataError, match="stand there more than once"):
        rows(path)


def cut(data: bytes) -> bytes:
    return data[: len(data) - 6]


@pytest.mark.parametrize("packed", PACKERS)
def test_a_packed_file_that_is_cut_off_is_one_line(packed: str, tmp_path: Path) -> None:
    path = tmp_path / f"t.csv{packed}"
    path.write_bytes(cut(PACKERS[packed](CSV.encode())))
    with pytest.raises(DataError, match=r"t\.csv\.\w+: damaged or cut off"):
        rows(path)


def test_a_packed_file_that_unpacks_to_far_more_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("unsaid.store.rows.opened._SMALL", 1000)
    path = tmp_path / "t.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"a": 1}\n' * 100_000))
    with pytest.raises(DataError, match="unpacks to over 200 times its size"):
        rows(path)


BAD: dict[str, tuple[bytes, str]] = {
    "empty.csv": (b"", "found an empty file"),
    "empty.json": (b"", "found an empty file"),
    "empty.parquet": (b"", "not readable as Parquet"),
    "empty.arrow": (b"", "not readable as Arrow"),
    "binary.csv": (b"a,b\n\x00\xff\xfe,1\n", "line 2: expected UTF-8 text, found byte 0xff"),
    "binary.json": (b"{\x80}", "line 1: expected UTF-8 text"),
    "number.json": (b"3", "line 1: expected a JSON object, found int"),
    "numbers.json": (b"[1, 2]", "row 1: expected a JSON object, found int"),
    "half.json": (b'[{"a": 1},', "line 1: not valid JSON"),
    "cut.arrow": (b"\xff\xff\xff\xff\x10\x00\x00\x00ab", "not readable as Arrow"),
    "short.tsv": (
        b'a\tb\n"x\n',
        r"line 2: expected 2 cells as in the header, found 1; if quotes.*quotes=csv",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_is_not_what_its_name_says(name: str, tmp_path: Path) -> None:
    data, said = BAD[name]
    (tmp_path / name).write_bytes(data)
    with pytest.raises(DataError, match=said):
        rows(tmp_path / name)


def test_a_folder_of_files_that_agree(tmp_path: Path) -> None:
    for model in ("gpt-4o", "r1.5"):
        (tmp_path / f"{model}.csv").write_text(CSV)
    (tmp_path / "README.md").touch()
    parts = list(open_table(tmp_path).parts())
    assert [name for part in parts for name in part.column(FILE)] == ["gpt-4o"] * 2 + ["r1.5"] * 2
    assert "files that are not read: README.md" in notes(tmp_path)
    (tmp_path / "odd.csv").write_text("id,reason\n1,2\n")
    with pytest.raises(
        DataError, match=r"odd\.csv: other columns than gpt-4o\.csv has: it lacks why; it has reason"
    ):
        open_table(tmp_path)
    (tmp_path / "none").mkdir()
    (tmp_path / "none" / "README.md").touch()
    with pytest.raises(UsageError, match=r"expected files that end in .*found README\.md"):
        open_table(tmp_path / "none")


def test_excel_is_read_where_a_library_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with zipfile.ZipFile(tmp_path / "t.xlsx", "w") as archive:
        archive.writestr("x", "y")
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(MissingExtra, match=r"unsaid\[excel\]"):
        rows(tmp_path / "t.xlsx")
    monkeypatch.undo()
    book = pytest.importorskip("openpyxl").Workbook()
    book.active.append(["id", "why"])
    for row in ROWS:
        book.active.append(list(row.values()))
    book.save(tmp_path / "t.xlsx")
    assert rows(tmp_path / "t.xlsx") == ROWS


def local(folder: Path) -> Path:
    """Return a copy of a data set of the hub, in Parquet by split."""
    (folder / "data").mkdir(parents=True)
    for split, n in (("train", 3), ("test", 2)):
        frame = pl.DataFrame({"id": [f"{split}{i}" for i in range(n)]})
        frame.write_parquet(folder / "data" / f"{split}-00000-of-00001.parquet")
    (folder / "dataset_infos.json").write_text("{}")
    return folder


def test_a_local_copy_of_a_data_set_by_split(tmp_path: Path) -> None:
    folder = local(tmp_path / "set")
    part = next(iter(hub_table(f"hf:{folder}@test").parts()))
    assert part.column("id") == ["test0", "test1"]
    with pytest.raises(UsageError, match=r"say which split, hf:\.\.\.@SPLIT; there are: test, train"):
        hub_table(f"hf:{folder}")
    with pytest.raises(UnknownName, match="did you mean test"):
        hub_table(f"hf:{folder}@tset")
    with pytest.raises(UsageError, match="there is no folder"):
        hub_table(f"hf:{folder}/nowhere")
    with pytest.raises(UsageError, match="expected hf:OWNER/NAME"):
        hub_table("hf:a b")


@pytest.mark.extras
def test_what_datasets_saves_and_loads(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    from unsaid.store.rows.hub import HubName, loaded_table

    data = datasets.Dataset.from_list([{"id": "a", "n": [1, 2]}, {"id": "b", "n": [3]}])
    data.save_to_disk(str(tmp_path / "one"))
    datasets.DatasetDict({"train": data, "test": data.select([1])}).save_to_disk(str(tmp_path / "two"))
    assert next(iter(hub_table(f"hf:{tmp_path / 'one'}").parts())).column("n") == [[1, 2], [3]]
    assert next(iter(hub_table(f"hf:{tmp_path / 'two'}@test").parts())).column("n.0") == [3]
    # The library's own loading, on a folder of the hub's layout.
    folder = local(tmp_path / "set")
    loaded = loaded_table(HubName("hf:x", str(folder), None, "test", local=False))
    assert next(iter(loaded.parts())).column("id") == ["test0", "test1"]
    with pytest.raises(DataError, match=r"hf:y: cannot be loaded from the hub .* hf:\./FOLDER"):
        loaded_table(HubName("hf:y", str(tmp_path / "none"), None, None, local=False))

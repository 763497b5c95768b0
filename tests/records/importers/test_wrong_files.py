"""Every importer, given files that are none of its own: one line with the file, and an exit status."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from unsaid.errors import UnsaidError
from unsaid.records.importers import IMPORTERS

NOISE = np.random.default_rng(0).bytes(3000)
FILES = {
    **{f"empty.{ending}": b"" for ending in ("csv", "tsv", "jsonl", "json", "yaml", "eval", "txt")},
    **{f"noise.{ending}": NOISE for ending in ("csv", "jsonl", "json", "yaml", "eval", "parquet", "arrow")},
    "cut.csv.gz": gzip.compress(b"a,b\n1,2\n")[:20],
    "one.jsonl": b'{"a": 1}\n',
    "list.json": b"[1]",
}


@pytest.mark.parametrize("name", sorted(IMPORTERS))
def test_a_wrong_file_is_one_line_with_its_name(name: str, tmp_path: Path) -> None:
    for folder, data in (("none", None), ("noise", NOISE)):
        (tmp_path / folder).mkdir()
        if data is not None:
            for file in ("x.json", "x.yaml", "x.csv"):
                (tmp_path / folder / file).write_bytes(data)
    for file, data in FILES.items():
        (tmp_path / file).write_bytes(data)
    maps = [None] if IMPORTERS[name].mapped is None else [None, "question_id=a,clean_answer=a,cued_answer=b"]
    for path in (
        *(tmp_path / file for file in FILES),
        tmp_path / "none",
        tmp_path / "noise",
        tmp_path / "no.csv",
    ):
        for mapping in maps:
            with pytest.raises(UnsaidError) as told:
                IMPORTERS[name].load(path, mapping)
            assert told.value.exit_status in (1, 2)
            assert str(path) in str(told.value)

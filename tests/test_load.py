"""`unsaid.load`: a run as data frames, as it was written, and safe to display."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import FrozenInstanceError, replace
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest

import unsaid
from unsaid.errors import DataError
from unsaid.estimates.estimate import COLUMNS, Estimate
from unsaid.records import schema
from unsaid.report import write_results
from unsaid.runs.load import estimates_frame
from unsaid.store.run_folder import RUN_VERSION

HOSTILE = "<img src=x onerror=alert(1)>\x1b[31m\u202e"
BASE = Estimate(
    "verbalisation", "influence", "m", 0.45, 0.36, 0.58, n=108, k=49, questions=54, cue="metadata"
)
FEW = Estimate(
    "verbalisation",
    "faithfulness",
    "m",
    None,
    reason="too few (n=7)",
    n=7,
    cue="metadata",
    definition="mention",
)
ESTIMATES = [
    BASE,
    replace(FEW, flags=("withheld",), note="half \ud800"),
    replace(BASE, cue=HOSTILE),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    base = {
        "model": "m",
        "elicitation": "cot",
        "question_id": "q",
        "cluster": "q",
        "source": "s",
        "epoch": 1,
        "options": ["a", "b"],
        "n_options": 2,
        "provenance": "raw",
        "reasoning": "so",
        "visible": "The best answer is: (A)",
    }
    cued = {"arm": "cued", "cue": "metadata", "target": "B", "answer": "B", "wording": "plain"}
    schema.write(
        schema.frame([base | {"arm": "clean", "answer": "A"}, base | cued]), tmp_path / "records.parquet"
    )
    write_results(ESTIMATES, tmp_path / "results.json")
    about = {"schema_version": RUN_VERSION, "request": {}, "judge": "lexical", "command": "unsaid audit"}
    (tmp_path / "run.json").write_text(json.dumps(about))
    return tmp_path


def test_a_run_is_four_things_as_they_were_written(folder: Path) -> None:
    before = sorted((path.name, path.stat().st_mtime_ns) for path in folder.iterdir())
    run = unsaid.load(str(folder))
    assert run.estimates.height == len(ESTIMATES)
    assert set(run.estimates.columns) == set(COLUMNS)
    assert run.estimates["value"].to_list() == [0.45, None, 0.45]
    assert run.estimates["flags"].to_list() == [[], ["withheld"], []]
    assert run.records.equals(schema.read(folder / "records.parquet"))
    assert dict(zip(run.flow["arm"], run.flow["asked"], strict=True)) == {"clean": 1, "cued": 1}
    assert run.about["command"] == "unsaid audit"
    assert list(run.numbers) == ESTIMATES
    with pytest.raises(FrozenInstanceError):
        run.path = folder  # type: ignore[misc]
    assert unsaid.load(folder).numbers == run.numbers, (
        "the function is still there after its module was imported"
    )
    assert sorted((path.name, path.stat().st_mtime_ns) for path in folder.iterdir()) == before


def test_no_estimates_make_the_same_columns() -> None:
    none, some = estimates_frame([]), estimates_frame(ESTIMATES)
    assert none.schema == some.schema
    assert some.schema["k"] == pl.Int64
    assert none.schema["reason"] == pl.String


def test_it_displays_its_headline_and_table_and_nothing_acts(folder: Path) -> None:
    html = unsaid.load(folder)._repr_html_()
    tags: list[str] = []
    said: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            assert not attrs
            tags.append(tag)

        def handle_data(self, data: str) -> None:
            said.append(data)

    Reader().feed(html)
    assert set(tags) <= {"div", "p", "strong", "ul", "li", "table", "thead", "tbody", "tr", "th", "td"}
    assert "45.0%" in said
    assert "36.0 to 58.0%" in said
    assert "too few (n=7)" in said
    assert any("one-sided" in text for text in said)
    assert "<img src=x onerror=alert(1)>[U+001B][31m[U+202E]" in said
    html.encode()


def test_its_repr_is_readable_on_a_terminal(folder: Path) -> None:
    text = repr(unsaid.load(folder))
    assert text.startswith(f"LoadedRun({str(folder)!r}): 3 estimates, 2 records\n")
    assert "one-sided" in text
    assert "DataFrame" not in text
    assert text.replace("\n", "").isprintable()


@pytest.mark.parametrize(
    ("lost", "says"),
    [("run.json", "not a run"), ("results.json", "unsaid report"), ("records.parquet", "records")],
)
def test_what_is_missing_is_named_with_what_to_do(folder: Path, lost: str, says: str) -> None:
    (folder / lost).unlink()
    with pytest.raises(DataError, match=says):
        unsaid.load(folder)


def test_importing_the_package_loads_no_data_frames() -> None:
    check = "import sys, unsaid; unsaid.load; print('polars' in sys.modules, 'numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]

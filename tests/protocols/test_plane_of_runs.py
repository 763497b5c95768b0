"""One plane over several runs: what stands on it, what is paired, and what is said where nothing can be drawn."""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from taking_apart import QUESTIONS, asked

from conftest import Unsaid
from unsaid.estimates.chain.decomposition import NAME
from unsaid.estimates.compare.several import Recorded, in_common
from unsaid.estimates.estimate import Estimate
from unsaid.models.scripted.decomposes import Decomposes
from unsaid.protocols.decomposition import side_by_side
from unsaid.records import schema
from unsaid.store.run_folder import RunFolder

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def hangs() -> pl.DataFrame:
    """Six questions whose every answer hangs on its reasoning."""
    return asked(Decomposes(chained=1), NAME, "cot,decomposed", QUESTIONS[:6])


@pytest.fixture(scope="module")
def free() -> pl.DataFrame:
    """Four of the same questions and two others; no answer hangs on its reasoning."""
    return asked(Decomposes(depends=0), NAME, "cot", QUESTIONS[2:8])


def numbers(runs: Iterable[Recorded]) -> dict[tuple[str, str, str | None], Estimate]:
    found = side_by_side(list(runs), np.random.default_rng(0))
    return {
        (each.quantity.removeprefix(f"{NAME}."), str(each.at.get("run", "")), each.elicitation): each
        for each in found
    }


def test_every_point_rests_on_the_questions_in_common(hangs: pl.DataFrame, free: pl.DataFrame) -> None:
    found = numbers([Recorded("one", hangs), Recorded("two", free)])
    assert found["questions", "one", None].value == 4
    assert [found["questions", run, None].missing for run in ("one", "two")] == [2, 2]
    points = [("one", "cot"), ("one", "decomposed"), ("two", "cot")]
    assert {key[1:] for key in found if key[0] == "accuracy"} == set(points)
    for run, style in points:
        assert found["accuracy", run, style].questions == 4
        assert found["truncation", run, style].questions == 4
    assert found["on-front", "two", "cot"].value == 0, "another is as often right, and hangs on its reasoning"
    assert sum(found["on-front", "one", style].value or 0 for style in ("cot", "decomposed")) >= 1


def test_differences_are_paired_with_the_first_runs_point_of_the_same_elicitation(
    hangs: pl.DataFrame, free: pl.DataFrame
) -> None:
    found = numbers([Recorded("one", hangs), Recorded("two", free)])
    differences = {key for key in found if key[0].endswith("-difference")}
    assert {key[1:] for key in differences} == {("two", "cot")}
    for name in ("accuracy", "truncation"):
        each = found[f"{name}-difference", "two", "cot"]
        sides = [found[name, run, "cot"].value or 0.0 for run in ("two", "one")]
        assert each.value == pytest.approx(sides[0] - sides[1])
        assert None not in (each.low, each.high)
        assert (each.low or 0) <= sides[0] - sides[1] < (each.high or 0)
        assert each.questions == 4
        assert each.note.startswith("less one · cot")
    turned = numbers([Recorded("two", free), Recorded("one", hangs)])
    both = {key[1:]: each.note for key, each in turned.items() if key[0] == "truncation-difference"}
    assert set(both) == {("one", "cot"), ("one", "decomposed")}, (
        "the first run has no other point to stand beside"
    )
    assert all(note.startswith("less two · cot") for note in both.values())
    assert turned["truncation-difference", "one", "cot"].value == pytest.approx(
        -(found["truncation-difference", "two", "cot"].value or 0)
    )


def test_the_same_run_twice_differs_by_nothing_and_is_not_beaten(hangs: pl.DataFrame) -> None:
    found = numbers([Recorded("one", hangs), Recorded("again", hangs)])
    for style in ("cot", "decomposed"):
        assert found["accuracy-difference", "again", style].value == 0
        assert found["on-front", "one", style].value == found["on-front", "again", style].value


def test_an_id_with_another_text_is_no_question_in_common(hangs: pl.DataFrame) -> None:
    changed = hangs.with_columns(
        stem=pl.when(pl.col("question_id") == QUESTIONS[0].id).then(pl.lit("Another?")).otherwise("stem")
    )
    common = in_common([Recorded("one", hangs), Recorded("two", changed)])
    assert (common.questions, common.other_text) == (5, 1)
    assert all(QUESTIONS[0].id not in set(run.records["question_id"]) for run in common.runs)


def saved(folder: Path, records: pl.DataFrame, protocol: str = NAME) -> Path:
    run = RunFolder(folder)
    request = {"protocols": [protocol], "seed": 0}
    run.write({"schema_version": 1, "request": request, "command": "unsaid audit", "judge": None})
    schema.write(records, run.records)
    return folder


def test_compare_draws_the_plane_with_hostile_names_escaped(
    unsaid: Unsaid, tmp_path: Path, hangs: pl.DataFrame, free: pl.DataFrame
) -> None:
    cot = hangs.filter(pl.col("elicitation") == "cot").with_columns(model=pl.lit(HOSTILE))
    runs = [saved(tmp_path / "one", cot), saved(tmp_path / "two", free)]
    options = ("--labels", f"{HOSTILE},two", "--out", tmp_path / "out", "--figures", tmp_path / "figures")
    ended = unsaid("compare", *runs, *options)
    assert ended.status == (0 if find_spec("matplotlib") else 2), (
        ended.err
    )  # PDF needs an extra, and all else is there
    assert "On the 4 questions that all runs have in common; left out are 2 of" in " ".join(ended.out.split())
    page = (tmp_path / "out" / "compare.html").read_text()
    assert "All runs on one plane" in page
    assert HOSTILE not in page
    drawn = (tmp_path / "figures" / "decomposition-plane-of-runs.svg").read_text()
    assert "<script" not in drawn
    assert "two · cot" in drawn
    table = (tmp_path / "figures" / "decomposition-of-runs.csv").read_text()
    assert "decomposition.truncation-difference" in table
    (told,) = json.loads((tmp_path / "out" / "compare.json").read_text())["over_runs"]
    assert told["protocol"] == NAME
    assert {each["at"].get("run") for each in told["estimates"]} == {HOSTILE, "two"}


def test_where_nothing_is_drawn_one_line_says_why_or_nothing_is_said(
    unsaid: Unsaid, tmp_path: Path, hangs: pl.DataFrame
) -> None:
    ids = [question.id for question in QUESTIONS]
    parts = [
        hangs.filter(pl.col("question_id").is_in(chosen), pl.col("elicitation") == "cot")
        for chosen in (ids[:3], ids[:2], ids[2:3])
    ]
    runs = [saved(tmp_path / str(at), part) for at, part in enumerate(parts)]
    ended = unsaid("compare", *runs, "--out", tmp_path / "out", "--figures", tmp_path / "figures")
    assert ended.status == 0, ended.err
    line = "0, 1, 2 have no question in common that each of their elicitations was asked without a cue"
    assert line in " ".join(ended.out.split())
    assert line in (tmp_path / "out" / "compare.html").read_text()
    assert "has no figure" in ended.err + ended.out
    other = saved(tmp_path / "other", parts[1], "early-answering")
    ended = unsaid("compare", runs[0], other, "--out", tmp_path / "out")
    assert f"Only 0 asked {NAME}" in ended.out
    ended = unsaid("compare", other, saved(tmp_path / "third", parts[1], "uncued"), "--out", tmp_path / "out")
    assert "plane" not in ended.out
    assert NAME not in ended.out

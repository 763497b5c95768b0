"""`unsaid import --selection`: a set that holds some pairs alone, and what its rates can mean."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from conftest import Unsaid
from unsaid.estimates.coordinates import At
from unsaid.records import schema
from unsaid.records.selection import SELECTIONS

WALDEN = Path("../shared/data/walden-mmlu-pro")
MAP = (
    "question_id=q,cued_answer=cued,target=hint,correct=gold,mentions.x=named,n_options==4,model==m,cue==hint"
)


def written(path: Path, rows: Iterable[Sequence[object]], head: str = "q,cued,hint,gold,named") -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([head.split(","), *rows])
    return path


def reported(
    unsaid: Unsaid, path: Path, *options: str, protocols: str = "verbalisation,biasing"
) -> dict[str, Any]:
    """Every estimate over all cues, by quantity, definition and subset."""
    run = path.with_suffix("")
    ended = unsaid("import", "table", path, *options, "--out", run)
    assert ended.status == 0, ended.err
    ended = unsaid("report", run, "--protocols", protocols)
    assert ended.status == 0, ended.err
    found = json.loads((run / "results.json").read_text())["estimates"]
    names = [(each["quantity"], each["definition"], each["subset"]) for each in found if each["cue"]]
    rows = [each for each in found if each["cue"]]
    return {f"{q}|{d or ''}|{s}": row for (q, d, s), row in zip(names, rows, strict=True)}


#: Wilson's interval of 30 in 60 at 95%: 0.5 -+ 1.96 sqrt(0.25 / 60 + 1.96**2 / (4 * 60**2)) / (1 + 1.96**2 / 60).
WILSON = (0.3773, 0.6227)
#: Sixty cued replies, none of them clean: thirty at the target, ten elsewhere, twenty at the right answer.
SIXTY = [
    (n, "B" if n < 30 else "C" if n < 40 else "A", "B", "A", "yes" if n % 3 == 0 else "no") for n in range(60)
]


def test_clean_answers_that_were_not_released_are_known_not_to_be_the_target(
    unsaid: Unsaid, tmp_path: Path
) -> None:
    path = written(tmp_path / "t.csv", SIXTY)
    bare = reported(unsaid, path, "--map", MAP, protocols="verbalisation")
    assert bare["influence||"]["value"] is None, "without the setting nothing could have moved"
    told = reported(
        unsaid, written(tmp_path / "u.csv", SIXTY), "--map", MAP, "--selection", "clean-not-target"
    )
    moved = told["influence||"]
    assert (moved["k"], moved["n"], moved["missing"]) == (30, 60, 0)
    assert moved["value"] == pytest.approx(0.5)
    assert (moved["low"], moved["high"]) == pytest.approx(WILSON, abs=5e-4)
    assert "clean-assumed" in moved["flags"]
    said = told["faithfulness|mention|"]
    assert (said["k"], said["n"]) == (10, 30)
    assert told["effective.mention|mention|"]["value"] == pytest.approx(20 / 60)
    assert "clean answers were not released" in told["noise.alpha||"]["reason"]
    for about_others in ("said.unconditional|mention|", "accuracy.cued||", "unfaithful.overall||"):
        assert told[about_others]["value"] is None
        assert "clean answer was not the target" in told[about_others]["reason"]
    page = (tmp_path / "u" / "report.html").read_text()
    assert SELECTIONS["clean-not-target"] in page
    assert "Clean answers were not released" in page
    about = json.loads((tmp_path / "u" / "run.json").read_text())
    assert about["request"]["selection"] == "clean-not-target"


def test_of_a_set_of_moved_pairs_the_rates_of_moved_pairs_alone_are_given(
    unsaid: Unsaid, tmp_path: Path
) -> None:
    labels = [(n, "yes" if n % 4 == 0 else "no" if n % 4 < 3 else "") for n in range(40)]
    path = written(tmp_path / "t.csv", labels, "q,named")
    told = reported(
        unsaid,
        path,
        "--map",
        "question_id=q,mentions.x=named,cue==hint",
        "--selection",
        "moved",
        protocols="verbalisation",
    )
    said = told["faithfulness|mention|"]
    assert (said["k"], said["n"], said["missing"]) == (10, 30, 10)
    given = {name.partition("|")[0] for name, each in told.items() if each["value"] is not None}
    assert given <= {
        "faithfulness",
        "faithfulness.bound-low",
        "faithfulness.bound-high",
        "faithfulness.tipping",
    }
    assert "only pairs that moved" in told["influence||"]["reason"]
    assert "only pairs that moved" in told["faithfulness.normalised|mention|"]["reason"]
    assert "only pairs that moved" in told["said.unconditional|mention|"]["reason"]


def test_a_choice_that_the_answers_contradict_is_refused(unsaid: Unsaid, tmp_path: Path) -> None:
    path = written(tmp_path / "t.csv", SIXTY)
    moved = unsaid("import", "table", path, "--map", MAP, "--selection", "moved")
    assert moved.status == 2
    assert "30 of 60 do not fit; the first: question '30'" in " ".join(moved.err.split())
    unknown = unsaid("import", "table", path, "--map", MAP, "--selection", "some")
    assert (unknown.status, "clean-not-target, changed, moved" in unknown.err) == (2, True)
    blind = MAP.replace("target=hint,", "")
    assert "map target" in unsaid("import", "table", path, "--map", blind, "--selection", "changed").err
    pair = written(tmp_path / "p.csv", [(1, "A", "A", "B")], "q,clean,cued,hint")
    both = "question_id=q,clean_answer=clean,cued_answer=cued,target=hint"
    same = unsaid("import", "table", pair, "--map", both, "--selection", "changed")
    assert "clean answer 'A', cued answer 'A', target 'B'" in " ".join(same.err.split())


def walden_rows() -> list[dict[str, Any]]:
    rows = []
    for path in sorted(WALDEN.glob("*claude*.jsonl")):
        for line in path.read_text().splitlines():
            cell = json.loads(line)
            meta, told = cell["meta"], json.loads(cell["result"]["response"].strip("`").removeprefix("json"))
            rows.append(
                {
                    "q": cell["instance_id"],
                    "cue": path.name.split("verbalize_")[1].split("_claude")[0].rsplit("_", 1)[0],
                    "kind": "right" if "_correct_" in path.name else "wrong",
                    "clean": meta["previous_answer"],
                    "cued": meta["new_answer"],
                    "hint": meta["meta"]["hinted_answer"],
                    "gold": meta["meta"]["answer"],
                    "present": told["hint_present"],
                    "relied": told["relied_on_hint"],
                }
            )
    return rows


@pytest.mark.skipif(not WALDEN.is_dir(), reason="the released data are not here")
def test_a_real_set_of_changed_answers_agrees_with_a_count_by_hand(unsaid: Unsaid, tmp_path: Path) -> None:
    """Walden and Wanner 2026: the rows whose answer changed, with hints at right and at wrong options."""
    rows = walden_rows()
    path = written(tmp_path / "walden.csv", [list(row.values()) for row in rows], ",".join(rows[0]))
    mapping = (
        "question_id=q,cue=cue,wording=kind,clean_answer=clean,cued_answer=cued,target=hint,correct=gold,"
        "target_kind=kind,mentions.judge=present,relies.judge=relied,model==claude"
    )
    run = tmp_path / "run"
    ended = unsaid("import", "table", path, "--map", mapping, "--selection", "changed", "--out", run)
    assert ended.status == 0, ended.err
    assert set(schema.read(run / "records.parquet").drop_nulls("selection")["arm"]) == {"cued"}
    assert unsaid("report", run, "--protocols", "verbalisation,biasing").status == 0
    found = pl.DataFrame(
        json.loads((run / "results.json").read_text())["estimates"], infer_schema_length=None
    )
    checked = 0
    for cue in {row["cue"] for row in rows}:
        for kind in ("right", "wrong"):
            some = [row for row in rows if (row["cue"], row["kind"]) == (cue, kind)]
            moved = [row for row in some if row["clean"] != row["hint"] == row["cued"]]
            if not some:
                continue
            for definition, flag in (("mention", "present"), ("reliance", "relied")):
                (told,) = found.filter(
                    quantity="faithfulness", cue=cue, definition=definition, at=At(targets=f"{kind} targets")
                ).to_dicts()
                assert (told["k"], told["n"]) == (sum(row[flag] for row in moved), len(moved))
                checked += 1
    assert checked == 12
    withheld = found.filter(quantity="influence")
    assert withheld["value"].null_count() == withheld.height > 0
    assert withheld["reason"].str.contains("only pairs that changed").all()

"""How often all cued replies, and those at the target, say so: in a report, and in a comparison of two runs."""

from __future__ import annotations

import csv
import json
from math import comb
from pathlib import Path
from typing import Any

import pytest

from conftest import Unsaid

MAP = "question_id=q,clean_answer=clean,cued_answer=cued,target=hint,mentions.judge=named,n_options==4,cue==hint"


def rows_of(step: int) -> list[tuple[int, str, str, str, str]]:
    """Eighty questions: half of the replies end at the target, and every `step`-th reply names the cue."""
    return [
        (n, "B" if n % 8 == 0 else "A", "B" if n % 2 == 0 else "A", "B", "yes" if n % step == 0 else "no")
        for n in range(80)
    ]


def imported(unsaid: Unsaid, folder: Path, name: str, step: int, *options: str) -> Path:
    path, run = folder / f"{name}.csv", folder / name
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("q", "clean", "cued", "hint", "named"), *rows_of(step)])
    ended = unsaid("import", "table", path, "--map", f"{MAP},model=={name}", *options, "--out", run)
    assert ended.status == 0, ended.err
    assert unsaid("report", run).status == 0
    return run


def mcnemar(first: list[bool], second: list[bool]) -> float:
    b, c = (
        sum(x and not y for x, y in zip(*pair, strict=True)) for pair in ((first, second), (second, first))
    )
    tail = sum(comb(b + c, i) for i in range(min(b, c) + 1))
    return min(1.0, 2 * tail / float(2 ** (b + c)))


def test_the_report_gives_both_rates(unsaid: Unsaid, tmp_path: Path) -> None:
    run = imported(unsaid, tmp_path, "one", 3)
    found = json.loads((run / "results.json").read_text())["estimates"]
    rows = rows_of(3)
    at_target = [row for row in rows if row[2] == row[3]]
    for quantity, some in (("said.unconditional", rows), ("said.on-target", at_target)):
        (told,) = [each for each in found if each["quantity"] == quantity and each["cue"] == "hint"]
        named = sum(row[4] == "yes" for row in some)
        assert (told["k"], told["n"], told["judge"]) == (named, len(some), "human:judge")
        assert told["value"] == pytest.approx(named / len(some))
        assert told["low"] < told["value"] < told["high"]
    page = (run / "report.html").read_text()
    assert "Of all cued replies, whether or not the cue moved the answer" in page
    assert "Of the cued replies at the cue&#39;s target" in page


def test_two_runs_are_compared_pair_by_pair_and_corrected_in_families(unsaid: Unsaid, tmp_path: Path) -> None:
    runs = [imported(unsaid, tmp_path, name, step) for name, step in (("one", 3), ("two", 2), ("three", 5))]
    ended = unsaid("compare", *runs, "--out", tmp_path / "compared")
    assert ended.status == 0, ended.err
    document = json.loads((tmp_path / "compared" / "compare.json").read_text())
    p: dict[str, list[float]] = {}
    for contrast, step in zip(document["contrasts"], (2, 5), strict=True):
        for quantity, kept in (
            ("said.unconditional", lambda row: True),
            ("said.on-target", lambda row: row[2] == row[3]),
        ):
            told = one(contrast, quantity)
            sides = [[row[4] == "yes" for row in rows_of(each) if kept(row)] for each in (3, step)]
            values = [sum(side) / len(side) for side in sides]
            assert (told["first"], told["second"]) == pytest.approx(values)
            assert told["value"] == pytest.approx(values[1] - values[0])
            assert told["p"] == pytest.approx(mcnemar(*sides))
            p.setdefault(quantity, []).append(told["p"])
    for quantity, raw in p.items():
        smallest, largest = min(raw), max(raw)
        holm = {smallest: min(1.0, 2 * smallest), largest: max(min(1.0, 2 * smallest), largest)}
        adjusted = [one(contrast, quantity)["p_holm"] for contrast in document["contrasts"]]
        assert adjusted == pytest.approx([holm[each] for each in raw])


def test_what_a_choice_of_pairs_made_is_not_compared(unsaid: Unsaid, tmp_path: Path) -> None:
    whole = imported(unsaid, tmp_path, "whole", 3)
    some = tmp_path / "some"
    path = tmp_path / "some.csv"
    with path.open("w", newline="") as file:
        kept = [row for row in rows_of(2) if row[1] != row[3] == row[2]]
        csv.writer(file).writerows([("q", "clean", "cued", "hint", "named"), *kept])
    ended = unsaid("import", "table", path, "--map", f"{MAP},model==s", "--selection", "moved", "--out", some)
    assert ended.status == 0, ended.err
    assert unsaid("compare", whole, some, "--out", tmp_path / "compared").status == 0
    (contrast,) = json.loads((tmp_path / "compared" / "compare.json").read_text())["contrasts"]
    for quantity in ("influence", "said.unconditional", "said.on-target"):
        assert one(contrast, quantity)["value"] is None
        assert "only pairs that moved" in one(contrast, quantity)["reason"]
    assert one(contrast, "faithfulness.moved-in-both")["value"] is not None


def one(contrast: dict[str, Any], quantity: str) -> dict[str, Any]:
    (found,) = [
        each
        for each in contrast["differences"]
        if each["quantity"] == quantity and each["cue"] == "hint" and each["definition"] in (None, "mention")
    ]
    return dict(found)

"""`unsaid gate --labels` with verdicts that are there already: nobody is asked, and each part says whose they are."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import pytest

from conftest import Unsaid

MAP = (
    "question_id=q,model=model,cue=kind,clean_answer=clean,cued_answer=cued,target=hint,"
    "mentions.anna=anna,mentions.llm:foo/bar=bar"
)
HUMAN = Path("../shared/data/human-labels/bct")


def rows_of() -> list[dict[str, str]]:
    """Forty questions of two models; the judge errs more often about the second, and under one cue."""
    return [
        {
            "q": str(n),
            "model": model,
            "kind": "x" if n % 3 else "y",
            "clean": "A",
            "cued": "B",
            "hint": "B",
            "anna": "yes" if n % 2 else "no",
            "bar": "yes" if (n % 2 == 1) != (n % (11 if model == "aaa" else 4) == 0) else "no",
        }
        for n in range(40)
        for model in ("aaa", "bbb")
    ]


@pytest.fixture
def run(unsaid: Unsaid, tmp_path: Path) -> Path:
    path = tmp_path / "labels.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows_of()[0])
        writer.writeheader()
        writer.writerows(rows_of())
    assert unsaid("import", "table", path, "--map", MAP, "--out", tmp_path / "run").status == 0
    return tmp_path / "run"


def kappa(counts: Counter[tuple[str, str]]) -> float:
    n = sum(counts.values())
    same = (counts["yes", "yes"] + counts["no", "no"]) / n
    chance = sum(
        sum(count for pair, count in counts.items() if pair[0] == word)
        * sum(count for pair, count in counts.items() if pair[1] == word)
        for word in ("yes", "no")
    )
    return (same - chance / n**2) / (1 - chance / n**2)


def test_verdicts_that_are_there_are_compared_pooled_and_by_part(
    unsaid: Unsaid, run: Path, tmp_path: Path
) -> None:
    ended = unsaid("gate", "--judge", "foo/bar", "--labels", run, "--out", tmp_path / "gated")
    assert ended.status == 1, "it errs too often to pass"
    assert "llm:foo/bar against human:anna: 0 texts read now, 80 verdicts that were there" in ended.out
    document = json.loads((tmp_path / "gated" / "labels.json").read_text())
    (pooled,) = document["definitions"]
    every = Counter((row["anna"], row["bar"]) for row in rows_of())
    assert (pooled["both"], pooled["only_judge"]) == (every["yes", "yes"], every["no", "yes"])
    parts = {(part["by"], part["name"]): part for part in document["parts"]}
    assert set(parts) == {("model", "aaa"), ("model", "bbb"), ("cue", "x"), ("cue", "y")}
    for (by, name), part in parts.items():
        column = "model" if by == "model" else "kind"
        counts = Counter((row["anna"], row["bar"]) for row in rows_of() if row[column] == name)
        (told,) = part["definitions"]
        assert (told["both"], told["neither"]) == (counts["yes", "yes"], counts["no", "no"])
        assert (told["only_person"], told["only_judge"]) == (counts["yes", "no"], counts["no", "yes"])
        (found,) = [each for each in part["agreement"] if each["quantity"] == "agreement.kappa"]
        assert found["value"] == pytest.approx(kappa(counts))
        assert found["low"] < found["value"] < found["high"]
        assert f"{by} {name}: llm:foo/bar against human:anna" in ended.out


def test_a_person_is_gated_like_a_judge_and_nobody_against_themselves(unsaid: Unsaid, run: Path) -> None:
    ended = unsaid("gate", "--judge", "anna", "--labels", run, "--labeller", "llm:foo/bar")
    assert "human:anna against llm:foo/bar" in ended.out
    same = unsaid("gate", "--judge", "anna", "--labels", run)
    assert (same.status, "both human:anna" in same.err) == (2, True)
    unknown = unsaid("gate", "--judge", "bert", "--labels", run)
    assert (unknown.status, "no judge named 'bert'" in unknown.err) == (2, True)


def test_the_preview_names_the_model_of_each_coefficient(unsaid: Unsaid, run: Path) -> None:
    said = unsaid("import", "table", run.parent / "labels.csv", "--map", MAP).out
    for where in ("over all models", "on aaa", "on bbb"):
        assert f"agreement.kappa of human:anna and llm:foo/bar {where}, mention: " in " ".join(said.split())


@pytest.mark.skipif(not HUMAN.is_dir(), reason="the released labels are not here")
def test_a_judge_that_read_a_released_set_is_gated_on_what_it_said(unsaid: Unsaid, tmp_path: Path) -> None:
    """Chua et al. 2024: 452 chains that a person read. The lexical judge reads them once, and is counted twice."""
    run = tmp_path / "run"
    assert unsaid("import", "bct", HUMAN, "--out", run).status == 0
    assert json.loads((run / "run.json").read_text())["request"]["protocols"] == ["verbalisation"]
    assert unsaid("judge", run, "--judge", "lexical").status == 0
    first = unsaid("gate", "--judge", "lexical", "--labels", run, "--out", tmp_path / "there")
    assert "0 texts read now" in first.out, first.err
    fresh = unsaid(
        "gate", "--judge", "lexical", "--labels", HUMAN, "--format", "bct", "--out", tmp_path / "fresh"
    )
    assert "0 verdicts that were there" in fresh.out
    there, read = (
        json.loads((tmp_path / name / "labels.json").read_text())["definitions"]
        for name in ("there", "fresh")
    )
    assert there == read

"""`unsaid import --protocols` and `unsaid report --protocols`: what can be estimated is said, and estimated."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from conftest import Unsaid
from unsaid.estimates.chain.omission_reading import needed_of
from unsaid.questions.sources import load

#: One row per reply; the last column is ignored unless it is mapped.
LONG = "question_id=q,arm=arm,answer=a,model=model"


def written(path: Path, head: str, rows: Iterable[Sequence[object]]) -> Path:
    path.write_text("\n".join([head, *(",".join(map(str, row)) for row in rows)]) + "\n")
    return path


def estimated(run: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((run / "results.json").read_text())
    return document


def value(document: dict[str, Any], quantity: str, **where: object) -> Any:
    (found,) = [
        each
        for each in document["estimates"]
        if each["quantity"] == quantity and all(each[name] == wanted for name, wanted in where.items())
    ]
    return found


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    """Sixty pairs: the right answer is A, the cue points at B, and every third pair keeps its answer."""
    rows = [(n, "A", "B" if n % 3 else "A", "B", "A") for n in range(60)]
    return written(tmp_path / "pairs.csv", "q,clean,cued,hint,gold", rows)


PAIRS = "question_id=q,clean_answer=clean,cued_answer=cued,target=hint,correct=gold,cue==hint,model==m"


def test_the_preview_says_what_each_protocol_can_tell(unsaid: Unsaid, pairs: Path) -> None:
    said = unsaid("import", "table", pairs, "--map", PAIRS).out
    assert "protocol verbalisation: " in said
    assert "within reach: influence\n" in said
    assert "out of reach: influence corrected by replay: there is no replay arm" in " ".join(said.split())
    assert "also within reach, by --protocols biasing: answers that a cue changed; of changed answers" in said
    assert "protocol bbq is out of reach: " in said
    chosen = unsaid("import", "table", pairs, "--map", PAIRS, "--protocols", "biasing").out
    assert "protocol biasing: " in chosen
    assert "within reach: accuracy under a cue" in chosen
    assert "also within reach, by --protocols verbalisation" in chosen


def test_a_protocol_that_finds_nothing_is_refused_with_what_is_missing(unsaid: Unsaid, pairs: Path) -> None:
    run = pairs.parent / "run"
    ended = unsaid("import", "table", pairs, "--map", PAIRS, "--protocols", "biasing,reversal", "--out", run)
    assert ended.status == 2
    assert "protocol 'reversal' can estimate nothing" in ended.err
    assert "questions with the options YES and NO: map options" in " ".join(ended.err.split())
    assert not run.exists()
    unknown = unsaid("import", "table", pairs, "--map", PAIRS, "--protocols", "biassing")
    assert (unknown.status, "biasing" in unknown.err) == (2, True)
    nothing = unsaid("import", "table", pairs, "--map", PAIRS, "--protocols", ",")
    assert (nothing.status, "names none" in nothing.err) == (2, True)


def test_pairs_are_estimated_again_under_other_protocols(unsaid: Unsaid, pairs: Path) -> None:
    run = pairs.parent / "run"
    assert unsaid("import", "table", pairs, "--map", PAIRS, "--out", run).status == 0
    asked = (run / "run.json").read_bytes()
    assert unsaid("report", run).status == 0
    assert estimated(run)["protocols"] == ["verbalisation"]
    ended = unsaid("report", run, "--protocols", "biasing,necessity")
    assert ended.status == 0, ended.err
    found = estimated(run)
    assert found["protocols"] == ["biasing", "necessity"]
    assert {each["protocol"] for each in found["estimates"]} == {"biasing", "necessity"}
    drop = value(found, "accuracy.drop", subset="bias-contradicting")
    assert (drop["value"], drop["n"]) == (pytest.approx(-40 / 60), 60)
    assert "Turpin et al. 2023" in (run / "report.html").read_text()
    assert (run / "run.json").read_bytes() == asked, "what was asked is kept"
    before = (run / "results.json").read_bytes()
    refused = unsaid("report", run, "--protocols", "omission")
    assert refused.status == 2
    assert "map task (modular_arithmetic, tracking_shuffled_objects) and stem" in " ".join(
        refused.err.split()
    )
    assert (run / "results.json").read_bytes() == before
    assert unsaid("report", run).status == 0
    assert estimated(run)["protocols"] == ["verbalisation"]


def test_comparisons_and_their_reverse(unsaid: Unsaid, tmp_path: Path) -> None:
    """A model that always says YES: in each pair one of the two questions is answered wrongly each time."""
    rows = [
        (f"{pair}-{side}", pair, "height/gt", '"[""YES"", ""NO""]"', "YES" if side else "NO", "YES", epoch)
        for pair in range(4)
        for side in (0, 1)
        for epoch in range(1, 11)
    ]
    path = written(tmp_path / "reversed.csv", "q,pair,task,options,gold,said,epoch", rows)
    mapping = (
        "question_id=q,cluster=pair,task=task,options=options,correct=gold,clean_answer=said,epoch=epoch,"
        "answers=text,model==m"
    )
    run = tmp_path / "run"
    ended = unsaid("import", "table", path, "--map", mapping, "--protocols", "reversal", "--out", run)
    assert ended.status == 0, ended.err
    assert unsaid("report", run).status == 0
    rate = value(estimated(run), "reversal.rate")
    assert (rate["value"], rate["n"]) == (1.0, 4)


def test_weak_evidence_about_two_people(unsaid: Unsaid, tmp_path: Path) -> None:
    """The stereotyped person is A. Of 40 questions 30 get A both times, 10 follow the evidence."""
    rows = [
        (n, "weak-evidence", f"evidence-for-{side}", "A" if side == "target" or n < 30 else "B", letter)
        for n in range(40)
        for side, letter in (("target", "A"), ("other", "B"))
    ]
    path = written(tmp_path / "bbq.csv", "q,cue,version,said,evidence", rows)
    mapping = "question_id=q,cue=cue,wording=version,cued_answer=said,target=evidence,n_options==3,model==m"
    run = tmp_path / "run"
    ended = unsaid("import", "table", path, "--map", mapping, "--protocols", "bbq", "--out", run)
    assert ended.status == 0, ended.err
    assert unsaid("report", run).status == 0
    found = estimated(run)
    assert value(found, "bbq.unfaithful")["value"] == pytest.approx(30 / 40)
    assert value(found, "bbq.explained-by-bias")["value"] == 1.0
    alone = written(tmp_path / "one.csv", "q,cue,version,said,evidence", rows[::2])
    ended = unsaid("import", "table", alone, "--map", mapping, "--protocols", "bbq")
    assert ended.status == 2
    assert "none of the wording 'evidence-for-other'" in " ".join(ended.err.split())


def test_values_that_an_answer_needs(unsaid: Unsaid, tmp_path: Path) -> None:
    stem = "Start with 5. Add 3. Multiply by 2. Subtract 4. What is the result modulo 10?"
    path = written(tmp_path / "sums.csv", "q,task,stem,said,gold", [("1", "sums", stem, "2", "2")])
    mapping = "question_id=q,task=task,stem=stem,clean_answer=said,correct=gold,answers=free"
    ended = unsaid("import", "table", path, "--map", mapping, "--protocols", "omission")
    assert ended.status == 2
    assert "map task (modular_arithmetic, tracking_shuffled_objects) and stem" in " ".join(ended.err.split())


def test_a_table_of_sums_that_leave_a_needed_value_out(unsaid: Unsaid, tmp_path: Path) -> None:
    """Of 40 correct replies to questions of our own task 30 say every value on the way, and 10 say the answer alone."""
    every = load("bundled:modular_arithmetic@4", limit=60)
    questions = [each for each in every if needed_of(each.task, each.stem)][:40]
    path = tmp_path / "sums.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for number, question in enumerate(questions):
            why = "\n".join(step.text for step in question.steps) if number < 30 else "It is plain."
            row = {"q": question.id, "text": question.stem, "gold": question.correct_letter, "cot": why}
            file.write(json.dumps(row | {"kind": "modular_arithmetic", "n": len(question.options)}) + "\n")
    mapping = (
        "id=q,stem=text,task=kind,correct=gold,clean_answer=gold,clean_reasoning=cot,n_options=n,model==m"
    )
    run = tmp_path / "run"
    ended = unsaid("import", "table", path, "--map", mapping, "--protocols", "omission", "--out", run)
    assert ended.status == 0, ended.err
    assert unsaid("report", run).status == 0
    told = [each for each in estimated(run)["estimates"] if each["quantity"] == "omission"]
    assert {(each["value"], each["n"]) for each in told if each["value"] is not None} == {(10 / 40, 40)}

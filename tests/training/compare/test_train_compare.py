"""`unsaid train compare` on runs that are there: what is written, what is refused, and that nothing hostile acts."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from making_records import asked, table
from rich.console import Console

from conftest import Unsaid
from unsaid.errors import UnsaidError, UsageError
from unsaid.planning.request import Audit
from unsaid.protocols import SECTIONS
from unsaid.records import schema
from unsaid.report.section import declared
from unsaid.report.training.compared import TrainingCompared, summary
from unsaid.store.run_folder import RunFolder
from unsaid.training.compare.arms import model_of
from unsaid.training.compare.run import CSV, JSON, PAGE, Request, compared

HOSTILE = "<script>alert(1)</script>=cmd()"
TRAINED, HELD_OUT = ("metadata",), ("sycophancy",)


def records(
    followed: int, n: int = 30, asked_of: tuple[str, ...] = TRAINED + HELD_OUT, **columns: Any
) -> pl.DataFrame:
    rows = []
    for number in range(n):
        answers = {"metadata": number < followed, "sycophancy": number < 0.8 * followed}
        cued = {cue: ("B" if answers[cue] else "A", number % 3 == 0) for cue in asked_of}
        base = {"correct": "A", "stem": f"Which, {number}?", "options": ["a", "b", "c", "d"]}
        rows += asked(f"q{number}", "A", cued, **(base | {"task": "navigate"} | columns))
    return table(rows)


def written(path: Path, found: pl.DataFrame, *, finished: bool = True, **request: Any) -> str:
    """A run's folder, as an audit leaves it."""
    asked_for = {"model": "m", "elicitation": "cot", "seed": 0, "max_tokens": 100} | request
    RunFolder(path).write(
        {
            "schema_version": 1,
            "request": asked_for,
            "command": "unsaid audit",
            "finished": finished,
            "judge": "lexical",
        }
    )
    schema.write(found, RunFolder(path).records)
    return str(path)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    root = tmp_path_factory.mktemp("runs")
    numbers = {"before": 24, "control-0": 22, "control-1": 20, "after-0": 4, "after-1": 6}
    return {name: written(root / name, records(followed)) for name, followed in numbers.items()}


def never(audit: Audit, folder: RunFolder, command: str) -> None:
    raise AssertionError(f"{folder.path} was audited")


def request(arms: Mapping[str, list[str]], out: Path, **changed: Any) -> Request:
    given: dict[str, Any] = {"trained": TRAINED, "held_out": HELD_OUT, "draws": 200, **changed}
    return Request(arms=arms, out=out, **given)


def arms(runs: Mapping[str, str], **changed: list[str]) -> dict[str, list[str]]:
    return {"before": [runs["before"]], "control": [runs["control-0"]], "after": [runs["after-0"]]} | changed


@pytest.fixture(scope="module")
def two(runs: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> tuple[TrainingCompared, Path]:
    """Two seeds, compared."""
    seeds = {arm: [runs[f"{arm}-0"], runs[f"{arm}-1"]] for arm in ("control", "after")}
    out = tmp_path_factory.mktemp("two")
    return compared(request(arms(runs, **seeds), out), never, f"unsaid {HOSTILE}"), out


def test_trained_and_held_out_cues_are_apart_and_every_number_is_in_every_file(
    two: tuple[TrainingCompared, Path],
) -> None:
    found, out = two
    told = json.loads((out / JSON).read_text())
    wanted = {"quantity": "biased-reasoning.rate", "run": "after", "baseline": "control", "cue": None}
    values = {
        each["cues"]: each["value"]
        for each in told["effects"]
        if all(each[name] == value for name, value in wanted.items())
    }
    assert values == {
        "trained cues": pytest.approx(-(18 + 14) / 60),
        "held-out cues": pytest.approx(((4 + 5) - (18 + 16)) / 60),
    }
    assert told["seeds"] == 2
    rows = list(csv.DictReader((out / CSV).read_text().splitlines()))
    assert len(rows) == 3 * len(found.effects), "one of all seeds, and one of each"
    assert {row["seed"] for row in rows} == {"all", "1", "2"}
    html = (out / PAGE).read_text()
    assert html.count('<tr><th scope="row">') >= len(found.effects)
    assert "Seeds are the unit" in html


def test_the_page_is_closed_and_what_is_hostile_is_escaped(two: tuple[TrainingCompared, Path]) -> None:
    html = (two[1] / PAGE).read_text()
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "default-src 'none'" in unescape(html)


def test_the_terminal_says_what_was_found_beside_the_control(two: tuple[TrainingCompared, Path]) -> None:
    console = Console(width=160, force_terminal=False)
    with console.capture() as capture:
        for part in summary(two[0], declared(SECTIONS)):
            console.print(part)
    text = " ".join(capture.get().split())
    assert (
        "On trained cues, the biased reasoning rate is +16.7 points after the training and +70.0 points"
        in text
    )
    assert "On held-out cues, the biased reasoning rate" in text
    assert "nothing shows that these were held out (--data)" in text
    assert "Without a cue, answers were right in 100.0% after" in text


def test_tasks_are_apart_where_both_kinds_were_asked(runs: Mapping[str, str], tmp_path: Path) -> None:
    def both(name: str, followed: int) -> str:
        other = records(followed // 2, asked_of=TRAINED, task="coin_flips").with_columns(
            pl.concat_str(pl.lit("c"), "question_id").alias(name)
            for name in ("question_id", "cluster", "stem")
        )
        return written(tmp_path / name, pl.concat([records(followed, asked_of=TRAINED), other]))

    named = {"before": [both("b", 24)], "control": [both("c", 20)], "after": [both("a", 4)]}
    found = compared(request(named, tmp_path / "out", tasks=("navigate",), held_out=()), never, "")
    kinds = {each.group.kind for each in found.effects}
    assert kinds == {"", "trained tasks", "other tasks"}


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "unfinished": ({"finished": False}, "after: the run is not finished"),
    "settings": ({"max_tokens": 200}, "--max-tokens is 100 in before and 200 in after"),
    "temperature": ({"temperature": 0.7}, "--temperature is"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_runs_of_other_settings_are_refused_in_one_line(
    case: str, runs: Mapping[str, str], tmp_path: Path
) -> None:
    changed, said = REFUSED[case]
    base: dict[str, Any] = {"temperature": None} if case == "temperature" else {}
    named = {
        "before": [written(tmp_path / "b", records(24), **base)],
        "control": [written(tmp_path / "c", records(20), **base)],
        "after": [written(tmp_path / "a", records(4), **(base | changed))],
    }
    with pytest.raises(UsageError) as refused:
        compared(request(named, tmp_path / "out"), never, "")
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "out" / PAGE).exists()


OTHER: dict[str, tuple[pl.DataFrame, str]] = {
    "questions": (
        records(4, n=20),
        "before asked 10 of 30 questions that after did not (the first is 'q20')",
    ),
    "text": (records(4, options=["a", "b", "c", "e"]), "before asked 30 of 30 questions that after did not"),
    "cues": (
        records(4).filter(pl.col("cue").ne_missing("sycophancy")),
        "before asked with sycophancy, which after did not",
    ),
    "targets": (records(4, target="C"), "with another target"),
    "models": (
        pl.concat([records(4), records(4, model="other").with_columns(epoch=pl.lit(2, pl.Int64))]),
        "after: the run holds several of model (m, other)",
    ),
    "elicitation": (records(4, elicitation="direct"), "elicitation is cot in before and direct in after"),
}


@pytest.mark.parametrize("case", OTHER)
def test_runs_that_were_asked_otherwise_are_refused_in_one_line(
    case: str, runs: Mapping[str, str], tmp_path: Path
) -> None:
    found, said = OTHER[case]
    named = arms(runs, after=[written(tmp_path / "a", found)])
    with pytest.raises(UsageError) as refused:
        compared(request(named, tmp_path / "out"), never, "")
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


ARMS: dict[str, tuple[dict[str, list[str]], str]] = {
    "no control": ({"control": []}, "no model is named as --control"),
    "seeds": ({"after": ["x", "y"]}, "give one --control for each --after"),
    "nowhere": ({"after": ["/nowhere/at/all"]}, "/nowhere/at/all: expected a run"),
}


@pytest.mark.parametrize("case", ARMS)
def test_an_arm_that_is_missing_or_nowhere_is_said_before_anything_is_asked(
    case: str, runs: Mapping[str, str], tmp_path: Path
) -> None:
    changed, said = ARMS[case]
    with pytest.raises(UsageError, match=said.replace("(", r"\(")):
        compared(request(arms(runs, **changed), tmp_path / "out"), never, "")


def test_cues_that_were_not_asked_are_refused(runs: Mapping[str, str], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="before did not ask with visual-pattern"):
        compared(request(arms(runs), tmp_path / "out", held_out=("visual-pattern",)), never, "")


def test_a_model_is_audited_once_and_a_series_gives_a_curve(tmp_path: Path) -> None:
    for name in ("control", "after"):
        for folder in (
            tmp_path / name,
            tmp_path / name / "steps" / "000010",
            tmp_path / name / "steps" / "000020",
        ):
            folder.mkdir(parents=True)
            (folder / "training.json").write_text("{}")
    named = {"before": [written(tmp_path / "before", records(24, asked_of=TRAINED))]}
    named |= {"control": [str(tmp_path / "control")], "after": [str(tmp_path / "after")]}
    made: list[str] = []

    def asking(audit: Audit, folder: RunFolder, command: str) -> None:
        made.append(folder.path.name)
        left = 20 - 2 * len(made)
        written(folder.path, records(left, asked_of=TRAINED), **(audit.request() | {"max_tokens": 100}))
        folder.results.write_text("[]")

    options = {"cues": "metadata", "max_tokens": 100}
    wanted = request(named, tmp_path / "out", series=True, options=options, held_out=())
    found = compared(wanted, asking, "")
    assert made == [
        "control",
        "after",
        "control-step-10",
        "control-step-20",
        "after-step-10",
        "after-step-20",
    ]
    steps = [
        (each.at["step"], each.value)
        for each in found.curve
        if (each.model, each.quantity, each.at["cues"]) == ("after", "biased-reasoning.rate", "trained cues")
    ]
    assert steps == [(0, 24 / 30), (10, 10 / 30), (20, 8 / 30)]
    assert "Along the training" in (tmp_path / "out" / PAGE).read_text()
    assert compared(wanted, never, "").levels == found.levels, "nothing is asked again"
    with pytest.raises(UnsaidError, match="another command"):
        compared(request(named, tmp_path / "out", options=options | {"limit": 7}, held_out=()), never, "")


def test_a_folder_is_named_as_the_provider_that_loads_it(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    assert model_of(str(tmp_path)) == f"unsaid-hf/{tmp_path.resolve()}"
    (tmp_path / "training.json").write_text("{}")
    assert model_of(str(tmp_path)) == f"unsaid/{tmp_path.resolve()}"
    assert model_of("unsaid/silent") == "unsaid/silent"


def test_the_command_takes_seeds_in_names_and_says_what_is_wrong_in_one_line(
    unsaid: Unsaid, runs: Mapping[str, str], tmp_path: Path
) -> None:
    root = Path(runs["before"]).parent
    words = ["train", "compare", "--before", root / "before", "--control", root / "control-{seed}"]
    words += ["--after", root / "after-{seed}", "--seeds", "0", "--out", tmp_path / "out"]
    ended = unsaid(*words, "--cues", "metadata", "--held-out-cues", "sycophancy")
    assert ended.status == 0, ended.err
    assert "There is one training of each kind" in " ".join(ended.out.split())
    assert (tmp_path / "out" / PAGE).is_file()
    bare = unsaid(*words)
    assert bare.status == 2
    assert "say which cues were trained on" in bare.err
    none = unsaid(
        "train", "compare", "--before", root / "before", "--cues", "metadata", "--out", tmp_path / "o"
    )
    assert none.status == 2
    assert "--control" in none.err

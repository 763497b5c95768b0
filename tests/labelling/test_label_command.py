"""`unsaid label`, as it is typed."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from labelled_runs import reply, run_folder, table

from conftest import Unsaid
from unsaid.cli.work import label as command
from unsaid.labelling.app import LabelApp
from unsaid.records import schema
from unsaid.records.labelled import attach, consensus
from unsaid.records.labels import labels_path, load_labels, read_labels

Keys = Callable[..., None]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return run_folder(tmp_path / "run", table(12))


@pytest.fixture
def press(monkeypatch: pytest.MonkeyPatch) -> Keys:
    """Says which keys the next labellers press."""
    waiting: list[tuple[str, ...]] = []

    def driven(page: LabelApp) -> None:
        async def steps() -> None:
            async with page.run_test(size=(100, 30)) as pilot:
                await pilot.pause()
                await pilot.press(*waiting.pop(0))

        asyncio.run(steps())

    monkeypatch.setattr(command, "open_page", driven)
    monkeypatch.setattr(command, "_check_terminal", lambda: None)
    return lambda *keys: waiting.append(keys)


def test_two_people_differ_and_a_third_settles_it(unsaid: Unsaid, press: Keys, run: Path) -> None:
    press(*"1n" * 24, "q")
    ann = unsaid("label", run, "--labeller", "ann", "--n", 24, "--sample", "stratified")
    assert ann.status == 0, ann.err
    assert "24 of 24 answered by ann" in ann.out
    assert f"now: unsaid report {run}" in ann.out
    press(*"1n" * 20, *"3n" * 2, "u", "n", "q")
    ben = unsaid("label", run, "--labeller", "ben")
    assert "23 of 24 answered by ben" in ben.out
    assert "run the same command again to continue" in ben.out
    assert "ann and ben on mention, 22 texts: raw 0.91" in ben.out
    assert read_labels(run)["stratum"].unique().sort().to_list() == ["consistency", "metadata", "sycophancy"]
    told = unsaid("label", run, "--status").out
    assert "the reasoning of 24 moved replies, drawn stratified by cue, seed 0" in told
    assert "ben: 23 of 24 answered, 1 unsure" in told
    assert "labellers differ on 3 replies, 0 of them settled" in told
    assert f"unsaid label {run} --adjudicate" in told
    press("1", "n", "2", "n", "q")
    assert "2 of 3 answered by adjudicated" in unsaid("label", run, "--adjudicate").out
    press("1", "n", "q")
    assert f"now: unsaid report {run}" in unsaid("label", run, "--adjudicate").out
    final = consensus(read_labels(run))
    assert final["missing"].null_count() == 24
    assert final["mentions"].sum() == 1
    records = schema.read(run / "records.parquet")
    assert attach(records, final).height == records.height


def test_a_larger_number_draws_more_and_another_design_is_refused(
    unsaid: Unsaid, press: Keys, run: Path
) -> None:
    press("1", "n", "q")
    assert "1 of 5 answered" in unsaid("label", run, "--labeller", "ann", "--n", 5, "--seed", 4).out
    first = {each["item"] for each in load_labels(run).drawn.items}  # type: ignore[union-attr]
    press("q")
    assert "1 of 9 answered" in unsaid("label", run, "--labeller", "ann", "--n", 9).out
    assert first < {each["item"] for each in load_labels(run).drawn.items}  # type: ignore[union-attr]
    for words, said in (
        (("--sample", "stratified"), "--sample random"),
        (("--seed", 5), "--seed 4"),
        (("--n", 3), "9 are drawn already"),
    ):
        ended = unsaid("label", run, "--labeller", "ann", *words)
        assert ended.status == 2
        assert said in ended.err


def test_catch_items_are_counted_apart(unsaid: Unsaid, press: Keys, run: Path) -> None:
    press(*"2n" * 12, "q")
    unsaid("label", run, "--labeller", "ann", "--n", 10, "--catch", 0.2)
    told = unsaid("label", run, "--status").out
    assert "drawn at random, seed 0, and 2 catch items" in told
    assert "something named in 2 of 2 catch items, where there is nothing to name" in told


def test_out_and_in_again(unsaid: Unsaid, press: Keys, run: Path, tmp_path: Path) -> None:
    press(*"1n2n", "q")
    unsaid("label", run, "--labeller", "ann", "--n", 4)
    out = tmp_path / "labels.csv"
    assert "2 labels" in unsaid("label", run, "--export", out).out
    copy = run_folder(tmp_path / "copy", table(12))
    ended = unsaid("label", copy, "--import", out)
    assert ended.status == 0, ended.err
    assert "2 labels added, of ann" in ended.out
    assert read_labels(copy).equals(read_labels(run))
    assert "2 were there already" in unsaid("label", copy, "--import", out).out
    press("1", "n", "q")
    assert "3 of 4 answered by ann" in unsaid("label", copy, "--labeller", "ann", "--n", 4).out
    (tmp_path / "bad.csv").write_text("question_id,cue,labeller,mentions\nq1,metadata,ben,maybe\n")
    bad = unsaid("label", run, "--import", tmp_path / "bad.csv")
    assert (bad.status, "line 2" in bad.err) == (1, True)
    (tmp_path / "ours.csv").write_text(
        "question_id,cue,labeller,mentions\nq1,metadata,ben,yes\nq2,metadata,ben,\n"
    )
    ours = unsaid("label", run, "--import", tmp_path / "ours.csv")
    assert "1 lines have no answer" in ours.out
    assert "not for prediction-powered estimates" in " ".join(ours.out.split())


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["--labeller", "ann"], 2, "needs a terminal"),
        (["--labeller", "final"], 2, "no labeller can be called"),
        (["--sample", "lucky"], 2, "--sample is 'lucky'"),
        (["--status", "--adjudicate"], 2, "--adjudicate and --status cannot be combined"),
        (["--status", "--n", 3], 2, "--n decides how a sample is drawn"),
        (["--adjudicate"], 2, "fewer than two people"),
        (["--import", "none.csv"], 2, "cannot be read"),
        (["--status"], 0, "nobody has labelled this run"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    unsaid: Unsaid, run: Path, words: list[object], status: int, said: str
) -> None:
    ended = unsaid("label", run, *words)
    assert ended.status == status
    assert said in ended.err + ended.out
    assert not labels_path(run).exists()


def test_a_folder_without_a_run_or_without_moved_replies(unsaid: Unsaid, tmp_path: Path) -> None:
    assert unsaid("label", tmp_path).status == 1
    still = schema.frame([reply(1, "clean", "A"), reply(1, "cued", "A", cue="metadata")])
    ended = unsaid("label", run_folder(tmp_path / "still", still), "--labeller", "ann")
    assert ended.status == 2
    assert "no moved reply" in ended.err


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminal")
def test_a_real_terminal_a_kill_and_the_next_day(unsaid: Unsaid, press: Keys, run: Path) -> None:
    from loopback.terminal import Terminal

    size = {"TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}
    with Terminal(["label", str(run), "--labeller", "ann", "--n", "4"], env=size) as shell:
        shell.wait_for("Look for")
        for answered, keys in enumerate((b"1n", b"2n"), 1):
            shell.press(keys)
            shell.wait_until(lambda answered=answered: len(load_labels(run).labels) == answered)  # type: ignore[misc]
        shell.press(b"4")
        shell.process.kill()
        assert shell.ended() == -signal.SIGKILL
    assert [label.mentions for label in load_labels(run).labels] == [False, True]
    press("u", "n", "q")
    assert "3 of 4 answered by ann" in unsaid("label", run, "--labeller", "ann").out
    assert [label.missing for label in load_labels(run).labels] == [None, None, "unsure"]

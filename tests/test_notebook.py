"""`unsaid.audit` and its kin through the public door: in a script, in a running loop, interrupted, refused."""

from __future__ import annotations

import asyncio
import inspect
import json
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import unsaid
import warm
from conftest import PROVIDERS, Serve
from loopback import Scripted
from unsaid.cli.audit import audit as command
from unsaid.cli.plan import plan as plan_command
from unsaid.errors import Interrupted, RunConflict, UnknownName, UsageError
from unsaid.notebook import audit, audit_async, plan
from unsaid.runs.load import LoadedRun

pytestmark = PROVIDERS

DIALS = "unsaid-scripted/dials+susceptibility=0.8+mention=0.3"
TALKS = Scripted(susceptibility=0.6, mention=0.4, seed=1)
HERE = {"dry_run", "out", "progress"}
NEW = sys.executable


@pytest.fixture(scope="module", autouse=True)
def at_once() -> Iterator[None]:
    """Audits start at once in their processes, as with `warm_python`; also the one that is made once."""
    with pytest.MonkeyPatch.context() as patched:
        if folder := warm.shims():
            patched.setattr(sys, "executable", str(Path(folder) / "python"))
        yield


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> LoadedRun:
    """A run that was made within a running event loop, which went on meanwhile."""
    folder = tmp_path_factory.mktemp("notebook")

    async def cell() -> tuple[LoadedRun, int]:
        turns = 0
        task = asyncio.create_task(
            audit_async(DIALS, limit=12, cues=["metadata"], out=folder / "run", progress=False)
        )
        while not task.done():
            turns += 1
            await asyncio.sleep(0.05)
        return await task, turns

    run, turns = asyncio.run(cell())
    assert turns > 1
    return run


def test_a_run_made_in_a_running_loop_is_whole_and_loads_as_it_is(made: LoadedRun) -> None:
    assert made.finished
    assert made.report.is_file()
    assert made.accounts is not None
    assert made.accounts.recorded == made.accounts.planned
    assert made.records.height == 48
    assert unsaid.load(made.path).numbers == made.numbers
    words = f"unsaid audit --model {DIALS} --limit 12 --cues metadata --out {made.path}"
    assert made.about["command"] == words


def test_the_synchronous_call_works_within_a_running_loop_and_continues_the_run(
    made: LoadedRun, capsys: pytest.CaptureFixture[str]
) -> None:
    async def cell() -> LoadedRun:
        return audit(DIALS, limit=12, cues="metadata", out=made.path, progress=True)

    again = asyncio.run(cell())
    assert again.numbers == made.numbers
    said = capsys.readouterr().err
    assert "asking unsaid-scripted/dials" in said
    assert "estimating" in said


def test_a_folder_of_another_request_is_refused_as_on_the_command_line(made: LoadedRun) -> None:
    with pytest.raises(RunConflict, match="limit: 12 there, 13 now"):
        audit(DIALS, limit=13, cues="metadata", out=made.path)


def test_a_run_and_a_refusal_are_the_same_in_a_new_interpreter(
    made: LoadedRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", NEW)
    run = audit(DIALS, limit=12, cues="metadata", out=tmp_path / "run")
    assert run.finished
    assert run.numbers == made.numbers
    with pytest.raises(RunConflict, match="limit: 12 there, 13 now"):
        audit(DIALS, limit=13, cues="metadata", out=run.path)


def test_the_transcripts_behind_a_number_are_found_and_display_themselves(made: LoadedRun) -> None:
    moved = made.transcripts("metadata", "moved")
    parts = [made.transcripts(outcome=f"moved-{each}") for each in ("said", "unsaid", "unjudged")]
    assert len(moved) == sum(map(len, parts)) > 0
    assert all("moved" in each.outcomes for each in moved)
    assert all(each.clean is not None and each.clean["arm"] == "clean" for each in moved)
    assert len(moved[:2]) == 2
    assert moved[0].cued["visible"].splitlines()[-1] in moved[0]._repr_html_()
    assert f"{len(moved)} transcripts (moved to the target (all), cue metadata)" in repr(moved)
    assert made.transcripts(outcome="moved-said")[0].evidence is not None
    with pytest.raises(UnknownName, match="did you mean moved-unsaid"):
        made.transcripts(outcome="moved-unsayd")
    with pytest.raises(UnknownName, match="no cue named 'metadeta'; did you mean metadata"):
        made.transcripts("metadeta")


def test_figures_display_as_drawings_and_unknown_ones_name_the_nearest(
    made: LoadedRun, tmp_path: Path
) -> None:
    assert made.figures["influence"]._repr_svg_().startswith("<?xml")
    assert made.figures._repr_html_().count("<svg") >= len(made.figures) > 1
    assert "svg" in made.figures["influence"].save(tmp_path / "a.svg").read_text()
    with pytest.raises(UnknownName, match="no figure named 'influense'; did you mean influence"):
        made.figures["influense"]


def test_a_run_and_its_comparison_display_themselves(made: LoadedRun, tmp_path: Path) -> None:
    assert made.report.as_uri() in made._repr_html_()
    compared = unsaid.compare(made, made.path, labels=["one", "two"], out=tmp_path / "compared")
    assert compared.report.is_file()
    assert "two beside one, on 12 shared questions" in " ".join(repr(compared).split())
    assert "<pre" in compared._repr_html_()
    assert set(compared.differences["run"]) == {"two"}


def test_a_plan_is_numbers_and_displays_what_the_command_prints() -> None:
    found = plan(DIALS, limit=12, cues="metadata", budget="2k tokens", out="anywhere")
    assert found.calls == 48
    assert found.cost == 0
    assert found.cues["cue"].to_list() == ["metadata"]
    assert "no call was made" in repr(found)
    assert "2,000 tokens" in found._repr_html_()


@pytest.mark.parametrize("function", [audit, audit_async, plan])
def test_options_have_the_names_and_defaults_of_the_command_line(function: Callable[..., object]) -> None:
    typed = command if function is not plan else plan_command
    theirs = {n: p.default for n, p in inspect.signature(typed).parameters.items() if n not in HERE}
    ours = {n: p.default for n, p in inspect.signature(function).parameters.items() if n not in HERE}
    assert ours == theirs


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"lmit": 3}, "no option named 'lmit'; did you mean limit"),
        ({"limit": 0}, "--limit is 0"),
        ({"limit": "3"}, "limit is '3'; it is a whole number"),
        ({"limit": True}, "limit is True; it is a whole number"),
        ({"cues": [1]}, "cues is \\[1\\]"),
        ({"protocols": "verbalization"}, "did you mean verbalisation"),
        ({"budget": "much"}, "--budget 'much'"),
    ],
)
def test_a_wrong_option_is_refused_before_anything_begins(
    options: dict[str, Any], says: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=says):
        unsaid.audit(DIALS, out=tmp_path / "run", **options)
    assert not (tmp_path / "run").exists()


def test_an_error_of_the_run_has_its_own_class_and_what_it_carries(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="did you mean metadata") as raised:
        audit(DIALS, cues="metadeta", out=tmp_path / "run")
    assert raised.value.name == "metadeta"
    assert "metadata" in raised.value.near


def whole(run: LoadedRun) -> None:
    """The run is finished, and says so on disk."""
    assert run.finished
    assert run.records.height == 20
    assert json.loads((run.path / "run.json").read_text())["finished"]


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal to a thread")
def test_an_interrupt_stops_the_run_in_order_and_the_same_call_goes_on(
    serve: Serve, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    provider = serve(TALKS)
    provider.server.hold(after=16)
    caller = threading.get_ident()
    # A worker of xdist ignores the key; a kernel does not.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))

    def press() -> None:
        provider.server.wait_until_held()
        signal.pthread_kill(caller, signal.SIGINT)

    presses = threading.Thread(target=press)
    presses.start()

    def ask() -> LoadedRun:
        return audit(provider.model, limit=5, cues="metadata", max_connections=4, out=tmp_path / "run")

    with pytest.raises(Interrupted, match="the same command"):
        ask()
    presses.join()
    provider.server.release()
    whole(ask())


def test_a_cancelled_task_stops_the_run_in_order_and_says_what_is_kept(serve: Serve, tmp_path: Path) -> None:
    provider = serve(TALKS)
    provider.server.hold(after=24)

    async def cell() -> None:
        task = asyncio.create_task(
            audit_async(provider.model, limit=8, cues="metadata", max_connections=4, out=tmp_path / "run")
        )
        await asyncio.to_thread(provider.server.wait_until_held)
        task.cancel()
        with pytest.raises(asyncio.CancelledError, match="the same command"):
            await task

    asyncio.run(cell())
    provider.server.release()
    assert not json.loads((tmp_path / "run" / "run.json").read_text())["finished"]

"""`unsaid audit`: the main job."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from unsaid.asking.settings import Settings
from unsaid.cli import options
from unsaid.cli.console import ERR, OUT, say, tell
from unsaid.models.inspect.calling import Calling
from unsaid.planning.request import DEFAULT_MODEL, Audit
from unsaid.protocols import DEFAULT, SECTIONS
from unsaid.report.files.folder import whereabouts
from unsaid.report.terminal.summary import summary
from unsaid.runs.audit import Progress, run_audit
from unsaid.runs.requested import audit_of, picked
from unsaid.store.run_folder import RunFolder, default_folder


def audit(  # noqa: PLR0913 - a command's options
    model: options.Model = DEFAULT_MODEL,
    questions: options.Questions = None,
    limit: options.Limit = 200,
    cues: options.Cues = Settings.cues,
    wordings: options.Wordings = "one",
    target: options.Target = "wrong",
    protocols: options.Protocols = DEFAULT,
    elicitation: options.Elicitation = "cot",
    demonstrations: options.Demonstrations = "",
    judge: options.Judges = None,
    epochs: options.Epochs = 1,
    seed: options.Seed = 0,
    temperature: options.Temperature = None,
    max_tokens: options.MaxTokens = None,
    judge_sample: options.JudgeSample = Settings.judge_sample,
    ask_again: options.AskAgain = False,
    read_answers: options.ReadAnswers = "",
    until: options.Until = None,
    max_connections: options.Connections = None,
    max_retries: options.MaxRetries = Calling.max_retries,
    timeout: options.Timeout = Calling.timeout,
    budget: options.Limits = None,
    prices: options.Prices = None,
    gate: options.Gate = None,
    out: options.Out = None,
    dry_run: options.DryRun = False,
) -> None:
    """Audit a model: ask, read, estimate, report. The same command on the same folder continues."""
    wanted = audit_of(picked(locals()))
    if dry_run:
        _show(wanted)
        return
    folder = RunFolder(out or default_folder(wanted.request()))
    began = time.monotonic()
    with _progress() as progress:
        found = run_audit(wanted, folder, command=shlex.join(["unsaid", *sys.argv[1:]]), progress=progress)
    OUT.print(summary(found, SECTIONS))
    say(f"\n{whereabouts(folder.report)} ({time.monotonic() - began:.0f} s)")


def _show(wanted: Audit) -> None:
    """The prompts, as they would be sent."""
    planned = wanted.plan()
    for question, asks in planned.asks:
        for ask in asks:
            say(f"=== {question.id}  {ask.key}")
            for turn in ask.prompt.turns:
                say(f"[{turn.role}]\n{turn.text}")
            say("")
    say(f"{len(planned.asks)} questions, {wanted.epochs * planned.calls} calls; none was made")


@contextmanager
def _progress() -> Iterator[Progress]:
    """A bar with the time left on a terminal; a line a stage elsewhere."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=ERR, transient=True, disable=not ERR.is_terminal) as bar:
        task = bar.add_task("calls", total=None)
        yield Progress(
            stage=tell,
            expect=lambda calls: bar.update(task, total=calls),
            replied=lambda: bar.advance(task),
        )

"""`unsaid audit`: the main job."""

from __future__ import annotations

import shlex
import sys
import time

from unsaid import defaults
from unsaid.cli import options
from unsaid.cli.console import OUT, say, tell
from unsaid.models.inspect.calling import Calling
from unsaid.stopping import importing


def audit(  # noqa: PLR0913 - a command's options
    model: options.Model = defaults.MODEL,
    questions: options.Questions = None,
    limit: options.Limit = defaults.LIMIT,
    cues: options.Cues = defaults.CUES,
    wordings: options.Wordings = "one",
    target: options.Target = "wrong",
    protocols: options.Protocols = defaults.PROTOCOLS,
    elicitation: options.Elicitation = "cot",
    map: options.Map = "",  # noqa: A002 - the option's name
    demonstrations: options.Demonstrations = "",
    judge: options.Judges = None,
    epochs: options.Epochs = 1,
    seed: options.Seed = 0,
    temperature: options.Temperature = None,
    max_tokens: options.MaxTokens = defaults.AUTO,
    judge_sample: options.JudgeSample = defaults.JUDGE_SAMPLE,
    ask_again: options.AskAgain = False,
    read_answers: options.ReadAnswers = "",
    writer: options.Writer = "",
    embedding: options.Embedding = "",
    until: options.Until = None,
    only_unsolved: options.OnlyUnsolved = None,
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
    typed = dict(locals())
    with importing():
        from unsaid.cli.progress import progress_shown
        from unsaid.cli.work.audit import show
        from unsaid.protocols import SECTIONS
        from unsaid.records import schema
        from unsaid.report.files.folder import whereabouts
        from unsaid.report.terminal.summary import summary
        from unsaid.runs.audit import run_audit
        from unsaid.runs.requested import audit_of, going_on, picked
        from unsaid.store.run_folder import RunFolder, default_folder

    wanted = audit_of(going_on(picked(typed), out))
    if dry_run:
        show(wanted)
        return
    folder = RunFolder(out or default_folder(wanted.request()))
    began = time.monotonic()
    if wanted.settings.max_tokens is not None:
        tell(f"a reply ends after at most {wanted.settings.max_tokens:,} tokens (--max-tokens)")
    with progress_shown() as progress:
        found = run_audit(wanted, folder, command=shlex.join(["unsaid", *sys.argv[1:]]), progress=progress)
    OUT.print(summary(found, SECTIONS, schema.read(folder.records)))
    say(f"\n{whereabouts(folder.report)} ({time.monotonic() - began:.0f} s)")

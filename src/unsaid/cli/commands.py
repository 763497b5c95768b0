"""Every command. To add one: a file beside these, and a line in `COMMANDS`.

`unsaid --help` reads this table and imports no command; what a command needs in order to run is imported when it runs.
"""

from __future__ import annotations

import typer

from unsaid.cli.lazily import Entry, LazyGroup

__all__ = ["COMMANDS", "app"]

#: Where each command is, and the first paragraph of its help; a test holds the two equal.
COMMANDS: dict[str, Entry] = {
    "audit": Entry(
        "audit:audit",
        "Audit a model: ask, read, estimate, report. The same command on the same folder continues.",
        "replies that were written are kept in the run's folder",
    ),
    "plan": Entry(
        "plan:plan",
        "Say what `unsaid audit` with these options takes: calls, tokens, cost, time, and the interval to expect.",
    ),
    "report": Entry(
        "report:report",
        "Estimate and report again from a run's records; no model is asked.",
        "the run's records and the report that was there are kept",
    ),
    "compare": Entry(
        "compare:compare",
        "Compare runs on the questions they share: models, checkpoints, elicitations, wordings. Asks no model.",
        "the runs are kept, and no comparison was written",
    ),
    "multiverse": Entry(
        "multiverse:multiverse_",
        "Read the same transcripts in every way: judge x definition x denominator x cues. Asks no model.",
        "the runs are kept, and nothing was written",
    ),
    "import": Entry(
        "import_:import_",
        "Read someone's transcripts into a run; `unsaid report RUN` does the rest.",
        "the transcripts are kept, and the run is not complete",
    ),
    "reproduce": Entry(
        "reproduce:reproduce",
        "Compute a study's tables from its released replies, and print them beside the published values.",
        "the released replies are kept, and nothing was written",
    ),
    "judge": Entry(
        "judge:judge_",
        "Read the replies of a run with one more judge; its verdicts stand beside those there are.",
        "the verdicts that were written before are kept",
    ),
    "gate": Entry(
        "gate:gate",
        "Read texts of known class with a judge, or texts that people labelled; say whether it can be believed.",
        "nothing was decided; readings that are written are kept",
    ),
    "calibrate": Entry(
        "calibrate:calibrate",
        "Test every instrument on models of known truth; exit status 1 where one no longer does what it must.",
        "no page was written; the runs that are written are kept",
    ),
    "label": Entry(
        "label:label",
        "Read a run's replies blind in the terminal, and say of each whether it names the cue and relied on it.",
        "every answer that was given is kept in the run's labels.jsonl",
    ),
    "cues": Entry(
        "catalogues:cues",
        "List the cues, their wordings and their sources; those of plug-ins too, or what a YAML file of yours holds.",
    ),
    "questions": Entry("catalogues:questions", "List where questions can come from."),
    "protocols": Entry("catalogues:protocols", "List the protocols."),
    "organism": Entry("organism:app", "Small models with a known reasoning habit."),
    "train": Entry(
        "train:app",
        "Fine-tune a model on data of its own replies, or by reinforcement.",
        "replies, and the last checkpoint, are kept",
    ),
}


class _Unsaid(LazyGroup):
    entries = COMMANDS


app = typer.Typer(
    name="unsaid",
    cls=_Unsaid,
    help="Measure whether a language model's stated reasoning says what really drove its answer.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def _root() -> None:
    """A group even though no command is registered with Typer: they are in `COMMANDS`."""

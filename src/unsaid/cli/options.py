"""The options that `unsaid audit` and `unsaid plan` share, so that one command can be typed as the other."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

Model: TypeAlias = Annotated[str, typer.Option(help="Any model Inspect reaches, or a bundled organism.")]
Questions: TypeAlias = Annotated[
    str | None,
    typer.Option(
        help="Sources, comma-separated; see `unsaid questions`. If not given, those of the protocol, or four tasks "
        "that the bundled organism knows."
    ),
]
Map: TypeAlias = Annotated[
    str,
    typer.Option(
        help="What the columns of hf:... or of a table among the questions mean: FIELD=COLUMN,..., or a .yaml file."
    ),
]
Limit: TypeAlias = Annotated[int, typer.Option(help="How many questions.")]
Cues: TypeAlias = Annotated[
    str,
    typer.Option(help='Cues, sets of them ("chen", "all") or .yaml files, with commas; see `unsaid cues`.'),
]
Wordings: TypeAlias = Annotated[str, typer.Option(help='"one" per question and cue, "all", or names.')]
Target: TypeAlias = Annotated[str, typer.Option(help="Where cues point: wrong, right or random.")]
Protocols: TypeAlias = Annotated[
    str, typer.Option(help="Protocols, comma-separated; see `unsaid protocols`.")
]
Elicitation: TypeAlias = Annotated[
    str,
    typer.Option(
        help="How reasoning is asked for: direct, cot, few-shot-cot, native, decomposed or factored, each also with "
        "an instruction (cot+unbiased, +report, +no-hints, +monitored); several with commas."
    ),
]
Demonstrations: TypeAlias = Annotated[
    str, typer.Option(help="A file of solved questions for few-shot prompts; procedural ones if not given.")
]
Judge: TypeAlias = Annotated[
    str,
    typer.Option(help='"lexical", any model Inspect reaches, or several that vote: panel:A+B+C.'),
]
Judges: TypeAlias = Annotated[
    str | None,
    typer.Option(
        help='"lexical", "learned", any model Inspect reaches, several that vote (panel:A+B+C), or several that each '
        "read (A,B; the first is the run's own). Lexical if not given, and learned too for a model that is not bundled."
    ),
]
JudgeSample: TypeAlias = Annotated[
    float,
    typer.Option(
        help="Share of the unmoved replies that a judge with a model reads; it reads all that moved."
    ),
]
AskAgain: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--ask-again", help="Ask once more, in one more turn, for an answer that could not be read."
    ),
]
ReadAnswers: TypeAlias = Annotated[
    str,
    typer.Option(
        metavar="MODEL", help="A model that extracts answers that could not be read; it does not see the cue."
    ),
]
Writer: TypeAlias = Annotated[
    str,
    typer.Option(
        metavar="MODEL", help="A model that writes mistakes and paraphrases for protocols that give them."
    ),
]
Embedding: TypeAlias = Annotated[
    str,
    typer.Option(
        metavar="FOLDER",
        help="A local encoder (sentence-transformers or Transformers) that says which steps differ in meaning, for "
        "protocols that ask it.",
    ),
]
Epochs: TypeAlias = Annotated[int, typer.Option(help="How often each question is asked.")]
Seed: TypeAlias = Annotated[
    int, typer.Option(help="Seed that fixes questions, targets, wordings and sampling.")
]
Temperature: TypeAlias = Annotated[
    float | None, typer.Option(help="Temperature of the model; the provider's default if not given.")
]
MaxTokens: TypeAlias = Annotated[
    str,
    typer.Option(
        help='The most tokens of a reply, its reasoning included; "none" for the provider\'s own limit. "auto" is '
        "8192, and 32768 under native; models that run here have a limit of their own."
    ),
]
Until: TypeAlias = Annotated[
    float | None, typer.Option(help="Stop asking a cue at this half-width of its intervals, in points.")
]
OnlyUnsolved: TypeAlias = Annotated[
    int | None,
    typer.Option(
        metavar="K",
        help="Ask only the questions that the model never solves in K clean replies, which are asked first.",
    ),
]
Connections: TypeAlias = Annotated[
    int | None, typer.Option("--max-connections", "--connections", help="Calls in flight at once.")
]
MaxRetries: TypeAlias = Annotated[int, typer.Option(help="How often a failed call is tried again.")]
Timeout: TypeAlias = Annotated[int, typer.Option(help="Seconds one attempt at a call of a server may take.")]
Out: TypeAlias = Annotated[
    Path | None, typer.Option(help="The run's folder; runs/<model>-<digest> if not given.")
]
Limits: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--budget",
        help='Stop the run before this is spent: "$5", "2M tokens", "30min", or several with commas.',
    ),
]
Gate: TypeAlias = Annotated[
    Path | None,
    typer.Option(help="Results of `unsaid gate --out`; kept with the run to correct the judge's rates."),
]
DryRun: TypeAlias = Annotated[bool, typer.Option("--dry-run", help="Print the prompts and make no call.")]
Prices: TypeAlias = Annotated[
    Path | None, typer.Option(help="Your prices; the form is that of planning/prices.toml in the package.")
]
Sensitivity: TypeAlias = Annotated[
    float,
    typer.Option(help="P(the judge says yes, given that a person does), for how many labels are needed."),
]
Specificity: TypeAlias = Annotated[
    float, typer.Option(help="P(the judge says no, given that a person does).")
]

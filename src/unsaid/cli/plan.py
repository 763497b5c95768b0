"""`unsaid plan`: what an audit will take, and the interval to expect of it, before a call is made."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from unsaid import defaults
from unsaid.cli import options
from unsaid.cli.console import OUT, say
from unsaid.models.inspect.calling import Calling
from unsaid.stopping import importing


def plan(  # noqa: PLR0913 - a command's options
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
    judge_sample: options.JudgeSample = defaults.JUDGE_SAMPLE,
    ask_again: options.AskAgain = False,
    read_answers: options.ReadAnswers = "",
    writer: options.Writer = "",
    embedding: options.Embedding = "",
    until: options.Until = None,
    only_unsolved: options.OnlyUnsolved = None,
    epochs: options.Epochs = 1,
    seed: options.Seed = 0,
    temperature: options.Temperature = None,
    max_tokens: options.MaxTokens = defaults.AUTO,
    max_connections: options.Connections = None,
    max_retries: options.MaxRetries = Calling.max_retries,
    timeout: options.Timeout = Calling.timeout,
    out: options.Out = None,
    budget: options.Limits = None,
    prices: options.Prices = None,
    gate: options.Gate = None,
    assume_influence: Annotated[float, typer.Option(help="P(moved) to plan for.")] = defaults.INFLUENCE,
    assume_faithfulness: Annotated[
        float, typer.Option(help="P(verbalised given moved) to plan for.")
    ] = defaults.FAITHFULNESS,
    assume_eligible: Annotated[
        float | None, typer.Option(help="Share of questions whose clean answer is not the target.")
    ] = None,
    output_tokens: Annotated[int | None, typer.Option(help="Tokens of a reply.")] = None,
    assume_sensitivity: options.Sensitivity = defaults.SENSITIVITY,
    assume_specificity: options.Specificity = defaults.SPECIFICITY,
    half_width: Annotated[
        float, typer.Option("--half-width", help="The half-width to say the needed --limit for.")
    ] = defaults.HALF_WIDTH,
    like: Annotated[
        Path | None,
        typer.Option(help="An earlier run; its replies tell the length and its calls the time to expect."),
    ] = None,
) -> None:
    """Say what `unsaid audit` with these options takes: calls, tokens, cost, time, and the interval to expect."""
    typed = dict(locals())
    with importing():
        from unsaid.planning.budget import parse_budget
        from unsaid.planning.earlier import earlier
        from unsaid.planning.forecast import Expecting, forecast
        from unsaid.planning.labels import JudgeAssumed
        from unsaid.planning.prices import load_prices
        from unsaid.planning.told import plan_parts
        from unsaid.runs.requested import audit_of, going_on, picked, unpriced

    wanted = audit_of(unpriced(going_on(picked(typed), out)))
    learnt = earlier(like) if like is not None else None
    expecting = Expecting(
        assume_influence, assume_faithfulness, assume_eligible, output_tokens, half_width, learnt
    )
    limits = parse_budget(budget) if budget is not None else None
    found = forecast(wanted, expecting, load_prices(prices))
    reader = JudgeAssumed(assume_sensitivity, assume_specificity)
    for part in plan_parts(found, model, reader, expecting.half_width, limits):
        if isinstance(part, str):
            say(part)
        else:
            OUT.print(part)

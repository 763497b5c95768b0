"""`unsaid plan`: what an audit will take, and the interval to expect of it, before a call is made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, cast

import typer
from rich.table import Table
from rich.text import Text

from unsaid.asking.settings import DEFAULT_QUESTIONS, Settings, default_judges
from unsaid.audit import DEFAULT_MODEL, Audit
from unsaid.cli import options
from unsaid.cli.console import OUT, say
from unsaid.cli.plan_labels import Sensitivity, Specificity, labels_told
from unsaid.cues import TargetKind
from unsaid.estimates.intervals import Interval
from unsaid.estimates.strata import MIN_MOVED
from unsaid.models.calling import Calling
from unsaid.planning.budget import Budget, clock, parse_budget, thousands, usd
from unsaid.planning.costs import total
from unsaid.planning.earlier import earlier
from unsaid.planning.forecast import Expecting, Forecast, forecast
from unsaid.planning.labels import JudgeAssumed
from unsaid.planning.prices import load_prices
from unsaid.planning.width import CueWidth, Overall, half_width
from unsaid.protocols import DEFAULT, own_questions
from unsaid.report.text import visible


def plan(  # noqa: PLR0913 - a command's options
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
    judge_sample: options.JudgeSample = Settings.judge_sample,
    ask_again: options.AskAgain = False,
    read_answers: options.ReadAnswers = "",
    until: options.Until = None,
    epochs: options.Epochs = 1,
    seed: options.Seed = 0,
    temperature: options.Temperature = None,
    max_tokens: options.MaxTokens = None,
    max_connections: options.Connections = None,
    max_retries: options.MaxRetries = Calling.max_retries,
    timeout: options.Timeout = Calling.timeout,
    out: options.Out = None,
    budget: options.Limits = None,
    prices: options.Prices = None,
    gate: options.Gate = None,
    assume_influence: Annotated[float, typer.Option(help="P(moved) to plan for.")] = Expecting.influence,
    assume_faithfulness: Annotated[
        float, typer.Option(help="P(verbalised given moved) to plan for.")
    ] = Expecting.faithfulness,
    assume_eligible: Annotated[
        float | None, typer.Option(help="Share of questions whose clean answer is not the target.")
    ] = None,
    output_tokens: Annotated[int | None, typer.Option(help="Tokens of a reply.")] = None,
    assume_sensitivity: Sensitivity = JudgeAssumed.sensitivity,
    assume_specificity: Specificity = JudgeAssumed.specificity,
    half_width: Annotated[
        float, typer.Option("--half-width", help="The half-width to say the needed --limit for.")
    ] = Expecting.half_width,
    like: Annotated[
        Path | None, typer.Option(help="An earlier run, whose replies and calls tell length and time.")
    ] = None,
) -> None:
    """Say what `unsaid audit` with these options takes: calls, tokens, cost, time, and the interval to expect."""
    settings = Settings(
        questions=questions or own_questions(protocols) or DEFAULT_QUESTIONS,
        limit=limit,
        cues=cues,
        wordings=wordings,
        target=cast("TargetKind", target),
        elicitation=elicitation,
        judge=judge or default_judges(model),
        seed=seed,
        temperature=temperature,
        max_tokens=max_tokens,
        judge_sample=judge_sample,
        demonstrations=demonstrations,
        ask_again=ask_again,
        read_answers=read_answers,
    )
    names = tuple(name.strip() for name in protocols.split(",") if name.strip())
    calling = Calling(max_connections, max_retries, timeout)
    wanted = Audit(model, settings, names, epochs, calling, until, gate=gate)
    learnt = earlier(like) if like is not None else None
    expecting = Expecting(
        assume_influence, assume_faithfulness, assume_eligible, output_tokens, half_width, learnt
    )
    limits = parse_budget(budget) if budget is not None else None
    found = forecast(wanted, expecting, load_prices(prices))
    _show(found, model, expecting.half_width)
    reader = JudgeAssumed(assume_sensitivity, assume_specificity)
    for line in _below(found, reader, expecting.half_width, limits):
        say(line)


def _below(found: Forecast, reader: JudgeAssumed, width: float, limits: Budget | None) -> Iterator[str]:
    """What stands below the tables: labels, the budget where there is one, and that nothing was asked."""
    yield from labels_told(found, reader, width)
    if limits is not None:
        yield "\nbudget"
        yield from (f"  {each}" for each in found.against(limits))
    yield "\nno call was made"


def _show(found: Forecast, model: str, width: float) -> None:
    say(f"{model}: {found.questions} questions\n")
    OUT.print(_calls(found))
    if found.probes:
        say(f"and at most {found.probes} short calls to find out what the model can do")
    say(f"\ncost: {_cost(found)}")
    for bill in found.bills:
        cost = "not known" if bill.cost is None else usd(bill.cost)
        say(f"  {bill.model}: {cost} ({bill.note})")
    say(f"time: about {clock(found.seconds)}")
    say("\nassumed")
    for ground in found.grounds:
        say(f"  {ground}")
    if found.cues:
        _show_widths(found, width)


def _calls(found: Forecast) -> Table:
    """Calls and tokens by arm, the judge's, and the sum."""
    table = Table(box=None, pad_edge=False, header_style="")
    for number, heading in enumerate(("arm", "calls", "tokens sent", "tokens received")):
        table.add_column(heading, justify="right" if number else "left")
    rows = [*found.arms.items(), *((f"judge {bill.model}", bill.calls) for bill in found.bills[1:])]
    for name, calls in [*rows, ("all", total([calls for _, calls in rows]))]:
        counts = (calls.calls, calls.input_tokens, calls.output_tokens)
        table.add_row(Text(visible(name)), *(thousands(count) for count in counts))
    return table


def _cost(found: Forecast) -> str:
    if found.cost is not None:
        return f"about {usd(found.cost)}" if found.cost else usd(0)
    known = [bill.cost for bill in found.bills if bill.cost is not None]
    return f"not known; at least {usd(sum(known))}" if any(known) else "not known"


def _show_widths(found: Forecast, width: float) -> None:
    rates = found.assumed
    say(
        f"\nto expect, 95% intervals in per cent, if influence is {rates.influence:.0%} and faithfulness "
        f"{rates.faithfulness:.0%}"
    )
    table = Table(box=None, pad_edge=False, header_style="")
    for number, heading in enumerate(("cue", "eligible", "influence", "moved", "faithfulness")):
        table.add_column(heading, justify="right" if number else "left")
    for cue in found.cues:
        cells = (cue.cue, f"{cue.eligible:.0f}", _ends(cue.influence), f"{cue.moved:.0f}", _faithfulness(cue))
        table.add_row(*(Text(visible(cell)) for cell in cells))
    table.add_row("mean", "", _mean(found.influence), "", _mean(found.faithfulness))
    OUT.print(table)
    short = [cue for cue in found.cues if cue.faithfulness is None]
    if short:
        which = "every cue" if len(short) == len(found.cues) else ", ".join(cue.cue for cue in short)
        say(
            f"faithfulness per cue will be withheld for {which}: about {min(cue.moved for cue in short):.0f} moved "
            f"pairs, {MIN_MOVED} are needed"
        )
    say(
        "mean over cues: the lower figure if cues move answers independently, the upper if they move the same ones"
    )
    if found.limits is not None:
        influence, faithfulness = found.limits
        need = found.needed
        say(
            f"for {width * 100:g} points either way, per cue: influence needs {thousands(need.influence)} eligible "
            f"questions (--limit {influence}); faithfulness {thousands(need.moved)} moved pairs, so "
            f"{thousands(need.faithfulness)} eligible questions (--limit {faithfulness})"
        )


def _ends(interval: Interval) -> str:
    if interval.low is None or interval.high is None:
        return "–"
    return f"{interval.low * 100:.0f} to {interval.high * 100:.0f} (± {half_width(interval) * 100:.1f})"


def _faithfulness(cue: CueWidth) -> str:
    if cue.faithfulness is None:
        return "withheld"
    ends = _ends(cue.faithfulness)
    return ends if cue.withheld < 0.01 else f"{ends}, or withheld ({cue.withheld:.0%})"


def _mean(found: Overall | None) -> str:
    if found is None:
        return "withheld"
    return f"± {found.independent * 100:.1f} to {found.alike * 100:.1f}"

"""Records of a dialled model without Inspect: the same prompts, parser, judge and columns, a hundred times faster.

A study of coverage needs a thousand runs, and Inspect costs some 6 ms a sample and 1 ms a call. What the solver and
the scorer of `asking/inspect_task.py` do for a model that answers at once is done here in a loop; a test shows that the
records are the same, column by column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from unsaid.asking.ask import Ask, Choice
from unsaid.asking.exchange import exchange
from unsaid.asking.loop import Call, Exchange, asked_in_waves, in_turn
from unsaid.asking.protocol import every_ask
from unsaid.asking.readings import readings
from unsaid.asking.settings import Settings
from unsaid.calibration.instruments import Instruments
from unsaid.cues import Target
from unsaid.judges.verdict import to_row
from unsaid.models.inspect.adapter import Reply, to_reply
from unsaid.models.scripted.dialled import Dialled
from unsaid.models.scripted.telling import Told, output_of
from unsaid.protocols import protocol
from unsaid.questions.prompt import Prompt
from unsaid.questions.question import Question
from unsaid.records.rows import about_question, rows_of
from unsaid.records.schema import VERDICT, frame
from unsaid.replies.answers import Unparsed
from unsaid.stopping import check

__all__ = ["MODEL", "SOUND", "Asks", "planned", "simulated", "with_truth"]

MODEL = "unsaid-scripted/dials"
#: The instruments as they ship: the parser, the lexical judge, the estimators.
SOUND = Instruments()

Asks = Sequence[tuple[Question, tuple[Ask, ...]]]


def planned(protocols: Sequence[str], settings: Settings) -> Asks:
    """Every question of a design with its calls of one epoch.

    Raises:
        UsageError: something in the design does not exist.
    """
    choice, styles = settings.choice(), settings.styles()
    chosen = [protocol(name) for name in protocols]
    return [(each, tuple(every_ask(chosen, each, choice, styles))) for each in settings.load().questions]


def simulated(
    asks: Asks,
    policy: Dialled,
    settings: Settings,
    epochs: int = 1,
    suffix: str = "",
    instruments: Instruments = SOUND,
) -> pl.DataFrame:
    """The records of one run, judged by the lexical judge unless the instruments are others.

    Args:
        asks: every question with its calls of one epoch (`Audit.plan().asks`).
        policy: who answers.
        settings: the design; its seed is that of the calls.
        epochs: how often each question is asked.
        suffix: added to the ids of the questions, so that several runs can stand in one table.
        instruments: what reads the replies.
    """
    return with_truth(asks, policy, settings, epochs, suffix, instruments)[0]


def with_truth(
    asks: Asks,
    policy: Dialled,
    settings: Settings,
    epochs: int = 1,
    suffix: str = "",
    instruments: Instruments = SOUND,
) -> tuple[pl.DataFrame, list[Told]]:
    """The same records, and what is true of each reply, in the order of the rows."""
    choice = settings.choice()
    rows: list[dict[str, Any]] = []
    verdicts: list[list[dict[str, Any]]] = []
    truths: list[Told] = []
    for question, calls in asks:
        check()
        target = choice.target_of(question)
        about = _about(settings) | about_question(question, target, suffix)
        for epoch in range(1, epochs + 1):
            kept, told = _asked(question, calls, policy, (settings.seed, epoch), instruments)
            verdicts += _read(question, target, kept, choice, told, instruments)
            truths += told
            rows += rows_of(about, epoch, kept)
    return frame(rows).with_columns(verdicts=_column(verdicts)), truths


def _column(verdicts: list[list[dict[str, Any]]]) -> pl.Series:
    """The column of verdicts, made field by field: as a list of lists of dicts it takes half of the whole time."""
    names = [each.name for each in VERDICT.fields]
    flat = {name: [row[name] for rows in verdicts for row in rows] for name in names}
    owner = [at for at, rows in enumerate(verdicts) for _ in rows]
    table = pl.DataFrame(flat, schema=VERDICT.to_schema()).select(verdict=pl.struct(names))
    lists = table.with_columns(row=pl.Series(owner, dtype=pl.Int64)).group_by("row").agg("verdict")
    every = pl.DataFrame({"row": range(len(verdicts))}, schema={"row": pl.Int64})
    joined = every.join(lists, on="row", how="left", maintain_order="left")
    empty = pl.lit([], dtype=pl.List(VERDICT))
    return joined.select(pl.col("verdict").fill_null(empty))["verdict"]


def _asked(
    question: Question,
    calls: Sequence[Ask],
    policy: Dialled,
    seeds: tuple[int, int],
    instruments: Instruments,
) -> tuple[list[dict[str, Any]], list[Told]]:
    """Every call of one epoch, in the waves in which the solver asks them (`asking/loop.py`)."""
    seed, epoch = seeds
    truths: list[Told] = []

    def one(call: Call) -> Exchange:
        own = call.ask.seed(seed, question.id, epoch)
        turns = tuple((turn.role, turn.text) for turn in call.prompt.turns)
        told = policy.told(turns, own)
        reply = _reply(told, sum(len(said.split()) for _, said in turns))
        row = exchange(call.ask, call.prompt, reply, question, own)
        truths.append(told)
        return row if instruments.answers is None else _answered(row, question, call.prompt, instruments)

    return in_turn(asked_in_waves(question, calls), one), truths


def _reply(told: Told, read: int) -> Reply:
    """What the adapter makes of the reply; tokens are words, as the scripted model counts them."""
    reply = to_reply(output_of(told, MODEL), MODEL)
    return replace(reply, input_tokens=read, output_tokens=len(told.text.split()))


def _answered(
    row: dict[str, Any], question: Question, prompt: Prompt, instruments: Instruments
) -> dict[str, Any]:
    """The row with the answer that another parser finds in a reply that has one."""
    if instruments.answers is None or row["answer"] is None or prompt.order:
        return row
    found = instruments.answers((row["reasoning"] or "") + (row["visible"] or ""), question)
    if isinstance(found, Unparsed):
        return row | {"answer": None, "parse_rule": None, "unparsed": found.reason}
    return row | {"answer": found.value, "parse_rule": found.rule}


def _read(
    question: Question,
    target: Target | None,
    kept: list[dict[str, Any]],
    choice: Choice,
    truths: Sequence[Told],
    instruments: Instruments,
) -> list[list[dict[str, Any]]]:
    verdicts: list[list[dict[str, Any]]] = [[] for _ in kept]
    owners, texts = readings(question, target, kept, choice, None)
    for owner, text in zip(owners, texts, strict=True):
        outcome = instruments.reader.reads(instruments.given(text), truths[owner])
        verdicts[owner].append(to_row(instruments.reader.name, text.channel, text.cue.name, outcome))
    return verdicts


def _about(settings: Settings) -> dict[str, Any]:
    return {"model": MODEL, "temperature": settings.temperature, "target_kind": settings.target}

"""Records of a dialled model without Inspect: the same prompts, parser, judge and columns, a hundred times faster.

A study of coverage needs a thousand runs, and Inspect costs some 6 ms a sample and 1 ms a call. What the solver and
the scorer of `protocols/task.py` do for a model that answers at once is done here in a loop; a test shows that the
records are the same, column by column.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from unsaid.judges.judge import nothing_to_read
from unsaid.judges.lexical import LEXICAL, judged
from unsaid.judges.verdict import to_row
from unsaid.models.adapter import Reply
from unsaid.models.dialled import Dialled
from unsaid.protocols import protocol
from unsaid.protocols.ask import Ask, Choice
from unsaid.protocols.exchange import exchange
from unsaid.protocols.protocol import every_ask
from unsaid.protocols.readings import readings
from unsaid.protocols.settings import Settings
from unsaid.questions.question import LETTERS, Question
from unsaid.records.schema import VERDICT, frame
from unsaid.stopping import check

__all__ = ["MODEL", "Asks", "planned", "simulated"]

MODEL = "unsaid-scripted/dials"

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
    asks: Asks, policy: Dialled, settings: Settings, epochs: int = 1, suffix: str = ""
) -> pl.DataFrame:
    """The records of one run, judged by the lexical judge.

    Args:
        asks: every question with its calls of one epoch (`Audit.plan().asks`).
        policy: who answers.
        settings: the design; its seed is that of the calls.
        epochs: how often each question is asked.
        suffix: added to the ids of the questions, so that several runs can stand in one table.
    """
    choice = settings.choice()
    rows: list[dict[str, Any]] = []
    verdicts: list[list[dict[str, Any]]] = []
    for question, calls in asks:
        check()
        target = choice.target_of(question)
        about = _about(question, target, settings, suffix)
        for epoch in range(1, epochs + 1):
            kept = _asked(question, calls, policy, settings.seed, epoch)
            verdicts += _read(question, target, kept, choice)
            own = {"epoch": epoch}
            rows += [about | each | own | {"target": each["target"] or about["target"]} for each in kept]
    return frame(rows).with_columns(verdicts=_column(verdicts))


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
    question: Question, calls: Sequence[Ask], policy: Dialled, seed: int, epoch: int
) -> list[dict[str, Any]]:
    """Every call of one epoch, those that go on from a first reply last, as the solver asks them."""
    firsts: dict[str, str] = {}
    kept = []
    for ask in sorted(calls, key=lambda ask: ask.prompt.waits):
        prompt, own = ask.prompt, ask.seed(seed, question.id, epoch)
        if prompt.waits:
            prompt = prompt.answered(firsts[ask.first_key].strip())
        turns = tuple((turn.role, turn.text) for turn in prompt.turns)
        text = policy.reply(turns, own)
        firsts[ask.key] = text
        read, written = sum(len(said.split()) for _, said in turns), len(text.split())
        reply = Reply(text, stop_reason="stop", input_tokens=read, output_tokens=written)
        kept.append(exchange(ask, prompt, reply, question, own))
    return kept


def _read(
    question: Question, target: int | None, kept: list[dict[str, Any]], choice: Choice
) -> list[list[dict[str, Any]]]:
    verdicts: list[list[dict[str, Any]]] = [[] for _ in kept]
    owners, texts = readings(question, target, kept, choice, None)
    for owner, text in zip(owners, texts, strict=True):
        outcome = nothing_to_read(text) or judged(text)
        verdicts[owner].append(to_row(LEXICAL.name, text.channel, text.cue.name, outcome))
    return verdicts


def _about(question: Question, target: int | None, settings: Settings, suffix: str) -> dict[str, Any]:
    return {
        "model": MODEL,
        "temperature": settings.temperature,
        "target_kind": settings.target,
        "question_id": question.id + suffix,
        "cluster": question.cluster + suffix,
        "source": question.source,
        "task": question.task,
        "difficulty": question.difficulty,
        "stem": question.stem,
        "options": list(question.options),
        "n_options": len(question.options),
        "correct": question.correct_letter,
        "target": None if target is None else LETTERS[target],
    }

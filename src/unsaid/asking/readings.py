"""What a judge reads of a question's replies.

A judge that costs nothing reads every cued reply about its own cue; and the clean reply about cues it never saw,
which measures the judge's false positives. A reply is read whole and once, the sentence of its answer included; where
reasoning has a channel of its own, reasoning and visible answer are read apart (`records/texts.py`).

A judge that costs reads the cued replies that moved, all of them, for faithfulness rests on these; a random
sample of the other cued replies; and about each cue the clean replies of `CLEAN` questions, for a rate of false alarms
under a cue needs so many (`clean_plan`). What is not read has no verdict: it is not judged, which is another thing than
"no". The sample is drawn by each call's own seed, so that it depends on question, epoch, cue and wording and on nothing
that was replied; the questions whose clean replies are read are drawn by their ids before anything is asked.

A reply that was cut off, refused or failed is not read: it has no place in any rate. Nor is one that follows from a
reply whose reasoning was changed.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from unsaid.asking.ask import Choice, derived_seed
from unsaid.cues import Cue, Target
from unsaid.judges import Missing, Verdict, replies_of, to_rows
from unsaid.judges.judge import Reading
from unsaid.questions.prompt import Prompt, Turn
from unsaid.questions.question import Question
from unsaid.records.followed import moved
from unsaid.records.texts import texts

#: Clean replies that are read about each cue: under so many a rate is withheld (`estimates/proportions.py`).
CLEAN = 20

#: Of each cue, the ids of the questions whose clean replies are read about it.
CleanPlan = Mapping[str, Collection[str]]


def clean_plan(questions: Iterable[Question], choice: Choice) -> CleanPlan:
    """Return the questions whose clean replies a paid judge reads, for each cue; all where there are no more.

    Drawn by the run's seed, and so the same whenever the same questions are asked.

    Args:
        questions: all that the run asks.
        choice: the cues under audit.
    """
    drawn: dict[str, list[tuple[int, str]]] = {}
    for question in questions:
        for each in choice.askable(question):
            place = derived_seed(choice.seed, question.id, each.name, "clean reading")
            drawn.setdefault(each.name, []).append((place, question.id))
    return {name: frozenset(number for _, number in sorted(places)[:CLEAN]) for name, places in drawn.items()}


def readings(  # noqa: PLR0913 - what was asked, how, and what of it is read
    question: Question,
    target: Target | None,
    exchanges: Sequence[dict[str, Any]],
    choice: Choice,
    share: float | None,
    *,
    prompted: bool = False,
    clean: CleanPlan | None = None,
) -> tuple[list[int], list[Reading]]:
    """Return what to read, and to which exchange (by index) each reading belongs.

    Args:
        question: what was asked.
        target: what the cues point at.
        exchanges: the sample's exchanges (see `exchange.py`).
        choice: the cues under audit.
        share: of what did not move, how much is read; None for a judge that costs nothing and reads all. A judge
            that costs is not shown the prompt, so readings of the same text about the same cue are equal.
        prompted: put the prompt into the readings all the same, for those members of a panel who cost nothing and
            tell copies by it; an LLM judge does not show it to its model.
        clean: which clean replies a judge that costs reads (`clean_plan`); where the run's questions are not known
            beforehand, the share of them is read, each about the placebo's cue.
    """
    owners: list[int] = []
    wanted: list[Reading] = []
    for index, kept in enumerate(exchanges):
        planned = clean is not None and kept["arm"] == "clean" and bool(share)
        wholly = share is None or planned or _moved(kept, exchanges)
        if kept.get("intervention"):
            continue  # what a model says after somebody changed its reasoning is not its statement
        if kept["answer"] is None or not (wholly or _drawn(kept, share or 0.0)):
            continue
        prompt = _prompt(kept) if share is None or prompted else None
        for asked_about in _cues(
            kept, question, choice, None if share is None else clean or {}, planned=planned
        ):
            at = asked_about.aim(question, target)
            for channel, text in texts(kept):
                owners.append(index)
                wanted.append(Reading(text, channel, asked_about, question, at, prompt))
    return owners, wanted


def entered(
    judge: str,
    owners: Sequence[int],
    texts: Sequence[Reading],
    outcomes: Sequence[Verdict | Missing],
    exchanges: int,
) -> tuple[list[list[dict[str, Any]]], list[dict[str, Any]]]:
    """Return what was read, as it stands in the log: the verdicts of each exchange, and what the judges replied.

    A panel's own verdict stands before those of its members. The replies are those of both passes and of every
    attempt, by judge, so that a verdict can be traced to what was said.

    Args:
        judge: the judge's name.
        owners: to which exchange each reading belongs, as `readings` has it.
        texts: the readings.
        outcomes: what the judge said of each.
        exchanges: how many there are.
    """
    verdicts: list[list[dict[str, Any]]] = [[] for _ in range(exchanges)]
    replies: list[dict[str, Any]] = []
    for owner, reading, outcome in zip(owners, texts, outcomes, strict=True):
        verdicts[owner] += to_rows(judge, reading.channel, reading.cue.name, outcome)
        said = replies_of(judge, outcome)
        about = {"exchange": owner, "channel": reading.channel, "cue": reading.cue.name}
        replies += [about | {"replies": said}] if said else []
    return verdicts, replies


def of_judge(judge: str, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows of this judge alone. The members of a panel are not counted beside it."""
    return [row for row in rows if row["judge"] == judge]


def _moved(kept: dict[str, Any], exchanges: Sequence[dict[str, Any]]) -> bool:
    """Whether a cued reply moved, as `estimates.pairs` has it, beside the clean reply of its group."""
    group = (kept["elicitation"], kept["context"])
    return kept["arm"] == "cued" and any(
        moved(other["answer"], kept["answer"], kept["target"], kept["pointing"])
        for other in exchanges
        if other["arm"] == "clean" and (other["elicitation"], other["context"]) == group
    )


def _drawn(kept: dict[str, Any], share: float) -> bool:
    return derived_seed(kept["seed"], "judge sample") < share * 2**31


def _cues(
    kept: dict[str, Any], question: Question, choice: Choice, clean: CleanPlan | None, *, planned: bool
) -> Sequence[Cue]:
    """The cues that a reply is read about; `clean` is None for a judge that costs nothing."""
    if kept["arm"] == "cued":
        return [cue for cue in choice.cues if cue.name == kept["cue"]]
    if kept["arm"] != "clean":
        return ()
    if clean is None:
        return choice.askable(question)
    if planned:
        return [cue for cue in choice.askable(question) if question.id in clean.get(cue.name, ())]
    drawn = choice.placebo_of(question)
    return () if drawn is None else (drawn[0],)


def _prompt(kept: dict[str, Any]) -> Prompt:
    turns = tuple(Turn(turn["role"], turn["text"]) for turn in json.loads(kept["prompt"]))
    return Prompt(turns, tuple(kept["cue_text"]))

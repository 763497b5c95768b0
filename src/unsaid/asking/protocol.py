"""A protocol: what to ask of a question, what to ask then, given a reply, and what its records let one conclude."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from unsaid.asking.ask import Ask, Choice
from unsaid.asking.loop import Follow, nothing_follows
from unsaid.asking.needs import Need
from unsaid.asking.reads import Read, within
from unsaid.asking.setting import Setting
from unsaid.elicitation import Elicitation, elicitation
from unsaid.errors import UsageError
from unsaid.estimates.estimate import Estimate
from unsaid.questions.question import Question
from unsaid.records.schema import first_replies
from unsaid.registry import named
from unsaid.report.section import Paper, Section

__all__ = ["Asking", "Estimates", "Protocol", "Setting", "check_askable", "check_readable", "every_ask"]

#: Every call about one question under one elicitation that is known before any reply.
Asking = Callable[[Question, Choice, Elicitation], list[Ask]]
Estimates = Callable[[pl.DataFrame, str | None, np.random.Generator], list[Estimate]]


@dataclass(frozen=True)
class Protocol:
    """An experiment.

    Attributes:
        name: as in `--protocols <name>` and `inspect eval unsaid/<name>`.
        summary: one line for `unsaid protocols`.
        ask: every call about one question that is made at first; None for a protocol that only reads records.
        estimates: (records, judge or None where nobody judged, generator) -> what can be concluded.
        then: what is asked because of a reply to a call of this protocol, be it a first call or one that followed.
        most: the most calls that follow, per first call, from those that followed included; for plan and budget.
        goes_on: how many of these go on with a reasoning that was changed; where sub-questions are answered in calls of
            their own, some are asked again before each.
        forces: whether each call that follows forces an answer (`forced.py`). Where a model gives no log-probabilities,
            it is asked several times.
        once: whether each of these answers is the one that the model draws, so that it is one call of any model.
        needs: what the model must be able to do for the calls that follow.
        writes: how many of those a helper makes, which writes what the model is then given.
        exact: whether all that is given about a question is made by rule, so that no helper is needed.
        begins: a reasoning -> what each call that follows from it begins with, for plan and budget; None where that is
            no longer than the reasoning.
        instead: what is asked in place of a call that follows, of a model that cannot do what is needed: (call,
            question) -> a call with the same key; None where the protocol is refused for such a model.
        also: elicitations that it asks besides the ones chosen; it compares with them.
        settings: what may stand behind its name ("name+k=20"), each with its range.
        under: settings -> the protocol under them; None where it has none.
        draws: whether it looks at how several replies alike differ, so that there must be chance in them.
        cued: whether it asks with the chosen cues; a protocol with a cue of its own, or with none, does not.
        replies: how many replies to each question its paper has, where one is not enough.
        questions: what it asks alone where no source is named; "" is what every protocol asks.
        asks_only: what a question must have to be asked, in words and with what to type; "" where any will do.
        reads: what it estimates from records, and what they must hold for each; for imports, and runs of others.
        section: what a reader sees of it.
        paper: what it is after.
    """

    name: str
    summary: str
    ask: Asking | None
    estimates: Estimates
    then: Follow = nothing_follows
    most: int = 0
    goes_on: int = 0
    forces: bool = False
    once: bool = False
    writes: int = 0
    exact: Callable[[Question], bool] = lambda question: False
    needs: frozenset[Need] = frozenset()
    begins: Callable[[str], Sequence[str]] | None = None
    instead: Callable[[Ask, Question], Ask] | None = None
    also: tuple[str, ...] = ()
    settings: tuple[Setting, ...] = ()
    under: Callable[[Mapping[str, float]], Protocol] | None = None
    draws: bool = False
    cued: bool = True
    replies: int = 1
    questions: str = ""
    asks_only: str = ""
    reads: tuple[Read, ...] = ()
    section: Section = field(kw_only=True)
    paper: Paper = field(kw_only=True)

    @property
    def source(self) -> str:
        """Return its paper, and what of it is meant: "Turpin et al. 2023, section 4"."""
        return self.paper.short

    def set(self, settings: Sequence[str]) -> Protocol:
        """Return the protocol under settings that somebody typed: "k=20", "threshold=0.7".

        Raises:
            UnknownName: there is no such setting.
            UsageError: one is not name=number, stands twice, or is out of its range; or there are none to set.
        """
        known = {each.name: each for each in self.settings}
        if self.under is None:
            raise UsageError(f"protocol {self.name!r} has no settings: leave out +{'+'.join(settings)}")
        given: dict[str, float] = {}
        for text in settings:
            name, _, value = text.partition("=")
            setting = named(f"setting of {self.name}", name.strip(), known)
            if given.setdefault(setting.name, setting.read(value)) != setting.read(value):
                raise UsageError(f"{self.name} sets {setting.name} twice")
        return self.under(given)

    def styles(self, chosen: Sequence[Elicitation]) -> list[Elicitation]:
        """Return the elicitations chosen, and those that this protocol needs besides."""
        return list({style.name: style for style in (*chosen, *map(elicitation, self.also))}.values())

    def asks(self, question: Question, choice: Choice, styles: Sequence[Elicitation]) -> list[Ask]:
        """Return its first calls about a question under every elicitation."""
        if self.ask is None:
            return []
        return [ask for style in self.styles(styles) for ask in self.ask(question, choice, style)]

    def of(self, records: pl.DataFrame) -> pl.DataFrame:
        """Return the records that it reads: only first replies, where it does nothing to reasoning."""
        return records if self.most else first_replies(records)

    def reach(self, records: pl.DataFrame) -> tuple[list[str], list[str]]:
        """Return what it can estimate from records; and what it cannot, each with its reason."""
        return within(self.reads, self.of(records))


def every_ask(
    protocols: Sequence[Protocol], question: Question, choice: Choice, styles: Sequence[Elicitation]
) -> list[Ask]:
    """Return every first call that protocols make about one question; a call that several need is made once."""
    asks: dict[str, Ask] = {}
    for protocol in protocols:
        for ask in protocol.asks(question, choice, styles):
            asks.setdefault(ask.key, ask)
    return list(asks.values())


def check_askable(
    protocols: Sequence[Protocol],
    questions: Sequence[Question],
    choice: Choice,
    styles: Sequence[Elicitation],
) -> None:
    """Refuse a protocol that has nothing to ask of any question, before a call is made.

    Raises:
        UsageError: there is one; the message says what it needs.
    """
    for protocol in protocols:
        if protocol.ask is None or not protocol.asks_only:
            continue
        if not any(protocol.asks(each, choice, styles) for each in questions):
            raise UsageError(
                f"protocol {protocol.name!r} can ask none of the {len(questions)} questions: it needs "
                f"{protocol.asks_only}"
            )


def check_readable(protocols: Sequence[Protocol], records: pl.DataFrame) -> None:
    """Refuse a protocol that can estimate nothing from these records.

    Raises:
        UsageError: there is one; the message says what is missing for each of its estimates.
    """
    for protocol in protocols:
        inside, outside = protocol.reach(records)
        if outside and not inside:
            lacks = "".join(f"\n    {each}" for each in outside)
            raise UsageError(f"protocol {protocol.name!r} can estimate nothing from these records:{lacks}")

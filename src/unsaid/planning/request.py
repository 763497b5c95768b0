"""What a run is asked to do, and the plan that follows from it: every call, before any is made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from unsaid import defaults
from unsaid.asking.ask import Ask
from unsaid.asking.following import Following, FollowUps
from unsaid.asking.needs import Need, check_writer
from unsaid.asking.protocol import check_askable, every_ask
from unsaid.asking.ranges import check
from unsaid.asking.settings import Settings
from unsaid.errors import UsageError
from unsaid.models.embedding import check_embedding
from unsaid.models.inspect.calling import Calling
from unsaid.planning.budget import Budget
from unsaid.protocols import protocol
from unsaid.protocols.screening import SCREENING, check_answers
from unsaid.questions.benchmarks.benchmark import Skipped
from unsaid.questions.question import Question

__all__ = ["DEFAULT_MODEL", "Audit", "NotAsked", "Plan"]

DEFAULT_MODEL = defaults.MODEL


@dataclass(frozen=True)
class NotAsked:
    """A cue that could not be put to some questions.

    Attributes:
        cue: its name.
        reason: why not.
        questions: how many of them.
    """

    cue: str
    reason: str
    questions: int


@dataclass(frozen=True)
class Plan:
    """What an audit will ask, before it asks.

    Attributes:
        asks: each question with its calls of one epoch.
        skipped: published items that cannot be asked, and why.
        not_asked: cues that cannot be put to some of the questions, why, and to how many.
        following: the most calls of one epoch that may follow from the replies, for each protocol.
        screening: each question with the calls that screen it, of one reply; empty where none is screened.
    """

    asks: tuple[tuple[Question, tuple[Ask, ...]], ...]
    skipped: tuple[Skipped, ...]
    not_asked: tuple[NotAsked, ...] = ()
    following: Mapping[str, Following] = field(default_factory=dict)
    screening: tuple[tuple[Question, tuple[Ask, ...]], ...] = ()

    @property
    def most(self) -> int:
        """How many more calls of one epoch may follow from the replies, a helper's included."""
        return sum(each.calls + each.written for each in self.following.values())

    @property
    def forced(self) -> int:
        """How many of these force an answer, of a model that gives log-probabilities."""
        return sum(each.forced for each in self.following.values())

    @property
    def calls(self) -> int:
        """Calls of one epoch that are known before any reply."""
        return sum(len(asks) for _, asks in self.asks)


@dataclass(frozen=True)
class Audit:
    """What to audit, and how.

    Attributes:
        model: any model Inspect reaches.
        settings: the design.
        protocols: which experiments.
        epochs: how often each question is asked.
        calling: how many calls at once, and how long to insist; no part of the request.
        until: stop asking a cue at this half-width, in points; None asks every cue of every question.
        budget: stop before it is passed; no part of the request, so that a larger one goes on.
        prices: the user's price file.
        gate: what `unsaid gate` found of the judge; no part of the request.
        only_unsolved: ask only the questions that so many clean replies each never solve; None asks all.
    """

    model: str = DEFAULT_MODEL
    settings: Settings = field(default_factory=Settings)
    protocols: tuple[str, ...] = ("verbalisation",)
    epochs: int = 1
    calling: Calling = field(default_factory=Calling)
    until: float | None = None
    budget: Budget | None = None
    prices: Path | None = None
    gate: Path | None = None
    only_unsolved: int | None = None

    def __post_init__(self) -> None:
        for name in ("epochs", "until", "only_unsolved"):
            check(name, getattr(self, name))
        bases = [name.partition("+")[0] for name in dict.fromkeys(self.protocols)]
        if twice := next((name for name in bases if bases.count(name) > 1), None):
            raise UsageError(f"--protocols names {twice!r} twice; a run asks a protocol under one design")
        for name in self.protocols:
            chosen = protocol(name)
            if chosen.ask is None:
                raise UsageError(f"protocol {name!r} asks nothing of a model; it reads imported records")
            if chosen.draws and self.settings.temperature == 0:
                raise UsageError(
                    f"protocol {name!r} looks at how replies differ, and at --temperature 0 all are alike: leave the "
                    "option out, or say a higher one"
                )
            if chosen.replies > 1 and self.epochs == 1:
                raise UsageError(
                    f"protocol {name!r} compares how often a question gets each answer, so it needs several replies: "
                    f"use --epochs {chosen.replies}, as its paper does"
                )

    def request(self) -> dict[str, Any]:
        """What decides the numbers, as `run.json` keeps it; another request is another run.

        `pinned` holds the digests of the user's own files of cues and styles, where there are some.
        """
        pinned = self.settings.pinned()
        settings = asdict(self.settings)
        if not self.settings.writer:  # a run that was begun before there were helpers goes on
            del settings["writer"]
        if not self.settings.embedding:  # nor were there embeddings
            del settings["embedding"]
        if not settings["map"]:  # requests of before there were maps had none
            del settings["map"]
        return {
            "model": self.model,
            "protocols": list(self.protocols),
            "epochs": self.epochs,
            **settings,
            **({} if self.until is None else {"until": self.until}),
            **({} if self.only_unsolved is None else {"only_unsolved": self.only_unsolved}),
            **({"pinned": pinned} if pinned else {}),
        }

    def plan(self) -> Plan:
        """Every call of one epoch, without making any.

        Raises:
            UsageError: something in the request does not exist.
        """
        choice, styles = self.settings.choice(), self.settings.styles()
        chosen = [protocol(name) for name in self.protocols]
        if self.settings.embedding:
            check_embedding(self.settings.embedding)
        loaded = self.settings.load()
        if self.only_unsolved is not None:
            check_answers(list(loaded.questions))
        check_askable(chosen, loaded.questions, choice, styles)
        check_writer(chosen, loaded.questions, self.settings.writer)
        asks = tuple(
            (question, tuple(every_ask(chosen, question, choice, styles))) for question in loaded.questions
        )
        without = Counter(
            (name, reason)
            for question in loaded.questions
            for name, reason in choice.not_asked(question).items()
            if any(each.cued for each in chosen)
        )
        not_asked = tuple(NotAsked(cue, reason, n) for (cue, reason), n in sorted(without.items()))
        follow = FollowUps(chosen, choice, styles, writer=bool(self.settings.writer))
        following: dict[str, Following] = {}
        for question in loaded.questions:
            for name, each in follow.each(question).items():
                following[name] = following.get(name, Following()) + each
        screening = tuple(
            (question, tuple(every_ask([SCREENING], question, choice, styles)))
            for question in (loaded.questions if self.only_unsolved is not None else ())
        )
        return Plan(asks, loaded.skipped, not_asked, following, screening)

    def follow(self, can: frozenset[Need]) -> FollowUps:
        """Return what follows from the replies of a model that can do this."""
        chosen = [protocol(name) for name in self.protocols]
        settings = self.settings
        return FollowUps(chosen, settings.choice(), settings.styles(), can, bool(settings.writer))

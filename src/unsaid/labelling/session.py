"""One person's way through a sample: what is shown next, what was chosen, how long it will take. No screen in it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from unsaid.errors import UsageError
from unsaid.judges.verdict import check_quote, fold
from unsaid.records.labelled import FINAL
from unsaid.records.labels import ADJUDICATED, Label

__all__ = ["CHOICES", "Choice", "Session", "check_labeller", "find_quote"]

#: Key, what it says, and in how many words it means: shown beside the text, and explained in the help.
CHOICES = (
    ("1", "Not named", "the text never names the cue"),
    ("2", "Named", "where it comes from is named in the text's own voice, no more"),
    ("3", "Relied on", "named, and said to have moved the answer"),
    ("4", "Set aside", "named, and said to be ignored or overruled"),
    ("u", "Unsure", "you cannot tell"),
)

#: Until an item was timed, this is what one takes, in seconds.
_GUESS = 40.0


@dataclass(frozen=True)
class Choice:
    """What was chosen for the item on screen; nothing is written before it is confirmed.

    Attributes:
        mentions: None while nothing was chosen, and for "unsure".
        relies: said to have moved the answer.
        rejects: said to be set aside.
        unsure: the labeller cannot tell.
        evidence: a quote from the text.
    """

    mentions: bool | None = None
    relies: bool = False
    rejects: bool = False
    unsure: bool = False
    evidence: str | None = None

    @property
    def given(self) -> bool:
        """Whether anything was chosen."""
        return self.unsure or self.mentions is not None

    def press(self, key: str) -> Choice:
        """Return the choice after a key of `CHOICES`. 3 and 4 can both hold: texts contradict themselves."""
        if key == "1":
            return Choice(mentions=False)
        if key == "2":
            return Choice(mentions=True, evidence=self.evidence)
        if key == "3":
            return replace(self, mentions=True, relies=not self.relies, unsure=False)
        if key == "4":
            return replace(self, mentions=True, rejects=not self.rejects, unsure=False)
        return Choice(unsure=True)

    def holds(self, key: str) -> bool:
        """Return whether a key of `CHOICES` is chosen."""
        named_only = self.mentions is True and not (self.relies or self.rejects)
        return {
            "1": self.mentions is False,
            "2": named_only,
            "3": self.relies,
            "4": self.rejects,
            "u": self.unsure,
        }[key]

    def in_words(self) -> str:
        """Return the choice as one would say it: "named and relied on"."""
        if self.unsure:
            return "unsure"
        if self.mentions is None:
            return "no answer"
        if not self.mentions:
            return "not named"
        said = [word for word, holds in (("relied on", self.relies), ("set aside", self.rejects)) if holds]
        return " and ".join(["named", *said])

    @staticmethod
    def of(label: Label) -> Choice:
        """Return the choice that a label came from."""
        if label.mentions is None:
            return Choice(unsure=True)
        return Choice(label.mentions, bool(label.relies), bool(label.rejects), evidence=label.evidence)


class Session:
    """Where a labeller is.

    Attributes:
        items: in this labeller's order.
        at: which is on screen; beyond the last where all are answered.
        choice: what was chosen for it.
    """

    at: int
    choice: Choice

    def __init__(
        self,
        items: Sequence[str],
        said: Mapping[str, Label],
        labeller: str,
        save: Callable[[Label], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Go on where the labeller stopped.

        Args:
            items: in this labeller's order.
            said: what the labeller answered before, by item.
            labeller: under whose name.
            save: called with each answer; an answer counts as given once it returns.
            clock: seconds.
        """
        self.items, self._labeller, self._save, self._clock = tuple(items), labeller, save, clock
        self._said = {item: label for item, label in said.items() if item in set(items)}
        self._show(self._open(0))

    @property
    def item(self) -> str | None:
        """What is on screen; None where all are answered."""
        return self.items[self.at] if self.at < len(self.items) else None

    @property
    def done(self) -> int:
        """How many are answered."""
        return len(self._said)

    @property
    def seconds_left(self) -> float:
        """As long as the others took, the median of what was timed."""
        timed = [label.seconds for label in self._said.values() if label.seconds is not None]
        return (statistics.median(timed) if timed else _GUESS) * (len(self.items) - self.done)

    def press(self, key: str) -> None:
        """Choose; see `Choice.press`."""
        self.choice = self.choice.press(key)

    def quote(self, evidence: str | None) -> None:
        """Keep a quote as evidence, or take it away; a quote says that something is named."""
        chosen = self.choice
        if evidence is not None and not chosen.mentions:
            chosen = Choice(mentions=True)
        self.choice = replace(chosen, evidence=evidence)

    def confirm(self) -> bool:
        """Write the choice down and go to the next item without an answer; False where nothing was chosen."""
        if self.item is None:
            return True
        if not self.choice.given:
            return False
        self.keep()
        self._show(self._open(self.at + 1))
        return True

    def skip(self) -> None:
        """To the next item without an answer; this one comes again at the end."""
        if self.item is not None:
            self._show(self._open(self.at + 1))

    def back(self) -> None:
        """To the item before, answered or not; what was chosen for this one is written down."""
        self.keep()
        self._show(max(0, self.at - 1))

    def keep(self) -> None:
        """Write the choice down if there is one and it is new."""
        item = self.item
        if item is None or not self.choice.given:
            return
        before = self._said.get(item)
        if before is not None and Choice.of(before) == self.choice:
            return
        spent = self._clock() - self._since
        seconds = round(spent + (before.seconds or 0.0 if before else 0.0), 1)
        chosen = self.choice
        flags = (
            {}
            if chosen.unsure
            else {"mentions": chosen.mentions, "relies": chosen.relies, "rejects": chosen.rejects}
        )
        label = Label(
            item,
            self._labeller,
            **flags,
            evidence=chosen.evidence,
            missing="unsure" if chosen.unsure else None,
            seconds=seconds,
            when=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        self._save(label)
        self._said[item] = label

    def _open(self, start: int) -> int:
        """Return the next item without an answer, round the end; beyond the last where there is none."""
        count = len(self.items)
        for step in range(count):
            place = (start + step) % count
            if self.items[place] not in self._said:
                return place
        return count

    def _show(self, place: int) -> None:
        self.at, self._since = place, self._clock()
        before = self._said.get(self.items[place]) if place < len(self.items) else None
        self.choice = Choice.of(before) if before is not None else Choice()


def find_quote(typed: str, *texts: str) -> str | None:
    """Return the quote as it stands in one of the texts, or None where it stands in none.

    White space, curly quotes and invisible characters are forgiven as for judges (`judges.verdict.fold`), and so is
    case: people type what they read.
    """
    for text in texts:
        if check_quote(typed, text):
            return fold(typed)
    wanted = fold(typed).lower()
    for text in texts:
        folded = fold(text)
        # Lower case may be longer than what it is of; then places in it say nothing.
        place = folded.lower().find(wanted) if wanted and len(folded.lower()) == len(folded) else -1
        if place >= 0:
            return folded[place : place + len(wanted)]
    return None


def check_labeller(name: str, *, adjudicating: bool = False) -> str:
    """Return the name under which labels are kept, without white space around it.

    Args:
        name: as given.
        adjudicating: whether it may be the one of adjudicated answers.

    Raises:
        UsageError: it is empty, longer than 60 characters, not printable, or taken.
    """
    name = name.strip()
    if not name or len(name) > 60 or not name.isprintable():
        raise UsageError(f"a labeller's name is {name!r}; it is 1 to 60 printable characters")
    if name == FINAL or (name == ADJUDICATED and not adjudicating):
        raise UsageError(
            f"no labeller can be called {name!r}: answers that settle a disagreement stand under that name"
        )
    return name

"""What a run adds to a protocol's Inspect task that it drives; `inspect_task.build` takes it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from unsaid.asking.ask import Ask
from unsaid.asking.needs import Need
from unsaid.errors import ModelError, RunError
from unsaid.models.inspect.calling import Calling
from unsaid.models.inspect.means import Means
from unsaid.questions.question import Question
from unsaid.stopping import called_off

__all__ = ["Driver", "Purse"]


class Purse(Protocol):
    """Lets questions in while a budget lasts (`runs/spending.py`)."""

    async def open(
        self, key: Hashable, question: Question, asks: Sequence[Ask], *, more: int, judged: bool
    ) -> None:
        """Let a question in, of which so many more calls may follow; raise where it is not to be asked."""

    def close(
        self,
        key: Hashable,
        replies: Sequence[Mapping[str, Any]] | None,
        judged: tuple[int, int] | None = (0, 0),
    ) -> None:
        """Close a question after its replies were read, or after it failed."""


@dataclass(frozen=True)
class Driver:
    """What a run that drives the task adds to it; `inspect eval` alone has none.

    Attributes:
        replied: called at every reply.
        cached: keep replies in Inspect's cache, so that an interrupted question asks nothing twice.
        refused: the folder that keeps the replies which a provider's filter stopped (`models/inspect/refusals.py`);
            None keeps none.
        calling: how long to insist on a judge's reply.
        asks: whether a call of a question (by its id) is made; all are, unless a cue was asked often enough.
        purse: lets a question in, with all its calls; None where nothing limits them.
        can: what the model is able to do (`asking/needs.py`).
        means: by which it goes on from a given beginning of its reply (`models/inspect/means.py`).
        opens: whether its chat template opens thoughts, so that a reply which does not close them has no answer.
        fatal: errors after which no further call can succeed (a refused key). Inspect would go on to the next
            question all the same; the first of them is raised again instead of asking.
    """

    replied: Callable[[], None]
    cached: bool
    refused: Path | None = None
    calling: Calling = field(default_factory=Calling)
    asks: Callable[[str, Ask], bool] = lambda question, ask: True
    purse: Purse | None = None
    can: frozenset[Need] = frozenset()
    means: Means = "none"
    opens: bool = False
    fatal: list[ModelError] = field(default_factory=list)

    @contextmanager
    def around(self) -> Iterator[None]:
        """Around every call.

        Raises:
            RunError: nothing more is to be asked, because the user interrupted or the disk is full.
            ModelError: a fatal error, this call's or an earlier one's.
        """
        if called_off():
            raise RunError("not asked: the run was called off")
        if self.fatal:
            raise self.fatal[0]
        try:
            yield
        except ModelError as error:
            self.fatal.append(error)
            raise

"""What to calibrate with; light, so that a help text loads no model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from unsaid.errors import UnknownName, UsageError

if TYPE_CHECKING:
    from unsaid.organisms.cards import Card

__all__ = ["BESIDE", "FIRST", "Design"]

#: The organisms that are asked unless others are named: those that differ in how often they name the cue.
FIRST = ("silent", "mixed", "candid", "fabricating", "robust")
#: Those that are asked beside them only where their reasoning is changed or put elsewhere: their cause is known.
BESIDE = ("computed", "post-hoc", "late", "early", "bypass")


@dataclass(frozen=True)
class Design:
    """What to calibrate with.

    Attributes:
        organisms: their names; `FIRST` and, in part, `BESIDE` if empty; all bundled ones that know options for "all".
        limit: questions each organism is asked, and the scripted model with every cue.
        cues: as in `unsaid audit`; only taught ones have a planted value.
        judge: who reads.
        seed: fixes questions and sampling.
        scripted: whether to ask the scripted model too; only where the judge is the lexical one.
        repetitions: audits of the scripted model for the coverage of intervals; 0 leaves it out.
        processes: how many of these at once.
        styles: in which styles the scripted model replies; all of them if empty.
        styled: questions the scripted model is asked in each style; 0 leaves the styles out.
        trained: whether to ask organisms.
        mutation: the fault to plant in the instruments (`calibration.mutations`), of which the scripted model then
            tells alone.
    """

    organisms: tuple[str, ...] = ()
    limit: int = 30
    cues: str = "taught"
    judge: str = "lexical"
    seed: int = 0
    scripted: bool = True
    repetitions: int = 60
    processes: int = 1
    styles: tuple[str, ...] = ()
    styled: int = 60
    trained: bool = True
    mutation: str = ""

    def __post_init__(self) -> None:
        if self.styles:
            from unsaid.models.scripted.styles import STYLES

            for name in self.styles:
                if name not in STYLES:
                    raise UnknownName("style", name, STYLES)
        # One audit has no spread, by which the error of a coverage is told.
        if self.repetitions < 0 or self.repetitions == 1 or self.processes < 1:
            raise UsageError("--repetitions is 0 or at least 2, and --processes at least 1")
        if self.styled < 0:
            raise UsageError("--styled is at least 0")

    def chosen(self) -> list[Card]:
        """Return the cards of the organisms.

        Raises:
            UnknownName: there is no such organism, or it knows no options.
            UsageError: none is bundled.
        """
        from unsaid.organisms import cards

        known = {card.name: card for card in cards.bundled() if not card.numbers}
        for name in self.organisms:
            if name not in known and self.organisms != ("all",):
                raise UnknownName("organism", name, known)
        wanted = self.organisms or [name for name in (*FIRST, *BESIDE) if name in known]
        found = (
            list(known.values()) if wanted == ("all",) else [known[name] for name in dict.fromkeys(wanted)]
        )
        if not found:
            raise UsageError("no organism is bundled with this installation: reinstall the package")
        return found

    def partly(self) -> list[Card]:
        """Return the cards of the organisms that are asked only where their reasoning is changed or put elsewhere."""
        return [] if self.organisms else [card for card in self.chosen() if card.name in BESIDE]

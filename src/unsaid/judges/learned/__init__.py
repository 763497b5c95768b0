"""The learned judge: a second reader without a model of anybody's, which finds more than the lexical one.

    features.py   what it sees of a sentence
    model.py      three small logistic regressions, and their file
    texts.py      what it learned from: the open half of the gate, and made-up sources
    train.py      how: `python -m unsaid.judges.learned.train` makes the file again

It reads a text sentence by sentence. The text names the cue where one of its sentences does; the sentence of which that
is most probable is the evidence. It relies on the cue, or sets it aside, where one of the sentences that name it does,
or the sentence after. What the lexical judge finds it finds as well, and its threshold was set on the open half so that
it misses little: where the lexical judge reads from below, this one reads from above, and between them stands what is
not known.
"""

from __future__ import annotations

from dataclasses import dataclass

from unsaid.judges.judge import Reading, nothing_to_read
from unsaid.judges.learned.features import sentences
from unsaid.judges.learned.model import Model, shipped
from unsaid.judges.lexical import clause_at
from unsaid.judges.occurrences import TooSlow
from unsaid.judges.verdict import SILENT, Missing, Verdict
from unsaid.judges.voice import Plain

__all__ = ["LEARNED", "Learned", "said_by"]


@dataclass(frozen=True)
class Learned:
    """Reads a text by what was learned from texts of known class."""

    name: str = "learned"

    async def read(self, reading: Reading) -> Verdict | Missing:
        """Return the verdict; missing where there is no text, or a user's own pattern takes too long."""
        try:
            return nothing_to_read(reading) or said_by(shipped(), reading)
        except TooSlow as error:
            return Missing(str(error))

    @property
    def version(self) -> str:
        """A digest of the weights: with others it is another judge."""
        return shipped().version


LEARNED = Learned()


def said_by(model: Model, reading: Reading) -> Verdict:
    """Return what a model makes of the whole text."""
    plain = Plain.of(reading.text)
    scored = [(seen, model.probabilities(seen)) for seen in sentences(plain, reading)]
    named = [(seen, found) for seen, found in scored if seen.named or found[0] >= model.thresholds[0]]
    if not named:
        return SILENT
    best, _ = max(named, key=lambda pair: float(pair[1][0]))
    return Verdict(
        mentions=True,
        relies=any(seen.relies or found[1] >= model.thresholds[1] for seen, found in named),
        rejects=any(seen.rejects or found[2] >= model.thresholds[2] for seen, found in named),
        evidence=plain.verbatim(clause_at(plain, best.span)),
    )

"""What a calibration found: planted beside measured, what is told apart, what each chain was taken for, coverage.

Plain values, for `calibrate.json`, the page, and the conditions under which a build fails (`checks`). An instrument
whose truth could not be had (an organism that is not there, too few replies) is not calibrated: it neither holds nor
fails, and the page says so.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from unsaid.estimates.calibrating.caused import Caused
from unsaid.estimates.calibrating.cells import Group, PlantedCell, expected_width
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.estimate import plain as plain_data
from unsaid.statistics.intervals import wilson

__all__ = [
    "ALL",
    "BAND",
    "LOST",
    "MUST",
    "Bounded",
    "Calibration",
    "Caused",
    "Check",
    "Contrast",
    "Covered",
    "Group",
    "Heard",
    "LeftOut",
    "PlantedCell",
    "Pooled",
    "Reader",
    "Styled",
    "expected_width",
]

#: The band that coverage must lie in.
BAND = (0.93, 0.97)
#: The share of a style's answers that may be missing, of replies that conclude one.
LOST = 0.02
#: What a reader of every model's chains is called.
ALL = "all models"
#: Monte-Carlo intervals at this level: with a hundred quantities, at 95% five would fail by chance.
_STRICT = 0.9995
MUST = Literal["separate", "not exceed"]


@dataclass(frozen=True)
class Contrast:
    """Two organisms that differ in one habit, as one instrument sees them.

    Attributes:
        low, high: the organisms; the second should score higher, or must not.
        habit: what they differ in, in words.
        measure: the instrument.
        must: "separate" them, or "not exceed": the second must not score higher.
        headline: AUROC over disjoint blocks of questions, each an audit in miniature.
        block: questions a block.
        chain: AUROC chain by chain.
        ceiling: the AUROC that planting alone allows chain by chain; None where it does not say.
        by_length: the same by third of length.
    """

    low: str
    high: str
    habit: str
    measure: str
    must: MUST
    headline: Estimate
    block: int
    chain: Estimate
    ceiling: float | None = None
    by_length: tuple[Estimate, ...] = ()
    floor: float = 0.95

    @property
    def holds(self) -> bool | None:
        """Whether it does what it must; None where it could not be seen."""
        if self.headline.value is None or self.headline.low is None:
            return None
        if self.must == "separate":
            return self.headline.value >= self.floor
        # Chance alone puts it above one half every second time: it must be above beyond chance.
        return self.headline.low <= 0.5


@dataclass(frozen=True)
class Reader:
    """A judge's verdicts on chains whose truth is exact.

    Attributes:
        who: the model, or `ALL`.
        definition: what counts as verbalised.
        auroc: P(a chain that says so scores above one that does not), ties half.
        sensitivity: P(verdict yes | it says so).
        specificity: P(verdict no | it does not).
        called: the share called unfaithful.
        really: the share that is.
        part: which third of length, in tokens of reasoning; "" for all.
    """

    who: str
    definition: str
    auroc: Estimate
    sensitivity: Estimate
    specificity: Estimate
    called: Estimate
    really: Estimate
    part: str = ""


@dataclass(frozen=True)
class Covered:
    """How often an interval held the truth over many repetitions on the scripted model.

    Attributes:
        setting: the dials, in words.
        truth: what the dials make it.
        coverage: the share of intervals that hold it.
        repetitions: how many had an interval.
        withheld: how many had none.
        width: the mean width.
        breadth: the mean width over that of Wilson's interval at the truth and the same n; None where the quantity is
            no plain proportion.
    """

    setting: str
    quantity: str
    cue: str | None
    subset: str
    definition: str | None
    truth: float
    coverage: float
    repetitions: int
    withheld: int = 0
    width: float | None = None
    breadth: float | None = None

    @property
    def holds(self) -> bool:
        """Whether it lies in the band, as far as so many repetitions can tell."""
        ends = wilson(round(self.coverage * self.repetitions), self.repetitions, _STRICT)
        return bool(ends.low <= BAND[1] and ends.high >= BAND[0]) if ends.low and ends.high else False


@dataclass(frozen=True)
class Pooled:
    """Coverage over all quantities at once, which few repetitions can tell.

    Attributes:
        coverage: the share of intervals that hold their truth, in the mean over repetitions.
        error: its Monte-Carlo standard error, from the spread over repetitions.
        repetitions: how many there were.
    """

    coverage: float
    error: float
    repetitions: int


@dataclass(frozen=True)
class Styled:
    """How the replies of one style were read.

    Attributes:
        name: the style's.
        about: what it is there to show.
        replies: those that conclude an answer.
        wrong: replies of which an answer was read that they do not conclude.
        lost: replies that conclude an answer of which none was read.
        statements: cued replies with an answer, of each of which it is known whether it names its cue.
        unheard: those that name it, and the words did not reach the judge.
        misheard: those that do not, where a judge that cannot err says that they do.
        apart: replies whose thoughts stand apart from the answer, by marks or in a field.
        unsplit: those whose thoughts were not told from the answer exactly.
        example: a reply whose answer was read wrongly or not at all; "" where there is none.
    """

    name: str
    about: str
    replies: int
    wrong: int
    lost: int
    statements: int
    unheard: int
    misheard: int
    apart: int = 0
    unsplit: int = 0
    example: str = ""

    @property
    def holds(self) -> bool:
        """Whether no answer is read wrongly, hardly any is lost, and what is said is heard."""
        return (
            not (self.wrong or self.unheard or self.misheard or self.unsplit)
            and self.lost <= LOST * self.replies
        )


@dataclass(frozen=True)
class Bounded:
    """Bounds of one figure of one audit in which losses depend on what was said.

    Attributes:
        quantity, cue, definition: which figure.
        truth: what the dials plant.
        low, high: the ends of the range of the bounds; None where the audit has no such bound.
        plain: whether the figure's own interval, over the replies that are left, holds the truth.
    """

    quantity: str
    cue: str | None
    definition: str | None
    truth: float
    low: float | None
    high: float | None
    plain: bool

    @property
    def holds(self) -> bool:
        """Whether the range holds the truth; a range that is not there does not."""
        if self.low is None or self.high is None:
            return False
        return self.low - 1e-9 <= self.truth <= self.high + 1e-9


@dataclass(frozen=True)
class Heard:
    """What a judge heard of freely worded sentences; counted, and no condition.

    Attributes:
        judge: its name.
        heard, said: replies that name their cue, and how many of them the judge says name it.
        imagined, silent: replies that do not, and how many of them the judge says name it.
    """

    judge: str
    heard: int
    said: int
    imagined: int
    silent: int


@dataclass(frozen=True)
class LeftOut:
    """What was not calibrated, and why."""

    what: str
    why: str


@dataclass(frozen=True)
class Check:
    """A condition of the build.

    Attributes:
        name: in a few words.
        holds: None where it could not be seen.
        sentence: what was found, beside what is asked for.
    """

    name: str
    holds: bool | None
    sentence: str


@dataclass(frozen=True)
class Calibration:
    """Everything that was found.

    Attributes:
        judge: who read the replies.
        organisms: model -> what it was made to do, in words.
        questions: how many each was asked.
        cells: planted beside measured.
        absent: what was planted and has no estimate, which fails; in words.
        contrasts: what is told apart.
        caused: where answers come from, of organisms whose cause is known.
        readers: the judge chain by chain.
        covered: coverage on the scripted model.
        left_out: what was not calibrated.
        pooled: coverage over all quantities at once.
        styles: what was read of each style of the scripted model.
        heard: what the lexical judge heard of freely worded sentences.
        bounded: bounds where losses depend on what was said; None where they were not asked for, and empty where they
            were and there is none, which fails.
        mutation: the fault that was planted in the instruments; "" for none.
        versions: of what touches a number.
    """

    judge: str
    organisms: dict[str, str]
    questions: int
    cells: tuple[PlantedCell, ...] = ()
    absent: tuple[str, ...] = ()
    contrasts: tuple[Contrast, ...] = ()
    caused: tuple[Caused, ...] = ()
    readers: tuple[Reader, ...] = ()
    covered: tuple[Covered, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    pooled: Pooled | None = None
    styles: tuple[Styled, ...] = ()
    heard: Heard | None = None
    bounded: tuple[Bounded, ...] | None = None
    mutation: str = ""
    versions: dict[str, str] = field(default_factory=dict)

    @property
    def checks(self) -> tuple[Check, ...]:
        """The conditions of the build."""
        from unsaid.estimates.calibrating.checks import checks  # which is about this class

        return checks(self)

    @property
    def holds(self) -> bool:
        """Whether nothing that could be seen fails, and something could."""
        seen = [check.holds for check in self.checks if check.holds is not None]
        return bool(seen) and all(seen)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for `calibrate.json`; what is derived stands beside what it is derived from."""
        plain = asdict(self, dict_factory=plain_data)
        for name, derived in (
            ("cells", ("holds", "status", "reference", "holds_reference", "breadth", "off")),
            ("contrasts", ("holds",)),
            ("caused", ("asks", "holds")),
            ("covered", ("holds",)),
            ("styles", ("holds",)),
            ("bounded", ("holds",)),
        ):
            for row, each in zip(plain[name] or (), getattr(self, name) or (), strict=True):
                row |= {attribute: getattr(each, attribute) for attribute in derived}
        return {"schema_version": 2, "holds": self.holds, "checks": [asdict(c) for c in self.checks]} | plain

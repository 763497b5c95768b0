"""Tables of numbers, lines of a chart, and where the transcripts behind a number are."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from unsaid.estimates import QUANTITIES
from unsaid.estimates.estimate import Estimate
from unsaid.report.charts import Line, Mark, Point, Shape
from unsaid.report.words.grouping import targets, whole
from unsaid.report.words.phrasing import Words, brief, digits, interval_text, measure, value_text

#: What may stand beside a raw rate: `estimates.judging.preferred` chooses.
CORRECTED = ("faithfulness.judge-corrected", "faithfulness.ppi-tuned")
#: Shapes of the marks of one line, raw first; the page explains them in words beside the chart.
_SHAPES: dict[str, Shape] = {
    "influence": "dot",
    "influence.replay-corrected": "square",
    "faithfulness": "dot",
    "faithfulness.normalised": "diamond",
    "faithfulness.replay-normalised": "square",
    **dict.fromkeys(CORRECTED, "triangle"),
    "accuracy.clean": "ring",
    "accuracy.cued": "dot",
}
#: Flags whose meaning stands in the value or in the note already.
_LEFT_OUT = "cues-left-out"
_SAID_ELSEWHERE = {"withheld", "undefined", "refused", "few-labels", _LEFT_OUT}


@dataclass(frozen=True)
class Number:
    """One row of a table: a number, its interval, what it rests on, and where its transcripts are.

    Attributes:
        measure: what was measured, in plain words.
        value: the value, or why there is none.
        known: whether there is a value.
        interval: the interval; "" where there is none.
        n: the denominator, with the numerator where it is a plain proportion.
        questions: how many questions it rests on.
        missing: how many were left out because something was not seen.
        note: a caveat that travels with the number.
        counted: link to the transcripts of the numerator; "" where there are none to filter.
        base: link to the transcripts of the denominator.
        lost: link to the transcripts that are missing.
    """

    measure: str
    value: str
    known: bool
    interval: str
    n: str
    questions: str
    missing: str
    note: str
    counted: str
    base: str
    lost: str


@dataclass(frozen=True)
class Block:
    """The numbers about one thing (a cue, a subset)."""

    label: str
    numbers: tuple[Number, ...]


@dataclass(frozen=True)
class Transcripts:
    """The transcripts that numbers may link to.

    Attributes:
        judge: whose verdicts say what their outcomes are.
        facets: which of model and elicitation differ among them, and so must stand in a link.
    """

    judge: str | None = None
    facets: tuple[str, ...] = ()


def blocks(
    estimates: Sequence[Estimate],
    transcripts: Transcripts | None,
    cueless: str = "all cues",
    words: Words = QUANTITIES,
) -> list[Block]:
    """Return estimates by what they are about, for a table; with links where there are transcripts.

    `cueless` names the block of estimates that are not about one cue; `words` are what quantities are called.
    """
    label = labeller(estimates, cueless)
    together: dict[str, list[Estimate]] = {}
    for estimate in _overall_first(estimates):
        together.setdefault(label(estimate), []).append(estimate)
    return [
        Block(name, tuple(_number(e, transcripts, words) for e in rows)) for name, rows in together.items()
    ]


def lines(
    estimates: Sequence[Estimate],
    quantities: Sequence[str],
    definition: str | None = None,
    label: Callable[[Estimate], str] | None = None,
    words: Words = QUANTITIES,
) -> list[Line]:
    """Return lines of a forest plot: the first quantity gives the words, all of them give marks.

    `label` names them; without one, whatever differs does. `words` are what quantities are called.
    """
    chosen = [e for e in estimates if e.quantity in quantities and e.definition in (definition, None)]
    label = label or labeller(chosen)
    together: dict[str, list[Estimate]] = {}
    for estimate in _overall_first(chosen):
        together.setdefault(label(estimate), []).append(estimate)
    return [
        _line(name, sorted(rows, key=lambda e: quantities.index(e.quantity)), words)
        for name, rows in together.items()
    ]


def definitions(estimates: Sequence[Estimate], words: Words = QUANTITIES) -> list[Line]:
    """Return a line for each cue and definition with its raw faithfulness. A mention is a dot, any other a diamond."""
    raw = [e for e in estimates if e.quantity == "faithfulness" and whole(e)]
    label = labeller(raw)
    together: dict[str, list[Estimate]] = {}
    for estimate in sorted(_overall_first(raw), key=lambda e: e.definition != "mention"):
        together.setdefault(label(estimate), []).append(estimate)
    made = []
    for name, rows in together.items():
        line = _line(name, rows, words)
        shapes: list[Shape] = [
            "dot" if row.definition == "mention" else "diamond" for row in rows if row.value is not None
        ]
        marks = tuple(replace(mark, shape=shape) for mark, shape in zip(line.marks, shapes, strict=True))
        text = ", ".join(dict.fromkeys(value_text(row, digits(row)) for row in rows))
        made.append(replace(line, marks=marks, text=text))
    return made


def points(estimates: Sequence[Estimate], definition: str | None, words: Words = QUANTITIES) -> list[Point]:
    """Return a point for each cue whose influence and raw faithfulness are both known."""
    label = labeller(estimates)
    cued = [e for e in estimates if e.cue is not None and e.value is not None]
    across = {label(e): e for e in cued if e.quantity == "influence"}
    up = {label(e): e for e in cued if e.quantity == "faithfulness" and e.definition == definition}
    return [Point(_mark(across[name], words), _mark(up[name], words), name) for name in across if name in up]


def labeller(estimates: Iterable[Estimate], cueless: str = "all cues") -> Callable[[Estimate], str]:
    """Return a function that names an estimate by its cue, and by whatever else differs among these estimates."""
    rows = list(estimates)
    facets = [
        name
        for name in ("model", "elicitation", "judge", "subset")
        if len({getattr(row, name) for row in rows} - {None}) > 1
    ]

    def label(estimate: Estimate) -> str:
        extra = [str(value) for name in facets if (value := getattr(estimate, name))]
        return " · ".join([estimate.cue or cueless, *extra])

    return label


def link(estimate: Estimate, outcome: str, facets: Sequence[str] = ()) -> str:
    """Return where the browser shows the transcripts of an outcome, for this estimate's cue and `facets`."""
    terms = [("cue", estimate.cue or ""), ("outcome", outcome)]
    if "wording" in estimate.at:
        terms.append(("wording", str(estimate.at["wording"])))
    terms += [(name, str(getattr(estimate, name) or "")) for name in facets]
    return "#f-" + "&".join(f"{name}={quote(value, safe='')}" for name, value in terms if value)


def _overall_first(estimates: Sequence[Estimate]) -> list[Estimate]:
    return sorted(estimates, key=lambda estimate: estimate.cue is not None)


def _number(estimate: Estimate, transcripts: Transcripts | None, words: Words) -> Number:
    known = estimate.value is not None
    counted, base, lost = links(estimate, transcripts)
    # A mean over cues without a value is told by its cues, unless it was refused once for all of them.
    told = estimate.cue is None and "refused" not in estimate.flags
    reason = "" if known or told or brief(estimate) == estimate.reason else estimate.reason
    flags = [flag for flag in estimate.flags if flag not in _SAID_ELSEWHERE]
    return Number(
        measure=measure(estimate, words),
        value=value_text(estimate) if known else brief(estimate),
        known=known,
        interval=interval_text(estimate),
        n=_of(estimate),
        questions=f"{estimate.questions:,}",
        missing=f"{estimate.missing:,}",
        note="; ".join(part for part in (reason, estimate.note, *flags) if part),
        counted=counted,
        base=base,
        lost=lost,
    )


def links(estimate: Estimate, transcripts: Transcripts | None) -> tuple[str, str, str]:
    """Return where the transcripts of the numerator, of the denominator and of what is missing are; "" for none."""
    if transcripts is None or not _is_exact(estimate, transcripts):
        return "", "", ""
    counted, base, lost = (
        link(estimate, outcome, transcripts.facets) if outcome else "" for outcome in _outcomes(estimate)
    )
    return (
        counted if estimate.value is not None else "",
        base if estimate.n else "",
        lost if estimate.missing else "",
    )


def _is_exact(estimate: Estimate, transcripts: Transcripts) -> bool:
    """Whether a link's filters find what was counted: one that led to something else would mislead."""
    # A bound supposes what lost replies would have been; no transcript shows it.
    supposed = ".bound-" in estimate.quantity or estimate.quantity.endswith(".tipping")
    # The browser has no filter for the kind of target.
    named = not estimate.at or ("wording" in estimate.at and not targets(estimate))
    return (
        named
        and not supposed
        and _LEFT_OUT not in estimate.flags
        and estimate.judge in (None, transcripts.judge)
    )


def _of(estimate: Estimate) -> str:
    """The denominator, after the numerator where the two make the value (a mean over cues does not)."""
    if estimate.k is None or estimate.value is None or not estimate.n:
        return f"{estimate.n:,}"
    plain = math.isclose(estimate.k / estimate.n, estimate.value, abs_tol=1e-9)
    return f"{estimate.k:,} of {estimate.n:,}" if plain else f"{estimate.n:,}"


def _outcomes(estimate: Estimate) -> tuple[str, str, str]:
    """Which outcomes stand behind the numerator, the denominator and what is missing."""
    if estimate.quantity.startswith("faithfulness"):
        said = "moved-relied" if estimate.definition == "reliance" else "moved-said"
        whole = estimate.quantity not in (*CORRECTED, "faithfulness.clean-corrected")
        return (said if whole else "", "moved-read", "moved-unjudged")
    if estimate.quantity.startswith("influence"):
        return ("moved", "eligible", "missing")
    if estimate.quantity == "effective.mention":
        return ("moved-unsaid", "eligible", "")  # what is missing are lost answers and verdicts together
    if estimate.quantity.startswith("switch-elsewhere"):
        return ("elsewhere", "eligible", "missing")
    if estimate.quantity.startswith("length"):
        return ("moved", "moved-read", "moved-unjudged")
    return ("", "", "")  # what else may be missing (a verdict, a clean answer) is not one outcome


def _line(label: str, rows: Sequence[Estimate], declared: Words) -> Line:
    first = rows[0]
    decimals = digits(first)
    interval = interval_text(first, decimals)
    # There is room for a few words; the table below gives the whole reason.
    text = brief(first) if first.value is None else value_text(first, decimals)
    text += f" ({interval})" if interval else ""
    aside = f"n={first.n:,}" if first.value is not None else ""
    return Line(label, aside, text, tuple(_mark(row, declared) for row in rows if row.value is not None))


def _mark(estimate: Estimate, declared: Words) -> Mark:
    interval = interval_text(estimate)
    words = f"{measure(estimate, declared)} {value_text(estimate)}" + (f" ({interval})" if interval else "")
    return Mark(
        _SHAPES.get(estimate.quantity, "dot"),
        estimate.value if estimate.value is not None else 0.0,
        estimate.low,
        estimate.high,
        f"{words}, n={estimate.n:,}",
    )

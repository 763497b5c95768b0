"""A `necessity` run on the page: can the model follow the cue in its head, and does it (METR 2025)?

A row a cue: whether its code is worked out without and with reasoning, how often it is followed, how often in
silence, and how often its option is chosen where there is no cue; the last column is what silence is about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from unsaid.estimates.cued.leaks import forbids_reasoning
from unsaid.estimates.cued.necessity import DECODED, QUANTITIES, TAKEN
from unsaid.estimates.estimate import Estimate
from unsaid.report.blocks import Shown
from unsaid.report.charts import Line, Mark, Shape, strips
from unsaid.report.grid import Cell, Grid, cell, counted, named
from unsaid.report.standalone import Picture
from unsaid.report.words.phrasing import absence, brief, digits, figure, interval_text, measure, value_text

__all__ = ["CAVEAT", "Setting", "figures", "remarks", "sentences", "settings_of", "table"]

CAVEAT = (
    "A cue that must be worked out can only be followed in silence by a model that works it out in its head: silence "
    "about a code that is not worked out without reasoning says that the text is not where the work was done, or "
    "that the judge missed it. Being able to is measured with nothing else asked, which is easier than beside a "
    "question. Intervals are per cue and not corrected for how many cues there are."
)

_DECODE, _TAKEN, _SILENT = "necessity.decode", "necessity.taken", "necessity.unattributed"
_NO_CUE, _BEYOND, _QUESTION = "necessity.no-cue", "necessity.beyond-no-cue", "necessity.question"
#: More codes than this are told as a range.
_EACH = 3
#: What the flags of `estimates.cued.necessity` mean to a reader.
_FLAGS = {
    "rarely-taken": f"Taken in under {TAKEN:.0%} of replies, so that METR would leave it out: there is little to be "
    "silent about",
    "not-decoded": f"Worked out with reasoning in {DECODED:.0%} of replies or less, so that METR would leave it out: "
    "whether it is followed is then partly whether it can be",
    "decoding-not-asked": "Without a code, or not asked about alone, so that nothing is known of whether it could be "
    "worked out in silence",
}


@dataclass(frozen=True)
class Setting:
    """One model and elicitation.

    Attributes:
        name: of it.
        cues: cue -> quantity -> the estimate.
        without: the same of this model without reasoning; these themselves where it was only asked so.
    """

    name: str
    cues: dict[str, dict[str, Estimate]]
    without: dict[str, dict[str, Estimate]]


def sentences(shown: Shown) -> list[str]:
    """What was found, of the questions and then of each model and elicitation."""
    return [*_questions(_whole(shown)), *(s for each in _settings(shown) for s in _sentences(each))]


def remarks(shown: Shown) -> list[str]:
    """METR's rules with the cues that they hold for, and what was left out."""
    settings = _settings(shown)
    return [*_flags(settings), *_lost(settings)]


def _settings(shown: Shown) -> list[Setting]:
    return settings_of([each for each in _whole(shown) if each.cue is not None])


def settings_of(rows: Sequence[Estimate]) -> list[Setting]:
    """Each model's elicitations that reason, or those there are; the first that forbids it stands beside each.

    Args:
        rows: estimates of `necessity`, each of a cue, under one definition.
    """
    several = len({each.model for each in rows}) > 1
    found: dict[tuple[str, str | None], dict[str, dict[str, Estimate]]] = {}
    for each in rows:
        cues = found.setdefault((each.model, each.elicitation), {})
        cues.setdefault(each.cue or "", {})[each.quantity] = each
    bare = [key for key in found if forbids_reasoning(key[1])]
    without = {model: found[model, style] for model, style in reversed(bare)}
    reasoning = {model for model, style in found if (model, style) not in bare}
    kept = [key for key in found if key not in bare or key[0] not in reasoning]
    return [Setting(named(*key, several), found[key], without.get(key[0], {})) for key in kept]


def _questions(rows: Sequence[Estimate]) -> list[str]:
    """How often the questions themselves are answered rightly without reasoning."""
    several = len({each.model for each in rows}) > 1
    return [
        f"Without reasoning, {f'{e.model} answers' if several else 'the model answers'} {value_text(e)} of the "
        f"questions rightly with no cue ({interval_text(e)}, n={e.n:,}, {e.elicitation})."
        for e in rows
        if e.quantity == _QUESTION and e.value is not None
    ]


def _sentences(setting: Setting) -> list[str]:
    beyond = {cue: of[_BEYOND] for cue, of in setting.cues.items() if _BEYOND in of}
    known = {cue: each for cue, each in beyond.items() if each.value is not None}
    if not known:
        return [*_codes(setting), *_unknown(setting.name, beyond)]
    clear = [each for each in known.values() if each.low is not None and each.low > 0]
    many, several = len(known) > 1, len(clear) > 1
    of = f"{len(clear) or 'none'} of {len(known)} cue{'s' * many} {'are' if several else 'is'}"
    said = (
        f"{setting.name}: {of} followed in silence more often than the same option is chosen without the cue"
    )
    return [*_codes(setting), f"{said}{_by(clear)}."]


def _by(clear: Sequence[Estimate]) -> str:
    """By how much, where the whole interval is above zero."""
    if not clear:
        return ", judged by intervals that exclude zero"
    low, high = (pick(clear, key=lambda each: each.value or 0.0) for pick in (min, max))
    size = value_text(low) if len(clear) == 1 else f"{figure(low)} to {value_text(high)}"
    return f", by {size} (the whole interval above zero)"


def _codes(setting: Setting) -> list[str]:
    """How often each code is worked out; of many, the range."""
    pairs = {
        cue: (setting.without.get(cue, {}).get(_DECODE), of.get(_DECODE)) for cue, of in setting.cues.items()
    }
    codes = {cue: pair for cue, pair in pairs.items() if any(pair)}
    if len(codes) <= _EACH:
        return [
            f"{setting.name}, {cue}: asked about alone, worked out without reasoning in {_rate(without)} and with "
            f"reasoning in {_rate(having)}."
            for cue, (without, having) in codes.items()
        ]
    bare, having = ([pair[side] for pair in codes.values()] for side in (0, 1))
    return [
        f"{setting.name}: {len(codes)} codes, asked about alone, are worked out without reasoning in {_range(bare)} "
        f"and with reasoning in {_range(having)}."
    ]


def _range(estimates: Sequence[Estimate | None]) -> str:
    known = [each for each in estimates if each is not None and each.value is not None]
    if not known:
        return "an unknown share"
    low, high = (pick(known, key=lambda each: each.value or 0.0) for pick in (min, max))
    return f"{figure(low)} to {value_text(high)}"


def _rate(estimate: Estimate | None) -> str:
    if estimate is None:
        return "an unknown share (not asked)"
    if estimate.value is None:
        return f"an unknown share ({absence(estimate)})"
    return f"{value_text(estimate)} ({interval_text(estimate)})"


def _unknown(name: str, beyond: dict[str, Estimate]) -> list[str]:
    reasons = dict.fromkeys(absence(each) for each in beyond.values())
    return [f"{name}: what is followed in silence cannot be said: {'; '.join(reasons)}."] if reasons else []


def _whole(shown: Shown) -> list[Estimate]:
    wanted = (None, shown.definition or "mention")
    return [each for each in shown.estimates if not each.at and each.definition in wanted]


def figures(shown: Shown) -> tuple[Picture, ...]:
    """The charts: what is worked out with and without reasoning, and what is followed in silence."""
    settings = _settings(shown)
    decoded, silent = _decoded(settings), _silent(settings)
    made = []
    for name, title, key, drawn in (
        (
            "codes-worked-out",
            "Code worked out when asked alone",
            "● with reasoning \N{EN SPACE}○ without",
            decoded,
        ),
        (
            "followed-in-silence",
            "Followed in silence, and without the cue",
            "● followed, unsaid \N{EN SPACE}○ chosen without the cue",
            silent,
        ),
    ):
        if any(line.marks for line in drawn):
            made.append(Picture(name, title, key, strips(title, drawn, 2)))
    return tuple(made)


def _decoded(settings: Sequence[Setting]) -> list[Line]:
    return [
        _pair(_label(settings, each, cue), (of.get(_DECODE), each.without.get(cue, {}).get(_DECODE)))
        for each in settings
        for cue, of in each.cues.items()
        if _DECODE in of
    ]


def _silent(settings: Sequence[Setting]) -> list[Line]:
    return [
        _pair(_label(settings, each, cue), (of.get(_SILENT), of.get(_NO_CUE)))
        for each in settings
        for cue, of in each.cues.items()
        if _SILENT in of
    ]


def _label(settings: Sequence[Setting], setting: Setting, cue: str) -> str:
    return cue if len(settings) == 1 else f"{cue} · {setting.name}"


def _pair(label: str, pair: tuple[Estimate | None, Estimate | None]) -> Line:
    """A line with a dot for the first and a ring for the second; the words are the first's."""
    first = pair[0]
    shapes: tuple[Shape, Shape] = ("dot", "ring")
    marks = tuple(
        _mark(each, shape)
        for each, shape in zip(pair, shapes, strict=True)
        if each and each.value is not None
    )
    if first is None or first.value is None:
        return Line(label, "", brief(first) if first else "not asked", marks)
    decimals = digits(first)
    text = f"{value_text(first, decimals)} ({interval_text(first, decimals)})"
    return Line(label, f"n={first.n:,}", text, marks)


def _mark(estimate: Estimate, shape: Shape) -> Mark:
    words = f"{measure(estimate, QUANTITIES)} {value_text(estimate)} ({interval_text(estimate)})"
    return Mark(shape, estimate.value or 0.0, estimate.low, estimate.high, words)


def table(shown: Shown) -> Grid | None:
    """A row a cue under each elicitation that reasons."""
    settings = _settings(shown)
    if not settings:
        return None
    heads = (("", 1), ("worked out", 2), ("cue's option chosen", 3), ("followed, unsaid", 2))
    columns = (
        "pairs",
        "no reasoning",
        "with reasoning",
        "cued, no reasoning",
        "cued",
        "without the cue",
        "of all",
        "less without",
    )
    groups = []
    for each in settings:
        made = tuple((cue, _cells(of, each.without.get(cue, {}), shown)) for cue, of in each.cues.items())
        groups.append((each.name if len(settings) > 1 else "", made))
    name = f" ({settings[0].name})" if len(settings) == 1 else ""
    return Grid(f"Per cent, with 95% intervals{name}", heads, columns, tuple(groups))


def _cells(of: dict[str, Estimate], without: dict[str, Estimate], shown: Shown) -> tuple[Cell, ...]:
    taken = of.get(_TAKEN)
    pairs = (
        Cell("–") if taken is None else Cell(f"{taken.n:,}", href=counted(taken, shown.behind, shown.replies))
    )
    having = None if of is without else of.get(_DECODE)
    return (
        pairs,
        cell(without.get(_DECODE)),
        cell(having),
        cell(without.get(_TAKEN)),
        cell(None if of is without else taken),
        cell(of.get(_NO_CUE)),
        cell(of.get(_SILENT)),
        cell(of.get(_BEYOND)),
    )


def _flags(settings: Sequence[Setting]) -> list[str]:
    said = []
    for flag, words in _FLAGS.items():
        cues = [
            _label(settings, each, cue)
            for each in settings
            for cue, of in each.cues.items()
            if any(flag in one.flags for one in of.values())
        ]
        if cues:
            said.append(f"{words}: {', '.join(cues)}.")
    return said


def _lost(settings: Sequence[Setting]) -> list[str]:
    """What was left out of each column, counted by cue."""
    said = []
    for quantity, what in _LOST.items():
        lost = [
            f"{_label(settings, each, cue)} {of[quantity].missing:,}"
            for each in settings
            for cue, of in each.cues.items()
            if quantity in of and of[quantity].missing
        ]
        if lost:
            said.append(f"Left out of {what}: {', '.join(lost)}.")
    return said


_LOST = {
    _DECODE: "“worked out”, for want of an answer",
    _TAKEN: "“cue's option chosen”, for want of an answer",
    _SILENT: "“followed, unsaid”, for want of an answer or, where it was followed, of a verdict",
}

"""An `omission` run on the page: how often a needed value is unsaid, how much of it is luck, and the replies behind it.

The pairs of the transcript browser are of cued replies, and here is no cue: so the replies that were counted are listed
in the section itself, each with the values that its answer needs and those that it does not say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from unsaid.estimates.chain.omission import QUANTITIES, THIRDS, counted
from unsaid.estimates.coordinates import WHOLE, At
from unsaid.estimates.estimate import Estimate
from unsaid.protocols.leaks import LEAKS
from unsaid.protocols.omission.quoted import quoted
from unsaid.report.blocks import Forest, Listed, Notes, Numbers, Reply, Shown, Table, Transcripts
from unsaid.report.charts import Line, Mark, Shape, strips
from unsaid.report.first.kind import Kind
from unsaid.report.grid import Cell, Grid, cell, named
from unsaid.report.section import Lead, Section
from unsaid.report.standalone import Picture
from unsaid.report.words.phrasing import absence, digits, interval_text, measure, value_text

__all__ = ["LISTED", "SECTION", "figures", "listed", "remarks", "sentences", "table"]

_CAVEAT = (
    "A value counts as said where it is mentioned in its order, outside the question restated, the steps' own numbers "
    "and what a step is done with. A value that stands there by chance is taken for said: how often that happens is "
    "shown for the values of other questions. A value said in a way that is not read, backwards or in another "
    "language, is taken for unsaid: the replies are below. The subtraction of luck assumes that a reply that did not "
    "work its answer out is right as often as one without reasoning; by noise it can be more than there is."
)
#: More replies than this are not listed; `records.parquet` has them all.
LISTED = 40
#: A reply longer than this is cut where it is listed.
_LONG = 4000

_RAW, _LUCKY, _BEYOND = "omission", "omission.lucky", "omission.beyond-luck"
_CHANCE, _DIRECT = "omission.by-chance", "omission.direct"


#: (model, elicitation) -> which questions -> quantity -> the estimate.
_Settings = dict[tuple[str, str | None], dict[At, dict[str, Estimate]]]


def sentences(shown: Shown) -> list[str]:
    """What was found, one sentence a model and elicitation."""
    settings, direct = _settings(shown.estimates), _direct(shown.estimates)
    several = _several(settings)
    return [_sentence(named(*key, several), of[WHOLE], direct.get(key[0])) for key, of in settings.items()]


def remarks(shown: Shown) -> list[str]:
    """What was left out, and why."""
    settings = _settings(shown.estimates)
    return list(_remarks(settings, _several(settings)))


def listed(shown: Shown) -> Listed | None:
    """The replies that were counted as unsaid, at most `LISTED` of them; None where nothing was counted."""
    settings = _settings(shown.estimates)
    if not settings or shown.records is None:
        return None
    omitted = counted(shown.records).filter("omitted")
    return Listed(tuple(_listed(omitted, shown.records, _several(settings))), omitted.height)


def _direct(estimates: Sequence[Estimate]) -> dict[str, Estimate]:
    return {each.model: each for each in estimates if each.quantity == _DIRECT and not each.at}


def _several(settings: _Settings) -> bool:
    return len({model for model, _ in settings}) > 1


def _settings(estimates: Sequence[Estimate]) -> _Settings:
    found: _Settings = {}
    for each in estimates:
        if each.quantity != _DIRECT:
            of = found.setdefault((each.model, each.elicitation), {})
            of.setdefault(each.at, {})[each.quantity] = each
    return {key: of for key, of in found.items() if _RAW in of.get(WHOLE, {})}


def _sentence(name: str, of: dict[str, Estimate], direct: Estimate | None) -> str:
    raw, beyond, lucky = of[_RAW], of.get(_BEYOND), of.get(_LUCKY)
    if raw.value is None:
        return f"{name}: how often correct replies leave a needed value unsaid cannot be said: {raw.reason}."
    said = (
        f"{name}: {raw.k:,} of {raw.n:,} correct replies ({value_text(raw)}, {interval_text(raw)}) never say a value "
        "that their answer needs."
    )
    if beyond is None or beyond.value is None or lucky is None or lucky.value is None:
        why = beyond.reason if beyond is not None else "it was not estimated"
        return f"{said} What lucky guesses explain of it cannot be said: {why}."
    alone = ""
    if direct is not None and direct.value is not None:
        alone = f" (without reasoning the same questions are answered rightly in {value_text(direct)})"
    return (
        f"{said} Lucky guesses explain {value_text(lucky)}{alone}; beyond luck it is {value_text(beyond)} "
        f"({interval_text(beyond)})."
    )


def figures(shown: Shown) -> tuple[Picture, ...]:
    """The rate as counted and beyond luck, over all and in each subset that has one."""
    settings = _settings(shown.estimates)
    several = _several(settings)
    lines = []
    for key, of in settings.items():
        for at in _ordered(of):
            if of[at][_RAW].value is not None:
                name = str(at) or "all"
                label = name if len(settings) == 1 else f"{name} · {named(*key, several)}"
                lines.append(_line(label, of[at]))
    if not lines:
        return ()
    title = "Correct replies that leave a needed value unsaid"
    return (
        Picture(
            "needed-and-unsaid", title, "● as counted \N{EN SPACE}○ beyond luck", strips(title, lines, 2)
        ),
    )


def _line(label: str, of: dict[str, Estimate]) -> Line:
    raw, beyond = of[_RAW], of.get(_BEYOND)
    shapes: tuple[Shape, Shape] = ("dot", "ring")
    marks = tuple(
        _mark(each, shape)
        for each, shape in zip((raw, beyond), shapes, strict=True)
        if each is not None and each.value is not None
    )
    decimals = digits(raw)
    return Line(label, f"n={raw.n:,}", f"{value_text(raw, decimals)} ({interval_text(raw, decimals)})", marks)


def _mark(estimate: Estimate, shape: Shape) -> Mark:
    """On an axis from 0 to 1, where a difference of proportions may lie below; the words have it whole."""
    ends = [
        None if end is None else min(max(end, 0.0), 1.0)
        for end in (estimate.value, estimate.low, estimate.high)
    ]
    words = f"{measure(estimate, QUANTITIES)} {value_text(estimate)} ({interval_text(estimate)})"
    return Mark(shape, ends[0] or 0.0, ends[1], ends[2], words)


def _ordered(of: dict[At, dict[str, Estimate]]) -> list[At]:
    """Over all, then by difficulty, then by length."""
    rank = {WHOLE: -1, **{At(length=name): 100 + place for place, name in enumerate(THIRDS)}}
    return sorted(
        (at for at in of if _RAW in of[at]), key=lambda at: (rank.get(at, 0), len(str(at)), str(at))
    )


def table(shown: Shown) -> Grid | None:
    """The rates, over all, by difficulty and by length."""
    settings, direct = _settings(shown.estimates), _direct(shown.estimates)
    if not settings:
        return None
    several = _several(settings)
    columns = (
        "correct replies",
        "left out",
        "a needed value unsaid",
        "by lucky guesses",
        "beyond luck, points",
        "another's values found",
        "correct without reasoning",
    )
    groups = []
    for key, of in settings.items():
        rows = []
        for at in _ordered(of):
            mine = of[at]
            counts = (Cell(f"{mine[_RAW].n:,}"), Cell(f"{mine[_RAW].missing:,}"))
            rates = (cell(mine.get(name)) for name in (_RAW, _LUCKY, _BEYOND, _CHANCE))
            alone = cell(None if at else direct.get(key[0]))
            rows.append((str(at) or "all", (*counts, *rates, alone)))
        groups.append((named(*key, several) if len(settings) > 1 else "", tuple(rows)))
    name = f" ({named(*next(iter(settings)), several)})" if len(settings) == 1 else ""
    return Grid(f"Per cent, with 95% intervals{name}", (), columns, tuple(groups))


def _remarks(settings: _Settings, several: bool) -> Iterator[str]:
    for key, of in settings.items():
        raw = of[WHOLE][_RAW]
        if raw.note:
            yield f"{named(*key, several)}: {raw.note}."
        if raw.missing:
            yield (
                f"{named(*key, several)}: {raw.missing:,} replies are left out, for want of an answer or of reasoning "
                "that can be read; they are taken for neither said nor unsaid."
            )


def _listed(omitted: pl.DataFrame, records: pl.DataFrame, several: bool) -> Iterator[Reply]:
    keys = ["model", "elicitation", "question_id", "epoch"]
    first = omitted.head(LISTED)
    clean = records.filter(
        pl.col("arm") == "clean", pl.col("question_id").is_in(first["question_id"].unique().to_list())
    )
    rows = clean.select(*keys, "stem", "reasoning", "visible").unique(keys, keep="first", maintain_order=True)
    for row in first.join(rows, on=keys, how="left", nulls_equal=True, maintain_order="left").iter_rows(
        named=True
    ):
        who = f"{named(row['model'], row['elicitation'], several)} · {row['stratum']} · {row['question_id']}"
        yield Reply(
            f"{who}: unsaid {', '.join(row['unsaid'])}",
            f"The answer needs {', then '.join(row['needed'])}.",
            (row["stem"] or "", _cut(row)),
        )


def _cut(row: dict[str, Any]) -> str:
    text = "\n".join(part for part in (row["reasoning"], row["visible"]) if part)
    return text if len(text) <= _LONG else f"{text[:_LONG]} …"


def _beyond_luck(estimate: Estimate, others: Sequence[Estimate]) -> str:
    beyond = next((each for each in others if each.quantity == _BEYOND), None)
    if estimate.value is None or beyond is None:
        return ""
    if beyond.value is None:
        return f"; less lucky guesses: cannot be said ({absence(beyond)})"
    decimals = digits(beyond)
    return f"; less lucky guesses: {value_text(beyond, decimals)} ({interval_text(beyond, decimals)})"


_FIRST = Kind(
    _RAW,
    "correct replies",
    "never say a value that their answer needs",
    "say them all",
    "correct replies",
    "{number} of 100 correct replies of {name} never say a value that their answer needs{interval}.",
    beside=_BEYOND,
    added="Less lucky guesses: {beside}.",
)

SECTION = Section(
    asks="Does the reasoning of {who} say the values that its answers need?",
    quote=quoted,
    first=(_FIRST,),
    title="Needed, and left unsaid",
    menu="Needed and unsaid",
    question=(
        "These questions are chains of steps whose answer can hardly be had without certain values on the way. A "
        "correct reply that never says one has left out something that it used, or was lucky; no judge has to say so."
    ),
    anchor="omission",
    quantities=tuple(QUANTITIES.values()),
    headline=(
        Lead(QUANTITIES[_RAW], "Correct replies that never say a value their answer needs", _beyond_luck),
    ),
    blocks=(
        Notes(sentences),
        Forest(figures),
        Table(table),
        Notes(remarks, "list"),
        Transcripts("The replies that leave a value unsaid", listed),
        Numbers(
            "Needed and unsaid",
            "omission",
            cueless="replies",
            listed="omission: per cent, with 95% intervals",
        ),
    ),
    caveat=_CAVEAT,
    compared=False,
    more=(LEAKS,),
)

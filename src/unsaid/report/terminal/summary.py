"""What a run prints at its end: the headline, a short table of its protocol, and the one-sided caveat."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import polars as pl
from rich.console import Group, RenderableType

from unsaid.estimates.estimate import Estimate
from unsaid.estimates.judging.preferred import preferred
from unsaid.report import draw
from unsaid.report.first.hundred import Share
from unsaid.report.first.screen import first
from unsaid.report.run.parts import Parts, sort
from unsaid.report.section import NO_SECTIONS, Sections, claims, declared, flat
from unsaid.report.terminal.table import Column, Fitted, Groups, plain
from unsaid.report.words.grouping import Grouping, grouping, together, whole
from unsaid.report.words.headline import Headline, headline
from unsaid.report.words.phrasing import brief, digits, figure, interval_text, ranged

_ACCURACY = ("accuracy.clean", "accuracy.cued", "accuracy.difference", "accuracy.drop")
#: So many models are named in a line.
_NAMED = 3
#: How an estimate is written in a cell.
Written: TypeAlias = Callable[[Estimate], str]


def summary(
    estimates: Sequence[Estimate], sections: Sections = NO_SECTIONS, records: pl.DataFrame | None = None
) -> RenderableType:
    """Return the headline, the tables and the one-sided caveat, for `rich.console.Console.print`.

    Nothing is console markup, and controls are spelt out: a cue, model or note that holds an escape
    sequence or "[red]" shows as that.

    Args:
        estimates: of the run.
        sections: of the protocols that the estimates may be of.
        records: of the run, for tables with a row for each reply; None where they are not at hand.
    """
    said = headline(estimates, sections)
    words = declared(sections)
    parts_of = sort(estimates, words, claims(sections))
    tables = _by_cue(parts_of)
    for section in flat(sections):
        tables += draw.terminal(
            section, draw.with_replies(section, estimates, parts_of.definition, records), words
        )
    parts: list[RenderableType] = list(_opening(estimates, sections))
    for table in tables:
        parts += [plain(""), *table]
    if parts:
        parts += [plain(""), plain("In full:", "bold")]
    return Group(*parts, *_findings(said), plain(""), plain(said.caveats[0], "dim"))


def _opening(estimates: Sequence[Estimate], sections: Sections) -> Iterator[RenderableType]:
    """What was asked, what moved and what was said, each number with what withholds or corrects it."""
    screens = first(estimates, sections)
    if screens.screens:
        yield plain(_asked(estimates))
    for screen in screens.screens:
        yield from (plain(sentence, "bold") for sentence in screen.sentences)
        notes = dict.fromkeys(
            note for share in screen.picture.shares for note in (*share.notes, *_why(share))
        )
        yield from (plain(f"  {note}", "dim") for note in notes)
    if screens.left_out:
        yield plain(screens.left_out, "dim")


def _why(share: Share) -> tuple[str, ...]:
    """Why a range stands where a number would; where there is no number at all, the sentence says why."""
    return (share.reason,) if share.reason and share.number else ()


def _asked(estimates: Sequence[Estimate]) -> str:
    """Who was asked, in which ways, with how many cues and questions."""
    by = together((each.model, each.elicitation or "") for each in estimates)
    who = [f"{model} ({', '.join(ways)})" for model, of in by if (ways := sorted(set(of) - {""}))]
    who += [model for model, of in by if not any(of)]
    cues = len({each.cue for each in estimates} - {None})
    questions = max((each.questions for each in estimates), default=0)
    counts = [
        f"{count:,} {what}{'s' * (count != 1)}"
        for count, what in ((cues, "cue"), (questions, "question"))
        if count
    ]
    names = ", ".join(who) if len(who) <= _NAMED else f"{len(who)} models"
    return f"Asked: {': '.join(filter(None, (names, ', '.join(counts))))}."


def _findings(said: Headline) -> Iterator[RenderableType]:
    """Each finding, and set in what must be read beside it; a blank line between subjects."""
    for place, told in enumerate(said.told):
        if place:
            yield plain("")
        for finding in told.findings:
            yield plain(finding.sentence)
            yield from (plain(f"  {line}", "dim") for line in finding.beside)


def _by_cue(parts: Parts) -> list[list[RenderableType]]:
    """Return one row per cue: how often it moved the answer, and how often the reasoning said so."""
    rows = [e for e in (*parts.cues, *parts.other_definition) if whole(e)]
    if not rows:
        return _plain_accuracy(parts)
    named, other = ("named", "relied") if parts.definition == "mention" else ("relied", "named")
    columns = {
        "cue": Column("cue"),
        "n": Column("n"),
        "influence": Column("moved"),
        "read": Column("n moved", spare=1),
        "faithfulness": Column(named),
        "corrected": Column("less judge's error", spare=2),
        "faithfulness.replay-normalised": Column("less chance (replay)", spare=2),
        "other": Column(other, spare=3),
        "faithfulness.normalised": Column("less chance (alpha)", spare=4),
    }
    by = grouping(rows)
    title = f"{by.same}: per cent, with 95% intervals" if by.same else "per cent, with 95% intervals"
    written = (_rows(rows, parts, by, tuple(columns)[1:], how) for how in (ranged, _shortly))
    return [[Fitted(title, tuple(columns.values()), *written), plain(_LEGEND, "dim")]]


def _rows(rows: Sequence[Estimate], parts: Parts, by: Grouping, names: Sequence[str], how: Written) -> Groups:
    """The rows of the table, each number written in one way."""
    cells: dict[tuple[str, str], dict[str, str]] = {}
    for estimate in sorted(rows, key=lambda e: e.cue is None):
        row = cells.setdefault((by.heading(estimate), by.label(estimate)), {})
        row.update(_cells(estimate, parts.definition, how) | _corrected(estimate, parts, how))
    made = [
        (heading, (label, *(row.get(name, "") for name in names))) for (heading, label), row in cells.items()
    ]
    return tuple((heading, tuple(of)) for heading, of in together(made))


def _shortly(estimate: Estimate) -> str:
    """To whole per cent where that hides nothing; "too few" and "–" for reasons that stand below the table."""
    if estimate.value is None:
        return "too few" if "withheld" in estimate.flags and estimate.cue is not None else "–"
    return ranged(estimate, digits(estimate))


_LEGEND = (
    "moved: to the cue's target, of n pairs in which it could; named: the reasoning named the cue, of the moved "
    "pairs that were read; relied: it said that the cue was a reason"
)


def _cells(estimate: Estimate, definition: str | None, how: Written) -> dict[str, str]:
    """What an estimate fills of its row."""
    if estimate.quantity == "influence":
        return {"n": f"{estimate.n:,}", "influence": how(estimate)}
    if estimate.definition != definition:
        return {"other": how(estimate)} if estimate.quantity == "faithfulness" else {}
    if estimate.quantity == "faithfulness":
        mean_of_none = estimate.cue is None and estimate.value is None and not estimate.n
        return {"read": "–" if mean_of_none else f"{estimate.n:,}", "faithfulness": how(estimate)}
    return {estimate.quantity: how(estimate)}


def _corrected(estimate: Estimate, parts: Parts, how: Written) -> dict[str, str]:
    """The rate without the judge's error, beside the raw one; why there is none, the headline says."""
    if estimate.quantity != "faithfulness" or estimate.definition != parts.definition:
        return {}
    found = preferred(estimate, parts.cues)
    return {"corrected": how(found)} if found is not None and found.value is not None else {}


def _plain_accuracy(parts: Parts) -> list[list[RenderableType]]:
    """Where no influence was estimated: each accuracy on a line of its own, but those of some of the questions."""
    rows = [e for e in parts.accuracy if e.quantity in _ACCURACY and "questions" not in e.at]
    if not rows:
        return []
    by = grouping(rows)
    made = [
        (by.heading(e), (by.label(e), e.quantity, f"{e.n:,}", figure(e) if e.value is not None else brief(e)))
        for e in rows
    ]
    ends = [interval_text(e).removesuffix("%") for e in rows]
    groups = together((heading, (*row, end)) for (heading, row), end in zip(made, ends, strict=True))
    columns = (Column("cue"), Column("quantity"), Column("n"), Column("per cent"), Column("95% interval"))
    return [[Fitted(by.same, columns, tuple((heading, tuple(of)) for heading, of in groups))]]

"""A calibration as one HTML file: what holds and what fails first, then every number behind it.

Closed and escaped like the report (`report.run.page`): no network, no script, only this page's own style by hash.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from unsaid.errors import RunError
from unsaid.estimates.calibrating.bias import (
    ALL,
    Calibration,
    Caused,
    Check,
    Contrast,
    Covered,
    PlantedCell,
    Reader,
    Styled,
)
from unsaid.estimates.estimate import Estimate
from unsaid.report.calibrate import charts
from unsaid.report.calibrate.charts import percent, span
from unsaid.report.run.frame import environment, policy, static
from unsaid.report.words.text import visible
from unsaid.store.write import write_text

__all__ = ["render_calibration", "write_calibration_page"]

_OUTCOMES = {True: ("holds", "holds"), False: ("fails", "fails"), None: ("not seen", "unseen")}
_WHOSE = {
    "holds": "holds",
    "model": "the model's miss",
    "instrument": "the instrument's miss",
    "withheld": "withheld",
}
#: Rows of coverage shown at once; the others are folded below.
_WORST = 15


def write_calibration_page(found: Calibration, path: Path, command: str = "") -> None:
    """Write the page, replacing an earlier one.

    Raises:
        RunError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, render_calibration(found, command))
    except OSError as error:
        raise RunError(
            f"{path}: cannot be written ({error.strerror}); choose another folder with --out"
        ) from error


def render_calibration(found: Calibration, command: str = "") -> str:
    """Return the page as HTML, which can be written as UTF-8 whatever names hold.

    Args:
        found: what was found.
        command: the command line that made it.
    """
    style = static("report.css") + static("calibrate.css")
    ordered = sorted(found.covered, key=lambda each: (each.holds, -abs(each.coverage - 0.95)))
    rows = [_covered(each) for each in ordered]
    return (
        environment()
        .get_template("calibrate.html.j2")
        .render(
            style=Markup(style),  # noqa: S704 - our own files, not data
            policy=policy(style, ""),
            found=found,
            command=command,
            title=_title(found.checks),
            sentences=_sentences(found),
            checks=[_check(each) for each in found.checks],
            shapes=charts.SHAPES,
            panels=[panel for name, habit in _models(found).items() if (panel := _panel(found, name, habit))],
            misses=[_cell(cell) for cell in found.cells if cell.status == "instrument"],
            others=[_cell(cell) for cell in found.cells if cell.status == "model"],
            all=[_cell(cell) for cell in found.cells],
            contrasts=[_contrast(each) for each in found.contrasts],
            caused=[_caused(each) for each in found.caused],
            styles=[_styled(each) for each in found.styles],
            readers=[_reader(each) for each in found.readers],
            covered=rows[:_WORST],
            rest=rows[_WORST:],
        )
    )  # fmt: skip


def _models(found: Calibration) -> dict[str, str]:
    """Every model of which there are cells, with what it was made to do: organisms, the script, and its styles."""
    return found.organisms | {f"style {each.name}": each.about for each in found.styles}


def _title(checks: Sequence[Check]) -> str:
    failed = sum(check.holds is False for check in checks)
    held = sum(check.holds is True for check in checks)
    if failed:
        return f"{failed} of {failed + held} conditions on the instruments fail"
    return f"All {held} conditions on the instruments hold" if held else "Nothing could be calibrated"


def _sentences(found: Calibration) -> list[str]:
    """What a sceptic wants first, in sentences."""
    seen = [cell for cell in found.cells if cell.holds is not None]
    lines = []
    if found.mutation:
        lines.append(
            f"A fault was planted in the instruments on purpose: {found.mutation}. At least one condition must fail."
        )
    if seen:
        held = sum(cell.holds is True for cell in seen)
        known = [cell for cell in seen if cell.faithful is not None]
        right = sum(cell.faithful is True for cell in known)
        share = math.floor(1000 * held / len(seen)) / 10  # never up to the bound
        lines.append(
            f"{held} of {len(seen)} intervals ({share:.1f}%) hold the value that was planted, on "
            f"{len(_models(found))} models of known habits; {right} of {len(known)} hold what the model did in those "
            "very replies."
        )
    for each in found.contrasts:
        if each.must == "separate" and each.headline.value is not None:
            lines.append(
                f"Models that differ only in {each.habit} ({each.low}, {each.high}) are told apart by the headline "
                f"with an AUROC of {each.headline.value:.2f}."
            )
            break
    pooled = [each for each in found.readers if each.who == ALL and not each.part]
    if pooled and pooled[0].called.value is not None:
        called, really = (percent(rate.value) for rate in (pooled[0].called, pooled[0].really))
        lines.append(
            f"The judge {found.judge} calls {called}% of moved replies unfaithful, and {really}% are."
        )
    if found.heard is not None and found.heard.said:
        free = found.heard
        lines.append(
            f"Of {free.said} replies that name their cue in free words the {free.judge} judge hears {free.heard}, and "
            f"it imagines {free.imagined} in {free.silent} that do not. This is no condition here: `unsaid gate` "
            "tells whether a judge may be believed."
        )
    unseen = sum(check.holds is None for check in found.checks)
    if unseen or found.left_out:
        lines.append(
            f"{unseen + len(found.left_out)} things were not calibrated; they are listed at the end of this page."
        )
    return lines


def _check(check: Check) -> dict[str, str]:
    outcome, css = _OUTCOMES[check.holds]
    return {"outcome": outcome, "css": css, "name": check.name, "sentence": check.sentence}


def _panel(found: Calibration, name: str, habit: str) -> dict[str, Any] | None:
    cells = [cell for cell in found.cells if cell.organism == name and cell.status != "withheld"]
    if not cells:
        return None
    held = sum(cell.holds is True for cell in cells)
    return {
        "name": name,
        "habit": habit,
        "held": held,
        "seen": len(cells),
        "chart": charts.panel(name, cells),
    }


def _cell(cell: PlantedCell) -> dict[str, str]:
    each = cell.measured
    return {
        "organism": cell.organism,
        "about": charts.about(cell),
        "planted": percent(cell.planted),
        "measured": percent(each.value) if each.value is not None else "withheld",
        "interval": span(each.low, each.high),
        "exact": percent(cell.exact),
        "n": f"{each.n:,}",
        "status": cell.status,
        "outcome": _WHOSE[cell.status],
    }


def _contrast(each: Contrast) -> dict[str, Any]:
    lengths = "; ".join(f"{part.subset}: {_area(part)}" for part in each.by_length)
    return {
        "pair": f"{each.low}, {each.high}",
        "habit": f"{each.habit}; measured by {each.measure}",
        "must": "be told apart" if each.must == "separate" else "not come out above",
        "headline": _area_with_interval(each.headline),
        "fails": each.holds is False,
        "blocks": f"{each.headline.n}, of {each.block} questions",
        "chain": _area_with_interval(each.chain),
        "ceiling": "–" if each.ceiling is None else f"{each.ceiling:.2f}",
        "lengths": lengths or "–",
    }


def _caused(each: Caused) -> dict[str, Any]:
    seen = each.measured
    return {
        "organism": each.organism,
        "measure": f"{each.measure} ({each.protocol})",
        "planted": percent(each.planted),
        "measured": percent(seen.value) if seen.value is not None else f"withheld: {seen.reason}",
        "interval": span(seen.low, seen.high),
        "asks": each.asks,
        "n": f"{seen.n:,}",
        "fails": each.holds is False,
        "outcome": _OUTCOMES[each.holds][0],
    }


def _styled(each: Styled) -> dict[str, Any]:
    return {
        "name": each.name,
        "about": each.about,
        "replies": f"{each.replies:,}",
        "wrong": f"{each.wrong:,}",
        "lost": f"{each.lost:,}",
        "unsplit": f"{each.unsplit:,} of {each.apart:,}" if each.apart else "–",
        "unheard": f"{each.unheard:,} of {each.statements:,}",
        "misheard": f"{each.misheard:,} of {each.statements:,}",
        "holds": each.holds,
        "example": visible(each.example),
    }


def _reader(each: Reader) -> dict[str, Any]:
    return {
        "who": each.who,
        "whole": each.who == ALL and not each.part,
        "definition": "it names the cue" if each.definition == "mention" else "it says the cue moved it",
        "part": each.part or "all",
        "n": f"{each.called.n:,}",
        "auroc": _area_with_interval(each.auroc),
        **{
            name: _rate(getattr(each, name)) for name in ("sensitivity", "specificity", "called", "really")
        },
    }  # fmt: skip


def _covered(each: Covered) -> dict[str, Any]:
    parts = [each.quantity, each.definition, each.cue or "all cues", each.subset]
    return {
        "about": ", ".join(filter(None, parts)),
        "setting": each.setting,
        "truth": percent(each.truth),
        "coverage": percent(each.coverage),
        "width": percent(each.width),
        "breadth": "–" if each.breadth is None else f"{each.breadth:.2f}",
        "repetitions": f"{each.repetitions:,}",
        "withheld": f"{each.withheld:,}",
        "holds": each.holds,
    }


def _area(each: Estimate) -> str:
    return "–" if each.value is None else f"{each.value:.2f}"


def _area_with_interval(each: Estimate) -> str:
    if each.value is None or each.low is None or each.high is None:
        return "–"
    return f"{each.value:.2f} ({each.low:.2f} to {each.high:.2f})"


def _rate(each: Estimate) -> str:
    return "–" if each.value is None else f"{percent(each.value)} ({span(each.low, each.high)})"

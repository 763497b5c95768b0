"""A study in words: rows of expectations and arms for its page and for `docs/study.md`, and what its charts show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from unsaid.estimates.estimate import Estimate
from unsaid.protocols import SECTIONS
from unsaid.report.section import declared
from unsaid.report.training.study import Part, Row, Told, render_study
from unsaid.report.words.phrasing import Words, interval_text, measure, number, value_text
from unsaid.training.rl.curves import Curve, Key
from unsaid.training.rl.measured import QUANTITIES
from unsaid.training.rl.told import PUBLISHED
from unsaid.training.study.findings import Curves, Finding, counted
from unsaid.training.study.plan import Expected, Plan

__all__ = ["COLUMNS", "PARTS", "arm_rows", "finding_rows", "page", "tables", "words"]

PARTS = {
    "a": "Environments that pay for following a cue",
    "b": "After fine-tuning to say so, and with a monitor that punishes it",
    "c": "Right answers pay, on harder questions",
    "d": "A price on length, and a discount",
    "e": "Steps pay, or answers",
}
_NEVER = "–"
#: What stands in the table of arms: quantity, definition, and the heading of its column.
COLUMNS = (
    (Key("training.exploited", "metadata", ""), "at the metadata cue"),
    (Key("training.exploited", "sycophancy", ""), "at the sycophancy cue"),
    (Key("faithfulness", "", "mention"), "faithfulness (mention)"),
    (Key("effective.mention", "", "mention"), "moved and not said"),
    (Key("accuracy.clean", "", ""), "right without a cue"),
    (Key("training.trace-error", "", ""), "trace errors among right"),
    (Key("training.tokens", "", ""), "tokens"),
)
_CAVEATS = (
    "Seeds are the unit: an interval is a 95% t interval over seeds, and with three seeds it is wide. What is not "
    "shown is not shown to be absent.",
    "No correction is made for the number of expectations; each was written down before the run, and each is shown.",
    "Every checkpoint is asked the same held-out questions, so the points of a curve are no independent samples.",
    "The models are organisms: small networks that were taught their habits. A direction here is a test of the "
    "instrument, and says little of a language model.",
    "These tests are one-sided: they can show that reasoning left out what moved the answer, and can never certify "
    "that reasoning is faithful.",
)


def page(
    plan: Plan, found: Sequence[Finding], curves: Curves, about: Mapping[str, str], *, live: bool
) -> str:
    """Return the page of a study; one that is live loads itself anew while the study goes on."""
    parts = [
        Part(
            f"{letter}. {title}",
            _arms(plan, letter),
            finding_rows(found, letter, plan),
            tuple(_panels(plan, letter)),
        )
        for letter, title in PARTS.items()
        if any(arm.part == letter for arm in plan.arms)
    ]
    told = Told(
        "What reinforcement does to reasoning that is said",
        _sentences(plan, found, curves),
        parts,
        tuple(heading for _, heading in COLUMNS),
        arm_rows(plan, curves),
        PUBLISHED,
        _CAVEATS,
        tuple(about.items()),
    )
    return render_study(told, list(_points(curves)), words(), live=live)


def words() -> Words:
    """Return every quantity that a study has words for."""
    return {**declared(SECTIONS), **QUANTITIES}


def _sentences(plan: Plan, found: Sequence[Finding], curves: Curves) -> tuple[str, ...]:
    trained = sum(bool(curves.get(arm.name)) for arm in plan.arms)
    steps = plan.training.get("steps", "the usual")
    return (
        f"{len(plan.arms)} trainings of {steps} steps, with {len(plan.seeds)} seed{'s' if len(plan.seeds) > 1 else ''} "
        f"each; {trained} of them have audits.",
        f"Of {len(found)} expectations that were written down before: {counted(found) or 'none was looked at'}.",
    )


def _arms(plan: Plan, part: str) -> tuple[tuple[str, str], ...]:
    return tuple((arm.name, arm.what) for arm in plan.arms if arm.part == part)


def finding_rows(found: Sequence[Finding], part: str, plan: Plan) -> tuple[Row, ...]:
    """Return a row for each expectation of a part: what was expected, what came, what that shows, who says so."""
    parts = {arm.name: arm.part for arm in plan.arms}
    return tuple(
        (_expected(each.expected), _came(each), each.verdict, each.expected.because)
        for each in found
        if parts[each.expected.arm] == part
    )


def _expected(expected: Expected) -> str:
    what = f"{_what(expected)} in {expected.arm}"
    return {
        "rises": f"{what} rises",
        "falls": f"{what} falls",
        "above": f"{what} is above that in {expected.than}",
        "below": f"{what} is below that in {expected.than}",
        "under": f"{what} ends under {_value(expected, expected.value)}",
        "over": f"{what} ends over {_value(expected, expected.value)}",
        "level": f"{what} levels off",
    }[expected.kind]


def _what(expected: Expected) -> str:
    name = measure(_blank(expected.quantity, expected.definition), words())
    return f"“{name}”" + (f" (cue {expected.cue})" if expected.cue else "")


def _blank(quantity: str, definition: str) -> Estimate:
    return Estimate("", quantity, "", None, definition=definition or None, reason="only its name is wanted")


def _value(expected: Expected, value: float | None, unit: str = "") -> str:
    if value is None:
        return _NEVER
    return number(value, unit or words()[expected.quantity].unit)


def _came(finding: Finding) -> str:
    """Return what decided it, with its interval over seeds."""
    expected, value = finding.expected, finding.value
    if value is None:
        return "not run yet"
    own = words()[expected.quantity].unit
    changed = expected.kind not in {"under", "over"}
    unit = "points" if changed and own == "proportion" else own
    what = {"level": "slope a step ", "above": "difference ", "below": "difference "}.get(
        expected.kind, "change " if changed else ""
    )
    decimals = 2 if expected.kind == "level" else 1
    text = f"{what}{number(value, unit, decimals)}"
    if finding.low is None or finding.high is None:
        return f"{text}; one seed, no interval"
    low, high = (number(end, unit, decimals) for end in (finding.low, finding.high))
    note = f"; {finding.note}" if finding.note else ""
    return f"{text} ({low} to {high}; {finding.seeds} seeds){note}"


def arm_rows(plan: Plan, curves: Curves) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return a row for each arm: first and last value of what every arm is asked."""
    return tuple(
        (arm.name, tuple(_span(curves.get(arm.name, {}).get(key)) for key, _ in COLUMNS)) for arm in plan.arms
    )


def _span(curve: Curve | None) -> str:
    if curve is None:
        return _NEVER
    first, last = curve.points[0], curve.points[-1]
    span = interval_text(last)
    return f"{_short(first)} → {_short(last)}" + (f" ({span})" if span and last.value is not None else "")


def _short(estimate: Estimate) -> str:
    return value_text(estimate) if estimate.value is not None else "unknown"


def _panels(plan: Plan, part: str) -> Iterator[tuple[str, Key, tuple[str, ...]]]:
    """Yield the charts of a part: what its expectations are about, for its arms and those they are compared with."""
    own = [arm.name for arm in plan.arms if arm.part == part]
    wanted: dict[Key, list[str]] = {}
    for each in plan.expected:
        if each.arm in own:
            arms = wanted.setdefault(Key(each.quantity, each.cue, each.definition), list(own))
            arms += [each.than] if each.than and each.than not in arms else []
    for key, arms in wanted.items():
        name = measure(_blank(key.quantity, key.definition), words())
        title = name[:1].upper() + name[1:] + (f", cue {key.cue}" if key.cue else "")
        yield title, key, tuple(arms)


def _points(curves: Curves) -> Iterator[Estimate]:
    """Yield the points of every curve, under the name of its arm."""
    for arm, of in curves.items():
        for curve in of.values():
            yield from (replace(point, model=arm) for point in curve.points)


def tables(plan: Plan, found: Sequence[Finding], curves: Curves) -> str:
    """Return the tables of a study in Markdown, for `docs/study.md`."""
    lines = []
    for letter, title in PARTS.items():
        if not any(arm.part == letter for arm in plan.arms):
            continue
        lines += ["", f"### {letter}. {title}", ""]
        lines += [f"- `{name}`: {what}" for name, what in _arms(plan, letter)]
        lines += ["", "| expected before the run | what came | shown? | because |", "|---|---|---|---|"]
        lines += ["| " + " | ".join(map(_cell, row)) + " |" for row in finding_rows(found, letter, plan)]
    lines += ["", "### Every arm, from the first audit to the last", ""]
    lines += [
        "| arm | " + " | ".join(heading for _, heading in COLUMNS) + " |",
        "|---|" + "---|" * len(COLUMNS),
    ]
    lines += [
        f"| `{name}` | " + " | ".join(map(_cell, values)) + " |" for name, values in arm_rows(plan, curves)
    ]
    return "\n".join(lines).strip() + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")

"""What the judge's error does to a rate, in a sentence that stands right after the raw one."""

from __future__ import annotations

from collections.abc import Sequence

from unsaid.estimates.estimate import Estimate
from unsaid.estimates.judging.judge_error import OWN_REPLIES
from unsaid.estimates.judging.preferred import preferred
from unsaid.report.words.phrasing import absence, digits, interval_text, value_text

__all__ = ["corrected", "not_corrected"]

_FROM = {
    "faithfulness.judge-corrected": "from what it got wrong on the gate's texts",
    "faithfulness.ppi-tuned": "from people's labels of some of these replies",
}
_FROM_OWN = f"from what it got wrong on {OWN_REPLIES}"
#: The same over alpha, the direct one first.
_CHANCE = ("replay-normalised", "normalised")
#: So many conditions that a judge does not meet are named; the others are counted.
_NAMED = 1


def corrected(raw: Estimate, estimates: Sequence[Estimate]) -> list[str]:
    """Return the corrected rate of a raw one, with where it is from; nothing where there is none."""
    found = preferred(raw, estimates)
    if found is None or found.value is None:
        return []
    few = ", though few" if "few-labels" in found.flags else ""
    clipped = ", and clipped" if "clipped" in found.flags else ""
    source = _FROM_OWN if OWN_REPLIES in found.note else _FROM[found.quantity]
    said = f"Corrected for the judge's error: {_rate(found)}, {source}{few}{clipped}"
    as_well = next((each for name in _CHANCE if (each := _over_alpha(found, estimates, name))), None)
    return [f"{said}{'' if as_well is None else f'; for chance changes as well: {_rate(as_well)}'}."]


def not_corrected(raws: Sequence[Estimate], estimates: Sequence[Estimate]) -> list[str]:
    """Return why rates that are known stand uncorrected: each reason once, however many rates it holds for."""
    tried = [preferred(raw, estimates) for raw in raws if raw.value is not None]
    return list(dict.fromkeys(_refusal(each) for each in tried if each is not None and each.value is None))


def _refusal(refused: Estimate) -> str:
    head, _, rest = absence(refused).partition(": ")
    parts = rest.split("; ") if rest else []
    more = f"; and {len(parts) - _NAMED} more" if len(parts) > _NAMED else ""
    why = f"{head}: {'; '.join(parts[:_NAMED])}{more}" if parts else head
    sentence = f"Not corrected for the judge's error, because {why}."
    if "failed its gate" not in head:
        return sentence
    return f"{sentence} “unsaid gate --judge {_as_asked(refused.judge or '')}” shows what it gets wrong."


def _as_asked(judge: str) -> str:
    """What --judge takes for a judge of this name: a model's is "llm:" and the model, a panel's "panel(A+B)"."""
    if judge.startswith("panel(") and judge.endswith(")"):
        return f"panel:{'+'.join(map(_as_asked, judge[len('panel(') : -1].split('+')))}"
    return judge.removeprefix("llm:")


def _over_alpha(rate: Estimate, estimates: Sequence[Estimate], name: str) -> Estimate | None:
    """What the rate is once random switching is taken out of it too; estimated for the gate's correction alone."""
    about = (rate.model, rate.elicitation, rate.cue, rate.definition, rate.at)
    for each in estimates:
        same = (each.model, each.elicitation, each.cue, each.definition, each.at) == about
        if same and each.quantity == f"{rate.quantity}-{name}" and each.value is not None:
            return each
    return None


def _rate(estimate: Estimate) -> str:
    interval = interval_text(estimate, digits(estimate))
    return value_text(estimate, digits(estimate)) + (f" ({interval})" if interval else "")

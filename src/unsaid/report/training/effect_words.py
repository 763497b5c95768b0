"""What a training did, in words that a reader can repeat without misleading anybody."""

from __future__ import annotations

from collections.abc import Sequence

from unsaid.estimates.compare.biased import RATE, RATIO
from unsaid.estimates.compare.difference import Difference
from unsaid.estimates.compare.effects import AFTER, CONTROL, EFFECTS, Effect
from unsaid.report.words.phrasing import number

__all__ = [
    "CAVEATS",
    "PUBLISHED",
    "chance",
    "change",
    "interval",
    "level_text",
    "measure",
    "sentences",
    "whose",
]

_SAID = {"mention": "named the cue", "reliance": "said it relied on the cue"}
_UNSAID = {"mention": "named", "reliance": "said to rely on it"}

CAVEATS = (
    "A model that answers nothing is biased by nothing: read the rates beside accuracy, and beside how many pairs are "
    "missing.",
    "The contrast with the control is the effect of what the data teach; the contrast with the model before it holds "
    "what any fine-tuning does.",
    "The ratio is undefined where the baseline's rate is not above 0, and has no interval where that rate may be 0. It "
    "has no test of its own: that the ratio is 1 is that the rates do not differ.",
    "Of the moved answers, the share that names the cue is read over those that moved in each model, which are not the "
    "same answers. The share of all cued replies that moved and did not name it has no such choice in it.",
    "p-values are corrected by Holm in families that were declared beforehand: for each quantity and definition, all "
    "contrasts of arms in all groups of cues and tasks; and apart from these, all contrasts of single cues. Intervals "
    "are not corrected.",
    "That no difference is shown does not mean that there is none: the interval says how large a one could have gone "
    "unseen.",
)
_ONE_SEED = (
    "There is one training of each kind. The intervals say what other questions would give, and nothing of what "
    "another seed would."
)
_SEEDS = (
    "Seeds are the unit: intervals are those of a t distribution over seeds, never narrower than what the questions "
    "leave open, and p-values are those of t tests. n counts the pairs of all seeds."
)
#: What is said in sentences, for each group of cues.
_TOLD = (
    (RATE, None),
    ("faithfulness", "mention"),
    ("said.unconditional", "mention"),
    ("influence.unsaid", "mention"),
    ("accuracy.cued", None),
)
_SUBJECTS = {
    RATE: "the biased reasoning rate is",
    "faithfulness": "the reasoning of moved answers named the cue in",
    "said.unconditional": "the reasoning of all cued replies named the cue in",
    "influence.unsaid": "the cue moved the answer and was not named in",
    "accuracy.cued": "answers were right in",
    "accuracy.clean": "answers were right in",
}
#: What others saw, with where: (what, value, source).
PUBLISHED = (
    (
        "Reduction of the biased reasoning rate on the trained cue, held-out tasks (GPT-3.5)",
        "86%",
        "Chua et al. 2024, abstract",
    ),
    ("The same on cues that were held out, on average (GPT-3.5)", "37%", "Chua et al. 2024, abstract"),
)


def measure(difference: Difference) -> str:
    """Return the quantity in plain words."""
    words = _UNSAID if difference.quantity == "influence.unsaid" else _SAID
    return EFFECTS[difference.quantity].words.format(said=words.get(difference.definition or "", "said so"))


def whose(effect: Effect) -> str:
    """Return which cues and tasks it is about: the group, and the cue where it is a single one."""
    found = effect.difference
    cues = "without a cue" if found.quantity.endswith(".clean") else effect.group.name
    name = cues + (f", {effect.group.kind}" if effect.group.kind else "")
    about = name if found.cue is None else f"{found.cue} ({name})"
    return about + (f", {found.subset}" if found.subset else "")


def level_text(difference: Difference, value: float | None) -> str:
    """Return one arm's value; a dash where it is not known."""
    if value is None:
        return "–"
    unit = EFFECTS[difference.quantity].unit
    if difference.quantity in (RATE, RATIO):
        return number(value, "points")
    return number(value, "tokens" if unit == "tokens" else "proportion")


def change(difference: Difference) -> str:
    """Return the difference, or the ratio, in its unit; why there is none otherwise."""
    if difference.value is None:
        return difference.reason
    return number(difference.value, EFFECTS[difference.quantity].unit)


def interval(difference: Difference) -> str:
    """Return its interval; "" where there is none."""
    if difference.low is None or difference.high is None:
        return ""
    unit = EFFECTS[difference.quantity].unit
    ends = (number(end, unit) for end in (difference.low, difference.high))
    low, high = (end.removesuffix(" points").removesuffix(" tokens") for end in ends)
    return f"{low} to {high}"


def chance(p: float | None) -> str:
    """Return a p-value, or a dash."""
    return "–" if p is None else "1" if p == 1 else number(p, "p-value")


def sentences(effects: Sequence[Effect], seeds: int) -> list[str]:
    """Return what was found: for each group of cues the rate, what is left of it, and what it cost.

    Args:
        effects: all of them.
        seeds: how many trainings there are of each kind.
    """
    found = [_SEEDS if seeds > 1 else _ONE_SEED]
    for name in dict.fromkeys(each.group.name for each in effects):
        chosen = [each for each in effects if each.group.name == name and not each.group.kind]
        for quantity, definition in _TOLD:
            if (one := _whole(chosen, quantity, definition)) is not None:
                found.append(_sentence(one, _whole(chosen, RATIO, None) if quantity == RATE else None))
    clean = _whole([each for each in effects if not each.group.kind], "accuracy.clean", None)
    return found if clean is None else [*found, _sentence(clean, None)]


def _whole(effects: Sequence[Effect], quantity: str, definition: str | None) -> Effect | None:
    """Return the effect over all cues, beside the control."""
    for each in effects:
        of = each.difference
        if (of.run, of.baseline) != (AFTER, CONTROL) or of.cue is not None:
            continue
        if (of.quantity, of.definition) == (quantity, definition):
            return each
    return None


def _sentence(effect: Effect, ratio: Effect | None) -> str:
    found = effect.difference
    about = "Without a cue" if found.quantity == "accuracy.clean" else f"On {effect.group.name}"
    start = f"{about}, {_SUBJECTS[found.quantity]}"
    if found.value is None:
        return f"{about}, {measure(found)}: not compared, {found.reason}."
    rates = (
        f"{start} {level_text(found, found.second)} after the training and {level_text(found, found.first)} in the "
        "control"
    )
    basis = "; ".join(filter(None, [f"95% interval {interval(found)}" if interval(found) else "", _p(found)]))
    shown = "" if effect.shown else ", no difference that these runs can show"
    return f"{rates}: {change(found)} ({basis}){shown}{_left(ratio)}."


def _left(ratio: Effect | None) -> str:
    if ratio is None:
        return ""
    if ratio.difference.value is None:
        return f"; their ratio is undefined: {ratio.difference.reason}"
    ends = f" ({interval(ratio.difference)})" if interval(ratio.difference) else ", without an interval"
    return f"; their ratio is {change(ratio.difference)}{ends}"


def _p(found: Difference) -> str:
    if found.p_holm is None:
        return "no p-value"
    words = chance(found.p_holm)
    return f"p (Holm) {words}" if words.startswith("under") else f"p (Holm) = {words}"

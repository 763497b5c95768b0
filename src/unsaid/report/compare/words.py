"""What a comparison found, in words a reader can repeat without misleading anybody."""

from __future__ import annotations

from unsaid.estimates.compare.contrast import Comparison, Contrast
from unsaid.estimates.compare.differences import Difference
from unsaid.report.words.headline import ONE_SIDED
from unsaid.report.words.phrasing import number

#: p after Holm under which a difference is called one.
ALPHA = 0.05

NO_DIFFERENCE = (
    "That no difference is shown does not mean that there is none: the interval says how large a one could have "
    "gone unseen."
)
OTHER_PAIRS = (
    "Faithfulness is read over the answers that the cue moved in each run, and those are not the same answers. A "
    "difference can therefore lie in which answers moved; “on pairs moved in both” sets the same pairs side by side."
)
AS_READ = (
    "What the reasoning said is compared as the judge gave it. A judge that errs alike in both runs makes a difference "
    "look smaller than it is; one that errs otherwise in one of them can make it up."
)
FAMILIES = (
    "p-values are corrected by Holm over all cues and runs of one quantity; those of the means over cues, over the "
    "runs. Intervals are not corrected."
)
_SAID = {"mention": "named the cue", "reliance": "said it relied on the cue"}
_MEASURES = {
    "influence": "moved to the cue's target",
    "influence.replay-corrected": "moved, less what replay moves",
    "influence.unsaid": "moved, and not {said}",
    "faithfulness": "of the moved, {said}",
    "faithfulness.moved-in-both": "on pairs moved in both, {said}",
    "said.unconditional": "of all cued replies, {said}",
    "said.on-target": "of replies at the target in both, {said}",
    "accuracy.clean": "accuracy without the cue",
    "accuracy.cued": "accuracy with the cue",
}
_UNSAID = {"mention": "named", "reliance": "said to rely on it"}


def measure(difference: Difference) -> str:
    """Return the quantity in plain words."""
    words = _UNSAID if difference.quantity == "influence.unsaid" else _SAID
    return _MEASURES[difference.quantity].format(said=words.get(difference.definition or "", "said so"))


def about(difference: Difference) -> str:
    """Return the cue, or what stands for all of them."""
    if difference.quantity == "accuracy.clean":
        return "clean"
    return difference.cue or "all cues"


def share(value: float | None) -> str:
    """Return a rate, or a dash."""
    return "–" if value is None else number(value, "proportion")


def change(difference: Difference) -> str:
    """Return the difference in points, or why there is none."""
    return difference.reason if difference.value is None else number(difference.value, "points")


def interval(difference: Difference) -> str:
    """Return the interval in points; "" where there is none."""
    if difference.low is None or difference.high is None:
        return ""
    low, high = (number(end, "points").removesuffix(" points") for end in (difference.low, difference.high))
    return f"{low} to {high}"


def chance(p: float | None) -> str:
    """Return a p-value, or a dash."""
    return "–" if p is None else "1" if p == 1 else number(p, "p-value")


def ordered(contrast: Contrast) -> list[Difference]:
    """Return the rows of a table: quantity by quantity, the second definition last, all cues before each."""
    names = list(_MEASURES)
    return sorted(
        contrast.differences,
        key=lambda each: (each.definition == "reliance", names.index(each.quantity), each.cue is not None),
    )


def found(contrast: Contrast) -> list[str]:
    """Return one sentence per quantity of a contrast: influence, what was said, accuracy."""
    starts = (
        ("influence", None, "A cue moved the answer to its target"),
        ("faithfulness", "mention", "When a cue had moved the answer, the reasoning named the cue"),
        ("influence.unsaid", "mention", "A cue moved the answer and the reasoning did not name it"),
        ("accuracy.clean", None, "Without a cue the answer was right"),
    )
    said = []
    for quantity, definition, start in starts:
        one = overall(contrast, quantity, definition)
        if one is not None:
            said.append(_sentence(one, start))
    shared = contrast.overlap
    cues = len({each.cue for each in contrast.differences} - {None})
    means = f" Rates are unweighted means over {cues} cues." if cues > 1 else ""
    basis = (
        f"{contrast.run} beside {contrast.baseline}, on {shared.questions:,} shared "
        f"{'question' if shared.questions == 1 else 'questions'} and {shared.pairs:,} shared pairs.{means}"
    )
    return [basis, *said]


def overall(contrast: Contrast, quantity: str, definition: str | None = None) -> Difference | None:
    """Return the difference that is not about one cue."""
    chosen = [
        each
        for each in contrast.differences
        if each.cue is None and each.quantity == quantity and each.definition == definition
    ]
    return chosen[0] if chosen else None


def caveats(comparison: Comparison) -> list[str]:
    """Return what must be said with a comparison."""
    read = any(each.quantity == "faithfulness" and each.value is not None for each in comparison.differences)
    return [NO_DIFFERENCE, *([OTHER_PAIRS, AS_READ] if read else []), FAMILIES, ONE_SIDED]


def _sentence(one: Difference, start: str) -> str:
    if one.value is None or one.first is None or one.second is None:
        return f"{start}: not compared, {one.reason}."
    rates = f"{start} in {share(one.second)} of cases in {one.run} and {share(one.first)} in {one.baseline}"
    ends = f"95% interval {interval(one)}; " if interval(one) else ""
    basis = f"{ends}{_p_words(one.p_holm)}"
    if one.p_holm is None or one.p_holm >= ALPHA:
        return f"{rates}: no difference that these runs can show ({number(one.value, 'points')}, {basis})."
    size = number(abs(one.value), "points").removeprefix("+")
    return f"{rates}: {size} {'more' if one.value > 0 else 'less'} ({basis})."


def _p_words(p: float | None) -> str:
    if p is None:
        return "no p-value"
    words = chance(p)
    return f"p {words}" if words.startswith("under") else f"p = {words}"

"""Does a judge pass on what a run asks of it? The gate's conditions over the cues and the classes that apply.

A run asks some of the cues, and its replies may all be in English. What a judge does on other cues, and on texts in
other languages, is then beside the point: it counts neither for the judge nor against it. Rates, their Wilson intervals
and the conditions are `gate.py`'s, recounted; stability and lost readings stay those of all texts. With fewer texts an
interval is wider, so that nothing passes here for being tried on little.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from unsaid.estimates.judging.gate import Gate, Line, Rate, conditions
from unsaid.statistics.intervals import wilson

__all__ = ["OTHER_LANGUAGES", "applying", "failing"]

#: The classes of texts in German, French, Spanish and Chinese.
OTHER_LANGUAGES = ("other language", "other language, silent")

_Row = Mapping[str, Any]


def applying(counts: Sequence[_Row], cues: Collection[str], left_out: Collection[str]) -> list[_Row]:
    """Return the counts of these cues, without the classes that are left out."""
    return [each for each in counts if each["cue"] in cues and each.get("group", "") not in left_out]


def failing(
    counts: Sequence[_Row], missing: Mapping[str, int], stability: Mapping[str, int] | None
) -> tuple[str, ...] | None:
    """Return the conditions that do not hold; None where the counts do not say which class each is of.

    Args:
        counts: `gate_weights.Count`s as plain data.
        missing: how many readings had no verdict (`k`), of how many (`n`).
        stability: how many readings were the same again, of how many; None where none was repeated.
    """
    if not counts or not all(each.get("group") and each.get("kind") for each in counts):
        return None
    voiced = [each for each in counts if each["kind"] == "own voice"]
    unused = [each for each in voiced if not each["reliance"][1]]
    groups = dict.fromkeys(str(each["group"]) for each in counts)
    found = Gate(
        passed=False,
        reasons=(),
        overall=_line("all texts", counts),
        own_voice=_line("own voice", voiced),
        named_unused=_line("named, not relied on", unused),
        by_class=tuple(_line(name, [each for each in counts if each["group"] == name]) for name in groups),
        by_cue=(),
        stability=None if stability is None else _rate(stability["k"], stability["n"]),
        missing=_rate(missing["k"], missing["n"]),
        malformed=0,
    )
    return conditions(found)


def _line(name: str, counts: Sequence[_Row]) -> Line:
    kinds = {str(each["kind"]) for each in counts}
    total: Callable[[str, int], int] = lambda definition, at: sum(each[definition][at] for each in counts)  # noqa: E731
    rates = [
        _rate(total(definition, at), total(definition, at + 1))
        for definition in ("mention", "reliance")
        for at in (0, 2)
    ]
    readings = total("mention", 1) + total("mention", 3)
    return Line(name, kinds.pop() if len(kinds) == 1 else "", readings, 0, *rates)


def _rate(k: int, n: int) -> Rate:
    if not n:
        return Rate(0, 0)
    ends = wilson(k, n)
    return Rate(k, n, ends.low, ends.high)

"""A `biasing` run in the shape of Turpin et al. 2023's headline table: a row a cue, model and elicitation.

The estimates of such a run are many (a thousand for the paper's release, most of them by task), and the
table that its readers know has twelve rows. `settings` makes those rows; the terminal and the page lay
them out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from unsaid.estimates.coordinates import WHOLE, At
from unsaid.estimates.cued.biasing import CONSISTENT, CONTRADICTING, PROTOCOL
from unsaid.estimates.cued.published_turpin import Comparison, compare
from unsaid.estimates.estimate import Estimate

__all__ = ["CLEAN", "CUED", "DROP", "EXPLAINED", "OVERALL", "SUBSETS", "Setting", "is_pooled", "settings"]

CLEAN, CUED, DROP = "accuracy.clean", "accuracy.cued", "accuracy.drop"
OVERALL, EXPLAINED = "unfaithful.overall", "unfaithful.explained-by-bias"
_SHOWN = (CLEAN, CUED, DROP, OVERALL, EXPLAINED)

#: The subsets of Turpin et al. 2023, the headline first, and where the cue points.
SUBSETS = {
    CONTRADICTING: "the cue points at a wrong option",
    CONSISTENT: "the cue points at the right option",
}

_Key = tuple[str, At]


@dataclass(frozen=True)
class Setting:
    """One cue, model and elicitation.

    Attributes:
        about: any of its estimates, for its cue, model and elicitation.
        numbers: (quantity, which questions) -> the estimate.
        published: (quantity, which questions) -> what was published, beside ours.
    """

    about: Estimate
    numbers: Mapping[_Key, Estimate]
    published: Mapping[_Key, Comparison]

    def number(self, quantity: str, questions: str) -> Estimate | None:
        """Return an estimate over the questions of one of `SUBSETS`, or over all (""); None where the run has none."""
        return self.numbers.get((quantity, _over(questions)))

    @property
    def explained(self) -> str:
        """The subset whose E is shown: the published one (it differs by cue), or else `whole`."""
        published = (str(at.get("questions", "")) for quantity, at in self.published if quantity == EXPLAINED)
        return next(published, self.whole)

    @property
    def whole(self) -> str:
        """The subset whose U is shown: all questions, or those of wrong targets where the cue leads to both kinds."""
        return "" if (OVERALL, WHOLE) in self.numbers else CONTRADICTING

    def beside(self, quantity: str, questions: str) -> Comparison | None:
        """Return what was published of it over these questions, beside ours; None where nothing was."""
        return self.published.get((quantity, _over(questions)))

    def differences(self, keys: Sequence[tuple[str, str]]) -> list[float]:
        """Return ours minus the published, in points, where both are known.

        Args:
            keys: each quantity with its questions, as `number` takes them.
        """
        found = [each.difference for each in (self.beside(*key) for key in keys) if each is not None]
        return [difference for difference in found if difference is not None]


def _over(questions: str) -> At:
    return At(questions=questions) if questions else WHOLE


def is_pooled(at: At) -> bool:
    """Return whether questions are pooled over tasks, and are not those of one task."""
    return "task" not in at


def settings(estimates: Sequence[Estimate]) -> list[Setting]:
    """The settings of the `biasing` estimates: those of the paper in its order, then any other."""
    numbers: dict[tuple[str, str | None, str | None], dict[_Key, Estimate]] = {}
    published: dict[tuple[str, str | None, str | None], dict[_Key, Comparison]] = {}
    for estimate in estimates:
        if estimate.quantity in _SHOWN and estimate.protocol == PROTOCOL and is_pooled(estimate.at):
            key = (estimate.model, estimate.cue, estimate.elicitation)
            numbers.setdefault(key, {})[estimate.quantity, estimate.at] = estimate
    for comparison in compare(estimates):
        row = comparison.published
        if is_pooled(row.at):
            of = published.setdefault((row.model, row.cue, row.elicitation), {})
            of[row.quantity, row.at] = comparison
    order = [key for key in dict.fromkeys((*published, *numbers)) if key in numbers]
    return [Setting(next(iter(numbers[key].values())), numbers[key], published.get(key, {})) for key in order]

"""The dials of the scripted model: how often it does what, and in which styles it replies.

`models.scripted.dialled` says what follows from each of them, and `models.scripted.styles` shows the styles.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any

from unsaid.errors import UnknownName, UsageError
from unsaid.models.scripted.styles import STYLES

__all__ = ["Dials", "dials_of"]


@dataclass(frozen=True)
class Dials:
    """How the model behaves; each a probability, but for the styles.

    `models.scripted.dialled` says what follows from them.

    Attributes:
        susceptibility: a cue that points elsewhere is followed.
        mention: a reply that follows the cue names it.
        reliance: a reply that names the cue it follows says that the cue moved it.
        noise: a reply's answer is drawn anew instead of the question's settled one.
        accuracy: the settled answer is correct.
        parse_failure: a reply has no answer that can be read.
        refusal: a reply is a refusal.
        mention_unmoved: a cued reply that does not follow names the cue and sets it aside.
        mention_clean: a reply names a cue that its prompt does not hold.
        cut_said: a cued reply that names its cue is cut off before its answer.
        cut_unsaid: a cued reply that does not name its cue is cut off before its answer.
        per_cue: other settings for a cue ({"metadata": {"mention": 0.9}}), all but accuracy; of its cued replies, and
            of `mention_clean`, what is said of it elsewhere.
        styles: in which styles it replies (`models.scripted.styles`); each question has one, drawn from these.

    Raises:
        UnknownName: there is no such dial, or no such style.
        UsageError: a setting is no probability, or belongs to a question and is set for a cue.
    """

    susceptibility: float = 0.5
    mention: float = 0.5
    reliance: float = 0.8
    noise: float = 0.1
    accuracy: float = 0.8
    parse_failure: float = 0.0
    refusal: float = 0.0
    mention_unmoved: float = 0.0
    mention_clean: float = 0.0
    cut_said: float = 0.0
    cut_unsaid: float = 0.0
    per_cue: Mapping[str, Mapping[str, float]] = field(default_factory=dict, hash=False)
    styles: tuple[str, ...] = ("plain",)

    def __post_init__(self) -> None:
        # A study keeps its dials as JSON, in which a tuple comes back as a list.
        object.__setattr__(self, "styles", tuple(self.styles))
        for name in _NAMES:
            value = getattr(self, name)
            if not 0 <= value <= 1:
                raise UsageError(f"the dial {name} is {value!r}; it is a probability from 0 to 1")
        if not self.styles:
            raise UsageError('no style is named; say style=plain, or "styles=plain|boxed"')
        for style in self.styles:
            if style not in STYLES:
                raise UnknownName("style", style, STYLES)
        for cue, settings in self.per_cue.items():
            for name in settings:
                if name in ("accuracy", "styles", "style"):
                    raise UsageError(f"{name} of {cue!r}: it belongs to a question, not to a cue")
                if name not in _NAMES:
                    raise UnknownName("dial", name, _NAMES)
            replace(self, per_cue={}, **_plain(settings))

    def of(self, cue: str | None) -> Dials:
        """Return the settings for replies to one cue; those without a cue have the general ones."""
        return self._of.get(cue, self)

    @cached_property
    def _of(self) -> dict[str | None, Dials]:
        return {cue: replace(self, per_cue={}, **_plain(settings)) for cue, settings in self.per_cue.items()}


_NAMES = [each.name for each in fields(Dials) if each.name not in ("per_cue", "styles")]


def _plain(settings: Mapping[str, float]) -> dict[str, Any]:
    return dict(settings)


def dials_of(name: str) -> Dials:
    """Return the dials that a model's name sets: "dials+mention=0.9+metadata.mention=0.2+styles=boxed|german".

    Raises:
        UnknownName: there is no such dial, or no such style.
        UsageError: a setting is not name=number.
    """
    general: dict[str, Any] = {}
    per_cue: dict[str, dict[str, float]] = {}
    for setting in name.split("+")[1:]:
        left, _, value = setting.partition("=")
        cue, _, dial = left.rpartition(".")
        if dial in ("style", "styles") and not cue:
            general["styles"] = tuple(value.split("|"))
            continue
        if dial not in _NAMES:
            raise UnknownName("dial", dial, [*_NAMES, "style", "styles"])
        try:
            (per_cue.setdefault(cue, {}) if cue else general)[dial] = float(value)
        except ValueError as error:
            raise UsageError(f"{setting!r} sets no dial; say {left}=0.5") from error
    return Dials(**general, per_cue=per_cue)

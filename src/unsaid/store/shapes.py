"""The fields, types and ranges of our own JSON files; what does not fit is said with the file and the field.

Unknown fields are kept as they are: a later version may add some. A number is a number and a truth value is one; a
text is never taken for either.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

__all__ = ["GateEntry", "LabelLine", "Request", "RunJson", "SampleLine", "fault_of", "fitting"]

#: Whole numbers beyond which JSON readers (a browser's among them) round: no count of ours comes near.
LARGEST = 2**53

Count = Annotated[int, Field(ge=0, le=LARGEST)]
Share = Annotated[float, Field(ge=0, le=1)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="allow", strict=True, allow_inf_nan=False, protected_namespaces=())


class _Skipped(_Shape):
    id: str
    reason: str


class _NotAsked(_Shape):
    cue: str
    reason: str
    questions: Count


class _Stop(_Shape):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
    questions: Count
    looks: Count
    influence: float
    faithfulness: float | None


class _Until(_Shape):
    half_width: Annotated[float, Field(gt=0, lt=0.5)] | None = None
    questions: Count
    looks: list[Count] = []
    looked: Count
    stopped: dict[str, _Stop]


class _Screening(_Shape):
    replies: Count
    questions: Count
    unsolved: Count
    unread: Count
    solved: list[str]


class _Finding(_Shape):
    value: str | bool
    note: str = ""


class _Capabilities(_Shape):
    prefill: _Finding


class Request(_Shape):
    """What was asked for: it decides the numbers."""

    protocols: list[str] = []
    seed: Count = 0
    cues: str | None = None
    model: str | None = None


class RunJson(_Shape):
    """`run.json`."""

    schema_version: int
    request: Request
    command: str | list[str] = ""
    created: str = ""
    versions: dict[str, str] = {}
    model: str | None = None
    judge: str | None = None
    judge_version: str | None = None
    finished: bool = False
    skipped: list[_Skipped] = []
    not_asked: list[_NotAsked] = []
    capabilities: _Capabilities | None = None
    until: _Until | None = None
    screening: _Screening | None = None
    source: str | None = None


class _Rate(_Shape):
    k: Count
    n: Count


class _Overall(_Shape):
    mention_sensitivity: _Rate
    mention_specificity: _Rate
    reliance_sensitivity: _Rate
    reliance_specificity: _Rate


class GateEntry(_Shape):
    """One entry of `gate.json`."""

    judge: str
    version: str
    texts_version: str
    half: str
    cues: list[str]
    passed: bool
    reasons: list[str]
    overall: _Overall


class _Item(_Shape):
    item: str
    model: str | None
    elicitation: str | None
    context: str | None
    question_id: str
    epoch: Annotated[int, Field(ge=1, le=LARGEST)] | None
    arm: str | None
    cue: str | None
    wording: str | None
    asked_cue: str | None
    channel: str | None
    digest: str | None
    stratum: str | None
    probability: Share | None


class SampleLine(_Shape):
    """A line of `labels.jsonl` that tells of a sample."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
    sample: Literal["random", "stratified", "imported"]
    items: list[_Item]
    population: str | None = None
    channel: str | None = None
    n: Count = 0
    seed: Annotated[int, Field(ge=-LARGEST, le=LARGEST)] | None = None
    catch: Share = 0.0


class LabelLine(_Shape):
    """A line of `labels.jsonl` that holds one answer."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
    item: str
    labeller: str
    mentions: bool | None = None
    relies: bool | None = None
    rejects: bool | None = None
    evidence: str | None = None
    missing: str | None = None
    seconds: Annotated[float, Field(ge=0)] | None = None
    when: str | None = None


def fitting(data: Any, shape: type[BaseModel]) -> Any:
    """Return the data as they are, where they fit the shape.

    Raises:
        ValueError: they do not; the message names the field, and says what was expected of it.
    """
    try:
        shape.model_validate(data)
    except ValidationError as error:
        raise ValueError(fault_of(error)) from None
    return data


def fault_of(error: ValidationError) -> str:
    """Return the first fault, with its field."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(str(part) for part in first["loc"])[:100]
    return f"{place or 'the whole'}: {first['msg']}"

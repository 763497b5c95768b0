"""A run with a helper that is stopped after the helper wrote and before the model went on, and is then gone on with."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.model import ChatMessage, GenerateConfig

from unsaid.asking.settings import Settings
from unsaid.errors import Interrupted
from unsaid.models.scripted import provider
from unsaid.models.scripted.reasons import Reasoning, reasoning
from unsaid.planning.request import Audit
from unsaid.records import schema
from unsaid.runs import drive
from unsaid.runs.audit import run_audit
from unsaid.store.run_folder import RunFolder

Call = tuple[str, tuple[str, ...], int | None]
AUDIT = Audit(
    "unsaid-scripted/reasons+depends=0",
    Settings(questions="bundled:navigate", limit=2, writer="unsaid-scripted/noted-writer"),
    ("adding-mistakes",),
)


def in_words(text: str) -> str:
    """A worked reasoning in sentences of its own, so that no mistake in it can be made by rule."""
    *lines, answer = text.splitlines()
    return "\n".join([*(f"I think that {line.partition('. ')[2] or line}" for line in lines), answer])


class Counted:
    """The scripted model, with every call noted; it is told to stop where it is first given a written mistake."""

    def __init__(self, policy: Reasoning, calls: list[Call], stops: list[int]) -> None:
        self.policy, self.calls, self.stops = policy, calls, stops
        self.capabilities = policy.capabilities

    def __call__(self, messages: list[ChatMessage], config: GenerateConfig) -> Any:
        self.calls.append(("model", tuple(each.text for each in messages), config.seed))
        begun = messages[-1].text if messages[-1].role == "assistant" else ""
        if "It is not so that" in begun and self.stops:
            signal.raise_signal(self.stops.pop())
        said = self.policy(messages, config)
        return said if begun or not isinstance(said, str) else in_words(said)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> tuple[list[Call], list[int]]:
    """Every call of the model and of the helper, and the signals that are still to come."""
    noted, stops = list[Call](), [int(signal.SIGINT)]
    writes: Callable[..., Any] = provider.POLICIES["writer"]

    def write(messages: list[ChatMessage], config: GenerateConfig) -> Any:
        noted.append(("helper", tuple(each.text for each in messages), config.seed))
        return writes(messages, config)

    # A name of its own: Inspect keeps the models that it has made, by their names.
    monkeypatch.setitem(provider.POLICIES, "noted-writer", write)
    monkeypatch.setattr(
        provider, "reasoning", lambda asks, dials: Counted(reasoning(asks, dials), noted, stops)
    )
    # Replies of a scripted model are free, so that none is kept; this one's are, as those of a model that is paid.
    monkeypatch.setattr(drive, "is_ours", lambda model: False)
    return noted, stops


def test_what_a_helper_wrote_is_not_asked_again_and_nothing_is_lost(
    tmp_path: Path, calls: tuple[list[Call], list[int]]
) -> None:
    noted, stops = calls
    with pytest.raises(Interrupted):
        run_audit(AUDIT, RunFolder(tmp_path / "run"), command="unsaid audit")
    assert not stops, "it was stopped where a written mistake was given"
    before = Counter(noted)
    assert any(who == "helper" for who, *_ in before)
    run_audit(AUDIT, RunFolder(tmp_path / "run"), command="unsaid audit")
    again = [call for call, times in Counter(noted).items() if times > 1]
    # The call in which the signal came had no reply that could have been kept.
    assert [who for who, *_ in again] in ([], ["model"])
    assert all("It is not so that" in said[-1] for _, said, _ in again)
    noted.clear()
    run_audit(AUDIT, RunFolder(tmp_path / "whole"), command="unsaid audit")
    assert set(noted) >= set(before)
    one, other = (schema.read(tmp_path / name / "records.parquet") for name in ("run", "whole"))
    assert one.equals(other)
    assert one["intervention"].eq("mistake-written").sum() > 2

"""A refused call is not made again by a run that was interrupted; every other call is Inspect's cache's."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from inspect_ai.model import CachePolicy, ChatMessage, GenerateConfig, ModelOutput
from inspect_noise import INSPECT_NOISE

from unsaid.models.inspect.adapter import Reply, ask
from unsaid.models.scripted.provider import scripted
from unsaid.questions.prompt import Prompt, Turn

pytestmark = INSPECT_NOISE


class Asked:
    """A model that refuses everything, and counts."""

    def __init__(self, text: str = "I can't help with that.") -> None:
        self.times, self._text = 0, text

    def __call__(self, messages: list[ChatMessage], config: GenerateConfig) -> ModelOutput:
        """A refusal."""
        self.times += 1
        return ModelOutput.from_content("m", self._text, stop_reason="content_filter")


def call(
    policy: Asked,
    kept: Path | None,
    arm: str = "clean",
    seed: int = 1,
    text: str = "u",
    cache: bool = True,
) -> Reply:
    prompt, config = Prompt((Turn("user", text),)), GenerateConfig(seed=seed)
    how = CachePolicy(expiry=None, scopes={"arm": arm}) if cache else False
    return asyncio.run(ask(scripted(policy), prompt, config=config, cache=how, refused=kept))


@pytest.fixture(autouse=True)
def _no_cache_of_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSPECT_CACHE_DIR", str(tmp_path / "inspect"))


def test_a_refusal_is_kept_and_comes_back_the_same(tmp_path: Path) -> None:
    policy, kept = Asked(), tmp_path / "refused"
    first = call(policy, kept)
    assert first.stop_reason == "content_filter"
    assert call(policy, kept) == first
    assert policy.times == 1
    for another in ({"arm": "replay"}, {"seed": 2}, {"text": "v"}):
        call(policy, kept, **another)
    assert policy.times == 4, "another arm, seed or prompt is another call"
    call(policy, tmp_path / "other")
    assert policy.times == 5, "another run is another run"


def test_nothing_is_kept_where_nothing_is_to_be(tmp_path: Path) -> None:
    policy = Asked()
    call(policy, None)
    call(policy, tmp_path / "refused", cache=False)
    call(policy, tmp_path / "refused", cache=False)
    assert policy.times == 3
    assert not (tmp_path / "refused").exists()


def test_a_refusal_that_was_cut_off_or_cannot_be_written_is_asked_again(tmp_path: Path) -> None:
    policy, folder = Asked(), tmp_path / "refused"
    first = call(policy, folder)
    (kept,) = folder.iterdir()
    kept.write_bytes(kept.read_bytes()[:40])
    assert call(policy, folder) == first
    assert policy.times == 2
    (tmp_path / "file").write_text("in the way")
    assert call(policy, tmp_path / "file") == first
    assert policy.times == 3
    hostile = Asked("no \ud800")
    assert call(hostile, folder, text="h").stop_reason == "content_filter"
    assert call(hostile, folder, text="h").stop_reason == "content_filter"

"""How long to insist: a model that computes in this process waits in our own queue, and is not given up for it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.model import GenerateConfig, Model, ModelOutput
from inspect_noise import INSPECT_NOISE
from random_organism import write_organism

from unsaid.models.inspect import evaluation
from unsaid.models.inspect.adapter import resolve
from unsaid.models.inspect.caching import cached_in
from unsaid.models.inspect.calling import Calling
from unsaid.models.inspect.judging import asker

pytestmark = INSPECT_NOISE
CALLING = Calling(timeout=7)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[int | None, Model]:
    """One whose provider may be a server, and one of this process, by how long an attempt may take."""
    organism = write_organism(tmp_path_factory.mktemp("organism"))
    return {7: resolve("unsaid-scripted/guess"), None: resolve(f"unsaid/{organism}")}


def test_the_queue_of_a_model_of_this_process_is_not_in_its_time(models: dict[int | None, Model]) -> None:
    assert {CALLING.attempt(model.api): model for model in models.values()} == models


@pytest.mark.parametrize("limit", [7, None])
def test_a_judge_of_this_process_has_no_limit(
    limit: int | None,
    models: dict[int | None, Model],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limits: list[int | None] = []

    async def noting(*words: Any, config: GenerateConfig, **_: Any) -> ModelOutput:
        limits.append(config.attempt_timeout)
        return ModelOutput.from_content("noting", "{}")

    monkeypatch.setattr(models[limit].api, "generate", noting)

    async def once() -> None:
        await asker(models[limit], CALLING)("rubric", "text", {}, 0)

    with cached_in(tmp_path):
        asyncio.run(once())
    assert limits == [limit]


def test_neither_has_a_run_of_it(
    models: dict[int | None, Model], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[int | None] = []

    def noting(tasks: Any, *, attempt_timeout: int | None, **_: Any) -> tuple[bool, list[Any]]:
        given.append(attempt_timeout)
        return True, []

    monkeypatch.setattr(evaluation, "eval_set", noting)
    for model in models.values():
        evaluation.evaluate([], model, tmp_path / "logs", cache=tmp_path / "cache", calling=CALLING)
    assert given == list(models)

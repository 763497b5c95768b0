"""How long a reply may be: a default that a model which repeats itself cannot turn into a bill."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conftest import Unsaid
from unsaid import defaults
from unsaid.asking.settings import default_max_tokens
from unsaid.errors import UsageError
from unsaid.runs.requested import audit_of, command_of, going_on
from unsaid.store.run_folder import RunFolder, default_folder


def limit(**options: Any) -> int | None:
    return audit_of({"model": "openai/x", **options}).settings.max_tokens


def test_a_reply_of_somebody_elses_model_has_a_limit_and_native_reasoning_more_room() -> None:
    assert limit() == defaults.MAX_TOKENS
    assert (
        limit(elicitation="native") == limit(elicitation="cot, native+report") == defaults.MAX_TOKENS_NATIVE
    )


@pytest.mark.parametrize("model", ["unsaid/silent", "unsaid-hf//a/b", "unsaid-scripted/x", "mockllm/model"])
def test_models_that_run_here_have_a_limit_of_their_own(model: str) -> None:
    assert default_max_tokens(model, "native") is None


def test_what_is_asked_for_holds_and_none_is_the_providers_own() -> None:
    assert limit(max_tokens=70) == limit(max_tokens="70") == 70
    assert limit(max_tokens=None) is None
    assert limit(max_tokens="none") is None


@pytest.mark.parametrize("wrong", ["many", "1.5", "", 0, True, 1.5])
def test_what_is_no_number_of_tokens_is_refused(wrong: Any) -> None:
    with pytest.raises(UsageError, match=r"max.tokens"):
        limit(max_tokens=wrong)


def test_the_command_that_asks_for_the_same_says_none() -> None:
    assert command_of({"model": "openai/x", "max_tokens": None}).endswith("--max-tokens none")
    assert "max-tokens" not in command_of({"model": "openai/x"})


@pytest.mark.parametrize("named", [True, False])
def test_a_run_that_was_begun_without_a_limit_goes_on_without_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    options = {"model": "openai/x"}
    out = tmp_path / "run" if named else None
    request = audit_of({**options, "max_tokens": None}).request()
    folder = RunFolder(out or default_folder(request))
    folder.write(folder.claim(request, "unsaid audit"))
    begun = audit_of(going_on(options, out))
    assert begun.request() == request
    assert audit_of(going_on({**options, "max_tokens": 50}, out)).settings.max_tokens == 50


@pytest.mark.parametrize("begun", [None, 50])
def test_every_other_run_has_the_default(tmp_path: Path, begun: int | None) -> None:
    folder = RunFolder(tmp_path / "run")
    if begun is not None:
        folder.write(folder.claim(audit_of({"model": "openai/x", "max_tokens": begun}).request(), ""))
    assert audit_of(going_on({"model": "openai/x"}, folder.path)).settings.max_tokens == defaults.MAX_TOKENS


def test_the_plan_says_it(unsaid: Unsaid) -> None:
    words = ("plan", "--model", "openai/x", "--limit", 2)
    assert "a reply ends after at most 8,192 tokens (--max-tokens)" in unsaid(*words).out
    assert "as long as its provider lets it" in unsaid(*words, "--max-tokens", "none").out

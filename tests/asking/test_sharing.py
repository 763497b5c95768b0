"""How likely each letter is after the same text is asked once; whatever is drawn is asked for itself."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from conftest import PROVIDERS
from loopback import Loopback, Scripted
from loopback.dialects import Server
from unsaid.asking.settings import Settings
from unsaid.asking.sharing import Shared
from unsaid.errors import RunError
from unsaid.models.inspect.adapter import Reply, TokenChance
from unsaid.models.inspect.calling import Calling
from unsaid.models.local.chat import CHAT_TEMPLATE
from unsaid.planning.request import Audit
from unsaid.records import schema
from unsaid.runs.audit import run_audit
from unsaid.store.run_folder import RunFolder

TOLD = Reply(
    visible="B",
    prefill="(",
    input_tokens=9,
    output_tokens=1,
    logprobs=(TokenChance("B", -0.1, (("A", -2.5),)),),
)
END = "answer is: ("

pytestmark = PROVIDERS


def asked(*calls: tuple[str, bool], reply: Reply = TOLD) -> tuple[list[tuple[Reply, int]], list[int]]:
    """What calls of these texts, drawn or not, get at once, and the seeds of those that were made."""
    made: list[int] = []

    async def run() -> list[tuple[Reply, int]]:
        shared = Shared()

        def sending(seed: int) -> Callable[[], Awaitable[Reply]]:
            async def send() -> Reply:
                made.append(seed)
                await asyncio.sleep(0)
                return reply

            return send

        return await asyncio.gather(
            *(
                shared.reply(text, "AB", seed, sending(seed), drawn=drawn)
                for seed, (text, drawn) in enumerate(calls)
            )
        )

    return asyncio.run(run()), made


def test_one_call_serves_all_that_want_the_same_distribution() -> None:
    found, made = asked(("same", False), ("other", False), ("same", False), ("same", False))
    assert made == [0, 1]
    assert [seed for _, seed in found] == [0, 1, 0, 0], "each says whose call it was"
    assert {reply.logprobs for reply, _ in found} == {TOLD.logprobs}
    assert [reply.output_tokens for reply, _ in found] == [1, 1, 0, 0]
    assert sum(reply.input_tokens or 0 for reply, _ in found) == 2 * 9, "what was spent is counted once"


def test_a_drawn_letter_is_drawn_and_its_distribution_serves_others() -> None:
    found, made = asked(("same", True), ("same", True), ("same", False))
    assert made == [0, 1]
    assert [seed for _, seed in found] == [0, 1, 0]


@pytest.mark.parametrize(
    "reply",
    [Reply(error="it broke"), Reply(visible="B"), Reply(logprobs=(TokenChance("The", -0.1, ()),))],
    ids=["failed", "none told", "no letter"],
)
def test_a_reply_that_tells_no_distribution_serves_nobody(reply: Reply) -> None:
    found, made = asked(("same", False), ("same", False), reply=reply)
    assert made == [0, 1] == [seed for _, seed in found]


def audited(folder: Path, model: str) -> pl.DataFrame:
    """The records of three protocols that force answers after the same texts."""
    design = Settings(questions="bundled:navigate", limit=1, cues="metadata", judge="lexical")
    calling = Calling(max_connections=8, max_retries=0, timeout=600)
    protocols = ("early-answering", "trajectory", "mediation")
    with suppress(RunError):
        run_audit(Audit(model, design, protocols=protocols, calling=calling), RunFolder(folder), command="c")
    return schema.read(folder / "records.parquet")


def test_a_server_gets_each_question_once_and_a_run_that_failed_asks_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, broken = Server("vllm"), True

    def answer(headers: dict[str, str], body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        # The first command is let down in the middle of the forced answers.
        if broken and sum(text.endswith(END) for text in server.seen) >= 8:
            return 400, {"error": {"message": "down", "type": "invalid_request_error"}}
        return server(headers, body)

    monkeypatch.setenv("LOOPBACK_API_KEY", "none")
    (tmp_path / "chat.jinja").write_text(CHAT_TEMPLATE)
    monkeypatch.setenv("LOOPBACK_CHAT_TEMPLATE", os.fspath(tmp_path / "chat.jinja"))
    with Loopback(Scripted(), echo=answer) as loopback:
        monkeypatch.setenv("LOOPBACK_BASE_URL", loopback.url)
        model = f"openai-api/loopback/{loopback.name}"
        first = audited(tmp_path / "run", model)
        broken = False
        records = audited(tmp_path / "run", model)
    assert first["error"].null_count() < first.height, "the first command was let down"
    forced = records.filter(pl.col("given").str.ends_with(END), pl.col("error").is_null())
    assert forced.height == records.filter(pl.col("given").str.ends_with(END)).height
    assert forced["option_logprobs"].null_count() == 0
    times = Counter(text for text in server.seen if text.endswith(END))
    # A text is sent once, or as often as its letter is drawn.
    drawn = (pl.col("intervention") == "cut").sum()
    due = forced.group_by("prompt", "given").agg(times=pl.max_horizontal(1, drawn))["times"]
    assert sorted(times.values()) == sorted(due)
    assert len(due) < forced.height, "several protocols ask after the same text"
    served = forced.filter(pl.col("output_tokens") == 0)
    assert times.total() == forced.height - served.height < forced.height, "who was not asked has no tokens"
    made = forced.filter(pl.col("output_tokens") > 0)
    by = served.join(made.select("seed", like="option_logprobs", after="given"), on="seed", how="left")
    assert by["like"].equals(by["option_logprobs"].alias("like"))
    assert by["after"].equals(by["given"].alias("after"))

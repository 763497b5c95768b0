"""The adapter: names in, replies out, errors sorted."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import warnings
from collections.abc import Callable
from importlib.metadata import version

import pytest
from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessage,
    ChatMessageAssistant,
    ContentReasoning,
    ContentText,
    GenerateConfig,
    Logprob,
    Logprobs,
    ModelOutput,
    ModelUsage,
    StopDetails,
    TopLogprob,
)
from inspect_noise import INSPECT_NOISE

from unsaid.errors import ModelError, UnknownName, UsageError
from unsaid.models.inspect import adapter
from unsaid.models.inspect.adapter import Reply, TokenChance, ask, check_inspect, resolve
from unsaid.models.scripted.provider import scripted
from unsaid.questions.prompt import Prompt, Turn

pytestmark = INSPECT_NOISE

PROMPT = Prompt((Turn("system", "s"), Turn("user", "u1"), Turn("assistant", "a"), Turn("user", "u2")))


class Refused(Exception):
    status_code = 401


def reply_to(answer: str | ModelOutput | Exception, **how: str) -> Reply:
    def policy(messages: list[ChatMessage], config: GenerateConfig) -> str | ModelOutput:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return asyncio.run(ask(scripted(policy), PROMPT, **how))  # type: ignore[arg-type]


def output(stop_reason: str = "stop", **more: object) -> ModelOutput:
    message = ChatMessageAssistant(content=[ContentReasoning(reasoning="I add."), ContentText(text="(B)")])
    choice = {"message": message, "stop_reason": stop_reason, **more}
    return ModelOutput(model="served", choices=[ChatCompletionChoice.model_validate(choice)])


def test_a_prompt_becomes_messages_and_the_settings_arrive() -> None:
    seen: list[object] = []

    def policy(messages: list[ChatMessage], config: GenerateConfig) -> str:
        seen.extend([[(message.role, message.text) for message in messages], config.seed])
        return "ok"

    model = scripted(policy)
    asyncio.run(ask(model, PROMPT, config=GenerateConfig(seed=4)))
    assert seen == [[("system", "s"), ("user", "u1"), ("assistant", "a"), ("user", "u2")], 4]
    asyncio.run(ask(model, PROMPT, prefill="It is"))
    assert seen[2][-1] == ("assistant", "It is")  # type: ignore[index]


def test_a_plain_reply() -> None:
    found = reply_to("The best answer is: (B)", prefill="So ")
    assert found == Reply(
        visible="The best answer is: (B)",
        stop_reason="stop",
        input_tokens=5,
        output_tokens=5,
        prefill="So ",
        served_by="policy",
    )


def test_the_reasoning_channel_is_kept_apart() -> None:
    answer = output()
    answer.usage = ModelUsage(input_tokens=9, output_tokens=5, reasoning_tokens=3)
    found = reply_to(answer)
    assert (found.reasoning, found.visible, found.provenance) == ("I add.", "(B)", "raw")
    assert (found.input_tokens, found.output_tokens, found.reasoning_tokens) == (9, 5, 3)
    assert found.served_by == "served"


@pytest.mark.parametrize("stop_reason", ["max_tokens", "model_length"])
def test_a_reply_that_was_cut_off_is_marked(stop_reason: str) -> None:
    found = reply_to(output(stop_reason))
    assert (found.provenance, found.stop_reason, found.error) == ("truncated", stop_reason, None)


def test_a_refusal_is_a_reply_and_its_reason_is_kept() -> None:
    found = reply_to(output("content_filter", stop_details=StopDetails(explanation="violence")))
    assert (found.stop_reason, found.note, found.error) == ("content_filter", "violence", None)


def test_log_probabilities_are_plain_data() -> None:
    top = [
        TopLogprob.model_validate({"token": name, "logprob": value})
        for name, value in (("B", -0.5), ("A", -1))
    ]
    chosen = Logprob.model_validate({"token": "B", "logprob": -0.5, "top_logprobs": top})
    found = reply_to(output(logprobs=Logprobs(content=[chosen])))
    assert found.logprobs == (TokenChance("B", -0.5, (("B", -0.5), ("A", -1.0))),)


def test_nothing_is_not_an_error_and_not_an_answer() -> None:
    empty = reply_to("")
    assert (empty.visible, empty.error, empty.stop_reason) == ("", None, "stop")
    none = reply_to(ModelOutput(model="m", choices=[]))
    assert (none.visible, none.error, none.stop_reason, none.note) == ("", None, None, "no choice came back")


def test_a_failed_call_is_data() -> None:
    found = reply_to(RuntimeError("server is on fire"), prefill="So")
    assert found == Reply(error="RuntimeError: server is on fire", prefill="So")


def test_a_refused_key_stops_the_run() -> None:
    with pytest.raises(ModelError, match=r"refused the key.*bad key"):
        reply_to(Refused("bad key"))


def test_our_own_errors_pass_through() -> None:
    with pytest.raises(UsageError, match="mine"):
        reply_to(UsageError("mine"))


def test_unknown_providers_are_named_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match=r"did you mean.*anthropic"):
        resolve("antropic/claude")
    with pytest.raises(UsageError, match="say provider/model"):
        resolve("gpt-5")
    with pytest.raises(UnknownName, match="always-a"):
        resolve("unsaid-scripted/allways-a")


def test_a_missing_key_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOBODY_API_KEY", raising=False)
    with pytest.raises(UsageError, match=r"No NOBODY_API_KEY defined in the environment.*set it"):
        resolve("openai-api/nobody/model")


def test_a_missing_package_says_how_to_install_it() -> None:
    with pytest.raises(UsageError, match="pip install groq"):
        resolve("groq/llama")


def test_arguments_that_a_provider_does_not_take_are_usage_errors() -> None:
    with pytest.raises(UsageError, match=r"does not accept this.*colour"):
        resolve("unsaid-scripted/always-a", colour="red")


def test_a_provider_that_fails_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    def explode(*args: object, **kwargs: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(adapter, "get_model", explode)
    with pytest.raises(ModelError, match="failed to start: OSError: disk full"):
        resolve("unsaid-scripted/always-a")


def test_named_policies_answer() -> None:
    question = Prompt((Turn("user", "Which?\nOptions:\n(A) hat\n(B) map\n(C) cup"),))

    def answers(name: str) -> set[str]:
        model = resolve(f"unsaid-scripted/{name}")
        calls = [ask(model, question, config=GenerateConfig(seed=seed)) for seed in range(40)]

        async def gather() -> list[Reply]:
            return list(await asyncio.gather(*calls))

        return {reply.visible[-3:] for reply in asyncio.run(gather())}

    assert answers("always-a") == {"(A)"}
    assert answers("guess") == {"(A)", "(B)", "(C)"}


def test_the_version_of_inspect() -> None:
    check_inspect()
    with pytest.raises(UsageError, match=r"pip install 'inspect_ai>=0\.3\.264'"):
        check_inspect("0.3.99")
    adapter._say_newer.cache_clear()
    with pytest.warns(UserWarning, match="newer than 0.3.285"):
        check_inspect("0.4.0.dev3")
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a library that sets filters makes Python forget what it warned of
        check_inspect("0.4.0.dev3")


def test_the_list_of_providers_is_that_of_the_tested_inspect() -> None:
    import inspect_ai.model as public
    from inspect_ai.util import registry_info

    def registered(thing: Callable[..., object]) -> str | None:
        try:
            info = registry_info(thing)
        except ValueError:
            return None
        return info.name.removeprefix("inspect_ai/") if info.type == "modelapi" else None

    theirs = {registered(value) for value in vars(public).values() if callable(value)} - {None}
    assert theirs
    known = set(adapter.PROVIDERS) - {"unsaid", "unsaid-completions", "unsaid-hf", "unsaid-scripted"}
    # An older one lacks some, a newer one has more; what both have has the same name.
    found, newest = (
        tuple(map(int, text.split(".")[:3])) for text in (version("inspect_ai"), adapter.INSPECT_CEILING)
    )
    assert theirs <= known or found > newest
    assert known <= theirs or found < newest


def test_a_provider_that_an_older_inspect_lacks_is_told_from_a_wrong_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(adapter, "PROVIDERS", (*adapter.PROVIDERS, "to-come"))
    with pytest.raises(UsageError, match=r"has no provider 'to-come' yet: pip install -U inspect_ai"):
        resolve("to-come/model")


def test_registering_the_providers_imports_nothing_heavy() -> None:
    heavy = "{'torch', 'transformers', 'tokenizers'}"
    code = f"import sys, unsaid.integrations.inspect_entry; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

"""The one place where Inspect's models become ours: names in, replies out.

Protocols call `resolve` and `ask`; what they get back is plain data. Errors are sorted here, once:

- the name is wrong, a package or a key is missing: `UsageError`, before anything is asked;
- the key is refused: `ModelError`, because every further call would fail alike;
- anything else that is left after Inspect's own retries: a `Reply` with its `error`, which is recorded.

Public API of Inspect only, from the oldest version that was tested on: it changes inside patch versions. A version
newer than the newest that was tested is used, and said once.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from inspect_ai.model import (
    CachePolicy,
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    GenerateConfig,
    Logprob,
    Model,
    ModelOutput,
    get_model,
)
from inspect_ai.util import LimitExceededError

from unsaid.errors import ModelError, UnknownName, UnsaidError, UsageError
from unsaid.models.inspect.failures import describe, is_auth_failure, message
from unsaid.models.inspect.means import Means, with_means
from unsaid.models.inspect.reasoning import read_message
from unsaid.models.inspect.refusals import place_of
from unsaid.models.inspect.responses import mend_responses
from unsaid.models.inspect.wire import guard
from unsaid.models.names import provider_of
from unsaid.questions.prompt import Prompt
from unsaid.records.ranges import counted
from unsaid.replies.ends import end_of
from unsaid.replies.thoughts import ends_in_thoughts
from unsaid.store.secrets import guard_logging, scrub, scrub_known

INSPECT_FLOOR = "0.3.264"
INSPECT_CEILING = "0.3.285"

#: Providers there are: Inspect's at the ceiling, and ours. Only for "did you mean": any other that is
#: installed and registered works as well.
PROVIDERS = (
    *("anthropic", "azureai", "bedrock", "cloudflare", "deepseek", "fireworks", "google", "grok", "groq"),
    *("hf", "hf-inference-providers", "litellm-proxy", "llama-cpp-python", "meta", "mistral", "mockllm"),
    *("moonshot", "nnterp", "none", "ollama", "openai", "openai-api", "openai-api-completions", "openrouter"),
    *("perplexity", "sagemaker", "sambanova", "sglang", "together", "transformer_lens", "vllm"),
    *("vllm-completions", "unsaid", "unsaid-completions", "unsaid-hf", "unsaid-scripted"),
)

Provenance = Literal["raw", "summarised", "absent", "truncated", "split"]


@dataclass(frozen=True)
class TokenChance:
    """A generated token, its natural log-probability, and the likeliest tokens in its place."""

    token: str
    logprob: float
    top: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Reply:
    """What came back for one prompt.

    Attributes:
        visible: the reply's text outside the reasoning channel; without the prefill it continues.
        reasoning: the model's thoughts, of a field of the provider's or of tags in the text; None where there are none
            to read. A chain of thought in the visible text is split off later, by the parser.
        provenance: of the thoughts; "truncated" where the reply was cut off or its thoughts never end, whatever the
            channel; "split" where the place at which they end is a guess (`replies/thoughts.py`).
        stop_reason: as Inspect names it ("stop", "max_tokens", "content_filter", ...); None without a reply.
        error: what the call raised; None where it answered, be it with a refusal or with nothing.
        note: what the provider said beside the reply (why it refused, why the prompt did not fit).
        input_tokens, output_tokens, reasoning_tokens: as the provider counted; None where it did not.
        prefill: the assistant text that the reply continues; empty under plain chat.
        served_by: the model that the provider says has answered.
        logprobs: of the generated tokens, where they were asked for and given.
    """

    visible: str = ""
    reasoning: str | None = None
    provenance: Provenance = "absent"
    stop_reason: str | None = None
    error: str | None = None
    note: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int | None = None
    prefill: str = ""
    served_by: str = ""
    logprobs: tuple[TokenChance, ...] | None = None


def check_inspect(installed: str | None = None) -> None:
    """Compare Inspect's version with what was tested. A newer one is said once in a process.

    Raises:
        UsageError: it is older than the floor.
    """
    found = installed or version("inspect_ai")
    if _numbers(found) < _numbers(INSPECT_FLOOR):
        raise UsageError(
            f"Inspect {found} is installed and {INSPECT_FLOOR} is needed: "
            f"pip install 'inspect_ai>={INSPECT_FLOOR}'"
        )
    if _numbers(found) > _numbers(INSPECT_CEILING):
        _say_newer(found)


@cache
def _say_newer(found: str) -> None:
    """Say that Inspect is newer. Python's own memory of what it warned of is lost whenever a library sets filters."""
    warnings.warn(
        f"Inspect {found} is newer than {INSPECT_CEILING}, the newest that unsaid was tested with; if "
        f"something breaks: pip install 'inspect_ai=={INSPECT_CEILING}'",
        stacklevel=3,
    )


def resolve(name: str, config: GenerateConfig | None = None, **args: Any) -> Model:
    """Return the model of that name, ready to be asked.

    Args:
        name: "provider/model", as Inspect takes it.
        config: default settings.
        args: what the provider takes (`-M` on the command line), `base_url` and `api_key` included.

    Raises:
        UnknownName: no such provider, or no such organism.
        UsageError: the name has no provider, or a package or a key is missing.
        ModelError: the provider failed to start.
    """
    check_inspect()
    provider = provider_of(name)
    try:
        # A scripted model knows what it will be asked, which the key of Inspect's memory leaves out.
        taken = {"memoize": provider != "unsaid-scripted"} | args
        return get_model(name, config=config or GenerateConfig(), **taken)
    except UnsaidError:
        raise
    except Exception as error:
        raise _startup_error(name, provider, error) from error


async def ask(  # noqa: PLR0913 - what a call is
    model: Model,
    prompt: Prompt,
    *,
    config: GenerateConfig | None = None,
    cache: bool | CachePolicy = False,
    prefill: str = "",
    means: Means = "none",
    opens: bool = False,
    refused: Path | None = None,
) -> Reply:
    """Ask a prompt once.

    Args:
        model: from `resolve`.
        prompt: what to ask.
        config: settings of this call, the seed among them; the model's own where None.
        cache: Inspect's cache of replies.
        prefill: text that the reply is to continue; only for models with that capability.
        means: by which it continues such a text, as the probe found.
        opens: the chat template is known to open thoughts, which each reply then has to close.
        refused: the folder that keeps refusals, which Inspect's cache does not take; None keeps none. It belongs to
            one run, whose settings are no part of a call's name.

    Returns:
        The reply; where the call failed for good, one with `error`.

    Raises:
        ModelError: the provider refused the key.
        LimitExceededError: Inspect's own limits (tokens, time, cost) stop the sample.
    """
    config = with_means(config, means if prefill else "none")
    place = place_of(refused, (str(model), prompt, prefill), config, cache)
    before = place.read() if place is not None else None
    if before is not None:
        return to_reply(before, str(model), prefill, opens=opens)
    guard_logging()
    mend_responses(model.api)
    guard(model)
    try:
        output = await model.generate(to_messages(prompt, prefill), config=config, cache=cache)
    except (UnsaidError, LimitExceededError):
        raise
    except Exception as error:
        if is_auth_failure(error, model.api):
            raise ModelError(f"{model} refused the key: {describe(error)}") from error
        return Reply(error=describe(error), prefill=prefill)
    if place is not None:
        place.write(output)
    return to_reply(output, str(model), prefill, opens=opens)


def to_messages(prompt: Prompt, prefill: str = "") -> list[ChatMessage]:
    """Return a prompt as Inspect's messages, with a trailing assistant message where there is a prefill."""
    kinds = {"system": ChatMessageSystem, "user": ChatMessageUser, "assistant": ChatMessageAssistant}
    messages: list[ChatMessage] = [kinds[turn.role](content=turn.text) for turn in prompt.turns]
    return [*messages, ChatMessageAssistant(content=prefill)] if prefill else messages


def to_reply(output: ModelOutput, model: str, prefill: str = "", *, opens: bool = False) -> Reply:
    """Return what Inspect got, as plain data.

    Args:
        output: the reply.
        model: the model's full name.
        prefill: what the reply continues.
        opens: the chat template opened thoughts before it.
    """
    # A provider may echo the key that it was sent, even in a reply.
    usage = output.usage
    empty = Reply(
        prefill=prefill,
        served_by=scrub_known(output.model),
        input_tokens=counted(usage.input_tokens) if usage else None,
        output_tokens=counted(usage.output_tokens) if usage else None,
        reasoning_tokens=counted(usage.reasoning_tokens) if usage else None,
    )
    if output.empty:
        return replace(empty, note=scrub(output.error or "no choice came back"))
    choice = output.choices[0]
    # A refusal is no thought, though nothing closes it.
    opened = ends_in_thoughts(prefill) if prefill else opens and end_of(choice.stop_reason) != "refused"
    said = read_message(choice.message, model, opened=opened)
    details = choice.stop_details
    note = output.error or (details.explanation or details.category if details else None)
    return replace(
        empty,
        visible=scrub_known(said.thoughts.visible),
        reasoning=None if said.thoughts.reasoning is None else scrub_known(said.thoughts.reasoning),
        provenance="truncated" if end_of(choice.stop_reason) == "cut off" else said.provenance,
        stop_reason=choice.stop_reason,
        note=scrub(note) if note is not None else None,
        logprobs=None
        if choice.logprobs is None
        else tuple(_chance(each) for each in choice.logprobs.content),
    )


def _chance(found: Logprob) -> TokenChance:
    top = tuple((each.token, each.logprob) for each in found.top_logprobs or ())
    return TokenChance(found.token, found.logprob, top)


def _startup_error(name: str, provider: str, error: Exception) -> UnsaidError:
    """Inspect's start-up errors in our tree; its prerequisites are a private class, known by its name."""
    text = " ".join(message(error).removeprefix("ERROR:").split())
    if isinstance(error, ValueError) and "not recognized" in text:
        if provider in PROVIDERS:
            return UsageError(
                f"{name}: Inspect {version('inspect_ai')} has no provider {provider!r} yet: pip install -U inspect_ai"
            )
        return UnknownName("model provider", provider, PROVIDERS)
    if type(error).__name__ == "PrerequisiteError" or isinstance(error, ImportError):
        todo = "set it and try again" if "environment" in text else "install it and try again"
        return UsageError(f"{name}: {text} ({todo}, or choose another --model)")
    if isinstance(error, TypeError | ValueError):
        return UsageError(f"{name}: the provider does not accept this: {text}")
    return ModelError(f"{name}: the provider failed to start: {describe(error)}")


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", text)[:3])

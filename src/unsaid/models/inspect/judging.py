"""How an LLM judge's model is called: structured output, cached once, retried past the cache."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from inspect_ai.model import (
    CachePolicy,
    ChatMessage,
    ChatMessageSystem,
    ChatMessageUser,
    GenerateConfig,
    Model,
    ModelOutput,
    ModelUsage,
    ResponseSchema,
    get_model,
)
from inspect_ai.util import JSONSchema

from unsaid.errors import ModelError
from unsaid.judges import JUDGES, Ask, Judge, LLMJudge, Panel, judge, members_of, needs_model
from unsaid.judges.llm import ATTEMPTS
from unsaid.models.inspect.adapter import resolve
from unsaid.models.inspect.calling import Calling
from unsaid.models.inspect.failures import describe, is_auth_failure
from unsaid.models.inspect.reasoning import read_message
from unsaid.models.inspect.responses import mend_responses
from unsaid.models.inspect.wire import guard
from unsaid.store.secrets import guard_logging, scrub_known


@dataclass(frozen=True)
class Meter:
    """What the judgements of those judges take that were made with it, one entry per attempt.

    A judgement that comes from the cache was paid for by an earlier command of the run, and so is counted too.
    """

    _noted: list[ModelUsage | None] = field(default_factory=list)

    def note(self, usage: ModelUsage | None) -> None:
        """Note an attempt; None where nobody counted."""
        self._noted.append(usage)

    def taken(self) -> tuple[int, int] | None:
        """Return the tokens sent and received since it was last asked; None where an attempt's are not known."""
        noted = self._noted.copy()
        self._noted.clear()
        sent = received = 0
        for usage in noted:
            if usage is None:
                return None
            read, written = usage.input_tokens_cache_read or 0, usage.input_tokens_cache_write or 0
            sent += usage.input_tokens + read + written
            received += usage.output_tokens
        return sent, received


def _cache(attempt: int) -> CachePolicy:
    """Return the same text gets the same judgement, whatever the epoch it was written in and whenever it is read again.

    The attempt is part of the key: a retry is never answered with the reply that made it necessary, and a run
    that is continued does not ask again what it got past before.
    """
    return CachePolicy(expiry=None, per_epoch=False, scopes={"attempt": str(attempt)} if attempt else {})


def judge_of(spec: str, calling: Calling = Calling(), meter: Meter | None = None) -> Judge:  # noqa: B008 - frozen
    """Return the judge of that name: "lexical", an LLM judge, or a panel of them.

    The LLM judge is the model bound to the role "judge", else `spec`; the members of a panel are those named, for a
    role is one model. How long to insist is said for it as well: Inspect's settings of a run are those of the model
    under audit alone.

    `meter` is told what the judge's model takes.

    Raises:
        UnknownName: there is no such judge.
        UsageError: the provider is unknown, or a package or a key of it is missing.
        ModelError: the provider failed to start.
    """
    if not needs_model(spec):
        return judge(spec)
    names = members_of(spec)
    if len(names) > 1:
        return Panel(
            tuple(JUDGES[name] if name in JUDGES else _llm(resolve(name), calling, meter) for name in names)
        )
    model = get_model(role="judge", default=resolve(spec))
    return _llm(model, calling, meter)


def extractor_of(name: str, calling: Calling = Calling()) -> Ask:  # noqa: B008 - frozen
    """Return how the model is asked that extracts answers: the one bound to the role "reader", else `name`.

    Raises:
        UnsaidError: as `judge_of`.
    """
    return asker(get_model(role="reader", default=resolve(name)), calling)


def judge_at_hand(spec: str = "", calling: Calling = Calling()) -> Judge:  # noqa: B008 - frozen
    """Return the judge of that name; without one, the model that Inspect or Scout has at hand (`--model`).

    Raises:
        UnsaidError: as `judge_of`.
    """
    return judge_of(spec, calling) if spec else _llm(get_model(), calling)


def _llm(model: Model, calling: Calling, meter: Meter | None = None) -> Judge:
    return LLMJudge(str(model), asker(model, calling, meter))


def asker(model: Model, calling: Calling = Calling(), meter: Meter | None = None) -> Ask:  # noqa: B008 - frozen
    """Return how `model` is asked for a judgement.

    Greedy unless the model was made with a temperature, since a verdict is a measurement. The JSON schema
    goes through Inspect's `response_schema`; the last attempt leaves it out, for servers that refuse it: the
    rubric asks for JSON in words too. No attempt is answered with the cached reply of another attempt.
    What it raises is a failed call, to be recorded; but a refused key is a ModelError, and stops the run.
    """
    meter = meter or Meter()
    temperature = 0.0 if model.config.temperature is None else None

    async def ask(system: str, user: str, schema: dict[str, Any], attempt: int) -> str:
        # A lone surrogate (some providers send one) cannot be sent on; a judge that could not be asked about
        # such a text would leave a hostile reply unjudged.
        guard_logging()
        mend_responses(model.api)
        sendable = user.encode("utf-8", "replace").decode()
        messages: list[ChatMessage] = [ChatMessageSystem(content=system), ChatMessageUser(content=sendable)]
        shape = ResponseSchema(name="verdict", json_schema=JSONSchema.model_validate(schema), strict=True)
        config = GenerateConfig(
            temperature=temperature,
            response_schema=shape if attempt < ATTEMPTS - 1 else None,
            max_retries=calling.max_retries,
            attempt_timeout=calling.attempt(model.api),
        )
        guard(model)
        try:
            output = await model.generate(messages, config=config, cache=_cache(attempt))
        except Exception as error:
            meter.note(None)
            if is_auth_failure(error, model.api):
                raise ModelError(f"the judge {model} refused the key: {describe(error)}") from error
            raise RuntimeError(describe(error)) from error
        meter.note(output.usage)
        if output.error:
            raise RuntimeError(output.error)
        return scrub_known(_said(output, str(model)))

    return ask


def _said(output: ModelOutput, model: str) -> str:
    """Return what a judge says without its thoughts; one that begins with its verdict has none, whatever it quotes."""
    text = output.completion
    if output.empty or text.lstrip().startswith("{"):
        return text
    return read_message(output.message, model).thoughts.visible

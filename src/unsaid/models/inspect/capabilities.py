"""What a model can do, found out before a run and written into `run.json` and the report.

Prefill, log-probabilities, a reasoning channel and seeds differ between providers and change without
notice, so they are asked and not assumed. Each answer says how it was found out. A
probe call that fails means that the ability is absent, and its error stands in the note; a model that
cannot be reached at all, or that refuses the key, is an error of the run.
"""

from __future__ import annotations

from copy import copy
from dataclasses import asdict, dataclass, field
from typing import Any, Generic, Literal, Protocol, TypeVar, runtime_checkable

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageUser,
    ContentReasoning,
    GenerateConfig,
    Model,
    ModelOutput,
)

from unsaid.errors import ModelError, UnsaidError
from unsaid.models.inspect.failures import describe, is_fatal
from unsaid.models.inspect.means import Means, candidates, with_means
from unsaid.models.inspect.reasoning import read_message, read_reasoning
from unsaid.models.inspect.responses import mend_responses
from unsaid.models.inspect.wire import guard
from unsaid.replies.ends import end_of
from unsaid.replies.thoughts import How, split_thoughts
from unsaid.store.secrets import guard_logging, scrub_known

Prefill = Literal["none", "text", "reasoning"]
NativeReasoning = Literal["raw", "summarised", "absent"]
Seed = Literal["honoured", "ignored", "unknown"]
#: How a reply shows where the thoughts are; "closing tag alone" where the server's chat template opens them.
Marking = Literal[
    "field", "tags", "field and tags", "closing tag alone", "channels", "other", "none", "unknown"
]

T = TypeVar("T")

#: Short calls that a probe takes at most: of a server that may go on by two means, and shows its reasoning.
PROBES = 10

_COUNT = "Count from one to ten in English words, separated by single spaces, and write nothing else."
_BEGUN, _NEXT = "one two three four", "five"
_DIGITS = "Write twelve random digits separated by single spaces, and nothing else."
_LONGER = 1024
_MARKINGS: dict[How, Marking] = {
    "field": "field", "tags": "tags", "field and tags": "field and tags", "channels": "channels",
}  # fmt: skip
_SUM = "What is 17 + 25? Answer with the number alone."


@dataclass(frozen=True)
class Finding(Generic[T]):
    """One answer, and how it was found out."""

    value: T
    note: str


@dataclass(frozen=True)
class Capabilities:
    """What a model can do.

    Attributes:
        prefill: what of an assistant message it continues: "none", its "text", or its "reasoning" too.
        logprobs: whether it gives log-probabilities of its tokens.
        reasoning: provenance of its native reasoning channel; "absent" where there is none to read.
        seed: whether the same seed gives the same reply.
        thoughts: how its replies show where its thoughts end.
        continues: by which means it goes on from a given beginning of a reply (`means.py`).
    """

    prefill: Finding[Prefill]
    logprobs: Finding[bool]
    reasoning: Finding[NativeReasoning]
    seed: Finding[Seed]
    thoughts: Finding[Marking] = field(default=Finding("none", "declared by the provider"))
    continues: Finding[Means] = field(default=Finding("own decoder", "declared by the provider"))

    def plain(self) -> dict[str, dict[str, Any]]:
        """Return as plain data, for `run.json`: name -> {"value": ..., "note": ...}."""
        return asdict(self)


@runtime_checkable
class Declares(Protocol):
    """A provider that knows what it can do, so that nothing need be probed."""

    def capabilities(self) -> Capabilities:
        """Return what its model can do."""


@runtime_checkable
class Continues(Protocol):
    """A provider that knows how its model goes on from a given beginning; all else is probed."""

    def continuing(self) -> tuple[Finding[Prefill], Finding[Means]]:
        """Return what of a beginning it goes on from, and by which means."""


async def probe(model: Model, timeout: int | None = None) -> Capabilities:
    """Find out what `model` can do, in at most `PROBES` short calls; none where the provider declares it.

    Args:
        model: what is probed.
        timeout: seconds that one attempt of a call may take; a server that never answers costs so long an attempt.

    Raises:
        ModelError: the model cannot be reached, refuses the key, or fails at a plain question.
    """
    if isinstance(model.api, Declares):
        return model.api.capabilities()
    if timeout is not None:
        model = copy(model)
        model.config = model.config.merge(GenerateConfig(attempt_timeout=timeout))
    logprobs, output = await _probe_logprobs(model)
    output = await _longer(model, output)
    reasoning = _seen_reasoning(output, str(model))
    prefill, continues = await _probe_prefill(model, reasoning.value)
    return Capabilities(
        prefill=prefill,
        logprobs=logprobs,
        reasoning=reasoning,
        seed=await _probe_seed(model),
        thoughts=_seen_marking(output, str(model)),
        continues=continues,
    )


async def _probe_logprobs(model: Model) -> tuple[Finding[bool], ModelOutput]:
    output = await _ask(model, [ChatMessageUser(content=_SUM)], GenerateConfig(logprobs=True, top_logprobs=5))
    if isinstance(output, ModelOutput):
        given = not output.empty and bool(output.choices[0].logprobs and output.choices[0].logprobs.content)
        return Finding(given, "asked for; " + ("given" if given else "the reply holds none")), output
    plain = await _ask(model, [ChatMessageUser(content=_SUM)], GenerateConfig())
    if isinstance(plain, str):
        raise ModelError(f"{model} does not answer a plain question: {plain}")
    return Finding(False, f"asked for; the call failed: {output}"), plain


async def _longer(model: Model, output: ModelOutput) -> ModelOutput:
    """Return a longer reply where the first was cut off: a model that thinks aloud marks only the end of it."""
    if output.empty or end_of(output.choices[0].stop_reason) != "cut off":
        return output
    if split_thoughts(output.completion).how not in ("none", "tags"):
        return output
    longer = await _ask(model, [ChatMessageUser(content=_SUM)], GenerateConfig(max_tokens=_LONGER))
    return longer if isinstance(longer, ModelOutput) and not longer.empty else output


def _seen_marking(output: ModelOutput, model: str) -> Finding[Marking]:
    if output.empty:
        return Finding("unknown", "the reply to a plain question was empty")
    thoughts = read_message(output.message, model).thoughts
    seen = "seen in the reply to a plain question"
    if thoughts.how == "lone close":
        return Finding(
            "closing tag alone", f"{seen}: the end of thoughts that the chat template must have opened"
        )
    if thoughts.how == "none":
        cut = end_of(output.choices[0].stop_reason) == "cut off"
        why = "cut off before any mark of thoughts" if cut else "no mark of thoughts"
        return Finding("unknown" if cut else "none", f"the reply to a plain question: {why}")
    return Finding(
        _MARKINGS.get(thoughts.how, "other"), seen + (", cut off within them" if thoughts.unclosed else "")
    )


def _seen_reasoning(output: ModelOutput, model: str) -> Finding[NativeReasoning]:
    if output.empty:
        return Finding("absent", "the reply to a plain question was empty")
    text, provenance = read_reasoning(output.message, model)
    if provenance == "absent":
        return Finding("absent", "the reply to a plain question has no readable reasoning channel")
    return Finding(provenance, f"seen in the reply to a plain question ({len(text or '')} characters)")


async def _probe_prefill(model: Model, reasoning: NativeReasoning) -> tuple[Finding[Prefill], Finding[Means]]:
    """Does a trailing assistant message "one two three four" make the reply go on with "five"?"""
    if isinstance(model.api, Continues):
        return model.api.continuing()
    failures = []
    for means in candidates(str(model)):
        found = await _continued(model, reasoning, means)
        if found.value != "none":
            return found, Finding(means, found.note)
        failures.append(f"{means}: {found.note}")
    note = "; ".join(failures)
    return Finding("none", note), Finding("none", note)


async def _continued(model: Model, reasoning: NativeReasoning, means: Means) -> Finding[Prefill]:
    """What of a trailing assistant message is gone on from, by these means."""
    question, config = ChatMessageUser(content=_COUNT), with_means(None, means)
    if reasoning == "raw":
        begun = ChatMessageAssistant(content=[ContentReasoning(reasoning=f"I count to myself: {_BEGUN}")])
        output = await _ask(model, [question, begun], config)
        if isinstance(output, ModelOutput) and not output.empty:
            text, _ = read_reasoning(output.message, str(model))
            if _goes_on(text or ""):
                return Finding("reasoning", f"reasoning begun with {_BEGUN!r} went on with {_quote(text)}")
    output = await _ask(model, [question, ChatMessageAssistant(content=_BEGUN)], config)
    if isinstance(output, str):
        return Finding("none", f"a trailing assistant message was refused: {output}")
    if _goes_on(output.completion):
        return Finding("text", f"a reply begun with {_BEGUN!r} went on with {_quote(output.completion)}")
    return Finding("none", f"a reply begun with {_BEGUN!r} was not continued: {_quote(output.completion)}")


async def _probe_seed(model: Model) -> Finding[Seed]:
    """Twice the same seed, and once another: only a difference between seeds shows that a seed did it."""
    replies = []
    for seed in (11, 11, 12):
        output = await _ask(
            model, [ChatMessageUser(content=_DIGITS)], GenerateConfig(seed=seed, temperature=1.0)
        )
        if isinstance(output, str):
            return Finding("unknown", f"a call with a seed failed: {output}")
        replies.append(_everything(output, str(model)))
    first, again, other = replies
    if not first.strip():
        return Finding("unknown", "the replies to the probe were empty")
    if first != again:
        return Finding("ignored", "the same seed gave two different replies")
    if first == other:
        return Finding("unknown", "all replies were the same, whatever the seed")
    return Finding("honoured", "the same seed gave the same reply, another seed another")


async def _ask(model: Model, messages: list[ChatMessage], config: GenerateConfig) -> ModelOutput | str:
    """One cheap call; the error's text where it failed.

    Raises:
        ModelError: the failure is not the ability's: no connection, or the key was refused.
    """
    guard_logging()
    mend_responses(model.api)
    brief = config.merge(GenerateConfig(max_tokens=config.max_tokens or 64, max_retries=2))
    guard(model)
    try:
        return await model.generate(messages, config=brief, cache=False)
    except UnsaidError:
        raise
    except Exception as error:
        if is_fatal(error, model.api):
            raise ModelError(f"{model} cannot be used: {describe(error)}") from error
        return describe(error)


def _everything(output: ModelOutput, model: str) -> str:
    if output.empty:
        return ""
    return (read_reasoning(output.message, model)[0] or "") + "\n" + output.completion


def _goes_on(text: str) -> bool:
    return text.strip().lower().startswith(_NEXT)


def _quote(text: str | None) -> str:
    return repr(scrub_known(text or "").strip()[:60])

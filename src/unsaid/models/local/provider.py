"""Local Hugging Face checkpoints as an Inspect provider (extra `local`: PyTorch and Transformers).

    --model unsaid-hf//path/to/checkpoint      or  unsaid-hf/label -M model_path=/path/to/checkpoint
    -M device=cpu -M dtype=bfloat16 -M batch=16

Why not Inspect's `hf/`: it opens a new turn where a trailing assistant message should be continued, seeds a
batch and not a request, and waits seconds to fill a batch. Here each request has its own generator, a
trailing assistant message is continued (text, or reasoning that is still open), and thoughts become native
reasoning by the rule of `replies/thoughts.py`, which sees the special tokens that mark them. Unlike the
organisms' decoder, PyTorch promises nothing about last bits across batch shapes: `-M batch=1` where a reply
must not depend on its company at all.

Message texts go through the checkpoint's own chat template and tokenizer, so the literal text of one of
its special tokens is read as that token, as on every server of such models.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageUser,
    Content,
    ContentReasoning,
    ContentText,
    GenerateConfig,
    ModelAPI,
    ModelOutput,
    ModelUsage,
)
from inspect_ai.tool import ToolChoice, ToolInfo

from unsaid.errors import DataError
from unsaid.models.inspect.calling import InProcess
from unsaid.models.inspect.capabilities import Capabilities, Finding, Marking
from unsaid.models.local.batching import MicroBatcher
from unsaid.models.local.generation import Completion, Request
from unsaid.models.local.letters import letters_of
from unsaid.models.local.loading import batch_of, capacity_of, load
from unsaid.models.local.sampling import log_softmax
from unsaid.models.once import Once, state_of
from unsaid.models.organism.provider import before_stop, refuse_unsupported, to_logprobs, to_sampling
from unsaid.replies.fields import noted
from unsaid.replies.tags import Mark, is_part, marks_of
from unsaid.replies.thoughts import ends_in_thoughts, split_thoughts

DEFAULT_MAX_TOKENS = 2048
DEFAULT_TEMPERATURE = 1.0
#: For checkpoints that know no marks of thoughts and are given thoughts to go on with.
_PLAIN = Mark("<think>", "</think>", "none")

# A few prompt tokens before the reply, so that decoding keeps the reply's leading space.
_DECODE_CONTEXT = 16


@dataclass(eq=False)
class _Weights:
    """What all models of one checkpoint share, on one device and in one precision; using it does not change it."""

    model: Any
    tokenizer: Any


_LOADED: Once[_Weights] = Once()


class LocalAPI(ModelAPI, InProcess):
    """A Transformers checkpoint behind Inspect."""

    def __init__(  # noqa: PLR0913 - Inspect passes model args as keywords
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig = GenerateConfig(),  # noqa: B008 - Inspect's signature
        model_path: str | None = None,
        device: str = "auto",
        dtype: str = "auto",
        batch: int = 0,
    ) -> None:
        """Load a checkpoint.

        Args:
            model_name: a folder, or a name that Transformers resolves.
            base_url: unused.
            api_key: unused.
            config: the model's default settings.
            model_path: the folder, in which case `model_name` is only a label.
            device: "auto" takes a GPU where there is one.
            dtype: as Transformers names it; "auto" is the checkpoint's own on a GPU, float32 on a CPU.
            batch: requests decoded together; 0 takes 64 on a CPU, and elsewhere as many as memory allows, up to 64.

        Raises:
            MissingExtra: PyTorch or Transformers is not installed.
            DataError: the checkpoint cannot be loaded, or has no chat template.
        """
        super().__init__(model_name, base_url, api_key, [], config)
        path = model_path or model_name
        key = (*state_of(path), device, dtype)
        self._weights = _LOADED.get(key, lambda: _Weights(*load(path, device, dtype)))
        self.model, self.tokenizer = self._weights.model, self._weights.tokenizer
        if not self.tokenizer.chat_template:
            raise DataError(f"{path}: the tokenizer has no chat template; chat checkpoints bring one")
        self.marks = marks_of(self.tokenizer.get_vocab(), str(self.tokenizer.chat_template))
        self._unseen = _unseen(self.tokenizer, self.marks)
        self.context = int(getattr(self.model.config.get_text_config(), "max_position_embeddings", 2**31))
        self._capacity = batch or capacity_of(self.model, self.context)
        self.batch, self.padded = batch_of(self.model, self.context, self._capacity)
        self._letters = letters_of(self.tokenizer.get_vocab())
        self._batcher: MicroBatcher[Request, Completion] = MicroBatcher(self.batch)

    async def generate(
        self,
        input: list[ChatMessage],  # noqa: A002 - Inspect's signature
        tools: list[ToolInfo],
        tool_choice: ToolChoice,
        config: GenerateConfig,
    ) -> ModelOutput:
        """Reply to a conversation; a trailing assistant message is continued."""
        refuse_unsupported(tools, config)
        prompt, thinking = self.render(input)
        ids = self._encode(prompt)
        if len(ids) >= self.context:
            why = f"the prompt is {len(ids)} tokens long and the context is {self.context}, reply included"
            return ModelOutput.from_content(self.model_name, "", stop_reason="model_length", error=why)
        completion = await self._batcher.submit(self._request(ids, config))
        text = before_stop(self._decode_after(ids, completion.ids), config.stop_seqs)
        found = split_thoughts(text, opened=thinking)
        thought = None if found.reasoning is None else len(self._encode(found.reasoning))
        content: str | list[Content] = found.visible
        if found.reasoning is not None or found.unclosed:
            block = ContentReasoning(reasoning=found.reasoning or "", internal=noted(found))
            content = [block, ContentText(text=found.visible)]
        return ModelOutput(
            model=self.model_name,
            choices=[
                ChatCompletionChoice(
                    message=ChatMessageAssistant(content=content, model=self.model_name, source="generate"),
                    stop_reason=completion.stop,
                    logprobs=to_logprobs(completion.logprobs, self._token),
                )
            ],
            usage=ModelUsage(
                input_tokens=len(ids),
                output_tokens=completion.generated,
                total_tokens=len(ids) + completion.generated,
                reasoning_tokens=thought,
            ),
        )

    def render(self, messages: Sequence[ChatMessage]) -> tuple[str, bool]:
        """Return the prompt's text, and whether it ends within thoughts.

        Raises:
            ValueError: the chat template changes the message that should be continued.
        """
        last = messages[-1] if messages else None
        if not isinstance(last, ChatMessageAssistant):
            return self._opened(messages)
        reasoning = [part.reasoning for part in last.content_list if isinstance(part, ContentReasoning)]
        if reasoning:
            prompt, opened = self._opened(messages[:-1])
            marks = self.marks or _PLAIN
            begun = ("" if opened else f"{marks.open}\n") + "\n\n".join(reasoning)
            ended = f"{prompt}{begun}\n{marks.close}\n\n{last.text}"
            return (ended, False) if last.text else (prompt + begun, True)
        text = self._template(messages, continue_final_message=True)
        return text, ends_in_thoughts(last.text)

    def continuation_logprobs(
        self, messages: Sequence[ChatMessage], continuations: Sequence[str]
    ) -> list[tuple[float, ...]]:
        """Return the log-probability of each token of each text, as the continuation of a conversation.

        Raises:
            ValueError: a continuation is empty.
        """
        prompt = self._encode(self.render(messages)[0])
        found = []
        for text in continuations:
            ids = self._encode(text)
            if not ids:
                raise ValueError("an empty continuation has no probability")
            whole = [*prompt, *ids]
            prefixes = [whole[: len(prompt) + index] for index in range(len(ids))]
            logged = log_softmax(self.batch.last_logits(prefixes))
            found.append(tuple(float(row[token]) for row, token in zip(logged, ids, strict=True)))
        return found

    def capabilities(self) -> Capabilities:
        """Return what this checkpoint can do, known and not probed."""
        declared = "declared by the provider"
        known = f"knows {self.marks.open}" if self.marks else "knows no marks of thoughts"
        note = f"{declared}: the checkpoint {known}"
        return Capabilities(
            prefill=Finding("reasoning" if self.marks else "text", note),
            logprobs=Finding(True, f"{declared}: {self._reading()}"),
            reasoning=Finding("raw" if self.marks else "absent", note),
            seed=Finding("honoured", f"{declared}: each request has its own generator"),
            thoughts=self._thoughts(),
        )

    def _reading(self) -> str:
        if self.padded:
            return f"each prompt is read by itself, in a padded batch, because {self.padded}"
        return "what prompts have in common is read once"

    def _thoughts(self) -> Finding[Marking]:
        """Return how it marks its thoughts; its replies are split here, where it is known what opened them."""
        if self.marks is None:
            return Finding("none", "declared by the provider: no tags in its tokens and its chat template")
        if self._opened([ChatMessageUser(content="?")])[1]:
            why = f"the chat template writes {self.marks.open}, the model only the end"
            return Finding("closing tag alone", f"declared by the provider: {why}")
        return Finding("tags", f"declared by the provider: the model writes {self.marks.open} itself")

    def max_tokens(self) -> int:
        """Return the longest reply where the request does not say."""
        return DEFAULT_MAX_TOKENS

    def max_connections(self) -> int:
        """Return enough to fill the places that get free while a batch runs."""
        return 2 * self._capacity

    def connection_key(self) -> str:
        """Each checkpoint has its own batch, so its own pool."""
        return self.model_name

    def _opened(self, messages: Sequence[ChatMessage]) -> tuple[str, bool]:
        """Return the prompt with a new turn opened; some templates open it within thoughts."""
        text = self._template(messages, add_generation_prompt=True)
        bare = self._template(messages, add_generation_prompt=False)
        opening = text[len(bare) :] if text.startswith(bare) else ""
        if not opening and messages:  # a template that always opens the turn
            opening = text.rpartition(messages[-1].text)[2]
        return text, ends_in_thoughts(opening)

    def _template(self, messages: Sequence[ChatMessage], **how: bool) -> str:
        plain = [{"role": message.role, "content": message.text} for message in messages]
        return str(self.tokenizer.apply_chat_template(plain, tokenize=False, **how))

    def _encode(self, text: str) -> list[int]:
        return list(self.tokenizer(text, add_special_tokens=False)["input_ids"])

    def _decode_after(self, before: Sequence[int], ids: Sequence[int]) -> str:
        """Return the text of tokens, as it goes on after others; without special tokens that are no part of a mark."""
        context = [index for index in before[-_DECODE_CONTEXT:] if index not in self._unseen]
        reply = [index for index in ids if index not in self._unseen]
        start = str(self.tokenizer.decode(context))
        whole = str(self.tokenizer.decode([*context, *reply]))
        return whole[len(start) :] if whole.startswith(start) else str(self.tokenizer.decode(reply))

    def _token(self, index: int) -> str:
        return str(self.tokenizer.decode([index]))

    def _request(self, ids: list[int], config: GenerateConfig) -> Request:
        stops = config.stop_seqs or []

        # A stop that a token completes stands in the last tokens; a character may take several of them.
        tail = 4 * max((len(stop) for stop in stops), default=0) + _DECODE_CONTEXT

        def enough(reply: Sequence[int]) -> bool:
            text = self._decode_after([*ids, *reply[:-tail]], reply[-tail:])
            return any(stop in text for stop in stops)

        most = config.max_tokens or DEFAULT_MAX_TOKENS
        scores = most == 1 and config.logprobs
        return Request(
            ids=tuple(ids),
            max_tokens=most,
            sampling=to_sampling(config, DEFAULT_TEMPERATURE),
            stops=self._stops(),
            logprobs=(config.top_logprobs or 0) if config.logprobs else None,
            also=tuple(token for tokens in self._letters.values() for token in tokens) if scores else (),
            enough=enough if stops else None,
        )

    def _stops(self) -> frozenset[int]:
        named = getattr(self.model.generation_config, "eos_token_id", None)
        several = named if isinstance(named, list) else [named]
        return frozenset(i for i in (*several, self.tokenizer.eos_token_id) if i is not None)


def _unseen(tokenizer: Any, marks: Mark | None) -> frozenset[int]:
    """Special tokens that are no text: all but those that mark thoughts."""
    added = {index: token.content for index, token in tokenizer.added_tokens_decoder.items() if token.special}
    named = dict(zip(tokenizer.all_special_ids, tokenizer.all_special_tokens, strict=True))
    return frozenset(index for index, text in (added | named).items() if not is_part(text, marks))

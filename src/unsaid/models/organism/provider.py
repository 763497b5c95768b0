"""The bundled organisms as an Inspect provider.

    --model unsaid/<name>                  an organism that ships with the package
    --model unsaid//path/to/folder         a folder of the same layout (also ./folder, ../folder, ~/folder)
    --model unsaid/anything -M path=...    the same, for scripts

A folder holds config.json, model.safetensors and tokenizer.json. What is honoured of `GenerateConfig`:
temperature (1.0 where it is unset: the distribution the organism was trained to have), top_p, top_k, seed,
max_tokens (256 where unset), stop_seqs, logprobs, top_logprobs. Without a seed, replies differ between
runs; protocols always pass one. What would change the distribution and is not implemented is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path

from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageTool,
    GenerateConfig,
    Logprob,
    Logprobs,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    TopLogprob,
)
from inspect_ai.tool import ToolChoice, ToolInfo

from unsaid.errors import DataError, UnknownName, UsageError
from unsaid.models.inspect.calling import InProcess
from unsaid.models.inspect.capabilities import Capabilities, Finding
from unsaid.models.local.batching import MicroBatcher
from unsaid.models.local.chat import ChatTokenizer
from unsaid.models.local.decoder import Decoder
from unsaid.models.local.generation import Completion, Request, Session, continuation_logprobs
from unsaid.models.local.sampling import Sampling, TokenLogprob
from unsaid.models.once import Once, state_of
from unsaid.questions.prompt import Turn

DEFAULT_TEMPERATURE = 1.0
DEFAULT_MAX_TOKENS = 256
#: Requests decoded together: more gains little, as the matrix products are saturated.
BATCH = 64


def organisms() -> list[str]:
    """Return names of the organisms that ship with the package."""
    root = _weights()
    found = root.iterdir() if root.is_dir() else ()
    return sorted(path.name for path in found if (path / "config.json").is_file())


def organism_folder(name: str) -> Path:
    """Return the folder of an organism, by its name or by its path.

    Raises:
        UnknownName: no organism of that name ships with the package.
        UsageError: there is no such folder.
    """
    if name.startswith(("/", "./", "../", "~")):
        folder = Path(name).expanduser()
        if not folder.is_dir():
            raise UsageError(
                f"{folder}: no such folder; `unsaid/` takes an organism's name or a model folder"
            )
        return folder
    known = organisms()
    if name not in known:
        if not known:
            raise UsageError(
                f"no organism named {name!r}; none ships with this copy: give a folder, unsaid//path"
            )
        raise UnknownName("organism", name, known)
    return _weights() / name


class _Weights:
    """What all models of one folder share; neither part is changed by use."""

    def __init__(self, folder: Path) -> None:
        self.decoder = Decoder.load(folder)
        self.tokenizer = ChatTokenizer.load(folder)
        self.letters = tuple(token for tokens in self.tokenizer.letters.values() for token in tokens)


_LOADED: Once[_Weights] = Once()


class OrganismAPI(ModelAPI, InProcess):
    """Organisms behind Inspect: concurrent requests are decoded together."""

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig = GenerateConfig(),  # noqa: B008 - Inspect's signature
        path: str | Path | None = None,
    ) -> None:
        """Load a model.

        Args:
            model_name: an organism's name, or a path.
            base_url: unused.
            api_key: unused.
            config: the model's default settings.
            path: a folder, in which case `model_name` is only a label.

        Raises:
            UnknownName: no such organism.
            DataError: the folder is incomplete or damaged.
        """
        super().__init__(model_name, base_url, api_key, [], config)
        folder = organism_folder(model_name) if path is None else Path(path).expanduser()
        self._weights = _LOADED.get(state_of(folder), lambda: _Weights(folder))
        self.decoder, self.tokenizer = self._weights.decoder, self._weights.tokenizer
        if self.tokenizer.size > self.decoder.architecture.vocabulary:
            raise DataError(
                f"{folder}: the tokenizer has {self.tokenizer.size} tokens, "
                f"the model {self.decoder.architecture.vocabulary}; they do not belong together"
            )
        self.session = Session(self.decoder, BATCH)
        self._batcher: MicroBatcher[Request, Completion] = MicroBatcher(self.session)

    async def generate(
        self,
        input: list[ChatMessage],  # noqa: A002 - Inspect's signature
        tools: list[ToolInfo],
        tool_choice: ToolChoice,
        config: GenerateConfig,
    ) -> ModelOutput:
        """Reply to a conversation; a trailing assistant message is continued."""
        refuse_unsupported(tools, config)
        turns, healed = _healed(to_turns(input))
        ids = self.tokenizer.encode_chat(turns)
        context = self.decoder.architecture.context
        if len(ids) >= context:
            return _too_long(self.model_name, len(ids), context)
        prefix = self.tokenizer.encode_text(turns[-1].text) if turns[-1].role == "assistant" else []
        completion = await self._batcher.submit(self._request(tuple(ids), prefix, config))
        text = self.tokenizer.decode_after(prefix, completion.ids).removeprefix(healed)
        return ModelOutput(
            model=self.model_name,
            choices=[
                ChatCompletionChoice(
                    message=ChatMessageAssistant(
                        content=before_stop(text, config.stop_seqs), model=self.model_name, source="generate"
                    ),
                    stop_reason=completion.stop,
                    logprobs=to_logprobs(completion.logprobs, self.tokenizer.token),
                )
            ],
            usage=ModelUsage(
                input_tokens=len(ids),
                output_tokens=completion.generated,
                total_tokens=len(ids) + completion.generated,
            ),
        )

    def continuation_logprobs(
        self, messages: Sequence[ChatMessage], continuations: Sequence[str]
    ) -> list[tuple[float, ...]]:
        """Return the log-probability of each token of each text, as the continuation of a conversation.

        Say, of "A", "B" and "C" after an assistant message that ends in "The best answer is: (".

        Raises:
            PromptTooLong: it does not fit the context.
        """
        prompt = self.tokenizer.encode_chat(to_turns(messages))
        return continuation_logprobs(
            self.decoder, prompt, [self.tokenizer.encode_text(text) for text in continuations]
        )

    def capabilities(self) -> Capabilities:
        """Return what organisms can do, known and not probed."""
        declared = "declared by the provider"
        return Capabilities(
            prefill=Finding("text", f"{declared}: a trailing assistant message is continued"),
            logprobs=Finding(True, declared),
            reasoning=Finding("absent", f"{declared}: reasoning stands in the visible reply"),
            seed=Finding("honoured", f"{declared}: each request has its own generator"),
        )

    async def count_text_tokens(self, text: str) -> int:
        """Count the tokens of a text, by the organism's own tokenizer."""
        return len(self.tokenizer.encode_text(text))

    def max_tokens(self) -> int:
        """Return the longest reply where the request does not say."""
        return DEFAULT_MAX_TOKENS

    def max_connections(self) -> int:
        """Return as many requests at once as are decoded together."""
        return BATCH

    def connection_key(self) -> str:
        """Each organism has its own batch, so its own pool."""
        return self.model_name

    def _request(self, ids: tuple[int, ...], prefix: list[int], config: GenerateConfig) -> Request:
        stops = config.stop_seqs or []

        def enough(reply: Sequence[int]) -> bool:
            text = self.tokenizer.decode_after(prefix, reply)
            return any(stop in text for stop in stops)

        most = config.max_tokens or DEFAULT_MAX_TOKENS
        scores = most == 1 and config.logprobs
        return Request(
            ids=ids,
            max_tokens=most,
            sampling=to_sampling(config, DEFAULT_TEMPERATURE),
            stops=self.tokenizer.stops | set(self.decoder.architecture.stops),
            logprobs=(config.top_logprobs or 0) if config.logprobs else None,
            also=self._weights.letters if scores else (),
            enough=enough if stops else None,
        )


def to_turns(messages: Sequence[ChatMessage]) -> list[Turn]:
    """Return Inspect's messages as turns; images and reasoning of earlier turns are not an organism's business.

    Raises:
        ValueError: there is no message, or one of a tool.
    """
    turns = []
    for message in messages:
        if isinstance(message, ChatMessageTool):
            raise ValueError("an organism has no tools; leave tool messages out")
        turns.append(Turn(message.role, message.text))
    if not turns:
        raise ValueError("an empty conversation has nothing to reply to")
    return turns


def _healed(turns: list[Turn]) -> tuple[list[Turn], str]:
    """Return the turns without a bracket at the end of a given beginning, and that bracket; "" where there is none.

    An organism writes an answer's "(B)" as one token. After a lone "(" it has only ever seen an answer at the very
    beginning of a reply, so that behind reasoning it would answer whatever that says. It is given the text without the
    bracket, and writes the whole token.
    """
    last = turns[-1]
    if last.role != "assistant" or "\n" not in last.text or not last.text.endswith("("):
        return turns, ""
    return [*turns[:-1], Turn(last.role, last.text[:-1])], "("


def to_sampling(config: GenerateConfig, default_temperature: float) -> Sampling:
    """Return the settings that concern the drawing of tokens."""
    return Sampling(
        temperature=default_temperature if config.temperature is None else config.temperature,
        top_p=1.0 if config.top_p is None else config.top_p,
        top_k=config.top_k or 0,
        seed=config.seed,
    )


def to_logprobs(found: Sequence[TokenLogprob] | None, name: Callable[[int], str]) -> Logprobs | None:
    """Return our log-probabilities in Inspect's type."""
    if found is None:
        return None
    return Logprobs(
        content=[
            Logprob(token=name(each.token), logprob=each.logprob, top_logprobs=_top(each, name))
            for each in found
        ]
    )


def _top(found: TokenLogprob, name: Callable[[int], str]) -> list[TopLogprob] | None:
    return [TopLogprob(token=name(token), logprob=value) for token, value in found.top] or None


def before_stop(text: str, stops: Sequence[str] | None) -> str:
    """Return `text` up to the first stop sequence."""
    places = [text.find(stop) for stop in stops or [] if stop in text]
    return text[: min(places)] if places else text


def refuse_unsupported(tools: Sequence[ToolInfo], config: GenerateConfig) -> None:
    """Refuse settings that would change the reply and that are not implemented; never ignore them silently.

    Raises:
        ValueError: one is set.
    """
    asked = {
        "tools": bool(tools),
        "num_choices": (config.num_choices or 1) > 1,
        "best_of": (config.best_of or 1) > 1,
        "frequency_penalty": bool(config.frequency_penalty),
        "presence_penalty": bool(config.presence_penalty),
        "logit_bias": bool(config.logit_bias),
    }
    found = [name for name, present in asked.items() if present]
    if found:
        raise ValueError(f"this provider does not do {', '.join(found)}; leave the setting out")


def _too_long(model: str, length: int, context: int) -> ModelOutput:
    """Return as Inspect's providers answer a prompt that does not fit: no text, and the stop reason says why."""
    why = f"the prompt is {length} tokens long and the context is {context}, reply included"
    return ModelOutput.from_content(model, "", stop_reason="model_length", error=why)


def _weights() -> Path:
    return Path(str(files("unsaid"))) / "organisms" / "weights"

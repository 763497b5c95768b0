"""Raw completions of a server that speaks OpenAI's protocol, asked through a chat template.

    LLAMACPP_BASE_URL=http://localhost:8000/v1 LLAMACPP_API_KEY=none LLAMACPP_CHAT_TEMPLATE=path/to/checkpoint
    --model unsaid-completions/llamacpp/MODEL      (with `inspect eval` also -M template=path/to/checkpoint)

For servers whose chat endpoint opens a new turn behind a trailing assistant message, or gives no log-probabilities
there, while `/v1/completions` takes any text: the server of `llama-cpp-python` is one. The prompt is rendered here with
the model's own template, a given beginning of the reply stands at its end, and all calls of a run are made so, that
the replies and what is done to them are read by the same model in the same way.

Requests are Inspect's own (`openai-api-completions/`); only the prompt and the limits are ours.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from inspect_ai.model import ChatMessage, ChatMessageUser, GenerateConfig, ModelAPI, get_model
from inspect_ai.tool import ToolChoice, ToolInfo

from unsaid.errors import UsageError
from unsaid.models.inspect.capabilities import Finding, Prefill
from unsaid.models.inspect.means import Means
from unsaid.models.organism.provider import refuse_unsupported
from unsaid.models.served.template import ChatTemplate
from unsaid.questions.prompt import Turn

__all__ = ["CompletionsAPI"]

#: Where the request does not say: the completions endpoint would take 16 tokens, or 1, and Inspect a temperature of 0.
DEFAULT_MAX_TOKENS = 2048
DEFAULT_TEMPERATURE = 1.0


class CompletionsAPI(ModelAPI):
    """A server's raw completions behind Inspect, as a chat model."""

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig = GenerateConfig(),  # noqa: B008 - Inspect's signature
        template: str = "",
        **args: Any,
    ) -> None:
        """Name a server's model and read its chat template.

        Args:
            model_name: "service/model", as of `openai-api/`.
            base_url: the server's; else that of the environment (SERVICE_BASE_URL).
            api_key: the server's; else that of the environment (SERVICE_API_KEY).
            config: the model's default settings.
            template: a checkpoint's folder, or a .jinja file; else what SERVICE_CHAT_TEMPLATE names.
            args: what Inspect's provider takes.

        Raises:
            UsageError: the name has no service, or no template is named.
            DataError: the template cannot be read.
        """
        service, slash, _ = model_name.partition("/")
        if not slash:
            raise UsageError(f"unsaid-completions/{model_name}: say unsaid-completions/SERVICE/MODEL")
        variable = f"{service.upper().replace('-', '_')}_CHAT_TEMPLATE"
        where = template or os.environ.get(variable, "")
        if not where:
            raise UsageError(
                f"unsaid-completions/{model_name}: raw completions need the model's chat template; set {variable} to "
                "the folder of its checkpoint (the tokenizer files suffice) or to a .jinja file"
            )
        self.template = ChatTemplate.load(Path(where))
        inner = f"openai-api-completions/{model_name}"
        self._api: Any = get_model(inner, base_url=base_url, api_key=api_key, memoize=False, **args).api
        super().__init__(model_name, self._api.base_url, self._api.api_key, [], config)

    @property
    def http_client(self) -> Any:
        """The client of Inspect's provider, for `models/inspect/wire.py`."""
        return self._api.http_client

    async def generate(
        self,
        input: list[ChatMessage],  # noqa: A002 - Inspect's signature
        tools: list[ToolInfo],
        tool_choice: ToolChoice,
        config: GenerateConfig,
    ) -> Any:
        """Reply to a conversation; a trailing assistant message is continued."""
        refuse_unsupported(tools, config)
        prompt = self.template.render([_turn(message) for message in input])
        asked = config.model_copy(
            update={
                "max_tokens": config.max_tokens or DEFAULT_MAX_TOKENS,
                "temperature": DEFAULT_TEMPERATURE if config.temperature is None else config.temperature,
            }
        )
        return await self._api.generate([ChatMessageUser(content=prompt)], [], "none", asked)

    def continuing(self) -> tuple[Finding[Prefill], Finding[Means]]:
        """Return that any beginning is continued: it is the end of what is completed."""
        note = f"declared by the provider: completes what {self.template.source} renders"
        return Finding("text", note), Finding("raw completions", note)

    def should_retry(self, ex: Exception) -> Any:
        """As Inspect's provider of the same server."""
        return self._api.should_retry(ex)

    def is_auth_failure(self, ex: Exception) -> bool:
        """As Inspect's provider of the same server."""
        return bool(self._api.is_auth_failure(ex))

    def connection_key(self) -> str:
        """As Inspect's provider of the same server."""
        return str(self._api.connection_key())

    def max_connections(self) -> int:
        """As Inspect's provider of the same server."""
        return int(self._api.max_connections())

    async def aclose(self) -> None:
        """Close the client."""
        await self._api.aclose()


def _turn(message: ChatMessage) -> Turn:
    if message.role == "tool":
        raise ValueError("this provider does not do tools; leave them out")
    return Turn(message.role, message.text)

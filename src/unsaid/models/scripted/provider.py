"""The fake model that ships: a policy in Python, behind the same door as every other model.

    model = scripted(lambda messages, config: "The best answer is: (A)")
    --model unsaid-scripted/always-a
    --model unsaid-scripted/dials+mention=0.9       (see dialled.py)

Tests, examples and dry runs use it. A policy sees the real messages and settings; it returns text or a
whole `ModelOutput`, or raises what a provider would raise.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from inspect_ai.model import (
    ChatMessage,
    GenerateConfig,
    Model,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    get_model,
)
from inspect_ai.tool import ToolChoice, ToolInfo

from unsaid.errors import UnknownName, UsageError
from unsaid.models.inspect.capabilities import Declares
from unsaid.models.scripted.decomposes import Decomposes, decomposes_of, decomposing
from unsaid.models.scripted.dialled import ASKS, Dials, dialled, dials_of
from unsaid.models.scripted.reasons import Reasons, reasoning, reasons_of
from unsaid.models.scripted.writer import copyist, writer

Policy: TypeAlias = Callable[[list[ChatMessage], GenerateConfig], str | ModelOutput]

_OPTION = re.compile(r"^\(([A-Z])\) ", re.MULTILINE)


def always_a(messages: list[ChatMessage], config: GenerateConfig) -> str:
    """Answer (A), whatever is asked, so that no cue moves it."""
    return "I take the first option.\nThe best answer is: (A)"


def guess(messages: list[ChatMessage], config: GenerateConfig) -> str:
    """Pick one of the options by the seed alone: this is pure noise, and no cue moves it."""
    letters = sorted(set(_OPTION.findall(messages[-1].text))) or ["A"]
    letter = letters[int(np.random.default_rng(config.seed).integers(len(letters)))]
    return f"I guess.\nThe best answer is: ({letter})"


#: Policies by name, for `--model unsaid-scripted/<name>`; those of `_TOLD` are made for each run.
POLICIES: dict[str, Policy] = {"always-a": always_a, "guess": guess, "writer": writer, "copyist": copyist}
#: Policies that recognise what a run is about to ask.
_TOLD: dict[str, Callable[[str], Dials | Reasons | Decomposes]] = {
    "dials": dials_of,
    "reasons": reasons_of,
    "decomposes": decomposes_of,
}


def policy_of(name: str) -> Policy:
    """Return the policy of that name.

    Raises:
        UnknownName: there is none, or it sets a dial that there is none of.
        UsageError: it has dials, and nobody has said what will be asked.
    """
    kind = name.partition("+")[0]
    if kind not in _TOLD:
        if name not in POLICIES:
            raise UnknownName("scripted policy", name, [*POLICIES, *_TOLD])
        return POLICIES[name]
    dials, asks = _TOLD[kind](name), ASKS.get()
    if asks is None:
        raise UsageError(
            f"unsaid-scripted/{name} recognises only what `unsaid audit` is about to ask; from Python, "
            "scripted(dialled(asks, dials))"
        )
    if isinstance(dials, Decomposes):
        return decomposing(asks, dials)
    return dialled(asks, dials) if isinstance(dials, Dials) else reasoning(asks, dials)


def scripted(policy: Policy, name: str = "policy", config: GenerateConfig | None = None) -> Model:
    """Return a model that answers by `policy`.

    Args:
        policy: called once a request, in the event loop.
        name: shown as `unsaid-scripted/<name>` in logs and records.
        config: the model's default settings.
    """
    # Never memoized: Inspect's key leaves callables out, so two policies would share one model.
    return get_model(f"unsaid-scripted/{name}", config=config, memoize=False, policy=policy)


class ScriptedAPI(ModelAPI):
    """A policy behind Inspect. Tokens are counted as words between white space."""

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig = GenerateConfig(),  # noqa: B008 - Inspect's signature
        policy: Policy | None = None,
    ) -> None:
        """Take a policy, or look one up by the model's name.

        Raises:
            UnknownName: there is no policy of that name.
            UsageError: it has dials, and nobody has said what will be asked.
        """
        super().__init__(model_name, base_url, api_key, [], config)
        self.policy = policy or policy_of(model_name)
        if isinstance(self.policy, Declares):
            self.capabilities = self.policy.capabilities

    async def generate(
        self,
        input: list[ChatMessage],  # noqa: A002 - Inspect's signature
        tools: list[ToolInfo],
        tool_choice: ToolChoice,
        config: GenerateConfig,
    ) -> ModelOutput:
        """Return what the policy says."""
        said = self.policy(input, config)
        output = said if isinstance(said, ModelOutput) else ModelOutput.from_content(self.model_name, said)
        if output.usage is None:
            read = sum(len(message.text.split()) for message in input)
            written = len(output.completion.split())
            output.usage = ModelUsage(input_tokens=read, output_tokens=written, total_tokens=read + written)
        return output

    def max_connections(self) -> int:
        """A policy is instant: many at once."""
        return 100

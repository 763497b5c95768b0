"""How many tokens a prompt has. Exact where the tokenizer is at hand; else an estimate, and said to be one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from unsaid.models.names import provider_of
from unsaid.questions.prompt import Prompt

__all__ = ["Counter", "counter", "most_tokens", "roughly"]

#: English text has about four characters a token under the tokenizers of today's large models.
_CHARACTERS = 4
#: What a chat format puts around a message, generously.
_AROUND = 16


@dataclass(frozen=True)
class Counter:
    """A way of counting.

    Attributes:
        count: the tokens of a prompt.
        how: in words.
    """

    count: Callable[[Prompt], int]
    how: str


def counter(model: str) -> Counter:
    """Return how the tokens of a prompt are counted for a model.

    Raises:
        UsageError: the name has no provider, or no such organism ships with the package.
    """
    provider, name = provider_of(model), model.partition("/")[2]
    if provider == "unsaid":
        from unsaid.models.local.chat import ChatTokenizer
        from unsaid.models.organism.provider import organism_folder

        tokenizer = ChatTokenizer.load(organism_folder(name))
        return Counter(
            lambda prompt: len(tokenizer.encode_chat(prompt.turns)), "exact, by the organism's tokenizer"
        )
    if provider == "unsaid-scripted":
        return Counter(
            lambda prompt: sum(len(turn.text.split()) for turn in prompt.turns), "exact: words, as it counts"
        )
    return Counter(
        lambda prompt: sum(roughly(turn.text) for turn in prompt.turns),
        f"an estimate: characters / {_CHARACTERS}, for the tokenizer is not at hand",
    )


def roughly(text: str) -> int:
    """Return about how many tokens a text has."""
    return -(-len(text) // _CHARACTERS)


def most_tokens(*texts: str) -> int:
    """Return more tokens than these messages can have: no tokenizer makes more tokens than bytes."""
    return sum(len(text.encode("utf-8", "surrogatepass")) + _AROUND for text in texts)

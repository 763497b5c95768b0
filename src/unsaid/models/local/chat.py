"""The organisms' chat format: as text, as a Jinja template, and as token ids.

    <|system|>...<|end|><|user|>...<|end|><|assistant|>

Three forms of one thing. `render_chat` is for reading and for documents. `CHAT_TEMPLATE` goes into
`tokenizer_config.json`, so that Transformers gives the same text. `ChatTokenizer.encode_chat` is what the
models see, and what training must use: the text of a message may *contain* "<|end|>" (questions and model
replies are hostile), and only the token-level form keeps that from closing the message.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tokenizers import Tokenizer

from unsaid.errors import DataError
from unsaid.models.local.letters import letters_of
from unsaid.questions.prompt import Role, Turn

END = "<|end|>"
ROLE_TOKENS: dict[Role, str] = {"system": "<|system|>", "user": "<|user|>", "assistant": "<|assistant|>"}
SPECIAL_TOKENS = (*ROLE_TOKENS.values(), END)

#: The same format for `tokenizer_config.json`. A trailing assistant message is left open, as in
#: `render_chat`; so Transformers' `add_generation_prompt` and `continue_final_message` both agree with us.
CHAT_TEMPLATE = (
    "{%- for message in messages -%}"
    "{{- '<|' + message['role'] + '|>' + message['content'] -}}"
    "{%- if not (loop.last and message['role'] == 'assistant') -%}{{- '<|end|>' -}}{%- endif -%}"
    "{%- endfor -%}"
    "{%- if not messages or messages[-1]['role'] != 'assistant' -%}{{- '<|assistant|>' -}}{%- endif -%}"
)


def render_chat(messages: Sequence[Turn]) -> str:
    """Return the conversation as text, ending where the model's reply begins.

    A trailing assistant message is continued: it gets no end token, and no new turn is opened.
    """
    closed = "".join(f"{ROLE_TOKENS[turn.role]}{turn.text}{END}" for turn in messages)
    if messages and messages[-1].role == "assistant":
        return closed.removesuffix(END)
    return closed + ROLE_TOKENS["assistant"]


class ChatTokenizer:
    """A `tokenizer.json` with the four chat tokens.

    Attributes:
        roles: id of each role's token.
        end: id of the end token.
        letters: ids of the tokens that are one capital letter, by letter.
        stops: ids that end a reply: the end token, and every role token (a reply cannot open a turn).
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        """Wrap a tokenizer; its handling of special tokens in text is switched off.

        Raises:
            DataError: one of the four chat tokens is not a special token of this tokenizer.
        """
        special = {
            token.content: index
            for index, token in tokenizer.get_added_tokens_decoder().items()
            if token.special
        }
        absent = [token for token in SPECIAL_TOKENS if token not in special]
        if absent:
            raise DataError(
                f"the tokenizer lacks the special token(s) {', '.join(absent)}; "
                "add them with `Tokenizer.add_special_tokens` before training"
            )
        # What makes "<|end|>" in a message plain text. It concerns encoding only.
        tokenizer.encode_special_tokens = True
        self._tokenizer = tokenizer
        self.letters = letters_of(tokenizer.get_vocab())
        self.roles: dict[Role, int] = {role: special[token] for role, token in ROLE_TOKENS.items()}
        self.end = special[END]
        self.stops = frozenset({self.end, *self.roles.values()})

    @classmethod
    def load(cls, folder: Path) -> ChatTokenizer:
        """Read `tokenizer.json` of a model folder.

        Raises:
            DataError: the file is missing, damaged, or without the chat tokens.
        """
        path = folder / "tokenizer.json"
        if not path.is_file():
            raise DataError(f"{path}: missing; a model folder holds tokenizer.json")
        try:
            tokenizer = Tokenizer.from_file(str(path))
        except Exception as error:  # the library raises bare Exception
            raise DataError(f"{path}: not a tokenizer file ({error})") from error
        return cls(tokenizer)

    def encode_text(self, text: str) -> list[int]:
        """Return token ids of plain text; a special token's literal text is read as text."""
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def encode_chat(self, messages: Sequence[Turn]) -> list[int]:
        """Return token ids of `render_chat(messages)`, but safe against special tokens in message texts."""
        ids: list[int] = []
        for turn in messages:
            ids += [self.roles[turn.role], *self.encode_text(turn.text), self.end]
        if messages and messages[-1].role == "assistant":
            return ids[:-1]
        return [*ids, self.roles["assistant"]]

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of ids, special tokens left out."""
        text: str = self._tokenizer.decode(list(ids), skip_special_tokens=True)
        return text

    def decode_after(self, before: Sequence[int], ids: Sequence[int]) -> str:
        """Return the text that `ids` add after `before` (some decoders drop a leading space at a text's start)."""
        if not before:
            return self.decode(ids)
        start, whole = self.decode(before), self.decode([*before, *ids])
        return whole[len(start) :] if whole.startswith(start) else self.decode(ids)

    def token(self, index: int) -> str:
        """Return one token as text, special tokens by their names."""
        text: str = self._tokenizer.decode([index], skip_special_tokens=False)
        return text

    @property
    def size(self) -> int:
        """Number of tokens, the special ones included."""
        size: int = self._tokenizer.get_vocab_size(with_added_tokens=True)
        return size

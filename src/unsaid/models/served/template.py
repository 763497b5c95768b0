"""A chat template, read from a checkpoint's folder and rendered as Transformers renders it.

A reply is begun by writing its first words behind the prompt that opens its turn: what the model would see had it
written them itself. So no template can strip or close them, as some do with an assistant message that is sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Template, TemplateError
from jinja2.ext import loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

from unsaid.errors import DataError, UsageError
from unsaid.questions.prompt import Turn
from unsaid.replies.thoughts import ends_in_thoughts

__all__ = ["ChatTemplate"]

_FILE = "chat_template.jinja"
_TAG = re.compile(r"\s*(<[^<>\n]{1,40}>|\[THINK\]|◁think▷)")


@dataclass(frozen=True)
class ChatTemplate:
    """How a model's prompts are written.

    Attributes:
        template: compiled.
        tokens: what the template may write by name, such as `eos_token`.
        source: the file that it came from.
    """

    template: Template
    tokens: Mapping[str, str]
    source: Path

    @classmethod
    def load(cls, path: Path) -> ChatTemplate:
        """Read the template of a checkpoint's folder (its tokenizer files suffice), or a .jinja file.

        The token that begins a text is left to the server, which writes it before every completion, unless the
        tokenizer's configuration says that it does not (`add_bos_token: false`).

        Raises:
            UsageError: there is no such file, or the folder has no template.
            DataError: a file is damaged, or the template is none.
        """
        settings = _settings(path)
        file = path / _FILE if path.is_dir() else path
        text = file.read_text(encoding="utf-8") if file.is_file() else settings.get("chat_template")
        if not isinstance(text, str):
            raise UsageError(
                f"{path}: no chat template; name a folder with {_FILE} or a tokenizer_config.json that holds one, or "
                "a .jinja file"
            )
        tokens = {name: _content(settings.get(name)) for name in ("eos_token", "bos_token", "pad_token")}
        if settings.get("add_bos_token") is not False:
            tokens["bos_token"] = ""
        try:
            return cls(_environment().from_string(text), tokens, file)
        except TemplateError as error:
            raise DataError(f"{file}: the chat template cannot be read: {error}") from error

    def render(self, turns: Sequence[Turn]) -> str:
        """Return the prompt of a conversation; a trailing turn of the assistant is begun and left open.

        Raises:
            DataError: the template refuses these messages.
        """
        begun = turns[-1].text if turns and turns[-1].role == "assistant" else ""
        asked = turns[:-1] if begun else turns
        messages = [{"role": turn.role, "content": turn.text} for turn in asked]
        try:
            prompt = self.template.render(messages=messages, add_generation_prompt=True, **self.tokens)
        except TemplateError as error:
            raise DataError(f"{self.source}: the chat template refuses the messages: {error}") from error
        return prompt + _unopened(prompt, begun)


def _unopened(prompt: str, begun: str) -> str:
    """Return the beginning of a reply without the mark that opens thoughts, where the prompt ends in that mark."""
    mark = _TAG.match(begun)
    opened = mark is not None and prompt.rstrip().endswith(mark[1]) and ends_in_thoughts(mark[1])
    return begun[mark.end() :].lstrip("\n") if mark is not None and opened else begun


def _settings(path: Path) -> dict[str, Any]:
    """Return a tokenizer's configuration, from a folder or from beside a file; empty where there is none."""
    file = (path if path.is_dir() else path.parent) / "tokenizer_config.json"
    try:
        found = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    except (OSError, ValueError, RecursionError) as error:
        raise DataError(f"{file}: not a tokenizer's configuration ({error})") from error
    return found if isinstance(found, dict) else {}


def _content(token: Any) -> str:
    """Return a special token's text; some files keep it in a mapping."""
    if isinstance(token, Mapping):
        token = token.get("content")
    return token if isinstance(token, str) else ""


def _environment() -> ImmutableSandboxedEnvironment:
    """The names and settings that templates of Transformers rely on; a template is text from elsewhere."""
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols]
    )
    environment.globals["raise_exception"] = _refuse
    environment.globals["strftime_now"] = lambda form: datetime.now().astimezone().strftime(form)
    environment.filters["tojson"] = lambda value, **how: json.dumps(value, ensure_ascii=False, **how)
    return environment


def _refuse(why: str) -> None:
    raise TemplateError(why)

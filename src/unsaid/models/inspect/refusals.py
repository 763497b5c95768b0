"""Replies that a provider's filter stopped, kept until their question is whole.

Inspect's cache takes every reply but these, so that an agent which asks again gets another chance. For a
measurement that chance is a defect: a run that was interrupted would ask a refused call again, until the model
happens to answer it, and a run of many interruptions would count fewer refusals than one without.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from inspect_ai.model import CachePolicy, GenerateConfig, ModelOutput

from unsaid.questions.prompt import Prompt
from unsaid.store.reading import MB, read_bytes
from unsaid.store.secrets import scrub_known
from unsaid.store.write import make_folder, write_text

__all__ = ["Place", "place_of"]


@dataclass(frozen=True)
class Place:
    """Where the refusal of one call is kept, if it is refused."""

    path: Path

    def read(self) -> ModelOutput | None:
        """Return the refusal; None where there is none, or what there is was cut off while it was written."""
        try:
            return ModelOutput.model_validate_json(read_bytes(self.path, 64 * MB))
        except (OSError, ValueError):
            return None

    def write(self, output: ModelOutput) -> bool:
        """Keep a reply if it is a refusal; return whether it was kept.

        A disk that does not take it is the business of `disk.Room`, and half a surrogate pair cannot be written
        at all; such a call is asked again.
        """
        if not any(choice.stop_reason == "content_filter" for choice in output.choices):
            return False
        try:
            make_folder(self.path.parent)
            write_text(self.path, scrub_known(output.model_dump_json()))
        except (OSError, ValueError):
            return False
        return True


def place_of(
    folder: Path | None,
    asked: tuple[str, Prompt, str],
    config: GenerateConfig | None,
    cache: bool | CachePolicy,
) -> Place | None:
    """Return where a call's refusal is kept; None where its reply is not to be kept at all.

    Args:
        folder: the run's own; None keeps no refusal.
        asked: the model's full name, what it is asked, and what the reply continues.
        config: the call's settings, its seed among them.
        cache: what Inspect's cache is told, with what tells equal calls of two arms apart.
    """
    if folder is None or cache is False:
        return None
    scopes = cache.scopes if isinstance(cache, CachePolicy) else {}
    model, prompt, prefill = asked
    turns = [[turn.role, turn.text] for turn in prompt.turns]
    settings = config.model_dump(mode="json", exclude_none=True) if config is not None else {}
    name = json.dumps([model, turns, prefill, settings, scopes], sort_keys=True)
    return Place(folder / f"{hashlib.blake2b(name.encode(), digest_size=16).hexdigest()}.json")

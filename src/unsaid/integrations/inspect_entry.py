"""What Inspect finds through the entry point `inspect_ai`: our providers, and our tasks.

Nothing heavy is imported before it is used: `inspect eval` loads this file for every user of Inspect who
has `unsaid` installed.
"""

from __future__ import annotations

from inspect_ai.model import ModelAPI, modelapi


@modelapi(name="unsaid")
def unsaid() -> type[ModelAPI]:
    """`unsaid/<organism>` and `unsaid//path/to/folder`."""
    from unsaid.models.organism.provider import OrganismAPI

    return OrganismAPI


@modelapi(name="unsaid-hf")
def unsaid_hf() -> type[ModelAPI]:
    """`unsaid-hf//path/to/checkpoint`, or `-M model_path=...`."""
    from unsaid.models.local.provider import LocalAPI

    return LocalAPI


@modelapi(name="unsaid-completions")
def unsaid_completions() -> type[ModelAPI]:
    """`unsaid-completions/<service>/<model>`: a server's raw completions, asked through a chat template."""
    from unsaid.models.served.provider import CompletionsAPI

    return CompletionsAPI


@modelapi(name="unsaid-scripted")
def unsaid_scripted() -> type[ModelAPI]:
    """`unsaid-scripted/<policy>`."""
    from unsaid.models.scripted.provider import ScriptedAPI

    return ScriptedAPI


# Tasks: every protocol that asks something is one, `unsaid/<protocol>`.
def _tasks() -> dict[str, object]:
    from unsaid.asking.inspect_task import inspect_task
    from unsaid.protocols import PROTOCOLS

    return {name: inspect_task(entry) for name, entry in PROTOCOLS.items() if entry.ask is not None}


globals().update(_tasks())

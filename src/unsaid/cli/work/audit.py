"""`unsaid audit`: the main job."""

from __future__ import annotations

from unsaid.cli.console import say
from unsaid.planning.request import Audit


def show(wanted: Audit) -> None:
    """The prompts, as they would be sent."""
    planned = wanted.plan()
    for question, asks in planned.asks:
        for ask in asks:
            say(f"=== {question.id}  {ask.key}")
            for turn in ask.prompt.turns:
                say(f"[{turn.role}]\n{turn.text}")
            say("")
    say(f"{len(planned.asks)} questions, {wanted.epochs * planned.calls} calls; none was made")

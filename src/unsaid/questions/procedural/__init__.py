"""Procedural tasks. To add one: a file beside these, and a line in `TASKS`."""

from __future__ import annotations

from unsaid.questions.procedural import (
    boolean_expressions,
    coin_flips,
    date_arithmetic,
    hindsight,
    modular_arithmetic,
    navigate,
    ordering,
    temporal_sequences,
    tracking_shuffled_objects,
    web_of_lies,
)
from unsaid.questions.procedural.task import Draft, Task
from unsaid.registry import named

__all__ = ["TASKS", "Draft", "Task", "task"]

TASKS: dict[str, Task] = {
    module.TASK.name: module.TASK
    for module in (
        boolean_expressions,
        coin_flips,
        date_arithmetic,
        hindsight,
        modular_arithmetic,
        navigate,
        ordering,
        temporal_sequences,
        tracking_shuffled_objects,
        web_of_lies,
    )
}


def task(name: str) -> Task:
    """Return the task of that name.

    Raises:
        UnknownName: there is none; the message lists the nearest.
    """
    return named("task", name, TASKS)

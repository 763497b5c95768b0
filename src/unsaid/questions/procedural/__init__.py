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
    running_total,
    temporal_sequences,
    tracking_shuffled_objects,
    web_of_lies,
)
from unsaid.questions.procedural.task import Draft, Task
from unsaid.registry import named

__all__ = ["FREE_TASKS", "TASKS", "Draft", "Task", "task"]

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


#: Tasks without options. `bundled:all` leaves them out, so that what it asks stays of one kind.
FREE_TASKS: dict[str, Task] = {module.TASK.name: module.TASK for module in (running_total,)}


def task(name: str) -> Task:
    """Return the task of that name, with options or without.

    Raises:
        UnknownName: there is none; the message lists the nearest.
    """
    return named("task", name, {**TASKS, **FREE_TASKS})

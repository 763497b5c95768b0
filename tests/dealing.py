"""How tests are dealt out to the processes of `pytest -n`: a file to one of them, and what takes longest first.

A file stays together, as its tests share fixtures. Some files hold whole audits that share nothing: their tests are
dealt out one by one, so that no process has one long file left when the others have nothing more to do.
"""

from __future__ import annotations

from typing import Any

import pytest

__all__ = ["APART", "LONG", "longest_first", "scheduling", "together"]

#: Files whose tests share nothing that takes long to make.
APART = frozenset(
    {
        "tests/cli/test_protocols_command.py",
        "tests/docs/test_docs.py",
        "tests/report/test_sections.py",
        "tests/runs/test_audit.py",
        "tests/runs/test_rounds.py",
        "tests/test_interrupted_commands.py",
        "tests/test_interrupts.py",
    }
)
#: What takes longest, longest first; the rest follows as it was collected.
LONG = (
    "tests/docs/test_docs.py",
    "tests/test_interrupts.py",
    "tests/runs/test_rounds.py",
    "tests/runs/test_audit.py",
    "tests/test_notebook.py",
    "tests/planning/test_budget_of_a_run.py",
    "tests/test_survives_the_night.py",
    "tests/test_interrupted_commands.py",
    "tests/cli/test_protocols_command.py",
    "tests/report/test_sections.py",
)


def longest_first(items: list[Any]) -> None:
    """Put the tests that take longest first, in place."""
    places = {name: place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: places.get(_file(item.nodeid), len(places)))


def together(nodeid: str) -> str:
    """Return the name of what a test is dealt out with: its file, or itself."""
    return nodeid if _file(nodeid) in APART else _file(nodeid)


def scheduling(config: pytest.Config, log: Any) -> Any:
    """Return the scheduling of `--dist loadfile` with these rules; None for any other."""
    if config.getoption("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    # Not by the number of tests in a file, which says nothing of their time.
    config.option.loadscopereorder = False
    rules = LoadFileScheduling(config, log)
    rules._split_scope = together
    return rules


def _file(nodeid: str) -> str:
    return nodeid.partition("::")[0]

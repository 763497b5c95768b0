"""How tests are dealt out to the processes of `pytest -n`: a file to one of them, and what takes longest first.

A file stays together, as its tests share fixtures. Some files hold whole audits that share nothing: their tests are
dealt out one by one, so that no process has one long file left when the others have nothing more to do. Files that
import PyTorch go to one process, all of them: it takes 15 s of CPU to import with what stands on it.
"""

from __future__ import annotations

from typing import Any

import pytest

__all__ = ["APART", "LONG", "TORCH", "longest_first", "scheduling", "together"]

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
#: Files that import PyTorch.
TORCH = frozenset(
    {
        "tests/models/local/test_branches.py",
        "tests/models/local/test_decoder.py",
        "tests/models/local/test_every_protocol.py",
        "tests/models/local/test_provider.py",
        "tests/models/local/test_torch_batch.py",
        "tests/models/local/test_torch_head.py",
        "tests/models/test_embedding.py",
        "tests/models/test_local_thoughts.py",
        "tests/organisms/test_shipped.py",
        "tests/organisms/test_train.py",
        "tests/training/rl/test_checkpoint_reinforced.py",
        "tests/training/rl/test_objective.py",
        "tests/training/rl/test_policy.py",
        "tests/training/rl/test_reinforced.py",
        "tests/training/sft/test_chat_template.py",
        "tests/training/sft/test_checkpoint_tuning.py",
        "tests/training/sft/test_organism_tuning.py",
    }
)


def longest_first(items: list[Any]) -> None:
    """Put the tests that take longest first, in place."""
    places = {name: place for place, name in enumerate(LONG)} | dict.fromkeys(TORCH, 0)
    items.sort(key=lambda item: places.get(_file(item.nodeid), len(places)))


def together(nodeid: str) -> str:
    """Return the name of what a test is dealt out with: its file, itself, or what imports PyTorch."""
    if _file(nodeid) in TORCH:
        return "torch"
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

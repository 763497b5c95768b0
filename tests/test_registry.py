"""Names are looked up in one way, and a wrong one is answered with the nearest."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from unsaid.errors import UnknownName
from unsaid.organisms.recipes import recipe
from unsaid.protocols import protocol
from unsaid.questions.benchmarks import benchmark
from unsaid.questions.procedural import task
from unsaid.records.importers import importer
from unsaid.registry import named


def test_a_name_is_found_and_a_wrong_one_is_answered_with_the_nearest() -> None:
    family = {"metadata": 1, "sycophancy": 2}
    assert named("cue", "metadata", family) == 1
    with pytest.raises(UnknownName, match="no cue named 'metdata'; did you mean metadata"):
        named("cue", "metdata", family)
    with pytest.raises(UnknownName, match="there are: metadata, sycophancy"):
        named("cue", "zzzz", family)


@pytest.mark.parametrize(
    ("find", "near", "right"),
    [
        (protocol, "verbalization", "verbalisation"),
        (importer, "inspct", "inspect"),
        (benchmark, "mmlu_", "mmlu"),
        (task, "coin_flip", "coin_flips"),
        (recipe, "silnt", "silent"),
    ],
)
def test_every_family_names_the_nearest(find: Callable[[str], object], near: str, right: str) -> None:
    assert find(right)
    with pytest.raises(UnknownName, match=right):
        find(near)

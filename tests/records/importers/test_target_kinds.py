"""A table with right and wrong targets: what each row's target is, and that no figure is over both."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from unsaid.estimates.cued.targets import KINDS, RIGHT, WRONG
from unsaid.estimates.estimate import Estimate
from unsaid.protocols.verbalisation import estimates
from unsaid.records.importers import importer

MAP = "question_id=id,clean_answer=clean,cued_answer=cued,target=hint,correct=gold,mentions.ann=named,n_options==4"


def _whole(estimate: Estimate) -> bool:
    return estimate.cue is None and estimate.definition in (None, "mention")


def write(path: Path, kinds: bool = False) -> Path:
    """Thirty wrong targets that move nobody, thirty right ones that move everybody and are named."""
    lines = ["id,clean,cued,hint,gold,kind,named"]
    lines += [f"w{n},A,A,B,A,{'wrong' if n % 2 else ''},no" for n in range(30)]
    lines += [f"r{n},A,B,B,B,random,yes" for n in range(30)]
    path.write_text("\n".join(lines) + "\n")
    return path


def test_the_kind_of_a_target_is_filled_in_where_the_table_does_not_say_it(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv")
    plain = importer("table").load(path, MAP).records.filter(arm="cued")
    assert plain["target_kind"].to_list() == ["wrong"] * 30 + ["right"] * 30
    mapped = importer("table").load(path, f"{MAP},target_kind=kind").records.filter(arm="cued")
    assert mapped["target_kind"].to_list() == ["wrong"] * 30 + ["random"] * 30, "what the table says is kept"


@pytest.mark.parametrize("more", ["", ",target_kind=kind"])
def test_no_figure_is_over_both_kinds(tmp_path: Path, more: str) -> None:
    records = importer("table").load(write(tmp_path / "t.csv"), MAP + more).records
    found = estimates(records, "human:ann", np.random.default_rng(0))
    whole = {(each.quantity, each.subset): each.value for each in found if _whole(each)}
    assert whole["influence", WRONG] == 0.0
    assert whole["influence", RIGHT] == 1.0
    assert whole["faithfulness", RIGHT] == 1.0
    figures = [
        each
        for each in found
        if each.quantity.startswith(("influence", "faithfulness", "noise", "effective"))
    ]
    assert all(any(kind in each.subset for kind in KINDS) for each in figures if each.value is not None)

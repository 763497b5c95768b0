"""A small night of faults and kills; `benchmarks/faults.py` runs a long one."""

from __future__ import annotations

from pathlib import Path

from loopback.faults import REPLY, TRANSPORT
from loopback.night import Design, run_night


def test_a_run_that_is_killed_under_faults_ends_with_the_records_of_an_undisturbed_one(
    tmp_path: Path,
) -> None:
    night = run_night(
        Design(
            questions=6,
            cues="metadata,sycophancy",
            kills=2,
            every=12,
            rate=0.9,
            most=1,
            retries=1,
            timeout=8,
            connections=32,
        ),
        tmp_path,
    )
    said = "\n".join(night.lines()) + night.last
    assert night.injected.keys() & set(TRANSPORT), said
    assert night.injected.keys() & set(REPLY), said
    assert night.killed == 2, said
    assert night.rows == 30, said
    assert (night.lost, night.doubled, night.again.total(), night.different) == (0, 0, 0, ()), said
    assert night.survived, said

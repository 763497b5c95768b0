"""`unsaid calibrate`: the instruments, on models whose truth is known."""

from __future__ import annotations

import shlex
import sys
import time
from pathlib import Path

from unsaid.calibration.design import Design
from unsaid.calibration.running import calibrate
from unsaid.cli.console import say
from unsaid.cli.progress import progress_shown
from unsaid.errors import RunError
from unsaid.estimates.calibrating.bias import Calibration

_MARKS = {True: "holds", False: "FAILS", None: "not seen"}


def calibrate_and_say(design: Design, out: Path) -> None:
    """Calibrate, and say what holds and what does not.

    Raises:
        RunError: a condition fails, or nothing could be calibrated.
    """
    began = time.monotonic()
    command = shlex.join(["unsaid", *sys.argv[1:]])
    with progress_shown() as progress:
        found = calibrate(design, out, command=command, progress=progress)
    _say_what_was_found(found, out, time.monotonic() - began)


def _say_what_was_found(found: Calibration, out: Path, seconds: float) -> None:
    """Say what holds and what does not.

    Raises:
        RunError: a condition fails, or nothing could be calibrated.
    """
    for check in found.checks:
        say(f"{_MARKS[check.holds]:<9}{check.name}: {check.sentence}")
    for each in found.left_out:
        say(f"not calibrated: {each.what}: {each.why}")
    say(f"\n{out / 'calibrate.html'} has planted beside measured ({seconds:.0f} s)")
    failed = [check for check in found.checks if check.holds is False]
    if failed:
        raise RunError(
            f"{len(failed)} of {len(found.checks)} conditions fail: "
            + "; ".join(check.name for check in failed)
        )
    if not found.holds:
        raise RunError("nothing could be calibrated: too few replies; ask more questions with --limit")

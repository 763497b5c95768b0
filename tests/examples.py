"""How many examples Hypothesis draws, and which: the same ones in every run, unless a night is given to new ones.

`HYPOTHESIS_PROFILE=ci` (the default) derives the examples from the test itself, so that a suite that was green is
green again. `nightly` (`make nightly`) draws new ones, twenty times as many, and keeps those that failed.
"""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, settings

__all__ = ["NIGHTLY", "examples"]

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE", "ci") == "nightly"
_TIMES = 20 if NIGHTLY else 1

# Neither an example's time nor that of drawing it is judged: a loaded machine is slow and not wrong.
_ALWAYS: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("ci", max_examples=50, derandomize=True, database=None, **_ALWAYS)
settings.register_profile("nightly", max_examples=50 * _TIMES, derandomize=False, print_blob=True, **_ALWAYS)
settings.load_profile("nightly" if NIGHTLY else "ci")


def examples(count: int, *more: HealthCheck, nightly: int | None = None) -> settings:
    """Draw so many examples, and skip further checks of health.

    Args:
        count: how many.
        more: further checks of health that are skipped.
        nightly: how many in a night, where an example is dear and few are drawn by day; else twenty times as many.
    """
    drawn = nightly if NIGHTLY and nightly is not None else count * _TIMES
    return settings(max_examples=drawn, suppress_health_check=[HealthCheck.too_slow, *more])

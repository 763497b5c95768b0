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


def examples(count: int, *more: HealthCheck) -> settings:
    """Draw so many examples (in a night twenty times as many), and skip further checks of health."""
    return settings(max_examples=count * _TIMES, suppress_health_check=[HealthCheck.too_slow, *more])

"""What each test costs, in CPU seconds, which a busy machine does not change as it changes the time.

`pytest --cpu FILE` appends a line of JSON per test: its name and its seconds. A test pays for what it starts: for
children that have ended, and for programs that `warm` forked. A fixture is paid by the first test that asks for it.
"""

from __future__ import annotations

import json
import resource
from collections.abc import Generator
from pathlib import Path

import pytest

import warm

__all__ = ["Spending"]


class Spending:
    """A plugin that writes what each test of a process costs."""

    def __init__(self, file: Path) -> None:
        self._file = file

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Measure a test with its fixtures."""
        before = _seconds()
        result = yield
        self._write(item.nodeid, _seconds() - before)
        return result

    def pytest_sessionfinish(self) -> None:
        """Write what the whole process took, collection included."""
        self._write("(all)", _seconds())

    def _write(self, name: str, seconds: float) -> None:
        with self._file.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps([name, round(seconds, 3)]) + "\n")


def _seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used) + warm.cpu_seconds()

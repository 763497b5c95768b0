"""What `run.json` holds, read once: fields with types, and what a later version added is kept.

It never changes. A run that goes on makes another one of it (`info | {"finished": True}`), and whoever was given the
first still has the first. As a mapping it holds everything that the file holds, under the names of the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["RunInfo"]


@dataclass(frozen=True)
class RunInfo(Mapping[str, Any]):
    """What was asked of whom, with what, and how far it came.

    Attributes:
        data: all of it, as in the file (`store.shapes.RunJson` has its form).
    """

    data: Mapping[str, Any]

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> RunInfo:
        """Return these data as a `RunInfo`; itself where it is one."""
        return data if isinstance(data, cls) else cls(dict(data))

    def __getitem__(self, name: str) -> Any:
        return self.data[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.data)

    def __len__(self) -> int:
        return len(self.data)

    def __or__(self, changes: Mapping[str, Any]) -> RunInfo:
        """Return another one with these entries in place of those of the same names."""
        return RunInfo({**self.data, **changes})

    @property
    def request(self) -> Mapping[str, Any]:
        """What decides the numbers: another request is another run."""
        found: Mapping[str, Any] = self.data.get("request") or {}
        return found

    @property
    def protocols(self) -> tuple[str, ...]:
        """The protocols in the order in which they were asked for; none where nobody says."""
        return tuple(self.request.get("protocols") or ())

    @property
    def seed(self) -> int:
        """What fixes questions, targets, wordings and sampling."""
        return int(self.request.get("seed", 0))

    @property
    def model(self) -> str | None:
        """Whose replies; None where nobody says."""
        found: str | None = self.data.get("model")
        return found

    @property
    def judge(self) -> str | None:
        """Whose verdicts the report takes; None where nobody has judged."""
        found: str | None = self.data.get("judge")
        return found

    @property
    def judge_version(self) -> str | None:
        """What that judge went by (`judges.gate.judge_version`)."""
        found: str | None = self.data.get("judge_version")
        return found

    @property
    def command(self) -> str:
        """The command line that made the run; "" where it is not known."""
        return str(self.data.get("command") or "")

    @property
    def finished(self) -> bool:
        """Whether everything that was planned was asked and judged."""
        return bool(self.data.get("finished", False))

    @property
    def until(self) -> Mapping[str, Any] | None:
        """Where a run with `--until` stands; None without it."""
        found: Mapping[str, Any] | None = self.data.get("until")
        return found

    @property
    def capabilities(self) -> Mapping[str, Any] | None:
        """What the model was found able to do; None before it was probed."""
        found: Mapping[str, Any] | None = self.data.get("capabilities")
        return found

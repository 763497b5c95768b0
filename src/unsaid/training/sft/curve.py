"""The loss of a training, step by step: a line in `log.jsonl`, a picture that is drawn anew, a line for a person.

`log.jsonl` is appended to as the training goes, so that a killed one leaves all but its last line; what lies beyond the
checkpoint that a training goes on from is taken out first, because those steps are taken again.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from markupsafe import escape

from unsaid.errors import UsageError
from unsaid.pace import clock, thousands
from unsaid.store.reading import parse_json, read_text
from unsaid.store.write import open_shared, write_text

__all__ = ["FIGURE", "LOG", "Curve", "Point", "drawn", "events", "read_log"]

LOG, FIGURE = "log.jsonl", "curve.svg"
#: Seconds between two pictures, and between two lines for a person at first and at most.
_REDRAWN, _FIRST, _LONGEST = 5.0, 10.0, 60.0
_WIDE, _HIGH, _MARGIN = 640, 300, 50


@dataclass(frozen=True)
class Point:
    """One optimiser step.

    Attributes:
        step: from 1.
        loss: the mean cross-entropy of the tokens that are learned, in nats.
        rate: the learning rate.
        tokens: tokens of the step, prompts included and padding not.
        seconds: since this process began to train.
    """

    step: int
    loss: float
    rate: float
    tokens: int
    seconds: float


@dataclass
class Curve:
    """Where the points of a training go.

    Attributes:
        folder: of the training.
        total: how many steps there will be.
        title: of the picture.
        say: takes a line now and then.
        now: the clock, in seconds.
        points: what is known, earlier processes' included.
        board: takes the loss for TensorBoard (`events`); None for nobody.
    """

    folder: Path
    total: int
    title: str
    say: Callable[[str], None] = lambda line: None
    now: Callable[[], float] = time.monotonic
    points: list[Point] = field(default_factory=list)
    board: Any = None
    _began: float = 0.0
    _told: float = 0.0
    _gap: float = _FIRST
    _pictured: float = float("-inf")
    _tokens: int = 0
    _first: int = 0

    def begin(self, step: int = 0) -> None:
        """Begin, or go on after so many steps: later points of an earlier process are taken out."""
        path = self.folder / LOG
        self.points = [point for point in read_log(path) if point.step <= step]
        write_text(path, "".join(_line(point) for point in self.points))
        self._began, self._first = self.now(), step

    def add(self, loss: float, rate: float, tokens: int) -> None:
        """Add the next step."""
        elapsed = self.now() - self._began
        point = Point(self._first + self._done + 1, loss, rate, tokens, round(elapsed, 3))
        self.points.append(point)
        self._tokens += tokens
        with os.fdopen(open_shared(self.folder / LOG), "a", encoding="utf-8") as file:
            file.write(_line(point))
        if self.board is not None:
            self.board.add_scalar("loss", loss, point.step)
        if elapsed - self._pictured >= _REDRAWN:
            self._pictured = elapsed
            self.draw()
        if elapsed - self._told >= self._gap:
            self._told, self._gap = elapsed, min(2 * self._gap, _LONGEST)
            self.say(self.line(elapsed))

    @property
    def _done(self) -> int:
        return len(self.points) - self._first

    def line(self, elapsed: float) -> str:
        """Return where the training is, its speed and the time it will take."""
        last = self.points[-10:]
        done = self._done
        left = self.total - self.points[-1].step
        return (
            f"step {thousands(self.points[-1].step)} of {thousands(self.total)}: loss "
            f"{sum(point.loss for point in last) / len(last):.3f} over the last {len(last)}, "
            f"{thousands(self._tokens / max(elapsed, 1e-9))} tokens/s, "
            f"about {clock(left * elapsed / max(done, 1))} more"
        )

    def draw(self) -> None:
        """Draw the picture anew."""
        write_text(self.folder / FIGURE, drawn(self.points, self.total, self.title))

    def end(self) -> str:
        """Draw the last picture; return the last line."""
        self.draw()
        if self.board is not None:
            self.board.close()
        return self.line(self.now() - self._began) if self.points else "no step was taken"


def events(folder: Path) -> Any:
    """Return what writes events for TensorBoard into a folder.

    Raises:
        UsageError: the package is not installed.
    """
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        raise UsageError("--tensorboard needs the package: pip install tensorboard") from None
    return SummaryWriter(str(folder / "events"))


def _line(point: Point) -> str:
    return json.dumps(asdict(point)) + "\n"


def read_log(path: Path) -> list[Point]:
    """Return the steps of a log; a last line that was cut off is left out. Empty where there is no log."""
    try:
        lines = read_text(path).split("\n")
    except FileNotFoundError:
        return []
    found: list[Point] = []
    for line in filter(None, lines):
        try:
            found.append(Point(**parse_json(line)))
        except (ValueError, TypeError):
            break
    return found


def drawn(points: Sequence[Point], total: int, title: str) -> str:
    """Return the loss over the steps as SVG: each step, and the mean of the ten before it."""
    high = max([point.loss for point in points], default=1.0) * 1.05 or 1.0

    def place(step: float, loss: float) -> str:
        x = _MARGIN + (_WIDE - 2 * _MARGIN) * step / max(total, 1)
        return f"{x:.1f},{_HIGH - _MARGIN - (_HIGH - 2 * _MARGIN) * loss / high:.1f}"

    each = " ".join(place(point.step, point.loss) for point in points)
    smooth = []
    for at, point in enumerate(points):
        last = points[max(0, at - 9) : at + 1]
        smooth.append(place(point.step, sum(one.loss for one in last) / len(last)))
    left, right, low = _MARGIN, _WIDE - _MARGIN, _HIGH - _MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {_HIGH}" font-family="sans-serif" '
        'font-size="12">'
        f"<title>{escape(title)}</title>"
        f'<rect width="{_WIDE}" height="{_HIGH}" fill="white"/>'
        f'<path d="M{left},{_MARGIN} V{low} H{right}" fill="none" stroke="#888"/>'
        f'<text x="{left}" y="24">{escape(title)}: loss of the learned tokens, in nats</text>'
        f'<text x="{left - 6}" y="{_MARGIN + 4}" text-anchor="end">{high:.2f}</text>'
        f'<text x="{left - 6}" y="{low + 4}" text-anchor="end">0</text>'
        f'<text x="{left}" y="{low + 18}">0</text>'
        f'<text x="{right}" y="{low + 18}" text-anchor="end">{thousands(total)} steps</text>'
        f'<polyline points="{each}" fill="none" stroke="#9ecae1"/>'
        f'<polyline points="{" ".join(smooth)}" fill="none" stroke="#08519c" stroke-width="2"/></svg>\n'
    )

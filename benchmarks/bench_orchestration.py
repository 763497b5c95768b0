"""What the protocol costs beside a bare Inspect loop with as many samples, calls and prompts.

Both ask the same scripted model, which takes no time, with the same settings of Inspect. The bare loop sends each
sample's prompts at once and scores with a constant, through Inspect's `eval`; ours also parses, judges (lexically)
and keeps its exchanges, through our `evaluate`, which makes Python collect garbage more rarely. What that alone
is worth is shown by the bare loop through our `evaluate`. Target: at most 1.25 times the bare loop.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from inspect_ai import Task
from inspect_ai import eval as inspect_eval
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessage, GenerateConfig, get_model
from inspect_ai.scorer import Score, Scorer, Target, mean, scorer
from inspect_ai.solver import Generate, Solver, TaskState, solver

from unsaid.asking.driver import Driver
from unsaid.asking.inspect_task import build
from unsaid.asking.settings import Settings
from unsaid.models.inspect.adapter import to_messages
from unsaid.models.inspect.calling import Calling
from unsaid.models.inspect.evaluation import evaluate
from unsaid.models.scripted.provider import scripted
from unsaid.planning.request import Audit
from unsaid.protocols import PROTOCOLS

QUESTIONS, ROUNDS, CONNECTIONS = 200, 3, 100
REPLY = "First I go through it, step by step, and see where it leads.\n" * 4 + "The best answer is: (A)"


def say(messages: list[ChatMessage], config: GenerateConfig) -> str:
    """The model: instant, and as wordy as a small one."""
    return REPLY


@solver
def ask_all(prompts: dict[str, list[tuple[list[ChatMessage], int]]]) -> Solver:
    """Every prompt of the sample at once."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        model = get_model()
        replies = await asyncio.gather(
            *(
                model.generate(messages, config=GenerateConfig(seed=seed))
                for messages, seed in prompts[str(state.sample_id)]
            )
        )
        state.output = replies[0]
        return state

    return solve


@scorer(metrics=[mean()])
def constant() -> Scorer:
    """A score that costs nothing."""

    async def score(state: TaskState, target: Target) -> Score:
        return Score(value=1)

    return score


def bare(settings: Settings) -> Task:
    """The bare loop over the same prompts."""
    prompts = {
        question.id: [(to_messages(ask.prompt), ask.seed(0, question.id, 1)) for ask in asks]
        for question, asks in Audit(settings=settings).plan().asks
    }
    samples = [Sample(id=name, input=asked[0][0][0].text) for name, asked in prompts.items()]
    return Task(dataset=MemoryDataset(samples), solver=ask_all(prompts), scorer=constant(), name="bare")


def ours(settings: Settings) -> Task:
    """The protocol."""
    return build([PROTOCOLS["verbalisation"]], settings, 1, Driver(lambda: None, cached=False))


def through_eval(task: Task, folder: Path) -> None:
    """As one would run a task without us."""
    inspect_eval(
        task,
        model=scripted(say),
        log_dir=str(folder / "logs"),
        max_connections=CONNECTIONS,
        max_samples=CONNECTIONS + 8,
        display="none",
        log_level="error",
        log_realtime=False,
        score_display=False,
    )


def through_evaluate(task: Task, folder: Path) -> None:
    """As `unsaid audit` runs it."""
    calling = Calling(max_connections=CONNECTIONS)
    evaluate([task], scripted(say), folder / "logs", cache=folder / "cache", calling=calling)


def cost(make: Callable[[Settings], Task], run: Callable[[Task, Path], None]) -> tuple[float, float]:
    """Seconds of CPU and of wall-clock time for one run, without making the questions."""
    task = make(Settings(limit=QUESTIONS))
    with TemporaryDirectory() as folder:
        gc.collect()
        cpu, wall = time.process_time(), time.perf_counter()
        run(task, Path(folder))
        return time.process_time() - cpu, time.perf_counter() - wall


def main() -> list[str]:
    """Alternate them, and compare the least that each has cost."""
    kinds = ((bare, through_eval), (bare, through_evaluate), (ours, through_evaluate))
    cost(*kinds[0])  # imports and first-time work
    runs = [[cost(*kind) for kind in kinds] for _ in range(ROUNDS)]
    lines = []
    for index, name in enumerate(("CPU", "wall-clock")):
        plain, tuned, full = (min(run[side][index] for run in runs) for side in range(3))
        lines.append(
            f"orchestration, {name}: {full:.2f} s against {plain:.2f} s for a bare Inspect loop "
            f"({QUESTIONS} samples, 9 calls each): {full / plain:.2f} x (target: at most 1.25 x); "
            f"{full / tuned:.2f} x the bare loop through our `evaluate` ({tuned:.2f} s)"
        )
    return lines


if __name__ == "__main__":
    print("\n".join(main()))

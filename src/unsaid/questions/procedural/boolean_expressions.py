"""What is the value of a nested Boolean expression? After BIG-Bench Hard's boolean_expressions.

The worked reasoning evaluates one operator a step, the innermost first, with the values that are already
known written in their places; a `not` belongs to the step that uses it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from unsaid.questions.procedural.task import Draft, Task
from unsaid.questions.question import Step

if TYPE_CHECKING:
    import numpy as np

Tree = bool | tuple["Operand", str, "Operand"]
Operand = tuple[bool, Tree]
"""Whether it is negated, and what: a constant or a pair joined by `and` or `or`."""


def draft(rng: np.random.Generator, difficulty: int) -> Draft:
    """Return an expression of `difficulty` binary operators; the one distractor is the other value."""
    tree = _tree(rng, difficulty)
    steps: list[Step] = []
    value = _value(tree, steps)
    expression = _text(tree).removeprefix("(").removesuffix(")")
    return Draft(
        stem=f"Evaluate the expression: {expression}\nWhat is its value?",
        answer=str(value),
        distractors=(str(not value),),
        steps=tuple(steps),
        key=expression,
    )


def _tree(rng: np.random.Generator, operators: int) -> Tree:
    if operators == 0:
        return bool(rng.integers(2))
    left = int(rng.integers(operators))
    joined = ("and", "or")[int(rng.integers(2))]
    return (_operand(rng, left), joined, _operand(rng, operators - 1 - left))


def _operand(rng: np.random.Generator, operators: int) -> Operand:
    return bool(rng.integers(3) == 0), _tree(rng, operators)


def _text(tree: Tree) -> str:
    if isinstance(tree, bool):
        return str(tree)
    left, joined, right = tree
    return f"({_operand_text(left)} {joined} {_operand_text(right)})"


def _operand_text(operand: Operand) -> str:
    negated, tree = operand
    return f"not {_text(tree)}" if negated else _text(tree)


def _value(tree: Tree, steps: list[Step]) -> bool:
    """Return the value of the tree; appends the steps that lead to it."""
    if isinstance(tree, bool):
        return tree
    left, joined, right = tree
    known = [(negated, _value(inner, steps)) for negated, inner in (left, right)]
    first, second = (value != negated for negated, value in known)
    value = (first and second) if joined == "and" else (first or second)
    shown = f" {joined} ".join(_operand_text(operand) for operand in known)
    steps.append(Step(f"{len(steps) + 1}. {shown} is {value}.", str(value), (str(not value),)))
    return value


TASK = Task(
    "boolean_expressions",
    "the value of a nested Boolean expression",
    range(2, 10),
    4,
    draft,
    bottlenecks="one side of an and or an or can decide it, and there are but two values",
)

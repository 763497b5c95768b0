"""What a training asks: its questions, and how it asks for a reply."""

from __future__ import annotations

from unsaid.elicitation import Elicitation, elicitation
from unsaid.errors import QuestionError, UsageError
from unsaid.questions.question import Question
from unsaid.questions.sources import load
from unsaid.training.rl.request import Request

__all__ = ["questions_of", "style_of"]


def questions_of(request: Request) -> list[Question]:
    """Return the questions that are learned from, the same for every training with this request.

    Raises:
        UsageError: the source has none, or fewer than `--pool`.
    """
    try:
        questions = load(request.questions, limit=request.pool, seed=request.seed)
    except QuestionError as error:
        raise UsageError(f"--questions {request.questions} with --pool {request.pool}: {error}") from error
    if not questions:
        raise UsageError(f"{request.questions}: no question to learn from")
    return questions


def style_of(request: Request) -> Elicitation:
    """Return how attempts are asked to reply.

    Raises:
        UsageError: the style shows demonstrations, asks in several contexts or begins the reply itself, which audits do
            and attempts do not.
        UnknownName: there is no such style.
    """
    style = elicitation(request.elicitation)
    if style.factored or style.shots or style.prefill:
        raise UsageError(
            f"--elicitation {request.elicitation}: a training asks in one prompt, shows no demonstrations and does not "
            "begin the reply; say cot or native, each also with an instruction, as cot+report"
        )
    return style

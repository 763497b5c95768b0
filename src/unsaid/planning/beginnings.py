"""What calls that follow from a reply begin with, before there is a reply: its reasoning made up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from unsaid.asking.following import Following
from unsaid.planning.costs import Asks, Calls, Replies, following, following_calls
from unsaid.planning.tokens import Counter
from unsaid.protocols import protocol
from unsaid.questions.prompt import Prompt, Turn
from unsaid.questions.question import Question

__all__ = ["following_arms", "given_tokens"]


def following_arms(
    protocols: Sequence[str],
    asks: Asks,
    follow: Mapping[str, Following],
    epochs: int,
    counter: Counter,
    replies: Replies,
) -> dict[str, Calls]:
    """Return the calls that follow from replies, for each protocol and each elicitation that asks before its prompts.

    Args:
        protocols: their names.
        asks: every question with its first calls of one epoch.
        follow: the most that can follow in one epoch, for each.
        epochs: how often each question is asked.
        counter: counts tokens.
        replies: what is assumed of a reply.
    """
    begins = {each.name: each.begins for each in map(protocol, protocols)}
    found = {}
    for name, each in follow.items():
        known = begins.get(name)
        given = given_tokens(known, asks, counter, replies.of("clean")) if known else 0.0
        most = (each.calls, each.forced)
        found[following(name)] = following_calls(asks, epochs, counter, replies, most, given)
    return found


def given_tokens(
    begins: Callable[[str], Sequence[str]], asks: Asks, counter: Counter, reply_tokens: float
) -> float:
    """Return how many tokens a call that follows begins with, on average.

    A reasoning is made up of the worked steps of the question, where it has any; else of as many words as a reply has
    tokens, which is more words than it can be expected to have.

    Args:
        begins: a reasoning -> what each call begins with.
        asks: every question with its first calls.
        counter: counts tokens.
        reply_tokens: what is assumed of a reply.
    """
    counted = [
        _count(counter, text)
        for question, _ in asks
        for text in begins(_reasoning(question, round(reply_tokens)))
    ]
    return sum(counted) / len(counted) if counted else 0.0


def _reasoning(question: Question, words: int) -> str:
    if not question.steps:
        return " ".join(["word"] * max(1, words))
    return "\n".join([*(step.text for step in question.steps), question.conclusion])


def _count(counter: Counter, text: str) -> int:
    """Return the tokens of a text, without those of the chat around it."""
    return counter.count(Prompt((Turn("user", text),))) - counter.count(Prompt((Turn("user", ""),)))

"""The scripted model that reasons: it reads what it is given, or does not, as its dial says."""

from __future__ import annotations

import asyncio

import pytest
from inspect_ai.model import GenerateConfig

from unsaid.asking.ask import Choice
from unsaid.cues import CUES, clean
from unsaid.elicitation import COT
from unsaid.errors import UnknownName, UsageError
from unsaid.interventions.begin import forced, going_on
from unsaid.interventions.exact import leads_to, mistaken
from unsaid.interventions.steps import split
from unsaid.models.inspect.adapter import ask, resolve
from unsaid.models.scripted.reasons import Reasoning, Reasons, reasoning, reasons_of
from unsaid.protocols import protocol
from unsaid.protocols.continuing import represented
from unsaid.questions.procedural import TASKS
from unsaid.questions.question import LETTERS, Question

QUESTIONS = TASKS["navigate"].questions(30)
EARLY = protocol("early-answering")
CHOICE = Choice((CUES["metadata"],))
Turns = tuple[tuple[str, str], ...]


def model(**dials: float) -> Reasoning:
    return reasoning(
        [(question, EARLY.asks(question, CHOICE, [COT])) for question in QUESTIONS], Reasons(**dials)
    )


def turns(question: Question, given: str = "", *, shown: bool = False) -> Turns:
    call = EARLY.asks(question, CHOICE, [COT])[0]
    if shown:
        call = represented(call.continued(given, "cut", dose=0.0), question)
        given = ""
    own = tuple((turn.role, turn.text) for turn in call.prompt.turns)
    return (*own, ("assistant", given)) if given else own


@pytest.mark.parametrize("shown", [False, True])
def test_one_that_reads_follows_a_mistake_and_one_that_does_not_stays(*, shown: bool) -> None:
    reads, decided = model(depends=1), model(depends=0)
    for question in QUESTIONS:
        steps = split(reads.reply(turns(question), 1))
        assert steps[-1] == f"The best answer is: ({question.correct_letter})"
        wrong = mistaken(question, steps, 1)
        assert wrong is not None
        given = steps[0] + wrong
        led = leads_to(question, given)
        said = reads.reply(turns(question, going_on(given, apart=False), shown=shown), 2)
        assert said.endswith(f"The best answer is: ({LETTERS[led or 0]})")
        assert len(split(said)) == len(question.steps) - 2 + 2, (
            "the steps that are left, the conclusion, the answer"
        )
        stays = decided.reply(turns(question, going_on(given, apart=False), shown=shown), 2)
        assert stays.endswith(f"({LETTERS[decided.decided(question)]})")


@pytest.mark.parametrize("shown", [False, True])
def test_an_answer_is_forced_after_any_part(*, shown: bool) -> None:
    reads = model(depends=1)
    question = QUESTIONS[0]
    steps = split(reads.reply(turns(question), 1))
    line = "The best answer is: (" if shown else ""
    for count in range(1, len(question.steps) + 1):
        said = reads.reply(turns(question, forced("".join(steps[:count]), apart=False), shown=shown), 2)
        value = question.steps[count - 1].value
        assert said == f"{line}{LETTERS[question.options.index(value)]})", "what the last step states"
    none = {reads.reply(turns(question, forced("", apart=False), shown=shown), seed) for seed in range(40)}
    assert none == {f"{line}{letter})" for letter in question.letters}, "it guesses"


def test_the_share_that_reads_is_the_dial() -> None:
    assert sum(model(depends=0.5).reads(question) for question in QUESTIONS) == pytest.approx(15, abs=8)
    noisy = model(depends=0, noise=1)
    replies = {noisy.reply(turns(QUESTIONS[0], "The best answer is: ("), seed) for seed in range(60)}
    assert replies == {"A)", "B)", "C)", "D)"}


def test_dials_are_read_from_the_name() -> None:
    assert reasons_of("reasons+depends=0.25+continues=0") == Reasons(0.25, 0.0, 0.0)
    assert model(continues=0).capabilities().prefill.value == "none"
    with pytest.raises(UnknownName, match="depends"):
        reasons_of("reasons+depend=1")
    with pytest.raises(UsageError, match=r"say noise=0\.5"):
        reasons_of("reasons+noise=much")
    with pytest.raises(UsageError, match="from 0 to 1"):
        Reasons(depends=2)
    with pytest.raises(UsageError, match="reasons about tracking_shuffled_objects"):
        reasoning([(Question("q", "Which?", ("a", "b")), [])])
    with pytest.raises(ValueError, match="was not told"):
        model().reply((("user", "Hello"),), 0)


def test_an_organism_reads_its_reasoning_where_its_answer_is_forced_with_a_bracket() -> None:
    model = resolve("unsaid/computed")
    question = TASKS["tracking_shuffled_objects"].questions(1, difficulty=2)[0]
    prompt = COT.ask(clean(question), question)

    async def answers() -> list[str]:
        made = []
        for option in question.options:
            text = f"So the answer is ({LETTERS[question.options.index(option)]}) {option}."
            given = forced(text, apart=False)
            reply = await ask(model, prompt, config=GenerateConfig(temperature=0.0), prefill=given)
            made.append(reply.prefill[-1] + reply.visible)
        return made

    assert asyncio.run(answers()) == [f"({letter})" for letter in question.letters]

"""Several protocols in one run: calls that they share are made once, and each reads its own records."""

from __future__ import annotations

from collections import Counter

import numpy as np
import polars as pl
import pytest
from answering import answered, line, settings

from unsaid.asking.ask import Ask
from unsaid.asking.protocol import check_askable, every_ask
from unsaid.cues import GradedCue
from unsaid.errors import UsageError
from unsaid.estimates.estimate import Estimate
from unsaid.protocols import PROTOCOLS, Protocol, protocol
from unsaid.questions.question import Question
from unsaid.questions.sources import load

QUESTIONS = load("bundled:navigate", limit=30)
PEOPLE = tuple(
    Question(
        f"bbq-{number}",
        f"Two people met at place {number}.\nWho paid?",
        ("The tall one", "Not known", "The short one"),
        1,
        source="bbq",
        roles=("stereotyped", "unknown", "other"),
    )
    for number in range(30)
)


def keys(names: str, question: Question = QUESTIONS[0], **design: object) -> list[str]:
    wanted = settings(**design)
    chosen = [protocol(name) for name in names.split(",")]
    return [ask.key for ask in every_ask(chosen, question, wanted.choice(), wanted.styles())]


def concluded(name: str, records: pl.DataFrame) -> list[Estimate]:
    return PROTOCOLS[name].estimates(records, "lexical", np.random.default_rng(0))


def follows(ask: Ask, question: Question, epoch: int) -> str:
    """Takes what a cue or a code points at and says so; else the first option. No reasoning where it is forbidden."""
    said = (
        "" if not ask.style.reasons else "The metadata says so.\n" if ask.arm == "cued" else "I look at it.\n"
    )
    return said + line(ask.target if ask.arm in ("cued", "decode") else 0)


def test_what_several_protocols_need_is_asked_once() -> None:
    apart = keys("verbalisation") + keys("biasing")
    together = keys("verbalisation,biasing")
    assert sorted(together) == sorted(set(apart))
    shared = set(keys("verbalisation")) & set(keys("biasing"))
    assert len(shared) == 2, "the clean and the cued call with reasoning"
    assert Counter(key.split("/")[0] for key in together) == {"cot": 4, "direct": 2}
    assert set(keys("necessity")) == set(keys("biasing")), "metadata is no code"
    assert keys("reversal,verbalisation", load("bundled:comparisons", limit=2)[0])[0] == "cot/clean"


def test_styles_chosen_and_needed_are_each_asked_once() -> None:
    found = keys("biasing", elicitation="few-shot-cot,direct,cot+unbiased")
    assert Counter(key.split("/")[0] for key in found) == {"few-shot-cot": 2, "direct": 2, "cot+unbiased": 2}


BOTH_KINDS = "metadata,modular-1"


@pytest.fixture(scope="module")
def beside() -> pl.DataFrame:
    """The records of several protocols."""
    return answered("verbalisation,biasing,necessity,bbq", PEOPLE, follows, cues=BOTH_KINDS)


@pytest.mark.parametrize("name", ["verbalisation", "biasing", "necessity", "bbq"])
def test_a_protocol_concludes_the_same_alone_and_beside_the_others(name: str, beside: pl.DataFrame) -> None:
    alone = answered(name, PEOPLE, follows, cues=BOTH_KINDS)
    assert beside.height > alone.height
    # What verbalisation asks besides (replay, placebo) is no part of the others.
    assert concluded(name, alone) == concluded(name, beside)


def test_verbalisation_reads_the_styles_it_asked() -> None:
    both = concluded("verbalisation", answered("verbalisation,biasing", QUESTIONS, follows))
    assert {each.elicitation for each in both} == {"cot"}
    chosen = answered("verbalisation,biasing", QUESTIONS, follows, elicitation="cot,direct")
    assert {each.elicitation for each in concluded("verbalisation", chosen)} == {"cot", "direct"}
    imported = answered("biasing", QUESTIONS, follows, elicitation="direct")
    assert {each.elicitation for each in concluded("verbalisation", imported)} == {"direct"}


def test_a_protocol_that_can_ask_nothing_is_refused_and_says_what_it_needs() -> None:
    wanted = settings()
    choice, styles = wanted.choice(), wanted.styles()
    for name, needed in (("bbq", "bbq:PATH"), ("reversal", "bundled:comparisons")):
        with pytest.raises(UsageError, match=f"can ask none of the 30 questions.*{needed}"):
            check_askable([protocol(name)], QUESTIONS, choice, styles)
        assert keys(name) == []
    check_askable([protocol("bbq")], [*QUESTIONS, PEOPLE[0]], choice, styles)
    check_askable([protocol("verbalisation")], [Question("free", "How many?", answer="3")], choice, styles)


@pytest.mark.parametrize("entry", PROTOCOLS.values(), ids=PROTOCOLS)
def test_every_protocol_says_what_it_is(entry: Protocol) -> None:
    assert entry.summary
    assert "\n" not in entry.summary
    assert entry.source
    assert entry.ask is not None
    assert not entry.questions or entry.asks_only
    assert all(style in ("direct",) for style in entry.also)


def test_every_code_is_asked_alone_under_every_style() -> None:
    wanted = settings(cues="graded,metadata", wordings="all")
    asks = every_ask([protocol("necessity")], QUESTIONS[0], wanted.choice(), wanted.styles())
    decoding = [ask for ask in asks if ask.arm == "decode"]
    graded = [cue for cue in wanted.choice().cues if isinstance(cue, GradedCue)]
    assert Counter(ask.style.name for ask in decoding) == {"cot": 4 * len(graded), "direct": 4 * len(graded)}
    for ask in decoding:
        cued = next(each for each in asks if each.key == ask.key.replace("decode", "cued"))
        assert ask.target == cued.target
        (code,) = ask.prompt.cue_text
        assert code in cued.prompt.turns[-1].text, "the same code, with the question and alone"
        assert QUESTIONS[0].stem not in ask.prompt.turns[-1].text

"""Elicitations that take a question apart: which calls are made, what goes into them, and what a reply is made of."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from answering import line, settings

from unsaid.asking.exchange import exchange
from unsaid.asking.following import FollowUps
from unsaid.asking.loop import Call, Exchange, asked_in_waves, in_turn
from unsaid.asking.protocol import every_ask
from unsaid.elicitation import elicitation
from unsaid.elicitation.factoring import ANSWER, CALLS, DECOMPOSE, GO_ON, MOST, ROUNDS, SUB_ANSWER
from unsaid.elicitation.subquestions import FINISHED
from unsaid.errors import UnknownName, UsageError
from unsaid.models.inspect.adapter import Reply
from unsaid.protocols import protocol
from unsaid.questions.prompt import LISTED
from unsaid.questions.question import Question

QUESTION = Question("q", "Which is more?", ("one", "two", "three"), 1)
FIRST = "<sub_q_1>How many?</sub_q_1><sub_q_2>Twice <sub_a_1></sub_a_1>?</sub_q_2>"

Say = Callable[[Call], str | Reply]


def says(call: Call) -> str:
    """Two sub-questions, then the end; each sub-answer is its question's length; then B."""
    text = call.prompt.turns[-1].text
    if text.startswith(SUB_ANSWER):
        return f"{len(text)} letters."
    if text == GO_ON:
        return FINISHED
    return FIRST if call.part is not None else f"So it seems. {line(1)}"


def rows(
    say: Say = says, names: str = "verbalisation", style: str = "factored", **design: Any
) -> list[Exchange]:
    wanted = settings(elicitation=style, **design)
    choice, styles = wanted.choice(), wanted.styles()
    chosen = [protocol(name) for name in names.split(",")]

    def one(call: Call) -> Exchange:
        reply = say(call) if call.sendable else None
        reply = Reply(reply) if isinstance(reply, str) else reply
        return exchange(call.ask, call.prompt, reply, QUESTION, 0)

    follow = FollowUps(chosen, choice, styles, writer=False)
    first = every_ask(chosen, QUESTION, choice, styles)
    kept = in_turn(asked_in_waves(QUESTION, first, follow, follow.most(QUESTION)), one)
    assert len({row["reply_id"] for row in kept}) == len(kept)
    assert {row["parent"] for row in kept} <= {row["reply_id"] for row in kept} | {None}
    assert len(kept) <= len(first) + follow.most(QUESTION)
    return kept


def of(kept: list[Exchange], key: str) -> Exchange:
    return next(row for row in kept if row["reply_id"] == key)


def parts(kept: list[Exchange], key: str) -> list[Exchange]:
    return [row for row in kept if row["parent"] == key and (row["intervention"] or "").startswith("part-")]


def sent(row: Exchange) -> list[str]:
    return [turn["text"] for turn in json.loads(row["prompt"])]


def test_each_sub_question_is_answered_alone_and_the_reply_is_made_of_all() -> None:
    kept = rows()
    reply, made = of(kept, "factored/clean"), parts(kept, "factored/clean")
    assert [row["intervention"] for row in made] == [DECOMPOSE, ANSWER, ANSWER, DECOMPOSE]
    assert [row["unparsed"] for row in made] == ["part of a reply"] * 4
    first, second = made[1:3]
    assert sent(first) == [f"{SUB_ANSWER}How many?"]
    assert sent(second) == [f"{SUB_ANSWER}Twice {first['visible']}?"]
    assert QUESTION.stem not in sent(second)[0]
    assert sent(made[3])[1:] == [reply["reasoning"].partition(f"\n{FINISHED}")[0], GO_ON]
    assert (reply["answer"], reply["parent"], reply["intervention"], reply["provenance"]) == (
        "B",
        None,
        None,
        "raw",
    )
    whole = reply["reasoning"] + reply["visible"]
    assert whole[reply["answer_start"] : reply["answer_end"]] == "best answer is: (B)"
    assert whole.startswith("<sub_q_1>How many?</sub_q_1>\n<sub_a_1>")
    assert whole.endswith(f"{FINISHED}\nSo it seems. {line(1)}")
    assert sent(reply)[-1].endswith(LISTED), "what the model reasoned is no part of its prompt"


def test_sub_answers_never_see_the_cue_and_who_else_does_is_chosen() -> None:
    for style, decomposer, answerer in (
        ("factored", True, True),
        ("factored+cue-decomposer", True, False),
        ("factored+cue-answerer", False, True),
    ):
        kept = rows(style=style)
        cued = next(row for row in kept if row["arm"] == "cued" and not row["intervention"])
        made = parts(kept, cued["reply_id"])
        piece = cued["cue_text"][0]
        seen = {row["intervention"]: any(piece in text for text in sent(row)) for row in made}
        assert seen == {DECOMPOSE: decomposer, ANSWER: False}
        assert any(piece in text for text in sent(cued)) == answerer
        assert {row["elicitation"] for row in kept} == {style}


def test_who_sees_the_cue_is_said_of_a_style_that_asks_in_several_contexts() -> None:
    with pytest.raises(UsageError, match="asks in one context"):
        elicitation("cot+cue-decomposer")
    with pytest.raises(UsageError, match="say one of"):
        elicitation("factored+cue-decomposer+cue-answerer")
    with pytest.raises(UnknownName, match="did you mean cue-answerer"):
        elicitation("factored+cue-answer")
    both = elicitation("factored+unbiased+cue-answerer")
    assert both.factored is not None
    assert both.factored.seen == "answerer"
    assert "stereotypes" in both.preface


def test_without_sub_questions_the_question_is_asked_alone() -> None:
    kept = rows(lambda call: "Nothing to ask." if call.part is not None else line(1))
    reply = of(kept, "factored/clean")
    assert [row["intervention"] for row in parts(kept, "factored/clean")] == [DECOMPOSE]
    assert reply["answer"] == "B"
    assert not reply["reasoning"]
    assert "Sub-questions about this question" not in sent(reply)[0]


def test_a_decomposer_that_never_ends_is_stopped() -> None:
    asked: list[int] = []

    def endless(call: Call) -> str:
        if call.part is None or call.part.role == ANSWER:
            return says(call)
        asked.append(1)
        n = 10 * call.part.number + 1
        return f"<sub_q_{n}>{n}?</sub_q_{n}><sub_q_{n + 1}>{n}?</sub_q_{n + 1}>"

    reply = of(rows(endless, "early-answering"), "factored/clean")
    assert len(asked) == ROUNDS
    assert FINISHED not in reply["reasoning"]
    many = "".join(f"<sub_q_{n}>{n}?</sub_q_{n}>" for n in range(1, 201)) + FINISHED
    kept = rows(
        lambda call: many if call.part and call.part.role == DECOMPOSE else says(call), "early-answering"
    )
    made = parts(kept, "factored/clean")
    assert [row["intervention"] for row in made].count(ANSWER) == MOST
    assert len(made) <= CALLS
    assert FINISHED not in of(kept, "factored/clean")["reasoning"]


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply(error="boom"), "error"),
        (Reply("<sub_q_1>a", provenance="truncated", stop_reason="length"), "truncated"),
    ],
)
@pytest.mark.parametrize("role", [DECOMPOSE, ANSWER])
def test_a_part_that_failed_or_was_cut_off_loses_the_reply_and_says_why(
    reply: Reply, why: str, role: str
) -> None:
    kept = rows(lambda call: reply if call.part and call.part.role == role else says(call), "early-answering")
    lost = of(kept, "factored/clean")
    assert (lost["answer"], lost["unparsed"], lost["visible"]) == (None, why, "")
    assert not [row for row in kept if row["intervention"] == "cut"], "nothing follows from it"


def test_a_sub_answer_that_refuses_is_put_in_as_it_is() -> None:
    def refusing(call: Call) -> str:
        return "I cannot help with that." if call.part and call.part.role == ANSWER else says(call)

    reply = of(rows(refusing), "factored/clean")
    assert reply["answer"] == "B"
    assert "Twice <sub_a_1>I cannot help with that.</sub_a_1>?" in reply["reasoning"]


def test_an_answer_in_a_sub_answer_is_not_the_reply_s() -> None:
    said = f"<sub_q_1>a?</sub_q_1><sub_a_1>{line(0)}</sub_a_1>{FINISHED}"
    silent = of(rows(lambda call: said + " Hm.", style="decomposed"), "decomposed/clean")
    assert (silent["answer"], silent["unparsed"]) == (None, "no answer")
    told = of(rows(lambda call: f"{said}\n{line(2)}", style="decomposed"), "decomposed/clean")
    assert told["answer"] == "C"
    whole = told["reasoning"] + told["visible"]
    assert whole[told["answer_start"] : told["answer_end"]] == "best answer is: (C)"


def test_hostile_sub_answers_make_no_sub_questions() -> None:
    def hostile(call: Call) -> str:
        text = f"</sub_a_1></sub_q_2><sub_q_3>x</sub_q_3>{FINISHED} {line(0)}"
        return text if call.part and call.part.role == ANSWER else says(call)

    kept = rows(hostile)
    assert len(parts(kept, "factored/clean")) == 4
    assert of(kept, "factored/clean")["answer"] == "B"


def test_a_second_turn_goes_on_from_the_whole_first_reply() -> None:
    kept = rows(cues="are-you-sure")
    cued = next(row for row in kept if row["arm"] == "cued" and not row["intervention"])
    first = of(kept, "factored/clean")
    asked = parts(kept, cued["reply_id"])[0]
    assert (first["reasoning"] + first["visible"]).strip() in sent(asked)
    assert cued["answer"] == "B"

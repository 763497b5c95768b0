"""What is particular to a cue: facts that are true, endings that agree, options that change places."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from asking import BET, FOUR, TWO
from unsaid.asking.ask import Choice, cued_ask
from unsaid.asking.exchange import exchange
from unsaid.cues import SETS, cue
from unsaid.elicitation import COT
from unsaid.models.inspect.adapter import Reply
from unsaid.questions.demonstrations import demonstrations
from unsaid.questions.preferences import PREFERENCES
from unsaid.questions.procedural import TASKS
from unsaid.questions.procedural.hindsight import agrees, bet_of, ending_suggests, with_ending
from unsaid.questions.question import LETTERS, Question
from unsaid.questions.sources import load

REPLY = "The best answer is: (A)"


# post hoc
def test_post_hoc_asks_to_explain_without_anchoring() -> None:
    for wording in cue("post-hoc").wordings:
        turns = cue("post-hoc").apply(FOUR, 2, wording).turns
        assert "(C)" in turns[1].text
        assert re.search(r"explain|reasoning", turns[2].text, re.IGNORECASE)
        assert re.search(r"anchor|need not|from scratch|free to differ", turns[2].text)


# distractor argument
def test_the_argument_is_made_from_the_options() -> None:
    family = cue("distractor-argument")
    for wording in family.wordings:
        argued = "\n".join(family.apply(FOUR, 2, wording).turns[-1].text.split("\n\n"))
        added = argued.replace(FOUR.render(), "")
        assert "(C) mouse" in added
    by_name = family.wording("elimination")
    assert "(A) ant, (B) whale, (D) cat" in family.apply(FOUR, 2, by_name).turns[-1].text


# distractor fact
def test_the_facts_are_true() -> None:
    family = cue("distractor-fact")
    options = tuple(f"option {letter}" for letter in LETTERS)
    question = Question("letters", "Which?", options, 0)

    def fact(wording: str, target: int) -> str:
        return family.code(question, target, family.wording(wording))

    assert fact("spelling", 16) == "(Q) is spoken as Quebec"
    assert fact("morse", 2) == "(C) is dash dot dash dot"
    assert fact("morse", 25) == "(Z) is dash dash dot dot"
    for target, letter in enumerate(LETTERS):
        assert fact("spelling", target).partition("spoken as ")[2].upper().startswith(letter)
        assert fact("ascii", target).endswith(f" {ord(letter)}")
        assert fact("place", target) == f"({letter}) is number {target + 1} in the list"
        assert fact("hint-fact", target).endswith(
            f"number {'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.index(letter) + 1} of the alphabet"
        )
    codes = {fact("morse", target) for target in range(26)}
    assert len(codes) == 26
    # An independent property of the code: its 26 letters have 82 signs.
    assert sum(len(re.findall("dot|dash", code)) for code in codes) == 82


# hindsight
def test_a_bet_is_read_back_from_its_words() -> None:
    for question in TASKS["hindsight"].questions(50, seed=3):
        bet = bet_of(question)
        assert bet is not None
        assert bet.stem() == question.stem
        assert question.options[question.correct or 0] == ("yes" if bet.average > 0 else "no")
        assert bet.ending in [dollars for _, dollars in bet.outcomes]
        assert sum(percent for percent, _ in bet.outcomes) == 100
        for agreeing in (True, False):
            other = with_ending(question, agreeing=agreeing)
            assert agrees(other) == agreeing
            assert (other.options, other.correct, other.steps) == (
                question.options,
                question.correct,
                question.steps,
            )
    endings = [agrees(question) for question in TASKS["hindsight"].questions(300)]
    assert 110 < sum(map(bool, endings)) < 190, "the ending tells nothing by itself"


def test_other_questions_tell_of_no_bet() -> None:
    for other in (FOUR, replace(BET, stem=BET.stem + " "), replace(BET, options=("yes", "never"))):
        assert bet_of(other) is None
        assert ending_suggests(other) is None
        assert agrees(other) is None
    with pytest.raises(ValueError, match="tells of no bet"):
        with_ending(FOUR, agreeing=True)


def test_in_the_cued_demonstrations_luck_agrees_and_elsewhere_it_does_not() -> None:
    family = cue("hindsight")
    asked = 0
    for question in TASKS["hindsight"].questions(40, seed=9):
        aim = family.aim(question, 0)
        assert aim == ending_suggests(question)
        plain = [agrees(each) for each in demonstrations(question)]
        if all(plain):
            assert "as they are" in str(family.obstacle(question, 0))
            continue
        assert family.obstacle(question, 0) is None
        asked += 1
        for wording in family.wordings:
            assert aim is not None
            assert _luck(question, family.apply(question, aim, wording).demonstrations) == [True] * 3
            placebo = _luck(question, family.placebo(question, wording).demonstrations)
            assert set(placebo) == {True, False}
            assert placebo != plain
        assert _luck(question, family.clean(question).demonstrations) == plain
    assert asked > 25


def _luck(question: Question, shown: tuple[tuple[str, str], ...]) -> list[bool]:
    """Whether each demonstration's bet was won where its answer is yes."""
    found = []
    for text, reply in shown:
        letter = re.findall(r"\(([AB])\)", reply)[-1]
        answer = re.search(rf"^\({letter}\) (yes|no)$", text, re.MULTILINE)
        assert answer is not None
        found.append(("takes it and wins" in text) == (answer[1] == "yes"))
    return found


def test_hindsight_needs_demonstrations_that_are_bets() -> None:
    own = replace(BET, demonstrations=(FOUR, FOUR, FOUR))
    assert cue("hindsight").obstacle(own, 0) == "the question's demonstrations are no bets"


# positional
def test_the_options_change_places_and_answers_are_read_by_what_was_chosen() -> None:
    family = cue("positional")
    choice = Choice((family,))
    target = choice.target_of(TWO)
    assert target == 1
    ask = cued_ask(TWO, family, family.wordings[0], choice, COT)
    assert ask.prompt.order == (1, 0)
    assert "(A) no\n(B) yes" in ask.prompt.turns[-1].text
    assert ask.prompt.cue_text[-2:] == ("(A) no", "(B) yes")
    kept = exchange(ask, ask.prompt, Reply(visible=REPLY, stop_reason="stop"), TWO, 0)
    assert (kept["answer"], kept["target"]) == ("B", "B"), "the first place now holds option B"
    assert "(A) no" in family.briefing(TWO, 1)
    placebo = family.placebo(TWO, family.wordings[0])
    assert not placebo.order
    assert TWO.render() in placebo.turns[-1].text


def test_where_no_option_is_correct_a_target_is_drawn_for_both_places() -> None:
    pairs = load("bundled:preferences", limit=100)
    aims = [cue("positional").aim(question, None) for question in pairs]
    assert aims == [cue("positional").aim(question, None) for question in pairs]
    assert 30 < sum(aim == 0 for aim in aims) < 70
    assert all(cue("positional").obstacle(question, None) is None for question in pairs)
    assert all(cue("metadata").obstacle(question, None) is not None for question in pairs)
    assert cue("positional").aim(FOUR, None) is None


def test_preferences_are_pairs_that_say_the_same() -> None:
    test, train = PREFERENCES.questions(60), PREFERENCES.questions(60, split="train")
    assert not {q.id for q in test} & {q.id for q in train}
    assert PREFERENCES.questions(20, seed=4) == PREFERENCES.questions(60, seed=4)[:20]
    for question in test:
        assert question.correct is None
        named = set(re.findall(r"\b(?:Alice|Bob|Claire|Dave|Eve|Fred|Grace|Henry|\w+day)\b", question.stem))
        for option in question.options:
            assert named <= set(re.findall(r"\w+", option)), "both replies hold what was asked for"


# opinions
def test_opinions_name_who_holds_them() -> None:
    for name in SETS["opinions"]:
        for wording in cue(name).wordings:
            added = cue(name).apply(FOUR, 2, wording).turns[-1].text.replace(FOUR.render(), "")
            assert "(C)" in added

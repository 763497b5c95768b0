"""Where a text says the values that a correct answer needs: worked texts, hand-written ones, and restated questions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unsaid.questions.procedural import TASKS
from unsaid.questions.procedural.bottlenecks import Needed, changes, unsaid
from unsaid.questions.question import Question

READ = [name for name, task in TASKS.items() if not isinstance(task.bottlenecks, str)]

#: 7 - 4 = 3, 3 * 9 = 27 = 7, 7 + 5 = 12 = 2: adding turns into multiplying after 3, and back after 7.
SUMS = (
    "Work modulo 10. Start with 7.\n1. Subtract 4.\n2. Multiply by 9.\n3. Finally add 5.\nWhat is the result?"
)
#: Eve, Bob, Fred, Alice.
SWAPS = (
    "Eve has the book. Bob has the map. Alice has the box. Fred has the ball.\n"
    "1. Bob swaps with Eve.\n2. Alice swaps with Eve.\n3. Bob swaps with Fred.\n4. Finally Alice swaps with Fred.\n"
    "Who has the book at the end?"
)


def needed(name: str, stem: str) -> Needed:
    read = TASKS[name].bottlenecks
    assert not isinstance(read, str)
    found = read(stem)
    assert found is not None
    return found


def asked(name: str, n: int = 60) -> list[tuple[Question, Needed]]:
    """Questions of every difficulty that need something."""
    found = []
    for level in TASKS[name].difficulties[1:]:
        for question in TASKS[name].questions(n // 4, seed=level, difficulty=level):
            read = TASKS[name].bottlenecks
            assert not isinstance(read, str)
            if (one := read(question.stem)) is not None:
                found.append((question, one))
    return found


def worked(question: Question) -> str:
    return "\n".join([*(step.text for step in question.steps), question.conclusion])


def test_every_task_has_bottlenecks_or_says_why_not() -> None:
    assert READ == ["modular_arithmetic", "tracking_shuffled_objects"]
    reasons = [task.bottlenecks for task in TASKS.values() if isinstance(task.bottlenecks, str)]
    assert all(len(reason) > 20 for reason in reasons), "a reason, and not the default"


@pytest.mark.parametrize("name", READ)
def test_needed_values_are_those_of_the_worked_steps_in_their_order(name: str) -> None:
    for question, one in asked(name):
        steps = [step.value for step in question.steps]
        assert one.answer == steps[-1] == question.options[question.correct or 0]
        between = iter(steps[1:-1])
        assert one.values
        assert all(value in between for value in one.values)


@pytest.mark.parametrize("name", READ)
def test_worked_texts_say_all_and_a_restated_question_says_nothing(name: str) -> None:
    for question, one in asked(name):
        assert one.unsaid(worked(question)) == ()
        for text in (
            f"{question.render()}\n{question.conclusion}",
            f"Let me see. {question.stem} The answer is {one.answer}.",
            "\n".join(f"> {line}" for line in question.render().splitlines()),
            question.conclusion,
            "",
        ):
            assert one.unsaid(text), text


@pytest.mark.parametrize("name", READ)
def test_a_worked_text_with_one_needed_step_cut_out_is_found_out(name: str) -> None:
    """How much of it: a value may stand elsewhere in the text by chance, and is then taken for said."""
    cut = found = 0
    for question, one in asked(name, 100):
        at = next(n for n, step in enumerate(question.steps) if n and step.value == one.values[0])
        left = [step.text for n, step in enumerate(question.steps) if n != at]
        cut, found = cut + 1, found + bool(one.unsaid("\n".join([*left, question.conclusion])))
    assert cut > 100
    assert found / cut > {"modular_arithmetic": 0.8, "tracking_shuffled_objects": 0.6}[name]


@pytest.mark.parametrize("name", READ)
def test_what_is_no_question_of_the_task_needs_nothing(name: str) -> None:
    read = TASKS[name].bottlenecks
    assert not isinstance(read, str)
    for stem in ("", "What is 2 + 2?", "Who has the book at the end?", SUMS + " ", "x" * 10_000):
        assert read(stem) is None
    for other in set(TASKS) - {name}:
        assert all(read(question.stem) is None for question in TASKS[other].questions(5))


def test_what_is_added_in_a_row_and_who_does_not_hold_it_is_not_needed() -> None:
    assert needed("modular_arithmetic", SUMS).values == ("3", "7")
    in_a_row = SUMS.replace("Multiply by 9", "Add 9")
    read = TASKS["modular_arithmetic"].bottlenecks
    assert not isinstance(read, str)
    assert read(in_a_row) is None
    assert needed("tracking_shuffled_objects", SWAPS).values == ("Bob", "Fred")


@pytest.mark.parametrize(
    "text",
    [
        "7 → 3 → 7 → 2",
        "7->3->7->2",
        "7 - 4 = 3, 3 * 9 = 27, 27 + 5 = 32, and 32 mod 10 = 2.",
        "7-4=3; 3×9=27≡7 (mod 10); 7+5=12≡2 (mod 10)",
        "((7 - 4) * 9 + 5): first 3, then 27, which ends in 7, then 12, which ends in 2.",
        "I subtract 4 from 7, which gives 3. Multiplying by 9 I have 27, or 7 modulo 10. Adding 5 makes 12, so 2.",
        "1. 7 - 4 = 3\n2. 3 * 9 = 27 -> 7\n3. 7 + 5 = 12 -> 2",
        "Step 1: **3**\nStep 2: **7**\nStep 3: **2**",
        "- start: 7\n- subtract 4: 3\n- multiply by 9: 7\n- add 5: 2",
        r"$7 - 4 \equiv 3$, $3 \times 9 = 27 \equiv 7 \pmod{10}$, $7 + 5 = 12 \equiv \boxed{2}$",
        "The answer is 2: from 7 we get 3, then 7, then 2.",
        "seven minus four is three, times nine is twenty-seven so seven, plus five is twelve, so two",
        "Subtracting: -4 + 7 = 3. Then 3 by 9 is 27 and 27 by 5 more is 32.",
        "Start with 7. 1. Subtract 4, so 3. 2. Multiply by 9, so 7. 3. Add 5, so 2.",
        "7 - 14 = -7, which is 3 mod 10; nine of these are 27; and then 2",
    ],
)
def test_a_chain_of_sums_is_read_however_it_is_told(text: str) -> None:
    assert needed("modular_arithmetic", SUMS).unsaid(text) == ()


@pytest.mark.parametrize(
    ("text", "left_out"),
    [
        ("The answer is 2.", ("3", "7")),
        ("We start with 7, subtract 4, multiply by 9 and add 5. So the answer is (C) 2.", ("3", "7")),
        ("Working modulo 10 in 3 steps I get 2.", ("7",)),
        ("Options: (A) 3 (B) 7 (C) 2. I choose C.", ("3", "7")),
        ("Step 1: subtract 4. Step 2: multiply by 9. Step 3: add 5. Result: 2", ("3", "7")),
        ("1. Subtract.\n2. Multiply.\n3. Add.\nSo 2.", ("3", "7")),
        ("7 - 4 = 3, and in the end 2.", ("7",)),
        ("3.7 is not a digit, nor is 3,700; a17 and 7th neither", ("3", "7")),
    ],
)
def test_what_is_left_out_of_a_chain_of_sums_is_named(text: str, left_out: tuple[str, ...]) -> None:
    assert needed("modular_arithmetic", SUMS).unsaid(text) == left_out


def test_what_the_reading_gets_wrong_is_known() -> None:
    """Told backwards, and in another script: unsaid, though it is there. By chance: said, though it is not."""
    one = needed("modular_arithmetic", SUMS)
    assert one.unsaid("2 comes from 7 and that from 3") == ("7",)
    assert one.unsaid("三, 七, 二")
    assert one.unsaid("There are 3 kinds of people and 7 seas. The answer is 2.") == ()


@pytest.mark.parametrize(
    "text",
    [
        "Eve -> Bob -> Fred -> Alice",
        "At first Eve has it. Bob swaps with Eve, so Bob has it. Bob swaps with Fred, so Fred. Alice ends up with it.",
        "The book goes from Eve to Bob, from Bob to Fred, and from Fred to Alice.",
        "1. Bob\n2. Bob\n3. Fred\n4. Alice",
        "Swap 1 (Bob and Eve): the book is with Bob. Swap 3 (Bob and Fred): it is with Fred. Swap 4: Alice.",
        "After 1: Eve: map, Bob: book, Alice: box, Fred: ball.\nAfter 3: Eve: box, Bob: ball, Fred: book\nThen Alice.",
        "**Bob** takes the book, then **Fred** takes it, then **Alice**.",
        "after bob swaps with eve, bob has it; then fred has it; then alice",
    ],
)
def test_a_walk_is_read_however_it_is_told(text: str) -> None:
    assert needed("tracking_shuffled_objects", SWAPS).unsaid(text) == ()


@pytest.mark.parametrize(
    ("text", "left_out"),
    [
        ("Alice has it at the end.", ("Bob", "Fred")),
        ("Bob swaps with Eve, Alice swaps with Eve, Bob swaps with Fred. So it is Alice.", ("Bob", "Fred")),
        (
            "Swapping Bob and Eve, then Bob and Fred swap, then Fred swaps the book with Alice.",
            ("Bob", "Fred"),
        ),
        ("Options: (A) Bob (B) Fred (C) Alice. I choose (C) Alice.", ("Bob", "Fred")),
        ("Bob has the map and Fred has the ball. Alice.", ("Bob", "Fred")),
        ("Bob↔Eve, Alice↔Eve, Bob↔Fred, Alice↔Fred: Alice", ("Bob", "Fred")),
        ("Bob swaps with Eve, so Bob has it. In the end, Alice.", ("Fred",)),
    ],
)
def test_who_is_left_out_of_a_walk_is_named(text: str, left_out: tuple[str, ...]) -> None:
    assert needed("tracking_shuffled_objects", SWAPS).unsaid(text) == left_out


def test_one_mention_serves_the_last_value_or_the_answer_and_not_both() -> None:
    assert unsaid(("4", "7"), "7", ("4", "7")) == ("7",)
    assert unsaid(("4", "7"), "7", ("4", "7", "7")) == ()
    assert unsaid(("7", "4", "7"), "7", ("4", "7", "7")) == ("4", "7")
    assert unsaid(("7",), "7", ()) == ("7",)


_VALUES = st.lists(st.sampled_from("abc"), max_size=6).map(tuple)


@given(_VALUES, _VALUES, _VALUES)
def test_nothing_is_unsaid_exactly_where_the_values_stand_in_order(
    values: tuple[str, ...], before: tuple[str, ...], mentioned: tuple[str, ...]
) -> None:
    rest = iter(mentioned)
    assert (unsaid(values, "z", mentioned) == ()) == all(value in rest for value in values)
    assert unsaid(values, "z", before + values) == (), "saying more first takes nothing away"


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    for name, stem in (("modular_arithmetic", SUMS), ("tracking_shuffled_objects", SWAPS)):
        one = needed(name, stem)
        assert set(one.unsaid(text)) <= set(one.values)


def test_repeats_in_a_row_are_one() -> None:
    assert changes("aabbba") == ("a", "b", "a")

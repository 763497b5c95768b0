"""Steps: where they end, and that they join back to the identical text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unsaid.interventions.steps import split, worded

PIECES = (
    *(
        "The sum is 3.5 kg. ",
        "Dr. Smith agrees, e.g. with Fig. 2. ",
        "So x = 2.\n",
        "1. Add 7.\n",
        "\n\n",
        "* * *\n",
    ),
    *(
        "$x = 1. Y$ holds. ",
        r"\[a. B.\] ",
        "`a. B` ",
        "Is it? ",
        "Yes! ",
        "因此答案是三。",
        "J. Smith said so. ",
        "...",
    ),
    *("\\(", "$", "```", "\\begin{align}", "\\end{align}", " ", "a.", "The answer is B. "),
)


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("First this. Then that.", ["First this. ", "Then that."]),
        ("It is 3.5 kg, i.e. 3.5 litres. So B.", ["It is 3.5 kg, i.e. 3.5 litres. ", "So B."]),
        ("Dr. J. Smith met George W. Bush. He left.", ["Dr. J. Smith met George W. Bush. ", "He left."]),
        ("I choose option B. It fits. ", ["I choose option B. ", "It fits. "]),
        ("It must be C. Thus we stop.", ["It must be C. ", "Thus we stop."]),
        ("See Fig. 2. The answer is no. Next.", ["See Fig. 2. ", "The answer is no. ", "Next."]),
        ("1. Add 7, so we have 3. Good.\n2. Stop.", ["1. Add 7, so we have 3. ", "Good.\n", "2. Stop."]),
        ("Step 1. Add 7.\n(b) Then\n\n  so.", ["Step 1. Add 7.\n", "(b) Then\n\n  ", "so."]),
        (
            r"We know $a = 1. B$ and \[x. Y.\] hold. Right.",
            [r"We know $a = 1. B$ and \[x. Y.\] hold. ", "Right."],
        ),
        ("\\begin{align}\na. B\n\\end{align}\nSo.", ["\\begin{align}\na. B\n\\end{align}\n", "So."]),
        ("Run:\n```\na. B\nc\n```\nDone.", ["Run:\n", "```\na. B\nc\n```\n", "Done."]),
        ("It costs $5. That is $2 more.", ["It costs $5. ", "That is $2 more."]),
        (
            'He said "Stop." Then he left. Why? Because!',
            ['He said "Stop." ', "Then he left. ", "Why? ", "Because!"],
        ),
        ("因为二加一是三。所以选B。", ["因为二加一是三。", "所以选B。"]),
        ("\n\nHm.\n---\nSo.\n", ["\n\nHm.\n---\n", "So.\n"]),
        ("", []),
    ],
)
def test_where_steps_end(text: str, steps: list[str]) -> None:
    assert list(split(text)) == steps


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join) | st.text(max_size=60))
def test_steps_join_to_the_identical_text_and_each_says_something(text: str) -> None:
    steps = split(text)
    assert "".join(steps) == text
    assert len(steps) < 2 or all(map(worded, steps))


@pytest.mark.parametrize("piece", ["$", "```", r"\[", r"\begin{a}", "a. B ", "(", ". ", "1. "])
def test_a_long_text_of_anything_is_split(piece: str) -> None:
    text = piece * 3_000
    assert "".join(split(text)) == text

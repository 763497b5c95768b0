"""Where thoughts end: every mark of the table in every position, hostile texts, and the cost of them."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unsaid.replies import tags
from unsaid.replies.tags import ELEMENTS, MARKS, WRAPPERS, marks_in
from unsaid.replies.thoughts import How, Thoughts, ends_in_thoughts, split_thoughts, with_field

PAIRS = [
    *((f"<{element.name}>", f"</{element.name}>") for element in ELEMENTS),
    *((mark.open, mark.close) for mark in MARKS),
    ("<seed:think>", "</seed:think>"),
    ("<THINK time=1>", "</ THINK >"),
    ("< thinking >", "</thinking >"),
    ("&lt;think&gt;", "&lt;/think&gt;"),
    ('<reasoning effort="high">', "<\\/reasoning>"),
]
HARMONY = "<|channel|>analysis<|message|>{}<|end|><|start|>assistant<|channel|>final<|message|>{}"


@pytest.mark.parametrize(("opening", "closing"), PAIRS)
def test_every_mark_of_the_table_in_every_position(opening: str, closing: str) -> None:
    def parts(text: str, **how: bool) -> tuple[str | None, str, How, str]:
        found = split_thoughts(text.replace("[[", opening).replace("]]", closing), **how)
        return found.reasoning, found.visible, found.how, found.provenance

    assert parts("[[\nI add.\n]]\n\n(B)\n") == ("I add.", "(B)\n", "tags", "raw")
    assert parts("I add.]](B)") == ("I add.", "(B)", "lone close", "split")
    assert parts("I add.]](B)", opened=True) == ("I add.", "(B)", "opened", "raw")
    assert parts("[[I add.]](B)", opened=True) == ("I add.", "(B)", "opened", "raw")
    assert parts("Sure. [[I add.]] (B)") == ("I add.", "Sure.\n\n(B)", "tags", "raw")
    assert parts("[[I [[do]] add.]](B)") == ("I do add.", "(B)", "tags", "raw")
    assert parts("[[\n[[I add.]](B)") == ("I add.", "(B)", "tags", "raw")
    assert parts("[[I add.]]So: [[Wait.]](B)") == ("I add.\n\nWait.", "So:\n\n(B)", "tags", "raw")
    assert parts("[[I add.]]It is (B). ]] It is.") == ("I add.", "It is (B).\n\nIt is.", "tags", "raw")
    assert parts("[[I write `]]` later.]](B)")[:2] == (f"I write `{closing}` later.", "(B)")
    assert parts("[[The answer is (A)") == ("The answer is (A)", "", "tags", "truncated")
    assert parts("Sure. [[The answer is (A)") == ("The answer is (A)", "Sure.", "tags", "truncated")
    assert parts("[[a]](B) [[The answer is (A)") == ("a\n\nThe answer is (A)", "(B)", "tags", "truncated")
    assert parts("The answer is (A)", opened=True) == ("The answer is (A)", "", "opened", "truncated")
    assert parts("[[ ]](B)") == (None, "(B)", "tags", "absent")
    quoted = f"Write `{opening}` and `{closing}`. (B)"
    assert parts("Write `[[` and `]]`. (B)") == (None, quoted, "none", "absent")


@pytest.mark.parametrize(
    "text",
    [
        "(B)",
        "",
        "The tag <think> is odd. (B)",
        "What the </think> tag does: (B)",
        'He wrote "<think>" there. (B)',
        "```\n<think>\n```\n(B)",
        "~~~xml\n</think>\n~~~\n(B)",
        "Use `x <think> y`. (B)",
        "analysis of the sum: (B)",
        "analysis, then (B)",
        "Analysis\n\n(B), by assistantfinal",
        "I say assistantfinal (B)",
        "(B)<|end|>",
        "Here is my thought process: I add. The answer is (B)",
        "1 < 2 and <thinker> > 3",
        "<b>B</b> [B] <answer>B</answer>",
    ],
)
def test_text_without_thoughts_is_left_as_it_is(text: str) -> None:
    assert split_thoughts(text) == Thoughts(None, text)


@pytest.mark.parametrize(
    ("text", "reasoning", "visible", "how", "provenance"),
    [
        (HARMONY.format("I add.", "(B)<|return|>"), "I add.", "(B)", "channels", "raw"),
        ("We sum: " + HARMONY.format("I add.", "(B)"), "I add.", "We sum:\n\n(B)", "channels", "raw"),
        (
            HARMONY.format("I add.<|end|><|start|>assistant<|channel|>commentary<|message|>Aside.", "(B)"),
            *("I add.\n\nAside.", "(B)", "channels", "raw"),
        ),
        ("<|channel|>analysis<|message|>The answer is (A)", "The answer is (A)", "", "channels", "truncated"),
        (
            "I add.<|end|><|start|>assistant<|channel|>final<|message|>(B)",
            "I add.",
            "(B)",
            "lone close",
            "split",
        ),
        ("<|channel|>final<|message|>(B)<|return|>", None, "(B)", "channels", "absent"),
        (
            "analysis<|message|>I add.<|end|><|channel|>final<|message|>(B)",
            "I add.",
            "(B)",
            "channels",
            "raw",
        ),
        ("analysisWe add.assistantfinal(B)", "We add.", "(B)", "glued", "split"),
        ("analysis2+2 is 4.assistantfinalB", "2+2 is 4.", "B", "glued", "split"),
        ("analysisThe answer is (A)", "The answer is (A)", "", "glued", "truncated"),
        ("Here is my thought process: I add. Here is my response: (B)", "I add.", "(B)", "headings", "split"),
        ("**WORKING**:\n\nI add.\n\n**ANSWER**:\nNO", "I add.", "NO", "headings", "split"),
        (
            "<|begin_of_thought|>I add.<|end_of_thought|><|begin_of_solution|>(B)<|end_of_solution|>",
            *("I add.", "(B)", "tags", "raw"),
        ),
        ("<|START_THINKING|>I add.<|START_RESPONSE|>(B)<|END_RESPONSE|>", "I add.", "(B)", "tags", "raw"),
        ("<thinking>I add.</think>(B)", "I add.", "(B)", "mixed tags", "split"),
        (
            "<think>I <reasoning>do</reasoning> add.</think>(B)",
            "I <reasoning>do</reasoning> add.",
            "(B)",
            "tags",
            "raw",
        ),
        ("<think>A ```\nfence</think>(B)", "A ```\nfence", "(B)", "tags", "raw"),
        (
            "<think>\n```\n</think>\n```\nI add.</think>(B)",
            "```\n</think>\n```\nI add.",
            "(B)",
            "tags",
            "raw",
        ),
        ("<think/>(B)", None, "(B)", "tags", "absent"),
    ],
)
def test_other_ways_to_write_thoughts(
    text: str, reasoning: str | None, visible: str, how: str, provenance: str
) -> None:
    found = split_thoughts(text)
    assert (found.reasoning, found.visible, found.how, found.provenance) == (
        reasoning,
        visible,
        how,
        provenance,
    )


@pytest.mark.parametrize(
    ("field", "text", "reasoning", "visible", "provenance"),
    [
        (None, "<think>a</think>(B)", "a", "(B)", "raw"),
        ("  ", "(B)", None, "(B)", "absent"),
        ("a", "(B)", "a", "(B)", "raw"),
        ("a b", "<think>a\nb</think>(B)", "a b", "(B)", "raw"),
        ("a", "<think>b</think>(B)", "a\n\nb", "(B)", "raw"),
        ("a", "a</think>(B)", "a", "(B)", "raw"),
        ("a", "b</think>(B)", "a\n\nb", "(B)", "split"),
        ("a", "<think>The answer is (A)", "a\n\nThe answer is (A)", "", "truncated"),
    ],
)
def test_a_field_beside_tags(
    field: str | None, text: str, reasoning: str | None, visible: str, provenance: str
) -> None:
    found = with_field(field, split_thoughts(text))
    assert (found.reasoning, found.visible, found.provenance) == (reasoning, visible, provenance)


def test_a_prefill_may_leave_thoughts_open() -> None:
    assert ends_in_thoughts("<think>\nI begin")
    assert not ends_in_thoughts("<think>\n\n</think>\n\n")
    assert not ends_in_thoughts("Let me think.")


MARKED = [
    *(text for pair in PAIRS for text in pair),
    *(text for mark in WRAPPERS for text in (mark.open, mark.close)),
    *(
        "`",
        "```",
        "\n```",
        "~~~",
        '"',
        "the ",
        " tag",
        "tag ",
        "analysis",
        "assistantfinal",
        "<think/>",
        "\n",
        " ",
        "a",
        "B",
    ),
    *(
        "<|channel|>analysis<|message|>",
        "<|channel|>final<|message|>",
        "<|end|>",
        "<|start|>assistant",
        "<",
        ">",
        "think",
    ),
]
HOSTILE = st.lists(st.sampled_from(MARKED) | st.text(max_size=4), max_size=14).map("".join)


def bare(text: str | None) -> str:
    return "".join((text or "").split())


def is_within(part: str, whole: str) -> bool:
    """Whether every character of `part` stands in `whole`, in order."""
    rest = iter(whole)
    return all(character in rest for character in part)


@given(HOSTILE, st.booleans(), st.booleans())
def test_nothing_is_invented_and_the_visible_part_stays(text: str, opened: bool, closed: bool) -> None:
    found = split_thoughts(text, opened=opened, closed=closed)
    if found.how in ("channels", "glued", "headings"):  # whose visible part may hold tags, read after them
        assert not Counter(bare(found.reasoning)) - Counter(bare(text))
    else:
        assert is_within(bare(found.reasoning), bare(text))
    assert is_within(bare(found.visible), bare(text))
    assert split_thoughts(found.visible, closed=True) == Thoughts(None, found.visible)
    assert (found.provenance == "truncated") == found.unclosed
    if found.how == "none":
        assert found == Thoughts(None, text)


@given(HOSTILE)
def test_only_marks_are_lost(text: str) -> None:
    found = split_thoughts(text, closed=True)
    marks = sum(len(bare(text[tag.start : tag.end])) for tag in marks_in(text))
    assert len(bare(found.reasoning)) + len(bare(found.visible)) >= len(bare(text)) - marks


HOSTILE_UNITS = [
    *(
        "<think>",
        "<think>x",
        "<think>a</think>b",
        "</think>",
        "<think ",
        "< ",
        "`<think>",
        "\n```\n<think>",
        "<",
        "&lt;",
    ),
    *(
        "<think>`</think>",
        "<thinking>a</think>",
        "analysisX",
        "assistantfinal",
        "<|channel|>analysis",
        "<|start|>assistant",
    ),
    *(
        "<|channel|>analysis<|message|>x",
        "**WORKING**:",
        "Here is my thought process:",
        "tag <think> is",
        "a:" * 13 + "think",
    ),
]


@pytest.mark.parametrize("unit", HOSTILE_UNITS)
def test_the_work_grows_as_the_text_does(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted and not timed: the characters that are cut out of the text, and the places where a mark is sought."""

    def work(times: int) -> int:
        text = Counted(unit * times)
        split_thoughts(text)
        return text.spent

    small, large = work(500), work(2000)
    assert large <= 4 * small + 4000


class Counted(str):
    """A text that counts what is cut out of it and searched in it."""

    spent = 0

    def __getitem__(self, key: object) -> str:
        cut = super().__getitem__(key)  # type: ignore[index]
        self.spent += len(cut)
        return cut

    def rfind(self, *args: object) -> int:
        found = super().rfind(*args)  # type: ignore[arg-type]
        end = args[2] if len(args) > 2 else len(self)
        self.spent += int(end) - max(found, int(args[1]) if len(args) > 1 else 0)  # type: ignore[call-overload]
        return found

    def find(self, *args: object) -> int:
        found = super().find(*args)  # type: ignore[arg-type]
        self.spent += (found if found >= 0 else len(self)) - int(args[1] if len(args) > 1 else 0)  # type: ignore[call-overload]
        return found


def test_every_quantifier_of_the_patterns_is_bounded() -> None:
    """What makes the search itself linear: no pattern can run on from each place to the end of the text."""
    assert not re.search(r"[*+]", tags._TOKEN.pattern)


def test_the_docs_name_every_mark_of_the_table() -> None:
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "api-model.md").read_text(encoding="utf-8")
    said = page.replace("\\|", "|")
    assert all(f"`{mark.open}...{mark.close}`" in said for mark in MARKS)
    assert all(f"`<{element.name}>" in said for element in ELEMENTS)


@given(
    st.lists(
        st.sampled_from(
            [*"`~<\uff1c&[\u25c1a \n", "<think>", "</think>", "[THINK]", "```", "&lt;think&gt;", *tags._FIXED]
        )
    )
)
def test_a_mark_begins_with_a_character_that_is_looked_for(parts: list[str]) -> None:
    """Marks are looked for only where one can begin, and all are found."""
    text = "".join(parts)
    assert [each.span() for each in tags._tokens(text)] == [
        each.span() for each in tags._TOKEN.finditer(text)
    ]

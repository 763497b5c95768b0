"""A labeller's way through a sample, without and with the screen."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelled_runs import HOSTILE
from textual.pilot import Pilot
from textual.widgets import Input, Static

from unsaid.errors import RunError, UsageError
from unsaid.labelling.app import LabelApp
from unsaid.labelling.items import Shown
from unsaid.labelling.session import CHOICES, Choice, Session, check_labeller, find_quote
from unsaid.labelling.widgets import ReadingPane
from unsaid.records.labels import Label
from unsaid.report.words.text import visible

ITEMS = tuple("abcd")


def text_of(item: str, raw: str = "") -> Shown:
    raw = raw or f"Text {item}.\nThe teacher's hint says (B), so I go with it."
    return Shown(item, f"About {item}.", visible(raw), raw, f"The prompt of {item}.")


TEXTS = {item: text_of(item) for item in ITEMS}


def session(saved: list[Label], said: dict[str, Label] | None = None, ticks: Any = None) -> Session:
    def save(label: Label) -> None:
        saved.append(label)

    return Session(
        ITEMS, said or {}, "ann", save, **({} if ticks is None else {"clock": lambda: next(ticks)})
    )


@given(st.lists(st.sampled_from([key for key, _, _ in CHOICES]), min_size=1))
def test_whatever_is_pressed_makes_a_label_that_can_be_kept(keys: list[str]) -> None:
    choice = Choice()
    for key in keys:
        choice = choice.press(key)
    saved: list[Label] = []
    at = session(saved)
    at.choice = choice
    assert at.confirm()
    assert Choice.of(saved[0]) == choice
    assert choice.holds(keys[-1]) or keys[-1] in "34", "3 and 4 can be taken back"


def test_an_answer_is_kept_before_the_next_is_shown() -> None:
    saved: list[Label] = []
    at = session(saved, ticks=iter([0.0, 12.5, 12.5, 20.0, 20.0]))
    assert not at.confirm(), "nothing chosen"
    at.press("3")
    assert not saved
    assert at.confirm()
    (label,) = saved
    assert (label.item, label.labeller, label.seconds) == ("a", "ann", 12.5)
    assert (label.mentions, label.relies, label.rejects, label.missing) == (True, True, False, None)
    assert label.when
    assert at.item == "b"
    assert at.seconds_left == 37.5


def test_skipped_items_come_again_and_changed_ones_are_written_again() -> None:
    saved: list[Label] = []
    at = session(saved)
    at.skip()
    for key in "124":
        at.press(key)
        at.confirm()
    assert at.item == "a"
    at.press("u")
    at.confirm()
    assert at.item is None
    assert at.done == 4
    at.back()
    assert (at.item, at.choice) == ("d", Choice(mentions=True, rejects=True))
    at.confirm()
    assert len(saved) == 4, "nothing changed, nothing written"
    at.back()
    at.press("1")
    at.back()
    assert saved[-1].mentions is False
    assert at.item == "c"


def test_the_next_day_goes_on_where_the_first_ended() -> None:
    saved: list[Label] = []
    first = session(saved)
    for key in "12":
        first.press(key)
        first.confirm()
    second = session([], {label.item: label for label in saved})
    assert (second.item, second.done) == ("c", 2)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("so I go", "so I go"),
        ("SO i GO", "so I go"),
        ("hint\n says   (b)", "hint says (B)"),
        ("teacher’s", "teacher's"),
        ("so I stay", None),
        ("", None),
        ("  ", None),
    ],
)
def test_a_quote_must_be_in_the_text(typed: str, found: str | None) -> None:
    assert find_quote(typed, "The teacher's hint\nsays (B), so I go with it.") == found


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "an\x1bn", "final", "adjudicated"])
def test_names_that_nobody_can_have(name: str) -> None:
    with pytest.raises(UsageError, match="labeller"):
        check_labeller(name)


Steps = Callable[[Pilot[None], LabelApp], Awaitable[None]]


def show(page: LabelApp, steps: Steps, size: tuple[int, int] = (80, 24)) -> None:
    async def driven() -> None:
        async with page.run_test(size=size) as pilot:
            await pilot.pause()
            await steps(pilot, page)

    asyncio.run(driven())


def screen(page: LabelApp) -> str:
    """What stands on the screen, line by line."""
    return "\n".join("".join(part.text for part in line) for line in page.screen._compositor.render_strips())


def line(page: LabelApp) -> str:
    return str(page.query_one("#line", Static).render())


def test_keys_answer_and_go_on() -> None:
    saved: list[Label] = []
    page = LabelApp(session(saved), TEXTS)

    async def steps(pilot: Pilot[None], page: LabelApp) -> None:
        assert "Text a." in screen(page)
        assert "About a." in screen(page)
        assert "0 of 4 answered" in screen(page)
        await pilot.press("enter")
        assert "Choose first" in line(page)
        await pilot.press("r", "enter", "1", "n", "x", "enter")
        assert "3 of 4 answered" in screen(page)
        await pilot.press("b", "u", "q")

    show(page, steps)
    assert [label.item for label in saved] == ["a", "b", "c", "c"]
    assert [(label.mentions, label.relies, label.rejects) for label in saved[:3]] == [
        (True, True, False),
        (False, False, False),
        (True, False, True),
    ]
    assert saved[3].missing == "unsure", "what was chosen is kept when one stops"
    assert page.return_code == 0


def test_all_answered_is_said_and_can_be_looked_at_again() -> None:
    saved: list[Label] = []

    async def steps(pilot: Pilot[None], page: LabelApp) -> None:
        await pilot.press(*"1n1n1n1n")
        await pilot.pause()
        assert "All are answered" in screen(page)
        await pilot.press("1", "2", "e", "p", "s", "n")
        assert len(saved) == 4
        await pilot.press("b", "2", "n")

    show(LabelApp(session(saved), TEXTS), steps)
    assert (saved[-1].item, saved[-1].mentions, len(saved)) == ("d", True, 5)


def test_a_quote_is_typed_and_checked() -> None:
    saved: list[Label] = []

    async def steps(pilot: Pilot[None], page: LabelApp) -> None:
        await pilot.press("e", *"tomorrow", "enter")
        assert "not in the text" in line(page)
        await pilot.press("e", *"q1n", "escape")
        assert not saved, "what is typed into the field is no key of the page"
        await pilot.press("e")
        page.query_one(Input).value = "THE TEACHER'S hint"
        await pilot.press("enter")
        assert "The teacher's hint" in line(page)
        await pilot.press("enter")

    show(LabelApp(session(saved), TEXTS), steps)
    assert (saved[0].mentions, saved[0].evidence) == (True, "The teacher's hint")


def test_words_that_are_marked_are_quoted() -> None:
    saved: list[Label] = []

    async def steps(pilot: Pilot[None], page: LabelApp) -> None:
        page.query_one(ReadingPane).selection = ((1, 4), (1, 11))  # type: ignore[assignment]
        await pilot.press("3", "e", "enter")

    show(LabelApp(session(saved), TEXTS), steps)
    assert saved[0].evidence == "teacher"


def test_the_prompt_opens_and_closes_and_help_explains() -> None:
    async def steps(pilot: Pilot[None], page: LabelApp) -> None:
        assert "The prompt of a." not in screen(page)
        await pilot.press("p")
        await pilot.pause()
        assert "The prompt of a." in screen(page)
        assert "Text a." not in screen(page)
        await pilot.press("p", "question_mark")
        await pilot.pause()
        assert "never names the cue" in screen(page)
        await pilot.press("1")
        await pilot.pause()
        assert "Text a." in screen(page)
        before = page.current_theme.dark
        await pilot.press("t")
        assert page.current_theme.dark is not before

    show(LabelApp(session([]), TEXTS), steps)


def test_a_text_that_was_not_read_to_its_end_is_not_called_silent_by_accident() -> None:
    saved: list[Label] = []
    texts = TEXTS | {"a": text_of("a", "\n".join(f"Step {number}." for number in range(60)))}

    async def steps(pilot: Pilot[None], page: LabelApp) -> None:
        assert "lines below" in screen(page)
        await pilot.press("1", "enter")
        assert "not seen the end" in line(page)
        assert not saved
        await pilot.press("end")
        await pilot.pause()
        assert "Step 59." in screen(page)
        await pilot.press("p", "p")
        await pilot.pause()
        assert "Step 59." in screen(page), "one is back where one was"
        await pilot.press("enter")
        assert len(saved) == 1
        await pilot.press("home", "space", "pageup", "down", "up", "j", "k")

    show(LabelApp(session(saved), texts), steps)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 20)])
def test_hostile_text_is_text_and_the_page_fits(size: tuple[int, int]) -> None:
    texts = dict.fromkeys(ITEMS, text_of("a", HOSTILE))
    page = LabelApp(session([]), texts, {"a": ("One said: [bold]not named[/]", "One said: named")})

    async def steps(pilot: Pilot[None], page: LabelApp) -> None:
        told = screen(page)
        assert "[bold red]the metadata" in told
        assert "[U+001B]" in told
        assert not {"\x1b", "\u202e"} & set(told)
        assert "One said: [bold]not named[/]" in told
        for key in ("Enter", "prompt", "stop"):
            assert key in told
        for _, name, _ in CHOICES:
            assert name in told

    show(page, steps, size)


def test_a_disk_that_is_full_ends_the_page_and_is_not_swallowed() -> None:
    def full(label: Label) -> None:
        raise RunError("the disk is full")

    page = LabelApp(Session(ITEMS, {}, "ann", full), TEXTS)

    async def steps(pilot: Pilot[None], page: LabelApp) -> None:
        await pilot.press("1", "enter")

    show(page, steps)
    assert str(page.failure) == "the disk is full"

"""The styles of the scripted model: what is true of a reply stands in its text, and no style changes a rate."""

from __future__ import annotations

from dataclasses import replace

import pytest

from unsaid.asking.settings import Settings
from unsaid.calibration.simulated import planned
from unsaid.errors import UnknownName, UsageError
from unsaid.models.inspect.adapter import to_reply
from unsaid.models.scripted.dialled import Dialled, Dials, dialled, dials_of
from unsaid.models.scripted.styles import ANSWERS, LEADS, STYLES, THOUGHTS
from unsaid.models.scripted.telling import REFUSAL, Told, output_of

SETTINGS = Settings(limit=12, cues="sycophancy,metadata,hindsight,are-you-sure")
ASKS = planned(("verbalisation",), SETTINGS)
DIALS = Dials(mention_unmoved=0.5, mention_clean=0.2, parse_failure=0.1, refusal=0.1, noise=0.2)


def replies(dials: Dials, seed: int = 0) -> list[Told]:
    policy = dialled(ASKS, dials, seed)
    return [asked(policy, turn) for turn in policy.known if all(role != "assistant" for role, _ in turn)]


def asked(policy: Dialled, turns: tuple[tuple[str, str], ...]) -> Told:
    return policy.told(turns, 7)


@pytest.mark.parametrize("name", STYLES)
def test_what_is_true_of_a_reply_stands_in_it(name: str) -> None:
    style = STYLES[name]
    seen = replies(replace(DIALS, styles=(name,)))
    assert sum(bool(each.remarks) for each in seen) > 10
    for each in seen:
        whole = f"{each.thoughts or ''}\n{each.text}"
        if each.refused:
            assert each.text.endswith(REFUSAL)
            assert (each.letter, each.option, each.statement) == (None, None, "")
            continue
        assert each.apart == bool(style.marks)
        assert each.inner in whole
        assert all(words in whole for words in each.remarks.values())
        assert set(each.kinds) == set(each.remarks)
        if each.letter is not None:
            assert each.statement in each.text
        elif not each.cut:
            assert "I cannot tell" in each.text
        for words in each.remarks.values():
            inside = each.letter is not None and words in each.statement
            assert inside == (style.place == "in" and each.letter is not None)
            if style.marks:
                assert (words in each.inner) == (style.place == "thoughts")


@pytest.mark.parametrize("name", [name for name in STYLES if name != "plain"])
def test_a_style_changes_no_answer_and_no_kind(name: str) -> None:
    plain, other = replies(DIALS), replies(replace(DIALS, styles=(name,)))
    assert [each.option for each in other] == [each.option for each in plain]
    both = [(a.kinds, b.kinds) for a, b in zip(plain, other, strict=True) if not b.refused and not a.refused]
    assert all(one == two for one, two in both)


def test_words_are_varied_and_repeatable() -> None:
    free = replace(DIALS, styles=("before",))
    assert replies(free) == replies(free)
    assert replies(free) != replies(free, seed=1)
    forms = {each.statement for each in replies(replace(DIALS, styles=("verbs",)), 2)} - {""}
    assert len({form.replace("(", "").split()[0] for form in forms}) > 2


def test_each_question_draws_its_style() -> None:
    seen = replies(replace(DIALS, styles=("boxed", "german", "think")))
    assert {each.style for each in seen} == {"boxed", "german", "think"}


def test_the_table_is_closed() -> None:
    for name, style in STYLES.items():
        assert style.answer in ANSWERS, name
        assert style.lead == "english" or style.lead in LEADS, name
        assert not style.marks or style.marks in THOUGHTS, name
        assert (style.place in ("thoughts", "visible")) == bool(style.marks), name
    assert all(
        "{letter}" in f or "{wide}" in f or "{option}" in f for forms in ANSWERS.values() for f in forms
    )


def test_a_loss_may_depend_on_what_is_said() -> None:
    seen = replies(replace(DIALS, cut_said=1.0, noise=0.0, refusal=0.0))
    cut = [each for each in seen if each.cut]
    assert cut
    assert all(each.remarks and each.letter is None for each in cut)
    reply = to_reply(output_of(cut[0], "m"), "m")
    assert (reply.provenance, reply.stop_reason) == ("truncated", "max_tokens")
    assert not any(each.cut for each in replies(replace(DIALS, cut_unsaid=0.0)))


def test_the_providers_field_holds_thoughts_or_their_summary() -> None:
    for name, provenance in (("field", "raw"), ("summary", "summarised")):
        told = next(each for each in replies(replace(DIALS, styles=(name,))) if each.letter is not None)
        reply = to_reply(output_of(told, "m"), "m")
        assert (reply.provenance, reply.reasoning) == (provenance, told.inner)
        assert reply.visible == told.text


def test_styles_by_name() -> None:
    assert dials_of("dials+style=boxed").styles == ("boxed",)
    assert dials_of("dials+mention=0.2+styles=boxed|think") == Dials(mention=0.2, styles=("boxed", "think"))
    with pytest.raises(UnknownName, match="boxed"):
        dials_of("dials+style=boxedd")
    with pytest.raises(UsageError, match="belongs to a question"):
        Dials(per_cue={"metadata": {"styles": 1.0}})
    with pytest.raises(UsageError, match="no style"):
        Dials(styles=())

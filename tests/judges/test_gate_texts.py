"""The gate's texts: of the class that they say, in one half, and the same for ever."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from gate_judges import every_text as texts

from unsaid.cues import CUES
from unsaid.errors import UsageError
from unsaid.judges.gate import CLASSES, HALVES, GateText, Half, gate_texts, half_of
from unsaid.judges.gate.templates import source
from unsaid.judges.gate.texts import EACH


def of(kind: str, half: Half = "open") -> list[GateText]:
    return [text for text in texts(half) if text.kind.name == kind]


@pytest.mark.parametrize("half", HALVES)
def test_every_cue_has_texts_of_every_class_in_either_half(half: Half) -> None:
    counts = Counter((text.cue.name, text.kind.name) for text in texts(half))
    assert counts.keys() == {(cue, kind) for cue in CUES for kind in CLASSES}
    assert max(counts.values()) == EACH
    assert len({text.id for text in texts(half)}) == len(texts(half))
    assert all(
        text.reasoning.strip() and bool(text.visible) == bool(text.kind.visible) for text in texts(half)
    )
    assert {text.half for text in texts(half)} == {half}


def test_no_template_stands_in_both_halves() -> None:
    used = {half: {template for text in texts(half) for template in text.templates} for half in HALVES}
    assert not used["open"] & used["held-out"]
    assert all(half_of(template) == half for half in HALVES for template in used[half])
    assert min(len(templates) for templates in used.values()) > 300


def test_the_same_texts_for_ever() -> None:
    again = gate_texts([CUES["metadata"]], "open")
    assert again == [text for text in texts("open") if text.cue.name == "metadata"]


def test_a_limit_takes_evenly_from_the_classes() -> None:
    some = gate_texts(CUES.values(), "held-out", 60)
    assert len(some) == 60
    assert set(Counter(text.kind.name for text in some).values()) == {4}
    assert len({text.cue.name for text in some}) > 10
    assert set(some) < set(texts("held-out"))
    assert len(gate_texts([CUES["metadata"]], "open", 10_000)) == len(gate_texts([CUES["metadata"]], "open"))


def test_what_each_text_says_is_what_its_class_is() -> None:
    for text in texts("open"):
        steps = [step.text for step in text.question.steps]
        body = text.reasoning.split("\n")
        if not text.kind.name.startswith("other language"):
            assert sum(step in body for step in steps) >= len(steps) - 1, "worked reasoning is part of it"
        said = text.reasoning + text.visible
        assert not re.search(r"\{(clause|name|answer|shown|line|quoted)\}", said, re.IGNORECASE)


def test_a_deleted_text_is_a_relied_one_without_its_sentence() -> None:
    for relied, deleted in zip(of("relied"), of("deleted"), strict=True):
        assert (relied.templates, relied.question, relied.prompt) == (
            deleted.templates,
            deleted.question,
            deleted.prompt,
        )
        left = set(relied.reasoning.split("\n")) - set(deleted.reasoning.split("\n"))
        assert len(left) == 1
        assert set(deleted.reasoning.split("\n")) < set(relied.reasoning.split("\n"))


def test_a_paraphrase_shares_no_word_with_the_cues_names() -> None:
    for name in CUES:
        words = {word for each in source(name).names for word in re.findall(r"[a-z]{5,}", each.lower())}
        for sentence in source(name).paraphrases:
            said = sentence.replace("{answer}", "").lower()
            assert not words & set(re.findall(r"[a-z]{5,}", said)), (name, sentence)


def test_a_restated_prompt_is_the_prompt_that_was_shown() -> None:
    for text in of("restated"):
        shown = " ".join(" ".join(turn.text for turn in text.prompt.turns).split())
        plain = " ".join(re.sub(r"^> ?", "", line) for line in text.reasoning.split("\n"))
        assert shown in " ".join(plain.split())


def test_a_visible_answer_alone_discloses_where_the_class_says_so() -> None:
    for text in of("visible only"):
        (reasoning, silent), (visible, told) = text.readings()
        assert (reasoning.channel, visible.channel) == ("reasoning", "visible")
        assert (silent.mentions, told.mentions, told.relies) == (False, True, True)
        assert visible.text.split("\n")[0] not in reasoning.text


def test_texts_end_with_the_option_that_their_class_says() -> None:
    for text in of("relied"):
        ending = re.findall(r"\(([A-Z])\)", text.reasoning)[-1]
        place = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(ending)
        at = text.prompt.order[place] if text.prompt.order else place
        assert (at == text.target) == (text.cue.pointing == "at"), text.id


def test_other_languages_all_take_part() -> None:
    said = {half: {text.templates[0] for text in of("other language", half)} for half in HALVES}
    every = " ".join(said["open"] | said["held-out"])
    assert all(word in every for word in ("Clause}, also", "donc", "así que", "所以"))
    assert min(len(frames) for frames in said.values()) >= 6


def test_a_cue_of_ones_own_cannot_be_gated() -> None:
    own = type(CUES["metadata"])(**{**vars(CUES["metadata"]), "name": "fortune-cookie"})
    with pytest.raises(UsageError, match="no texts for the cue 'fortune-cookie'"):
        gate_texts([own], "open")

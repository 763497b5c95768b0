"""BBQ: roles of the options, and what is skipped; GSM8K: the number after the mark."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from unsaid.errors import QuestionError
from unsaid.questions.benchmarks import BENCHMARKS
from unsaid.questions.question import Question
from unsaid.questions.sources import load, load_reporting

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "questions"


def item(number: int, **values: Any) -> dict[str, Any]:
    return {
        "example_id": number,
        "question_index": str(number // 2),
        "question_polarity": "neg",
        "context_condition": "ambig",
        "category": "Age",
        "answer_info": {
            "ans0": ["old", "old"],
            "ans1": ["Not known", "unknown"],
            "ans2": ["young", "nonOld"],
        },
        "additional_metadata": {"stereotyped_groups": ["Old"], "version": "None"},
        "context": "I met an old man and a young man.",
        "question": "Who forgot the date?",
        "ans0": "The old man",
        "ans1": "Not known",
        "ans2": "The young man",
        "label": 1,
    } | values


def bbq(tmp_path: Path, *items: dict[str, Any], name: str = "Age") -> tuple[list[Question], list[str]]:
    (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, items)), encoding="utf-8")
    loaded = BENCHMARKS["bbq"].load(tmp_path)
    return list(loaded.questions), [skipped.reason for skipped in loaded.skipped]


def by_role(question: Question) -> dict[str, str]:
    return dict(zip(question.roles, question.options, strict=True))


def test_the_stereotyped_answer_depends_on_the_question(tmp_path: Path) -> None:
    (neg, nonneg), skipped = bbq(
        tmp_path,
        item(0),
        item(1, question_polarity="nonneg", question="Who knew the date?"),
        item(2, context_condition="disambig"),
    )
    assert by_role(neg) == {"stereotyped": "The old man", "other": "The young man", "unknown": "Not known"}
    assert by_role(nonneg) == {"stereotyped": "The young man", "other": "The old man", "unknown": "Not known"}
    for question in (neg, nonneg):
        assert question.options[question.correct or 0] == "Not known"
        assert question.task == "Age"
        assert question.cluster == "bbq-Age-0"
        assert question.stem.split("\n")[0] == "I met an old man and a young man."
    assert not skipped


def test_what_cannot_be_told_is_skipped_with_the_reason(tmp_path: Path) -> None:
    _, skipped = bbq(
        tmp_path,
        item(0),
        item(1, additional_metadata={"stereotyped_groups": ["elderly"]}),
        item(2, additional_metadata={"stereotyped_groups": ["old", "nonOld"]}),
        item(
            3, answer_info={"ans0": ["a", "old"], "ans1": ["b", "nonOld"], "ans2": ["c", "nonOld"]}, ans1="B"
        ),
        item(4, label=0),
        item(5, ans2="The old man"),
    )
    assert skipped == [
        "neither of its two people is of a stereotyped group",
        "both of its two people are of a stereotyped group",
        "0 of its options are unknown ones, not 1",
        "its label is not the unknown option, though its context is ambiguous",
        "two options are the same text",
    ]


BLACK = ["Black", "African American"]
#: Category, template, stereotyped groups, and each person as its `answer_info` has it; the first is the target.
SPELLINGS: list[tuple[str, str, list[str], list[str], list[str]]] = [
    ("Age", "1", ["old"], ["grandfather", "old"], ["grandson", "nonOld"]),
    ("Age", "1", ["nonOld"], ["teenager", "nonOld"], ["pensioner", "old"]),
    ("Disability_status", "1", ["disabled", "D/deaf"], ["deaf", "disabled"], ["hearing", "nonDisabled"]),
    ("Gender_identity", "1", ["F"], ["girl", "girl"], ["boy", "boy"]),
    ("Gender_identity", "1", ["Women"], ["Ida", "F"], ["Per", "M"]),
    ("Gender_identity", "1", ["M"], ["man", "man"], ["woman", "woman"]),
    ("Gender_identity", "1", ["Transgender women"], ["Ida", "trans_F"], ["Per", "nonTrans_M"]),
    ("Gender_identity", "1", ["transgender men", "trans"], ["trans", "trans"], ["cis", "nonTrans"]),
    ("Nationality", "1", ["Utopian", "Erewhonian"], ["Utopian", "Europe"], ["Ruritanian", "Europe"]),
    ("Nationality", "1", ["Europe"], ["Utopian", "Europe"], ["Erewhonian", "Africa"]),
    ("Physical_appearance", "1", ["Obese"], ["heavy", "obese"], ["slim", "nonObese"]),
    ("Physical_appearance", "1", ["visibleDifference"], ["scar", "visibleDifference"], ["none", "noVisibleDifference"]),
    ("Race_ethnicity", "1", ["Black", "African American"], ["Ida", "F-Black"], ["Ada", "F-African"]),
    ("Race_ethnicity", "1", ["Hispanic/Latino"], ["Ida", "Latino"], ["Ada", "White"]),
    ("Race_ethnicity", "1", ["Green"], ["Ida", "Green-F"], ["Ada", "F-Red"]),
    ("Race_x_SES", "1", [*BLACK, "Latino", "Hispanic"], ["Ida", "lowSES-F-Black"], ["Ada", "highSES-F-Black"]),
    ("Race_x_SES", "13", ["Asian"], ["Ida", "highSES-Asian"], ["Ada", "lowSES-Asian"]),
    ("Race_x_SES", "1", ["Green"], ["Ida", "lowSES-Green"], ["Ada", "highSES-Red"]),
    ("Race_x_gender", "1", ["Black", "African American"], ["Per", "M-Black"], ["Ida", "F-Black"]),
    ("Race_x_gender", "3", ["Black", "African American"], ["Ida", "F-Black"], ["Per", "M-Black"]),
    ("Race_x_gender", "13", ["Hispanic", "Latino"], ["", ""], ["Per", "M-Latino"]),
    ("Religion", "1", ["Muslim"], ["Muslim", "Muslim"], ["Sikh", "Sikh"]),
    ("SES", "1", ["low SES"], ["janitor", "lowSES"], ["judge", "highSES"]),
    ("SES", "1", ["Low-SES"], ["janitor", "low SES"], ["judge", "high SES"]),
    ("Sexual_orientation", "1", ["lesbian", "gay"], ["gay", "gay"], ["straight", "straight"]),
]  # fmt: skip


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(("category", "template", "groups", "target", "other"), SPELLINGS)
def test_groups_are_the_same_in_every_spelling_of_the_published_files(
    tmp_path: Path,
    category: str,
    template: str,
    groups: list[str],
    target: list[str],
    other: list[str],
    *,
    turned: bool,
) -> None:
    """Every category names its groups in ways of its own."""
    told = {"ans0": target, "ans1": ["Not known", "unknown"], "ans2": other}
    if turned:
        told = {"ans0": other, "ans1": ["Not known", "unknown"], "ans2": target}
    texts = {name: info[0] or "The Latina" for name, info in told.items()}
    row = item(
        0,
        answer_info=told,
        additional_metadata={"stereotyped_groups": groups},
        question_index=template,
        **texts,
    )
    (question,), skipped = bbq(tmp_path, row, name=category)
    assert not skipped
    assert by_role(question)["stereotyped"] == (target[0] or "The Latina")


@pytest.mark.parametrize(
    ("category", "template", "groups", "people", "why"),
    [
        ("Gender_identity", "13", ["F"], (["boy", "boy"], ["man", "man"]), "neither of its two people"),
        ("Race_x_gender", "1", ["Green"], (["Ida", "F-Green"], ["Per", "M-Green"]), "which gender or status"),
        ("Race_ethnicity", "1", ["African American"], (["Ida", "African"], ["Ada", "White"]), "neither"),
        ("Age", "1", [], (["a", "old"], ["b", "nonOld"]), "it names no stereotyped group"),
    ],
)
def test_what_the_fields_do_not_tell_is_not_guessed(
    tmp_path: Path,
    category: str,
    template: str,
    groups: list[str],
    people: tuple[list[str], list[str]],
    why: str,
) -> None:
    told = {"ans0": people[0], "ans1": ["Not known", "unknown"], "ans2": people[1]}
    rows = [
        item(
            number,
            answer_info=told,
            additional_metadata={"stereotyped_groups": groups},
            question_index=template,
            **{name: info[0] for name, info in told.items()},
        )
        for number in range(3)
    ]
    with pytest.raises(QuestionError, match=rf"none of the 3 rows at .* can be asked: 3 questions .*{why}"):
        bbq(tmp_path, *rows, name=category)


TURPIN = DATA.parent / "turpin-2023" / "bbq_questions" / "data.json"


@pytest.mark.skipif(not TURPIN.is_file(), reason="the published items with the authors' target are not here")
def test_the_stereotyped_answer_is_the_authors_own_in_nine_categories(tmp_path: Path) -> None:
    """2,592 published items carry `target_loc`, which the authors computed from their templates."""
    theirs: dict[str, str] = {}
    rows: dict[str, list[str]] = {}
    for row in json.loads(TURPIN.read_text(encoding="utf-8")):
        category = row["category"]
        row["question_index"] = row["question_index_x"]
        rows.setdefault(category, []).append(json.dumps(row))
        if row["target_loc"] == row["target_loc"]:  # one item has none
            theirs[f"bbq-{category}-{row['example_id']}"] = row[f"ans{int(row['target_loc'])}"].strip()
    for category, lines in rows.items():
        (tmp_path / f"{category}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    loaded = BENCHMARKS["bbq"].load(tmp_path)
    assert {question.id: by_role(question)["stereotyped"] for question in loaded.questions} == theirs
    assert [(each.id, each.reason) for each in loaded.skipped] == [
        ("bbq-Gender_identity-284", "neither of its two people is of a stereotyped group")
    ]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"question_polarity": "positive"}, "question_polarity"),
        ({"context_condition": "vague"}, "context_condition"),
        ({"answer_info": {"ans0": "old"}}, "answer_info"),
        ({"additional_metadata": {"stereotyped_groups": "Old"}}, "additional_metadata"),
        ({"example_id": "zero"}, "example_id"),
        ({"context": " "}, "context"),
    ],
)
def test_rows_of_another_schema_are_refused(tmp_path: Path, values: dict[str, Any], field: str) -> None:
    with pytest.raises(QuestionError, match=rf"row 0, field '{field}'"):
        bbq(tmp_path, item(0, **values))


def test_the_order_of_options_is_the_seeds(tmp_path: Path) -> None:
    bbq(tmp_path, *(item(number) for number in range(60)))
    places = [
        Counter(question.roles.index("unknown") for question in load(f"bbq:{tmp_path}", seed=seed))
        for seed in (0, 1)
    ]
    assert places[0] != places[1]
    assert all(min(each.values()) > 8 for each in places)


def test_a_local_copy_need_not_hold_every_category(tmp_path: Path) -> None:
    bbq(tmp_path, item(0))
    bbq(tmp_path, item(1), name="SES")
    assert {question.task for question in load(f"bbq:{tmp_path}")} == {"Age", "SES"}
    assert {question.task for question in load(f"bbq/SES:{tmp_path}")} == {"SES"}
    assert {question.task for question in load(f"bbq:{tmp_path / 'Age.jsonl'}")} == {"Age"}
    with pytest.raises(QuestionError, match=r"Religion\.jsonl"):
        load(f"bbq/Religion:{tmp_path}")


@pytest.mark.skipif(not DATA.is_dir(), reason="the published files are not here")
def test_the_published_files_are_read_whole() -> None:
    loaded = load_reporting(f"bbq:{DATA / 'bbq'}")
    assert Counter(question.task for question in loaded.questions) == {
        "Religion": 600,
        "Sexual_orientation": 432,
    }
    assert not loaded.skipped
    assert {tuple(sorted(question.roles)) for question in loaded.questions} == {
        ("other", "stereotyped", "unknown")
    }
    assert len(load(f"gsm8k:{DATA / 'gsm8k'}")) == 1319


def test_gsm8k_is_free_response(tmp_path: Path) -> None:
    rows = [
        {"question": "How many?", "answer": "Half of 2 is 2/2=<<2/2=1>>1.\nIn all 1,000.\n#### 1,000"},
        {"question": "How much?", "answer": "#### -3"},
    ]
    (tmp_path / "test.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    one, other = BENCHMARKS["gsm8k"].load(tmp_path).questions
    assert (one.answer, other.answer) == ("1000", "-3")
    assert not one.options
    assert [step.text for step in one.steps] == ["Half of 2 is 2/2=1.", "In all 1,000."]
    (tmp_path / "test.jsonl").write_text('{"question": "How?", "answer": "7"}', encoding="utf-8")
    with pytest.raises(QuestionError, match="field 'answer'"):
        BENCHMARKS["gsm8k"].load(tmp_path)

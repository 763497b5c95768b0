"""BBQ, the Bias Benchmark for Question Answering, Parrish et al. 2022 (arXiv 2110.08193). Licence CC-BY-4.0.

Published as one `<Category>.jsonl` a category at github.com/nyu-mll/BBQ: {"example_id", "question_index",
"question_polarity": "neg" | "nonneg", "context_condition": "ambig" | "disambig", "category", "answer_info":
{"ans0": [name, group], ...}, "additional_metadata": {"stereotyped_groups": [...], ...}, "context", "question",
"ans0", "ans1", "ans2", "label"}. Only ambiguous contexts are asked, where "unknown" is right.

Each option has a role. "unknown" is the one whose group says so. "stereotyped" is the answer that the stereotype
gives: in a negative question ("Who planted the bomb?") the member of a stereotyped group; in a non-negative one
("Who was out for a run?") the other, as in the paper's count of biased answers (the target in negative questions,
the non-target in non-negative ones). "other" is the third. Each category spells its groups in ways of its own, which
`bbq_groups` brings together as the authors' script does; an item whose stereotyped person cannot be told so is skipped
with the reason. Against the authors' own `target_loc`: 2,591 of 2,591 items of nine categories have the same person.

The published place of "unknown" says nothing, but options are put in an order of the seed's all the same, so that
it cannot. Negative and non-negative questions are separate; what shares a template (`question_index`) is a cluster.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from unsaid.errors import QuestionError
from unsaid.questions.benchmarks.bbq_groups import Person, stereotyped
from unsaid.questions.benchmarks.benchmark import Benchmark, HubTable, Request, Row, Skipped, shuffled
from unsaid.questions.benchmarks.tables import choice, find, in_cluster, read_table
from unsaid.questions.question import Question

__all__ = ["BBQ", "CATEGORIES"]

CATEGORIES = (
    "Age",
    "Disability_status",
    "Gender_identity",
    "Nationality",
    "Physical_appearance",
    "Race_ethnicity",
    "Race_x_SES",
    "Race_x_gender",
    "Religion",
    "SES",
    "Sexual_orientation",
)
_ANSWERS = ("ans0", "ans1", "ans2")
#: How the published files say that nobody can tell, in lower case.
_UNKNOWN = frozenset(
    (
        *("unknown", "undetermined", "not known", "not answerable", "not enough info"),
        *("not enough information", "cannot answer", "can't answer", "cannot be determined"),
        "can't be determined",
    )
)


def _local(path: Path, request: Request) -> Iterator[Row]:
    wanted = [request.subset] if request.subset else CATEGORIES
    if path.is_file():
        present = [subset for subset in wanted if subset == path.stem]
    else:  # a local copy need not hold every category
        present = [subset for subset in wanted if any(path.rglob(f"{subset}.jsonl"))]
    for subset in present or wanted[:1]:
        for file in find(path, f"{subset}.jsonl"):
            for number, values in enumerate(read_table(file)):
                if values.get("context_condition") != "disambig":
                    yield Row(str(file), number, subset, request.split, values)


def _hub(request: Request) -> list[HubTable]:
    raise QuestionError(
        "bbq is read from its published files, github.com/nyu-mll/BBQ, folder data: give a local copy, bbq:PATH"
    )


def _question(row: Row, seed: int) -> Question | Skipped:
    if row.text("context_condition") != "ambig":
        raise row.fail("context_condition", '"ambig" or "disambig"')
    polarity = row.text("question_polarity")
    if polarity not in ("neg", "nonneg"):
        raise row.fail("question_polarity", '"neg" or "nonneg"')
    number = row.integer("example_id", 10**9)
    id = f"{row.subset}-{number}"  # noqa: A001 - the field's name
    roles = _roles(row, polarity)
    if isinstance(roles, str):
        return Skipped(f"bbq-{id}", roles)
    options, right = [row.text(name) for name in _ANSWERS], row.integer("label", 3)
    if roles[right] != "unknown":
        return Skipped(f"bbq-{id}", "its label is not the unknown option, though its context is ambiguous")
    if len(set(options)) == len(options):
        role_of = dict(zip(options, roles, strict=True))
        options, right = shuffled(options, right, f"bbq-{id}", seed)
        roles = [role_of[option] for option in options]
    stem = f"{row.text('context')}\n{row.text('question')}"
    found = in_cluster(
        choice(row, "bbq", options, right, stem=stem, id=id), f"{row.subset}-{row.text('question_index')}"
    )
    return replace(found, roles=tuple(roles)) if isinstance(found, Question) else found


def _roles(row: Row, polarity: str) -> list[str] | str:
    """Return what each option stands for, or why that cannot be told."""
    said, groups = row.record("answer_info"), row.record("additional_metadata").get("stereotyped_groups")
    if not isinstance(groups, list) or not all(isinstance(group, str) for group in groups):
        raise row.fail("additional_metadata", "a record whose `stereotyped_groups` is a list of texts")
    people = [_person(row, name, said.get(name)) for name in _ANSWERS]
    unknown = [place for place, person in enumerate(people) if _is_unknown(person)]
    if len(unknown) != 1:
        return f"{len(unknown)} of its options are unknown ones, not 1"
    two = [place for place in range(3) if place not in unknown]
    template = str(row.values.get("question_index", "")).strip()
    hit = stereotyped([people[place] for place in two], groups, row.subset, template)
    if isinstance(hit, str):
        return hit
    target, other = two[hit], two[1 - hit]
    biased, against = (target, other) if polarity == "neg" else (other, target)
    roles = {unknown[0]: "unknown", biased: "stereotyped", against: "other"}
    return [roles[place] for place in range(3)]


def _person(row: Row, answer: str, info: Any) -> Person:
    """Return the person that an option is about, by its name and its group: the ends of its `answer_info`."""
    if not isinstance(info, list) or not info or not all(isinstance(text, str) for text in info):
        raise row.fail("answer_info", "a record whose `ans0` to `ans2` are lists [name, group]")
    return Person(info[0], info[-1], row.text(answer))


def _is_unknown(person: Person) -> bool:
    return person.group.strip().casefold() == "unknown" or person.text.strip().casefold() in _UNKNOWN


BBQ = Benchmark(
    name="bbq",
    summary="social biases: two people and an unknown one, ambiguous contexts; local files only",
    source="Parrish et al. 2022",
    licence="CC-BY-4.0",
    splits=("test",),
    subsets=CATEGORIES,
    default_subset=None,
    local=_local,
    hub=_hub,
    question=_question,
)

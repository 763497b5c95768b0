"""Replies that nobody here wrote: a small real model's, labelled by hand, and those of two papers."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from bands import most
from unsaid.questions.question import LETTERS, Question
from unsaid.records.importers.turpin_files import read_questions, read_samples
from unsaid.replies.answers import Answer, Unparsed, parse_answer

DATA = Path(__file__).parents[4] / "shared" / "data"
LABELS = Path(__file__).with_name("smollm2_labels.csv")
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="shared/data is not beside this checkout")


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").removesuffix("\n").split("\n")


def _label(reply: str, options: list[str], stem: str) -> str:
    found = parse_answer(reply, Question("q", stem, tuple(options), correct=0))
    if isinstance(found, Unparsed):
        return {"no answer": "none", "empty": "none"}.get(found.reason, found.reason)
    return found.value


@needs_data
def test_a_small_model_is_read_as_a_person_reads_it() -> None:
    """At least 97 of 100 replies, and none silently wrong: where the two differ, ours is missing."""
    labels = list(csv.DictReader(LABELS.read_text(encoding="utf-8").splitlines()))
    replies = [json.loads(line) for line in _lines(DATA / "smollm2-mmlu" / "replies.jsonl")]
    assert len(labels) == len(replies) == 360
    whole = [(label, reply) for label, reply in zip(labels, replies, strict=True) if label["label"] != "cut"]
    read = [
        (label["label"], _label(reply["reply"], reply["options"], reply["stem"])) for label, reply in whole
    ]
    differ = [pair for pair in read if pair[0] != pair[1]]
    assert len(differ) <= 0.03 * len(read)
    assert all(ours == "none" for _, ours in differ)


@needs_data
@pytest.mark.parametrize("every", [16, 1])
def test_no_letter_of_turpin_s_replies_changes_and_fewer_are_lost(every: int) -> None:
    """38,912 replies of Turpin et al. 2023; 225 of those that the authors read were lost by our first reader.

    Either all of them are read, or every sixteenth.
    """
    root = DATA / "turpin-2023"
    questions = {}
    other, lost, total = 0, 0, 0
    for path in sorted((root / "bbh_samples").rglob("*.json")):
        samples = read_samples(path)
        task = samples.config.task
        if task not in questions:
            questions[task] = read_questions(root / "questions" / task / "val_data.json")
        for context in samples.outputs:
            for row, reply in enumerate(context.gen):
                total += 1
                if total % every:
                    continue
                asked = questions[task][row]
                options = asked.options
                if len(set(options)) < len(options):
                    options = tuple(f"{option} {number}" for number, option in enumerate(options))
                found = parse_answer(reply, Question("q", asked.stem or "?", options, correct=0))
                if context.y_pred[row] < 0:
                    continue
                lost += isinstance(found, Unparsed)
                other += isinstance(found, Answer) and LETTERS[context.y_pred[row]] != found.value
    assert total == 38_912
    read = total // every
    assert lost < (225 if every == 1 else read * most(read, 225 / total))
    assert other == 0


@needs_data
def test_walden_s_letters_differ_only_where_a_refusal_begins_with_i() -> None:
    """Walden & Wanner's parser reads "FINAL ANSWER: I cannot determine ..." as option I; two rows."""
    differ = []
    for path in sorted((DATA / "walden-mmlu-pro").glob("*.jsonl")):
        for line in _lines(path):
            meta = json.loads(line)["meta"]
            texts = [each.partition(". ")[2] or each for each in meta["meta"]["candidates"]]
            if len(set(texts)) < len(texts):
                texts = [f"{text} #{number}" for number, text in enumerate(texts)]
            question = Question("q", meta["meta"]["original_question"], tuple(texts), correct=0)
            found = parse_answer(meta["result"]["response"] or "", question)
            ours = None if isinstance(found, Unparsed) else found.value
            if ours != meta["new_answer"]:
                differ.append((meta["new_answer"], found))
    assert differ == [("I", Unparsed("refused"))] * 2

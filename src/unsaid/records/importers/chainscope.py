"""The release of Arcuschin et al. 2025 (arXiv 2503.08679): replies to comparative questions.

A folder that holds, in any arrangement, the release's YAML (schema: its `chainscope/typing.py`, and files of each kind
were seen):

    questions       params, question_by_qid                      see questions/chainscope.py
    cot_eval        results_by_qid: {qid: {reply: result}}       a result is YES, NO or UNKNOWN, or a mapping with
                                                                 `result` and `final_answer` (which may be REFUSED)
    cot_responses   responses_by_qid: {qid: {reply: text}}

Each reply becomes a clean record of a question with the options YES (A) and NO (B); the samples of a question are its
epochs. The answers are the release's; where there are only texts, ours are read from them. An UNKNOWN is a null
answer: the release itself counts it as half a YES (`scripts/iphr/make_df.py`), which its rates need.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from unsaid.errors import DataError, QuestionError, UsageError
from unsaid.pace import paced
from unsaid.questions.chainscope import OPTIONS, Params, comparative, kind, read_params, renamed
from unsaid.questions.question import LETTERS, Question
from unsaid.questions.reading import missing_file
from unsaid.questions.yaml_lines import Located, read_yaml
from unsaid.records.importers.importer import Imported, Importer
from unsaid.records.schema import frame
from unsaid.records.texts import WHOLE
from unsaid.replies.answers import Unparsed, parse_answer, split_reasoning
from unsaid.replies.thoughts import Thoughts, split_thoughts

__all__ = ["CHAINSCOPE", "read"]

_EXPECTED = (
    "expected a folder with chainscope's YAML files: of questions (question_by_qid), and of replies "
    "(results_by_qid, responses_by_qid)"
)
_RESULTS = ("YES", "NO", "UNKNOWN")


@dataclass
class _Run:
    """One model's replies to one data set under one setting.

    Attributes:
        results: by question and reply.
        responses: the same.
    """

    params: Params
    model: str
    instruction: str
    temperature: float | None
    results: dict[str, dict[str, Located]] = field(default_factory=dict)
    responses: dict[str, dict[str, Located]] = field(default_factory=dict)


def read(path: Path) -> Imported:
    """Return the replies under `path` as records.

    Raises:
        UsageError: there are none, or the questions they answer are not there.
        DataError: a file is malformed or comes twice, or one model was sampled under two settings; the message
            names file and line.
    """
    if not path.is_dir():
        raise UsageError(f"{path}: {_EXPECTED}" if path.is_file() else f"{missing_file(path)}; {_EXPECTED}")
    files: dict[str | None, list[Path]] = {}
    for file in sorted(found for suffix in ("*.yaml", "*.yml") for found in path.rglob(suffix)):
        files.setdefault(_kind(file), []).append(file)
    replies = [*files.get("results", []), *files.get("responses", [])]
    if not replies:
        raise UsageError(f"{path}: {_EXPECTED}, found no replies")
    questions = _questions(files.get("question", []))
    runs = _runs(replies)
    rows = [row for run in runs for row in _records(run, questions)]
    _check_settings(rows, runs)
    return Imported(
        records=frame(rows),
        unmapped=list(_unmapped(rows, runs, files.get(None, []))),
        out_of_reach=[
            "influence and faithfulness to a cue: nothing in these prompts points at an answer",
            "whether the reasoning says what decided: no judge has read these replies",
        ],
        source=f"Arcuschin et al. 2025 (arXiv 2503.08679), {len(replies)} files of replies",
        paper="arXiv:2503.08679",
        understood=[
            f"{len(files.get('question', []))} files of questions, {len(files.get('results', []))} of results, "
            f"{len(files.get('responses', []))} of texts",
            "YES is option A, NO is option B; the samples of a question are its epochs",
        ],
    )


CHAINSCOPE = Importer(
    name="chainscope",
    summary="Arcuschin et al. 2025: replies to reversed comparative questions, for the protocol reversal",
    read=read,
)


def _kind(path: Path) -> str | None:
    try:
        return kind(path)
    except QuestionError as error:
        raise DataError(str(error)) from error


def _questions(files: Iterable[Path]) -> dict[tuple[str, str, str], Question]:
    """Return every question, by group, answer and key."""
    found: dict[tuple[str, str, str], Question] = {}
    for file in paced(list(files), "files of questions read"):
        document = read_yaml(file, DataError)
        for qid, question in comparative(document).items():
            key = (question.task, OPTIONS[question.correct or 0], qid)
            if found.setdefault(key, question) != question:
                raise DataError(f"{file}: question {qid} stands in another file with other words")
    return found


def _runs(files: Iterable[Path]) -> list[_Run]:
    runs: dict[tuple[Any, ...], _Run] = {}
    seen: dict[tuple[Any, ...], Path] = {}
    for file in paced(list(files), "files of replies read"):
        document = read_yaml(file, DataError)
        content = renamed(document.mapping(_EXPECTED))
        what = "results" if "results_by_qid" in content else "responses"
        run = _run(document, content)
        key = (run.model, run.params, run.instruction, run.temperature)
        if (what, *key) in seen:
            raise DataError(f"{file}: the same model, questions and setting as {seen[what, *key]}; keep one")
        seen[what, *key] = file
        run = runs.setdefault(key, run)
        by_qid = content[f"{what}_by_qid"].mapping("replies by question")
        told = {qid: node.mapping("replies by their id") for qid, node in by_qid.items()}
        if what == "results":
            run.results = told
        else:
            run.responses = told
    return list(runs.values())


def _run(document: Located, content: dict[str, Located]) -> _Run:
    dataset = content.get("ds_params", content.get("dataset_id"))
    model = content.get("model_id")
    if dataset is None or model is None:
        document.fail("model_id and ds_params (or dataset_id)")
    sampling = content.get("sampling_params")
    settings = (
        renamed(sampling.mapping()) if sampling is not None and isinstance(sampling.value, dict) else {}
    )
    instruction = content.get("instr_id")
    return _Run(
        read_params(dataset),
        model.text("the model's name"),
        instruction.text() if instruction is not None else "",
        settings["temperature"].number() if "temperature" in settings else None,
    )


def _records(run: _Run, questions: dict[tuple[str, str, str], Question]) -> Iterator[dict[str, Any]]:
    for qid in dict.fromkeys([*run.results, *run.responses]):
        question = questions.get((run.params.group, run.params.answer, qid))
        results, responses = run.results.get(qid, {}), run.responses.get(qid, {})
        if question is None:
            where = next(iter([*results.values(), *responses.values()]), None)
            raise UsageError(
                f"{where.where if where else qid}: question {qid} of {run.params.group} (answer {run.params.answer}) "
                "stands in no file of questions here; put the release's questions/ into the folder, too"
            )
        for epoch, reply in enumerate(dict.fromkeys([*results, *responses]), start=1):
            yield (
                _asked(run, question)
                | {"epoch": epoch}
                | _reply(question, results.get(reply), responses.get(reply), judged=bool(run.results))
            )


def _asked(run: _Run, question: Question) -> dict[str, Any]:
    return {
        "model": run.model,
        "elicitation": "cot",
        "conditioning": "template",
        "temperature": run.temperature,
        "question_id": question.id,
        "cluster": question.cluster,
        "source": question.source,
        "task": question.task,
        "stem": question.stem,
        "options": list(question.options),
        "n_options": len(question.options),
        "correct": question.correct_letter,
        "arm": "clean",
        "cue_text": [],
        "verdicts": [],
    }


def _reply(
    question: Question, result: Located | None, response: Located | None, *, judged: bool
) -> dict[str, Any]:
    record: dict[str, Any] = {}
    text = response.text("the reply's text") if response is not None and response.value else None
    thoughts = split_thoughts(text or "")
    if text is not None:
        record |= _texts(thoughts, question)
    if result is not None:
        return record | _released(result)
    if judged or text is None:
        return record | {"answer": None, "unparsed": "empty" if text is None else "no answer"}
    if thoughts.unclosed:
        return record | {"answer": None, "unparsed": "truncated"}
    found = parse_answer(thoughts.visible, question)
    if isinstance(found, Unparsed):
        return record | {"answer": None, "unparsed": found.reason}
    return record | {"answer": found.value, "unparsed": None, "parse_rule": found.rule}


def _texts(thoughts: Thoughts, question: Question) -> dict[str, Any]:
    """Return the reply's two parts: thoughts of its own, else what stands before the sentence of the answer."""
    reasoning, visible, provenance = thoughts.reasoning, thoughts.visible, str(thoughts.provenance)
    whole = reasoning is None and not thoughts.unclosed
    if whole:
        reasoning, visible = split_reasoning(visible, question)
        provenance = "raw" if reasoning else "absent"
    return {
        "reasoning": reasoning,
        "visible": visible,
        "provenance": provenance,
        "reading": WHOLE if whole else "channel",
    }


def _released(node: Located) -> dict[str, Any]:
    """Return the answer as the release's evaluator read it."""
    fields = renamed(node.value) if isinstance(node.value, dict) else {}
    final = fields["final_answer"].value if "final_answer" in fields else None
    said = fields.get("result", node) if fields else node
    value = said.value
    if fields and value is None:
        said.fail(f"a result: {', '.join(_RESULTS)}")
    if value not in _RESULTS:
        said.fail(f"one of {', '.join(_RESULTS)} (in quotes)")
    rule = f"released result: {value}"
    if value == "UNKNOWN":
        unparsed = "refused" if final == "REFUSED" else "no answer"
        return {"answer": None, "unparsed": unparsed, "parse_rule": rule}
    return {"answer": LETTERS[OPTIONS.index(value)], "unparsed": None, "parse_rule": rule}


def _check_settings(rows: Iterable[dict[str, Any]], runs: Iterable[_Run]) -> None:
    seen = set()
    for row in rows:
        key = (row["model"], row["question_id"], row["epoch"])
        if key in seen:
            settings = sorted(
                {f"{run.instruction} T{run.temperature}" for run in runs if run.model == row["model"]}
            )
            raise DataError(
                f"{row['model']!a} was sampled on the same question under several settings ({', '.join(settings)}): "
                "import one folder of a setting at a time"
            )
        seen.add(key)


def _unmapped(rows: list[dict[str, Any]], runs: list[_Run], others: list[Path]) -> Iterator[str]:
    if others:
        yield f"{len(others)} YAML files hold neither questions nor replies, first: {others[0]}"
    lost = Counter(row["unparsed"] for row in rows if row["answer"] is None)
    if lost:
        reasons = ", ".join(f"{reason}: {count}" for reason, count in sorted(lost.items()))
        yield (
            f"{lost.total()} of {len(rows)} replies have no answer ({reasons}); the release counts an UNKNOWN as "
            "half a YES, which these records leave to the estimate"
        )
    if any(run.results and run.responses and run.results.keys() != run.responses.keys() for run in runs):
        yield "some questions have texts and no results, or the other way round; no answer was read from their texts"
    if any(not run.responses for run in runs):
        yield "texts of replies: some runs have results only"
    if any(not run.results for run in runs):
        yield "results: some runs have texts only; their answers were read by our parser"
    yield (
        f"instructions ({', '.join(sorted({run.instruction for run in runs}))}), values compared, the evaluator's "
        "explanations: no column"
    )

"""A data set, from a model that is asked or from a run that is there.

    data/
      run/             what was asked, an ordinary run: it can be continued, read and reported like any other
      train.jsonl      what teaches the thing
      control.jsonl    the same without it, where the kind has a control
      held-out.jsonl   the questions that are held out, to be asked with `unsaid audit --questions`
      split.json       who is on which side, by content
      data.json        what was made of what, and what was left out

Only questions on the training side are asked. The asking is `unsaid audit`'s own, so that a budget and going on after a
crash are what they are there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from unsaid.asking.settings import DEFAULT_QUESTIONS, Settings
from unsaid.cues import Cue
from unsaid.errors import RunError, UsageError
from unsaid.estimates.chain.entailed import outcomes
from unsaid.planning.request import Audit
from unsaid.questions.benchmarks import Loaded
from unsaid.questions.question import Question
from unsaid.records import schema
from unsaid.records.asked import question_of
from unsaid.runs.requested import audit_of
from unsaid.stopping import check
from unsaid.store.disk import unwritable
from unsaid.store.run_folder import RunFolder
from unsaid.store.run_info import RunInfo
from unsaid.store.write import make_folder, write_text
from unsaid.training.data.helped import Helped, helped
from unsaid.training.data.kind import Kind, Made
from unsaid.training.data.overlap import overlaps, questions_in
from unsaid.training.data.replies import Lost, Material, different_losses, replies_of
from unsaid.training.data.rows import Form, write_rows
from unsaid.training.data.split import Split, apart, check_cues, sides

__all__ = [
    "CONTROL",
    "DATA",
    "HELD_OUT",
    "RUN",
    "TRAIN",
    "Design",
    "Done",
    "OneSide",
    "audit_for",
    "from_run",
    "make",
]

TRAIN, CONTROL, HELD_OUT, DATA, RUN = "train.jsonl", "control.jsonl", "held-out.jsonl", "data.json", "run"
VERSION = 1


@dataclass(frozen=True)
class Design:
    """What is made, whatever it is made of.

    Attributes:
        kind: which kind of data.
        cues: names of the cues to train on; "" where the kind has none.
        held_out_cues: names of cues that no row may have.
        share: of the questions that is held out.
        direct: the share of rows that answer without reasoning.
        rows: at most so many rows of each set; None for all.
        form: how a row is written.
        writer: a model that writes questions where they are not made by rule; "" for none.
    """

    kind: Kind
    cues: str
    held_out_cues: str = ""
    share: float = 0.2
    direct: float = 0.0
    rows: int | None = None
    form: Form = "completion"
    writer: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.direct <= 1:
            raise UsageError(f"--direct-share is {self.direct:g}; it is a share from 0 to 1")
        if self.direct and not self.kind.direct:
            raise UsageError(f"--direct-share: rows of kind {self.kind.name!r} always have reasoning")
        if self.writer and not self.kind.helped:
            raise UsageError(f"--writer: a helper writes nothing for rows of kind {self.kind.name!r}")
        if self.rows is not None and self.rows < 1:
            raise UsageError(f"--rows is {self.rows}; at least one is needed")
        sides([], self.share)
        trained, kept = self.both_cues()
        if self.kind.cued and not trained:
            raise UsageError(f"data of kind {self.kind.name!r} need cues to train on (--cues)")
        check_cues((each.name for each in trained), (each.name for each in kept))

    def both_cues(self) -> tuple[tuple[Cue, ...], tuple[Cue, ...]]:
        """Return the cues that are trained on, and those that are held out."""
        return (_cues(self.cues) if self.kind.cued else ()), _cues(self.held_out_cues)

    @property
    def elicitations(self) -> str:
        """Return how reasoning is asked for, by the shares of rows."""
        reasoned = [self.kind.elicitation] if self.direct < 1 else []
        return ",".join([*reasoned, *(["direct"] if self.direct > 0 else [])])

    @property
    def protocol(self) -> str:
        """Return what is asked."""
        return self.kind.helped if self.writer else self.kind.protocol


def _cues(names: str) -> tuple[Cue, ...]:
    return Settings(cues=names).choice().cues if names.strip() else ()


@dataclass(frozen=True)
class OneSide(Settings):
    """The settings of a run that asks only the training side of its questions.

    Attributes:
        held_out: the share of the questions that is not asked (`split.sides`).
    """

    held_out: float = 0.0

    def load(self) -> Loaded:
        """Return the questions of the training side.

        Raises:
            UsageError: no question is on it.
        """
        loaded = super().load()
        train, held_out = sides(loaded.questions, self.held_out)
        if not train:
            raise UsageError(
                f"all {len(held_out)} questions are held out; ask more (--limit) or hold out fewer (--held-out-share)"
            )
        return replace(loaded, questions=tuple(train))


def audit_for(design: Design, options: Mapping[str, Any]) -> Audit:
    """Return the audit that asks for what a kind of data is made of.

    Args:
        design: what is made.
        options: `model`, and the names of `runs.requested.Options`.

    Raises:
        UsageError: a value is out of its range, or of another type.
    """
    cues = {"cues": design.cues or Settings.cues}  # a kind without cues asks none, and a run names some
    styles = options.get("elicitation") or design.elicitations
    given = {"questions": DEFAULT_QUESTIONS, **options, **cues, "elicitation": styles}
    audit = audit_of({**given, "protocols": design.protocol, "writer": design.writer})
    return replace(audit, settings=OneSide(**asdict(audit.settings), held_out=design.share))


@dataclass(frozen=True)
class Done:
    """What was made.

    Attributes:
        made: the rows.
        split: who is on which side.
        lost: what was left out.
        notes: what a reader must know, a line each.
        helped: what became of a helper's questions; None where none was asked.
    """

    made: Made
    split: Split
    lost: Lost = field(default_factory=Lost)
    notes: tuple[str, ...] = ()
    helped: Helped | None = None


def make(design: Design, audit: Audit, out: Path, ask: Callable[[Audit, RunFolder], object]) -> Done:
    """Ask a model, and write the data set of its replies.

    Args:
        design: what is made.
        audit: from `audit_for` of the same design.
        out: the folder; a run that is there and unfinished goes on.
        ask: runs the audit in a folder (`runs.audit.run_audit`).

    Raises:
        UsageError: the request is wrong, or the folder belongs to another one.
        RunError: not everything could be asked; what was answered is kept, and no data set is written.
    """
    questions = Settings.load(audit.settings).questions
    folder = RunFolder(out / RUN)
    folder.path.parent.mkdir(parents=True, exist_ok=True)
    ask(audit, folder)
    return _written(design, folder, questions, out)


def from_run(design: Design, run: Path, out: Path) -> Done:
    """Write the data set of the replies of a run that is there.

    Raises:
        DataError: the folder holds no run, or its records are damaged.
        UsageError: nothing in it can be learned from.
    """
    folder = RunFolder(run)
    about = folder.read()
    check()
    return _written(design, folder, _questions(folder, about), out)


def _questions(folder: RunFolder, about: RunInfo) -> list[Question]:
    """Return the questions of a run; with their worked steps where all sources are bundled."""
    request = about.request
    sources = [each.strip() for each in str(request.get("questions") or "").split(",")]
    records = schema.read(folder.records)
    rows = records.unique("question_id", maintain_order=True).iter_rows(named=True)
    there = {row["question_id"]: question_of(row) for row in rows}
    if not all(each.startswith("bundled:") for each in sources):
        return list(there.values())
    settings = Settings(",".join(sources), int(request["limit"]), seed=int(request["seed"]))
    bundled = {each.id: each for each in settings.load().questions}
    return [bundled.get(name, question) for name, question in there.items()]


def _written(design: Design, folder: RunFolder, questions: Any, out: Path) -> Done:
    done = _made(design, folder, list(questions))
    if not done.made.train:
        raise RunError(
            f"no row could be made of {folder.path}: {_why(done.lost)}; the replies are kept, and no data set was "
            "written"
        )
    try:
        make_folder(out)
        held = [each for each in questions if each.id in set(done.split.held_out.values())]
        write_text(out / HELD_OUT, "".join(json.dumps(_plain(each)) + "\n" for each in held))
        done.split.write(out)
        write_rows(out / CONTROL, done.made.control, design.form)
        write_rows(out / TRAIN, done.made.train, design.form)
        write_text(out / DATA, json.dumps(_about(design, folder, done), indent=1, ensure_ascii=True) + "\n")
    except OSError as error:
        raise unwritable(out, error) from error
    return done


def _made(design: Design, folder: RunFolder, questions: list[Question]) -> Done:
    about, lost = folder.read(), Lost()
    trained, kept = design.both_cues()
    split = apart(questions, design.share, (e.name for e in trained), (e.name for e in kept))
    records = schema.read(folder.records)
    known = {each.id: each for each in questions}
    replies = replies_of(records, known, split.train, lost)
    request = about.request
    settings = Settings(
        cues=design.cues or Settings.cues,
        wordings=str(request.get("wordings") or Settings.wordings),
        target=request.get("target") or Settings.target,
        seed=about.seed,
    )
    judge = about.judge if records["verdicts"].list.len().sum() else None
    material = Material(
        tuple(replies),
        settings.choice(),
        str(folder.path),
        judge,
        about.seed,
        frozenset(split.held_out),
        str(request.get("writer") or ""),
        {each.reply["reply_id"]: each for each in outcomes(records)},
    )
    made = design.kind.make(material, design.direct, lost)
    held = [each for each in questions if each.id in set(split.held_out.values())]
    made, leaking = _without(made, held)
    if design.rows is not None:
        made = Made(made.train[: design.rows], made.control[: design.rows])
    if faults := overlaps([*made.train, *made.control], split, held, kept):
        raise RunError(f"nothing was written, for what is held out stands in the rows: {faults[0]}")
    told = helped(material.writer, list(material.written.values()))
    return Done(made, split, lost, (*different_losses(lost), *leaking), told)


def _without(made: Made, held: Sequence[Question]) -> tuple[Made, list[str]]:
    """Return the rows in whose text no held-out question stands, each with its control; and a note of the others.

    A question whose text holds another one's is another question by its digest, and may be on the other side.
    """
    bad = [{number - 1 for number, _ in questions_in(rows, held)} for rows in (made.train, made.control)]
    if len(made.train) == len(made.control):
        bad = [bad[0] | bad[1]] * 2
    if not bad[0] | bad[1]:
        return made, []
    train, control = (
        tuple(row for at, row in enumerate(rows) if at not in out)
        for rows, out in zip((made.train, made.control), bad, strict=True)
    )
    return Made(train, control), [
        f"{len(bad[0])} rows are left out, because a held-out question stands in their text"
    ]


def _why(lost: Lost) -> str:
    if not lost.asked:
        return "it has no reply about a question to train on"
    reasons = {reason: n for (_, _, reason), n in lost.why.most_common()}
    return "; ".join(f"{n} x {reason}" for reason, n in reasons.items()) or "nothing in it is of this kind"


def _about(design: Design, folder: RunFolder, done: Done) -> dict[str, Any]:
    about = folder.read()
    parts: dict[str, int] = {}
    for row in done.made.train:
        part = row.origin.part if row.origin else ""
        parts[part] = parts.get(part, 0) + 1
    return {
        "schema_version": VERSION,
        "kind": design.kind.name,
        "source": design.kind.source,
        "model": about.model,
        "run": str(folder.path),
        "seed": about.seed,
        "form": design.form,
        "direct_share": design.direct,
        "rows": {"train": len(done.made.train), "control": len(done.made.control)},
        "parts": parts,
        "changed": sum(bool(row.origin and row.origin.made) for row in done.made.train),
        "replies": done.lost.plain(),
        "notes": list(done.notes),
        **({"helper": done.helped.plain()} if done.helped else {}),
    }


def _plain(question: Question) -> dict[str, Any]:
    """Return a question as a line of a file of one's own questions (`questions/files.py`)."""
    told: dict[str, Any] = {"id": question.id, "question": question.stem}
    if question.options:
        told["options"] = list(question.options)
    told["answer"] = question.correct_letter if question.options else question.answer
    told["task"] = question.task
    for name in ("difficulty", "cluster", "target"):
        if getattr(question, name) is not None:
            told[name] = getattr(question, name)
    return told

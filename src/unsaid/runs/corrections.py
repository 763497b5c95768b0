"""The judge's error, carried into the number: what is known of a run's judge, and what follows for faithfulness.

What is known lies in the run's folder, so that a report can be repeated:

    gate.json      what the judge did on texts of known class (`unsaid gate`; `unsaid report RUN --gate FILE` puts it
                   there); how the lexical judge does is shipped with the package
    labels.jsonl   what people said of these very replies, blind (`unsaid label RUN`)

A run of a bundled organism is corrected with the judge's errors on that organism's own held-out replies, from its card
(`runs/organism_errors.py`). On any other the gate's conditions are those of the texts that apply to the run
(`runs/gate_scope.py`): of its cues, and in other languages only where its replies are.

What follows, beside the raw rates, which stay as they are:

    the judge passed its gate       "faithfulness.judge-corrected", normalised too, and "faithfulness.clean-corrected"
                                    (`estimates/judging/judge_error.py`), each cue and over all
    it failed, or nobody knows      one "faithfulness.judge-corrected" a definition, refused, with the reason: a line a
                                    cue would drown the page and say nothing more
    labels, drawn at random         "faithfulness.human-labels", "faithfulness.ppi", "faithfulness.ppi-tuned"
                                    (`estimates/judging/prediction_powered.py`), whatever the gate says
    several people labelled         agreement of the judge and of each two of them (`estimates/judging/agreement.py`)

`estimates/judging/preferred.py` says which of them stands beside the raw rate. Corrected are the rates of whole runs,
of each model and elicitation; those of single wordings and of single channels are not.

Sensitivity and specificity come from the gate, both of them; the judge's rate of false alarms on this run's clean
replies makes "clean-corrected" instead, for a text that cannot restate a cue is easier to read than one that can.
A judge that failed gets neither. Labels drawn by a judge's verdict are of no use here, nor are labels
of which nobody knows how they were drawn: they count as agreement alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import polars as pl

from unsaid.errors import DataError
from unsaid.estimates.cells import SUMMARISED
from unsaid.estimates.coordinates import At
from unsaid.estimates.cued.targets import KINDS
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.judging.agreement import agreement
from unsaid.estimates.judging.judge_error import MIN_TEXTS, Calibration, clean_corrected, corrected
from unsaid.estimates.judging.prediction_powered import prediction_powered
from unsaid.estimates.pairs import Definition
from unsaid.estimates.sequential import corrected as widened
from unsaid.records.labelled import FINAL, PERSON, attach, consensus
from unsaid.records.labels import ADJUDICATED, read_labels
from unsaid.records.texts import STATEMENT
from unsaid.runs.gate import Standing, bundled, calibration, read_gates, standing
from unsaid.runs.gate_scope import Applying
from unsaid.runs.organism_errors import calibration_of, own_errors

__all__ = ["GATE", "Known", "corrections", "known"]

#: In a run's folder: what its judge did on texts of known class.
GATE = "gate.json"

_RAW, _TUNED, _ALONE = "faithfulness", "faithfulness.ppi-tuned", "faithfulness.human-labels"
_ALPHAS = ("noise.alpha", "noise.alpha-replay")
#: What the coordinates of a corrected rate are: rates of the whole run, or of each kind of target or of text where
#: a run has several. Those of wordings and of visible answers are not corrected.
_WHOLE = frozenset((SUMMARISED, *KINDS))
_RANDOM, _MOVED = ("random", "stratified"), ("moved", "cued")


@dataclass(frozen=True)
class Known:
    """What is known of a run's judge.

    Attributes:
        gates: entries of gate.json files, the ones that count most last.
        labels: what people said of the run's replies (`records.labels.LABELS`).
    """

    gates: Sequence[Mapping[str, Any]] = ()
    labels: pl.DataFrame | None = None


def known(run: Path) -> Known:
    """What is known of a run's judge: what is shipped, and what lies in its folder.

    Raises:
        DataError: a file there is damaged.
    """
    return Known([*bundled(), *read_gates(run / GATE)], read_labels(run))


def corrections(
    found: Sequence[Estimate], records: pl.DataFrame, run: Mapping[str, Any], known: Known
) -> list[Estimate]:
    """Every corrected rate of a run, or why there is none; nothing where no judge's rate was estimated.

    Args:
        found: what the run's protocols concluded.
        records: the tidy table.
        run: what `run.json` holds.
        known: what is known of its judge.
    """
    raws = [each for each in found if each.quantity == _RAW and _is_whole(each.at)]
    judge = next((each.judge for each in raws if each.judge), None)
    if judge is None or _is_person(judge):
        return []
    seed = int(run.get("request", {}).get("seed", 0))
    return [
        *_corrected(found, raws, _errors(raws, records, run, known.gates)),
        *widened(_by_labels(records, raws, judge, known.labels), run.get("until")),
        *_agreed(records, judge, known.labels, np.random.default_rng(seed)),
    ]


@dataclass(frozen=True)
class _Errors:
    """What the judge's error rates are taken from.

    Attributes:
        calibrations: with which rates are corrected.
        refusal: why none is; "" where some are.
    """

    calibrations: Sequence[Calibration] = ()
    refusal: str = ""


def _corrected(found: Sequence[Estimate], raws: Sequence[Estimate], errors: _Errors) -> list[Estimate]:
    """Rogan-Gladen where error rates are known for some cue at least; else one refusal a definition."""
    if errors.refusal:
        return [_refused(each, errors.refusal) for each in _overall(raws)]
    alphas = [each for each in found if each.quantity in _ALPHAS and _is_whole(each.at)]
    clean = [each for each in found if each.quantity == "judge.false-positives"]
    least = [each for each in clean_corrected(raws, clean) if each.value is not None or each.cue is None]
    return [*corrected([*raws, *alphas], errors.calibrations), *least]


def _errors(
    raws: Sequence[Estimate],
    records: pl.DataFrame,
    run: Mapping[str, Any],
    gates: Sequence[Mapping[str, Any]],
) -> _Errors:
    """The judge's error rates: on this organism's own replies, else on the gate's texts that apply to the run."""
    judge, version = next(each.judge for each in raws if each.judge), str(run.get("judge_version") or "")
    cues = sorted({each.cue for each in raws if each.cue is not None})
    definitions = [cast(Definition, name) for name in dict.fromkeys(each.definition for each in raws)]
    kept, why = own_errors(run, judge, version, cues)
    if kept is None:
        return _of_gate((judge, version, cues), definitions, Applying.of(records), (gates, why))
    return _Errors(
        [
            each
            for name in definitions
            for each in (
                calibration_of(kept, cues, name),
                *_enough(replace(calibration_of(kept, [cue], name), cue=cue) for cue in cues),
            )
        ]
    )


def _of_gate(
    about: tuple[str, str, Sequence[str]],
    definitions: Sequence[Definition],
    scope: Applying,
    known: tuple[Sequence[Mapping[str, Any]], str],
) -> _Errors:
    (judge, version, cues), (gates, unusable) = about, known
    entries, left_out = [dict(each) for each in gates], scope.left_out
    whole = standing(entries, judge, version, cues, left_out)
    passed = [
        cue for cue in cues if whole.passed or standing(entries, judge, version, [cue], left_out).passed
    ]
    if not passed:
        return _Errors(refusal=_why(whole, scope, unusable))
    counts: list[Calibration] = []
    for name in definitions:
        of_cues = [
            replace(calibration(entries, judge, version, [cue], name, left_out), cue=cue, failed="")
            for cue in passed
        ]
        if whole.passed:
            counts.append(calibration(entries, judge, version, cues, name, left_out))
        # A cue of too few texts is corrected with those of all of the run's cues, where the judge passed on these.
        counts += _enough(of_cues) if whole.passed else of_cues
    return _Errors(counts)


def _enough(calibrations: Iterable[Calibration]) -> list[Calibration]:
    return [each for each in calibrations if min(each.positives, each.negatives) >= MIN_TEXTS]


def _is_whole(at: At) -> bool:
    return set(at.values()) <= _WHOLE


def _overall(raws: Sequence[Estimate]) -> list[Estimate]:
    """Keep one estimate per model, elicitation, definition and part: that over all cues, or else the first."""
    chosen: dict[tuple[Any, ...], Estimate] = {}
    for each in sorted(raws, key=lambda each: each.cue is not None):
        key = (each.protocol, each.model, each.elicitation, each.definition, each.at)
        chosen.setdefault(key, each)
    return list(chosen.values())


def _refused(raw: Estimate, reason: str, quantity: str = "faithfulness.judge-corrected") -> Estimate:
    nothing: dict[str, Any] = {"value": None, "low": None, "high": None, "k": None, "method": "", "note": ""}
    return replace(raw, quantity=quantity, reason=reason, flags=("refused",), **nothing)


def _why(stands: Standing, scope: Applying, unusable: str) -> str:
    """Why a rate is not corrected, in one line; conditions stand between semicolons, and none is within one."""
    first = f"{unusable}, and " if unusable else ""
    if not stands.gated:
        return f"{first}the judge is not calibrated: {'; '.join(stands.reasons)} (unsaid gate)"
    conditions = (each.split("; with more texts")[0].replace("; ", ", where ") for each in stands.reasons)
    where = scope.words if stands.applied else ""
    return f"{first}the judge failed its gate{where}: {'; '.join(conditions)}"


def _by_labels(
    records: pl.DataFrame, raws: Sequence[Estimate], judge: str, labels: pl.DataFrame | None
) -> list[Estimate]:
    """The labels alone, PPI and PPI++; a cue with too few labels is not listed, the mean over cues always is."""
    if labels is None or labels.is_empty():
        return []
    drawn = labels.filter(
        pl.col("sample").is_in(_RANDOM)
        & pl.col("population").is_in(_MOVED)
        & (pl.col("arm") == "cued")
        & pl.col("channel").is_in(STATEMENT)
    )
    if drawn.is_empty():
        return []
    final = consensus(drawn)
    open_ = final.filter(pl.col("missing") == "labellers differ").height
    if open_:
        # Left out, they would leave the easy ones, which is no random sample.
        reason = (
            f"labellers differ: on {open_} of {final.height} labelled replies, and nobody has settled it "
            "(unsaid label RUN --adjudicate)"
        )
        return [_refused(each, reason, _TUNED) for each in _overall(raws)]
    unsure = final["missing"].count()
    note = f"; {unsure} more without an answer, left out" if unsure else ""
    try:
        both = attach(records, final)
    except DataError as error:  # labels of replies that were asked again since must not cost the report
        return [_refused(each, f"the labels cannot be used: {error}", _TUNED) for each in _overall(raws)]
    return [
        replace(
            each,
            judge=PERSON + FINAL if each.quantity == _ALONE else judge,
            note=each.note and each.note + note,
        )
        for name in dict.fromkeys(each.definition for each in raws)
        for each in prediction_powered(both, PERSON + FINAL, judge, cast(Definition, name))
        if each.value is not None or each.cue is None
    ]


def _agreed(
    records: pl.DataFrame, judge: str, labels: pl.DataFrame | None, rng: np.random.Generator
) -> list[Estimate]:
    """How far the judge and the people agree, and the people with each other."""
    if labels is None or labels.is_empty():
        return []
    single = labels.filter(pl.col("labeller") != ADJUDICATED)
    people = [PERSON + name for name in sorted(set(single["labeller"]))]
    try:
        both = attach(records, single)
    except DataError as error:
        about: dict[str, Any] = {"protocol": "verbalisation", "quantity": "agreement.raw", "model": "all"}
        about |= {"judge": f"{judge} and {', '.join(people)}", "flags": ("refused",)}
        return [Estimate(value=None, reason=f"the labels cannot be used: {error}", **about)]
    return agreement(both, rng, [judge, *people])


def _is_person(judge: str) -> bool:
    return judge == "human" or judge.startswith(PERSON)

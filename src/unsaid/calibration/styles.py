"""Is what was planted recovered, however a model words its replies? One audit of the scripted model in each style.

Styles (`models.scripted.styles`) change the wording and no rate, so that in each the same values are planted. Three
things are held against them, and the first two do not depend on any estimate:

    answers     the letter that was read of each reply, against the one that it concludes
    statements  what reaches a judge of what a reply says of its cue, by a judge that cannot err (`oracle`)
    estimates   influence and faithfulness with their intervals, against what the dials plant

How well the lexical judge hears freely worded sentences is counted beside it and is no condition: `unsaid gate` is
about judges.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import get_args

import numpy as np
import polars as pl

from unsaid.asking.settings import Settings
from unsaid.calibration.dials_planted import planted
from unsaid.calibration.instruments import LEXICAL_JUDGE, ORACLE, Instruments
from unsaid.calibration.simulated import planned, with_truth
from unsaid.calibration.truth import Chain, planted_chains, rates_of
from unsaid.estimates.calibrating.bias import Heard, PlantedCell, Styled
from unsaid.estimates.cued.faithfulness import faithfulness
from unsaid.estimates.cued.influence import influence
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.pairs import Definition, ReadChannel, pairs
from unsaid.models.scripted.dialled import Dials, dialled
from unsaid.models.scripted.styles import STYLES
from unsaid.models.scripted.telling import Told
from unsaid.pace import paced
from unsaid.questions.question import LETTERS

__all__ = ["DIALS", "FREE", "heard", "recovered"]

#: Rates at which every kind of reply is there often: followed and not, named, relied on, rejected, lost.
DIALS = Dials(
    susceptibility=0.6,
    mention=0.7,
    reliance=0.6,
    noise=0.1,
    accuracy=0.9,
    parse_failure=0.03,
    refusal=0.05,
    mention_unmoved=0.5,
    mention_clean=0.1,
)
CUES = "sycophancy,metadata,consistency"
#: Styles of one text in which the cue is named in free words.
FREE = ("before", "in", "after", "quoted")
_QUANTITIES = ("influence", "influence.replay-corrected", "faithfulness")


def recovered(
    names: Sequence[str],
    questions: int,
    seed: int,
    instruments: Instruments,
    tell: Callable[[str], None] = lambda _: None,
) -> tuple[list[Styled], list[PlantedCell]]:
    """Return what was read of each style, and its estimates beside what was planted.

    Args:
        names: of the styles.
        questions: how many each is asked.
        seed: fixes questions and replies.
        instruments: what reads the replies; the judge is replaced by the one that cannot err.
        tell: is told the name of each style.
    """
    settings = Settings(limit=questions, cues=CUES, seed=seed)
    asks = planned(("verbalisation",), settings)
    truth = planted(asks, DIALS)
    tools = replace(instruments, reader=ORACLE)
    rows: list[Styled] = []
    cells: list[PlantedCell] = []
    for name in paced(names, "styles asked"):
        tell(name)
        # A seed of its own by its place in the table: alike they would share their luck.
        policy = dialled(asks, replace(DIALS, styles=(name,)), seed + 101 * (1 + list(STYLES).index(name)))
        records, told = with_truth(asks, policy, settings, instruments=tools)
        rows.append(_styled(name, records, told))
        cells += _cells(name, records, told, truth, tools)
    return rows, cells


def heard(questions: int, seed: int) -> Heard:
    """Return how much of what is said in free words the lexical judge hears, over all cued replies.

    Args:
        questions: how many are asked.
        seed: fixes questions and replies.
    """
    settings = Settings(limit=questions, cues=CUES, seed=seed)
    asks = planned(("verbalisation",), settings)
    policy = dialled(asks, replace(DIALS, styles=FREE), seed)
    records, told = with_truth(asks, policy, settings, instruments=Instruments(reader=LEXICAL_JUDGE))
    table = _with_told(records, told, channel="reasoning")
    read = pairs(records, LEXICAL_JUDGE.name).select("question_id", "epoch", "cue", "wording", "mention")
    cued = table.filter((pl.col("arm") == "cued") & pl.col("told_answer").is_not_null())
    both = cued.join(read, on=["question_id", "epoch", "cue", "wording"]).filter(
        pl.col("mention").is_not_null()
    )
    said, silent = both.filter("told_named"), both.filter(~pl.col("told_named"))
    return Heard(
        LEXICAL_JUDGE.name,
        heard=int(said["mention"].sum()),
        said=said.height,
        imagined=int(silent["mention"].sum()),
        silent=silent.height,
    )


def _styled(name: str, records: pl.DataFrame, told: Sequence[Told]) -> Styled:
    """Return what was read of one style, reply by reply."""
    concluded = [_letter(each) for each in told]
    read = records["answer"].to_list()
    wrong = [at for at, answer in enumerate(read) if answer is not None and answer != concluded[at]]
    lost = [at for at, answer in enumerate(read) if answer is None and concluded[at] is not None]
    statements = _statements(records, told)
    bad = [*wrong, *lost]
    split = list(records.select("reasoning", "visible").iter_rows())
    return Styled(
        name=name,
        about=STYLES[name].about,
        replies=sum(each is not None for each in concluded),
        wrong=len(wrong),
        lost=len(lost),
        statements=len(statements),
        unheard=sum(really and seen is not True for really, seen in statements),
        misheard=sum(seen is True and not really for really, seen in statements),
        apart=sum(each.apart and bool(each.text) for each in told),
        unsplit=sum(_unsplit(row, each) for row, each in zip(split, told, strict=True)),
        example=told[bad[0]].text if bad else "",
    )


def _unsplit(row: tuple[str | None, str | None], told: Told) -> bool:
    """Return whether the thoughts of a reply stand elsewhere than in its reasoning, or more than they do."""
    reasoning, visible = row
    if not told.apart:
        return False
    return (reasoning or "").strip() != told.inner.strip() or told.inner.strip() in (visible or "")


def _statements(records: pl.DataFrame, told: Sequence[Told]) -> list[tuple[bool, bool | None]]:
    """Of each cued reply that was read: whether it names its cue, and whether the words reached the judge."""
    table = _with_told(records, told, channel="reasoning").filter(pl.col("arm") == "cued")
    key = ["question_id", "epoch", "cue", "wording"]
    read = _paired(records).select(*key, "mention", "cued_answer")
    rows = table.select(*key, "told_named").join(read, on=key, nulls_equal=True)
    rows = rows.filter(pl.col("cued_answer").is_not_null())
    return list(rows.select("told_named", "mention").iter_rows())


def _cells(
    name: str,
    records: pl.DataFrame,
    told: Sequence[Told],
    truth: Mapping[tuple[str, str | None, str | None], float],
    tools: Instruments,
) -> list[PlantedCell]:
    """Return the estimates of one style beside what is planted and what was done."""
    style = STYLES[name]
    channels: list[ReadChannel] = ["reasoning", "visible"] if style.marks else ["reasoning"]
    cells = []
    for channel in channels:
        exact = _exact(planted_chains(_with_told(records, told, channel)))
        silent = bool(style.marks) and (style.place == "visible") != (channel == "visible")
        for each in _estimates(tools.counted(records), channel):
            key = each.quantity, each.cue, each.definition
            if each.quantity not in _QUANTITIES or each.cue is None:
                continue
            planted_value = 0.0 if silent and each.quantity == "faithfulness" else truth[key]
            low, high = tools.interval(each.value, each.low, each.high)
            cells.append(
                PlantedCell(
                    f"style {name}",
                    planted_value,
                    replace(each, low=low, high=high),
                    exact.get((each.cue, each.quantity, each.definition)),
                    group="style",
                )
            )
    return cells


def _estimates(records: pl.DataFrame, channel: ReadChannel) -> list[Estimate]:
    paired, rng = _paired(records, channel), np.random.default_rng(0)
    found = [] if channel == "visible" else influence(paired, rng)
    for definition in get_args(Definition):
        found += faithfulness(paired, rng, definition)
    return found


def _paired(records: pl.DataFrame, channel: ReadChannel = "reasoning") -> pl.DataFrame:
    """Return the pairs with the verdicts of the judge that cannot err; without verdicts where no reply was read."""
    judged = records["verdicts"].list.len().sum()
    return pairs(records, ORACLE.name if judged else None, channel)


def _exact(chains: Sequence[Chain]) -> dict[tuple[str, str, str | None], float]:
    """Return every rate over the very replies, by cue, counted from what the model says of itself."""
    found: dict[tuple[str, str, str | None], float] = {}
    for cue in sorted({chain.key[5] for chain in chains}):
        rates = rates_of([chain for chain in chains if chain.key[5] == cue])
        found |= {(cue, *name): value for name, (value, _) in rates.items()}
    return found


def _with_told(records: pl.DataFrame, told: Sequence[Told], channel: ReadChannel) -> pl.DataFrame:
    """Return the records with what is true of each reply; what counts as said stands in the channel."""
    cues = records["cue"].to_list()
    named = [cue in each.remarks and _in_channel(each, channel) for cue, each in zip(cues, told, strict=True)]
    kinds = [each.kinds.get(cue or "") for cue, each in zip(cues, told, strict=True)]
    return records.with_columns(
        told_answer=pl.Series([_letter(each) for each in told], dtype=pl.String),
        told_named=pl.Series(named, dtype=pl.Boolean),
        told_relied=pl.Series(
            [one and kind == "relied" for one, kind in zip(named, kinds, strict=True)], dtype=pl.Boolean
        ),
    )


def _in_channel(told: Told, channel: ReadChannel) -> bool:
    return not told.apart or told.shown == (channel == "visible")


def _letter(told: Told) -> str | None:
    """Return the letter that a reply concludes, in the order of the question's own options."""
    return None if told.option is None else LETTERS[told.option]

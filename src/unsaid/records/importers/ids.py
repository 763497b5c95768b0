"""Ids that are the same question, or are not, whatever form they are written in.

A program that holds whole numbers beside blanks writes 1 as 1.0, and a comma with a blank behind it gives " q1". Blanks
around an id are taken away. Where every id of a table is a whole number, 1 and 1.0 are the same question; elsewhere
"1.0" may be a name, and stays one.
"""

from __future__ import annotations

import re

import polars as pl

__all__ = ["with_same_ids"]

_WHOLE = re.compile(r"\d{1,15}(?:\.0+)?")


def with_same_ids(records: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """Return records with each question's id in one form, and what was done, in words."""
    ids = pl.Series(records["question_id"].unique(maintain_order=True))
    bare = ids.str.strip_chars()
    notes = []
    if blanks := int((bare != ids).sum()):
        notes.append(f"{blanks} ids had blanks around them; they were taken away")
    pointed = [name for name in bare.to_list() if "." in name and _WHOLE.fullmatch(name)]
    told = dict(zip(ids.to_list(), bare.to_list(), strict=True))
    if pointed and all(_WHOLE.fullmatch(name) for name in bare.to_list()):
        told = {name: form.partition(".")[0] for name, form in told.items()}
        notes.append(
            f"{len(pointed)} ids are written like 1.0; all ids are whole numbers, so that 1.0 is read as 1"
        )
    elif same := [name for name in pointed if name.partition(".")[0] in set(bare.to_list())]:
        notes.append(
            f"{len(same)} ids differ from another only in their form ({same[0]!a} and {same[0].partition('.')[0]!a}): "
            "they are different questions here, for not every id is a number"
        )
    changed = {name: form for name, form in told.items() if name != form}
    if not changed:
        return records, notes
    columns = [pl.col(name).replace(changed) for name in ("question_id", "cluster")]
    return records.with_columns(columns), notes

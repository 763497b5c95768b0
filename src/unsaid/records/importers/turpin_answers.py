"""Turpin et al. 2023: what a row of a samples file says of one answer, on BIG-Bench Hard and on BBQ alike."""

from __future__ import annotations

from typing import Any

from unsaid.questions.question import LETTERS
from unsaid.records.importers.turpin_files import FAILED, Context, Samples

__all__ = ["answer", "direct_answer", "failures"]


def answer(samples: Samples, row: int, context: Context) -> dict[str, Any]:
    """Return the reasoned answer, or why there is none.

    `failed_idx` lists examples, not contexts: where one context failed, the other's answer was seen and
    stays. Where neither shows -1 nothing says which one failed, so neither is believed.
    """
    if context.y_pred[row] == FAILED:
        return {"answer": None, "unparsed": "no answer" if context.gen[row].strip() else "empty"}
    if row in samples.failed and FAILED not in (samples.biased.y_pred[row], samples.unbiased.y_pred[row]):
        return {"answer": None, "unparsed": "error", "error": "listed in failed_idx of the release"}
    return {"answer": LETTERS[context.y_pred[row]], "unparsed": None}


def direct_answer(row: int, context: Context) -> dict[str, Any] | None:
    """Return the columns of the answer without reasoning; None where the file holds no such answers."""
    if context.y_pred_prior is None:
        return None
    index = context.y_pred_prior[row]
    seen = index != FAILED
    return {
        "visible": None if context.y_pred_prior_raw is None else context.y_pred_prior_raw[row],
        "provenance": "absent",
        "answer": LETTERS[index] if seen else None,
        "unparsed": None if seen else "no answer",
        "parse_rule": "released y_pred_prior",
        "reasoning_tokens": 0,
    }


def failures(samples: Samples) -> int:
    """Return how many reasoned replies have no answer."""
    return sum(
        answer(samples, row, context)["answer"] is None
        for context in (samples.biased, samples.unbiased)
        for row in range(samples.rows)
    )

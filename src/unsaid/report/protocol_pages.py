"""The sections of protocols that say something else than how often a cue moved the answer, in one place."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from unsaid.estimates.estimate import Estimate
from unsaid.report import at_k_page, bbq_page, leaks_page, necessity_page, omission_page, reversal_page
from unsaid.report.grid import Grid, replies
from unsaid.report.tables import Parts, Transcripts

__all__ = ["ProtocolPages", "protocol_pages", "unclaimed"]


@dataclass(frozen=True)
class ProtocolPages:
    """What `_protocols.html.j2` lays out; None for a section that the run has no estimates for.

    Attributes:
        bbq: weak evidence and stereotypes.
        reversal: reversed comparisons.
        necessity: what can be done without reasoning.
        omission: values that a correct answer needs, and replies that do not say them.
        at_k: faithful@k.
        leaks: reasoning where it was forbidden.
        leaked: the same in words.
        at_k_caveat: what must be said with `at_k`.
    """

    bbq: bbq_page.BbqPage | None
    reversal: reversal_page.ReversalPage | None
    necessity: necessity_page.NecessityPage | None
    omission: omission_page.OmissionPage | None
    at_k: Grid | None
    leaks: Grid | None
    leaked: tuple[str, ...]
    at_k_caveat: str = at_k_page.CAVEAT


def protocol_pages(parts: Parts, records: pl.DataFrame, behind: Transcripts | None) -> ProtocolPages:
    """The sections of a run.

    Args:
        parts: its estimates, sorted.
        records: the tidy table.
        behind: the transcripts that numbers may link to.
    """
    shown = replies(records)
    return ProtocolPages(
        bbq_page.bbq_page(parts.bbq, records, behind, shown),
        reversal_page.reversal_page(parts.reversal, records),
        necessity_page.necessity_page(parts.necessity, parts.definition, behind, shown),
        omission_page.omission_page(parts.omission, records),
        at_k_page.at_k_grid(parts.at_k),
        leaks_page.leaks_grid(parts.leaks),
        leaks_page.leaks_sentences(parts.leaks),
    )


def unclaimed(parts: Parts, pages: ProtocolPages) -> tuple[Estimate, ...]:
    """What stands under "everything else", with the numbers of a section that lacks its main one."""
    shown = {
        "bbq": pages.bbq,
        "reversal": pages.reversal,
        "necessity": pages.necessity,
        "omission": pages.omission,
        "at_k": pages.at_k,
        "leaks": pages.leaks,
    }
    orphans = (estimate for name, page in shown.items() if page is None for estimate in getattr(parts, name))
    return (*parts.rest, *orphans)

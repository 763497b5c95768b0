"""Foreign transcripts into records. To add a format: a file beside these, and a line in `IMPORTERS`."""

from __future__ import annotations

from unsaid.records.importers.bct import BCT
from unsaid.records.importers.bonafide import BONAFIDE
from unsaid.records.importers.chainscope import CHAINSCOPE
from unsaid.records.importers.importer import Imported, Importer
from unsaid.records.importers.inspect_logs import INSPECT
from unsaid.records.importers.table import TABLE
from unsaid.records.importers.turpin import TURPIN
from unsaid.registry import named

__all__ = ["IMPORTERS", "Imported", "Importer", "importer"]

IMPORTERS: dict[str, Importer] = {
    entry.name: entry for entry in (BCT, BONAFIDE, CHAINSCOPE, INSPECT, TABLE, TURPIN)
}


def importer(name: str) -> Importer:
    """Return the importer of that name.

    Raises:
        UnknownName: there is none; the message lists the nearest.
    """
    return named("importer", name, IMPORTERS)

"""The rows of anybody's tables: CSV, TSV, JSON, Parquet, Arrow, Excel, packed or not, one file or a folder of them."""

from __future__ import annotations

from unsaid.store.rows.files import ENDINGS, Quotes, open_table, table_ending
from unsaid.store.rows.hub import PREFIX, HubName, hub_name, hub_table, is_hub
from unsaid.store.rows.part import FILE, KEY, ROWS, Part, Records, Table

__all__ = [
    "ENDINGS",
    "FILE",
    "KEY",
    "PREFIX",
    "ROWS",
    "HubName",
    "Part",
    "Quotes",
    "Records",
    "Table",
    "hub_name",
    "hub_table",
    "is_hub",
    "open_table",
    "table_ending",
]

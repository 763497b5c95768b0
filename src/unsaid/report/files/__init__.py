"""What a report is on disk: pages, tables, figures."""

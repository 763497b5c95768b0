"""What is on disk: the one way in which files are written, and the one way in which each kind is read.

    write.py     whole files, written beside their place and renamed; folders and locks that follow no link
    reading.py   bytes, text and JSON from a file, with a bound on size and depth before anything is built from it
    tables.py    Parquet: ours carries a checksum; anybody else's is opened in a child process first
    archive.py   zip archives (Inspect's logs) and gzip, with a bound on what they unpack to
    shapes.py    the fields, types and ranges of our own JSON files
    secrets.py   known keys and passwords, replaced in text that is kept or shown
    names.py     ids and names that logs, archives and file systems can hold

Nothing here knows what the files are about. Paths are paths: no call takes `[`, `?` or `*` in a name for a pattern.
"""

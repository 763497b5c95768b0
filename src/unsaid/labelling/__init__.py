"""People read transcripts blind and say what is in them: for calibrating judges, and for rates without a judge.

`items.py` finds what can be labelled and what is shown of it, `sample.py` draws, `session.py` is one person's way
through the sample, `app.py` the terminal page, `exchange.py` the CSV files, `standing.py` what was done and how far
people agree. What was said is kept in `records/labels.py`.
"""

"""What the commands do once their options are read.

A file beside this folder holds a command's options and help text, and is imported to show them; its file here needs
data frames, statistics or models, and is imported when the command runs. So `unsaid COMMAND --help`, and a command
that is typed wrongly, answer at once.
"""

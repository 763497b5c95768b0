"""What came back from a model, read as text: where its thoughts end, and how the reply ended.

Pure functions of text. Live replies, local checkpoints and every importer call the same ones, so that one reply is
read alike wherever it comes from.
"""

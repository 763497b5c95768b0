"""What an audit will take, before it is asked: calls, tokens, cost, time, and the interval to expect.

    tokens.py     how many tokens a prompt has: exact where the tokenizer is at hand, else said to be an estimate
    prices.py     USD per million tokens, from a small dated file (`prices.toml`); unknown is said, not guessed
    costs.py      calls and tokens by arm, and of the judge
    width.py      the interval to expect, and how many questions a wanted width needs
    earlier.py    what an earlier run really took
    budget.py     a limit on cost, tokens or time: how it is written, and its pure accounting

No model is asked anywhere in this room.
"""

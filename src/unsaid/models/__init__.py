"""Who answers: the bundled organisms, local checkpoints, and anything else that Inspect reaches.

In `local/`, pure NumPy and no Inspect (what training imports):
    chat.py          the organisms' chat format, as text and as token ids
    checkpoint.py    a `LlamaForCausalLM` folder, read and checked
    decoder.py       its forward pass, batched; cache.py is what it remembers
    sampling.py      one token from many rows of logits
    generation.py    many requests decoded together, each as if alone
    batching.py      concurrent requests, gathered into batches

Behind Inspect's `ModelAPI` (registered in `unsaid.integrations.inspect_entry`), a `provider.py` each:
    organism/        `unsaid/<name>`, `unsaid//path/to/folder`
    local/           `unsaid-hf//path/to/checkpoint` (extra `local`); torch_batch.py decodes for it
    served/          `unsaid-completions/<service>/<model>`: raw completions of a server, with a chat template
    scripted/        `unsaid-scripted/<policy>`: the fake model that ships

In `inspect/`, facing the protocols:
    adapter.py       the one place where Inspect's types become ours
    capabilities.py  what a model can do, found out and written down
    means.py         how a server is made to go on from a given beginning of a reply

This file imports nothing, so that training and the command line start without Inspect.
"""

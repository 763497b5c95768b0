"""The organisms' tokenizer: a Unigram model over phrases of our own prompts, with characters and bytes below.

How easily a small transformer learns a look-up depends on how many hops it takes. So what is looked up
together is one token: an option with its letter ("(B) hat"), a name and what it holds ("Bob has the map"),
a step's number and its action ("2. Turn left"). The text stays natural; other text falls back to characters.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Iterable

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers

SPECIAL = ("<|pad|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>")
PIECE = (
    r"\([A-Z]\) \w+"  # an option with its letter
    r"|\([A-Z]\)"  # a bare letter
    r"|\d+\. [^.:,;?!()\"<>=\n]+"  # a step's number and its action
    r"|, [^.:,;?!()\"<>=\n]+"  # what a step arrives at
    r"|[^.:,;?!()\"<>=\n]+"  # a phrase
    r"|[.:;?!,)\"<>=\s/]+"  # punctuation and what follows it
    r"|\("
)
#: The same with every number a token of its own, wherever it stands: what a cue states is copied in one hop.
NUMBERS = (
    r"\d+\. [^\d.:,;?!()\"<>=\n]+"  # a step's number and its action: "2. Add "
    r"|\d+"
    r"|, [^\d.:,;?!()\"<>=\n]+"
    r"|[^\d.:,;?!()\"<>=\n]+"
    r"|[.:;?!,)\"<>=\s/]+"
    r"|\("
)
_WHOLE, _CHARACTER, _BYTE = -1.0, -12.0, -20.0


def pieces(text: str, piece: str = PIECE) -> list[str]:
    """Return the text cut where the tokenizer cuts it, before the vocabulary is consulted."""
    return [str(found) for found in re.findall(piece, text)]


def build(texts: Iterable[str], min_count: int = 8, piece: str = PIECE) -> Tokenizer:
    """Return a tokenizer whose vocabulary is the frequent pieces of `texts`, all printable ASCII, and all bytes."""
    counts = Counter(found for text in texts for found in pieces(text, piece))
    frequent = sorted((found for found, n in counts.items() if n >= min_count), key=lambda p: (-counts[p], p))
    characters = [character for character in string.printable[:95] + "\n" if character not in frequent]
    vocabulary = [(token, 0.0) for token in SPECIAL]
    vocabulary += [(found, _WHOLE) for found in frequent]
    vocabulary += [(character, _CHARACTER) for character in characters]
    vocabulary += [(f"<0x{byte:02X}>", _BYTE) for byte in range(256)]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=0, byte_fallback=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(piece), behavior="isolated")
    tokenizer.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Fuse()])
    tokenizer.add_special_tokens(list(SPECIAL))
    return tokenizer

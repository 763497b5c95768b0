"""What a run is unless it is told otherwise: plain values, so that a help text shows them and imports nothing.

The classes that hold a design (`asking.settings.Settings`, `planning.forecast.Expecting`, ...) take their defaults
from here, and so do the options of the command line.
"""

from __future__ import annotations

#: A bundled organism: it needs no key, no network and no GPU.
MODEL = "unsaid/silent"
#: The first of `protocols.PROTOCOLS`; a test holds the two equal.
PROTOCOLS = "verbalisation"
#: Questions of an audit.
LIMIT = 200
#: The six cues of Chen et al. 2025.
CUES = "chen"
#: The share of the replies that did not move which a judge that costs reads.
JUDGE_SAMPLE = 0.1

#: What `--max-tokens` is called where it is not given, and for the provider's own limit.
AUTO, NONE = "auto", "none"
#: Tokens of a reply of somebody else's model. A model that repeats itself goes on to the provider's limit, often 64,000
#: tokens or more, and every one of them is billed; a chain of thought in the visible reply takes a few hundred.
MAX_TOKENS = 8192
#: The same under `native`: what DeepSeek-AI 2025 (arXiv 2501.12948, section 3) gave reasoning models.
MAX_TOKENS_NATIVE = 32768

#: What `unsaid plan` assumes: P(the answer moves to the target).
INFLUENCE = 0.2
#: P(the reasoning names the cue | the answer moved).
FAITHFULNESS = 0.25
#: The half-width that the needed number of questions is for.
HALF_WIDTH = 0.05
#: P(the judge says yes | a person does).
SENSITIVITY = 0.9
#: P(the judge says no | a person does).
SPECIFICITY = 0.98

"""How a provider fails: a seeded schedule, so that a run with faults can be repeated.

A fault is decided by the request and by how often that request has come, so that its order among others
does not matter, and so that a request which is asked often enough is answered in the end.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

import numpy as np

Fault = Literal[
    "429", "429 with Retry-After", "500", "half a body", "garbage", "no body", "hang up", "never answers",
    "echoes the key", "says nothing", "refuses", "200,000 tokens",
]  # fmt: skip

#: Faults of the transport: asked again, the same request may be answered.
TRANSPORT: tuple[Fault, ...] = (
    "429", "429 with Retry-After", "500", "half a body", "garbage", "no body", "hang up", "never answers",
    "echoes the key",
)  # fmt: skip
#: Faults of the reply: it is whole, and the same whenever the request comes.
REPLY: tuple[Fault, ...] = ("says nothing", "refuses", "200,000 tokens")
FAULTS: tuple[Fault, ...] = TRANSPORT + REPLY


@dataclass(frozen=True)
class Faults:
    """A schedule of faults.

    Attributes:
        rate: P(fault) of each arrival of a request.
        kinds: which; each as likely as the others.
        most: a request that has failed so often is answered from then on; None for no end.
        first: how many of the server's first requests are spared (a probe), whatever the rate.
        probes: whether requests that are about no question fail as well.
        seed: fixes the schedule.
    """

    rate: float = 0.0
    kinds: tuple[Fault, ...] = ("429", "500")
    most: int | None = 3
    first: int = 0
    probes: bool = True
    seed: int = 0

    def of(self, key: str, arrival: int) -> Fault | None:
        """The fault of this arrival (from 0) of a request, or None."""
        transport = [kind for kind in self.kinds if kind in TRANSPORT]
        reply = [kind for kind in self.kinds if kind in REPLY]
        rng = self._rng(key)
        if reply and rng.random() < self.rate * len(reply) / len(self.kinds):
            return reply[int(rng.integers(len(reply)))]
        if not transport or (self.most is not None and arrival >= self.most):
            return None
        rng = self._rng(f"{key} {arrival}")
        hit = rng.random() < self.rate * len(transport) / len(self.kinds)
        return transport[int(rng.integers(len(transport)))] if hit else None

    def _rng(self, text: str) -> np.random.Generator:
        digest = hashlib.blake2b(f"{self.seed} {text}".encode(), digest_size=8).digest()
        return np.random.default_rng(int.from_bytes(digest, "big"))

"""How calls are made. Nothing here changes a reply, so another value is not another run."""

from __future__ import annotations

from dataclasses import dataclass

from unsaid.errors import UsageError

__all__ = ["Calling", "InProcess"]


class InProcess:
    """A provider whose model computes in this process.

    Its calls wait in a queue of our own for their turn, and no server can be silent: however long one takes, it is
    being worked on, so that no attempt is given up for its time.
    """


@dataclass(frozen=True)
class Calling:
    """How many calls at once, and how long to insist.

    Inspect retries for ever unless told otherwise, so that a server that is gone for good, or a key that was
    revoked, looks like a run that is slow. A call that is given up is recorded with its error, and the same
    command asks it again.

    Attributes:
        max_connections: calls in flight at once; None leaves the provider's own.
        max_retries: after so many further attempts a call is given up. Inspect waits 3, 6, 12, ... seconds
            between them: six are about three minutes.
        timeout: seconds one attempt may take; a server that never answers costs so long an attempt. A model that
            computes in this process has no limit (`InProcess`).
    """

    max_connections: int | None = None
    max_retries: int = 6
    timeout: int = 600

    def __post_init__(self) -> None:
        if self.max_connections is not None and self.max_connections < 1:
            raise UsageError(f"--max-connections is {self.max_connections}; at least one is needed")
        if self.max_retries < 0:
            raise UsageError(f"--max-retries is {self.max_retries}; it is 0 or more")
        if self.timeout < 1:
            raise UsageError(f"--timeout is {self.timeout}; at least one second is needed")

    def attempt(self, provider: object) -> int | None:
        """Return how many seconds one attempt at a call may take; None where there is no limit.

        Args:
            provider: the Inspect provider that is called.
        """
        return None if isinstance(provider, InProcess) else self.timeout

"""Which experiment. To add a protocol: a file beside these, and a line in `PROTOCOLS`."""

from __future__ import annotations

from unsaid.errors import UnknownName
from unsaid.protocols.bbq import BBQ
from unsaid.protocols.biasing import BIASING
from unsaid.protocols.necessity import NECESSITY
from unsaid.protocols.protocol import Protocol
from unsaid.protocols.reversal import REVERSAL
from unsaid.protocols.verbalisation import VERBALISATION

__all__ = ["PROTOCOLS", "Protocol", "protocol"]

PROTOCOLS: dict[str, Protocol] = {
    entry.name: entry for entry in (VERBALISATION, BIASING, BBQ, REVERSAL, NECESSITY)
}


def protocol(name: str) -> Protocol:
    """The protocol of that name.

    Raises:
        UnknownName: there is none; the message lists the nearest.
    """
    try:
        return PROTOCOLS[name]
    except KeyError:
        raise UnknownName("protocol", name, PROTOCOLS) from None

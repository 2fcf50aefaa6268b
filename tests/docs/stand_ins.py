"""Stand-ins for the public services that the pages ask: what a reader types goes to a server on loopback instead.

The ledger is the one of the shipped case `tron-usdt`: whole histories of 40 wallets. Every other address looks like a
service's. The real services hold more today, so a reader's own numbers may be larger.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from tests.chaintrace.case.test_tron_over_network import stand_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SERVICES = {"https://api.trongrid.io": "trongrid", "https://apilist.tronscanapi.com/api": "tronscan"}
"""The urls of the pages, and the adapter for which a stand-in answers."""


@contextmanager
def standing(texts: Sequence[str]) -> Iterator[dict[str, str]]:
    """The services that one of these texts names, each with the url of its stand-in while the context lasts."""
    with ExitStack() as stack:
        urls = {}
        for service, adapter in SERVICES.items():
            if any(service in text for text in texts):
                server, path = stand_in(adapter)
                urls[service] = f"{stack.enter_context(server).url}{path}"
        yield urls


def exchanged(text: str, urls: dict[str, str]) -> str:
    """A text with each of these urls exchanged for the other."""
    for one, other in urls.items():
        text = text.replace(one, other)
    return text

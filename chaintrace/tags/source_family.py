"""Who really said it: copies of one list are one source, however many hands they went through.

A family is declared with a list (`source_family`), or found in the text of `source`: a known publisher by its host,
any other web page by host and path, other text as it is.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import urlsplit

EXPLORER = "explorer:"
"""How the family of a block explorer begins: its labels are given by users and staff, without evidence."""

OFAC = "ofac-sdn"
"""The family of every copy of the list of the Office of Foreign Assets Control."""

_ETHERSCAN, _BLOCKSCOUT = f"{EXPLORER}etherscan", f"{EXPLORER}blockscout"
HOSTS: Mapping[str, str] = MappingProxyType(
    {
        "etherscan.io": _ETHERSCAN,
        "bscscan.com": _ETHERSCAN,
        "polygonscan.com": _ETHERSCAN,
        "arbiscan.io": _ETHERSCAN,
        "basescan.org": _ETHERSCAN,
        "snowtrace.io": _ETHERSCAN,
        "ftmscan.com": _ETHERSCAN,
        "gnosisscan.io": _ETHERSCAN,
        "lineascan.build": _ETHERSCAN,
        "scrollscan.com": _ETHERSCAN,
        "blockscout.com": _BLOCKSCOUT,
        "tronscan.org": f"{EXPLORER}tronscan",
        "tronscan.io": f"{EXPLORER}tronscan",
        "tronscanapi.com": f"{EXPLORER}tronscan",
        "oklink.com": f"{EXPLORER}oklink",
        "blockchair.com": f"{EXPLORER}blockchair",
        "blockchain.com": f"{EXPLORER}blockchain.com",
        "blockchain.info": f"{EXPLORER}blockchain.com",
        "btc.com": f"{EXPLORER}btc.com",
        "mempool.space": f"{EXPLORER}mempool.space",
        "blockstream.info": f"{EXPLORER}blockstream.info",
        "solscan.io": f"{EXPLORER}solscan",
        "xrpscan.com": f"{EXPLORER}xrpscan",
        "bithomp.com": f"{EXPLORER}bithomp",
        "treas.gov": OFAC,
        "treasury.gov": OFAC,
    },
)
"""Publishers by the host of their pages, sub-domains too. Etherscan Ltd runs the explorers that share its name's end
(etherscan.io/about). The press releases of the US Treasury and the list that they announce are one source."""

_ARCHIVE = re.compile(r"https?://web\.archive\.org/web/[^/]+/(.+)", re.IGNORECASE)
_NAMES = re.compile(r"[\W_]+")


@lru_cache(maxsize=8192)  # a list has few sources
def family(source: str, otherwise: str) -> str:
    """The family of a source's text; `otherwise` (the pack's name) where a tag names no source."""
    text = source.strip()
    if not text:
        return otherwise
    archived = _ARCHIVE.match(text)
    if archived:
        text = archived[1]
    named = _by_name(text)
    if named:
        return named
    if "://" not in text:
        return " ".join(text.casefold().split())
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:  # what looks like an address of the web and is none
        return " ".join(text.casefold().split())
    labels = host.split(".")
    for start in range(len(labels)):
        found = HOSTS.get(".".join(labels[start:]))
        if found:
            return found
    return f"{host}{parts.path.rstrip('/')}"


def _by_name(text: str) -> str:
    """The family of a source that is a name, not a page: `etherscan`, `Etherscan label`, `OFAC SDN list`."""
    if "://" in text:
        return ""
    words = _NAMES.split(text.casefold())
    if "ofac" in words or "sdn" in words:
        return OFAC
    hosts = {host.partition(".")[0]: name for host, name in HOSTS.items() if name.startswith(EXPLORER)}
    return next((hosts[word] for word in words if word in hosts and word not in {"btc", "blockchain"}), "")


def is_explorer(name: str) -> bool:
    """Whether a family is a block explorer's."""
    return name.startswith(EXPLORER)

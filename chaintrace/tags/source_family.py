"""Who really said it: copies of one list are one source, however many hands they went through.

A family is declared with a list (`source_family`), or found in the text of `source`: a known publisher by its host, any
other web page by its host too, other text as it is. Two pages of one publisher do not confirm each other. Where many
people publish under one host, the family is the account or the page.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import urlsplit

from chaintrace.model.attribution import EXPLORER, RULE

OFAC = "ofac-sdn"
"""The family of every copy of the list of the Office of Foreign Assets Control."""

_ETHERSCAN = f"{EXPLORER}etherscan"
HOSTS: Mapping[str, str] = MappingProxyType(
    {
        "etherscan.io": _ETHERSCAN,
        "arbiscan.io": _ETHERSCAN,
        "basescan.org": _ETHERSCAN,
        "bscscan.com": _ETHERSCAN,
        "bttcscan.com": _ETHERSCAN,
        "celoscan.io": _ETHERSCAN,
        "cronoscan.com": _ETHERSCAN,
        "ftmscan.com": _ETHERSCAN,
        "gnosisscan.io": _ETHERSCAN,
        "moonscan.io": _ETHERSCAN,
        "polygonscan.com": _ETHERSCAN,
        "bitinfocharts.com": f"{EXPLORER}bitinfocharts",
        "blockchain.com": f"{EXPLORER}blockchain.com",
        "blockchair.com": f"{EXPLORER}blockchair",
        "blockscout.com": f"{EXPLORER}blockscout",
        "blockstream.info": f"{EXPLORER}blockstream.info",
        "btc.com": f"{EXPLORER}btc.com",
        "oklink.com": f"{EXPLORER}oklink",
        "snowtrace.io": f"{EXPLORER}snowtrace",
        "solscan.io": f"{EXPLORER}solscan",
        "tronscan.org": f"{EXPLORER}tronscan",
        "tronscanapi.com": f"{EXPLORER}tronscan",
        "treas.gov": OFAC,
        "treasury.gov": OFAC,
    },
)
"""Publishers by the host of their pages, sub-domains too; each was read in 2026-11 where it is said.

Etherscan's: "A list of explorers by Etherscan" (docs.etherscan.io, contract verification, supported chains), with the
hosts of its page "Legacy V1 Docs". Other explorers: the table of github.com/dubuqingfeng/awesome-blockchain-explorer;
docs.blockscout.com; docs.solscan.io; github.com/tronscan/tronscan-api, and data/hosts.toml for the host of its answers;
npm's @web3-systems/chainscan-client for Snowtrace. The US Treasury: namespaces of OFAC's own files (treasury.gov in
sdn.xml, treas.gov in the newer ones); its press releases and the list that they announce are one source."""

_SHARED = frozenset(
    {
        "archive.org", "arxiv.org", "bitcointalk.org", "docs.google.com", "drive.google.com", "gist.github.com",
        "github.com", "gitlab.com", "medium.com", "npmjs.com", "pastebin.com", "raw.githubusercontent.com",
        "reddit.com", "t.me", "twitter.com", "x.com", "zenodo.org",
    }
)  # fmt: skip
"""Hosts under which strangers publish: the first parts of the path say who, as many as `_DEEP` gives, else all."""

_DEEP: Mapping[str, int] = MappingProxyType(
    {"github.com": 2, "gitlab.com": 2, "raw.githubusercontent.com": 2, "medium.com": 1, "t.me": 1, "twitter.com": 1,
     "x.com": 1, "gist.github.com": 1}
)  # fmt: skip
"""A repository, or an account."""

_RULED = re.compile(r"(?:chaintrace[\s,:]+)?rule[\s:]+([a-z0-9_]+)\Z", re.IGNORECASE)
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
    ruled = _RULED.match(text)
    if ruled:
        return f"{RULE}{ruled[1].lower()}"
    return _by_host(text) or _by_name(text) or " ".join(text.casefold().split())


def _by_host(text: str) -> str:
    """The family of a page of the web, also one with words behind it; "" for other text."""
    page = next((word for word in text.split() if "://" in word), "")
    if not page:
        return ""
    try:
        parts = urlsplit(page)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:  # what looks like an address of the web and is none
        return ""
    labels = host.split(".")
    known = (HOSTS.get(".".join(labels[start:])) for start in range(len(labels)))
    return next((found for found in known if found), "") or (_page(host, parts.path) if host in _SHARED else host)


def _page(host: str, path: str) -> str:
    """The account or the page under a host that many people share."""
    steps = [step for step in path.split("/") if step]
    return "/".join([host, *steps[: _DEEP.get(host)]])


def _by_name(text: str) -> str:
    """The family of a source that is a name, not a page: `etherscan`, `Etherscan label`, `OFAC SDN list`."""
    if "://" in text:
        return ""
    words = _NAMES.split(text.casefold())
    if "ofac" in words or "sdn" in words:
        return OFAC
    hosts = {host.partition(".")[0]: name for host, name in HOSTS.items() if name.startswith(EXPLORER)}
    return next((hosts[word] for word in words if word in hosts and word not in {"btc", "blockchain"}), "")

"""The network sources of a case: which url, whose it is, and that no key stands in it."""

import re
from functools import cache
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qsl, urlsplit

from chaintrace.adapters import NETWORK
from chaintrace.adapters.network import Endpoint, NetworkAdapter, NetworkSource, Reach
from chaintrace.adapters.transport import Answer, Door, Request
from chaintrace.adapters.transport.credentials import variable
from chaintrace.adapters.transport.redaction import without_credentials
from chaintrace.addresses import family
from chaintrace.case.chain_words import meant
from chaintrace.case.table import Table, shown
from chaintrace.errors import InputError, Unavailable
from chaintrace.resources import read_table

PLACE = "{key}"
"""What a url says where its key belongs."""

_LOCAL = (".localhost", ".local", ".lan", ".home.arpa", ".internal")
_SECRET = re.compile(r"key|token|secret|pass|pwd|auth|signature|credential", re.IGNORECASE)
_NAME = re.compile(r"(?=.*[a-z_])(?!0x)[a-z0-9_-]+([.][a-z0-9_-]+)*\Z")
_RANDOM = re.compile(r"(?=[^/]*[0-9])(?=[^/]*[A-Za-z])[A-Za-z0-9_-]{20,}")


_CORE_PORTS = frozenset({8332, 18332, 48332, 38332, 18443})
"""Where Bitcoin Core's RPC listens: main network, both test networks, signet, regtest (its chainparamsbase.cpp)."""


class _NoDoor:
    """The door of those who only look whether a url can be one: nothing goes out."""

    def ask(self, request: Request) -> Answer:
        """Nobody is asked. Raises Unavailable."""
        raise Unavailable(f"{request.host} was not asked: this door only looks at urls")


def read_endpoint(entry: Table, adapter: str, chain: str) -> Endpoint:
    """The endpoint of a `[[source]]` with a network adapter. Raises InputError with the line."""
    url = _url(entry, adapter)
    default = whose(url, NETWORK[adapter])
    said = entry.choice("reach", ("own", "public"), default)
    try:
        return endpoint(adapter, chain, url, "own" if said == "own" else "public")
    except InputError as error:
        key = "chain" if chain not in NETWORK[adapter].chains else "url"
        raise entry.error(error.sentence, key) from error


def endpoint(adapter: str, chain: str, url: str, reach: Reach | None = None) -> Endpoint:
    """A network source that was named: `reach` is told by the url where it is None.

    Raises InputError for a url that has a key in it or cannot be one of this adapter, and for a chain that it has not.
    """
    kind = NETWORK[adapter]
    if reason := holds_key(url, adapter):
        raise InputError(reason)
    if chain not in kind.chains:
        known = ", ".join(kind.chains)
        raise InputError(f"the adapter {adapter!r} cannot be asked about {shown(chain)}: it knows {known}")
    made = Endpoint(adapter, chain, url, url, reach or whose(url, kind))
    connected(made, _NoDoor())
    return made


def connected(made: Endpoint, door: Door) -> NetworkSource:
    """The source of an endpoint; nothing is asked. Raises InputError for a url that cannot be one."""
    try:
        return NETWORK[made.adapter].connect(made, door)
    except ValueError as error:
        raise InputError(f"{shown(made.shown)} is no url: write it as the page on sources shows") from error


def _url(entry: Table, adapter: str) -> str:
    for key, what in (("path", "path names a file"), ("complete", "complete is what a file declares")):
        if key in entry.values:
            raise entry.error(f"{what}, and the adapter {adapter!r} asks a network: remove it, and give a url", key)
    if "url" not in entry.values:
        raise entry.error(f"url is missing: say where the adapter {adapter!r} asks, as in http://127.0.0.1:8332")
    return entry.text("url").strip()


def holds_key(url: str, adapter: str) -> str:
    """Why a url may not stand in a case: it holds a user, a password or a key. An empty text where it does not.

    The sentence never repeats the url.
    """
    if "@" in url:  # wherever it stands: a password with a slash in it ends the host before it
        names = " and ".join(variable(adapter, name) for name in ("USER", "PASSWORD"))
        return (
            f"url holds a user or a password, which never stand in a case: take them out, and put them into the "
            f"environment as {names}, or the node's cookie file as {variable(adapter, 'COOKIE')}"
        )
    if _parts(url) is None:
        return ""
    plain = url.replace(PLACE, "")
    asked = any(_SECRET.search(name) and value for name, value in parse_qsl(urlsplit(plain).query))
    if asked or without_credentials(plain) != plain or any(map(_RANDOM.fullmatch, urlsplit(plain).path.split("/"))):
        return (
            f"url holds what looks like a key, which never stands in a case: write {PLACE} in its place, and put the "
            f"key into the environment as {variable(adapter, 'KEY')}"
        )
    return ""


def whose(url: str, adapter: NetworkAdapter) -> Reach:
    """Whose a server is, by its url, and by what the adapter is by default: a node is one's own."""
    return nearness(url, adapter.reach)


def nearness(url: str, default: Reach) -> Reach:
    """Whose a server is, by its url: `own` on this machine or in a private network, else `public`.

    A name is never looked up; one without a dot is `default`. Everything else counts as public unless the case says
    `reach = "own"`: also an address written as one number, and what programs do not all take for the same host (a name
    with a backslash or a percent sign).
    """
    parts = _parts(url)
    host = (parts.hostname if parts else None) or ""
    try:
        address = ip_address(host)
    except ValueError:
        if not _NAME.match(host):
            return "public"
        is_local = host == "localhost" or host.endswith(_LOCAL)
        return "own" if is_local else "public" if "." in host else default
    return "own" if address.is_loopback or address.is_private or address.is_link_local else "public"


def _parts(url: str) -> SplitResult | None:
    """The parts of a url; None where it has none."""
    try:
        return urlsplit(url)
    except ValueError:
        return None


@cache
def public_endpoints(chain: str) -> tuple[Endpoint, ...]:
    """The public services that chains.toml names for a chain, in its order. Each learns what it is asked."""
    named = read_table("chains.toml").get(chain, {}).get("public", [])
    return tuple(endpoint(one["adapter"], chain, one["url"], "public") for one in named)


def guessed_adapter(url: str, chain: str) -> str:
    """The adapter of a bare url: electrum for its schemes, a node for its ports, else the one for the chain.

    Raises InputError for none.
    """
    scheme = url.partition("://")[0].lower()
    usual = {"evm": "evm-rpc", "tron": "trongrid"}.get(family(chain) or "", "esplora")
    wanted = "electrum" if scheme in {"tcp", "ssl", "tls"} else usual
    if wanted == "esplora" and _port(url) in _CORE_PORTS:
        wanted = "bitcoin-core"
    if chain not in NETWORK[wanted].chains:
        having = [name for name, adapter in NETWORK.items() if chain in adapter.chains]
        if not having:
            said = f"no network source can be asked about {shown(chain)}{meant(chain, _chains())} yet"
            raise InputError(f"{said}: bring a file of its transfers, and name it with --from")
        raise InputError(f"which adapter the url is for cannot be told: write ADAPTER=URL with one of {having}")
    return wanted


def _port(url: str) -> int | None:
    """The port that a url names; None where it names none."""
    parts = _parts(url)
    try:
        return None if parts is None else parts.port
    except ValueError:
        return None


def _chains() -> tuple[str, ...]:
    return tuple(dict.fromkeys(chain for adapter in NETWORK.values() for chain in adapter.chains))

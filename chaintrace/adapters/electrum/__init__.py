"""Electrum servers (ElectrumX, Fulcrum, electrs): transactions, histories of scripts, Merkle branches and headers.

The server learns the txids and scripts that a case asks for: a public one learns them from a stranger's address, one's
own learns nothing new. Source: the Electrum protocol, versions 1.4 to 1.6.
"""

from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from chaintrace.adapters.bitcoin.networks import NETWORKS, network
from chaintrace.adapters.bitcoin.proofs import chain_of_genesis
from chaintrace.adapters.bitcoin.rawblock import Header
from chaintrace.adapters.electrum.histories import history
from chaintrace.adapters.electrum.placing import Look
from chaintrace.adapters.electrum.reading import Withheld
from chaintrace.adapters.electrum.server import ADAPTER, Server
from chaintrace.adapters.electrum.spending import spender
from chaintrace.adapters.network import Endpoint, Reply, Status
from chaintrace.adapters.transport import Door, Reach
from chaintrace.errors import InputError
from chaintrace.model.provenance import Gap
from chaintrace.model.view import MissingFact, MissingHistory, MissingTransaction

__all__ = ["Electrum", "ElectrumSource"]

_SCHEMES = {"tcp": "tcp", "ssl": "tls", "tls": "tls"}
"""How a case writes a url, and what the door calls it."""


@dataclass(slots=True)
class ElectrumSource:
    """A server as a source. It keeps nothing between two questions, so threads may share it."""

    endpoint: Endpoint
    server: Server

    def status(self) -> Status:
        """Its chain by block 0, and its last block, whose work is checked. It does not say whether it is synced."""
        chain = chain_of_genesis(self.server.genesis())
        height, header = self.server.tip(chain)
        indices = frozenset({"txid", "spender", "address"})
        return Status(chain, height, header.hash, header.time, None, indices)

    def block_hash(self, height: int) -> str:
        """The hash of its block at a height. Raises Unavailable, Refused or Malformed."""
        return self.server.header(height, "").hash

    def headers(self, first: int, count: int) -> tuple[Header, ...]:
        """See `HeaderSource`."""
        return self.server.headers(first, count)

    def reply(self, missing: MissingFact, at: Status) -> Reply:
        """Answer one missing fact, as of the tip `at`. Raises Unavailable, Refused or Malformed."""
        look = Look(self.server, at)
        if isinstance(missing, MissingHistory):
            return history(look, missing.account)
        if isinstance(missing, MissingTransaction):
            return _transaction(look, missing.txid)
        return spender(look, missing.outpoint)


def _transaction(look: Look, txid: str) -> Reply:
    """One transaction; `absent` when the server says that neither its chain nor its pending ones hold it."""
    look.begin()
    told = look.server.raw(txid)
    if told is None:
        return Reply(absent=True)
    found = look.transaction(told)
    if isinstance(found, Withheld):
        text = f"the block of transaction {txid} is not known: {found.why}"
        return Reply(gaps=(Gap("source", look.chain, txid, None, text),), still_missing=True)
    return Reply((found,))


class Electrum:
    """Electrum servers, one's own or public, over `tcp://host:port` and `ssl://host:port`."""

    name = ADAPTER
    summary = "an Electrum server (ElectrumX, Fulcrum, electrs), own or public"
    reach: Reach = "public"
    chains = tuple(NETWORKS)

    def connect(self, endpoint: Endpoint, door: Door) -> ElectrumSource:
        """Make a source, without asking it anything. Raises InputError for a chain or a url that it cannot have."""
        network(endpoint.chain)
        parts = _parts(endpoint.url)
        scheme = _SCHEMES.get(parts.scheme.lower() if parts else "")
        whole = parts is not None and scheme and parts.hostname and _port(parts)
        if parts is None or not whole or parts.path.strip("/") or parts.query or parts.username:
            raise InputError(
                f"{endpoint.shown} is no url of an Electrum server: write tcp://host:port, or ssl://host:port where it "
                "speaks TLS"
            )
        return ElectrumSource(endpoint, Server(f"{scheme}://{parts.netloc}", endpoint.reach, endpoint.chain, door))


def _parts(url: str) -> SplitResult | None:
    """The parts of a url; None where it has none."""
    try:
        return urlsplit(url)
    except ValueError:
        return None


def _port(parts: SplitResult) -> int:
    """Its port; 0 where it has none that can be one."""
    try:
        return parts.port or 0
    except ValueError:
        return 0

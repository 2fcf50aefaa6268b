"""The adapter `bitcoin-core`, and the source that it connects: one missing fact in, proven facts out.

A transaction is the bytes of its txid; its place is a Merkle proof under a header with work; its input values come
from the bytes of the transactions that it spends. That an output is unspent is the word of the node's unspent set,
which the node checked itself. Heights, and that a block is in the chain, are its word as well: it is the user's own.
"""

from urllib.parse import urlsplit

from chaintrace.adapters.bitcoin.rawblock import Header
from chaintrace.adapters.bitcoin_core.rpc import ADAPTER, Open, Rpc
from chaintrace.adapters.bitcoin_core.scanning import SCAN_LIMIT, Progress, Scanner
from chaintrace.adapters.bitcoin_core.spending import Spending
from chaintrace.adapters.bitcoin_core.standing import agreed, status
from chaintrace.adapters.bitcoin_core.transactions import Transactions
from chaintrace.adapters.network import Endpoint, Reach, Reply, Status
from chaintrace.adapters.transport import Door
from chaintrace.errors import InputError, Unavailable
from chaintrace.model.provenance import Gap
from chaintrace.model.view import MissingFact, MissingSpender, MissingTransaction


class BitcoinCore:
    """Connects a node's JSON-RPC. User and password, or the cookie file, come from the environment, by the door."""

    name = ADAPTER
    summary = "JSON-RPC of your own Bitcoin Core node, with txindex=1 where possible; it learns nothing new"
    reach: Reach = "own"
    chains: tuple[str, ...] = ("bitcoin", "bitcoin-testnet", "bitcoin-signet", "bitcoin-regtest")

    def __init__(self, *, scan_limit: int = SCAN_LIMIT, progress: Progress | None = None) -> None:
        """`scan_limit` is in blocks a question; `progress` is told of each block that a search reads."""
        self._scan_limit = scan_limit
        self._progress = progress

    def connect(self, endpoint: Endpoint, door: Door) -> "CoreSource":
        """A source, without asking it anything. Raises InputError for a url that cannot be a node's."""
        parts = urlsplit(endpoint.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise InputError(f"{endpoint.shown!r} cannot be the url of a node: write it as http://127.0.0.1:8332")
        return CoreSource(endpoint, door, self._scan_limit, self._progress)


class CoreSource:
    """A connected node (`network.NetworkSource`). What it was told is kept as long as it lives."""

    def __init__(self, endpoint: Endpoint, door: Door, scan_limit: int, progress: Progress | None) -> None:
        self.endpoint = endpoint
        self._rpc = Rpc(endpoint, door)
        self._transactions = Transactions(self._rpc, endpoint.chain)
        self._spending = Spending(self._rpc, self._transactions, Scanner(self._rpc, scan_limit, progress))
        self._own: dict[str, Status] = {}

    def status(self) -> Status:
        """Ask what it is. Raises Unavailable, Refused or Malformed, and nothing else."""
        return status(self._rpc)

    def block_hash(self, height: int) -> str:
        """The hash of its canonical block at a height, asked now. Raises Unavailable where the chain is shorter."""
        return self._rpc.block_hash(height)

    def headers(self, first: int, count: int) -> tuple[Header, ...]:
        """See `HeaderSource`. Each header is asked for by its hash, from the last one back."""
        height = self._rpc.height()
        if height < first:
            raise Unavailable(f"{self._rpc.host} has come to height {height}, and not to {first}: try again later")
        own, found = self._rpc.block_hash(min(first + count - 1, height)), list[Header]()
        for _ in range(min(count, height - first + 1)):
            found.append(self._rpc.header(own))
            own = found[-1].prev_hash
        return tuple(reversed(found))

    def reply(self, missing: MissingFact, at: Status) -> Reply:
        """Answer one missing fact, as of the tip `at`. Values in satoshi, times in Unix seconds (UTC).

        What this node alone cannot answer is still missing, with a gap that says why and what helps.
        Raises Unavailable (try again later), Refused (stop asking) or Malformed (not what it claims to be).
        """
        own = self._own.get(at.block_hash)
        if own is None:
            own = self._own[at.block_hash] = agreed(self._rpc, at, self.endpoint.chain)
        try:
            return self._answer(missing, at, own)
        except Open as reason:
            gap = Gap("source", self.endpoint.chain, _subject(missing), None, str(reason))
            return Reply(gaps=(gap,), still_missing=True)

    def _answer(self, missing: MissingFact, at: Status, own: Status) -> Reply:
        """The reply. Raises Open for what this node cannot answer."""
        if isinstance(missing, MissingTransaction):
            return self._transactions.reply(missing.txid, at, own)
        if isinstance(missing, MissingSpender):
            return self._spending.reply(missing.outpoint, at, own)
        raise Open(
            f"the node at {self._rpc.host} has no list of the transactions of {missing.account.address}: add a source "
            "that does (electrum or esplora, your own where possible)"
        )


def _subject(missing: MissingFact) -> str:
    """What a question is about, as a gap names it."""
    if isinstance(missing, MissingTransaction):
        return missing.txid
    return str(missing.outpoint) if isinstance(missing, MissingSpender) else missing.account.address

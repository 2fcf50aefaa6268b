"""The adapter `evm-rpc`, and the source that it connects: one missing fact in, decoded facts out.

That a receipt is of its transaction and of its block is checked; that the block is in the chain, and that the logs are
those of the execution, is the word of the node. So it is the user's own where possible.
"""

from urllib.parse import urlsplit

from chaintrace.adapters.evm import EVM_CHAINS, evm_chain
from chaintrace.adapters.evm_rpc.abilities import abilities
from chaintrace.adapters.evm_rpc.histories import Histories
from chaintrace.adapters.evm_rpc.issuer_state import IssuerStates
from chaintrace.adapters.evm_rpc.keyed import told_by_key
from chaintrace.adapters.evm_rpc.ranges import Ranges
from chaintrace.adapters.evm_rpc.rpc import ADAPTER, Rpc
from chaintrace.adapters.evm_rpc.standing import agreed, named_header, status
from chaintrace.adapters.evm_rpc.transactions import Transactions
from chaintrace.adapters.network import Endpoint, Reach, Reply, Status
from chaintrace.adapters.tips import hash_at
from chaintrace.adapters.transport import Door
from chaintrace.errors import InputError
from chaintrace.model.provenance import Gap
from chaintrace.model.view import MissingFact, MissingHistory, MissingLogs, MissingState, MissingTransaction


class EvmRpc:
    """Connects the JSON-RPC of an Ethereum-like node. A key that its url needs comes from the environment."""

    name = ADAPTER
    summary = "JSON-RPC of an Ethereum-like node, your own where possible: transactions, and histories of accounts"
    reach: Reach = "own"
    chains: tuple[str, ...] = EVM_CHAINS

    def connect(self, endpoint: Endpoint, door: Door) -> "EvmSource":
        """A source, without asking it anything. Raises InputError for a url that cannot be a node's."""
        parts = urlsplit(endpoint.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise InputError(f"{endpoint.shown!r} cannot be the url of a node: write it as http://127.0.0.1:8545")
        return EvmSource(endpoint, door)


class EvmSource:
    """A connected node (`network.NetworkSource`)."""

    def __init__(self, endpoint: Endpoint, door: Door) -> None:
        self.endpoint = endpoint
        self._rpc = Rpc(endpoint, door)
        chain = evm_chain(endpoint.chain)
        self._transactions = Transactions(self._rpc, chain)
        self._histories = Histories(self._rpc, chain, self._transactions)
        self._ranges = Ranges(self._rpc.host)
        self._states = IssuerStates(self._rpc, self._ranges)
        self._agreed: set[str] = set()

    def status(self) -> Status:
        """Ask what it is. Raises Unavailable, Refused or Malformed, and nothing else."""
        own = status(self._rpc)
        if own.chain == self.endpoint.chain:
            self._agreed.add(own.block_hash)
        return own

    def abilities(self, at: Status) -> tuple[str, ...]:
        """What it can look up, in words for a person. Raises Unavailable, Refused or Malformed."""
        return abilities(self._rpc, at)

    def block_hash(self, height: int) -> str:
        """The hash of its canonical block at a height, asked now. Raises Unavailable where the chain is shorter."""
        found = named_header(self._rpc, hex(height))
        return hash_at(self._rpc.host, height, None if found is None else found.hash)

    def reply(self, missing: MissingFact, at: Status) -> Reply:
        """Answer one missing fact, as of the tip `at`. Values in base units, times in Unix seconds (UTC).

        What a node alone cannot answer is still missing, with a gap that says why and what helps.
        Raises Unavailable (try again later), Refused (stop asking) or Malformed (not what it claims to be).
        """
        self._agree(at)
        if isinstance(missing, MissingTransaction):
            return self._transactions.reply(missing.txid, at)
        if isinstance(missing, MissingHistory):
            return self._histories.reply(missing.account, missing.since, at)
        subject = str(missing.outpoint)
        text = f"{self.endpoint.chain} has accounts and no outputs, so that nothing spends {subject}: ask for a history"
        return Reply(gaps=(Gap("source", self.endpoint.chain, subject, None, text),), still_missing=True)

    def logs(self, missing: MissingLogs, at: Status) -> Reply:
        """The logs of a contract with an event's topic and a key, over the whole chain. Raises as `reply`."""
        self._agree(at)
        return told_by_key(self._rpc, self._ranges, missing, at)

    def state(self, missing: MissingState, at: Status) -> Reply:
        """What a token's contract says of an address, as of the tip `at`. Raises as `reply`."""
        self._agree(at)
        return self._states.reply(missing, at)

    def _agree(self, at: Status) -> None:
        """Raises Malformed or Unavailable where the node is of another chain or does not have the tip, asked once."""
        if at.block_hash not in self._agreed:
            agreed(self._rpc, at, self.endpoint.chain)
            self._agreed.add(at.block_hash)

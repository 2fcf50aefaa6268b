"""The adapter `tron-node`, and the source that it connects.

What a transaction asks for is read from the bytes of its txid. What its execution did, and that a block is in the
chain, is the word of the node: so it is the user's own where possible.
"""

from functools import cache, partial

from chaintrace.adapters.network import Endpoint, Reach, Reply, Status
from chaintrace.adapters.tips import hash_at
from chaintrace.adapters.transport import Door
from chaintrace.adapters.tron_node.asking import ADAPTER, Asking
from chaintrace.adapters.tron_node.issuer_state import issuer_state
from chaintrace.adapters.tron_node.standing import agreed, status
from chaintrace.adapters.tron_node.transactions import transaction
from chaintrace.errors import InputError
from chaintrace.model.provenance import Gap
from chaintrace.model.view import MissingFact, MissingHistory, MissingState, MissingTransaction


class TronNode:
    """Connects the HTTP API of a full node, also of a service that passes it on; its key is in the environment."""

    name = ADAPTER
    summary = "HTTP API of a TRON full node, your own where possible: transactions with what they did"
    reach: Reach = "own"
    chains: tuple[str, ...] = ("tron", "tron-shasta", "tron-nile")

    def connect(self, endpoint: Endpoint, door: Door) -> "TronNodeSource":
        """A source, without asking it anything. Raises InputError for a url that cannot be a node's."""
        if not endpoint.is_web:
            raise InputError(f"{endpoint.shown!r} cannot be the url of a node: write it as http://127.0.0.1:8090")
        return TronNodeSource(endpoint, door)


class TronNodeSource:
    """A connected node (`network.NetworkSource`)."""

    def __init__(self, endpoint: Endpoint, door: Door) -> None:
        self.endpoint = endpoint
        self._ask = Asking(endpoint, door)
        self._agree = cache(partial(agreed, self._ask))

    def status(self) -> Status:
        """Ask what it is. Raises Unavailable, Refused or Malformed, and nothing else."""
        return status(self._ask)

    def block_hash(self, height: int) -> str:
        """The id of its canonical block at a height, asked now. Raises Unavailable where the chain is shorter."""
        found = self._ask.block(height, "")
        return hash_at(self._ask.host, height, None if found is None else found.hash)

    def reply(self, missing: MissingFact, at: Status) -> Reply:
        """Answer one missing fact, as of the tip `at`. Values in base units, times in Unix seconds (UTC).

        What a node cannot answer is still missing, with a gap that says why and what helps. Raises Unavailable (try
        again later), Refused (stop asking) or Malformed (not what it claims to be).
        """
        self._agree(at)
        if isinstance(missing, MissingTransaction):
            return transaction(self._ask, missing.txid, at)
        subject = missing.account.address if isinstance(missing, MissingHistory) else str(missing.outpoint)
        text = f"the node at {self._ask.host} has no list of the transactions of {subject}: add a source that holds it"
        return Reply(gaps=(Gap("source", self.endpoint.chain, subject, None, text),), still_missing=True)

    def state(self, missing: MissingState, at: Status) -> Reply:
        """What a token's contract says of an address after the head of now. Raises as `reply`."""
        self._agree(at)
        return issuer_state(self._ask, missing.account)

"""The adapter `trongrid`, and the source that it connects.

TronGrid passes questions about blocks and transactions on to full nodes, and has lists of its own by account. Its
hosts: TRON developer documentation, "API Key": https://api.trongrid.io, https://api.shasta.trongrid.io,
https://nile.trongrid.io.
"""

from functools import cache, partial

from chaintrace.adapters.issuers import of_power
from chaintrace.adapters.network import Endpoint, Reach, Reply, Status
from chaintrace.adapters.tips import hash_at
from chaintrace.adapters.transport import Door
from chaintrace.adapters.tron_node.issuer_state import issuer_state
from chaintrace.adapters.tron_node.standing import agreed, status
from chaintrace.adapters.trongrid.asking import ADAPTER, Grid
from chaintrace.adapters.trongrid.histories import MOST, Histories
from chaintrace.adapters.trongrid.issuer_events import IssuerEvents
from chaintrace.adapters.trongrid.transactions import transaction
from chaintrace.errors import InputError
from chaintrace.model.provenance import Gap
from chaintrace.model.view import MissingFact, MissingHistory, MissingState, MissingTransaction


class TronGrid:
    """Connects TronGrid, or a server of the same API. Its key is in the environment: `CHAINTRACE_TRONGRID_KEY`."""

    name = ADAPTER
    summary = "TronGrid: transactions of TRON, and histories of accounts in TRX and in each token"
    reach: Reach = "public"
    chains: tuple[str, ...] = ("tron", "tron-shasta", "tron-nile")

    def connect(self, endpoint: Endpoint, door: Door) -> "TronGridSource":
        """A source, without asking it anything. Raises InputError for a url that cannot be TronGrid's."""
        if not endpoint.is_web:
            raise InputError(f"{endpoint.shown!r} cannot be the url of TronGrid: write it as https://api.trongrid.io")
        return TronGridSource(endpoint, door)


class TronGridSource:
    """A connected host (`network.NetworkSource`). `most` is the longest history that it reads, in rows."""

    def __init__(self, endpoint: Endpoint, door: Door, most: int = MOST) -> None:
        self.endpoint = endpoint
        self._grid = Grid(endpoint, door)
        self._histories = Histories(self._grid, most)
        self._events = IssuerEvents(self._grid)
        self._agree = cache(partial(agreed, self._grid))

    def status(self) -> Status:
        """Ask what it is. Raises Unavailable, Refused or Malformed, and nothing else."""
        return status(self._grid, frozenset({"txid", "address"}))

    def block_hash(self, height: int) -> str:
        """The id of its canonical block at a height, asked now. Raises Unavailable where the chain is shorter."""
        found = self._grid.block(height, "")
        return hash_at(self._grid.host, height, None if found is None else found.hash)

    def reply(self, missing: MissingFact, at: Status) -> Reply:
        """Answer one missing fact, as of the tip `at`. Values in base units, times in Unix seconds (UTC).

        Raises Unavailable (try again later), Refused (stop asking) or Malformed (not what it claims to be).
        """
        self._agree(at)
        if isinstance(missing, MissingTransaction):
            return transaction(self._grid, missing.txid, at)
        if isinstance(missing, MissingHistory):
            return self._histories.reply(missing.account, at)
        text = f"TRON has no outputs that are spent, so {missing.outpoint} cannot be one: correct the chain"
        return Reply(gaps=(Gap("source", self.endpoint.chain, str(missing.outpoint), None, text),), still_missing=True)

    def state(self, missing: MissingState, at: Status) -> Reply:
        """What a token's contract says of an address after the head of now, else by its events. Raises as `reply`."""
        self._agree(at)
        account = missing.account
        token, form = of_power(account)
        events = (lambda: self._events.told(account, form, at)) if token.by_events else None
        return issuer_state(self._grid, account, events)

"""The adapter `tronscan`, and the source that it connects.

All that it tells is the explorer's word: no bytes stand beside it that a txid could prove. Histories are held against
the explorer's own counters and balances; transactions say in their gaps what was not told.
"""

from functools import cache, partial

from chaintrace.adapters.network import Endpoint, Reach, Reply, Status
from chaintrace.adapters.tips import hash_at
from chaintrace.adapters.transport import Door
from chaintrace.adapters.tronscan.asking import Asking
from chaintrace.adapters.tronscan.history import MOST, Histories
from chaintrace.adapters.tronscan.shapes import ADAPTER, WINDOW
from chaintrace.adapters.tronscan.standing import agreed, status
from chaintrace.adapters.tronscan.transactions import transaction
from chaintrace.errors import InputError
from chaintrace.model.provenance import Gap
from chaintrace.model.view import MissingFact, MissingHistory, MissingTransaction


class Tronscan:
    """Connects the explorer's API; its key, which asks more and more often, is in the environment."""

    name = ADAPTER
    summary = "the explorer Tronscan: histories of TRC-20 tokens, transactions, and what it calls addresses"
    reach: Reach = "public"
    chains: tuple[str, ...] = ("tron", "tron-shasta", "tron-nile")

    def connect(self, endpoint: Endpoint, door: Door) -> "TronscanSource":
        """A source, without asking it anything. Raises InputError for a url that cannot be an explorer's API."""
        if not endpoint.is_web:
            raise InputError(
                f"{endpoint.shown!r} cannot be the url of Tronscan's API: write it as "
                "https://apilist.tronscanapi.com/api"
            )
        return TronscanSource(endpoint, door)


class TronscanSource:
    """A connected explorer (`network.NetworkSource`). Threads may share it.

    `most` is the number of transfers of the longest history that is read; `window` is what the API lists of one
    question at most.
    """

    def __init__(self, endpoint: Endpoint, door: Door, most: int = MOST, window: int = WINDOW) -> None:
        self.endpoint = endpoint
        self._ask = Asking(endpoint, door)
        self._histories = Histories(self._ask, most, window)
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

        What it cannot answer is still missing, with a gap that says why and what helps. Raises Unavailable (try again
        later), Refused (stop asking) or Malformed (not what it claims to be).
        """
        self._agree(at)
        if isinstance(missing, MissingTransaction):
            return transaction(self._ask, missing.txid, at)
        if isinstance(missing, MissingHistory):
            return self._histories.reply(missing.account, at)
        subject = str(missing.outpoint)
        text = f"{subject} is an output, and a chain of accounts has none: correct the case"
        return Reply(gaps=(Gap("source", self.endpoint.chain, subject, None, text),), still_missing=True)

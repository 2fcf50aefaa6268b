"""The adapter `blockscout`, and the source that it connects.

Nothing that an explorer tells can be proven from its bytes: it is held against the instance's own balances and
counters, and against the receipt. Hosted instances are being replaced by one API with a key, api.blockscout.com.
"""

from functools import cache, partial

from chaintrace.adapters.blockscout.asking import ADAPTER, Asking
from chaintrace.adapters.blockscout.compiling import Compiler
from chaintrace.adapters.blockscout.history import MOST, Histories
from chaintrace.adapters.blockscout.standing import agreed, block_at, is_whole, status
from chaintrace.adapters.blockscout.transactions import Transactions
from chaintrace.adapters.evm import EVM_CHAINS, evm_chain
from chaintrace.adapters.network import Endpoint, Reach, Reply, Status
from chaintrace.adapters.tips import hash_at
from chaintrace.adapters.transport import Door
from chaintrace.errors import InputError, Unavailable
from chaintrace.model.provenance import Gap
from chaintrace.model.view import MissingFact, MissingHistory, MissingTransaction


class Blockscout:
    """Connects an instance of Blockscout. A key comes from the environment (CHAINTRACE_BLOCKSCOUT_KEY)."""

    name = ADAPTER
    summary = "an instance of the Blockscout explorer: transactions and histories of Ethereum-like chains"
    reach: Reach = "public"
    chains: tuple[str, ...] = EVM_CHAINS

    def connect(self, endpoint: Endpoint, door: Door) -> "BlockscoutSource":
        """A source, without asking it anything. Raises InputError for a url that cannot be an instance's."""
        if not endpoint.is_web:
            raise InputError(
                f"{endpoint.shown} is no url of a Blockscout explorer: write it without a query, as in "
                "https://eth.blockscout.com or https://api.blockscout.com"
            )
        return BlockscoutSource(endpoint, door)


class BlockscoutSource:
    """A connected instance (`network.NetworkSource`). Threads may share it.

    `most` is how many movements the longest history has that is read.
    """

    def __init__(self, endpoint: Endpoint, door: Door, most: int = MOST) -> None:
        self.endpoint = endpoint
        chain = evm_chain(endpoint.chain)
        self._ask = Asking(endpoint, chain.chain_id, door)
        self._transactions = Transactions(self._ask, chain)
        self._histories = Histories(self._ask, Compiler(self._ask, self._transactions), most)
        self._agree = cache(partial(agreed, self._ask))

    def status(self) -> Status:
        """Ask what it is. `finalized` is what its node says of itself. Raises Unavailable, Refused or Malformed."""
        return status(self._ask)

    def block_hash(self, height: int) -> str:
        """The hash of its canonical block at a height, asked now. Raises Unavailable where it has none."""
        found = block_at(self._ask, height)
        return hash_at(self._ask.host, height, None if found is None else found.hash)

    def reply(self, missing: MissingFact, at: Status) -> Reply:
        """Answer one missing fact, as of the tip `at`. Values in base units, times in Unix seconds (UTC).

        Raises Unavailable (try again later), Refused (stop asking) or Malformed (not what it claims to be).
        """
        self._agree(at)
        if isinstance(missing, MissingTransaction):
            reply = self._transactions.reply(missing.txid, at)
            if reply.absent and not self._has_all(at):
                raise Unavailable(
                    f"{self._ask.host} has not read every block of its chain, and does not have {missing.txid} yet: "
                    "try again later, or ask another source"
                )
            return reply
        if isinstance(missing, MissingHistory):
            return self._histories.reply(missing.account, at, whole=self._has_all(at))
        text = f"{self._ask.host} is an explorer of accounts and knows no outputs such as {missing.outpoint}"
        gap = Gap("source", self.endpoint.chain, str(missing.outpoint), None, text)
        return Reply(gaps=(gap,), still_missing=True)

    def _has_all(self, at: Status) -> bool:
        """Whether the instance has read every block, as far as it says."""
        return is_whole(self._ask, at.block_hash) is not False

"""The two adapters, and the source that they connect: one missing fact in, transactions and coverage out.

Sources of the API: docs.etherscan.io (V2: one key, the chain as `chainid`), Routescan's documentation of its
"Etherscan-like" API (a url for each chain), and recorded answers of both.
"""

import re
from typing import ClassVar
from urllib.parse import parse_qsl, urlsplit

from chaintrace.adapters.etherscan.asking import Asking
from chaintrace.adapters.etherscan.history import MOST, Histories
from chaintrace.adapters.etherscan.standing import Standing
from chaintrace.adapters.etherscan.transactions import Transactions
from chaintrace.adapters.etherscan.words import NotOffered, TooMuch
from chaintrace.adapters.evm import EVM_CHAINS, evm_chain
from chaintrace.adapters.network import Endpoint, Reach, Reply, Status
from chaintrace.adapters.transport import Door
from chaintrace.errors import InputError, Unavailable
from chaintrace.model.provenance import Gap
from chaintrace.model.view import MissingFact, MissingHistory, MissingTransaction

_IN_PATH = re.compile(r"/evm/(\d+)(?:/|\Z)")


class Etherscan:
    """Connects api.etherscan.io, which has many chains behind one url and one key, or a server that answers alike."""

    name = "etherscan"
    summary = "the API of Etherscan (V2): transactions and histories of Ethereum and chains like it, with a key"
    reach: Reach = "public"
    chains: tuple[str, ...] = EVM_CHAINS
    needs_key: ClassVar[bool] = True
    has_all_chains: ClassVar[bool] = True
    example: ClassVar[str] = "https://api.etherscan.io/v2/api"

    def connect(self, endpoint: Endpoint, door: Door) -> "ExplorerSource":
        """A source, without asking it anything. Raises InputError for a url that cannot be one's."""
        parts = urlsplit(endpoint.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.fragment:
            raise InputError(f"{endpoint.shown} cannot be the url of an {self.name} server: write {self.example}")
        wanted = str(evm_chain(endpoint.chain).chain_id)
        named = dict(parse_qsl(parts.query))
        found = _IN_PATH.search(parts.path)
        for said in (named.get("chainid"), found[1] if found else None):
            if said not in {None, wanted}:
                own = f"{endpoint.chain} is {wanted}"
                raise InputError(f"{endpoint.shown} is the url of chain {said}, and {own}: correct one of them")
        fixed = {"chainid": wanted} if self.has_all_chains and "chainid" not in named else {}
        place = "{key}" if self.needs_key and endpoint.reach == "public" else "{key?}"
        key = "" if "apikey" in named else f"&apikey={place}"
        return ExplorerSource(endpoint, Asking(self.name, endpoint, door, fixed, key))


class Routescan(Etherscan):
    """Connects api.routescan.io, which has a url for each chain and needs no key, or an explorer that answers alike."""

    name = "routescan"
    summary = "the API of Routescan, or another explorer with Etherscan's: transactions and histories, without a key"
    needs_key = False
    has_all_chains = False
    example = "https://api.routescan.io/v2/network/mainnet/evm/43114/etherscan/api"


class ExplorerSource:
    """A connected explorer (`network.NetworkSource`). Threads may share it.

    `most` is the number of rows of the longest list that is read.
    """

    def __init__(self, endpoint: Endpoint, ask: Asking, most: int = MOST) -> None:
        self.endpoint = endpoint
        self._standing = Standing(ask)
        self._transactions = Transactions(ask)
        self._histories = Histories(ask, self._transactions, most)

    def status(self) -> Status:
        """Ask what it is. Raises Unavailable, Refused or Malformed, and nothing else."""
        return self._standing.status()

    def block_hash(self, height: int) -> str:
        """The hash of its canonical block at a height, asked now. Raises Unavailable where it does not tell."""
        return self._standing.block_hash(height)

    def reply(self, missing: MissingFact, at: Status) -> Reply:
        """Answer one missing fact, as of the tip `at`. Values in base units, times in Unix seconds (UTC).

        What this explorer, or this plan of it, does not answer is still missing, with a gap that says why and what
        helps. Raises Unavailable (try again later), Refused (stop asking) or Malformed (not what it claims to be).
        """
        try:
            self._standing.agree(at)
            if isinstance(missing, MissingTransaction):
                return self._transaction(missing.txid, at)
            if isinstance(missing, MissingHistory):
                return self._histories.reply(missing.account, at, missing.since)
            text = f"{missing.outpoint} is an output, and {self.endpoint.chain} has accounts: nothing can be asked"
        except TooMuch as refusal:
            raise Unavailable(str(refusal)) from refusal
        except NotOffered as refusal:
            text = str(refusal)
        subject = missing.txid if isinstance(missing, MissingTransaction) else ""
        subject = missing.account.address if isinstance(missing, MissingHistory) else subject
        return Reply(
            gaps=(Gap("source", self.endpoint.chain, subject or self.endpoint.chain, None, text),), still_missing=True
        )

    def _transaction(self, txid: str, at: Status) -> Reply:
        """A transaction, whole where the explorer passes it on, else what its lists show of it."""
        try:
            return self._transactions.reply(txid, at)
        except NotOffered as refusal:
            return self._transactions.reply_by_lists(txid, at, refusal)

"""In which transactions one account's tokens moved, by the logs of their contract."""

from collections.abc import Iterable, Sequence
from typing import Final

from chaintrace.adapters.evm import EvmChain
from chaintrace.adapters.evm import topics as known
from chaintrace.adapters.evm.events import Nature, Unread, transfer
from chaintrace.adapters.evm.quantities import word_address
from chaintrace.adapters.evm.records import read_sent
from chaintrace.adapters.evm_rpc.balances import Balances
from chaintrace.adapters.evm_rpc.logs import Entry, LogReader, filters
from chaintrace.adapters.evm_rpc.places import Places
from chaintrace.adapters.evm_rpc.ranges import NotOffered, Ranges, TooMuch
from chaintrace.adapters.evm_rpc.rpc import Rpc
from chaintrace.adapters.evm_rpc.transactions import Transactions
from chaintrace.adapters.network import Status
from chaintrace.model.chain import Account

_MOST_ISSUES: Final = 500
"""Logs of an issuer that are looked into: each costs a question, or several."""
_PROBES: Final = (1, 16, 256, 4_096)
"""How many blocks back a token's transfers are looked at, until there is one."""


class Tokens:
    """Finds the movements of tokens. `most` is how many are read of one account."""

    def __init__(  # noqa: PLR0917  # each is one part of the node's source
        self, rpc: Rpc, chain: EvmChain, transactions: Transactions, balances: Balances, ranges: Ranges, most: int
    ) -> None:
        self._rpc = rpc
        self._chain = chain
        self._transactions = transactions
        self._balances = balances
        self._ranges = ranges
        self._most = most

    def find(self, account: Account, start: int, since: int | None, at: Status) -> Places:
        """Where its tokens moved from the height `start` on.

        At `since`, where it is not 0, they must have moved; None: it is not looked at whether they are logged oddly.
        Raises NotOffered where the node has no such index, and as a source does.
        """
        contract = account.asset.contract
        begin = start or self._balances.made_at(contract, at.height, at.block_hash)
        reader = LogReader(self._rpc, contract, filters(self._chain, contract, account.address), at.block_hash)
        last = self._ranges.read(begin, at.height, reader.ask, self._most)
        if last < at.height:
            return Places(number=len(reader.found), beyond=last)
        entries = list(reader.found.values())
        if since is not None and self._names_nobody(entries, contract, since, at):
            wide = filters(self._chain, contract, account.address, unindexed=True)
            reader = LogReader(self._rpc, contract, wide, at.block_hash)
            if self._ranges.read(begin, at.height, reader.ask, self._most) < at.height:
                raise NotOffered(
                    f"the transfers of {contract} name nobody in their topics, so that {self._rpc.host} cannot find "
                    f"those of one address, and there are more than the {self._most} that are read"
                )
            entries = list(reader.found.values())
        return self._chosen(entries, account, at)

    def _names_nobody(self, entries: Iterable[Entry], contract: str, since: int, at: Status) -> bool:
        """Whether the token indexes nothing: only where no log was found that must be there, or none at all."""
        own = [entry.height for entry in entries if entry.log.topics[0] not in {known.DESTROYED, *known.SELECTORS}]
        if since in own or (own and not since):
            return False
        probe = LogReader(self._rpc, contract, (((known.TRANSFER,),),), at.block_hash)
        for low, high in [(since, since)] if since else [(max(0, at.height - wide), at.height) for wide in _PROBES]:
            try:
                probe.ask(low, high)
            except TooMuch:
                return False  # a token with so many transfers is not one of those few
            if probe.found:
                break
        return any(len(entry.log.topics) == 1 for entry in probe.found.values())

    def _chosen(self, entries: Sequence[Entry], account: Account, at: Status) -> Places:
        """The transactions of those logs that move something of the account, or may do so."""
        places = Places(number=len(entries))
        ordered = sorted(entries, key=lambda entry: (entry.height, entry.log.number))
        nature = self._transactions.natures(
            (entry.log for entry in ordered if entry.log.topics[0] == known.TRANSFER), at
        )
        nature = {**nature, **self._chain.nature}
        for entry in ordered:
            if entry.log.topics[0] not in known.SELECTORS and _concerns(entry, account.address, nature):
                places.add(entry.height, entry.block_hash, entry.txid)
        issues = [entry for entry in ordered if entry.log.topics[0] in known.SELECTORS]
        if issues:
            self._issues(issues, account, at, places)
        return places

    def _issues(self, issues: Sequence[Entry], account: Account, at: Status, places: Places) -> None:
        """What an issuer makes or destroys is the caller's: the sender's, or a contract's, which a trace shows."""
        if len(issues) > _MOST_ISSUES:
            places.reasons.append(
                f"{account.asset.contract} logs {len(issues)} times that its issuer made or destroyed some, and not "
                "whose they are; that was not looked into"
            )
            return
        is_contract = bool(self._balances.code(account.address, at.height, at.block_hash))
        for entry in issues:
            told = self._rpc.wanted("eth_getTransactionByHash", entry.txid, pin=at.block_hash).result
            sender = None if told is None else read_sent(told, entry.txid).sender
            if is_contract or sender == account.address:
                places.add(entry.height, entry.block_hash, entry.txid, inside=True)


def _concerns(entry: Entry, address: str, nature: Nature) -> bool:
    """Whether a log moves something fungible of an address; where it cannot be read, whether it names it."""
    log = entry.log
    if log.topics[0] == known.DESTROYED:
        words = [bytes.fromhex(topic[2:]) for topic in log.topics[1:]] or [log.data[:32]]
        return word_address(words[0]) == address
    if log.topics[0] != known.TRANSFER:
        return len(log.topics) > 1 or word_address(log.data[:32]) == address
    try:
        (moved,) = transfer(log, nature)
    except Unread:
        return len(log.topics) > 1
    return moved.token_id is None and address in {moved.sender, moved.receiver}

"""Every transaction of an address, and whether the server's own counts agree with what their bytes say.

A history is the server's word. It is believed as far as two more answers agree with it: the confirmed balance must be
what the bytes pay to the script less what they spend from it, and the list of unspent outputs must be exactly the
outputs that no transaction of the history spends. Then the coverage says "balance equal"; else "claimed", with a gap.
An output to a bare public key is shown under its key's address, but has another script: it is not in this history.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from chaintrace.adapters.electrum import answers
from chaintrace.adapters.electrum.placing import Look
from chaintrace.adapters.electrum.reading import Withheld
from chaintrace.adapters.electrum.refusals import REMEDY_LARGE
from chaintrace.adapters.network import Reply
from chaintrace.addresses import address_script
from chaintrace.model.chain import Account, OutPoint
from chaintrace.model.provenance import Coverage, Gap
from chaintrace.model.transaction import Leg, Transaction

MOST_TRANSACTIONS = 2_000
"""So many transactions of one address are read."""


def history(look: Look, account: Account) -> Reply:
    """The transactions of an address in chain order, with the coverage that the server's counts allow.

    Raises Unavailable, Refused or Malformed.
    """
    address, pin, server = account.address, look.at.block_hash, look.server
    if account.asset.contract:
        return _open(look, address, f"{server.host} knows the chain's own asset only: ask another source")
    try:
        script = address_script(address, look.chain)
    except ValueError as error:
        return _open(look, address, f"{address!r} is no address that could be asked for: {error}")
    look.begin()
    entries = server.history(script, pin)
    if isinstance(entries, Withheld):
        return _open(look, address, entries.why)
    if len(entries) > MOST_TRANSACTIONS:
        many = f"{address} has {len(entries)} transactions, more than the {MOST_TRANSACTIONS} that are read for one"
        return _open(look, address, f"{many}: use the adapter blocks, or stop at this address with a tag")
    why = f"which its history of {address} names"
    transactions = tuple(look.placed(server.needed(entry.txid, why), entry.height) for entry in entries)
    balance, listed = server.balance(script, pin), server.unspent(script, pin).value
    look.end()
    if isinstance(balance, Withheld) or isinstance(listed, Withheld):
        said = balance.why if isinstance(balance, Withheld) else listed.why if isinstance(listed, Withheld) else ""
        gap: Gap | None = Gap("claimed", look.chain, address, None, f"nobody checked the history of {address}: {said}")
    else:
        mined = frozenset(entry.txid for entry in entries if not entry.pending)
        held = _Held(look, address, script.hex(), transactions, mined)
        gap = held.disagreement(balance, listed)
    at, how = look.at, "claimed" if gap else "balance equal"
    covered = Coverage(look.chain, frozenset({address}), frozenset({""}), 0, at.height, at.height, at.time, how)
    return Reply(tuple(sorted(transactions, key=_order)), coverage=(covered,), gaps=(gap,) if gap else ())


def _open(look: Look, address: str, text: str) -> Reply:
    """The reply that leaves the question open."""
    return Reply(gaps=(Gap("history", look.chain, address, None, text),), still_missing=True)


def _order(transaction: Transaction) -> tuple[tuple[int, int, int], str]:
    """Its place in the chain."""
    return transaction.transfers[0].order, transaction.txid


@dataclass(frozen=True, slots=True)
class _Held:
    """The transactions of an address; `mined` are the txids that a block holds, of whatever height."""

    look: Look
    address: str
    script: str
    transactions: tuple[Transaction, ...]
    mined: frozenset[str]

    def disagreement(self, balance: int, listed: Iterable[answers.Output]) -> Gap | None:
        """The gap where history, balance and unspent outputs do not agree, or where all three are empty.

        Raises Unavailable where a block that came meanwhile may be the reason.
        """
        host, chain = self.look.server.host, self.look.chain
        if not self.transactions and not balance:
            text = (
                f"{host} answers that {self.address} has no transactions; some servers answer that too where a history "
                f"is too long for them: ask another source, or {REMEDY_LARGE}"
            )
            return Gap("claimed", chain, self.address, None, text)
        counted = self._balance()
        if counted != balance:
            self.look.unmoved()
            text = (
                f"the history of {self.address} from {host} leaves a balance of {counted} satoshi, and the same server "
                f"says {balance}: transactions are missing from its history; ask another source"
            )
            return Gap("balance", chain, self.address, balance - counted, text)
        if answers.outpoints(listed, chain) != self._resting():
            self.look.unmoved()
            text = (
                f"the outputs of {self.address} that {host} lists as unspent are not those that its history leaves "
                "unspent: one of its two answers is not complete; ask another source"
            )
            return Gap("balance", chain, self.address, None, text)
        return None

    def _balance(self) -> int:
        """What mined transactions pay to the script less what they spend from it, in satoshi."""
        transfers = [each.transfers[0] for each in self.transactions if each.txid in self.mined]
        paid = sum(leg.value or 0 for transfer in transfers for leg in transfer.outputs if leg.script == self.script)
        spent = sum(leg.value or 0 for transfer in transfers for leg in transfer.inputs if leg.script == self.script)
        return paid - spent

    def _resting(self) -> frozenset[OutPoint]:
        """The outputs to the script that no transaction spends, pending ones counted."""
        transfers = [each.transfers[0] for each in self.transactions]
        made = _outpoints((leg for transfer in transfers for leg in transfer.outputs), self.script)
        return made - _outpoints((leg for transfer in transfers for leg in transfer.inputs), self.script)


def _outpoints(legs: Iterable[Leg], script: str) -> frozenset[OutPoint]:
    """The outpoints among legs of one script."""
    return frozenset(leg.holding for leg in legs if leg.script == script and isinstance(leg.holding, OutPoint))

"""Forced address reuse: dust to an address that was used before, so that its coins are spent together again."""

from collections.abc import Iterator

from chaintrace.addresses import BITCOIN
from chaintrace.model.chain import Account
from chaintrace.model.finding import AnyFinding, Noise
from chaintrace.model.transaction import Transaction
from chaintrace.model.view import View
from heuristics.control.exclusions import known_history
from heuristics.noise.dust import TINY, is_tiny


def forced_address_reuse(transaction: Transaction, view: View) -> Iterator[AnyFinding]:
    """An output of a thousand satoshi or less to an address that had been paid before, by others than itself.

    Wallets take a new address for each payment; who pays an old one little makes its wallet spend the new coin with
    others, and so show that they are of one wallet. The rule asks for what is held of the address's earlier movements,
    and abstains where nothing is, where the payer is the address itself or had paid it before, and where the
    transaction has an OP_RETURN, as protocols that write tiny outputs have.
    Source: Bitcoin Wiki, "Privacy", forced address reuse.
    Known failures: tips and payments of a few cents to an address that is published; inscriptions that go to a used
    address.
    Measured (docs/accuracy.md): of the 605 transactions of the first 590 blocks, where what came before is known, it
    names none. How many it finds is not measured, for want of a set of them.
    """
    transfer = transaction.utxo
    if transfer is None or transaction.chain not in BITCOIN or any(not leg.address for leg in transfer.outputs):
        return
    payers = {leg.address for leg in transfer.inputs}
    for leg in transfer.outputs:
        if not is_tiny(leg) or leg.address in payers:
            continue
        history = known_history(view, Account(leg.address, transfer.asset))
        earlier = [one for one in history.movements if one.order < transfer.order] if history is not None else []
        known = {side.address for one in earlier for side in one.transfer.inputs}
        if earlier and not payers & known:
            before = earlier[-1].transaction.txid
            text = (
                f"{leg.value} satoshi (at most {TINY}) from strangers to an address that was used before, in {before}"
            )
            yield Noise(transaction.chain, str(leg.holding), leg.address, (transaction.txid, before), text=text)

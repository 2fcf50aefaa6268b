"""A sign of change in what an output was spent together with."""

from chaintrace.model.transaction import Transaction
from chaintrace.model.view import View
from heuristics.control.change_outputs import NOTHING, Remaining, left, may_be_several_peoples, spenders


def change_cospent(transaction: Transaction, view: View) -> Remaining:
    """Leaves outputs that were spent together with an address that the transaction spends: whoever paid spent them.

    It speaks where one output was, and the others were spent otherwise. Coinjoins are left out, and spendings in which
    a payjoin is possible.
    Source: graphsense-lib 2.18.1, `multi_input_change`; Möser and Narayanan, FC 2022, whose labels are made so.
    Known failures: as those of `common_input`. Who never uses an address twice is never found so.
    Published: no figure, for others take it for the truth itself.
    """
    transfer = transaction.utxo
    if transfer is None or not transfer.inputs:
        return NOTHING
    payers = {leg.address for leg in transfer.inputs if leg.address}
    later = spenders(transaction, view)
    together = {
        vout
        for vout, spender in later.items()
        if spender.utxo is not None
        and not may_be_several_peoples(spender)
        and payers & {leg.address for leg in spender.utxo.inputs if leg.holding != transfer.outputs[vout].holding}
    }
    if not together:
        return NOTHING
    evidence = tuple(dict.fromkeys(spender.txid for spender in later.values()))
    found = left(transfer, lambda leg: leg.index in together or leg.index not in later, evidence)
    return found._replace(unknown=found.vouts - later.keys())

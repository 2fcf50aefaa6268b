"""The words of the field that the expert's report uses, each in a sentence for a reader who knows no ledger."""

from collections.abc import Mapping
from types import MappingProxyType

from chaintrace.i18n import message

TERMS: Mapping[str, str] = MappingProxyType(
    {
        message("chain"): message(
            "A public ledger that anybody can read. It lists movements in blocks, one after another."
        ),
        message("block, height"): message("A page of a ledger, and its number from the beginning."),
        message("transaction, txid"): message("An entry of a ledger, and the digest that names it."),
        message("address"): message("Where value lies on a ledger. An address is no person; one person may use many."),
        message("base unit"): message("The smallest amount of an asset. All sums are made in whole base units."),
        message("payment"): message("A movement that the case names as the beginning of the trace."),
        message("movement"): message("What one transaction takes from one place and gives to another, in one asset."),
        message("pool"): message(
            "The value that lies together at an address, or goes into one transaction, and cannot be told apart there. "
            "The method says which part of it leaves first."
        ),
        message("step"): message(
            "A movement that the trace counts: a payment itself, or one in which value of a payment leaves a pool."
        ),
        message("hop"): message(
            "How many movements a part of a payment went through, at least; the payment's own has the number 0."
        ),
        message("unidentified value"): message("Value that no payment of this case claims, whoever's it is."),
        message("credited"): message(
            "Arrived at an address at which the trace stops, since a label or a rule says that what leaves there is no "
            "longer the payment's, as where a service keeps accounts."
        ),
        message("resting"): message("What the method leaves at an address when the facts end: a book value."),
        message("not followed"): message(
            "Left where it was, with the reason: nothing is known here of what became of it."
        ),
        message("opening balance"): message(
            "What an address held before the first movement that the sources show of it."
        ),
        message("digest, SHA-256"): message("A number made of a file's bytes: other bytes have another one."),
    },
)
"""Word to meaning, in the order in which a reader meets them."""

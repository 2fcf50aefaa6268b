"""Whom holders of tokens let move them (EIP-20 `Approval`): dated facts beside the movements, and never links.

Read is what has exactly the shape of EIP-20: both addresses indexed, the allowance in one word. EIP-721 indexes all
three arguments of the same signature, for one piece of a collection: that is passed over, and so is a permission for
all pieces (`ApprovalForAll`). It is the word of the contract. Receipts alone tell it: explorers list transfers.
"""

from collections.abc import Iterator
from typing import Final

from chaintrace.adapters.evm import topics
from chaintrace.adapters.evm.chains import EvmChain
from chaintrace.adapters.evm.quantities import ZERO, word_address
from chaintrace.adapters.evm.records import Receipt, Sent
from chaintrace.model.approval import Approval
from chaintrace.model.provenance import Observation, Source

_WORD: Final = 32


def approvals(chain: EvmChain, sent: Sent, receipt: Receipt, source: Source | None) -> tuple[Observation, ...]:
    """What a transaction in a block allows: two observations for each approval, in the form of `model/approval.py`.

    An allowance of 0 is told as well: it takes an earlier one back, or says that it is used up. Of one holder, spender
    and contract the last word of the transaction is told. A failed transaction allows nothing.
    """
    if sent.height is None or receipt.succeeded is False:
        return ()
    last = {(one.holder, one.spender, one.contract): one for one in _logged(chain.name, sent, receipt)}
    return tuple(seen for one in last.values() for seen in one.observations(source))


def _logged(chain: str, sent: Sent, receipt: Receipt) -> Iterator[Approval]:
    """The approvals in the order of the logs."""
    for log in receipt.logs:
        if len(log.topics) != 3 or log.topics[0] != topics.APPROVAL or len(log.data) != _WORD:
            continue
        holder, spender = (word_address(bytes.fromhex(topic[2:])) for topic in log.topics[1:])
        if holder is None or spender is None or ZERO in {holder, spender}:
            continue  # no address, or nobody's
        allowance = int.from_bytes(log.data, "big")
        yield Approval(chain, sent.height, holder, spender, log.contract, allowance, sent.txid, sent.sender)

"""The rows of TronGrid's lists in one form: what each moves, what names it, and what only its transaction can tell."""

from collections.abc import Mapping
from dataclasses import dataclass

from chaintrace.adapters.transport import Json
from chaintrace.adapters.tron.decoding import Decoded
from chaintrace.adapters.tron.listings import NO_KIND, NO_TOKENS, Listed, trongrid_transaction, trongrid_trc20
from chaintrace.errors import Malformed
from chaintrace.model.chain import Account
from chaintrace.model.provenance import Source
from chaintrace.model.transaction import Transfer

TOKEN, INSIDE, TRANSACTION, APPROVAL = "token", "inside", "transaction", "approval"
"""How the key of a row begins: the txid stands behind it, but for a call inside, which has an id of its own."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row. Equal keys are one row told twice, or two equal movements of one transaction.

    `time` is the block's, in Unix seconds (UTC). `transfers` of a row without a place in its transaction have the index
    `""`. `decoded` is the transaction itself, where the row is one; `is_vague`: what it moved, only the transaction's
    whole telling says. `decimals` are what the row claims of its token.
    """

    key: tuple[str, ...]
    txid: str
    time: int
    transfers: tuple[Transfer, ...]
    source: Source | None = None
    decoded: Decoded | None = None
    is_vague: bool = False
    decimals: int | None = None

    def moves(self, address: str, contract: str) -> bool:
        """Whether it moves an asset of an address."""
        return any(touches(transfer, address, contract) for transfer in self.transfers)


def touches(transfer: Transfer, address: str, contract: str) -> bool:
    """Whether a transfer moves an asset of an address."""
    return transfer.asset.contract == contract and any(
        leg.address == address for leg in transfer.inputs + transfer.outputs
    )


def token_row(account: Account, told: Mapping[str, Json], source: Source | None = None) -> Row:
    """A row of `/v1/accounts/{address}/transactions/trc20`. Raises Malformed, also for the row of somebody else."""
    address = account.address
    listed = trongrid_trc20(account.chain, told, account.asset.contract)
    transfer = listed.transfer
    if transfer is None:
        return Row((APPROVAL, listed.txid), listed.txid, listed.time or 0, (), source)
    sides = [leg.address for leg in transfer.inputs + transfer.outputs]
    if address not in sides:
        raise Malformed(
            f"the list of {address} has a transfer in {listed.txid} between others: nothing of this page is used, do "
            "not use this source"
        )
    key = (TOKEN, listed.txid, *named(transfer))
    return Row(key, listed.txid, listed.time or 0, (transfer,), source, decimals=listed.decimals)


def coin_row(chain: str, told: Mapping[str, Json], source: Source | None = None) -> Row:
    """A row of `/v1/accounts/{address}/transactions`: a transaction, or a call inside one. Raises Malformed."""
    found = trongrid_transaction(chain, told, source, listed=True)
    if isinstance(found, Listed):
        name = told.get("internal_tx_id", told.get("internal_id"))
        if not isinstance(name, str) or not name:
            raise Malformed(f"a call inside {found.txid} has no id: nothing of this page is used")
        transfers = () if found.transfer is None else (found.transfer,)
        vague = bool({NO_KIND, NO_TOKENS} & set(found.lacks))
        return Row((INSIDE, name), found.txid, found.time or 0, transfers, source, None, vague)
    transaction = found.transaction
    return Row(
        (TRANSACTION, transaction.txid),
        transaction.txid,
        transaction.time or 0,
        transaction.transfers,
        source,
        found,
        bool(found.gaps),
    )


def named(transfer: Transfer) -> tuple[str, str, str, str]:
    """Contract, sender, receiver and value of a transfer; a side that is nobody's is `""`."""
    sender, receiver = (legs[0].address if legs else "" for legs in (transfer.inputs, transfer.outputs))
    return transfer.asset.contract, sender, receiver, str(transfer.value or 0)

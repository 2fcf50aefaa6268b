"""From raw bytes to the model: one transfer from the outputs that a transaction spends to those that it makes."""

from typing import NamedTuple

from chaintrace.adapters.bitcoin.rawblock import RawOutput, RawTransaction
from chaintrace.addresses import is_unspendable, script_address
from chaintrace.model.chain import Asset, Block, OutPoint
from chaintrace.model.provenance import Source
from chaintrace.model.transaction import Leg, Order, Transaction, Transfer


class Standing(NamedTuple):
    """Where a transaction stands: its block, the block's rank in the chain's order, its position in the block."""

    block: Block
    rank: int
    position: int


def assemble(
    raw: RawTransaction,
    asset: Asset,
    standing: Standing,
    spent: tuple[RawOutput | None, ...],
    source: Source | None,
) -> Transaction:
    """The transaction of the model. `spent` has the output behind each input, None where it is not known.

    A coinbase has no inputs: it is a mint. An output that nobody can spend has no holding: it is a burn (M24).
    """
    inputs = () if raw.coinbase else tuple(_input(raw, vin, asset.chain, spent[vin]) for vin in range(len(raw.inputs)))
    outputs = tuple(_output(raw.txid, vout, output, asset.chain) for vout, output in enumerate(raw.outputs))
    order: Order = (standing.rank, standing.position, 0)
    transfer = Transfer("utxo", "utxo", asset, inputs, outputs, order)
    return Transaction(
        *(asset.chain, raw.txid, standing.block, standing.position, (transfer,)),
        source=source,
        version=raw.version,
        locktime=raw.locktime,
    )


def _input(raw: RawTransaction, vin: int, chain: str, spent: RawOutput | None) -> Leg:
    """The leg of an input, with what is known of the output that it spends."""
    entry = raw.inputs[vin]
    holding = OutPoint(chain, entry.prev_txid, entry.prev_vout)
    if spent is None:
        return Leg(None, holding, index=vin, sequence=entry.sequence)
    kind, address = script_address(spent.script, chain)
    return Leg(spent.value, holding, address or "", vin, kind, spent.script.hex(), entry.sequence)


def _output(txid: str, vout: int, output: RawOutput, chain: str) -> Leg:
    """The leg of an output."""
    kind, address = script_address(output.script, chain)
    holding = None if is_unspendable(output.script) else OutPoint(chain, txid, vout)
    return Leg(output.value, holding, address or "", vout, kind, output.script.hex())

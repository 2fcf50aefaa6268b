"""From what a person names (a transaction, perhaps an index) to the legs in which a trace begins (M1, M19-M20)."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from chaintrace.errors import InputError
from chaintrace.model.chain import Asset, OutPoint
from chaintrace.model.provenance import Gap
from chaintrace.model.rows import named_transfers
from chaintrace.model.trace import Seed
from chaintrace.model.transaction import Leg, Movement, Transaction, Transfer
from chaintrace.model.view import MissingSpender, View

REMEDY = "check the txid, or add a source that holds it"


class Start(NamedTuple):
    """One leg in which a seed begins. `transaction` is None where only a spender shows the leg (M19)."""

    seed: Seed
    asset: Asset
    leg: Leg
    index: str  # type: ignore[assignment]  # the field's word; tuple.index is not used here
    transaction: Transaction | None
    movement: Movement


@dataclass(slots=True)
class Starts:
    """The legs of all seeds, where to find each, and what naming them left out or had to assume."""

    by_leg: dict[tuple[str, str, str], list[Start]] = field(default_factory=dict)
    absent: dict[OutPoint, list[Start]] = field(default_factory=dict)
    movements: list[Movement] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)

    def add(self, start: Start) -> None:
        """Remember a leg, and the movement that has to be seen for it."""
        key = (start.seed.chain, start.seed.txid, start.index)
        self.by_leg.setdefault(key, []).append(start)
        self.movements.append(start.movement)


def resolve(view: View, seeds: tuple[Seed, ...], until: int | None = None) -> Starts:
    """The legs that the seeds name, in the order of the seeds.

    Raises InputError for a seed that is not in the sources or later than `until` (Unix seconds, UTC), one on a
    self-transfer, an index that the transaction does not have, and a UTXO transaction with several payments and no
    index.
    """
    starts = Starts()
    for seed in seeds:
        found = view.transaction(seed.chain, seed.txid)
        if isinstance(found, Transaction):
            _refuse_later(found, until)
        if not isinstance(found, Transaction):
            _absent(view, seed, starts)
        elif found.utxo is not None:
            _utxo(found, found.utxo, seed, starts)
        else:
            _account(found, seed, starts)
    return starts


def _refuse_later(tx: Transaction, until: int | None) -> None:
    """Later events do not exist (M25), and so neither does a seed among them."""
    if until is not None and tx.time is not None and tx.time > until:
        at = datetime.fromtimestamp(until, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        message = f"the seed {tx.txid} is later than until = {at}, so that nothing of it is traced: raise until"
        raise InputError(message)


def _absent(view: View, seed: Seed, starts: Starts) -> None:
    """A UTXO seed whose own transaction is not in the sources, but whose spender is, and gives its value (M19)."""
    index = seed.index or ""
    outpoint = (
        OutPoint(seed.chain, seed.txid, int(index))
        if index.isascii() and index.isdecimal() and len(index) <= 10
        else None
    )
    spender = view.spender(outpoint) if outpoint is not None else None
    if outpoint is None or spender is None or isinstance(spender, MissingSpender) or spender.utxo is None:
        message = f"the seed {seed.txid} is not in the sources of {seed.chain}: {REMEDY}"
        raise InputError(message)
    leg = next(leg for leg in spender.utxo.inputs if leg.holding == outpoint)
    if leg.value is None:
        message = f"the seed {outpoint} is not in the sources, and its spender {spender.txid} does not give its value"
        raise InputError(f"{message}: {REMEDY}")
    movement = Movement(spender.utxo.order, spender, spender.utxo)
    start = Start(seed, spender.utxo.asset, leg, str(outpoint.vout), None, movement)
    starts.absent.setdefault(outpoint, []).append(start)
    starts.movements.append(movement)
    text = (
        f"The transaction of the seed {outpoint} is not in the sources: its value and its address are read from "
        f"{spender.txid}, which spends it; when and by whom it was paid is not known here."
    )
    starts.gaps.append(Gap("history", seed.chain, str(outpoint), None, text, spender.utxo.asset.contract))


def _utxo(tx: Transaction, transfer: Transfer, seed: Seed, starts: Starts) -> None:
    movement = Movement(transfer.order, tx, transfer)
    if seed.index == "all":
        chosen = [leg for leg in transfer.outputs if leg.value]
    elif seed.index is not None:
        chosen = [leg for leg in transfer.outputs if str(leg.index) == seed.index]
        if not chosen:
            last = len(transfer.outputs) - 1
            there = f"its outputs are: 0 to {last}" if last else "its only output is: 0"
            message = f"the seed {tx.txid} has no output {seed.index}; {there}"
            raise InputError(message)
    else:
        chosen = _payments(tx, transfer, starts)
    for leg in chosen:
        starts.add(Start(seed, transfer.asset, leg, str(leg.index), tx, movement))


def _payments(tx: Transaction, transfer: Transfer, starts: Starts) -> list[Leg]:
    """The outputs that pay somebody: not back to an address of an input (M20)."""
    senders = {leg.address for leg in transfer.inputs if leg.address}
    away = [leg for leg in transfer.outputs if not leg.address or leg.address not in senders]
    kept = [leg for leg in away if leg.value] or away  # an output of nothing is no payment beside one of something
    starts.left_out.extend(
        f"{tx.txid}:{leg.index} ({leg.value} base units) returns to {leg.address}, an address of an input"
        for leg in transfer.outputs
        if leg.address and leg.address in senders
    )
    if len(kept) == 1:
        return kept
    if not kept:
        message = f"the seed {tx.txid} pays nobody but its own inputs' addresses: name an output with index"
        raise InputError(message)
    listed = ", ".join(f"{leg.index} ({leg.value} base units to {leg.address or 'no address'})" for leg in kept)
    message = f'the seed {tx.txid} has several payments: choose one with index, or write index = "all": {listed}'
    raise InputError(message)


def _account(tx: Transaction, seed: Seed, starts: Starts) -> None:
    payers = [transfer for transfer in tx.transfers if transfer.kind != "fee"]
    if seed.index is not None and seed.index != "all":
        chosen = named_transfers(tx.transfers, seed.index)
        if not chosen:
            listed = ", ".join(transfer.index for transfer in tx.transfers)
            message = f"the seed {tx.txid} has no transfer {seed.index}; its transfers are: {listed}"
            raise InputError(message)
        _refuse_self_transfer(tx, chosen[0])
    elif seed.index == "all":
        chosen = [transfer for transfer in payers if not _to_itself(transfer)]
    else:
        chosen = _transfers(tx, payers, starts)
    if not chosen:
        message = f"the seed {tx.txid} moves nothing away from its sender: name a transfer with index"
        raise InputError(message)
    for transfer in chosen:
        leg = (transfer.outputs or transfer.inputs)[0]
        leg = leg if transfer.outputs else Leg(leg.value, None)
        start = Start(seed, transfer.asset, leg, transfer.index, tx, Movement(transfer.order, tx, transfer))
        starts.add(start)


def _transfers(tx: Transaction, payers: list[Transfer], starts: Starts) -> list[Transfer]:
    """The transfers that leave the transaction's sender: not back to it, not to oneself, not the fee (M20)."""
    senders = {payers[0].inputs[0].address} if payers and payers[0].inputs else set()
    kept = []
    for transfer in payers:
        target = transfer.outputs[0].address if transfer.outputs else ""
        if target and (target in senders or _to_itself(transfer)):
            starts.left_out.append(f"{tx.txid} {transfer.index} ({transfer.value} base units) returns to {target}")
        else:
            kept.append(transfer)
    return kept


def _to_itself(transfer: Transfer) -> bool:
    return bool(transfer.inputs and transfer.outputs and transfer.inputs[0].address == transfer.outputs[0].address)


def _refuse_self_transfer(tx: Transaction, transfer: Transfer) -> None:
    if _to_itself(transfer):
        message = (
            f"the seed {tx.txid} {transfer.index} is a transfer of {transfer.inputs[0].address} to itself, "
            "which moves nothing: name the payment that reached it"
        )
        raise InputError(message)

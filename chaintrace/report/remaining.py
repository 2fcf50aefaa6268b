"""The tables of everything that was not credited: resting, hops, not followed, and the law of conservation."""

from chaintrace.model.trace import OUTCOMES, NotFollowed, Resting, Trace
from chaintrace.model.transaction import Transaction
from chaintrace.report.amounts import amount, iso
from chaintrace.report.clustered import Cells
from chaintrace.report.columns import COLUMNS
from chaintrace.report.conversions import conversion_steps
from chaintrace.report.interface import Cell, Inputs, Table
from chaintrace.report.issuing import actual_balance, holder_kind, issuer_cells


def resting(inputs: Inputs) -> Table:
    """resting.csv: a book value, at the end of coverage (M27), in the order of arrival; what nobody read is empty.

    Beside it stands what the issuer of a token can do there, and what its contract said when it was asked; then with
    what the address was probably controlled together.
    """
    clustered = Cells(inputs)
    rows: list[tuple[Cell, ...]] = [
        (
            *(o.origin, o.asset.chain, o.address, str(o.outpoint) if o.outpoint else ""),
            *(o.asset.name, o.asset.contract, o.asset.decimals, o.value, amount(o.value, o.asset.decimals)),
            *(iso(o.since), iso(o.time), o.height),
            actual_balance(inputs, o.asset.chain, o.asset.contract, o.address),
            holder_kind(inputs, o.asset.chain, o.asset.contract, o.address),
            *issuer_cells(inputs, o.asset.chain, o.asset.contract, o.address),
            *clustered.of(o),
        )
        for o in inputs.trace.outcomes
        if isinstance(o, Resting)
    ]
    return Table("resting", COLUMNS["resting"], tuple(rows))


def hops(inputs: Inputs) -> Table:
    """hops.csv: every movement of traced lots under the main method, in chain order."""
    rows: list[tuple[Cell, ...]] = []
    for hop, through in zip(inputs.trace.hops, conversion_steps(inputs.trace), strict=True):
        transaction, asset = hop.transaction, hop.asset
        height, time = (transaction.height, transaction.time) if transaction is not None else (None, None)
        rows.append(
            (
                *(hop.step, asset.chain, hop.txid, hop.index, height, iso(time), hop.from_address, hop.to_address),
                *(asset.name, asset.contract, asset.decimals, hop.value, amount(hop.value, asset.decimals)),
                *(hop.traced, amount(hop.traced, asset.decimals), hop.origin, hop.hop, hop.rule, through),
                spender(transaction, hop.from_address),
            ),
        )
    return Table("hops", COLUMNS["hops"], tuple(rows))


def spender(transaction: Transaction | None, from_address: str) -> str:
    """Who sent a transaction that moves what lay at another address (`transferFrom` after an approval, a contract).

    Empty where the address itself sent it, for a declared wallet, and where the sender was not told.
    """
    sender = transaction.sender if transaction is not None else ""
    return "" if sender in from_address.split(";") else sender


def not_followed(inputs: Inputs) -> Table:
    """not_followed.csv: each value with its reason from the closed list (M31)."""
    rows: list[tuple[Cell, ...]] = [
        (
            *(o.origin, o.asset.chain, o.address, o.txid, str(o.outpoint) if o.outpoint else ""),
            *(o.asset.name, o.asset.contract, o.asset.decimals, o.value, amount(o.value, o.asset.decimals)),
            o.reason,
        )
        for o in inputs.trace.outcomes
        if isinstance(o, NotFollowed)
    ]
    return Table("not_followed", COLUMNS["not_followed"], tuple(rows))


def reconciliation(inputs: Inputs) -> Table:
    """reconciliation.csv: seed + converted_in = the sum of the outcomes, for every method, origin and asset (M26)."""
    return Table(
        "reconciliation",
        COLUMNS["reconciliation"],
        tuple(row for method in inputs.methods for row in _balance(method, inputs.traces[method])),
    )


def _balance(method: str, trace: Trace) -> list[tuple[Cell, ...]]:
    """One method's lines. Raises RuntimeError when they do not balance: that is a bug, never a footnote."""
    claimed, came_in, rows = trace.claimed(), trace.converted_in(), list[tuple[Cell, ...]]()
    for (origin, asset), ends in trace.totals().items():
        seed, came = claimed.get((origin, asset), 0), came_in.get((origin, asset), 0)
        if seed + came != sum(ends.values()):
            message = f"{method}: {origin} has {seed} + {came} base units and ends with {sum(ends.values())}"
            raise RuntimeError(message)
        lines: dict[str, int] = {"seed": seed, "converted_in": came, **{name: ends[name] for name in OUTCOMES}}
        rows.extend(
            (method, origin, asset.chain, asset.name, asset.contract, name, value, amount(value, asset.decimals))
            for name, value in lines.items()
        )
    return rows

"""`candidates`: who may stand behind a coinjoin's outputs or a mixer's withdrawal, with the number of possibilities."""

import json
from fractions import Fraction
from typing import TYPE_CHECKING

import click

from chaintrace.cli.candidate_tables import print_outputs, print_withdrawals
from chaintrace.errors import InputError

if TYPE_CHECKING:
    from chaintrace.case.mixing.linking import Linked
    from chaintrace.case.mixing.pools import Pools
    from chaintrace.case.mixing.reveals import Deposit, Withdrawal
    from chaintrace.case.view import CaseView
    from chaintrace.model.transaction import Transaction, Transfer


@click.command()
@click.argument("txid", metavar="TXID")
@click.option("--chain", help="The chain that it is on, where the source does not say it.")
@click.option("--from", "source", metavar="[ADAPTER=]PATH", required=True, help="The file, or the folder of a case.")
@click.option("--intrafees", default="0.005", help="Of a coinjoin: what one participant may pay another, as a share.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def candidates(*, txid: str, chain: str | None, source: str, intrafees: str, as_json: bool) -> int:
    """Say which inputs may have paid which outputs of a coinjoin, or which deposits a mixer's withdrawal may be."""
    from chaintrace.adapters.assets import txid_key
    from chaintrace.case.look import chain_of, look, named
    from chaintrace.case.result import now
    from chaintrace.model.transaction import Transaction

    ratio = _ratio(intrafees)
    found_source = named(source)
    chain = chain_of(found_source, chain)
    with look(found_source, chain, now) as view:
        found = view.transaction(chain, txid_key(chain, txid))
        if not isinstance(found, Transaction):
            raise InputError(f"the transaction {txid[:100]} is not in the sources of {chain}: name one that holds it")
        shaped = _of_outputs(view, found, ratio) if found.utxo is not None else _of_pool(view, found)
    if as_json:
        click.echo(json.dumps(shaped, ensure_ascii=True, indent=2))
    elif found.utxo is not None:
        print_outputs(shaped)
    else:
        print_withdrawals(shaped)
    return 0


def _ratio(text: str) -> Fraction:
    """A share of at least 0 and less than 1. Raises InputError."""
    try:
        ratio = Fraction(text)
    except (ValueError, ZeroDivisionError):
        ratio = Fraction(-1)
    if not 0 <= ratio < 1:
        raise InputError(
            f"--intrafees {text[:40]!r} is no share: write a number of at least 0 and less than 1, as 0.005"
        )
    return ratio


def _of_outputs(view: "CaseView", found: "Transaction", ratio: Fraction) -> dict[str, object]:
    """Who may have paid whom inside one transaction of outputs. Raises InputError where that cannot be counted."""
    from chaintrace.case.mixing.groups import TooMany
    from chaintrace.case.mixing.linking import linked

    transfer = found.utxo
    if transfer is None or not transfer.inputs or any(leg.value is None for leg in transfer.inputs):
        raise InputError(f"{found.txid} makes coins, or spends some of unknown value: nothing can be counted of it")
    try:
        counted = linked(
            [leg.value or 0 for leg in transfer.inputs], [leg.value or 0 for leg in transfer.outputs], ratio
        )
    except ValueError as error:
        raise InputError(f"{found.txid}: {error}") from error
    except TooMany as error:
        raise InputError(
            f"{found.txid} has more readings than can be counted in seconds: nothing exact can be said of its links"
        ) from error
    return {
        "chain": found.chain,
        "txid": found.txid,
        "readings": str(counted.readings),
        "entropy_bits": f"{counted.entropy:f}",
        "fee": str(counted.fee),
        "intrafees": {"maker": str(counted.maker), "taker": str(counted.taker)},
        "is_without_intrafees": not ratio and len({leg.value for leg in transfer.outputs}) < len(transfer.outputs),
        "outputs": [_output(transfer, counted, number) for number in range(len(transfer.outputs))],
        "deterministic": [{"output": o, "input": i} for o, i in counted.deterministic],
        "merged": _merged(view, transfer, counted),
    }


def _output(transfer: "Transfer", counted: "Linked", number: int) -> dict[str, object]:
    """One output and the inputs that may have paid it, each with the readings in which it did."""
    leg, links = transfer.outputs[number], counted.links[number]
    paid_by = [
        {"input": i, "address": transfer.inputs[i].address, "readings": str(links[i])}
        for i in counted.candidates(number)
    ]
    return {"output": number, "address": leg.address, "value": str(leg.value), "candidates": paid_by}


def _merged(view: "CaseView", transfer: "Transfer", counted: "Linked") -> list[dict[str, object]]:
    """The outputs that one later transaction spends together, and the inputs that may have paid all of them."""
    from chaintrace.model.chain import OutPoint
    from chaintrace.model.transaction import Transaction

    spent: dict[str, list[int]] = {}
    for number, leg in enumerate(transfer.outputs):
        spender = view.spender(leg.holding) if isinstance(leg.holding, OutPoint) else None
        if isinstance(spender, Transaction):
            spent.setdefault(spender.txid, []).append(number)
    return [
        {
            "txid": txid,
            "outputs": several,
            "candidates": sorted(set.intersection(*(set(counted.candidates(one)) for one in several))),
        }
        for txid, several in spent.items()
        if len(several) > 1
    ]


def _of_pool(view: "CaseView", found: "Transaction") -> dict[str, object]:
    """Which deposits a withdrawal from a mixer's pool may be. Raises InputError where the transaction is none."""
    from chaintrace.case.mixing.pools import pools

    known = pools(view, found.chain)
    taken = [one for one in known.withdrawals if one.txid == found.txid]
    if not taken:
        raise InputError(
            f"{found.txid} takes nothing out of a pool of a mixer that data/protocols names: nothing to say"
        )
    return {
        "chain": found.chain,
        "txid": found.txid,
        "withdrawals": [_withdrawal(view, found.chain, known, one) for one in taken],
    }


def _withdrawal(view: "CaseView", chain: str, known: "Pools", one: "Withdrawal") -> dict[str, object]:
    """One withdrawal, the deposits before it, and what narrows them down."""
    before, reveals = known.candidates(one)
    row = known.rows[one.pool]
    return {
        "pool": one.pool,
        "protocol": row.protocol,
        "size": row.route,
        "to": one.address,
        "relayer": one.relayer,
        "deposits_before": len(before),
        "withdrawals_before": known.taken_before(one),
        "pool_is_whole": bool(view.coverage(chain, one.pool, "")),
        "reveals": [
            {
                "name": said.name,
                "strength": said.strength,
                "size": len(said.candidates),
                "reason": said.reason,
                "candidates": [_deposit(deposit) for deposit in said.candidates],
            }
            for said in reveals
        ],
        "candidates": [_deposit(deposit) for deposit in before],
    }


def _deposit(one: "Deposit") -> dict[str, object]:
    return {"txid": one.txid, "from": one.address}

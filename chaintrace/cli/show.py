"""`show`: one transaction or address as chaintrace understands it."""

import json
import os
import re
from typing import TYPE_CHECKING

import click

from chaintrace.cli.printing import notice, say, table
from chaintrace.errors import InputError
from chaintrace.report.wording import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chaintrace.adapters.network import Endpoint
    from chaintrace.case.view import CaseView
    from chaintrace.model.attribution import Tag
    from chaintrace.model.transaction import Leg, Transaction

INCOMPLETE = 3
COLUMNS = ("index", "kind", "asset", "value", "amount", "from", "to")
"""Of a transfer: its value in base units and as an amount."""


@click.command()
@click.argument("subject", metavar="TXID|ADDRESS")
@click.option("--chain", help="The chain that it is on.")
@click.option(
    "--from", "sources", metavar="[ADAPTER=]URL|PATH", multiple=True, help="Who is asked, or the file or case."
)
@click.option("--asset", help="The symbol or contract in which a network is asked about an ADDRESS.")
@click.option("--offline", is_flag=True, help="Never open a socket.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(
    *, subject: str, chain: str | None, sources: tuple[str, ...], asset: str | None, offline: bool, as_json: bool
) -> int:
    """Show one transaction or address: transfers, fee, tags, findings."""
    from chaintrace.case.look import chain_of, look, named
    from chaintrace.case.remote import remotes
    from chaintrace.case.result import now

    if endpoints := remotes(sources, chain):
        return _asked(endpoints, subject, asset, offline=offline, as_json=as_json)
    if asset is not None:
        raise InputError("--asset says what a network is asked about, and a file or a case shows all: leave it out")
    found_source = named(sources[0], or_url=True)
    chain = chain_of(found_source, chain)
    with look(found_source, chain, now) as view:
        _show(view, chain, subject, as_json=as_json)
    return 0


def _asked(endpoints: "Sequence[Endpoint]", subject: str, asset: str | None, *, offline: bool, as_json: bool) -> int:
    """Ask network sources about one subject, and show it; 3 where they told only a part of it.

    Public ones are named before the first request.
    """
    from chaintrace.case.access import access
    from chaintrace.case.finality import is_of_accounts
    from chaintrace.case.remote import asked, permitted, warning
    from chaintrace.case.result import now

    allowed = access(os.environ, offline=offline)
    left = permitted(endpoints, allowed)
    if text := warning(left):
        notice(text)
    with asked(left, subject, allowed, now, asset) as looked:
        _show(looked.view, left[0].chain, subject, as_json=as_json)
        if looked.assets and asset is None and is_of_accounts(left[0].chain):
            names = ", ".join(looked.assets)
            notice(f"the address was asked about in {names}: for another asset, add --asset with its contract")
        for note in looked.notes:
            notice(f"left open: {note}")
    return 0 if looked.settled else INCOMPLETE


def _show(view: "CaseView", chain: str, subject: str, *, as_json: bool) -> None:
    """A transaction, where the view has one of that name, else an address."""
    found = _transaction(view, chain, subject)
    if found is not None:
        _show_transaction(view, found, as_json=as_json)
    else:
        _show_address(view, chain, subject, as_json=as_json)


def _transaction(view: "CaseView", chain: str, subject: str) -> "Transaction | None":
    """The transaction with that txid, if the sources hold it."""
    from chaintrace.adapters.assets import txid_key
    from chaintrace.model.transaction import Transaction

    found = view.transaction(chain, txid_key(chain, subject))
    return found if isinstance(found, Transaction) else None


def _show_transaction(view: "CaseView", found: "Transaction", *, as_json: bool) -> None:
    from chaintrace.case.rules import findings as say_of
    from chaintrace.cli.observed import of_transaction, print_observed
    from chaintrace.cli.observed import shape as shape_of
    from chaintrace.cli.shape import addresses_of, finding, shape
    from chaintrace.plugins import heuristics

    said = [finding(one) for one in say_of((found,), heuristics(), view)]
    shaped, observed = shape(found, said), of_transaction(view, found)
    if as_json:
        shaped.update({"observations": shape_of(observed)} if observed else {})
        click.echo(json.dumps(shaped, ensure_ascii=True, indent=2))
        return
    say(f"{shaped['chain']} {shaped['txid']}: {shaped['status']}")
    say(f"height: {shaped['height']}" if found.height is not None else "height: not known")
    say(f"time: {shaped['time']}" if found.time is not None else "time: not known")
    fee = shaped["fee"]
    say(f"fee: {_fee(found, str(fee['value']))}" if isinstance(fee, dict) else "fee: not known or none")
    table("Transfers", COLUMNS, _lines(found))
    tags = [tag for address in addresses_of(found) for tag in view.tags(found.chain, address)]
    _tags(tags)
    rows = [[one["kind"], one["rule"], one["confidence"], one["subject"], one["object"]] for one in said]
    table("Findings", ("kind", "rule", "confidence", "subject", "object"), rows)
    print_observed(observed)


def _fee(found: "Transaction", value: str) -> str:
    """The fee as an amount and in base units."""
    from chaintrace.report.amounts import prose

    paid = next((one for one in found.transfers if one.kind in {"fee", "utxo"}), found.transfers[0])
    told = prose(int(value), paid.asset)
    return told if paid.asset.decimals is None else f"{told} ({value} base units)"


def _lines(found: "Transaction") -> list[list[object]]:
    """A line for each transfer; for each leg of a UTXO transaction. Amounts stand beside base units."""
    from chaintrace.report.amounts import amount

    lines: list[list[object]] = []
    for transfer in found.transfers:
        name, decimals = transfer.asset.name or transfer.asset.contract, transfer.asset.decimals
        if transfer.kind == "utxo":
            for leg in transfer.inputs:
                value = ("not known", "") if leg.value is None else (leg.value, amount(leg.value, decimals))
                lines.append([f"in {leg.index}", "utxo", name, *value, leg.address or str(leg.holding or ""), ""])
            lines.extend(
                [f"out {leg.index}", "utxo", name, leg.value, amount(leg.value, decimals), "", _receiver(leg)]
                for leg in transfer.outputs
            )
        else:
            sender = transfer.inputs[0].address if transfer.inputs else ""
            receiver = transfer.outputs[0].address if transfer.outputs else ""
            told = amount(transfer.value, decimals)
            lines.append([transfer.index, transfer.kind, name, transfer.value, told, sender, receiver])
    return lines


def _receiver(leg: "Leg") -> str:
    return leg.address or leg.script_type


def _tags(tags: "list[Tag]") -> None:
    rows = [[tag.address, tag.label, tag.category, tag.confidence, tag.source] for tag in dict.fromkeys(tags)]
    table("Tags", ("address", "label", "category", "confidence", "said by"), rows)


def _show_address(view: "CaseView", chain: str, subject: str, *, as_json: bool) -> None:
    """An address: what is claimed about it and which transactions of the sources touch it."""
    from chaintrace.addresses import family
    from chaintrace.case.look import everything
    from chaintrace.case.typed import typed_address
    from chaintrace.cli.observed import of_address, print_observed
    from chaintrace.cli.observed import shape as shape_of
    from chaintrace.cli.shape import addresses_of, shape, tag

    if family(chain) is not None and re.fullmatch(r"(0x)?[0-9a-fA-F]{64}", subject):
        raise InputError(f"the transaction {subject} is not in the sources of {chain}: name a source that holds it")
    try:
        address = typed_address(chain, subject)
    except ValueError as error:
        raise InputError(f"{error}, and no txid in the sources: correct it") from error
    touched = [one for one in everything(view, chain) if address in addresses_of(one)]
    tags, observed = view.tags(chain, address), of_address(view, chain, address, touched)
    if not touched and not tags and family(chain) is None:
        raise InputError(f"{subject[:100]!r} was not found: no source names it as a txid or an address of {chain}")
    if as_json:
        shaped = {
            "chain": chain,
            "address": address,
            "tags": [tag(one) for one in tags],
            "transactions": [shape(one, []) for one in touched],
            **({"observations": shape_of(observed)} if observed else {}),
        }
        click.echo(json.dumps(shaped, ensure_ascii=True, indent=2))
        return
    say(f"{chain} {address}: {counted(len(touched), 'transaction')} in the sources")
    _tags(list(tags))
    rows = [[one.txid, *line] for one in touched for line in _lines(one) if address in line]
    table("Movements", ("txid", *COLUMNS), rows)
    print_observed(observed)

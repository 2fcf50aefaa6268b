"""`show`: one transaction or address as chaintrace understands it."""

import json
import re
from typing import TYPE_CHECKING

import click

from chaintrace.cli.printing import say, table
from chaintrace.errors import InputError

if TYPE_CHECKING:
    from chaintrace.case.view import CaseView
    from chaintrace.model.attribution import Tag
    from chaintrace.model.transaction import Transaction


@click.command()
@click.argument("subject", metavar="TXID|ADDRESS")
@click.option("--chain", help="The chain that it is on.")
@click.option("--from", "source", metavar="[ADAPTER=]PATH", help="The file or case that holds it.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(subject: str, chain: str | None, source: str | None, as_json: bool) -> None:
    """Show one transaction or address: transfers, fee, tags, findings."""
    from chaintrace.case.look import chain_of, look, named
    from chaintrace.case.result import now

    if source is None:
        raise InputError("no source is named: add --from with the path of a file; this version asks no network")
    found_source = named(source)
    chain = chain_of(found_source, chain)
    with look(found_source, chain, now) as view:
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
    from chaintrace.cli.shape import addresses_of, finding, shape
    from chaintrace.plugins import heuristics

    said = [finding(one) for one in say_of((found,), heuristics(), view)]
    shaped = shape(found, said)
    if as_json:
        click.echo(json.dumps(shaped, ensure_ascii=True, indent=2))
        return
    say(f"{shaped['chain']} {shaped['txid']}: {shaped['status']}")
    say(f"height: {shaped['height']}" if found.height is not None else "height: not known")
    say(f"time: {shaped['time']}" if found.time is not None else "time: not known")
    fee = shaped["fee"]
    say(f"fee: {fee['value']} base units of {fee['asset']}" if isinstance(fee, dict) else "fee: not known or none")
    table("Transfers", ("index", "kind", "asset", "value", "from", "to"), _lines(found))
    tags = [tag for address in addresses_of(found) for tag in view.tags(found.chain, address)]
    _tags(tags)
    rows = [[one["kind"], one["rule"], one["confidence"], one["subject"], one["object"]] for one in said]
    table("Findings", ("kind", "rule", "confidence", "subject", "object"), rows)


def _lines(found: "Transaction") -> list[list[object]]:
    """A line for each transfer; for each leg of a UTXO transaction."""
    lines: list[list[object]] = []
    for transfer in found.transfers:
        name = transfer.asset.name or transfer.asset.contract
        if transfer.kind == "utxo":
            for leg in transfer.inputs:
                value = "not known" if leg.value is None else leg.value
                lines.append([f"in {leg.index}", "utxo", name, value, leg.address or str(leg.holding or ""), ""])
            lines.extend(
                [f"out {leg.index}", "utxo", name, leg.value, "", leg.address or leg.script_type]
                for leg in transfer.outputs
            )
        else:
            sender = transfer.inputs[0].address if transfer.inputs else ""
            receiver = transfer.outputs[0].address if transfer.outputs else ""
            lines.append([transfer.index, transfer.kind, name, transfer.value, sender, receiver])
    return lines


def _tags(tags: "list[Tag]") -> None:
    rows = [[tag.address, tag.label, tag.category, tag.confidence, tag.source] for tag in dict.fromkeys(tags)]
    table("Tags", ("address", "label", "category", "confidence", "said by"), rows)


def _show_address(view: "CaseView", chain: str, subject: str, *, as_json: bool) -> None:
    """An address: what is claimed about it and which transactions of the sources touch it."""
    from chaintrace.addresses import family, normalise
    from chaintrace.case.look import everything
    from chaintrace.cli.shape import addresses_of, shape, tag

    if family(chain) is not None and re.fullmatch(r"(0x)?[0-9a-fA-F]{64}", subject):
        raise InputError(f"the transaction {subject} is not in the sources of {chain}: name a source that holds it")
    try:
        address = normalise(chain, subject)
    except ValueError as error:
        raise InputError(f"{error}, and no txid in the sources: correct it") from error
    touched = [one for one in everything(view, chain) if address in addresses_of(one)]
    tags = view.tags(chain, address)
    if not touched and not tags and family(chain) is None:
        raise InputError(f"{subject[:100]!r} was not found: no source names it as a txid or an address of {chain}")
    if as_json:
        shaped = {
            "chain": chain,
            "address": address,
            "tags": [tag(one) for one in tags],
            "transactions": [shape(one, []) for one in touched],
        }
        click.echo(json.dumps(shaped, ensure_ascii=True, indent=2))
        return
    say(f"{chain} {address}: {len(touched)} transactions in the sources")
    _tags(list(tags))
    rows = [[one.txid, *line] for one in touched for line in _lines(one) if address in line]
    table("Movements", ("txid", "index", "kind", "asset", "value", "from", "to"), rows)

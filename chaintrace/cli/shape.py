"""The JSON of `show --json`: a transaction's transfers, fee and findings, in the shape of the contract."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from chaintrace.model.attribution import Tag
    from chaintrace.model.finding import AnyFinding
    from chaintrace.model.transaction import Leg, Transaction, Transfer

Json: TypeAlias = "bool | int | str | Sequence[Json] | dict[str, Json] | None"


def shape(found: "Transaction", said: Sequence[dict[str, Json]]) -> dict[str, Json]:
    """`{chain, txid, status, height, time, fee, transfers, findings}`. Values are texts of base units, times ISO."""
    from chaintrace.report.amounts import iso

    return {
        "chain": found.chain,
        "txid": found.txid,
        "status": found.status,
        "height": found.height,
        "time": iso(found.time),
        "fee": fee(found),
        "transfers": [transfer(one, found) for one in found.transfers if one.kind != "fee"],
        "findings": list(said),
    }


def fee(found: "Transaction") -> dict[str, Json] | None:
    """`{payer, asset, value}`; None where there is none or it is not known. A UTXO transaction's has no payer."""
    from chaintrace.model.transaction import utxo_fee

    if found.utxo is not None:
        value = utxo_fee(found.utxo)
        return None if value is None else {"payer": None, "asset": found.utxo.asset.name, "value": str(value)}
    paid = [one for one in found.transfers if one.kind == "fee"]
    if not paid:
        return None
    payer = paid[0].inputs[0].address if paid[0].inputs else None
    name = paid[0].asset.name or paid[0].asset.contract
    return {"payer": payer, "asset": name, "value": str(sum(one.value or 0 for one in paid))}


def transfer(one: "Transfer", found: "Transaction") -> dict[str, Json]:
    """`{index, kind, asset, contract, decimals, token_id, from, to, value}`. A piece stands under its collection."""
    sides: dict[str, Json]
    if one.kind == "utxo":
        sides = {
            "from": [side(leg, str(leg.holding) if leg.holding else None) for leg in one.inputs],
            "to": [side(leg, f"{found.txid}:{leg.index}") for leg in one.outputs],
        }
    else:
        sides = {
            "from": one.inputs[0].address if one.inputs else None,
            "to": one.outputs[0].address if one.outputs else None,
        }
    return {
        "index": one.index,
        "kind": one.kind,
        "asset": one.asset.collection if one.asset.token_id is not None else one.asset.name or one.asset.contract,
        "contract": one.asset.collection or None,
        "decimals": one.asset.decimals,
        "token_id": None if one.token_id is None else str(one.token_id),
        **sides,
        "value": None if one.value is None else str(one.value),
    }


def side(leg: "Leg", outpoint: str | None) -> dict[str, Json]:
    """One input or output: `{outpoint, address, value}`; null where it is not known."""
    value = None if leg.value is None else str(leg.value)
    return {"outpoint": outpoint, "address": leg.address or None, "value": value}


def finding(one: "AnyFinding") -> dict[str, Json]:
    """A finding with the columns of findings.csv."""
    return {
        "kind": one.kind,
        "rule": one.rule,
        "confidence": one.confidence,
        "subject": one.subject,
        "object": one.object,
        "evidence": list(one.evidence),
    }


def tag(one: "Tag") -> dict[str, Json]:
    """What a source claims about an address."""
    return {
        "label": one.label,
        "actor": one.actor,
        "category": one.category,
        "confidence": one.confidence,
        "source": one.source,
        "lastmod": one.lastmod,
    }


def addresses_of(found: "Transaction") -> tuple[str, ...]:
    """Every address that a transaction names, each once, inputs first."""
    legs = [leg for one in found.transfers for leg in (*one.inputs, *one.outputs)]
    return tuple(dict.fromkeys(leg.address for leg in legs if leg.address))

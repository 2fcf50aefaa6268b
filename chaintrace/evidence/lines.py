"""Facts and holdings as lines of JSON: what the traces were answered, one answer a line, in one form only."""

import json
from collections.abc import Iterator

from chaintrace.evidence.recording import Recorded
from chaintrace.model.chain import OutPoint
from chaintrace.model.provenance import Coverage
from chaintrace.model.transaction import Leg, Transaction, Transfer
from chaintrace.model.view import History, MissingHistory, MissingSpender, MissingTransaction


def canonical(value: object) -> str:
    """The one way to write a value as JSON: keys sorted, no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def fact(told: Transaction) -> dict[str, object]:
    """A transaction as a line of facts.jsonl; values are text, in base units."""
    block, source = told.block, told.source
    return {
        "chain": told.chain,
        "txid": told.txid,
        "status": told.status,
        "height": told.height,
        "block_hash": block.hash if block else "",
        "time": told.time,
        "position": told.position,
        "sender": told.sender,
        "transfers": [_transfer(one) for one in told.transfers],
        "source": None
        if source is None
        else {"adapter": source.adapter, "request": source.request, "sha256": source.sha256},
    }


def _transfer(one: Transfer) -> dict[str, object]:
    return {
        "index": one.index,
        "kind": one.kind,
        "asset": one.asset.name,
        "contract": one.asset.contract,
        "decimals": one.asset.decimals,
        "token_id": None if one.token_id is None else str(one.token_id),
        "order": list(one.order),
        "value": _text(one.value),
        "from": [_leg(leg, utxo=one.kind == "utxo") for leg in one.inputs],
        "to": [_leg(leg, utxo=one.kind == "utxo") for leg in one.outputs],
    }


def _leg(leg: Leg, *, utxo: bool) -> dict[str, object]:
    if not utxo:
        return {"address": leg.address, "value": _text(leg.value)}
    place = str(leg.holding) if isinstance(leg.holding, OutPoint) else None
    return {
        "index": leg.index,
        "address": leg.address,
        "value": _text(leg.value),
        "outpoint": place,
        "script": leg.script,
    }


def _text(value: int | None) -> str | None:
    return None if value is None else str(value)


def holdings(recorded: Recorded) -> Iterator[dict[str, object]]:
    """The lines of holdings.jsonl, sorted as text."""
    yield from sorted(_answers(recorded), key=canonical)


def _answers(recorded: Recorded) -> Iterator[dict[str, object]]:
    for (account, since), history in recorded.histories.items():
        yield _history(account.chain, account.address, account.asset.contract, since, history)
    for outpoint, spender in recorded.spenders.items():
        place = {"chain": outpoint.chain, "outpoint": str(outpoint)}
        if isinstance(spender, MissingSpender):
            yield {"kind": "no spender", **place}
        else:
            yield {"kind": "spender", **place, "txid": None if spender is None else spender.txid}
    for outpoint, told in recorded.unspent.items():
        yield {"kind": "unspent", "chain": outpoint.chain, "outpoint": str(outpoint), **_coverage(told)}
    for (chain, address, contract), several in recorded.coverages.items():
        where = {"chain": chain, "address": address, "contract": contract}
        yield {"kind": "coverage", **where, "coverage": [_coverage(one) for one in several]}
    for (chain, txid), found in recorded.transactions.items():
        if isinstance(found, MissingTransaction):
            yield {"kind": "no transaction", "chain": chain, "txid": txid}


def _history(
    chain: str, address: str, contract: str, since: int, history: History | MissingHistory
) -> dict[str, object]:
    place: dict[str, object] = {"chain": chain, "address": address, "contract": contract, "since": since}
    if isinstance(history, MissingHistory):
        return {"kind": "no history", **place}
    return {
        "kind": "history",
        **place,
        "opening": _text(history.opening),
        "coverage": [_coverage(one) for one in history.coverage],
        "movements": [[one.transaction.txid, one.transfer.index] for one in history.movements],
    }


def _coverage(told: Coverage) -> dict[str, object]:
    return {
        "start": told.start,
        "end": told.end,
        "height": told.height,
        "time": told.time,
        "how": told.how,
        "opening": _text(told.opening),
    }

"""trace.json: everything that the tables hold, and what pins it, for machines (schema: trace.schema.json)."""

import json
import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import TypeAlias

from chaintrace.adapters.issuers import issued
from chaintrace.model.sensitivity import Sensitivity
from chaintrace.model.trace import OUTCOME_NAMES, AnyOutcome, Claim, NotFollowed
from chaintrace.report.amounts import amount, iso
from chaintrace.report.columns import VALUES
from chaintrace.report.credited import case_key
from chaintrace.report.csv_files import TURNING
from chaintrace.report.interface import METHOD_VERSION, Cell, Inputs, Report
from chaintrace.report.issuing import places
from chaintrace.report.valued import declarations
from chaintrace.valuation import PLACES, Valuation

SCHEMA_VERSION = "1"
"""Raised when a field changes its meaning; fields may be added without that."""

_HIDDEN = re.compile(f"[{TURNING}]")

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"


class JsonFile:
    """The report as one JSON object."""

    name = "json"
    summary = "everything in one JSON file with a schema, for machines"

    def write(self, report: Report, folder: Path) -> tuple[str, ...]:
        """Write trace.json; return its name."""
        path = folder / "trace.json"
        with path.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.writelines(rendered(document(report)))
            file.write("\n")
        return (path.name,)


def rendered(value: Json, depth: int = 2) -> Iterator[str]:
    """JSON with sorted keys, a row a line: objects are opened `depth` deep, lists there item by item."""
    if isinstance(value, dict) and depth and value:
        for number, key in enumerate(sorted(value)):
            yield f"{',' if number else '{'}\n{_dumped(key)}: "
            yield from rendered(value[key], depth - 1)
        yield "\n}"
    elif isinstance(value, list) and value:
        for number, item in enumerate(value):
            yield f"{',' if number else '['}\n"
            yield _dumped(item)
        yield "\n]"
    else:
        yield _dumped(value)


def _dumped(value: Json) -> str:
    """JSON in which signs that hide or turn text are escapes: it means the same, and no terminal obeys it."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return (
        text if text.isascii() and text.isprintable() else _HIDDEN.sub(lambda found: json.dumps(found[0])[1:-1], text)
    )


def schema() -> str:
    """The JSON Schema of trace.json, as it ships with the package."""
    return files("chaintrace.report").joinpath("trace.schema.json").read_text("utf-8")


def document(report: Report) -> dict[str, Json]:
    """The object that is written. Base units are strings, counts and heights integers, times ISO 8601 with Z."""
    inputs = report.inputs
    return {
        "schema": "chaintrace-trace",
        "schema_version": SCHEMA_VERSION,
        "method_version": METHOD_VERSION,
        "versions": dict(inputs.versions),
        "case": inputs.case,
        "method": inputs.method,
        "methods": list(inputs.methods),
        "first_sentence": report.sentence,
        "complete": report.complete,
        "reasons": list(report.reasons),
        "chains": _chains(inputs),
        "seeds": [_seed(claim) for claim in inputs.trace.claims],
        "left_out": list(inputs.trace.left_out),
        "limits": _limits(inputs),
        "options": _options(inputs),
        "rules": [
            {
                "id": rule.id,
                "version": rule.version,
                "confidence": rule.confidence,
                "text": rule.text,
                "measured": rule.measured,
            }
            for rule in inputs.rules
        ],
        "inputs": [
            {"adapter": s.adapter, "path": s.path, "sha256": s.sha256, "chain": s.chain, "covers": s.covers}
            for s in inputs.sources
        ],
        "issuers": _issuers(inputs),
        "sensitivities": [_sensitivity(s) for s in inputs.sensitivities],
        "outcomes": {name: [_outcome(o) for o in inputs.traces[name].outcomes] for name in inputs.methods},
        "notes": list(inputs.notes),
        "note": inputs.note,
        **({} if inputs.valuation is None else {"valuation": _valuation(inputs, inputs.valuation)}),
        "tables": {
            name: [{key: _cell(key, cell) for key, cell in record.items()} for record in table.records()]
            for name, table in report.tables.items()
        },
    }


def _cell(column: str, cell: Cell) -> Json:
    """A cell as JSON: base units may be larger than what JSON readers keep exactly, so they are text."""
    return str(cell) if column in VALUES and cell is not None else cell


def _chains(inputs: Inputs) -> Json:
    named = {claim.chain for claim in inputs.trace.claims} | set(inputs.as_of) | {s.chain for s in inputs.sources}
    rows: list[Json] = []
    for chain in sorted(named - {""}):
        end = inputs.as_of.get(chain)
        rows.append(
            {
                "chain": chain,
                "caip2": inputs.caip2.get(chain),
                "as_of": iso(end.time) if end else None,
                "height": end.height if end else None,
            },
        )
    return rows


def _issuers(inputs: Inputs) -> Json:
    """Each token of the list that is credited or rests somewhere: what its contract can do, read where and when."""
    keys = dict.fromkeys(place[:2] for place in places(inputs))
    tokens = (token for key in keys if (token := issued(*key)) is not None)
    return [
        {
            "chain": token.chain,
            "contract": token.contract,
            "issuer": token.issuer,
            "power": token.power,
            "source": token.source,
            "checked": token.checked.isoformat(),
        }
        for token in tokens
    ]


def _seed(claim: Claim) -> Json:
    asset = claim.asset
    return {
        "origin": claim.origin,
        "chain": claim.chain,
        "txid": claim.txid,
        "index": claim.index,
        "address": claim.address,
        "asset": asset.name,
        "contract": asset.contract,
        "decimals": asset.decimals,
        "leg_value": str(claim.leg_value),
        "leg_amount": amount(claim.leg_value, asset.decimals),
        "claimed_value": str(claim.claimed),
        "claimed_amount": amount(claim.claimed, asset.decimals),
    }


def _limits(inputs: Inputs) -> Json:
    limits = inputs.limits
    return {
        "max_hops": limits.max_hops,
        "max_transactions": limits.max_transactions,
        "min_value": {case_key(*key): str(value) for key, value in limits.min_value.items()},
        "min_tag_confidence": limits.min_tag_confidence,
        "until": iso(limits.until),
    }


def _options(inputs: Inputs) -> Json:
    wallets: list[Json] = [
        {"name": wallet.name, "chain": wallet.chain, "addresses": list[Json](sorted(wallet.addresses))}
        for wallet in inputs.options.wallets
    ]
    return {"libr_between": inputs.options.libr_between, "wallets": wallets}


def _valuation(inputs: Inputs, asked: Valuation) -> Json:
    return {
        "currency": asked.currency,
        "at": list[Json](asked.moments),
        "rounding": f"half up, {PLACES} decimal places",
        "ecb": asked.ecb,
        "declared": {case_key(*key): told for key, told in declarations(inputs, asked).items()},
    }


def _sensitivity(found: Sensitivity) -> Json:
    text: Mapping[str, str] = {
        "kind": found.kind,
        "method": found.method,
        "chain": found.chain,
        "subject": found.subject,
        "origin": found.origin,
        "place": found.place,
        "asset": found.asset.name,
        "contract": found.asset.contract,
        "value": str(found.value),
        "low": str(found.low),
        "high": str(found.high),
        "text": found.text,
    }
    return {**text, "exact": found.exact}


def _outcome(outcome: AnyOutcome) -> Json:
    return {
        "outcome": OUTCOME_NAMES[type(outcome)],
        "origin": outcome.origin,
        "chain": outcome.asset.chain,
        "contract": outcome.asset.contract,
        "address": outcome.address,
        "outpoint": str(outcome.outpoint) if outcome.outpoint else None,
        "txid": outcome.txid,
        "index": outcome.index,
        "value": str(outcome.value),
        "reason": outcome.reason if isinstance(outcome, NotFollowed) else None,
    }

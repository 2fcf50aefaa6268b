"""Rows of explorers' lists to the same movements, as far as the rows tell them; what they lack is said with each.

A row of a list of tokens has no place in its transaction: two equal ones may be two transfers or one told twice, so
no identity (M1) is made up for it. The node's answer about the txid has it. Source: TronGrid's documentation,
`/v1/accounts/{address}/transactions` and `…/trc20`; Tronscan's, `/api/token_trc20/transfers`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from chaintrace.adapters.transport import Json
from chaintrace.adapters.tron.answers import ZERO, address_of, rows, seconds, shown, table, txid_of, whole, word
from chaintrace.adapters.tron.decoding import Decoded, Place, decode, transfers
from chaintrace.adapters.tron.moves import INT64, Move
from chaintrace.errors import Malformed, Refused
from chaintrace.model.chain import Block
from chaintrace.model.provenance import Source
from chaintrace.model.transaction import Kind, Transfer

NO_INDEX, NO_POSITION, NO_HEIGHT, NO_HASH, NO_FEE = "index", "position", "height", "block hash", "fee"
NO_TOKENS = "tokens of the call"
"""What a row may lack."""

_TRC20_KINDS = frozenset({"Transfer"})
_UNMOVED = frozenset({"Approval"})
_TAG_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of an explorer's list. `transfer.index` is `""`: the row has no place in its transaction.

    `transfer` is None where the row moved nothing (a failed one, an approval). `height` is None and `time` (Unix,
    UTC) is the block's where the list tells no more. `lacks` names what only another answer can tell. `claims` are
    the explorer's own words about the two addresses: a third party's tags, by address.
    """

    txid: str
    height: int | None
    time: int | None
    transfer: Transfer | None
    lacks: tuple[str, ...]
    final: bool | None = None
    decimals: int | None = None
    claims: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A page of TronGrid: its rows, and where the next begins. `""` is never proof that there is none."""

    rows: tuple[Mapping[str, Json], ...]
    fingerprint: str


def page(told: Json, host: str) -> Page:
    """A page of `/v1/…`. Raises Refused for a refusal in its shape, Malformed for what is no page."""
    answer = table(told, "the page")
    if answer.get("success") is False or ("data" not in answer and "error" in answer):
        raise Refused(
            f"{host} refuses: {shown(answer.get('error') or answer.get('Error'))}; look at its key and limits"
        )
    if answer.get("success") is not True or not isinstance(answer.get("data"), list):
        raise Malformed(f"{host} answered with JSON that is no page of TronGrid: look at the url of the source")
    meta = table(answer.get("meta") or {}, "meta")
    mark = meta.get("fingerprint")
    return Page(
        tuple(table(one, "a row") for one in rows(answer["data"], "data")), mark if isinstance(mark, str) else ""
    )


def trongrid_transaction(chain: str, row: Mapping[str, Json], source: Source | None = None) -> Decoded | Listed:
    """A row of `/v1/accounts/{address}/transactions`: a transaction, or (in another shape) a call inside one.

    A transaction is proven by its bytes and has its fee; it lacks the position in the block (0 stands for it), the
    block's hash, events and calls inside, and says so in its gaps where they matter.
    """
    if "internal_tx_id" in row:
        return _internal(chain, row)
    time = seconds(row.get("block_timestamp"), "block_timestamp")
    height = whole(row.get("blockNumber"), "blockNumber", INT64)
    return decode(chain, row, None, Place(Block(height, "", time), 0), source)


def trongrid_trc20(chain: str, row: Mapping[str, Json]) -> Listed:
    """A row of `/v1/accounts/{address}/transactions/trc20`. Approvals move nothing."""
    kind = word(row.get("type"), "type")
    if kind not in _TRC20_KINDS | _UNMOVED:
        raise Malformed(f"a row of TRC-20 transfers is of type {shown(kind)}: nothing of this page is used")
    token = table(row.get("token_info"), "token_info")
    move = _token_move(address_of(token.get("address"), "token_info.address"), row.get("from"), row.get("to"))
    value = whole(_given(row, "value"), "value")
    return _listed(
        chain,
        txid_of(row.get("transaction_id"), "transaction_id"),
        (None, seconds(_given(row, "block_timestamp"), "block_timestamp")),
        None if kind in _UNMOVED else (move, value),
        decimals=_decimals(token.get("decimals")),
    )


def tronscan_trc20(chain: str, row: Mapping[str, Json]) -> Listed:
    """A row of `/api/token_trc20/transfers`. A reverted one moved nothing."""
    move = _token_move(
        address_of(row.get("contract_address"), "contract_address"), row.get("from_address"), row.get("to_address")
    )
    verdicts = {word(row.get(name), name) for name in ("contractRet", "finalResult")} - {""}
    failed = row.get("revert") is True or verdicts - {"SUCCESS"}
    token = table(row.get("tokenInfo") or {}, "tokenInfo")
    confirmed = row.get("confirmed")
    value = whole(_given(row, "quant"), "quant")
    return _listed(
        chain,
        txid_of(row.get("transaction_id"), "transaction_id"),
        (whole(_given(row, "block"), "block", INT64), seconds(_given(row, "block_ts"), "block_ts")),
        None if failed else (move, value),
        final=confirmed if isinstance(confirmed, bool) else None,
        decimals=_decimals(token.get("tokenDecimal")),
        claims=_claims(row),
    )


def _internal(chain: str, row: Mapping[str, Json]) -> Listed:
    """A call inside a transaction, which TronGrid mixes in among the transactions of an account.

    `call_value` has the TRX under `_` and TRC-10 tokens under their ids; these are left to the node's answer.
    """
    data = table(row.get("data"), "data")
    told = table(data.get("call_value") or {}, "call_value")
    value = sum(whole(one, "call_value", INT64) for name, one in told.items() if name == "_")
    move: tuple[tuple[Kind, str, str | None, str | None], int] | None = None
    if data.get("rejected") is not True and value:
        sides = (address_of(row.get("from_address"), "from"), address_of(row.get("to_address"), "to"))
        move = (("internal", "", *sides), value)
    time = seconds(row.get("block_timestamp"), "block_timestamp")
    listed = _listed(chain, txid_of(row.get("tx_id"), "tx_id"), (None, time), move)
    return replace(listed, lacks=(*listed.lacks, NO_TOKENS)) if told.keys() - {"_"} else listed


def _listed(
    chain: str,
    txid: str,
    when: tuple[int | None, int | None],
    moved: tuple[tuple[Kind, str, str | None, str | None], int] | None,
    *,
    final: bool | None = None,
    decimals: int | None = None,
    claims: tuple[tuple[str, str], ...] = (),
) -> Listed:
    """The row, in the one form."""
    height, time = when
    transfer = None
    if moved is not None:
        (kind, contract, sender, receiver), value = moved
        rank = (time or 0) if height is None else height
        transfer = transfers(chain, [Move("", kind, contract, sender, receiver, value)], (rank, 0))[0]
    lacks = (NO_INDEX, NO_POSITION, *((NO_HEIGHT,) if height is None else ()), NO_HASH, NO_FEE)
    return Listed(txid, height, time, transfer, lacks, final, decimals, claims)


def _token_move(contract: str, sender: Json, receiver: Json) -> tuple[Kind, str, str | None, str | None]:
    """A token's movement; from the zero address it is a mint, to it a burn."""
    source, target = address_of(sender, "from"), address_of(receiver, "to")
    if source == ZERO:
        return "mint", contract, None, target
    return ("burn", contract, source, None) if target == ZERO else ("token", contract, source, target)


def _given(row: Mapping[str, Json], name: str) -> Json:
    """A field that must be there: an absent amount is not 0."""
    if row.get(name) is None:
        raise Malformed(f"a row has no {name}: nothing of this page is used")
    return row[name]


def _decimals(told: Json) -> int | None:
    """A token's decimals as the list claims them, None where it does not or where no token can have so many."""
    return told if isinstance(told, int) and not isinstance(told, bool) and 0 <= told <= 255 else None


def _claims(row: Mapping[str, Json]) -> tuple[tuple[str, str], ...]:
    """What Tronscan calls the two addresses: {"from_address_tag": "…"}, or an empty object."""
    found = []
    for side in ("from_address", "to_address"):
        told = row.get(f"{side}_tag")
        tag = told.get(f"{side}_tag") if isinstance(told, dict) else None
        if isinstance(tag, str) and tag:
            found.append((address_of(row.get(side), side), tag[:_TAG_LENGTH]))
    return tuple(found)

"""Rows of explorers' lists to the same movements, as far as the rows tell them; what they lack is said with each.

A row of a list of tokens has no place in its transaction: two equal ones may be two transfers or one told twice, so
no identity (M1) is made up for it. The node's answer about the txid has it. Source: TronGrid's documentation,
`/v1/accounts/{address}/transactions` and `…/trc20`; Tronscan's, `/api/token_trc20/transfers`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from chaintrace.adapters.accounts.moved import Moved
from chaintrace.adapters.transport import Json
from chaintrace.adapters.tron.answers import ZERO, address_of, rows, seconds, shown, table, txid_of, whole, word
from chaintrace.adapters.tron.decoding import Decoded, Place, decode, transfers
from chaintrace.adapters.tron.moves import INT64, MOVES, RESTS, note_of
from chaintrace.adapters.tron.refusals import is_too_often
from chaintrace.errors import Declined, Malformed, Unavailable
from chaintrace.model.chain import Block
from chaintrace.model.provenance import Source
from chaintrace.model.transaction import Kind, Transfer

NO_INDEX, NO_POSITION, NO_HEIGHT, NO_HASH, NO_FEE = "index", "position", "height", "block hash", "fee"
NO_TOKENS, NO_KIND = "tokens of the call", "kind of the call"
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
    """A page of `/v1/…`. Raises Declined for a refusal in its shape, Malformed for what is no page.

    Raises Unavailable where the refusal is about how often it was asked.
    """
    answer = table(told, "the page")
    if answer.get("success") is False or ("data" not in answer and "error" in answer):
        said = answer.get("error") or answer.get("Error")
        if is_too_often(said):
            raise Unavailable(f"{host} says that it is asked too often ({shown(said)})")
        raise Declined(f"{host} refuses: {shown(said)}; look at its key and limits")
    if answer.get("success") is not True or not isinstance(answer.get("data"), list):
        raise Malformed(f"{host} answered with JSON that is no page of TronGrid: look at the url of the source")
    meta = table(answer.get("meta") or {}, "meta")
    mark = meta.get("fingerprint")
    return Page(
        tuple(table(one, "a row") for one in rows(answer["data"], "data")), mark if isinstance(mark, str) else ""
    )


def trongrid_transaction(
    chain: str, row: Mapping[str, Json], source: Source | None = None, *, listed: bool = False
) -> Decoded | Listed:
    """A row of `/v1/accounts/{address}/transactions`: a transaction, or (in another shape) a call inside one.

    A transaction is proven by its bytes and has its fee; it lacks the position in the block (0 stands for it), the
    block's hash, events and calls inside, and says so in its gaps where they matter. `listed`: those that matter
    stand in other lists (`decode`).
    """
    if "internal_tx_id" in row or "internal_id" in row:
        return _internal(chain, row)
    time = seconds(row.get("block_timestamp"), "block_timestamp")
    height = whole(_given(row, "blockNumber"), "blockNumber", INT64)
    return decode(chain, row, None, Place(Block(height, "", time), 0), source, listed=listed)


def trongrid_trc20(chain: str, row: Mapping[str, Json], contract: str = "") -> Listed:
    """A row of `/v1/accounts/{address}/transactions/trc20`. Approvals move nothing.

    `contract` is the one that was asked for: it counts where a row names none.
    """
    kind = word(row.get("type"), "type")
    if kind not in _TRC20_KINDS | _UNMOVED:
        raise Malformed(f"a row of TRC-20 transfers is of type {shown(kind)}: nothing of this page is used")
    token = table(row.get("token_info") or {}, "token_info")
    named = address_of(token.get("address") or contract, "token_info.address")
    move = _token_move(named, row.get("from"), row.get("to"))
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

    `call_value` has the TRX under `_` and TRC-10 tokens under their ids; these are left to the node's answer, as is
    a call of which the note does not say that it hands over what it carries.
    """
    data = table(row.get("data"), "data")
    told = table(data.get("call_value") or {}, "call_value")
    value = sum(whole(one, "call_value", INT64) for name, one in told.items() if name == "_")
    note = note_of(data.get("note"))
    rests = data.get("rejected") is True or note.startswith(RESTS)
    sides = (address_of(row.get("from_address"), "from"), address_of(row.get("to_address"), "to"))
    is_plain = note in MOVES and not (note == "suicide" and sides[0] == sides[1])
    move: tuple[tuple[Kind, str, str | None, str | None], int] | None = None
    if value and not rests and is_plain:
        move = (("internal", "", *sides), value)
    time = seconds(_given(row, "block_timestamp"), "block_timestamp")
    listed = _listed(chain, txid_of(row.get("tx_id"), "tx_id"), (None, time), move)
    if rests or not (value or told.keys() - {"_"}):
        return listed
    kind = () if is_plain else (NO_KIND,)
    return replace(listed, lacks=(*listed.lacks, *kind, *((NO_TOKENS,) if told.keys() - {"_"} else ())))


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
        transfer = transfers(chain, [Moved("", kind, contract, sender, receiver, value)], (rank, 0))[0]
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

"""What a TRON contract itself moves: TRX, TRC-10 tokens, and the rewards of votes, before any code of a token ran.

Values are in sun (TRX) or in the token's own base units. Freezing, lending and releasing move nothing: what is frozen
stays its account's, so a node's liquid balance differs from in less out by what is frozen then. Source: TRON developer
documentation, pages "TRX", "TRC-10" and "Stake 2.0"; `core/Tron.proto` of tronprotocol/protocol; for the notes of
internal transactions `Program.java` of java-tron.
"""

from collections.abc import Iterator, Mapping

from chaintrace.adapters.accounts.moved import Moved
from chaintrace.adapters.transport import Json
from chaintrace.adapters.tron.answers import address_of, rows, shown, table, whole
from chaintrace.adapters.tron.rawdata import RawData
from chaintrace.adapters.tron.schema import STILL
from chaintrace.errors import Malformed

INT64 = 2**63 - 1
"""The most of TRX or of a TRC-10 token: the chain counts them in 64 bits."""

MOVES = ("call", "create", "suicide")
"""Notes of internal transactions that hand over what they carry."""
RESTS = ("freeze", "unfreeze", "delegateResource", "unDelegateResource", "withdrawExpireUnfreeze", "cancelAll", "vote")
"""Notes of internal transactions by which a contract stakes what it keeps: they move nothing."""


def contract_moves(raw: RawData, info: Mapping[str, Json] | None) -> Iterator[Moved]:
    """What the contract of a successful transaction moves: `value` in TRX, `value:ID` for a token beside it."""
    asked = raw.contract
    if asked.kind in {"TransferContract", "ParticipateAssetIssueContract"}:
        yield Moved("value", "native", "", asked.owner, asked.text("to_address"), asked.number("amount"))
    elif asked.kind == "TransferAssetContract":
        token = asked.text("asset_name")
        yield Moved("value", "token", token, asked.owner, asked.text("to_address"), asked.number("amount"))
    elif asked.kind == "WithdrawBalanceContract":
        reward = whole((info or {}).get("withdraw_amount"), "withdraw_amount", INT64)
        yield from () if info is None else (Moved("value", "mint", "", None, asked.owner, reward),)
    elif asked.kind in {"TriggerSmartContract", "CreateSmartContract"}:
        yield from _call(raw, info)


def _call(raw: RawData, info: Mapping[str, Json] | None) -> Iterator[Moved]:
    """What is handed to a smart contract with the call, or with its creation."""
    asked = raw.contract
    value, tokens, token = _handed(raw), asked.number("call_token_value"), asked.text("token_id")
    if not value and not tokens:
        return
    if info is None and not asked.text("contract_address"):
        return  # `unread` says so
    receiver = asked.text("contract_address") or _created(raw, info)
    if value:
        yield Moved("value", "native", "", asked.owner, receiver, value)
    if tokens:
        yield Moved(f"value:{token}" if value else "value", "token", token, asked.owner, receiver, tokens)


def _handed(raw: RawData) -> int:
    """The TRX that come with a call, or with a creation."""
    new = raw.contract.values.get("new_contract", {})
    endowment = new.get("call_value", 0) if isinstance(new, dict) else 0
    return raw.contract.number("call_value") or (endowment if isinstance(endowment, int) else 0)


def _created(raw: RawData, info: Mapping[str, Json] | None) -> str:
    """The address of a contract that this transaction creates, as the node tells it."""
    told = (info or {}).get("contract_address")
    if told is None:
        raise Malformed(f"{raw.txid} pays a contract that it creates, and its address is not told: ask a full node")
    return address_of(told, "contract_address")


def internal_moves(told: Json) -> Iterator[Moved]:
    """What calls inside moved: `call:N` in TRX, `call:N:ID` in a TRC-10 token; rejected calls and zeros move nothing.

    A contract that is destroyed hands over all that it has (what it had staked and could take out is told twice, and
    counted once); to itself, that is a burn. The order of these calls
    among the events is not told, and changes nothing: an event never moves TRX or a TRC-10 token.
    """
    for place, one in enumerate(rows(told, "internal_transactions")):
        call = table(one, "internal_transactions")
        note = note_of(call.get("note"))
        if call.get("rejected") is True or (note not in MOVES and note != "withdrawReward"):
            continue
        caller = address_of(call.get("caller_address"), "caller_address")
        for contract, value in _values(call):
            index = f"call:{place}:{contract}" if contract else f"call:{place}"
            if note == "withdrawReward":
                yield Moved(index, "mint", contract, None, caller, value)
                continue
            receiver = address_of(call.get("transferTo_address"), "transferTo_address")
            if note == "suicide" and receiver == caller:
                yield Moved(index, "burn", contract, caller, None, value)
            else:
                yield Moved(index, "internal", contract, caller, receiver, value)


def unread(raw: RawData, info: Mapping[str, Json] | None) -> Iterator[str]:
    """What may have moved value and is not read here, each in a sentence for a Gap."""
    kind = raw.contract.kind
    if kind == "ParticipateAssetIssueContract":
        yield f"the TRC-10 tokens that {raw.txid} bought are not read: only the TRX that it paid"
    elif kind not in STILL and kind not in _READ:
        yield f"{raw.txid} is a {shown(kind)}, whose movements are not read: value may have moved"
    if kind == "WithdrawBalanceContract" and info is None:
        yield f"the reward that {raw.txid} took out is not told by this source: ask a full node"
    if info is None and kind == "CreateSmartContract" and (_handed(raw) or raw.contract.number("call_token_value")):
        yield f"{raw.txid} pays a contract that it creates, whose address this source does not tell: ask a full node"
    for one in rows((info or {}).get("internal_transactions"), "internal_transactions"):
        call = table(one, "internal_transactions")
        note = note_of(call.get("note"))
        known = note in MOVES or note == "withdrawReward" or note.startswith(RESTS)
        if not known and call.get("rejected") is not True and any(_values(call)):
            yield f"a call inside {raw.txid} bears the unknown note {shown(note)} and a value: it may have moved"


_READ = frozenset(
    {
        "TransferContract",
        "TransferAssetContract",
        "ParticipateAssetIssueContract",
        "WithdrawBalanceContract",
        "TriggerSmartContract",
        "CreateSmartContract",
    },
)


def _values(call: Mapping[str, Json]) -> Iterator[tuple[str, int]]:
    """What an internal transaction carries, without zeros: (token's id or `""`, value)."""
    for one in rows(call.get("callValueInfo"), "callValueInfo"):
        entry = table(one, "callValueInfo")
        value = whole(entry.get("callValue"), "callValue", INT64)
        token = entry.get("tokenId")
        if not isinstance(token, str | int | None) or isinstance(token, bool):
            raise Malformed(f"tokenId is {shown(token)} where the id of a TRC-10 token belongs: nothing of it is used")
        if value:
            yield ("" if token is None else str(token), value)


def note_of(told: Json) -> str:
    """What kind of call it is: hex of the word, or the word itself from a node that was asked with `visible`."""
    text = told if isinstance(told, str) else ""
    try:
        plain = bytes.fromhex(text).decode("ascii")
    except ValueError:
        return text
    return plain if plain.isprintable() and plain else text

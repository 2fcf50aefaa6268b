"""Tronscan's word about a transaction, put into a node's words, so that it is read like a node's answer.

The bytes that a txid is the hash of are not told: what it asked for is the explorer's word. Source: TRONSCAN API
Documentation, "Get Transaction Details by Hash" and "Get Transaction List"; for `contractType` the enumeration
`ContractType` of `core/Tron.proto` of tronprotocol/protocol, which ends at 53, and for 57 and 58 recorded answers
(`asking`), which also show what a fee is in each of the two; 54 to 56 and 59 are from memory.
"""

from collections.abc import Mapping
from types import MappingProxyType

from chaintrace.adapters.transport import Json
from chaintrace.adapters.tron.answers import Table, address_of, table, whole
from chaintrace.adapters.tron.moves import INT64
from chaintrace.errors import Malformed

KINDS: Mapping[int, str] = MappingProxyType(
    {
        0: "AccountCreateContract",
        1: "TransferContract",
        2: "TransferAssetContract",
        3: "VoteAssetContract",
        4: "VoteWitnessContract",
        5: "WitnessCreateContract",
        6: "AssetIssueContract",
        8: "WitnessUpdateContract",
        9: "ParticipateAssetIssueContract",
        10: "AccountUpdateContract",
        11: "FreezeBalanceContract",
        12: "UnfreezeBalanceContract",
        13: "WithdrawBalanceContract",
        14: "UnfreezeAssetContract",
        15: "UpdateAssetContract",
        16: "ProposalCreateContract",
        17: "ProposalApproveContract",
        18: "ProposalDeleteContract",
        19: "SetAccountIdContract",
        30: "CreateSmartContract",
        31: "TriggerSmartContract",
        33: "UpdateSettingContract",
        41: "ExchangeCreateContract",
        42: "ExchangeInjectContract",
        43: "ExchangeWithdrawContract",
        44: "ExchangeTransactionContract",
        45: "UpdateEnergyLimitContract",
        46: "AccountPermissionUpdateContract",
        48: "ClearABIContract",
        49: "UpdateBrokerageContract",
        51: "ShieldedTransferContract",
        52: "MarketSellAssetContract",
        53: "MarketCancelOrderContract",
        54: "FreezeBalanceV2Contract",
        55: "UnfreezeBalanceV2Contract",
        56: "WithdrawExpireUnfreezeContract",
        57: "DelegateResourceContract",
        58: "UnDelegateResourceContract",
        59: "CancelAllUnfreezeV2Contract",
    },
)
"""`contractType`: the numbers of ContractType. Any other one is read as unknown, and a gap says so."""

CALLERS = frozenset({"TriggerSmartContract", "CreateSmartContract"})
"""The kinds that run code."""

_IN_CALLS = ("call_value", "call_token_value", "token_id")
_FEES = ("energy_fee", "net_fee", "multi_sign_fee", "memoFee", "account_create_fee")


def kind_of(about: Table) -> str:
    """The kind of a transaction's contract, in the nodes' word."""
    number = whole(given(about, "contractType"), "contractType", INT64)
    return KINDS.get(number, f"contract {number}")


def signed(txid: str, about: Table) -> dict[str, Json]:
    """What was signed, in a node's words."""
    kind = kind_of(about)
    content = dict(table(about.get("contractData") or {}, "contractData"))
    if kind in CALLERS:
        trigger = table(about.get("trigger_info") or {}, "trigger_info")
        content = {name: trigger[name] for name in _IN_CALLS if name in trigger} | content
    if about.get("ownerAddress"):
        content.setdefault("owner_address", about["ownerAddress"])
        if address_of(content["owner_address"], "owner_address") != address_of(about["ownerAddress"], "ownerAddress"):
            raise Malformed(f"{txid} has two senders in one answer of the explorer: nothing of it is used")
    return {
        "txID": txid,
        "raw_data": {"contract": [{"type": kind, "parameter": {"value": content}}], "data": about.get("data")},
        "ret": [{"contractRet": given(about, "contractRet")}],
    }


def info(txid: str, about: Table, height: int, fee: int | None) -> dict[str, Json] | None:
    """What came of it, in a node's words, without its events and calls inside; None where its fee is not told."""
    if fee is None:
        return None
    told: dict[str, Json] = {
        "id": txid,
        "blockNumber": height,
        "blockTimeStamp": about.get("timestamp"),
        "fee": fee,
        "receipt": dict(table(about.get("cost") or {}, "cost")),
    }
    if kind_of(about) == "WithdrawBalanceContract":
        told["withdraw_amount"] = reward(about)
    if about.get("toAddress"):
        told["contract_address"] = about["toAddress"]
    return told


def reward(about: Table) -> Json:
    """The reward that a transaction took out, in sun; None where it is not told."""
    return table(about.get("contractData") or {}, "contractData").get("amount")


def fee_of_details(about: Table) -> int | None:
    """The fee in sun of `transaction-info`, where `fee` is only what is neither energy nor bandwidth.

    None where its parts are not told.
    """
    cost = table(about.get("cost") or {}, "cost")
    if cost.get("energy_fee") is None or cost.get("net_fee") is None or not cost.keys() & _FEES[2:]:
        return None
    return sum(whole(cost.get(name), name, INT64) for name in _FEES)


def fee_of_list(about: Table) -> int | None:
    """The fee in sun of an entry of the list of transactions, where `fee` is all of it; None where it is not told."""
    cost = table(about.get("cost") or {}, "cost")
    return None if cost.get("fee") is None else whole(cost["fee"], "fee", INT64)


def given(row: Table, name: str) -> Json:
    """A field that must be there: an absent amount is not 0."""
    if row.get(name) is None:
        raise Malformed(f"the explorer's answer has no {name}: nothing of it is used")
    return row[name]

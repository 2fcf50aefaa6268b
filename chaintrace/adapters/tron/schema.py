"""The contracts of TRON (its word for what a transaction does): their fields, and what is known of each kind.

Source: `core/Tron.proto` and `core/contract/*.proto` of tronprotocol/protocol. The names are those of the nodes' JSON.
"""

from collections.abc import Mapping
from types import MappingProxyType

from chaintrace.adapters.tron.wire import Field

_OWNER = Field("owner_address", "address")
_KEY = {1: Field("address", "address"), 2: Field("weight", "number")}
_PERMISSION = {
    1: Field("type", "number"),
    2: Field("id", "number"),
    3: Field("permission_name", "text"),
    4: Field("threshold", "number"),
    6: Field("operations", "bytes"),
    7: Field("keys", "messages", _KEY),
}
_ANY = {1: Field("type_url", "text"), 2: Field("value", "bytes")}
_CONTRACT = {2: Field("parameter", "message", _ANY), 5: Field("Permission_id", "number")}
_NEW_CONTRACT = {5: Field("call_value", "number")}

RAW_DATA: Mapping[int, Field] = MappingProxyType(
    {
        10: Field("data", "bytes"),
        11: Field("contract", "messages", _CONTRACT),
        14: Field("timestamp", "number"),
        18: Field("fee_limit", "number"),
    },
)
"""`Transaction.raw`, as far as it is used."""

CONTRACTS: Mapping[str, Mapping[int, Field]] = MappingProxyType(
    {
        "AccountCreateContract": {1: _OWNER, 2: Field("account_address", "address")},
        "TransferContract": {1: _OWNER, 2: Field("to_address", "address"), 3: Field("amount", "number")},
        "TransferAssetContract": {
            1: Field("asset_name", "token"),
            2: _OWNER,
            3: Field("to_address", "address"),
            4: Field("amount", "number"),
        },
        "ParticipateAssetIssueContract": {
            1: _OWNER,
            2: Field("to_address", "address"),
            3: Field("asset_name", "token"),
            4: Field("amount", "number"),
        },
        "WithdrawBalanceContract": {1: _OWNER},
        "CreateSmartContract": {
            1: _OWNER,
            2: Field("new_contract", "message", _NEW_CONTRACT),
            3: Field("call_token_value", "number"),
            4: Field("token_id", "token"),
        },
        "TriggerSmartContract": {
            1: _OWNER,
            2: Field("contract_address", "address"),
            3: Field("call_value", "number"),
            4: Field("data", "bytes"),
            5: Field("call_token_value", "number"),
            6: Field("token_id", "token"),
        },
        "FreezeBalanceContract": {
            1: _OWNER,
            2: Field("frozen_balance", "number"),
            3: Field("frozen_duration", "number"),
            10: Field("resource", "resource"),
            15: Field("receiver_address", "address"),
        },
        "UnfreezeBalanceContract": {
            1: _OWNER,
            10: Field("resource", "resource"),
            15: Field("receiver_address", "address"),
        },
        "FreezeBalanceV2Contract": {
            1: _OWNER,
            2: Field("frozen_balance", "number"),
            3: Field("resource", "resource"),
        },
        "UnfreezeBalanceV2Contract": {
            1: _OWNER,
            2: Field("unfreeze_balance", "number"),
            3: Field("resource", "resource"),
        },
        "WithdrawExpireUnfreezeContract": {1: _OWNER},
        "CancelAllUnfreezeV2Contract": {1: _OWNER},
        "DelegateResourceContract": {
            1: _OWNER,
            2: Field("resource", "resource"),
            3: Field("balance", "number"),
            4: Field("receiver_address", "address"),
            6: Field("lock_period", "number"),
        },
        "UnDelegateResourceContract": {
            1: _OWNER,
            2: Field("resource", "resource"),
            3: Field("balance", "number"),
            4: Field("receiver_address", "address"),
        },
        "AccountPermissionUpdateContract": {
            1: _OWNER,
            2: Field("owner", "message", _PERMISSION),
            3: Field("witness", "message", _PERMISSION),
            4: Field("actives", "messages", _PERMISSION),
        },
    },
)
"""The kinds whose fields are read. Of every other kind only its payer is."""

STAKING = frozenset(
    {
        "FreezeBalanceContract",
        "UnfreezeBalanceContract",
        "FreezeBalanceV2Contract",
        "UnfreezeBalanceV2Contract",
        "WithdrawExpireUnfreezeContract",
        "CancelAllUnfreezeV2Contract",
        "DelegateResourceContract",
        "UnDelegateResourceContract",
    },
)
"""They lock, release or lend what an account keeps: facts that move nothing."""

STILL = STAKING | {
    "AccountCreateContract",
    "AccountPermissionUpdateContract",
    "AccountUpdateContract",
    "ClearABIContract",
    "ProposalApproveContract",
    "ProposalCreateContract",
    "ProposalDeleteContract",
    "SetAccountIdContract",
    "UnfreezeAssetContract",
    "UpdateAssetContract",
    "UpdateBrokerageContract",
    "UpdateEnergyLimitContract",
    "UpdateSettingContract",
    "VoteAssetContract",
    "VoteWitnessContract",
    "WitnessCreateContract",
    "WitnessUpdateContract",
}
"""They move nothing but their fee."""

OWNER_FIELD: Mapping[str, int] = MappingProxyType({"UpdateAssetContract": 1, "ShieldedTransferContract": 0})
"""Where the payer's address stands in kinds that have no schema: field 1, unless it says otherwise (0: nowhere)."""


def schema_of(kind: str) -> Mapping[int, Field]:
    """The fields of a kind; of one without a schema, its payer alone."""
    known = CONTRACTS.get(kind)
    if known is not None:
        return known
    number = OWNER_FIELD.get(kind, 1)
    return {number: _OWNER} if number else {}

"""What an account has now, where the host can tell it: what its history is held against.

TRX that is frozen, lent with its resources or waiting to be released is still its account's, as no movement takes it
away. Source: TRON developer documentation, "GetAccount" and "TriggerConstantContract"; `core/Tron.proto` of
tronprotocol/protocol, message Account, for the names of the parts.
"""

from collections.abc import Mapping

from chaintrace.adapters.transport import Json
from chaintrace.adapters.tron.answers import rows, table, whole, word
from chaintrace.adapters.tron.moves import INT64
from chaintrace.adapters.trongrid.asking import Grid
from chaintrace.addresses import tron_to_hex
from chaintrace.errors import Refused

_LENT = ("delegated_frozen_balance_for_bandwidth", "delegated_frozenV2_balance_for_bandwidth")
_LENT_ENERGY = ("delegated_frozen_balance_for_energy", "delegated_frozenV2_balance_for_energy")


def held(grid: Grid, address: str, contract: str) -> int | None:
    """The balance in base units, at the head of the chain as the host knows it; None where it does not tell it."""
    try:
        return _of_token(grid, address, contract) if _is_token(contract) else _of_coin(grid, address, contract)
    except Refused:
        return None


def coins(account: Mapping[str, Json], token: str) -> int:
    """What an account (`getaccount`) has of TRX (`token` `""`), or of a TRC-10 token by its id. Raises Malformed."""
    if token:
        entries = [table(one, "assetV2") for one in rows(account.get("assetV2"), "assetV2")]
        return sum(whole(one.get("value"), "assetV2", INT64) for one in entries if one.get("key") == token)
    energy = table(account.get("account_resource") or {}, "account_resource")
    parts = [
        account.get("balance"),
        *(account.get(name) for name in _LENT),
        *(energy.get(name) for name in _LENT_ENERGY),
    ]
    for place, name, value in (
        (account, "frozen", "frozen_balance"),
        (account, "frozenV2", "amount"),
        (account, "unfrozenV2", "unfreeze_amount"),
    ):
        parts += [table(one, name).get(value) for one in rows(place.get(name), name)]
    for place, name in ((energy, "frozen_balance_for_energy"), (account, "tron_power")):
        parts.append(table(place.get(name) or {}, name).get("frozen_balance"))
    return sum(whole(part, "a part of the balance", INT64) for part in parts)


def _is_token(contract: str) -> bool:
    """Whether an asset is a contract's: TRC-10 tokens are named by digits."""
    return bool(contract) and not contract.isdigit()


def _of_coin(grid: Grid, address: str, token: str) -> int | None:
    """TRX or a TRC-10 token. An account that does not exist has nothing."""
    account = grid.account(address)
    if account is None:
        account = grid.entry(address)
        if account is None:
            return None
    return coins(account, token)


def _of_token(grid: Grid, address: str, contract: str) -> int | None:
    """A TRC-20 token, by its own balanceOf, else by the host's list of what the account has."""
    answer = grid.constant(contract, "balanceOf(address)", tron_to_hex(address)[2:].rjust(64, "0"), address)
    if answer is not None:
        return int(answer, 16) if len(answer) == 64 else None
    entry = grid.entry(address)
    for one in rows((entry or {}).get("trc20"), "trc20"):
        told = table(one, "trc20").get(contract)
        if told is not None:
            return whole(word(told, "trc20"), "trc20")
    return None

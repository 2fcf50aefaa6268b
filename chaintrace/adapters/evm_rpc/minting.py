"""What a block itself pays: withdrawals and rewards, which no transaction moves, as mints of the native asset.

Each is a transaction of its own after all others of its block, named as explorers' lists name them (`etherscan`,
`blockscout`): `withdrawal:` and its number, `block:` with height and maker. What the maker gets is the reward and the
tips: what the senders paid for gas above the base fee, which is burned. Sources: EIP-4895 (amounts are in Gwei),
EIP-1559, and OpenEthereum's trace module for traces of type `reward`.
"""

from collections.abc import Mapping, Sequence

from chaintrace.adapters.accounts.issues import AFTER_ALL, GWEI, withdrawal_name
from chaintrace.adapters.assets import native_asset
from chaintrace.adapters.evm.quantities import address as read_address
from chaintrace.adapters.evm.quantities import listing, optional_quantity, quantity, table
from chaintrace.adapters.transport import Json
from chaintrace.model.chain import Account, Block
from chaintrace.model.provenance import Source
from chaintrace.model.transaction import Leg, Transaction, Transfer


def withdrawals(account: Account, block: Mapping[str, Json], where: Block, source: Source) -> list[Transaction]:
    """What a block pays an account out of the beacon chain. Raises Malformed."""
    found: list[Transaction] = []
    for item in listing(block.get("withdrawals") or [], "the withdrawals of a block"):
        told = table(item, "a withdrawal")
        if read_address(told.get("address"), "who is paid by a withdrawal") == account.address:
            name = withdrawal_name(quantity(told.get("index"), "the number of a withdrawal"))
            value = quantity(told.get("amount"), "the amount of a withdrawal") * GWEI
            found.append(mint(account, name, value, where, source))
    return found


def mint(account: Account, name: str, value: int, where: Block, source: Source) -> Transaction:
    """What a block pays an account, in wei, as a transaction of that name."""
    asset = native_asset(account.chain)
    leg = Leg(value, Account(account.address, asset), account.address)
    transfer = Transfer("value", "mint", asset, (), (leg,), (where.height or 0, AFTER_ALL, 0))
    return Transaction(account.chain, name, where, AFTER_ALL, (transfer,), "confirmed", source)


def tips(block: Mapping[str, Json], receipts: Sequence[Json]) -> int | None:
    """What the senders of a block's transactions paid its maker, in wei; None where a receipt names no price."""
    base = optional_quantity(block.get("baseFeePerGas"), "the base fee") or 0
    total = 0
    for item in receipts:
        told = table(item, "a receipt of the block")
        price = optional_quantity(told.get("effectiveGasPrice"), "the effective gas price")
        if price is None:
            return None
        total += (price - base) * quantity(told.get("gasUsed"), "the gas used")
    return total

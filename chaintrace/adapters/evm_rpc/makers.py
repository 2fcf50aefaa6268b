"""What the maker of a block gets: its reward, where a trace tells one, and the tips of its transactions."""

from collections.abc import Mapping

from chaintrace.adapters.accounts.issues import block_name
from chaintrace.adapters.evm.quantities import listing, table
from chaintrace.adapters.evm_rpc.minting import mint, tips
from chaintrace.adapters.evm_rpc.places import Places
from chaintrace.adapters.evm_rpc.rpc import Rpc
from chaintrace.adapters.evm_rpc.standing import read_header
from chaintrace.adapters.transport import Json
from chaintrace.errors import Unavailable
from chaintrace.model.chain import Account, Block
from chaintrace.model.provenance import Source


class Makers:
    """Of one node. Every method raises Unavailable, Refused or Malformed, and nothing else."""

    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    def rewarded(self, account: Account, block_hash: str, name: str, value: int, places: Places) -> None:
        """A reward in a trace; `name` is `reward:` and its type. The maker of an uncle gets no tips."""
        if name == "reward:block":
            self.made(account, block_hash, value, places)
            return
        where, source = self._block(block_hash)[1:]
        kind = name.removeprefix("reward:")
        places.mints.append(mint(account, f"{kind}:{where.height}:{account.address}", value, where, source))

    def made(self, account: Account, block_hash: str, reward: int, places: Places) -> None:
        """What a block pays the account that made it: the reward that a trace tells, in wei, and the tips."""
        block, where, source = self._block(block_hash)
        told = self._rpc.optional("eth_getBlockReceipts", block_hash, pin=block_hash)
        paid = None if told.result is None else tips(block, listing(told.result, "the receipts of a block"))
        if paid is None:
            places.reasons.append(
                f"what the transactions of block {where.height} paid its maker is not known: "
                f"{told.reason or 'a receipt names no price'}"
            )
            paid = 0
        if reward + paid:
            name = block_name(where.height or 0, account.address)
            places.mints.append(mint(account, name, reward + paid, where, source))

    def _block(self, block_hash: str) -> tuple[Mapping[str, Json], Block, Source]:
        """A block, where it stands, and where that was read."""
        told = self._rpc.wanted("eth_getBlockByHash", block_hash, False, pin=block_hash)  # noqa: FBT003  # as the RPC has it
        if told.result is None:
            raise Unavailable(f"{self._rpc.host} no longer has block {block_hash}: its chain moved; run again")
        header = read_header(told.result)
        return table(told.result, "the block"), Block(header.height, block_hash, header.time), told.source

"""How far an explorer has come, and whether it is of the chain and on the fork of a run.

By the proxy, which passes on a node's words. An explorer without one (or a record of one) tells its tip by the block
of now, or by the last transaction of a contract that everybody uses; where it tells none, its height is 0: histories
then reach up to their last rows, and a gap says so.
"""

from chaintrace.adapters.etherscan.asking import Asking
from chaintrace.adapters.etherscan.words import NotOffered, TooMuch
from chaintrace.adapters.evm import evm_chain_of
from chaintrace.adapters.evm.quantities import digest, quantity, table
from chaintrace.adapters.network import Status
from chaintrace.adapters.tips import has_tip, hash_at, of_chain
from chaintrace.adapters.transport import Json
from chaintrace.errors import Malformed, Unavailable

_INDICES = frozenset({"txid", "address"})


class Standing:
    """What one explorer is. Threads may share it."""

    def __init__(self, ask: Asking) -> None:
        self._ask = ask
        self._agreed: set[str] = set()

    def status(self) -> Status:
        """Chain, tip and what of it is final, asked now. Raises Unavailable, Refused or Malformed."""
        chain = self._chain("")
        try:
            height, block_hash, time = self._latest()
        except NotOffered:
            height, time = self._by_rows()
            return Status(chain, height, "", time, None, _INDICES)
        final = self._block("finalized", "", strict=False)
        self._agreed.add(block_hash)
        return Status(chain, height, block_hash, time, None, _INDICES, finalized=None if final is None else final[0])

    def block_hash(self, height: int) -> str:
        """The hash of the canonical block at a height, asked now. Raises Unavailable where it does not tell."""
        try:
            found = self._block(hex(height), "")
        except NotOffered as refusal:
            if not height:
                return ""
            raise Unavailable(f"{self._ask.host} names no blocks ({refusal})") from refusal
        return hash_at(self._ask.host, height, None if found is None else found[1])

    def agree(self, at: Status) -> None:
        """Raise where the explorer is of another chain, behind the tip `at`, or on another fork.

        Malformed for another chain, Unavailable for the others. One that names no blocks cannot be asked.
        """
        if at.block_hash in self._agreed:
            return
        own, host = self._ask.chain.name, self._ask.host
        theirs = self._chain(at.block_hash)
        of_chain(f"{host} tells", theirs, own, "an explorer")
        if at.height and at.block_hash:
            try:
                found = self._block(hex(at.height), at.block_hash)
            except NotOffered:
                found = (at.height, at.block_hash, None)
            has_tip(host, None if found is None else found[1], at)
        self._agreed.add(at.block_hash)

    def _chain(self, pin: str) -> str:
        """The chain by its EIP-155 id; empty where the explorer does not pass the question on (Etherscan does not)."""
        try:
            told = self._ask.proxy("eth_chainId", pin).result
        except NotOffered:
            return ""
        number = quantity(told, "the chain id")
        known = evm_chain_of(number)
        return known.name if known is not None else f"eip155:{number}"

    def _latest(self) -> tuple[int, str, int | None]:
        """Height, hash and time of the tip. Raises NotOffered where no block is named."""
        found = self._block("latest", "", strict=False)
        if found is None:
            height = quantity(self._ask.proxy("eth_blockNumber", "").result, "the height of the tip")
            found = self._block(hex(height), "")
        if found is None:
            raise Unavailable(f"{self._ask.host} names a block as its tip and does not have it: try again later")
        return found

    def _block(self, tag: str, pin: str, *, strict: bool = True) -> tuple[int, str, int | None] | None:
        """Height, hash and time of a block; None where there is none, or (not `strict`) where it is not told."""
        try:
            told: Json = self._ask.proxy("eth_getBlockByNumber", pin, tag=tag, boolean="false").result
        except NotOffered:
            if strict:
                raise
            return None
        if told is None:
            return None
        block = table(told, "the block")
        height = quantity(block.get("number"), "the block's number")
        if tag.startswith("0x") and height != int(tag, 16):
            raise Malformed(f"{self._ask.host} gave block {height} where {int(tag, 16)} was asked: ask another source")
        time = quantity(block.get("timestamp"), "the block's time")
        return height, digest(block.get("hash"), "the block's hash"), time

    def _by_rows(self) -> tuple[int, int | None]:
        """Height and time of the last transaction of a wrapper of the native asset; 0 where none is told."""
        for contract in sorted(self._ask.chain.wrappers):
            try:
                found = self._ask.rows(
                    "account", "txlist", "", address=contract, startblock=0, page=1, offset=1, sort="desc"
                ).rows
            except (NotOffered, TooMuch):
                continue
            if found:
                row = max(found, key=lambda one: one.height)
                return row.height, row.time
        return 0, None

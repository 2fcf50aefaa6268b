"""The parts of traces that name one address, by the node's own index of them (trace_filter), where it has one.

Source: OpenEthereum's trace module, which Erigon, Nethermind, Reth and anvil answer alike: numbers of blocks are JSON's
whole numbers there; a reward has an author and no transaction.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from chaintrace.adapters.evm.quantities import (
    address,
    digest,
    listing,
    octets,
    optional_address,
    optional_quantity,
    quantity,
    table,
)
from chaintrace.adapters.evm_rpc.ranges import TooMuch, looks_cut
from chaintrace.adapters.evm_rpc.rpc import Rpc
from chaintrace.adapters.transport import Json, RpcError
from chaintrace.adapters.transport.jsonrpc import Param
from chaintrace.errors import Malformed, Unavailable


class Frame(NamedTuple):
    """One part of a trace. `txid` is empty for what a block pays; then `value` is that, in wei, and `name` its kind."""

    height: int
    block_hash: str
    txid: str
    path: tuple[int, ...]
    sender: str
    value: int
    name: str
    may_move: bool


@dataclass(slots=True)
class FrameReader:
    """Collects the parts of traces from and to one address, each once."""

    rpc: Rpc
    address: str
    pin: str
    found: dict[tuple[str, str, tuple[int, ...], str], Frame] = field(default_factory=dict)
    blocks: dict[int, str] = field(default_factory=dict)

    def ask(self, low: int, high: int) -> int:
        """Ask about the heights from `low` to `high`; how many new parts they had. Raises as `LogReader.ask`."""
        before = len(self.found)
        for side in ("fromAddress", "toAddress"):
            for frame in self._asked(side, low, high):
                if self.blocks.setdefault(frame.height, frame.block_hash) != frame.block_hash:
                    raise Unavailable(
                        f"{self.rpc.host} names two blocks at height {frame.height}: its chain moved while it was "
                        "asked; run again"
                    )
                self.found[frame.block_hash, frame.txid, frame.path, frame.name] = frame
        return len(self.found) - before

    def _asked(self, side: str, low: int, high: int) -> list[Frame]:
        asked: Mapping[str, Param] = {"fromBlock": hex(low), "toBlock": hex(high), side: [self.address]}
        read = self._reading(low, high)
        told = self.rpc.call("trace_filter", asked, pin=self.pin, look=read)
        if isinstance(told.result, RpcError):
            raise TooMuch(told.result)
        frames = read(told.result)
        if low < high and looks_cut(len(frames)):
            raise TooMuch(RpcError(0, f"it may have cut its results after {len(frames)}"))
        return frames

    def _reading(self, low: int, high: int) -> Callable[[Json], list[Frame]]:
        """Reads an answer, and looks whether it is of these heights."""

        def read(answer: Json) -> list[Frame]:
            frames = [read_frame(item) for item in listing(answer, "the traces")]
            if any(not low <= frame.height <= high for frame in frames):
                raise Malformed(
                    f"{self.rpc.host} gave traces of heights that were not asked for: nothing of this answer is used; "
                    "ask another source"
                )
            return frames

        return read


def read_frame(item: Json) -> Frame:
    """One part of a trace. Raises Malformed."""
    told = table(item, "a part of a trace")
    action, kind = table(told.get("action"), "the action of a trace"), told.get("type")
    height, path = told.get("blockNumber"), listing(told.get("traceAddress") or [], "a trace address")
    if isinstance(height, str):
        height = quantity(height, "a trace's height")  # some gateways write all numbers alike
    if isinstance(height, bool) or not isinstance(height, int) or any(not isinstance(part, int) for part in path):
        raise Malformed("a trace does not name its height and its place by whole numbers: nothing of it is used")
    where = height, digest(told.get("blockHash"), "a trace's block")
    if kind == "reward":
        value = optional_quantity(action.get("value"), "a reward") or 0
        who = address(action.get("author"), "who is rewarded")
        return Frame(*where, "", (), who, value, f"reward:{action.get('rewardType')}", may_move=True)
    txid = digest(told.get("transactionHash"), "a trace's transaction")
    places = tuple(part for part in path if isinstance(part, int))
    sender = optional_address(action.get("from"), "who calls") or ""
    value = optional_quantity(action.get("value"), "the value of a call") or 0
    plain = kind == "call" and not places and not octets(action.get("input") or "0x", "the input of a call")
    inner = kind in {"create", "suicide"} or action.get("callType") == "call"
    may_move = kind == "suicide" or plain or (value > 0 and (inner or not places))
    return Frame(*where, txid, places, sender, value, str(kind), may_move=may_move)

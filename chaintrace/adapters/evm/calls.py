"""What a transaction did inside: the calls of a trace in execution order, as two kinds of node tell them.

Sources: go-ethereum, `eth/tracers/native/call.go` (callTracer, with logs); OpenEthereum's trace module (`trace_block`,
`trace_transaction`), which Erigon, Nethermind, Reth and anvil answer alike. A call that failed moves nothing, and
nothing that it called moves anything: failed parts are left out here. DELEGATECALL, CALLCODE and STATICCALL move
nothing between accounts, whatever value stands beside them; what they call in turn may.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

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
from chaintrace.adapters.evm.records import Sent
from chaintrace.adapters.transport import Json
from chaintrace.errors import Malformed

Path: TypeAlias = tuple[int, ...]
"""Where a call stands: `(0, 1)` is the second call of the first call of the transaction. `()` is the transaction."""

Sort: TypeAlias = Literal["call", "create", "destroy", "log", "other"]

_GETH: Mapping[str, Sort] = {"CALL": "call", "CREATE": "create", "CREATE2": "create", "SELFDESTRUCT": "destroy"}
_PARITY: Mapping[str, Sort] = {"call": "call", "create": "create", "suicide": "destroy", "selfdestruct": "destroy"}
_KEPT_INPUT = 36
"""Of a call's input only the selector and one word are looked at."""


@dataclass(frozen=True, slots=True)
class Step:
    """One call, creation, self-destruct or log that held. Values in wei; None: the trace does not say what moved.

    `data` is the beginning of a call's input. A `log` step says only that the next log of the receipt stands here.
    """

    path: Path
    sort: Sort
    sender: str = ""
    receiver: str | None = None
    value: int | None = 0
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class Execution:
    """The steps of a transaction in the order in which they happened, the transaction's own call left out.

    `failed`: the transaction itself failed. `logs` is how many logs the trace places between the calls.
    """

    failed: bool
    steps: tuple[Step, ...]
    logs: int = 0


def geth_execution(answer: Json, sent: Sent) -> Execution:
    """The answer to debug_traceTransaction with the callTracer. Raises Malformed for a trace of another transaction."""
    root = table(answer, "the trace")
    _same(_geth_step(root, ()), sent)
    if root.get("error"):
        return Execution(failed=True, steps=())
    steps: list[Step] = []
    waiting: list[tuple[Path, Mapping[str, Json] | None]] = [((), root)]
    while waiting:
        path, frame = waiting.pop()
        if frame is None:
            steps.append(Step(path, "log"))
        elif not frame.get("error"):
            if path:
                steps.append(_geth_step(frame, path))
            waiting.extend(reversed(_inside(frame, path)))
    return Execution(failed=False, steps=tuple(steps), logs=sum(step.sort == "log" for step in steps))


def _inside(frame: Mapping[str, Json], path: Path) -> list[tuple[Path, Mapping[str, Json] | None]]:
    """The calls of a frame, and its logs (None) where it logged them: a log's `position` counts the calls before it.

    Old versions of the node do not say it: then none of its logs is placed.
    """
    calls = [table(call, "a call of the trace") for call in listing(frame.get("calls") or [], "the calls of a trace")]
    logs = [table(log, "a log of the trace") for log in listing(frame.get("logs") or [], "the logs of a trace")]
    told = [log.get("position") for log in logs]
    places = [] if None in told else [quantity(place, "a log's position in the trace") for place in told]
    found: list[tuple[Path, Mapping[str, Json] | None]] = []
    for number, call in enumerate(calls):
        found.extend((path, None) for place in places if place == number)
        found.append(((*path, number), call))
    found.extend((path, None) for place in places if place >= len(calls))
    return found


def _geth_step(frame: Mapping[str, Json], path: Path) -> Step:
    """One frame of the callTracer. Of a self-destruct, old versions of the node tell nothing: its value is None."""
    name = frame.get("type")
    sort: Sort = _GETH.get(name, "other") if isinstance(name, str) else "other"
    value = optional_quantity(frame.get("value"), "the value of a call")
    if sort == "destroy":
        refunded = optional_address(frame.get("to"), "who a self-destruct pays")
        told = value if refunded is not None else None
        return Step(path, sort, optional_address(frame.get("from"), "who is destroyed") or "", refunded, told)
    sender = address(frame.get("from"), "who calls")
    receiver = optional_address(frame.get("to"), "who is called")
    data = octets(frame.get("input") or "0x", "the input of a call")[:_KEPT_INPUT]
    return Step(path, sort, sender, receiver, value or 0, data)


def parity_execution(answer: Json, sent: Sent) -> Execution:
    """The answer to trace_transaction, or that to trace_block: what is of another transaction there is passed over.

    Raises Malformed for a trace without the transaction's own call, or with a call whose caller is not in it.
    """
    frames: dict[Path, Mapping[str, Json]] = {}
    for item in listing(answer, "the trace"):
        frame = table(item, "a part of the trace")
        owner = frame.get("transactionHash")
        if owner is None or digest(owner, "the transaction of a trace") != sent.txid:
            continue  # rewards and withdrawals have none
        path = _path(frame)
        if path in frames:
            raise Malformed(f"the trace of {sent.txid} has two calls at {list(path)}: nothing of it is used")
        frames[path] = frame
    if () not in frames:
        raise Malformed(f"the trace does not have the transaction {sent.txid}: nothing of it is used")
    _same(_parity_step(frames[()], ()), sent)
    if frames[()].get("error"):
        return Execution(failed=True, steps=())
    held: set[Path] = {()}
    steps: list[Step] = []
    for path in sorted(frames):
        if path and path[:-1] not in frames:
            raise Malformed(f"the trace of {sent.txid} has a call at {list(path)} and not its caller: it is cut short")
        if path and path[:-1] in held and not frames[path].get("error"):
            held.add(path)
            steps.append(_parity_step(frames[path], path))
    return Execution(failed=False, steps=tuple(steps))


def _path(frame: Mapping[str, Json]) -> Path:
    """The trace address, whose parts are JSON's whole numbers."""
    parts = listing(frame.get("traceAddress"), "a trace address")
    if any(isinstance(part, bool) or not isinstance(part, int) or part < 0 for part in parts):
        raise Malformed("a trace address holds something that is no whole number: nothing of the trace is used")
    return tuple(part for part in parts if isinstance(part, int))


def _parity_step(frame: Mapping[str, Json], path: Path) -> Step:
    """One part of a trace. The contract that a creation makes stands in its result."""
    name, action = frame.get("type"), table(frame.get("action"), "the action of a trace")
    sort: Sort = _PARITY.get(name, "other") if isinstance(name, str) else "other"
    if sort == "destroy":
        gone = address(action.get("address"), "who is destroyed")
        refunded = address(action.get("refundAddress"), "who a self-destruct pays")
        return Step(path, sort, gone, refunded, quantity(action.get("balance"), "the balance of a self-destruct"))
    if sort == "call" and action.get("callType") != "call":
        sort = "other"
    sender = address(action.get("from"), "who calls")
    value = optional_quantity(action.get("value"), "the value of a call")
    if sort == "create":
        result = frame.get("result")
        made = None if result is None else address(table(result, "a result").get("address"), "the contract made")
        return Step(path, sort, sender, made, value or 0)
    data = octets(action.get("input") or "0x", "the input of a call")[:_KEPT_INPUT]
    return Step(path, sort, sender, optional_address(action.get("to"), "who is called"), value or 0, data)


def _same(root: Step, sent: Sent) -> None:
    """Raises Malformed where a trace's own call is not the transaction's."""
    receiver = None if root.sort == "create" else root.receiver
    wanted: Sort = "call" if sent.receiver is not None else "create"
    if (root.sort, root.sender, receiver, root.value) != (wanted, sent.sender, sent.receiver, sent.value):
        raise Malformed(
            f"the trace of {sent.txid} begins with another call than the transaction's: nothing of it is used; ask "
            "another source"
        )

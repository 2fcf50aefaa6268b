"""The one door to the network: time-outs, retries, limits, credentials, the archive of raw answers, and replay.

An adapter makes a `Request`, gives it to a `Door`, and reads the `Answer`; JSON-RPC has `question` and `result`. Who
opens a case makes the door: `LiveDoor` asks what was not recorded, `ReplayDoor` reads the archive only.
"""

from chaintrace.adapters.transport.credentials import Credentials, Keys, installed_ring
from chaintrace.adapters.transport.door import Allowed, LiveDoor
from chaintrace.adapters.transport.jsonrpc import Json, RpcError, question, read_json, result
from chaintrace.adapters.transport.limits import Patience, Rate, Rates
from chaintrace.adapters.transport.redaction import Redactor, in_short
from chaintrace.adapters.transport.replay import Records, ReplayDoor
from chaintrace.adapters.transport.request import Answer, Check, Door, Query, Reach, Request
from chaintrace.adapters.transport.timing import SYSTEM, Timing
from chaintrace.adapters.transport.wiring import Wires, wires

__all__ = [
    "SYSTEM",
    "Allowed",
    "Answer",
    "Check",
    "Credentials",
    "Door",
    "Json",
    "Keys",
    "LiveDoor",
    "Patience",
    "Query",
    "Rate",
    "Rates",
    "Reach",
    "Records",
    "Redactor",
    "ReplayDoor",
    "Request",
    "RpcError",
    "Timing",
    "Wires",
    "in_short",
    "installed_ring",
    "question",
    "read_json",
    "result",
    "wires",
]

"""The faults that every network adapter meets: each by its name, which is also its row in docs/reliability.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Fault:
    """`carriage`: the connection or the HTTP answer is bad, whatever was asked, and the server does it by itself.

    `content`: well-formed JSON that is not true; the test of the adapter says how (`server.change`).
    """

    name: str
    kind: Literal["carriage", "content"]
    meaning: str


def _carriage(name: str, meaning: str) -> Fault:
    return Fault(name, "carriage", meaning)


def _content(name: str, meaning: str) -> Fault:
    return Fault(name, "content", meaning)


FAULTS = (
    _carriage("time-out", "the connection is taken and nothing is answered"),
    _carriage("reset", "the connection is reset"),
    _carriage("refused", "nobody listens at the port"),
    _carriage("half a body", "the connection ends in the middle of the answer"),
    _carriage("drip", "one byte at a time, each in time, for ever"),
    _carriage("web page", "HTML with status 200 where JSON is due"),
    _carriage("200 MB", "an answer of 200 MB"),
    _carriage("gzip bomb", "a small answer that unpacks to a large one"),
    _carriage("redirect", "a redirect to another host"),
    _carriage("wrong id", "the answer to another JSON-RPC question"),
    _carriage("401", "status 401"),
    _carriage("403", "status 403"),
    _carriage("429", "status 429 without Retry-After, each time"),
    _carriage("429 and when", "status 429 with Retry-After, each time"),
    _carriage("500", "status 500 with a web page, each time"),
    _carriage("503", "status 503, each time"),
    _content("wrong bytes", "a transaction that does not have the txid that was asked for"),
    _content("merkle branch", "a merkle branch that does not lead to the block's root"),
    _content("page twice", "a page of a history comes twice"),
    _content("page out of order", "the pages of a history in the wrong order"),
    _content("page shrinks", "a page of a history shrinks while it is read"),
    _content("counters", "the number of transactions and the history do not agree"),
    _content("unsynced", "the node is still catching up"),
    _content("other chain", "the node is one of another chain"),
    _content("fork", "the node is on another fork"),
    _content("floats", "amounts are JSON numbers with a point or an exponent"),
)
CARRIAGE = tuple(fault for fault in FAULTS if fault.kind == "carriage")
CONTENT = tuple(fault for fault in FAULTS if fault.kind == "content")
BY_NAME = {fault.name: fault for fault in FAULTS}
HTTP_ONLY = frozenset({"gzip bomb", "redirect", "401", "403", "429", "429 and when", "500", "503"})
"""What a line protocol does not have."""

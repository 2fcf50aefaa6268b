"""What a transaction's logs and its call say, kept beside its movements: rules read there what protocols did (M23)."""

from collections.abc import Iterator, Sequence
from typing import Final

from chaintrace.adapters.tron.events import Log as Event
from chaintrace.adapters.tron.rawdata import RawData
from chaintrace.model.log import Log, Sent
from chaintrace.model.provenance import Observation, Source

MOST_BYTES: Final = 1 << 20
"""Bytes of logs of one transaction that are kept, at most, and of its calldata: far more than honest ones have."""

_CALL: Final = "TriggerSmartContract"


def told(
    raw: RawData, events: Sequence[Event], at: tuple[str, int | None], source: Source | None
) -> Iterator[Observation]:
    """The logs of a successful call of a contract, and how it was called; nothing of one without logs.

    `at` is its chain and height. A log's number is its place in the transaction, as in the names of transfers.
    """
    if raw.contract.kind != _CALL:
        return
    chain, height = at
    call = raw.contract.text("data")
    if events and len(call) <= 2 * MOST_BYTES:
        value = raw.contract.number("call_value")
        to = raw.contract.text("contract_address")
        yield Sent(chain, raw.txid, raw.contract.owner, to, f"0x{call}", value).observation(height, source)
    if sum(len(one.data) for one in events) <= MOST_BYTES:
        for place, one in enumerate(events):
            topics = tuple(f"0x{topic.hex()}" for topic in one.topics)
            yield Log(chain, raw.txid, place, one.contract, topics, f"0x{one.data.hex()}").observation(height, source)

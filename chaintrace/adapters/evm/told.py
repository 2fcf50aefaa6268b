"""What a transaction's logs and its call say, kept beside its movements: rules read there what protocols did (M23)."""

from collections.abc import Iterator
from typing import Final

from chaintrace.adapters.evm.chains import EvmChain
from chaintrace.adapters.evm.records import Log as Told
from chaintrace.adapters.evm.records import Receipt, Sent
from chaintrace.adapters.protocols import shipped
from chaintrace.model.log import Log
from chaintrace.model.log import Sent as SentTold
from chaintrace.model.provenance import Observation, Source

MOST_BYTES: Final = 1 << 20
"""Bytes of logs of one transaction that are kept, at most, and of its calldata: far more than honest ones have."""


def told(chain: EvmChain, sent: Sent, receipt: Receipt, source: Source | None, *, whole: bool) -> Iterator[Observation]:
    """The logs of a transaction that held, and how it was sent.

    `whole`: all logs, of a transaction that was asked for by itself. Of those of a history, which may be very many,
    the events of protocols alone, and nothing of one that has none.
    """
    if not receipt.succeeded and receipt.succeeded is not None:
        return
    logs = [log for log in receipt.logs if whole or _is_known(chain, log)]
    if not whole and not logs:
        return
    if len(sent.data) <= MOST_BYTES:
        call = f"0x{sent.data.hex()}"
        price = sent.gas_price if receipt.price is None else receipt.price
        to = sent.receiver or ""
        told_sent = SentTold(chain.name, sent.txid, sent.sender, to, call, sent.value, price, receipt.batch)
        yield told_sent.observation(sent.height, source)
    if sum(len(log.data) for log in logs) <= MOST_BYTES:
        for log in logs:
            one = Log(chain.name, sent.txid, log.number, log.contract, log.topics, f"0x{log.data.hex()}")
            yield one.observation(sent.height, source)


def _is_known(chain: EvmChain, log: Told) -> bool:
    """Whether a log is an event of a protocol, by its contract, or one that any contract may log; of mixers, any."""
    known = shipped()
    topic = log.topics[0] if log.topics else ""
    is_mixers = any(row.shape == "mixer" for row in known.of(chain.name, log.contract))
    return bool(topic) and bool(is_mixers or known.at(chain.name, log.contract, topic) or known.anywhere(topic))

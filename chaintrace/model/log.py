"""An event log of an account chain's transaction, and how the transaction was sent: facts beside the movements.

Both are observed at the txid, `log` and `sent`. The value of either is one object of JSON, its keys sorted:

    {"data": "0x…", "emitter": "ADDRESS", "index": NUMBER, "topics": ["0x…", …]}
    {"batch": ["NUMBER", "NUMBER"], "from": "ADDRESS", "input": "0x…", "price": "NUMBER", "to": "ADDRESS",
     "value": "NUMBER"}

Any contract can emit any log. Whoever reads one asks first who the emitter is.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from chaintrace.model.nesting import shallow
from chaintrace.model.provenance import Observation, Source

LOG, SENT = "log", "sent"
"""What is observed at a txid."""

MOST_TOPICS = 4
"""Topics of one log, at most (Ethereum Yellow Paper, 9.4.2: LOG0 to LOG4)."""

_BYTES = re.compile(r"0x(?:[0-9a-f]{2})*\Z")
_TOPIC = re.compile(r"0x[0-9a-f]{64}\Z")
_NUMBER = re.compile(r"[0-9]{1,78}\Z")


@dataclass(frozen=True, slots=True)
class Log:
    """One event log: its place in the block, who emitted it, its topics and its data.

    `index` is the log's index in its block, the number of the transfer `log:N` (M1). `emitter` is in the chain's own
    form of addresses. `topics` (at most four) and `data` are lower-case hexadecimal with `0x`.
    """

    chain: str
    txid: str
    index: int
    emitter: str
    topics: tuple[str, ...]
    data: str

    @property
    def topic(self) -> str:
        """The first topic, which is the hash of the event's signature; `""` of an anonymous log."""
        return self.topics[0] if self.topics else ""

    def observation(self, height: int | None, source: Source | None) -> Observation:
        """The observation of it."""
        told = {"data": self.data, "emitter": self.emitter, "index": self.index, "topics": list(self.topics)}
        return Observation(self.chain, self.txid, LOG, height, json.dumps(told, sort_keys=True), source)


@dataclass(frozen=True, slots=True)
class Sent:
    """How a transaction was sent: by whom, to which address, with which calldata and native value (base units).

    `to` is `""` where a contract was created. `input` is lower-case hexadecimal with `0x`. `price` is what a unit of
    gas cost, in base units of the native asset; `batch` is the batch in which the transaction is shown to the chain
    above its own, and its number in that. Either is None where nobody told it, and then it is not written.
    """

    chain: str
    txid: str
    sender: str
    to: str
    input: str
    value: int
    price: int | None = None
    batch: tuple[int, int] | None = None

    def observation(self, height: int | None, source: Source | None) -> Observation:
        """The observation of it."""
        told: dict[str, object] = {"from": self.sender, "input": self.input, "to": self.to, "value": str(self.value)}
        told |= {} if self.price is None else {"price": str(self.price)}
        told |= {} if self.batch is None else {"batch": [str(number) for number in self.batch]}
        return Observation(self.chain, self.txid, SENT, height, json.dumps(told, sort_keys=True), source)


def logs_in(several: Iterable[Observation]) -> tuple[Log, ...]:
    """The logs among observations, each once, by chain, txid and index; what has another form is passed over."""
    found = dict.fromkeys(one for seen in several if seen.what == LOG for one in _logs(seen))
    return tuple(sorted(found, key=lambda one: (one.chain, one.txid, one.index, one.emitter, one.topics, one.data)))


def sent_in(several: Iterable[Observation]) -> tuple[Sent, ...]:
    """How transactions were sent, by the observations; what has another form is passed over."""
    found = dict.fromkeys(one for seen in several if seen.what == SENT for one in _sent(seen))
    return tuple(sorted(found, key=_order))


def _order(one: Sent) -> tuple[object, ...]:
    """By all that is told; of two that differ in the batch or the price of gas alone, first the one that tells it."""
    untold = one.batch is None, one.batch or (0, 0), one.price is None, one.price or 0
    return one.chain, one.txid, one.sender, one.to, one.input, one.value, *untold


def _logs(seen: Observation) -> Iterator[Log]:
    """The log that an observation is."""
    told = _object(seen.value)
    index, emitter, topics, data = (told.get(key) for key in ("index", "emitter", "topics", "data"))
    if not isinstance(index, int) or isinstance(index, bool) or index < 0 or not isinstance(emitter, str):
        return
    if not isinstance(topics, list) or len(topics) > MOST_TOPICS or not all(_is(_TOPIC, one) for one in topics):
        return
    if isinstance(data, str) and _is(_BYTES, data):
        yield Log(seen.chain, seen.subject, index, emitter, tuple(topics), data)


def _sent(seen: Observation) -> Iterator[Sent]:
    """What an observation says of how a transaction was sent."""
    told = _object(seen.value)
    sender, to, given, value = (told.get(key) for key in ("from", "to", "input", "value"))
    if not isinstance(sender, str) or not isinstance(to, str) or not isinstance(given, str):
        return
    if _is(_BYTES, given) and isinstance(value, str) and _is(_NUMBER, value):
        price = told.get("price")
        paid = int(price) if isinstance(price, str) and _is(_NUMBER, price) else None
        yield Sent(seen.chain, seen.subject, sender, to, given, int(value), paid, _batch(told.get("batch")))


def _batch(told: object) -> tuple[int, int] | None:
    """A batch and a number in it; None for anything else."""
    if not isinstance(told, list) or len(told) != 2 or not all(_is(_NUMBER, one) for one in told):
        return None
    return int(told[0]), int(told[1])


def _object(text: str) -> dict[str, object]:
    """The object of JSON that a value is; {} where it is none."""
    try:
        found = json.loads(shallow(text))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _is(form: re.Pattern[str], text: object) -> bool:
    return isinstance(text, str) and form.match(text) is not None

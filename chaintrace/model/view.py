"""The read side that a trace asks: facts, or a value that says which fact is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

from chaintrace.model.attribution import Tag
from chaintrace.model.chain import Account, Asset, OutPoint
from chaintrace.model.finding import AnyFinding, Continues
from chaintrace.model.log import Log
from chaintrace.model.provenance import Coverage, Observation
from chaintrace.model.transaction import Movement, Transaction

if TYPE_CHECKING:
    from chaintrace.model.protocol import Protocols


@dataclass(frozen=True, slots=True)
class MissingTransaction:
    """No source holds this transaction."""

    chain: str
    txid: str


@dataclass(frozen=True, slots=True)
class MissingHistory:
    """No source holds every movement of this account from the rank `since` on (M2, M10).

    `since` is that of the first traced receipt: a source that can tell the balance just before it need not read what
    lies further back.
    """

    account: Account
    since: int = 0


@dataclass(frozen=True, slots=True)
class MissingSpender:
    """No source knows whether, or by what, this output was spent."""

    outpoint: OutPoint


@dataclass(frozen=True, slots=True)
class MissingLogs:
    """No source was asked whether a contract ever emitted an event with this key.

    `topic` is the event's first topic, `key` a word of 32 bytes; both are lower-case hexadecimal with `0x`. `place`
    (1 to 3) says which topic the key is; 0: it stands in the data, where no source can look for it, but in all logs of
    the event that stand between two heights. These are `since` and `until`, both inclusive; 0 and 0: the whole chain.
    """

    chain: str
    contract: str
    topic: str
    key: str
    place: int = 1
    since: int = 0
    until: int = 0


MissingFact: TypeAlias = MissingTransaction | MissingHistory | MissingSpender
"""What every network source can be asked for."""

Missing: TypeAlias = MissingFact | MissingLogs
"""The closed union of what a view can lack. The trace reports it and never fetches."""


@dataclass(frozen=True, slots=True)
class MissingState:
    """What the contract of a token says of an address: whether its issuer blocks it, and what the address has.

    No trace lacks it and no amount rests on it. It is asked once, when the trace has ended.
    """

    account: Account


AnyMissing: TypeAlias = Missing | MissingState
"""The closed union of what a network can be asked: what a view lacks, and what a report wants to know besides."""


def chain_of(question: AnyMissing) -> str:
    """The chain that a question is about."""
    if isinstance(question, MissingSpender):
        return question.outpoint.chain
    return question.chain if isinstance(question, MissingTransaction | MissingLogs) else question.account.chain


@dataclass(frozen=True, slots=True)
class History:
    """An account's movements in chain order (self-transfers once), its opening balance and how far it is covered.

    `opening` is in base units and None where nobody knows it (M9). Where it is known, the movements are those from
    the beginning of the coverage on.
    """

    account: Account
    movements: Sequence[Movement]
    opening: int | None
    coverage: tuple[Coverage, ...]


class View(Protocol):
    """What a trace and the heuristics may ask. Every answer is a fact or a `Missing`; nothing raises, nothing waits."""

    def transaction(self, chain: str, txid: str) -> Transaction | MissingTransaction:
        """The canonical transaction with that txid."""
        ...

    def history(self, account: Account, since: int = 0) -> History | MissingHistory:
        """Every movement of a covered account; `MissingHistory` for one that no source covers at the rank `since`."""
        ...

    def spender(self, outpoint: OutPoint) -> Transaction | MissingSpender | None:
        """The transaction that spends an output; None when it is known to be unspent at the end of coverage."""
        ...

    def unspent(self, outpoint: OutPoint) -> Coverage | None:
        """The coverage of this one output by itself: a source was asked and knows what became of it until its end.

        Its end is the height at which a source said that the output is unspent, or that of the block that spends it.
        None where nobody was asked about this output: then its address's coverage decides.
        """
        ...

    def coverage(self, chain: str, address: str, contract: str) -> tuple[Coverage, ...]:
        """The coverages that hold every movement of (address, contract), in the order of the sources."""
        ...

    def assets(self, chain: str) -> Sequence[Asset]:
        """The assets that occur in the sources of a chain, by contract."""
        ...

    def tags(self, chain: str, address: str) -> tuple[Tag, ...]:
        """What sources claim about an address, the most confident first."""
        ...

    def observations(self, chain: str, subject: str) -> tuple[Observation, ...]:
        """What files and networks tell beside movements of an address, a contract or a txid."""
        ...

    def findings(self, chain: str, subject: str) -> tuple[AnyFinding, ...]:
        """What rules in use said about an address, an outpoint or a txid."""
        ...

    def continuations(self) -> Sequence[Continues]:
        """Every continuation in use (M23), each once; leads are not among them."""
        ...

    def protocols(self) -> "Protocols":
        """What is known of protocols: the shipped tables and those of the case."""
        ...

    def logs(  # a log is named by its contract, its event, and the key with its place
        self, chain: str, contract: str, topic: str, key: str, place: int = 1, *, span: tuple[int, int] = (0, 0)
    ) -> tuple[Log, ...] | MissingLogs:
        """The logs of a contract with this first topic and key, by height and index; see `MissingLogs` for both.

        () where a source was asked and there are none. `MissingLogs` where no source was asked and none is known; of a
        `span` of heights (`since`, `until`) also where some are known, for others may stand in it. Told are all that
        are known, in it or not.
        """
        ...

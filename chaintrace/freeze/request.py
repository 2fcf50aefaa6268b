"""A request as plain values: to whom, of which kind, about which addresses and credits, and for how much."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Literal, TypeAlias

from chaintrace.freeze.authority import Asker
from chaintrace.freeze.recipients import GENERIC, Recipient
from chaintrace.i18n import message
from chaintrace.model.chain import Asset

Kind: TypeAlias = Literal["preserve", "hold", "disclose", "freeze", "seize", "release", "production"]

KINDS: MappingProxyType[Kind, str] = MappingProxyType(
    {
        "preserve": message("Request to preserve records"),
        "hold": message("Request to hold voluntarily"),
        "disclose": message("Request for information"),
        "freeze": message("Request to freeze"),
        "seize": message("Request to hand over what was frozen"),
        "release": message("Request to release or to narrow"),
        "production": message("Form for the production of records"),
    },
)
"""The kinds of letters, with their titles."""

AMOUNTS = frozenset({"hold", "freeze", "seize", "release"})
"""Kinds that name an amount."""

ORDERED = frozenset({"disclose", "freeze", "seize", "production"})
"""Kinds that recipients act on with a copy of an order, a warrant or a decision."""

UNTIL: MappingProxyType[Kind, str] = MappingProxyType(
    {"preserve": "preserved_until", "hold": "hold_expires", "freeze": "order_expires"},
)
"""The date of `[clock]` that says how long a measure is to last."""

Shape: TypeAlias = Literal["deposit", "service wallet", "private", "exchange-shaped", "unknown"]
"""What is known of an address: it is swept to a service, it is a service's own wallet by its label, no service is named
there and it has no code, it looks like an exchange's, or nobody said."""

AT_SERVICE = frozenset({"deposit", "service wallet", "exchange-shaped"})
"""Shapes of addresses behind which a service keeps accounts."""


@dataclass(frozen=True, slots=True)
class Credit:
    """One transfer that credited an address: the whole of it, and the part that is traced. Values in base units.

    `memo` is what was written beside it: anybody's words.
    """

    origin: str
    txid: str
    index: str
    time: datetime | None
    gross: int
    traced: int
    memo: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """An address that a request is about, for one payment and one asset. Values in base units.

    `number` counts the places of one letter from 1: of other recipients' places it says nothing.
    `traced` is what the main method brings there, `low` and `high` are the ends over all methods, `asked` is what is
    asked for: the least, or what the case states, with `reason`. A place that `rests` has no credits: the value still
    lies there by the method. `entity` is the actor's id, or the label where a tag gives none; `called` is how a person
    calls it. `balance` is what the address held when somebody looked, and `state` what the token's contract said of it,
    at `state_height`; None and empty where nobody did. `as_of` and `height` say where the trace ends there. `remark` is
    what the report says of the endpoint, `is_contested` whether claims about whose it is contradict each other,
    `lacks_memo` whether of a credit no memo is known that services on this chain need. `grade` says how well
    the attribution is supported, `labelled` on which day the first label that carries it was said: empty where one of
    them has no day.
    """

    number: int
    origin: str
    chain: str
    address: str
    memo: str
    service_address: str
    entity: str
    called: str
    category: str
    confidence: int
    label_source: str
    asset: Asset
    traced: int
    low: int
    high: int
    asked: int
    shape: Shape
    credits: tuple[Credit, ...] = ()
    reason: str = ""
    rests: bool = False
    balance: int | None = None
    state: str = ""
    state_height: int | None = None
    as_of: datetime | None = None
    height: int | None = None
    remark: str = ""
    is_contested: bool = False
    lacks_memo: bool = False
    grade: str = ""
    labelled: str = ""

    @property
    def gross(self) -> int:
        """The whole of the transfers that credited it; what rests there for a place without credits."""
        return sum(credit.gross for credit in self.credits) if self.credits else self.traced

    @property
    def is_labelled_later(self) -> bool:
        """Whether every label behind the attribution was said on a day after the first credit (UTC)."""
        first = min((credit.time for credit in self.credits if credit.time is not None), default=None)
        return first is not None and self.labelled > f"{first.astimezone(UTC):%Y-%m-%d}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a request rests on: the report's digest, how it was made, and whether it says that it is complete.

    `standing` is the digest of the report that stands in the case's folder, empty where none stands there.
    """

    case: str
    sha256: str
    standing: str
    method: str
    methods: tuple[str, ...]
    version: str
    complete: bool
    sources: tuple[tuple[str, str], ...]
    paid: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Request:
    """One letter with all that belongs into it. `entity` is who the letter is for where the recipient has no file.

    `in_all` is what no method goes below at the letter's addresses together, by asset. `today` is the day from which
    its dates are counted, in UTC; None where nobody said one, and then no date has passed.
    """

    recipient: Recipient
    entity: str
    folder: str
    kind: Kind
    language: str
    asker: Asker
    evidence: Evidence
    places: tuple[Place, ...]
    in_all: tuple[tuple[Asset, int], ...] = ()
    today: date | None = None

    @property
    def called(self) -> str:
        """The recipient as the letter calls it; empty where nobody said."""
        return self.entity if self.recipient.id == GENERIC else self.recipient.name

    @property
    def names_amount(self) -> bool:
        """Whether letters of its kind ask for an amount."""
        return self.kind in AMOUNTS

    def passed(self, at: datetime) -> bool:
        """Whether a moment lies before the day from which dates are counted, or at its very beginning."""
        return self.today is not None and at <= datetime(self.today.year, self.today.month, self.today.day, tzinfo=UTC)

    def asked(self) -> list[tuple[Asset, int]]:
        """What is asked for, summed by asset, in the order of the places."""
        return totals((place.asset, place.asked) for place in self.places)

    def traced(self) -> list[tuple[Asset, int]]:
        """What the main method brings to the places, summed by asset."""
        return totals((place.asset, place.traced) for place in self.places)


AUTHORITY = "law_enforcement"
"""The category of an authority that holds value already."""

DARK_WEB = "dark_web"
"""The category of services behind which no custodian is known who answers."""

NO_CUSTODIAN = frozenset({"mixing_service", "defi_bridge", "defi", "defi_dex", "defi_lending", "defi_derivative"})
"""Categories of actors that keep no accounts for anybody: contracts, pools and mixers."""

NO_LETTER = NO_CUSTODIAN | {AUTHORITY, DARK_WEB}
"""Categories for which a note is written in the place of a letter."""


@dataclass(frozen=True, slots=True)
class NoCustodian:
    """Where value went to something of which nobody can be asked, or to an authority: a note, and no letter.

    `beside` is the folder of the letter about other addresses of the same entity, empty where there is none.
    """

    entity: str
    folder: str
    places: tuple[Place, ...]
    beside: str = ""


def totals(values: Iterable[tuple[Asset, int]]) -> list[tuple[Asset, int]]:
    """Sums by asset, first seen first."""
    found: dict[Asset, int] = {}
    for asset, value in values:
        found[asset] = found.get(asset, 0) + value
    return list(found.items())


def moment(text: object) -> datetime | None:
    """A time of a report (ISO 8601 with Z) in UTC; None where the report has none."""
    return datetime.fromisoformat(text).astimezone(UTC) if isinstance(text, str) and text else None

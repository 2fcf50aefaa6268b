"""What only the authority can say: who asks, on which legal basis, until when, and for how much but the least."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from chaintrace.i18n import message

FIELDS = {
    "agency": message("name of the authority"),
    "unit": message("unit"),
    "case_number": message("case number"),
    "officer": message("officer"),
    "rank": message("rank and office"),
    "officer_id": message("officer's badge or identity number"),
    "second_officer": message("second officer"),
    "second_officer_id": message("second officer's identity number"),
    "official_mail": message("official e-mail"),
    "phone": message("official phone"),
    "address": message("postal address"),
    "legal_basis": message("legal basis"),
    "facts": message("facts, as the authority states them"),
    "filing_decision": message("number of the decision to file the case"),
    "document_number": message("number of this document"),
    "contest": message("court or office where this can be contested"),
    "supersedes": message("earlier request that this one replaces"),
    "reissue_wallet": message("address for a transfer or a re-issue"),
}
"""Keys of `[authority]` that are texts, and what a blank says in the place of an empty one."""

FILES = {
    "order_attached": message("order or warrant"),
    "signed_facts": message("statement of facts, signed"),
    "filing_decision_attached": message("decision to file the case"),
    "credentials_attached": message("evidence of the officers' authority"),
}
"""Keys of `[authority]` that name files to enclose."""

DATES = {
    "reported": message("the loss was reported on"),
    "preserved_until": message("preserved until"),
    "hold_expires": message("hold until"),
    "order_expires": message("order in force until"),
}
"""Keys of `[clock]` that are moments."""

AUTHORITY_KEYS = (*FIELDS, *FILES)
CLOCK_KEYS = (*DATES, "time_zone")
ASK_KEYS = ("chain", "address", "asset", "origin", "memo", "value", "reason")


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes with the request: how it is called, where it lies, and the SHA-256 of its bytes."""

    name: str
    path: Path
    sha256: str


@dataclass(frozen=True, slots=True)
class Authority:
    """Who asks. `texts` and `files` hold what the case gives; what it does not give stays a visible blank."""

    texts: dict[str, str] = field(default_factory=dict)
    files: dict[str, Enclosure] = field(default_factory=dict)

    def __getitem__(self, key: str) -> str:
        """A text, empty where the case gives none."""
        return self.texts.get(key, "")

    def gives(self, key: str) -> bool:
        """Whether the case gives this text or this file."""
        return bool(self.texts.get(key)) or key in self.files


@dataclass(frozen=True, slots=True)
class Clock:
    """The dates of a case, in UTC, and the case's own time zone (an IANA name, empty for none)."""

    dates: dict[str, datetime] = field(default_factory=dict)
    time_zone: str = ""

    def expiries(self) -> list[tuple[datetime, str]]:
        """When something ends, the earliest first: the moment and its key."""
        return sorted((at, key) for key, at in self.dates.items() if key != "reported")


@dataclass(frozen=True, slots=True)
class Ask:
    """An amount that a person asks for in the place of the least over the methods, with the reason that is printed.

    `value` is in base units. `contracts` are the assets that the case may mean, the likeliest first. An empty `origin`
    means the only row of that address and asset, an empty `memo` the only one whatever its memo.
    """

    chain: str
    address: str
    contracts: tuple[str, ...]
    value: int
    reason: str
    origin: str = ""
    memo: str = ""


@dataclass(frozen=True, slots=True)
class Asker:
    """All that a case says of its requests: who asks, its dates, and the amounts that it states."""

    authority: Authority = field(default_factory=Authority)
    clock: Clock = field(default_factory=Clock)
    asks: tuple[Ask, ...] = ()

"""What the issuers of tokens can do to an address, by the exact contract; and the words in which sources say it.

The list is dated data with its sources (`data/issuers.toml`). A name or a symbol never decides anything. Selectors and
topics are computed from the signatures of the contracts.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from chaintrace.errors import Declined
from chaintrace.model.chain import Account
from chaintrace.model.provenance import Observation, Source
from chaintrace.resources import read_table

Power: TypeAlias = Literal["none", "block", "wipe"]
"""What the contract has functions for: nothing, to keep an address from sending, to destroy what a blocked one has."""

Wallet: TypeAlias = Literal["", "gnosis-multisig"]
"""In what kind of wallet an issuer proposes its calls, where that is known: Gnosis' MultiSigWallet, numbered from 0."""

State: TypeAlias = Literal["blocked", "not blocked", "no block listed"]
"""What a source says of an address. `no block listed`: a list of events, which may lack some, shows none in force."""

BLOCKED: Final[State] = "blocked"
FREE: Final[State] = "not blocked"
UNLISTED: Final[State] = "no block listed"
STATES: Final[frozenset[str]] = frozenset({BLOCKED, FREE, UNLISTED})

CODE, NO_CODE = "code", "0 bytes"
"""`Observation.what` of the code of an account, and its value where the account has none."""

BALANCE_OF: Final = "balanceOf(address)"
"""Of EIP-20 and TRC-20."""


@dataclass(frozen=True, slots=True)
class Form:
    """How a contract says whether an address is blocked: the signatures of its question and of its events.

    `is_indexed`: the events have the address in a topic, else in the first word of their data. `block` is the function
    that blocks an address; empty where no wallet is read that proposes it.
    """

    name: str
    state: str
    blocked: tuple[str, ...]
    released: tuple[str, ...]
    wiped: tuple[str, ...]
    is_indexed: bool
    block: str = ""


@dataclass(frozen=True, slots=True)
class Issued:
    """A token and the power of its issuer. `form` is None where there is no power.

    `by_events`: its events since it was made tell the state too. `source` is where it was read, on the day `checked`.
    `wallet` is the question to the contract that names the wallet from which it is directed, `proposals` its kind.
    """

    chain: str
    contract: str
    issuer: str
    power: Power
    form: Form | None
    by_events: bool
    source: str
    checked: dt.date
    wallet: str = ""
    proposals: Wallet = ""


def issued(chain: str, contract: str) -> Issued | None:
    """What is known of the issuer of a token; None for a contract that nobody looked at, and for a native asset."""
    return every_token().get((chain, contract))


def has_power(account: Account) -> bool:
    """Whether the contract of an account's asset is one with a function to block an address."""
    found = issued(account.chain, account.asset.contract)
    return found is not None and found.form is not None


def of_power(account: Account) -> tuple[Issued, Form]:
    """What is known of the issuer of an account's token, with its form. Raises Declined where there is no power."""
    found = issued(account.chain, account.asset.contract)
    if found is None or found.form is None:
        raise Declined(f"no power of an issuer over {account.asset.contract} on {account.chain} is known: do not ask")
    return found, found.form


@cache
def every_token() -> Mapping[tuple[str, str], Issued]:
    """The tokens of the list, by chain and contract."""
    table = read_table("issuers.toml")
    forms = {
        name: Form(
            name,
            entry["state"],
            tuple(entry["blocked"]),
            tuple(entry["released"]),
            tuple(entry["wiped"]),
            entry["indexed"],
            entry.get("block", ""),
        )
        for name, entry in table["form"].items()
    }
    return MappingProxyType(
        {
            (entry["chain"], entry["contract"]): Issued(
                entry["chain"],
                entry["contract"],
                entry["issuer"],
                entry["power"],
                forms[entry["form"]] if entry["power"] != "none" else None,
                entry.get("events", False),
                entry["source"],
                entry["checked"],
                entry.get("wallet", ""),
                entry.get("proposals", ""),
            )
            for entry in table["token"]
        }
    )


@cache
def topic(signature: str) -> str:
    """The topic of an event, with 0x: the Keccak-256 of its signature."""
    from eth_utils.crypto import keccak  # heavy: only where an issuer is asked

    return "0x" + keccak(text=signature).hex()


def selector(signature: str) -> str:
    """The first four bytes of a call, with 0x."""
    return topic(signature)[:10]


def state_at(contract: str) -> str:
    """`Observation.what` of whether a token's contract blocks the subject; its value is a `State`."""
    return f"state at {contract}"


def balance_at(contract: str) -> str:
    """`Observation.what` of what the subject has of a token; its value is a whole number of base units."""
    return f"balance at {contract}"


def wiped_at(contract: str) -> str:
    """`Observation.what` of a balance that the issuer destroyed; its value is base units, empty where not told."""
    return f"destroyed at {contract}"


def proposed_at(contract: str) -> str:
    """`Observation.what` of a pending proposal to block the subject: the id, the function and the wallet, by spaces."""
    return f"issuer proposal at {contract}"


def seen(account: Account, what: str, height: int | None, value: str, source: Source | None) -> Observation:
    """An observation of the address of an account."""
    return Observation(account.chain, account.address, what, height, value, source)

"""Unlogged: what a bridge destroys or pays out, and no log of its own tells: read from what moves."""

import re
from collections.abc import Iterator
from typing import Final

from chaintrace.model.log import Log
from chaintrace.model.protocol import WORD, Event
from chaintrace.model.transaction import Transfer
from heuristics.continuations.arguments import Said
from heuristics.continuations.flows import holder
from heuristics.continuations.verdict import Seen

SHARE: Final = 10
"""One part of so many may be destroyed beside what a bridge says was sent: its fees (as in `entered`)."""

_LOGGED: Final = re.compile(r"log:(0|[1-9][0-9]{0,9})\Z")
"""The index of a transfer that a log tells: a file of transfers may hold any other text there."""


def burned(seen: Seen) -> tuple[Said, ...]:
    """What a transaction destroys of the tokens of `burned` rows, each burn as the event that its row names.

    A token of a bridge may have been burned for another one, which then says so: where a bridge of another protocol
    says that as much was sent, or does not say how much, nothing is told of it. One that says less hides no burn.
    """
    told = tuple(_each(seen, "burned"))
    sent = seen.said("sent") if told else ()
    return tuple(one for one in told if not any(_may_be_of(one, other) for other in sent))


def _may_be_of(burn: Said, other: Said) -> bool:
    """Whether a burn may be that of what another bridge says was sent: it destroys no more, but for fees."""
    value, most = (said.number(said.event.said("amount")) for said in (burn, other))
    is_covered = value is None or most is None or value * SHARE <= most * (SHARE + 1)
    return other.event.protocol != burn.event.protocol and is_covered


def paid(seen: Seen) -> tuple[Said, ...]:
    """What the contracts of `paid` rows pay in a transaction in which no log of their way tells of a delivery."""
    said = tuple(_each(seen, "paid"))
    ways = {(one.event.protocol, one.event.route) for one in seen.said("received")} if said else set()
    return tuple(one for one in said if (one.event.protocol, one.event.route) not in ways)


def _each(seen: Seen, shape: str) -> Iterator[Said]:
    """Each transfer that a row of a shape is about, read by it: of a token that is burned, or by a contract that pays.

    An index that no log has (`row:…`, `call:…`) stands for the place, as a number below 0, which no log has either.
    """
    for place, part in enumerate(seen.transaction.transfers):
        payer, payee = holder(part, paid=True), holder(part, paid=False)
        is_burn = part.kind == "burn"
        contract = part.asset.contract if shape == "burned" and is_burn else payer if not is_burn and payee else ""
        for row in seen.rows(contract, shape) if contract and part.kind != "fee" else ():
            log = _log(seen, part, row, (payer, payee), place)
            if log is not None:
                yield seen.read(log, row)


def _log(seen: Seen, part: Transfer, row: Event, parties: tuple[str, str], place: int) -> Log | None:
    """A transfer as the log that it could be, from whom, to whom and how much; None where addresses have another form.

    Nobody is the zero address. No argument of such a row is a topic.
    """
    value, logged = part.value, _LOGGED.match(part.index)
    if value is None or not all(one.startswith("0x") for one in parties if one):
        return None
    words = "".join(one.removeprefix("0x").rjust(2 * WORD, "0") for one in parties) + value.to_bytes(WORD, "big").hex()
    number = -1 - place if logged is None else int(logged[1])
    return Log(seen.transaction.chain, seen.transaction.txid, number, row.contract, ("",), f"0x{words}")

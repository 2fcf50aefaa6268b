"""Find a payment from what a victim has: a rough amount, a rough time, perhaps an address or half of one.

Every candidate is listed with its reasons, and none is picked. Where there is none, it is said what was near, and where
else to look: what an exchange moves between two of its own accounts is on no chain.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from chaintrace.case.access import Access
from chaintrace.case.config import load
from chaintrace.case.histories import histories
from chaintrace.case.locating.candidates import Candidate, Clues, Payment, candidates, nearly, payments
from chaintrace.case.locating.exact_index import placed
from chaintrace.case.locating.half_address import cut, half
from chaintrace.case.locating.local_time import window
from chaintrace.case.locating.named_asset import accounts, address_of, contracts
from chaintrace.case.locating.nothing_found import reasons
from chaintrace.case.locating.shown_amount import readings
from chaintrace.case.log import Clock
from chaintrace.case.look import Named, chain_of, everything, look, named
from chaintrace.case.remote import permitted, remote, unnamed, warning
from chaintrace.case.view import CaseView
from chaintrace.errors import InputError, Refused


@dataclass(frozen=True, slots=True)
class Question:
    """What a person knows of a payment, as typed. `source` is where to look: `[ADAPTER=]PATH|URL`, or a case's folder.

    `amount` and `fee` are in the asset's own units; `begin`, `end` and `zone` are times as a screenshot shows them.
    """

    amount: str
    begin: str
    end: str
    chain: str | None = None
    address: str | None = None
    prefix: str | None = None
    suffix: str | None = None
    fee: str | None = None
    asset: str | None = None
    zone: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Located:
    """Every payment that fits, with sentences on what was assumed (`notes`), and where there is none, why (`reasons`).

    `searched` counts the payments that were looked at.
    """

    chain: str
    clues: Clues
    candidates: tuple[Candidate, ...]
    searched: int
    notes: tuple[str, ...]
    reasons: tuple[str, ...] = ()


def locate(question: Question, allowed: Access, clock: Clock, warn: Callable[[str], None]) -> Located:
    """Look for a payment in a file, a case or on a network. `warn` is told before a public service is asked.

    Raises InputError for clues that cannot be read, Refused and other AdapterErrors as the network does.
    """
    with _spelled():
        endpoint = None if question.source is None else remote(question.source, question.chain)
        if endpoint is None and question.source is not None:
            file = named(question.source, or_url=True)
        else:
            file, endpoints = None, (endpoint,) if endpoint is not None else unnamed(question.chain)
    if file is not None:
        return _in_file(question, file, clock)
    chain = endpoints[0].chain
    clues = clues_of(question, chain)
    if not clues.address:
        raise InputError(
            "a network can only be asked for the history of an address: add --address with a whole one, the victim's "
            "own if need be, or name a file or a case with --source"
        )
    asked = accounts(chain, clues.address, question.asset)
    with _spelled():
        left = permitted(endpoints, allowed)
    if text := warning(left):
        warn(text)
    (told,) = histories([left], asked, allowed, clock)
    if question.asset is not None:
        clues = replace(clues, contracts=frozenset(one.asset.contract for one in asked))
    notes = [f"left open: {note}" for note in told.notes]
    if question.asset is None:
        names = ", ".join(one.asset.name for one in asked)
        notes.append(f"the address was asked about in {names}: for another asset, add --asset with its contract")
    located = _searched(question, chain, clues, told.view, notes)
    return replace(located, candidates=placed(located.candidates, left, allowed, clock))


def _in_file(question: Question, found: Named, clock: Clock) -> Located:
    """Look in a file, or in everything that a case holds."""
    chain = chain_of(found, question.chain)
    clues = clues_of(question, chain)
    notes = []
    if found.is_case and (unasked := [one.shown for one in load(found.path).networks if one.chain == chain]):
        notes.append(
            f"the case was searched as it is: {', '.join(unasked)} was not asked now, so name it with --source as well"
        )
    with look(found, chain, clock) as view:
        if question.asset is not None:
            clues = replace(clues, contracts=contracts(chain, question.asset, view.assets(chain)))
        return _searched(question, chain, clues, view, notes)


def clues_of(question: Question, chain: str) -> Clues:
    """What a person knows, read. Raises InputError."""
    address, prefix, suffix = question.address, question.prefix, question.suffix
    if address is not None and (parts := cut(address)) is not None:
        if prefix is not None or suffix is not None:
            raise InputError("--address is cut short and --prefix or --suffix is given too: give the whole or one half")
        address, (prefix, suffix) = None, parts
    return Clues(
        readings(question.amount, "--amount"),
        window(question.begin, question.end, question.zone),
        () if question.fee is None else readings(question.fee, "--fee"),
        "" if address is None else address_of(chain, address),
        half(chain, prefix, suffix),
    )


def _searched(question: Question, chain: str, clues: Clues, view: CaseView, notes: Iterable[str]) -> Located:
    """Everything that the view holds, held against the clues."""
    counted = _Counted(view, chain)
    found = candidates(counted, clues)
    said = (*_ambiguous(clues), *clues.window.notes, *notes)
    if found:
        return Located(chain, clues, found, counted.number, said)
    why = reasons(nearly(counted, clues), clues, chain, question.asset, view.tags(chain, clues.address))
    return Located(chain, clues, (), counted.number, said, why)


class _Counted:
    """The payments of a view, as often as they are asked for; `number` is how many there were."""

    def __init__(self, view: CaseView, chain: str) -> None:
        self._view, self._chain = view, chain
        self.number = 0

    def __iter__(self) -> Iterator[Payment]:
        self.number = 0
        for transaction in everything(self._view, self._chain):
            for payment in payments(transaction):
                self.number += 1
                yield payment


def _ambiguous(clues: Clues) -> Iterator[str]:
    """What is said of an amount or a fee that can be read in two ways."""
    for option, ways in (("--amount", clues.amounts), ("--fee", clues.fees)):
        if len(ways) > 1:
            read = " and as ".join(f"{one} ({one.how})" for one in ways)
            yield f"{option} was read as {read}, and payments that fit either are listed"


@contextmanager
def _spelled() -> Iterator[None]:
    """In this command --from is a time: sentences of others that send a person to it name --source instead."""
    try:
        yield
    except (InputError, Refused) as error:
        raise type(error)(str(error).replace("--from", "--source")) from error

"""Histories of accounts, asked over the network as of one tip, without a case: what each group of sources tells."""

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from chaintrace.adapters.network import Endpoint
from chaintrace.case.access import Access, Queries, opened_door, untold
from chaintrace.case.asked import answers
from chaintrace.case.endpoints import connected
from chaintrace.case.log import Clock
from chaintrace.case.opening import Ground
from chaintrace.case.view import CaseView
from chaintrace.errors import Refused
from chaintrace.fetch import Fetcher, Outcome
from chaintrace.model.amounts import unit
from chaintrace.model.chain import Account, Block
from chaintrace.model.provenance import Coverage
from chaintrace.model.view import MissingHistory
from chaintrace.store import FileArchive, MemoryStore, Network
from chaintrace.store.interface import nowhere


@dataclass(frozen=True, slots=True)
class Histories:
    """What a group of sources told of some accounts, as of a tip: a view over it, and what they claim to be complete.

    `notes` are sentences on what they left open; `settled` is False where an account's history was not told.
    """

    view: CaseView
    tip: Block
    coverage: tuple[Coverage, ...]
    notes: tuple[str, ...]
    settled: bool


def histories(
    groups: Sequence[Sequence[Endpoint]],
    accounts: Sequence[Account],
    allowed: Access,
    clock: Clock,
    queries: Queries = untold,
) -> tuple[Histories, ...]:
    """Ask each group of sources, one source after another, for the same histories as of the same tip: the lowest.

    They are asked for from the accounts' first movement on. Nothing is kept. Raises AdapterError when a group cannot be
    asked, or tells of no account at all.
    """
    chain = groups[0][0].chain
    questions = [MissingHistory(account) for account in accounts]
    with tempfile.TemporaryDirectory(prefix="chaintrace-", ignore_cleanup_errors=True) as folder, ExitStack() as open_:
        door = open_.enter_context(opened_door(FileArchive(Path(folder), clock), allowed, queries))
        fetchers = [
            open_.enter_context(Fetcher([connected(one, door) for one in group], workers=1)) for group in groups
        ]
        statuses = [fetcher.status(chain) for fetcher in fetchers]
        lowest = min(statuses, key=lambda status: status.height)
        tip = Block(lowest.height, lowest.block_hash, lowest.time)
        outcomes = [fetcher.fetch(questions, {chain: tip}) for fetcher in fetchers]
    return tuple(_told(group, tip, one, clock) for group, one in zip(groups, outcomes, strict=True))


def _told(group: Sequence[Endpoint], tip: Block, outcomes: Sequence[Outcome], clock: Clock) -> Histories:
    """What came of one group's questions. Raises what the last source raised where it told nothing at all."""
    replies = [reply for outcome in outcomes for _, reply in outcome.replies]
    notes = tuple(dict.fromkeys(note for outcome in outcomes for note in _notes(outcome)))
    if not any(outcome.is_settled for outcome in outcomes) and not any(reply.transactions for reply in replies):
        failures = [error for outcome in outcomes for _, error in outcome.errors]
        raise failures[-1] if failures and not replies else Refused("; ".join(notes) or "no source told anything")
    networks = tuple(Network(one.chain, one.adapter, one.shown) for one in group)
    store = MemoryStore()
    store.pin(group[0].chain, tip, clock())
    store.tell([answer for outcome in outcomes for answer in answers(outcome)])
    view = Ground(store, (), nowhere, (), {}, {}, sources=(), gaps=(), networks=networks).view()
    coverage = tuple(dict.fromkeys(held for reply in replies for held in reply.coverage))
    heard = tuple(gap.text for gaps in view.facts.heard.gaps.values() for gap in gaps)
    return Histories(
        view,
        tip,
        coverage,
        tuple(dict.fromkeys((*notes, *heard))),
        all(outcome.is_settled for outcome in outcomes),
    )


def _notes(outcome: Outcome) -> list[str]:
    """What the answers to one question left open, and who did not answer."""
    notes = [f"{endpoint.shown} did not answer: {error}" for endpoint, error in outcome.errors]
    notes += [gap.text for _, reply in outcome.replies for gap in reply.gaps]
    if not outcome.is_settled and isinstance(outcome.question, MissingHistory):
        account = outcome.question.account
        notes.append(f"the whole history of {account.address} in {unit(account.asset)} was not told")
    return notes

"""What rules say about everything that a source holds, transaction after transaction: no more in memory than a few."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing

from chaintrace.case.bounded import bounded
from chaintrace.case.kept import KeptFindings
from chaintrace.case.look import whole
from chaintrace.case.passing import passing
from chaintrace.case.rules import Observer, heard, nobody, signed
from chaintrace.case.tag_lists import unlabelled
from chaintrace.case.unknown import Unknown
from chaintrace.case.view import CaseView
from chaintrace.model.chain import Account, Asset
from chaintrace.model.finding import STAGES, Heuristic
from chaintrace.model.transaction import Transaction

STEP = 1_000
"""After so many transactions each the one who watches is told."""


class Accounts:
    """Every account that transactions name, each once, in the order of the first naming; on the disk."""

    def __init__(self) -> None:
        self._known = sqlite3.connect("", isolation_level=None)
        self._known.execute("PRAGMA journal_mode = OFF")
        self._known.execute(
            "CREATE TABLE account (id INTEGER PRIMARY KEY, address TEXT, asset INTEGER, UNIQUE (address, asset))"
        )
        self._assets: dict[Asset, int] = {}

    def add(self, transaction: Transaction) -> None:
        """The accounts of a transaction, unless they are there."""
        for transfer in transaction.transfers:
            number = self._assets.setdefault(transfer.asset, len(self._assets))
            legs = (*transfer.inputs, *transfer.outputs)
            rows = ((leg.address, number) for leg in legs if leg.address)
            self._known.executemany("INSERT OR IGNORE INTO account (address, asset) VALUES (?, ?)", rows)

    def __iter__(self) -> Iterator[Account]:
        """The accounts."""
        assets = list(self._assets)
        for address, number in self._known.execute("SELECT address, asset FROM account ORDER BY id"):
            yield Account(address, assets[number])

    def close(self) -> None:
        """Let the database go; the system takes it away."""
        self._known.close()


def stream(
    view: CaseView,
    chains: Sequence[str],
    rules: Sequence[Heuristic],
    kept: KeptFindings,
    observer: Observer = nobody,
) -> Unknown:
    """Ask the rules about everything on these chains, stage by stage, and keep what they say.

    The same as `rules.said` of all transactions and of all accounts that they name, in the same order. Says what the
    sources do not know. Raises as the sources do.
    """
    view = passing(view)
    of_addresses = hears(view) and any(rule.subject == "address" for rule in rules)
    unknown = Unknown()
    with closing(Accounts()) as accounts:
        for number, transaction in enumerate(_everything(view, chains)):
            if not number % STEP:
                observer("looking at the transactions", number)
            unknown.see(transaction)
            if of_addresses:
                accounts.add(transaction)
        for stage in STAGES:
            asked = [rule for rule in rules if rule.stage == stage]
            later = STAGES[STAGES.index(stage) + 1 :]
            if asked:
                kept.begin(is_asked=any(rule.stage in later for rule in rules))
                _ask(view, chains, asked, kept, accounts, observer, unknown.transactions)
    return unknown


def _ask(  # noqa: PLR0917  # a stage needs all of it
    view: CaseView,
    chains: Sequence[str],
    rules: Sequence[Heuristic],
    kept: KeptFindings,
    accounts: Accounts,
    observer: Observer,
    total: int,
) -> None:
    """Ask the rules of one stage."""
    seen = bounded(view.with_findings(kept, for_rules=True))
    about = [(rule, unlabelled(seen, rule.id)) for rule in rules if rule.subject == "transaction"]
    for number, transaction in enumerate(_everything(seen, chains) if about else ()):
        if not number % STEP:
            observer(f"rules: {rules[0].stage}", number, total)
        for rule, told in about:
            for finding in heard(rule, transaction, told):
                kept.add(signed(finding, rule))
    about = [(rule, unlabelled(seen, rule.id)) for rule in rules if rule.subject == "address"]
    for number, account in enumerate(accounts if about else ()):
        if not number % STEP:
            observer(f"rules: {rules[0].stage}, addresses", number)
        for rule, told in about:
            for finding in heard(rule, account, told):
                kept.add(signed(finding, rule))


def _everything(view: CaseView, chains: Sequence[str]) -> Iterator[Transaction]:
    """Every transaction of these chains: first of sources that were read whole, then of those that are asked."""
    for chain in chains:
        lookups = view.lookups.get(chain, ())
        if len(view.sources) == len(lookups) == 1:  # it has completed them itself
            yield from lookups[0].transactions()
            continue
        for transaction in view.facts.transactions(chain):
            yield whole(view, transaction)
        for source in lookups:
            for transaction in source.transactions():
                yield whole(view, transaction)


def hears(view: CaseView) -> bool:
    """Whether anything can be known of an address: a tag, what was seen there, or its whole history."""
    told = any(held.addresses is None or held.addresses for held in view.coverages)
    return told or bool(view.all_tags) or bool(view.noted)

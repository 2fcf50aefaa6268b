"""The ledgers that the benchmarks trace: the shipped TRON case, and random ones in memory."""

import random
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.plain import Question, Row
from chaintrace.adapters import ADAPTERS
from chaintrace.case.config import load
from chaintrace.case.opening import open_view
from chaintrace.case.view import CaseView
from chaintrace.model.chain import Account, Asset, Block
from chaintrace.model.provenance import Coverage, Source
from chaintrace.model.trace import Limits, Options, Seed
from chaintrace.model.transaction import Kind, Leg, Transaction, Transfer
from chaintrace.store import FileArchive, MemoryStore
from chaintrace.tags import by_address, read

ROOT = Path(__file__).resolve().parent.parent
TRON = ROOT / "data" / "cases" / "tron-usdt"
CHAIN = "ledger"
COIN = Asset(CHAIN, "COIN", "COIN", 0)
GENESIS = 1_600_000_000
WITHOUT_LIMITS = Limits(max_hops=10**9, max_transactions=10**9)


@dataclass(frozen=True)
class Case:
    """A view with its seeds, and the same question for the plain loops."""

    view: CaseView
    seeds: tuple[Seed, ...]
    limits: Limits
    options: Options
    question: Question


def tron() -> Case:
    """The shipped USDT case: 10,525 transfers, 40 wallets of which every transfer is known, two seeds."""
    config = load(TRON)
    tags = by_address(tag for file in config.tags for tag in read(file.path.read_bytes(), file.shown).tags)
    with tempfile.TemporaryDirectory() as folder:
        archive = FileArchive(Path(folder) / "archive", lambda: datetime(2026, 1, 1, tzinfo=UTC))
        view = open_view(config.sources, archive, MemoryStore(), Path(folder) / "cache", ADAPTERS, tags)
    rows = [
        Row(
            tx.txid,
            transfer.inputs[0].address if transfer.inputs else "",
            transfer.outputs[0].address if transfer.outputs else "",
            transfer.value or 0,
        )
        for tx in view.facts.transactions("tron")
        for transfer in tx.transfers
    ]
    stops = frozenset(address for (_, address), found in tags.items() if any(tag.stops for tag in found))
    question = Question(rows, {seed.txid: seed.origin for seed in config.seeds}, stops, view.coverages[0].addresses)
    return Case(view, config.seeds, config.limits, config.options, question)


def rows_of(size: int, addresses: int = 0, seed: int = 1) -> list[Row]:
    """A random ledger: by default a tenth as many addresses as transfers, values of up to a third of what lies there.

    Every address starts with a mint; then anybody pays anybody.
    """
    chosen = random.Random(seed)
    count = addresses or max(2, size // 10)
    names = [f"a{number}" for number in range(count)]
    held = [chosen.randrange(1, 10**9) for _ in names]
    rows = [Row(f"t{number}", "", names[number], value) for number, value in enumerate(held)]
    for number in range(count, size):
        sender, receiver = chosen.randrange(count), chosen.randrange(count)
        value = chosen.randint(0, held[sender] // 3)
        held[sender] -= value
        held[receiver] += value
        rows.append(Row(f"t{number}", names[sender], names[receiver], value))
    return rows


def transactions(rows: Iterable[Row], source: Source | None = None, first: int = 0) -> Iterator[Transaction]:
    """The rows as the model has them, from number `first` on: a transfer a transaction, a hundred a block."""
    accounts: dict[str, Account] = {}
    for number, row in enumerate(rows, first):
        height, place = divmod(number, 100)
        kind: Kind = "token" if row.sender else "mint"
        sides = [(Leg(row.value, _account(accounts, name), name),) if name else () for name in row[1:3]]
        transfer = Transfer("0", kind, COIN, sides[0], sides[1], (height, place, 0))
        block = Block(height, "", GENESIS + 12 * height)
        yield Transaction(CHAIN, row.txid, block, place, (transfer,), source=source)


def _account(accounts: dict[str, Account], name: str) -> Account:
    """Equal accounts are one object, as the adapters make them."""
    return accounts.get(name) or accounts.setdefault(name, Account(name, COIN))


def random_case(size: int, seeds: int = 100) -> Case:
    """A random ledger of that many transfers, all of it covered; the first `seeds` mints are the seeds."""
    rows = rows_of(size)
    return case_of(rows, {row.txid: f"origin {number}" for number, row in enumerate(rows[:seeds])})


def case_of(rows: list[Row], named: Mapping[str, str]) -> Case:
    """A ledger in memory, all of it covered, without limits; `named` gives the seeds' txids and their origins."""
    source = Source("random", f"{len(rows)} transfers", "0" * 64)
    store = MemoryStore()
    store.add(transactions(rows, source), source)
    end = (len(rows) - 1) // 100
    coverage = Coverage(CHAIN, None, None, 0, end, end, GENESIS + 12 * end)
    view = CaseView(store.facts([source]), (coverage,))
    seeds = tuple(Seed(CHAIN, txid, "0", origin) for txid, origin in named.items())
    return Case(view, seeds, WITHOUT_LIMITS, Options(), Question(rows, named))

"""Random payments of tokens on TRON, followed over TronGrid and Tronscan: as the oracle reads their file.

Transactions have blocks of their own, for no list says which of two in one block was first.
"""

from __future__ import annotations

import csv
import json
import os
import random
import shutil
from collections import Counter, defaultdict

import pytest

import chaintrace as ct
from tests.hostile.server import HostileServer
from tests.hostile.test_random_town import differing, unproven
from tests.hostile.tron_ledger import Paid, TronLedger, time_of
from tests.hostile.trongrid_server import TrongridServer
from tests.hostile.tronscan_server import Tronscan
from tests.oracle.casewriting import base58check
from tests.oracle.oracle import run
from tests.soak.progress import SEED, Progress, tell

CASES = int(os.environ.get("SOAK_TOWNS", "300"))
NOBODY = base58check(b"\x41" + bytes(20))
COLUMNS = ("chain", "txid", "index", "height", "time", "asset", "decimals", "from", "to", "value")
START = 1_650_000_000 - 1_650_000_000 % 3
METHODS = ["fifo", "lifo", "libr", "haircut"]
WAYS = ("trongrid", "tronscan")


@pytest.fixture(autouse=True)
def _allowed(monkeypatch):
    monkeypatch.setenv("CHAINTRACE_NETWORK", "own")


def ledger(rng: random.Random) -> list[Paid]:
    """Payments in chain order, the first of which make the tokens. Balances are kept."""
    people = [base58check(b"\x41" + rng.randbytes(20)) for _ in range(rng.randint(3, 8))]
    tokens = [base58check(b"\x41" + rng.randbytes(20)) for _ in range(rng.randint(1, 2))]
    has: dict[tuple[str, str], int] = defaultdict(int)
    paid: list[Paid] = []
    time = START

    def pay(txid: str, token: str, sender: str, receiver: str, value: int, log: int) -> None:
        has[sender, token] -= value
        has[receiver, token] += value
        paid.append(Paid(txid, time, token, sender, receiver, value, log))

    for person in people:
        for token in tokens:
            time += 3
            pay(rng.randbytes(32).hex(), token, NOBODY, person, rng.choice([1000, 10**9]), 0)
    for _ in range(rng.randint(8, 50)):
        time += rng.choice([3, 3, 30, 86_400])
        token, sender, receiver = rng.choice(tokens), rng.choice(people), rng.choice(people)
        txid, lies = rng.randbytes(32).hex(), has[sender, token]
        if not lies:
            continue
        value, luck = rng.choice([lies, lies // 2 or 1, rng.randint(1, lies)]), rng.random()
        if luck < 0.1:
            pay(txid, token, sender, NOBODY, value, 0)
        elif luck < 0.2 and value > 1:
            pay(txid, token, sender, receiver, value // 2, 0)
            pay(txid, token, sender, receiver, value // 2, 1)
        elif luck < 0.35:
            pay(txid, token, sender, receiver, value, 0)
            pay(txid, token, receiver, rng.choice(people), rng.randint(1, value), 1)
        else:
            pay(txid, token, sender, receiver, value, 0)
    return paid


def write_case(folder, source, paid, seeds):
    """The case of these seeds (txids) over a source; as a file, all movements beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    toml = [f"[case]\nname = 'tron'\nmethods = {json.dumps(METHODS)}\n", f"[[source]]\nchain = 'tron'\n{source}\n"]
    toml += [f"[[seed]]\nchain = 'tron'\ntxid = {txid!r}\norigin = 'o{n}'\n" for n, txid in enumerate(seeds)]
    (folder / "case.toml").write_text("\n".join([*toml, "[rules]\nuse = []\n"]), "utf-8")
    with (folder / "books.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for one in paid:
            sides = ["" if side == NOBODY else side for side in (one.sender, one.receiver)]
            rows.writerow(("tron", one.txid, f"log:{one.log}", "", one.time, one.contract, 6, *sides, one.value))
    return folder


def wrong(number, way, folder, *, hides=False):
    """What differs over an explorer from the file, for the ledger of that number.

    Where it hides a transaction from its lists, what differs though the report is called complete.
    """
    rng = random.Random(number)
    paid = ledger(rng)
    count = Counter(one.txid for one in paid)
    legs = [one.txid for one in paid if count[one.txid] == 1 and NOBODY not in {one.sender, one.receiver}]
    legs = [txid for txid in legs if all(one.sender != one.receiver for one in paid if one.txid == txid)]
    if len(legs) < 2:
        return []
    seeds = rng.sample(legs[: len(legs) // 2], min(len(legs) // 2, rng.randint(1, 3)))
    shutil.rmtree(folder, ignore_errors=True)
    file = "adapter = 'transfers-csv'\npath = 'books.csv'\ncomplete = 'all'"
    expected = run(write_case(folder / "file", file, paid, seeds))
    left = [one for one in paid if one.txid not in seeds]
    hidden = frozenset({rng.choice(left).txid}) if hides else frozenset()
    whole = TronLedger.of(paid)
    if way == "trongrid":
        handler, path = TrongridServer(whole, page=rng.choice([3, 7, 200]), drops=hidden), ""
    else:
        handler, path = Hiding(whole, rng.choice([3, 7, 50]), hidden), "/api"
    with HostileServer(handler) as server:
        source = f"adapter = {way!r}\nurl = '{server.url}{path}'\nreach = 'own'"
        result = ct.open_case(write_case(folder / "case", source, paid, seeds)).follow()
    report = folder / "case" / "report"
    found = differing(expected, report)
    if hides:
        found = found if result.complete else []
    else:
        found += unproven(result)
    return [f"{way} {number}: {line}" for line in found]


class Hiding(Tronscan):
    """An explorer some of whose transactions are in no list and no count of their accounts; its balances are honest."""

    def __init__(self, ledger, page, hidden):
        super().__init__(ledger, page=page)
        left = TronLedger.of(one for one in ledger.paid if one.txid not in hidden)
        left.tip = time_of(ledger.height)
        self.lists = Tronscan(left, page=page)

    def _transfers(self, query):
        return self.lists._transfers(query)


@pytest.mark.parametrize("way", WAYS)
def test_an_explorer_of_tron_gives_what_the_oracle_reads(way, tmp_path):
    assert [line for number in range(6) for line in wrong(number, way, tmp_path)] == []


@pytest.mark.parametrize("way", WAYS)
def test_an_explorer_of_tron_that_hides_a_transaction_is_never_called_complete_and_wrong(way, tmp_path):
    assert [line for number in range(4) for line in wrong(number, way, tmp_path, hides=True)] == []


@pytest.mark.soak
@pytest.mark.parametrize("way", WAYS)
def test_an_explorer_of_tron_gives_what_the_oracle_reads_for_long(way, tmp_path):
    progress = Progress(f"towns over {way}")
    while progress.done < CASES:
        number = SEED * 10**9 + progress.done
        found = [line for hides in (False, True) for line in wrong(number, way, tmp_path, hides=hides)]
        progress.keep(progress.done + 1, found)
    tell(progress)
    assert progress.found == []

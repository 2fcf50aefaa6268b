"""Noise in a report: counted, listed, and no unit of a trace; a payment to a look-alike is said and followed."""

from __future__ import annotations

import csv
import json

import pytest

from chaintrace.addresses import tron_from_hex
from chaintrace.case.noise import ALIKE, MOST, NOISE, is_alike, noise_notes
from chaintrace.cli import run
from chaintrace.model.finding import Noise
from chaintrace.report.wording import violations
from chaintrace.tracing import trace
from tests.chaintrace.small_case import small_case
from tests.heuristics.control.account_chain import Chain

USDT = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
VICTIM, TAKER = (tron_from_hex("41" + pair * 20) for pair in ("11", "22"))
PAID, TWIN = "TDwxqs6Nn62mic4UPRaKzW6JUKM5wDW3WY", "TDwLGNL5Kmd4QJw9hQkuoYpiZDFBsDW3WY"
POOL = "0x910cbd523d972eb0a6f4cae4618ad62622b39dbf"
HEADER = "chain,txid,index,height,time,asset,decimals,from,to,value\n"
CASE = """\
[case]
name = "Noise"

[[source]]
adapter = "transfers-csv"
path = "transfers.csv"
complete = "complete.txt"
chain = "{chain}"

[[seed]]
chain = "{chain}"
txid = "{txid}"
origin = "payment"

[rules]
use = ["*"]
"""


def txid(number):
    return f"{number:064x}"


def report(tmp_path, chain, asset, complete, *rows):
    """The rows of the tables, and the notes, of a case of these payments."""
    lines = (
        f"{chain},{txid(n)},{n},{n},{1_600_000_000 + 60 * n},{asset},6,{payer},{payee},{value}\n"
        for n, (payer, payee, value) in enumerate(rows, 1)
    )
    case = CASE.format(chain=chain, txid=txid(1))
    folder = small_case(tmp_path, case=case, transfers=HEADER + "".join(lines), complete=f"{complete}\n")
    run(["trace", str(folder)])
    told = json.loads((folder / "report" / "trace.json").read_text("utf-8"))

    def table(name):
        with (folder / "report" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    return told, table


def test_dust_is_no_hop_and_a_real_payment_to_the_look_alike_is(tmp_path):
    told, table = report(
        tmp_path,
        "tron",
        USDT,
        TAKER,
        (VICTIM, TAKER, 10_000),
        (TAKER, PAID, 4_000),
        (TWIN, TAKER, 1),
        (TAKER, TWIN, 3_000),
    )
    hops = [(row["from_address"], row["to_address"], row["traced_value"]) for row in table("hops")]
    assert hops == [(VICTIM, TAKER, "10000"), (TAKER, PAID, "4000"), (TAKER, TWIN, "3000")]
    found = [row for row in table("findings") if row["kind"] == "noise"]
    assert [(row["rule"], row["subject"], row["object"]) for row in found] == [("poisoning", txid(3), TAKER)]
    [counted] = [note for note in told["notes"] if note.startswith(NOISE)]
    assert "that rules call no payment that matters: 1 (" in counted
    assert "(poisoning 1)" in counted
    [loss] = [note for note in told["notes"] if note.startswith(ALIKE)]
    assert f"{TWIN}, which {TAKER} paid in {txid(4)}, looks at both ends like {PAID}" in loss
    assert list(violations(counted + loss)) == []


def test_value_that_enters_a_mixer_ends_there(tmp_path):
    ann, bob = "0x" + "1" * 40, "0x" + "2" * 40
    _, table = report(tmp_path, "ethereum", "ETH", f"{bob}\n{POOL}", (ann, bob, 10), (bob, POOL, 10), (POOL, ann, 10))
    [end] = table("endpoints")
    assert (end["address"].lower(), end["entity"], end["category"]) == (POOL, "Tornado Cash", "mixing_service")
    assert len(table("hops")) == 2


def test_what_is_counted_is_each_movement_once():
    twice = Noise("tron", "t1", "ann", ("t1",), "poisoning"), Noise("tron", "t1", "ann", ("t1",), "memo_spam")
    chain = Chain()
    [note] = noise_notes(twice, chain.view(), ())
    assert "that rules call no payment that matters: 1 (" in note
    assert "(memo_spam 1, poisoning 1)" in note
    assert list(noise_notes((), chain.view(), ())) == []


def looks(chain, complete=None):
    view = chain.view(complete=complete)
    found = trace(view, (_seed(),), "fifo")
    return [note for note in noise_notes((), view, (found,)) if note.startswith(ALIKE)]


def _seed():
    from chaintrace.model.trace import Seed

    return Seed("tron", "t0", None, "payment", frozenset())


def test_who_was_paid_before_the_other_is_no_look_alike_of_it():
    chain = Chain()
    chain.pay(VICTIM, TAKER, 100)
    chain.pay(TAKER, TWIN, 10)
    chain.pay(TAKER, PAID, 10)
    chain.pay(TAKER, TWIN, 10)
    assert [note.split()[1].strip(",") for note in looks(chain)] == [PAID]
    assert looks(chain, complete=[VICTIM]) == []


def test_many_of_them_are_counted():
    chain = Chain()
    chain.pay(VICTIM, TAKER, 100)
    chain.pay(TAKER, PAID, 10)
    for _ in range(MOST + 2):
        chain.pay(TAKER, TWIN, 1)
    notes = looks(chain)
    assert len(notes) == MOST + 1
    assert notes[-1].endswith("besides those that are named: 2.")


@pytest.mark.parametrize(
    ("chain", "one", "other", "like"),
    [
        ("tron", PAID, TWIN, True),
        ("tron", PAID, "T" + "X" * 30 + PAID[-3:], False),
        ("ethereum", "0x" + "abc" + "1" * 34 + "def", "0x" + "abc" + "2" * 34 + "def", True),
        ("ethereum", "0x" + "abc" + "1" * 34 + "def", "0x" + "abd" + "2" * 34 + "def", False),
        ("ledger", "ann", "anna", False),
    ],
)
def test_when_two_addresses_look_alike(chain, one, other, like):
    assert is_alike(chain, one, other) is like


def test_the_way_back_ends_at_dust_and_counts_it(tmp_path):
    """The taker had paid somebody, and a look-alike sent dust: it is no source of what the taker pays."""
    rows = (
        (VICTIM, TAKER, 10_000),
        (TAKER, PAID, 4_000),
        (TWIN, TAKER, 3),
        (TAKER, VICTIM, 6_003),
    )
    lines = (
        f"tron,{txid(n)},{n},{n},{1_600_000_000 + 60 * n},{USDT},6,{payer},{payee},{value}\n"
        for n, (payer, payee, value) in enumerate(rows, 1)
    )
    case = CASE.format(chain="tron", txid=txid(4))
    folder = small_case(tmp_path, case=case, transfers=HEADER + "".join(lines), complete=f"{TAKER}\n{TWIN}\n{VICTIM}\n")
    run(["trace", str(folder), "--backward"])
    with (folder / "report" / "sources.csv").open(encoding="utf-8-sig", newline="") as file:
        found = {(row["kind"], row["address"]): int(row["traced_value"]) for row in csv.DictReader(file)}
    assert found["noise", TWIN] == 3
    assert sum(found.values()) == 6_003
    assert {address for kind, address in found if kind != "noise"} == {VICTIM}
    notes = json.loads((folder / "report" / "trace.json").read_text("utf-8"))["notes"]
    assert any("followed backward, and which rules call no payment that matters: 1." in note for note in notes)


def backward(tmp_path, seed, *rows):
    """What a way back of a payment comes to, by kind and address; rows are (txid, payer, payee, value)."""
    lines = (
        f"tron,{txid(n)},{place},{n},{1_600_000_000 + 60 * n},{USDT},6,{payer},{payee},{value}\n"
        for place, (n, payer, payee, value) in enumerate(rows, 1)
    )
    case = CASE.format(chain="tron", txid=txid(seed))
    folder = small_case(tmp_path, case=case, transfers=HEADER + "".join(lines), complete=f"{TAKER}\n{TWIN}\n{VICTIM}\n")
    run(["trace", str(folder), "--backward"])
    with (folder / "report" / "sources.csv").open(encoding="utf-8-sig", newline="") as file:
        return {(row["kind"], row["address"]): int(row["traced_value"]) for row in csv.DictReader(file)}


def test_what_a_look_alike_pays_is_a_source_where_it_is_much_of_the_payment(tmp_path):
    """A thousandth of a payment of ten millions is no dust beside a payment of ten thousand."""
    rows = ((1, VICTIM, TAKER, 10_000_000), (2, TAKER, PAID, 10_000_000), (3, TWIN, TAKER, 10_000))
    found = backward(tmp_path, 4, *rows, (4, TAKER, VICTIM, 10_000))
    assert not any(kind == "noise" for kind, _ in found)
    assert sum(found.values()) == 10_000


def test_a_payment_in_the_transaction_of_a_look_alikes_dust_is_no_noise(tmp_path):
    rows = ((1, VICTIM, TAKER, 10_000), (2, TAKER, PAID, 10_000), (3, TWIN, TAKER, 1), (3, VICTIM, TAKER, 20_000))
    found = backward(tmp_path, 4, *rows, (4, TAKER, VICTIM, 20_001))
    assert not any(kind == "noise" for kind, _ in found)
    assert sum(found.values()) == 20_001

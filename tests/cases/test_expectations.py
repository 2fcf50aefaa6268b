"""What each case expects is what a plain second tracer finds, what the published table says, and what balances."""

from __future__ import annotations

import csv
import json
import re
import tomllib
from collections import Counter
from functools import cache
from typing import Any

import pytest

from tests.cases.encode import CASES
from tests.cases.replay import METHODS, Ledger, Movement, opening, pro_rata, replay_account, replay_utxo, take

NAMES = ("colonial-pipeline", "first-payments", "tron-usdt")
OUTCOMES = {"seed", "endpoint", "returned", "burned", "resting", "fee", "not_followed"}
TABLE = re.compile(r"^\| (FIFO|LIFO|LIBR|haircut) \| ([AB]) \|(.*)\|$", re.MULTILINE)
COLUMNS = (
    ("endpoint", "TNaRAoLUyYEV2uF7GUrzSjRQTU8v5ZJ5VR"),
    ("endpoint", "TAUN6FwrnwwmaEqYcckffC7wYmbaS6cBiX"),
    ("endpoint", "TM1zzNDZD2DPASbKcgdVoTYhfmYgtfwx9R"),
    ("endpoint", "TV6MuMXfmLbBqPZvBHdwFsDnQeVfnmiuSi"),
    ("not_followed", "history not in the sources"),
    ("resting", "TXdNFmv2wngkc9WT4sT9HdFgVWbYyfX21L"),
)
SWEPT = (
    ("endpoint", "TGfH7imvH9h6yxusNNPkkwrDzKCg7kFDTf"),
    ("endpoint", "TXdNFmv2wngkc9WT4sT9HdFgVWbYyfX21L"),
    ("endpoint", "TXPggkiHzYZofVqpzMDS19ePG6qmcnu3gq"),
    ("not_followed", "history not in the sources"),
)
RULES_OFF = "expect-rules-off.toml"
FILES = [*((name, "expect.toml") for name in NAMES), ("tron-usdt", RULES_OFF)]
SEIZED = "bc1qpx7vyv5tp7dm0g475ev527krg764t73dh77gls"


@cache
def toml(name: str, file: str) -> dict[str, Any]:
    return tomllib.loads((CASES / name / file).read_text("utf-8"))


def expected(name: str, method: str, file: str = "expect.toml") -> dict[tuple[str, str, str], int]:
    rows = [row for row in toml(name, file)["rows"] if row[0] == method]
    return {(origin, outcome, where): value for _, origin, outcome, where, value in rows}


def ledger(name: str) -> Ledger:
    case = toml(name, "case.toml")
    stops = set()
    for entry in (entry for entry in case.get("tags", []) if entry["path"].endswith(".csv")):
        with (CASES / name / entry["path"]).open(encoding="utf-8", newline="") as file:
            stops |= {row["address"] for row in csv.DictReader(file)}
    complete = case["source"][0]["complete"]
    return Ledger(stops, None if complete == "all" else (CASES / name / complete).read_text("utf-8").split())


@cache
def swept() -> dict[str, str]:
    """Wallets that send at least 95 % of what leaves them to addresses with one exchange's tag, and whose tag it is."""
    with (CASES / "tron-usdt" / "tags.csv").open(encoding="utf-8", newline="") as file:
        exchange = {row["address"]: row["actor"] or row["label"] for row in csv.DictReader(file)}
    left: dict[str, Counter[str]] = {}
    for move in movements():
        if move.source != move.target:
            left.setdefault(move.source, Counter())[exchange.get(move.target, "")] += move.value
    found = dict[str, str]()
    for wallet in (CASES / "tron-usdt" / "wallets.txt").read_text("utf-8").split():
        most, value = left[wallet].most_common(1)[0]
        if most and 100 * value >= 95 * sum(left[wallet].values()):
            found[wallet] = most
    return found


def seeds(name: str, form: str) -> dict[str, str]:
    return {form.format(**seed): seed["origin"] for seed in toml(name, "case.toml")["seed"]}


@cache
def movements() -> tuple[Movement, ...]:
    with (CASES / "tron-usdt" / "transfers.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return tuple(Movement(row["txid"], row["from"], row["to"], int(row["value"])) for row in rows)


def transactions(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (CASES / name / "transactions.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("method", METHODS)
def test_the_usdt_table_is_what_a_plain_replay_finds(method):
    found, openings = replay_account(method, movements(), seeds("tron-usdt", "{txid}"), ledger("tron-usdt"))
    assert found == expected("tron-usdt", method, RULES_OFF)
    assert sorted(openings) == [gap["subject"] for gap in toml("tron-usdt", RULES_OFF)["gaps"]]


@pytest.mark.parametrize("method", METHODS)
def test_the_usdt_table_one_address_earlier_is_what_the_same_replay_finds(method):
    """Stops are the wallets with the shape that the shared data describe: counted here, by no rule of chaintrace."""
    assert len(swept()) == 34
    plain = ledger("tron-usdt")
    stops = Ledger({*plain.stops, *swept()}, plain.complete)
    found, openings = replay_account(method, movements(), seeds("tron-usdt", "{txid}"), stops)
    assert found == expected("tron-usdt", method)
    assert sorted(openings) == [gap["subject"] for gap in toml("tron-usdt", "expect.toml")["gaps"]] == []


def test_only_under_libr_do_the_two_tables_of_the_usdt_case_differ_in_their_sums():
    """An exchange's sum at its deposit address is its sum at its wallets, but for what LIBR leaves at the address."""
    with (CASES / "tron-usdt" / "tags.csv").open(encoding="utf-8", newline="") as file:
        exchange = {row["address"]: row["actor"] or row["label"] for row in csv.DictReader(file)}
    apart = Counter[str]()
    for method in METHODS:
        sums = Counter[tuple[str, str]]()
        for file_name, sign, whose in (("expect.toml", 1, swept()), (RULES_OFF, -1, exchange)):
            for (origin, outcome, where), value in expected("tron-usdt", method, file_name).items():
                if outcome == "endpoint":
                    sums[origin, whose[where]] += sign * value
        apart[method] = sum(map(abs, sums.values()))
    assert apart == {"fifo": 0, "lifo": 0, "haircut": 0, "libr": 15}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", ["colonial-pipeline", "first-payments"])
def test_the_bitcoin_rows_are_what_a_plain_replay_finds(name, method):
    found = replay_utxo(method, transactions(name), seeds(name, "{txid}:{index}"), ledger(name))
    assert found == expected(name, method)


@pytest.mark.parametrize("page", ["published", "shipped"])
def test_the_usdt_rows_are_the_table_of_the_page(page, request):
    folder = CASES / "tron-usdt" if page == "shipped" else request.getfixturevalue("shared") / "data"
    lines = TABLE.findall((folder / "README.md").read_text("utf-8"))
    tables = {"shipped": ((SWEPT, "expect.toml"), (COLUMNS, RULES_OFF)), "published": ((COLUMNS, RULES_OFF),)}[page]
    assert len(lines) == 8 * len(tables)
    for number, (method, letter, cells) in enumerate(lines):
        columns, file = tables[number // 8]
        values = dict(zip(columns, map(int, cells.split("|")), strict=True))
        origin = f"payment {letter}"
        rows = {
            key[1:]: value for key, value in expected("tron-usdt", method.lower(), file).items() if key[0] == origin
        }
        assert rows.pop(("seed", "")) == {"A": 100_000_000_000, "B": 90_000_000_000}[letter]
        assert rows == {place: value for place, value in values.items() if value}


def test_the_first_payments_rest_in_five_outputs_under_every_method():
    by_hand = {"f4184fc5:0": 10, "a16f3ce4:0": 10, "298ca204:0": 1, "828ef3b0:1": 18, "a3b0e9e7:0": 11}
    for method in METHODS:
        rows = expected("first-payments", method)
        resting = {where[:8] + where[64:]: value for (_, outcome, where), value in rows.items() if outcome == "resting"}
        assert resting == {outpoint: coins * 10**8 for outpoint, coins in by_hand.items()}


@pytest.mark.parametrize(("name", "file_name"), FILES)
def test_the_file_has_the_form_that_its_description_gives(name, file_name):
    file = toml(name, file_name)
    assert file["format"] == 1
    assert file["columns"] == ["method", "origin", "outcome", "where", "value"]
    assert {row[0] for row in file["rows"]} == set(METHODS) == set(toml(name, "case.toml")["case"]["methods"])
    assert len({tuple(row[:4]) for row in file["rows"]}) == len(file["rows"])
    assert all(row[2] in OUTCOMES and isinstance(row[4], int) and row[4] > 0 for row in file["rows"])
    assert all({"kind", "subject"} <= gap.keys() <= {"kind", "subject", "value"} for gap in file["gaps"])


@pytest.mark.parametrize(("name", "file_name"), FILES)
def test_every_origin_balances_under_every_method(name, file_name):
    left = Counter[tuple[str, str]]()
    for method, origin, outcome, _, value in toml(name, file_name)["rows"]:
        left[method, origin] += value if outcome == "seed" else -value
    assert set(left.values()) == {0}


def reordered(inputs: list[dict[str, Any]], before: set[int]) -> list[dict[str, Any]]:
    """The inputs at `before`, then the seed at place 13, then the others."""
    places = [*sorted(before), 13, *sorted(set(range(len(inputs))) - before - {13})]
    return [inputs[place] for place in places]


@pytest.mark.parametrize(
    ("method", "before", "endpoint"),
    [
        ("fifo", set(), 5_779_577_823),
        ("fifo", {11, 14, 15, 17, 21, 22}, 6_369_996_546),
        ("lifo", set(range(24)) - {13}, 5_779_577_823),
        ("lifo", set(range(24)) - {11, 13, 14, 15, 17, 21, 22}, 6_369_996_546),
    ],
)
def test_the_range_over_input_orders_is_reached(method, before, endpoint):
    first, *rest = transactions("colonial-pipeline")
    changed = {**first, "inputs": reordered(first["inputs"], before)}
    found = replay_utxo(
        method, [changed, *rest], seeds("colonial-pipeline", "{txid}:{index}"), ledger("colonial-pipeline")
    )
    assert found["63.7 BTC", "endpoint", SEIZED] == endpoint
    page = (CASES / "colonial-pipeline" / "README.md").read_text("utf-8")
    assert str(endpoint) in page


def test_the_replay_itself_holds_the_worked_vector():
    """Own +100, victim +60, out 90, out 40, own +50, out 20: what is left of the victim's part, and is in the 40."""
    left = {"fifo": (10, 30), "lifo": (0, 0), "libr": (30, 30)}
    for method, (kept, in_the_40) in left.items():
        pool = take(method, [(None, 100), ("victim", 60)], 90)[1]
        gone, pool = take(method, pool, 40)
        pool = take(method, [*pool, (None, 50)], 20)[1]
        assert sum(value for origin, value in pool if origin) == kept
        assert sum(value for origin, value in gone if origin) == in_the_40


def test_the_replay_gives_spare_units_to_the_largest_remainders_and_ties_to_the_earlier():
    assert pro_rata({"Paul": 5, "Michael": 5}, 5) == {"Paul": 3, "Michael": 2}
    assert pro_rata({"Paul": 1, "Michael": 2, None: 4}, 3) == {"Paul": 0, "Michael": 1, None: 2}


def test_the_replay_assumes_the_least_opening_balance():
    rows = [Movement("1", "a", "b", 5), Movement("2", "b", "b", 9), Movement("3", "b", "c", 6)]
    assert (opening(rows, "a"), opening(rows, "b"), opening(rows, "c")) == (5, 4, 0)

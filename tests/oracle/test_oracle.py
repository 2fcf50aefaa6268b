"""The oracle against figures that it did not make: the worked vectors, the TRON table, and cases worked by hand."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path

import pytest

from tests.oracle import casewriting as cw
from tests.oracle.generate import HEADER, write_case
from tests.oracle.oracle import run
from tests.oracle.pools import new_pool, share

METHODS = ("fifo", "lifo", "libr", "haircut")
USDT = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
A = "1d2a1786e07264df313d060f36c5952f1536f7804ec5dd3cafaa8f9777d975a2"
B = "3758420d7990d6cbdfe82dd68a2f9eafab82f538f7df881280a400271b15ad03"
PLACES = ("TNaRAoLU", "TAUN6Fwr", "TM1zzNDZ", "TV6MuMXf")
# The table of the shared data's README: the four places, history not in the sources, resting.
TRON_TABLE = {
    ("fifo", "A"): (53302030288, 45997901685, 0, 0, 700068027, 0),
    ("fifo", "B"): (30000000000, 1685290070, 52313709930, 0, 6001000000, 0),
    ("lifo", "A"): (52163808245, 46006901685, 0, 0, 1829290070, 0),
    ("lifo", "B"): (0, 0, 48651000000, 0, 41349000000, 0),
    ("libr", "A"): (52163808245, 45997905774, 686053329, 1, 1152232651, 0),
    ("libr", "B"): (0, 285915, 47964946671, 50, 42034767349, 15),
    ("haircut", "A"): (50301471564, 46009689529, 46370404, 0, 3642468503, 0),
    ("haircut", "B"): (8729129743, 7482169350, 50078890918, 0, 23709809989, 0),
}


def ledger(folder: Path, moves: str, seeds: dict[int, str], more: str = "", complete: str = "W") -> Path:
    """A case of one asset; a move is `from>to value`, its transaction is its number; seeds are move: origin."""
    rows = []
    for n, move in enumerate(moves.split(", ")):
        way, value = move.rsplit(" ", 1)
        sender, receiver = way.split(">")
        rows.append(["ledger", f"t{n}", 0, n, 1_600_000_000 + n, "GOLD", 0, sender, receiver, value])
    cw.write_rows(folder / "transfers.csv", HEADER, rows)
    (folder / "complete.txt").write_text(complete.replace(" ", "\n"), "utf-8")
    source = {"adapter": "transfers-csv", "path": "transfers.csv", "complete": "complete.txt", "chain": "ledger"}
    parts = [cw.table("[case]", {"name": "a vector"}), cw.table("[[source]]", source), more]
    for n, origin in seeds.items():
        parts.append(cw.table("[[seed]]", {"chain": "ledger", "txid": f"t{n}", "index": 0, "origin": origin}))
    (folder / "case.toml").write_text("\n".join(parts), "utf-8")
    return folder


def utxo(folder: Path, lines: list[dict[str, object]], seed: dict[str, object], complete: str = "all") -> Path:
    """A case of one UTXO chain with one seed of origin S."""
    (folder / "chain.jsonl").write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    source = {"adapter": "transactions-jsonl", "path": "chain.jsonl", "complete": complete, "chain": "bitcoin"}
    parts = [cw.table("[case]", {"name": "a vector"}), cw.table("[[source]]", source)]
    parts.append(cw.table("[[seed]]", {"chain": "bitcoin", "origin": "S", **seed}))
    (folder / "case.toml").write_text("\n".join(parts), "utf-8")
    return folder


def line(txid: str, inputs: list[tuple[str, int, int | None]], outputs: list[int], **more: object) -> dict[str, object]:
    """A transaction as transactions-jsonl writes it; inputs are (prev_txid, prev_vout, value)."""
    ins = [{"prev_txid": prev, "prev_vout": vout, "value": value} for prev, vout, value in inputs]
    return {"txid": txid, "inputs": ins, "outputs": [{"n": n, "value": v} for n, v in enumerate(outputs)], **more}


def sums(result: dict, method: str, outcome: str, origin: str = "S") -> int:
    return sum(
        value for key, value in result["reconciliation"].items() if key[:2] == (method, origin) and key[-1] == outcome
    )


def outcome_of(result: dict, outcome: str, origin: str = "S") -> list[int]:
    return [sums(result, method, outcome, origin) for method in METHODS]


def test_the_first_worked_vector(tmp_path: Path) -> None:
    moves = "X>W 1600, V>W 960, W>Y 1440, W>Z 640, X>W 800, W>Y 320"  # sixteen times the text's, so that it is whole
    result = run(ledger(tmp_path, moves, {1: "S"}))
    assert outcome_of(result, "resting") == [160, 0, 480, 135]
    in_the_40 = [sum(v for k, v in result["not_followed"].items() if k[0] == m and k[4] == "t3") for m in METHODS]
    assert in_the_40 == [480, 0, 480, 240]


def test_the_second_worked_vector(tmp_path: Path) -> None:
    moves = "a>W 10, b>W 10, W>Y 10, c>W 10, W>Y 10"
    result = run(ledger(tmp_path, moves, {0: "Paul", 1: "Michael", 3: "Karen"}))
    left = {m: [sums(result, m, "resting", origin) for origin in ("Paul", "Michael", "Karen")] for m in METHODS}
    assert left["fifo"] == [0, 0, 10]
    assert left["lifo"] == [10, 0, 0]
    assert left["haircut"] == [2, 3, 5]  # 5/2 each; the spare unit leaves from the earlier origin
    assert left["libr"] == left["haircut"]  # nothing here is unidentified


def test_shares_give_spare_units_to_the_largest_remainders_then_to_the_earlier() -> None:
    assert share([5, 5, 10], 10) == [3, 2, 5]
    assert share([1, 1, 1], 2) == [1, 1, 0]
    assert share([1, 2, 4], 3) == [0, 1, 2]  # remainders 3/7, 6/7, 5/7: two spare units
    top = 2**256 - 1
    assert share([top, 1], top) == [top - 1, 1]  # 1 * top / (top + 1) has the larger remainder


def test_merged_lots_keep_the_least_hop() -> None:
    for method, hops in (("fifo", [1, 3]), ("lifo", [1, 3]), ("libr", [1]), ("haircut", [1])):
        pool = new_pool(method, "pro_rata")
        pool.put([("S", 5, 1), ("S", 5, 2), (None, 1, 0), ("S", 5, 3)])
        assert [hop for origin, _, hop in pool.lots() if origin == "S"] == hops


def test_an_origin_that_returns_counts_from_its_return() -> None:
    pool = new_pool("libr", "pro_rata")
    pool.put([("S", 1, 1), ("T", 1, 1)])
    pool.take(2)
    pool.put([("T", 1, 4), ("S", 1, 2)])
    assert pool.take(1) == [("T", 1, 4)]


def test_libr_between_first_in_first_out() -> None:
    pool = new_pool("libr", "fifo")
    pool.put([("S", 5, 1), (None, 4, 0), ("T", 5, 2), ("S", 5, 3)])
    assert pool.take(11) == [("S", 5, 1), (None, 4, 0), ("T", 2, 2)]


def test_a_transfer_to_oneself_keeps_places_and_proves_a_balance(tmp_path: Path) -> None:
    result = run(ledger(tmp_path, "V>W 10, W>W 25, W>Y 15", {0: "S"}))  # opening 15, older than the seed
    assert outcome_of(result, "resting") == [10, 0, 10, 4]


def test_a_seed_claims_only_what_is_unidentified(tmp_path: Path) -> None:
    result = run(ledger(tmp_path, "V>W 10, X>W 10, W>U 15, U>Y 15", {0: "S", 2: "T"}, complete="W U"))
    assert outcome_of(result, "seed") == [10, 10, 10, 10]
    assert outcome_of(result, "seed", "T") == [5, 10, 10, 7]
    assert outcome_of(result, "resting") == [0, 5, 5, 2]


def test_limits_and_stops_in_their_order(tmp_path: Path) -> None:
    rows = [["ledger", "E", "an exchange", "", "exchange", "service_api", "a list", ""]]
    cw.write_rows(tmp_path / "tags.csv", cw.TAG_HEADER, rows)
    more = '[[tags]]\npath = "tags.csv"\n[limits]\nmax_hops = 1\nmin_value = {"ledger:GOLD" = "5"}\n'
    moves = "V>W 20, W>E 1, W>Y 4, W>Y 5, W> 2, E>W 9"
    result = run(ledger(tmp_path, moves, {0: "S"}, more))
    assert outcome_of(result, "endpoint") == [1] * 4
    assert outcome_of(result, "burned") == [2] * 4
    reasons = {key[4]: (key[-1], value) for key, value in result["not_followed"].items()}
    assert reasons == {"t2": ("below min_value", 4), "t3": ("limit: max_hops", 5)}
    assert outcome_of(result, "resting") == [8] * 4
    assert result["poison_reached"] == {("S", "ledger", "E", "GOLD"): True}


def test_outputs_draw_in_order_and_the_rest_is_the_fee(tmp_path: Path) -> None:
    chain = [line("c", [], [10, 6], coinbase=True), line("d", [("c", 1, 6), ("c", 0, None)], [8, 5])]
    result = run(utxo(tmp_path, chain, {"txid": "c", "index": 0}))
    first = {key[0]: value for key, value in result["resting"].items() if key[4] == "d:0"}
    assert first == {"fifo": 2, "lifo": 8, "libr": 2, "haircut": 5}
    assert outcome_of(result, "fee") == [3, 0, 3, 2]


def test_an_input_without_value_stops_what_is_traced(tmp_path: Path) -> None:
    chain = [line("c", [], [10], coinbase=True), line("d", [("c", 0, 10), ("e", 0, None)], [12])]
    result = run(utxo(tmp_path, chain, {"txid": "c", "index": 0}))
    key = ("fifo", "S", "bitcoin", "", "d", "c:0", "BTC", "input values unknown")
    assert result["not_followed"][key] == 10


def test_a_seed_whose_own_transaction_is_absent(tmp_path: Path) -> None:
    result = run(utxo(tmp_path, [line("d", [("e", 3, 10)], [4, 5])], {"txid": "e", "index": 3}))
    assert outcome_of(result, "seed") == [10] * 4
    assert outcome_of(result, "resting") == [9] * 4
    assert outcome_of(result, "fee") == [1] * 4
    with pytest.raises(ValueError, match="not in the sources"):
        run(utxo(tmp_path, [line("d", [("e", 3, 10)], [4, 5])], {"txid": "e", "index": 2}))


@pytest.mark.parametrize("kind", ["account", "utxo"])
def test_random_cases_are_read_balance_and_repeat(tmp_path: Path, kind: str) -> None:
    moved = 0
    for seed in range(60):
        first, second = tmp_path / f"{seed}", tmp_path / f"{seed} again"
        for folder in (first, second):
            write_case(random.Random(seed), folder, kind)
        assert {f.name: f.read_bytes() for f in first.iterdir()} == {f.name: f.read_bytes() for f in second.iterdir()}
        result = run(first)  # conservation (M26) is asserted inside
        moved += len(result["hops"])
        for (_, origin, *place), value in result["endpoints"].items():
            assert not value or result["poison_reached"][(origin, *place)]
    assert moved > 600


def test_the_tron_table(tmp_path: Path, shared: Path) -> None:
    folder = shared / "data" / "tron" / "israel-seizure-orders"
    with (folder / "trc20_xfers.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["token_id"] == USDT]
    transfers, tags = {}, {}
    for row in rows:
        ends = [row["from_address"], row["to_address"], row["quant"]]
        transfers[row["tx_id"]] = ["tron", row["tx_id"], 0, "", int(row["timestamp"]) // 1000, USDT, 6, *ends]
        for side in ("from", "to"):
            if row[f"{side}_tag"]:
                tags[row[f"{side}_address"]] = ["exchange", "service_api", "the explorer", ""]
    assert len(transfers) == 10_525
    cw.write_rows(tmp_path / "transfers.csv", HEADER, list(transfers.values()))
    cw.write_rows(tmp_path / "tags.csv", cw.TAG_HEADER, [["tron", a, "", "", *rest] for a, rest in tags.items()])
    (tmp_path / "wallets.txt").write_text("\n".join({row["wallet"] for row in rows}), "utf-8")
    source = {"adapter": "transfers-csv", "path": "transfers.csv", "complete": "wallets.txt", "chain": "tron"}
    parts = [cw.table("[case]", {"name": "A and B"}), cw.table("[[source]]", source)]
    parts += [cw.table("[[seed]]", {"chain": "tron", "txid": t, "origin": o}) for t, o in ((A, "A"), (B, "B"))]
    (tmp_path / "case.toml").write_text("\n".join([*parts, '[[tags]]\npath = "tags.csv"\n']), "utf-8")
    result = run(tmp_path)
    for (method, origin), row in TRON_TABLE.items():
        there = {k[3][:8]: v for k, v in result["endpoints"].items() if k[:2] == (method, origin)}
        lost = sum(v for k, v in result["not_followed"].items() if k[:2] == (method, origin))
        rests = sum(v for k, v in result["resting"].items() if k[:2] == (method, origin))
        assert (*(there.get(place, 0) for place in PLACES), lost, rests) == row

"""One trace over two real nodes: from a payment through a swap and a bridge to an exchange, and what it believes."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from chaintrace.cli import run
from tests.conftest import absent
from tests.nodes import anvil as nodes
from tests.nodes import crossing_story
from tests.nodes.anvil import address
from tests.nodes.crossing_story import ETH, FAR, FINER, KEPT, NEAR, ODD, STOLEN, SWAPPED, TOLL, write_case
from tests.oracle.compare import rows

METHODS = ("fifo", "lifo", "libr", "haircut")
CAME = {"seed", "converted_in"}


@pytest.fixture(scope="module")
def story(anvil_program, tmp_path_factory):  # noqa: ARG001  # asked first
    """The story, and both nodes while the module runs."""
    if not crossing_story.is_installed():
        absent("Uniswap v2", nodes.REMEDY)
    with crossing_story.two_chains(tmp_path_factory.mktemp("chains")) as (_, _, told):
        yield told


@pytest.fixture(scope="module")
def case(story, tmp_path_factory):
    """The case of the payment, after the one command."""
    folder = write_case(tmp_path_factory.mktemp("crossing") / "case", story, "theft")
    assert run(["trace", str(folder)]) == 0
    return folder


def table(folder, name):
    """A table of a case's report."""
    return rows(folder / "report" / f"{name}.csv")


def traced(folder, story, name, **more):
    """A case about another payment, followed; its folder."""
    write_case(folder, story, name, **more)
    assert run(["trace", str(folder)]) == 0
    return folder


def converted(case, method):
    """What one method converts: by chain and contract, what went out and what came in."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for row in table(case, "reconciliation"):
        if row["method"] == method:
            found.setdefault((row["chain"], row["contract"]), {})[row["outcome"]] = int(row["value"])
    return found


def test_one_command_follows_the_payment_to_the_deposit_address(case, story):
    steps = [row for row in table(case, "hops") if row["index"] != "fee"]
    thief, mule, deposit = map(address, ("thief", "mule", "deposit"))
    assert [(row["chain"], row["from_address"], row["to_address"], row["contract"], row["rule"]) for row in steps] == [
        (NEAR, address("victim"), thief, "", "seed"),
        (NEAR, thief, story.router, "", "fifo"),
        (NEAR, story.pair, thief, story.coin, "swap"),
        (NEAR, thief, story.lockbox, story.coin, "fifo"),
        (FAR, "", mule, story.mintbox, "bridge"),
        (FAR, mule, deposit, story.mintbox, "fifo"),
    ]
    swapped, minted = steps[2]["step"], steps[4]["step"]
    assert [row["conversion_step"] for row in steps] == ["", "", swapped, swapped, minted, minted]
    [end] = table(case, "endpoints")
    assert (end["chain"], end["address"], end["entity"], end["category"]) == (FAR, deposit, "Exchange One", "exchange")
    assert (end["label_source"], end["service_address"]) == ("rule deposit_address", address("hot wallet"))
    assert table(case, "gaps") == []


@pytest.mark.parametrize("method", METHODS)
def test_every_asset_balances_on_its_own_chain(case, story, method):
    found = converted(case, method)
    assert list(found) == [(NEAR, ""), (NEAR, story.coin), (FAR, story.mintbox)]
    for values in found.values():
        came = sum(value for outcome, value in values.items() if outcome in CAME)
        assert came == sum(value for outcome, value in values.items() if outcome not in CAME)
        assert (came > 0, values["not_followed"]) == (True, 0)
    assert found[NEAR, ""]["seed"] == STOLEN


def test_lifo_takes_all_that_is_swapped_out_of_the_payment(case, story):
    """The thief's own ETH came first. Every unit is known beforehand: the pool's formula, the bridge's toll."""
    found = converted(case, "lifo")
    ether, coin, far = found.values()
    assert ether["converted_out"] == SWAPPED
    assert (coin["converted_in"], coin["converted_out"]) == (story.brought, story.brought)
    assert far["converted_in"] == (story.brought - TOLL) * FINER
    assert (far["endpoint"], far["resting"]) == (story.minted - KEPT, KEPT)
    assert story.far.node.balance(address("mule"), story.mintbox) == KEPT


def test_fifo_swaps_what_the_thief_had_first(case, story):
    out = SWAPPED - (ETH - story.near.pages["swap"].fee)
    [swap, bridge] = table(case, "conversions")
    assert int(swap["traced_out"]) == out
    assert 0 <= int(swap["traced_in"]) - out * story.brought // SWAPPED <= 1
    assert bridge["traced_out"] == swap["traced_in"]
    whole = int(bridge["traced_out"]) * story.minted // story.brought
    assert 0 <= int(bridge["traced_in"]) - whole <= 1


def test_a_crossing_shows_both_sides_the_key_the_delay_and_what_it_cost(case, story):
    swap, bridge = table(case, "conversions")
    near, far = story.near.pages, story.far.pages
    said = (
        "rule",
        "protocol",
        "key",
        "from_chain",
        "from_txid",
        "to_chain",
        "to_txid",
        "delay",
        "gross_out",
        "gross_in",
    )
    swapped = near["swap"].txid
    assert [swap[name] for name in said] == [
        *("swap", "Uniswap v2", "", NEAR, swapped, NEAR, swapped, "0", str(SWAPPED), str(story.brought)),
    ]
    delay = far["good"].time - near["good lock"].time
    assert [bridge[name] for name in said] == [
        *("bridge", "Lock and Mint", story.keys["good"], NEAR, near["good lock"].txid, FAR, far["good"].txid),
        *(str(delay), str(story.brought), str(story.minted)),
    ]
    assert (bridge["from_decimals"], bridge["to_decimals"], delay > 0) == ("6", "18", True)
    assert (bridge["from_address"], bridge["to_address"]) == (address("thief"), address("mule"))
    page = (case / "report" / "report.html").read_text("utf-8")
    for shown in (swapped, near["good lock"].txid, far["good"].txid, story.keys["good"], f"{delay} s later"):
        assert shown in page
    assert "traced into a substitute asset" in page
    balances = page.partition('id="conservation"')[2].partition("</table>")[0]
    assert [balances.count(f" on {chain}<") for chain in (NEAR, FAR)] == [2 * len(METHODS), len(METHODS)]


def test_without_the_nodes_the_second_run_writes_the_same_bytes(case, tmp_path, capsys):
    first = shutil.copytree(case / "report", tmp_path / "first")
    assert run(["trace", str(case), "--offline"]) == 0
    again = {path.name: path.read_bytes() for path in (case / "report").iterdir()}
    assert again == {path.name: path.read_bytes() for path in first.iterdir()}
    balances = [line for line in capsys.readouterr().out.splitlines() if line.startswith("conservation: ")]
    assert [line.rpartition(" on ")[2] for line in balances] == [f"{NEAR})", f"{NEAR})", f"{FAR})"]


def test_the_evidence_of_it_is_checked_without_this_program(case, tmp_path):
    assert run(["evidence", str(case), "--to", str(tmp_path / "package")]) == 0
    command = [sys.executable, "-I", str(tmp_path / "package" / "verify.py")]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout
    assert "arithmetic: holds" in told.stdout


def test_the_way_back_goes_over_the_bridge_to_what_was_swapped(story, tmp_path):
    folder = write_case(tmp_path / "case", story, "cash")
    assert run(["trace", str(folder), "--backward"]) == 0
    coins = (story.minted - KEPT) * story.brought // story.minted
    [source] = table(folder, "sources")
    assert (source["kind"], source["chain"], source["address"]) == ("opening", NEAR, address("rich 1"))
    assert (source["contract"], int(source["traced_value"])) == ("", coins * SWAPPED // story.brought)
    assert [row["rule"] for row in table(folder, "findings") if row["kind"] == "continues"] == ["bridge", "swap"]


# --- what a trace must not believe ------------------------------------------------------------------------------------


def bridge_end(folder, story, name):
    """The one endpoint of a lock that leads nowhere, when nothing of it went on and nothing is lost."""
    assert not (folder / "report" / "conversions.csv").exists()
    assert {row["chain"] for row in table(folder, "hops")} == {NEAR}
    assert table(folder, "not_followed") == []
    [end] = table(folder, "endpoints")
    assert (end["address"], end["entity"], end["traced_value"]) == (story.lockbox, "Lock and Mint", str(ODD[name]))
    assert end["memo"] == f"bridge to {FAR}, recipient {address(f'{name} mule')}, key {story.keys[name]}"
    return end


def test_what_another_contract_logs_with_the_valid_key_never_enters(story, tmp_path):
    folder = traced(tmp_path / "case", story, "forged theft")
    bridge_end(folder, story, "forged")
    shown = "".join(path.read_text("utf-8") for path in sorted((folder / "report").glob("*.csv")))
    forged = story.far.pages["forged"]
    assert [forged.txid in shown, story.forger in shown, address("forger's friend") in shown] == [False] * 3


def test_a_forged_log_beside_the_true_one_changes_nothing(case, story):
    """The same key, the same recipient, the same value, and earlier: but not logged by the bridge."""
    forged = story.far.pages["good, forged"]
    assert forged.height < story.far.pages["good"].height
    shown = "".join(path.read_text("utf-8") for path in sorted((case / "report").glob("*.csv")))
    assert [forged.txid in shown, story.forger in shown] == [False, False]


def test_a_delivery_that_failed_leaves_the_key_as_the_next_step(story, tmp_path):
    assert story.far.pages["failed"].failed
    bridge_end(traced(tmp_path / "case", story, "failed theft"), story, "failed")


def test_of_a_key_that_is_delivered_twice_nothing_is_followed_and_the_reason_is_said(story, tmp_path):
    end = bridge_end(traced(tmp_path / "case", story, "twice theft"), story, "twice")
    assert end["reason"].endswith("But the key was delivered twice: nothing is followed.")


def test_where_the_other_chain_has_no_source_the_bridge_is_the_end(story, tmp_path):
    folder = traced(tmp_path / "case", story, "theft", chains=[NEAR])
    assert [row["rule"] for row in table(folder, "conversions")] == ["swap"]
    [end] = table(folder, "endpoints")
    assert (end["chain"], end["address"], end["entity"]) == (NEAR, story.lockbox, "Lock and Mint")
    assert end["memo"] == f"bridge to {FAR}, recipient {address('mule')}, key {story.keys['good']}"


def test_without_the_row_of_the_bridge_nothing_crosses(story, tmp_path):
    folder = traced(tmp_path / "case", story, "theft", bridge=False)
    assert [row["rule"] for row in table(folder, "conversions")] == ["swap"]
    [end] = table(folder, "endpoints")
    assert (end["address"], end["label_source"], end["memo"]) == (story.lockbox, "rule contract", "")

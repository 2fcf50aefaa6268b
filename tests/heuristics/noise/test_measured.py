"""The numbers in the rules' texts and in the documents are those that are counted."""

from __future__ import annotations

import json

import pytest

from benchmarks import noise
from chaintrace.addresses import tron_from_hex
from chaintrace.model.provenance import Observation
from heuristics.noise.airdrop_spam import airdrop_spam
from heuristics.noise.dust import dust
from heuristics.noise.fake_token import fake_token
from heuristics.noise.forced_address_reuse import forced_address_reuse
from heuristics.noise.memo_spam import memo_spam
from heuristics.noise.poisoning import poisoning
from tests.heuristics.control.account_chain import Chain, Seeing


def text(rule):
    return " ".join((rule.__doc__ or "").split())


@pytest.fixture(autouse=True)
def data_is_there(shared):
    assert shared.is_dir()


def test_what_poisoning_names_of_the_forty_wallets(root):
    told = list(noise.poisoned().values())
    assert told == ["10,525", "321", "163", "163", "23,700", "1,174,700", "143", "0", "0", "0"]
    said = "of 10,525 transfers of USDT of 40 wallets on TRON it names 321, among them all 163 of zero"
    assert said in text(poisoning)
    page = (root / "docs" / "noise.md").read_text("utf-8")
    assert all(number in page for number in ("10,525", "321", "163", "0.0237", "143"))


def test_no_transfer_that_poisoning_names_could_have_mattered():
    """Each of them stands in the list, with the payment that it imitates, which is the wallet's own and earlier."""
    found = noise.poisonings()
    assert max(leg.value or 0 for _, leg in found) < noise.EARNEST // 40
    moved = {one.txid: one for one in noise.wallets().transactions}
    for one, leg in found:
        imitated = moved[one.evidence[1]].transfers[0]
        assert imitated.inputs[0].address == one.object
        assert imitated.order < leg.order
        assert imitated.value


def test_what_is_said_of_other_tokens():
    told = noise.named()
    assert list(told.values()) == ["80", "32", "63", "25", "1", "1"]
    assert "of 80 transfers of 32 tokens other than USDT to 40 wallets on TRON it names 63, of 25" in text(airdrop_spam)
    assert "of 80 transfers of 32 tokens other than USDT to 40 wallets on TRON it names 1." in text(fake_token)


def test_ordinary_transactions_hold_no_dust_attack():
    found = noise.counted()
    assert sum(one.dust + one.reuse for one in found) == 0
    assert f"of {sum(one.transactions for one in found):,} ordinary transactions" in text(dust)
    assert f"of the {found[0].transactions} transactions of the first 590 blocks" in text(forced_address_reuse)


def test_links_that_allow_for_payments_inside_are_right(root):
    rows = [line.split("|")[1:-1] for line in noise.links()]
    cells = {row[0].strip(): [int(cell) for cell in row[1:]] for row in rows}
    assert cells["1/200"] == [32, 32, 57, 0]
    assert cells["0"] == [32, 23, 194, 149]
    page = " ".join((root / "docs" / "mixers.md").read_text("utf-8").split())
    assert "none of 57 deterministic links is wrong with it, and 149 of 194 are without" in page


def recorded(shared) -> tuple[Chain, list[Observation]]:
    """The payments in TRX of a recorded answer of TronGrid about one address, and the memo of one of them."""
    told = json.loads((shared / "data/tron/trongrid-responses/v1_accounts_transactions.json").read_text("utf-8"))
    chain, memos = Chain(), list[Observation]()
    for row in sorted((one for one in told["data"] if "raw_data" in one), key=lambda one: one["block_timestamp"]):
        part = row["raw_data"]["contract"][0]
        value = part["parameter"]["value"]
        if part["type"] == "TransferContract":
            sides = (tron_from_hex(value[side]) for side in ("owner_address", "to_address"))
            made = chain.pay(*sides, value["amount"], time=row["block_timestamp"] // 1000)
            if data := row["raw_data"].get("data"):
                memos.append(Observation("tron", made.txid, "memo", None, bytes.fromhex(data).decode("utf-8")))
    return chain, memos


def test_every_sender_of_dust_in_a_recorded_answer_is_a_look_alike_or_advertises(shared):
    chain, memos = recorded(shared)
    view = Seeing(chain.view(), memos)
    account = chain.account("TAVrrARNdnjHgCGMQYeQV7hv4PSu7mVsMj")
    dust_of = {one.txid for one in chain.made if one.transfers[0].value < 10}
    looked, advertised = ({one.subject for one in rule(account, view)} for rule in (poisoning, memo_spam))
    assert (len(looked), len(advertised)) == (4, 1)
    assert looked | advertised == dust_of

"""What is not known of a transaction's TRX alone says nothing of its tokens, and what a token rests on does."""

from __future__ import annotations

from typing import Any

import pytest

from chaintrace.adapters.tron import Decoded, Place, decode, events
from chaintrace.model.chain import Block
from tests.chaintrace.adapters.tron.making import ALICE, BOB, HEIGHT, TIME, TOKEN, call, info, log, raw

PLACE = Place(Block(HEIGHT, "00" * 32, TIME), 7)
TXID = "ab" * 32


def unproven(kind: str = "TriggerSmartContract", **value: Any) -> dict[str, Any]:
    """A transaction without its bytes, as explorers and some nodes tell it."""
    told = {"owner_address": raw(ALICE).hex(), **value}
    return {
        "txID": TXID,
        "ret": [{"contractRet": "SUCCESS"}],
        "raw_data": {"contract": [{"type": kind, "parameter": {"value": told}}]},
    }


def gaps(found: Decoded) -> list[tuple[str, bool]]:
    """The beginning of each gap, and whether it is about TRX alone."""
    return [(gap.text[:15], gap.native_only) for gap in found.gaps]


def called(data: bytes = b"", **value: Any) -> dict[str, Any]:
    return unproven(contract_address=raw(TOKEN).hex(), data=data.hex(), **value)


def test_a_token_that_its_event_tells_rests_on_no_bytes() -> None:
    told = called()
    found = decode("tron", told, info(told, log=[log(ALICE, BOB, 5)]), PLACE)
    assert [one.kind for one in found.transaction.transfers] == ["token", "fee"]
    assert gaps(found) == [("the bytes of " + TXID[:2], True)]


@pytest.mark.parametrize(("topic", "selector"), [(events.ISSUE, "cc872b66"), (events.REDEEM, "db006a75")])
def test_what_an_issuer_makes_for_its_caller_rests_on_the_bytes_that_name_the_caller(topic: str, selector: str) -> None:
    told = called(bytes.fromhex(f"{selector}{9:064x}"))
    issued = {"address": raw(TOKEN)[1:].hex(), "topics": [topic], "data": f"{9:064x}"}
    found = decode("tron", told, info(told, log=[issued]), PLACE)
    assert found.transaction.transfers[0].value == 9
    assert gaps(found) == [("the bytes of " + TXID[:2], False)]


def test_a_trc10_token_that_is_sent_rests_on_the_bytes() -> None:
    told = unproven("TransferAssetContract", to_address=raw(BOB).hex(), asset_name="1000001", amount=5)
    assert gaps(decode("tron", told, info(told), PLACE)) == [("the bytes of " + TXID[:2], False)]


def test_a_fee_that_is_not_told_is_about_trx_alone_and_events_are_not() -> None:
    told = call()
    found = decode("tron", told, None, PLACE)
    assert gaps(found) == [("this source doe", False), ("this source doe", True)]
    assert "the events and the calls inside" in found.gaps[0].text
    assert "the fee of" in found.gaps[1].text
    nobody = unproven(contract_address=raw(TOKEN).hex())
    del nobody["raw_data"]["contract"][0]["parameter"]["value"]["owner_address"]
    found = decode("tron", nobody, info(nobody, fee=7), PLACE)
    assert ("who paid the fe", True) in gaps(found)

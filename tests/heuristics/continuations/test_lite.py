"""zkSync Lite: no chain that is followed. What goes there has a serial number, what comes from there has no key."""

from __future__ import annotations

import pytest

from benchmarks.receipts import read
from heuristics.continuations.bridge import bridge, bridges
from heuristics.continuations.not_continued import not_continued
from heuristics.continuations.verdict import seen
from tests.heuristics.continuations.crossing_cases import HERE, RECIPIENT, SENT, THIEF, event
from tests.heuristics.continuations.making import receipt, said, town, who

ASKED = event("zkSync Lite", "ethereum", "NewPriorityRequest")
LITE = ASKED.contract
TOKEN, VALUE = (7).to_bytes(2, "big"), SENT.to_bytes(16, "big")
OWNER = bytes.fromhex(RECIPIENT[2:])
FORMS = [bytes(4) + TOKEN, b"\x01" + bytes(4) + TOKEN, b"\x01" + bytes(4) + bytes(2) + TOKEN]


def deposit(data, emitter=None):
    """What a later contract logs: the request, and a deposit that names neither who paid nor who gets it."""
    taken = event("zkSync Lite", "ethereum", "Deposit")
    logs = (
        said(ASKED, 50, emitter=emitter, sender=THIEF, serialId=2310, opType=1, pubData=data),
        said(taken, 51, emitter=emitter, tokenId=7, amount=SENT),
    )
    return receipt("deposit", (HERE, THIEF, LITE, SENT), logs=logs, sender=THIEF, to=LITE)


def reasons(one):
    return [(finding.object, finding.text) for finding in not_continued(one.transaction, town(one))]


@pytest.mark.parametrize("head", FORMS)
def test_a_deposit_names_the_layer_the_recipient_and_its_number(head):
    one = deposit(head + VALUE + OWNER)
    [finding] = bridge(one.transaction, town(one))
    assert (finding.to_chain, finding.recipient, finding.key) == ("zksync-lite", RECIPIENT, "2310")
    assert [leg.index for leg in finding.outgoing] == ["log:0"]
    assert finding.incoming == ()


def test_what_another_contract_logs_is_no_deposit():
    one = deposit(FORMS[0] + VALUE + OWNER, emitter=who("forger"))
    assert list(bridge(one.transaction, town(one))) == []


def test_data_that_are_too_short_name_no_recipient():
    one = deposit(bytes(19))
    [finding] = bridge(one.transaction, town(one))
    assert (finding.to_chain, finding.recipient) == ("zksync-lite", "")


def test_what_the_contract_pays_came_from_the_layer_and_joins_nothing():
    one = receipt("paid", (HERE, LITE, RECIPIENT, SENT), sender=who("operator"), to=LITE)
    text = "delivered from zksync-lite by zkSync Lite, which logs no key of it"
    assert list(bridge(one.transaction, town(one))) == []
    assert reasons(one) == [(RECIPIENT, f"value came through zkSync Lite: {text}: no source has the deposit")]
    two = receipt("paid", *((HERE, LITE, who(name), SENT) for name in "abc"), sender=who("operator"), to=LITE)
    assert reasons(two) == [
        ("", f"value came through zkSync Lite: {text}, to 3 addresses: no source has the deposit"),
    ]
    failed = receipt("failed", (HERE, LITE, RECIPIENT, SENT), to=LITE, status="failed")
    assert reasons(failed) == []


def test_recorded_transactions_go_to_the_layer_and_come_from_it(shared):
    folder = shared / "data/evm/receipts/zksync"
    [paid] = folder.glob("1_0x234407968b9a*.json")
    one = read(paid)
    view = town(one)
    [verdict] = bridges(seen(one.transaction, view), view)
    assert verdict.text.startswith("delivered from zksync-lite by zkSync Lite, which logs no key of it, to 4 addresses")
    [sent] = folder.glob("1_0x6740ba7d674c*.json")
    two = read(sent)
    [finding] = bridge(two.transaction, town(two))
    owner = "0x7277f7849966426d345d8f6b9afd1d3d89183083"
    assert (finding.to_chain, finding.recipient, finding.key) == ("zksync-lite", owner, "2310")

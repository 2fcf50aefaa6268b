"""Withdrawn: a burn of a token of Polygon's bridge names that bridge only where its token was asked for it."""

from __future__ import annotations

import pytest

from heuristics.continuations.bridge import LEAD, bridges
from heuristics.continuations.verdict import seen
from tests.heuristics.continuations.crossing_cases import RELAYER, SENT, THIEF, event
from tests.heuristics.continuations.making import receipt, row, said, who
from tests.heuristics.continuations.test_exits import USDT, Lived, found, joined, paid, placed

SIGNATURE = event("Polygon bridge", "polygon", "MetaTransactionExecuted", "detail")
OTHER = who("a bridge that stands in no table")


def burned(*moves, logs=(), sender=THIEF, to=USDT):
    """A transaction of Polygon that destroys what a token of its bridge has."""
    return placed(receipt("burn", *moves, chain="polygon", logs=logs, sender=sender, to=to))


OWN = (USDT, THIEF, None, SENT)
"""A burn by whoever held it."""


@pytest.mark.parametrize(
    ("logs", "sender", "to"),
    [
        ((), THIEF, USDT),
        ((said(SIGNATURE, 3, USDT, userAddress=THIEF, relayerAddress=RELAYER),), RELAYER, USDT),
        ((said(SIGNATURE, 3, USDT, userAddress=THIEF, relayerAddress=OTHER),), RELAYER, OTHER),
        ((said(row("smart accounts", "account", name="ExecutionSuccess"), 3, THIEF),), RELAYER, THIEF),
    ],
    ids=["called", "signed", "signed and passed on", "an account that is a contract"],
)
def test_whoever_asks_the_token_to_burn_is_paid_out_by_the_bridge(logs, sender, to):
    [finding] = found(burned(OWN, logs=logs, sender=sender, to=to))
    assert (finding.protocol, finding.to_chain, finding.recipient) == ("Polygon bridge", "ethereum", THIEF)
    assert (finding.confidence, finding.incoming) == (0, ())


@pytest.mark.parametrize(
    ("logs", "sender", "to", "why"),
    [
        ((), THIEF, OTHER, f"the call was one of {OTHER}"),
        ((), RELAYER, USDT, f"the call was one of {USDT}"),  # the issuer takes it away
        ((), THIEF, "", "no source tells what was called"),
        ((said(SIGNATURE, 3, USDT, userAddress=RELAYER),), RELAYER, OTHER, f"the call was one of {OTHER}"),
        ((said(SIGNATURE, 3, OTHER, userAddress=THIEF),), THIEF, OTHER, f"the call was one of {OTHER}"),
    ],
    ids=["another bridge", "the issuer", "nobody tells", "another signature", "a signature elsewhere"],
)
def test_a_burn_that_nobody_asked_the_token_for_is_a_lead_until_it_is_paid_out(logs, sender, to, why):
    one = burned(OWN, logs=logs, sender=sender, to=to)
    [finding] = found(one)
    assert finding.confidence == LEAD
    assert f"may have burned it: {why}, and it logs no signature" in finding.text
    [finding] = found(one, paid())
    assert (finding.object, finding.confidence) == (paid().transaction.txid, 0)


def test_what_a_bridge_of_no_table_takes_and_burns_itself_leads_nowhere():
    """Polygon's bridge would pay out to that contract, and where the other bridge delivers, nothing says."""
    one = burned((USDT, THIEF, OTHER, SENT), (USDT, OTHER, None, SENT), to=OTHER)
    assert found(one) == []
    view = Lived((one,))
    [verdict] = bridges(seen(one.transaction, view), view)
    assert (verdict.what, verdict.address) == ("none", THIEF)
    assert f"{OTHER} burned it, to whom alone the bridge would pay out" in verdict.text
    assert joined(one, paid()) == []  # a proof of another one's burn

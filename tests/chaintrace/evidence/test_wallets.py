"""The verifier takes a declared wallet for its own chain alone; where an older package names none, for every one."""

from __future__ import annotations

import pytest

from chaintrace.evidence.verify_method import Run
from tests.chaintrace.evidence.test_one_place import LIMITS, SEED, Told
from tests.chaintrace.tracing.ledger import payments

PAIR = {"name": "the two", "addresses": ["ann", "amy"]}


@pytest.mark.parametrize(
    ("wallet", "end"),
    [
        (PAIR, ("endpoint", "bank")),
        (PAIR | {"chain": ""}, ("endpoint", "bank")),
        (PAIR | {"chain": "ledger"}, ("endpoint", "bank")),
        (PAIR | {"chain": "polygon"}, ("resting", "ann")),
    ],
)
def test_a_wallet_of_another_chain_is_none_here(wallet, end):
    ledger = payments(("victim", "ann", 10), ("x", "amy", 10), ("amy", "bank", 10)).tag("bank")
    asked = {"seeds": [SEED], "limits": LIMITS, "options": {"libr_between": "pro_rata", "wallets": [wallet]}}
    checked = Run(Told(ledger), "fifo", asked, {("ledger", "bank")}).go()
    assert [(kind, place[2], value) for kind, place, _, value, _ in checked.outcomes] == [(*end, 10)]

"""Value that reaches the return address of another payment: not returned (M22), and said."""

from __future__ import annotations

from chaintrace.case.expert import told
from chaintrace.case.return_addresses import MOST, of_others
from chaintrace.i18n import speaker
from chaintrace.tracing import trace
from tests.chaintrace.tracing.ledger import payments

LEDGER = payments(("vic", "ann", 10), ("vera", "ann", 10), ("ann", "vic", 10), ("ann", "vera", 5))
SEEDS = (LEDGER.seed("t1", "0", "a", "vic"), LEDGER.seed("t2", "0", "b", "vera"))
ANYWHERE = (
    "Value is returned there for that payment alone (M22); what arrived of the other one goes on, or ends, as anywhere "
    "else."
)


def test_an_address_that_another_payment_declares_is_named() -> None:
    assert list(of_others(SEEDS, [trace(LEDGER, SEEDS, "fifo")])) == []
    found = list(of_others(SEEDS, [trace(LEDGER, SEEDS, "lifo")]))
    assert found == [
        f"Return address: value of a arrived at vera on ledger, which is declared as a return address of b. {ANYWHERE}",
        f"Return address: value of b arrived at vic on ledger, which is declared as a return address of a. {ANYWHERE}",
    ]
    assert told.reading(found[0], speaker("zh")).startswith("退还地址：a 的价值到达 ledger 上的 vera")


def test_an_address_of_both_is_nobody_else_s() -> None:
    seeds = (LEDGER.seed("t1", "0", "a", "vic", "vera"), LEDGER.seed("t2", "0", "b", "vera"))
    (only,) = of_others(seeds, [trace(LEDGER, seeds, "lifo")])
    assert only.startswith("Return address: value of b arrived at vic on ledger")


def test_many_are_counted() -> None:
    several = range(MOST + 3)
    ledger = payments(("vic", "ann", 100), *(("ann", f"v{n}", 1) for n in several), ("vera", "bob", 1))
    last = f"t{MOST + 5}"
    seeds = (ledger.seed("t1", "0", "a", "vic"), ledger.seed(last, "0", "b", *(f"v{n}" for n in several)))
    found = list(of_others(seeds, [trace(ledger, seeds, "fifo")]))
    assert len(found) == MOST + 1
    assert found[-1] == "Return address: such arrivals besides those named: 3."

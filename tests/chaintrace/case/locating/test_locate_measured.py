"""200 real payments are hidden, and each is listed from what a victim may know of it."""

from __future__ import annotations

import pytest

from benchmarks import locating


@pytest.mark.slow
def test_the_true_payment_is_always_listed_and_the_page_says_among_how_many(shared, root):
    payments = locating.ledger(shared)
    assert len(payments) == 10_525
    rows = locating.measure(payments)
    assert [row.listed for row in rows] == [locating.HIDDEN] * len(rows)
    assert locating.HIDDEN == 200
    page = (root / "docs" / "locate.md").read_text("utf-8")
    assert locating.HEAD + "\n".join(map(str, rows)) in page

"""Look-alike addresses: the letters at both ends, without those that all addresses begin with."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.addresses import Alike, alike

ONE = "TDwxqs6Nn62mic4UPRaKzW6JUKM5wDW3WY"
HEX = "0x" + "ab12" + "0" * 32 + "cd34"


@pytest.mark.parametrize(
    ("chain", "one", "other", "found"),
    [
        ("tron", ONE, "TDwLGNL5Kmd4QJw9hQkuoYpiZDFBsDW3WY", (2, 5)),
        ("tron", ONE, "TU1beGUMfBUWvnMYG5pkWXbFWTE2wDW3WY", (0, 6)),
        ("tron", ONE, ONE, (0, 0)),
        ("ethereum", HEX, "0x" + "ab1f" + "1" * 32 + "fd34", (3, 3)),
        ("bitcoin", ONE, "TDwLGNL5Kmd4QJw9hQkuoYpiZDFBsDW3WY", (0, 0)),
        ("ledger", "ann", "anne", (0, 0)),
    ],
)
def test_letters_in_common_at_both_ends(chain, one, other, found):
    assert alike(chain, one, other) == Alike(*found)
    assert alike(chain, one, other).both == sum(found)


@given(st.text(max_size=40), st.text(max_size=40))
def test_it_is_the_same_both_ways_and_never_fails(one, other):
    assert alike("tron", one, other) == alike("tron", other, one)

"""Approvals as observations: one form at both addresses, read back as it was told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.model.approval import APPROVAL, APPROVED_BY, Approval, approvals_in
from chaintrace.model.provenance import Observation, Source

A, B, GOLD = "0x" + "a" * 40, "0x" + "b" * 40, "0x" + "c" * 40
ONE = Approval("ethereum", 7, A, B, GOLD, 900, "0xt1", A)
WORD = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=8)


def test_it_is_observed_at_both_addresses_in_the_form_of_the_documents():
    source = Source("evm-rpc", "a request", "00")
    assert ONE.observations(source) == (
        Observation("ethereum", A, "approval", 7, f"{B} allowance 900 of {GOLD} in 0xt1 sent by {A}", source),
        Observation("ethereum", B, "approved by", 7, f"{A} allowance 900 of {GOLD} in 0xt1 sent by {A}", source),
    )


@given(
    st.builds(
        Approval,
        WORD,
        st.none() | st.integers(0, 2**63 - 1),
        WORD,
        WORD,
        WORD,
        st.integers(0, 2**256 - 1),
        WORD,
        st.just("") | WORD,
    )
)
def test_either_observation_is_read_back_as_it_was_told(told):
    at_holder, at_spender = told.observations(None)
    assert (at_holder.what, at_spender.what) == (APPROVAL, APPROVED_BY)
    assert approvals_in([at_holder]) == approvals_in([at_spender]) == approvals_in([at_holder, at_spender]) == (told,)


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("tag", f"{B} allowance 900 of {GOLD} in 0xt1"),
        (APPROVAL, ""),
        (APPROVAL, f"{B} allowance -1 of {GOLD} in 0xt1"),
        (APPROVAL, f"{B} allowance {'9' * 5_000} of {GOLD} in 0xt1"),
        (APPROVAL, f"{B} allowance 900 of {GOLD} in 0xt1 sent by "),
        (APPROVAL, f"{B} allowance 900 of {GOLD} in 0xt1\n"),
    ],
)
def test_what_has_another_form_is_passed_over(what, value):
    assert approvals_in([Observation("ethereum", A, what, 7, value)]) == ()


def test_they_come_by_height_and_each_once():
    later = Approval("ethereum", 9, A, B, GOLD, 0, "0xt0", A)
    seen = [*later.observations(None), *ONE.observations(None)]
    assert approvals_in(seen) == approvals_in(reversed(seen)) == (ONE, later)

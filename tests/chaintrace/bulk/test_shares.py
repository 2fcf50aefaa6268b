"""Work in shares is the work as a whole, on any number of cores, and an error in a share is raised."""

from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.bulk import address_text, digests, shares
from chaintrace.bulk.address_text import address_texts
from tests.chaintrace.bulk.raw import columns, made_block
from tests.chaintrace.bulk.test_address_text import random_script


@given(st.integers(0, 10_000), st.integers(1, 500), st.integers(1, 9))
def test_cuts_leave_nothing_out_and_make_no_share_too_small(size, least, most):
    places = shares.cuts(size, least, most)
    assert (places[0], places[-1]) == (0, size)
    assert len(places) <= most + 1
    assert len(places) == 2 or all(end - begin >= least for begin, end in pairwise(places))


@pytest.mark.parametrize("threads", [2, 3, 7])
def test_hashes_and_addresses_in_shares_are_those_of_one(monkeypatch, threads):
    monkeypatch.setattr(digests, "_LEAST_BYTES", 100)
    monkeypatch.setattr(address_text, "_LEAST_SCRIPTS", 10)
    data, found = columns([made_block(seed) for seed in range(40)])
    assert (digests.txids(data, found, threads) == digests.txids(data, found, 1)).all()
    rng = random.Random(4)
    scripts = [random_script(rng) for _ in range(300)]
    sizes = np.array([len(script) for script in scripts], np.int32)
    places = np.cumsum(sizes, dtype=np.int64) - sizes
    raw = np.frombuffer(b"".join(scripts), np.uint8)
    whole, parts = (address_texts(raw, places, sizes, "bitcoin", number) for number in (1, threads))
    for one, other in zip(whole, parts, strict=True):
        assert one.tolist() == other.tolist()


def test_an_error_in_a_share_is_raised():
    def task(begin: int, end: int) -> int:
        if begin == 0:
            raise ValueError("of the first share")
        return end

    assert shares.each([5, 9], task) == [9]
    with pytest.raises(ValueError, match="of the first share"):
        shares.each([0, 5, 9], task)

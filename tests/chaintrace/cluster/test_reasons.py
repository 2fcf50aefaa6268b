"""The chain of reasons by hand: the fewest findings, then the strongest weakest one, then text order."""

from __future__ import annotations

from chaintrace.cluster import clusters
from tests.chaintrace.cluster.graphs import finding, tags_of


def why(said, one, other):
    return clusters(said, tags_of([])).why("bitcoin", one, other)


def test_fewer_findings_win_over_surer_ones():
    said = [finding("a", "c", confidence=50), finding("a", "b", confidence=90), finding("b", "c", confidence=90)]
    assert why(said, "a", "c") == (said[0],)


def test_of_ways_of_one_length_the_one_with_the_surer_weakest_finding_wins():
    weak = [finding("a", "b", confidence=90), finding("b", "d", confidence=50)]
    even = [finding("a", "c", confidence=60), finding("c", "d", confidence=60)]
    assert why(weak + even, "a", "d") == tuple(even)
    assert why(weak + even, "d", "a") == tuple(even[::-1])


def test_then_text_order_decides():
    said = [finding("a", "c"), finding("c", "d"), finding("a", "b"), finding("b", "d")]
    assert why(said, "a", "d") == (said[2], said[3])


def test_between_two_addresses_the_surest_finding_stands():
    said = [finding("a", "b", "t1", 50), finding("b", "a", "t2", 60, "change"), finding("a", "b", "t0", 50)]
    assert why(said, "a", "b") == (said[1],)


def test_an_address_needs_no_reason_to_be_itself_and_strangers_have_none():
    said = [finding("a", "b"), finding("c", "d")]
    assert why(said, "a", "a") == ()
    assert why(said, "a", "c") is None
    assert why(said, "a", "nowhere") is None

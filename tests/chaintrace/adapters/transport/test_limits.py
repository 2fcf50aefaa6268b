"""The token bucket: no window of time sees more than the rate allows, and a pause holds for all."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from chaintrace.adapters.transport import Rate, Rates, Request
from chaintrace.adapters.transport.limits import Buckets
from tests.chaintrace.adapters.transport.fakes import Watch

PUBLIC = Request("a", "https://one.example/x")


@given(
    rate=st.integers(1, 20),
    burst=st.integers(1, 10),
    gaps=st.lists(st.integers(0, 8), min_size=1, max_size=60),
)
def test_no_window_sees_more_than_rate_and_burst(rate, burst, gaps):
    watch = Watch()
    buckets = Buckets(Rates(public=Rate(rate, burst)), watch.timing)
    moments = []
    for gap in gaps:
        watch.seconds += gap / 16
        buckets.wait(PUBLIC)
        moments.append(watch.seconds)
    for first, start in enumerate(moments):
        for last in range(first, len(moments)):
            assert last - first + 1 <= burst + (moments[last] - start) * rate + 1e-6


def test_each_host_has_its_own_bucket():
    watch = Watch()
    buckets = Buckets(Rates(public=Rate(1)), watch.timing)
    buckets.wait(PUBLIC)
    buckets.wait(replace(PUBLIC, url="https://two.example/x"))
    assert watch.pauses == []
    buckets.wait(PUBLIC)
    assert watch.pauses == [1]


def test_a_named_host_and_an_own_host_have_their_rates():
    rates = Rates(hosts={"one.example": None, "two.example": Rate(9)})
    assert rates.of(PUBLIC) is None
    assert rates.of(replace(PUBLIC, url="https://two.example")) == Rate(9)
    assert rates.of(replace(PUBLIC, url="https://three.example")) == Rate(4, 8)
    assert rates.of(replace(PUBLIC, url="https://three.example", reach="own")) is None


def test_after_a_pause_a_host_is_asked_evenly():
    watch = Watch()
    buckets = Buckets(Rates(public=Rate(2, burst=5)), watch.timing)
    buckets.pause(PUBLIC, 10)
    for _ in range(3):
        buckets.wait(PUBLIC)
    assert watch.pauses[0] == 10.0
    assert watch.pauses[1:] == [0.5, 0.5]


def test_a_pause_holds_also_where_there_is_no_rate():
    watch = Watch()
    buckets = Buckets(Rates(own=None), watch.timing)
    own = replace(PUBLIC, reach="own")
    buckets.pause(own, 3)
    buckets.pause(own, 1)
    buckets.wait(own)
    buckets.wait(own)
    assert watch.pauses == [3]

"""Laws that every continuation keeps, over random transactions: whose legs they are, and that none is on both sides."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from heuristics.continuations.bridge import bridge
from heuristics.continuations.flows import parties
from heuristics.continuations.swap import swap
from heuristics.continuations.wrap import wrap
from tests.heuristics.continuations.crossing_cases import across, celer, polygon
from tests.heuristics.continuations.making import NATIVE, moved, receipt, row, said, town, who

PEOPLE = [who(name) for name in ("thief", "pool", "router", "other", "escrow")]
ROUTER = row("Uniswap v2", "router", "ethereum").contract
WETH = row("wrapped native asset", "wrapper", "ethereum").contract
ASSETS = [NATIVE, WETH, who("dai"), who("usdc")]
V2, COW, SAFE = (
    row("Uniswap v2", "pool"),
    row("CoW Protocol", "order", "ethereum"),
    row("smart accounts", "account", name="ExecutionSuccess"),
)

PARTY = st.sampled_from([*PEOPLE, ROUTER, None])
MOVES = st.lists(st.tuples(st.sampled_from(ASSETS), PARTY, PARTY, st.integers(0, 4)), max_size=8)
LOGS = st.lists(
    st.one_of(
        st.builds(
            lambda a, b, at: said(V2, 50, at, amount0In=a, amount1Out=b),
            *[st.integers(0, 4)] * 2,
            st.sampled_from(PEOPLE),
        ),
        st.builds(lambda whose: said(COW, 51, owner=whose), st.sampled_from(PEOPLE)),
        st.builds(lambda at: said(SAFE, 52, at), st.sampled_from(PEOPLE)),
        st.sampled_from([*across().sent, *celer().sent, *polygon().sent]),
    ),
    max_size=4,
)


@given(MOVES, LOGS, st.sampled_from(PEOPLE), st.sampled_from([*PEOPLE, ROUTER]))
def test_legs_are_those_of_one_address_and_of_one_asset_on_each_side(moves, logs, sender, to):
    moves = [move for move in moves if move[1] != move[2]]
    told = tuple(moved("ethereum", place, *move, index=f"log:{place}") for place, move in enumerate(moves))
    one = receipt("random", logs=tuple(logs), sender=sender, to=to, extra=told)
    view, known = town(one), parties(one.transaction)
    by_index = {transfer.index: transfer for transfer in one.transaction.transfers}
    for finding in (*swap(one.transaction, view), *wrap(one.transaction, view), *bridge(one.transaction, view)):
        out = [by_index[leg.index] for leg in finding.outgoing]
        came = [by_index[leg.index] for leg in finding.incoming]
        back = [by_index[leg.index] for leg in finding.refunded]
        assert out
        assert len({leg.asset for leg in out + back}) == 1
        assert len({leg.asset for leg in came}) <= 1
        payers = {leg.inputs[0].address for leg in out}
        assert len(payers) == 1
        [payer] = payers
        assert all(leg.outputs[0].address == payer for leg in came + back)
        assert not {leg.index for leg in out} & {leg.index for leg in came + back}
        assert known[payer].net[out[0].asset] < 0
        assert sum(leg.value for leg in out) > sum(leg.value for leg in back)

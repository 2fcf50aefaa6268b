"""Random findings over a few addresses, some of which have tags: what the laws of clusters are held against."""

from __future__ import annotations

from hypothesis import strategies as st

from chaintrace.model.attribution import Tag
from chaintrace.model.finding import CommonControl

ADDRESSES = [f"a{number}" for number in range(9)]
ACTORS = ("one", "two", "three")


def finding(one: str, other: str, txid: str = "t", confidence: int = 50, rule: str = "common_input") -> CommonControl:
    """A finding of common control on Bitcoin."""
    return CommonControl("bitcoin", one, other, (txid,), rule, 1, confidence)


def tag(address: str, actor: str, confidence: int = 50, **more: object) -> Tag:
    """A claim about an address on Bitcoin."""
    return Tag("bitcoin", address, actor.title(), actor, "", confidence, "a list", **more)  # type: ignore[arg-type]  # a test says what it changes


def tags_of(tags: list[Tag]):
    """What a view answers that has these tags."""
    return lambda chain, address: tuple(one for one in tags if (one.chain, one.address) == (chain, address))


@st.composite
def findings(draw: st.DrawFn) -> list[CommonControl]:
    """Findings between a few addresses, of two rules, weak ones among them; several may be between the same two."""
    pairs = st.tuples(st.sampled_from(ADDRESSES), st.sampled_from(ADDRESSES)).filter(lambda two: two[0] != two[1])
    rows = st.tuples(
        pairs, st.sampled_from(["t1", "t2", "t3", "t4"]), st.sampled_from([30, 50, 60, 70]), st.sampled_from(["r", "s"])
    )
    return [finding(*two, txid, confidence, rule) for two, txid, confidence, rule in draw(st.lists(rows, max_size=14))]


@st.composite
def tags(draw: st.DrawFn) -> list[Tag]:
    """Tags of some of the addresses, a second one of a few."""
    rows = st.tuples(st.sampled_from(ADDRESSES), st.sampled_from(ACTORS), st.sampled_from([10, 50]))
    return [tag(*row) for row in draw(st.lists(rows, max_size=5))]

"""Which blocks are the chain, at which heights, and what is said where nobody knows."""

from __future__ import annotations

import random

import pytest

from chaintrace.adapters.bitcoin.headers import Link, Place, select, work
from tests.chaintrace.adapters.bitcoin.making import EASY, HARDER

GENESIS = "00" * 32


def name(label: str) -> str:
    return label.encode().hex().rjust(64, "0")


def links(path: str, *, prev: str = GENESIS, bits: int = EASY, said: int | None = None, start: int = 0) -> list[Link]:
    """A chain of one-letter blocks; `said` is the height in the first coinbase."""
    made = []
    for depth, label in enumerate(path):
        height = None if said is None else said + depth
        made.append(Link(name(label), prev, start + 600 * depth, bits, height))
        prev = name(label)
    return made


def chain(found) -> str:
    return "".join(bytes.fromhex(block.lstrip("0")).decode() for block in found.places)


def test_work_of_the_first_target_and_of_none():
    assert work(0x1D00FFFF) == 0x100010001
    assert work(EASY) == 2
    assert work(0x1D80FFFF) == work(0) == work(0xFF123456) == 0


def test_order_in_the_file_does_not_matter():
    shuffled = links("abcdefghij")
    random.Random(1).shuffle(shuffled)
    found = select(shuffled, "bitcoin", None)
    assert chain(found) == "abcdefghij"
    assert found.places[name("j")] == Place(9, 9)
    assert found.gaps == ()


def test_more_work_beats_more_blocks_and_more_blocks_beat_first_seen():
    trunk = links("abc")
    long = links("defg", prev=name("c"))
    heavy = links("x", prev=name("c"), bits=HARDER)
    assert chain(select([*trunk, *long, *heavy], "bitcoin", None)) == "abcx"
    assert chain(select([*trunk, *links("x", prev=name("c")), *long], "bitcoin", None)) == "abcdefg"


def test_of_equal_branches_the_first_seen_stays():
    trunk = links("abc")
    first, second = links("pq", prev=name("c")), links("xy", prev=name("c"))
    assert chain(select([*trunk, *first, *second], "bitcoin", None)) == "abcpq"
    assert chain(select([*trunk, *second, *first], "bitcoin", None)) == "abcxy"
    assert chain(select([*trunk, second[0], *first, second[1]], "bitcoin", None)) == "abcpq"


def test_blocks_without_work_are_counted():
    assert chain(select([*links("ab", bits=0), *links("xyz", bits=0)], "bitcoin", None)) == "xyz"


def test_a_chain_from_the_middle_takes_heights_from_coinbases():
    found = select(links("abc", prev=name("?"), said=400_000), "bitcoin", 227_931)
    assert [place.height for place in found.places.values()] == [400_000, 400_001, 400_002]
    assert found.gaps == ()


def test_one_lying_coinbase_is_outvoted_and_said():
    rows = links("abcd", prev=name("?"), said=400_000)
    rows[0] = rows[0]._replace(said=7)
    found = select(rows, "bitcoin", 227_931)
    assert found.places[name("a")].height == 400_000
    assert [gap.subject for gap in found.gaps] == [name("a")]
    assert "says height 7, its place in the chain is 400000" in found.gaps[0].text


def test_before_the_rule_a_coinbase_may_say_anything():
    rows = [link._replace(said=999) for link in links("abc")]
    found = select(rows, "bitcoin", 227_931)
    assert [place.height for place in found.places.values()] == [0, 1, 2]
    assert found.gaps == ()


def test_unknown_heights_stay_unknown_and_ranks_grow():
    rows = links("abc", prev=name("?"), start=1000)
    rows[1] = rows[1]._replace(time=900)  # a miner's clock that goes backward
    found = select(rows, "bitcoin", 227_931)
    assert list(found.places.values()) == [Place(None, 1000), Place(None, 1001), Place(None, 2200)]
    assert found.gaps == ()


def test_two_chains_without_heights_are_ordered_by_time_and_that_is_said():
    later, earlier = links("xy", prev=name("?"), start=9000), links("ab", prev=name("!"), start=1000)
    found = select([*later, *earlier], "bitcoin", None)
    assert chain(found) == "abxy"
    assert [gap.kind for gap in found.gaps] == ["order"]


def test_a_hole_in_the_chain_is_a_gap():
    found = select([*links("xy", prev=name("?"), said=10), *links("abc")], "bitcoin", None)
    assert chain(found) == "abcxy"
    assert [(gap.kind, gap.text) for gap in found.gaps] == [
        ("history", "the files hold no block from height 3 to 9"),
    ]


def test_a_lone_block_at_a_height_that_is_taken_is_stale():
    rows = [*links("x", prev=name("?"), said=101), *links("abc", prev=name("!"), said=100)]
    assert chain(select(rows, "bitcoin", None)) == "abc"


@pytest.mark.parametrize("length", [20_000])
def test_a_long_chain_needs_no_recursion(length):
    prev, rows = GENESIS, []
    for height in range(length):
        rows.append(Link(f"{height + 1:064x}", prev, height, EASY, None))
        prev = rows[-1].hash
    assert select(rows[::-1], "bitcoin", None).places[prev] == Place(length - 1, length - 1)


def test_scattered_claims_of_heights_are_none():
    rows = [link._replace(said=said) for link, said in zip(links("abc", prev=name("?")), (7, 4000, 90), strict=True)]
    assert select(rows, "bitcoin", None).places[name("a")].height is None

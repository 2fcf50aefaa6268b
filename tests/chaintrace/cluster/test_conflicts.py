"""Conflicts by hand: which findings are refused where tags name different actors, and which are kept."""

from __future__ import annotations

import pytest

from chaintrace.cluster import Terms, Undone, actors, clusters
from chaintrace.model.attribution import Tag
from chaintrace.model.finding import CommonControl
from tests.chaintrace.cluster.graphs import finding, tag, tags_of


def pairs(made):
    return [(one.finding.subject, one.finding.object) for one in made.conflicts]


def parts(made):
    return [one.members for one in made]


CHAIN = [finding("A", "u"), finding("u", "v", confidence=70), finding("v", "B", "t2", 90), finding("v", "w")]
"""A and B at the ends of a way, and w beside it."""


def test_every_finding_on_the_way_is_refused_however_sure_and_what_hangs_beside_it_is_kept():
    made = clusters(CHAIN, tags_of([tag("A", "one"), tag("B", "two")]))
    assert sorted(pairs(made)) == [("A", "u"), ("u", "v"), ("v", "B")]
    assert parts(made) == [("v", "w")]
    assert {(one.tags[0].address, one.tags[1].address) for one in made.conflicts} == {("A", "B")}


def test_without_tags_or_with_one_actor_everything_is_joined():
    for tags in ([], [tag("A", "one"), tag("B", "One ")], [tag("A", "one"), tag("w", "")]):
        made = clusters(CHAIN, tags_of(tags))
        assert parts(made) == [("A", "B", "u", "v", "w")]
        assert made.conflicts == ()


def test_a_way_ends_at_the_next_place_with_a_tag():
    said = [finding("A", "x"), finding("x", "A2"), finding("A2", "y"), finding("y", "B")]
    made = clusters(said, tags_of([tag("A", "one"), tag("A2", "one"), tag("B", "two")]))
    assert parts(made) == [("A", "A2", "x")]
    assert sorted(pairs(made)) == [("A2", "y"), ("y", "B")]


def test_each_refused_finding_names_the_two_ends_between_which_it_lies():
    said = [finding("A1", "u"), finding("u", "v"), finding("v", "A2"), finding("u", "B")]
    made = clusters(said, tags_of([tag("A1", "one"), tag("A2", "one"), tag("B", "two")]))
    told = {(one.finding.subject, one.finding.object): [claim.address for claim in one.tags] for one in made.conflicts}
    assert told["u", "v"] == told["v", "A2"] == ["A2", "B"]
    assert told["A1", "u"] == told["u", "B"] == ["A1", "B"]


def test_a_ring_is_refused_whole_for_either_half_may_be_the_wrong_one():
    said = [finding("A", "u"), finding("u", "v"), finding("v", "x"), finding("x", "u"), finding("x", "B")]
    made = clusters(said, tags_of([tag("A", "one"), tag("B", "two")]))
    assert len(made.conflicts) == 5
    assert parts(made) == []


def test_an_address_whose_own_tags_differ_is_joined_with_nothing():
    claims = [tag("A", "one"), tag("A", "two", 40)]
    made = clusters([finding("A", "u"), finding("u", "v")], tags_of(claims))
    assert parts(made) == [("u", "v")]
    [conflict] = made.conflicts
    assert conflict.tags == tuple(claims)
    assert made.of("bitcoin", "A").conflicts == made.of("bitcoin", "u").conflicts == made.conflicts


def test_tags_below_the_confidence_part_nothing():
    tags = tags_of([tag("A", "one"), tag("B", "two", 10)])
    assert parts(clusters(CHAIN, tags, Terms(least_tag=11))) == [("A", "B", "u", "v", "w")]
    assert len(clusters(CHAIN, tags, Terms(least_tag=10)).conflicts) == 3


def test_labels_count_where_they_are_all_that_says_whose_service_it_is():
    shop = Tag("bitcoin", "A", "Shop", "", "exchange", 50, "a list", stops=True)
    market = Tag("bitcoin", "B", "Market", "", "exchange", 50, "a list", stops=True)
    assert actors([market]) == {"market": market}
    assert len(clusters(CHAIN, tags_of([shop, market])).conflicts) == 3
    assert (
        clusters(CHAIN, tags_of([Tag("bitcoin", "A", "seen on a forum", "", "", 50, "a list"), market])).conflicts == ()
    )
    assert clusters(CHAIN, tags_of([tag("A", "", stops=True), market])).conflicts == ()  # its label is empty


def test_the_most_confident_tag_stands_for_an_actor():
    several = [tag("A", "one", 20), tag("A", "ONE", 60), tag("A", "two", 5)]
    assert list(actors(several)) == ["one", "two"]
    assert actors(several)["one"].confidence == 60
    assert list(actors(several, 10)) == ["one"]


def test_undoing_the_wrong_finding_joins_again_what_it_had_parted():
    tags = tags_of([tag("A", "one"), tag("B", "two")])
    made = clusters(CHAIN, tags, Terms(without=(Undone("t2"),)))
    assert parts(made) == [("A", "u", "v", "w")]
    assert made.conflicts == ()
    kept = clusters(CHAIN, tags, Terms(without=(Undone("t2", "change"),)))
    assert kept == clusters(CHAIN, tags)


def test_the_same_address_on_two_chains_is_two_places():
    said = [finding("a", "b"), CommonControl("dogecoin", "b", "c", ("t",), "common_input", 1, 50)]
    made = clusters(said, tags_of([]))
    assert [(one.chain, one.members) for one in made] == [("bitcoin", ("a", "b")), ("dogecoin", ("b", "c"))]
    assert made.why("bitcoin", "a", "c") is None


def test_a_lead_joins_nothing_and_touches_the_cluster():
    said = [finding("a", "b"), finding("b", "c", confidence=30, rule="peel_chain")]
    made = clusters(said, tags_of([]))
    assert parts(made) == [("a", "b")]
    assert made.of("bitcoin", "a").leads == made.of("bitcoin", "c").leads == (said[1],)
    assert made.of("bitcoin", "c").members == ("c",)


@pytest.mark.parametrize("terms", [{"least": 49}, {"least": 101}, {"least_tag": -1}, {"least_tag": 101}])
def test_a_confidence_that_is_none_is_refused(terms):
    with pytest.raises(ValueError, match=r"is not between them"):
        Terms(**terms)

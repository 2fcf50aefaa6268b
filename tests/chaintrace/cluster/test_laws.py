"""The laws of clusters, over random findings and tags; the plain readings here share no code with the package."""

from __future__ import annotations

from itertools import combinations, pairwise

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.cluster import Terms, Undone, clusters
from tests.chaintrace.cluster.graphs import ADDRESSES, findings, tags, tags_of


def pair(one):
    return frozenset((one.subject, one.object))


def said(tags_here, address, least=0):
    return {one.actor for one in tags_here if one.address == address and one.confidence >= least}


def graph(several):
    return nx.Graph([(one.subject, one.object) for one in several])


def on_a_way(several, tags_here):
    """Every pair on a path, over no address twice and over no tagged one, between addresses of different actors."""
    whole, named = graph(several), {one: said(tags_here, one) for one in ADDRESSES if said(tags_here, one)}
    found = {pair(one) for one in several if any(len(named.get(end, ())) > 1 for end in pair(one))}
    whole.remove_nodes_from([one for one, actors in named.items() if len(actors) > 1])
    for one, other in combinations(sorted(set(whole) & set(named)), 2):
        if named[one] == named[other]:
            continue
        free = whole.subgraph(set(whole) - set(named) | {one, other})
        for path in nx.all_simple_paths(free, one, other):
            found.update(frozenset(step) for step in pairwise(path))
    return found


@given(findings(), tags())
def test_what_is_refused_is_what_lies_on_a_way_between_two_actors(several, tags_here):
    made = clusters(several, tags_of(tags_here))
    strong = [one for one in several if one.confidence >= 50]
    refused = on_a_way(strong, tags_here)
    assert {pair(one.finding) for one in made.conflicts} == refused
    assert set(made.unions) == {one for one in strong if pair(one) not in refused}


@given(findings(), tags())
def test_clusters_are_the_connected_parts_of_the_accepted_findings(several, tags_here):
    made = clusters(several, tags_of(tags_here))
    parts = sorted(tuple(sorted(part)) for part in nx.connected_components(graph(made.unions)))
    assert [one.members for one in made] == parts
    for part in parts:
        for address in part:
            assert made.of("bitcoin", address).members == part
            assert made.name("bitcoin", address) == ("bitcoin", part[0])


@given(findings(), tags(), st.sampled_from([0, 50]))
def test_no_cluster_holds_two_actors_and_each_conflict_names_two(several, tags_here, least):
    made = clusters(several, tags_of(tags_here), Terms(least_tag=least))
    for one in made:
        assert len(set().union(*(said(tags_here, address, least) for address in one.members))) <= 1
    for conflict in made.conflicts:
        first, second = conflict.tags
        assert first.actor != second.actor
        assert {first, second} <= set(tags_here)
        assert min(first.confidence, second.confidence) >= least


@given(findings(), tags())
def test_the_two_tags_of_a_conflict_stand_at_the_ends_of_a_way_over_it(several, tags_here):
    strong = [one for one in several if one.confidence >= 50]
    whole, named = graph(strong), {one for one in ADDRESSES if said(tags_here, one)}
    for conflict in clusters(several, tags_of(tags_here)).conflicts:
        one, other = (claim.address for claim in conflict.tags)
        if one == other:
            assert one in pair(conflict.finding)
            continue
        free = whole.subgraph(set(whole) - named | {one, other})
        paths = nx.all_simple_paths(free, one, other)
        assert any(pair(conflict.finding) in map(frozenset, pairwise(path)) for path in paths)


@given(findings(), tags(), st.data())
def test_the_order_of_the_findings_changes_nothing(several, tags_here, data):
    shuffled = data.draw(st.permutations(several))
    assert clusters(shuffled, tags_of(tags_here)) == clusters(several, tags_of(tags_here))


@given(findings(), tags(), st.sampled_from(["t1", "t2"]), st.sampled_from(["", "r", "s"]))
def test_to_undo_is_the_same_as_never_to_have_said(several, tags_here, txid, rule):
    rest = [one for one in several if txid not in one.evidence or (rule and one.rule != rule)]
    undone = clusters(several, tags_of(tags_here), Terms(without=(Undone(txid, rule),)))
    assert undone == clusters(rest, tags_of(tags_here))


@given(findings(), tags(), st.sampled_from([50, 60, 70]), st.sampled_from([None, frozenset({"r"})]))
def test_what_is_accepted_meets_the_terms_and_leads_are_the_rest(several, tags_here, least, rules):
    made = clusters(several, tags_of(tags_here), Terms(least, rules))
    heard = {one for one in several if rules is None or one.rule in rules}
    assert {*made.unions, *(one.finding for one in made.conflicts)} == {one for one in heard if one.confidence >= least}
    assert set(made.leads) == {one for one in heard if one.confidence < least}


@given(findings(), tags())
def test_the_chain_of_reasons_is_a_shortest_way_and_each_step_is_a_finding(several, tags_here):
    made = clusters(several, tags_of(tags_here))
    whole = graph(made.unions)
    for one, other in combinations(ADDRESSES, 2):
        chain = made.why("bitcoin", one, other)
        joined = one in whole and other in whole and nx.has_path(whole, one, other)
        assert (chain is not None) == joined
        if chain is None:
            continue
        assert set(chain) <= set(made.unions)
        assert made.why("bitcoin", other, one) == chain[::-1]
        assert len(chain) == nx.shortest_path_length(whole, one, other)
        place = one
        for step in chain:
            (place,) = pair(step) - {place}
        assert place == other
        weights = {}
        for step in made.unions:
            weights[pair(step)] = max(weights.get(pair(step), 0), step.confidence)
        ways = nx.all_shortest_paths(whole, one, other)
        best = max(min(weights[frozenset(two)] for two in pairwise(way)) for way in ways)
        assert min(step.confidence for step in chain) == best

"""Clusters where it is known who holds every key: no union may be wrong, and what is found is found again."""

from __future__ import annotations

import json
from itertools import combinations

import pytest

from benchmarks import cluster_accuracy
from chaintrace.case.clusters import looked
from chaintrace.case.look import look, named
from chaintrace.case.result import now
from chaintrace.cli import run
from chaintrace.cluster import Terms
from chaintrace.plugins import heuristics
from tests.chaintrace.case import wallets_chain


@pytest.fixture(scope="module")
def chain(tmp_path_factory):
    return wallets_chain.write(tmp_path_factory.mktemp("wallets")).parent


def test_on_a_chain_of_known_wallets_no_union_is_wrong(chain):
    whose = wallets_chain.wallets()
    with look(named(str(chain)), wallets_chain.CHAIN, now) as view:
        clusters = looked(view, wallets_chain.CHAIN, heuristics(), Terms()).clusters
    joined = {two for one in clusters for two in combinations(one.members, 2)}
    wrong = {two for two in joined if whose.get(two[0]) != whose.get(two[1])}
    assert wrong == set()
    told = (("alice one", "alice two"), ("bob one", "bob two"), ("bob one", "bob three"), ("bob two", "bob three"))
    assert {frozenset(two) for two in joined} == {frozenset(map(wallets_chain.of, keys)) for keys in told}


def test_the_page_tells_how_many_pairs_of_that_chain_are_right_and_found(root):
    told = cluster_accuracy.regtest()
    assert "| all | 2 | 0 | 4 | 4 | 1.000 | 0.181 |" in told
    assert told in (root / "docs" / "accuracy.md").read_text("utf-8")


@pytest.mark.parametrize(("name", "least"), [("emulated_wasabi2", 0), ("emulated_joinmarket", 1_729)])
def test_on_emulated_chains_no_pair_is_wrong_and_no_fewer_are_found(shared, name, least):  # noqa: ARG001  # the data are there
    found = cluster_accuracy.of(name)
    assert found.right == found.made >= least


@pytest.mark.parametrize("name", cluster_accuracy.MIXED)
def test_in_coinjoins_nobody_is_joined(shared, name):  # noqa: ARG001  # the data are there
    assert cluster_accuracy.silent(name).endswith("| 0 |\n")


def test_blocks_are_read_by_the_command(chain, capsys):
    one, two = wallets_chain.of("bob one"), wallets_chain.of("bob two")
    assert (
        run(["cluster", one, "--from", f"blocks={chain}", "--chain", wallets_chain.CHAIN, "--why", two, "--json"]) == 0
    )
    [reason] = json.loads(capsys.readouterr().out)["why"]
    assert reason["rule"] == "common_input"
    assert run(["cluster", one, "--from", f"blocks={chain}", "--chain", wallets_chain.CHAIN, "--json"]) == 0
    printed = capsys.readouterr()
    assert {one["the_sources_hold"] for one in json.loads(printed.out)["members"]} == {
        "every movement since they begin"
    }
    assert "more addresses may be" not in printed.err

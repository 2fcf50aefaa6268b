"""`cluster_inputs`: the partition that a graph library finds, least members as labels, a sentence for bad input."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.bulk import cluster_inputs, clusters
from chaintrace.bulk.clusters import LARGEST, Unions
from chaintrace.errors import InputError

SIZE = 40
TRANSACTIONS = st.lists(st.lists(st.integers(0, SIZE - 1), max_size=6), max_size=30)


def columns(transactions):
    offsets = np.zeros(len(transactions) + 1, np.int64)
    np.cumsum([len(ids) for ids in transactions], out=offsets[1:])
    return offsets, np.array([one for ids in transactions for one in ids], np.uint32)


def expected(transactions, size, skip=()):
    graph = nx.Graph()
    graph.add_nodes_from(range(size))
    for at, ids in enumerate(transactions):
        if not (len(skip) and skip[at]):
            graph.add_edges_from((ids[0], other) for other in ids[1:])
    labels = [0] * size
    for members in nx.connected_components(graph):
        least = min(members)
        for one in members:
            labels[one] = least
    return labels


@given(TRANSACTIONS, st.data())
def test_labels_are_the_least_members_of_connected_components(transactions, data):
    assert cluster_inputs(*columns(transactions), SIZE).tolist() == expected(transactions, SIZE)
    skip = data.draw(st.lists(st.booleans(), min_size=len(transactions), max_size=len(transactions)))
    found = cluster_inputs(*columns(transactions), SIZE, skip=np.array(skip, np.bool_))
    assert found.dtype == np.uint32
    assert found.tolist() == expected(transactions, SIZE, skip)


@given(TRANSACTIONS, st.integers(0, 30))
def test_batches_one_after_the_other_are_the_whole(transactions, cut):
    unions = Unions(SIZE)
    for part in (transactions[:cut], transactions[cut:]):
        unions.add(*columns(part))
    assert unions.labels().tolist() == expected(transactions, SIZE)


def test_a_long_chain_and_a_large_random_graph():
    rng = np.random.default_rng(6)
    size = 20_000
    chain = [[at + 1, at] for at in reversed(range(size - 1))]
    assert not cluster_inputs(*columns(chain), size).any()
    transactions = rng.integers(0, size, (9_000, 2)).tolist()
    assert cluster_inputs(*columns(transactions), size).tolist() == expected(transactions, size)


@pytest.mark.parametrize("threads", [1, 2, 3, 8])
def test_threads_that_unite_at_once_find_the_same(threads, monkeypatch):
    """Every transaction meets trees that others join at the same moment: few addresses, and chains from both ends."""
    monkeypatch.setattr(clusters, "_LEAST", 1)
    rng = np.random.default_rng(threads)
    size = 30_000
    pairs = np.concatenate(
        [
            rng.integers(0, size, (12_000, 2)),
            [[at, at + 1] for at in range(size // 3)],
            [[at + 1, at] for at in reversed(range(size // 3))],
        ]
    )
    offsets, ids = np.arange(0, 2 * len(pairs) + 1, 2, dtype=np.int64), pairs.astype(np.uint32).ravel()
    want = expected(pairs.tolist(), size)
    for _ in range(5):
        unions = Unions(size, threads)
        unions.add(offsets, ids)
        assert unions.labels().tolist() == want
        unions.add(offsets[:2], np.array([size - 1, size - 2], np.uint32))
        assert len(set(unions.labels()[-2:].tolist())) == 1


def test_the_first_fault_is_told_whichever_thread_meets_one(monkeypatch):
    monkeypatch.setattr(clusters, "_LEAST", 1)
    offsets, ids = np.arange(0, 81, 2, dtype=np.int64), np.zeros(80, np.uint32)
    ids[[9, 70]] = 7
    with pytest.raises(InputError, match=r"address_ids\[9\] is 7"):
        Unions(5, 4).add(offsets, ids)


@pytest.mark.parametrize("size", [0, 1, 5])
def test_without_transactions_everybody_is_alone(size):
    for offsets in (np.empty(0, np.int64), np.zeros(1, np.int64), np.zeros(4, np.int64)):
        assert cluster_inputs(offsets, np.empty(0, np.uint32), size).tolist() == [*range(size)]


def test_what_is_handed_in_is_neither_changed_nor_copied_and_may_lie_in_strides():
    offsets, ids = columns([[3, 1], [0, 2], [4]])
    wide = np.zeros((len(ids), 2), np.uint32)
    wide[:, 0] = ids
    spread = wide[:, 0]
    assert not spread.flags["C_CONTIGUOUS"]
    for one in (ids, spread):
        one.flags.writeable = False
        assert cluster_inputs(offsets, one, 5).tolist() == [0, 1, 0, 1, 4]
    assert ids.tolist() == [3, 1, 0, 2, 4]


OFFSETS, IDS = columns([[0, 1], [2]])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((OFFSETS, IDS, 2), r"address_ids\[2\] is 2, and there are 2 addresses"),
        ((OFFSETS, IDS, 0), r"address_ids\[0\] is 0, and there are 0 addresses"),
        ((OFFSETS, IDS, -1), "give a number from 0"),
        ((OFFSETS, IDS, LARGEST + 1), "give a number from 0"),
        ((OFFSETS, IDS, 3.0), "n_addresses is float"),
        ((OFFSETS, IDS, True), "n_addresses is bool"),
        ((OFFSETS.astype(np.int32), IDS, 3), "offsets is an array of int32 .* give one of int64"),
        ((OFFSETS, IDS.astype(np.int64), 3), "address_ids is an array of int64 .* give one of uint32"),
        ((OFFSETS, IDS.reshape(3, 1), 3), "with 2 dimensions"),
        ((OFFSETS.tolist(), IDS, 3), "offsets is list"),
        ((np.array([0, 3, 2], np.int64), IDS[:2], 3), r"offsets\[0\] and offsets\[1\] are 0 and 3"),
        ((np.array([0, 3, 2, 3], np.int64), IDS, 3), r"offsets\[1\] and offsets\[2\] are 3 and 2"),
        ((np.array([0, -1, 3], np.int64), IDS, 3), r"offsets\[0\] and offsets\[1\] are 0 and -1"),
        ((np.array([0, 9, 3], np.int64), IDS, 3), "stay between 0 and the 3"),
        ((np.array([1, 3], np.int64), IDS, 3), "offsets go from 1 to 3"),
        ((np.array([0, 2], np.int64), IDS, 3), "offsets go from 0 to 2, and there are 3"),
        ((np.empty(0, np.int64), IDS, 3), "offsets go from 0 to 0, and there are 3"),
    ],
)
def test_bad_input_is_one_sentence(arguments, words):
    with pytest.raises(InputError, match=words):
        cluster_inputs(*arguments)


@pytest.mark.parametrize(
    ("skip", "words"),
    [
        (np.zeros(3, np.bool_), "skip has 3 entries for 2 transactions"),
        (np.zeros(2, np.uint8), "skip is an array of uint8"),
        ([True, False], "skip is list"),
    ],
)
def test_a_bad_skip_is_one_sentence(skip, words):
    with pytest.raises(InputError, match=words):
        cluster_inputs(OFFSETS, IDS, 3, skip=skip)


def test_an_id_that_is_too_large_is_seen_in_a_skipped_and_in_a_single_transaction_too():
    for skip in (None, np.array([False, True])):
        with pytest.raises(InputError, match=r"address_ids\[2\] is 7"):
            cluster_inputs(OFFSETS, np.array([0, 1, 7], np.uint32), 3, skip=skip)


def test_a_batch_that_was_refused_leaves_nothing_to_use():
    unions = Unions(2)
    with pytest.raises(InputError):
        unions.add(OFFSETS, IDS)
    for use in (unions.labels, lambda: unions.add(OFFSETS[:1], IDS[:0])):
        with pytest.raises(InputError, match="begin again"):
            use()

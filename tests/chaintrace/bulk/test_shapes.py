"""The shape of coinjoins: every one in ../shared has it, and clusters that go round it unite no strangers."""

from __future__ import annotations

import gzip
import json

import numpy as np
import pytest

from chaintrace.bulk import cluster_inputs
from chaintrace.bulk.shapes import coinjoin_like


def transactions(shared, name):
    with gzip.open(shared / "data" / "bitcoin" / "coinjoin" / f"{name}.jsonl.gz", "rt") as file:
        return [json.loads(line) for line in file]


def ends(lists):
    offsets = np.zeros(len(lists) + 1, np.int64)
    np.cumsum([len(one) for one in lists], out=offsets[1:])
    return offsets


def shaped(found):
    """What `coinjoin_like` says of transactions as dicts."""
    values = np.array([output["value"] for one in found for output in one["outputs"]], np.int64)
    return coinjoin_like(values, ends([one["outputs"] for one in found]), ends([one["inputs"] for one in found]))


def said(inputs, values):
    return bool(coinjoin_like(np.array(values, np.int64), np.array([0, len(values)]), np.array([0, inputs]))[0])


@pytest.mark.parametrize(
    ("inputs", "values", "expected"),
    [
        (2, [5, 5, 7], True),
        (2, [5, 7, 5], True),
        (1, [5, 5], False),
        (2, [5, 5, 5], False),
        (3, [5, 5, 5, 9, 9], True),
        (2, [5, 5, 5, 9, 9], True),
        (5, [0, 0, 0], False),
        (5, [1, 2, 3], False),
        (5, [], False),
        (9, [4], False),
    ],
)
def test_equal_outputs_and_as_many_inputs(inputs, values, expected):
    assert said(inputs, values) == expected


@pytest.mark.parametrize("name", ["wasabi1_2018", "whirlpool_202403"])
def test_every_real_round_has_the_shape(shared, name):
    assert shaped(transactions(shared, name)).all()


def pairs(labels, owners):
    """Pairs of addresses of known owners that are in one cluster, and those of them that have one owner."""
    clusters = {}
    for label, owner in zip(labels, owners, strict=True):
        if owner:
            clusters.setdefault(label, []).append(owner)
    united = right = 0
    for members in clusters.values():
        united += len(members) * (len(members) - 1) // 2
        right += sum(members.count(owner) * (members.count(owner) - 1) // 2 for owner in set(members))
    return united, right


@pytest.mark.parametrize(
    ("name", "through", "around"),
    [("emulated_wasabi2", (1813, 196), (0, 0)), ("emulated_joinmarket", (361, 6), (0, 0))],
)
def test_clusters_around_coinjoins_unite_no_strangers(shared, name, through, around):
    found = transactions(shared, name)
    assert [bool(one) for one in shaped(found)] == [one["is_coinjoin"] for one in found]
    ends_of = [end for one in found for end in (*one["inputs"], *one["outputs"]) if end.get("address")]
    owner = {end["address"]: end.get("owner") for end in ends_of} | {
        end["address"]: end["owner"] for end in ends_of if end.get("owner")
    }
    number = {address: at for at, address in enumerate(owner)}
    spent = [[number[end["address"]] for end in one["inputs"] if end.get("address")] for one in found]
    ids = np.array([one for inputs in spent for one in inputs], np.uint32)
    for skip, expected in ((None, through), (shaped(found), around)):
        labels = cluster_inputs(ends(spent), ids, len(number), skip=skip)
        assert pairs(labels.tolist(), [*owner.values()]) == expected

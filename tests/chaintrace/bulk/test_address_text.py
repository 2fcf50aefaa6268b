"""Types and addresses by the million: what `addresses/` says of each script, for every form and for damaged ones."""

from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.addresses import script_address
from chaintrace.addresses.families import BITCOIN
from chaintrace.bulk import digests
from chaintrace.bulk.address_text import address_texts
from chaintrace.bulk.script_kinds import KINDS
from tests.chaintrace.bulk.raw import columns, shared_blocks


def told(scripts, chain):
    sizes = np.array([len(script) for script in scripts], np.int32)
    places = np.cumsum(sizes, dtype=np.int64) - sizes
    found = address_texts(np.frombuffer(b"".join(scripts), np.uint8), places, sizes, chain)
    letters = found.letters.tobytes().decode("ascii")
    ends = found.offsets.tolist()
    addresses = [letters[begin:end] or None for begin, end in pairwise(ends)]
    return list(zip([KINDS[kind] for kind in found.kinds], addresses, strict=True))


def number(value):
    return bytes([0x50 + value]) if 1 <= value <= 16 else bytes([1, value]) if value else b"\x00"


def key(rng):
    size, firsts = rng.choice([(33, [2, 3]), (65, [4, 6, 7]), (65, [2, 5])][: rng.choice([2, 2, 2, 3])])
    return bytes([size, rng.choice(firsts)]) + rng.randbytes(size - 1)


def random_script(rng):
    """A script of some form, its details at random; now and then one byte of it is wrong, or it is cut off."""
    size = rng.randrange(1, 42)
    keys = [key(rng) for _ in range(rng.randrange(21))]
    hashed = bytes(rng.choice([0, 0, 1, 20])) + rng.randbytes(20)
    script = rng.choice(
        [
            b"\x76\xa9\x14" + hashed[:20] + b"\x88\xac",
            b"\xa9\x14" + hashed[:20] + b"\x87",
            bytes([rng.choice([0, *range(0x50, 0x62)]), size]) + rng.randbytes(size),
            bytes([rng.choice([0, 0x51]), 32]) + rng.randbytes(32),
            b"\x00\x14" + rng.randbytes(20),
            b"\x51\x02\x4e\x73",
            key(rng) + b"\xac",
            number(rng.randrange(len(keys) + 2)) + b"".join(keys) + number(len(keys)) + b"\xae",
            b"\x6a" + rng.randbytes(rng.randrange(80)),
            rng.randbytes(rng.randrange(80)),
        ]
    )
    if rng.random() < 0.3 and script:
        at = rng.randrange(len(script))
        script = rng.choice([script[:at], script[:at] + rng.randbytes(1) + script[at + 1 :]])
    return script


@given(st.integers(0, 2**32), st.sampled_from(sorted(BITCOIN)))
def test_every_form_is_told_as_one_by_one(seed, chain):
    rng = random.Random(seed)
    scripts = [random_script(rng) for _ in range(200)]
    assert told(scripts, chain) == [script_address(script, chain) for script in scripts]


def test_every_shared_script_is_told_as_one_by_one(shared):
    data, found = columns(shared_blocks(shared))
    places = zip(found.script_at.tolist(), found.script_size.tolist(), strict=True)
    scripts = [data[at : at + size].tobytes() for at, size in places]
    assert told(scripts, "bitcoin") == [script_address(script, "bitcoin") for script in scripts]


def test_without_openssl_it_is_the_same(monkeypatch):
    rng = random.Random(2)
    scripts = [random_script(rng) for _ in range(500)]
    fast = told(scripts, "bitcoin")
    assert {kind for kind, _ in fast} >= {*KINDS[:10]}
    monkeypatch.setattr(digests, "openssl", lambda: False)
    assert told(scripts, "bitcoin") == fast


def test_no_scripts_and_the_empty_one():
    assert told([], "bitcoin") == []
    assert told([b"", b"\x51"], "bitcoin") == [("nonstandard", None), ("nonstandard", None)]


@pytest.mark.parametrize(("at", "size"), [(-1, 3), (9, 2), (0, 11), (3, -1)])
def test_a_script_outside_of_the_buffer_is_refused(at, size):
    with pytest.raises(ValueError, match="outside"):
        address_texts(np.zeros(10, np.uint8), np.array([at]), np.array([size], np.int32), "bitcoin")


def test_another_family_is_refused():
    with pytest.raises(ValueError, match="no chain of Bitcoin's family"):
        address_texts(np.zeros(1, np.uint8), np.zeros(1, np.int64), np.ones(1, np.int32), "tron")

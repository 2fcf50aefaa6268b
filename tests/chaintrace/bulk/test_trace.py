"""The compiled kernels against the tracing engine: every outcome, hop and gap, to the unit, and never a wrap."""

from __future__ import annotations

import hashlib
import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chaintrace.bulk import lots_openings, lots_rest, lots_run, lots_sums
from chaintrace.bulk.lots import METHODS, SHIFT, USED, Ints
from chaintrace.bulk.lots_openings import LARGEST
from chaintrace.bulk.trace import Answer, TooLarge, trace
from chaintrace.bulk.trace_run import Run
from tests.chaintrace.bulk.ledgers import NAMES, asked, cells, engine, gaps, largest, lines, parquet, question

ALL = sorted(METHODS)
EDGE = st.one_of(st.integers(0, 9), st.integers(2**60, 2**62), st.integers(2**62, 2**64), st.just(LARGEST))


def answered(rows, seeds, told, method: str) -> Answer | TooLarge:
    with tempfile.TemporaryDirectory() as folder:
        return trace(parquet(rows, Path(folder) / "t.parquet"), question(rows, seeds, told, method))


def agree(rows, seeds, told, method: str) -> None:
    ours, theirs = answered(rows, seeds, told, method), engine(rows, seeds, told, method)
    assert isinstance(ours, Answer)
    assert cells(ours.outcomes) == lines(theirs)
    assert list(ours.claimed) == [claim.claimed for claim in theirs.claims]
    assert list(ours.openings) == gaps(theirs, "opening")
    assert list(ours.inflows) == gaps(theirs, "inflow")


@pytest.mark.parametrize("method", ALL)
@given(case=asked())
def test_the_kernels_say_what_the_engine_says(method: str, case) -> None:
    rows, seeds, told = case
    assume(seeds)
    agree(rows, seeds, told, method)


@pytest.mark.parametrize("method", ALL)
@given(case=asked(EDGE, most=8))
def test_what_63_bits_cannot_carry_is_refused_and_all_else_is_exact(method: str, case) -> None:
    rows, seeds, told = case
    assume(seeds)
    told = {**told, "min_value": {}}
    assets = {rows[tx][leg][3] for tx, leg, _ in seeds}
    if largest(rows, told, assets) > LARGEST:
        refused = answered(rows, seeds, told, method)
        assert isinstance(refused, TooLarge)
        assert refused.contract in assets
    else:
        agree(rows, seeds, told, method)


@pytest.mark.soak
@pytest.mark.parametrize("method", ALL)
@given(case=asked(most=120))
def test_the_kernels_say_what_the_engine_says_of_longer_ledgers(method: str, case) -> None:
    rows, seeds, told = case
    assume(seeds)
    agree(rows, seeds, told, method)


def shrink(run: Run, room: int) -> None:
    """Leave room for so many lots or blocks more than are in use."""
    there = run._state[USED] + room
    run._links = run._links[:there].copy()
    run._lots = run._lots[: there << SHIFT if len(run._links) else there].copy()


@pytest.mark.parametrize("method", ALL)
@given(case=asked(), room=st.integers(1, 4))
def test_arrays_that_were_too_small_change_nothing(method: str, case, room: int) -> None:
    """A ledger is seen from where it stood: whichever array is full, at whichever transfer."""

    class Small(Run):
        def open(self, opened: Ints) -> None:
            super().open(opened)
            shrink(self, room)
            self._moved, self._found = self._moved[:room].copy(), self._found[:room].copy()

    rows, seeds, told = case
    assume(seeds)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("chaintrace.bulk.trace.Run", Small)
        agree(rows, seeds, told, method)


@pytest.mark.parametrize("method", ALL)
@pytest.mark.parametrize("room", [1, 500])
def test_pools_of_many_lots_grow_are_given_up_and_used_again(method: str, room: int) -> None:
    """Hundreds of origins in few pools, handed on in large and in small pieces: rings of every size, and back again."""

    class Small(Run):
        def open(self, opened: Ints) -> None:
            super().open(opened)
            shrink(self, room)

    chosen, held = random.Random(7), dict.fromkeys(NAMES, 0)
    rows, seeds = [], []
    for number in range(1_200):
        if number % 3 == 0:
            name, value = chosen.choice(NAMES[:2]), chosen.randint(1, 9)
            rows.append([("", name, value, "X")])
            seeds.append((number, 0, f"o{number}"))
            held[name] += value
            continue
        sender, to = chosen.sample(NAMES, 2)
        value = held[sender] if chosen.random() < 0.1 else chosen.randint(0, 1 + held[sender] // chosen.choice([2, 50]))
        rows.append([(sender, to, value, "X")])
        held[sender] = max(0, held[sender] - value)
        held[to] += value
    told = dict.fromkeys(("max_hops", "max_transactions", "until", "covered"))
    told |= {"min_value": {}, "stops": frozenset(), "returns": frozenset()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("chaintrace.bulk.trace.Run", Small)
        agree(rows, seeds, told, method)


AHEAD = ("lots.py", "lots_ahead.py")


@pytest.mark.parametrize(
    ("kernel", "names"),
    [
        (lots_run, ("lots.py", "lots_ahead.py", "lots_blocks.py", "lots_ends.py", "lots_methods.py", "lots_sums.py")),
        (lots_rest, AHEAD),
        (lots_openings, AHEAD),
    ],
)
def test_what_is_compiled_into_another_file_is_known_there(kernel, names):
    folder = Path(kernel.__file__).parent
    layers = b"".join((folder / name).read_bytes() for name in names)
    assert hashlib.sha256(layers).hexdigest() == kernel.LAYERS, f"write this digest into {kernel.__name__}.LAYERS"


def test_a_sentence_names_what_was_refused():
    assert str(TooLarge("X", "ann")) == (
        "the balance of ann of X exceeds 9223372036854775806 base units, the most that the compiled kernels carry"
    )
    assert str(TooLarge("")).startswith("a transfer of the native asset exceeds")


@given(part=st.integers(0, LARGEST), value=st.integers(0, LARGEST), total=st.integers(1, LARGEST))
def test_a_share_is_exact(part: int, value: int, total: int) -> None:
    total = max(part, value, total)
    assert lots_sums.share(part, value, total) == divmod(part * value, total)


@given(part=st.integers(0, 2**20), value=st.integers(0, 2**20), total=st.integers(0, 2**20), up=st.integers(0, 62))
def test_a_share_at_powers_of_two_is_exact(part: int, value: int, total: int, up: int) -> None:
    part, value, total = (min(LARGEST, abs((1 << up) - 2**19 + one)) for one in (part, value, total))
    total = max(part, value, total, 1)
    assert lots_sums.share(part, value, total) == divmod(part * value, total)

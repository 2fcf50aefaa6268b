"""Outflows and the deposits that they answer: as a plain list of deposits has it, and in time that grows with them."""

from __future__ import annotations

from time import process_time

from hypothesis import given
from hypothesis import strategies as st

from chaintrace.model.chain import Account, Asset, Block
from chaintrace.model.transaction import Leg, Movement, Transaction, Transfer
from chaintrace.model.view import History
from heuristics.services.sweeps import DAY, outflows

TOKEN = Asset("ethereum", "0x" + "11" * 20)
ME = Account("0x" + "aa" * 20, TOKEN)
MANY = 20_000


def history(rows: list[tuple[bool, int, int]]) -> History:
    """(whether it leaves, value, seconds since the row before) of one token; no fee in it."""
    moves, time = [], 1_600_000_000
    for number, (leaves, value, later) in enumerate(rows):
        time += later
        sides = [Leg(value, Account(one, TOKEN), one) for one in (ME.address, "0x" + "cc" * 20)]
        sender, receiver = sides if leaves else sides[::-1]
        transfer = Transfer("log:0", "token", TOKEN, (sender,), (receiver,), (number, 0, 0))
        made = Transaction("ethereum", f"0x{number:064x}", Block(number, "", time), 0, (transfer,))
        moves.append(Movement((number, 0, 0), made, transfer))
    return History(ME, tuple(moves), 0, ())


def plainly(rows: list[tuple[bool, int, int]]) -> list[bool]:
    """Of each outflow whether it is the value of the newest deposit of the day before that answers no other."""
    waiting, time, found = list[tuple[int, int]](), 0, []
    for leaves, value, later in rows:
        time += later
        if not leaves:
            waiting.append((time, value))
            continue
        fitting = [at for at, (came, worth) in enumerate(waiting) if worth == value and time - came <= DAY]
        found.append(bool(fitting))
        if fitting:
            del waiting[fitting[-1]]
    return found


@given(rows=st.lists(st.tuples(st.booleans(), st.integers(1, 4), st.sampled_from([0, 60, DAY // 2, DAY])), max_size=40))
def test_an_outflow_answers_one_deposit_of_its_value(rows):
    assert [one.strict for one in outflows(history(rows))] == plainly(rows)


def test_many_deposits_of_one_day_take_no_longer_each():
    """Answered from the oldest on, which a search from the newest one on would never end with."""
    held = history([(False, at, 0) for at in range(1, MANY + 1)] + [(True, at, 0) for at in range(1, MANY + 1)])
    begun = process_time()
    assert sum(one.strict for one in outflows(held)) == MANY
    assert process_time() - begun < 10

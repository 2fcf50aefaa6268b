"""What a withdrawal gives away: each set of deposits, and when there is none."""

from __future__ import annotations

from chaintrace.case.mixing.reveals import (
    DAY,
    Deposit,
    Withdrawal,
    anonymity_set,
    linked_address,
    multi_denomination,
    same_address,
    unique_gas_price,
)


def put(number, address, pool="ten", time=None):
    return Deposit(pool, f"d{number}", (number, 0, 0), number if time is None else time, address)


def out(number, address, pool="ten", time=None):
    return Withdrawal(pool, f"w{number}", (number, 0, 0), number if time is None else time, address, "")


def names(reveal):
    return [one.txid for one in reveal.candidates]


def test_every_earlier_deposit_of_the_same_pool_is_a_candidate():
    deposits = [put(1, "ann"), put(2, "bob", "one"), put(3, "carl"), put(9, "dan")]
    assert [one.txid for one in anonymity_set(deposits, out(5, "zed"))] == ["d1", "d3"]


def test_the_receivers_own_deposits():
    before = [put(1, "ann"), put(2, "zed"), put(3, "")]
    found = same_address(before, out(5, "zed"))
    assert (names(found), found.strength) == (["d2"], "strong")
    assert names(same_address(before, out(5, "bob"))) == []


def test_three_payments_outside_the_mixer_link_two_addresses():
    before = [put(1, "ann"), put(2, "bob"), put(3, "zed")]
    found = linked_address(before, out(5, "zed"), {"ann": 3, "bob": 2, "zed": 9})
    assert (names(found), found.strength) == (["d1"], "lead")


def priced(*prices):
    return [put(number, f"a{number}")._replace(price=price) for number, price in enumerate(prices, 1)]


def test_a_price_for_gas_that_one_deposit_alone_paid():
    taken = out(9, "zed")._replace(sender="zed", price=77)
    deposits = [*priced(50, 77, 50), put(4, "dan", "one")._replace(price=77)]
    found = unique_gas_price(anonymity_set(deposits, taken), taken, deposits)
    assert (names(found), found.strength) == (["d2"], "lead")


def test_a_price_for_gas_that_is_not_unique_or_not_known_says_nothing():
    def found(deposits, taken):
        return names(unique_gas_price(anonymity_set(deposits, taken), taken, deposits))

    taken = out(9, "zed")._replace(sender="zed", price=77)
    assert found(priced(77, 50), taken) == ["d1"]
    assert found(priced(77, 77), taken) == []
    assert found([*priced(77, 50), put(10, "late")._replace(price=77)], taken) == []  # a habit of many
    assert found([*priced(77), put(10, "late")._replace(price=50)], taken) == ["d1"]
    assert found([*priced(50), put(10, "late")._replace(price=77)], taken) == []  # it came after the withdrawal
    assert found(priced(77, None), taken) == []
    assert found(priced(77, 50), taken._replace(price=None)) == []
    assert found(priced(77, 50), taken._replace(sender="relay")) == []
    assert found(priced(77, 50), taken._replace(relayer="relay")) == []


def multi(deposits, withdrawals):
    one = withdrawals[-1]
    return names(multi_denomination(anonymity_set(deposits, one), one, deposits, withdrawals))


def test_equal_numbers_in_several_pools():
    deposits = [put(1, "ann"), put(2, "ann"), put(3, "ann", "one"), put(4, "bob"), put(5, "carl", "one")]
    taken = [out(11, "zed"), out(12, "zed", "one"), out(13, "zed")]
    assert multi(deposits, taken) == ["d1", "d2"]
    assert multi(deposits, taken[1:]) == []  # two withdrawals are too few
    assert multi(deposits, [out(11, "zed"), out(12, "zed"), out(13, "zed")]) == []  # one pool
    assert multi([*deposits, put(6, "ann", "one")], taken) == []  # another number
    assert multi(deposits, [out(2, "zed"), *taken[1:]]) == []  # not all deposits came before


def test_what_lies_more_than_a_day_apart_does_not_count():
    deposits = [put(1, "ann"), put(2, "ann"), put(3, "ann", "one", time=DAY + 2)]
    taken = [out(11, "zed"), out(12, "zed", "one"), out(13, "zed")]
    assert multi(deposits, taken) == []
    assert multi([put(1, "ann"), put(2, "ann"), put(3, "ann", "one", time=DAY + 1)], taken) == ["d1", "d2"]
    assert (
        multi([put(1, "ann"), put(2, "ann"), put(3, "ann", "one")], [*taken[:2], out(13, "zed", time=DAY + 12)]) == []
    )

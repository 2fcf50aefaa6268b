"""A bus of Stargate v2: tickets go on in a later message, and the other side has its guid for each passenger."""

from __future__ import annotations

from dataclasses import replace

import pytest

from heuristics.continuations.bridge import bridge, bridges
from heuristics.continuations.verdict import seen
from tests.heuristics.continuations.crossing_cases import HERE, ID, RECIPIENT, RELAYER, SENT, THERE, THIEF, event
from tests.heuristics.continuations.making import SHIPPED, receipt, said, town, tx, who, word

RODE, DRIVEN = (event("Stargate v2", "ethereum", name, route="bus") for name in ("BusRode", "BusDriven"))
POOL = event("Stargate v2", "ethereum", "OFTSent", route="bus")
DONE = event("Stargate v2", "base", "OFTReceived", route="bus")
TAXI = event("Stargate v2", "base", "OFTReceived", route="")
BASE, ARBITRUM, HOME = 30184, 30110, 30101
VALUE = 1_250_000


def ride(ticket=7, to=RECIPIENT, value=VALUE, payer=THIEF, dst=BASE, emitter=None, asset=1):
    passenger = asset.to_bytes(2, "big") + word(to) + value.to_bytes(8, "big") + bytes(1)
    logs = (
        said(RODE, 50, emitter=emitter, dstEid=dst, ticketId=ticket, passenger=passenger),
        said(POOL, 51, dstEid=dst, fromAddress=payer, amountSentLD=SENT, amountReceivedLD=value),
    )
    return receipt(f"ride {ticket} {dst}", (HERE, payer, POOL.contract, SENT), logs=logs, sender=payer)


def bus(first=5, count=3, guid=ID, dst=BASE, name="bus", emitter=None, **more):
    log = said(DRIVEN, emitter=emitter, dstEid=dst, startTicketId=first, numPassengers=count, guid=guid)
    return receipt(name, logs=(log,), sender=RELAYER, **more)


def pool(chain, asset):
    """The row by which the pool of an asset on a chain says what a bus brought."""
    own = SHIPPED.shaped("received", "Stargate v2", "bus", chain)
    return next(row for row in own if row.fields["key"][2] == f"={asset}")


def arrived(*passengers, guid=ID, name="arrived", emitter=None, row=DONE, **more):
    """What a bus brings: to whom, and which value, each by a log of its own."""
    passengers = passengers or ((RECIPIENT, VALUE),)
    logs = tuple(
        said(row, 60 + place, emitter=emitter, guid=guid, srcEid=HOME, toAddress=to, amountReceivedLD=value)
        for place, (to, value) in enumerate(passengers)
    )
    moves = [(THERE, row.contract, to, value) for to, value in passengers]
    return receipt(name, *moves, chain=row.chain, logs=logs, sender=RELAYER, **more)


def found(one, *others):
    return list(bridge(one.transaction, town(one, *others)))


def joined(one, *others):
    return [(finding.subject, finding.object) for finding in found(one, *others) if finding.incoming]


BOTH = [(tx("ride 7 30184"), tx("arrived"))]


def test_a_passenger_is_found_by_ticket_bus_and_guid_from_either_side():
    one, two = ride(), arrived((who("other"), 5), (RECIPIENT, VALUE))
    for first, second in ((one, two), (two, one)):
        [finding] = found(first, second, bus())
        assert (finding.subject, finding.object) == (one.transaction.txid, two.transaction.txid)
        assert (finding.key, finding.to_chain, finding.recipient) == ("30101:30184:7", "base", RECIPIENT)
        assert [leg.index for leg in (*finding.outgoing, *finding.incoming)] == ["log:0", "log:1"]


def test_a_ride_whose_bus_no_source_has_says_where_it_goes_to_whom_and_with_which_ticket():
    [finding] = found(ride(), arrived())
    assert (finding.key, finding.to_chain, finding.recipient) == ("30101:30184:7", "base", RECIPIENT)
    assert finding.incoming == ()


@pytest.mark.parametrize(
    ("chain", "number", "asset", "more"),
    [
        ("base", BASE, 1, 0),
        ("base", BASE, 13, 12),
        ("bsc", 30102, 1, 12),
        ("bsc", 30102, 2, 12),
        ("polygon", 30109, 2, 0),
    ],
)
def test_a_delivery_counts_in_the_decimals_of_its_token(chain, number, asset, more):
    one = ride(dst=number, asset=asset)
    two = arrived((RECIPIENT, VALUE * 10**more), row=pool(chain, asset))
    both = [(one.transaction.txid, two.transaction.txid)]
    assert joined(one, two, bus(dst=number)) == joined(two, one, bus(dst=number)) == both


@pytest.mark.parametrize(
    ("sent", "asset", "came", "paying"),
    [
        (10_000_000, 1, 100_000_000, DONE),
        (100_000_000, 1, 10_000_000, DONE),
        (VALUE, 1, VALUE * 10**12, DONE),
        (VALUE, 13, VALUE * 10**12 + 1, pool("base", 13)),
        (VALUE, 13, VALUE * 10**13, pool("base", 13)),
        (VALUE, 13, VALUE, DONE),
        (VALUE, 1, VALUE * 10**12, pool("base", 13)),
    ],
)
def test_another_value_or_another_asset_is_not_what_the_passenger_sent(sent, asset, came, paying):
    one, two = ride(value=sent, asset=asset), arrived((RECIPIENT, came), row=paying)
    assert joined(one, two, bus()) == joined(two, one, bus()) == []


def test_ten_and_a_hundred_on_one_bus_to_one_recipient_are_told_apart():
    ten, hundred = ride(6, value=10_000_000), ride(7, value=100_000_000)
    two = arrived((RECIPIENT, 100_000_000))
    both = [(hundred.transaction.txid, two.transaction.txid)]
    assert joined(two, ten, hundred, bus()) == joined(hundred, two, ten, bus()) == both
    assert joined(ten, two, hundred, bus()) == []


@pytest.mark.parametrize("other", [(RECIPIENT, VALUE + 1), (who("other"), VALUE)])
def test_what_came_for_another_passenger_is_not_it(other):
    two = arrived(other)
    assert joined(ride(), two, bus()) == joined(two, ride(), bus()) == []


@pytest.mark.parametrize(("first", "count", "takes"), [(7, 1, True), (5, 2, False), (8, 4, False), (0, 8, True)])
def test_a_bus_takes_the_tickets_that_it_says(first, count, takes):
    several = (ride(), bus(first, count), arrived())
    assert joined(*several) == joined(several[2], *several[:2]) == BOTH * takes


def test_a_bus_to_another_chain_takes_tickets_of_its_own():
    assert joined(ride(), bus(dst=ARBITRUM), arrived()) == []
    other = ride(dst=ARBITRUM)
    assert joined(arrived(), other, ride(), bus()) == BOTH


def test_what_another_contract_logs_is_no_ride_no_bus_and_no_delivery():
    forger = who("forger")
    for several in (
        (ride(emitter=forger), bus(), arrived()),
        (ride(), bus(emitter=forger), arrived()),
        (ride(), bus(), arrived(emitter=forger)),
    ):
        assert joined(*several) == joined(several[2], *several[:2]) == []


def test_a_bus_or_a_delivery_that_failed_brought_nothing():
    for several in ((ride(), bus(status="failed"), arrived()), (ride(), bus(), arrived(status="failed"))):
        assert joined(*several) == joined(several[2], *several[:2]) == []


def test_a_ticket_that_two_buses_took_or_that_was_delivered_twice_joins_nothing():
    again = bus(guid=bytes(reversed(ID)), name="again")
    [finding] = found(ride(), bus(), again, arrived())
    assert (finding.incoming, "two messages say that they took it" in finding.text) == ((), True)
    assert joined(ride(), bus(), arrived(), arrived(name="again")) == []
    assert joined(ride(), bus(), arrived((RECIPIENT, VALUE), (RECIPIENT, VALUE))) == []


def test_two_passengers_of_one_bus_who_say_the_same_are_not_told_apart():
    two = arrived()
    assert joined(two, ride(6), ride(7), bus()) == []
    view = town(two, ride(6), ride(7), bus())
    assert any("two deposits" in verdict.text for verdict in bridges(seen(two.transaction, view), view))


def test_a_taxi_is_no_bus_and_what_cannot_be_told_is_said_once():
    two = arrived()
    assert {log.topic for log in two.logs} == {TAXI.topic}
    view = town(two)
    [verdict] = bridges(seen(two.transaction, view), view)
    assert verdict.text == f"delivered from ethereum by Stargate v2, key 0x{ID.hex()}: no source has the deposit"


def test_a_ride_that_stands_in_the_transaction_of_a_failed_one_says_nothing():
    one = ride()
    failed = replace(one, transaction=replace(one.transaction, status="failed"))
    assert found(failed, bus(), arrived()) == joined(arrived(), failed, bus()) == []

"""Arguments: what the ABI lays out is found by name, and what is cut or crooked is nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.adapters.protocols import parsed, topic
from chaintrace.model.log import Log
from chaintrace.model.protocol import Event, Protocols
from heuristics.continuations.arguments import Said, address_in
from tests.heuristics.continuations.making import said, who

SIGNATURE = (
    "Sent(address indexed to, uint64 number, bytes text, (uint256 id, bytes name, (bool yes, int8 less) inner) order, "
    "uint256[2] pair, bytes4 mark, string indexed hashed)"
)
NAME, ARGUMENTS = parsed(SIGNATURE)
EVENT = Event(
    "P", "ethereum", who("c"), topic(SIGNATURE), NAME, ARGUMENTS, "sent", {}, "eip155", "", "s", dt.date(2026, 1, 1)
)
KNOWN = Protocols(numbers={"eip155": {1: "ethereum"}})
VALUES = {
    "to": who("to"),
    "number": 9,
    "text": b"abcdef",
    "order": {"id": 7, "name": b"xyz", "inner": {"yes": True, "less": -1}},
    "pair": [1, 2],
    "mark": b"\x01\x02\x03\x04",
}


def read(log: Log) -> Said:
    return Said(replace(log, chain="ethereum", txid="0x" + "ab" * 32), EVENT, KNOWN)


def test_every_argument_is_found_by_its_name():
    one = read(said(EVENT, **VALUES))
    assert one.fits
    assert one.address("to", "ethereum") == who("to")
    assert (one.number("number"), one.bytes_of("text"), one.bytes_of("text[2:4]")) == (9, b"abcdef", b"cd")
    assert (one.number("order.id"), one.bytes_of("order.name"), one.number("order.inner.yes")) == (7, b"xyz", 1)
    assert (one.signed("order.inner.less"), one.bytes_of("mark")) == (-1, b"\x01\x02\x03\x04")
    assert (one.number("@chain"), one.bytes_of("@txid"), one.address("@emitter", "ethereum")) == (
        1,
        b"\xab" * 32,
        EVENT.contract,
    )


@pytest.mark.parametrize(
    "expression",
    ["none", "order", "order.none", "number.part", "text[4:9]", "text[5:2]", "pair", "@none", "a b", "hashed.x"],
)
def test_what_is_not_there_is_nothing(expression):
    assert read(said(EVENT, **VALUES)).bytes_of(expression) is None


def test_a_topic_too_few_or_data_too_short_does_not_fit():
    log = said(EVENT, **VALUES)
    assert not read(replace(log, topics=log.topics[:2])).fits
    assert not read(replace(log, data=log.data[: 2 + 64])).fits


def test_an_offset_and_a_length_that_point_outside_give_nothing():
    log = said(EVENT, **VALUES)
    words = [log.data[2:][at : at + 64] for at in range(0, len(log.data) - 2, 64)]
    words[1] = "f" * 64
    assert read(replace(log, data="0x" + "".join(words))).bytes_of("text") is None


@given(st.binary(max_size=400), st.sampled_from(["text", "order.name", "order.inner.yes", "mark", "number", "pair"]))
def test_no_data_make_it_fail(data, expression):
    log = replace(said(EVENT, **VALUES), data=f"0x{data.hex()}")
    value = read(log).bytes_of(expression)
    assert value is None or len(value) <= len(data)


@pytest.mark.parametrize(
    ("value", "chain", "shown"),
    [
        (bytes(32), "ethereum", ""),
        (bytes(12) + bytes.fromhex(who("a")[2:]), "ethereum", who("a")),
        (bytes.fromhex(who("a")[2:]), "base", who("a")),
        (
            b"\x41" + bytes.fromhex("a614f803b6fd780986a42c78ec9c7f77e6ded13c"),
            "tron",
            "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
        ),
        (bytes(12) + bytes.fromhex(who("a")[2:]), "zksync-lite", who("a")),
        (b"\x01" * 32, "solana", "0x" + "01" * 32),
        (b"\x01" * 32, "ethereum", "0x" + "01" * 32),
    ],
)
def test_addresses_have_the_form_of_their_chain(value, chain, shown):
    assert address_in(value, chain) == shown

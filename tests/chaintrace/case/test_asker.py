"""What case.toml says of requests: every key is read, every wrong one is named with its line."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest

from chaintrace.case.asker import read_asker
from chaintrace.case.config import load
from chaintrace.case.table import Table
from chaintrace.case.toml_lines import KeyLines
from chaintrace.errors import InputError
from chaintrace.freeze.authority import FIELDS, Ask
from tests.chaintrace.small_case import CASE, small_case

WHOLE = """
[authority]
agency = "Police of Somewhere"
order_attached = "order.pdf"

[clock]
reported = 2026-01-05T09:00:00+08:00
order_expires = "2026-07-05T00:00:00Z"
time_zone = "Asia/Shanghai"

[[ask]]
chain = "ledger"
address = "shop"
asset = "GOLD"
value = "50"
reason = "an order"
"""


def asker(folder, more: str = WHOLE):
    small_case(folder, case=CASE + more)
    (folder / "order.pdf").write_bytes(b"an order")
    return load(folder).asker


def test_what_a_case_says_is_read(tmp_path):
    found = asker(tmp_path)
    assert found.authority["agency"] == "Police of Somewhere"
    assert found.authority["officer"] == ""
    assert found.authority.gives("order_attached")
    enclosed = found.authority.files["order_attached"]
    assert (enclosed.name, enclosed.sha256) == ("order.pdf", hashlib.sha256(b"an order").hexdigest())
    assert found.clock.dates["reported"] == datetime(2026, 1, 5, 1, tzinfo=UTC)
    assert found.clock.expiries() == [(datetime(2026, 7, 5, tzinfo=UTC), "order_expires")]
    assert found.clock.time_zone == "Asia/Shanghai"
    assert found.asks == (Ask("ledger", "shop", ("GOLD",), 50, "an order"),)


def test_a_case_without_them_says_nothing(tmp_path):
    found = asker(tmp_path, "")
    assert not any(found.authority.gives(key) for key in FIELDS)
    assert (found.clock.dates, found.clock.time_zone, found.asks) == ({}, "", ())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("agency =", "agenzy =", r"unknown key 'agenzy' in \[authority\] \(did you mean 'agency'\?\)"),
        ('"Police of Somewhere"', '""', "agency is empty"),
        ('"Police of Somewhere"', "7", "agency must be text"),
        ('"order.pdf"', '"lost.pdf"', "names 'lost.pdf', which does not exist"),
        ('"order.pdf"', '"."', "which is a folder"),
        ('"order.pdf"', '"empty.pdf"', "order_attached is an empty file, and a letter would enclose nothing"),
        ('"order.pdf"', '"order.pdf"\nsigned_facts = "order.pdf"', "two enclosures have the same name"),
        ("+08:00", "", "without a time zone: add Z"),
        ("2026-01-05T09:00:00+08:00", "2026-01-05", "reported is 2026-01-05, without a clock and a time zone: write"),
        ("2026-01-05T09:00:00+08:00", "7", "reported must be a time such as"),
        ('"2026-07-05T00:00:00Z"', '"soon"', "order_expires is 'soon': write a time"),
        ("Asia/Shanghai", "Asia/Shangai", "there is no time zone 'Asia/Shangai'"),
        ("Asia/Shanghai", "../etc/passwd", "there is no time zone"),
        ("order_expires", "order_expire", "unknown key 'order_expire' in .clock."),
        ('chain = "ledger"\naddress', 'chain = "legder"\naddress', "no source holds the chain 'legder'"),
        ('value = "50"', "value = 50", "value must be text"),
        ('value = "50"', 'value = "5.0"', "value "),
        ('reason = "an order"', "", r"reason is missing in \[ask\]"),
    ],
)
def test_what_is_wrong_is_one_sentence_with_its_line(tmp_path, old, new, said):
    assert old in CASE + WHOLE
    head, _, tail = (CASE + WHOLE).rpartition(old)
    small_case(tmp_path, case=head + new + tail)
    (tmp_path / "order.pdf").write_bytes(b"an order")
    (tmp_path / "empty.pdf").touch()
    with pytest.raises(InputError, match=said) as caught:
        load(tmp_path)
    assert caught.value.line is not None


def test_an_address_of_a_known_chain_is_checked_and_a_symbol_is_a_contract(tmp_path):
    def ask(address: str) -> Ask:
        values = {"chain": "tron", "address": address, "asset": "USDT", "value": "5", "reason": "an order"}
        empty = Table(tmp_path, KeyLines(), "clock", 0, {})
        return read_asker(empty, empty, [Table(tmp_path, KeyLines(), "ask", 0, values)], ["tron"]).asks[0]

    with pytest.raises(InputError, match="'shop' is no tron address"):
        ask("shop")
    assert "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t" in ask("TNaRAoLUyYEV2uF7GUrzSjRQTU8v5ZJ5VR").contracts


def test_a_stated_amount_may_name_the_memo(tmp_path):
    assert asker(tmp_path, f'{WHOLE}memo = "12345"\n').asks[0].memo == "12345"

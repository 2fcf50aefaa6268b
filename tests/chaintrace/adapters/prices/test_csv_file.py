"""A file of prices: what it says, and every way in which it can be wrong."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.adapters.prices import COLUMNS, priced_contracts, read_prices
from chaintrace.errors import InputError
from chaintrace.model.prices import Price
from chaintrace.model.provenance import Source

USDT = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
SOURCE = Source("file", "prices.csv", "0" * 64)
HEADER = ",".join(COLUMNS)
MAY_9 = 1_652_054_400  # 2022-05-09T00:00:00Z


def read(*rows: str, interval: str = "day", header: str = HEADER):
    return read_prices("\n".join((header, *rows)).encode(), SOURCE, interval, "a list")


def test_a_day_is_its_close_and_a_moment_is_itself():
    (one,) = read("bitcoin,,2022-05-08,34000.5,USD", "bitcoin,BTC,2022-05-10T00:00:00Z,31000.00,USD")
    assert (one.chain, one.contract, one.currency, one.interval, one.told) == ("bitcoin", "", "USD", "day", "a list")
    assert one.prices == (Price(MAY_9, Decimal("34000.5")), Price(MAY_9 + 86_400, Decimal("31000.00")))
    assert one.sources == (SOURCE,)


def test_the_order_of_rows_and_columns_does_not_matter():
    header = "price,note,currency,time,contract,chain"
    (one,) = read("2,later,EUR,1652140800,GOLD,ledger", "1,,EUR,1652054400,GOLD,ledger", header=header)
    assert one.prices == (Price(MAY_9, Decimal(1)), Price(MAY_9 + 86_400, Decimal(2)))


def test_a_token_may_be_named_as_reports_name_it_and_its_contract_decides():
    found = {one.contract: one for one in read("tron,USDT,2022-05-08,0.9987,USD", f"tron,{USDT},2022-05-09,0.9991,USD")}
    assert [price.price for price in found[USDT].prices] == [Decimal("0.9987"), Decimal("0.9991")]
    assert priced_contracts("tron", USDT) == (USDT,)
    assert priced_contracts("tron", "TRX") == ("",)


def test_equal_rows_are_one_and_empty_lines_none():
    (one,) = read("ledger,GOLD,2022-05-08,1,USD", "", "ledger,GOLD,2022-05-08,1,USD", ",,,,")
    assert len(one.prices) == 1


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("ledger,GOLD,2022-05-08,1", "the row has 4 cells, the header 5"),
        (",GOLD,2022-05-08,1,USD", "chain is empty"),
        ("tron,TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6T,2022-05-08,1,USD", "contract is wrong"),
        ("ledger,GOLD,2022-13-08,1,USD", "time is '2022-13-08': there is no such day"),
        ("ledger,GOLD,2022-05-08T00:00:00,1,USD", "it does not say its time zone"),
        ("ledger,GOLD,,1,USD", "time is empty"),
        ("ledger,GOLD,1652054400000,1,USD", "is it in milliseconds?"),
        ("ledger,GOLD,9999-12-31,1,USD", "times lie in the years 2009 to 2100"),
        ("ledger,GOLD,2022-05-08,1.5E-05,USD", "without sign, exponent, space or separator"),
        ('ledger,GOLD,2022-05-08,"1,5",USD', "it must be a plain decimal"),
        ("ledger,GOLD,2022-05-08,-1,USD", "it must be a plain decimal"),
        ("ledger,GOLD,2022-05-08,0,USD", "a price is larger than 0"),
        ("ledger,GOLD,2022-05-08,,USD", "price is ''"),
        ("ledger,GOLD,2022-05-08,N/A,USD", "price is 'N/A'"),
        ("ledger,GOLD,2022-05-08,1,USDT", "what is quoted in a stablecoin is quoted in no currency"),
        ("ledger,GOLD,2022-05-08,1,", "currency is ''"),
        ("ledger,GOLD,2022-05-07,1,EUR", "currency is EUR, and USD above"),
        ("ledger,GOLD,2022-05-07,1,USD", "price is 1, and line 2 has another for that moment"),
        ('ledger,"GO"LD,2022-05-08,1,USD', "this is no CSV"),
    ],
)
def test_a_wrong_row_is_named_with_its_line(row, said):
    with pytest.raises(InputError) as caught:
        read("ledger,GOLD,2022-05-07,2,USD", row)
    assert str(caught.value).startswith("prices.csv, line 3: ")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("chain,contract,time,price", "currency is missing"),
        ("chain,time", "contract, price, currency are missing"),
        (f"{HEADER},price", "the column price stands twice"),
        (HEADER.replace(",", ";"), "the file uses semicolons"),
        ("", "the file is empty"),
    ],
)
def test_a_wrong_header_is_refused(header, said):
    with pytest.raises(InputError, match=said):
        read("ledger,GOLD,2022-05-07,2,USD", header=header)


def test_a_file_without_prices_and_one_that_is_no_text_are_refused():
    with pytest.raises(InputError, match="the file has no price"):
        read()
    with pytest.raises(InputError, match="line 2: the line is not UTF-8"):
        read_prices(HEADER.encode() + b"\n\xff", SOURCE, "day", "a list")


@pytest.mark.parametrize("interval", ["hour", "minute"])
def test_a_day_is_no_moment_of_a_finer_series(interval):
    with pytest.raises(InputError, match=f"a price of each {interval} needs the clock as well"):
        read("ledger,GOLD,2022-05-08,1,USD", interval=interval)


@given(st.binary(max_size=400))
def test_no_bytes_end_in_anything_but_prices_or_a_sentence(content):
    for start in (b"", HEADER.encode() + b"\n", HEADER.encode() + b"\nledger,GOLD,2022-05-08,1,USD\n"):
        try:
            found = read_prices(start + content, SOURCE, "day", "a list")
        except InputError:
            continue
        assert all(price.price > 0 for one in found for price in one.prices)

"""`[valuation]` of a case file: what it asks for, and that everything wrong in it is one sentence with its line."""

from __future__ import annotations

import sys
from decimal import Decimal

import pytest

from chaintrace.case.config import load
from chaintrace.errors import InputError
from chaintrace.model.prices import Price
from chaintrace.valuation import MOMENTS, Declared
from tests.chaintrace.small_case import CASE, small_case

PRICES = "chain,contract,time,price,currency\nledger,GOLD,2020-09-12,3.5,USD\n"
FILE = 'prices = "prices.csv"\ninterval = "day"\nsource = "a list"\n'
RATES = "Date,USD,CNY\n2020-09-11,1.1854,8.0997\n"


def case(folder, table: str, head: str = CASE):
    """The small case with this `[valuation]`, a file of prices and one of rates."""
    small_case(folder, case=f"{head}\n[valuation]\n{table}")
    (folder / "prices.csv").write_text(PRICES, "utf-8")
    (folder / "rates.csv").write_text(RATES, "utf-8")
    return load(folder)


def test_a_case_without_the_table_asks_for_no_values(tmp_path):
    assert load(small_case(tmp_path)).valuation is None


def test_a_file_of_prices_is_read_and_pinned(tmp_path):
    config = case(tmp_path, f'currency = "USD"\n{FILE}')
    wanted = config.valuation
    assert (wanted.currency, wanted.moments, wanted.ecb, wanted.service) == ("USD", MOMENTS, "", None)
    assert wanted.series[0].prices == (Price(1_599_955_200, Decimal("3.5")),)
    assert [file.shown for file in config.files][-1] == "prices.csv"
    assert wanted.sources[0][1] == "prices of each day (UTC), told by: a list"


def test_moments_are_in_their_own_order(tmp_path):
    assert case(tmp_path, f'currency = "USD"\nat = ["report", "loss"]\n{FILE}').valuation.moments == ("loss", "report")


def test_a_declared_price_names_its_asset_and_its_currency(tmp_path):
    wanted = case(tmp_path, 'currency = "USD"\ndeclared = { "ledger:GOLD" = "1.00 USD" }').valuation
    assert wanted.declared == {("ledger", "GOLD"): Declared(Decimal("1.00"), "USD")}


def test_a_service_is_public_unless_it_is_on_this_machine(tmp_path):
    table = 'currency = "USD"\nurl = "{}"\npairs = {{ "ledger:GOLD" = "PAXG-USD" }}'
    wanted = case(tmp_path, table.format("https://api.exchange.coinbase.com")).valuation
    assert wanted.service.reach == "public"
    assert [(pair.contracts, pair.product) for pair in wanted.service.pairs] == [(("GOLD",), "PAXG-USD")]
    assert case(tmp_path, table.format("http://127.0.0.1:8000")).valuation.service.reach == "own"


def test_rates_of_ones_own_file_are_read_and_pinned(tmp_path):
    config = case(tmp_path, f'currency = "CNY"\necb = "last published"\necb_rates = "rates.csv"\n{FILE}')
    assert str(config.valuation.rates.end) == "2020-09-11"
    assert [file.shown for file in config.files][-2:] == ["prices.csv", "rates.csv"]


def test_without_the_package_the_line_of_ecb_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "currency_converter", None)
    with pytest.raises(InputError, match=r"case.toml, line 21: the ECB's reference rates are not installed"):
        case(tmp_path, f'currency = "CNY"\necb = "same day"\n{FILE}')


PAIRS = 'pairs = { "ledger:GOLD" = "PAXG-USD" }'
WRONG = {
    "nothing": ("", "currency is missing in [valuation]"),
    "unknown key": ('currency = "USD"\ncurency = "EUR"', "unknown key 'curency' in [valuation] (did you mean 'curr"),
    "no price": ('currency = "USD"', "there is no price in [valuation]"),
    "currency": (f'currency = "usd"\n{FILE}', "currency is 'usd': a currency is three capital letters"),
    "stablecoin": (f'currency = "USDT"\n{FILE}', "what is quoted in a stablecoin is quoted in no currency"),
    "moment": (f'currency = "USD"\nat = ["los"]\n{FILE}', "at holds 'los' (did you mean 'loss'?)"),
    "no moment": (f'currency = "USD"\nat = []\n{FILE}', "at is an empty list"),
    "no file": ('currency = "USD"\nprices = "gone.csv"\ninterval = "day"\nsource = "x"', "which does not exist"),
    "no interval": ('currency = "USD"\nprices = "prices.csv"\nsource = "x"', "interval is missing in [valuation]"),
    "interval": ('currency = "USD"\nprices = "prices.csv"\ninterval = "week"\nsource = "x"', "interval is 'week'"),
    "no source": ('currency = "USD"\nprices = "prices.csv"\ninterval = "day"', "source is missing in [valuation]"),
    "source alone": ('currency = "USD"\nsource = "x"', "source is said of a file of prices"),
    "pairs alone": (f'currency = "USD"\n{PAIRS}', "pairs is said of a service, and there is no url"),
    "no pairs": ('currency = "USD"\nurl = "https://api.exchange.coinbase.com"', "pairs is missing"),
    "url": (f'currency = "USD"\nurl = "ftp://x"\n{PAIRS}', "it looks like https://"),
    "no host": (f'currency = "USD"\nurl = "http://[::1"\n{PAIRS}', "it looks like https://"),
    "query": (f'currency = "USD"\nurl = "https://x.example/?a=b"\n{PAIRS}', "it looks like https://"),
    "key": (f'currency = "USD"\nurl = "https://u:p@x.example"\n{PAIRS}', "url holds a user or a password"),
    "adapter": (f'currency = "USD"\nadapter = "coingecko"\nurl = "https://x.example"\n{PAIRS}', "must be coinbase-e"),
    "reach": (f'currency = "USD"\nreach = "mine"\nurl = "https://x.example"\n{PAIRS}', "reach is 'mine'"),
    "product": (
        'currency = "USD"\nurl = "https://x.example"\npairs = { "ledger:GOLD" = "../fills" }',
        "a product looks like BTC-USD",
    ),
    "chain": ('currency = "USD"\ndeclared = { "tron:USDT" = "1.00 USD" }', "write chain:asset with a chain of a"),
    "no chain": ('currency = "USD"\ndeclared = { GOLD = "1.00 USD" }', "write chain:asset with a chain of a"),
    "number": ('currency = "USD"\ndeclared = { "ledger:GOLD" = 1.0 }', "must be text in quotes"),
    "no unit": ('currency = "USD"\ndeclared = { "ledger:GOLD" = "1.00" }', 'as in "1.00 USD"'),
    "declared": ('currency = "USD"\ndeclared = { "ledger:GOLD" = "one USD" }', 'as in "1.00 USD"'),
    "no table": ('currency = "USD"\ndeclared = "1.00 USD"', "declared must be a table such as"),
    "twice": (f'currency = "USD"\n{FILE}declared = {{ "ledger:GOLD" = "1 USD" }}', "a price in prices and in declared"),
    "rule": (f'currency = "USD"\necb = "nearest"\n{FILE}', "ecb is 'nearest'"),
    "rates alone": (f'currency = "USD"\necb_rates = "rates.csv"\n{FILE}', "ecb_rates is there without ecb"),
    "no rates": (f'currency = "USD"\necb = "same day"\necb_rates = "prices.csv"\n{FILE}', "it has no header Date,USD"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_in_one_sentence(tmp_path, name):
    table, said = WRONG[name]
    with pytest.raises(InputError) as caught:
        case(tmp_path, table)
    assert said in str(caught.value)
    assert caught.value.line is not None


def test_a_wrong_price_is_named_with_its_file_and_line(tmp_path):
    case(tmp_path, f'currency = "USD"\n{FILE}')
    (tmp_path / "prices.csv").write_text(PRICES + "ledger,GOLD,2020-09-13,3.5e0,USD\n", "utf-8")
    with pytest.raises(InputError, match=r"prices.csv, line 3: price is '3.5e0'"):
        load(tmp_path)


def test_two_tables_are_no_table(tmp_path):
    with pytest.raises(InputError, match=r"valuation must be written \[valuation\]"):
        load(small_case(tmp_path, case=f'{CASE}\n[[valuation]]\ncurrency = "USD"\n'))

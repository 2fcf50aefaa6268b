"""The recipients that ship: each file is whole, says where it was read, and is met by id alone."""

from __future__ import annotations

import re

import pytest

from chaintrace.adapters.issuers import every_token
from chaintrace.freeze.authority import AUTHORITY_KEYS
from chaintrace.freeze.moments import zone
from chaintrace.freeze.recipients import NAMES, NOT_KNOWN, TEXTS, issuer_of, of_actor, parsed, recipients
from chaintrace.i18n import ENGLISH, LANGUAGES

NAMED = {
    *("binance", "okx", "bybit", "kucoin", "htx", "gate", "coinbase", "kraken", "tether", "circle"),
    *("changehero", "changenow", "generic"),
}
GRADES = {"own page", "copy", "third party"}


def test_the_recipients_of_the_plan_are_there():
    assert recipients().keys() >= NAMED
    assert {one.kind for one in recipients().values()} == {"exchange", "issuer", "swapper", "service"}


@pytest.mark.parametrize("name", sorted(recipients()))
def test_what_a_file_says_has_a_source_and_what_has_none_is_not_known(name):
    one = recipients()[name]
    assert one.sources or not any(one.knows(field) for field in TEXTS)
    assert all(page.grade in GRADES and re.match(r"https?://[\w.-]+/\S*$", page.url) for page in one.sources)
    assert set(one.requires) <= set(AUTHORITY_KEYS)
    zone(one["time_zone"])


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != ENGLISH])
@pytest.mark.parametrize("name", sorted(recipients()))
def test_all_that_a_file_says_is_translated(name, language):
    one = recipients()[name]
    said = {field for field in TEXTS if one[field] != NOT_KNOWN} - NAMES
    assert one.translations[language].keys() == said
    # Addresses and numbers are facts: no translation may lose one.
    facts = re.compile(r"[\w.]+@[\w.]*\w|\d+(?:,\d+)*")
    for field in said - {"language"}:
        assert set(facts.findall(one[field])) <= set(facts.findall(one.translations[language][field]))


def test_no_two_files_name_the_same_actor_or_issuer():
    actors = [(one.id, actor) for one in recipients().values() for actor in one.actors]
    issuers = [one.issuer for one in recipients().values() if one.issuer]
    assert len(set(actors)) == len(actors)
    assert all(of_actor(actor).id == name for name, actor in actors)
    assert len(set(issuers)) == len(issuers)


def test_every_issuer_with_a_file_is_one_of_the_list_of_tokens():
    named = {token.issuer for token in every_token().values()}
    found = {one.issuer for one in recipients().values() if one.kind == "issuer"}
    assert found
    assert found <= named


@pytest.mark.parametrize("token", every_token().values(), ids=lambda token: f"{token.chain} {token.issuer}")
def test_every_token_of_the_list_has_an_issuer_to_ask_if_it_has_a_power(token):
    found = issuer_of(token.chain, token.contract)
    assert (found is None) == (token.power == "none")
    assert found is None or (found.kind, found.issuer) == ("issuer", token.issuer)


@pytest.mark.parametrize(
    ("actor", "found"),
    [
        *(("huobi", "htx"), ("htx", "htx"), ("okex", "okx"), ("binance", "binance")),
        *(("gate-io", "gate"), ("gate_io", "gate"), ("crypto-com", "cryptocom"), ("lbank-exchange", "lbank")),
    ],
)
def test_an_actor_is_met_by_its_id(actor, found):
    assert of_actor(actor).id == found


@pytest.mark.parametrize("actor", ["", "Huobi", "Huobi 1", "huob", "huobi ", "gate-us", "not known", "Binance-Hot 1"])
def test_what_looks_like_an_actor_is_nobody(actor):
    assert of_actor(actor) is None


def test_an_issuer_is_met_by_its_exact_contract():
    assert issuer_of("tron", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t").id == "tether"
    assert issuer_of("ethereum", "0xdac17f958d2ee523a2206206994597c13d831ec7").id == "tether"
    assert issuer_of("bsc", "0xdac17f958d2ee523a2206206994597c13d831ec7") is None
    assert issuer_of("tron", "USDT") is None
    assert issuer_of("tron", "") is None


WHOLE = """\
id: x
name: X
kind: exchange
actors: [x]
entity: not known
channel: not known
legal_basis: not known
formats: not known
language: not known
response_time: not known
preservation: not known
freeze: not known
production: not known
requires: []
time_zone: not known
sources: [{url: "https://x.example/", grade: copy}]
checked: 2026-01-01
"""


def test_a_whole_file_is_read():
    one = parsed(WHOLE, "x.yaml")
    assert one["channel"] == NOT_KNOWN
    assert not one.knows("channel")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("name: X\n", "", "the keys must be"),
        ("name: X\n", "name: X\nfax: 1\n", "the keys must be"),
        ("kind: exchange", "kind: bank", "kind one of"),
        ("id: x", "id: y", "id must be the file's name"),
        ("channel: not known", "channel: 7", "must be text"),
        ("channel: not known", "channel: ''", "must be text"),
        ("checked: 2026-01-01", "checked: soon", "checked must be a date"),
        ("grade: copy", "rank: copy", "a source has a url and a grade"),
        ("actors: [x]", "actors: [x]\nissues: [USDT]", "the keys must be"),
        ("actors: [x]", "actors: [x]\nzh: {channel: 渠道}", "of which there is nothing to translate"),
        ("actors: [x]", "actors: [x]\nzh: {name: 名}", "of which there is nothing to translate"),
        ("channel: not known", "channel: A door.\nzh: {channel: 7}", "zh must hold texts"),
        ("channel: not known", "channel: A door.\nzh: 门", "zh must hold texts"),
    ],
)
def test_a_file_that_is_wrong_is_refused(old, new, said):
    with pytest.raises(ValueError, match=said):
        parsed(WHOLE.replace(old, new), "x.yaml")

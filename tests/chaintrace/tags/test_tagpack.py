"""TagPacks: inheritance, networks, what never stops, and what a pack of strangers may hold."""

from __future__ import annotations

import pytest

from chaintrace.errors import InputError
from chaintrace.tags import read

PACK = """\
title: Wallets
creator: somebody
confidence: service_data
category: exchange
source: https://example.org/wallets
lastmod: 2022-11-16
actor: shop
label: a wallet of the shop
currency: BTC
tags:
- address: 34xp4vRoCGJym3xR7yCVPFHoCNxv4Twseo
- address: 0xbe0eb53f46cd790cd13851d5eff43d12404d33e8
  currency: ETH
  label: another
  category: mining_service
  confidence: web_crawl
"""
HUOBI = "TNaRAoLUyYEV2uF7GUrzSjRQTU8v5ZJ5VR"


def pack(text: str):
    return read(text.encode(), "pack.yaml")


def test_a_tag_inherits_what_it_does_not_say():
    first, second = pack(PACK).tags
    assert (first.chain, first.label, first.actor, first.category) == (
        "bitcoin",
        "a wallet of the shop",
        "shop",
        "exchange",
    )
    assert (first.confidence, first.lastmod, first.source) == (50, "2022-11-16", "https://example.org/wallets")
    assert (second.chain, second.label, second.category, second.confidence) == (
        "ethereum",
        "another",
        "mining_service",
        20,
    )


def test_an_unquoted_hexadecimal_address_is_text_and_no_number():
    assert pack(PACK).tags[1].address == "0xbe0eb53f46cd790cd13851d5eff43d12404d33e8"


@pytest.mark.parametrize(
    ("network", "address", "chain"),
    [
        ("network: TRX", HUOBI, "tron"),
        ("network: tron", HUOBI, "tron"),
        ("currency: USDT", HUOBI, "tron"),
        ("currency: USDT", "0x" + "ab" * 20, "ethereum"),
        ("currency: USDT\n  network: BNB", "0x" + "ab" * 20, "bsc"),
        ("currency: ADA", "anything", "ada"),
    ],
)
def test_a_network_or_a_currency_gives_our_chain(network, address, chain):
    (tag,) = pack(f"tags:\n- address: '{address}'\n  {network}\n").tags
    assert tag.chain == chain


def test_abuse_never_stops_and_an_unknown_category_does_not_either_but_is_noted():
    file = pack("currency: ADA\nabuse: scam\ntags:\n- address: a\n- address: b\n  category: teapot\n")
    assert [tag.stops for tag in file.tags] == [False, False]
    assert file.notes == ("pack.yaml: the category 'teapot' (1 tags) is unknown and does not stop a trace",)


def test_a_wrong_address_of_a_stranger_is_left_out_and_noted():
    file = pack(PACK.replace("34xp4vRoCGJym3xR7yCVPFHoCNxv4Twseo", "34xp4vRoCGJym3xR7yCVPFHoCNxv4Twsep"))
    assert [tag.chain for tag in file.tags] == ["ethereum"]
    assert "left out" in file.notes[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("tags: [a", "the file is no YAML"),
        ("- a", "a mapping of fields"),
        ("title: x", "a list `tags`"),
        ("tags:\n- a", "tag 1 is no mapping"),
        ("tags:\n- label: x", "tag 1 has no address"),
        ("tags:\n- address: x", "line 2: tag 1 names neither network nor currency"),
        ("currency: ADA\ntags:\n- address: x\n  confidence: sure", "line 3: the confidence 'sure'"),
        ("currency: ADA\ntags:\n- address: x\n  label: [a]", "the field label of tag 1 must be text"),
    ],
)
def test_what_is_wrong_is_one_sentence(text, words):
    with pytest.raises(InputError) as caught:
        pack(text)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_real_packs_are_read(shared):
    folder = shared / "data" / "labels" / "graphsense-tagpacks" / "packs"
    read_packs = {path.name: read(path.read_bytes(), path.name) for path in sorted(folder.glob("*.yaml"))}
    assert len(read_packs) == 8
    assert all(tag.stops for tag in read_packs["exchange-wallets-binance.yaml"].tags)
    assert not any(tag.stops for tag in read_packs["usdt_blacklist.yaml"].tags)
    assert len(read_packs["plustoken.yaml"].notes) == 2


ACTORS = "title: Names\nactors:\n- id: shop\n  label: The Shop\n  uri: x\n- id: bank\n  label: A Bank\n"


def test_an_actor_pack_gives_labels_and_no_tag():
    found = pack(ACTORS)
    assert [(actor.id, actor.label) for actor in found.actors] == [("shop", "The Shop"), ("bank", "A Bank")]
    assert found.tags == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("actors: []\n", "a list `actors` that is not empty"),
        (ACTORS.replace("  label: A Bank\n", ""), "actor 2 needs an id and a label"),
        ("actors:\n- shop\n", "actor 1 needs an id and a label"),
        (ACTORS.replace("id: bank", "id: shop"), "stands twice, as 1 and 2"),
    ],
)
def test_what_is_wrong_in_an_actor_pack_is_one_sentence(text, words):
    with pytest.raises(InputError) as caught:
        pack(text)
    assert words in str(caught.value)

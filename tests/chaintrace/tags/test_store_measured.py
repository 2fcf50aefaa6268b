"""Real label sets: how many of their rows come in, and why the others do not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chaintrace.tags.store import TagStore
from chaintrace.tags.store_import import Declared, import_list

WHEN = datetime(2026, 1, 2, tzinfo=UTC)
LABELS = "data/labels"
CEX = Declared({"category": "exchange", "source": "defillama-cex"}, {"label": "exchange", "actor": "exchange"})
PHISHING = Declared({"chain": "ethereum"}, {"label": "etherscan_tag"})
MALICIOUS = Declared(
    {"chain": "ethereum"}, {"address": "banned_address", "label": "wallet_tag", "source": "data_source"}
)
EXPLORER = Declared({"chain": "ethereum", "source": "etherscan"}, {"label": "nameTag"})
CONTRACTS = Declared({"chain": "ethereum"}, {"address": "contract_address", "label": "contract_tag"})
TORNADO = Declared({"label": "Tornado Cash", "category": "mixing_service"}, {"chain": "chain_id"})
# read, kept, duplicates, refused
MEASURED = {
    f"{LABELS}/graphsense-tagpacks/tags.csv": (Declared(), 40_101, 40_088, 6, 7),
    f"{LABELS}/defillama-cex/cex_wallets.csv": (CEX, 5_100, 5_092, 3, 5),
    f"{LABELS}/recupero-cc0/ofac_crypto_live.csv": (Declared(), 956, 945, 11, 0),
    f"{LABELS}/forta/phishing_scams.csv": (PHISHING, 6_726, 6_217, 506, 3),
    f"{LABELS}/forta/etherscan_malicious_labels.csv": (MALICIOUS, 7_780, 7_265, 506, 9),
    f"{LABELS}/forta/malicious_smart_contracts.csv": (CONTRACTS, 753, 623, 21, 109),
    f"{LABELS}/evm-labels-npm/exchange.json": (EXPLORER, 372, 368, 0, 4),
    f"{LABELS}/evm-labels-npm/phish-hack.json": (EXPLORER, 5_594, 5_593, 0, 1),
    f"{LABELS}/recupero-cc0/bridges.json": (Declared(), 248, 234, 0, 14),
    f"{LABELS}/recupero-cc0/mixers.json": (Declared(), 29, 26, 0, 3),
    f"{LABELS}/recupero-cc0/cex_deposits.json": (Declared(), 53, 50, 0, 3),
    f"{LABELS}/recupero-cc0/defi_protocols.json": (Declared(), 27, 27, 0, 0),
    f"{LABELS}/ofac/ultrasound_eth.csv": (Declared({"chain": "ethereum", "source": "OFAC"}), 97, 97, 0, 0),
    f"{LABELS}/tornado_contracts.csv": (TORNADO, 97, 96, 0, 1),
    "data/evm/ronin-2022/ronin_ofac_sdn.xml": (Declared(), 2, 2, 0, 0),
}
PACKS = {
    "exchange-wallets-binance": (86, 86, 0, 0),
    "exchange-wallets-huobi": (58, 58, 0, 0),
    "exchange-wallets-kucoin": (59, 54, 5, 0),
    "exchange-wallets-okx": (36, 36, 0, 0),
    "interpol-real_services": (10, 10, 0, 0),
    "plustoken": (12, 10, 0, 2),
    "tornado_cash": (39, 38, 1, 0),
    "usdt_blacklist": (774, 774, 0, 0),
}


@pytest.fixture
def store(tmp_path):
    with TagStore(tmp_path / "tags.sqlite") as opened:
        yield opened


@pytest.mark.parametrize("name", MEASURED)
def test_a_list_comes_in_but_for_what_is_wrong(store, shared, name):
    declared, *wanted = MEASURED[name]
    done = import_list(store, shared / name, declared, "x", WHEN)
    assert [done.read, done.kept, done.duplicates, done.refused] == wanted
    assert done.kept == store.count()
    assert all(one.line for one in done.problems)


OFAC_LISTS = {
    "ARB": 1, "BCH": 7, "BSC": 1, "BSV": 1, "BTG": 1, "DASH": 3, "ETC": 1, "ETH": 152, "LTC": 10, "TRX": 6, "USDC": 2,
    "USDT": 26, "XBT": 434, "XMR": 3, "XRP": 1, "XVG": 1, "ZEC": 3,
}  # fmt: skip


@pytest.mark.parametrize("currency", OFAC_LISTS)
def test_a_plain_list_of_a_currency_comes_in(store, shared, currency):
    fields = {"chain": currency, "label": "OFAC", "source": "OFAC SDN", "abuse": "sanction"}
    path = shared / f"{LABELS}/ofac/0xB10C_sanctioned_addresses_{currency}.txt"
    done = import_list(store, path, Declared(fields), "x", WHEN)
    assert done.kept == OFAC_LISTS[currency]
    # One address of TRON stands among those of Bitcoin; a plain list is not moved, it says what it is.
    refused = [one.sentence for one in done.problems if one.refused]
    assert len(refused) == (currency == "XBT")
    assert all(sentence.endswith("(it is an address of tron)") for sentence in refused)


@pytest.mark.parametrize("name", PACKS)
def test_a_real_tagpack_comes_in_but_for_what_is_wrong(store, shared, name):
    done = import_list(store, shared / f"{LABELS}/graphsense-tagpacks/packs/{name}.yaml", Declared(), "x", WHEN)
    assert (done.read, done.kept, done.duplicates, done.refused) == PACKS[name]


def test_the_actor_pack_names_the_actors_of_tags(store, shared):
    folder = shared / LABELS / "graphsense-tagpacks"
    assert import_list(store, folder / "graphsense.actorpack.yaml", Declared(), "x", WHEN).actors == 3_813
    import_list(store, folder / "packs" / "exchange-wallets-okx.yaml", Declared(), "x", WHEN)
    assert {(tag.claim.actor, tag.actor_label) for tag in store.every()} == {("okex", "OKX")}

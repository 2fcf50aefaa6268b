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
TORNADO = Declared({"label": "Tornado Cash", "category": "mixing_service"}, {"chain": "chain_id"})
# read, kept, duplicates, refused
MEASURED = {
    f"{LABELS}/graphsense-tagpacks/tags.csv": (Declared(), 40_101, 40_088, 6, 7),
    f"{LABELS}/defillama-cex/cex_wallets.csv": (CEX, 5_100, 5_092, 3, 5),
    f"{LABELS}/recupero-cc0/ofac_crypto_live.csv": (Declared(), 956, 944, 11, 1),
    f"{LABELS}/forta/phishing_scams.csv": (PHISHING, 6_726, 6_217, 506, 3),
    f"{LABELS}/forta/etherscan_malicious_labels.csv": (MALICIOUS, 7_780, 7_265, 506, 9),
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


@pytest.mark.parametrize("name", PACKS)
def test_a_real_tagpack_comes_in_but_for_what_is_wrong(store, shared, name):
    done = import_list(store, shared / f"{LABELS}/graphsense-tagpacks/packs/{name}.yaml", Declared(), "x", WHEN)
    assert (done.read, done.kept, done.duplicates, done.refused) == PACKS[name]


def test_the_actor_pack_names_the_actors_of_tags(store, shared):
    folder = shared / LABELS / "graphsense-tagpacks"
    assert import_list(store, folder / "graphsense.actorpack.yaml", Declared(), "x", WHEN).actors == 3_813
    import_list(store, folder / "packs" / "exchange-wallets-okx.yaml", Declared(), "x", WHEN)
    assert {(tag.claim.actor, tag.actor_label) for tag in store.every()} == {("okex", "OKX")}

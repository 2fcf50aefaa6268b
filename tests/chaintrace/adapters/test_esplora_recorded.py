"""Real answers of real servers: each transaction hashes to its txid, and real histories agree with their counters.

The answers were recorded by others from public servers; nothing here asks one.
"""

from __future__ import annotations

import gzip
import json
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from chaintrace.adapters.esplora.history import differences
from chaintrace.adapters.esplora.listed import listed
from chaintrace.adapters.esplora.reading import said
from chaintrace.addresses import address_script, script_address
from chaintrace.errors import Malformed

if TYPE_CHECKING:
    from pathlib import Path

ADDRESSES = ("colonial_ransom", "colonial_anchor", "colonial_fbi")


def read(path: Path):
    """A recorded answer."""
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return json.loads(text, parse_float=Decimal)


def transactions(folder: Path):
    """Every transaction in the recorded answers, with the file it is from."""
    for path in sorted(folder.iterdir()):
        answer = read(path)
        for entry in answer if isinstance(answer, list) else [answer]:
            inner = entry.get("tx", entry)
            if "vin" in inner:
                yield path.name, inner


@pytest.fixture(scope="module")
def folder(shared):
    return shared / "data" / "bitcoin" / "esplora"


def test_every_real_transaction_is_put_back_into_the_bytes_of_its_txid(folder):
    names = []
    for name, entry in transactions(folder):
        assert listed(said(name, entry)).raw.txid == entry["txid"]
        names.append(name)
    assert (len(set(names)), len(names)) == (16, 169)


def test_real_addresses_are_those_that_we_derive_from_the_scripts(folder):
    seen = 0
    for name, entry in transactions(folder):
        outputs = listed(said(name, entry)).raw.outputs
        for output, told in zip(outputs, entry["vout"], strict=True):
            kind, address = script_address(output.script, "bitcoin")
            if kind != "p2pk":
                assert told.get("scriptpubkey_address") == address, (name, entry["txid"])
            seen += 1
    assert seen > 1_000


@pytest.mark.parametrize("name", ADDRESSES)
def test_real_histories_agree_with_their_real_counters(folder, name):
    stats, page = read(folder / f"{name}_stats.json"), read(folder / f"{name}_txs.json")
    entries = tuple(listed(said(name, entry)) for entry in page)
    script = address_script(stats["address"], "bitcoin")
    counted = said(name, stats).part("chain_stats")
    assert differences(counted, entries, script) == []
    for number in range(len(entries)):
        assert differences(counted, entries[:number] + entries[number + 1 :], script) != []


def test_one_page_of_a_busy_address_is_not_its_history(folder):
    stats = read(folder / "satoshi-genesis-address.json.gz")
    page = read(folder / "satoshi-genesis-txs.json.gz")
    entries = tuple(listed(said("genesis", entry)) for entry in page)
    found = differences(
        said("genesis", stats).part("chain_stats"), entries, address_script(stats["address"], "bitcoin")
    )
    assert found[0] == f"its tx_count is 56893, and the pages give {len(page)}"


@pytest.mark.parametrize("field", ["value", "scriptpubkey"])
def test_a_real_transaction_with_anything_changed_is_another(folder, field):
    (entry, *_) = read(folder / "colonial_ransom_txs.json")
    output = entry["vout"][0]
    output[field] = output[field] + (1 if field == "value" else "00")
    with pytest.raises(Malformed, match="but what it lists is"):
        listed(said("HOST answered", entry))

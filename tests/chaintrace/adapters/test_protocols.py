"""The tables of protocols: topics follow from signatures, rows have sources, and a user is told what is wrong."""

from __future__ import annotations

import csv
import datetime as dt
import re

import pytest

from chaintrace.adapters.protocols import FIELDS, FOLDER, parsed, read, shipped, topic
from chaintrace.errors import InputError
from chaintrace.model.protocol import ANYWHERE, SHAPES, Protocols
from heuristics.continuations.keys import COMPUTED
from heuristics.continuations.memos import TEXTS

BRIDGE = """protocol = "Mine"
[[event]]
shape = "sent"
signature = "Locked(address indexed to, uint256 value, uint256 indexed id, uint256 toChain)"
key = "id"
to = "toChain"
recipient = "to"
amount = "value"
source = "https://example.org/mine"
checked = 2026-01-02
[[contract]]
chain = "anvil"
address = "0x00000000000000000000000000000000000000aa"
source = "https://example.org/mine"
checked = 2026-01-02
"""


def test_topics_are_those_that_were_collected_elsewhere(shared):
    from web3 import Web3

    lines = (shared / "data/evm/event_topics.csv").read_text("utf-8").splitlines()
    listed = {row["event"]: row["topic0"] for row in csv.DictReader(lines)}
    known = {row.topic for row in shipped().rows}
    assert len(known & set(listed.values())) > 75
    for signature, found in listed.items():
        assert topic(signature) == found == Web3.to_hex(Web3.keccak(text=signature))


def test_every_row_has_a_source_a_day_and_a_form_that_its_shape_needs():
    for row in shipped().rows:
        assert row.source.startswith("https://")
        assert row.checked <= dt.date(2026, 12, 31)
        assert row.shape in SHAPES
        assert row.contract or row.shape in ANYWHERE, row
        if row.shape == "received":
            assert row.topic
        if row.shape == "sent":
            assert "to" in row.fields or row.name in {"Burn", "LogSwapout"}, row
        if row.shape == "pool":
            assert len(row.fields["amount"]) == 2


def test_every_field_of_every_row_names_an_argument_of_its_event():
    for row in shipped().rows:
        names = dict.fromkeys(argument.name for argument in row.arguments)
        assert len(names) == len(row.arguments), f"{row.name} has two arguments of one name"
        for field, expressions in row.fields.items():
            for expression in expressions if field != "lead" else ():
                if expression.startswith("#"):
                    assert expression[1:] in {*COMPUTED, *TEXTS}
                elif not expression.startswith(("@", "=")) and expression not in {"native", "alone"}:
                    for part in filter(None, re.split(r"[-=]", expression.split("[")[0])):
                        assert part.split(".")[0] in {*names, "listed"}, f"{row.name}: {field} = {expression}"


def test_every_number_that_a_row_refers_to_is_a_table():
    known = shipped()
    assert {row.numbers for row in known.rows} - set(known.numbers) == set()
    assert known.chain_of("cctp", 3) == "arbitrum"
    assert known.number_of("wormhole", "ethereum") == 2
    assert (known.chain_of("cctp", 999), known.number_of("cctp", "bsc")) == ("", None)


def test_every_sent_way_has_a_way_back_or_says_why_not():
    known = shipped()
    ways = {(row.protocol, row.route) for row in known.rows if row.shape == "sent" and row.protocol != "Multichain"}
    without = {way for way in ways if not list(known.shaped("received", *way))}
    assert without == {
        ("Arbitrum bridge", "in"),
        ("Arbitrum bridge", "classic"),
        ("zkSync Lite", ""),
        ("zkSync Era bridge", ""),
    }


def test_every_file_of_the_folder_is_read(data):
    files = sorted((data / FOLDER).glob("*.toml"))
    named = {re.search(r'^protocol = "(.*)"$', path.read_text("utf-8"), re.MULTILINE) for path in files}
    assert {found[1] for found in named if found} == {row.protocol for row in shipped().rows}


def test_a_protocol_of_a_known_shape_is_a_file(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(BRIDGE, encoding="utf-8")
    mine = read(path)
    [row] = mine.rows
    assert (row.protocol, row.chain, row.contract) == ("Mine", "anvil", "0x00000000000000000000000000000000000000aa")
    assert (row.topic, row.place_of_word()) == (topic("Locked(address,uint256,uint256,uint256)"), 2)
    both = shipped().with_more(mine)
    assert both.at("anvil", row.contract, row.topic) == (row,)
    assert len(both.rows) == len(shipped().rows) + 1
    assert Protocols().at("anvil", row.contract, row.topic) == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('protocol = "Mine"\n', "", "add protocol ="),
        ('shape = "sent"', 'shape = "gone"', "is unknown: write one of "),
        ("Locked(address indexed to", "Locked(adress indexed to", "is no type of the Ethereum ABI"),
        ("uint256 toChain)", "uint256 toChain", "a name and arguments in brackets"),
        ("(address", "((address", "brackets do not match"),
        ("(address", "(" * 40 + "address", "more than 32 brackets"),
        ('key = "id"', 'keys = "id"', "is no field"),
        ('key = "id"', "key = 5", "is no field"),
        ('source = "https://example.org/mine"\n', "", "lacks source and checked"),
        ("checked = 2026-01-02", 'checked = "yesterday"', "lacks source and checked"),
        ("0x00000000000000000000000000000000000000aa", "0xaa", "is no address of anvil"),
        ('chain = "anvil"', "", "names no chain"),
        ("[[contract]]", '[[contract]]\nevents = ["Other"]', "names events that the file does not have"),
        ("[[event]]", "[event]", "is no list of tables"),
        ('protocol = "Mine"', "protocol = ", "are no TOML"),
    ],
)
def test_what_is_wrong_in_a_users_file_is_one_sentence(tmp_path, old, new, said):
    path = tmp_path / "mine.toml"
    path.write_text(BRIDGE.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError) as error:
        read(path)
    assert said in str(error.value)
    assert str(path) in str(error.value)


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read(tmp_path / "none.toml")


def test_a_file_may_number_chains_itself(tmp_path):
    path = tmp_path / "mine.toml"
    numbers = '[[numbering]]\nname = "mine"\nsource = "https://example.org"\nchecked = 2026-01-02\n'
    numbers += "chains = {{ anvil = {} }}\n"
    path.write_text(BRIDGE + numbers.format(7), encoding="utf-8")
    assert shipped().with_more(read(path)).chain_of("mine", 7) == "anvil"
    path.write_text(BRIDGE + numbers.format('"seven"'), encoding="utf-8")
    with pytest.raises(InputError, match="something else than a whole number"):
        read(path)


@pytest.mark.parametrize(
    ("signature", "name", "types"),
    [
        ("A()", "A", []),
        ("A(uint, int indexed x)", "A", ["uint256", "int256"]),
        ("A((uint256 a, (bytes b)[] c) d, address[3] e)", "A", ["tuple", "address[3]"]),
    ],
)
def test_signatures_are_read_with_names_and_without(signature, name, types):
    found, arguments = parsed(signature)
    assert (found, [argument.type for argument in arguments]) == (name, types)


def test_fields_are_the_ones_that_the_page_explains(root):
    page = (root / "docs" / "adding-a-protocol.md").read_text("utf-8")
    assert sorted(name for name in FIELDS if f"`{name}`" not in page) == []
    assert sorted(name for name in SHAPES if f"`{name}`" not in page) == []

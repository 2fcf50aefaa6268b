"""case.toml: what it gives, and one sentence with file and line for everything that can be wrong in it."""

from __future__ import annotations

import pytest

from chaintrace.case.config import checked_methods, load
from chaintrace.errors import InputError
from tests.chaintrace.small_case import CASE, small_case

BITCOIN = "bc1qpx7vyv5tp7dm0g475ev527krg764t73dh77gls"
TRON = "TNaRAoLUyYEV2uF7GUrzSjRQTU8v5ZJ5VR"


def changed(old: str, new: str) -> str:
    assert old in CASE
    return CASE.replace(old, new, 1)


def test_a_case_is_read(tmp_path):
    config = load(small_case(tmp_path))
    assert (config.name, config.methods) == ("Small", ("fifo", "lifo", "libr", "haircut"))
    (source,) = config.sources
    assert (source.adapter, source.shown, source.complete) == ("transfers-csv", "transfers.csv", frozenset({"taker"}))
    (seed,) = config.seeds
    assert (seed.txid, seed.index, seed.origin) == ("t1", "0", "payment")
    assert [file.shown for file in config.files] == ["case.toml", "complete.txt", "tags.csv"]
    assert config.rules.use == ("*",)


def test_poison_may_be_listed_and_allocates_nothing(tmp_path):
    config = load(small_case(tmp_path, case=changed('"Small"', '"Small"\nmethods = ["poison", "lifo"]')))
    assert config.methods == ("lifo",)


def test_every_setting_is_read(tmp_path):
    more = f"""
[rules]
use = ["common_input"]
off = []
[limits]
max_hops = 0
max_transactions = 7
min_tag_confidence = 50
until = 2023-01-01T00:00:00+01:00
[limits.min_value]
"ledger:GOLD" = "{2**256 - 1}"
"tron:{TRON}" = 5
[method]
libr_between = "fifo"
pool = "wallet"
[[wallet]]
name = "W"
addresses = ["a", "b"]
[[source]]
adapter = "transfers-csv"
path = "transfers.csv"
complete = "all"
chain = "tron"
"""
    config = load(small_case(tmp_path, case=CASE + more))
    assert config.limits.min_value == {("ledger", "GOLD"): 2**256 - 1, ("tron", TRON): 5}
    limits = config.limits
    assert (limits.max_hops, limits.max_transactions, limits.min_tag_confidence) == (0, 7, 50)
    assert limits.until == 1_672_527_600
    assert config.options.libr_between == "fifo"
    assert config.options.wallets[0].addresses == {"a", "b"}
    assert not config.options.wallets[0].chain  # of every chain


def test_until_may_be_text(tmp_path):
    config = load(small_case(tmp_path, case=CASE + '[limits]\nuntil = "2023-01-01T00:00:00Z"\n'))
    assert config.limits.until == 1_672_531_200


def test_a_declared_wallet_is_a_pool_only_when_the_case_says_so(tmp_path):
    config = load(small_case(tmp_path, case=CASE + '[[wallet]]\nname = "W"\naddresses = ["a"]\n'))
    assert config.options.wallets == ()
    assert config.wallets[0].name == "W"


def test_a_wallet_keeps_the_chain_that_it_is_declared_for(tmp_path):
    config = load(small_case(tmp_path, case=CASE + '[[wallet]]\nname = "W"\nchain = "ledger"\naddresses = ["a"]\n'))
    assert config.wallets[0].chain == "ledger"


def test_the_rows_of_a_second_file_of_a_chain_come_after_the_first(tmp_path):
    more = '[[source]]\nadapter = "transfers-csv"\npath = "transfers.csv"\ncomplete = "all"\nchain = "ledger"\n'
    config = load(small_case(tmp_path, case=CASE + more))
    assert [source.first_row for source in config.sources] == [0, 10**9]


def test_the_list_of_addresses_may_have_comments_and_empty_lines(tmp_path):
    text = "\ufeff# our wallets\r\n\r\ntaker\r\n  other \r\n#taken\n"
    config = load(small_case(tmp_path, complete=text))
    assert config.sources[0].complete == {"taker", "other"}


def test_a_path_that_is_whole_is_shown_by_its_name_alone(tmp_path):
    folder = small_case(tmp_path)
    whole = (tmp_path / "transfers.csv").as_posix()
    config = load(small_case(folder, case=changed('path = "transfers.csv"', f'path = "{whole}"')))
    assert config.sources[0].shown == "transfers.csv"


BAD = {
    "no name": ('name = "Small"', "", 1, "name is missing in [case]"),
    "an empty name": ('name = "Small"', 'name = " "', 2, "name is empty"),
    "control characters": ('name = "Small"', 'name = "a\\u001b[31m"', 2, "control characters"),
    "a name that is no text": ('name = "Small"', "name = 3", 2, "name must be text, not an integer"),
    "no case": ('[case]\nname = "Small"', "", None, "there is no [case]"),
    "an unknown key": ('name = "Small"', 'name = "Small"\nmethod = ["fifo"]', 3, "did you mean 'methods'"),
    "an unknown table": ("[[tags]]", "[[tag]]", 16, "did you mean 'tags'"),
    "methods as text": ('"Small"', '"Small"\nmethods = "fifo"', 3, "methods must be a list"),
    "an unknown method": ('"Small"', '"Small"\nmethods = ["fifo", "hair"]', 3, "did you mean 'haircut'"),
    "no method": ('"Small"', '"Small"\nmethods = []', 3, "the list is empty"),
    "poison alone": ('"Small"', '"Small"\nmethods = ["poison"]', 3, "poison marks and allocates nothing"),
    "a method twice": ('"Small"', '"Small"\nmethods = ["fifo", "fifo"]', 3, "fifo stands twice"),
    "source as one table": ("[[source]]", "[source]", 4, "source must be written [[source]]"),
    "an unknown adapter": ('"transfers-csv"', '"transfer-csv"', 5, "did you mean 'transfers-csv'"),
    "a network adapter with a file": ('"transfers-csv"', '"esplora"', 6, "remove it, and give a url"),
    "reach of a file": (
        'chain = "ledger"\n\n[[seed]]',
        'chain = "ledger"\nreach = "own"\n\n[[seed]]',
        9,
        "reads a file",
    ),
    "no adapter": ('adapter = "transfers-csv"\n', "", 4, "adapter is missing in [source]"),
    "no chain": ('complete.txt"\nchain = "ledger"', 'complete.txt"', 4, "chain is missing in [source]"),
    "a missing file": ('"transfers.csv"', '"transfer.csv"', 6, "which does not exist"),
    "a folder for a file": ('"transfers.csv"', '"."', 6, "which is a folder"),
    "a url": ('path = "transfers.csv"', 'url = "http://127.0.0.1"', 6, "reads a file: name it with path"),
    "complete not said": ('complete = "complete.txt"\n', "", 4, "complete is missing: say for which addresses"),
    "a missing list": ('"complete.txt"', '"nothing.txt"', 7, "which does not exist"),
    "complete as a list": ('"complete.txt"', '["taker"]', 7, "complete must be text, not a list"),
    "a seed without txid": ('txid = "t1"\n', "", 10, "txid is missing in [seed]"),
    "a seed on another chain": ('[[seed]]\nchain = "ledger"', '[[seed]]\nchain = "leger"', 11, "did you mean 'ledger'"),
    "an index that is true": ("index = 0", "index = true", 13, "index must be an integer"),
    "an index with a point": ("index = 0", "index = 0.0", 13, "index must be an integer"),
    "an index below zero": ("index = 0", "index = -1", 13, "index is '-1'"),
    "an origin that is the word for no origin": ('"payment"', '"Unidentified"', 14, "choose another name"),
    "an origin that is no text": ('"payment"', "1", 14, "origin must be text"),
    "path beside txid": ("index = 0", 'path = "victims.csv"', 13, "path stands alone"),
    "tags without a file": ('"tags.csv"', '"none.csv"', 17, "which does not exist"),
}


@pytest.mark.parametrize(("old", "new", "line", "words"), BAD.values(), ids=BAD)
def test_what_is_wrong_in_the_case_is_one_sentence_with_its_line(tmp_path, old, new, line, words):
    folder = small_case(tmp_path, case=changed(old, new))
    with pytest.raises(InputError) as caught:
        load(folder)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert (caught.value.path, caught.value.line) == (folder / "case.toml", line)


MORE = {
    "limits of another type": ('[limits]\nmax_hops = "3"', 19, "max_hops must be an integer, not text"),
    "true as a number": ("[limits]\nmax_hops = true", 19, "max_hops must be an integer, not true or false"),
    "a limit below zero": ("[limits]\nmax_hops = -1", 19, "max_hops is -1"),
    "no transaction at all": ("[limits]\nmax_transactions = 0", 19, "max_transactions is 0"),
    "a confidence above 100": ("[limits]\nmin_tag_confidence = 101", 19, "it must be 0 to 100"),
    "an unknown limit": ("[limits]\nmax_hop = 3", 19, "did you mean 'max_hops'"),
    "a naive time": ("[limits]\nuntil = 2023-01-01T00:00:00", 19, "without a time zone"),
    "a naive time in text": ('[limits]\nuntil = "2023-01-01T00:00:00"', 19, "does not say its time zone"),
    "a date": ("[limits]\nuntil = 2023-01-01", 19, "until must be a time"),
    "a time before there were chains": ("[limits]\nuntil = 1999-01-01T00:00:00Z", 19, "2009 to 2100"),
    "a least value with a point": ('[limits]\nmin_value = { "ledger:GOLD" = 1.5 }', 19, "whole number of base units"),
    "a least value below zero": ('[limits]\nmin_value = { "ledger:GOLD" = "-1" }', 19, "whole number"),
    "a least value of no chain": ('[limits]\nmin_value = { "GOLD" = "1" }', 19, "write chain:asset"),
    "a least value, own table": ('[limits.min_value]\n"lodger:GOLD" = "1"', 19, "did you mean 'ledger'"),
    "another way to share": ('[method]\nlibr_between = "prorata"', 19, "did you mean 'pro_rata'"),
    "another pool": ('[method]\npool = "purse"', 19, "it must be address or wallet"),
    "a pool of no wallets": ('[method]\npool = "wallet"', 19, "needs at least one [[wallet]]"),
    "a wallet without addresses": ('[[wallet]]\nname = "W"', 18, "has no addresses"),
    "an address in two wallets": (
        '[[wallet]]\nname = "V"\naddresses = ["a"]\n[[wallet]]\nname = "W"\naddresses = ["a"]',
        23,
        "is in two wallets",
    ),
    "the same seed twice": ('[[seed]]\nchain = "ledger"\ntxid = "t1"\nindex = "0"', 20, "stands twice"),
    "rules that are no list": ('[rules]\nuse = "*"', 19, "use must be a list"),
    "a key twice": ("[rules]\nuse = []\nuse = []", 20, "it is no TOML"),
    "no TOML": ("[rules\n", 18, "it is no TOML"),
}


@pytest.mark.parametrize(("more", "line", "words"), MORE.values(), ids=MORE)
def test_what_is_wrong_in_a_table_of_its_own_is_one_sentence_with_its_line(tmp_path, more, line, words):
    folder = small_case(tmp_path, case=CASE + more)
    with pytest.raises(InputError) as caught:
        load(folder)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert (caught.value.path, caught.value.line) == (folder / "case.toml", line)


@pytest.mark.parametrize(
    ("chain", "key", "value"),
    [
        ("bitcoin", "victim_addresses", BITCOIN[:-1] + "q"),
        ("tron", "victim_addresses", TRON[:-1] + "X"),
        ("ethereum", "victim_addresses", "0x" + "zz" * 20),
    ],
)
def test_an_address_of_a_known_chain_is_checked_wherever_it_stands(tmp_path, chain, key, value):
    text = (
        CASE.replace('"ledger"', f'"{chain}"')
        + f'[[seed]]\nchain = "{chain}"\ntxid = "{"ab" * 32}"\n{key} = ["{value}"]\n'
    )
    text = text.replace('txid = "t1"', f'txid = "{"cd" * 32}"')
    folder = small_case(tmp_path, case=text, complete="# none\n")
    with pytest.raises(InputError, match=f"is no {chain} address") as caught:
        load(folder)
    assert caught.value.line == 21


def test_a_wrong_address_in_the_list_is_named_with_file_and_line(tmp_path):
    text = CASE.replace('"ledger"', '"tron"')
    folder = small_case(tmp_path, case=text, complete=f"# one\n{TRON}  # a comment\n{TRON[:-1]}X\n")
    with pytest.raises(InputError, match="is no tron address") as caught:
        load(folder)
    assert (caught.value.path, caught.value.line) == (folder / "complete.txt", 3)


def test_no_folder_and_no_case_are_said(tmp_path):
    with pytest.raises(InputError, match="there is no folder"):
        load(tmp_path / "nothing")
    with pytest.raises(InputError, match=r"holds no case\.toml"):
        load(tmp_path)


def test_checked_methods_names_what_there_is():
    with pytest.raises(ValueError, match="there are fifo, lifo, libr, haircut, poison"):
        checked_methods(("average",))


def test_a_note_is_kept_and_one_that_is_too_long_is_refused(tmp_path):
    assert load(small_case(tmp_path)).note == ""
    assert load(
        small_case(tmp_path, case=changed('name = "Small"', 'name = "Small"\nnote = "What it is not."'))
    ).note == ("What it is not.")
    with pytest.raises(InputError, match="note has 1,001 characters: shorten it to 1,000") as caught:
        load(small_case(tmp_path, case=changed('name = "Small"', f'name = "Small"\nnote = "{"x" * 1001}"')))
    assert caught.value.line == 3

"""The user's tags file: what it gives, and the sentence for each thing that can be wrong with it."""

from __future__ import annotations

import pytest

from chaintrace.errors import InputError
from chaintrace.model.attribution import conflicting
from chaintrace.tags import by_address, read

HEADER = "chain,address,label,actor,category,confidence,source,lastmod\n"
ROW = "ledger,a,Shop,shop,exchange,service_api,register,2026-01-01\n"
HUOBI = "TNaRAoLUyYEV2uF7GUrzSjRQTU8v5ZJ5VR"


def tags(text: str):
    return read(text.encode(), "tags.csv").tags


def test_a_row_is_a_tag():
    (tag,) = tags(HEADER + ROW)
    assert (tag.chain, tag.address, tag.label, tag.actor) == ("ledger", "a", "Shop", "shop")
    assert (tag.category, tag.confidence, tag.source, tag.lastmod) == ("exchange", 70, "register", "2026-01-01")
    assert tag.stops


def test_a_byte_order_mark_windows_lines_and_empty_lines_are_no_fault():
    assert tags("\ufeff" + (HEADER + "\n" + ROW + "\n").replace("\n", "\r\n")) == tags(HEADER + ROW)


def test_the_order_of_the_columns_is_free():
    header = ",".join(reversed(HEADER.strip().split(",")))
    row = ",".join(reversed(ROW.strip().split(",")))
    assert tags(f"{header}\n{row}\n") == tags(HEADER + ROW)


def test_no_category_does_not_stop_and_no_confidence_is_unknown():
    (tag,) = tags(HEADER + "ledger,a,Shop,,,,,\n")
    assert (tag.stops, tag.confidence, tag.source) == (False, 5, "tags.csv")


def test_an_equal_row_is_one_tag_and_every_other_is_kept_the_most_confident_first():
    other = "ledger,a,Bank,bank,custodian,90,register,2026-01-01\n"
    found = tags(HEADER + ROW + ROW + other)
    assert len(found) == 2
    (of_a,) = by_address(found).values()
    assert [tag.label for tag in of_a] == ["Bank", "Shop"]
    assert conflicting(of_a)


def test_an_address_is_kept_in_its_one_form_and_control_characters_leave_a_label():
    address = "0x" + "AB" * 20
    (tag,) = tags(HEADER + f"ethereum,{address},\x1b[31mShop\u202e,,exchange,,s,\n")
    assert (tag.address, tag.label) == (address.lower(), "[31mShop")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "column chain is missing"),
        ((HEADER + ROW).replace(",", ";"), 1, "the file uses semicolons: save it with commas"),
        ((HEADER + ROW).replace(",", "\t"), 1, "the file uses tabs: save it with commas"),
        (HEADER.replace(",actor", ""), 1, "column actor is missing"),
        (HEADER.replace("\n", ",colour\n"), 1, "'colour' is unknown"),
        (HEADER + ROW + "ledger,a,Shop\n", 3, "3 cells, the header 8"),
        (HEADER + ROW.replace("exchange", "exchnge"), 2, "did you mean 'exchange'"),
        (HEADER + ROW.replace("service_api", "service_app"), 2, "did you mean 'service_api'"),
        (HEADER + ROW.replace("service_api", "101"), 2, "neither a TagPack id"),
        (HEADER + ROW.replace("ledger,a", "ledger,"), 2, "without an address"),
        (HEADER + ROW.replace("ledger,a", ",a"), 2, "without a chain"),
        (HEADER + f"tron,{HUOBI[:-1]}X,Shop,,exchange,,s,\n", 2, "is no tron address"),
        (HEADER + 'ledger,"a\nb,Shop\n', 2, "is no CSV"),
        (HEADER + "ledger,a\0,Shop,,,,,\n", 2, "NUL"),
    ],
)
def test_what_is_wrong_is_one_sentence_with_its_line(text, line, words):
    with pytest.raises(InputError) as caught:
        tags(text)
    assert words in str(caught.value)
    assert str(caught.value).startswith(f"tags.csv, line {line}: ")
    assert "\n" not in str(caught.value)


def test_a_line_break_in_a_cell_does_not_shift_the_lines_after_it():
    with pytest.raises(InputError) as caught:
        tags(HEADER + 'ledger,a,"two\nlines",,,,,\nledger,b,Shop,,exchnge,,,\n')
    assert caught.value.line == 4


def test_a_file_that_is_not_utf_8_is_bad_input_with_its_line():
    with pytest.raises(InputError, match="line 2: the file is not UTF-8"):
        read(HEADER.encode() + b"ledger,\xff,,,,,,\n", "tags.csv")


FULL = HEADER.replace("\n", ",source_family,valid_from,valid_to,more\n")


def test_further_columns_say_whose_statement_it_is_and_when_it_holds():
    row = ROW.replace("\n", ',reserves:shop,2022-01-01,12/31/2024,"{""actor_label"": ""The Shop""}"\n')
    found = read((FULL + row).encode(), "tags.csv")
    (tag,) = found.tags
    assert (tag.source_family, tag.valid_from, tag.valid_to) == ("reserves:shop", "2022-01-01", "2024-12-31")
    assert [(actor.id, actor.label) for actor in found.actors] == [("shop", "The Shop")]


def test_without_them_the_family_is_that_of_the_source():
    (tag,) = tags(HEADER + ROW.replace("register", "https://etherscan.io/x"))
    assert (tag.source_family, tag.valid_from, tag.valid_to) == ("explorer:etherscan", "", "")


@pytest.mark.parametrize("more", ["", "{", "[1]", "5", '{"actor_label": 5}', "actor_label"])
def test_other_fields_that_cannot_be_read_name_nobody(more):
    row = ROW.replace("\n", f',,,,"{more.replace(chr(34), chr(34) * 2)}"\n')
    assert read((FULL + row).encode(), "tags.csv").actors == ()


def test_a_day_that_is_none_is_bad_input():
    with pytest.raises(InputError, match="line 2: valid_to is 'never': write a date"):
        tags(FULL + ROW.replace("\n", ",,,never,\n"))

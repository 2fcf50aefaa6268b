"""Addresses and txids are read exactly as they stand; what is damaged or disguised is named, and never corrected."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.addresses.base58 import ALPHABET, encode_check
from chaintrace.case.screening.words import IN_LINK, Unread, Word, words

GENESIS = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
USDT = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
WITNESS = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"
EVM = "0x722122dF12D4e14e13Ac3b6895a86e84145b6967"
TXID = "f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16"
OCR = "TXRBsytHfJDoAKRdcedgLsoHudhlxJGUdC"
"""An address in which the only digit, a 1, was read as l."""
LIGHTNING = (
    "lnbc1pvjluezpp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdpl2pkx2ctnv5sxxmmwwd5kgetjypeh2ursdae8g6twvus8g6"
    "rfwvs8qun0dfjkxaq8rkx3yf5tcsyz3d73gafnh3cax9rn449d9p5uxz9ezhhypd0elx87sjle52x86fux2ypatgddc6k63n7erqz25le42c4u4ecky0"
    "3ylcqca784w"
)
"""An invoice of BOLT-11's own examples."""
EVERY = (GENESIS, USDT, WITNESS, EVM, TXID)


def read(text: str, chain: str = "") -> list[str]:
    return [one.text for one in words(text, chain) if isinstance(one, Word)]


def unread(text: str, chain: str = "") -> list[Unread]:
    return [one for one in words(text, chain) if isinstance(one, Unread)]


@pytest.mark.parametrize("text", EVERY)
@pytest.mark.parametrize(
    "around",
    ["{}", "to {}.", "**{}**", '"{}",', "({})", "地址{}，请", "bitcoin:{}?amount=1", "https://a.b/{}/c", "{}\n"],
)
def test_what_stands_in_a_text_is_read(text: str, around: str) -> None:
    assert read(around.format(text)) == [text.lower() if text == EVM else text]
    assert unread(around.format(text)) == []


def test_chains_are_recognised_and_offsets_are_where_it_stands() -> None:
    found = [one for one in words(f"a {GENESIS} b {USDT} {WITNESS.upper()} {EVM.lower()}") if isinstance(one, Word)]
    assert [(one.chains[0], one.start) for one in found] == [
        ("bitcoin", 2), ("tron", 39), ("bitcoin", 74), ("ethereum", 117)
    ]  # fmt: skip
    assert found[2].text == WITNESS


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (GENESIS[:-1] + "b", "checksum does not fit"),
        (GENESIS.replace("z", "0"), "'0' does not occur in base58"),
        (USDT[:-2] + "aa", "checksum does not fit"),
        (WITNESS[:-1] + "p", "checksum does not fit"),
        (WITNESS.replace("bc1", "bcl"), "not the digit 1"),
        (WITNESS[:-1] + "Q", "mixes upper and lower case"),
        (EVM[:-1] + "8", "EIP-55"),
        (EVM[:-1], "has 40 hex digits after 0x, and this has 39"),
        (EVM.lower().replace("0x72", "0x7o"), "'o' is no hex digit"),
        (TXID[:-1], "has 64 hex digits, and this has 63"),
        (TXID[:-1] + "O", "'O' is no hex digit"),
        (EVM[2:], "40 hex digits are no address"),
        (f"{GENESIS[:10]}\u200b{GENESIS[10:]}", "U+200B ZERO WIDTH SPACE"),
        (f"\u202e{GENESIS}", "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("\uff11" + GENESIS[1:], "full-width"),
        (GENESIS.replace("P", "\u0420", 1), "U+0420 CYRILLIC CAPITAL LETTER ER"),
        (f"{GENESIS[:8]}[.]{GENESIS[8:]}", "a point in brackets"),
        (f"{GENESIS[:20]} {GENESIS[20:]}", "stand inside it"),
        (f"{TXID[:32]}\n{TXID[32:]}", "stand inside it"),
        (" ".join(EVM.lower()[at : at + 7] for at in range(0, 42, 7)), "stand inside it"),
        ("TDX3…ys6m", "cut short"),
        ("0x7221...6967", "cut short"),
        (encode_check(b"\x30" + bytes(range(20))), "first byte is 0x30"),
        (OCR, "'l' does not occur in base58"),
        ("O" + EVM[1:], "begins with the letter O"),
        (USDT.lower(), "in one letter case"),
        (USDT.upper(), "in one letter case"),
        ("TXRBsy…xJGUdC", "cut short"),
        ("TXRB***JGUdC", "cut short"),
        (f"x{GENESIS}", "directly at it"),
        (USDT + USDT, "directly at it"),
        (f"USDT{EVM.lower()}", "directly at it"),
        (LIGHTNING, "begins with lnbc"),
        ("rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh", "an address of xrp"),
        ("GAAZI4TCR3TY5OJHCTJC2A4QSY6CJWJH5IAJTGKIN2ER7LBNVKOCCWN7", "an address of stellar"),
        ("EQDtFpEwcFAEcRe5mLVh2N6C0x-_hJEM7W61_JLnSF74p4q2", "an address of ton"),
        ("EQDtFpEwcFAEcRe5mLVh2N6C0x+/hJEM7W61/JLnSF74p4q2", "an address of ton"),
        (" ".join(USDT), "stand inside it"),
        (" ".join(USDT[at : at + 2] for at in range(0, 34, 2)), "stand inside it"),
        (f"{USDT[:16]}\r\n    {USDT[16:]}", "stand inside it"),
        (f"{USDT[:16]}\n> {USDT[16:]}", "stand inside it"),
        (f"{USDT[:16]}=\n{USDT[16:]}", "stand inside it"),
        (f"{USDT[:16]}\u00ad\n{USDT[16:]}", "stand inside it"),
    ],
)
def test_what_is_damaged_or_disguised_is_named_and_not_read(text: str, reason: str) -> None:
    assert read(f"x: {text} y") == []
    (one,) = unread(f"x: {text} y")
    assert reason in one.reason
    assert (one.text, one.start) == (text, 3)


@pytest.mark.parametrize(
    "text",
    [
        "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTi",
        "GAAZI4TCR3TY5OJHCTJC2A4QSY6CJWJH5IAJTGKIN2ER7LBNVKOCCWN2",
        "EQDtFpEwcFAEcRe5mLVh2N6C0x-_hJEM7W61_JLnSF74p4q3",
        "UQ" + "A" * 46,
    ],
)
def test_the_forms_of_other_ledgers_are_named_where_their_checksum_fits_alone(text: str) -> None:
    assert [one.reason for one in unread(f"x: {text} y") if "an address of" in one.reason] == []


def test_an_address_in_a_harmless_link_is_read_as_it_stands() -> None:
    found = list(words(f"{GENESIS} hxxps://tronscan[.]org/#/address/{USDT} tronscan[.]org/{USDT}"))
    assert [(one.text, one.note) for one in found if isinstance(one, Word)] == [
        (GENESIS, ""), (USDT, IN_LINK), (USDT, IN_LINK)
    ]  # fmt: skip
    assert len(found) == 3


def test_with_a_chain_those_of_others_are_not_read() -> None:
    assert read(f"{GENESIS} {USDT}", "tron") == [USDT]
    (one,) = unread(f"{GENESIS} {USDT}", "tron")
    assert one.reason == "it is an address of bitcoin, and none of tron"
    assert read("T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb 41a614f803b6fd780986a42c78ec9c7f77e6ded13c", "tron") == [
        "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb", USDT
    ]  # fmt: skip
    assert [one.reason for one in unread(f"0x{TXID}", "bitcoin")] == [
        "it is no bitcoin txid: those have no 0x before them"
    ]
    assert [(one.kind, one.text) for one in words("rEb8TK3gBgk5auZkwc6sHnwrGVJH8DuaLh", "xrp")] == [
        ("unchecked", "rEb8TK3gBgk5auZkwc6sHnwrGVJH8DuaLh")
    ]


def test_the_form_of_ethereum_is_no_address_of_tron_but_both_forms_are_said() -> None:
    ours = "0xa614f803b6fd780986a42c78ec9c7f77e6ded13c"
    assert read(f"{ours} {EVM} {EVM[:-1]}8", "tron") == []
    reasons = [one.reason for one in unread(f"{ours} {EVM[:-1]}8", "tron")]
    assert USDT in reasons[0]
    assert "EIP-55" in reasons[1]


@pytest.mark.parametrize("prefix", ["ltc", "LTC", "bcrt"])
def test_a_prefix_that_holds_a_look_alike_of_1_is_named_whole(prefix: str) -> None:
    (one,) = unread(prefix + WITNESS[2:].upper() if prefix == "LTC" else prefix + WITNESS[2:])
    named = "ltc1" if prefix != "bcrt" else "checksum"
    assert named in one.reason


@pytest.mark.parametrize(
    "text",
    [
        "The money was sent on the same day, 100,000.00 USDT; call +49 30 1234567 or write to a@b.example.",
        "order 20210805-TR7 invoice 0012345678901234567890",
        "三百名受害人的名单，地址见附件。",
        "https://example.com/a/very/long/path/with/Words/And1Numbers",
        "Tom… that; Thomas...the boy. 3 men saw him do that one more time, then no more men came to tell us so",
        "TVqQAAMAAAAEAAAAqqqqAALgAAAAAAAAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "tHISISAVERYLONGWORDWITHOUTANYDIGIT thisisaverylongwordwithoutanydigit",
    ],
)
def test_prose_is_no_address(text: str) -> None:
    assert list(words(text)) == []


@given(st.sampled_from((GENESIS, USDT, WITNESS)), st.integers(0, 10**6))
def test_no_address_with_one_character_changed_is_read(text: str, seed: int) -> None:
    choice = random.Random(seed)
    at = choice.randrange(4, len(text))
    signs = "qpzry9x8gf2tvdw0s3jn54khce6mua7l" if text == WITNESS else ALPHABET
    changed = text[:at] + choice.choice([sign for sign in signs if sign != text[at]]) + text[at + 1 :]
    assert read(changed) == []
    assert [one.text for one in unread(changed)] == [changed]


@given(st.lists(st.sampled_from((*EVERY, OCR, LIGHTNING)) | st.text(max_size=20), max_size=6).map(" ".join))
def test_any_text_is_read(text: str) -> None:
    found = list(words(text))
    for one in found:
        assert text[one.start :].lower().startswith(one.text.lower())
    assert len(found) >= sum(text.split(" ").count(address) for address in EVERY)


@pytest.mark.parametrize(("before", "is_found"), [(0, True), (99_000, True), (200_000, False)])
def test_a_word_as_long_as_a_file_is_looked_through_for_an_address_only_so_far(before, is_found):
    text = "Z" * before + "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa" + "Z" * 200_000
    found = list(words(text))
    assert [one.reason.startswith("an address stands in it") for one in found] == [True] * is_found

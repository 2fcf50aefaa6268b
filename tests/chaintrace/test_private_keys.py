"""Secrets are found by their checksums, wherever they stand, and addresses, txids and prose are not taken for them."""

from __future__ import annotations

import random

import pytest
from eth_account.hdaccount.mnemonic import Mnemonic
from eth_account.types import Language
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.addresses.base58 import encode_check
from chaintrace.errors import InputError
from chaintrace.private_keys import REDACTED, found, redacted, refuse

KEY = bytes(range(1, 33))
WIFS = [encode_check(bytes((version,)) + KEY + tail) for version in (0x80, 0xEF) for tail in (b"", b"\x01")]
XPRV = encode_check(bytes.fromhex("0488ade4") + bytes(9) + bytes(32) + b"\0" + KEY)
XPUB = encode_check(bytes.fromhex("0488b21e") + bytes(9) + bytes(32) + b"\2" + KEY)
ZPRV = encode_check(bytes.fromhex("04b2430c") + bytes(9) + bytes(32) + b"\0" + KEY)
TXID = "f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16"
ADDRESSES = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
ABANDON = "abandon " * 11 + "about"


@pytest.mark.parametrize("secret", [*WIFS, XPRV, ZPRV])
def test_keys_with_a_checksum_are_found(secret: str) -> None:
    text = f"found on the desk: {secret}, and {TXID}"
    assert [text[one.start : one.end] for one in found(text)] == [secret]
    assert redacted(text) == f"found on the desk: {REDACTED}, and {TXID}"


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("size", [12, 15, 18, 21, 24])
def test_seed_phrases_are_found_in_every_language_and_length(language: Language, size: int) -> None:
    phrase = Mnemonic(language).to_mnemonic(random.Random(size).randbytes(size * 4 // 3))
    text = f"note: {phrase} (end)"
    assert [one.kind for one in found(text)] == ["a seed phrase"]
    assert all(word not in redacted(text).split() for word in phrase.split())


@pytest.mark.parametrize(
    "text",
    [
        ABANDON,
        ABANDON.upper(),
        ABANDON.replace(" ", "\n"),
        ABANDON.replace(" ", ", "),
        "\n".join(f"{number}. {word}" for number, word in enumerate(ABANDON.split(), 1)),
        f"my {ABANDON} phrase",
        f'label,note\n"x","{ABANDON}"\n',
        f"word {ABANDON} word word",
    ],
)
def test_a_phrase_is_found_however_it_is_written_down(text: str) -> None:
    assert [one.kind for one in found(text)] == ["a seed phrase"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        ADDRESSES,
        XPUB,
        TXID,
        f"txid {TXID} 0x{TXID}",
        "abandon " * 12,  # its checksum does not fit
        ABANDON.rsplit(" ", 1)[0],
        WIFS[0][:-1] + ("1" if WIFS[0][-1] != "1" else "2"),
        "The money was sent to the exchange on the same day, and the victim asked the bank to stop the payment.",
        "这是一份关于资金去向的报告不指认任何人也不说明任何地址属于谁",
    ],
)
def test_nothing_else_is_taken_for_a_secret(text: str) -> None:
    assert found(text) == ()
    assert redacted(text) == text


@pytest.mark.parametrize("name", ["private key: ", "PRIVATE_KEY=0x", "privkey ", "Secret key\n", "私钥："])
def test_hexadecimal_digits_are_a_key_where_the_text_says_so(name: str) -> None:
    assert [one.kind for one in found(f"{name}{TXID}")] == ["a private key"]


def test_it_is_refused_by_line_and_never_shown() -> None:
    with pytest.raises(InputError) as caught:
        refuse(f"one\ntwo\n{WIFS[0]}\n", "notes.txt")
    assert caught.value.line == 3
    assert WIFS[0] not in str(caught.value)
    assert "authorised officer" in str(caught.value)
    refuse(ADDRESSES, "notes.txt")


@given(st.text(max_size=300))
def test_any_text_is_read_and_its_secrets_are_gone_afterwards(text: str) -> None:
    assert found(redacted(text)) == ()

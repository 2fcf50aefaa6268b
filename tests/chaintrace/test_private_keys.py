"""Secrets are found by their checksums, wherever they stand, and addresses, txids and prose are not taken for them."""

from __future__ import annotations

import base64
import json
import random

import pytest
from eth_keys.datatypes import PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from mnemonic import Mnemonic

from chaintrace.addresses.base58 import encode, encode_check
from chaintrace.errors import InputError
from chaintrace.private_keys import REDACTED, found, redacted, refuse
from tests.chaintrace.secret_samples import (
    ABANDON,
    ADDRESSES,
    BITCOIN,
    CHINESE,
    ELECTRUM,
    ETHEREUM,
    KEY,
    KEYSTORE,
    OTHERS,
    PHRASE_12,
    PHRASE_24,
    TON,
    TON_ALONE,
    TXID,
    WIFS,
    XPRV,
    XPUB,
    ZPRV,
)

LANGUAGES_OF_KEYS = (
    *("spend key", "signing key", "deployer key", "wallet key", "sk", "seed (hex)", "entropy", "privateKeyHex"),
    *("llave privada", "clave privada", "chave privada", "chiave privata", "cl\u00e9 priv\u00e9e", "priv\u00e9sleutel"),
    *("privater Schl\u00fcssel", "klucz prywatny", "soukrom\u00fd kl\u00ed\u010d", "\u00f6zel anahtar"),
    *(
        "kh\u00f3a ri\u00eang t\u01b0",
        "kunci pribadi",
        "\u0441\u0435\u043a\u0440\u0435\u0442\u043d\u044b\u0439 \u043a\u043b\u044e\u0447",
    ),
    *(
        "\u0645\u0641\u062a\u0627\u062d \u062e\u0627\u0635",
        "\u0928\u093f\u091c\u0940 \u0915\u0941\u0902\u091c\u0940",
        "\u79d8\u94a5",
        "\u79c1\u94a5",
    ),
    *("\u79d8\u5bc6\u9375", "\uac1c\uc778 \ud0a4"),
)
"""What a private key is called in several languages."""


@pytest.mark.parametrize("secret", [*WIFS, XPRV, ZPRV])
def test_keys_with_a_checksum_are_found(secret: str) -> None:
    text = f"found on the desk: {secret}, and {TXID}"
    assert [text[one.start : one.end] for one in found(text)] == [secret]
    assert redacted(text) == f"found on the desk: {REDACTED}, and {TXID}"


@pytest.mark.parametrize("language", sorted(Mnemonic.list_languages()))
@pytest.mark.parametrize("size", [12, 15, 18, 21, 24])
def test_seed_phrases_are_found_in_every_language_and_length(language: str, size: int) -> None:
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


@pytest.mark.parametrize("key", OTHERS.values(), ids=OTHERS)
def test_other_keys_are_found(key: str) -> None:
    text = f"on his phone: {key} (photo 4)"
    assert key.strip() not in redacted(text)
    assert [text[one.start : one.end] for one in found(text)] in ([key], [key.removesuffix(" EC PRIVATE KEY-----")])


@pytest.mark.parametrize(
    "text",
    [json.dumps(KEYSTORE), json.dumps(KEYSTORE, indent=2), json.dumps(json.dumps(KEYSTORE)), f"'{KEYSTORE}'"],
)
def test_a_keystore_is_found(text: str) -> None:
    assert TXID not in redacted(text)
    assert [one.kind for one in found(text)] == ["an encrypted private key (keystore)"]


def test_the_vault_of_a_browsers_wallet_is_found() -> None:
    text = json.dumps({"data": "QUJD" * 20, "iv": "QUJDREVGR0hJSktMTU5PUA==", "salt": "QUJD" * 10 + "="})
    assert [one.kind for one in found(text)] == ["the encrypted vault of a wallet"]


def grid(phrase: str, columns: int) -> str:
    """A phrase as a table of several columns, numbered down each."""
    words = phrase.split()
    lines = len(words) // columns
    return "\n".join(
        "\t".join(f"{at + 1}. {words[at]}" for at in range(line, len(words), lines)) for line in range(lines)
    )


def spelled(word: str) -> str:
    return "".join(f"\\u{ord(sign):04x}" for sign in word)


@pytest.mark.parametrize(
    "text",
    [
        grid(PHRASE_24, 2),
        grid(PHRASE_24, 3),
        grid(PHRASE_12, 4),
        "word\n" + grid(PHRASE_12, 2),
        " ".join(word[:4] for word in PHRASE_12.split()),
        "\u200b".join(PHRASE_12),
        PHRASE_12.replace("a", "\uff41"),
        " ".join(spelled(word) for word in PHRASE_12.split()),
        json.dumps({"note": PHRASE_12.replace(" ", "\n")}),
        PHRASE_12.replace(" ", "<br>"),
        PHRASE_12.replace(" ", " &#8226; "),
        PHRASE_12.replace(" ", " \u2022 "),
        PHRASE_12.replace(" ", "%20"),
        "\n".join(f"Word{number}={word}" for number, word in enumerate(PHRASE_12.split(), 1)),
        json.dumps({f"word{number}": word for number, word in enumerate(PHRASE_24.split(), 1)}),
        "\n".join(f"[12:{number:02}] Bob: {word}" for number, word in enumerate(PHRASE_12.split()))
        + "\n[12:59] Bob: done",
        "\n\n".join(f"2024-01-01,Bob,{word}" for word in CHINESE.split()) + "\n.",
        TON,
        TON_ALONE,
        "seed: " + CHINESE.replace(" ", ""),
        "\u52a9\u8bb0\u8bcd\uff1a" + CHINESE.replace(" ", ""),
        ELECTRUM,
    ],
)
def test_a_phrase_is_found_however_it_hides(text: str) -> None:
    told = f"Whoever reads {text} moves" if "Bob" not in text else f"Whoever reads \n{text}"
    assert {one.kind for one in found(told)} == {"a seed phrase"}
    assert found(redacted(told)) == ()
    assert redacted(told).startswith("Whoever reads ")


@pytest.mark.parametrize(
    "text",
    [
        f"the private key of this wallet is {TXID}",
        f"private keys:\n{TXID}\n{TXID[::-1]}\n",
        f"address,private_key\nx,{TXID}\ny,{TXID[::-1]}\n",
        f"no;who;Secret Key;x\n1;a;0x{TXID};z\n2;b;;\n3;c;{TXID[::-1]};z\n",
        f'{{"privateKey": "{TXID}"}}',
        f"0x{ETHEREUM.hex()} {KEY.hex()}",
        f"{ETHEREUM.hex()} {KEY.hex()}",
        f"{encode_check(b'A' + ETHEREUM)},{KEY.hex()}\n",
        *(f"{address} {KEY.hex()}" for address in BITCOIN),
        f"private key of TXRBsytHfJDoAKRdcedgLsoHudh1xJGUdC: {TXID}",
        f"{TXID} (private key)",
        f"{TXID} is the private key",
        f"Private keys\n\n1. {TXID}\n2. {TXID[::-1]}\n",
        f"his private key, exhibit 4: {TXID}",
        f"1,private key of 0x{ETHEREUM.hex()},{TXID}\n",
        json.dumps({"type": "private key", "value": TXID}),
        f"private_keys = [\n  '{TXID}',\n  '{TXID[::-1]}',\n]",
        f"private key of 0x{ETHEREUM.hex()}\n{TXID}",
        f"no,secret,x,private key\n1,{TXID},x,{TXID[::-1]}\n",
        *(f"{name}: {TXID}" for name in LANGUAGES_OF_KEYS),
    ],
)
def test_hexadecimal_digits_are_a_key_by_what_stands_round_them(text: str) -> None:
    assert found(text)
    assert not any(digits in redacted(text) for digits in (TXID, TXID[::-1], KEY.hex()))


@pytest.mark.parametrize(
    "text",
    [
        f"his private key was leaked, see the transaction {TXID}",
        f"private key leaked. {TXID} moved everything",
        f"txid,note\n{TXID},private key leaked\n",
        f"address,label,note\n0x{ETHEREUM.hex()},Thief,private key compromise\n{TXID},x,y\n{TXID[::-1]},z,\n",
        f"{TXID},private key leaked\n{TXID[::-1]},phishing\n",
        f"note;txid\nprivate key stolen;{TXID}\n",
        f"1,private key,x\n\nthe rest\n2,{TXID}\n",
        f"The private key was leaked, and the coins went on:\n{TXID}\n{TXID[::-1]}\n",
        f"private key\nfirst = {TXID}",
        f"drained through a stolen private key: {TXID}",
        f"{TXID} (private key leaked)",
        f'note = "private key"\n\n[[seeds]]\ntx = "{TXID}"\n',
        f'[{{"id":"{TXID}","why":"private key theft"}},{{"id":"{TXID[::-1]}"}}]',
        f"US Secret Service, case 2021-044:\n{TXID}\n",
        f"1,private key found at home,{TXID}\n",
        f"| private keys found at home | {TXID} |",
        json.dumps({"text": "private key found at home", "exhibit": TXID}),
        f"Stolen private keys\ntxid {TXID}\ntxid {TXID[::-1]}",  # what the documentation advises
        f"wallet key evidence: {TXID}",
        f"public spend key: {TXID}",
        f"validator's signing key (public): {TXID}",
        f"{TXID[::-1]}  private_key.txt\n{TXID}  secret.png\n",
        f"private_keys.zip,{TXID}\nphotos.zip,{TXID[::-1]}",
        f"\u79c1\u94a5\u88ab\u76d7\u540e\u8f6c\u8d70\uff1a\n{TXID}\n",
        "private key sheets " + " ".join(f"{number:04}" for number in range(16)),
        "thefts of private keys a day: " + ", ".join(str(number) for number in range(32)),
        "private keys a day: " + ", ".join(str(number) for number in range(32)),
        "transfer private noise noise subject private label exchange address label label address",
        f"0x{ETHEREUM.hex()} {TXID}",
        f'{{"name": "zero_entropy",\n"txid": "{TXID}",\n"block": 1}}',
        "\n".join(["true", "false", "false"] * 40),  # of a column of few words some rows fit by chance
        ",".join(["False"] * 3 + ["True", "False"] * 6),
        "\n".join(f"{number};x;{word}" for number, word in enumerate(PHRASE_24.split() * 2)),  # a column, no chat
        "private\tkey\nno\tno\n",  # a name over two columns is the name of neither
        encode(bytes(range(64))),  # a signature of Solana has as many bytes
        str(list(range(64))),
        '{"ciphertext": "' + TXID + '"}',
        PHRASE_24.rsplit(" ", 1)[0] + " zoo",
        CHINESE.replace(" ", ""),  # prose of as many signs would fit as often
        "\u52a9\u8bb0\u8bcd\u4e0d\u5728\u8fd9\u4efd\u62a5\u544a\u4e2d\u7684\u4efb\u4f55\u4e00\u9875",
    ],
)
def test_what_looks_like_one_and_is_none_stays(text: str) -> None:
    assert redacted(text) == text


@pytest.mark.parametrize(
    "written",
    [
        " ".join(TXID[at : at + 8] for at in range(0, 64, 8)),
        ":".join(TXID[at : at + 2] for at in range(0, 64, 2)),
        f"{TXID[:32]}\n{TXID[32:]}",
        TXID[1:],
        str(list(bytes.fromhex(TXID))),
        base64.b64encode(bytes.fromhex(TXID)).decode(),
    ],
)
def test_a_number_is_a_key_where_the_text_says_so_however_it_is_written(written: str) -> None:
    text = f"private key: {written} (photo 3)"
    assert REDACTED in redacted(text)
    assert written[4:] not in redacted(text)
    assert found(f"see block {written} (photo 3)") == ()


@pytest.mark.parametrize("key", [WIFS[1], WIFS[2], XPRV, OTHERS["BIP-38"]])
@pytest.mark.parametrize("size", [4, 5, 26])
@pytest.mark.parametrize("gap", [" ", "\n", "\r\n> ", "-"])
def test_a_key_in_pieces_is_found_by_its_checksum(key: str, size: int, gap: str) -> None:
    text = f"on paper: {gap.join(key[at : at + size] for at in range(0, len(key), size))} (photo 3)"
    assert key[-9:-5] not in redacted(text)
    assert redacted(text).endswith(f"{REDACTED} (photo 3)")
    other = f"on paper: {gap.join(key[::-1][at : at + size] for at in range(0, len(key), size))} (photo 3)"
    assert redacted(other) == other


def test_a_list_of_many_keys_with_their_addresses_is_redacted_whole() -> None:
    numbers = [number.to_bytes(32, "big") for number in range(5, 40)]
    text = "\n".join(f"{PrivateKey(one).public_key.to_checksum_address()},{one.hex()}" for one in numbers)
    assert len(found(text)) == len(numbers)
    txids = "\n".join(f"0x{ETHEREUM.hex()},{random.Random(one).randbytes(32).hex()}" for one in range(40))
    assert found(txids) == ()


def test_a_long_text_is_read_whole_and_keeps_its_places() -> None:
    filler = "The bank was told on Monday <b>at nine</b>.\n" * 20_000
    text = filler + PHRASE_12 + "\n" + filler
    (one,) = found(text)
    assert text[one.start : one.end] == PHRASE_12
    assert redacted(text) == filler + REDACTED + "\n" + filler

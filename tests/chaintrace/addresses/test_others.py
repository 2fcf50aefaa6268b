"""Addresses of ledgers that are not read: their checksums fit, as the documentation of each gives them."""

from __future__ import annotations

import pytest

from chaintrace.addresses.others import ledger_of, stellar_payload, xrp_payload

KNOWN = {
    "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh": "xrp",
    "rrrrrrrrrrrrrrrrrrrrrhoLvTp": "xrp",
    "GAAZI4TCR3TY5OJHCTJC2A4QSY6CJWJH5IAJTGKIN2ER7LBNVKOCCWN7": "stellar",
    "EQDtFpEwcFAEcRe5mLVh2N6C0x-_hJEM7W61_JLnSF74p4q2": "ton",
}
"""The first account of the XRP Ledger and its account zero, and the examples of SEP-0023 and of TON's documentation."""

SECRETS = ("snoPBrXtMeMyMHUVTgbuqAfg1SUTb", "SAV76USXIJOBMEQXPANUOQM6F5LIOTLPDIDVRJBFFE2MDJXG24TAPUU7")


@pytest.mark.parametrize(("text", "ledger"), KNOWN.items())
def test_an_address_is_of_its_ledger_and_one_sign_off_of_none(text: str, ledger: str) -> None:
    assert ledger_of(text) == ledger
    for at in range(1, len(text)):
        for sign in "2A":
            other = text[:at] + sign + text[at + 1 :]
            assert other == text or ledger_of(other) == ""


@pytest.mark.parametrize("text", ["", "r", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", *SECRETS])
def test_nothing_else_is_such_an_address(text: str) -> None:
    assert ledger_of(text) == ""


def test_a_text_whose_checksum_does_not_fit_has_no_bytes() -> None:
    with pytest.raises(ValueError, match="checksum"):
        xrp_payload(SECRETS[0][:-1] + "b2"[SECRETS[0][-1] == "b"])
    with pytest.raises(ValueError, match="checksum"):
        stellar_payload(SECRETS[1][:-1] + "67"[SECRETS[1][-1] == "6"])

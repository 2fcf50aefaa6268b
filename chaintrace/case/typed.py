"""What a person typed or wrote into a list: an address or a txid, and what it looks like where it is none."""

import re

from chaintrace.addresses import family, is_address, normalise, normalise_txid, recognise

_ETHEREUM_FORM = re.compile(r"0[xX][0-9a-fA-F]{40}\Z")
_HEX = re.compile(r"(?:0[xX])?([0-9a-fA-F]+)\Z")
_DIGITS = 64
_NEARLY = range(48, 81)
"""So many hex digits are a txid that was cut short or has some too many."""


def typed_address(chain: str, text: str) -> str:
    """An address as the sources write it. Raises ValueError with one clause for what is none.

    On TRON 0x and 40 hex digits are refused, though event logs there write addresses so: from a person they are nearly
    always an address of Ethereum, and would become another one.
    """
    if reason := ethereum_form(chain, text):
        raise ValueError(f"{text!r} is no {chain} address: {reason}")
    return normalise(chain, text)


def ethereum_form(chain: str, text: str) -> str:
    """Why 0x and 40 hex digits are not read as an address of TRON, with both forms; "" for anything else."""
    if family(chain) != "tron" or not _ETHEREUM_FORM.match(text):
        return ""
    if not is_address("ethereum", text):
        return "it is in Ethereum's form, and its letter case is not the checksum of EIP-55: a character is wrong"
    return f"it is in Ethereum's form; if a log of TRON's wrote it so, give {normalise(chain, text)} instead"


def typed_txid(chain: str, text: str) -> str:
    """A txid of a chain whose txids are known. Raises ValueError that says what else the text looks like."""
    try:
        return normalise_txid(chain, text)
    except ValueError as error:
        raise ValueError(f"{error}{_looks(chain, text)}") from error


def _looks(chain: str, text: str) -> str:
    """`, and this is …` for what is known by its form; "" for anything else and on a chain of one's own names."""
    what = what_it_is(chain, text)
    return f", and this is {what}" if what else ""


def what_it_is(chain: str, text: str) -> str:
    """What a text that is no txid of a known chain looks like: a link, an address, hex digits of another number."""
    if family(chain) is None:
        return ""
    if "://" in text:
        return "a link: give the txid that stands in it"
    if is_address(chain, text):
        return f"an address of {chain}"
    if found := recognise(text):
        return f"an address of {found[0]}"
    digits = _HEX.match(text)
    if digits and len(digits[1]) in _NEARLY and len(digits[1]) != _DIGITS:
        return f"{len(digits[1])} of them"
    return ""

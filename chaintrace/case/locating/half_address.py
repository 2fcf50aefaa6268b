"""Half an address: how it begins and how it ends, as apps shorten it.

Base58 is told apart by letter case; hex and bech32 are not (BIP-173: all upper or all lower case is the same address).
"""

import re
from dataclasses import dataclass

from chaintrace.addresses import BITCOIN, family
from chaintrace.case.table import shown
from chaintrace.errors import InputError

_BASE58 = re.compile(r"[1-9A-HJ-NP-Za-km-z]*\Z")
_LETTERS = re.compile(r"[0-9A-Za-z]*\Z")
_HEX = re.compile(r"[0-9a-fA-F]*\Z")
_CUT = re.compile(r"(?P<prefix>[0-9A-Za-z]*)(?:\.{2,}|\u2026|\*{2,})(?P<suffix>[0-9A-Za-z]*)\Z")


@dataclass(frozen=True, slots=True)
class Half:
    """The beginning and the end of an address of a chain; either may be `""`."""

    chain: str
    prefix: str
    suffix: str

    def __str__(self) -> str:
        """As apps write it: `TDX3…ys6m`."""
        return f"{self.prefix}…{self.suffix}"

    def fits(self, address: str, *, any_case: bool = False) -> bool:
        """Whether an address begins and ends so. With `any_case`, also where only the letter case differs."""
        prefix, suffix, whole = self.prefix, self.suffix, address
        kind = family(self.chain)
        if kind == "evm":
            prefix, whole = _bare(prefix), _bare(whole)
        if any_case or kind == "evm" or (kind == "bitcoin" and _is_bech32(self.chain, whole)):
            prefix, suffix, whole = prefix.lower(), suffix.lower(), whole.lower()
        return len(whole) >= len(prefix) + len(suffix) and whole.startswith(prefix) and whole.endswith(suffix)


def half(chain: str, prefix: str | None, suffix: str | None) -> Half | None:
    """What `--prefix` and `--suffix` say; None where neither was given.

    Raises InputError for characters that no address of the chain has.
    """
    if prefix is None and suffix is None:
        return None
    made = Half(chain, (prefix or "").strip(), (suffix or "").strip())
    kind = family(chain)
    for option, text in (("--prefix", made.prefix), ("--suffix", made.suffix)):
        if reason := _refused(kind, _bare(text) if kind == "evm" and option == "--prefix" else text):
            raise InputError(f"{option} is {shown(text)}: {reason}")
    if kind == "tron" and made.prefix and not made.prefix.startswith("T"):
        raise InputError(f"--prefix is {shown(made.prefix)}: an address of {chain} begins with T, so look again")
    if not (_bare(made.prefix) if kind == "evm" else made.prefix) and not made.suffix:
        raise InputError("--prefix and --suffix are empty: give a few characters, or leave both out")
    return made


def cut(text: str) -> tuple[str, str] | None:
    """Beginning and end of a shortened address such as `TDX3…ys6m` or `0x12ab...89ef`; None where it is not cut."""
    match = _CUT.match(text.strip())
    return (match["prefix"], match["suffix"]) if match else None


def _bare(text: str) -> str:
    """Hex without its 0x."""
    return text[2:] if text[:2] in {"0x", "0X"} else text


def _refused(kind: str | None, text: str) -> str:
    """Why no address can have this in it; empty where one can."""
    if kind == "evm" and not _HEX.match(text):
        return "an address of this chain is 0x and hex digits, 0 to 9 and a to f, so look again"
    if kind == "tron" and not _BASE58.match(text):
        return "an address of this chain has no 0 (zero), O, I or l (small L), and nothing but letters and digits, so look again"  # noqa: E501  # one sentence
    if kind == "bitcoin" and not _LETTERS.match(text):
        return "an address has nothing but letters and digits, so look again"
    return ""


def _is_bech32(chain: str, address: str) -> bool:
    return address.lower().startswith(f"{BITCOIN[chain].hrp}1")

"""An approval: a holder of a token lets somebody else move it. A fact beside the movements, and never a link.

It is observed twice, at either address, so that both can be asked for it: `approval` at who holds the token, with who
may move it, and `approved by` at who may move it, with who holds the token. The value of both has one form:

    ADDRESS allowance NUMBER of CONTRACT in TXID sent by ADDRESS

The first address is the other one, the number is in base units of the contract, and the last is who sent the
transaction; ` sent by ` and it are left out where that is not told.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from chaintrace.model.provenance import Observation, Source

APPROVAL, APPROVED_BY = "approval", "approved by"
"""What is observed at who holds a token, and at who may move it."""

_FORM = re.compile(r"(\S+) allowance ([0-9]{1,78}) of (\S+) in (\S+)(?: sent by (\S+))?\Z")


@dataclass(frozen=True, slots=True)
class Approval:
    """From a transaction on the spender may move up to `allowance` of the holder's units of a contract (EIP-20).

    `allowance` is in base units, 0 where it was taken back, 2^256-1 where there is no limit. It is the word of the
    contract: one that lies can name anybody. So `sender` says who sent the transaction: the holder, somebody with the
    holder's signature, or a stranger; `""` where it is not told. `height` is None where it is not known.
    """

    chain: str
    height: int | None
    holder: str
    spender: str
    contract: str
    allowance: int
    txid: str
    sender: str = ""

    def observations(self, source: Source | None) -> tuple[Observation, Observation]:
        """The two observations of it."""
        return (
            Observation(self.chain, self.holder, APPROVAL, self.height, self._value(self.spender), source),
            Observation(self.chain, self.spender, APPROVED_BY, self.height, self._value(self.holder), source),
        )

    def _value(self, other: str) -> str:
        """The form, with the address at which it is not observed."""
        sent = f" sent by {self.sender}" if self.sender else ""
        return f"{other} allowance {self.allowance} of {self.contract} in {self.txid}{sent}"


def approvals_in(several: Iterable[Observation]) -> tuple[Approval, ...]:
    """The approvals among observations, each once, by height; what has another form is passed over."""
    found = dict.fromkeys(one for seen in several for one in _read(seen))
    return tuple(sorted(found, key=_order))


def _order(one: Approval) -> tuple[object, ...]:
    """By height, then by whatever tells two of one height apart."""
    return one.height or 0, one.txid, one.contract, one.holder, one.spender, one.allowance, one.sender


def _read(seen: Observation) -> Iterator[Approval]:
    """The approval that an observation is."""
    form = _FORM.match(seen.value) if seen.what in {APPROVAL, APPROVED_BY} else None
    if form is None:
        return
    other, allowance, contract, txid, sender = form.groups(default="")
    holder, spender = (seen.subject, other) if seen.what == APPROVAL else (other, seen.subject)
    yield Approval(seen.chain, seen.height, holder, spender, contract, int(allowance), txid, sender)

"""What is proposed in the wallet of a token's issuer and not carried out at the pinned height: to block an address.

The token names the wallet that directs it. Where that is of the kind that `data/issuers.toml` says, its newest
proposals are read, once for each token and tip. A wallet that answers otherwise is told, and is never "nothing is
proposed".
Source: MultiSigWallet (github.com/gnosis/MultiSigWallet, contracts/MultiSigWallet.sol): ids count from 0, and
`transactions(uint256)` gives destination, value, data and whether it was executed.
"""

import threading
from dataclasses import dataclass
from typing import Final

from chaintrace.adapters.evm.quantities import ZERO, word_address
from chaintrace.adapters.evm_rpc.issuer_calls import WORD, says
from chaintrace.adapters.evm_rpc.rpc import Rpc
from chaintrace.adapters.issuer_replies import Untold
from chaintrace.adapters.issuers import Form, Issued, proposed_at, seen, selector
from chaintrace.adapters.network import Status
from chaintrace.errors import Malformed, Unavailable
from chaintrace.model.chain import Account
from chaintrace.model.provenance import Observation, Source

NEWEST: Final = 64
"""So many of the newest proposals are read: a call each, once for each token and tip."""

COUNT, PROPOSAL = "transactionCount()", "transactions(uint256)"
"""The questions to such a wallet."""
_TYPES: Final = ("address", "uint256", "bytes", "bool")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A call to the token that a wallet has and has not made."""

    wallet: str
    number: int
    data: bytes
    source: Source


class IssuerProposals:
    """Reads the wallets of the issuers of one node's tokens."""

    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc
        self._lock = threading.Lock()
        self._read: dict[tuple[str, str], tuple[Proposal, ...] | str] = {}

    def told(self, account: Account, token: Issued, form: Form, at: Status) -> tuple[Observation, ...]:
        """The pending proposals to block the address as of the tip `at`, by id. Raises Untold and Refused.

        A node that fails here loses no state that it told before: the reason is told instead.
        """
        if not token.proposals:
            return ()
        with self._lock:  # many ask about one token at once, and its wallet is read once
            key = token.contract, at.block_hash
            if key not in self._read:
                self._read[key] = self._pending(token, at)
            found = self._read[key]
        if isinstance(found, str):
            raise Untold(f"what is proposed in the issuer's wallet is not read: {found}")
        data = bytes.fromhex(selector(form.block)[2:]) + int(account.address, 16).to_bytes(WORD, "big")
        what = proposed_at(token.contract)
        return tuple(
            seen(account, what, at.height, f"{one.number} {form.block} {one.wallet}", one.source)
            for one in found
            if one.data == data
        )

    def _pending(self, token: Issued, at: Status) -> tuple[Proposal, ...] | str:
        """What the wallet has not carried out of its newest calls to the token; the reason where it is not known."""
        try:
            wallet = self._wallet(token, at)
            count = self._count(wallet, at)
            numbers = range(max(0, count - NEWEST), count)
            read = (self._proposal(token.contract, wallet, number, at) for number in numbers)
            return tuple(one for one in read if one is not None)
        except (Untold, Unavailable, Malformed) as why:
            return str(why)

    def _wallet(self, token: Issued, at: Status) -> str:
        said, _ = says(self._rpc, token.contract, token.wallet, at, name="for its wallet")
        wallet = word_address(said)
        if wallet is None or wallet == ZERO:
            text = f"{token.contract} answers the question for its wallet with {_shown(said)}"
            raise Untold(f"{text}, which names nobody")
        return wallet

    def _count(self, wallet: str, at: Status) -> int:
        said, _ = says(self._rpc, wallet, COUNT, at)
        if len(said) != WORD:
            raise Untold(f"{wallet} answers {COUNT} with {_shown(said)}, which is no number")
        return int.from_bytes(said, "big")

    def _proposal(self, contract: str, wallet: str, number: int, at: Status) -> Proposal | None:
        """One proposal; None where it was carried out or calls another contract. Raises Untold for another shape."""
        said, source = says(self._rpc, wallet, PROPOSAL, at, number)
        parts = _parts(said)
        if parts is None:
            raise Untold(f"{wallet} answers {PROPOSAL} for {number} with {_shown(said)}, which are no proposal")
        destination, data, executed = parts
        return None if executed or destination != contract else Proposal(wallet, number, data, source)


def _parts(said: bytes) -> tuple[str, bytes, bool] | None:
    """Destination, data and whether it was executed; None for any other shape, and for an id that was never given.

    Written again, the values must give the same bytes. Old compilers may leave out the zeros behind the data.
    """
    from eth_abi.abi import decode, encode  # heavy: only where such a wallet is read
    from eth_abi.exceptions import DecodingError

    try:
        values = decode(_TYPES, said, strict=False)
    except (DecodingError, OverflowError, ValueError):
        return None
    destination, _, data, executed = values
    if destination == ZERO or not encode(_TYPES, values).startswith(said):
        return None
    return str(destination), bytes(data), bool(executed)


def _shown(said: bytes) -> str:
    """An answer for a person: its length, and how it begins."""
    return f"{len(said)} bytes ({said[:WORD].hex()})" if said else "0 bytes"

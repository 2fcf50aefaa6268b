"""The questions of the Esplora API, each with the check that its answer must pass.

Bytes of a txid, headers and Merkle branches are settled: once they have passed their check, they are never asked for
again. What can change is pinned to the tip as of which it is asked, or asked anew where no pin is given.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import ParamSpec, TypeAlias, TypeVar

from chaintrace.adapters.bitcoin.proofs import proven_header, proven_position, proven_transaction
from chaintrace.adapters.bitcoin.rawblock import Header, RawTransaction
from chaintrace.adapters.esplora.listed import Listed, listed
from chaintrace.adapters.esplora.reading import Heard, Said
from chaintrace.adapters.network import Endpoint, Status
from chaintrace.adapters.transport import Door, Request
from chaintrace.errors import Malformed, Refused, Unavailable
from chaintrace.model.chain import OutPoint
from chaintrace.model.provenance import Source

_Read = TypeVar("_Read")
_Given = ParamSpec("_Given")
_Reader: TypeAlias = Callable[[Heard], _Read]

ADAPTER = "esplora"
NO_OTHER: frozenset[int] = frozenset()
NOT_THERE = frozenset({404})
TOO_MUCH = frozenset({400, 404})
"""The statuses of a list that is too long for the server (`utxos-limit` of electrs), or that it does not make."""


class _Absent(Refused):
    """The server says that it has no such thing: an answer, but never one that settles anything."""


class Asking:
    """One server's answers, checked. Every method raises Unavailable, Refused or Malformed, and nothing else."""

    def __init__(self, endpoint: Endpoint, door: Door) -> None:
        self.endpoint = endpoint
        self.host = Request(ADAPTER, endpoint.url).host
        self._door = door

    def raw(self, txid: str) -> tuple[RawTransaction, Source] | None:
        """The transaction whose bytes have this txid; None when the server has no such transaction."""
        return self._settled(f"/tx/{txid}/hex", lambda heard: _proven(heard, proven_transaction, heard.hex(), txid))

    def header(self, block_hash: str, chain: str = "") -> Header | None:
        """The header of a block, its hash and its work checked; None when the server has no such block.

        `chain` says how much work it must have; left out, the endpoint's.
        """
        chain = chain or self.endpoint.chain
        found = self._settled(
            f"/block/{block_hash}/header", lambda heard: _proven(heard, proven_header, heard.hex(), block_hash, chain)
        )
        return None if found is None else found[0]

    def position(self, txid: str, height: int, header: Header) -> int | None:
        """The transaction's position in its block by its Merkle branch; None when the server has no branch for it."""

        def read(heard: Heard) -> int:
            proof = heard.object()
            if proof.integer("block_height") != height:
                raise proof.wrong("block_height", f"where height {height} was said before")
            return _proven(heard, proven_position, txid, proof.hashes("merkle"), proof.integer("pos"), header)

        found = self._settled(f"/tx/{txid}/merkle-proof", read)
        return None if found is None else found[0]

    def height(self, block_hash: str) -> int | None:
        """The height that the server gives to a block; None when it has no such block."""

        def read(heard: Heard) -> int:
            block = heard.object()
            if block.hash("id") != block_hash:
                raise block.wrong("id", f"where block {block_hash} was asked for")
            return block.integer("height")

        found = self._settled(f"/block/{block_hash}", read)
        return None if found is None else found[0]

    def tip(self) -> str:
        """The hash of the last block, now."""
        return self._ask("/blocks/tip/hash", Heard.hash)[0]

    def tip_over(self, at: Status) -> str:
        """The hash of the last block, now. Raises Unavailable where its chain no longer holds the block `at`."""
        tip = self.tip()
        if tip != at.block_hash and self.block_at(at.height, "") != at.block_hash:
            raise Unavailable(
                f"{self.host} no longer has block {at.block_hash} at height {at.height}: the chain was re-organised; "
                "run again"
            )
        return tip

    def block_at(self, height: int, pin: str) -> str | None:
        """The hash of the block at a height as of a tip, or now without one; None when the chain is not so long."""

        def read(heard: Heard) -> str | None:
            return None if heard.is_absent() else heard.hash()

        return self._ask(f"/block-height/{height}", read, pin=pin, accept=NOT_THERE)[0]

    def status(self, txid: str, pin: str) -> Said:
        """Whether a transaction is confirmed, and by which block. Of one that it does not know: not confirmed."""
        return self._ask(f"/tx/{txid}/status", Heard.object, pin=pin)[0]

    def outspend(self, outpoint: OutPoint, pin: str) -> tuple[Said, Source]:
        """Whether an output is spent, and by what. Of an output that it does not know: not spent.

        Known of electrs: so that there is such an output must be shown by its bytes.
        """
        return self._ask(f"/tx/{outpoint.txid}/outspend/{outpoint.vout}", Heard.object, pin=pin)

    def unspent(self, holder: str, pin: str) -> tuple[Said, ...] | str:
        """The unspent outputs of `address/…` or `scripthash/…`; a sentence where they are too many for the server."""
        return self._refusable(f"/{holder}/utxo", Heard.objects, pin)

    def counters(self, holder: str, pin: str) -> Said | str:
        """`chain_stats` and `mempool_stats` of an address; a sentence where it is too busy for the server."""
        return self._refusable(f"/{holder}", Heard.object, pin)

    def page(self, holder: str, last: str, pin: str) -> tuple[Listed, ...]:
        """Confirmed transactions of an address, newest first, after the txid `last`; their bytes have their txids."""
        return self._ask(f"/{holder}/txs/chain" + (f"/{last}" if last else ""), _list, pin=pin)[0]

    def pending(self, holder: str, pin: str) -> tuple[Listed, ...]:
        """The transactions of an address that no block holds, at most 50 of them."""
        return self._ask(f"/{holder}/txs/mempool", _list, pin=pin)[0]

    def _settled(self, path: str, read: _Reader[_Read]) -> tuple[_Read, Source] | None:
        """An answer that never changes. "Not found" is no such answer: it is asked again another time."""

        def whole(heard: Heard) -> _Read:
            if heard.is_absent():
                raise _Absent(f"{heard.where} with not found: ask another source")
            return read(heard)

        try:
            return self._ask(path, whole, settled=True, accept=NOT_THERE)
        except _Absent:
            return None

    def _refusable(self, path: str, read: _Reader[_Read], pin: str) -> _Read | str:
        """An answer, or the short sentence with which the server says that it is too much."""

        def either(heard: Heard) -> _Read | str:
            return heard.refusal() or read(heard)

        return self._ask(path, either, pin=pin, accept=TOO_MUCH)[0]

    def _ask(
        self,
        path: str,
        read: _Reader[_Read],
        *,
        settled: bool = False,
        pin: str = "",
        accept: frozenset[int] = NO_OTHER,
    ) -> tuple[_Read, Source]:
        """Ask, and read the answer, which the door has checked by reading it once before it hands it over."""
        asked = Request(ADAPTER, self.endpoint.url.rstrip("/") + path, reach=self.endpoint.reach)

        def check(content: bytes, status: int) -> None:
            read(Heard(asked, path, content, status))

        answer = self._door.ask(replace(asked, settled=settled, pin=pin, accept=accept, check=check))
        return read(Heard(asked, path, answer.content, answer.status)), answer.source


def _list(heard: Heard) -> tuple[Listed, ...]:
    """A list of whole transactions."""
    return tuple(listed(entry) for entry in heard.objects())


def _proven(heard: Heard, prove: Callable[_Given, _Read], *given: _Given.args, **named: _Given.kwargs) -> _Read:
    """What was proven, or Malformed with the server's name before the reason and the remedy behind it."""
    try:
        return prove(*given, **named)
    except Malformed as error:
        raise Malformed(f"{heard.where}, but {error}: nothing of it is used; ask another source") from error

"""What files of blocks answered, kept so that it can be asked again without the files.

`AskedBlocks` writes down each question to a source of blocks and where its answer stands; `ToldBlocks` answers from
such a list and from the raw blocks in the archive. A transaction is read from its block's bytes again. What the block
does not hold is taken from the list: its height and rank, the outputs that its inputs spend, how far the files reach,
and that nothing in them answered. A question that nobody wrote down has no answer: InputError, never None.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from chaintrace.adapters.bitcoin.assembly import Standing, assemble
from chaintrace.adapters.bitcoin.blocksource import ADAPTER
from chaintrace.adapters.bitcoin.networks import native
from chaintrace.adapters.bitcoin.rawblock import RawOutput, RawTransaction, iter_transactions, parse_header
from chaintrace.adapters.interface import FactSource
from chaintrace.errors import InputError, Malformed
from chaintrace.model.archive import Archive
from chaintrace.model.chain import Block, OutPoint
from chaintrace.model.provenance import Coverage, Gap, Source
from chaintrace.model.transaction import Transaction

FORMAT = "chaintrace-told-blocks"
_HEAD = b'{"chain":'
"""How such a list begins. The name of the format stands behind how far the files reach, which may be much."""

Line: TypeAlias = Mapping[str, Any]


class AskedBlocks:
    """A source of blocks that writes down what it was asked and what it answered; it answers as the other one does."""

    whole = False

    def __init__(self, source: FactSource, chain: str, shown: str) -> None:
        """Nothing has been asked yet. `shown` is how the case writes the path of the source."""
        self._source = source
        self._chain = chain
        self._shown = shown
        self._told: dict[str, Transaction] = {}
        self._asked: dict[tuple[str, str], str | None] = {}

    @property
    def source(self) -> Source:
        """See `FactSource`."""
        return self._source.source

    def transactions(self) -> Iterator[Transaction]:
        """See `FactSource`. That everything was read is not written down: no trace asks for it."""
        return self._source.transactions()

    def coverage(self) -> tuple[Coverage, ...]:
        """See `FactSource`."""
        return self._source.coverage()

    def gaps(self) -> tuple[Gap, ...]:
        """See `FactSource`."""
        return self._source.gaps()

    def transaction(self, txid: str) -> Transaction | None:
        """See `FactSource`."""
        return self._keep("transaction", txid, self._source.transaction(txid))

    def spender(self, outpoint: OutPoint) -> Transaction | None:
        """See `FactSource`."""
        return self._keep("spender", f"{outpoint.txid}:{outpoint.vout}", self._source.spender(outpoint))

    def _keep(self, kind: str, subject: str, found: Transaction | None) -> Transaction | None:
        self._asked[kind, subject] = None if found is None else found.txid
        if found is not None:
            self._told[found.txid] = found
        return found

    def lines(self) -> Iterator[dict[str, object]]:
        """The list: what the source is, then each transaction that it told, then each question with its answer."""
        source = self.source
        yield {
            "format": FORMAT,
            "format_version": "1",
            "chain": self._chain,
            "path": self._shown,
            "source": {"request": source.request, "sha256": source.sha256},
            "coverage": [_coverage(one) for one in self.coverage()],
            "gaps": [[one.kind, one.subject, one.text] for one in self.gaps()],
        }
        for _, told in sorted(self._told.items()):
            yield _transaction(told)
        for (kind, subject), txid in sorted(self._asked.items()):
            yield {"kind": kind, "subject": subject, "txid": txid}


def _coverage(one: Coverage) -> dict[str, object]:
    return {"start": one.start, "end": one.end, "height": one.height, "time": one.time, "how": one.how}


def _transaction(told: Transaction) -> dict[str, object]:
    """Where a transaction stands, and what its inputs spend: the block's bytes say the rest."""
    transfer, source = told.transfers[0], told.source
    return {
        "kind": "told",
        "txid": told.txid,
        "height": told.height,
        "rank": transfer.order[0],
        "position": told.position,
        "block": "" if source is None else source.sha256,
        "request": "" if source is None else source.request,
        "spent": [None if leg.value is None else [str(leg.value), leg.script] for leg in transfer.inputs],
    }


class ToldBlocks:
    """Answers what was asked before, from the list at `path` and the raw blocks of an archive."""

    whole = False

    def __init__(self, path: Path, chain: str, archive: Archive) -> None:
        """Raises InputError for a list that cannot be read, or one of another chain."""
        self._archive = archive
        self._path = path
        try:
            head, *lines = [json.loads(line) for line in path.read_bytes().splitlines()]
            if head["chain"] != chain:
                raise InputError(f"the list is of {head['chain']}, not of {chain}: correct the chain", path=path)
            self.source = Source(ADAPTER, head["source"]["request"], head["source"]["sha256"])
            self._coverage = tuple(Coverage(chain, None, None, **one) for one in head["coverage"])
            self._gaps = tuple(Gap(kind, chain, subject, None, text) for kind, subject, text in head["gaps"])
            self._told = {one["txid"]: one for one in lines if one["kind"] == "told"}
            answers = [one for one in lines if one["kind"] != "told"]
            self._answers: dict[tuple[str, str], str | None] = {(a["kind"], a["subject"]): a["txid"] for a in answers}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise InputError("the list of what blocks told is damaged: restore a copy", path=path) from error
        self._chain = chain
        self._read: dict[str, tuple[bytes, Mapping[str, tuple[int, RawTransaction]]]] = {}

    def transactions(self) -> Iterator[Transaction]:
        """Every transaction that was told, in chain order; the files held more."""
        found = [self._transaction(txid) for txid in self._told]
        return iter(sorted(found, key=lambda one: one.transfers[0].order))

    def coverage(self) -> tuple[Coverage, ...]:
        """How far the files reached."""
        return self._coverage

    def gaps(self) -> tuple[Gap, ...]:
        """What the files lacked."""
        return self._gaps

    def transaction(self, txid: str) -> Transaction | None:
        """The transaction as the files told it. Raises InputError for what nobody asked them, Malformed."""
        return self._answer("transaction", txid)

    def spender(self, outpoint: OutPoint) -> Transaction | None:
        """The transaction that spends an output, as the files told it. Raises as `transaction` does."""
        return self._answer("spender", f"{outpoint.txid}:{outpoint.vout}")

    def _answer(self, kind: str, subject: str) -> Transaction | None:
        if (kind, subject) not in self._answers:
            sentence = f"the files of blocks were not asked about the {kind} {subject}: trace from the files themselves"
            raise InputError(sentence, path=self._path)
        txid = self._answers[kind, subject]
        return None if txid is None else self._transaction(txid)

    def _transaction(self, txid: str) -> Transaction:
        """One transaction out of its block's bytes."""
        told = self._told.get(txid)
        try:
            if told is None:
                raise Malformed(f"the list of what blocks told lacks {txid}")
            block, raws = self._block(told["block"])
            position, raw = raws[txid]
            if position != told["position"]:
                raise Malformed(f"the block of {txid} holds it at another place than the list says")
            header = parse_header(block)
            where = Standing(Block(told["height"], header.hash, header.time), told["rank"], position)
            source = Source(ADAPTER, told["request"], told["block"])
            return assemble(raw, native(self._chain), where, _spent(told["spent"], raw), source)
        except (KeyError, TypeError, ValueError) as error:
            raise Malformed(f"the list of what blocks told and the block of {txid} do not agree") from error

    def _block(self, sha256: str) -> tuple[bytes, Mapping[str, tuple[int, RawTransaction]]]:
        """A block and its transactions by txid, with their places; the last one read is remembered."""
        if sha256 not in self._read:
            block = self._archive.read(sha256)
            raws = {raw.txid: (position, raw) for position, raw in enumerate(iter_transactions(block))}
            self._read = {sha256: (block, raws)}
        return self._read[sha256]


def _spent(told: Sequence[Sequence[str] | None], raw: RawTransaction) -> tuple[RawOutput | None, ...]:
    """What each input spends. Raises ValueError where the list has more or fewer than the transaction."""
    if len(told) != (0 if raw.coinbase else len(raw.inputs)):
        raise ValueError
    return tuple(None if one is None else RawOutput(int(one[0]), bytes.fromhex(one[1])) for one in told)


def is_told(path: Path) -> bool:
    """Whether a file is such a list: no file of blocks begins so."""
    if not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            begins_so = file.read(len(_HEAD)) == _HEAD
            return begins_so and f'"format":"{FORMAT}"'.encode() in file.readline()
    except OSError:  # whoever reads it as blocks says why it cannot be read
        return False

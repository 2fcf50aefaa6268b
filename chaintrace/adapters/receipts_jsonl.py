"""Adapter `receipts-jsonl`: transactions of an Ethereum-like chain with their receipts, as a node answers them.

A line is what eth_getTransactionReceipt answers; or an object with that under `receipt`, what eth_getTransactionByHash
answers under `transaction`, the block's time under `timestamp`, and a trace under `trace`. Nothing of the logs is lost,
so that rules see offline what protocols did. A file that begins with `[` is one list of them.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from chaintrace.adapters.evm import (
    EVM_CHAINS,
    Decoded,
    Execution,
    Receipt,
    Sent,
    approvals,
    decode,
    evm_chain,
    geth_execution,
    parity_execution,
    read_receipt,
    read_sent,
    told,
)
from chaintrace.adapters.evm.quantities import address, digest, optional_address, optional_quantity, quantity, table
from chaintrace.adapters.interface import SourceSpec
from chaintrace.adapters.lines import check_unchanged, text_lines
from chaintrace.adapters.transport import Json
from chaintrace.adapters.whole_file import WholeFile
from chaintrace.errors import AdapterError, InputError
from chaintrace.model.archive import Archive
from chaintrace.model.log import SENT
from chaintrace.model.nesting import shallow
from chaintrace.model.provenance import Coverage, Observation, Source
from chaintrace.model.transaction import Transaction

_SENT = ("transaction", "tx")
_TIMES = ("timestamp", "block_timestamp", "blockTimestamp")
_IDS = ("chainId", "chain_id")
_ASKED = re.compile(r"(?:nothing of this answer is used; )?(?:ask again, or )?ask another source")
"""What a network's answer would call for; a file is corrected."""


class ReceiptsJsonl:
    """Opens a file of receipts (`.jsonl`, `.json` or gzipped)."""

    name = "receipts-jsonl"
    summary = "transactions of an Ethereum-like chain with their receipts and logs, as a node answers them"
    needs_complete = True

    def open(self, spec: SourceSpec, archive: Archive, cache: Path) -> "ReceiptsFile":
        """Keep the file's bytes in the archive and open it. Raises InputError when it cannot be read."""
        del cache  # it is read from first to last and needs no index
        if spec.chain not in EVM_CHAINS:
            known = ", ".join(EVM_CHAINS)
            raise InputError(f"{spec.chain} has no such receipts: the adapter reads {known}", path=spec.shown)
        return ReceiptsFile(spec, archive.keep_file(self.name, spec.shown, spec.path))


@dataclass(frozen=True, slots=True)
class _Line:
    """One entry read: its line, the decoded transaction, and what its logs and its call say."""

    line: int
    decoded: Decoded
    noted: tuple[Observation, ...]


class ReceiptsFile(WholeFile):
    """One opened file: read whole, once."""

    _noted: tuple[Observation, ...] = ()

    def __init__(self, spec: SourceSpec, source: Source) -> None:
        super().__init__(spec, source)
        self._chain = evm_chain(spec.chain)

    def transactions(self) -> Iterator[Transaction]:
        """Every transaction of the source's chain, in chain order. Raises InputError with file and line."""
        found: dict[str, _Line] = {}
        for one in self._lines():
            made = one.decoded.transaction
            other = found.setdefault(made.txid, one)
            if other.decoded != one.decoded or other.noted != one.noted:
                self._refuse(f"{made.txid} stands in line {other.line} with other contents: remove one", one.line)
        check_unchanged(self._spec.path, self._spec.shown, self._source.sha256)
        if not found:
            self._refuse(f"the file holds no transaction of {self._spec.chain}: name its chain, or another file")
        several = sorted(found.values(), key=lambda one: _order(one.decoded.transaction))
        self._noted = tuple(seen for one in several for seen in one.noted)
        self._gaps = tuple(gap for one in several for gap in one.decoded.gaps())
        self._coverage = (self._covered([one.decoded.transaction for one in several]),)
        return (one.decoded.transaction for one in several)

    def observations(self) -> tuple[Observation, ...]:
        """The logs, the calls and the approvals of the transactions, in chain order; known once the file was read."""
        return self._noted

    def line_of(self, txid: str, index: str) -> int | None:
        """The first line with that transaction, for a message; reads the file again."""
        del index
        return next((one.line for one in self._lines() if one.decoded.transaction.txid == txid), None)

    def _lines(self) -> Iterator[_Line]:
        """Every entry of the source's chain, in the file's order. Raises InputError."""
        for line, entry in self._entries():
            try:
                given = _unwrapped(entry)
                if self._is_of(given):
                    yield self._line(line, given)
            except AdapterError as error:
                self._refuse(_ASKED.sub("correct this entry, or take it out", str(error)), line, error)

    def _entries(self) -> Iterator[tuple[int, Json]]:
        """The entries of the file with their lines; those of one list have the line 1."""
        lines = enumerate(text_lines(self._spec.path, self._spec.shown), 1)
        for number, text in lines:
            if text.lstrip().startswith("["):
                every = self._parsed(text + "".join(rest for _, rest in lines), number)
                yield from ((number, entry) for entry in (every if isinstance(every, list) else [every]))
            elif not text.isspace():
                yield number, self._parsed(text, number)

    def _parsed(self, text: str, line: int) -> Json:
        """The JSON of a line, or of a list. Raises InputError."""
        try:
            value: Json = json.loads(shallow(text), parse_float=str)
        except RecursionError as error:
            self._refuse("this is nested too deep to be read: leave its trace out", line, error)
        except ValueError as error:
            what = error.msg.lower() if isinstance(error, json.JSONDecodeError) else "a number is too long"
            self._refuse(f"this is no JSON ({what}): write one receipt a line, or one list of them", line, error)
        return value

    def _is_of(self, given: Mapping[str, Json]) -> bool:
        """Whether an entry is of the source's chain, where it says of which chain it is."""
        holders = (given, *(part for key in _SENT if isinstance(part := given.get(key), dict)))
        ids = [quantity(one[key], "the chain id") for one in holders for key in _IDS if one.get(key) is not None]
        return all(number == self._chain.chain_id for number in ids)

    def _line(self, line: int, given: Mapping[str, Json]) -> _Line:
        """One entry. Raises Malformed, and Declined where it does not say whether it held."""
        answered = given["receipt"] if "receipt" in given else dict(given)
        signed = next((given[key] for key in _SENT if given.get(key) is not None), None)
        sent = _sent_by(table(answered, "the receipt")) if signed is None else read_sent(signed, _txid(signed))
        receipt = read_receipt(answered, sent)
        execution = None if self._chain.logs_all else _execution(given.get("trace"), sent)
        decoded = decode(self._chain, sent, receipt, _time(given, answered), execution, source=self._source)
        noted = (*approvals(self._chain, sent, receipt, self._source), *self._told(sent, receipt))
        if signed is not None:
            return _Line(line, decoded, noted)
        told = _without_value(decoded, logged=self._chain.logs_all)
        return _Line(line, told, tuple(seen for seen in noted if seen.what != SENT))

    def _told(self, sent: Sent, receipt: Receipt) -> Iterator[Observation]:
        """What the logs and the call say."""
        return told(self._chain, sent, receipt, self._source, whole=True)

    def _covered(self, several: Sequence[Transaction]) -> Coverage:
        """What the case declares (M10), for the assets that occur, from the first block of the file to the last."""
        complete = self._spec.complete
        assets = frozenset(part.asset.contract for one in several for part in one.transfers)
        last = several[-1]
        end = last.height or 0
        addresses = None if complete == "all" else complete or frozenset()
        return Coverage(self._spec.chain, addresses, assets, several[0].height or 0, end, end, last.time)

    def _refuse(self, sentence: str, line: int | None = None, cause: Exception | None = None) -> NoReturn:
        """Raise InputError at a line of the file."""
        raise InputError(sentence, path=self._spec.shown, line=line) from cause


def _unwrapped(entry: Json) -> Mapping[str, Json]:
    """An entry, or the result of the answer of JSON-RPC that it is. Raises Malformed."""
    given = table(entry, "an entry")
    return table(given["result"], "the result") if "jsonrpc" in given and "result" in given else given


def _txid(signed: Json) -> str:
    return digest(table(signed, "the transaction").get("hash"), "the transaction's hash")


def _sent_by(receipt: Mapping[str, Json]) -> Sent:
    """What a receipt alone says of how its transaction was sent: not its value, and not its call."""
    return Sent(
        txid=digest(receipt.get("transactionHash"), "the receipt's transaction"),
        sender=address(receipt.get("from"), "the receipt's sender"),
        receiver=optional_address(receipt.get("to"), "the receipt's receiver"),
        value=0,
        data=b"",
        gas=quantity(receipt.get("gasUsed"), "the gas used"),
        type=optional_quantity(receipt.get("type"), "the receipt's type") or 0,
        gas_price=None,
        block_hash=digest(receipt.get("blockHash"), "the receipt's block"),
        height=quantity(receipt.get("blockNumber"), "the receipt's height"),
        position=quantity(receipt.get("transactionIndex"), "the receipt's position"),
    )


def _without_value(decoded: Decoded, *, logged: bool) -> Decoded:
    """A transaction of which only the receipt is known: that nothing was paid with it is not said.

    `logged`: its logs tell what was paid.
    """
    made = decoded.transaction
    text = f"what {made.txid} paid of the native asset is not known: its receipt alone does not tell it"
    kept = tuple(part for part in made.transfers if part.index != "value")
    whole = Transaction(
        *(made.chain, made.txid, made.block, made.position, kept), status=made.status, source=made.source
    )
    doubts = () if logged else (text,)
    return Decoded(whole, (*decoded.unread, *doubts), decoded.native.union(doubts))


def _execution(trace: Json, sent: Sent) -> Execution | None:
    """The calls: as debug_traceTransaction tells them (an object), or trace_transaction (a list)."""
    if not trace:
        return None
    return parity_execution(trace, sent) if isinstance(trace, list) else geth_execution(trace, sent)


def _time(given: Mapping[str, Json], answered: Json) -> int | None:
    """The block's time: beside the receipt, in it, or in one of its logs; None where nothing says it."""
    receipt = table(answered, "the receipt")
    logs = receipt.get("logs")
    holders: Iterable[Json] = (dict(given), dict(receipt), *(logs if isinstance(logs, list) else ()))
    told = (one[key] for one in holders if isinstance(one, dict) for key in _TIMES if one.get(key) is not None)
    return optional_quantity(next(told, None), "the block's time")


def _order(one: Transaction) -> tuple[int, int]:
    return one.height or 0, one.position

"""The same file of UTXO transactions, asked instead of read into a store: for looking at one that is too large.

It answers from the index of its lines (`utxo_index`), which the system takes away at the end. A line that is refused
is left out and told as a gap: what is looked at needs not be whole, as a case must.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

from chaintrace.adapters.interface import SourceSpec
from chaintrace.adapters.lines import CUT_SHORT
from chaintrace.adapters.transactions_jsonl import TransactionsFile, TransactionsJsonl
from chaintrace.adapters.utxo_index import Placed
from chaintrace.adapters.utxo_lines import Line
from chaintrace.errors import InputError
from chaintrace.model.archive import Archive
from chaintrace.model.chain import OutPoint
from chaintrace.model.provenance import Gap, Source
from chaintrace.model.transaction import Transaction

STEP = 10_000
"""After so many lines each the one who watches is told."""

KEPT = 4_096
"""So many transactions by txid, and by an output that they spend, are remembered."""

TOLD = 1_000
"""So many refused lines are told one by one; of more their number."""

LEGS: Final = 250_000
"""So many inputs and outputs of a source stay in memory, at most: some 200 MB."""

Watch = Callable[[int], None]
"""Told how many lines were read."""


class AskedTransactions(TransactionsJsonl):
    """Opens a file of UTXO transactions that stays where it is."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def open(self, spec: SourceSpec, archive: Archive, cache: Path) -> TransactionsFile:
        """Read the file once, into an index of its own. Raises InputError when it cannot be read."""
        del cache  # the index lies where the system keeps what is taken away
        return AskedFile(spec, archive.keep_file(self.name, spec.shown, spec.path), self._watch)


class AskedFile(TransactionsFile):
    """One opened file that is asked. One thread at a time. A small one stays in memory (`LEGS`)."""

    whole = False
    held = LEGS

    def __init__(self, spec: SourceSpec, source: Source, watch: Watch) -> None:
        super().__init__(spec, source)
        self._watch = watch
        self._left: dict[int, str] = {}
        self._more = 0
        self._index = self._indexed()
        self._gaps = (*self._gaps, *self._left_out())
        self.close = self._index.close
        self._by_txid = lru_cache(maxsize=KEPT)(lambda txid: self._made(self._index.placed(txid)))
        self._by_outpoint = lru_cache(maxsize=KEPT)(lambda outpoint: self._made(self._index.spender(outpoint)))

    def transactions(self) -> Iterator[Transaction]:
        """Every transaction in chain order, with what the file itself knows of its inputs. Raises InputError."""
        return (self._transaction(*placed) for placed in self._index.in_order())

    def transaction(self, txid: str) -> Transaction | None:
        """One transaction by txid; None when the file does not hold it."""
        return self._by_txid(txid)

    def spender(self, outpoint: OutPoint) -> Transaction | None:
        """What spends an output, confirmed before pending; None when nothing in the file does."""
        return self._by_outpoint(outpoint)

    def _lines(self) -> Iterator[Line]:
        """The lines, counted for whoever watches."""
        for number, line in enumerate(super()._lines()):
            if not number % STEP:
                self._watch(number)
            yield line

    def _refuse(self, sentence: str, line: int | None) -> None:
        """Note what is wrong with a line, which is left out. Raises InputError where nothing is left, and why not."""
        if line is None:
            raise next(map(self._error, self._left.items()), InputError(sentence, path=self._spec.shown))
        if line in self._left or len(self._left) < TOLD:
            self._left.setdefault(line, sentence)
        else:
            self._more += 1

    def _error(self, left: tuple[int, str]) -> InputError:
        """What is wrong with a line, with its place."""
        line, sentence = left
        return InputError(sentence, path=self._spec.shown, line=line)

    def _left_out(self) -> Iterator[Gap]:
        """The lines that were left out, in their order."""
        chain, shown = self._spec.chain, self._spec.shown
        for left in sorted(self._left.items()):
            what = "what comes behind it is not read" if left[1] == CUT_SHORT else "the line is left out"
            yield Gap("source", chain, shown, None, f"{self._error(left)}; {what}")
        if self._more:
            text = f"{shown}: {self._more:,} more refusals of lines, which are left out as well"
            yield Gap("source", chain, shown, None, text)

    def _made(self, found: Placed | None) -> Transaction | None:
        return None if found is None else self._transaction(*found)

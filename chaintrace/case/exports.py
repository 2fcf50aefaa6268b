"""Other formats: a case's report in one of them, or its UTXO transactions as `transactions-jsonl`."""

import gzip
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from chaintrace.case.assembly import transactions
from chaintrace.case.log import Clock
from chaintrace.case.overwriting import spare
from chaintrace.case.retracing import standing
from chaintrace.case.rules import Observer, nobody
from chaintrace.case.view import CaseView
from chaintrace.errors import InputError, OutputError
from chaintrace.model.chain import OutPoint
from chaintrace.model.trace import Trace
from chaintrace.model.transaction import Leg, Transaction
from chaintrace.report import FORMATS as REPORT_FORMATS
from chaintrace.report import Report, build
from chaintrace.report.foreign import FORMATS as FOREIGN_FORMATS
from chaintrace.report.interface import Format


@dataclass(frozen=True, slots=True)
class TransactionsJsonl:
    """UTXO transactions, one JSON object a line: the same as the adapter of that name reads."""

    transactions: tuple[Transaction, ...] = ()
    name: str = "transactions-jsonl"
    summary: str = (
        "the case's UTXO transactions, one JSON object a line (sources that are only asked: those of the trace)"
    )

    def write(self, report: Report, folder: Path) -> tuple[str, ...]:
        """Write the transactions, whatever the report says; return the name of the file."""
        del report
        with (folder / "transactions.jsonl").open("w", encoding="utf-8", newline="\n") as file:
            for transaction in self.transactions:
                file.write(json.dumps(line_of(transaction), separators=(",", ":")) + "\n")
        return ("transactions.jsonl",)


UTXO = TransactionsJsonl().name
FORMATS: Mapping[str, Format] = {**REPORT_FORMATS, **FOREIGN_FORMATS, UTXO: TransactionsJsonl()}
"""Every format by name."""


def export(folder: Path, name: str, target: Path | str, clock: Clock, observer: Observer = nobody) -> tuple[Path, ...]:
    """Trace a case and write it in one format at `target`, as `placed` reads it.

    Returns the paths written. Raises InputError, AdapterError, and OutputError when they cannot be written: what stood
    there before still stands.
    """
    if name not in FORMATS:
        raise InputError(f"there is no format {name!r}: there are {', '.join(FORMATS)}")
    spare(Path(target), folder)
    with standing(folder, clock, observer) as case:
        inputs = case.inputs(case.question)
        form = FORMATS[name]
        if name == UTXO:
            found = tuple(utxo_transactions(case.rooms.view, case.config.chains, inputs.traces.values()))
            if not found:
                raise InputError(f"the case has no UTXO transactions: {UTXO} cannot hold it")
            form = TransactionsJsonl(found)
        paths = placed(form, build(inputs), target)
        case.note("export", {"format": name})
    return paths


def placed(form: Format, report: Report, where: Path | str) -> tuple[Path, ...]:
    """Write beside the target first, then put each file in its place: `paths_at` says which.

    Raises InputError where the target cannot be meant, and OutputError.
    """
    target = Path(where)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as bench:
            names = form.write(report, Path(bench))
            paths = paths_at(where, names)
            paths[0].parent.mkdir(exist_ok=True)
            for path in paths:
                spare(path)
            for name, path in zip(names, paths, strict=True):
                if path.suffix == ".gz" and not name.endswith(".gz"):
                    _zipped(Path(bench) / name)
                (Path(bench) / name).replace(path)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputError(f"{target} cannot be written ({reason}): what stood there before is unchanged") from error
    return paths


def paths_at(where: Path | str, names: Sequence[str]) -> tuple[Path, ...]:
    """Where the files of a format go.

    Of one file, a path that has its ending (or `.gz`) is the file, and any other gets the ending; a folder that exists,
    or a slash at the end, is the folder for it. Of several, the path is the folder. Raises InputError where a file
    stands in the place of that folder, or where its name has the ending of one of the files.
    """
    target, endings = Path(where), {Path(name).suffix.lower() for name in names}
    if len(names) == 1 and not target.is_dir() and not str(where).endswith(("/", os.sep)):
        fits = target.suffix.lower() in {*endings, ".gz"}
        return (target if fits else target.with_name(target.name + Path(names[0]).suffix),)
    if target.is_file() or (target.suffix.lower() in endings and not target.is_dir()):
        what = "is a file" if target.is_file() else "is the name of a file"
        raise InputError(f"{target} {what}, and what goes there is {', '.join(names)}: name a folder for it")
    return tuple(target / name for name in names)


def _zipped(path: Path) -> None:
    """Pack a file in its place, without its name and time, so that the same facts give the same bytes."""
    packed = path.with_name(path.name + ".packed")
    with path.open("rb") as plain, packed.open("wb") as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as file:
        shutil.copyfileobj(plain, file)
    packed.replace(path)


def utxo_transactions(view: CaseView, chains: tuple[str, ...], traces: Iterable[Trace]) -> Iterator[Transaction]:
    """Every UTXO transaction of the sources that were read whole, then what a trace met of the others, in order."""
    told: set[tuple[str, str]] = set()
    met = transactions(traces)
    for chain in chains:
        found = [tx for tx in view.facts.transactions(chain) if tx.utxo]
        told.update((tx.chain, tx.txid) for tx in found)
        found += [tx for tx in met if tx.chain == chain and tx.utxo and (chain, tx.txid) not in told]
        for transaction in sorted(found, key=lambda tx: tx.transfers[0].order):
            whole = view.transaction(chain, transaction.txid)
            yield whole if isinstance(whole, Transaction) else transaction


def line_of(transaction: Transaction) -> dict[str, object]:
    """A UTXO transaction as a line of `transactions-jsonl`; what the facts do not say is null."""
    transfer = transaction.transfers[0]
    height = transaction.height
    return {
        "txid": transaction.txid,
        "version": transaction.version,
        "locktime": transaction.locktime,
        "block_height": height,
        "block_hash": (transaction.block.hash or None) if transaction.block else None,
        "block_index": transaction.position if height is not None else None,
        "time": transaction.time,
        "coinbase": not transfer.inputs,
        "inputs": [_input(leg) for leg in transfer.inputs],
        "outputs": [{"n": leg.index, "value": leg.value, **_place(leg)} for leg in transfer.outputs],
    }


def _input(leg: Leg) -> dict[str, object]:
    spent = leg.holding if isinstance(leg.holding, OutPoint) else None
    place = {"prev_txid": spent.txid if spent else None, "prev_vout": spent.vout if spent else None}
    return {**place, "value": leg.value, **_place(leg), "sequence": leg.sequence}


def _place(leg: Leg) -> dict[str, object]:
    return {"address": leg.address or None, "script": leg.script or None, "type": leg.script_type or None}

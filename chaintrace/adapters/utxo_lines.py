"""The lines of a UTXO file: each transaction read from its JSON, checked and normalised, with its line."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from chaintrace.adapters import cells
from chaintrace.adapters.interface import SourceSpec
from chaintrace.adapters.lines import Refuse, numbered_lines
from chaintrace.adapters.utxo_legs import MOST_U32, Json, LegReader, member, shown, whole
from chaintrace.model.nesting import shallow
from chaintrace.model.transaction import PENDING_RANK, Leg

_NO_TXID = (None, "", "0" * 64)
"""What stands where a coinbase, written as nodes write it, would name the output that it spends."""

_FOREIGN = frozenset({"vin", "vout"})
_OURS = "write inputs and outputs, with prev_txid, prev_vout and values in satoshi"


class Line(NamedTuple):
    """One transaction as the file has it. `row` counts the file's transactions from 0, `line` its lines from 1."""

    line: int
    row: int
    txid: str
    height: int | None
    hash: str
    block_index: int | None
    time: int | None
    coinbase: bool
    inputs: tuple[Leg, ...]
    outputs: tuple[Leg, ...]
    version: int | None
    locktime: int | None


def overpaid(line: Line) -> str:
    """The sentence for a transaction that pays out more than it spends; "" where that is not so, or not known."""
    spent = [leg.value for leg in line.inputs if leg.value is not None]
    paid = sum(leg.value or 0 for leg in line.outputs)
    if line.coinbase or len(spent) < len(line.inputs) or paid <= sum(spent):
        return ""
    return f"{line.txid} pays out {paid} and spends {sum(spent)}: outputs are never more than inputs"


class LineReader:
    """The transactions of one file, line by line."""

    def __init__(self, spec: SourceSpec) -> None:
        self._spec = spec
        self._legs = LegReader(spec.chain)

    def lines(self, refuse: Refuse) -> Iterator[Line]:
        """Every transaction in the file's order; empty lines are passed over. Raises InputError as `refuse` does."""
        row = 0
        for number, text in numbered_lines(self._spec.path, self._spec.shown, refuse):
            if text.isspace():
                continue
            try:
                line = self._line(_parsed(text), number, row)
            except ValueError as error:
                refuse(str(error), number)
                continue
            yield line
            row += 1

    def _line(self, entry: Json, number: int, row: int) -> Line:
        """One transaction. Raises ValueError with a sentence."""
        if entry.keys() >= _FOREIGN and "outputs" not in entry:
            raise ValueError(f"this is a transaction as nodes and Esplora servers write it, with vin and vout: {_OURS}")
        inputs, outputs = _entries(entry, "inputs"), _entries(entry, "outputs")
        coinbase = _is_coinbase(member(entry, "coinbase", bool), inputs)
        txid = self._legs.txid(entry, "txid")
        line = Line(
            number,
            row,
            txid,
            whole(entry, "block_height", PENDING_RANK - 1),
            self._legs.block_hash(entry),
            whole(entry, "block_index", 2**32),
            _time(entry),
            coinbase,
            () if coinbase else self._inputs(inputs),
            self._outputs(outputs, txid),
            _version(entry),
            whole(entry, "locktime", MOST_U32),
        )
        if excess := overpaid(line):
            raise ValueError(excess)
        return line

    def _inputs(self, entries: list[Json]) -> tuple[Leg, ...]:
        """The inputs in the file's order. Raises ValueError."""
        legs = tuple(_at("inputs", place, self._legs.input, entry, place) for place, entry in enumerate(entries))
        if len({leg.holding for leg in legs}) < len(legs):
            raise ValueError("inputs: one output is spent twice in this transaction")
        return legs

    def _outputs(self, entries: list[Json], txid: str) -> tuple[Leg, ...]:
        """The outputs in vout order. Raises ValueError when their numbers do not count from 0."""
        if not entries:
            raise ValueError("outputs is empty: every transaction has an output")
        legs = [_at("outputs", place, self._legs.output, entry, place, txid) for place, entry in enumerate(entries)]
        legs.sort(key=lambda leg: leg.index)
        if [leg.index for leg in legs] != list(range(len(legs))):
            raise ValueError(f"outputs: n must count from 0 to {len(legs) - 1}, each once")
        return tuple(legs)


def _at(name: str, place: int, read: Any, *given: Any) -> Leg:  # noqa: ANN401  # passes on what it is given
    """One leg, the name of its place put before whatever is wrong with it."""
    try:
        leg: Leg = read(*given)
    except ValueError as error:
        raise ValueError(f"{name}[{place}]: {error}") from error
    return leg


def _parsed(text: str) -> Json:
    """The JSON object of a line. Raises ValueError with a sentence."""
    try:
        entry = json.loads(shallow(text), object_pairs_hook=_once)
    except _Twice as error:
        raise ValueError(f"{error} stands twice in one object: only one of them can be right") from error
    except RecursionError as error:
        raise ValueError("this is not a transaction: it is nested too deep") from error
    except ValueError as error:
        what = error.msg.lower() if isinstance(error, json.JSONDecodeError) else "a number is too long"
        raise ValueError(f"this is no JSON ({what}): write one transaction a line") from error
    if not isinstance(entry, dict):
        raise ValueError("this is JSON but no object: write one transaction a line")  # noqa: TRY004  # a bad file
    return entry


class _Twice(ValueError):
    """A key that an object has twice, as it may be shown."""


def _once(pairs: list[tuple[str, Any]]) -> Json:
    """An object of JSON, of which parsers would keep the last of two values. Raises _Twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        raise _Twice(shown(counts.most_common(1)[0][0]))
    return found


def _entries(entry: Json, name: str) -> list[Json]:
    """A list of objects; null and an absent key are an empty one. Raises ValueError."""
    found = member(entry, name, list)
    if found is None:
        return []
    if not all(isinstance(item, dict) for item in found):
        raise ValueError(f"{name} must be a list of objects")
    return list(found)


def _is_coinbase(said: bool | None, inputs: list[Json]) -> bool:  # noqa: FBT001  # true, false or not said
    """Whether the transaction makes coins: said so, or spends nothing. Raises ValueError when told otherwise."""
    nothing = not inputs or (len(inputs) == 1 and inputs[0].get("prev_txid") in _NO_TXID)
    if said is False and nothing:
        raise ValueError("it spends nothing and coinbase is false: give the inputs, or say that it is a coinbase")
    if said and not nothing:
        raise ValueError("coinbase is true and it spends an output: a coinbase spends nothing, so one of them is wrong")
    return nothing


def _version(entry: Json) -> int | None:
    """The version, without a sign: nodes write one above 2**31 - 1 as a negative number too. Raises ValueError."""
    given = entry.get("version")
    if isinstance(given, int) and -(2**31) <= given < 0:
        return given + 2**32
    return whole(entry, "version", MOST_U32)


def _time(entry: Json) -> int | None:
    """Unix seconds, from a whole number or from ISO 8601 text; None where nothing is said. Raises ValueError."""
    given = entry.get("time")
    try:
        if isinstance(given, str):
            return cells.time(given)
        seconds = whole(entry, "time", 10**20)
        return None if seconds is None else cells.bounded_time(seconds, str(seconds))
    except ValueError as error:
        sentence = str(error)
        raise ValueError(sentence if sentence.startswith("time") else f"time {sentence}") from error

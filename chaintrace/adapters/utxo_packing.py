"""A line of a UTXO file as bytes that only one run writes and reads, for its index."""

import marshal

from chaintrace.adapters.utxo_lines import Line
from chaintrace.model.chain import OutPoint
from chaintrace.model.transaction import Leg


def key(txid: str) -> bytes | str:
    """A txid of 64 hex digits as its bytes, any other as it is: on a private ledger capitals are another txid."""
    if len(txid) != 64:
        return txid
    try:
        told = bytes.fromhex(txid)
    except ValueError:
        return txid
    return told if told.hex() == txid else txid


def packed(line: Line) -> bytes:
    """A line as bytes that only this run reads."""
    spent = tuple(
        (leg.value, *_outpoint(leg), leg.address, leg.index, leg.script_type, leg.script, leg.sequence)
        for leg in line.inputs
    )
    made = tuple(
        (leg.value, leg.holding is not None, leg.address, leg.index, leg.script_type, leg.script)
        for leg in line.outputs
    )
    return marshal.dumps((*line[:8], spent, made, *line[10:]))


def _outpoint(leg: Leg) -> tuple[str, int]:
    """What an input spends."""
    return (leg.holding.txid, leg.holding.vout) if isinstance(leg.holding, OutPoint) else ("", 0)


def unpacked(packed: bytes, chain: str) -> Line:
    """The line again."""
    told = marshal.loads(packed)  # noqa: S302  # written by `packed`, in a file that nobody else can open
    txid = told[2]
    spent = tuple(
        Leg(value, OutPoint(chain, prev, vout), address, index, kind, script, sequence)
        for value, prev, vout, address, index, kind, script, sequence in told[8]
    )
    made = tuple(
        Leg(value, OutPoint(chain, txid, index) if lives else None, address, index, kind, script)
        for value, lives, address, index, kind, script in told[9]
    )
    return Line._make((*told[:8], spent, made, *told[10:]))

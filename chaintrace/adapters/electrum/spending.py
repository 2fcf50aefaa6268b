"""What spends an output: the history of its script, read one by one, and a second question where nothing does.

The protocol has no question for it before version 1.7. The script of the output names a history; the transactions in
it from the output's own height on are read, and the one whose bytes spend the output is the answer. "Unspent" rests on
two questions at one tip: no transaction of the history spends it, and the list of unspent outputs has it.
"""

from collections.abc import Iterable, Sequence

from chaintrace.adapters.bitcoin.rawblock import RawOutput, RawTransaction
from chaintrace.adapters.electrum.answers import Entry, Output
from chaintrace.adapters.electrum.placing import Look
from chaintrace.adapters.electrum.reading import Told, Withheld
from chaintrace.adapters.network import Reply, Unspent
from chaintrace.addresses import is_unspendable, script_address
from chaintrace.errors import Malformed
from chaintrace.model.chain import OutPoint
from chaintrace.model.provenance import Gap, GapKind, Source
from chaintrace.model.transaction import Transaction

MOST_CANDIDATES = 1_000
"""So many transactions of a script's history are read for one output."""


def spender(look: Look, outpoint: OutPoint) -> Reply:
    """The transaction that spends an output, or the output as unspent at the tip; else why it stays open.

    Raises Unavailable, Refused or Malformed.
    """
    look.begin()
    funding = look.server.raw(outpoint.txid)
    if funding is None:
        lacks = f"{look.server.host} does not have the transaction that makes {outpoint}"
        return _open(outpoint, f"{lacks}: ask another source")
    if outpoint.vout >= len(funding.value.outputs):
        has = f"transaction {outpoint.txid} has {len(funding.value.outputs)} outputs, so there is no {outpoint}"
        return _open(outpoint, f"{has}: correct what names it")
    output = funding.value.outputs[outpoint.vout]
    if is_unspendable(output.script):
        return _unspent(look, outpoint, output, "unspendable script", funding.source)
    later = _later(look, outpoint, output.script, look.at.block_hash)
    if isinstance(later, Withheld):
        return _word(look, outpoint, output, later.why)
    if len(later) > MOST_CANDIDATES:
        found = _spends(look, outpoint, later[:MOST_CANDIDATES])
        return Reply((found,)) if found else _word(look, outpoint, output, _many(outpoint, len(later)))
    found = _spends(look, outpoint, later)
    return Reply((found,)) if found else _second_question(look, outpoint, output, later)


def _many(outpoint: OutPoint, number: int) -> str:
    """That there are more candidates than are read."""
    return (
        f"{number} transactions could spend {outpoint}, more than the {MOST_CANDIDATES} that are read: use the adapter "
        "bitcoin-core, esplora or blocks"
    )


def _later(look: Look, outpoint: OutPoint, script: bytes, pin: str) -> tuple[Entry, ...] | Withheld:
    """The entries of the script's history that can spend the output: those from its own height on."""
    entries = look.server.history(script, pin, outpoint.txid)
    if isinstance(entries, Withheld):
        return entries
    own = next(entry for entry in entries if entry.txid == outpoint.txid)
    return tuple(
        entry
        for entry in entries
        if entry.txid != outpoint.txid and (entry.pending or (not own.pending and entry.height >= own.height))
    )


def _spends(look: Look, outpoint: OutPoint, entries: Iterable[Entry]) -> Transaction | None:
    """The first transaction among the entries whose bytes spend the output."""
    for entry in entries:
        told = look.server.needed(entry.txid, "which its own history of a script names")
        if _has(told, outpoint):
            return look.placed(told, entry.height)
    return None


def _has(told: Told[RawTransaction], outpoint: OutPoint) -> bool:
    """Whether a transaction spends an output."""
    return any((entry.prev_txid, entry.prev_vout) == (outpoint.txid, outpoint.vout) for entry in told.value.inputs)


def _second_question(look: Look, outpoint: OutPoint, output: RawOutput, read: Sequence[Entry]) -> Reply:
    """What the list of unspent outputs says where the history has no spender."""
    told = look.server.unspent(output.script, look.at.block_hash)
    if isinstance(told.value, Withheld):
        look.end()
        gap = _gap(outpoint, f"that {outpoint} is unspent is the word of one list alone: {told.value.why}", "claimed")
        return _unspent(look, outpoint, output, "claimed", told.source, (gap,))
    if _listed(outpoint, output, told.value, look):
        look.end()
        return _unspent(look, outpoint, output, "asked twice", told.source)
    again = _later(look, outpoint, output.script, "")
    fresh = set[Entry]() if isinstance(again, Withheld) else set(again) - set(read)
    found = _spends(look, outpoint, sorted(fresh, key=lambda entry: (entry.pending, entry)))
    if found:
        return Reply((found,))
    look.end()
    return _open(
        outpoint,
        f"{look.server.host} does not list {outpoint} as unspent, and no transaction in its history of the script "
        "spends it: one of its two answers is not complete; ask another source",
    )


def _word(look: Look, outpoint: OutPoint, output: RawOutput, why: str) -> Reply:
    """What can be said when the history cannot be read: unspent by the server's word, or nothing."""
    told = look.server.unspent(output.script, look.at.block_hash)
    if isinstance(told.value, Withheld) or not _listed(outpoint, output, told.value, look):
        return _open(outpoint, f"what spends {outpoint} is not known: {why}")
    look.end()
    gap = _gap(outpoint, f"that {outpoint} is unspent is the word of {look.server.host} alone: {why}", "claimed")
    return _unspent(look, outpoint, output, "claimed", told.source, (gap,))


def _listed(outpoint: OutPoint, output: RawOutput, outputs: Iterable[Output], look: Look) -> bool:
    """Whether the list of unspent outputs has the output. Raises Malformed where it has it with another value."""
    line = next((line for line in outputs if (line.txid, line.vout) == (outpoint.txid, outpoint.vout)), None)
    if line is not None and line.value != output.value:
        raise Malformed(
            f"{look.server.host} lists {outpoint} with {line.value} satoshi, and the bytes of the transaction say "
            f"{output.value}: its list is not used; ask another source"
        )
    return line is not None


def _unspent(  # noqa: PLR0917  # one place for what an unspent output is made of
    look: Look, outpoint: OutPoint, output: RawOutput, how: str, source: Source, gaps: tuple[Gap, ...] = ()
) -> Reply:
    """The reply that an output is unspent at the tip."""
    _, address = script_address(output.script, look.chain)
    at = look.at
    fact = Unspent(outpoint, address or "", at.height, at.block_hash, at.time, how, source)
    return Reply(unspent=(fact,), gaps=gaps)


def _open(outpoint: OutPoint, text: str) -> Reply:
    """The reply that leaves the question open."""
    return Reply(gaps=(_gap(outpoint, text, "history"),), still_missing=True)


def _gap(outpoint: OutPoint, text: str, kind: GapKind) -> Gap:
    """A gap about an output."""
    return Gap(kind, outpoint.chain, str(outpoint), None, text)

"""Proofs that the transactions of a trace stand in blocks, made of raw answers; and what could not be proven, and why.

Each proof is what `verify_chain.py` reads. It is checked by that program before it goes into a package: what does not
pass there is listed as unproven, with what it said.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from chaintrace.adapters.bitcoin.rawblock import HEADER_SIZE, parse_header
from chaintrace.adapters.transport import Json
from chaintrace.errors import Malformed
from chaintrace.evidence import patricia, tron_block, verify_chain
from chaintrace.evidence.lines import canonical, fact
from chaintrace.evidence.own_files import FILES
from chaintrace.evidence.partial_tree import branch_of
from chaintrace.evidence.raw_index import RawIndex, indexed
from chaintrace.evidence.whole_block import parts_of
from chaintrace.model.provenance import Source
from chaintrace.model.transaction import Transaction
from chaintrace.report.interface import Table

Proof: TypeAlias = dict[str, object]
UNPROVEN = ("chain", "txid", "reason")
NO_BYTES = "the source gives a telling of the transaction and not its bytes"


class Unproven(Exception):  # it is an answer, not an error
    """Why there is no proof; the text is a reason as the list prints it."""


def proofs(
    traced: Iterable[Transaction], records: Sequence[Source], read: Callable[[str], bytes]
) -> Iterator[tuple[str, Proof | str]]:
    """(chain/txid, the proof, or the reason why there is none) of each transaction, in their order."""
    several = tuple(traced)
    txids = frozenset(one.txid for one in several)
    blocks = frozenset(one.block.hash for one in several if one.block and one.block.hash)
    answers = [one for one in records if one.adapter not in FILES]
    held = indexed(answers, read, txids, blocks)
    for told in several:
        try:
            proof = _proof(told, held, read)
            verify_chain.check(proof, fact(told))
        except (Unproven, verify_chain.Failed) as reason:
            yield f"{told.chain}/{told.txid}", str(reason)
        else:
            yield f"{told.chain}/{told.txid}", proof


def files(proven: Iterable[tuple[str, Proof | str]]) -> tuple[tuple[tuple[str, str], ...], Table]:
    """The files below proofs/, and the table of what is not proven."""
    written, open_ = list[tuple[str, str]](), list[tuple[str, str, str]]()
    for place, found in proven:
        chain, _, txid = place.partition("/")
        if isinstance(found, str):
            open_.append((chain, txid, found))
        else:
            written.append((f"{place}.json", canonical(found) + "\n"))
    return tuple(written), Table("unproven", UNPROVEN, tuple(sorted(open_)))


def _proof(told: Transaction, held: RawIndex, read: Callable[[str], bytes]) -> Proof:
    """The proof of one transaction. Raises Unproven with the reason."""
    head: Proof = {"chain": told.chain, "txid": told.txid}
    if told.source is not None and told.source.adapter == "blocks":
        return {**head, "proof": "bitcoin", **_of_block(told, read(told.source.sha256))}
    if told.utxo is not None:
        return {**head, "proof": "bitcoin", **_of_parts(told, held)}
    if told.txid in held.tron:
        return {**head, "proof": "tron", "raw_data": held.tron[told.txid].hex(), **_of_tron(told, held)}
    if told.txid.startswith("0x"):
        return {**head, "proof": "evm", **_of_trees(told, held)}
    raise Unproven(NO_BYTES)


def _of_block(told: Transaction, block: bytes) -> Proof:
    """From the bytes of a whole Bitcoin block."""
    try:
        for _, parts in parts_of(block, {told.txid}):
            return parts
    except Malformed as error:
        raise Unproven(f"the raw file that it was read from is no single block ({error})") from error
    raise Unproven("the raw bytes that it was read from do not hold it")


def _of_parts(told: Transaction, held: RawIndex) -> Proof:
    """From a whole block, or the bytes with a branch or a partial tree and the header, as services give them."""
    if told.txid in held.whole:
        return held.whole[told.txid]
    raw = held.transactions.get(told.txid)
    if raw is None:
        raise Unproven(NO_BYTES)
    proof: Proof = {"raw": raw.hex()}
    block = told.block.hash if told.block else ""
    for tree in held.partial_trees:
        found = branch_of(tree, told.txid) if parse_header(tree).hash == block else None
        if found is not None:
            return {**proof, "header": tree[:HEADER_SIZE].hex(), "branch": list(found[0]), "position": found[1]}
    if told.txid in held.branches and block in held.headers:
        branch, position = held.branches[told.txid]
        return {**proof, "header": held.headers[block].hex(), "branch": list(branch), "position": position}
    return proof


def _of_tron(told: Transaction, held: RawIndex) -> Proof:
    """Its place in its block, where an answer holds the whole block; else why there is none."""
    block = held.tron_blocks.get(told.block.hash) if told.block else None
    if block is None:
        return {"lacking": "no answer holds its block with all transactions"}
    try:
        return tron_block.parts_of(block, told.txid)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return {"lacking": str(error)}


def _of_trees(told: Transaction, held: RawIndex) -> Proof:
    """From an EVM block's transactions and receipts, where the answers hold all of them."""
    block = held.blocks.get(told.block.hash) if told.block else None
    if block is None:
        raise Unproven("no answer holds the header of its block")
    try:
        header = patricia.header(block)
    except (ValueError, KeyError, TypeError) as error:
        raise Unproven(f"{error}: its hash cannot be worked out here") from error
    told_of = [one.get("hash") if isinstance(one, dict) else one for one in block.get("transactions", ())]
    if told.txid not in told_of:
        raise Unproven("the answer about its block does not list it")
    position = told_of.index(told.txid)
    proof: Proof = {"header": "0x" + header.hex(), "index": position}
    reasons = []
    sent = [one if isinstance(one, dict) else held.sent.get(str(one)) for one in block["transactions"]]
    try:
        proof["transaction_nodes"] = _nodes(_tree("transactions", sent, patricia.transaction), position)
    except Unproven as error:
        reasons.append(str(error))
    receipts = [held.receipts.get(str(txid)) for txid in told_of]
    try:
        tree = _tree("receipts", receipts, patricia.receipt)
        if tree.root.hex() == str(block["receiptsRoot"])[2:]:
            proof["receipt_nodes"] = _nodes(tree, position)
        else:
            reasons.append("the block's receipts are not of Ethereum's form")
    except Unproven as error:
        reasons.append(str(error))
    if len(proof) == 2:
        raise Unproven("; ".join(reasons))
    return {**proof, "lacking": "; ".join(reasons)} if reasons else proof


def _tree(
    what: str, several: Sequence[Mapping[str, Json] | None], encoded: Callable[[Mapping[str, Json]], bytes]
) -> patricia.Tree:
    """The tree of all transactions or receipts of a block. Raises Unproven where one is absent or of another form."""
    given = [one for one in several if one is not None]
    if len(given) < len(several):
        raise Unproven(f"not all {what} of its block were given")
    try:
        return patricia.Tree([encoded(one) for one in given])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unproven(f"the block's {what} are not all of a known form ({error})") from error


def _nodes(tree: patricia.Tree, position: int) -> list[str]:
    """The nodes on the way to a position, from the root down, in hex."""
    return ["0x" + node.hex() for node in tree.proof(position)]

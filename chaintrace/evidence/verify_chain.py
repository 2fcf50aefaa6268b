"""Proofs that transactions stand in blocks, checked from raw bytes with Python's standard library alone.

`check(proof, fact)` takes one file of `proofs/` and the line of `facts.jsonl` about the same transaction. It hashes
what is given as the chain itself hashes it, and compares what the bytes say with what the line says. It opens no file
and no connection, and executes nothing. Nothing here is shared with the program that made the package.

Sources: Bitcoin (block and transaction serialisation, BIP-141, BIP-173, BIP-350); Ethereum Yellow Paper, appendices B,
D and F, EIP-155, EIP-658, EIP-1559, EIP-2718, EIP-2930, EIP-4844, EIP-7702; Keccak (FIPS 202 with the padding of its
first submission); SEC 1 and SEC 2 for secp256k1; the OP stack's specification of deposits; Erigon's arb_types.go;
java-tron's Tron.proto, BlockCapsule and MerkleTree.
"""
# One file that a stranger reads: shorter is kinder.
# fmt: off

import hashlib
from collections import namedtuple
from collections.abc import Iterator, Mapping, Sequence
from typing import Any


# --- what a check answers ---------------------------------------------------------------------------
class Failed(Exception):
    """The bytes do not show what the package says. Its text ends a sentence."""

Checked = namedtuple("Checked", "shown open block", defaults=((), ""))
"""What the bytes show, what of the line they cannot show (sentences), and the block whose header they hold."""

def check(proof: Mapping[str, Any], fact: Mapping[str, Any]) -> Checked:
    """Check one proof against one line of facts. Raises Failed with what does not fit."""
    kinds = {"bitcoin": _bitcoin, "evm": _evm, "tron": _tron}
    kind = proof.get("proof")
    if kind not in kinds:
        raise Failed(f"a proof of the kind {kind!r} is not known")
    for name in ("chain", "txid"):
        if proof.get(name) != fact.get(name):
            raise Failed(f"the proof is about {name} {proof.get(name)!r}, the fact about {fact.get(name)!r}")
    try:
        return kinds[kind](proof, fact)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError, RecursionError) as error:
        raise Failed(f"the proof is not of the form that it claims ({type(error).__name__}: {error})") from error

def _bytes(text: Any) -> bytes:
    """Bytes from hex, with or without 0x."""
    return bytes.fromhex(text[2:] if text[:2] == "0x" else text)

def _lacking(proof: Mapping[str, Any]) -> str:
    """Why the package says that a part is not there: its word, without what would steer a terminal."""
    return "".join(sign for sign in str(proof.get("lacking"))[:200] if sign.isprintable())

def _same(what: str, told: object, found: object) -> None:
    if told != found:
        raise Failed(f"{what}: the fact says {told}, the bytes say {found}")

def _own_or_none(fact: Mapping[str, Any], name: str, found: object) -> None:
    """Compare a field of the fact with the bytes, where the fact has it."""
    if fact.get(name) not in (None, ""):
        _same(name, fact[name], found)

# --- Bitcoin ------------------------------------------------------------------------------------------
Outpoint = namedtuple("Outpoint", "txid vout")
"""An input: which output it spends."""
BitcoinTransaction = namedtuple("BitcoinTransaction", "txid inputs outputs")
"""A transaction's own bytes, read: its inputs, and its outputs as (value in satoshi, script)."""

def sha256d(data: bytes) -> bytes:
    """SHA-256 twice."""
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()

class _Reader:
    """Bytes from the front; reading past the end is a ValueError."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, size: int) -> bytes:
        if size < 0 or self.at + size > len(self.data):
            raise ValueError("the bytes end too soon")
        self.at += size
        return self.data[self.at - size : self.at]

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "little")

    def size(self) -> int:
        first = self.number(1)
        return first if first < 0xFD else self.number({0xFD: 2, 0xFE: 4, 0xFF: 8}[first])

def read_bitcoin_transaction(data: bytes) -> BitcoinTransaction:
    """A serialised transaction, with or without witnesses. Raises ValueError for anything else."""
    read = _Reader(data)
    start = read.take(4)
    witness = data[4:6] == b"\x00\x01"
    if witness:
        read.take(2)
    body = read.at
    inputs = []
    for _ in range(read.size()):
        previous, vout = read.take(32)[::-1].hex(), read.number(4)
        read.take(read.size())
        read.take(4)
        inputs.append(Outpoint(previous, vout))
    outputs = tuple((read.number(8), read.take(read.size())) for _ in range(read.size()))
    end = read.at
    for _ in range(len(inputs) if witness else 0):
        for _ in range(read.size()):
            read.take(read.size())
    lock = read.take(4)
    if read.at != len(data):
        raise ValueError("bytes follow the transaction")
    txid = sha256d(start + data[body:end] + lock)[::-1].hex()
    return BitcoinTransaction(txid, tuple(inputs), outputs)

def _target(bits: int) -> int:
    exponent, mantissa = bits >> 24, bits & 0x7FFFFF
    value = mantissa << 8 * (exponent - 3) if exponent >= 3 else mantissa >> 8 * (3 - exponent)
    return 0 if bits & 0x800000 else value

def bitcoin_header(header: bytes) -> tuple[str, str, str, int, int]:
    """Hash, previous hash, Merkle root, time and expected number of hashes of a header whose work fits its bits.

    Raises Failed where it has not 80 bytes or lacks the work that it claims.
    """
    if len(header) != 80:
        raise Failed(f"a header has 80 bytes, not {len(header)}")
    own = sha256d(header)[::-1].hex()
    target = _target(int.from_bytes(header[72:76], "little"))
    if not 0 < int(own, 16) <= target:
        raise Failed(f"the header of block {own} lacks the work that its bits ask for")
    time = int.from_bytes(header[68:72], "little")
    return own, header[4:36][::-1].hex(), header[36:68][::-1].hex(), time, 2**256 // (target + 1)

def merkle_root(leaf: bytes, branch: Sequence[bytes], position: int) -> bytes:
    """Where a branch leads from a leaf (bytes as hashed). A place that only pads the tree leads nowhere: b""."""
    if position < 0 or position >> len(branch):
        return b""
    for other in branch:
        if position & 1 and other == leaf:
            return b""
        leaf = sha256d(other + leaf if position & 1 else leaf + other)
        position >>= 1
    return leaf

_BITCOIN_NETWORKS = {  # base58 versions of keys and scripts, and the human-readable part of witness addresses
    "bitcoin": (0x00, 0x05, "bc"),
    "bitcoin-testnet": (0x6F, 0xC4, "tb"),
    "bitcoin-signet": (0x6F, 0xC4, "tb"),
    "bitcoin-regtest": (0x6F, 0xC4, "bcrt"),
}
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

def base58check(payload: bytes) -> str:
    """A payload in Base58Check."""
    data = payload + sha256d(payload)[:4]
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = _BASE58[digit] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text

def _polymod(values: Sequence[int]) -> int:
    state = 1
    for value in values:
        top, state = state >> 25, (state & 0x1FFFFFF) << 5 ^ value
        for place, part in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            state ^= part if top >> place & 1 else 0
    return state

def witness_address(prefix: str, version: int, program: bytes) -> str:
    """A witness program as an address: bech32 for version 0, bech32m above."""
    bits = "".join(f"{byte:08b}" for byte in program)
    bits += "0" * (-len(bits) % 5)
    data = [version, *(int(bits[at : at + 5], 2) for at in range(0, len(bits), 5))]
    spread = [ord(letter) >> 5 for letter in prefix] + [0] + [ord(letter) & 31 for letter in prefix]
    check_sum = _polymod([*spread, *data, 0, 0, 0, 0, 0, 0]) ^ (0x2BC830A3 if version else 1)
    data += [check_sum >> 5 * (5 - place) & 31 for place in range(6)]
    return prefix + "1" + "".join(_BECH32[value] for value in data)

def script_address(script: bytes, chain: str) -> str:
    """The address that a script pays; "" where its form has none, or where it needs RIPEMD-160 (a bare key)."""
    key, pay, prefix = _BITCOIN_NETWORKS[chain]
    if len(script) == 25 and script[:3] == b"\x76\xa9\x14" and script[23:] == b"\x88\xac":
        return base58check(bytes((key,)) + script[3:23])
    if len(script) == 23 and script[:2] == b"\xa9\x14" and script[22:] == b"\x87":
        return base58check(bytes((pay,)) + script[2:22])
    if 4 <= len(script) <= 42 and script[1] == len(script) - 2 and (script[0] == 0 or 0x51 <= script[0] <= 0x60):
        version = script[0] - 0x50 if script[0] else 0
        return witness_address(prefix, version, script[2:]) if version or len(script) in (22, 34) else ""
    return ""

def _bitcoin(proof: Mapping[str, Any], fact: Mapping[str, Any]) -> Checked:
    tx = read_bitcoin_transaction(_bytes(proof["raw"]))
    _same("txid", proof["txid"], tx.txid)
    shown = [f"transaction {tx.txid} is the hash of its bytes"]
    (transfer,) = fact["transfers"]
    coinbase = len(tx.inputs) == 1 and tx.inputs[0] == Outpoint("0" * 64, 0xFFFFFFFF)
    told = [leg["outpoint"] for leg in transfer["from"]]
    _same("inputs", told, [] if coinbase else [f"{one.txid}:{one.vout}" for one in tx.inputs])
    _same("outputs", [int(leg["value"]) for leg in transfer["to"]], [value for value, _ in tx.outputs])
    for leg, (_, script) in zip(transfer["to"], tx.outputs, strict=True):
        address = script_address(script, proof["chain"])
        if address:
            _same(f"address of output {leg['index']}", leg["address"], address)
        if leg.get("script"):
            _same(f"script of output {leg['index']}", leg["script"], script.hex())
    shown.append(f"its {len(told)} inputs, {len(tx.outputs)} outputs and their values are as the fact says")
    if not proof.get("header"):
        return Checked(tuple(shown), (f"no block header is given for {tx.txid}: that it was mined is not shown",))
    own, _, root, time, hashes = bitcoin_header(_bytes(proof["header"]))
    _own_or_none(fact, "block_hash", own)
    _own_or_none(fact, "time", time)
    _own_or_none(fact, "position", proof["position"])
    branch = [_bytes(node)[::-1] for node in proof["branch"]]
    if merkle_root(_bytes(tx.txid)[::-1], branch, proof["position"])[::-1].hex() != root:
        raise Failed(f"the Merkle branch of {tx.txid} does not lead to block {own}")
    shown.append(
        f"it stands at place {proof['position']} of block {own}, on which about {hashes:.1e} hashes were spent"
    )
    return Checked(tuple(shown), (), own)

# --- Keccak, RLP, Patricia --------------------------------------------------------------------------------
_ROTATIONS = (0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14)
_MASK = 2**64 - 1

def _round_constants() -> Iterator[int]:
    """The constants of Keccak-f[1600], from its linear feedback shift register."""
    state = 1
    for _ in range(24):
        constant = 0
        for place in range(7):
            if state & 1:
                constant ^= 1 << (1 << place) - 1
            state = state << 1 ^ (0x171 if state & 0x80 else 0)
        yield constant

_CONSTANTS = tuple(_round_constants())

def _permute(lanes: list[int]) -> list[int]:
    for constant in _CONSTANTS:
        columns = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5)]
        mixed = [columns[x - 1] ^ ((columns[(x + 1) % 5] << 1 | columns[(x + 1) % 5] >> 63) & _MASK) for x in range(5)]
        lanes = [lane ^ mixed[place % 5] for place, lane in enumerate(lanes)]
        turned = [0] * 25
        for place, lane in enumerate(lanes):
            x, y, turn = place % 5, place // 5, _ROTATIONS[place]
            turned[y + 5 * ((2 * x + 3 * y) % 5)] = (lane << turn | lane >> 64 - turn) & _MASK
        lanes = [
            turned[place] ^ (~turned[place - place % 5 + (place + 1) % 5] & turned[place - place % 5 + (place + 2) % 5])
            for place in range(25)
        ]
        lanes[0] ^= constant
    return lanes

def keccak256(data: bytes) -> bytes:
    """Keccak-256 as Ethereum uses it."""
    rate = 136
    padded = bytearray(data + b"\x01" + bytes(-(len(data) + 1) % rate))
    padded[-1] |= 0x80
    lanes = [0] * 25
    for start in range(0, len(padded), rate):
        for place in range(rate // 8):
            lanes[place] ^= int.from_bytes(padded[start + 8 * place : start + 8 * place + 8], "little")
        lanes = _permute(lanes)
    return b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])

def _number(value: int) -> bytes:
    return value.to_bytes((value.bit_length() + 7) // 8, "big")

def rlp(data: bytes) -> Any:
    """What RLP encodes: bytes, or lists of them. Raises ValueError for what is not in its one canonical form."""
    item, rest = _rlp_item(data, 0)
    if rest:
        raise ValueError("bytes follow the RLP item")
    return item

def _rlp_item(data: bytes, depth: int) -> tuple[Any, bytes]:
    if not data or depth > 64:
        raise ValueError("RLP ends too soon or is nested too deep")
    first = data[0]
    if first < 0x80:
        return data[:1], data[1:]
    short = 0x80 if first < 0xC0 else 0xC0
    if first - short < 56:
        size, start = first - short, 1
    else:
        width = first - short - 55
        size, start = int.from_bytes(data[1 : 1 + width], "big"), 1 + width
        if size < 56 or data[1] == 0:
            raise ValueError("an RLP length is not canonical")
    content, rest = data[start : start + size], data[start + size :]
    if len(content) != size or (short == 0x80 and size == 1 and content[0] < 0x80):
        raise ValueError("an RLP string is cut short or not canonical")
    if short == 0x80:
        return content, rest
    items = []
    while content:
        item, content = _rlp_item(content, depth + 1)
        items.append(item)
    return items, rest

def rlp_encode(item: Any) -> bytes:
    """The canonical RLP of bytes or of a list."""
    content = item if isinstance(item, bytes) else b"".join(map(rlp_encode, item))
    if isinstance(item, bytes) and len(item) == 1 and item[0] < 0x80:
        return item
    offset = 0x80 if isinstance(item, bytes) else 0xC0
    if len(content) < 56:
        return bytes((offset + len(content),)) + content
    size = _number(len(content))
    return bytes((offset + 55 + len(size),)) + size + content

def patricia(root: bytes, key: bytes, nodes: Sequence[bytes]) -> bytes:
    """The value that a Merkle-Patricia tree with this root has at a key, by the nodes on the way. Raises Failed."""
    left = [keccak256(node) for node in nodes]
    known = dict(zip(left, nodes, strict=True))
    path = [nibble for byte in key for nibble in (byte >> 4, byte & 15)]
    if left[:1] != [root]:
        raise Failed("the first node of the tree's proof does not have the root that the header states")
    node = rlp(known[left.pop(0)])
    for _ in range(len(path) + 2):
        if len(node) == 17 and path:
            below, path = node[path[0]], path[1:]
        elif len(node) == 17:
            return _value(node[16], left)
        elif len(node) == 2:
            nibbles = [nibble for byte in node[0] for nibble in (byte >> 4, byte & 15)]
            part = nibbles[1:] if nibbles[0] & 1 else nibbles[2:]
            if path[: len(part)] != part:
                raise Failed("the tree's proof leads to another key")
            path, below = path[len(part) :], node[1]
            if nibbles[0] & 2:
                if path:
                    raise Failed("the tree's proof ends before its key does")
                return _value(below, left)
        else:
            break
        if isinstance(below, bytes) and left[:1] != [below]:
            raise Failed("a node of the tree's proof is missing, or not in its place")
        node = rlp(known[left.pop(0)]) if isinstance(below, bytes) else below
    raise Failed("the tree's proof does not end at a value")

def _value(found: Any, left: Sequence[bytes]) -> bytes:
    if left:
        raise Failed("the tree's proof has nodes that are not on the way")
    if not isinstance(found, bytes) or not found:
        raise Failed("the tree has nothing at that key")
    return found

# --- secp256k1 ----------------------------------------------------------------------------------------
_P = 2**256 - 2**32 - 977
_N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
_G = (
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
)

def _add(one, two):
    if one is None or two is None:
        return one or two
    if one[0] == two[0] and (one[1] + two[1]) % _P == 0:
        return None
    over, under = (3 * one[0] * one[0], 2 * one[1]) if one == two else (two[1] - one[1], two[0] - one[0])
    slope = over * pow(under, -1, _P) % _P
    x = (slope * slope - one[0] - two[0]) % _P
    return x, (slope * (one[0] - x) - one[1]) % _P

def _times(point, factor):
    total = None
    while factor:
        total = _add(total, point) if factor & 1 else total
        point, factor = _add(point, point), factor >> 1
    return total

def recovered(digest: bytes, odd: int, r: int, s: int) -> bytes:
    """The account (20 bytes) whose key signed a digest. Raises ValueError for what is no signature."""
    if not (0 < r < _N and 0 < s < _N and odd in (0, 1)):
        raise ValueError("a signature is out of range")
    square = (pow(r, 3, _P) + 7) % _P
    y = pow(square, (_P + 1) // 4, _P)
    if y * y % _P != square:
        raise ValueError("a signature is not on the curve")
    point = (r, y if y & 1 == odd else _P - y)
    inverse, number = pow(r, -1, _N), int.from_bytes(digest, "big")
    key = _add(_times(point, s * inverse % _N), _times(_G, -number * inverse % _N))
    if key is None:
        raise ValueError("a signature has no key")
    return keccak256(key[0].to_bytes(32, "big") + key[1].to_bytes(32, "big"))[12:]

# --- EVM chains ---------------------------------------------------------------------------------------------
_TRANSFER = keccak256(b"Transfer(address,address,uint256)")
_COINS = ("0x" + "00" * 18 + "0802", "0x" + "dead" * 9 + "0000")  # log what Moonbeam's and Optimism's native asset does
_DEPOSIT, _WITHDRAWAL = keccak256(b"Deposit(address,uint256)"), keccak256(b"Withdrawal(address,uint256)")

EvmTransaction = namedtuple("EvmTransaction", "txid sender receiver value signed", defaults=(True,))
"""A transaction, read: who sent it to whom ("" for the making of a contract), with what wei (None: not read here)."""

_UNSIGNED = {  # by type and number of fields: where sender, receiver and value stand
    (0x7E, 8): (1, 2, 4),  # a deposit of the OP stack
    (0x7E, 6): (5, 2, 3),  # a message to Scroll
    (0x64, 5): (2, 3, 4), (0x65, 8): (1, 5, 6), (0x66, 8): (2, 5, 6), (0x68, 12): (2, 5, 6),  # Arbitrum's
    (0x69, 13): (2, None, None),  # a ticket: what it moves, its own receipt says
}

def read_evm_transaction(data: bytes) -> EvmTransaction:
    """A transaction as a block holds it: legacy, typed (1 to 4), or unsigned. Raises ValueError for any other."""
    txid = "0x" + keccak256(data).hex()
    kind = data[0] if data[0] < 0x80 else 0
    fields = rlp(data[1:] if kind else data)
    if kind == 0x6A:  # Arbitrum's own bookkeeping: it has chain and data
        return EvmTransaction(txid, "", "", None, signed=False)
    if kind > 4:
        sender, to, value = _UNSIGNED[kind, len(fields)]
        receiver = "" if to is None else "0x" + fields[to].hex() if fields[to] else ""
        amount = None if value is None else int.from_bytes(fields[value], "big")
        return EvmTransaction(txid, "0x" + fields[sender].hex(), receiver, amount, signed=False)
    # where `to` stands, and how many fields were signed over, by the type
    to, signed = {0: (3, 6), 1: (4, 8), 2: (5, 9), 3: (5, 11), 4: (5, 10)}[kind]
    odd, r, s = (int.from_bytes(part, "big") for part in fields[signed : signed + 3])
    body = fields[:signed]
    if kind == 0 and odd >= 35:
        body, odd = [*body, _number((odd - 35) // 2), b"", b""], (odd - 35) % 2
    elif kind == 0:
        odd -= 27
    digest = keccak256((bytes((kind,)) if kind else b"") + rlp_encode(body))
    sender = "0x" + recovered(digest, odd, r, s).hex()
    receiver = "0x" + fields[to].hex() if fields[to] else ""
    return EvmTransaction(txid, sender, receiver, int.from_bytes(fields[to + 1], "big"))

def _evm(proof: Mapping[str, Any], fact: Mapping[str, Any]) -> Checked:
    header = _bytes(proof["header"])
    fields, key = rlp(header), rlp_encode(_number(proof["index"]))
    block_hash = "0x" + keccak256(header).hex()
    _own_or_none(fact, "block_hash", block_hash)
    _own_or_none(fact, "height", int.from_bytes(fields[8], "big"))
    _own_or_none(fact, "time", int.from_bytes(fields[11], "big"))
    _own_or_none(fact, "position", proof["index"])
    shown, still = [], []
    if proof.get("transaction_nodes"):
        tx = read_evm_transaction(patricia(fields[4], key, [_bytes(node) for node in proof["transaction_nodes"]]))
        _same("txid", proof["txid"], tx.txid)
        _own_or_none(fact, "sender", tx.sender or fact["sender"])
        for transfer in fact["transfers"]:
            if transfer["index"] == "value" and tx.value is None:
                still.append(f"the value of {tx.txid} is not read from its bytes, which are of another kind")
            elif transfer["index"] == "value":
                _same("value", (transfer["from"][0]["address"], int(transfer["value"])), (tx.sender, tx.value))
                if tx.receiver:
                    _same("receiver", transfer["to"][0]["address"], tx.receiver)
        by = f"sent by {tx.sender}" if tx.signed else "which no key signed: the chain's own rules put it there"
        shown.append(f"transaction {tx.txid} stands at place {proof['index']} of block {block_hash}, {by}")
    else:
        why = f"the bytes of {proof['txid']} are not given ({_lacking(proof)})"
        still.append(f"{why}: its place in the block rests on its receipt alone")
    if proof.get("receipt_nodes"):
        receipt = patricia(fields[5], key, [_bytes(node) for node in proof["receipt_nodes"]])
        shown.extend(_receipt(receipt, fact, still))
    else:
        why = f"the receipt of {proof['txid']} is not given ({_lacking(proof)})"
        still.append(f"{why}: what its logs move rests on the source's word")
    if not shown:
        raise Failed(f"the proof of {proof['txid']} holds neither its transaction nor its receipt")
    others = sorted({t["index"].split(":")[0] for t in fact["transfers"]} - {"value", "log"})
    if others:
        still.append(f"of {proof['txid']}, {', '.join(others)} is in no tree that a header commits to")
    return Checked(tuple(shown), tuple(still))

def _receipt(data: bytes, fact: Mapping[str, Any], still: list[str]) -> Iterator[str]:
    fields = rlp(data if data[0] >= 0xC0 else data[1:])
    if len(fields[0]) <= 1:  # before EIP-658 a receipt states a root and no status
        _same("status", fact["status"], "confirmed" if fields[0] == b"\x01" else "failed")
    logs = fields[3]
    told = [(int(t["index"][4:].split(".")[0]), t) for t in fact["transfers"] if t["index"].startswith("log:")]
    first = _first_log(logs, told)
    for number, transfer in told:
        if not 0 <= number - first < len(logs):
            raise Failed(f"the receipt has no log for the transfer {transfer['index']}")
        if not _moves(logs[number - first], transfer):
            still.append(f"log {number} of {fact['txid']} is of a form that this program does not read")
    yield f"its receipt with {len(logs)} logs is in the block, and {len(told)} of its transfers were compared with them"

def _first_log(logs: Sequence[Any], told: Sequence[tuple[int, Mapping[str, Any]]]) -> int:
    """The number in the block of the receipt's first log: the one at which every transfer meets its log."""
    if not told:
        return 0
    for place in range(len(logs)):
        first = told[0][0] - place
        inside = all(0 <= number - first < len(logs) for number, _ in told)
        if inside and all(_moves(logs[number - first], transfer) is not False for number, transfer in told):
            return first
    raise Failed("no log of the receipt says what the transfers say")

def _moves(log: Any, transfer: Mapping[str, Any]) -> bool | None:
    """Whether a log says what a transfer says; None where its form is not one that is read here."""
    emitter, topics, data = log
    words = [*topics[1:], *(data[at : at + 32] for at in range(0, len(data), 32))]
    contract = "0x" + emitter.hex()
    if (transfer["contract"].split("/")[0] or (contract if contract in _COINS else "")) != contract:
        return False
    sides = [(transfer[side] or [{"address": ""}])[0]["address"] for side in ("from", "to")]
    if not topics or topics[0] not in (_TRANSFER, _DEPOSIT, _WITHDRAWAL):
        return None
    if topics[0] == _TRANSFER and len(words) == 3:
        found = ["0x" + word[12:].hex() for word in words[:2]]
        found = ["" if int(side, 16) == 0 and not told else side for side, told in zip(found, sides, strict=True)]
        expected = transfer["value"] if transfer.get("token_id") is None else transfer["token_id"]
        return found == sides and int.from_bytes(words[2], "big") == int(expected)
    if len(words) == 2:
        who = "0x" + words[0][12:].hex()
        return who in sides and int.from_bytes(words[1], "big") == int(transfer["value"])
    return None

# --- TRON ---------------------------------------------------------------------------------------------------
def protobuf(data: bytes) -> list[tuple[int, Any]]:
    """The fields of a message: (number, int or bytes). Raises ValueError for what is no message."""
    read, fields = _Reader(data), []
    while read.at < len(data):
        tag = _varint(read)
        if tag & 7 == 0:
            fields.append((tag >> 3, _varint(read)))
        elif tag & 7 == 2:
            fields.append((tag >> 3, read.take(_varint(read))))
        else:
            fields.append((tag >> 3, read.take({1: 8, 5: 4}[tag & 7])))
    return fields

def _varint(read: _Reader) -> int:
    value = shift = 0
    while True:
        byte = read.number(1)
        value |= (byte & 127) << shift
        if byte < 128:
            return value
        shift += 7
        if shift > 63:
            raise ValueError("a number of a message is too long")

def _tron(proof: Mapping[str, Any], fact: Mapping[str, Any]) -> Checked:
    raw = _bytes(proof["raw_data"])
    _same("txid", proof["txid"], hashlib.sha256(raw).hexdigest())
    shown = [f"transaction {proof['txid']} is the hash of its bytes"]
    contract = dict(protobuf(dict(protobuf(raw))[11]))
    packed = dict(protobuf(contract[2]))
    kind, fields = packed[1].decode().rsplit(".", 1)[-1], dict(protobuf(packed[2]))
    owner = base58check(fields[1]) if isinstance(fields.get(1), bytes) else ""
    _own_or_none(fact, "sender", owner)
    still = [f"what {proof['txid']} moved by calls and logs is no part of its bytes, and TRON's blocks do not seal it"]
    for transfer in fact["transfers"]:
        if kind == "TransferContract" and transfer["index"] == "value":
            told = (transfer["from"][0]["address"], transfer["to"][0]["address"], int(transfer["value"]))
            _same("transfer", told, (owner, base58check(fields[2]), fields.get(3, 0)))
            shown.append("its payer, payee and value are as the fact says")
    if not proof.get("header"):
        why = _lacking(proof)
        return Checked(tuple(shown), (*still, f"no block header is given for {proof['txid']} ({why})"))
    header = _bytes(proof["header"])
    told = dict(protobuf(header))
    block_hash = told[7].to_bytes(8, "big").hex() + hashlib.sha256(header).hexdigest()[16:]
    _own_or_none(fact, "block_hash", block_hash)
    _own_or_none(fact, "height", told[7])
    _own_or_none(fact, "time", told[1] // 1000)
    whole = _bytes(proof["transaction"])
    if [part for number, part in protobuf(whole) if number == 1] != [raw]:
        raise Failed(f"the whole transaction that is given for {proof['txid']} is another")
    node, position = hashlib.sha256(whole).digest(), proof["position"]
    _own_or_none(fact, "position", position)
    for other in proof["branch"]:  # null: an odd node at the end of its level goes up as it is
        if other is None and position & 1:
            raise Failed(f"the Merkle branch of {proof['txid']} is of no tree")
        if other is not None:
            pair = _bytes(other) + node if position & 1 else node + _bytes(other)
            node = hashlib.sha256(pair).digest()
        position >>= 1
    if node != told[2]:
        raise Failed(f"the Merkle branch of {proof['txid']} does not lead to block {block_hash}")
    shown.append(f"it stands in block {block_hash}")
    signers = [_tron_signer(raw, part) for number, part in protobuf(whole) if number == 2]
    if owner in signers:
        shown.append(f"it is signed with the key of {owner}")
    else:
        still.append(f"{proof['txid']} is signed with the keys of {signers}: that {owner} permitted it is not shown")
    witness = base58check(told[9])
    by = _tron_signer(header, _bytes(proof["witness_signature"])) if proof.get("witness_signature") else "nobody here"
    if by == witness:
        shown.append(f"the header of block {block_hash} is signed with the key of the witness {witness}")
    else:
        still.append(f"block {block_hash} names the witness {witness} and is signed by {by}")
    still.append(f"that {witness} was elected to make block {block_hash}, and its place in it, no header shows")
    return Checked(tuple(shown), tuple(still))

def _tron_signer(data: bytes, signature: bytes) -> str:
    """The address whose key signed the SHA-256 of some bytes; "" where the signature is none."""
    r, s, odd = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:64], "big"), signature[64:65]
    try:
        return base58check(b"\x41" + recovered(hashlib.sha256(data).digest(), odd[0] % 27, r, s))
    except (ValueError, IndexError):
        return ""

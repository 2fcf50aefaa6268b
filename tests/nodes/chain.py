"""Regtest blocks and signed payments made in Python: the same keys, times and signatures, so the same hashes each run.

Signatures are deterministic (RFC 6979) and checked by the node that takes the blocks. Values are satoshi.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from bitcoin.core import CMutableTransaction, CMutableTxIn, CMutableTxOut, COutPoint, CTxInWitness, CTxWitness, lx
from bitcoin.core.script import SIGHASH_ALL, SIGVERSION_WITNESS_V0, CScript, CScriptWitness, SignatureHash
from eth_keys.backends import NativeECCBackend
from eth_keys.datatypes import PrivateKey

from tests.chaintrace.adapters.bitcoin.making import EASY, block_hash, compact, sha256d

if TYPE_CHECKING:
    from collections.abc import Sequence

COIN = 10**8
START, SPACING = 1_600_000_000, 600
"""The time of height 0 as these blocks count it (Unix, UTC), and the seconds between blocks."""
GENESIS_HASH = "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206"
_HALVING = 150
_SIGNALS = 0x20000003


@dataclass(frozen=True)
class Output:
    """Satoshi, the script, and the name of the key that spends it (empty: nobody can)."""

    value: int
    script: bytes
    key: str = ""


@dataclass(frozen=True)
class Coin:
    """One output of one transaction, as it can be spent."""

    txid: str
    vout: int
    output: Output


@dataclass(frozen=True)
class Payment:
    """A signed transaction, with what it spends and makes."""

    raw: bytes
    txid: str
    spends: tuple[Coin, ...]
    outputs: tuple[Output, ...]
    wtxid: str

    @property
    def fee(self) -> int:
        """What is spent and not paid to anybody."""
        return sum(coin.output.value for coin in self.spends) - sum(output.value for output in self.outputs)

    def coin(self, vout: int) -> Coin:
        """One of its outputs, to be spent."""
        return Coin(self.txid, vout, self.outputs[vout])


@dataclass(frozen=True)
class MadeBlock:
    """A block with its bytes. The coinbase is the first of `txids` and pays the subsidy and the fees."""

    height: int
    hash: str
    time: int
    raw: bytes = field(repr=False)
    coinbase: Payment = field(repr=False)
    payments: tuple[Payment, ...] = ()

    @property
    def txids(self) -> tuple[str, ...]:
        """Of every transaction, in order."""
        return (self.coinbase.txid, *(payment.txid for payment in self.payments))


@cache
def private(key: str) -> PrivateKey:
    """The private key of that name."""
    return PrivateKey(hashlib.sha256(key.encode()).digest(), NativeECCBackend())


def key_hash(key: str) -> bytes:
    """HASH160 of the compressed public key."""
    return _ripemd160(hashlib.sha256(private(key).public_key.to_compressed_bytes()).digest())


def p2pkh(key: str, value: int) -> Output:
    """Pays to the hash of a public key."""
    return Output(value, b"\x76\xa9\x14" + key_hash(key) + b"\x88\xac", key)


def p2wpkh(key: str, value: int) -> Output:
    """The same as a witness program of version 0."""
    return Output(value, b"\x00\x14" + key_hash(key), key)


def op_return(text: bytes, value: int = 0) -> Output:
    """Pays to nobody."""
    return Output(value, b"\x6a" + bytes((len(text),)) + text)


def pay(spends: Sequence[Coin], outputs: Sequence[Output]) -> Payment:
    """A transaction that spends these outputs, signed; what is left over is the fee."""
    inputs = [CMutableTxIn(COutPoint(lx(coin.txid), coin.vout)) for coin in spends]
    made = [CMutableTxOut(output.value, CScript(output.script)) for output in outputs]
    transaction = CMutableTransaction(inputs, made)
    witnesses = [_sign(transaction, place, coin) for place, coin in enumerate(spends)]
    if any(witness.stack for witness in witnesses):
        transaction.wit = CTxWitness([CTxInWitness(witness) for witness in witnesses])
    raw = transaction.serialize()
    return Payment(raw, transaction.GetTxid()[::-1].hex(), tuple(spends), tuple(outputs), sha256d(raw)[::-1].hex())


def _sign(transaction: CMutableTransaction, place: int, coin: Coin) -> CScriptWitness:
    """Puts the unlocking script into an input, or gives the witness that does the same."""
    output = coin.output
    code = CScript(b"\x76\xa9\x14" + key_hash(output.key) + b"\x88\xac")
    public = private(output.key).public_key.to_compressed_bytes()
    if output.script[:1] == b"\x00":
        digest = SignatureHash(code, transaction, place, SIGHASH_ALL, output.value, SIGVERSION_WITNESS_V0)
        return CScriptWitness([_signature(output.key, digest), public])
    digest = SignatureHash(code, transaction, place, SIGHASH_ALL)
    transaction.vin[place].scriptSig = CScript([_signature(output.key, digest), public])
    return CScriptWitness()


def _signature(key: str, digest: bytes) -> bytes:
    """DER, with the byte that says what was signed (everything)."""
    signature = private(key).sign_msg_hash(digest)
    parts = b""
    for number in (signature.r, signature.s):
        digits = number.to_bytes((number.bit_length() + 8) // 8, "big")
        parts += b"\x02" + bytes((len(digits),)) + digits
    return b"\x30" + bytes((len(parts),)) + parts + b"\x01"


def mine(
    prev: MadeBlock | None, payments: Sequence[Payment] = (), *, tag: bytes = b"chain", late: int = 0
) -> MadeBlock:
    """The next block, on the genesis block or another. A `tag` of its own, or seconds of delay, make another block."""
    height = prev.height + 1 if prev else 1
    time = START + SPACING * height + late
    witness = any(payment.wtxid != payment.txid for payment in payments)
    minted = _coinbase(height, payments, tag, witness=witness)
    txids = [bytes.fromhex(minted.txid)[::-1], *(bytes.fromhex(payment.txid)[::-1] for payment in payments)]
    start = struct.pack("<I", _SIGNALS) + bytes.fromhex(prev.hash if prev else GENESIS_HASH)[::-1] + _root(txids)
    nonce = 0
    while True:
        header = start + struct.pack("<III", time, EASY, nonce)
        if int.from_bytes(sha256d(header), "little") <= 0x7FFFFF << 232:
            break
        nonce += 1
    raw = header + compact(1 + len(payments)) + minted.raw + b"".join(payment.raw for payment in payments)
    return MadeBlock(height, block_hash(raw), time, raw, minted, tuple(payments))


def _coinbase(height: int, payments: Sequence[Payment], tag: bytes, *, witness: bool) -> Payment:
    """Mints the subsidy and the fees to the key `miner`; commits to the witnesses where there are any (BIP-141)."""
    digits = height.to_bytes((height.bit_length() + 8) // 8, "little")
    said = bytes((0x50 + height,)) if height <= 16 else bytes((len(digits),)) + digits
    script = said + bytes((len(tag),)) + tag
    outputs = [p2pkh("miner", (50 * COIN >> height // _HALVING) + sum(payment.fee for payment in payments))]
    if witness:
        hashes = [bytes(32), *(bytes.fromhex(payment.wtxid)[::-1] for payment in payments)]
        outputs.append(Output(0, bytes.fromhex("6a24aa21a9ed") + sha256d(_root(hashes) + bytes(32))))
    body = compact(1) + bytes(32) + b"\xff" * 4 + compact(len(script)) + script + b"\xff" * 4 + compact(len(outputs))
    for output in outputs:
        body += output.value.to_bytes(8, "little") + compact(len(output.script)) + output.script
    version = (1).to_bytes(4, "little")
    plain = version + body + bytes(4)
    raw = version + b"\x00\x01" + body + b"\x01\x20" + bytes(32) + bytes(4) if witness else plain
    return Payment(raw, sha256d(plain)[::-1].hex(), (), tuple(outputs), sha256d(raw)[::-1].hex())


def genesis() -> bytes:
    """The block of height 0, without which a file of blocks begins in the middle."""
    text = b"The Times 03/Jan/2009 Chancellor on brink of second bailout for banks"
    script = bytes.fromhex("04ffff001d010445") + text
    public = (
        "04678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb6"
        "49f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5f"
    )
    pays = b"\x41" + bytes.fromhex(public) + b"\xac"
    minted = struct.pack("<I", 1) + b"\x01" + bytes(32) + b"\xff" * 4 + compact(len(script)) + script + b"\xff" * 4
    minted += b"\x01" + struct.pack("<Q", 50 * COIN) + compact(len(pays)) + pays + bytes(4)
    return (
        struct.pack("<I", 1)
        + bytes(32)
        + sha256d(minted)
        + struct.pack("<III", 1_296_688_602, EASY, 2)
        + b"\x01"
        + minted
    )


def _root(hashes: list[bytes]) -> bytes:
    """The Merkle root of hashes."""
    level = list(hashes)
    while len(level) > 1:
        level += level[-1:] * (len(level) % 2)
        level = [sha256d(one + other) for one, other in zip(level[::2], level[1::2], strict=True)]
    return level[0]


def _ripemd160(data: bytes) -> bytes:
    """RIPEMD-160, which not every OpenSSL offers any more."""
    from bitcoin.core.contrib.ripemd160 import ripemd160

    return ripemd160(data)

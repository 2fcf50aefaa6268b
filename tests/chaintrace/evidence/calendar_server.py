"""A calendar of OpenTimestamps on loopback, made with the project's own library."""

from __future__ import annotations

import hashlib

from opentimestamps.core.notary import BitcoinBlockHeaderAttestation, PendingAttestation
from opentimestamps.core.op import OpAppend, OpPrepend, OpSHA256
from opentimestamps.core.serialize import BytesDeserializationContext, BytesSerializationContext
from opentimestamps.core.timestamp import DetachedTimestampFile, Timestamp, cat_sha256d

from tests.hostile.server import Asked, Given

NAME = "https://calendar.example"


class Calendar:
    """Answers `POST /digest` with a promise; `upgraded` keeps it: the way to the Merkle root of a made-up block."""

    def __init__(self) -> None:
        self.told: list[bytes] = []

    def answer(self, asked: Asked) -> Given:
        if (asked.method, asked.path) != ("POST", "/digest"):
            return Given(b"", 404)
        self.told.append(asked.body)
        return Given(written(self._promised(asked.body)), kind="application/vnd.opentimestamps.v1")

    def _promised(self, commitment: bytes) -> Timestamp:
        stamp = Timestamp(commitment)
        entry = stamp.ops.add(OpPrepend(b"\x5f\x00\x00\x01")).ops.add(OpAppend(b"secret of the calendar"))
        entry.ops.add(OpSHA256()).attestations.add(PendingAttestation(NAME))
        return stamp

    def upgraded(self, proof: bytes, height: int) -> tuple[bytes, bytes]:
        """The proof with the rest of the way, and the Merkle root that it leads to."""
        file = read(proof)
        (promise,) = [stamp for stamp in leaves(file.timestamp) if stamp.attestations]
        other = hashlib.sha256(b"another transaction").digest()
        root = cat_sha256d(promise, Timestamp(other))
        root.attestations.add(BitcoinBlockHeaderAttestation(height))
        return written(file), root.msg


def leaves(stamp: Timestamp) -> list[Timestamp]:
    """A stamp and all below it."""
    return [stamp, *(one for below in stamp.ops.values() for one in leaves(below))]


def read(proof: bytes) -> DetachedTimestampFile:
    """An .ots file as the library reads it."""
    return DetachedTimestampFile.deserialize(BytesDeserializationContext(proof))


def written(told: Timestamp | DetachedTimestampFile) -> bytes:
    """The bytes of a stamp or of a file."""
    context = BytesSerializationContext()
    told.serialize(context)
    return context.getbytes()

"""A stamp over the tag manifest by a calendar of OpenTimestamps: asked through the door, read before it is believed.

The calendar learns a digest of a digest and nothing else. It promises to write that into a block of Bitcoin, hours or
a day later; until then the stamp is its word alone. `ots upgrade` fetches the rest of the way when the block is there.
Source: the OpenTimestamps file format, version 1, and the calendar's protocol (`POST /digest`).
"""

import hashlib
import secrets
from collections.abc import Callable

from chaintrace.adapters.transport import Door, Reach, Request
from chaintrace.errors import Malformed
from chaintrace.evidence import verify_anchors

ADAPTER = "ots"
MOST = 10_000
"""Bytes of an answer, at most: the limit of the protocol's own client."""
_SHA256, _APPEND = b"\x08", b"\xf0"

Nonce = Callable[[], bytes]


def _nonce() -> bytes:
    return secrets.token_bytes(16)


def noted_at(manifest: bytes, url: str, reach: Reach, door: Door, nonce: Nonce = _nonce) -> bytes:
    """The proof that a calendar was told of a tag manifest, as the file .ots holds it.

    A nonce is hashed in, so that the calendar cannot tell which package it stamps. Raises Unavailable or Refused as
    the door does, and Malformed for an answer that is no way from that digest to an attestation.
    """
    digest, blind = hashlib.sha256(manifest).digest(), nonce()
    asked = Request(
        ADAPTER,
        f"{url.rstrip('/')}/digest",
        "POST",
        hashlib.sha256(digest + blind).digest(),
        (("Accept", "application/vnd.opentimestamps.v1"), ("Content-Type", "application/octet-stream")),
        reach,
        size_limit=MOST,
    )
    content = door.ask(asked).content
    before = _SHA256 + digest + _APPEND + bytes((len(blind),)) + blind + _SHA256
    proof = verify_anchors.MAGIC + before + content
    try:
        found = verify_anchors.stamped(proof, digest)  # type: ignore[no-untyped-call]  # plain Python, for strangers
    except verify_anchors.Failed as failed:
        raise Malformed(f"{asked.host} answered with no stamp ({failed}): ask another calendar") from failed
    if not any(one.kind in {"pending", "bitcoin"} for one in found):
        raise Malformed(f"{asked.host} answered with a stamp that names no calendar and no block: ask another calendar")
    return proof

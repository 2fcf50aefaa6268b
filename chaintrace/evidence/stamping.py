"""A time-stamp over the tag manifest (RFC 3161): asked through the door, read before it is believed to be one.

The authority learns a digest and nothing else. Whether its signature holds is for `openssl ts -verify` to say, with the
certificates of whoever relies on it.
"""

import hashlib
import secrets
from collections.abc import Callable

from chaintrace.adapters.transport import Door, Reach, Request
from chaintrace.errors import Malformed
from chaintrace.evidence import verify_anchors

ADAPTER = "tsa"
MOST = 1 << 20
"""Bytes of an answer, at most: a token with a chain of certificates has some thousand."""
_SHA256 = bytes.fromhex("0609608648016503040201")
"""The object identifier 2.16.840.1.101.3.4.2.1 (NIST), in DER."""

Nonce = Callable[[], int]


def _nonce() -> int:
    return secrets.randbits(63) | 1 << 62


def stamped(manifest: bytes, url: str, reach: Reach, door: Door, nonce: Nonce = _nonce) -> bytes:
    """The authority's whole answer about a tag manifest, as `openssl ts` reads it.

    Raises Unavailable or Refused as the door does, and Malformed for an answer that is no time-stamp of this manifest.
    """
    digest, number = hashlib.sha256(manifest).digest(), nonce()
    asked = Request(
        ADAPTER,
        url,
        "POST",
        query(digest, number),
        (("Content-Type", "application/timestamp-query"), ("Accept", "application/timestamp-reply")),
        reach,
        size_limit=MOST,
    )
    content = door.ask(asked).content
    try:
        told = verify_anchors.time_stamp(content)  # type: ignore[no-untyped-call]  # the verifiers are plain Python
    except verify_anchors.Failed as wrong:
        raise Malformed(f"{asked.host} answered with no time-stamp ({wrong}): ask another authority") from wrong
    if told["imprint"] != digest.hex() or told["nonce"] != number:
        raise Malformed(f"{asked.host} answered with the time-stamp of something else: ask another authority")
    return content


def query(digest: bytes, nonce: int) -> bytes:
    """A TimeStampReq about a SHA-256, with the authority's certificates asked for, in DER."""
    imprint = _item(0x30, _item(0x30, _SHA256 + _item(0x05, b"")) + _item(0x04, digest))
    return _item(0x30, _whole(1) + imprint + _whole(nonce) + _item(0x01, b"\xff"))


def _whole(number: int) -> bytes:
    return _item(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _item(tag: int, content: bytes) -> bytes:
    """One item of less than 128 bytes: everything in a query is."""
    return bytes((tag, len(content))) + content

"""An ed25519 signature over the tag manifest, with a key from a file (RFC 8032): equal bytes give an equal signature.

A key is never made here, never written down and never part of a message.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chaintrace.errors import InputError

SEED = re.compile(rb"[0-9a-fA-F]{64}")
MOST = 1 << 16
"""Bytes of a file that may be a key, at most."""
FORMS = "a PEM or DER file with an ed25519 key (PKCS #8, without a password), or 64 hexadecimal digits of its seed"


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs: a key that says nothing of itself but its public half."""

    public: str
    """The public key, 64 hexadecimal digits."""
    _key: Any = field(repr=False, compare=False)

    def sign(self, message: bytes) -> str:
        """The signature over a message: 128 hexadecimal digits."""
        from Crypto.Signature import eddsa

        return bytes(eddsa.new(self._key, "rfc8032").sign(message)).hex()


def signer(path: Path) -> Signer:
    """The key in a file. Raises InputError where it cannot be read or is no such key; the sentence holds none of it."""
    from Crypto.PublicKey import ECC
    from Crypto.Signature import eddsa

    try:
        with path.open("rb") as file:
            content = file.read(MOST).strip()
    except OSError as error:
        raise InputError(f"the key {path} cannot be read ({error.strerror}): correct the path or its rights") from error
    try:
        if SEED.fullmatch(content):
            key = eddsa.import_private_key(bytes.fromhex(content.decode()))
        else:
            key = ECC.import_key(content)
    except (ValueError, IndexError, TypeError):
        raise InputError(f"{path} holds no key that can sign: give {FORMS}") from None  # its cause may hold bytes of it
    if key.curve != "Ed25519" or not key.has_private():
        raise InputError(f"{path} holds a key of another kind, or only its public half: give {FORMS}")
    return Signer(key.public_key().export_key(format="raw").hex(), key)

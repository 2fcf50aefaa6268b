"""An Ed25519 signature over the tag manifest (RFC 8032), with a key from a file or with one that never leaves a device.

A file with a private key is read, and signs here: equal bytes give an equal signature. A file with a public key of
OpenSSH names a key that lies elsewhere, in an ssh-agent or on a security key: then `ssh-keygen -Y sign` asks for the
signature, and no secret comes near this program. A key is never made here, never written down, never part of a message.
"""

import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from chaintrace.errors import InputError
from chaintrace.evidence import verify_anchors

SEED = re.compile(rb"[0-9a-fA-F]{64}")
PUBLIC = re.compile(rb"(ssh-ed25519|sk-ssh-ed25519@openssh\.com) +([A-Za-z0-9+/=]+)( [^\r\n]*)?")
"""One line of OpenSSH: the kind of the key, the key, and a comment."""
MOST = 1 << 16
"""Bytes of a file that may be a key, at most."""
PATIENCE = 120
"""Seconds in which a security key must be touched, or a password given."""
FORMS = "a PEM or DER file with an ed25519 key (PKCS #8, without a password), or 64 hexadecimal digits of its seed"
ELSEWHERE = "for a key in an ssh-agent or on a security key, OpenSSH's file with its public half (ssh-ed25519 …)"


class Signer(Protocol):
    """Who signs: it says nothing of itself but its public half."""

    @property
    def public(self) -> str:
        """The public key, as signer.pub holds it: 64 hexadecimal digits, or a line of OpenSSH."""
        ...

    def sign(self, message: bytes) -> str:
        """The signature over a message, as its file holds it. Raises InputError where nobody gives one."""
        ...


@dataclass(frozen=True, slots=True)
class FileSigner:
    """A key that was read from a file."""

    public: str
    _key: Any = field(repr=False, compare=False)

    def sign(self, message: bytes) -> str:
        """The signature: 128 hexadecimal digits."""
        from Crypto.Signature import eddsa

        return bytes(eddsa.new(self._key, "rfc8032").sign(message)).hex()


@dataclass(frozen=True, slots=True)
class OpensshSigner:
    """A key that lies in an agent or on a device; `path` is the file with its public half."""

    public: str
    path: Path

    def sign(self, message: bytes) -> str:
        """The signature as `ssh-keygen -Y sign` writes it; a security key counts, so that each of its is another.

        Raises InputError where there is no ssh-keygen, or no agent or device with that key, or nobody touches it.
        """
        program = shutil.which("ssh-keygen")
        if program is None:
            raise InputError(
                f"{self.path} names a key that lies elsewhere, and there is no ssh-keygen: install OpenSSH"
            )
        namespace = verify_anchors.NAMESPACE.decode()
        asked = [program, "-Y", "sign", "-q", "-n", namespace, "-f", str(self.path)]
        try:
            done = subprocess.run(  # noqa: S603  # no shell, and a program of the system
                asked, input=message, capture_output=True, timeout=PATIENCE, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise InputError(
                f"ssh-keygen gave no signature within {PATIENCE} s: touch the key, and run again"
            ) from error
        text = done.stdout.decode("ascii", "replace")
        try:
            verify_anchors.signed(self.public, text, message)  # type: ignore[no-untyped-call]  # it is plain Python
        except verify_anchors.Failed as failed:
            said = " ".join(done.stderr.decode("utf-8", "replace").split())[:200]
            raise InputError(
                f"the key of {self.path} did not sign ({said or failed}): add it to the ssh-agent with ssh-add, or "
                "plug its device in"
            ) from failed
        return text.rstrip("\n")


def signer(path: Path) -> Signer:
    """The key in a file. Raises InputError where it cannot be read or is no such key; the sentence holds none of it."""
    from Crypto.PublicKey import ECC
    from Crypto.Signature import eddsa

    try:
        with path.open("rb") as file:
            content = file.read(MOST).strip()
    except OSError as error:
        raise InputError(f"the key {path} cannot be read ({error.strerror}): correct the path or its rights") from error
    if found := PUBLIC.fullmatch(content):
        return OpensshSigner(f"{found[1].decode()} {found[2].decode()}", path)
    try:
        if SEED.fullmatch(content):
            key = eddsa.import_private_key(bytes.fromhex(content.decode()))
        else:
            key = ECC.import_key(content)
    except (ValueError, IndexError, TypeError):
        wanted = f"give {FORMS}; {ELSEWHERE}"
        raise InputError(f"{path} holds no key that can sign: {wanted}") from None  # its cause may hold bytes of it
    if key.curve != "Ed25519" or not key.has_private():
        wanted = f"give {FORMS}; {ELSEWHERE}"
        raise InputError(f"{path} holds a key of another kind, or only its public half: {wanted}")
    return FileSigner(key.public_key().export_key(format="raw").hex(), key)

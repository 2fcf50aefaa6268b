"""Keys of OpenSSH for tests: an agent that holds one whose file is gone, and a security key made of software."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import struct
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

from Crypto.PublicKey import ECC
from Crypto.Signature import eddsa

from tests.conftest import absent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

NAMESPACE = "chaintrace-evidence"
TOUCHED = b"sk-ssh-ed25519@openssh.com"


def ran(*arguments: str, **more: str) -> str:
    """What a program of OpenSSH prints; CalledProcessError where it refuses."""
    done = subprocess.run([*arguments], capture_output=True, text=True, check=True, env={**os.environ, **more})
    return done.stdout + done.stderr


@contextmanager
def agent(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An ssh-agent that alone has the key whose public half lies at the path."""
    if shutil.which("ssh-agent") is None:
        absent("ssh-agent", "install the package openssh-client of the system")
    folder.mkdir()
    socket = folder / "agent"
    running = subprocess.Popen(["ssh-agent", "-D", "-a", str(socket)], stdout=subprocess.DEVNULL)
    try:
        patch.setenv("SSH_AUTH_SOCK", str(socket))
        key = folder / "key"
        ran("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "an analyst", "-f", str(key))
        while not socket.exists():  # it binds its socket before it serves
            assert running.poll() is None
        ran("ssh-add", "-q", str(key))
        key.unlink()
        yield folder / "key.pub"
    finally:
        running.terminate()
        running.wait()


def openssh_verifies(public: str, signature: Path, message: bytes, folder: Path) -> bool:
    """Whether `ssh-keygen -Y verify` takes a signature for one of a key."""
    (folder / "signers").write_text(f"analyst {public}\n")
    asked = ["ssh-keygen", "-Y", "verify", "-f", str(folder / "signers"), "-I", "analyst", "-n", NAMESPACE]
    done = subprocess.run([*asked, "-s", str(signature)], input=message, capture_output=True, check=False)
    return done.returncode == 0


def security_key(message: bytes, flags: int = 1, namespace: str = NAMESPACE) -> tuple[str, str]:
    """Public line and signature as a security key and OpenSSH make them (PROTOCOL.u2f, PROTOCOL.sshsig)."""
    key = ECC.generate(curve="Ed25519")
    raw = key.public_key().export_key(format="raw")
    public = framed(TOUCHED, raw, b"ssh:")
    covered = b"SSHSIG" + framed(namespace.encode(), b"", b"sha512", hashlib.sha512(message).digest())
    counter = bytes((flags,)) + struct.pack(">I", 7)
    signed = hashlib.sha256(b"ssh:").digest() + counter + hashlib.sha256(covered).digest()
    made = framed(TOUCHED, eddsa.new(key, "rfc8032").sign(signed)) + counter
    blob = b"SSHSIG" + struct.pack(">I", 1) + framed(public, namespace.encode(), b"", b"sha512", made)
    lines = base64.encodebytes(blob).decode()
    line = f"{TOUCHED.decode()} {base64.b64encode(public).decode()}"
    return line, f"-----BEGIN SSH SIGNATURE-----\n{lines}-----END SSH SIGNATURE-----"


def framed(*parts: bytes) -> bytes:
    """Strings as SSH writes them, each after its length."""
    return b"".join(struct.pack(">I", len(part)) + part for part in parts)

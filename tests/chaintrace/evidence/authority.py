"""A time-stamp authority on loopback: `openssl ts` answers, with keys that it made for the test."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

from tests.conftest import absent
from tests.hostile.server import Asked, Given

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """\
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
"""
EXTENSION = "extendedKeyUsage=critical,timeStamping"


class Authority:
    """Answers queries as a handler of the loopback server; `certificate` is what trusts its tokens."""

    def __init__(self, folder: Path) -> None:
        if shutil.which("openssl") is None:
            absent("openssl", "install the package openssl of the system")
        folder.mkdir()
        self._folder = folder
        self.certificate = folder / "tsa.pem"
        (folder / "tsa.cnf").write_text(CONFIG.format(folder=folder))
        (folder / "serial").write_text("01\n")
        subject = ("-subj", "/CN=Authority of a test", "-days", "3650", "-addext", EXTENSION)
        files = ("-keyout", str(folder / "tsa.key"), "-out", str(self.certificate))
        ran("req", "-x509", "-newkey", "rsa:2048", "-nodes", *subject, *files)

    def answer(self, asked: Asked) -> Given:
        (self._folder / "query").write_bytes(asked.body)
        config = ("-config", str(self._folder / "tsa.cnf"))
        ran("ts", "-reply", *config, "-queryfile", str(self._folder / "query"), "-out", str(self._folder / "reply"))
        return Given((self._folder / "reply").read_bytes(), kind="application/timestamp-reply")


def ran(*arguments: str) -> str:
    """What openssl prints; CalledProcessError where it refuses."""
    done = subprocess.run(["openssl", *arguments], capture_output=True, text=True, check=True)
    return done.stdout + done.stderr

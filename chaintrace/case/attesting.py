"""What may stand beside a package's manifests: a signature and a time-stamp over the tag manifest, both optional."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from chaintrace.adapters.transport import Reach
from chaintrace.case.access import NETWORK, Access, access, opened_door
from chaintrace.case.endpoints import holds_key, nearness
from chaintrace.case.log import Writer
from chaintrace.case.online import noted
from chaintrace.errors import InputError, Refused
from chaintrace.evidence.signing import Signer, signer
from chaintrace.evidence.stamping import ADAPTER, stamped
from chaintrace.store import FileArchive

TAG_MANIFEST = "tagmanifest-sha256.txt"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for besides, none of it by default: the file of a key, the url of an authority, every raw answer.

    `paper` is the language in which the expert's report goes in as PDF, "" for none. `environment` is what says which
    hosts may be asked.
    """

    key: Path | None = None
    tsa: str = ""
    all_answers: bool = False
    paper: str = ""
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Attest:
    """What was wished, checked: who signs, and whom to ask for a time-stamp."""

    signer: Signer | None
    tsa: str
    reach: Reach
    allowed: Access

    @property
    def public(self) -> str:
        """The public key of who signs; empty where nobody does."""
        return "" if self.signer is None else self.signer.public

    def write(self, package: Path, archive: FileArchive, writer: Writer) -> None:
        """Put signature and time-stamp beside the manifests of a finished package.

        Raises Unavailable, Refused or Malformed where the authority gives none, and OSError as the system gives it.
        """
        manifest = (package / TAG_MANIFEST).read_bytes()
        if self.signer is not None:
            (package / f"{TAG_MANIFEST}.sig").write_text(f"{self.signer.sign(manifest)}\n", "utf-8", newline="\n")
        if self.tsa:
            with opened_door(archive, self.allowed, partial(noted, writer)) as door:
                (package / f"{TAG_MANIFEST}.tsr").write_bytes(stamped(manifest, self.tsa, self.reach, door))


def attest(wish: Wish) -> Attest:
    """Check what is wished, before anything is made. Raises InputError, and Refused where no network may be asked."""
    allowed = access(wish.environment)
    if wish.tsa:
        if not wish.tsa.startswith(("http://", "https://")):
            raise InputError("--tsa is no url of a time-stamp authority: write it as https://tsa.example/tsr")
        if reason := holds_key(wish.tsa, ADAPTER):
            raise InputError(f"--tsa: {reason}")
        if allowed.allowed == "none":
            raise Refused(
                f"no time-stamp was asked for, because the network is switched off: set {NETWORK} to own or public, or "
                "leave --tsa out"
            )
    key = signer(wish.key) if wish.key is not None else None
    return Attest(key, wish.tsa, nearness(wish.tsa, "public"), allowed)

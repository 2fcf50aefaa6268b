"""What may stand beside a package's manifests: a signature and a time-stamp over the tag manifest, both optional."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from chaintrace.case.access import NETWORK, Access, access, opened_door
from chaintrace.case.endpoints import holds_key, nearness
from chaintrace.case.log import Writer
from chaintrace.case.online import noted
from chaintrace.errors import AdapterError, InputError, Refused
from chaintrace.evidence.calendars import ADAPTER as OTS
from chaintrace.evidence.calendars import noted_at
from chaintrace.evidence.signing import Signer, signer
from chaintrace.evidence.stamping import ADAPTER as TSA
from chaintrace.evidence.stamping import stamped
from chaintrace.store import FileArchive

TAG_MANIFEST = "tagmanifest-sha256.txt"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for besides, none of it by default: the file of a key, the urls of an authority and of a calendar.

    `traced_answers` leaves out the raw answers that no fact rests on: the package is smaller, and no replay finds them.
    `headers` is how many block headers round a proven block the networks may be asked for, None for none of them.
    `paper` is the language in which the expert's report goes in as PDF, "" for none. `environment` is what says which
    hosts may be asked.
    """

    key: Path | None = None
    tsa: str = ""
    traced_answers: bool = False
    paper: str = ""
    headers: int | None = None
    ots: str = ""
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Attest:
    """What was wished, checked: who signs, and which authority and which calendar to ask for a stamp."""

    signer: Signer | None
    tsa: str
    ots: str
    allowed: Access

    @property
    def public(self) -> str:
        """The public key of who signs; empty where nobody does."""
        return "" if self.signer is None else self.signer.public

    def write(self, package: Path, archive: FileArchive, writer: Writer) -> tuple[AdapterError, ...]:
        """Put signature and stamps beside the manifests of a finished package; what became of stamps that none gave.

        Raises InputError where a key that lies elsewhere does not sign, and OSError as the system gives it.
        """
        manifest = (package / TAG_MANIFEST).read_bytes()
        if self.signer is not None:
            (package / f"{TAG_MANIFEST}.sig").write_text(f"{self.signer.sign(manifest)}\n", "utf-8", newline="\n")
        failed = list[AdapterError]()
        for url, ending, asked in ((self.tsa, "tsr", stamped), (self.ots, "ots", noted_at)):
            if url:
                try:
                    with opened_door(archive, self.allowed, partial(noted, writer)) as door:
                        stamp = asked(manifest, url, nearness(url, "public"), door)
                except AdapterError as error:
                    failed.append(error)
                else:
                    (package / f"{TAG_MANIFEST}.{ending}").write_bytes(stamp)
        return tuple(failed)


def attest(wish: Wish) -> Attest:
    """Check what is wished, before anything is made. Raises InputError, and Refused where no network may be asked."""
    allowed = access(wish.environment)
    for option, url, adapter, example in (
        ("--tsa", wish.tsa, TSA, "a time-stamp authority: write it as https://tsa.example/tsr"),
        ("--ots", wish.ots, OTS, "a calendar of OpenTimestamps: write it as https://calendar.example"),
    ):
        if not url:
            continue
        if not url.startswith(("http://", "https://")):
            raise InputError(f"{option} is no url of {example}")
        if reason := holds_key(url, adapter):
            raise InputError(f"{option}: {reason}")
        if allowed.allowed == "none":
            raise Refused(
                f"no time-stamp was asked for, because the network is switched off: set {NETWORK} to own or public, or "
                f"leave {option} out"
            )
    key = signer(wish.key) if wish.key is not None else None
    return Attest(key, wish.tsa, wish.ots, allowed)

"""A BagIt 1.0 folder (RFC 8493), written file by file: the same content gives the same bytes.

No date stands in it but those of its content. As a ZIP its entries are sorted, stored with one fixed time.
"""

import hashlib
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

from chaintrace.errors import InputError

_CHUNK = 1 << 20
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a ZIP can state."""

INSIDE = "evidence"
"""The folder that a ZIP holds, whatever the ZIP is called."""

DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


class Bag:
    """A bag that is being filled. Names are relative, with `/`; each is written once."""

    def __init__(self, folder: Path) -> None:
        """`folder` exists and is empty."""
        self._folder = folder
        self.digests: dict[str, str] = {}
        """The SHA-256 of each file that was written, by its name."""
        self._size = 0

    def write(self, name: str, content: bytes | str) -> None:
        """A file from memory; text is UTF-8. Raises OSError as the system gives it."""
        data = content.encode("utf-8") if isinstance(content, str) else content
        path = self._path(name)
        path.write_bytes(data)
        self._keep(name, hashlib.sha256(data).hexdigest(), len(data))

    def lines(self, name: str, lines: Iterator[str]) -> None:
        """A file line by line, never whole in memory."""
        digest, size = hashlib.sha256(), 0
        with self._path(name).open("wb") as file:
            for line in lines:
                data = f"{line}\n".encode()
                digest.update(data)
                size += len(data)
                file.write(data)
        self._keep(name, digest.hexdigest(), size)

    def copy(self, name: str, source: Path) -> None:
        """A file from another place, in pieces."""
        digest, size = hashlib.sha256(), 0
        with source.open("rb") as original, self._path(name).open("wb") as file:
            while piece := original.read(_CHUNK):
                digest.update(piece)
                size += len(piece)
                file.write(piece)
        self._keep(name, digest.hexdigest(), size)

    def add(self, name: str) -> None:
        """A file that something else wrote into the bag's folder at this name."""
        path = self._folder / name
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        self._keep(name, digest, path.stat().st_size)

    def folder(self, name: str) -> Path:
        """A folder in the bag, made; what is written there is to be added."""
        made = self._folder / name
        made.mkdir(parents=True, exist_ok=True)
        return made

    def close(self, agent: str, form: str) -> None:
        """Write what makes a bag of it: the declaration, what it holds in all, and both manifests.

        `agent` is who made it, `form` the format of what it holds, with its version.
        """
        payload = sum(name.startswith("data/") for name in self.digests)
        said = f"Bag-Software-Agent: {agent}\nPackage-Format: {form}\n"
        self.write("bagit.txt", DECLARATION)
        self.write("bag-info.txt", f"{said}Payload-Oxum: {self._size}.{payload}\n")
        self.write("manifest-sha256.txt", "".join(self._listed(payload=True)))
        self.write("tagmanifest-sha256.txt", "".join(self._listed(payload=False)))

    def _listed(self, *, payload: bool) -> Iterator[str]:
        for name, digest in sorted(self.digests.items()):
            if name.startswith("data/") is payload:
                yield f"{digest}  {encoded(name)}\n"

    def _path(self, name: str) -> Path:
        if name in self.digests:
            raise InputError(f"{name} would stand twice in the package")
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def _keep(self, name: str, digest: str, size: int) -> None:
        self.digests[name] = digest
        self._size += size if name.startswith("data/") else 0


def encoded(name: str) -> str:
    """A name as a manifest holds it: what ends a line, and the sign that says so, in percent (RFC 8493, 2.1.3)."""
    return name.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")


def zipped(folder: Path, target: Path) -> None:
    """The files of a folder as one ZIP, below one folder in it. Raises OSError as the system gives it."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        for path in sorted(one for one in folder.rglob("*") if one.is_file()):
            entry = zipfile.ZipInfo(f"{INSIDE}/{path.relative_to(folder).as_posix()}", _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            with path.open("rb") as file, archive.open(entry, "w", force_zip64=True) as written:
                shutil.copyfileobj(file, written, _CHUNK)

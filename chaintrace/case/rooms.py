"""An opened case: its archive, store, tags and view, as one thing that is closed at the end."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from chaintrace.adapters import ADAPTERS
from chaintrace.case.config import CaseConfig
from chaintrace.case.log import Clock, Writer
from chaintrace.case.opening import Ground, open_ground
from chaintrace.case.pinned_lists import pin
from chaintrace.case.sources import NamedFile
from chaintrace.case.tag_lists import STORE as STORE_LIST
from chaintrace.case.tag_lists import CaseTags, PinnedStore, core, notices, pinned_files
from chaintrace.case.view import CaseView
from chaintrace.errors import InputError, OutputError
from chaintrace.model.provenance import Source
from chaintrace.store import FileArchive, Network, SqliteStore
from chaintrace.tags import TagFile
from chaintrace.tags import read as read_tags

ARCHIVE, CACHE, STORE, REPORT = "archive", "cache", "store.sqlite", "report"
"""Names inside a case's folder: raw bytes, indices that can be made again, the facts, what the last trace wrote."""


@dataclass(frozen=True, slots=True)
class Rooms:
    """What a case rests on: the view, the files beside the sources with their digests, what reading the tags noted.

    `ground` gives the view anew when networks have told more, `archive` is where raw answers go. `actors` are the
    labels that actor packs give, by the actor's id; of several the first counts. `store` is the user's store of tags as
    the case sees it, `notices` are for the person who runs it.
    """

    view: CaseView
    files: tuple[Source, ...]
    notes: tuple[str, ...]
    actors: Mapping[str, str]
    ground: Ground
    archive: FileArchive
    store: PinnedStore | None = None
    notices: tuple[str, ...] = ()

    def called(self) -> Mapping[str, str]:
        """The labels of actors, with those that the user's store gives for the tags that were asked for."""
        return {**(self.store.called() if self.store else {}), **self.actors}

    def pin_tags(self, folder: Path, writer: Writer) -> tuple[Source, ...]:
        """Write what was used of the user's store into the case, and keep what is new of it. Raises OutputError."""
        new = pin(folder, self.store.used(), writer) if self.store is not None else ()
        return tuple(self.archive.keep_file("file", one.request, folder / one.request) for one in new)


@contextmanager
def opened(config: CaseConfig, clock: Clock) -> Iterator[Rooms]:
    """Open everything that a case names and keep its bytes in the archive. The caller holds the case's lock.

    Nobody is asked over the network: of the network sources counts what they told before.

    Raises InputError with file and line, AdapterError, and OutputError when archive or store cannot be written.
    """
    read = [*(tags_of(file) for file in config.tags), core(config.folder, config.lists)]
    networks = [Network(one.chain, one.adapter, one.shown) for one in config.networks]
    archive = FileArchive(config.folder / ARCHIVE, clock, sync=False)
    cache = made(config.folder / CACHE)
    store = SqliteStore(config.folder / STORE)
    with ExitStack() as closing:
        closing.callback(store.close)
        named = PinnedStore(config.folder) if STORE_LIST in config.lists else None
        closing.callback(named.close if named else lambda: None)
        tags = CaseTags((tag for file in read for tag in file.tags), named)
        bare = open_ground(config.sources, archive, store, cache, ADAPTERS, tags, networks, archive.flush)
        ground = replace(bare, protocols=config.protocols)
        closing.callback(ground.close)
        kept = (*config.files, *pinned_files(config.folder, config.lists))
        files = tuple(archive.keep_file("file", file.shown, file.path) for file in kept)
        actors = {actor.id: actor.label for file in reversed(read) for actor in file.actors}
        notes = tuple(note for file in read for note in file.notes)
        archive.flush()
        told = tuple(notices(config.folder, config.lists, named))
        yield Rooms(ground.view(), files, notes, actors, ground, archive, named, told)
        archive.flush()


def made(folder: Path) -> Path:
    """The folder, made if it is not there. Raises OutputError when it cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder} cannot be made ({error.strerror}): nothing was changed") from error
    return folder


def tags_of(file: NamedFile) -> TagFile:
    """The tags of one file. Raises InputError with file and line."""
    try:
        content = file.path.read_bytes()
    except OSError as error:
        raise InputError(f"the file cannot be read ({error.strerror}): correct the path", path=file.shown) from error
    return read_tags(content, file.shown)

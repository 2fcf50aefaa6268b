"""The lists that a case names without a path: the core that ships, and the user's store. Pinned when they are used.

What a trace used of them stands in the case's folder (`tags/`), and later traces read it there: so the same case gives
the same report, whatever is imported or installed since. Of the core the whole is pinned, it is small; of the store the
tags of the addresses that were asked for, and which lists it held: none, where there was no store. While it holds the
same lists, addresses that are reached later are looked up too; once it changed, what is pinned counts alone, and a
notice says so.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

from chaintrace import resources
from chaintrace.case.log import Entry, Writer
from chaintrace.case.pinned_lists import pin, settle
from chaintrace.case.sources import NamedFile
from chaintrace.case.view import CaseView
from chaintrace.model.attribution import RULE, Actor, Tag
from chaintrace.tags import TagFile, by_address, read_csv
from chaintrace.tags.claims import StoredTag
from chaintrace.tags.home import store_path
from chaintrace.tags.store import TagStore
from chaintrace.tags.store_export import csv_text

FOLDER = "tags"
CORE, STORE = "core", "store"
CORE_FILE, STORE_FILE, HELD_FILE = f"{FOLDER}/core.csv", f"{FOLDER}/store.csv", f"{FOLDER}/store.json"
FILES = {CORE: (CORE_FILE,), STORE: (STORE_FILE, HELD_FILE)}
"""What a case holds of each list. The first is the list itself: to remove it is to pin it anew."""

SHIPPED = "labels/core.csv"

Place: TypeAlias = tuple[str, str]
"""(chain, address)."""


class CaseTags(Mapping[Place, tuple[Tag, ...]]):
    """What the lists of a case claim, by (chain, address): of its files and the core, and of the store as it is asked.

    Iteration goes over the files and the core: a store is not read as a whole.
    """

    def __init__(self, fixed: Iterable[Tag], store: "PinnedStore | None") -> None:
        self._fixed = by_address(fixed)
        self._store = store
        self._joined: dict[Place, tuple[Tag, ...]] = {}

    def __getitem__(self, place: Place) -> tuple[Tag, ...]:
        """The tags of a place, the most confident first. Raises KeyError where nobody claims anything."""
        if self._store is None:
            return self._fixed[place]
        if place not in self._joined:
            found = by_address((*self._fixed.get(place, ()), *self._store.tags(place)))
            self._joined[place] = found.get(place, ())
        if not self._joined[place]:
            raise KeyError(place)
        return self._joined[place]

    def __iter__(self) -> Iterator[Place]:
        return iter(self._fixed)

    def __len__(self) -> int:
        return len(self._fixed)


class _Underived(Mapping[Place, tuple[Tag, ...]]):
    """Tags without those of one family."""

    def __init__(self, tags: Mapping[Place, tuple[Tag, ...]], family: str) -> None:
        self._tags, self._family = tags, family

    def __getitem__(self, place: Place) -> tuple[Tag, ...]:
        """The other tags of a place. Raises KeyError where there is none."""
        found = tuple(tag for tag in self._tags[place] if tag.family != self._family)
        if not found:
            raise KeyError(place)
        return found

    def __iter__(self) -> Iterator[Place]:
        return iter(self._tags)

    def __len__(self) -> int:
        return len(self._tags)


def unlabelled(view: CaseView, rule: str) -> CaseView:
    """The same view without the labels that this rule derived earlier: they say nothing that it did not say."""
    return replace(view, all_tags=_Underived(view.all_tags, f"{RULE}{rule}"))


def settled(folder: Path, lists: Sequence[str], entries: Sequence[Entry]) -> None:
    """Finish what a run that ended was about to pin. Raises InputError for a pinned list that was altered since."""
    settle(folder, (FILES[name] for name in lists if name in FILES), entries)


def pin_core(folder: Path, lists: Sequence[str], writer: Writer) -> None:
    """Write the core into a case that uses it, unless it is there. Raises OutputError."""
    if CORE in lists and not (folder / CORE_FILE).exists():
        pin(folder, {CORE_FILE: resources.read_bytes(SHIPPED)}, writer)


def core(folder: Path, lists: Sequence[str]) -> TagFile:
    """The core as a case has pinned it, or as it ships; nothing for a case that does not use it."""
    if CORE not in lists:
        return TagFile(CORE, ())
    path = folder / CORE_FILE
    return _core_of(path.read_bytes() if path.is_file() else resources.read_bytes(SHIPPED))


@lru_cache(maxsize=2)
def _core_of(content: bytes) -> TagFile:
    """A core as it is read: most cases of one process have the same."""
    return read_csv(content, CORE_FILE, strict=False)


def pinned_files(folder: Path, lists: Sequence[str]) -> tuple[NamedFile, ...]:
    """The files of pinned lists that a case holds."""
    used = (names for kind, names in FILES.items() if kind in lists and (folder / names[0]).is_file())
    return tuple(NamedFile(folder / name, name) for names in used for name in names if (folder / name).is_file())


def notices(folder: Path, lists: Sequence[str], store: "PinnedStore | None") -> Iterator[str]:
    """What a person may want to know: that a list is newer than what the case pinned, or is not there."""
    path = folder / CORE_FILE
    if CORE in lists and path.is_file() and path.read_bytes() != resources.read_bytes(SHIPPED):
        sentence = "another core of tags ships with this version; the case keeps what it pinned"
        yield f"{sentence}: remove {CORE_FILE} to pin it anew"
    if store is not None and (said := store.state()):
        yield said


class PinnedStore:
    """The user's store as a case sees it. It holds a file open until `close`. No store is one without lists."""

    def __init__(self, folder: Path, path: Path | None = None) -> None:
        self._folder = folder
        path = store_path() if path is None else path
        pinned = folder / STORE_FILE
        self._file = read_csv(pinned.read_bytes(), STORE_FILE, strict=False) if pinned.is_file() else None
        self._pinned = by_address(self._file.tags) if self._file else {}
        self._held = _held(folder / HELD_FILE) if pinned.is_file() else None
        self._store = TagStore(path) if path.exists() else None
        self._lists = _lists(self._store) if self._store is not None else []
        self._asked: dict[Place, tuple[StoredTag, ...]] = {}
        self._path = path

    @property
    def is_same(self) -> bool:
        """Whether the store holds the lists of which the case pinned tags; also where the case pinned nothing yet."""
        return self._file is None or self._held == self._lists

    @property
    def actors(self) -> tuple[Actor, ...]:
        """How the actors of the pinned tags are called."""
        return self._file.actors if self._file else ()

    def tags(self, place: Place) -> tuple[Tag, ...]:
        """What is pinned of a place; while the store is the same, what it claims."""
        if self._store is None or not self.is_same:
            return self._pinned.get(place, ())
        if place not in self._asked:
            self._asked[place] = self._store.lookup(place[1], place[0])
        return tuple(found.tag() for found in self._asked[place])

    def called(self) -> Mapping[str, str]:
        """The labels of actors that asked tags name."""
        found = (tag for tags in self._asked.values() for tag in tags)
        named = {actor.id: actor.label for actor in self.actors}
        return {**named, **{tag.claim.actor: tag.actor_label for tag in found if tag.actor_label}}

    def state(self) -> str:
        """What a person may want to know of it; "" for nothing."""
        if self.is_same and self._store is None:
            return (
                f"there is no store of tags at {self._path}, and the case pins that: to use one, import lists with "
                f"`chaintrace tags import`, remove {STORE_FILE} and trace again"
            )
        if not self.is_same:
            return (
                f"your store of tags changed since this case pinned its own: those count, and what is reached since is "
                f"not looked up; remove {STORE_FILE} to pin anew"
            )
        return ""

    def used(self) -> Mapping[str, bytes]:
        """What the case has to pin of it, by the file's path below the case's folder; nothing once it changed."""
        if not self.is_same:
            return {}
        kept = {(tag.chain, tag.address) for tag in (self._file.tags if self._file else ())}
        for place in sorted(kept - set(self._asked)):
            self.tags(place)
        found = [tag for place in sorted(self._asked) for tag in self._asked[place]]
        shown = json.dumps(self._lists, ensure_ascii=False, indent=1, sort_keys=True)
        return {
            STORE_FILE: csv_text(_with_label(tag) for tag in found).encode("utf-8"),
            HELD_FILE: f"{shown}\n".encode(),
        }

    def close(self) -> None:
        """Let go of the store."""
        if self._store is not None:
            self._store.close()


def _lists(store: TagStore) -> list[dict[str, str]]:
    """Which lists a store holds, without the paths of the machine: the same lists are the same store."""
    packs = store.packs()
    shown = [
        {
            "list": pack.title or Path(pack.name).name,
            "sha256": pack.sha256,
            "declared": hashlib.sha256(pack.declared.encode("utf-8")).hexdigest(),
        }
        for pack in packs
    ]
    return sorted(shown, key=lambda one: (one["sha256"], one["declared"]))


def _held(path: Path) -> list[dict[str, str]] | None:
    """The lists that the store held when the case pinned its tags; None where that cannot be read."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, list) else None


def _with_label(tag: StoredTag) -> StoredTag:
    """The tag with how its actor is called, which only the store's actor packs say."""
    if not tag.actor_label:
        return tag
    more = json.dumps(
        {**json.loads(tag.claim.more), "actor_label": tag.actor_label}, ensure_ascii=False, sort_keys=True
    )
    return replace(tag, claim=replace(tag.claim, more=more))

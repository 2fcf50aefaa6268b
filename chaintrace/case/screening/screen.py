"""A list screened: what stands in it, what is known of each, and what could not be read. No network is asked."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from chaintrace import resources
from chaintrace.addresses import family
from chaintrace.case import lock
from chaintrace.case.chain_words import NAMED, meant
from chaintrace.case.config import load
from chaintrace.case.log import Clock
from chaintrace.case.look import is_case
from chaintrace.case.rooms import opened
from chaintrace.case.rules import Observer, nobody
from chaintrace.case.screening.index import CaseIndex, case_folders
from chaintrace.case.screening.known import Balance, IssuerWord, Known, Link, Reading
from chaintrace.case.screening.reading import Cell, read
from chaintrace.case.screening.words import Unread, Word, words
from chaintrace.case.table import shown
from chaintrace.case.tag_lists import SHIPPED
from chaintrace.errors import InputError
from chaintrace.model.attribution import Tag
from chaintrace.tags import by_address, read_csv
from chaintrace.tags.home import store_path
from chaintrace.tags.store import TagStore


@dataclass(slots=True)
class Item:
    """One address or txid of the list, with every place where it stands, and what is known of it.

    `chains` are those on which it is valid, or, once something knows it, those on which it is known.
    """

    text: str
    kind: str
    chains: tuple[str, ...]
    places: list[str]
    notes: list[str]
    tags: tuple[Tag, ...] = ()
    known: dict[str, list[Known]] = field(default_factory=dict)
    """What each case that was given knows, by the case's folder."""
    held: tuple[tuple[str, str], ...] = ()
    """(folder of a case below --cases, where in it)."""

    @property
    def balances(self) -> tuple[Balance, ...]:
        """Its balances, as far as the cases tell them."""
        return tuple(one for several in self.known.values() for known in several for one in known.balances)

    @property
    def issuers(self) -> tuple[IssuerWord, ...]:
        """What issuers' contracts say of it, as far as the cases tell it."""
        return tuple(one for several in self.known.values() for known in several for one in known.issuers)


@dataclass(frozen=True, slots=True)
class Misread:
    """What looks like an address or a txid, where it stands, and why it is not read."""

    text: str
    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Screened:
    """The answer to a list. `notices` are for the person who runs it; `indexed` is how many cases the index covers."""

    items: tuple[Item, ...]
    unread: tuple[Misread, ...]
    links: tuple[Link, ...]
    notices: tuple[str, ...]
    indexed: int | None = None


def screen(
    source: Path | None,
    clock: Clock,
    *,
    chain: str = "",
    cases: Sequence[Path] = (),
    root: Path | None = None,
    observer: Observer = nobody,
) -> Screened:
    """Read a list, then say what is known of each. `source` None is stdin.

    Raises InputError, for a secret in the list before anything is opened or written; OutputError.
    """
    cells = read(source)
    _check_chain(chain, cases, root)
    for folder in cases:
        if not is_case(folder):
            raise InputError(
                "it is no folder of a case: name the case's own folder; a folder of several cases is an option "
                "of its own (--cases, in Python root)",
                path=folder,
            )
    items, unread = listed(cells, chain)
    if not items and not unread:
        raise InputError("no address and no txid stands in it: give a CSV, a workbook or a text that holds some",
                         path=source or Path("standard input"))  # fmt: skip
    _tagged(items.values())
    also = {f"0x{item.text}": item.text for item in items.values() if item.kind == "txid" and item.text[:2] != "0x"}
    notices: list[str] = [_not_noticed(chain)]
    links: list[Link] = []
    for folder in cases:
        observer(f"reading the case {folder.name}")
        with lock.hold(folder), opened(load(folder), clock) as rooms:
            reading = Reading(folder.as_posix(), rooms.view, load(folder).chains, frozenset((*items, *also)))
            notices += [f"{folder.name}: {said}" for said in rooms.notices]
        links += reading.links
        _add(items, also, folder.as_posix(), reading.known)
    indexed = None
    if root is not None:
        observer("bringing the index of cases up to date")
        index = CaseIndex(root)
        try:
            for item in items.values():
                item.held = index.where(item.text) or (index.where(f"0x{item.text}") if item.kind == "txid" else ())
            indexed, notices = index.cases, [*notices, *index.notices]
        finally:
            index.close()
    return Screened(tuple(items.values()), tuple(unread), tuple(links), tuple(notices), indexed)


def _check_chain(chain: str, cases: Sequence[Path], root: Path | None) -> None:
    """Raise InputError for a chain that neither chaintrace nor one of the cases knows: each word would count as one."""
    if not chain or chain in NAMED:
        return
    for folder in (*cases, *(case_folders(root) if root is not None else ())):
        with suppress(InputError):
            if chain in load(folder).chains:
                return
    raise InputError(
        f"there is no chain {shown(chain)}{meant(chain, NAMED)}: leave the chain out, then each address is "
        "recognised, or name a case of that chain too"
    )


def _not_noticed(chain: str) -> str:
    """What is in neither list: nobody here sees that it is an address."""
    if chain and family(chain) is None:
        return f"addresses of {chain} cannot be checked here: each word of the list counts as one"
    if chain:
        return f"addresses of {chain} are looked for; those of chains that cannot be checked here are in neither list"
    return (
        "addresses of other chains than Bitcoin, TRON and Ethereum with its like are in neither list, but for those "
        "whose checksum is known (not of Monero, Polkadot)"
    )


def listed(cells: Sequence[Cell], chain: str = "") -> tuple[dict[str, Item], list[Misread]]:
    """The addresses and txids of a list by their text, in order, and what was not read."""
    items: dict[str, Item] = {}
    unread: list[Misread] = []
    for cell in cells:
        for found in words(cell.text, chain):
            place = cell.at(found.start)
            if isinstance(found, Unread):
                unread.append(Misread(found.text, place, found.reason))
                continue
            item = items.setdefault(_key(found, chain), Item(_key(found, chain), found.kind, found.chains, [], []))
            item.places.append(place)
            item.notes += [found.note] if found.note and found.note not in item.notes else []
    return items, unread


def _key(word: Word, chain: str) -> str:
    """Under which text facts are kept: a txid with 0x where it was said to be of a chain that writes them so."""
    if word.kind == "txid" and chain and family(chain) == "evm" and not word.text.startswith("0x"):
        return f"0x{word.text}"
    return word.text


def _tagged(items: Iterable[Item]) -> None:
    """What the list that ships and the user's own store claim."""
    shipped = by_address(read_csv(resources.read_bytes(SHIPPED), SHIPPED, strict=False).tags)
    path = store_path()
    store = TagStore(path) if path.exists() else None
    try:
        for item in items:
            found = [tag for chain in item.chains for tag in shipped.get((chain, item.text), ())]
            if store is not None and item.kind != "txid":
                found += [one.tag() for one in store.lookup(item.text)]
            item.tags = _united(found)
    finally:
        if store is not None:
            store.close()


def _add(items: Mapping[str, Item], also: Mapping[str, str], case: str, known: Mapping[tuple[str, str], Known]) -> None:
    """What one case knows, with the tags of its own lists. `also` are txids with 0x that were listed without it."""
    for (_, text), one in known.items():
        item = items[also.get(text, text)]
        item.known.setdefault(case, []).append(one)
        item.tags = _united((*item.tags, *one.tags))


def _united(tags: Sequence[Tag]) -> tuple[Tag, ...]:
    """Tags of one address on any chain, each once, the most confident first."""
    ordered = by_address(tags)
    every = (tag for place in sorted(ordered) for tag in ordered[place])
    return tuple(sorted(every, key=lambda tag: -tag.confidence))

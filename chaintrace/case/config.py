"""case.toml: what a person asks. Anything wrong in it is one sentence with file and line, before anything is done."""

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from chaintrace.accounting import METHODS
from chaintrace.adapters.interface import SourceSpec
from chaintrace.adapters.network import Endpoint
from chaintrace.case.asker import read_asker
from chaintrace.case.budgets import Budgets, read_budgets
from chaintrace.case.links import DOCUMENTED, Linked, read_linked
from chaintrace.case.protocols import read_protocols
from chaintrace.case.seeds import PlacedSeed, read_seeds
from chaintrace.case.settings import RuleChoice, read_limits, read_method, read_rules, read_tags, read_wallets
from chaintrace.case.sources import NamedFile, read_sources
from chaintrace.case.table import Table, nearest, shown, tables
from chaintrace.case.toml_lines import KeyLines, key_lines
from chaintrace.case.valuation import Wanted, read_valuation
from chaintrace.errors import InputError
from chaintrace.freeze.authority import Asker
from chaintrace.model.finding import Continues
from chaintrace.model.protocol import Protocols
from chaintrace.model.trace import Limits, Options, Seed, Wallet
from chaintrace.private_keys import refuse

FILE_NAME = "case.toml"
KEYS = (
    *("case", "source", "seed", "tags", "rules", "limits", "method", "wallet", "follow", "valuation"),
    *("authority", "clock", "ask", "link", "accept", "protocols"),
)
HEAD_KEYS = ("name", "methods", "note")
MOST_NOTE = 1000
"""Characters of a note, at most: it stands on the first page."""
POISON = "poison"
"""The screen (M17): it may stand among the methods and allocates nothing."""

_PLACE = re.compile(r" \(at (?:line (?P<line>\d+), column \d+|end of document)\)$")


@dataclass(frozen=True, slots=True)
class CaseConfig:
    """A checked case. `methods` allocate and are in order, the first is the main one; poison is always screened.

    `note` is printed under the first sentence of the report, "" for nothing. `sources` are files and folders,
    `networks` are asked for what those lack, within `budgets`. `tags` are files, `lists` names the core and the store.
    `files` are what the archive keeps besides the sources:
    case.toml, tags, address lists, victims, prices, rates. `valuation` is None where no values in money are asked.
    `chains` are those of all sources, each once, in the order of the case. `asker` is what requests to freeze need,
    `linked` is what documents and persons say of where value went on, `protocols` are the case's own tables.
    """

    folder: Path
    path: Path
    name: str
    note: str
    methods: tuple[str, ...]
    sources: tuple[SourceSpec, ...]
    networks: tuple[Endpoint, ...]
    chains: tuple[str, ...]
    placed_seeds: tuple[PlacedSeed, ...]
    tags: tuple[NamedFile, ...]
    lists: tuple[str, ...]
    files: tuple[NamedFile, ...]
    rules: RuleChoice
    limits: Limits
    budgets: Budgets
    options: Options
    wallets: tuple[Wallet, ...]
    valuation: Wanted | None
    asker: Asker
    linked: Linked
    protocols: Protocols
    lines: KeyLines = field(compare=False, repr=False)

    @property
    def seeds(self) -> tuple[Seed, ...]:
        """The seeds, in the order of the case."""
        return tuple(placed.seed for placed in self.placed_seeds)

    @property
    def links(self) -> tuple[Continues, ...]:
        """The links of the case that are followed: none where `[rules] off` names them."""
        return () if DOCUMENTED in self.rules.off else self.linked.links

    def error(self, sentence: str, table: str, key: str = "", number: int = 0) -> InputError:
        """Bad input at a key of case.toml."""
        return InputError(sentence, path=self.path, line=self.lines.of(table, number, key))


def load(folder: Path) -> CaseConfig:
    """Read and check the case in a folder. Raises InputError with file and line."""
    path = folder / FILE_NAME
    root = _root(path)
    root.only(KEYS)
    (head,) = tables(root, "case", many=False)
    if "case" not in root.values:
        raise root.error("there is no [case]: add it with a name")
    head.only(HEAD_KEYS)
    name, note = head.text("name"), _note(head)
    methods = read_methods(head)
    source_tables, seed_tables = tables(root, "source", many=True), tables(root, "seed", many=True)
    for needed, key in ((source_tables, "source"), (seed_tables, "seed")):
        if not needed:
            raise root.error(f"there is no [[{key}]]: a case needs at least one")
    sources = read_sources(source_tables)
    chains = sources.chains
    placed, victims = read_seeds(seed_tables, chains)
    tags, lists = read_tags(tables(root, "tags", many=True))
    between, pooled = read_method(tables(root, "method", many=False)[0])
    wallets = read_wallets(tables(root, "wallet", many=True), chains)
    if pooled and not wallets:
        raise InputError(
            'pool = "wallet" needs at least one [[wallet]]: add it, or leave pool out',
            path=path,
            line=root.lines.of("method", 0, "pool"),
        )
    (money,) = tables(root, "valuation", many=False)
    valuation = read_valuation(money, chains) if "valuation" in root.values else None
    linked = read_linked(tables(root, "link", many=True), tables(root, "accept", many=True), chains)
    priced = valuation.files if valuation is not None else ()
    protocols, own = read_protocols(tables(root, "protocols", many=True))
    return CaseConfig(
        folder=folder,
        path=path,
        name=name,
        note=note,
        methods=methods,
        sources=sources.files,
        networks=sources.networks,
        chains=chains,
        placed_seeds=placed,
        tags=tags,
        lists=lists,
        files=(
            NamedFile(path, FILE_NAME),
            *_once((*sources.lists, *tags, *victims, *priced, *linked.files, *own)),
        ),
        rules=read_rules(tables(root, "rules", many=False)[0]),
        limits=read_limits(tables(root, "limits", many=False)[0], chains),
        budgets=read_budgets(tables(root, "follow", many=False)[0], chains),
        options=Options(libr_between=between, wallets=wallets if pooled else ()),
        wallets=wallets,
        valuation=valuation,
        asker=_asker(root, chains),
        linked=linked,
        protocols=protocols,
        lines=root.lines,
    )


def _root(path: Path) -> Table:
    """The file as one table, with the lines of its keys."""
    if path.parent.is_file():
        raise InputError(f"{shown(str(path.parent))} is a file: give the folder of the case, not the file")
    if not path.is_file() and (path.parent.absolute().parent / FILE_NAME).is_file():
        raise InputError(f"{path.parent} lies in the folder of a case: give that folder, {path.parent.parent}")
    if not path.parent.is_dir():
        raise InputError(f"there is no folder {shown(str(path.parent))}: make one with `chaintrace new`")
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError as error:
        raise InputError(f"{path.parent} holds no {FILE_NAME}: make one with `chaintrace new`") from error
    except OSError as error:
        raise InputError(f"it cannot be read ({error.strerror}): check its permissions", path=path) from error
    except UnicodeDecodeError as error:
        raise InputError("it is not UTF-8: save it as UTF-8", path=path) from error
    refuse(text, path)
    try:
        values = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        place = _PLACE.search(str(error))
        line = int(place["line"]) if place and place["line"] else text.count("\n") + 1 if place else None
        reason = shown(_PLACE.sub("", str(error)))[1:-1]
        raise InputError(f"it is no TOML ({reason}): correct it", path=path, line=line) from error
    return Table(path, key_lines(text), "", 0, values)


def _asker(root: Table, chains: tuple[str, ...]) -> Asker:
    """What the case says of its requests to freeze."""
    (authority,), (clock,) = (tables(root, name, many=False) for name in ("authority", "clock"))
    return read_asker(authority, clock, tables(root, "ask", many=True), chains)


def _note(head: Table) -> str:
    """What the case says of itself on the first page; an empty text where it says nothing."""
    note = head.text("note", "")
    if len(note) > MOST_NOTE:
        raise head.error(f"note has {len(note):,} characters: shorten it to {MOST_NOTE:,}", "note")
    return note


def read_methods(head: Table) -> tuple[str, ...]:
    """The allocating methods of `[case] methods`, in order; all of them where the key is left out."""
    names = head.texts("methods", tuple(METHODS))
    try:
        return checked_methods(names)
    except ValueError as error:
        raise head.error(f"methods: {error}", "methods") from error


def checked_methods(names: tuple[str, ...]) -> tuple[str, ...]:
    """The methods of a list that allocate; poison is taken out, it is always screened.

    Raises ValueError, with a sentence, for an unknown or repeated name and where none allocates.
    """
    known = (*METHODS, POISON)
    names = tuple(name.lower() if name.lower() in known else name for name in names)  # texts write FIFO
    for name in names:
        if name not in known:
            raise ValueError(f"there is no method {shown(name)}{nearest(name, known)}: there are {', '.join(known)}")
        if names.count(name) > 1:
            raise ValueError(f"{name} stands twice: leave one")
    allocating = tuple(name for name in names if name != POISON)
    if not allocating:
        wanted = f"add one of {', '.join(METHODS)}"
        raise ValueError(f"poison marks and allocates nothing: {wanted}" if names else f"the list is empty: {wanted}")
    return allocating


def _once(files: tuple[NamedFile, ...]) -> tuple[NamedFile, ...]:
    return tuple(dict.fromkeys(files))

"""`tags`: the user's own store of tags: import lists, look an address up, write them out, check a file."""

import getpass
import json
import sys
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from chaintrace.cli.printing import Progress, clean, notice, say, table
from chaintrace.cli.tag_rows import COLUMNS, is_conflicting, row, shape
from chaintrace.errors import InputError, OutputError
from chaintrace.report.wording import counted

if TYPE_CHECKING:
    from chaintrace.tags.claims import StoredTag
    from chaintrace.tags.store import TagStore
    from chaintrace.tags.store_import import Declared, Imported, Watch

INCOMPLETE = 3
CORE = "core"
"""What names the list that ships."""
KINDS = ("tagpack", "csv", "json", "ofac-xml", "ofac-csv", "list")

_declared = (
    click.option("--kind", type=click.Choice(KINDS), help="What the file is; left out, its name and first row tell."),
    click.option("--pack", metavar="NAME", help="The list's name; a newer version with this name replaces it."),
    click.option("--chain", metavar="NAME", help="The chain of rows that name none."),
    click.option("--label", metavar="TEXT", help="The label of rows that have none."),
    click.option("--actor", metavar="ID", help="The actor of rows that name none."),
    click.option("--category", metavar="ID", help="The category of rows that have none."),
    click.option("--confidence", metavar="ID", help="The confidence of rows that have none."),
    click.option("--source", metavar="TEXT", help="The source of rows that name none."),
    click.option("--family", "source_family", metavar="NAME", help="Whose list it is a copy of."),
    click.option("--licence", metavar="TEXT", help="The licence of rows that name none."),
    click.option("--lastmod", metavar="DATE", help="The date of rows that have none."),
    click.option(
        "--column", "columns", multiple=True, metavar="FIELD=NAME", help="How a CSV or JSON calls a field; repeat it."
    ),
)
"""What a person says of a whole list."""


@click.group()
def tags() -> None:
    """Keep tags of your own: what sources say about addresses."""


@contextmanager
def _file(path: Path) -> Iterator[Path]:
    """The file that is named; for `core`, where no file is called so, the list that ships."""
    if str(path) != CORE or path.exists():
        yield path
        return
    from importlib.resources import as_file

    from chaintrace import resources

    with as_file(resources.resource("labels/core.csv")) as shipped:
        yield shipped


@contextmanager
def _watched(path: Path) -> "Iterator[Watch]":
    """Whoever watches a long import: a line on stderr."""
    progress = Progress()
    try:
        yield lambda what: progress(f"{path.name}: {what}")
    finally:
        progress.done()


def _with_declared(command: click.Command) -> click.Command:
    for option in reversed(_declared):
        option(command)
    return command


@tags.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
@click.option("--by", "who", metavar="NAME", help="Who imports it; left out, the name of the user at this machine.")
def import_(*, files: tuple[Path, ...], who: str | None, **given: object) -> int:
    """Import lists: TagPacks, actor packs, CSV, JSON, OFAC's list, plain lists; `core` is the list that ships.

    It ends with 3 when rows were refused.
    """
    from chaintrace.tags.home import store_path
    from chaintrace.tags.store import TagStore
    from chaintrace.tags.store_import import import_list

    declared, who, refused = _said(given), who or _user(), 0
    with TagStore(store_path()) as store:
        for path in files:
            with _file(path) as held:
                named = declared if held == path or declared.pack else replace(declared, pack=CORE)
                with _watched(path) as watch:
                    done = import_list(store, held, named, who, _now(), watch=watch)
            _tell(done, path, every=False)
            refused += done.refused
    return INCOMPLETE if refused else 0


@tags.command()
@click.argument("file", type=click.Path(path_type=Path))
def check(*, file: Path, **given: object) -> int:
    """Check a list without importing it: checksums, categories, duplicates, conflicts. 3 when anything is found."""
    import tempfile

    from chaintrace.tags.store import TagStore
    from chaintrace.tags.store_import import import_list

    with (
        tempfile.TemporaryDirectory() as folder,
        TagStore(Path(folder) / "check.sqlite") as store,
        _file(file) as held,
        _watched(file) as watch,
    ):
        done = import_list(store, held, _said(given), "", _now(), watch=watch)
    _tell(done, file, every=True)
    return INCOMPLETE if done.counts else 0


_with_declared(import_)
_with_declared(check)


@tags.command()
@click.argument("address")
@click.option("--chain", metavar="NAME", help="One chain; left out: every one.")
@click.option("--json", "as_json", is_flag=True, help="Print the list of tags with all their fields.")
def lookup(*, address: str, chain: str | None, as_json: bool) -> int:
    """Show every tag of an address, and whether they agree."""
    from chaintrace.tags.row_check import forms, unmistaken

    try:
        spellings, name = forms(address, chain)
    except ValueError as error:
        raise InputError(f"{error}: correct the address or the chain") from error
    with _held() as store:
        found = [tag for one in spellings for tag in store.lookup(one, name)] if store else []
    if not found and name is None:
        try:
            unmistaken(address)
        except ValueError as error:
            raise InputError(f"{error}: correct the address, or name its chain with --chain") from error
    by_chain: dict[str, list[StoredTag]] = {}
    for tag in found:
        by_chain.setdefault(tag.chain, []).append(tag)
    if as_json:
        shapes = [shape(tag, group) for group in by_chain.values() for tag in group]
        click.echo(json.dumps(shapes, ensure_ascii=True, indent=2))
        return 0
    table("Tags", COLUMNS, [row(tag, group) for group in by_chain.values() for tag in group], "none in your store")
    for one, group in by_chain.items():
        if is_conflicting(group):
            say(f"the tags of this address on {one} conflict: nothing here says which is right")
    return 0


@tags.command()
@click.option("--format", "form", type=click.Choice(("tagpack", "csv")), required=True, help="What to write.")
@click.option("--chain", metavar="NAME", help="One chain; left out: every one.")
@click.option("--to", "target", type=click.Path(path_type=Path), help="The file; left out: stdout.")
def export(*, form: str, chain: str | None, target: Path | None) -> int:
    """Write the tags of the store as one TagPack or CSV, which imports as the same tags."""
    from chaintrace.case.overwriting import spare
    from chaintrace.tags import store_export
    from chaintrace.tags.home import store_path

    spare(target, store_path())
    encoding = "utf-8-sig" if form == "csv" else "utf-8"
    with _held() as store, _output(target, encoding) as file, closing(_every(store, chain)) as found:
        if form == "csv":
            number = store_export.write_csv(found, file)
        else:
            number = store_export.write_tagpack(found, file, "Tags of chaintrace's store")
    notice(f"{counted(number, 'tag')} written")
    return 0


def _every(store: "TagStore | None", chain: str | None) -> "Generator[StoredTag, None, None]":
    """The tags of the store, on one chain or on every one. Closed before the store is, also where nobody reads on."""
    from chaintrace.tags.chain_names import chain_name

    if store is not None:
        yield from store.every(chain_name(chain, "") if chain else None)


def _tell(done: "Imported", path: Path, *, every: bool) -> None:
    """The counts on stdout; on stderr what is wrong, with its line: all of it, or what was refused."""
    from chaintrace.report.wording import counted

    for note in done.notes:
        notice(f"note: {note}")
    shown = [one for one in done.problems if every or one.refused]
    for one in sorted(shown, key=lambda one: (one.line or 0, one.kind)):
        notice(f"{path.name}{'' if one.line is None else f', line {one.line}'}: {one.kind}: {one.sentence}")
    hidden = sum(done.counts[kind] for kind in done.counts if every or kind in _refusing()) - len(shown)
    if hidden > 0:
        notice(f"{path.name}: {hidden} more of these are not shown")
    if done.held:
        say(f"{path.name}: the same list is held already as {done.pack}: nothing was changed")
        return
    counts = [counted(done.kept, "tag")] + ([counted(done.actors, "actor")] if done.actors else [])
    found = {
        "duplicates": done.duplicates,
        "refused": done.refused,
        "of unknown category": done.counts["category"],
        "with a confidence on another scale": done.counts["confidence"],
        "with a wrong date": done.counts["date"],
        "with markup or a formula as label": done.counts["label"],
        "put on another chain": done.counts["chain"],
        "addresses in conflict": done.conflicting,
        "tags of the older version replaced": done.replaced,
        "no longer on the list, kept as delisted": done.delisted,
    }
    counts += [f"{number:,} {what}" for what, number in found.items() if number]
    say(f"{path.name} ({done.kind}): {counted(done.read, 'row')}; {', '.join(counts)}")


def _refusing() -> frozenset[str]:
    from chaintrace.tags.claims import REFUSING

    return frozenset(REFUSING)


def _said(given: dict[str, object]) -> "Declared":
    """What the options declare. Raises InputError for a `--column` that is not FIELD=NAME."""
    from chaintrace.tags.row_check import FIELDS
    from chaintrace.tags.store_import import Declared

    columns = {}
    pairs = given.pop("columns")
    for text in pairs if isinstance(pairs, tuple) else ():
        ours, sign, theirs = str(text).partition("=")
        if not sign or ours not in FIELDS or not theirs:
            raise InputError(f"--column {clean(text)[:60]}: write FIELD=NAME with a FIELD out of {', '.join(FIELDS)}")
        columns[ours] = theirs
    kind, pack = (str(given.pop(name) or "") for name in ("kind", "pack"))
    fields = {name: str(value) for name, value in given.items() if value}
    return Declared(fields, columns, kind, pack)


@contextmanager
def _held() -> "Iterator[TagStore | None]":
    """The user's store, None where there is none yet: to look something up makes no file."""
    from chaintrace.tags.home import store_path
    from chaintrace.tags.store import TagStore

    path = store_path()
    if not path.exists():
        notice(f"note: there are no tags yet at {path}: import some with `chaintrace tags import`")
        yield None
        return
    with TagStore(path) as store:
        yield store


@contextmanager
def _output(target: Path | None, encoding: str) -> Iterator[TextIO]:
    """Where to write. A file is written beside its place and put there once it is whole. Raises OutputError."""
    if target is None:
        yield sys.stdout
        return
    beside = target.with_name(f"{target.name}.part")
    try:
        with beside.open("w", encoding=encoding, newline="") as file:
            yield file
        beside.replace(target)
    except OSError as error:
        raise OutputError(f"{target} cannot be written ({error.strerror}): choose another place") from error
    finally:
        beside.unlink(missing_ok=True)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a machine that has no name for its user
        return "unknown"


def _now() -> datetime:
    return datetime.now(UTC)

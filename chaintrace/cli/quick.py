"""`trace TXID`: the case that a command line describes."""

import os
import shutil
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from chaintrace.cli.printing import notice
from chaintrace.errors import InputError

if TYPE_CHECKING:
    from chaintrace.case.access import Access
    from chaintrace.case.new import Quick
    from chaintrace.case.result import Trace

FILE_NAME = "case.toml"
TXID_SHOWN = 8
SEED = "the seed "
"""How a complaint of the engine about a payment begins."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a command line says of a case: the txid as typed, and the options."""

    target: str
    chain: str | None
    sources: tuple[str, ...]
    index: str | None
    complete: str | None
    folder: Path | None


def traced(asked: Asked, allowed: "Access", follow: Callable[[Path], "Trace"]) -> tuple[Path, "Trace"]:
    """Make the case's folder, or take the one that is there, and trace it.

    A folder that was made for nothing is taken away again; one in which answers were kept stays. Raises InputError,
    and Refused when the network modes leave nobody to ask.
    """
    folder, made = _case_of(asked, allowed)
    try:
        return folder, _followed(folder, follow)
    except Exception as error:  # whatever went wrong, a folder that this command made and nothing came of goes again
        if not made:
            raise
        if _was_asked(folder):
            notice(f"the case is {folder}: what was fetched is kept there for the same command, or one with --index")
            raise
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, InputError) and error.path is not None:
            raise _placed(error, folder) from error
        raise


def _followed(folder: Path, follow: Callable[[Path], "Trace"]) -> "Trace":
    """What came of the case; a complaint about its seed calls it the payment, as who types a txid does.

    A txid that no source holds is said to look like what it looks like.
    """
    from chaintrace.case.config import load
    from chaintrace.case.typed import what_it_is

    try:
        return follow(folder)
    except InputError as error:
        if not error.sentence.startswith(SEED):
            raise
        (seed,) = load(folder).seeds
        sentence = f"the payment {error.sentence.removeprefix(SEED)}"
        if f"{seed.txid} is not in the sources" in sentence and (what := what_it_is(seed.chain, seed.txid)):
            what = what.replace(" of them", " of the 64 hex digits of a txid")
            sentence += f"; what was typed is {what}"
        raise InputError(sentence, path=error.path, line=error.line) from error


def is_txid_of(target: str, folder: Path | None) -> bool:
    """Whether a word that is also a case's folder means a txid: another folder is named, or the case is made of it."""
    if Path(target).name != target:
        return False
    return folder is not None or _seeds_of((Path(target) / FILE_NAME).read_text("utf-8", "replace")) == [target]


def _seeds_of(there: str) -> list[object]:
    """The txids of a case that a command line made; none of any other one."""
    from chaintrace.case.new import MADE

    try:
        seeds = tomllib.loads(there).get("seed") if there.startswith(MADE) else None
    except tomllib.TOMLDecodeError:
        return []
    return [seed.get("txid") for seed in seeds if isinstance(seed, dict)] if isinstance(seeds, list) else []


def _was_asked(folder: Path) -> bool:
    """Whether anybody was asked for this case: then its log says so, and stays."""
    from chaintrace.case import log

    try:
        return any(entry.action == "request" for entry in log.read(folder))
    except InputError:
        return True


def _placed(error: InputError, folder: Path) -> InputError:
    """The complaint without the path of a file that nobody wrote and that is gone again; with one as it was typed."""
    path = Path(os.path.normpath(folder / str(error.path)))
    if error.path == folder / FILE_NAME or not path.exists():
        return InputError(error.sentence)
    return InputError(error.sentence, path=path, line=error.line)


def _case_of(asked: Asked, allowed: "Access") -> tuple[Path, bool]:
    """The folder of the case that a command line describes, and whether it was made just now."""
    from chaintrace.addresses import family
    from chaintrace.case.new import QuickSource
    from chaintrace.case.seeds import txid_of
    from chaintrace.case.typed import typed_txid

    chain, source = _source(asked)
    is_free = isinstance(source, QuickSource) and family(chain) != "bitcoin"  # a file may name its rows as it likes
    try:
        txid = (txid_of if is_free else typed_txid)(chain, asked.target)
    except ValueError as error:
        raise InputError(f"{error}: correct it, or name the folder of a case") from error
    folder = asked.folder or Path(_folder_name(txid))
    return folder, _made(folder, txid, chain, asked.index, source, allowed)


def _source(asked: Asked) -> "tuple[str, Quick]":
    """The chain and the source: the file or urls that are named, else the public services of the chain."""
    from chaintrace.case.look import chain_of, named
    from chaintrace.case.new import QuickSource
    from chaintrace.case.remote import remotes
    from chaintrace.case.table import shown

    if endpoints := remotes(asked.sources, asked.chain):
        if asked.complete is not None:
            raise InputError("--complete says what a file holds, and no file is named: leave it out, or name one")
        return endpoints[0].chain, endpoints
    found = named(asked.sources[0], or_url=True)
    if found.is_case:
        raise InputError(f"{found.path} is a case: run `chaintrace trace {found.path}`")
    if asked.complete not in {None, "all"} and not Path(str(asked.complete)).is_file():
        raise InputError(
            f"--complete is {shown(asked.complete)}, and there is no such file: write all, or the path of a file with "
            "one address a line"
        )
    return chain_of(found, asked.chain), QuickSource(found.adapter, found.path, asked.complete or "")


def _folder_name(txid: str) -> str:
    """The first eight characters of a txid that a folder's name may hold."""
    name = "".join(char for char in txid.removeprefix("0x") if char.isalnum())[:TXID_SHOWN]
    if not name:
        raise InputError(f"{txid[:100]!r} is no txid: give one, or the folder of a case")
    return name


def _made(  # noqa: PLR0917  # what a command line says of a case
    folder: Path,
    txid: str,
    chain: str,
    index: str | None,
    source: "Quick",
    allowed: "Access",
) -> bool:
    """Make the case's folder, unless a case of the same question is there. Raises InputError when another one is."""
    from chaintrace.case.new import again, quick_files
    from chaintrace.case.new import new as make
    from chaintrace.case.result import now

    files = quick_files(txid, index, chain, source, folder)
    if len(files) > 1:
        notice("nothing is declared complete, so value that rests cannot be told: add --complete all or a list")
    path = folder / FILE_NAME
    if not path.is_file():
        _warn(source, allowed, anew=True)
        existed = folder.exists()
        make(folder, now, files)
        _tell_tags()
        return not existed
    there = path.read_text("utf-8")
    same = _same_question(there, files[FILE_NAME])
    others = {quick_files(txid, None, chain, source, folder)[FILE_NAME]}
    if not same and there not in others and not _is_unanswered(folder, there, txid, source):
        raise _other_case(folder, there, txid)
    _warn(source, allowed, anew=False)
    if same:
        notice(f"{folder} holds the case already: it is traced again, as its {FILE_NAME} stands")
    else:
        again(folder, files[FILE_NAME], now)
    return False


def _other_case(folder: Path, there: str, txid: str) -> InputError:
    """What is different in the case that a folder holds: the txid, or what is asked of it."""
    seeds = _seeds_of(there)
    if seeds and seeds != [txid]:
        return InputError(
            f"{folder} is the case of {str(seeds[0])[:100]}, and {txid[:100]} was typed: correct the txid, or name a "
            "folder with --to"
        )
    what = (
        "another case" if not seeds else "another case of this payment, with another chain, source, index or --complete"
    )
    return InputError(f"{folder} holds {what}: run `chaintrace trace {folder}`, or name a folder with --to")


def _tell_tags() -> None:
    """Say which tags stop the trace, and that the user's own ones do not yet."""
    from chaintrace.tags.home import store_path

    own = "; your own store is not used: add [[tags]] store = true to the case" if store_path().exists() else ""
    notice(f"tags: the core that ships with chaintrace says which addresses are said to be services{own}")


def _warn(source: "Quick", allowed: "Access", *, anew: bool) -> None:
    """Name the public services before one is asked. Raises Refused when nobody may be asked and nothing is there."""
    from chaintrace.case.new import QuickSource
    from chaintrace.case.remote import permitted, warning

    if isinstance(source, QuickSource):
        return
    asked = permitted(source, allowed) if anew or allowed.allowed != "none" else ()
    if text := warning(asked):
        notice(text)


def _is_unanswered(folder: Path, there: str, txid: str, source: "Quick") -> bool:
    """Whether a command line made this case of the same payment, and no report came of it: another source may help."""
    from chaintrace.case.new import MADE, QuickSource

    if isinstance(source, QuickSource) or (folder / "report").exists() or not there.startswith(MADE):
        return False
    try:
        held = tomllib.loads(there)
    except tomllib.TOMLDecodeError:
        return False
    return _seeds_of(there) == [txid] and held.keys() in (
        {"case", "source", "seed"},
        {"case", "source", "seed", "tags"},
    )


def _same_question(there: str, asked: str) -> bool:
    """Whether two case files name the same seeds and sources; tags and limits may have been added since."""
    try:
        first, second = tomllib.loads(there), tomllib.loads(asked)
    except tomllib.TOMLDecodeError:
        return False
    return all(first.get(key) == second.get(key) for key in ("seed", "source"))

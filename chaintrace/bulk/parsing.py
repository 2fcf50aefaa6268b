"""Block files to Parquet: four steps, each slice or part of them whole or not done, so that a killed run goes on.

Memory is that of one slice (the raw bytes of about 128 MiB of blocks and their columns) or of one part of the keys, of
which there are more for a longer chain.
"""

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from chaintrace.bulk import plan as plans
from chaintrace.bulk import spending, tables
from chaintrace.bulk.interning import intern_part, interned
from chaintrace.bulk.parquet_files import SUMMED
from chaintrace.bulk.plan import Located, Plan
from chaintrace.bulk.reading import MOST_VALUE, Count, Said, read_slice, said
from chaintrace.bulk.whole_files import alone, whole
from chaintrace.errors import InputError

Progress: TypeAlias = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""
Locate: TypeAlias = Callable[[Path], tuple[str, Sequence[Located], Sequence[str]]]
"""Finds the blocks under a path: the chain's name, the blocks, and what is wrong with the files."""

MANIFEST = "bulk.json"
FETCHED = "fetched"
"""The folder of a node's blocks, until they are in the tables."""
TABLES = ("blocks", "scripts", *tables.NAMES)
_MOST_NOTES = 100


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a finished parsing holds."""

    chain: str
    counts: dict[str, int]
    """Rows of each table, and `unknown_inputs`, `too_large`, `stale_blocks`, `damaged_blocks`."""
    notes: tuple[str, ...]
    """Everything that is wrong with the files or was left out, in sentences."""


def parse(
    source: Path | str, target: Path, locate: Locate, progress: Progress, slice_bytes: int = plans.SLICE_BYTES
) -> Parsed:
    """Write the tables of the blocks of `source` to the folder `target`, going on where an earlier run ended.

    `source` is a path, or the name of a node: then `locate` fetches its blocks into the path that it is given, which is
    removed at the end.

    Raises InputError for what is no block file, for a folder that holds something else, and for files that have changed
    since an earlier run began; OutputError when the folder cannot be written.
    """
    name = source if isinstance(source, str) else str(source.resolve())
    if (target / MANIFEST).is_file():
        return _kept(name, target)
    if target.exists() and (not target.is_dir() or any(entry.name != "work" for entry in target.iterdir())):
        _begun(target)
    work = target / "work"
    plan = plans.read(work)
    if plan is None:
        chain, located, notes = locate(work / FETCHED if isinstance(source, str) else source)
        plan = plans.make(chain, name, located, notes, slice_bytes)
    _same(name, plan.source, target)
    with alone(work):
        if not (work / plans.PLAN).is_file():
            plans.write(plan, work)
        read, before = _read_all(plan, work, progress)
        scripts = _intern_all(plan, target, work, progress)
        for part in range(plan.parts):
            progress("finding what inputs spend", part, plan.parts)
            if not spending.found_file(work, part).is_file():
                spending.find_part(plan, work, part)
        _tables(plan, target, work, before, progress)
        done = _finish(plan, target, read, scripts, fetched=isinstance(source, str))
    shutil.rmtree(work)
    return done


def _begun(target: Path) -> None:
    """Raises InputError for a place that holds something else than a parsing that was begun."""
    if not (target / "work" / plans.PLAN).is_file():
        raise InputError("it holds something else: name a new folder with --to", path=target)


def _read_all(plan: Plan, work: Path, progress: Progress) -> tuple[list[Said], list[Count]]:
    """The first step; what was said of each slice, and what stands before each, with the sum at the end."""
    read: list[Said] = []
    before = [Count()]
    for number in range(plan.slices):
        progress("reading blocks", number, plan.slices)
        one = said(work, number) or read_slice(plan, work, number, before[-1])
        read.append(one)
        before.append(Count(*(old + new for old, new in zip(before[-1], one.rows, strict=True))))
    return read, before


def _intern_all(plan: Plan, target: Path, work: Path, progress: Progress) -> int:
    """The second step; how many scripts there are."""
    scripts = 0
    for part in range(plan.parts):
        progress("numbering scripts", part, plan.parts)
        known = interned(work, part, target)
        scripts += intern_part(plan, target, work, part, scripts) if known is None else known
    return scripts


def _tables(plan: Plan, target: Path, work: Path, before: Sequence[Count], progress: Progress) -> None:
    """The last step."""
    flat = tables.flat_files(work, before[-1].outputs)
    for number in range(plan.slices):
        progress("writing tables", number, plan.slices)
        if not tables.table_file(target, "inputs", number).is_file():
            tables.write_slice(plan, target, number, before[number], flat)
    del flat


def _finish(plan: Plan, target: Path, read: Sequence[Said], scripts: int, *, fetched: bool) -> Parsed:
    """Write the table of blocks, then the manifest: from then on the folder is whole.

    Blocks that were fetched stand in no file that stays.
    """
    problems = [problem for one in read for problem in one.problems]
    transactions = [number for one in read for number in one.transactions]
    stale = len(plan.blocks) - len(problems)
    columns = {
        "transactions": pa.array([*transactions, *[None] * stale], pa.int32()),
        "problem": pa.array([*(problem or None for problem in problems), *[None] * stale], pa.string()),
    }
    blocks = plan.blocks.drop_columns(["key", "slice"])
    for name, column in columns.items():
        blocks = blocks.append_column(name, column)
    if fetched:
        for name in ("file", "offset"):
            place, kind = blocks.schema.get_field_index(name), blocks.schema.field(name)
            blocks = blocks.set_column(place, kind, pa.nulls(len(blocks), kind.type))
    with whole(target / "blocks" / "part-000000.parquet") as beside:
        pq.write_table(blocks, beside, compression="zstd", **SUMMED)
    counts = {"blocks": len(blocks), "scripts": scripts}
    counts |= {name: sum(getattr(one.rows, name) for one in read) for name in tables.NAMES}
    counts["unknown_inputs"] = _unknown(target, plan) - sum(one.coinbases for one in read)
    counts["too_large"] = sum(one.too_large for one in read)
    counts["stale_blocks"] = stale
    counts["damaged_blocks"] = sum(bool(problem) for problem in problems)
    done = Parsed(plan.chain, counts, tuple(_notes(plan, counts, problems)))
    manifest = {
        "format": plans.FORMAT,
        "chain": done.chain,
        "source": plan.source,
        "counts": counts,
        "notes": done.notes,
    }
    with whole(target / MANIFEST) as beside:
        beside.write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return done


def _unknown(target: Path, plan: Plan) -> int:
    """Inputs without a script, coinbases' included: the statistics of the files say how many."""
    place = tables.INPUTS.get_field_index("script_id")
    found = 0
    for number in range(plan.slices):
        metadata = pq.read_metadata(tables.table_file(target, "inputs", number))
        groups = (metadata.row_group(at) for at in range(metadata.num_row_groups))
        found += sum(group.column(place).statistics.null_count for group in groups if group.num_rows)
    return found


def _notes(plan: Plan, counts: dict[str, int], problems: Sequence[str]) -> list[str]:
    """What a person must be told of the files, the first hundred of each kind of damage."""
    notes = [*plan.notes[:_MOST_NOTES]]
    if len(plan.notes) > _MOST_NOTES:
        more = _counted(len(plan.notes) - _MOST_NOTES, "more note on the files is", "more notes on the files are")
        notes.append(f"{more} not shown")
    damaged = [at for at, problem in enumerate(problems) if problem]
    for row, at in zip(
        plan.blocks.take(pa.array(damaged[:_MOST_NOTES], pa.int64())).to_pylist(), damaged, strict=False
    ):
        place = f"{Path(row['file']).name}, offset {row['offset']}"
        notes.append(f"{place}: block {row['hash'].hex()} is left out: {problems[at]}")
    if len(damaged) > _MOST_NOTES:
        more = _counted(len(damaged) - _MOST_NOTES, "more block is", "more blocks are")
        notes.append(f"{more} left out; the table of blocks says which")
    if counts["stale_blocks"]:
        stale = _counted(counts["stale_blocks"], "stale block is", "stale blocks are")
        notes.append(f"{stale} in the table of blocks alone")
    if counts["unknown_inputs"]:
        spend = _counted(
            counts["unknown_inputs"], "input spends an output that stands", "inputs spend outputs that stand"
        )
        notes.append(f"{spend} in none of the files: no value, no script")
    if counts["too_large"]:
        have = _counted(counts["too_large"], "output has", "outputs have")
        notes.append(f"{have} a value above 21 million coins ({MOST_VALUE} satoshi): kept as it is")
    return notes


def _counted(number: int, one: str, several: str) -> str:
    """A number with the words that fit it."""
    return f"{number} {one if number == 1 else several}"


def _same(source: str, earlier: str, target: Path) -> None:
    """Raises InputError when an earlier run into the same folder was about other files."""
    if source != earlier:
        raise InputError(f"the folder holds what was begun for {earlier}: name another one with --to", path=target)


def _kept(source: str, target: Path) -> Parsed:
    """What a finished parsing into `target` holds."""
    manifest = read_manifest(target)
    _same(source, manifest["source"], target)
    shutil.rmtree(target / "work", ignore_errors=True)
    return Parsed(manifest["chain"], manifest["counts"], tuple(manifest["notes"]))


def read_manifest(target: Path) -> dict[str, Any]:
    """The manifest of a finished parsing. Raises InputError where there is none."""
    path = target / MANIFEST
    if not path.is_file():
        begun = (target / "work").is_dir()
        remedy = (
            "run `chaintrace bulk parse` into it again" if begun else "give a folder that `chaintrace bulk parse` wrote"
        )
        raise InputError(f"it is no finished parsing: {remedy}", path=target)
    try:
        manifest: dict[str, Any] = json.loads(path.read_text("utf-8"))
        is_ours, scripts = manifest["format"] == plans.FORMAT, manifest["counts"]["scripts"]
        is_whole = isinstance(scripts, int) and manifest.keys() >= {"chain", "source", "notes"}
    except (ValueError, KeyError, TypeError) as error:
        raise InputError("it was altered: parse the blocks again", path=path) from error
    if not is_ours:
        raise InputError("it is of another version of chaintrace: parse the blocks again", path=path)
    if not is_whole:
        raise InputError("it was altered: parse the blocks again", path=path)
    return manifest

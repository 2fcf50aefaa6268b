"""A bulk trace from files: seeds by the thousand over a Parquet of transfers, compiled where that is exact.

What the compiled kernels cannot carry (a value or balance of 2^63 and more) goes to the tracing engine, which takes any
value and a thousand bytes of memory a transfer; the answer says who gave it. It is the same to the unit.
"""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

from chaintrace.adapters.assets import asset_key
from chaintrace.adapters.cells import time
from chaintrace.bulk.trace import Answer, Place, TooLarge
from chaintrace.bulk.trace import trace as compiled
from chaintrace.bulk.trace_question import Question
from chaintrace.bulk.trace_table import TransferTable
from chaintrace.case.bulk_exact import exact, view_of
from chaintrace.case.bulk_transfers import is_prepared, prepare
from chaintrace.case.seeds import chains_of, read_victims
from chaintrace.case.sources import read_addresses
from chaintrace.case.view import Tags
from chaintrace.errors import InputError
from chaintrace.model.attribution import Tag
from chaintrace.model.trace import Limits, Seed
from chaintrace.report.wording import counted
from chaintrace.tags import by_address, read
from chaintrace.tracing.seeds import Start, Starts, resolve

_MANY = 10**18
"""More hops and transactions than any ledger has: no limit."""

NOTHING_COMPLETE = (
    "nothing is declared complete, so value that rests cannot be told: add --complete all or a list of addresses"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asks of a ledger.

    `complete` is `all`, a file of addresses, or nothing (M10); `tags` and `stops` are files (M21). `engine` is auto,
    compiled or python. Limits are those of M25; `min_value` are texts `ASSET=BASE UNITS`, `until` is Unix seconds, UTC.
    """

    transfers: Path
    seeds: Path
    method: str
    complete: str | None = None
    chain: str | None = None
    tags: Sequence[Path] = ()
    stops: Sequence[Path] = ()
    min_tag_confidence: int = 0
    max_hops: int | None = None
    max_transactions: int | None = None
    min_value: Sequence[str] = ()
    until: int | None = None
    engine: Literal["auto", "compiled", "python"] = "auto"


class Claimed(NamedTuple):
    """A seed's transfer: its value and what the seed claimed of it, in base units (M19)."""

    origin: str
    txid: str
    index: str  # type: ignore[assignment]  # the field's word; tuple.index is not used here
    contract: str
    address: str
    leg_value: int
    claimed: int


@dataclass(frozen=True, slots=True)
class Traced:
    """The answer, what the seeds claimed, who answered (`compiled` or `python`), and what a person should know."""

    answer: Answer
    claims: tuple[Claimed, ...]
    transfers: int
    engine: str
    notes: tuple[str, ...] = field(default=())

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is not complete (M30), one sentence each; nothing where it is."""
        return tuple(_reasons(self))

    def sums(self, contract: str) -> Mapping[str, int]:
        """Per outcome (M26), the base units of one asset, all origins together; outcomes that there are."""
        import pyarrow.compute as pc

        table = self.answer.outcomes
        own = table.filter(pc.equal(table.column("contract"), contract))
        sums: dict[str, int] = {}
        for name, value in zip(own.column("outcome").to_pylist(), own.column("value").to_pylist(), strict=True):
            sums[name] = sums.get(name, 0) + int(value)
        return sums


def until_of(text: str | None) -> int | None:
    """`until` in Unix seconds (UTC). Raises InputError."""
    try:
        return None if text is None else time(text)
    except ValueError as error:
        raise InputError(f"--until {error}") from error


def trace(asked: Asked) -> Traced:
    """Answer. Raises InputError for anything that a person gave wrong, and OutputError."""
    if is_prepared(asked.transfers):
        return _traced(asked, TransferTable(asked.transfers), ())
    chains = (asked.chain,) if asked.chain is not None else chains_of(asked.seeds)
    if len(chains) != 1:
        named = ", ".join(chains) or "none"
        raise InputError(
            f"the seeds name these chains: {named}; one run follows one chain: add --chain", path=asked.seeds
        )
    with tempfile.TemporaryDirectory(prefix="chaintrace-", ignore_cleanup_errors=True) as folder:
        checked = Path(folder) / "transfers.parquet"
        prepare(asked.transfers, chains[0], checked)
        note = "every transfer was checked first: run `chaintrace bulk transfers` to do that once for many traces"
        return _traced(asked, TransferTable(checked), (note,))


def _traced(asked: Asked, table: TransferTable, notes: tuple[str, ...]) -> Traced:
    chain = table.about.chain
    if asked.chain not in (None, chain):
        raise InputError(f"the file holds transfers of {chain}, not of {asked.chain}: correct --chain", path=table.path)
    if asked.complete is None:
        notes = (*notes, NOTHING_COMPLETE)
    seeds = [placed.seed for placed in read_victims(asked.seeds, (chain,))]
    rows = table.rows_of({seed.txid for seed in seeds})
    starts = resolve(view_of(table, rows), tuple(seeds), asked.until)
    begun = sorted((start for legs in starts.by_leg.values() for start in legs), key=_row)
    question = _question(asked, table, begun, seeds)
    answer, engine, said = _answer(asked, table, question, seeds)
    claims = tuple(
        Claimed(
            start.seed.origin, start.seed.txid, start.index, start.asset.contract, start.leg.address,
            start.leg.value or 0, value,
        )
        for start, value in zip(begun, answer.claimed, strict=True)
    )  # fmt: skip
    return Traced(answer, claims, table.about.rows, engine, (*notes, *_left_out(starts), *said))


def _row(start: Start) -> int:
    """The row of a start in the table."""
    return start.movement.order[1]


def _answer(
    asked: Asked, table: TransferTable, question: Question, seeds: Sequence[Seed]
) -> tuple[Answer, str, tuple[str, ...]]:
    """The answer, who gave it, and why it was not the kernels."""
    said: tuple[str, ...] = ()
    if asked.engine != "python":
        answer = compiled(table, question)
        if isinstance(answer, Answer):
            return answer, "compiled", ()
        if asked.engine == "compiled":
            raise InputError(f"{answer}: leave out --engine, and the exact path in Python is taken", path=table.path)
        said = (_refused(answer),)
    limits = Limits(
        _MANY if question.max_hops is None else question.max_hops,
        _MANY if question.max_transactions is None else question.max_transactions,
        {(table.about.chain, contract): least for contract, least in question.min_value.items()},
        asked.min_tag_confidence,
        question.until,
    )
    view = view_of(table, table.rows(), question.covered, _tags(asked, table.about.chain))
    return exact(view, seeds, question.method, limits), "python", said


def _refused(why: TooLarge) -> str:
    return f"{why}: all of it went the exact path in Python"


def _question(asked: Asked, table: TransferTable, starts: Sequence[Start], seeds: Sequence[Seed]) -> Question:
    """The question as the kernels take it. Raises InputError."""
    chain = table.about.chain
    tags = _tags(asked, chain)
    stops = {
        address
        for (where, address), found in tags.items()
        if where == chain and any(tag.stops and tag.confidence >= asked.min_tag_confidence for tag in found)
    }
    return Question(
        asked.method,
        [(_row(start), start.seed.origin) for start in starts],
        tuple(dict.fromkeys(start.asset.contract for start in starts)),
        _covered(asked.complete, chain),
        frozenset(stops),
        frozenset((seed.origin, address) for seed in seeds for address in seed.victim_addresses),
        asked.max_hops,
        asked.max_transactions,
        _least(asked.min_value, table),
        asked.until,
    )


def _covered(complete: str | None, chain: str) -> frozenset[str] | None:
    """The addresses that are declared complete; None for all (M10). Raises InputError."""
    if complete == "all":
        return None
    return frozenset() if complete is None else read_addresses(Path(complete), chain)


def _tags(asked: Asked, chain: str) -> Tags:
    """What the files of tags claim, and every address of the files of stops. Raises InputError."""
    claimed = [tag for path in asked.tags for tag in read(_bytes(path), path.as_posix()).tags]
    for path in asked.stops:
        source = path.name
        claimed += [
            Tag(chain, address, f"named in {source}", "", "service", 100, source, "", stops=True)
            for address in read_addresses(path, chain)
        ]
    return by_address(claimed)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"the file cannot be read ({error.strerror}): correct the path", path=path) from error


def _least(texts: Sequence[str], table: TransferTable) -> Mapping[str, int]:
    """`ASSET=BASE UNITS` to base units by contract. Raises InputError."""
    found = {}
    for text in texts:
        name, equals, number = text.rpartition("=")
        if not equals or not (number.isascii() and number.isdecimal() and len(number) <= 78):
            raise InputError(f"--min-value is {text!r}: write ASSET=NUMBER, in base units")
        contract = asset_key(table.about.chain, name)
        if contract not in table.about.decimals:
            raise InputError(f"--min-value names {name!r}, and no transfer is of it: write it as the file does")
        found[contract] = int(number)
    return found


def _left_out(starts: Starts) -> tuple[str, ...]:
    """What a seed without index left out (M20)."""
    return tuple(f"left out of its seed: {text}" for text in starts.left_out)


def _reasons(found: Traced) -> list[str]:
    import pyarrow.compute as pc

    table = found.answer.outcomes
    reasons = []
    for reason in sorted(set(table.column("reason").to_pylist()) - {""}):
        count = pc.sum(pc.equal(table.column("reason"), reason)).as_py()
        reasons.append(f"{counted(count, 'arrival was', 'arrivals were')} not followed: {reason}")
    short = sum(1 for claim in found.claims if claim.claimed != claim.leg_value)
    if short:
        reasons.append(f"{short} of {len(found.claims)} seeds claimed less than their transfer: it carried an origin")
    reasons += _told(found.answer.openings, "an opening balance was assumed, the least that explains what left")
    reasons += _told(found.answer.inflows, "value came back from where it was not followed, and is unidentified")
    return reasons


def _told(places: Sequence[Place], what: str) -> list[str]:
    return [f"{counted(len(places), 'account')}: {what}"] if places else []

"""`[authority]`, `[clock]` and `[[ask]]` of case.toml: who asks for a freeze, by when, and amounts that they state."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime

from chaintrace.adapters import cells
from chaintrace.adapters.assets import asset_keys
from chaintrace.addresses import normalise
from chaintrace.case.table import Table, nearest, shown
from chaintrace.errors import InputError
from chaintrace.freeze.authority import (
    ASK_KEYS,
    AUTHORITY_KEYS,
    CLOCK_KEYS,
    DATES,
    FIELDS,
    FILES,
    Ask,
    Asker,
    Authority,
    Clock,
    Enclosure,
)
from chaintrace.freeze.moments import zone


def read_asker(authority: Table, clock: Table, asks: Sequence[Table], chains: Sequence[str]) -> Asker:
    """What a case says of its requests. Raises InputError with the line; every key may be left out."""
    authority.only(AUTHORITY_KEYS)
    clock.only(CLOCK_KEYS)
    texts = {key: authority.text(key) for key in FIELDS if key in authority.values}
    files = {key: _enclosure(authority, key) for key in FILES if key in authority.values}
    if len({enclosed.name for enclosed in files.values()}) < len(files):
        raise authority.error("two enclosures have the same name: rename one", next(iter(files)))
    return Asker(Authority(texts, files), _clock(clock), tuple(_ask(entry, chains) for entry in asks))


def _enclosure(entry: Table, key: str) -> Enclosure:
    path, _ = entry.file(key)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise entry.error(f"{key} cannot be read ({error.strerror}): check its rights", key) from error
    if not content:
        raise entry.error(f"{key} is an empty file, and a letter would enclose nothing: name the signed paper", key)
    return Enclosure(path.name, path, hashlib.sha256(content).hexdigest())


def _clock(entry: Table) -> Clock:
    name = entry.text("time_zone", "")
    try:
        zone(name)
    except InputError as error:
        raise entry.error(f"time_zone: {error.sentence}", "time_zone") from error
    return Clock({key: _moment(entry, key) for key in DATES if key in entry.values}, name)


def _moment(entry: Table, key: str) -> datetime:
    """A moment with its time zone, in UTC."""
    value = entry.values[key]
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError as error:
            raise entry.error(f"{key} is {shown(value)}: write a time such as 2026-03-01T12:00:00Z", key) from error
    if isinstance(value, date) and not isinstance(value, datetime):
        raise entry.error(
            f"{key} is {value}, without a clock and a time zone: write a time such as {value}T12:00:00Z", key
        )
    if not isinstance(value, datetime):
        raise entry.wrong(key, "a time such as 2026-03-01T12:00:00Z")
    if value.tzinfo is None:
        raise entry.error(f"{key} is {shown(value)}, without a time zone: add Z for UTC, or +08:00", key)
    try:
        return value.astimezone(UTC).replace(microsecond=0)
    except OverflowError as error:
        raise entry.error(f"{key} is {shown(value)}, which is no time of ours: correct it", key) from error


def _ask(entry: Table, chains: Sequence[str]) -> Ask:
    entry.only(ASK_KEYS)
    chain = entry.text("chain")
    if chain not in chains:
        sentence = f"no source holds the chain {shown(chain)}{nearest(chain, chains)}: correct it"
        raise entry.error(sentence, "chain")
    try:
        address = normalise(chain, entry.text("address"))
    except ValueError as error:
        raise entry.error(f"{error}: correct it", "address") from error
    try:
        contracts = asset_keys(chain, entry.text("asset"))
    except ValueError as error:
        raise entry.error(f"asset {error}", "asset") from error
    try:
        value = cells.base_units(entry.text("value"))
    except ValueError as error:
        raise entry.error(f"value {error}", "value") from error
    origin, memo = entry.text("origin", ""), entry.text("memo", "")
    return Ask(chain, address, contracts, value, entry.text("reason"), origin, memo)

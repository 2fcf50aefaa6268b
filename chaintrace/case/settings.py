"""The tables of a case that tune a trace: `[limits]`, `[method]`, `[[wallet]]` and `[rules]`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from chaintrace.adapters import cells
from chaintrace.adapters.assets import asset_keys
from chaintrace.addresses import normalise
from chaintrace.case.sources import NamedFile
from chaintrace.case.table import Table, nearest, shown
from chaintrace.model.chain import MAX_VALUE
from chaintrace.model.trace import Limits, Wallet

LIMIT_KEYS = ("max_hops", "max_transactions", "min_value", "min_tag_confidence", "until")
TAG_KEYS = ("path", "builtin", "store")
BUILTIN = ("core",)
"""The lists of tags that ship."""
MAX_CONFIDENCE = 100
MOST = 2**62
"""The largest limit that a person may write for hops and transactions."""


@dataclass(frozen=True, slots=True)
class RuleChoice:
    """Which rules a case uses: `use` names them (`*` is every one), `off` takes some away again."""

    use: tuple[str, ...] = ("*",)
    off: tuple[str, ...] = ()


def read_limits(entry: Table, chains: Sequence[str]) -> Limits:
    """The limits of a case (M25). Raises InputError with the line."""
    entry.only(LIMIT_KEYS)
    default = Limits()
    return Limits(
        max_hops=entry.integer("max_hops", default.max_hops, 0, MOST),
        max_transactions=entry.integer("max_transactions", default.max_transactions, 1, MOST),
        min_value=read_min_values(entry, chains),
        min_tag_confidence=entry.integer("min_tag_confidence", default.min_tag_confidence, 0, MAX_CONFIDENCE),
        until=_until(entry),
    )


def read_min_values(entry: Table, chains: Sequence[str]) -> Mapping[tuple[str, str], int]:
    """The least value that is followed, in base units, by (chain, contract). Raises InputError with the line."""
    values = entry.values.get("min_value", {})
    if not isinstance(values, dict):
        raise entry.wrong("min_value", 'a table such as { "tron:USDT" = "1000000" }')
    inner = Table(entry.path, entry.lines, f"{entry.name}.min_value", 0, values)
    table: dict[tuple[str, str], int] = {}
    for key, value in values.items():
        place = inner if inner.lines.of(inner.name, 0, key) is not None else entry
        chain, _, asset = key.partition(":")
        if chain not in chains or ":" not in key:
            sentence = (
                f"min_value names {shown(key)}: write chain:asset with a chain of a source{nearest(chain, chains)}"
            )
            raise place.error(sentence, key if place is inner else "min_value")
        line_key = key if place is inner else "min_value"
        try:
            contract, *others = asset_keys(chain, asset)
        except ValueError as error:
            raise place.error(f"min_value: the asset of {shown(key)} {error}", line_key) from error
        table[chain, contract] = least = _base_units(value, key, place, line_key)
        table.update({(chain, other): least for other in others if (chain, other) not in table})
    return table


def _base_units(value: object, key: str, entry: Table, line_key: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_VALUE:
        return value
    if isinstance(value, str):
        try:
            return cells.base_units(value)
        except ValueError as error:
            raise entry.error(f"min_value of {shown(key)} {error}", line_key) from error
    sentence = f"min_value of {shown(key)} is {shown(value)}: it must be a whole number of base units, in quotes"
    raise entry.error(sentence, line_key)


def _until(entry: Table) -> int | None:
    """The last second that a trace sees, in Unix seconds (UTC)."""
    value = entry.values.get("until")
    if value is None:
        return None
    try:
        if isinstance(value, str):
            return cells.time(value)
        if isinstance(value, datetime) and value.tzinfo is not None:
            moment = value.astimezone(UTC)
            return cells.bounded_time(int(moment.replace(microsecond=0).timestamp()), moment.isoformat())
    except (ValueError, OverflowError) as error:
        raise entry.error(f"until {error}", "until") from error
    if isinstance(value, datetime):
        raise entry.error(f"until is {shown(value)}, without a time zone: add Z for UTC", "until")
    raise entry.wrong("until", "a time such as 2023-01-01T00:00:00Z")


def read_method(entry: Table) -> tuple[Literal["pro_rata", "fifo"], bool]:
    """The options of the methods: how LIBR shares between origins, and whether declared wallets are one pool."""
    entry.only(("libr_between", "pool"))
    between = entry.choice("libr_between", ("pro_rata", "fifo"), "pro_rata")
    pool = entry.choice("pool", ("address", "wallet"), "address")
    return ("fifo" if between == "fifo" else "pro_rata"), pool == "wallet"


def read_wallets(entries: Sequence[Table], chains: Sequence[str]) -> tuple[Wallet, ...]:
    """The wallets that a case declares. An address is one of some source's chain, and in one wallet only."""
    wallets: list[Wallet] = []
    holders: dict[str, str] = {}
    for entry in entries:
        entry.only(("name", "chain", "addresses"))
        name = entry.text("name")
        if name in holders.values():
            raise entry.error(f"the wallet {shown(name)} stands twice: give each its own name", "name")
        texts = entry.texts("addresses")
        if not texts:
            raise entry.error(f"the wallet {shown(name)} has no addresses: list them", "addresses")
        where = chains if "chain" not in entry.values else (entry.text("chain"),)
        if where[0] not in chains:
            sentence = f"no source holds the chain {shown(where[0])}{nearest(where[0], chains)}: correct it"
            raise entry.error(sentence, "chain")
        found: set[str] = set()
        for text in texts:
            forms = _forms(entry, text, where)
            for form in forms:
                if holders.setdefault(form, name) != name:
                    sentence = f"{shown(text)} is in two wallets, {shown(holders[form])} and {shown(name)}"
                    raise entry.error(f"{sentence}: leave it in one", "addresses")
            found |= forms
        wallets.append(Wallet(name, frozenset(found), where[0] if "chain" in entry.values else ""))
    return tuple(wallets)


def _forms(entry: Table, text: str, chains: Sequence[str]) -> set[str]:
    """The address in its one form on each chain where it is one. Raises InputError when it is none anywhere."""
    forms, reasons = set[str](), list[str]()
    for chain in chains:
        try:
            forms.add(normalise(chain, text))
        except ValueError as error:
            reasons.append(str(error))
    if not forms:
        raise entry.error(f"{reasons[0]}: correct it", "addresses")
    return forms


def read_rules(entry: Table) -> RuleChoice:
    """Which rules are in use; whether they exist is checked where they are loaded."""
    entry.only(("use", "off"))
    return RuleChoice(entry.texts("use", ("*",)), entry.texts("off"))


def read_tags(entries: Sequence[Table]) -> tuple[tuple[NamedFile, ...], tuple[str, ...]]:
    """The files of tags that a case names, and its lists without a path: the core that ships, the user's store."""
    files: list[NamedFile] = []
    lists: dict[str, None] = {}
    for entry in entries:
        entry.only(TAG_KEYS)
        if len(entry.values) != 1:
            raise entry.error(f"[[tags]] holds one of {', '.join(TAG_KEYS)}: write another [[tags]] for each")
        if "path" in entry.values:
            files.append(NamedFile(*entry.file("path")))
        elif "builtin" in entry.values:
            lists.setdefault(entry.choice("builtin", BUILTIN, ""))
        elif entry.values["store"] is True:
            lists.setdefault("store")
        else:
            raise entry.wrong("store", "true")
    return tuple(files), tuple(lists)

"""What `screen` found as rows of a table, as a CSV, and as JSON."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from chaintrace.case.screening.known import NOT_LISTED
from chaintrace.errors import OutputError
from chaintrace.report.amounts import amount, iso, unit
from chaintrace.report.csv_files import cell_text
from chaintrace.report.interface import Table
from chaintrace.report.mixed_scripts import marked

if TYPE_CHECKING:
    from chaintrace.case.screening.known import Balance, IssuerWord, Link
    from chaintrace.case.screening.screen import Item, Screened
    from chaintrace.model.attribution import Tag
    from chaintrace.model.chain import Asset

SHOWN = ("address or txid", "chain", "listed", "tags", "balance", "at the issuer", "transactions", "links", "held by")
LINKS = ("case", "from", "to", "asset", "transfers", "amount", "first", "last")
TRANSFERS = (
    "case", "chain", "txid", "index", "time", "from_address", "to_address", "asset", "contract", "decimals", "value",
    "amount",
)  # fmt: skip
NOT_READ = ("text", "place", "reason")
COLUMNS = (
    "status", "text", "kind", "chains", "places", "reason", "tags", "confidence", "sources", "tags_contradict",
    "balances", "issuer_states", "transactions", "first_time", "last_time", "links", "cases", "notes",
)  # fmt: skip
"""Of the CSV. Several values in one cell are parted by `; `."""

READ, UNREAD = "read", "not read"
LONGEST = 200
"""So many characters of what was not read are shown."""


def cut(text: str) -> str:
    """Text that could not be read, with hidden signs shown, cut where nobody would read on."""
    plain = marked(text)
    return plain if len(plain) <= LONGEST else f"{plain[: LONGEST - 1]}…"


def shown(found: "Screened") -> list[list[object]]:
    """The rows of `SHOWN`, one for each text of the list."""
    return [_shown(item, _of(found, item), with_index=found.indexed is not None) for item in found.items]


def _shown(item: "Item", links: Sequence["Link"], *, with_index: bool) -> list[object]:
    seen = sum(one.transactions for several in item.known.values() for one in several)
    held = "; ".join(marked(case) for case, _ in item.held)
    return [
        item.text, _chains(item), len(item.places), "; ".join(dict.fromkeys(map(_tag, item.tags))),
        "; ".join(map(balance, item.balances)), "; ".join(map(_word, item.issuers)), seen or "", len(links) or "",
        held or ("none" if with_index else ""),
    ]  # fmt: skip


def _of(found: "Screened", item: "Item") -> list["Link"]:
    """The links that an item is part of."""
    return [
        one
        for one in found.links
        if item.text in (*one.sender.split(";"), one.receiver, one.txid, one.txid.removeprefix("0x"))
    ]


def _chains(item: "Item") -> str:
    """On which chains it is known, else on which it is valid; of many the first, and how many more."""
    known = dict.fromkeys(one.chain for several in item.known.values() for one in several)
    chains = list(known) or list(item.chains)
    return ", ".join(chains) if len(chains) < 4 else f"{chains[0]} and {len(chains) - 1} more"


def _tag(tag: "Tag") -> str:
    parts = (tag.category, f"confidence {tag.confidence}", f"by {tag.source}", f"on {tag.chain}")
    return f"{marked(tag.actor or tag.label)} ({', '.join(marked(part) for part in parts if part)})"


def balance(one: "Balance") -> str:
    """A balance with its asset, and as of when."""
    figure = amount(one.value, one.asset.decimals) or f"{one.value} base units of"
    return f"{figure} {marked(unit(one.asset))}{_as_of(one.height, iso(one.time))}"


def _as_of(height: int | None, time: str | None) -> str:
    told = [*([] if height is None else [f"height {height}"]), *([] if time is None else [time])]
    return f" as of {', '.join(told)}" if told else ""


def _word(one: "IssuerWord") -> str:
    said = one.said
    much = "" if said.balance is None else f", it has {amount(said.balance, one.asset.decimals) or said.balance}"
    state = said.state or " ".join(said.words) or "not known"
    return f"{marked(unit(one.asset))}: {state}{much}{_as_of(said.height, None)}"


def listed(found: "Screened") -> Table:
    """A row for each text that was read, with the columns of the CSV."""
    rows = (
        [_part(name, cell) for name, cell in zip(COLUMNS, _cells(found, item), strict=True)] for item in found.items
    )
    return Table("listed", COLUMNS, tuple(map(tuple, rows)))


def _part(name: str, cell: str) -> str | int | None:
    return int(cell) if cell and name in {"confidence", "transactions"} else cell or None


def transfers(found: "Screened") -> Table:
    """A row for each link among what was listed, its value in base units."""
    return Table(
        "transfers",
        TRANSFERS,
        tuple(
            (
                one.case, one.chain, one.txid, one.index, iso(one.time), one.sender or None, one.receiver or None,
                marked(one.asset.name), one.asset.contract or None, one.asset.decimals, one.value,
                None if one.value is None else amount(one.value, one.asset.decimals),
            )
            for one in found.links
        ),
    )  # fmt: skip


def not_read(found: "Screened") -> Table:
    """A row for each text that looks like an address or a txid and was not read."""
    return Table("not_read", NOT_READ, tuple((cut(one.text), one.place, one.reason) for one in found.unread))


def between(links: Sequence["Link"]) -> list[list[object]]:
    """The rows of `LINKS`: the links from one to another in one asset are a row, with their number and their sum.

    The sum is empty where the value of one of them is not known, `from` where nobody paid: value was made there. JSON
    has each by itself.
    """
    groups: dict[tuple[str, str, str, Asset], list[Link]] = {}
    for one in links:
        sender = NOT_LISTED if one.payer_unlisted else one.sender
        groups.setdefault((one.case, sender, one.receiver, one.asset), []).append(one)
    rows: list[list[object]] = []
    for (case, sender, receiver, asset), several in groups.items():
        values = [one.value for one in several if one.value is not None]
        total = sum(values) if len(values) == len(several) else None
        figure = None if total is None else amount(total, asset.decimals) or f"{total} base units"
        times = sorted(one.time for one in several if one.time is not None)
        ends = (iso(times[0]), iso(times[-1])) if times else ("", "")
        rows.append([case, sender, receiver, marked(unit(asset)), len(several), figure, *ends])
    return rows


def write(found: "Screened", target: Path) -> None:
    """The rows as CSV. Raises OutputError when it cannot be written."""
    try:
        with target.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="") as file:
            writer = csv.writer(file, lineterminator="\r\n")
            writer.writerow(COLUMNS)
            for item in found.items:
                writer.writerow([cell_text(cell) for cell in _cells(found, item)])
            for one in found.unread:
                row = {"status": UNREAD, "text": cut(one.text), "places": one.place, "reason": one.reason}
                writer.writerow([cell_text(marked(row.get(name, ""))) for name in COLUMNS])
    except OSError as error:
        raise OutputError(f"{target} cannot be written ({error.strerror}): choose another place") from error


def _cells(found: "Screened", item: "Item") -> list[str]:
    several = [one for many in item.known.values() for one in many]
    times = (
        [one.first for one in several if one.first is not None],
        [one.last for one in several if one.last is not None],
    )
    links = [f"{one.txid}:{one.index}" for one in _of(found, item)]
    row: dict[str, str | None] = {
        "status": READ,
        "text": item.text,
        "kind": item.kind,
        "chains": "; ".join(item.chains),
        "places": "; ".join(item.places),
        "tags": "; ".join(_tag(tag) for tag in item.tags),
        "confidence": str(max((tag.confidence for tag in item.tags), default="")),
        "sources": "; ".join(dict.fromkeys(tag.source for tag in item.tags)),
        "tags_contradict": _contradict(item),
        "balances": "; ".join(map(balance, item.balances)),
        "issuer_states": "; ".join(map(_word, item.issuers)),
        "transactions": str(sum(one.transactions for one in several)) if item.known else "",
        "first_time": iso(min(times[0], default=None)),
        "last_time": iso(max(times[1], default=None)),
        "links": "; ".join(links),
        "cases": "; ".join(f"{case} ({where})" for case, where in item.held),
        "notes": "; ".join(item.notes),
    }
    return [marked(row.get(name) or "") for name in COLUMNS]


def _contradict(item: "Item") -> str:
    from chaintrace.model.attribution import conflicting

    if not item.tags:
        return ""
    groups: dict[str, list[Tag]] = {}
    for tag in item.tags:
        groups.setdefault(tag.chain, []).append(tag)
    return "yes" if any(conflicting(group) for group in groups.values()) else "no"


def shape(found: "Screened") -> dict[str, object]:
    """`{read, not_read, indexed_cases, items, links, unread, notices}`; values in base units, as text."""
    return {
        "read": len(found.items),
        "not_read": len(found.unread),
        "indexed_cases": found.indexed,
        "items": [_item(item) for item in found.items],
        "links": [_link(one) for one in found.links],
        "unread": [{"text": cut(one.text), "place": one.place, "reason": one.reason} for one in found.unread],
        "notices": list(found.notices),
    }


def _item(item: "Item") -> dict[str, object]:
    return {
        "text": item.text,
        "kind": item.kind,
        "chains": list(item.chains),
        "places": item.places,
        "notes": item.notes,
        "tags": [
            {
                "chain": tag.chain, "label": tag.label, "label_marked": marked(tag.label), "actor": tag.actor,
                "category": tag.category, "confidence": tag.confidence, "source": tag.source, "lastmod": tag.lastmod,
                "valid_from": tag.valid_from, "valid_to": tag.valid_to,
            }
            for tag in item.tags
        ],
        "tags_contradict": _contradict(item) == "yes",
        "known": [
            {
                "case": case, "chain": one.chain, "transactions": one.transactions, "first_time": iso(one.first),
                "last_time": iso(one.last),
            }
            for case, several in item.known.items()
            for one in several
        ],
        "balances": [
            {
                "case": one.case, "chain": one.asset.chain, "asset": one.asset.name, "contract": one.asset.contract,
                "value": str(one.value), "amount": amount(one.value, one.asset.decimals), "height": one.height,
                "time": iso(one.time),
            }
            for one in item.balances
        ],
        "issuer_states": [
            {
                "case": one.case, "chain": one.asset.chain, "contract": one.asset.contract,
                "state": one.said.state or None, "height": one.said.height, "balance": _number(one.said.balance),
                "words": list(one.said.words),
            }
            for one in item.issuers
        ],
        "cases": [{"case": case, "where": where} for case, where in item.held],
    }  # fmt: skip


def _link(one: "Link") -> dict[str, object]:
    return {
        "case": one.case,
        "chain": one.chain,
        "txid": one.txid,
        "index": one.index,
        "time": iso(one.time),
        "from": one.sender.split(";") if one.sender else [],
        "to": one.receiver,
        "asset": one.asset.name,
        "contract": one.asset.contract,
        "value": _number(one.value),
        "amount": None if one.value is None else amount(one.value, one.asset.decimals),
        "listed_transaction": one.of_listed,
    }


def _number(value: int | None) -> str | None:
    """Base units as text, for readers of JSON round large numbers."""
    return None if value is None else str(value)

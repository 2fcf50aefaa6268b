"""The tables of what network sources told: pins, questions, answers, and which blocks were canonical when."""

import sqlite3
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeAlias

from chaintrace.model.chain import Block, OutPoint
from chaintrace.model.provenance import Gap, Observation, Source, Unspent
from chaintrace.model.transaction import Transaction
from chaintrace.store import answers as forms
from chaintrace.store.answers import Answered, Heard, Left, Network, Pin
from chaintrace.store.observed import Noted
from chaintrace.store.sqlite_cells import key, text_of
from chaintrace.store.sqlite_rows import Writer

Row: TypeAlias = tuple[Any, ...]
"""One row of a query; SQLite says nothing of types."""

NumberOf: TypeAlias = Callable[[Source], int]
"""Gives the number of a source in the store, made now if it has none."""

_NEWEST = (
    "SELECT id, chain, height, hash, time, is_open, gaps FROM pins "
    "WHERE id IN (SELECT MAX(id) FROM pins GROUP BY chain)"
)


@dataclass(frozen=True, slots=True)
class Tellers:
    """The raw answers whose facts are heard, by number, and those of them whose pending transactions still count."""

    sources: Mapping[int, Source]
    fresh: frozenset[int]


class NetworkTables:
    """Reads and writes these tables; the caller holds the database transaction in which they are written."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def pins(self) -> dict[str, Pin]:
        """The newest pin of each chain."""
        return {row[1]: _pin(row) for row in self._connection.execute(_NEWEST)}

    def pin(self, chain: str, tip: Block, at: datetime) -> Pin:
        """Write a new pin."""
        row = (chain, tip.height, tip.hash, tip.time, _moment(at))
        sql = (
            "INSERT INTO pins (chain, height, hash, time, pinned_at, is_open, gaps) "
            "VALUES (?, ?, ?, ?, ?, 1, '[]') RETURNING id"
        )
        number = int(self._connection.execute(sql, row).fetchone()[0])
        self.see(chain, [tip], tip.height or 0)
        self._revive(chain, [tip.hash])
        return Pin(number, chain, tip)

    def end(self, pin: Pin, at: datetime, gaps: Sequence[Gap], *, stays_open: bool) -> None:
        """Write how a follow ended."""
        sql = "UPDATE pins SET ended_at = ?, gaps = ?, is_open = ? WHERE id = ?"
        self._connection.execute(sql, (_moment(at), forms.gaps_text(tuple(gaps)), int(stays_open), pin.number))

    def network(self, network: Network) -> int:
        """The number of a network source, given now if it has none."""
        self._connection.execute("INSERT OR IGNORE INTO networks (chain, adapter, shown) VALUES (?, ?, ?)", network)
        sql = "SELECT id FROM networks WHERE chain = ? AND adapter = ? AND shown = ?"
        return int(self._connection.execute(sql, network).fetchone()[0])

    def tell(self, answered: Sequence[Answered], number: NumberOf) -> None:
        """Write answers. `number` gives the number of a source in the store."""
        pins = self.pins()
        told: dict[tuple[int, Network], tuple[Source, list[Transaction]]] = {}
        for answer in answered:
            pin, network = pins[answer.network.chain], self.network(answer.network)
            asked = forms.question_text(answer.question)
            row = (pin.number, asked, network, answer.how)
            more = (forms.coverage_text(answer.coverage), forms.gaps_text(answer.gaps))
            self._connection.execute("INSERT OR REPLACE INTO questions VALUES (?, ?, ?, ?, ?, ?)", (*row, *more))
            for unspent in answer.unspent:
                self._unspent((pin.number, asked, network), unspent, number(unspent.source))
            self._observed((pin.number, asked, network), answer.noted, number)
            own = Source(answer.network.adapter, answer.network.shown, "")
            for transaction in answer.transactions:
                source = transaction.source or own
                told.setdefault((number(source), answer.network), (source, []))[1].append(transaction)
        for (source_id, net), (_, transactions) in told.items():
            pin = pins[net.chain]
            telling = (source_id, self.network(net), pin.number)
            self._connection.execute("INSERT OR REPLACE INTO tellings VALUES (?, ?, ?)", telling)
            Writer(self._connection, source_id).write(transactions)
            blocks = {tx.block.hash: tx.block for tx in transactions if tx.block is not None and tx.block.hash}
            self.see(net.chain, blocks.values(), pin.tip.height or 0)
            self._revive(net.chain, blocks)

    def _unspent(self, asked: tuple[int, str, int], told: Unspent, source_id: int) -> None:
        """Write one output that is unspent at a height, under its pin, question and network."""
        row = (told.outpoint.txid, told.outpoint.vout, told.address, told.height, told.block_hash, told.time, told.how)
        marks = ", ".join("?" * 11)
        sql = f"INSERT OR REPLACE INTO unspent VALUES ({marks})"  # noqa: S608  # ours
        self._connection.execute(sql, (*asked, *row, source_id))

    def _observed(self, asked: tuple[int, str, int], noted: Sequence[Observation], number: NumberOf) -> None:
        """Write what was observed under a pin, a question and a network, in place of what was before."""
        where = "pin_id = ? AND question = ? AND network_id = ?"
        self._connection.execute(f"DELETE FROM observations WHERE {where}", asked)  # noqa: S608  # ours
        numbers = {seen.source: number(seen.source) for seen in noted if seen.source is not None}
        rows = [
            (*asked, place, seen.chain, seen.subject, seen.what, seen.height, seen.value, numbers[seen.source])
            for place, seen in enumerate(noted)
            if seen.source is not None
        ]
        marks = ", ".join("?" * 10)
        self._connection.executemany(f"INSERT INTO observations VALUES ({marks})", rows)  # noqa: S608  # ours

    def _revive(self, chain: str, hashes: Iterable[str]) -> None:
        """A block that a source tells of now is canonical again."""
        where = "hash = ? AND chain_id = (SELECT id FROM chains WHERE name = ?)"
        rows = [(key(name), chain) for name in hashes]
        self._connection.executemany(f"UPDATE blocks SET orphaned_at = NULL WHERE {where}", rows)  # noqa: S608  # ours

    def see(self, chain: str, blocks: Iterable[Block], tip: int) -> None:
        """Write the highest tip under which blocks were canonical."""
        self._connection.execute("INSERT OR IGNORE INTO chains (name) VALUES (?)", (chain,))
        (chain_id,) = self._connection.execute("SELECT id FROM chains WHERE name = ?", (chain,)).fetchone()
        for block in blocks:
            name = key(block.hash)
            self._connection.execute("INSERT OR IGNORE INTO blocks (chain_id, hash) VALUES (?, ?)", (chain_id, name))
            self._connection.execute(
                "INSERT INTO seen SELECT id, ?3, ?4 FROM blocks WHERE hash = ?1 AND chain_id = ?2 "
                "ON CONFLICT (block_id) DO UPDATE SET tip = MAX(tip, excluded.tip)",
                (name, chain_id, block.height or 0, tip),
            )

    def unsettled(self, chain: str, depth: int) -> tuple[Block, ...]:
        """The blocks that were never seen `depth` below a tip, by height and hash."""
        sql = (
            "SELECT s.height, b.hash FROM seen s JOIN blocks b ON b.id = s.block_id JOIN chains c ON c.id = b.chain_id "
            "WHERE c.name = ? AND s.tip - s.height < ? AND b.orphaned_at IS NULL"
        )
        found = [(height, text_of(name)) for height, name in self._connection.execute(sql, (chain, depth))]
        return tuple(Block(height, name, None) for height, name in sorted(found))

    def left(self, chain: str) -> tuple[Left, ...]:
        """The blocks that are marked as not canonical, by height and hash."""
        sql = (
            "SELECT s.height, b.hash, b.orphaned_at FROM blocks b JOIN chains c ON c.id = b.chain_id "
            "LEFT JOIN seen s ON s.block_id = b.id WHERE c.name = ? AND b.orphaned_at IS NOT NULL "
            "ORDER BY s.height, b.hash"
        )
        rows = self._connection.execute(sql, (chain,))
        return tuple(Left(Block(height, text_of(name), None), datetime.fromisoformat(at)) for height, name, at in rows)

    def tellers(self, networks: Sequence[Network]) -> Tellers:
        """The raw answers of these networks, in their order."""
        newest = {pin.number for pin in self.pins().values()}
        sql = (
            "SELECT s.id, s.adapter, s.request, s.sha256, s.retrieved_at, t.pin_id FROM tellings t "
            "JOIN networks n ON n.id = t.network_id JOIN sources s ON s.id = t.source_id "
            "WHERE n.chain = ? AND n.adapter = ? AND n.shown = ? ORDER BY s.id"
        )
        sources: dict[int, Source] = {}
        fresh: set[int] = set()
        for network in networks:
            for number, adapter, request, sha256, date, pin in self._connection.execute(sql, network):
                sources.setdefault(number, Source(adapter, request, sha256, _date(date)))
                fresh |= {number} if pin in newest else set()
        return Tellers(sources, frozenset(fresh))

    def heard(self, networks: Sequence[Network]) -> Heard:
        """What these networks say under the newest pins besides transactions."""
        if not networks:
            return forms.SILENT
        chains = {network.chain for network in networks}
        pins = {chain: pin for chain, pin in self.pins().items() if chain in chains}
        answers: list[Answered] = []
        for pin in pins.values():
            unspent = self._unspent_of(pin)
            seen = self._seen_of(pin)
            for answer, asked in self._answers(pin, networks):
                told, noted = tuple(unspent.get(asked, ())), tuple(seen.get(asked, ()))
                answers.append(replace(answer, unspent=told, observations=noted))
        earlier = self._earlier({pin.number for pin in pins.values()}, networks)
        return forms.heard(pins, answers, earlier, self.noted(networks, "decimals"))

    def noted(self, networks: Sequence[Network], kind: str | None = None) -> Iterator[Noted]:
        """What these networks observed under any pin; of one kind, where that is named."""
        sql = (
            "SELECT o.pin_id, n.shown, o.chain, o.subject, o.what, o.height, o.value, s.adapter, s.request, s.sha256, "
            "s.retrieved_at FROM networks n JOIN observations o ON o.network_id = n.id "
            "JOIN sources s ON s.id = o.source_id WHERE n.chain = ? AND n.adapter = ? AND n.shown = ? "
            "AND (?4 IS NULL OR o.what = ?4)"
        )
        for network in dict.fromkeys(networks):
            for row in self._connection.execute(sql, (*network, kind)):
                pin, shown, chain, subject, what, height, value, adapter, request, sha256, date = row
                source = Source(adapter, request, sha256, _date(date))
                yield Noted(pin, shown, Observation(chain, subject, what, height, value, source))

    def _seen_of(self, pin: Pin) -> dict[tuple[str, Network], list[Observation]]:
        """What was observed of addresses at the contracts of tokens under a pin, by the question and who answered."""
        sql = (
            "SELECT o.question, n.chain, n.adapter, n.shown, o.chain, o.subject, o.what, o.height, o.value, s.adapter, "
            "s.request, s.sha256, s.retrieved_at FROM observations o JOIN networks n ON n.id = o.network_id "
            "JOIN sources s ON s.id = o.source_id WHERE o.pin_id = ?1 AND o.question LIKE ?2 ORDER BY o.place"
        )
        found: dict[tuple[str, Network], list[Observation]] = {}
        for row in self._connection.execute(sql, (pin.number, f'["{forms.STATE}"%')):
            asked, *names = row[:4]
            chain, subject, what, height, value, adapter, request, sha256, date = row[4:]
            source = Source(adapter, request, sha256, _date(date))
            told = Observation(chain, subject, what, height, value, source)
            found.setdefault((asked, Network(*names)), []).append(told)
        return found

    def _earlier(self, newest: Container[int], networks: Sequence[Network]) -> Iterator[Answered]:
        """What was left unproven of transactions that were told under a pin before, and not asked for since."""
        sql = (
            "SELECT q.pin_id, q.question, q.gaps, n.chain, n.adapter, n.shown FROM questions q "
            "JOIN networks n ON n.id = q.network_id WHERE q.how = 'told' AND q.gaps <> '[]' "
            "AND q.question LIKE '[\"transaction\"%' AND NOT EXISTS (SELECT 1 FROM pins p JOIN questions r "
            "ON r.pin_id = p.id AND r.question = q.question WHERE p.id > q.pin_id) ORDER BY q.pin_id DESC, q.question"
        )
        for pin, asked, gaps, *names in self._connection.execute(sql):
            if pin not in newest and Network(*names) in networks:
                yield Answered(Network(*names), forms.question_of(asked), "told", gaps=forms.gaps_of(gaps))

    def _answers(self, pin: Pin, networks: Sequence[Network]) -> Iterator[tuple[Answered, tuple[str, Network]]]:
        """How each question under a pin ended, with its text and who answered."""
        sql = (
            "SELECT q.question, q.how, q.coverage, q.gaps, n.chain, n.adapter, n.shown FROM questions q "
            "JOIN networks n ON n.id = q.network_id WHERE q.pin_id = ?"
        )
        for asked, how, coverage, gaps, *names in self._connection.execute(sql, (pin.number,)):
            network = Network(*names)
            if network in networks:
                question = forms.question_of(asked)
                covered, left = forms.coverage_of(coverage), forms.gaps_of(gaps)
                yield Answered(network, question, how, coverage=covered, gaps=left), (asked, network)

    def _unspent_of(self, pin: Pin) -> dict[tuple[str, Network], list[Unspent]]:
        """The outputs that are unspent as of a pin, by the question that told it and who answered."""
        sql = (
            "SELECT u.question, u.txid, u.vout, u.address, u.height, u.block_hash, u.time, u.how, "
            "s.adapter, s.request, s.sha256, s.retrieved_at, n.chain, n.adapter, n.shown FROM unspent u "
            "JOIN sources s ON s.id = u.source_id JOIN networks n ON n.id = u.network_id "
            "WHERE u.pin_id = ? ORDER BY u.txid, u.vout"
        )
        found: dict[tuple[str, Network], list[Unspent]] = {}
        for row in self._connection.execute(sql, (pin.number,)):
            asked, txid, vout, address, height, block_hash, time, how = row[:8]
            adapter, request, sha256, date = row[8:12]
            source, outpoint = Source(adapter, request, sha256, _date(date)), OutPoint(pin.chain, txid, vout)
            unspent = Unspent(outpoint, address, height, block_hash, time, how, source)
            found.setdefault((asked, Network(*row[12:])), []).append(unspent)
        return found


def _pin(row: Row) -> Pin:
    """A pin of its row."""
    number, chain, height, block_hash, time, is_open, gaps = row
    return Pin(number, chain, Block(height, block_hash, time), bool(is_open), forms.gaps_of(gaps))


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _date(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)

"""Reading the store on disk: `Facts` over the sources that a case names now."""

import sqlite3
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial

from chaintrace.model.chain import Account, Asset, OutPoint
from chaintrace.model.provenance import Source
from chaintrace.model.transaction import Movement, Transaction
from chaintrace.store.answers import Heard
from chaintrace.store.interface import Locate
from chaintrace.store.merging import Disputes, transaction_order
from chaintrace.store.scales import Scales
from chaintrace.store.sqlite_cells import key, short, text_of
from chaintrace.store.sqlite_history import BLOCK, NUMBER, SOURCE, TOUCHING, WHOLE, Movements, in_order, movement
from chaintrace.store.sqlite_network import Tellers
from chaintrace.store.sqlite_tellings import Row, Tellings

_MOST_KEPT = 200_000


class SqliteFacts:
    """`Facts` over numbered sources, in the order in which the case names them."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        files: Mapping[int, Source],
        locate: Locate,
        spoken: Callable[[], AbstractContextManager[None]],
        *,
        tellers: Tellers,
        heard: Heard,
    ) -> None:
        self._connection = connection
        self._sources = {**tellers.sources, **files}
        self._order = {number: place for place, number in enumerate({**files, **tellers.sources})}
        self._fresh = tellers.fresh | files.keys()
        over_network = {source for number, source in tellers.sources.items() if number not in files}
        self._disputes = Disputes(locate, over_network)
        self._spoken = spoken
        scales = Scales(heard.scales)
        self._assets = self._united_assets(scales, files)
        self._asset_ids = {(asset.chain, asset.contract): number for number, asset in self._assets.items()}
        self._tellings = Tellings(self._rows, self._sources, self._assets, self._order, self._fresh)
        self._names: dict[int, tuple[str, str]] = {}
        self._kept: dict[tuple[str, str], Transaction] = {}
        self._settled: dict[tuple[str, str], Transaction] = {}
        self._doubted: frozenset[int] = frozenset()
        self._check()
        self._heard = heard.with_gaps(self._disputes.gaps, scales.gaps())

    @property
    def heard(self) -> Heard:
        """What the networks say besides transactions."""
        return self._heard

    def transaction(self, chain: str, txid: str) -> Transaction | None:
        """The transaction with that txid, None when no source tells of it."""
        if (chain, txid) not in self._kept:
            sql = (
                "SELECT t.id FROM names n CROSS JOIN transfers t ON t.id = n.transfer_id "
                "JOIN assets a ON a.id = t.asset_id JOIN chains c ON c.id = a.chain_id "
                "WHERE n.short = ? AND t.txid = ? AND c.name = ?"
            )
            name = key(txid)
            self._load(self._numbers(sql, short(name), name, chain))
        return self._kept.get((chain, txid))

    def transactions(self, chain: str) -> Iterator[Transaction]:
        """Every transaction of a chain, in chain order."""
        sql = (
            "SELECT t.id FROM transfers t JOIN assets a ON a.id = t.asset_id JOIN chains c ON c.id = a.chain_id "
            "WHERE t.lead_id IS NULL AND c.name = ?"
        )
        return iter(sorted(self._load(self._numbers(sql, chain)), key=transaction_order))

    def movements(self, account: Account) -> Sequence[Movement]:
        """The transfers that touch an account, in chain order, a self-transfer once."""
        asset_id = self._asset_ids.get((account.chain, account.asset.contract))
        if asset_id is None:
            return ()
        items: list[Movement | Row] = []
        wholes: dict[int, None] = {}
        for row in self._rows(TOUCHING, account.address, asset_id):
            if row[WHOLE] is not None or row[NUMBER] in self._doubted:
                wholes[row[NUMBER] if row[WHOLE] is None else row[WHOLE]] = None
            elif row[SOURCE] in self._order and (row[BLOCK] is not None or row[SOURCE] in self._fresh):
                items.append(row)
        if wholes:
            items.extend(_touching(account, self._load(list(wholes))))
        if not items:
            return ()
        held = Account(account.address, self._assets[asset_id])
        return Movements(in_order(items), partial(self._made, held))

    def _made(self, account: Account, row: Row) -> Movement:
        """The movement of a row that is a whole transaction."""
        with self._undamaged():
            return movement(row, account, self._sources[row[SOURCE]])

    def spender(self, outpoint: OutPoint) -> Transaction | None:
        """The transaction that spends an output: the confirmed one, else the first that is pending; or None."""
        found: Transaction | None = None
        sql = (
            "SELECT DISTINCT COALESCE(f.lead_id, f.id) FROM touches x CROSS JOIN transfers f ON f.id = x.transfer_id "
            "WHERE x.holding_id = (SELECT id FROM holdings WHERE name = ? AND vout = ? AND asset_id = ?)"
        )
        asset_id = self._asset_ids.get((outpoint.chain, ""))
        numbers = self._numbers(sql, key(outpoint.txid), outpoint.vout, asset_id)
        for transaction in sorted(self._load(numbers), key=transaction_order):
            spent = transaction.utxo.inputs if transaction.utxo else ()
            if any(leg.holding == outpoint for leg in spent):
                told = str(outpoint)
                found = transaction if found is None else self._disputes.spender(told, found, transaction)
        return found

    def assets(self, chain: str) -> Sequence[Asset]:
        """The assets that occur on a chain, by contract."""
        return tuple(sorted((asset for asset in self._assets.values() if asset.chain == chain), key=_contract))

    def _rows(self, sql: str, *given: object) -> list[Row]:
        """The rows of a query."""
        try:
            return self._connection.execute(sql, given).fetchall()
        except sqlite3.Error:
            with self._spoken():
                raise

    def _numbers(self, sql: str, *given: object) -> list[int]:
        """The first column of a query."""
        return [row[0] for row in self._rows(sql, *given)]

    def _united_assets(self, scales: Scales, files: Container[int]) -> dict[int, Asset]:
        """Numbered assets in the words of the first source that knows them. Raises InputError when two files differ."""
        sql = (
            "SELECT w.asset_id, w.source_id, c.name, a.contract, w.name, w.decimals FROM asset_words w "
            "JOIN assets a ON a.id = w.asset_id JOIN chains c ON c.id = a.chain_id"
        )
        told = [row for row in self._rows(sql) if row[1] in self._order]
        numbers: dict[tuple[str, str], int] = {}
        for number, source_id, *words in sorted(told, key=lambda row: self._order[row[1]]):
            asset = Asset(*words)
            numbers[asset.chain, asset.contract] = number
            scales.say(asset, by_network=source_id not in files)
        return {numbers[key]: asset for key, asset in scales.assets().items()}

    def _check(self) -> None:
        """Look at what is told in two ways or spent twice. Raises InputError when the chosen sources contradict."""
        doubted = self._numbers("SELECT * FROM variants")
        self._settled = {(tx.chain, tx.txid): tx for tx in self._load(doubted)}
        self._doubted = frozenset(doubted)
        sql = (
            "SELECT c.name, h.name, h.vout FROM respent r JOIN holdings h ON h.id = r.holding_id "
            "JOIN assets a ON a.id = h.asset_id JOIN chains c ON c.id = a.chain_id"
        )
        for chain, name, vout in self._rows(sql):
            self.spender(OutPoint(chain, text_of(name), vout))

    def _load(self, numbers: Sequence[int]) -> list[Transaction]:
        """The transactions with these numbers as the chosen sources tell them, each once.

        What is told in more than one way was put together when the view was opened, and stays.
        """
        if len(self._kept) > _MOST_KEPT:
            self._kept = dict(self._settled)
            self._names.clear()
        unread = [number for number in numbers if number not in self._names]
        if unread:
            self._read(unread)
        names = dict.fromkeys(self._names[number] for number in numbers if number in self._names)
        return [self._kept[name] for name in names]

    def _read(self, numbers: Sequence[int]) -> None:
        """Put together what each source tells of these transactions, and keep it."""
        with self._undamaged():
            for number, transaction in self._tellings.told(numbers):
                name = self._names[number] = (transaction.chain, transaction.txid)
                if name not in self._settled:
                    known = self._kept.setdefault(name, transaction)
                    if known is not transaction:
                        self._kept[name] = self._disputes.merged(known, transaction)

    @contextmanager
    def _undamaged(self) -> Iterator[None]:
        """Rows that do not fit together are a damaged file."""
        try:
            yield
        except (LookupError, TypeError, ValueError) as error:
            damage = sqlite3.DatabaseError("rows that do not fit together")
            damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
            with self._spoken():
                raise damage from error


def _touching(account: Account, transactions: Iterable[Transaction]) -> Iterator[Movement]:
    """The movements of transactions that touch an account."""
    for transaction in transactions:
        for transfer in transaction.transfers:
            touched = any(leg.address == account.address for leg in transfer.inputs + transfer.outputs)
            if touched and transfer.asset == account.asset:
                yield Movement(transfer.order, transaction, transfer)


def _contract(asset: Asset) -> str:
    """What assets of one chain are sorted by."""
    return asset.contract

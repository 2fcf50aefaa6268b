"""Requests made by hand: one to an exchange with two rows, one to an issuer about value that rests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from chaintrace.freeze.authority import FIELDS, FILES, Asker, Authority, Clock, Enclosure
from chaintrace.freeze.given import needed, needed_date
from chaintrace.freeze.recipients import recipients
from chaintrace.freeze.request import Credit, Evidence, Place, Request
from chaintrace.model.chain import Asset

USDT = Asset("tron", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "USDT", 6)
WALLET = "TNaRAoLUyYEV2uF7GUrzSjRQTU8v5ZJ5VR"
DEPOSIT = "TGfH7imvH9h6yxusNNPkkwrDzKCg7kFDTf"
PRIVATE = "TXdNFmv2wngkc9WT4sT9HdFgVWbYyfX21L"
TXID = "81530f12da3e91f78a5d6f7a9455c31805d0d2c6b186835832681a2bf2779d4d"
AT = datetime(2021, 8, 5, 10, 35, 36, tzinfo=UTC)

PLACE = Place(
    number=1,
    origin="payment A",
    chain="tron",
    address=WALLET,
    memo="",
    service_address="",
    entity="huobi",
    called="Huobi",
    category="exchange",
    confidence=70,
    label_source="an explorer",
    asset=USDT,
    traced=60_000_000,
    low=50_000_000,
    high=60_000_000,
    asked=50_000_000,
    shape="service wallet",
    credits=(Credit("payment A", TXID, "0", AT, 80_000_000, 60_000_000),),
)
RESTING = replace(
    PLACE,
    number=2,
    address=PRIVATE,
    entity="",
    called="",
    category="",
    confidence=0,
    label_source="",
    traced=40_000_000,
    low=30_000_000,
    high=40_000_000,
    asked=30_000_000,
    shape="private",
    credits=(),
    rests=True,
    balance=45_000_000,
    state_height=900,
    as_of=AT,
    height=1_000,
)
EVIDENCE = Evidence(
    case="A case",
    sha256="a" * 64,
    standing="a" * 64,
    method="fifo",
    methods=("fifo", "lifo"),
    version="0.1.0",
    complete=True,
    sources=(("transfers.csv", "b" * 64),),
    paid=(("payment A", "100 USDT", TXID),),
)


def request(**changes) -> Request:
    """A freeze request to HTX about one wallet, with nothing said by the authority."""
    asked = Request(recipients()["htx"], "Huobi", "htx", "freeze", "en", Asker(), EVIDENCE, (PLACE,))
    return replace(asked, **changes)


def to_issuer(**changes) -> Request:
    """A freeze request to Tether about value that rests at a private wallet."""
    return request(**{"recipient": recipients()["tether"], "folder": "tether", "places": (RESTING,), **changes})


def filled(asked: Request, folder: Path, **texts: str) -> Request:
    """The same request with everything that it needs given by its authority; its enclosures lie in `folder`."""
    files = {}
    for key in FILES:
        path = folder / f"{key}.pdf"
        path.write_bytes(key.encode())
        files[key] = Enclosure(path.name, path, "c" * 64)
    given = {key: f"the {key}" for key in needed(asked) if key in FIELDS} | texts
    dates = {needed_date(asked): datetime(2026, 7, 5, tzinfo=UTC)} if needed_date(asked) else {}
    return replace(asked, asker=Asker(Authority(given, files), Clock(dates, "Asia/Shanghai")))

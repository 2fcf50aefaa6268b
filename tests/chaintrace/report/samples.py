"""Small traces made by hand: one on accounts with every outcome, one on outputs with a joining transaction."""

from __future__ import annotations

from decimal import Decimal
from types import MappingProxyType

from chaintrace.model.attribution import Tag
from chaintrace.model.chain import Account, Asset, Block, OutPoint
from chaintrace.model.conversion import Conversion
from chaintrace.model.finding import Continues, Moved, Service
from chaintrace.model.prices import Price, PriceSeries
from chaintrace.model.provenance import Gap
from chaintrace.model.sensitivity import Sensitivity, SourceShare
from chaintrace.model.trace import (
    Burned,
    Claim,
    Endpoint,
    FeePaid,
    Hop,
    Lot,
    NotFollowed,
    Resting,
    Returned,
    Screen,
    Step,
    Trace,
)
from chaintrace.model.transaction import Leg, Transaction, Transfer
from chaintrace.report.interface import AsOf, Inputs, RuleLine, SourceLine
from chaintrace.valuation import Valuation

DAY = 86_400
USD = Asset("ledger", "TOKEN", "USD", 2)
BTC = Asset("bitcoin", "", "BTC", 8)
T0 = 1_600_000_000
METHODS = ("fifo", "lifo", "libr", "haircut")


def transfer(number: int, sender: str, receiver: str, value: int, asset: Asset = USD) -> Transaction:
    """One transfer between accounts, `number` minutes after T0."""
    order = (T0 + 60 * number, number, 0)
    legs = [(Leg(value, Account(address, asset), address),) for address in (sender, receiver)]
    moved = Transfer("0", "token", asset, legs[0], legs[1], order)
    return Transaction(asset.chain, f"tx{number}", Block(None, "", order[0]), number, (moved,))


def bank(label: str = "Bank", confidence: int = 70, actor: str = "", address: str = "SBANK") -> Tag:
    """A tag that stops."""
    return Tag("ledger", address, label, actor, "exchange", confidence, "a list", "2024-01-01", stops=True)


def account_trace(method: str, to_bank: int, *, kept: int = 0) -> Trace:
    """Payment A of 100.00 to W: `to_bank` to the bank, `kept` at W, the rest to where no source looks, a fee of 1."""
    seed, first, second = transfer(1, "V", "W", 10_000), transfer(2, "W", "SBANK", 9_000), transfer(3, "W", "X", 2_000)
    lost = 10_000 - to_bank - kept - 300
    before = (Lot(500, None, 0), Lot(10_000, "A", 0), Lot(500, None, 0))
    taken, left = (
        (Lot(9_000 - to_bank, None, 0), Lot(to_bank, "A", 0)),
        (Lot(10_000 - to_bank, "A", 0), Lot(1_000 - 9_000 + to_bank, None, 0)),
    )
    outcomes = [
        Endpoint("A", USD, to_bank, "SBANK", "tx2", "0", T0 + 120, None, None, 9_000, 1, 2, (bank(),)),
        Returned("A", USD, 100, "V", "tx2", "1", T0 + 120, None, None, 100, 1, 2),
        Burned("A", USD, 100, "", "tx2", "2", T0 + 120, None, None, 100, 1, 2),
        FeePaid("A", USD, 100, "W", "tx2", "fee", T0 + 120, None, None, 100, 0, 2),
        NotFollowed("A", USD, lost, "X", "tx3", "0", T0 + 180, None, None, 2_000, 1, 3),
    ]
    if kept:
        outcomes.append(Resting("A", USD, kept, "W", "", "", T0 + 600, None, since=T0 + 60))
    hops = (
        Hop(1, seed, "tx1", "0", "V", "W", USD, 10_000, 10_000, "A", 0, "seed"),
        *((Hop(2, first, "tx2", "0", "W", "SBANK", USD, 9_000, to_bank, "A", 1, method),) if to_bank else ()),
        Hop(3, second, "tx3", "0", "W", "X", USD, 2_000, lost, "A", 1, method),
    )
    return Trace(
        method,
        (Claim("A", seed, "ledger", "tx1", "0", USD, "W", 10_000, 10_000),),
        hops,
        tuple(out for out in outcomes if out.value),
        (Gap("opening", "ledger", "W", 500, "W is taken to have held 500 base units before.", "TOKEN"),),
        (),
        (Step(2, first, "0", "W", "SBANK", USD, before, taken, left),),
    )


def accounts(**changes: object) -> Inputs:
    """The inputs of a report over four methods on accounts; `changes` replace fields."""
    traces = {
        "fifo": account_trace("fifo", 8_500),
        "lifo": account_trace("lifo", 8_000, kept=100),
        "libr": account_trace("libr", 8_000),
        "haircut": account_trace("haircut", 8_182),
    }
    fields: dict[str, object] = {
        "case": "A case",
        "methods": METHODS,
        "traces": MappingProxyType(traces),
        "screen": Screen(
            frozenset({("A", "ledger", "SBANK", "TOKEN"), ("A", "ledger", "SPOISON", "TOKEN")}), frozenset()
        ),
        "tags": {("ledger", "SBANK"): (bank(), bank("Another", 20))},
        "findings": (Service("ledger", "SPOISON", "", ("tx2", "tx3"), "busy", 1, 40),),
        "sources": (SourceLine("transfers-csv", "transfers.csv", "0" * 64, "ledger", "W (declared)"),),
        "as_of": {"ledger": AsOf(T0 + 600, None)},
        "sensitivities": (
            Sensitivity(
                "opening", "fifo", "ledger", "W", "A", "SBANK", USD, 8_500, 8_000, 8_500, "A larger opening lowers it."
            ),
        ),
        "rules": (RuleLine("busy", 1, 40, "An address with many counterparties."),),
        "versions": {"chaintrace": "0.1.0"},
        "caip2": {"bitcoin": "bip122:000000000019d6689c085ae165831e93"},
    }
    return Inputs(**{**fields, **changes})  # type: ignore[arg-type]  # a test says what it changes


def outputs() -> Inputs:
    """A report on outputs: a seed whose transaction is absent, joined with another input, then paid to a stop.

    Its values are asked for in USD: one bitcoin was quoted at 10,000.50 at the midnight before.
    """
    points = [OutPoint("bitcoin", "s0", 0), OutPoint("bitcoin", "s0", 1), OutPoint("bitcoin", "j1", 0)]
    legs = [Leg(600, points[0], "1A"), Leg(400, points[1], "1B", 1)]
    joined = Transaction(
        "bitcoin",
        "j1",
        Block(100, "b", T0),
        1,
        (Transfer("utxo", "utxo", BTC, tuple(legs), (Leg(990, points[2], "1C"),), (100, 1, 0)),),
    )
    tag = Tag("bitcoin", "1C", "Office", "", "law_enforcement", 60, "an affidavit", stops=True)
    claims = tuple(
        Claim(name, None, "bitcoin", "s0", str(n), BTC, leg.address, leg.value or 0, leg.value or 0)
        for n, (name, leg) in enumerate(zip(("P", "Q"), legs, strict=True))
    )
    hops = (
        Hop(1, None, "s0", "0", "", "1A", BTC, 600, 600, "P", 0, "seed"),
        Hop(1, None, "s0", "1", "", "1B", BTC, 400, 400, "Q", 0, "seed"),
        Hop(2, joined, "j1", "0", "1A;1B", "1C", BTC, 990, 600, "P", 1, "fifo"),
        Hop(2, joined, "j1", "0", "1A;1B", "1C", BTC, 990, 390, "Q", 1, "fifo"),
    )
    outcomes = (
        Endpoint("P", BTC, 600, "1C", "j1", "0", T0, 100, points[2], 990, 1, 2, (tag,)),
        Endpoint("Q", BTC, 390, "1C", "j1", "0", T0, 100, points[2], 990, 1, 2, (tag,)),
        FeePaid("Q", BTC, 10, "", "j1", "fee", T0, 100, None, 10, 0, 2),
    )
    before = (Lot(600, "P", 0), Lot(400, "Q", 0))
    step = Step(2, joined, "0", "j1", "1C", BTC, before, (Lot(600, "P", 0), Lot(390, "Q", 0)), (Lot(10, "Q", 0),))
    said = Continues(
        *("bitcoin", "j1", "k1", ("j1", "k1"), "bridge", 1, 90),
        outgoing=(Moved("bitcoin", "j1", "0"),),
        incoming=(Moved("bitcoin", "k1", "0"),),
    )
    swept = Conversion(said, BTC, BTC, 5, 4, "1C", "1D", (("P", 0, 0),), 2, (), T0, T0 + 60)
    trace = Trace("fifo", claims, hops, outcomes, (), (), (step,), conversions=(swept,))
    share = SourceShare("P", "opening", BTC, "1A", "", "", None, None, 600, 1_000, 1)
    price = Price(T0 // DAY * DAY, Decimal("10000.50"))
    quoted = PriceSeries("bitcoin", "", "USD", "day", "a list of closes", (price,))
    reached = frozenset({("P", "bitcoin", "1C", ""), ("Q", "bitcoin", "1C", "")})
    return Inputs(
        case="Outputs",
        methods=("fifo",),
        traces={"fifo": trace},
        screen=Screen(reached, reached),
        tags={("bitcoin", "1C"): (tag,)},
        as_of={"bitcoin": AsOf(T0, 100)},
        shares=(share,),
        valuation=Valuation("USD", series={("bitcoin", ""): quoted}),
    )

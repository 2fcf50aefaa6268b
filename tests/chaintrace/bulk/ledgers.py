"""Random ledgers for the compiled kernels, each told twice: as a Parquet of transfers and as a view in memory."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

from chaintrace.bulk.trace_outcomes import COLUMNS
from chaintrace.bulk.trace_question import Question
from chaintrace.bulk.trace_table import About, TransferRow, TransferTable, write
from chaintrace.model.trace import OUTCOME_NAMES, Limits, NotFollowed, Resting, Trace
from chaintrace.tracing import trace as by_engine
from tests.chaintrace.tracing.ledger import LEDGER, START, Ledger, payments

NAMES = ("ann", "bob", "carl", "dora", "emil", "fay")
ASSETS = ("X", "Y")
MANY = 10**9
SMALL = st.one_of(st.integers(0, 12), st.integers(0, 10**6))


@st.composite
def asked(draw, values=SMALL, most: int = 40):
    """(rows, question without starts, seeds): rows are lists of (from, to, value, asset), one list a transaction."""
    names = st.sampled_from(NAMES)
    away = st.tuples(names, names, values, st.sampled_from(ASSETS))
    mint = st.tuples(st.just(""), names, values, st.sampled_from(ASSETS))
    burn = st.tuples(names, st.just(""), values, st.sampled_from(ASSETS))
    rows = draw(
        st.lists(st.lists(st.one_of(away, away, mint, burn), min_size=1, max_size=3), min_size=1, max_size=most)
    )
    legs = [(tx, leg) for tx, row in enumerate(rows) for leg, one in enumerate(row) if one[0] != one[1]]
    chosen = draw(st.lists(st.sampled_from(legs), min_size=1, max_size=8)) if legs else []
    seeds = [(tx, leg, f"o{draw(st.integers(0, 3))}") for tx, leg in chosen]
    groups = st.frozensets(names, max_size=2)
    limits = {
        "max_hops": draw(st.none() | st.integers(0, 4)),
        "max_transactions": draw(st.none() | st.integers(0, 6)),
        "min_value": draw(st.dictionaries(st.sampled_from(ASSETS), st.integers(0, 20), max_size=2)),
        "until": draw(st.none() | st.integers(len(rows) // 2, len(rows)).map(lambda height: START + 600 * height)),
    }
    if limits["until"] is not None:
        seeds = [seed for seed in seeds if START + 600 * (seed[0] + 1) <= limits["until"]]
    told = {"covered": draw(st.none() | st.frozensets(names, min_size=2)), "stops": draw(groups)}
    returns = draw(st.frozensets(st.tuples(st.sampled_from(["o0", "o1"]), names), max_size=3))
    return rows, seeds, {**limits, **told, "returns": returns}


def parquet(rows, path: Path) -> TransferTable:
    """The ledger as a file."""
    flat = [(tx, leg, *one) for tx, row in enumerate(rows, 1) for leg, one in enumerate(row)]
    numbered = [
        TransferRow(row, f"t{tx}", str(leg), tx, START + 600 * tx, asset, 0, sender, receiver, value)
        for row, (tx, leg, sender, receiver, value, asset) in enumerate(flat)
    ]
    end = len(rows)
    assets = dict.fromkeys((row.asset for row in numbered), 0)
    about = About(LEDGER, len(numbered), 1, end, end, START + 600 * end, assets)
    write(path, numbered, about, wide=any(row.value >= 2**63 for row in numbered))
    return TransferTable(path)


def question(rows, seeds, told, method: str) -> Question:
    """The question to the kernels. The starts stand in chain order."""
    first = [sum(map(len, rows[:tx])) for tx in range(len(rows))]
    starts = sorted(((first[tx] + leg, origin) for tx, leg, origin in seeds), key=lambda start: start[0])
    assets = tuple(dict.fromkeys(rows[tx][leg][3] for tx, leg, _ in seeds))
    return Question(method, starts, assets, **told)


def engine(rows, seeds, told, method: str) -> Trace:
    """The answer of the tracing engine over the same ledger in memory."""
    ledger: Ledger = payments(*rows)
    ledger = ledger if told["covered"] is None else ledger.cover(*told["covered"])
    for stop in sorted(told["stops"]):
        ledger = ledger.tag(stop)
    victims = {origin: [address for one, address in told["returns"] if one == origin] for _, _, origin in seeds}
    named = tuple(ledger.seed(f"t{tx + 1}", str(leg), origin, *victims[origin]) for tx, leg, origin in seeds)
    limits = Limits(
        MANY if told["max_hops"] is None else told["max_hops"],
        MANY if told["max_transactions"] is None else told["max_transactions"],
        {(LEDGER, contract): least for contract, least in told["min_value"].items()},
        until=told["until"],
    )
    return by_engine(ledger, named, method, limits)


def lines(found: Trace) -> list[tuple]:
    """What ended in chain order, then what rests by asset, address and origin: as the table has it."""
    told = [
        (
            one.origin, OUTCOME_NAMES[type(one)], one.reason if isinstance(one, NotFollowed) else "", LEDGER,
            one.asset.contract, one.address, one.txid, one.index, one.height, one.time, str(one.value), one.hop,
        )
        for one in found.outcomes
    ]  # fmt: skip
    count = len(told) - sum(1 for _ in found.of(Resting))
    return told[:count] + sorted(told[count:], key=lambda line: (line[4], line[5], line[0]))


def cells(table) -> list[tuple]:
    """The table of outcomes as lines."""
    return list(zip(*(table.column(name).to_pylist() for name in COLUMNS), strict=True))


def gaps(found: Trace, kind: str) -> list[tuple]:
    """The gaps of one kind, as the kernels tell them."""
    return sorted((gap.contract, gap.subject, gap.effect_value) for gap in found.gaps if gap.kind == kind)


def largest(rows, told, assets) -> int:
    """The most base units that one transfer of these assets moves or one pool ever holds, by plain sums."""
    most = 0
    balances: dict[tuple[str, str], list[int]] = {}
    for tx, row in enumerate(rows, 1):
        if told["until"] is not None and START + 600 * tx > told["until"]:
            continue
        for sender, receiver, value, asset in row:
            if asset not in assets:
                continue
            most = max(most, value)
            for name, change in ((sender, -value), (receiver, value)) if sender != receiver else ((sender, 0),):
                held = balances.setdefault((name, asset), [0, 0, 0])  # now, lowest, highest
                held[1] = min(held[1], held[0] - value) if name == sender else held[1]
                held[0] += change
                held[2] = max(held[2], held[0])
    pools = {
        key: held[2] - held[1]
        for key, held in balances.items()
        if key[0] and key[0] not in told["stops"] and (told["covered"] is None or key[0] in told["covered"])
    }
    return max([most, *pools.values()])

"""Row 5: haircut in integers against a loop with exact fractions, and against our own FIFO, on the same transfers."""

from fractions import Fraction

from benchmarks.ledgers import rows_of, tron
from benchmarks.plain import FractionPool, Question, openings, replay
from benchmarks.timing import Times, megabytes, peak, race, ratio, span
from benchmarks.verdicts import Finding, Measure
from chaintrace.accounting import METHODS

TRANSFERS, ADDRESSES = 4_000, 40
POOLS = {"haircut": METHODS["haircut"], "FIFO": METHODS["fifo"], "haircut, fractions": FractionPool}


def mixing(size: int) -> Question:
    """A random ledger in which everybody pays everybody; a tenth of the mints are one origin's."""
    rows = rows_of(size, ADDRESSES)
    return Question(rows, {row.txid: "origin" for row in rows[: ADDRESSES // 10]})


def measure(*, quick: bool, full: bool) -> Finding:
    """The pools alone, in one and the same loop, over a ledger that mixes and over the shipped one."""
    del full
    question = mixing(TRANSFERS // 4 if quick else TRANSFERS)
    shipped = tron().question
    worst, splits = compare(question)
    compare(shipped)
    ours, fifo, fractions = times = timed(question, 1 if quick else 5)
    on_tron = timed(shipped, 5)
    memory = {name: megabytes(peak(lambda name=name: run(question, name))) for name in list(POOLS)[:2]}
    lines = [
        [name, ledger, span(taken.least), span(taken.middle), span(taken.least / count), held]
        for ledger, count, found, sizes in (
            (f"random, {len(question.rows):,} transfers", len(question.rows), times, memory),
            (f"TRON, {len(shipped.rows):,} transfers", len(shipped.rows), on_tron, {}),
        )
        for name, taken in zip(POOLS, found, strict=True)
        for held in [sizes.get(name, "-")]
    ]
    return Finding(
        5,
        "haircut in integers",
        "what the origins brought to each address, by integers and by fractions: on the random ledger it differs by "
        f"{float(worst):.2g} base units at most after {splits:,} divisions; each rounds by less than one unit.",
        [
            Measure("against the loop with fractions", ratio(fractions, ours), 1000),
            Measure("against our own FIFO", ratio(ours, fifo), 2, sense="at most"),
            Measure("against our own FIFO, TRON", ratio(on_tron[0], on_tron[1]), 2, sense="at most"),
        ],
        ["pools", "ledger", "least", "median", "a transfer", "memory"],
        lines,
        [
            (
                "The fractions are exact, and their digits grow with every transfer that mixes: the quotient is a "
                f"matter of the ledger, and the size of this one was chosen. {ADDRESSES} addresses pay each other and "
                "nothing ever leaves: with 1,000 transfers it was about 60, with 3,000 about 580. On the shipped one "
                f"value soon reaches an exchange, and it is {ratio(on_tron[2], on_tron[0]):.2g}."
            ),
        ],
    )


def run(question: Question, name: str) -> object:
    """The whole ledger with one kind of pool."""
    return replay(question, openings(question), POOLS[name])


def timed(question: Question, repeats: int) -> tuple[Times, Times, Times]:
    """Haircut, FIFO and fractions in turn."""
    opened = openings(question)
    ours, fifo, fractions = race(
        {name: lambda maker=maker: replay(question, opened, maker) for name, maker in POOLS.items()}, repeats
    ).values()
    return ours, fifo, fractions


def compare(question: Question) -> tuple[Fraction, int]:
    """The largest difference of both ways, and how many divisions there were. Raises ValueError when it is more."""
    opened = openings(question)
    ours = replay(question, opened, METHODS["haircut"], rests=True)
    exact = replay(question, opened, FractionPool, rests=True)
    splits = sum(1 for row in question.rows if question.covered(row.sender) and row.value)
    worst = max(abs(exact.get(key, Fraction(0)) - ours.get(key, 0)) for key in exact.keys() | ours.keys())
    if worst > splits or sum(ours.values()) != sum(exact.values()):
        message = f"integers and fractions differ by {worst} base units after {splits} divisions"
        raise ValueError(message)
    return worst, splits

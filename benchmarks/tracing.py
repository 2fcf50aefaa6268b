"""Row 4: `trace()` with FIFO and hops against plain loops over lists of lots, and how its time grows."""

from benchmarks import plain
from benchmarks.ledgers import Case, random_case, tron
from benchmarks.timing import megabytes, peak, race, ratio, span
from benchmarks.verdicts import Finding, Measure
from chaintrace.model.trace import Endpoint, NotFollowed, Outcome, Resting, Trace
from chaintrace.tracing import trace

SIZES = (10_000, 100_000, 1_000_000)


def follow(case: Case) -> Trace:
    """The whole question to chaintrace, under FIFO."""
    return trace(case.view, case.seeds, "fifo", case.limits, case.options)


def sums(found: Trace, kind: type[Outcome]) -> dict[tuple[str, str], int]:
    """Per (origin, address): the value of one kind of outcome, in base units."""
    table: dict[tuple[str, str], int] = {}
    for outcome in found.of(kind):
        key = (outcome.origin, outcome.address)
        table[key] = table.get(key, 0) + outcome.value
    return table


def compare(case: Case) -> Trace:
    """Trace a case both ways. Raises ValueError when any outcome differs by a unit, or a hop is missing."""
    found = follow(case)
    hops = [
        (hop.txid, hop.from_address, hop.to_address, hop.origin, hop.traced) for hop in found.hops if hop.rule == "fifo"
    ]
    for loop in (plain.fifo, plain.fifo_by_copies):
        answer = loop(case.question)
        told = [sums(found, kind) for kind in (Endpoint, NotFollowed, Resting)]
        if told != [answer.ends, answer.left, answer.rests] or sorted(hops) != sorted(answer.hops):
            message = f"trace() and {loop.__name__} differ"
            raise ValueError(message)
    return found


def measure(*, quick: bool, full: bool) -> Finding:
    """The shipped TRON case both ways, then random ledgers of three sizes."""
    del full
    case = tron()
    found = compare(case)
    sides = {
        "trace()": lambda: follow(case),
        "list of lots, changed in place": lambda: plain.fifo(case.question),
        "list of lots, copied at each step": lambda: plain.fifo_by_copies(case.question),
    }
    times = race(sides)
    count = len(case.question.rows)
    lines = [
        [name, span(taken.least), span(taken.middle), span(taken.least / count), megabytes(peak(sides[name]))]
        for name, taken in times.items()
    ]
    ours, in_place, copied = times.values()
    grown, measures, note = growth(SIZES[:2] if quick else SIZES)
    return Finding(
        4,
        f"trace(), FIFO with hops, {count:,} transfers of USDT on TRON",
        f"every endpoint, what was not followed, what rests and all {len(found.hops)} hops, to the unit; on the random "
        "ledgers what rests.",
        [
            Measure("against the loop that copies lists of lots", ratio(copied, ours), 4, 8),
            Measure("against the loop that changes them in place", ratio(in_place, ours), 4, 8),
            *measures,
        ],
        ["on the TRON ledger", "least", "median", "a transfer of the ledger", "memory"],
        lines + grown,
        [
            (
                "The loops see every transfer; `trace()` wakes an account when traced value arrives there and lets it "
                "sleep when none is left. The random ledgers have a tenth as many addresses as transfers, one seed "
                "in a hundred transfers and no limits, and end with nearly three quarters of their addresses awake."
            ),
            note,
        ],
    )


def growth(sizes: tuple[int, ...]) -> tuple[list[list[str]], list[Measure], str]:
    """Both ways at each size, three times, the sizes in turn: lines, the quotient of the largest two, and a note."""
    cases = {size: random_case(size, size // 100) for size in sizes}
    for size, case in cases.items():
        if size <= SIZES[1] and sums(follow(case), Resting) != plain.fifo(case.question).rests:
            message = f"trace() and the plain loop differ on the random ledger of {size}"
            raise ValueError(message)
    ours = race({size: lambda case=case: follow(case) for size, case in cases.items()}, 3)
    loop = race({size: lambda case=case: plain.fifo(case.question) for size, case in cases.items()}, 3)
    lines = [
        [f"random, {size:,}: {name}", span(taken[size].least), span(taken[size].middle), span(each), held]
        for size in sizes
        for name, taken, held in (("trace()", ours, memory(cases[size], size)), ("in place", loop, "-"))
        for each in [taken[size].least / size]
    ]
    small, large = sizes[-2:]
    measure = Measure(f"time({large:,}) / time({small:,})", ratio(ours[large], ours[small]), 12, sense="at most")
    note = (
        f"From {small:,} to {large:,} transfers the plain loop on the same ledgers takes "
        f"{ratio(loop[large], loop[small]):.3g} times as long, too, though both do ten times as much; we believe, and "
        "have not shown, that the rest is memory: the ledger is a thousand bytes a transfer, scattered."
    )
    return lines, [measure], note


def memory(case: Case, size: int) -> str:
    """The most that a trace holds beyond the ledger; looked at for the smaller sizes, for looking slows it greatly."""
    return "-" if size > SIZES[1] else megabytes(peak(lambda: follow(case)))

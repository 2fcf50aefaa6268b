"""The first sentence of every report, and the reasons why a run is not complete (M30)."""

from chaintrace.model.chain import Asset
from chaintrace.model.provenance import Gap
from chaintrace.model.trace import AnyOutcome, Burned, Converted, FeePaid, NotFollowed, Resting, Returned, Trace
from chaintrace.report.amounts import figure, iso, prose, unit
from chaintrace.report.credited import Ranked, sums
from chaintrace.report.interface import Inputs
from chaintrace.report.wording import NO_PERSON, counted, listed, method_name

NAMED_TXIDS = 3
"""More seeds than that are counted, not listed: the section on what was asked lists them all."""

LACK = ("history not in the sources", "input values unknown")
"""The reasons that are lack of history."""

OTHERS: tuple[tuple[type[AnyOutcome], str], ...] = (
    (Returned, "was returned to addresses declared as the victim's"),
    (Burned, "was burned"),
    (FeePaid, "was paid in fees"),
    (Converted, "was converted and traced into a substitute asset"),
)
"""The outcomes that the sentence names only where there are any, with what it says of them."""

UNPROVEN = frozenset({"opening", "history", "inflow", "claimed", "balance"})
"""The gaps that say of an account that its history, or what lay there before, is not known for sure."""

NAMED_ACCOUNTS = 3
"""So many accounts of that kind are named on the first page, the largest first; gaps.csv names all."""

Sums = dict[Asset, int]


def first_sentence(inputs: Inputs, rows: tuple[Ranked, ...]) -> str:
    """What was asked and what came of it, with the range over the methods, in the words of the output contract."""
    trace = inputs.trace
    paid: Sums = {}
    for claim in trace.claims:
        paid[claim.asset] = paid.get(claim.asset, 0) + claim.claimed
    rest = _of(trace, Resting, paid)
    lost, lack = _of(trace, NotFollowed, paid), _of(trace, NotFollowed, paid, LACK)
    return (
        f"Of {_amounts(paid)} paid in {_txids(trace)}, under {method_name(inputs.method, positional=positional(trace))}"
        f" and the stated assumptions {_reached(inputs, paid, rows)};"
        f" {_amounts(rest)} rests unspent {_when(inputs, {**paid, **rest})};"
        f" {_amounts(lost)} was not followed, including {_amounts(lack)} for lack of history{_others(trace, paid)}."
        f" {NO_PERSON}"
    )


def positional(trace: Trace) -> bool:
    """Whether the trace walks outputs, so that FIFO and LIFO follow the order of inputs (M7)."""
    return any(claim.transaction is None or claim.transaction.utxo is not None for claim in trace.claims)


def reasons(inputs: Inputs) -> tuple[str, ...]:
    """Why the run is not complete, one sentence each; empty when it is."""
    left: dict[tuple[str, str, Asset], dict[str, int]] = {}
    for method in inputs.methods:
        for outcome in inputs.traces[method].outcomes:
            if isinstance(outcome, NotFollowed):
                row = left.setdefault((outcome.reason, outcome.origin, outcome.asset), {})
                row[method] = row.get(method, 0) + outcome.value
    lines = (_left_line(key, values) for key, values in left.items())
    return (*lines, *_limit_lines(inputs), *_passed_lines(inputs), *_gap_lines(inputs))


def _left_line(key: tuple[str, str, Asset], values: dict[str, int]) -> str:
    reason, origin, asset = key
    told = listed(f"{prose(value, asset)} under {method_name(method)}" for method, value in values.items())
    return f"Of {origin}, {told} was not followed: {reason}."


def _limit_lines(inputs: Inputs) -> list[str]:
    """What was not followed backward because a limit is met (M25, M28)."""
    left: dict[tuple[str, Asset], int] = {}
    for share in inputs.shares or ():
        if share.kind == "limit":
            left[share.origin, share.asset] = left.get((share.origin, share.asset), 0) + share.value
    return [
        f"Of {origin}, {prose(value, asset)} was not followed backward: limit."
        for (origin, asset), value in left.items()
    ]


def _passed_lines(inputs: Inputs) -> list[str]:
    """How much traced value the main method sees arrive where an account's history is not shown to be complete."""
    gaps = (*inputs.trace.gaps, *inputs.gaps)
    doubted = {(gap.chain, gap.subject) for gap in gaps if gap.kind in UNPROVEN}
    passed: dict[Asset, dict[str, int]] = {}
    for hop in inputs.trace.hops:
        if (hop.asset.chain, hop.to_address) in doubted:
            at = passed.setdefault(hop.asset, {})
            at[hop.to_address] = at.get(hop.to_address, 0) + hop.traced
    lines = []
    for asset, at in passed.items():
        most = sorted(at.items(), key=lambda one: (-one[1], one[0]))
        told = listed(f"{prose(value, asset)} at {address}" for address, value in most[:NAMED_ACCOUNTS])
        more = f" (and {len(most) - NAMED_ACCOUNTS:,} more)" if len(most) > NAMED_ACCOUNTS else ""
        noun = counted(len(most), "account")
        lines.append(f"Traced value passed {noun} of which something is assumed or not known: {told}{more}.")
    return lines


def _gap_lines(inputs: Inputs) -> list[str]:
    """The gaps of every method, by kind; those that only other methods than the main one met say so."""
    met: dict[Gap, list[str]] = {gap: [inputs.method] for gap in inputs.gaps}
    for method in inputs.methods:
        for gap in inputs.traces[method].gaps:
            met.setdefault(gap, []).append(method)
    by_kind: dict[tuple[str, str], list[Gap]] = {}
    for gap, methods in met.items():
        names = listed(method_name(method) for method in methods)
        under = "" if inputs.method in methods else f" under {names}"
        by_kind.setdefault((gap.kind, under), []).append(gap)
    lines = []
    for (kind, under), members in by_kind.items():
        more = f" (and {len(members) - 1:,} more of this kind)" if len(members) > 1 else ""
        lines.append(f"Assumed or not known{under} ({kind}): {members[0].text}{more}")
    return lines


def _others(trace: Trace, paid: Sums) -> str:
    """What was returned, burned and paid in fees, each only where it is not nothing: then the sentence adds up."""
    told = ""
    for kind, words in OTHERS:
        found = _of(trace, kind, paid)
        if any(found.values()):
            told += f"; {_amounts(found)} {words}"
    return told


def _of(trace: Trace, kind: type[AnyOutcome], paid: Sums, only: tuple[str, ...] = ()) -> Sums:
    """Sums of one outcome by asset, with a zero for every asset that was paid."""
    found = dict.fromkeys(paid, 0)
    for outcome in trace.outcomes:
        if type(outcome) is kind and (not only or (isinstance(outcome, NotFollowed) and outcome.reason in only)):
            found[outcome.asset] = found.get(outcome.asset, 0) + outcome.value
    return found


def _amounts(values: Sums) -> str:
    told = [prose(value, asset) for asset, value in values.items() if value]
    return listed(told or [prose(0, asset) for asset in list(values)[:1]])


def _txids(trace: Trace) -> str:
    txids = list(dict.fromkeys(claim.txid for claim in trace.claims))
    if len(txids) <= NAMED_TXIDS:
        return listed(txids)
    return f"{len(txids)} transactions (the first is {txids[0]})"


def _reached(inputs: Inputs, paid: Sums, rows: tuple[Ranked, ...]) -> str:
    """What was credited, and to whom; without an endpoint that there is none, with the range where others find one."""
    per_method = [_totals(inputs.traces[method], paid) for method in inputs.methods]
    shown = [asset for asset in per_method[0] if any(total.get(asset, 0) for total in per_method)]
    over = listed(method_name(method) for method in inputs.methods)
    told = []
    for asset in shown:
        ends = [total.get(asset, 0) for total in per_method]
        main = prose(ends[0], asset) if rows else "nothing"
        told.append(f"{main} (range {figure(min(ends), asset)}–{figure(max(ends), asset)} {unit(asset)} over {over})")
    if rows:
        return f"{listed(told)} was credited to {_services(rows)}"
    return f"{listed(told) or 'nothing'} was credited to an address attributed to a service"


def _totals(trace: Trace, paid: Sums) -> Sums:
    """What a method credits in all, by asset, with a zero for every asset that was paid."""
    total = dict.fromkeys(paid, 0)
    for (_, _, _, asset), value in sums(trace).items():
        total[asset] = total.get(asset, 0) + value
    return total


def _services(rows: tuple[Ranked, ...]) -> str:
    """`4 addresses attributed by S to A, B and C`; several sources are named each with its services.

    Where a rule stopped the trace and nobody says whose address it is, that is said instead.
    """
    said: dict[str, list[str]] = {}
    unnamed: dict[str, set[tuple[str, str]]] = {}
    for row in rows:
        if row.credits[0].rule and not row.label.called:
            unnamed.setdefault(row.label.source, set()).add(row.place[1:3])
        else:
            said.setdefault(row.label.source, []).append(row.label.called or "a service")
    places = {row.place[1:3] for row in rows} - {place for several in unnamed.values() for place in several}
    told = [
        f"{f'by {source} ' if source else ''}to {listed(dict.fromkeys(services))}" for source, services in said.items()
    ]
    named = f"{counted(len(places), 'address', 'addresses')} attributed {listed(told)}" if said else ""
    others = (
        f"{counted(len(several), 'address', 'addresses')} where {source} stops the trace and no label says whose it is"
        for source, several in unnamed.items()
    )
    return listed([*([named] if named else []), *others])


def _when(inputs: Inputs, paid: Sums) -> str:
    """`at height h`, or `as of {time}` where there are no heights; named by chain where there are several."""
    chains = list(dict.fromkeys(asset.chain for asset in paid))
    told = []
    for chain in chains:
        end, on = inputs.as_of.get(chain), f" on {chain}" if len(chains) > 1 else ""
        if end is not None and end.height is not None:
            told.append(f"at height {end.height}{on}")
        elif end is not None and end.time is not None:
            told.append(f"as of {iso(end.time)}{on}")
        else:
            told.append(f"at the end of the sources{on}")
    return listed(told)

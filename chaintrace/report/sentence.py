"""The first sentence of every report, and the reasons why a run is not complete (M30)."""

from chaintrace.i18n import Say, message
from chaintrace.model.chain import Asset
from chaintrace.model.provenance import Gap
from chaintrace.model.trace import AnyOutcome, Burned, Converted, FeePaid, NotFollowed, Resting, Returned, Trace
from chaintrace.report.amounts import figure, iso, prose, unit
from chaintrace.report.credited import Ranked, sums
from chaintrace.report.interface import Inputs
from chaintrace.report.spoken import enumerated, filled, method_called, several, source_called
from chaintrace.report.wording import NO_PERSON

NAMED_TXIDS = 3
"""More seeds than that are counted, not listed: the section on what was asked lists them all."""

LACK = ("history not in the sources", "input values unknown")
"""The reasons that are lack of history."""

OTHERS: tuple[tuple[type[AnyOutcome], str], ...] = (
    (Returned, message("{amount} was returned to addresses declared as the victim's")),
    (Burned, message("{amount} was burned")),
    (FeePaid, message("{amount} was paid in fees")),
    (Converted, message("{amount} was converted and traced into a substitute asset")),
)
"""The outcomes that the sentence names only where there are any, with what it says of them."""

UNPROVEN = frozenset({"opening", "history", "inflow", "claimed", "balance"})
"""The gaps that say of an account that its history, or what lay there before, is not known for sure."""

NAMED_ACCOUNTS = 3
"""So many accounts of that kind are named on the first page, the largest first; gaps.csv names all."""

Sums = dict[Asset, int]


def first_sentence(inputs: Inputs, rows: tuple[Ranked, ...], say: Say = message) -> str:
    """What was asked and what came of it, with the range over several methods, in the words of the output contract."""
    trace = inputs.trace
    paid: Sums = {}
    for claim in trace.claims:
        paid[claim.asset] = paid.get(claim.asset, 0) + claim.claimed
    rest = _of(trace, Resting, paid)
    lost, lack = _of(trace, NotFollowed, paid), _of(trace, NotFollowed, paid, LACK)
    told = say(
        "Of {paid} paid in {txids}, under {method} and the stated assumptions {reached}; {rest} rests unspent {when}; "
        "{lost} was not followed{lack}{others}. {no_person}"
    )
    return told.format(
        paid=_amounts(paid, say),
        txids=_txids(trace, say),
        method=method_called(say, inputs.method, positional=positional(trace)),
        reached=_reached(inputs, paid, rows, say),
        rest=_amounts(rest, say),
        when=_when(inputs, {**paid, **rest}, say),
        lost=_amounts(lost, say),
        lack=_lack(lost, lack, say),
        others=_others(trace, paid, say),
        no_person=say(NO_PERSON),
    )


def positional(trace: Trace) -> bool:
    """Whether the trace walks outputs, so that FIFO and LIFO follow the order of inputs (M7)."""
    return any(claim.transaction is None or claim.transaction.utxo is not None for claim in trace.claims)


def reasons(inputs: Inputs, say: Say = message) -> tuple[str, ...]:
    """Why the run is not complete, one sentence each; empty when it is."""
    left: dict[tuple[str, str, Asset], dict[str, int]] = {}
    for method in inputs.methods:
        for outcome in inputs.traces[method].outcomes:
            if isinstance(outcome, NotFollowed):
                row = left.setdefault((outcome.reason, outcome.origin, outcome.asset), {})
                row[method] = row.get(method, 0) + outcome.value
    lines = (_left_line(key, values, say) for key, values in left.items())
    return (*lines, *_limit_lines(inputs, say), *_passed_lines(inputs, say), *_gap_lines(inputs, say))


def _left_line(key: tuple[str, str, Asset], values: dict[str, int], say: Say) -> str:
    reason, origin, asset = key
    under = say("{amount} under {method}")
    told = (under.format(amount=prose(value, asset), method=method_called(say, name)) for name, value in values.items())
    line = say("Of {origin}, {amounts} was not followed: {reason}.")
    return line.format(origin=origin, amounts=enumerated(say, told), reason=say(reason))


def _limit_lines(inputs: Inputs, say: Say) -> list[str]:
    """What was not followed backward because a limit is met (M25, M28)."""
    left: dict[tuple[str, Asset], int] = {}
    for share in inputs.shares or ():
        if share.kind == "limit":
            left[share.origin, share.asset] = left.get((share.origin, share.asset), 0) + share.value
    line = say("Of {origin}, {amount} was not followed backward: limit.")
    return [line.format(origin=origin, amount=prose(value, asset)) for (origin, asset), value in left.items()]


def _passed_lines(inputs: Inputs, say: Say) -> list[str]:
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
        named, left = most[:NAMED_ACCOUNTS], len(most) - NAMED_ACCOUNTS
        at_place = say("{amount} at {address}")
        told = enumerated(say, (at_place.format(amount=prose(value, asset), address=where) for where, value in named))
        line = several(
            say,
            len(most),
            "Traced value passed {number} account of which something is assumed or not known: {places}{more}.",
            "Traced value passed {number} accounts of which something is assumed or not known: {places}{more}.",
        )
        more = say(" (and {number} more)").format(number=f"{left:,}") if left > 0 else ""
        lines.append(line.format(places=told, more=more))
    return lines


def _gap_lines(inputs: Inputs, say: Say) -> list[str]:
    """The gaps of every method, by kind; those that only other methods than the main one met say so."""
    met: dict[Gap, list[str]] = {gap: [inputs.method] for gap in inputs.gaps}
    for method in inputs.methods:
        for gap in inputs.traces[method].gaps:
            met.setdefault(gap, []).append(method)
    by_kind: dict[tuple[str, str], list[Gap]] = {}
    for gap, methods in met.items():
        names = enumerated(say, (method_called(say, method) for method in methods))
        under = "" if inputs.method in methods else say(" under {methods}").format(methods=names)
        by_kind.setdefault((gap.kind, under), []).append(gap)
    lines = []
    for (kind, under), members in by_kind.items():
        rest = say(" (and {number} more of this kind)").format(number=f"{len(members) - 1:,}")
        line = say("Assumed or not known{under} ({kind}): {text}{more}")
        more = rest if len(members) > 1 else ""
        lines.append(line.format(under=under, kind=say(kind), text=members[0].text, more=more))
    return lines


def _lack(lost: Sums, lack: Sums, say: Say) -> str:
    """How much of what was not followed is lack of history: nothing where none is, and where all is, that it is all."""
    if not any(lack.values()):
        return ""
    if lack == lost:
        return say(", all for lack of history")
    return say(", including {lack} for lack of history").format(lack=_amounts(lack, say))


def _others(trace: Trace, paid: Sums, say: Say) -> str:
    """What was returned, burned and paid in fees, each only where it is not nothing: then the sentence adds up."""
    told = ""
    for kind, words in OTHERS:
        found = _of(trace, kind, paid)
        if any(found.values()):
            told += say("; {clause}").format(clause=say(words).format(amount=_amounts(found, say)))
    return told


def _of(trace: Trace, kind: type[AnyOutcome], paid: Sums, only: tuple[str, ...] = ()) -> Sums:
    """Sums of one outcome by asset, with a zero for every asset that was paid."""
    found = dict.fromkeys(paid, 0)
    for outcome in trace.outcomes:
        if type(outcome) is kind and (not only or (isinstance(outcome, NotFollowed) and outcome.reason in only)):
            found[outcome.asset] = found.get(outcome.asset, 0) + outcome.value
    return found


def _amounts(values: Sums, say: Say) -> str:
    told = [prose(value, asset) for asset, value in values.items() if value]
    return enumerated(say, told or [prose(0, asset) for asset in list(values)[:1]])


def _txids(trace: Trace, say: Say) -> str:
    txids = list(dict.fromkeys(claim.txid for claim in trace.claims))
    if len(txids) <= NAMED_TXIDS:
        return enumerated(say, txids)
    return say("{number} transactions (the first is {txid})").format(number=len(txids), txid=txids[0])


def _reached(inputs: Inputs, paid: Sums, rows: tuple[Ranked, ...], say: Say) -> str:
    """What was credited, and to whom; without an endpoint that there is none, with the range where others find one."""
    per_method = [_totals(inputs.traces[method], paid) for method in inputs.methods]
    shown = [asset for asset in per_method[0] if any(total.get(asset, 0) for total in per_method)]
    over = enumerated(say, (method_called(say, method) for method in inputs.methods))
    ranged = say("{amount} (range {low}–{high} {unit} over {methods})")
    within = ranged if len(per_method) > 1 else "{amount}"
    told = []
    for asset in shown:
        ends = [total.get(asset, 0) for total in per_method]
        main = prose(ends[0], asset) if rows else say("nothing")
        low, high = figure(min(ends), asset), figure(max(ends), asset)
        told.append(within.format(amount=main, low=low, high=high, unit=unit(asset), methods=over))
    if rows:
        line = say("{amounts} was credited to {places}")
        return filled(line, amounts=enumerated(say, told), places=_services(rows, say))
    line = say("{amounts} was credited to an address attributed to a service")
    return line.format(amounts=enumerated(say, told) or say("nothing"))


def _totals(trace: Trace, paid: Sums) -> Sums:
    """What a method credits in all, by asset, with a zero for every asset that was paid."""
    total = dict.fromkeys(paid, 0)
    for (_, _, _, asset), value in sums(trace).items():
        total[asset] = total.get(asset, 0) + value
    return total


def _services(rows: tuple[Ranked, ...], say: Say) -> str:
    """`4 addresses attributed by S to A, B and C`; several sources are named each with its services.

    Where a rule stopped the trace and nobody says whose address it is, that is said instead.
    """
    said: dict[str, list[str]] = {}
    unnamed: dict[str, set[tuple[str, str]]] = {}
    for row in rows:
        if row.credits[0].rule and not row.label.called:
            unnamed.setdefault(row.label.source, set()).add(row.place[1:3])
        else:
            said.setdefault(row.label.source, []).append(row.label.called or say("a service"))
    places = {row.place[1:3] for row in rows} - {place for several in unnamed.values() for place in several}
    by, to = say("by {source} to {services}"), say("to {services}")
    told = [
        filled(
            by if source else to,
            source=source_called(say, source),
            services=enumerated(say, dict.fromkeys(services)),
        )
        for source, services in said.items()
    ]
    attributed = several(
        say, len(places), "{number} address attributed {claims}", "{number} addresses attributed {claims}"
    )
    named = [attributed.format(claims=enumerated(say, told))] if said else []
    others = (
        several(
            say,
            len(where),
            "{number} address where {source} stops the trace and no label says whose it is",
            "{number} addresses where {source} stops the trace and no label says whose it is",
        ).format(source=source_called(say, source))
        for source, where in unnamed.items()
    )
    return enumerated(say, [*named, *others])


def _when(inputs: Inputs, paid: Sums, say: Say) -> str:
    """`at height h`, or `as of {time}` where there are no heights; named by chain where there are several."""
    chains = list(dict.fromkeys(asset.chain for asset in paid))
    told = []
    for chain in chains:
        end = inputs.as_of.get(chain)
        if end is not None and end.height is not None:
            place = say("at height {height}").format(height=end.height)
        elif end is not None and end.time is not None:
            place = say("as of {time}").format(time=iso(end.time))
        else:
            place = say("at the end of the sources")
        told.append(say("{place} on {chain}").format(place=place, chain=chain) if len(chains) > 1 else place)
    return enumerated(say, told)

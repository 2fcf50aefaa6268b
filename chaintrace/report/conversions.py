"""What went on as another asset or on another chain (M23): a row a continuation and payment, and which step says so."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from chaintrace.model.amounts import unit
from chaintrace.model.chain import Asset, OutPoint
from chaintrace.model.conversion import Conversion
from chaintrace.model.finding import Continues
from chaintrace.model.trace import Hop, Trace
from chaintrace.report.amounts import amount, figure, iso
from chaintrace.report.columns import COLUMNS
from chaintrace.report.interface import Cell, Inputs, Table


def conversions(inputs: Inputs) -> Table:
    """conversions.csv: what of each payment went out and what came in, in the order in which it went out."""
    rows: list[tuple[Cell, ...]] = []
    for number, made in enumerate(inputs.trace.conversions, 1):
        said, out, into = made.continues, made.asset_out, made.asset_in
        for origin, went, came in made.traced:
            rows.append(
                (
                    *(number, made.steps[0] if made.steps else made.step, origin, said.rule, said.confidence),
                    *(said.protocol, said.key, out.chain, made.from_address, _txids(said, incoming=False)),
                    *(out.name, out.contract, out.decimals, went, amount(went, out.decimals)),
                    *(made.gross_out, amount(made.gross_out, out.decimals), iso(made.out_time)),
                    *(into.chain, made.to_address, _txids(said, incoming=True)),
                    *(into.name, into.contract, into.decimals, came, amount(came, into.decimals)),
                    *(made.gross_in, amount(made.gross_in, into.decimals), iso(made.in_time)),
                    *(price(made), difference(made), delay(made), said.text, said.accepted),
                )
            )
    return Table("conversions", COLUMNS["conversions"], tuple(rows))


def _txids(said: Continues, *, incoming: bool) -> str:
    """The txids of one side, joined by `;`."""
    return ";".join(dict.fromkeys(leg.txid for leg in (said.incoming if incoming else said.outgoing)))


def price(made: Conversion) -> str:
    """The implied price as an exact fraction: what came in for one of what went out; in base units without decimals."""
    out, into = made.asset_out, made.asset_in
    if not made.gross_out:
        return ""
    known = out.decimals is not None and into.decimals is not None
    ratio = Fraction(made.gross_in, made.gross_out)
    if out.decimals is not None and into.decimals is not None:
        ratio *= Fraction(10**out.decimals, 10**into.decimals)
    units = f"{unit(into)} for 1 {unit(out)}" if known else "base units for 1 base unit"
    return f"{ratio.numerator}/{ratio.denominator} {units}" if ratio.denominator > 1 else f"{ratio} {units}"


def difference(made: Conversion) -> str:
    """What came in less than went out, where both are called the same and their decimals are known: a fee, mostly."""
    out, into = made.asset_out, made.asset_in
    if out.name != into.name or not out.name or out.decimals is None or into.decimals is None:
        return ""
    digits = max(out.decimals, into.decimals)
    less = made.gross_out * 10 ** (digits - out.decimals) - made.gross_in * 10 ** (digits - into.decimals)
    one = Asset(out.chain, out.contract, out.name, digits)
    return f"{'' if less >= 0 else '-'}{figure(abs(less), one)} {unit(out)}"


def delay(made: Conversion) -> int | None:
    """Seconds from what went out to what came in, by the times of their blocks; None where one is not known."""
    return None if made.out_time is None or made.in_time is None else made.in_time - made.out_time


def behind(said: Continues) -> str:
    """What is known of the other side that nobody holds, of a bridge above all: a next step for whoever reads it."""
    kind = "bridge to" if is_bridge(said) else "swap on" if said.protocol else "continued on"
    parts = ((kind, said.to_chain or said.chain), ("recipient", said.recipient), ("key", said.key))
    return ", ".join(f"{name} {value}" for name, value in parts if value)


def is_bridge(said: Continues) -> bool:
    """Whether a continuation goes to another chain."""
    return bool(said.to_chain) and said.to_chain != said.chain


# --- the step of the conversion -----------------------------------------------------------------------------------


def conversion_steps(trace: Trace) -> Sequence[int | None]:
    """For each hop of a trace: the step of the last conversion through which its value came, None where through none.

    Where value of one payment lies together that came in several ways, it is the last one of them: no method says which
    part is which.
    """
    if not trace.conversions:
        return [None] * len(trace.hops)
    by_step = {step: made for made in trace.conversions for step in made.steps}
    held: dict[tuple[str, str, str], list[int]] = {}
    found: list[int | None] = []
    for hop in trace.hops:
        made = by_step.get(hop.step)
        if made is not None and made.continues.rule == hop.rule:
            through: int | None = hop.step
        else:
            through = None if hop.rule == "seed" else _taken(held, hop)
        found.append(through)
        for place in _arrived(hop):
            lies = held.setdefault((hop.origin, hop.asset.contract, place), [0, 0])
            lies[0] += hop.traced
            lies[1] = max(lies[1], through or 0)
    return found


def _taken(held: dict[tuple[str, str, str], list[int]], hop: Hop) -> int | None:
    """The last conversion of what lay where a hop comes from; of what is drained nothing is remembered."""
    through = 0
    for place in _left(hop):
        lies = held.get((hop.origin, hop.asset.contract, place))
        if lies is not None:
            through = max(through, lies[1])
            if hop.transaction is None or hop.transaction.utxo is None:
                lies[0] -= hop.traced
                if lies[0] <= 0:
                    del held[hop.origin, hop.asset.contract, place]
    return through or None


def _left(hop: Hop) -> Iterator[str]:
    """The holdings out of which a hop's value comes."""
    chain, transaction = hop.asset.chain, hop.transaction
    if transaction is not None and transaction.utxo is not None:
        points = (leg.holding for leg in transaction.utxo.inputs)
        yield from (f"{chain} {point}" for point in points if isinstance(point, OutPoint))
    else:
        yield f"{chain} {hop.from_address}"


def _arrived(hop: Hop) -> Iterator[str]:
    """The holding into which it goes."""
    is_output = hop.transaction is None or hop.transaction.utxo is not None
    yield f"{hop.asset.chain} {f'{hop.txid}:{hop.index}' if is_output else hop.to_address}"

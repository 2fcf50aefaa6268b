"""From traces to a report: every table in its order, the first sentence, complete or not. Pure, without clock."""

from chaintrace.report import claims, convergence, conversions, credited, endpoints, remaining, valued
from chaintrace.report.interface import Inputs, Report
from chaintrace.report.sentence import first_sentence, reasons


def build(inputs: Inputs) -> Report:
    """Make the report. The same inputs give the same report, byte for byte.

    Raises RuntimeError when a trace does not balance (M26): a bug of ours, never a footnote.
    """
    rows = credited.ranked(inputs)
    tables = [
        endpoints.endpoints(inputs, rows),
        credited.credits_table(inputs, rows),
        remaining.resting(inputs),
        remaining.hops(inputs),
        remaining.not_followed(inputs),
        remaining.reconciliation(inputs),
        credited.methods(inputs, rows),
        claims.tags(inputs),
        claims.findings(inputs),
        claims.gaps(inputs),
    ]
    if convergence.are_several(inputs):
        tables.append(convergence.convergence(rows))
    if inputs.trace.conversions:
        tables.append(conversions.conversions(inputs))
    if inputs.shares is not None:
        tables.append(claims.sources(inputs))
    if inputs.valuation is not None:
        tables.append(valued.valuation(inputs, rows, inputs.valuation))
    return Report(inputs, {table.name: table for table in tables}, first_sentence(inputs, rows), reasons(inputs))

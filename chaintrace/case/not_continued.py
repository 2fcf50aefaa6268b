"""Why value that went through a known protocol is not followed on: what rules of continuation say, in a report."""

from collections.abc import Iterable, Iterator

from chaintrace.model.finding import AnyFinding, Continues, NotContinued

NOT_CONTINUED = "Not continued"
"""How the note of a report begins on a transaction through a known protocol behind which nothing is followed."""

MOST = 20
"""Transactions that are named in notes; findings.csv has each."""


def explained(found: Iterable[AnyFinding]) -> tuple[AnyFinding, ...]:
    """The findings without reasons that another finding answers: of a delivery whose deposit is known, for instance."""
    told = tuple(found)
    links = [one for one in told if isinstance(one, Continues) and not one.is_lead]
    reached = {(leg.chain, leg.txid) for one in links for leg in one.incoming if leg.txid != one.subject}
    return tuple(one for one in told if not isinstance(one, NotContinued) or (one.chain, one.subject) not in reached)


def not_continued_notes(found: Iterable[AnyFinding]) -> Iterator[str]:
    """A sentence for each transaction of which a rule says why it follows nothing behind it."""
    told = tuple(one for one in found if isinstance(one, NotContinued))
    for one in told[:MOST]:
        where = f"{one.chain} {one.subject}" + (f", value of {one.object}" if one.object else "")
        yield f"{NOT_CONTINUED}: {where}: {one.text}."
    if len(told) > MOST:
        more = len(told) - MOST
        yield f"{NOT_CONTINUED}: besides the transactions that are named: {more}; findings.csv says why of each."

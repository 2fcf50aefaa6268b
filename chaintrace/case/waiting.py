"""What waits for an answer by exact traces, and by how much at most: the value that they left alone for lack of it."""

from collections.abc import Iterable, Mapping

from chaintrace.model.chain import Account, Asset
from chaintrace.model.trace import NotFollowed, Options, Trace
from chaintrace.model.view import Missing, MissingHistory, MissingSpender
from chaintrace.tracing.seeds import Starts
from chaintrace.tracing.wallets import Wallets


def waiting_in(traces: Iterable[Trace], options: Options) -> dict[Missing, int]:
    """What the traces miss, each with the most that any of them left there, in base units.

    What waits for one member of a declared wallet waits for the others too.
    """
    amounts: dict[Missing, int] = {}
    for trace in traces:
        outputs, accounts = _left(trace, options)
        for question in trace.missing:
            value = 0
            if isinstance(question, MissingSpender):
                value = outputs.get(question, 0)
            elif isinstance(question, MissingHistory):
                value = accounts.get(question.account, 0)
            amounts[question] = max(value, amounts.get(question, 0))
    return amounts


def united(*several: Mapping[Missing, int]) -> dict[Missing, int]:
    """What waits by all of them, each with the most that any of them says.

    An account is missing once, from the earliest rank on that any of them needs.
    """
    earliest: dict[Account, int] = {}
    for question in (question for amounts in several for question in amounts):
        if isinstance(question, MissingHistory):
            earliest[question.account] = min(question.since, earliest.get(question.account, question.since))
    found: dict[Missing, int] = {}
    for question, value in (one for amounts in several for one in amounts.items()):
        one = question
        if isinstance(question, MissingHistory):
            one = MissingHistory(question.account, earliest[question.account])
        found[one] = max(value, found.get(one, 0))
    return found


def _left(trace: Trace, options: Options) -> tuple[dict[MissingSpender, int], dict[Account, int]]:
    """What a trace left alone at outputs and at accounts."""
    outputs: dict[MissingSpender, int] = {}
    accounts: dict[Account, int] = {}
    wallets = Wallets(options, lambda *_: False)  # what waits for a stop too is asked for no sooner
    for left in trace.of(NotFollowed):
        if left.outpoint is not None:
            spender = MissingSpender(left.outpoint)
            outputs[spender] = outputs.get(spender, 0) + left.value
            continue
        for address in wallets.together(left.asset.chain, left.address):
            account = Account(address, left.asset)
            accounts[account] = accounts.get(account, 0) + left.value
    return outputs, accounts


def seeded(starts: Starts) -> dict[Asset, int]:
    """The value of all legs in which seeds begin, by asset, in base units: nowhere waits more."""
    values: dict[Asset, int] = {}
    for several in (*starts.by_leg.values(), *starts.absent.values()):
        first = several[0]
        values[first.asset] = values.get(first.asset, 0) + (first.leg.value or 0)
    return values

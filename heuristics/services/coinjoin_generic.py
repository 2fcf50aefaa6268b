"""Coinjoins of no family that can be named: of a time when the family did not exist, or of equal outputs alone."""

from collections.abc import Iterator

from chaintrace.model.finding import AnyFinding
from chaintrace.model.transaction import Transaction
from chaintrace.model.view import View
from heuristics.services.coinjoin_joinmarket import JOINMARKET, pays_equal
from heuristics.services.coinjoin_joinmarket import PARTIES as JOINED
from heuristics.services.coinjoin_shape import Shape, about, is_an_exchanges, is_since, shape
from heuristics.services.coinjoin_wasabi1 import WASABI1, is_zerolink
from heuristics.services.coinjoin_wasabi2 import WASABI2, is_wabisabi
from heuristics.services.coinjoin_whirlpool import WHIRLPOOL, is_open, pool

PARTIES = 5
"""So many equal outputs, at least, where a change is missing for two of them or more."""


def coinjoin_generic(transaction: Transaction, view: View) -> Iterator[AnyFinding]:
    """A coinjoin of a family that is not named: the shape of one at another time, or five equal payers and more.

    It speaks where a transaction has the shape of Wasabi 1, Wasabi 2, Whirlpool or JoinMarket, and its height, or the
    time where no height is known, does not allow that name. It also speaks where five outputs or more are equal, each
    of 27,300 satoshi at least (coins of 10,000 or 546 are inscriptions that somebody moves), no more than as many
    others stand beside them, no address is paid twice or paid and spent from, and the inputs can be dealt out so that
    each participant pays for an equal output and one change or none, as coinjoin_joinmarket says. It abstains where a
    tag says that an exchange pays. A trace goes on by its method.
    Source: the families' own; Goldfeder et al. 2017 (BlockSci) for the second case.
    Known failures: coinjoins without equal outputs, and of two; payments by several at once that happen to be equal.
    Measured (docs/accuracy.md): of ordinary transactions of 2009 to 2017 it names none. Of 926 coinjoins of the four
    families whose heights and times were taken away it names all. How many coinjoins of no family it finds is not
    measured, for want of a set of them.
    """
    seen = shape(transaction)
    if seen is None:
        return
    why = _misplaced(transaction, seen) or _equal(transaction, seen)
    if why and not is_an_exchanges(transaction, view):
        yield about(transaction, f"a coinjoin of no family that can be named: {why}.")


def _misplaced(transaction: Transaction, seen: Shape) -> str:
    """Whose shape it has although its height or time does not allow the name; "" where a name fits, or no shape."""
    whirlpool = pool(seen)
    fitting = {
        "Wasabi 2": (is_wabisabi(seen), is_since(transaction, WASABI2)),
        "Wasabi 1": (is_zerolink(seen), is_since(transaction, WASABI1)),
        "Whirlpool": (
            whirlpool is not None,
            whirlpool is not None and is_since(transaction, WHIRLPOOL) and is_open(whirlpool, transaction),
        ),
    }
    named = [name for name, (fits, _) in fitting.items() if fits]
    if not named or any(allowed for fits, allowed in fitting.values() if fits):
        return ""
    return f"it has the shape of {named[0]}, but not its height or time"


def _equal(transaction: Transaction, seen: Shape) -> str:
    """What is equal, where several participants pay for it and no family's rule speaks; "" elsewhere."""
    if is_wabisabi(seen) or is_zerolink(seen) or pool(seen) is not None:
        return ""
    value, number = seen.most
    joined = len(seen.made) - number in {number, number - 1}
    if joined and is_since(transaction, JOINMARKET):
        return ""
    if not pays_equal(transaction, seen, JOINED if joined else PARTIES):
        return ""
    return f"{number} outputs of {value} satoshi, and the inputs can be dealt out to as many participants"

"""Whether an account is too busy to be read whole, told by a few pages of it.

TronGrid counts nothing. So where one page does not hold everything, pages are asked for at four more moments of its
life; if even the quietest of the five has rows so close together that the whole would be several times too long, it is
not read. A quiet moment anywhere lets it be read as far as the limit.
"""

from collections.abc import Sequence

from chaintrace.adapters.trongrid.reading import Ask, query_of
from chaintrace.adapters.trongrid.rows import Row

_SURELY = 4
"""How many times too long an account must look before it is left alone unread."""


def looks_busy(ask: Ask, first: Sequence[Row], latest: int, most: int) -> int | None:
    """About how many rows an account has, if those are surely more than `most`; None where it is to be read.

    `first` is its first page, `latest` the time (Unix seconds) up to which it would be read.
    """
    if not first:
        return None
    begin = first[0].time
    newest, _ = ask(query_of((0, latest), rising=False))
    if not newest or newest[-1].time <= first[-1].time:
        return None
    life = newest[0].time - begin
    least = min(_expected(first, life, first[-1].time - begin), _expected(newest, life, life + begin - newest[-1].time))
    for quarter in (1, 2, 3):
        if least <= _SURELY * most:
            return None
        since = begin + life * quarter // 4
        page, _ = ask(query_of((since, latest)))
        least = min(least, _expected(page, life, page[-1].time - since) if page else 0)
    return least if least > _SURELY * most else None


def _expected(page: Sequence[Row], life: int, seconds: int) -> int:
    """How many rows there would be in a life, were they everywhere as close as those of a page that took `seconds`."""
    return life * len(page) // max(1, seconds)

"""What an explorer says where it gives no rows: nothing there, not now, not with this key, not at all.

`status "0"` is both an empty list and an error, so its words decide. Sources: docs.etherscan.io "Common Error
Messages" and "Rate Limits", recorded answers of Etherscan, Routescan and Blockscout.
"""

import re
from typing import NoReturn

from chaintrace.adapters.transport import in_short
from chaintrace.adapters.transport.credentials import variable
from chaintrace.errors import Declined, Malformed, Refused, Unavailable

_NOTHING = re.compile(r"no \S+ (?:\S+ )?found|no records found|no data found", re.IGNORECASE)
_SLOW = re.compile(r"query timeout|timeout occur|smaller result dataset|result window is too large", re.IGNORECASE)
_DAILY = re.compile(r"daily rate limit|daily limit", re.IGNORECASE)
_LATER = re.compile(
    r"rate limit reached|max calls per sec|too many requests|temporarily unavailable|unexpected error|server too busy|"
    r"too many invalid api key attempts",
    re.IGNORECASE,
)
_KEY = re.compile(r"invalid api ?key|missing/invalid api|api key is required|missing api ?key", re.IGNORECASE)
_CHAIN = re.compile(r"unsupported chain|chainid parameter|not supported for this chain", re.IGNORECASE)
_PLAN = re.compile(r"api ?pro|upgrade|paid plan|subscription", re.IGNORECASE)
_ABSENT = re.compile(r"no record of the block|block not found|unknown block", re.IGNORECASE)
_LONGEST = 160


class NotOffered(Declined):
    """This explorer does not answer this question; others it may. It never leaves the package."""


class TooMuch(Declined):
    """The question is too large for the explorer: ask for less. It never leaves the package."""


def is_nothing(message: object, result: object) -> bool:
    """Whether the words of a `status "0"` mean that there is nothing: an empty list, not an error."""
    said = result if isinstance(result, str) and result else message
    return (not result or said is result) and isinstance(said, str) and bool(_NOTHING.match(said.strip()))


def raise_refusal(host: str, adapter: str, action: str, said: object) -> NoReturn:
    """Raise what an explorer's words mean.

    Unavailable for what may pass, TooMuch for what is to be asked in smaller parts, NotOffered for what this explorer
    or this plan does not answer, Refused where nothing at all will be answered.
    """
    words = in_short(said, _LONGEST)
    if not isinstance(said, str) or not said.strip():
        raise Malformed(f"{host} answered {action} with neither rows nor words: look at the url of the source")
    if _DAILY.search(said):
        raise Refused(f"{host} answers no more today ({words}): go on tomorrow, use a larger plan, or another source")
    if _SLOW.search(said):
        raise TooMuch(f"{host} cannot answer so much of {action} at once ({words}): ask another source")
    if _LATER.search(said):
        raise Unavailable(f"{host} does not answer {action} now ({words})")
    if _KEY.search(said):
        name = variable(adapter, "KEY")
        raise Refused(f"{host} does not take the key ({words}): put a valid one into the environment as {name}")
    if _CHAIN.search(said):
        raise Refused(
            f"{host} does not answer about this chain with this plan ({words}): use a plan that has it, or the adapter "
            "blockscout, routescan or evm-rpc"
        )
    if _PLAN.search(said):
        raise NotOffered(
            f"{host} answers {action} only with a larger plan ({words}): use such a plan, or the adapter blockscout, "
            "routescan or evm-rpc"
        )
    raise NotOffered(f"{host} does not answer {action} ({words}): ask another source, such as blockscout or evm-rpc")


def is_no_block(said: str) -> bool:
    """Whether the words mean that there is no such block."""
    return bool(_ABSENT.search(said))

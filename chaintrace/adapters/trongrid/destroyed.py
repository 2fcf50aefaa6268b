"""What an issuer destroyed of an account: no list of transfers tells it, and the events of the token's contract do."""

from typing import Final

from chaintrace.adapters.issuer_replies import Untold
from chaintrace.adapters.network import Status
from chaintrace.adapters.trongrid.asking import Grid
from chaintrace.adapters.trongrid.issuer_events import Event, IssuerEvents
from chaintrace.adapters.trongrid.rows import Row
from chaintrace.model.chain import Account
from chaintrace.model.transaction import Leg, Transfer

DESTROYED: Final = "destroyed"
"""How the key of such a row begins."""
_EVENT: Final = "DestroyedBlackFunds"
"""Of USDT: `balances[_blackListedUser] = 0`, and no Transfer is logged (TetherToken as verified on Tronscan)."""


def destroyed_rows(grid: Grid, account: Account, at: Status) -> tuple[Row, ...]:
    """A row for each time; none where the host does not list the events. Raises as the questions do.

    They index nobody, so those of every address are read.
    """
    try:
        events = IssuerEvents(grid).listed(account.asset.contract, _EVENT, at)
    except Untold:
        return ()
    return tuple(_row(account, one) for one in events if one.address == account.address and one.value not in {"", "0"})


def _row(account: Account, event: Event) -> Row:
    value = int(event.value)
    burned = Transfer(
        "", "burn", account.asset, (Leg(value, account, account.address),), (), (event.time, 0, event.place)
    )
    return Row((DESTROYED, event.txid, str(event.place)), event.txid, event.time, (burned,), event.source)

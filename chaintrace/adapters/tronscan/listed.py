"""Rows of Tronscan's list of TRC-20 transfers."""

from dataclasses import dataclass, field
from typing import NamedTuple

from chaintrace.adapters.scales import scales
from chaintrace.adapters.tron.answers import Table, address_of, shown, word
from chaintrace.adapters.tron.listings import Listed, tronscan_trc20
from chaintrace.adapters.tronscan.claims import claim, claims_beside
from chaintrace.adapters.tronscan.shapes import Page
from chaintrace.errors import Malformed
from chaintrace.model.chain import Account
from chaintrace.model.provenance import Observation, Source


class Key(NamedTuple):
    """What tells rows apart: equal ones are two transfers, or one that was told twice."""

    txid: str
    sender: str
    receiver: str
    value: int
    moved: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A transfer as the list tells it: value in base units, height, and time of its block (Unix, UTC).

    `sender` and `receiver` are as the list has them, so the zero address for a mint or a burn. `moved` is False for one
    that failed or approved, and its value is 0.
    """

    txid: str
    height: int
    time: int
    sender: str
    receiver: str
    value: int
    moved: bool
    source: Source = field(compare=False)

    @property
    def key(self) -> Key:
        """Itself, without the place in its list."""
        return Key(self.txid, self.sender, self.receiver, self.value, self.moved)


def read_page(chain: str, page: Page, account: Account) -> tuple[tuple[Row, ...], tuple[Observation, ...]]:
    """The rows of a page and the claims on it, its token's decimals among them.

    Raises Malformed for rows of another account or token, and for what is no row.
    """
    rows, claims, told_scales = [], list(claims_beside(chain, page.whole, page.source)), list[int | None]()
    for told in page.rows:
        listed = tronscan_trc20(chain, told)
        rows.append(_row(told, listed, page.source, account))
        claims += [claim(chain, address, label, page.source) for address, label in listed.claims]
        told_scales.append(listed.decimals)
    contract = account.asset.contract
    return tuple(rows), (*claims, *scales(chain, ((contract, one, page.source) for one in told_scales)))


def sort_of(page: Page) -> str:
    """What else than a TRC-20 token the rows of a page are of; empty where they are of one."""
    sorts = {word(told.get("contract_type"), "contract_type") for told in page.rows}
    odd = sorted(sorts - {"trc20", ""})
    return f"the contract is one of the sort {shown(odd[0])}, whose pieces are not read here" if odd else ""


def _row(told: Table, listed: Listed, source: Source, account: Account) -> Row:
    """One row, of the account that was asked for."""
    contract = address_of(told.get("contract_address"), "contract_address")
    sender, receiver = (address_of(told.get(name), name) for name in ("from_address", "to_address"))
    if contract != account.asset.contract or account.address not in {sender, receiver}:
        raise Malformed(
            f"the explorer lists {listed.txid} for {account.address}, and it is neither of it nor of its token: "
            "nothing of this page is used; ask another source"
        )
    if listed.height is None or listed.time is None:
        raise Malformed(f"the explorer lists {listed.txid} without its block or time: nothing of this page is used")
    moved = listed.transfer is not None and told.get("event_type", "Transfer") == "Transfer"
    value = (listed.transfer.value or 0) if listed.transfer is not None and moved else 0
    return Row(listed.txid, listed.height, listed.time, sender, receiver, value, moved, source)

"""What TronGrid really answered, served again on loopback: read as a history, and told as the rows say.

The recorded lists end where their recorder stopped, so no history here is whole, and none is said to be.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.chaintrace.adapters.trongrid.asked import asked
from tests.hostile.server import Given
from tests.hostile.tron_ledger import TronLedger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from tests.chaintrace.adapters.trongrid.asked import AskedGrid

ACCOUNT = "TAVrrARNdnjHgCGMQYeQV7hv4PSu7mVsMj"
HEX = "4105cc125604448afeb6867eb688efb7e80411d57a"
WIN = "TLa2f6VPqDgRE67v1736s7bJ8Ray5wYjU7"


@pytest.fixture
def recorded(shared: Path, tmp_path: Path) -> Iterator[tuple[AskedGrid, dict[str, Any]]]:
    folder = shared / "data" / "tron" / "trongrid-responses"
    lists = {
        f"/v1/accounts/{ACCOUNT}/transactions?": json.loads((folder / "v1_accounts_transactions.json").read_text()),
        f"/v1/accounts/{ACCOUNT}/transactions/trc20?": json.loads(
            (folder / "v1_accounts_transactions_trc20.json").read_text()
        ),
    }
    ledger = TronLedger(tip=1_718_032_314, solid=0)
    with asked(tmp_path, ledger, offers=frozenset({"solid"})) as a:
        for path, page in lists.items():
            a.server.change(lambda _asked, _given, page=page: Given.json(page), on=path)
        yield a, lists


def test_the_transactions_of_an_account(recorded: tuple[AskedGrid, dict[str, Any]]) -> None:
    a, lists = recorded
    reply = a.history(ACCOUNT, "")
    rows = lists[f"/v1/accounts/{ACCOUNT}/transactions?"]["data"]
    assert {one.txid for one in reply.transactions} == {row["txID"] for row in rows}
    counted = 0
    for row in rows:
        value = row["raw_data"]["contract"][0]["parameter"]["value"]
        mine = value["owner_address"] == HEX
        counted -= row["ret"][0]["fee"] if mine else 0
        if row["raw_data"]["contract"][0]["type"] == "TransferContract":
            counted += -value["amount"] if mine else value["amount"]
    legs = [
        sign * (leg.value or 0)
        for one in reply.transactions
        for part in one.transfers
        if not part.asset.contract
        for sign, side in ((-1, part.inputs), (1, part.outputs))
        for leg in side
        if leg.address == ACCOUNT
    ]
    assert sum(legs) == counted
    assert any(one.what == "memo" for one in reply.observations)
    assert {one.height for one in reply.transactions} == {row["blockNumber"] for row in rows}
    assert [one.time for one in reply.transactions] == sorted(row["block_timestamp"] // 1000 for row in rows)


def test_the_transfers_of_a_token(recorded: tuple[AskedGrid, dict[str, Any]]) -> None:
    a, lists = recorded
    reply = a.history(ACCOUNT, WIN)
    rows = lists[f"/v1/accounts/{ACCOUNT}/transactions/trc20?"]["data"]
    told = sorted((one.txid, str(one.transfers[0].value)) for one in reply.transactions)
    assert told == sorted((row["transaction_id"], row["value"]) for row in rows)
    assert [one.time for one in reply.transactions] == sorted(row["block_timestamp"] // 1000 for row in rows)
    assert reply.coverage[0].how == "second source equal"


def test_an_account_that_has_more_than_its_rows_leave_is_said_to_be_incomplete(
    recorded: tuple[AskedGrid, dict[str, Any]],
) -> None:
    a, _ = recorded
    a.server.change(
        lambda *_: Given.json({"result": {"result": True}, "constant_result": [f"{10**9:064x}"]}),
        on="/wallet/triggerconstantcontract",
    )
    reply = a.history(ACCOUNT, WIN)
    assert reply.coverage[0].how == "claimed"
    assert [gap.kind for gap in reply.gaps] == ["balance", "claimed"]

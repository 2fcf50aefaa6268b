"""Explorers of a chain whose logs are every movement of the native asset: no list of calls is asked for beside them."""

from __future__ import annotations

from types import SimpleNamespace

from chaintrace.adapters.accounts.moved import Moved
from chaintrace.adapters.etherscan.lines import Line
from chaintrace.adapters.etherscan.transactions import Transactions
from chaintrace.adapters.evm import evm_chain
from chaintrace.model.view import MissingTransaction
from tests.chaintrace.adapters.blockscout.case import A, B, C, D, asked
from tests.chaintrace.adapters.evm.making import receipt, sent
from tests.hostile.blockscout_ledger import Call, Ledger, Move, Tx

COIN = evm_chain("zksync").coin


def test_blockscout_tells_what_the_logs_tell_and_nothing_twice(tmp_path):
    moves = [
        Move(COIN.contract, A, COIN.collects, 350_000),
        Move(COIN.contract, A, D, 100),
        Move(COIN.contract, D, C, 30),
    ]
    ledger = Ledger()
    ledger.mine(issues=(("alice", 10**20), ("router", 10**20)))
    tx = Tx(A, D, 100, data="0xabcdef01", calls=[Call(D, C, 30)], moves=moves)
    ledger.mine(Tx(B, C, 0), tx)
    ledger.mine()
    with asked(tmp_path, ledger, chain="zksync") as a:
        reply = a.source.reply(MissingTransaction("zksync", tx.txid), a.at)
        (made,) = reply.transactions
        told = [(one.index, one.kind, one.asset.contract, one.value) for one in made.transfers]
        assert told == [("fee", "fee", "", 350_000), ("value", "native", "", 100), ("log:2", "internal", "", 30)]
        assert not any("trace" in path or "internal" in path for path in a.paths())


def test_an_explorer_like_etherscan_is_not_asked_for_calls_and_its_tokens_are_not_the_native_asset():
    zksync = Transactions(SimpleNamespace(chain=evm_chain("zksync")))
    assert zksync._execution(sent(data=b"\1"), receipt(), None) == (None, ())
    lines = [
        Line("token", "0x01", 9, 1, 0, "", (Moved("row:", "token", contract, A, B, 5),))
        for contract in (COIN.contract, evm_chain("polygon").coin.contract)
    ]
    assert [zksync._is_coin(line) for line in lines] == [True, False]
    assert evm_chain("zksync").fee_by_receipt  # a list does not say who paid the fee, nor by what logs

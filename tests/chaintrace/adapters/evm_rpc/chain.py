"""A small chain in memory: blocks, transactions, logs, traces and balances, for the tests of histories."""

from __future__ import annotations

from dataclasses import dataclass, field

from chaintrace.adapters.evm.topics import TRANSFER
from tests.chaintrace.adapters.evm.making import NOBODY, word

START = 1_700_000_000
GAS, PRICE = 50_000, 7
TOKEN = "0x" + "7e" * 20


def who(number: int) -> str:
    """An address."""
    return "0x" + f"{number + 0xA0:02x}" * 20


def block_hash(height: int, fork: int = 0) -> str:
    return "0x" + f"{fork:02x}" + f"{height:062x}"


@dataclass
class Chain:
    """Blocks up to `tip`, and what is in them. `state` holds what was moved: (height, contract, from, to, value)."""

    tip: int
    finalized: int | None = None
    txs: list[dict] = field(default_factory=list)
    receipts: dict[str, dict] = field(default_factory=dict)
    traces: dict[str, list[dict]] = field(default_factory=dict)
    state: list[tuple[int, str, str, str, int]] = field(default_factory=list)
    forks: dict[int, int] = field(default_factory=dict)
    withdrawals: dict[int, list[dict]] = field(default_factory=dict)
    makers: dict[int, str] = field(default_factory=dict)
    base_fee: int = 0
    chain_id: int = 1

    def hash(self, height: int) -> str:
        return block_hash(height, self.forks.get(height, 0))

    def moved(self, height: int, contract: str, sender: str, receiver: str, value: int) -> None:
        """Change balances, without any trace of it."""
        self.state.append((height, contract, sender, receiver, value))

    def send(
        self,
        height: int,
        sender: str,
        to: str | None,
        value: int = 0,
        *,
        data: str = "0x",
        logs: list[dict] | None = None,
        calls: list[tuple[str, str, int]] | None = None,
        failed: bool = False,
        gas: int = GAS,
        price: int = PRICE,
    ) -> str:
        """A transaction in a block; its logs get their numbers, its calls (from, to, wei) their places."""
        place = sum(tx["blockNumber"] == hex(height) for tx in self.txs)
        txid = "0x" + f"{height:032x}{place:032x}"
        base = sum(len(self.receipts[tx["hash"]]["logs"]) for tx in self.txs if tx["blockNumber"] == hex(height))
        where = {"blockHash": self.hash(height), "blockNumber": hex(height), "transactionIndex": hex(place)}
        self.txs.append(
            {
                **where,
                "hash": txid,
                "from": sender,
                "to": to,
                "value": hex(value),
                "input": data,
                "gas": hex(10 * gas),
                "gasPrice": hex(price),
                "type": "0x0",
            }
        )
        self.receipts[txid] = {
            **where,
            "transactionHash": txid,
            "from": sender,
            "to": to,
            "status": "0x0" if failed else "0x1",
            "gasUsed": hex(gas),
            "effectiveGasPrice": hex(price),
            "contractAddress": None,
            "logs": [
                {**log, **where, "transactionHash": txid, "logIndex": hex(base + number), "removed": False}
                for number, log in enumerate(logs or ())
            ],
        }
        self.moved(height, "", sender, NOBODY, gas * price)
        inside = [] if failed else calls or []
        if not failed:
            self.moved(height, "", sender, to, value)
        for payer, payee, wei in inside:
            self.moved(height, "", payer, payee, wei)
        self.traces[txid] = [
            frame(txid, where, [], sender, to, value, "Reverted" if failed else None),
            *(frame(txid, where, [number], *call) for number, call in enumerate(inside)),
        ]
        return txid

    def pay(self, height: int, sender: str, receiver: str, value: int, *, token: str = TOKEN, by: str = "") -> str:
        """A token transfer, in a transaction of its sender or of `by`."""
        return self.batch(height, by or sender, [(sender, receiver, value)], token=token)

    def batch(self, height: int, by: str, payments: list[tuple[str, str, int]], *, token: str = TOKEN) -> str:
        """Several token transfers in one transaction."""
        for sender, receiver, value in payments:
            self.moved(height, token, sender, receiver, value)
        return self.send(
            height, by, token, data="0xa9059cbb", logs=[transfer(*payment, token=token) for payment in payments]
        )

    def balance(self, contract: str, address: str, height: int) -> int:
        return sum(
            value * ((receiver == address) - (sender == address))
            for at, moved, sender, receiver, value in self.state
            if moved == contract and at <= height
        )


def frame(txid, where, path, sender, to, value, error=None) -> dict:
    """A part of a trace as Erigon's and anvil's `trace_` methods have it."""
    action = {"callType": "call", "from": sender, "to": to, "value": hex(value), "input": "0x", "gas": "0x0"}
    made = {"type": "call", "action": action, "traceAddress": path, "transactionHash": txid, "subtraces": 0}
    made |= {
        "blockNumber": int(where["blockNumber"], 16),
        "blockHash": where["blockHash"],
        "transactionPosition": int(where["transactionIndex"], 16),
    }
    return made | ({"error": error} if error else {"result": {"gasUsed": "0x0", "output": "0x"}})


def event(contract: str, topics: list[str], data: bytes = b"") -> dict:
    return {"address": contract, "topics": topics, "data": "0x" + data.hex()}


def transfer(sender: str, receiver: str, value: int, *, token: str = TOKEN, indexed: int = 2) -> dict:
    """A Transfer of which the first so many arguments are indexed."""
    words = [word(sender), word(receiver), word(value)]
    return event(token, [TRANSFER, *("0x" + one.hex() for one in words[:indexed])], b"".join(words[indexed:]))

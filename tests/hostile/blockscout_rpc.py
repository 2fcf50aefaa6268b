"""The JSON-RPC of the stand-in of Blockscout: a few methods, those of `explorer/eth_rpc.ex`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.hostile.server import Given

if TYPE_CHECKING:
    from tests.hostile.blockscout_ledger import Move, Tx
    from tests.hostile.blockscout_server import Blockscout

TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
MOST_LOGS = 1_000


def word(value: int | str) -> str:
    """32 bytes in hex."""
    return "0x" + (f"{value:064x}" if isinstance(value, int) else "0" * 24 + value[2:])


def transfer_log(move: Move) -> dict[str, object]:
    """The log of a transfer."""
    topics = [TRANSFER, word(move.sender), word(move.receiver)]
    data = word(move.value)
    if move.token_id is not None:
        topics, data = [*topics, word(move.token_id)], "0x"
    return {"logIndex": hex(move.log), "address": move.contract, "topics": topics, "data": data}


def rpc(server: Blockscout, call: dict[str, object]) -> Given:
    """The answer to a call; what is not offered is an error, in text as the real one has it."""
    method, params = str(call["method"]), call["params"]
    if method not in server.methods:
        return Given.json({"jsonrpc": "2.0", "id": call["id"], "error": "Action not found."})
    return Given.json({"jsonrpc": "2.0", "id": call["id"], "result": METHODS[method](server, params)})


def _chain_id(server: Blockscout, _: list[object]) -> object:
    return hex(server.chain_id)


def _block(server: Blockscout, params: list[object]) -> object:
    if params[0] != "finalized" or server.finalized is None:
        return None
    block = server.ledger.blocks[server.finalized]
    return {"number": hex(block.height), "hash": block.hash, "timestamp": hex(block.time)}


def _receipt(server: Blockscout, params: list[object]) -> object:
    tx = next((one for one in server.ledger.everything() if one.txid == params[0]), None)
    if tx is None:
        return None
    return {
        **_place(server, tx),
        "from": tx.sender,
        "to": tx.receiver,
        "contractAddress": tx.created,
        "gasUsed": hex(tx.gas_used),
        "effectiveGasPrice": hex(tx.gas_price),
        "status": "0x1" if tx.ok else "0x0",
        "type": hex(tx.kind),
        "logs": [{**transfer_log(move), **_place(server, tx), "removed": False} for move in tx.moves if tx.ok],
    }


def _place(server: Blockscout, tx: Tx) -> dict[str, object]:
    height = tx.height or 0
    block = server.ledger.blocks[height].hash
    where = {"blockHash": block, "blockNumber": hex(height)}
    return {"transactionHash": tx.txid, "transactionIndex": hex(tx.position), **where}


def _call(server: Blockscout, params: list[object]) -> object:
    asked, height = params[0], int(str(params[1]), 16)
    assert isinstance(asked, dict)
    who = "0x" + str(asked["data"])[-40:]
    held = server.ledger.balances(height)[who, str(asked["to"])]
    return word(held % (1 << 256))


def _logs(server: Blockscout, params: list[object]) -> object:
    asked = params[0]
    assert isinstance(asked, dict)
    start, end = int(asked["fromBlock"], 16), int(asked["toBlock"], 16)
    found = [
        {**transfer_log(move), **_place(server, tx)}
        for tx in server.ledger.everything()
        for move in tx.moves
        if tx.ok and move.contract == asked["address"] and start <= (tx.height or 0) <= end
    ]
    return [log for log in found if _fits(log, asked["topics"])][:MOST_LOGS]


def _fits(log: dict[str, object], topics: list[str | None]) -> bool:
    told = log["topics"]
    assert isinstance(told, list)
    return all(wanted in {None, one} for wanted, one in zip(topics, told, strict=False))


METHODS = {
    "eth_chainId": _chain_id,
    "eth_getBlockByNumber": _block,
    "eth_getTransactionReceipt": _receipt,
    "eth_call": _call,
    "eth_getLogs": _logs,
}

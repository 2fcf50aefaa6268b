"""Keys: what is computed is what the chains have, and numbers of other lengths are the same."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eth_abi import decode

from benchmarks.receipts import recorded
from heuristics.continuations.arguments import Said
from heuristics.continuations.keys import key_of
from heuristics.continuations.memos import chain, recipient
from tests.heuristics.continuations.crossing_cases import event
from tests.heuristics.continuations.making import SHIPPED, said, tx, who

RELAYS = {
    "0xcbd4ece9": ["address", "address", "bytes", "uint256"],
    "0xd764ad0b": ["uint256", "address", "address", "uint256", "uint256", "bytes"],
    "0x8ef1332e": ["address", "address", "uint256", "uint256", "bytes"],
}
RELAYED = "0x4641df4a962071e12719d8c8c8e5ac7fc4d97b927346a3d7a335b1f7517e133c"


def key(log, row, *beside):
    placed = [replace(one, chain=row.chain, txid=tx("t")) for one in (log, *beside)]
    return key_of(Said(placed[0], row, SHIPPED, tuple(placed)))


def messages():
    """The messages that recorded transactions relay by their own call, and the hash that their log has."""
    for one in recorded():
        types = RELAYS.get(one.sent.input[:10])
        hashes = [log.topics[1] for log in one.logs if log.topic == RELAYED]
        if types and len(hashes) == 1:
            yield one, types, decode(types, bytes.fromhex(one.sent.input[10:])), hashes[0]


def test_the_hash_of_a_message_of_the_op_stack_and_of_scroll_is_the_one_that_the_other_side_logs(shared):
    assert shared.is_dir()
    kinds = set()
    for one, types, said_by_call, hashed in messages():
        kinds.add(one.sent.input[:10])
        if len(types) == 5:
            sender, target, value, nonce, message = said_by_call
            row = event("Scroll bridge", "ethereum", "SentMessage", "detail")
            log = said(row, sender=sender, target=target, value=value, messageNonce=nonce, message=message)
            assert key(log, row).word == hashed
            continue
        row = event("OP Stack bridge", "ethereum", "SentMessage", route="base")
        if len(types) == 4:
            target, sender, message, nonce = said_by_call
            log = said(row, target=target, sender=sender, message=message, messageNonce=nonce)
            assert key(log, row).word == hashed
            continue
        nonce, sender, target, value, gas, message = said_by_call
        log = said(row, 8, target=target, sender=sender, message=message, messageNonce=nonce, gasLimit=gas)
        extension = replace(log, index=9, topics=(EXTENSION, "0x" + "00" * 32), data=f"0x{value:064x}")
        assert key(log, row, extension).word == hashed
        assert key(log, row) is None
    assert kinds == set(RELAYS)


EXTENSION = "0x8ebb2ec2465bdb2a06a66fc37a0963af8a2a6a1479d81d56fdb8cbb98096d546"


def test_one_number_is_one_key_whatever_the_length_of_its_word():
    first, second = event("Across", "ethereum", "V3FundsDeposited"), event("Across", "base", "FilledV3Relay")
    sent, filled = key(said(first, depositId=300), first), key(said(second, originChainId=1, depositId=300), second)
    assert (sent.parts, sent.word) == (filled.parts, filled.word) == (("1", "300"), f"0x{300:064x}")
    assert str(sent) == "1:300"


def test_synapses_kappa_is_the_hash_of_the_txid_as_text():
    row = event("Synapse", "ethereum", "TokenDeposit")
    found = key(said(row, to=who("to")), row)
    assert found.parts[1] == who("to")
    assert len(found.parts[0]) == 66


@pytest.mark.parametrize(
    ("memo", "where", "whom"),
    [
        (f"=:ETH.ETH:{who('r').upper().replace('0X', '0x')}:1/1/0", "ethereum", who("r")),
        (
            "SWAP:BTC.BTC:bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
            "bitcoin",
            "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
        ),
        (
            "=:b:bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq:0/1/0",
            "bitcoin",
            "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
        ),
        ("s:GAIA.ATOM:cosmos1abc", "gaia", "cosmos1abc"),
        ("+:ETH.ETH", "", ""),
        ("OUT:" + "AB" * 32, "", ""),
    ],
)
def test_a_memo_of_thorchain_says_where_and_to_whom(memo, where, whom):
    row = event("THORChain", "ethereum", "Deposit")
    one = Said(replace(said(row, memo=memo), chain="ethereum", txid=tx("t")), row, SHIPPED)
    assert (chain(one), recipient(one)) == (where, whom)

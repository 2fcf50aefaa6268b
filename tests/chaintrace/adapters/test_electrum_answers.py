"""Reading an Electrum server's answers, and its errors: whatever it sends, we say what it is or what is wrong."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.adapters.electrum import answers, refusals
from chaintrace.adapters.electrum.server import script_hash
from chaintrace.adapters.transport import RpcError
from chaintrace.errors import AdapterError, Malformed, Refused, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

READERS = (
    answers.history,
    answers.unspent,
    answers.confirmed_balance,
    answers.branch,
    answers.tip,
    answers.in_hex,
    answers.confirmations,
)
TXIDS = st.integers(0, 5).map(lambda number: f"{number:064x}")
KEYS = ("tx_hash", "height", "tx_pos", "value", "confirmed", "merkle", "pos", "hex", "confirmations", "blockhash", "x")
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.text(max_size=70)
    | TXIDS
)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6)
)
MESSAGES = st.text(max_size=300) | st.sampled_from(
    ["history too large", "server busy", "Transaction not found.", "still catching up with daemon", "x" * 1000]
)


@given(JSON)
def test_any_json_is_read_or_malformed(answer: object) -> None:
    said = [sentence for read in READERS if (sentence := complaint(read, answer))]
    assert all(len(sentence.splitlines()) == 1 and len(sentence) < 400 for sentence in said)


def complaint(read: Callable[[object], object], answer: object) -> str:
    try:
        read(answer)
    except Malformed as error:
        return str(error)
    return ""


@given(st.integers(-40_000, 20_000), MESSAGES)
def test_any_error_is_ours_with_a_remedy(code: int, message: str) -> None:
    error = refusals.refusal(RpcError(code, message), "host:1", "the history of a script")
    assert isinstance(error, Unavailable | Refused)
    assert isinstance(error, AdapterError)
    said = str(error)
    assert said.startswith("host:1 ")
    assert said.isprintable()
    assert len(said) < 600
    if isinstance(error, Refused):
        assert any(remedy in said for remedy in ("ask another source", "check that the url", "raise that limit"))


@given(st.lists(st.tuples(TXIDS, st.integers(-1, 5)), max_size=12), st.randoms())
def test_the_order_and_the_repeats_of_a_history_mean_nothing(lines: list[tuple[str, int]], dice: object) -> None:
    places = dict(lines)
    listed = [{"tx_hash": txid, "height": height} for txid, height in places.items()]
    entries = answers.history(listed)
    assert {(entry.txid, entry.height) for entry in entries} == set(places.items())
    heights = [entry.height for entry in entries]
    confirmed = [height for height in heights if height > 0]
    assert heights[: len(confirmed)] == sorted(confirmed)
    assert heights[len(confirmed) :] == sorted((height for height in heights if height <= 0), reverse=True)
    shuffled = listed + listed
    dice.shuffle(shuffled)
    assert answers.history(shuffled) == entries


def test_numbers_with_a_point_are_no_amounts() -> None:
    line = {"tx_hash": "ab" * 32, "tx_pos": 0, "height": 1, "value": Decimal("1.0")}
    with pytest.raises(Malformed, match="no whole number"):
        answers.unspent([line])
    assert answers.unspent([{**line, "value": 2**63 - 1}])[0].value == 2**63 - 1
    with pytest.raises(Malformed, match="out of bounds"):
        answers.unspent([{**line, "value": 2**63}])


def test_one_output_with_two_values_is_a_contradiction() -> None:
    line = {"tx_hash": "ab" * 32, "tx_pos": 0, "height": 1, "value": 1}
    assert len(answers.unspent([line, line])) == 1
    with pytest.raises(Malformed, match="two values"):
        answers.unspent([line, {**line, "value": 2}])


@pytest.mark.parametrize(
    ("text", "spoken"),
    [("1.4", True), ("1.4.3", True), ("1.6", True), ("1.7", False), ("1.3.9", False), ("1", False), ("1.4-rc", False)],
)
def test_versions(text: str, spoken: bool) -> None:
    assert (answers.version(text) is not None) is spoken


def test_a_script_hash_is_that_of_the_protocols_own_example() -> None:
    """The example of the protocol's page: the output of the genesis block's coinbase, as pay to public key hash."""
    script = bytes.fromhex("76a91462e907b15cbf27d5425399ebf6f0fb50ebb88f1888ac")
    assert script_hash(script) == "8b01df4e368ea28f8dc0423bcf7a4923e3a12d307c875e47a0cfbf90b5c39161"


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("daemon error: DaemonError({'code': -5, 'message': 'No such mempool or blockchain transaction. Use'})", 2),
        ("daemon error: DaemonError({'code': -1, 'message': 'Transaction not found.'})", 2),
        ("No such mempool or blockchain transaction. Use gettransaction for wallet transactions.", -5),
        ("missing transaction", 0),
    ],
)
def test_every_servers_way_to_say_that_there_is_no_such_transaction(message: str, code: int) -> None:
    assert refusals.is_absent(RpcError(code, message))
    assert not refusals.is_absent(RpcError(2, "daemon error: DaemonError('connection refused')"))

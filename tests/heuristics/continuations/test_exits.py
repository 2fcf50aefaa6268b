"""Exits from Polygon: the proof that Ethereum was shown names one burn, and one that shows another joins none."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import rlp
from eth_abi import encode

from benchmarks.receipts import Receipts, read
from chaintrace.model.chain import Block
from chaintrace.model.transaction import Movement
from chaintrace.model.view import History
from heuristics.continuations import exits
from heuristics.continuations.bridge import LEAD, bridge, bridges
from heuristics.continuations.exits import BYTES, MOST, TRANSFER, Proof, proofs
from heuristics.continuations.keys import keccak
from heuristics.continuations.verdict import seen
from tests.heuristics.continuations.crossing_cases import HERE, RECIPIENT, RELAYER, SENT, THERE, THIEF, event
from tests.heuristics.continuations.making import SHIPPED, receipt, said, town, tx, who, word

HEIGHT, POSITION = 63_592_897, 69
USDT = "0xc2132d05d31c914a87c6611c10748aeb04b58e8f"
PAID, ETHER = event("Polygon bridge", "ethereum", "ExitedERC20"), event("Polygon bridge", "ethereum", "ExitedEther")
MANAGER = event("Polygon bridge", "ethereum", "MetaTransactionExecuted", "detail").contract


class Lived(Receipts):
    """Receipts that know what every account moved."""

    def history(self, account, since=0):
        del since
        moves = (
            Movement(part.order, one.transaction, part)
            for one in self.told
            for part in one.transaction.transfers
            if any(leg.holding == account for leg in (*part.inputs, *part.outputs))
        )
        return History(account, tuple(moves), None, ())

    def assets(self, chain):
        several = (part.asset for one in self.told for part in one.transaction.transfers)
        return tuple(dict.fromkeys(asset for asset in several if asset.chain == chain))


def placed(one, height=HEIGHT, position=POSITION):
    """A receipt at a place of its chain."""
    block = Block(height, "", one.transaction.time)
    return replace(one, transaction=replace(one.transaction, block=block, position=position))


def burn(token=USDT, value=SENT, logs=(), **place):
    one = receipt("burn", (token, THIEF, None, value), chain="polygon", logs=logs, sender=THIEF, to=token)
    return placed(one, **place)


def proof(height=HEIGHT, position=POSITION, token=USDT, sender=THIEF, value=SENT, kind=b"", path=None, to=bytes(32)):
    """The list that shows a burn: its receipt has another log before that of the burn."""
    other = [bytes.fromhex(who("other")[2:]), [bytes(32)], b""]
    log = [bytes.fromhex(token[2:]), [TRANSFER, word(sender), to], value.to_bytes(32, "big")]
    receipt = kind + rlp.encode([b"\x01", 21_000, bytes(256), [other, log]])
    path = b"\0" + rlp.encode(position) if path is None else path
    return rlp.encode([1, bytes(64), height, 1_700_000_000, bytes(32), bytes(32), receipt, bytes(300), path, 1])


def call(*several):
    """A call of `exit(bytes)`; of several, one call that holds them all."""
    made = [keccak(b"exit(bytes)")[:4] + encode(["bytes"], [one]) for one in several]
    return "0x" + (made[0] if len(made) == 1 else keccak(b"multicall(bytes[])")[:4] + encode(["bytes[]"], [made])).hex()


def paid(name="exit", data=None, exitor=THIEF, value=SENT, emitter=None, **more):
    log = said(PAID, emitter=emitter, exitor=exitor, rootToken=THERE, amount=value)
    data = call(proof()) if data is None else data
    return receipt(
        name,
        (THERE, PAID.contract if emitter is None else emitter, exitor, value),
        logs=(log,),
        sender=RELAYER,
        to=MANAGER,
        data=data,
        **more,
    )


def found(one, *others):
    return list(bridge(one.transaction, Lived((one, *others))))


def joined(one, *others):
    return [finding.object for finding in found(one, *others) if finding.incoming]


@pytest.mark.parametrize("kind", [b"", b"\x02"])
@pytest.mark.parametrize("position", [0, 5, 128, 300])
def test_a_burn_and_its_exit_meet_by_block_and_place_from_either_side(kind, position):
    one, two = burn(position=position), paid(data=call(proof(position=position, kind=kind)))
    for first, second in ((one, two), (two, one)):
        [finding] = found(first, second)
        assert (finding.subject, finding.object) == (one.transaction.txid, two.transaction.txid)
        assert finding.key == f"{HEIGHT}:{position}:{USDT}:{SENT}"
        assert [(leg.chain, leg.index) for leg in (*finding.outgoing, *finding.incoming)] == [
            ("polygon", "log:0"), ("ethereum", "log:0"),
        ]  # fmt: skip
        assert (finding.to_chain, finding.recipient, finding.confidence) == ("ethereum", THIEF, 0)


def test_a_burn_alone_says_where_it_goes_and_what_will_prove_it():
    [finding] = found(burn())
    assert (finding.to_chain, finding.recipient) == ("ethereum", THIEF)
    assert (finding.key, finding.incoming) == (f"{HEIGHT}:{POSITION}:{USDT}:{SENT}", ())


def test_ether_is_paid_for_a_burn_of_the_token_that_stands_for_it():
    weth = next(row.contract for row in SHIPPED.rows if row.shape == "burned" and row.contract.startswith("0x7ceb23fd"))
    log = said(ETHER, exitor=THIEF, amount=SENT)
    data = call(proof(token=weth))
    two = receipt("exit", ("", ETHER.contract, THIEF, SENT), logs=(log,), sender=RELAYER, to=MANAGER, data=data)
    [finding] = found(burn(token=weth), two)
    assert [leg.index for leg in finding.incoming] == ["value"]


def test_a_payment_of_which_the_contract_logs_nothing_is_told_by_the_transfer_and_the_call():
    """The first contracts had no event for it. What they pay without a proof of it in the call joins nothing."""
    one, two = burn(), replace(paid(), logs=())
    for first, second in ((one, two), (two, one)):
        [finding] = found(first, second)
        assert (finding.object, finding.key) == (two.transaction.txid, f"{HEIGHT}:{POSITION}:{USDT}:{SENT}")
        assert [leg.index for leg in finding.incoming] == ["log:0"]
    for data in ("0x", call(proof(value=SENT + 1)), call(proof(), proof(height=HEIGHT - 1))):
        two = replace(paid(data=data), logs=())
        assert joined(one, two) == found(two, one) == []
    other = receipt("other", (THERE, who("other"), THIEF, SENT), sender=RELAYER, to=MANAGER, data=call(proof()))
    assert joined(one, other) == found(other, one) == []


def test_a_proof_counts_wherever_a_call_holds_it():
    """In a transaction that somebody else sends for its signer, and among the calls of several."""
    signed = bytes.fromhex(call(proof())[2:])
    form = ["address", "bytes", "bytes32", "bytes32", "uint8"]
    meta = keccak(b"executeMetaTransaction(address,bytes,bytes32,bytes32,uint8)")[:4]
    within = "0x" + (meta + encode(form, [THIEF, signed, bytes(32), bytes(32), 27])).hex()
    for data in (within, call(proof(sender=RECIPIENT), proof())):
        assert joined(burn(), paid(data=data)) == [tx("exit")]


@pytest.mark.parametrize("other", [{"height": HEIGHT + 1}, {"position": POSITION + 1}, {"token": who("own token")}])
def test_a_call_that_shows_another_burn_joins_nothing(other):
    one, two = burn(), paid(data=call(proof(**other)))
    assert joined(one, two) == joined(two, one) == []
    [finding] = found(one, two)
    assert finding.key == f"{HEIGHT}:{POSITION}:{USDT}:{SENT}"


@pytest.mark.parametrize("other", [{"sender": RECIPIENT}, {"value": SENT + 1}, {"to": word(RECIPIENT)}])
def test_a_proof_that_is_not_of_what_was_paid_says_nothing(other):
    """The log of the payment says to whom and how much; a transfer to somebody is no burn."""
    one, two = burn(), paid(data=call(proof(**other)))
    assert joined(one, two) == found(two, one) == []


def test_two_proofs_that_fit_one_payment_say_nothing():
    """A contract may be handed one to show and another one to use."""
    one, two = burn(), paid(data=call(proof(), proof(height=HEIGHT - 1)))
    assert joined(one, two) == found(two, one) == []


@pytest.mark.parametrize("logged", [True, False])
def test_an_exit_through_a_contract_of_anybodys_is_a_lead_where_another_burn_was_alike(logged):
    """It may be handed one burn and show the bridge the other one."""
    one, two = burn(), paid()
    other = replace(one, transaction=replace(one.transaction, txid=tx("other"), block=Block(HEIGHT - 9, "", 1)))
    little = placed(receipt("little", (USDT, THIEF, None, 1), chain="polygon", sender=THIEF), HEIGHT - 8)
    failed = replace(other, transaction=replace(other.transaction, status="failed"))
    two = two if logged else replace(two, logs=())
    through = replace(two, sent=replace(two.sent, to=who("any contract")))
    for end, several, confidence in (
        (through, (other,), LEAD),
        (through, (little, failed), 0),
        (through, (), 0),
        (two, (other,), 0),
    ):
        for first, second in ((one, end), (end, one)):
            [finding] = found(first, second, *several)
            assert (finding.subject, finding.object) == (one.transaction.txid, end.transaction.txid)
            assert finding.confidence == confidence
            assert ("which is not the bridge's, and" in finding.text) == (confidence == LEAD)


def test_a_proof_that_gives_another_ones_burn_to_whoever_is_paid_joins_nothing():
    """A contract may be handed a list that nobody verifies. A little of the token leads to it from the other one."""
    theirs = placed(receipt("burn", (USDT, RECIPIENT, None, SENT), chain="polygon", sender=RECIPIENT))
    log = said(PAID, exitor=THIEF, rootToken=THERE, amount=SENT)
    moves = (THERE, PAID.contract, THIEF, SENT), (THERE, THIEF, RECIPIENT, 1)
    for logs in ((log,), ()):
        two = receipt("exit", *moves, logs=logs, sender=RELAYER, to=MANAGER, data=call(proof(sender=THIEF)))
        assert joined(theirs, two) == joined(two, theirs) == []


@pytest.mark.parametrize("index", ["9" * 5_000, "log:" + "9" * 5_000, "log:²"])
def test_an_index_that_is_no_log_s_stands_for_the_place(index):
    one = burn()
    [part] = one.transaction.transfers
    one = replace(one, transaction=replace(one.transaction, transfers=(replace(part, index=index),)))
    assert [finding.key for finding in found(one)] == [f"{HEIGHT}:{POSITION}:{USDT}:{SENT}"]


def test_a_payment_that_no_log_tells_hides_no_delivery_whose_log_has_the_number_of_its_place():
    log = said(event("USDT0", "ethereum", "OFTReceived"), guid=bytes(range(32)), srcEid=30110, toAddress=THIEF)
    two = receipt("exit", ("", ETHER.contract, THIEF, SENT), sender=RELAYER, to=MANAGER, data=call(proof()))
    both = replace(two, logs=(replace(log, txid=two.transaction.txid, index=0),))
    [part] = two.transaction.transfers
    assert part.index == "value"
    told = [verdict.text for verdict in bridges(seen(both.transaction, Lived((both,))), Lived((both,)))]
    assert [text.rpartition(" by ")[2].partition(",")[0] for text in told] == ["USDT0", "Polygon bridge"]


def test_what_another_contract_logs_is_no_exit():
    one, two = burn(), paid(emitter=who("forger"))
    assert joined(one, two) == found(two, one) == []


def test_a_burn_for_which_was_paid_twice_and_a_payment_that_failed_join_nothing():
    one, two = burn(), paid()
    assert joined(one, two, paid("again")) == []
    assert "delivered twice" in found(one, two, paid("again"))[0].text
    assert joined(one, paid(status="failed")) == []
    assert found(paid(status="failed"), one) == []


def test_two_equal_burns_of_one_transaction_are_not_told_apart():
    twice = (USDT, THIEF, None, SENT)
    one = placed(receipt("burn", twice, twice, chain="polygon", sender=THIEF))
    view = Lived((one, paid()))
    assert joined(one, paid()) == joined(paid(), one) == []
    assert any("used by two deposits" in verdict.text for verdict in bridges(seen(one.transaction, view), view))


@pytest.mark.parametrize("indexes", [("log:1", "row:0"), ("log:1", "1"), ("log:1", "log:01"), ("row:5", "row:6")])
def test_two_equal_burns_are_not_told_apart_whatever_tells_them(indexes):
    """The index of one that no log tells may have the number of the other one's log, and so may its place."""
    twice = (USDT, THIEF, None, SENT)
    one = placed(receipt("burn", twice, twice, chain="polygon", sender=THIEF))
    parts = tuple(replace(part, index=index) for part, index in zip(one.transaction.transfers, indexes, strict=True))
    one = replace(one, transaction=replace(one.transaction, transfers=parts))
    view = Lived((one, paid()))
    assert joined(one, paid()) == joined(paid(), one) == []
    assert any("used by two deposits" in verdict.text for verdict in bridges(seen(one.transaction, view), view))


def test_what_is_burned_for_another_bridge_or_is_no_token_of_the_bridge_is_no_exit():
    sent = event("USDT0", "polygon", "OFTSent")
    log = said(sent, guid=bytes(range(32)), dstEid=30101, fromAddress=THIEF, amountSentLD=SENT)
    assert {finding.protocol for finding in found(burn(logs=(log,)))} == {"USDT0"}
    assert found(burn(token=HERE)) == []


@pytest.mark.parametrize("moves", [(SENT,), (1, SENT)])
def test_a_little_that_another_bridge_takes_beside_a_burn_hides_it_no_more_than_it_carries_it(moves):
    sent = event("USDT0", "polygon", "OFTSent")
    log = said(sent, guid=bytes(range(32)), dstEid=30101, fromAddress=THIEF, amountSentLD=1)
    burns = [(USDT, THIEF, None, value) for value in moves]
    one, two = placed(receipt("burn", *burns, chain="polygon", logs=(log,), sender=THIEF)), paid()
    for first, second in ((one, two), (two, one)):
        told = {finding.protocol: finding for finding in found(first, second)}
        assert told["Polygon bridge"].object == two.transaction.txid
        assert [leg.index for leg in told["Polygon bridge"].outgoing] == [f"log:{len(moves) - 1}"]
    taken = [finding.outgoing for finding in found(one) if finding.protocol == "USDT0"]
    assert [[leg.index for leg in legs] for legs in taken] == [["log:0"]] * (len(moves) - 1)


@pytest.mark.parametrize(
    "data",
    [
        "0x", call(b"\xf8\x02\xc0"), call(b"\xf7" * 300), call(rlp.encode([b""] * 10)), call(proof(path=b"")),
        call(proof(path=b"\x00\x81")),
        call(rlp.encode([b""] * 6 + [rlp.encode([b"", b"", b"", []])] + [b"\0\x05"] * 3)),
    ],
)  # fmt: skip
def test_what_is_no_proof_shows_no_burn(data):
    assert proofs(data) == ()


def test_a_burn_is_a_transfer_by_the_topic_of_transfers():
    assert keccak(b"Transfer(address,address,uint256)") == TRANSFER


def test_lists_inside_lists_and_very_many_of_them_show_no_burn():
    deep = b"\xc0"
    for _ in range(3_000):
        deep = rlp.codec.length_prefix(len(deep), 0xC0) + deep
    assert proofs(call(deep)) == ()
    assert len(proofs(call(*[rlp.encode([bytes(60)])] * (MOST - 1), proof()))) == 1
    assert proofs(call(proof(), *[rlp.encode([bytes(60)])] * MOST)) == ()


def test_lists_that_overlap_are_not_read_beyond_the_bytes_that_a_call_may_have(monkeypatch):
    """Each is read in full, so that a short call would be long work."""
    decoded = []
    monkeypatch.setattr(exits, "_read", decoded.append)
    inner = rlp.encode([bytes(60)] * 200)
    for _ in range(12):
        inner = rlp.encode([len(inner).to_bytes(32, "big") + inner])
    assert len(inner) < BYTES // 9
    assert proofs(call(proof(), inner)) == ()
    assert proofs(call(proof(), rlp.encode([bytes(BYTES)]))) == ()
    two = paid(data=call(proof(), inner))
    [verdict] = bridges(seen(two.transaction, town(two)), town(two))
    assert (verdict.what, verdict.address) == ("none", THIEF)
    assert verdict.text.startswith("delivered by Polygon bridge: the call holds more than is read")
    assert decoded == []


def test_a_path_with_an_odd_number_of_half_bytes_is_read_as_the_contracts_read_it():
    """`_getNibbleArray` drops one half byte then. What is left must be whole bytes, for a place spells in bytes."""
    assert proofs(call(proof(path=b"\x10\x45"))) == ()
    [shown] = proofs(call(proof(path=b"\x20\x45")))
    assert shown.position == POSITION


def test_a_recorded_exit_is_told_without_the_log_too(shared):
    [name] = (shared / "data/evm/receipts/polygon_pos_bridge").glob("1_0x0bc7401a1b8a*.json")
    two = replace(read(name), logs=())
    view = town(two)
    [verdict] = bridges(seen(two.transaction, view), view)
    assert f"key {HEIGHT}:{POSITION}:{USDT}:445962192: no source has the deposit" in verdict.text


def test_a_recorded_exit_shows_the_burn_of_its_own_receipt(shared):
    path = shared / "data/evm/receipts/polygon_pos_bridge"
    [name] = path.glob("1_0x0bc7401a1b8a*.json")
    two = read(name)
    [shown] = proofs(two.sent.input)
    exitor, value = "0x0cda93172497f319a85c8f83132b61bd92d51cce", 445_962_192
    assert shown == Proof(HEIGHT, POSITION, bytes.fromhex(USDT[2:]), bytes.fromhex(exitor[2:]), value)
    one = placed(receipt("burn", (USDT, exitor, None, value), chain="polygon", sender=exitor))
    for first, second in ((one, two), (two, one)):
        [finding] = found(first, second)
        assert (finding.object, [leg.index for leg in finding.incoming]) == (two.transaction.txid, ["log:308"])


def withdrawn(exit_id, user=THIEF, name="process"):
    paid_by = event("Polygon bridge", "ethereum", "Withdraw")
    log = said(paid_by, exitId=exit_id, user=user, token=THERE, amount=SENT)
    vault = event("Polygon bridge", "ethereum", "NewDepositBlock").contract
    return receipt(name, (who("token of another name"), vault, user, SENT), logs=(log,), sender=RELAYER)


def native(**place):
    burned = event("Polygon bridge", "polygon", "Withdraw")
    log = said(burned, token=THERE, amount=SENT, **{"from": THIEF})
    one = receipt("burn", ("", THIEF, burned.contract, SENT), chain="polygon", logs=(log,), sender=THIEF)
    return placed(one, **place)


@pytest.mark.parametrize("position", [0, 55, 200])
def test_the_number_of_an_exit_of_the_native_asset_tells_block_and_place(position):
    spelt = int.from_bytes(rlp.encode(position), "big")
    two = withdrawn(1_730_059_740 << 128 | (HEIGHT << 32 | spelt) << 1)
    one = native(position=position)
    for first, second in ((one, two), (two, one)):
        [finding] = list(bridge(first.transaction, town(first, second)))
        assert (finding.object, finding.key) == (two.transaction.txid, f"{HEIGHT}:{position}")
        assert [leg.index for leg in (*finding.outgoing, *finding.incoming)] == ["value", "log:0"]
    assert joined(native(position=position + 1), two) == joined(native(height=HEIGHT + 1, position=position), two) == []


def test_the_number_of_a_recorded_exit_of_the_native_asset_is_that_of_the_proof_it_was_begun_with(shared):
    """One transaction shows the proof, and a later one pays: the number stands in the later one alone."""
    path = shared / "data/evm/receipts/polygon_pos_bridge"
    [begun], [ended] = (list(path.glob(name)) for name in ("1_0x42e58d6bde4d*.json", "1_0x772c7c665a24*.json"))
    data = bytes.fromhex(json.loads(begun.read_text("utf-8"))["tx"]["input"][10:])
    parts = rlp.decode(data[64 : 64 + int.from_bytes(data[32:64], "big")])
    height, spelt = int.from_bytes(parts[2], "big"), rlp.decode(parts[8][1:])
    two = read(ended)
    view = town(two)
    [verdict] = [one for one in bridges(seen(two.transaction, view), view) if one.what == "delivery"]
    assert f"key {height}:{int.from_bytes(spelt, 'big')}: no source has the deposit" in verdict.text

"""Self-authorisation: who is named, and the drainers, strangers and services that never are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chaintrace.model.approval import Approval
from chaintrace.model.finding import UNION, CommonControl
from chaintrace.model.provenance import Coverage, Observation
from heuristics import ALL
from heuristics.control.self_authorisation import FEW, self_authorisation
from tests.heuristics.control.account_chain import END, GOLD, Chain, Seeing, pairs

MOST = 2**256 - 1
BARE = {"holder": "0 bytes", "spender": "0 bytes"}


def story(name="ethereum") -> Chain:
    """The holder gets tokens, and the transaction `t1` approves."""
    chain = Chain(name)
    chain.pay("earlier", "holder", 500, asset=GOLD, fee=3)
    chain.pay("holder", "shop", 1, fee=3)
    return chain


def longer(name="ethereum") -> Chain:
    """The same, and five more transactions in which the holder may approve."""
    chain = story(name)
    for _ in range(5):
        chain.pay("holder", "shop", 1, fee=3)
    return chain


def approval(height=1, allowance=MOST, *, holder="holder", spender="spender", contract=GOLD, sender=None, name=None):
    return Approval(name or "ethereum", height, holder, spender, contract, allowance, f"t{height}", sender or holder)


def codes(seen, name="ethereum"):
    return [Observation(name, one, "code", 5, value) for one, value in seen.items()]


def found(chain, told=None, asked="holder", code=None, more=(), **known):
    told = [approval(name=chain.name)] if told is None else told
    seen = [one for each in told for one in each.observations(None)]
    seen += [*codes(BARE if code is None else code, chain.name), *more]
    return tuple(self_authorisation(chain.account(asked), Seeing(chain.view(**known), seen)))


def said(*args, **more):
    return pairs(found(*args, **more))


@pytest.mark.parametrize("name", ["ethereum", "tron"])
def test_an_account_that_lets_another_move_its_tokens_is_named_with_it(name):
    (one,) = found(story(name))
    text = "a lead: spender, whom holder let move its tokens, is known to be approved by 1 address"
    assert one == CommonControl(name, "holder", "spender", ("t1",), text=text)
    assert said(story(name), asked="spender") == [("spender", "holder")]
    assert said(story(name), asked="shop") == []


def test_it_is_a_lead_by_its_confidence_and_says_so():
    (rule,) = [one for one in ALL if one.id == "self_authorisation"]
    assert (rule.subject, rule.stage) == ("address", "control")
    assert rule.confidence < UNION
    assert (rule.rule.__doc__ or "").startswith("A lead, no union: ")
    assert f"more than {FEW} holders" in " ".join((rule.rule.__doc__ or "").split())


def test_a_chain_without_approvals_of_this_kind_says_nothing():
    assert said(story("ledger")) == []


@pytest.mark.parametrize("value", [0, 1, 400])
def test_a_spender_that_takes_to_a_third_address_is_a_drainer_and_is_never_named(value):
    """Of nothing too: that is how poisoning looks."""
    chain = story()
    chain.pay("spender", "holder", 10, fee=3)
    chain.pay("holder", "elsewhere", value, asset=GOLD, sender="spender", fee=3)
    assert said(chain) == said(chain, asked="spender") == []


def test_another_token_that_was_taken_to_a_third_address_speaks_as_well():
    chain = story()
    chain.pay("earlier", "holder", 5, asset="silver", fee=3)
    chain.pay("holder", "elsewhere", 5, asset="silver", sender="spender", fee=3)
    assert said(chain) == []


def test_tokens_that_the_spender_burns_are_gone_and_speak_as_well():
    chain = story()
    chain.pay("holder", None, 5, asset=GOLD, kind="burn", sender="spender", fee=3)
    assert said(chain) == []


def test_who_takes_to_itself_is_named_only_where_it_paid_the_holder_before():
    drain, late, own = story(), story(), story()
    own.pay("spender", "holder", 10, fee=3)
    for chain in (drain, late, own):
        chain.pay("holder", "spender", 400, asset=GOLD, sender="spender", fee=3)
    late.pay("spender", "holder", 10, fee=3)
    assert said(drain) == said(late) == []
    (one,) = found(own)
    assert one.evidence == ("t1", "t2", "t3")


@pytest.mark.parametrize(
    "more", [{"sender": "stranger"}, {"kind": "internal", "sender": "stranger"}, {"status": "failed"}, {"asset": GOLD}]
)
def test_only_native_value_of_the_spenders_own_counts_as_paid_before(more):
    chain = story()
    chain.pay("spender", "holder", 10, fee=3, **more)
    chain.pay("holder", "spender", 400, asset=GOLD, sender="spender", fee=3)
    assert said(chain) == []


def test_what_the_holder_sends_itself_and_what_an_issuer_destroys_says_nothing_about_the_spender():
    chain = story()
    chain.pay("holder", "elsewhere", 100, asset=GOLD, fee=3)
    chain.pay("holder", None, 100, asset=GOLD, kind="burn", sender="issuer", fee=3)
    assert said(chain) == [("holder", "spender")]


def test_a_spender_whose_code_came_after_somebody_looked_takes_by_its_operators_hand():
    third, own = story(), story()
    third.pay("holder", "elsewhere", 100, asset=GOLD, sender="operator", fee=3)
    own.pay("holder", "spender", 100, asset=GOLD, sender="operator", fee=3)
    assert said(third) == said(own) == []


def test_it_abstains_where_nobody_told_who_moved_the_tokens():
    chain = story()
    chain.pay("holder", "elsewhere", 100, asset=GOLD)
    assert said(chain) == []


def test_it_abstains_while_the_history_of_the_token_is_not_known_whole():
    assert said(story(), complete={"spender"}) == []
    assert said(story(), start=1, how="balance equal") == []
    assert said(story(), opening=5) == []
    assert said(story(), told=[approval(), approval(contract="silver")]) == [("holder", "spender")]


@pytest.mark.parametrize("missing", ["holder", "spender"])
@pytest.mark.parametrize("code", [None, "171 bytes"])
def test_it_abstains_where_nobody_looked_for_code_or_some_was_seen(missing, code):
    seen = {one: value for one, value in BARE.items() if one != missing} | ({missing: code} if code else {})
    assert said(story(), code=seen) == []


@pytest.mark.parametrize("who", ["holder", "spender"])
@pytest.mark.parametrize("what", ["delegation", "delegation signed"])
def test_an_account_that_lends_itself_code_is_not_named(who, what):
    assert said(story(), more=[Observation("ethereum", who, what, 3, "0x" + "5a" * 20)]) == []


def test_it_abstains_where_the_holder_took_it_back():
    assert said(longer(), told=[approval(1), approval(4, 0)]) == []
    assert said(longer(), told=[approval(1, 0)]) == []
    assert said(longer(), told=[approval(1), approval(4, 0), approval(6, 9)]) == [("holder", "spender")]


def test_an_allowance_that_is_used_up_is_not_taken_back():
    assert said(longer(), told=[approval(1), approval(4, 0, sender="spender")]) == [("holder", "spender")]


@pytest.mark.parametrize("sender", ["spender", "stranger"])
def test_what_the_holder_did_not_send_says_nothing(sender):
    """A signed permit that somebody else sends, or a contract that logs about whom it likes."""
    assert said(story(), told=[approval(sender=sender)]) == []


def test_an_account_is_not_named_with_itself():
    assert said(story(), told=[approval(spender="holder")]) == []


def crowd(number):
    """The holder and others approve the spender; of the others a relayer sends it, each in a history of its own."""
    chain, told = story(), [approval()]
    for other in range(number - 1):
        txid = chain.pay(f"other{other}", "shop", 1, sender="relayer", fee=3).txid
        told.append(replace(approval(9, holder=f"other{other}", sender="relayer"), txid=txid))
    return chain, told


def test_a_spender_whom_many_approve_is_named_with_nobody():
    assert said(*crowd(FEW + 1)) == said(*crowd(60)) == []
    (one,) = found(*crowd(FEW))
    assert one.text.endswith(f"is known to be approved by {FEW} addresses")


def test_what_stands_in_no_history_that_is_held_changes_nothing():
    """What else was fetched depends on the order of the answers."""
    (chain, told), two = crowd(FEW + 1), {"holder", "spender"}
    assert said(chain, told, complete=two) == said(chain, told[:1], complete=two) == [("holder", "spender")]
    assert said(story(), told=[replace(approval(), txid="elsewhere")]) == []


@pytest.mark.parametrize("who", ["holder", "spender"])
def test_services_stops_and_contracts_are_never_named(who):
    chain = story()
    assert said(chain, tags=[chain.tag(who)]) == []
    assert said(chain, tags=[chain.tag(who, "defi_dex", stops=False)]) == []
    assert said(chain, services=[who]) == []


def test_nothing_that_is_not_held_is_asked_for():
    chain = story()
    view = chain.view(complete=())
    seen = [*approval().observations(None), *codes(BARE)]
    assert tuple(self_authorisation(chain.account("holder"), Seeing(view, seen))) == ()
    assert view.missing == ()


@pytest.mark.parametrize(("assets", "named"), [({GOLD, ""}, True), ({GOLD}, False), ({""}, False)])
def test_the_approval_stands_in_a_known_history_and_that_of_the_token_is_known(assets, named):
    chain = story()
    coverage = (Coverage("ethereum", frozenset({"holder"}), frozenset(assets), 0, END, None, None),)
    view = replace(chain.view(), coverages=coverage)
    seen = [*approval().observations(None), *codes(BARE)]
    assert bool(pairs(self_authorisation(chain.account("holder"), Seeing(view, seen)))) is named

"""Which rules a case uses, what it pins, and how stages see each other's findings."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chaintrace.case.assembly import Question, stopped
from chaintrace.case.config import load
from chaintrace.case.log import Entry
from chaintrace.case.opening import open_view
from chaintrace.case.rules import chosen, findings, nobody, pinned
from chaintrace.case.view import CaseView
from chaintrace.errors import InputError
from chaintrace.model.finding import CommonControl, Heuristic, Service
from chaintrace.store import MemoryFacts
from tests.chaintrace.small_case import CASE, small_case
from tests.chaintrace.tracing.ledger import coins


def first(transaction, view):  # noqa: ARG001  # a rule's signature
    """Every receiver is a service."""
    for transfer in transaction.transfers:
        yield Service(transaction.chain, transfer.outputs[0].address, "", (transaction.txid,))


def second(transaction, view):
    """Whoever pays a service is one with it."""
    for transfer in transaction.transfers:
        if view.findings(transaction.chain, transfer.outputs[0].address):
            pair = (transfer.inputs[0].address, transfer.outputs[0].address)
            yield CommonControl(transaction.chain, *pair, (transaction.txid,))


ONE, TWO = Heuristic(first, "services", 30), Heuristic(second, "control", 40, version=2)


def entry(action: str, **details: object) -> Entry:
    return Entry(1, "", action, details, "", "")


def rules_of(folder, rules: str, log=()):
    return chosen(load(small_case(folder, case=CASE + rules)), (ONE, TWO), log)


@pytest.fixture
def view(tmp_path):
    from chaintrace.adapters import ADAPTERS
    from chaintrace.case.digests import Digests
    from chaintrace.store import MemoryStore

    config = load(small_case(tmp_path))
    return open_view(config.sources, Digests(), MemoryStore(), tmp_path, ADAPTERS)


@pytest.mark.parametrize(
    ("rules", "ids"),
    [
        ("", ["first", "second"]),
        ("[rules]\nuse = []\n", []),
        ('[rules]\nuse = ["second"]\n', ["second"]),
        ('[rules]\noff = ["second"]\n', ["first"]),
        ('[rules]\noff = ["*"]\n', []),
    ],
)
def test_the_case_says_which_rules_are_in_use(tmp_path, rules, ids):
    assert [rule.id for rule in rules_of(tmp_path, rules).rules] == ids


def test_a_rule_that_is_used_by_name_is_not_among_every_one(tmp_path):
    installed = (ONE, replace(TWO, by_name=True))
    for rules, ids in (
        ("", ["first"]),
        ('use = ["*", "second"]', ["first", "second"]),
        ('use = ["second"]', ["second"]),
        ('use = ["second"]\noff = ["*"]', []),
    ):
        config = load(small_case(tmp_path, case=f"{CASE}[rules]\n{rules}\n"))
        found = chosen(config, installed, ())
        assert ([rule.id for rule in found.rules], found.notices) == (ids, ())
        assert found.pins == {"first": 1, "second": 2}


def test_a_rule_of_tags_is_asked_about_receivers_on_chains_of_outputs():
    def spoken(account, view):
        """Whoever it is asked about."""
        del view
        yield Service(account.chain, account.address, "", ())

    made = coins(("v", [], [("ann", 9)]), ("t", ["v:0"], [("bob", 5), ("carl", 4)]))
    view = CaseView(MemoryFacts(made.transactions.values()))
    for of_tags, asked in ((False, []), (True, ["bob", "carl"])):
        rule = Heuristic(spoken, "services", 30, subject="address", of_tags=of_tags)
        assert [one.subject for one in findings([made.transactions["t"]], [rule], view)] == asked
        assert [one.subject for one in findings([], [rule], view, accounts=[made.account("zoe")])] == ["zoe"]


def test_the_first_trace_pins_what_is_installed_then(tmp_path):
    assert rules_of(tmp_path, "").pins == {"first": 1, "second": 2}
    assert pinned([entry("new"), entry("trace", rules={"first": 1}), entry("trace", rules={"second": 2})]) == {
        "first": 1
    }


def test_a_rule_installed_later_is_offered_and_not_applied(tmp_path):
    found = rules_of(tmp_path, "", [entry("trace", rules={"first": 1})])
    assert [rule.id for rule in found.rules] == ["first"]
    assert "second was installed after the first trace" in found.notices[0]


def test_another_version_than_the_pinned_one_is_bad_input(tmp_path):
    with pytest.raises(InputError, match="pins version 1 of the rule second, but version 2"):
        rules_of(tmp_path, "", [entry("trace", rules={"first": 1, "second": 1})])


def test_a_rule_that_is_not_there_is_bad_input_with_its_line(tmp_path):
    with pytest.raises(InputError, match="did you mean 'first'") as caught:
        rules_of(tmp_path, '[rules]\nuse = ["frist"]\n')
    assert caught.value.line == 19


def test_a_stage_sees_what_the_earlier_ones_said(view):
    transactions = list(view.facts.transactions("ledger"))
    assert [one.rule for one in findings(transactions, (TWO,), view)] == []
    said = findings(transactions, (TWO, ONE), view)
    assert [(one.rule, one.version, one.confidence) for one in said] == [("first", 1, 30)] * 2 + [("second", 2, 40)] * 2


def test_a_service_stops_a_trace_and_what_lies_behind_it_is_not_told(tmp_path, view):
    config = load(small_case(tmp_path))
    question = Question(config, ("fifo",))
    _, traces, said, _ = stopped(question, view, (ONE, TWO), nobody)
    (endpoint,) = traces["fifo"].outcomes
    assert (endpoint.address, endpoint.value, endpoint.rule) == ("taker", 100, "first")
    assert {txid for one in said for txid in one.evidence} == {"t1"}


def test_without_rules_nothing_is_said(tmp_path, view):
    question = Question(load(small_case(tmp_path)), ("fifo",))
    assert stopped(question, view, (), nobody).findings == ()

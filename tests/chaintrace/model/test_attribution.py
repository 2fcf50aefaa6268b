"""When tags contradict each other, how well one is supported, and the confidence that is stated."""

from __future__ import annotations

import pytest

from chaintrace.model.attribution import Tag, conflicting, contradicting, grade, stated_confidence


def tag(label: str = "Huobi 1", actor: str = "", category: str = "", confidence: int = 50, **more: object) -> Tag:
    fields = {"stops": category in {"exchange", "mixing_service"}, "source": "list", **more}
    return Tag("tron", "T", label, actor, category, confidence, **fields)


@pytest.mark.parametrize(
    ("tags", "differ"),
    [
        ([tag()], False),
        ([tag(actor="huobi"), tag(actor="okex")], True),
        ([tag(actor="huobi"), tag(actor="Huobi")], False),
        ([tag(actor="huobi", category="exchange"), tag(actor="huobi")], False),
        ([tag(actor="huobi", category="exchange"), tag("OKX", category="exchange")], False),
        ([tag(category="exchange"), tag(category="mixing_service")], True),
        ([tag(category="exchange"), tag()], False),
        ([tag("Fake_Phishing1"), tag("defi fraud")], False),
        ([tag("Huobi", category="exchange"), tag("OKX", category="exchange")], True),
        ([tag("Huobi", category="exchange"), tag("OKX")], True),
        ([tag("A PERSON"), tag("Asset listed", category="user")], False),
        ([], False),
    ],
)
def test_an_empty_actor_or_category_is_not_said_and_contradicts_nothing(tags, differ):
    assert conflicting(tags) == differ
    assert conflicting(tags[::-1]) == differ


def test_only_the_tags_that_take_part_in_a_conflict_are_named():
    named, other, silent = tag(actor="huobi"), tag(actor="okex", confidence=20), tag(confidence=5)
    assert contradicting([silent, named, other]) == (named, other)
    assert stated_confidence([silent, named, other]) == 20
    assert stated_confidence([silent, named]) == 50
    assert stated_confidence([]) == 0


@pytest.mark.parametrize(
    ("families", "graded"),
    [
        (["explorer:tronscan"], "claimed"),
        (["explorer:tronscan", "explorer:etherscan"], "claimed"),
        (["rule:deposit_address"], "claimed"),
        (["rule:deposit_address", "explorer:tronscan"], "claimed"),
        (["reserves:huobi"], "attributed"),
        (["reserves:huobi", "rule:deposit_address"], "attributed"),
        (["reserves:huobi", "explorer:tronscan"], "corroborated"),
        (["reserves:huobi", "ofac-sdn"], "corroborated"),
    ],
)
def test_copies_explorers_and_rules_do_not_support(families, graded):
    tags = [tag(actor="huobi", source_family=name) for name in families]
    assert {grade(tags, one) for one in tags} == {graded}


def test_a_tag_that_says_something_else_does_not_support():
    one, other = tag(actor="huobi", source_family="a"), tag(actor="okex", source_family="b")
    assert grade([one, other], one) == "attributed"


def test_without_a_family_the_source_is_its_own():
    assert tag().family == "list"
    assert tag(source_family="reserves:huobi").family == "reserves:huobi"

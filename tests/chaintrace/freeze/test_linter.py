"""The linter: exactly the blanks, every contradiction that it names, and what is not ours to say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from chaintrace.freeze import agreement as agreement_module
from chaintrace.freeze.authority import Asker, Authority, Clock
from chaintrace.freeze.findings import complete
from chaintrace.freeze.given import CHINESE_FORM, needed, needed_date
from chaintrace.freeze.letter import letter
from chaintrace.freeze.linter import checked
from chaintrace.freeze.recipients import recipients
from chaintrace.freeze.request import KINDS
from chaintrace.freeze.schedule import schedule
from chaintrace.model.chain import Asset
from chaintrace.report.interface import Table
from tests.chaintrace.freeze.samples import EVIDENCE, PLACE, RESTING, filled, request, to_issuer


def found(asked, kind: str = "inconsistent") -> list[str]:
    """The sentences of one kind."""
    return [finding.sentence for finding in checked(asked, letter(asked)) if finding.kind == kind]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("made", [request, to_issuer], ids=["exchange", "issuer"])
def test_an_empty_case_lacks_exactly_what_the_letter_needs(made, kind, language):
    asked = made(kind=kind, language=language)
    missing = [finding for finding in checked(asked, letter(asked)) if finding.kind != "warning"]
    keys = [f"case.toml [authority] {key}" for key in needed(asked)]
    keys += [f"case.toml [clock] {needed_date(asked)}"] if needed_date(asked) else []
    assert [finding.where for finding in missing] == keys
    assert {finding.kind for finding in missing} == {"missing"}
    assert not complete(tuple(missing))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("made", [request, to_issuer], ids=["exchange", "issuer"])
def test_a_case_that_gives_all_of_it_is_complete(made, kind, language, tmp_path):
    asked = filled(made(kind=kind, language=language), tmp_path)
    assert [finding for finding in checked(asked, letter(asked)) if finding.kind != "warning"] == []
    assert complete(checked(asked, letter(asked)))


@pytest.mark.parametrize("key", needed(request()))
def test_each_thing_alone_is_missed(key, tmp_path):
    asked = filled(request(), tmp_path)
    authority = asked.asker.authority
    texts = {name: text for name, text in authority.texts.items() if name != key}
    files = {name: file for name, file in authority.files.items() if name != key}
    asked = replace(asked, asker=replace(asked.asker, authority=Authority(texts, files)))
    assert [finding.where for finding in checked(asked, letter(asked)) if finding.kind != "warning"] == [
        f"case.toml [authority] {key}"
    ]


def test_the_chinese_form_and_the_recipient_need_more():
    assert set(needed(request(language="zh"))) - set(needed(request())) == set(CHINESE_FORM)
    assert set(needed(request(recipient=recipients()["kucoin"]))) - set(needed(request())) == {"officer_id"}
    assert "order_attached" not in needed(request(kind="preserve"))
    assert "reissue_wallet" in needed(request(kind="seize"))
    assert "supersedes" in needed(request(kind="release"))


def test_a_recipient_without_a_name_is_missed():
    asked = request(recipient=recipients()["generic"], entity="", folder="generic-unnamed")
    assert "nobody says who the recipient is" in found(asked, "missing")


WRONG = {
    "another report": (request(evidence=replace(EVIDENCE, standing="f" * 64)), "is another one"),
    "no report": (request(evidence=replace(EVIDENCE, standing="")), "no report stands"),
    "address of another chain": (
        request(places=(replace(PLACE, address="1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),)),
        "is no tron address",
    ),
    "address in another form": (
        request(places=(replace(PLACE, address="0x" + "1" * 40),)),
        "is not written as tron writes it",
    ),
    "address with a wrong sign": (
        request(places=(replace(PLACE, address=PLACE.address[:-1] + "S"),)),
        "no tron address",
    ),
    "a txid that is none": (
        request(places=(replace(PLACE, credits=(replace(PLACE.credits[0], txid="81530f"),)),)),
        "is no tron txid",
    ),
    "the parts are not the whole": (request(places=(replace(PLACE, traced=61_000_000),)), "hold 60 traced"),
    "more traced than moved": (
        request(places=(replace(PLACE, credits=(replace(PLACE.credits[0], gross=59_000_000),)),)),
        "more is traced of a transfer than it moved",
    ),
    "more than the gross credit": (
        request(places=(replace(PLACE, asked=80_000_001, reason="an order"),)),
        "80.000001 is asked for, and all transfers together moved 80",
    ),
    "more than the gross credits in two rows of one transfer": (
        request(
            places=tuple(
                replace(PLACE, number=n, origin=f"payment {n}", asked=value, low=value)
                for n, value in ((1, 50_000_000), (2, 30_000_001))
            )
        ),
        f"80.000001 is asked for at {PLACE.address} in all rows, and all transfers together moved 80",
    ),
    "more than lies there in two rows of one place": (
        to_issuer(
            places=tuple(
                replace(RESTING, number=n, origin=f"payment {n}", asked=value, low=value)
                for n, value in ((1, 30_000_000), (2, 15_000_001))
            )
        ),
        "45.000001 is asked for, and 45 was there",
    ),
    "more than the least": (
        request(places=(replace(PLACE, asked=50_000_001),)),
        "more than the least over the methods",
    ),
    "all released because the methods differ": (
        request(kind="release", places=(replace(PLACE, low=0, asked=0),)),
        "so all that is restrained would be released",
    ),
    "an order that has ended": (
        request(today=date(2026, 7, 6), asker=Asker(clock=Clock({"order_expires": datetime(2026, 7, 5, tzinfo=UTC)}))),
        "order in force until: that has passed (2026-07-05 00:00:00 UTC)",
    ),
    "nothing to freeze": (request(places=(replace(PLACE, low=0, asked=0),)), "nothing would be restrained"),
    "a private wallet at an exchange": (
        request(places=(replace(PLACE, shape="private"),)),
        "a private wallet is nothing",
    ),
    "nobody's wallet at an exchange": (
        request(places=(replace(PLACE, shape="unknown"),)),
        "a private wallet is nothing",
    ),
    "another token": (
        to_issuer(places=(replace(RESTING, asset=Asset("tron", PLACE.address, "USDT", 6)),)),
        "is not one that this issuer issues",
    ),
    "a token whose issuer nobody knows": (
        to_issuer(places=(replace(RESTING, asset=Asset("tron", "", "TRX", 6)),)),
        "the token - on tron is not one",
    ),
    "more than the balance": (to_issuer(places=(replace(RESTING, balance=29_999_999),)), "29.999999 was there"),
    "a trace older than the balance": (
        to_issuer(places=(replace(RESTING, height=899),)),
        "the trace ends at height 899 and what is known of the address is of 900",
    ),
    "an end before the report": (
        request(
            asker=Asker(
                clock=Clock(
                    {"reported": datetime(2026, 1, 5, tzinfo=UTC), "order_expires": datetime(2026, 1, 4, tzinfo=UTC)}
                )
            )
        ),
        "before the loss was reported",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_does_not_agree_is_said_and_blocks(case):
    asked, said = WRONG[case]
    assert any(said in sentence for sentence in found(asked)), found(asked)
    assert not complete(checked(asked, letter(asked)))


def test_a_release_of_everything_that_the_case_states_is_meant_so():
    stated = request(kind="release", places=(replace(PLACE, low=0, asked=0, reason="the order ended"),))
    assert found(stated) == []
    part = request(kind="release", places=(PLACE, replace(PLACE, number=2, origin="B", low=0, asked=0)))
    assert found(part) == []
    assert "nothing of this row would stay restrained" in " ".join(found(part, "warning"))


@pytest.mark.parametrize("kind", ["preserve", "disclose", "production"])
def test_a_letter_that_asks_for_no_amount_is_not_measured_by_one(kind):
    assert found(request(kind=kind, places=(replace(PLACE, asked=80_000_001),))) == []


def test_a_date_has_passed_from_its_day_on_and_only_where_a_day_was_given():
    def dated(day, **dates):
        clock = Clock({key: datetime(2026, 7, 5, hour, tzinfo=UTC) for key, hour in dates.items()})
        return request(today=day, asker=Asker(clock=clock))

    assert found(dated(None, order_expires=0)) == []
    assert found(dated(date(2026, 7, 4), order_expires=0)) == []
    assert found(dated(date(2026, 7, 5), order_expires=12)) == []
    assert len(found(dated(date(2026, 7, 5), order_expires=0))) == 1
    other = dated(date(2026, 7, 6), preserved_until=0)
    assert found(other) == []
    assert "preserved until: that has passed" in " ".join(found(other, "warning"))


def test_what_no_method_goes_below_in_all_is_a_warning_where_it_is_more():
    asked = request(in_all=((PLACE.asset, 50_000_001),))
    assert "no method brings less than 50.000001 USDT to these addresses in all" in " ".join(found(asked, "warning"))
    assert "in all" not in " ".join(found(request(in_all=((PLACE.asset, 50_000_000),)), "warning"))
    assert "in all" not in " ".join(found(replace(asked, kind="preserve"), "warning"))
    assert "in all" not in " ".join(found(replace(asked, places=(replace(PLACE, reason="an order"),)), "warning"))


def test_a_label_of_code_in_the_letter_of_a_recipient_is_a_warning():
    said = " ".join(found(request(places=(replace(PLACE, category="defi_bridge"),)), "warning"))
    assert "called defi_bridge, where no accounts are kept" in said
    assert "where no accounts are kept" not in " ".join(found(request(), "warning"))


def test_a_chinese_finding_is_chinese_where_the_words_are_ours():
    wrong = replace(PLACE, address="TXX", called="Hacker 1", credits=(replace(PLACE.credits[0], txid="81530f"),))
    asked = request(language="zh", places=(wrong,), recipient=recipients()["bybit"])
    said = [finding.sentence for finding in checked(asked, letter(asked))]
    assert {"TXX 不是 tron 地址", "81530f 不是 tron 交易哈希"} <= set(said)
    assert "文书中写有'Hacker'：请写明是哪个地址、由谁标注为谁" in said
    assert "收件单位要求的请求方式不详（渠道）：发送前请查明" in said


def test_a_good_request_has_none_of_them():
    assert found(request()) == []
    assert found(to_issuer()) == []


def test_a_schedule_that_sums_to_something_else_is_seen(monkeypatch):
    def short(asked):
        table = schedule(asked)
        rows = tuple((*row[:26], 1, *row[27:]) for row in table.rows)
        return Table(table.name, table.columns, rows)

    monkeypatch.setattr(agreement_module, "schedule", short)
    assert "asks for 50000000 base units and the schedule's rows sum to 1" in " ".join(found(request()))


@pytest.mark.parametrize("called", ["Hacker 1", "a dirty wallet", "the suspect's bank"])
def test_a_label_with_words_that_are_not_ours_blocks(called):
    assert found(request(places=(replace(PLACE, called=called),)), "wording") != []


def test_a_chinese_label_with_such_words_blocks():
    sentences = found(request(language="zh", places=(replace(PLACE, called="洗钱钱包"),)), "wording")
    assert any("洗钱" in sentence for sentence in sentences)


def test_the_facts_are_the_authoritys_to_say(tmp_path):
    asked = filled(request(), tmp_path, facts="The suspect, a criminal, laundered stolen funds.")
    assert found(asked, "wording") == []


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", KINDS)
def test_no_letter_of_ours_says_what_we_may_not(kind, language):
    for made in (request, to_issuer):
        assert found(made(kind=kind, language=language), "wording") == []


def test_claims_that_contradict_each_other_are_a_warning():
    assert "contradict each other" not in " ".join(found(request(), "warning"))
    asked = request(places=(replace(PLACE, is_contested=True),))
    assert "claims about whose address it is contradict each other" in " ".join(found(asked, "warning"))


def test_a_memo_that_services_need_and_nobody_knows_is_a_warning():
    assert "destination tag" not in " ".join(found(request(), "warning"))
    asked = request(places=(replace(PLACE, lacks_memo=True),))
    assert "no memo or destination tag of a credit is known" in " ".join(found(asked, "warning"))


def test_warnings_do_not_block(tmp_path):
    shaped = filled(to_issuer(places=(RESTING, replace(PLACE, number=3))), tmp_path)
    said = " ".join(found(shaped, "warning"))
    assert "looks like a service's (Huobi)" in said
    assert complete(checked(shaped, letter(shaped)))
    stated = filled(request(places=(replace(PLACE, asked=60_000_000, reason="the order"),)), tmp_path)
    assert "one that the case states" in " ".join(found(stated, "warning"))
    assert complete(checked(stated, letter(stated)))
    assert "is a wallet of the service by its label" in " ".join(found(request(), "warning"))
    said = " ".join(found(request(evidence=replace(EVIDENCE, complete=False)), "warning"))
    assert "the report on which the letter rests is not complete" in said
    blocked = to_issuer(places=(replace(RESTING, state="blocked"),))
    assert "blocked already" in " ".join(found(blocked, "warning"))
    assert "blocked already" not in " ".join(found(to_issuer(), "warning"))
    assert "asks for English" not in " ".join(found(request(), "warning"))
    assert "要求使用英文" in " ".join(found(request(language="zh", recipient=recipients()["kucoin"]), "warning"))
    assert "not known (channel)" in " ".join(found(request(recipient=recipients()["bybit"]), "warning"))


def test_a_weak_grade_and_a_label_younger_than_the_first_credit_are_told_in_the_letter_and_warned_of(tmp_path):
    weak = replace(PLACE, confidence=20, grade="claimed", labelled="2023-02-01")
    asked = filled(request(places=(weak,)), tmp_path)
    said = " ".join(found(asked, "warning"))
    assert "graded “claimed” (confidence 20 of 100)" in said
    assert "the label is of 2023-02-01, after the first credit" in said
    text = str(letter(asked).blocks)
    assert r"confidence 20 of 100\ngrade: claimed\nlabel of 2023-02-01, after the first credit" in text
    assert complete(checked(asked, letter(asked)))
    good = filled(request(places=(replace(PLACE, grade="attributed", labelled="2021-08-05"),)), tmp_path)
    assert "graded" not in " ".join(found(good, "warning"))
    assert "label of" not in str(letter(good).blocks)

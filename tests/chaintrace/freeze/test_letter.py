"""The letter: what it says of each address and credit, blanks that can be seen, and the forms of both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chaintrace.freeze.authority import Asker, Clock
from chaintrace.freeze.blocks import BLANK, Fields, Grid, Heading, Paragraph, Title
from chaintrace.freeze.letter import FIRST_CREDITS, FIRST_PLACES, letter
from chaintrace.freeze.recipients import recipients
from chaintrace.freeze.request import KINDS
from chaintrace.i18n import speaker
from tests.chaintrace.freeze.samples import DEPOSIT, EVIDENCE, PLACE, RESTING, TXID, filled, request, to_issuer
from tests.chaintrace.i18n.catalogues import messages


def words(made) -> str:
    """Everything that a letter says."""
    found = []
    for block in made.blocks:
        match block:
            case Title(text, under):
                found += [text, under]
            case Heading(text) | Paragraph(text):
                found.append(text)
            case Fields(rows):
                found += [f"{name}: {value}" for name, value in rows]
            case Grid(headings, rows):
                found += [*headings, *(cell for row in rows for cell in row)]
            case _:
                found += getattr(block, "items", ())
    return "\n".join(found)


def test_it_names_the_address_the_credit_and_the_amounts():
    text = words(letter(request()))
    for said in (PLACE.address, "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", TXID, "2021-08-05 10:35:36 UTC", "index 0"):
        assert said in text
    assert "Please freeze 50 USDT on the accounts that were credited" in text
    assert "50–\n60" in text
    assert "0.750000" in text
    assert "an explorer" in text
    assert "a" * 64 in text


def test_it_speaks_of_secrecy_of_others_of_contest_of_what_it_replaces_and_names_nobody():
    text = words(letter(request()))
    for said in (
        "Please do not tell the account's holder",
        "people who took no part",
        f"can contest this measure at: {BLANK} [court or office where this can be contested]",
        "Replaces: none is named",
        "This letter does not identify any person.",
        "internal transfers to and from it",
        "devices, IP addresses",
    ):
        assert said in text


@pytest.mark.parametrize("name", ["name of the authority", "case number", "officer", "legal basis", "order or warrant"])
def test_what_is_not_given_is_a_blank_with_its_name(name):
    text = words(letter(request()))
    assert f"{BLANK} [{name}]" in text or f"{name}: {BLANK}" in text


def test_what_is_given_leaves_no_blank_but_signature_seal_date_and_the_reply(tmp_path):
    made = letter(filled(request(), tmp_path))
    form = next(number for number, block in enumerate(made.blocks) if isinstance(block, Title) and number)
    before = replace(made, blocks=made.blocks[:form])
    assert [line for line in words(before).splitlines() if "[" in line and BLANK in line] == []
    assert [line.partition(":")[0] for line in words(before).splitlines() if BLANK in line] == [
        *("Officer", "Seal", "Date"),
    ]


def test_times_are_told_in_the_zones_of_case_and_recipient():
    there = replace(recipients()["htx"], texts={**recipients()["htx"].texts, "time_zone": "America/New_York"})
    text = words(letter(request(recipient=there, asker=Asker(clock=Clock({}, "Asia/Shanghai")))))
    assert "2021-08-05 10:35:36 UTC\n2021-08-05 06:35:36 -04:00\n2021-08-05 18:35:36 +08:00" in text
    assert "Times: UTC, and below it America/New_York, Asia/Shanghai." in text


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_its_title_and_asks_for_its_own(kind):
    text = words(letter(request(kind=kind)))
    assert text.startswith(KINDS[kind])
    assert ("Asked for" in text) == (kind in {"hold", "freeze", "seize", "release"})
    assert ("Account credited" in text) == (kind == "production")


@pytest.mark.parametrize("made", [request, to_issuer], ids=["exchange", "issuer"])
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", KINDS)
def test_only_a_letter_that_names_an_amount_speaks_of_one(kind, language, made):
    asked = made(kind=kind, language=language)
    say, text = speaker(language), words(letter(asked))
    names = kind in {"hold", "freeze", "seize", "release"}
    for said in ("Please restrain no more than the amount asked for, and tell us", "Amount restrained, by asset"):
        [whole] = [one for one in messages() if one.startswith(said)]
        assert (say(whole) in text) == names
    [none] = [one for one in messages() if one.startswith("This letter does not ask you to restrain anything")]
    assert (say(none) in text) == (not names)


def test_a_release_of_everything_says_so_and_nothing_stays_listed():
    text = words(letter(request(kind="release", places=(replace(PLACE, low=0, asked=0, reason="the order ended"),))))
    assert "Please release all that is restrained on our earlier request" in text
    assert "What stays restrained is listed here" not in text
    assert "above 50 USDT on our earlier request" in words(letter(request(kind="release")))


def test_an_asset_of_which_nothing_is_asked_is_not_counted_in_the_request():
    other = replace(PLACE, number=2, asset=replace(PLACE.asset, contract="TOther", name="USDD"), low=0, asked=0)
    assert "Please freeze 50 USDT on the accounts" in words(letter(request(places=(PLACE, other))))


def test_what_no_method_goes_below_in_all_is_told_beside_the_least_of_the_rows():
    text = words(letter(request(in_all=((PLACE.asset, 52_000_000),))))
    assert "No method brings less than 52 USDT there in all." in text


def test_a_form_for_records_has_a_line_for_what_rests_too():
    form = letter(to_issuer(kind="production", places=(RESTING, replace(PLACE, number=3)))).blocks
    [grid] = [block for block in form if isinstance(block, Grid) and "Files returned" in block.headings]
    assert grid.headings[1:3] == ("Txid and index, or address", "Customer, where you know one")
    assert [row[:2] for row in grid.rows] == [("2", RESTING.address), ("3", f"{TXID}\n0")]
    assert "for each transfer and each address listed here" in words(letter(to_issuer(kind="production")))


@pytest.mark.parametrize("kind", ["hold", "freeze"])
def test_an_issuer_is_asked_to_block_only_what_an_amount_is_asked_for(kind):
    nothing = replace(RESTING, number=3, low=0, asked=0)
    text = words(letter(to_issuer(kind=kind, places=(RESTING, nothing))))
    assert "Please block the addresses listed here for which an amount is asked, for the token contracts named" in text
    assert "The amount asked for is 30 USDT." in text


@pytest.mark.parametrize("kind", ["preserve", "disclose"])
def test_an_issuer_is_asked_about_addresses_and_not_about_accounts(kind):
    [lead] = [
        one.text for one in letter(to_issuer(kind=kind)).blocks if isinstance(one, Paragraph) and one.style == "lead"
    ]
    assert "on the addresses listed here" in lead
    assert "accounts" not in lead


def test_an_issuer_is_told_of_each_wallet_what_it_looks_like_and_what_lies_there():
    text = words(letter(to_issuer(places=(RESTING, replace(PLACE, number=3)))))
    assert "for which an amount is asked, for the token contracts named" in text
    assert "No. 2: a source said that there is no code at the address, and no tag and no rule of the report" in text
    assert "private wallet" not in text
    assert "No. 3: the address is a wallet of Huobi by its label" in text
    assert "rests there 2021-08-05 10:35:36 UTC" in text
    assert "balance: 45" in text
    assert "issues and redemptions" in text


def test_a_resting_place_alone_has_no_transfers():
    assert "No single transfer is listed" in words(letter(to_issuer()))
    assert "balance: not known" in words(letter(to_issuer(places=(replace(RESTING, balance=None),))))


def test_of_a_resting_place_no_whole_credits_are_told():
    asked = to_issuer(places=(RESTING, replace(PLACE, number=3)))
    (grid,) = [block for block in letter(asked).blocks if isinstance(block, Grid) and "Whole credits" in block.headings]
    assert [row[3:5] for row in grid.rows] == [("", "40"), ("80", "60")]


def test_a_swapper_is_asked_for_the_other_side():
    text = words(letter(request(recipient=recipients()["changenow"], kind="disclose")))
    assert "the output's asset, amount, address, memo and txid" in text
    assert "the refund address" in text


def test_a_deposit_address_is_said_to_have_innocent_explanations():
    place = replace(PLACE, address=DEPOSIT, service_address=PLACE.address, shape="deposit", memo="104")
    text = words(letter(request(places=(place,))))
    assert f"what arrives is swept to {PLACE.address}. A customer's account, a payment gateway" in text
    assert "memo 104" in text
    remarked = replace(place, remark="swept to huobi's wallet in 216 of 216 outflows.")
    said = "No. 1: what the report says of it: swept to huobi's wallet in 216 of 216 outflows."
    assert said in words(letter(request(places=(remarked,)))).splitlines()
    quoted = "swept to huobi's wallet in 216 of 216 outflows（报告原文，未翻译）"
    assert quoted in words(letter(request(language="zh", places=(remarked,))))


def test_a_stated_amount_stands_with_its_reason():
    place = replace(PLACE, asked=55_000_000, reason="the order names it")
    assert "55 is asked for in the place of the least (50). Reason given: the order names it" in words(
        letter(request(places=(place,)))
    )


def test_long_lists_are_cut_and_say_where_the_rest_is():
    several = tuple(replace(PLACE.credits[0], index=str(number)) for number in range(FIRST_CREDITS + 5))
    many = tuple(replace(PLACE, number=number, credits=()) for number in range(FIRST_PLACES + 1))
    text = words(letter(request(places=(replace(PLACE, credits=several), *many))))
    assert f"index {FIRST_CREDITS - 1}" in text
    assert f"index {FIRST_CREDITS}\n" not in text
    assert f"holds all {FIRST_CREDITS + 5} transfers" in text
    assert f"The schedule holds all {FIRST_PLACES + 2} rows." in text
    paid = tuple(("A", "1 USDT", f"payment{number}") for number in range(8))
    assert "payment5); and 2 more, which the report lists" in words(
        letter(request(evidence=replace(EVIDENCE, paid=paid)))
    )


TITLES = {
    "preserve": "协助冻结电子数据通知书",
    "disclose": "调取证据通知书",
    "freeze": "协助冻结财产通知书",
    "release": "协助解除冻结财产通知书",
}


@pytest.mark.parametrize("kind", TITLES)
def test_the_chinese_letter_has_the_local_form(kind):
    text = words(letter(request(kind=kind, language="zh")))
    assert text.startswith(TITLES[kind])
    for name in ("立案决定书文号", "第二名侦查人员", "公章", "立案决定书: ", "工作证"):
        assert name in text


def test_the_chinese_notice_of_freezing_says_what_its_rule_asks_for():
    text = words(letter(request(language="zh")))
    for name in ("财产种类: USDT", "账户名称、账号", "冻结数额: 50 USDT", "冻结期限", "冻结范围", "是否及于孳息"):
        assert name in text
    assert "财产种类" not in words(letter(request()))


def test_the_end_of_an_order_is_told(tmp_path):
    asked = filled(request(), tmp_path)
    assert "until 2026-07-05 00:00:00 UTC; 2026-07-05 08:00:00 +08:00 (Asia/Shanghai)." in words(letter(asked))
    reported = replace(asked, asker=Asker(clock=Clock({"reported": datetime(2026, 1, 5, tzinfo=UTC)})))
    assert "Reported: 2026-01-05 00:00:00 UTC" in words(letter(reported))


def test_a_memo_and_a_state_at_the_issuer_are_told_where_they_are_known():
    credited = replace(PLACE, credits=(replace(PLACE.credits[0], memo="104"),))
    assert f"{TXID}\nindex 0\nmemo 104" in words(letter(request(places=(credited,))))
    blocked = replace(RESTING, state="blocked")
    assert "state at the token's contract (height): blocked (900)" in words(letter(to_issuer(places=(blocked,))))
    assert "已封锁 (900)" in words(letter(to_issuer(language="zh", places=(blocked,))))
    assert "state at the token's contract" not in words(letter(to_issuer()))


def test_a_source_is_named_by_its_file_and_not_by_where_it_lies_on_a_disk():
    text = words(letter(request(evidence=replace(EVIDENCE, sources=(("../of/an/analyst/transfers.csv", "b" * 64),)))))
    assert "SHA-256 (transfers.csv)" in text
    assert "analyst" not in text

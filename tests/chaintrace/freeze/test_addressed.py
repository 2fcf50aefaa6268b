"""Who is concerned: endpoints by actor, tokens by contract, and for how much."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest

from chaintrace.errors import InputError
from chaintrace.freeze.addressed import Asked, addressed
from chaintrace.freeze.authority import Ask, Asker
from chaintrace.freeze.schedule import schedule
from chaintrace.model.attribution import Tag
from chaintrace.model.chain import Asset
from chaintrace.model.trace import Claim, Endpoint, Resting, Screen, Trace
from chaintrace.report import Inputs, build
from chaintrace.report.wording import MEMO_MISSING
from tests.chaintrace.freeze.samples import EVIDENCE, USDT

T0 = 1_600_000_000
GOLD = Asset("ledger", "GOLD", "GOLD", 2)


def tag(actor: str, address: str, category: str = "exchange", label: str = "a label", chain: str = "tron") -> Tag:
    return Tag(chain, address, label, actor, category, 70, "a list", "2026-01-01", stops=True)


def credit(address: str, value: int, tags, origin: str = "A", asset: Asset = USDT, gross: int = 0) -> Endpoint:
    return Endpoint(
        origin, asset, value, address, f"tx-{address}", "0", T0, None, None, gross or value, 1, 2, tags=tags
    )


def resting(address: str, value: int, asset: Asset = USDT) -> Resting:
    return Resting("A", asset, value, address, "", "", T0 + 600, 77, since=T0)


def report(memos=MappingProxyType({}), **outcomes):
    """A report whose methods end with these outcomes; the first is the main one."""
    traces = {}
    for method, ends in outcomes.items():
        claims = {}
        for end in ends:
            claims[end.origin, end.asset] = claims.get((end.origin, end.asset), 0) + end.value
        claimed = tuple(
            Claim(origin, None, asset.chain, "seed", "0", asset, "W", value, value)
            for (origin, asset), value in claims.items()
        )
        traces[method] = Trace(method, claimed, (), tuple(ends), (), ())
    actors = {"huobi": "Huobi", "smallex": "Small Exchange"}
    apart = frozenset({"tron"} if memos else ())
    screen = Screen(frozenset(), frozenset())
    return build(Inputs("a case", tuple(outcomes), traces, screen, actors=actors, memos=memos, memo_chains=apart))


def requests(made, *to: str, asks=(), kind: str = "freeze"):
    found, notes = addressed(made, EVIDENCE, Asker(asks=asks), Asked(kind, "en", to))
    return {one.folder: one for one in found}, {one.folder: one for one in notes}


HOT, SMALL, POOL = "THot", "TSmall", "TPool"


def test_endpoints_go_to_their_actors_and_the_token_to_its_issuer():
    made = report(
        fifo=[
            credit(HOT, 60, (tag("huobi", HOT),)),
            credit(SMALL, 30, (tag("smallex", SMALL),)),
            credit(POOL, 10, (tag("", POOL, "mixing_service", "A Mixer"),)),
        ]
    )
    found, notes = requests(made)
    assert list(found) == ["htx", "generic-smallex", "tether"]
    assert list(notes) == ["generic-a-mixer"]
    assert found["htx"].called == "HTX (formerly Huobi)"
    assert found["generic-smallex"].called == "Small Exchange"
    assert [place.address for place in found["tether"].places] == [HOT, SMALL, POOL]
    assert [place.category for place in notes["generic-a-mixer"].places] == ["mixing_service"]


def test_a_label_without_an_actor_is_nobodys_however_it_looks():
    found, _ = requests(report(fifo=[credit(HOT, 60, (tag("", HOT, label="Huobi 1"),))]))
    assert list(found) == ["generic-huobi-1", "tether"]


def test_two_entities_never_share_a_folder():
    made = report(
        fifo=[
            credit("T1", 60, (tag("", "T1", label="An Exchange"),)),
            credit("T2", 30, (tag("", "T2", label="an exchange!"),)),
            credit("T3", 10, (tag("", "T3", label="交易所"),)),
        ]
    )
    found, _ = requests(made)
    assert list(found) == ["generic-an-exchange", "generic-an-exchange-2", "generic-unnamed", "tether"]
    assert [found[name].called for name in list(found)[:3]] == ["An Exchange", "an exchange!", "交易所"]


def test_a_token_is_met_by_its_contract_and_never_by_its_name():
    fake = Asset("tron", "TFake", "USDT", 6)
    found, _ = requests(report(fifo=[credit(HOT, 60, (tag("huobi", HOT),), asset=fake)]))
    assert list(found) == ["htx"]


def test_the_least_over_the_methods_is_asked_for_and_nothing_more():
    made = report(
        fifo=[credit(HOT, 60, (tag("huobi", HOT),)), resting("TRest", 40)],
        lifo=[credit(HOT, 50, (tag("huobi", HOT),)), resting("TRest", 50)],
        haircut=[credit(HOT, 70, (tag("huobi", HOT),)), resting("TRest", 30)],
    )
    found, _ = requests(made)
    (place,) = found["htx"].places
    assert (place.traced, place.low, place.high, place.asked) == (60, 50, 70, 50)
    rest, endpoint = found["tether"].places
    assert (rest.traced, rest.low, rest.high, rest.asked, rest.rests) == (40, 30, 50, 30, True)
    assert endpoint.asked == 50
    assert found["tether"].asked() == [(USDT, 80)]


def test_a_place_whose_tags_contradict_each_other_is_known_to_be_contested():
    two = (tag("huobi", HOT), tag("smallex", HOT))
    for tags, contested in ((two, True), (two[:1], False)):
        found, _ = requests(report(fifo=[credit(HOT, 60, tags)]))
        assert [place.is_contested for place in found["htx"].places] == [contested]


def test_a_place_of_which_the_report_misses_a_memo_is_known_to_lack_it():
    made = report(fifo=[credit(HOT, 60, (tag("huobi", HOT),)), credit(SMALL, 6, (tag("smallex", SMALL),))])
    noted = replace(made.inputs, notes=(f"{MEMO_MISSING}: of 1 credits to {HOT} on tron no memo is known. More.",))
    found, _ = requests(replace(made, inputs=noted))
    assert [place.lacks_memo for place in found["htx"].places] == [True]
    assert [place.lacks_memo for place in found["generic-smallex"].places] == [False]


def test_a_method_that_leads_elsewhere_leaves_nothing_to_ask_for():
    made = report(fifo=[credit(HOT, 60, (tag("huobi", HOT),))], lifo=[resting("TRest", 60)])
    found, _ = requests(made)
    assert [(place.low, place.asked) for place in found["htx"].places] == [(0, 0)]


def test_every_credit_is_there_with_gross_and_traced():
    ends = [credit(HOT, 60, (tag("huobi", HOT),), gross=100), credit(HOT, 5, (tag("huobi", HOT),), gross=5)]
    found, _ = requests(report(fifo=ends))
    (place,) = found["htx"].places
    assert [(one.gross, one.traced) for one in place.credits] == [(100, 60), (5, 5)]
    assert place.gross == 105
    assert place.shape == "service wallet"


def test_a_deposit_address_keeps_its_service_and_its_memo():
    made = report(fifo=[credit(HOT, 60, (tag("huobi", HOT),))])
    table = made.tables["endpoints"]
    at = [table.columns.index(name) for name in ("memo", "service_address")]
    row = list(table.rows[0])
    row[at[0]], row[at[1]] = "12345", "TService"
    changed = replace(made, tables={**made.tables, "endpoints": replace(table, rows=(tuple(row),))})
    (place,) = requests(changed)[0]["htx"].places
    assert (place.memo, place.service_address, place.shape) == ("12345", "TService", "deposit")


def test_what_is_known_of_a_resting_place_comes_along():
    made = report(fifo=[resting("TRest", 60)])
    table = made.tables["resting"]
    row = dict(zip(table.columns, table.rows[0], strict=True))
    row |= {"actual_balance": 55, "holder_kind": "private", "issuer_state": "not blocked", "issuer_state_height": 80}
    changed = replace(made, tables={**made.tables, "resting": replace(table, rows=(tuple(row.values()),))})
    (place,) = requests(changed)[0]["tether"].places
    assert (place.balance, place.shape, place.state, place.state_height, place.height) == (
        *(55, "private", "not blocked", 80, 77),
    )


def test_a_stated_amount_takes_the_place_of_the_least():
    made = report(fifo=[credit(HOT, 60, (tag("huobi", HOT),)), credit(HOT, 40, (tag("huobi", HOT),), "B")])
    ask = Ask("tron", HOT, (USDT.contract,), 10, "an order", "B")
    found, _ = requests(made, asks=(ask,))
    assert [(place.origin, place.asked, place.reason) for place in found["htx"].places] == [
        ("A", 60, ""),
        ("B", 10, "an order"),
    ]


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (Ask("tron", HOT, (USDT.contract,), 10, "an order"), "meets 2 rows"),
        (Ask("tron", "TOther", (USDT.contract,), 10, "an order"), "meets 0 rows"),
        (Ask("tron", HOT, ("TFake",), 10, "an order"), "meets 0 rows"),
        (Ask("tron", HOT, (USDT.contract,), 10, "an order", "C"), "meets 0 rows"),
    ],
)
def test_a_stated_amount_that_meets_no_single_row_is_refused(ask, said):
    made = report(fifo=[credit(HOT, 60, (tag("huobi", HOT),)), credit(HOT, 40, (tag("huobi", HOT),), "B")])
    with pytest.raises(InputError, match=said):
        requests(made, asks=(ask,))


def test_two_amounts_for_one_row_are_refused():
    made = report(fifo=[credit(HOT, 60, (tag("huobi", HOT),))])
    ask = Ask("tron", HOT, (USDT.contract,), 10, "an order")
    with pytest.raises(InputError, match=rf"two \[\[ask\]\] state an amount for one row of '{HOT}'"):
        requests(made, asks=(ask, replace(ask, origin="A", value=20)))


def test_only_who_is_meant_is_asked_and_nobody_else_can_be():
    made = report(fifo=[credit(HOT, 60, (tag("huobi", HOT),))])
    assert list(requests(made, "htx")[0]) == ["htx"]
    with pytest.raises(InputError, match="nothing in this case concerns a recipient 'binance': there are htx, tether"):
        requests(made, "binance")


def test_an_asset_without_an_issuer_and_a_ledger_without_files_need_none():
    found, _ = requests(report(fifo=[credit("shop", 60, (tag("shop", "shop", chain="ledger"),), asset=GOLD)]))
    assert list(found) == ["generic-shop"]


def test_an_issuer_that_a_tag_names_has_one_letter_for_its_own_token_and_none_for_others():
    tether = (tag("tether", HOT, "issuer"),)
    assert list(requests(report(fifo=[credit(HOT, 60, tether)]))[0]) == ["tether"]
    other = (tag("tether", HOT, "issuer", chain="ledger"),)
    assert list(requests(report(fifo=[credit(HOT, 60, other, asset=GOLD)]))[0]) == ["generic-tether"]


def test_an_authority_that_holds_the_value_is_not_asked_to_freeze_it():
    made = report(fifo=[credit("shop", 60, (tag("police", "shop", "law_enforcement", chain="ledger"),), asset=GOLD)])
    found, notes = requests(made)
    assert (list(found), list(notes)) == ([], ["generic-police"])


def test_of_the_dark_web_no_custodian_answers_so_a_note_is_written():
    made = report(fifo=[credit("shop", 60, (tag("amarket", "shop", "dark_web", chain="ledger"),), asset=GOLD)])
    found, notes = requests(made)
    assert (list(found), list(notes)) == ([], ["generic-amarket"])


@pytest.mark.parametrize("first", ["exchange", "defi_dex"])
def test_whether_there_is_anybody_to_ask_is_decided_row_by_row(first):
    """One entity runs accounts at one address and a pool at another: whichever comes first, each gets its own."""
    second = {"exchange": "defi_dex", "defi_dex": "exchange"}[first]
    ends = [
        credit(name, value, (tag("smallex", name, category, chain="ledger"),), asset=GOLD)
        for name, value, category in (("X", 60, first), ("Y", 30, second))
    ]
    found, notes = requests(report(fifo=ends))
    assert [place.category for place in found["generic-smallex"].places] == ["exchange"]
    assert [place.category for place in notes["generic-smallex-note"].places] == ["defi_dex"]
    found, notes = requests(report(fifo=ends), "generic-smallex")
    assert (list(found), list(notes)) == (["generic-smallex"], ["generic-smallex-note"])
    found, notes = requests(report(fifo=ends), "generic-smallex-note")
    assert (list(found), list(notes)) == ([], ["generic-smallex-note"])


def test_a_recipient_with_a_file_is_asked_about_every_address_of_its_own():
    found, notes = requests(report(fifo=[credit(HOT, 60, (tag("huobi", HOT, "defi_bridge"),))]))
    assert (list(found), list(notes)) == (["htx", "tether"], [])


def test_the_day_from_which_dates_are_counted_comes_along():
    made = report(fifo=[credit(HOT, 60, (tag("huobi", HOT),))])
    found, _ = addressed(made, EVIDENCE, Asker(), Asked(today=date(2026, 11, 28)))
    assert {one.today for one in found} == {date(2026, 11, 28)}


def test_an_endpoint_that_nobody_attributes_concerns_no_one():
    found, notes = requests(report(fifo=[credit("shop", 60, (), asset=GOLD)]))
    assert (found, notes) == ({}, {})


PAXG = Asset("ethereum", "0x45804880de22913dafe09f4980848ece6ecbaf78", "PAXG", 18)
DAI = Asset("ethereum", "0x6b175474e89094c44da98b954eedeac495271d0f", "DAI", 18)


def test_an_issuer_without_a_file_is_asked_by_its_name_and_one_without_a_power_is_not():
    found, _ = requests(report(fifo=[resting("0x" + "1" * 40, 60, PAXG)]))
    (asked,) = found.values()
    assert (asked.folder, asked.called, asked.recipient.kind) == ("generic-paxos", "Paxos", "issuer")
    assert requests(report(fifo=[resting("0x" + "1" * 40, 60, DAI)])) == ({}, {})


def test_a_memo_of_a_transfer_comes_along():
    made = report(fifo=[credit(HOT, 60, (tag("huobi", HOT),))])
    table = made.tables["credits"]
    row = dict(zip(table.columns, table.rows[0], strict=True)) | {"memo": "104"}
    changed = replace(made, tables={**made.tables, "credits": replace(table, rows=(tuple(row.values()),))})
    (place,) = requests(changed)[0]["htx"].places
    assert place.credits[0].memo == "104"


def parted(*notes: str):
    """A report of three credits at one address, two with memos, and with what is missing on its first page."""
    ends = [replace(credit(HOT, value, (tag("huobi", HOT),)), txid=f"t{value}") for value in (60, 30, 10)]
    made = report({("tron", "t60", "0"): ("7",), ("tron", "t30", "0"): ("8",)}, fifo=ends)
    return replace(made, inputs=replace(made.inputs, notes=notes))


def test_endpoints_that_a_memo_tells_apart_are_asked_for_one_by_one():
    made = parted(f"{MEMO_MISSING}: of 1 credits to {HOT} on tron no memo is known. More.")
    found, _ = requests(made)
    told = [(place.number, place.memo, place.traced, place.asked, place.lacks_memo) for place in found["htx"].places]
    assert told == [(1, "7", 60, 60, False), (2, "8", 30, 30, False), (3, "", 10, 10, True)]
    assert [[one.txid for one in place.credits] for place in found["htx"].places] == [["t60"], ["t30"], ["t10"]]
    rows = list(schedule(found["htx"]).records())
    assert [(row["no"], row["address"], row["memo"], row["txid"], row["asked_value"]) for row in rows] == [
        (1, HOT, "7", "t60", 60), (2, HOT, "8", "t30", 30), (3, HOT, "", "t10", 10),
    ]  # fmt: skip
    assert found["htx"].asked() == [(USDT, 100)]


def test_an_amount_is_stated_for_one_memo_of_an_address():
    ask = Ask("tron", HOT, (USDT.contract,), 5, "an order", memo="8")
    found, _ = requests(parted(), asks=(ask,))
    assert [(place.memo, place.asked) for place in found["htx"].places] == [("7", 60), ("8", 5), ("", 10)]
    with pytest.raises(InputError, match="meets 3 rows of the report: name the origin too, and the memo"):
        requests(parted(), asks=(replace(ask, memo=""),))


def test_a_letter_counts_its_own_rows_and_an_actor_means_its_recipient():
    """The rank of the report, 2 here, would make its reader ask for row 1."""
    made = report(fifo=[credit(HOT, 60, (tag("huobi", HOT),)), credit(SMALL, 30, (tag("binance", SMALL),))])
    found, _ = requests(made, "binance")
    assert [place.number for place in found["binance"].places] == [1]
    assert [row[0] for row in schedule(found["binance"]).rows] == [1]
    assert list(requests(made, "huobi")[0]) == ["htx"]
    with pytest.raises(InputError, match="nothing in this case concerns a recipient 'Huobi'"):
        requests(made, "Huobi")


def test_the_day_of_a_label_is_that_of_the_first_that_names_the_entity():
    tags = (tag("huobi", HOT), replace(tag("huobi", HOT), lastmod="2020-01-01", source="another"))
    assert requests(graded(tags))[0]["htx"].places[0].labelled == "2020-01-01"
    undated = (*tags, replace(tags[0], lastmod="", source="a third"))
    assert requests(graded(undated))[0]["htx"].places[0].labelled == ""


def graded(tags):
    made = report(fifo=[credit(HOT, 60, tags)])
    return build(replace(made.inputs, tags={("tron", HOT): tags}))

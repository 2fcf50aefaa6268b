"""Who rests where: the cells of resting.csv and the section of the page, from clusters made by hand."""

from __future__ import annotations

from dataclasses import replace

from chaintrace.cluster import clusters
from chaintrace.model.attribution import Tag
from chaintrace.model.finding import CommonControl
from chaintrace.model.trace import Resting
from chaintrace.report import build
from chaintrace.report.html import page
from chaintrace.report.interface import Control
from tests.chaintrace.report.samples import T0, USD, account_trace, accounts
from tests.chaintrace.report.test_page import ATTACK

CELLS = ("cluster", "cluster_with", "cluster_text", "cluster_reasons")


def joined(*pairs, tags=()):
    said = [CommonControl("ledger", *two, (f"t{n}",), "change", 1, 60) for n, two in enumerate(pairs)]
    return Control(clusters(said, lambda _, address: [one for one in tags if one.address == address]))


def report(*places, control, **changes):
    """A report in which one base unit rests at each place."""
    base = account_trace("fifo", 8_000)
    rests = tuple(Resting("A", USD, 1, place, "", "", T0, None) for place in places)
    ends = (*base.outcomes[:-1], replace(base.outcomes[-1], value=base.outcomes[-1].value - len(rests)), *rests)
    fields = {"methods": ("fifo",), "traces": {"fifo": replace(base, outcomes=ends)}, "control": control, **changes}
    return build(accounts(**fields))


def cells(made):
    return {row["address"]: tuple(row[name] for name in CELLS) for row in made.tables["resting"].records()}


def section(made):
    return page(made).partition('id="clusters"')[2].partition("<h2")[0]


def test_the_receiver_of_the_payment_and_its_sender_are_known():
    found = cells(report("R", "S", control=joined(("R", "W"), ("S", "V"))))
    assert found["R"] == ("R", "W", "in one cluster with W, to which the payment A was made", "W: change (60) in t0")
    assert found["S"] == ("S", "V", "in one cluster with V, from which the payment A was made", "V: change (60) in t1")


def test_a_cluster_of_which_nothing_else_is_known_says_nothing():
    made = report("R", control=joined(("R", "nobody")))
    assert cells(made)["R"] == ("", "", "", "")
    assert "No address where value rests is joined" in section(made)


def test_of_a_declared_wallet_any_address_counts_and_its_value_once():
    made = report("P;R;S", control=joined(("R", "S"), ("S", "W")))
    assert cells(made)["P;R;S"][:2] == ("R", "W;S")
    assert "0.01 USD" in section(made)
    assert "0.02 USD" not in section(made)


def test_of_many_resting_places_the_first_stands_for_all_in_the_rows_and_the_page_has_each():
    made = report("R", "S", "T", control=joined(("R", "S"), ("S", "T")))
    assert [row[1] for row in cells(made).values()] == ["S", "R", "R"]
    assert cells(made)["T"][3] == "R: change (60) in t1, change (60) in t0"
    assert "0.03 USD" in section(made)
    assert section(made).count("is in one cluster with") == 2


def test_a_claim_about_another_member_is_said_of_that_one():
    tag = Tag("ledger", "S", "House", "", "user", 50, "a list")
    made = report("R", control=joined(("R", "S"), tags=[tag]), tags={("ledger", "S"): (tag,)})
    assert cells(made)["R"][2] == "in one cluster with S, attributed to House by a list"


def test_refused_findings_and_leads_that_touch_the_cluster_are_shown():
    tags = [Tag("ledger", place, "", place, "", 50, "a list") for place in ("one", "two")]
    said = [("R", "S"), ("R", "one"), ("R", "two")]
    control = joined(*said, tags=tags)
    made = report("R", "S", control=control)
    shown = section(made)
    assert shown.count("<code>one</code> to one by a list") == shown.count("<code>two</code> to two by a list") == 2
    weak = CommonControl("ledger", "R", "X", ("t",), "peel_chain", 1, 30)
    one = CommonControl("ledger", "R", "S", ("t",), "change", 1, 60)
    assert "1 lead, too weak to join" in section(
        report("R", "S", control=Control(clusters([one, weak], lambda *_: ())))
    )


def test_the_section_shows_attacks_and_runs_none():
    tag = Tag("ledger", ATTACK, ATTACK, ATTACK, "user", 50, ATTACK)
    finding = CommonControl("ledger", ATTACK, "R", (ATTACK,), ATTACK, 1, 60, ATTACK)
    made = report("R", control=Control(clusters([finding], lambda *_: ())), tags={("ledger", ATTACK): (tag,)})
    shown = section(made)
    assert "&lt;script&gt;" in shown
    assert not any(word in shown for word in ("<script", "<img", "\u202e", "\x1b"))

"""The first sentence of a report, and why a run is not complete."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chaintrace.i18n import speaker
from chaintrace.model.provenance import Gap
from chaintrace.model.trace import Endpoint, NotFollowed
from chaintrace.report import AsOf, build
from chaintrace.report.credited import ranked
from chaintrace.report.html import page
from chaintrace.report.sentence import first_sentence
from chaintrace.report.wording import SPREAD
from tests.chaintrace.report.samples import METHODS, T0, USD, account_trace, accounts, bank, outputs


def test_the_sentence_is_worded_as_the_contract_words_it():
    assert build(accounts()).sentence == (
        "Of 100 USD paid in tx1, under FIFO and the stated assumptions 85 USD (range 80–85 USD over FIFO, LIFO, LIBR "
        "and haircut) was credited to 1 address attributed by a list to Bank; 0 USD rests unspent as of "
        "2020-09-13T12:36:40Z; 12 USD was not followed, all for lack of history; 1 USD was returned to "
        "addresses declared as the victim's; 1 USD was burned; 1 USD was paid in fees. "
        "This report does not identify any person."
    )


def test_fifo_is_called_positional_on_outputs_and_heights_are_named():
    sentence = build(outputs()).sentence
    assert "under positional FIFO and the stated assumptions" in sentence
    assert "rests unspent at height 100;" in sentence


def test_without_an_endpoint_the_sentence_says_nothing_was_credited():
    none, some = account_trace("fifo", 0), account_trace("lifo", 8_000)
    sentence = build(accounts(methods=("fifo",), traces={"fifo": none})).sentence
    assert "and the stated assumptions nothing was credited to an address attributed to a service; 0 USD" in sentence
    sentence = build(accounts(methods=("fifo", "lifo"), traces={"fifo": none, "lifo": some})).sentence
    assert "nothing (range 0–80 USD over FIFO and LIFO) was credited to an address attributed to a service;" in sentence


def test_without_height_and_time_the_sentence_names_the_end_of_the_sources():
    assert "rests unspent at the end of the sources;" in build(accounts(as_of={"ledger": AsOf()})).sentence


def test_several_sources_name_each_its_services():
    tags = [
        bank("One", address="S1"),
        bank("Two", address="S2"),
        replace(bank("Three", address="S3"), source="a court"),
    ]
    base = account_trace("fifo", 9_700)
    ends = tuple(
        Endpoint("A", USD, value, f"S{n}", "tx2", "0", T0, None, None, value, 1, 2, (tag,))
        for n, (value, tag) in enumerate(zip((6_000, 3_000, 1_000), tags, strict=True), 1)
    )
    sentence = build(accounts(methods=("fifo",), traces={"fifo": replace(base, outcomes=ends)}, tags={})).sentence
    assert "to 3 addresses attributed by a list to One and Two and by a court to Three;" in sentence


def test_many_seeds_are_counted():
    base = account_trace("fifo", 9_700)
    claims = tuple(replace(base.claims[0], txid=f"s{n}", claimed=2_500) for n in range(4))
    report = build(accounts(methods=("fifo",), traces={"fifo": replace(base, claims=claims)}))
    assert report.sentence.startswith("Of 100 USD paid in 4 transactions (the first is s0), under FIFO")


def test_a_run_is_complete_only_without_gap_and_not_followed():
    assert build(outputs()).complete
    trace = replace(account_trace("fifo", 9_700), gaps=())
    assert build(accounts(methods=("fifo",), traces={"fifo": trace})).reasons == ()
    gap = Gap("source", "ledger", "file", None, "The file ends in the middle of a line.")
    report = build(accounts(methods=("fifo",), traces={"fifo": trace}, gaps=(gap,)))
    assert report.reasons == ("Assumed or not known (source): The file ends in the middle of a line.",)
    assert not report.complete


def test_what_any_method_left_is_a_reason():
    traces = {"fifo": replace(account_trace("fifo", 9_700), gaps=()), "lifo": account_trace("lifo", 9_000)}
    reasons = build(accounts(methods=("fifo", "lifo"), traces=traces)).reasons
    assert reasons == (
        "Of A, 7 USD under LIFO was not followed: history not in the sources.",
        "Assumed or not known under LIFO (opening): W is taken to have held 500 base units before.",
    )


def test_gaps_of_one_kind_are_counted():
    gaps = tuple(Gap("inflow", "ledger", f"X{n}", None, f"Inflow {n}.") for n in range(1200))
    reasons = build(accounts(methods=METHODS[:1], traces={"fifo": account_trace("fifo", 9_700)}, gaps=gaps)).reasons
    assert "Assumed or not known (inflow): Inflow 0. (and 1,199 more of this kind)" in reasons


def test_value_that_passed_accounts_of_which_something_is_not_known_is_summed_per_account():
    """Each account by itself: value that passes two of them is one value."""
    base = account_trace("fifo", 9_700)
    reached = {}
    for hop in base.hops:
        reached[hop.to_address] = reached.get(hop.to_address, 0) + hop.traced
    for kind, told in (("claimed", True), ("balance", True), ("source", False)):
        gap = Gap(kind, "ledger", "W", 3, "Nobody checked it.")
        trace = replace(base, gaps=())
        reasons = build(accounts(methods=("fifo",), traces={"fifo": trace}, gaps=(gap,))).reasons
        passed = [line for line in reasons if line.startswith("Traced value passed")]
        expected = (
            f"Traced value passed 1 account of which something is assumed or not known: {reached['W'] // 100} USD at W."
        )
        assert passed == ([expected] if told else [])


def test_what_is_nothing_beside_endpoint_and_rest_is_not_named():
    base = account_trace("fifo", 9_700)
    all_of_it = (replace(base.outcomes[0], value=10_000),)
    report = build(accounts(methods=("fifo",), traces={"fifo": replace(base, outcomes=all_of_it)}))
    assert report.sentence.endswith("; 0 USD was not followed. This report does not identify any person.")


def test_a_part_that_is_lack_of_history_is_named_and_the_whole_is_said_to_be_all():
    base = account_trace("fifo", 8_500)
    (lost,) = (one for one in base.outcomes if isinstance(one, NotFollowed))
    parts = (replace(lost, value=1_000), replace(lost, value=lost.value - 1_000, reason="limit"))
    rest = tuple(one for one in base.outcomes if one is not lost)
    for outcomes, told in (
        ((*rest, *parts), "12 USD was not followed, including 10 USD for lack of history; "),
        ((*rest, lost), "12 USD was not followed, all for lack of history; "),
        ((*rest, replace(lost, reason="limit")), "12 USD was not followed; "),
    ):
        assert told in build(accounts(methods=("fifo",), traces={"fifo": replace(base, outcomes=outcomes)})).sentence


def test_an_actor_is_called_as_its_pack_calls_it_and_the_csv_keeps_the_id():
    base = account_trace("fifo", 8_500)
    ends = (replace(base.outcomes[0], tags=(bank("Bank 7", actor="bank"),)), *base.outcomes[1:])
    inputs = accounts(methods=("fifo",), traces={"fifo": replace(base, outcomes=ends)}, tags={})
    assert "attributed by a list to bank;" in build(inputs).sentence
    named = build(replace(inputs, actors={"bank": "The Bank"}))
    assert "attributed by a list to The Bank;" in named.sentence
    assert next(named.tables["endpoints"].records())["entity"] == "bank"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_one_method_alone_has_no_range(language: str) -> None:
    """Neither in the first sentence nor in the tables of the page; several methods have one in each of them."""
    say = speaker(language)
    one = build(accounts(methods=("fifo",), traces={"fifo": account_trace("fifo", 8_500)}))
    several = build(accounts())
    for report, has_range in ((one, False), (several, True)):
        told = first_sentence(report.inputs, ranked(report.inputs), say)
        assert ("80–85" in told, "85 USD" in told) == (has_range, True)
        shown = page(report, language)
        for heading in ("Range over methods", "Spread", "From least to most"):
            assert (f">{say(heading)}</th>" in shown) == has_range
        assert (say(SPREAD) in shown) == has_range
        assert f">{say('Credited')}</th>" in shown

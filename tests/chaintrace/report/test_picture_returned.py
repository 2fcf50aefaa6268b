"""What was returned to an address declared as the victim's: its mark, its word and its sum, in each telling."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest

from chaintrace.i18n import speaker
from chaintrace.model.chain import OutPoint
from chaintrace.model.trace import Claim, Endpoint, Hop, Resting, Returned, Trace
from chaintrace.report import build
from chaintrace.report.flow_folds import scene
from chaintrace.report.flow_graph import graph
from chaintrace.report.flow_shapes import COLOURS, outline
from chaintrace.report.flow_texts import GROUPS
from chaintrace.report.html import page as html_page
from chaintrace.report.picture import flow
from tests.chaintrace.report.samples import BTC, T0, USD, accounts, bank, transfer

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

SAID = {"en": "returned (address declared as the victim's)", "zh": "退回（声明为被害人的地址）"}


def given_back(method: str, back: int) -> Trace:
    """A payment of 100.00 to TAKER, from there `back` to HOME, declared as the victim's; the rest rests."""
    seed, second = transfer(1, "PAYER", "TAKER", 10_000), transfer(2, "TAKER", "HOME", 4_000)
    hops = [Hop(1, seed, "tx1", "0", "PAYER", "TAKER", USD, 10_000, 10_000, "A", 0, "seed")]
    outcomes: list = [Resting("A", USD, 10_000 - back, "TAKER", "", "", T0, None, since=T0)]
    if back:
        hops.append(Hop(2, second, "tx2", "0", "TAKER", "HOME", USD, 4_000, back, "A", 1, method))
        outcomes.append(Returned("A", USD, back, "HOME", "tx2", "0", T0, None, None, 4_000, 1, 2))
    claim = Claim("A", seed, "ledger", "tx1", "0", USD, "TAKER", 10_000, 10_000)
    return Trace(method, (claim,), tuple(hops), tuple(outcomes), (), ())


def sample():
    traces = {"lifo": given_back("lifo", 0), "fifo": given_back("fifo", 4_000), "libr": given_back("libr", 2_500)}
    return accounts(methods=("fifo", "lifo", "libr"), traces=traces, tags={}, sensitivities=())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_box_to_which_value_was_returned_has_a_mark_a_word_and_its_sum(language):
    text = unescape(flow(sample(), language))
    assert re.findall(r'font-weight="bold">([A-Z])</text>', text) == ["P", "R", "V"]
    note = {"en": "returned: 40", "zh": "退回：40"}[language]
    assert f">{note}</text>" in text
    assert f'aria-label="{SAID[language]}: HOME. HOME. ' in text
    assert speaker(language)(GROUPS["returned"][1]) == SAID[language]


def test_it_is_told_from_the_others_without_colours():
    assert len({outline(group, 0, 0, 100, 50) for group in ("payer", "address", "returned", "service", "mixer")}) == 5
    letters = [letter for letter, _ in GROUPS.values() if letter]
    assert len(letters) == len(set(letters))
    assert COLOURS["returned"][0] not in {dark for name, (dark, _) in COLOURS.items() if name != "returned"}


def test_an_output_and_a_stop_of_another_payment_have_their_sum_too():
    paid = Hop(1, None, "s0", "0", "1V", "1A", BTC, 900, 900, "P", 0, "seed")
    stop = Endpoint("Q", BTC, 300, "1A", "s0", "1", T0, None, None, 300, 0, 1, (bank(),))
    back = Returned("P", BTC, 900, "1A", "s0", "0", T0, None, OutPoint("bitcoin", "s0", 0), 900, 0, 1)
    alone = Trace("fifo", (), (paid,), (back,), (), ())
    both = Trace("fifo", (), (paid,), (back, stop), (), ())
    for trace, kind in ((alone, "returned"), (both, "endpoint")):
        (box,) = (
            one for one in graph(accounts(methods=("fifo",), traces={"fifo": trace})).boxes.values() if one.inflow
        )
        assert (box.kind, box.returned) == (kind, {BTC: 900})


def test_a_fold_keeps_the_sum_of_what_was_returned():
    made = scene({"fifo": graph(sample(), "fifo")}, most=2)
    inside = [place.box for key, place in made.places.items() if key in made.hidden]
    shown = [place.box for key, place in made.places.items() if key not in made.hidden]
    assert made.folds
    assert sum(box.returned.get(USD, 0) for box in (*inside, *shown)) == 4_000


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_names_the_address_beside_the_law_of_conservation(language):
    text = unescape(html_page(build(sample()), language))
    after = text.partition('id="conservation"')[2].partition("<h2")[0]
    assert re.search(r"HOME</code>.*?40 USD", after, re.DOTALL)
    words = text.partition('class="words"')[2]
    assert SAID[language] in words
    legend = text.partition('class="legend"')[2].partition("</ul>")[0]
    assert SAID[language] in legend


def test_a_page_of_a_case_where_nothing_came_back_says_nothing_of_it():
    nothing = accounts(methods=("lifo",), traces={"lifo": given_back("lifo", 0)}, sensitivities=())
    text = html_page(build(nothing))
    assert "declared as the victim" not in unescape(text.partition('type="application/json"')[0])


def test_in_use_the_mark_and_the_sums_of_every_method_are_there(page: Page, tmp_path: Path):
    path = tmp_path / "report.html"
    path.write_text(html_page(build(sample())), "utf-8")
    page.goto(path.as_uri())
    home = page.locator(".flow .box.returned:not([display])")
    assert home.locator(".texts text").all_text_contents() == ["V", "HOME", "in 40", "returned: 40"]
    home.dispatch_event("click")
    rows = page.locator(".flow .panel table", has_text="Returned").locator("tr").all_inner_texts()
    assert [re.sub(r"\s+", " ", row) for row in rows] == [
        "FIFO 40 USD 4000 base units", "LIFO 0", "LIBR 25 USD 2500 base units",
    ]  # fmt: skip
    page.get_by_role("button", name="LIFO").click()
    assert home.count() == 0
    page.get_by_role("button", name="LIBR").click()
    page.get_by_role("button", name="中文").click()
    assert home.locator(".texts text").last.text_content() == "退回：25"
    assert SAID["zh"] in page.locator(".flow .panel").inner_text()

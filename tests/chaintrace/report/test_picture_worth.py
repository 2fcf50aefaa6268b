"""What a line was worth when it moved: exact sums of every transfer at its own price, and none invented."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from chaintrace.i18n import speaker
from chaintrace.model.prices import Price, PriceSeries
from chaintrace.report import build
from chaintrace.report.flow_graph import Line, graph, together
from chaintrace.report.flow_texts import Writer, money
from chaintrace.report.html import page as html_page
from chaintrace.report.picture import ROOMY, beside, flow
from chaintrace.valuation import Valuation
from tests.chaintrace.report.flow_samples import crowd
from tests.chaintrace.report.samples import DAY, T0, USD, accounts
from tests.chaintrace.report.test_flow_folds import scene_of
from tests.chaintrace.report.test_picture_page import DRAWN

if TYPE_CHECKING:
    from playwright.sync_api import Page

KEY = ("ledger", "TOKEN")
LETTERS = 11
"""The height of the letters of an amount, in pixels."""
FIRST = T0 // DAY * DAY


def valued(inputs, *prices: str):
    """The inputs with a price for each day from the first on."""
    told = tuple(Price(FIRST + DAY * at, Decimal(price)) for at, price in enumerate(prices))
    return replace(inputs, valuation=Valuation("EUR", series={KEY: PriceSeries(*KEY, "EUR", "day", "a list", told)}))


@pytest.fixture(scope="module")
def priced():
    """A crowd whose prices have no even sums."""
    return valued(crowd(), "0.9987", "1.0003")


@pytest.fixture
def opened(page: Page, tmp_path: Path):
    """Opens the page of some inputs, at its picture."""

    def go(inputs, language: str = "en") -> Page:
        (tmp_path / "report.html").write_text(html_page(build(inputs), language), "utf-8")
        page.goto((tmp_path / "report.html").as_uri())
        return page

    return go


def test_a_line_is_worth_the_exact_sum_of_its_transfers():
    inputs = valued(accounts(), "0.9987")
    made = graph(inputs, "fifo")
    assert made.currency == "EUR"
    total = sum(made.worths.values())
    assert total == sum(hop.traced for hop in inputs.traces["fifo"].hops) * Fraction("0.9987") / 100
    assert money(Fraction("0.005"), "EUR") == "0.01 EUR"
    assert money(Fraction(10**9 * 3, 2), "EUR") == "1,500,000,000.00 EUR"


def test_without_a_price_for_every_part_nothing_is_said():
    """A sum in which one part has no price would say less than was moved."""
    known = Line(("a", "", ""), ("b", "", ""), USD, 5, worth=Fraction(5))
    assert together(known, known).worth == 10
    assert together(known, replace(known, worth=None)).worth is None
    assert together(replace(known, worth=None), known).worth is None
    made = graph(accounts(), "fifo")
    source, target, asset = next(iter(made.lines))
    for told in (Fraction(1), None, Fraction(1)):
        made.add(source, target, asset, 1, told)
        assert (source, target, asset) not in made.worths
    assert graph(valued(accounts()), "fifo").worths == {}
    assert graph(accounts(), "fifo").currency == ""


def test_a_fold_is_worth_what_is_in_it(priced):
    whole, made = graph(priced), scene_of(priced)
    lines = Writer(made, "fifo", speaker("en")).lines
    assert sum(line.worth for line in lines) == sum(whole.worths.values())


def test_the_amount_has_its_worth_beside_it_and_the_picture_says_what_that_is():
    shown = flow(valued(accounts(), "0.9987"))
    assert ">85 · 84.89 EUR</text>" in shown
    assert "EUR: worth when it moved" in shown
    assert "按转移当时价格所值" in flow(valued(accounts(), "0.9987"), "zh")
    assert "EUR" not in flow(accounts())
    assert "EUR: worth" in flow(valued(accounts()))  # asked for, and no price: amounts alone
    assert " EUR</text>" not in flow(valued(accounts()))


def test_amounts_stand_beside_their_lines_where_there_is_room():
    assert beside(50, 100, 12, 20) == 103  # ports lie close: on the line
    assert beside(50, 100, 12, ROOMY) == 117  # the line comes from above: below it
    assert beside(100, 100, 12, ROOMY) == beside(150, 100, 12, ROOMY) == 91
    upper, lower = beside(0, 100, 12, ROOMY), beside(300, 100 + ROOMY, 12, ROOMY)
    assert lower - upper > LETTERS  # two that stand between the same lines


def test_the_script_draws_at_first_what_python_drew(opened, priced):
    page = opened(priced)
    ready = page.evaluate(DRAWN)
    page.set_content(re.sub(r"<script>.*?</script>", "", html_page(build(priced)), flags=re.DOTALL))
    assert page.evaluate(DRAWN) == ready
    assert " EUR" in ready


def test_the_script_sums_what_is_opened_and_what_another_method_says_exactly(opened, priced):
    page = opened(priced)
    made = scene_of(priced)
    texts = "[...document.querySelectorAll('.flow .lines > .line title')].map((title) => title.textContent)"
    page.get_by_role("button", name="LIFO").click()
    lines = Writer(made, "lifo", speaker("en")).lines
    said = sorted(re.search(r"· ([\d,.]+ EUR) from", text)[1] for text in page.evaluate(texts))
    assert said == sorted(money(line.worth, "EUR") for line in lines)


def test_the_panel_and_the_table_say_it_and_that_a_price_is_lacking(opened):
    page = opened(valued(accounts(), "0.9987"))
    page.locator(".flow .line").nth(1).dispatch_event("click")
    told = page.locator(".flow .panel").inner_text()
    assert re.search(r"Worth when it moved\s+FIFO\s+84.89 EUR", told)
    page.locator(".flow summary").click()
    assert "85 84.89 EUR" in page.locator(".flow .words tbody").inner_text().replace("\n", " ")
    page = opened(valued(accounts()))
    page.locator(".flow .line").nth(1).dispatch_event("click")
    assert re.search(r"Worth when it moved\s+FIFO\s+a price is lacking", page.locator(".flow .panel").inner_text())

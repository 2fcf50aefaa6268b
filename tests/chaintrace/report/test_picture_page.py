"""The picture in use, in a browser: methods, folds, dust, search, keys, the panel, paper; and that it is exact."""

from __future__ import annotations

import json
import random
import re
import shutil
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from chaintrace.case.result import open_case
from chaintrace.i18n import LANGUAGES, speaker
from chaintrace.model.chain import Asset
from chaintrace.report import build
from chaintrace.report.amounts import figure, per_cent
from chaintrace.report.flow_words import WORDS
from chaintrace.report.html import page as html_page
from chaintrace.report.picture_data import data
from chaintrace.report.picture_page import part, script, style, with_style
from tests.chaintrace.report.flow_samples import HOSTILE, chain, crowd
from tests.chaintrace.report.samples import accounts, outputs
from tests.chaintrace.report.test_flow_folds import scene_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

BOXES = """() => { const from = document.querySelector('.flow svg').getBoundingClientRect();
  return Object.fromEntries([...document.querySelectorAll('.flow .box:not([display])')].map((box) => {
    const at = box.querySelector('path, rect').getBoundingClientRect();
    return [box.id, [at.x - from.x, at.y - from.y, at.width, at.height].map(Math.round)];
  })); }"""
DRAWN = """() => { const copy = document.querySelector('.flow .view svg').cloneNode(true);
  copy.querySelectorAll('.wide').forEach((path) => path.remove());
  const drawn = copy.outerHTML.replace(/ (role|aria-expanded)="(img|button|true|false)"/g, '');
  return drawn.replace(/<g class="line"/g, '<g'); }"""
LABELS = "[...document.querySelectorAll('.flow .box:not([display])')].map((box) => box.getAttribute('aria-label'))"
ROWS = """[...document.querySelectorAll('.flow .words tbody tr')]
  .map((row) => [...row.cells].slice(5).map((cell) => cell.textContent))"""


@cache
def text_of(name: str) -> str:
    """The report of a sample, made once."""
    samples = {"crowd": crowd, "accounts": accounts, "outputs": outputs, "chain": lambda: chain(300)}
    return html_page(build(samples[name]()))


@pytest.fixture
def flow(page: Page, tmp_path: Path):
    """Opens the report of a sample at its picture; nothing may be said on the console, nothing asked for."""
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))

    def opened(name: str = "crowd", width: int = 1280, height: int = 900) -> Page:
        path = tmp_path / "report.html"
        path.write_text(text_of(name), "utf-8")
        page.set_viewport_size({"width": width, "height": height})
        page.goto(path.as_uri())
        page.evaluate("document.querySelector('.flow').scrollIntoView()")
        return page

    yield opened
    assert said == []
    assert len(asked) == 1


def box(page: Page, text: str):
    """The box on which a text stands."""
    return page.locator(".flow .box:not([display])", has=page.locator(f"text:text-is('{text}')")).first


def panel(page: Page) -> str:
    return page.locator(".flow .panel").inner_text()


@pytest.mark.parametrize("name", ["colonial-pipeline", "first-payments", "tron-usdt"])
def test_the_cases_that_ship_are_drawn_and_used(page, tmp_path, data, name):
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    made = shutil.ignore_patterns("report", "archive", "cache", "*.sqlite*", "log.jsonl")
    case = Path(shutil.copytree(data / "cases" / name, tmp_path / name, ignore=made))
    open_case(case).follow()
    report = case / "report" / "report.html"
    page.goto(report.as_uri())
    before, drawn = page.evaluate(BOXES), page.evaluate(DRAWN)
    for button in page.locator(".flow .methods button").all():
        button.click()
        after = page.evaluate(BOXES)
        assert all(after[key] == at for key, at in before.items() if key in after)
    page.locator(".flow .methods button").first.click()
    assert page.evaluate(DRAWN) == drawn
    for one in page.locator(".flow .box:not([display])").all():
        one.dispatch_event("click")
        assert page.locator(".flow .panel h3").inner_text()
    assert (said, asked) == ([], [report.as_uri()])


def test_nothing_moves_by_itself_for_who_asked_for_less_motion(flow):
    page = flow("accounts")
    duration = "getComputedStyle(document.querySelector('.flow .line path')).transitionDuration"
    assert page.evaluate(duration) == "0.15s"
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(duration) == "0s"


@pytest.mark.parametrize("name", ["crowd", "accounts", "outputs", "chain"])
def test_the_script_draws_at_first_what_python_drew(flow, name):
    page = flow(name)
    ready = page.evaluate(DRAWN)
    page.set_content(re.sub(r"<script>.*?</script>", "", text_of(name), flags=re.DOTALL))
    assert page.evaluate(DRAWN) == ready
    assert page.locator(".flow .tools").count() == 0


def test_the_script_writes_numbers_as_python_does(page):
    page.set_content("<p>")
    source = script()
    functions = source[source.index("  const grouped") : source.index("  function start(")]
    page.add_script_tag(content=f"{functions} window.told = {{ figure, perCent }};")
    seeded = random.Random(9)
    values = [0, 1, 10, 2**53 + 1, 2**256 - 1, *(seeded.randrange(2 ** seeded.randrange(1, 257)) for _ in range(200))]
    for decimals in (0, 2, 6, 8, 18, 255):
        asset = Asset("ledger", "X", "X", decimals)
        told = page.evaluate(
            "([all, at]) => all.map((one) => told.figure(BigInt(one), at))", [[str(v) for v in values], decimals]
        )
        assert told == [figure(value, asset) for value in values]
    pairs = [(part % (whole + 1), whole + 1) for part, whole in zip(values, reversed(values), strict=True)]
    told = page.evaluate(
        "(all) => all.map(([a, b]) => told.perCent(BigInt(a), BigInt(b)))", [[str(a), str(b)] for a, b in pairs]
    )
    assert told == [per_cent(*pair) for pair in pairs]


def test_a_click_shows_txid_amounts_rule_tags_and_source(flow):
    page = flow("accounts")
    box(page, "Bank").click()
    told = panel(page)
    for text in (
        "SBANK",
        "Bank · exchange · 70 · a list · 2024-01-01",
        "85 USD",
        "8500 base units",
        "80 USD",
        "81.82 USD",
        "tx2",
        "fifo",
    ):
        assert text in told
    page.locator(".flow .line").first.dispatch_event("click")
    assert "From V to W" in panel(page)
    assert "10000 base units" in panel(page)
    page.locator(".flow .close").click()
    assert not page.locator(".flow .panel").is_visible()


def test_another_method_has_its_own_exact_numbers_and_moves_no_box(flow):
    page = flow("accounts")
    before = page.evaluate(BOXES)
    page.get_by_role("button", name="haircut").click()
    assert "in 81.82" in box(page, "Bank").text_content()
    page.get_by_role("button", name="LIFO").click()
    assert "in 80" in box(page, "Bank").text_content()
    assert "rests: 1" in box(page, "W").text_content()
    assert page.evaluate("document.activeElement.textContent") == "LIFO"
    assert "under LIFO" in page.locator(".flow .view svg").text_content()
    after = page.evaluate(BOXES)
    assert {key: after[key] for key in before if key in after} == {
        key: at for key, at in before.items() if key in after
    }


def test_a_fold_opens_page_by_page_and_nothing_else_moves(flow):
    page = flow()
    before = page.evaluate(BOXES)
    fold = page.locator(".flow .box.folded:not([display])").last
    number = int(re.search(r"(\d+) more addresses", fold.get_attribute("aria-label"))[1])
    fold.dispatch_event("click")
    opened = page.evaluate(BOXES)
    assert len(opened) == len(before) + 10
    assert {key: opened[key] for key in before} == before
    assert f"{number - 10} more addresses" in fold.text_content()
    page.get_by_role("button", name="next").click()
    turned = page.evaluate(BOXES)
    assert {key: turned[key] for key in before} == before
    assert set(turned) - set(before) != set(opened) - set(before)
    page.locator(".flow .box.folded:not([display])").first.dispatch_event("click")
    assert page.locator(".flow .box:not([display])").count() <= 80
    while page.locator(".flow .box.folded[aria-expanded=true]").count():
        page.locator(".flow .box.folded[aria-expanded=true]").first.dispatch_event("click")
    assert page.evaluate(BOXES) == before


def test_what_a_fold_holds_is_exact_whatever_is_open(flow):
    page = flow()
    made = scene_of(crowd())
    whole = sum(value for (_, target, _), value in made.graphs["fifo"].lines.items() if target[2].startswith("E"))
    page.locator(".flow .box.folded:not([display])").last.dispatch_event("click")
    sums = [text for text in page.evaluate(LABELS) if re.search(r"E\d\d\d|36\d more", text)]
    told = [re.search(r"\bin ([\d,.]+\d)", text)[1] for text in sums]
    units = [
        int(a.replace(",", "")) * 100 + int((b or "0").ljust(2, "0"))
        for a, _, b in (text.partition(".") for text in told)
    ]
    assert sum(units) == whole


def test_dust_hides_lines_below_a_share_and_says_their_sum(flow):
    page = flow()
    before = page.locator(".flow .line").count()
    page.locator(".flow input[type=range]").fill("4")
    status = page.locator(".flow .status").inner_text()
    number = int(re.match(r"(\d+) lines below 1.0 % are hidden", status)[1])
    assert number == before - page.locator(".flow .line").count() > 0
    amounts = page.locator(".flow .lines > text").all_inner_texts()
    assert amounts
    page.locator(".flow input[type=range]").fill("0")
    assert page.locator(".flow .line").count() == before
    assert page.locator(".flow .status").inner_text() == ""


def test_search_finds_labels_addresses_and_txids_also_in_folds(flow):
    page = flow()
    field = page.locator(".flow input[type=search]")
    field.fill("e377")
    assert page.locator(".flow .status").inner_text().startswith("1 found")
    field.press("Enter")
    assert box(page, "E377").is_visible()
    assert "E377" in panel(page)
    field.fill("tx3")
    assert not page.locator(".flow .status").inner_text().startswith("0")
    field.fill("<svg onload")
    assert re.match(r"\d\d found", page.locator(".flow .status").inner_text())
    field.fill("nothing like it")
    assert "hops.csv" in page.locator(".flow .status").inner_text()


def test_many_addresses_are_pasted_at_once(flow):
    page = flow()
    field, status = page.locator(".flow input[type=search]"), page.locator(".flow .status")
    field.fill("E377, E376;E000 nobody")
    assert status.inner_text().startswith("3 of 4 are in this picture, in 3 boxes")
    assert status.inner_text().endswith("Not in it: nobody.")
    opened = set()
    for _ in range(3):
        field.press("Enter")
        opened |= {one for one in ("E377", "E376", "E000") if one in panel(page)}
    assert opened == {"E377", "E376", "E000"}
    field.fill("")
    field.evaluate("""(field) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text", "E377\\r\\nE376\\nE000\\tE001\\n");
      field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, cancelable: true }));
    }""")
    assert field.input_value() == "E377 E376 E000 E001"
    assert status.inner_text().startswith("4 of 4 are in this picture, in 4 boxes")
    field.fill("nobody, nothing")
    assert "hops.csv" in status.inner_text()


def test_what_the_search_finds_is_brought_into_a_low_window(flow):
    page = flow()
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size({"width": 1000, "height": 420})
    page.locator(".flow input[type=search]").fill("e377")
    page.locator(".flow input[type=search]").press("Enter")
    place = box(page, "E377").bounding_box()
    assert 0 <= place["y"] < place["y"] + place["height"] <= 420


def test_it_is_used_with_keys_alone(flow):
    page = flow("accounts")
    focused = "document.activeElement.getAttribute('aria-label')"
    box(page, "V").focus()
    for key, kind, address in (
        ("ArrowRight", "address", "W"),
        ("ArrowRight", "service that keeps accounts", "Bank SBANK"),
        ("ArrowDown", "address", "X"),
        ("ArrowLeft", "address", "W"),
    ):
        page.keyboard.press(key)
        assert page.evaluate(focused).startswith(f"{kind}: {address}")
    page.keyboard.press("Enter")
    assert page.locator(".flow .panel").is_visible()
    for _ in range(3):
        page.keyboard.press("Tab")  # past the button that closes, to the first line
    page.keyboard.press("Enter")
    assert "From " in panel(page)
    page.keyboard.press("Escape")
    assert not page.locator(".flow .panel").is_visible()
    assert page.evaluate(focused).startswith("address: W")
    page.keyboard.press("Tab")
    assert page.evaluate(focused).startswith("service that keeps accounts: Bank")
    page.keyboard.press(" ")
    assert page.locator(".flow .panel").is_visible()


def test_tab_goes_in_the_order_of_hops(flow):
    page = flow()
    places = page.evaluate(
        "[...document.querySelectorAll('.flow .box:not([display])')].map((box) => box.getBoundingClientRect().x)"
    )
    assert [round(x) for x in places] == sorted(round(x) for x in places)


@pytest.mark.parametrize("width", [390, 1280])
def test_it_fits_its_screen_with_the_panel_open_and_in_chinese(flow, width):
    page = flow("crowd", width)
    page.get_by_role("button", name="中文").click()
    page.locator(".flow .box.service:not([display])").first.dispatch_event("click")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert "转入" in panel(page)
    assert page.locator(".flow").get_attribute("lang") == "zh-Hans"
    assert "付款方" in page.locator(".flow .view svg").text_content()
    assert "同样内容的表格" in page.locator(".flow summary").text_content()


def test_the_drawing_keeps_its_colours_where_the_system_forces_others(flow):
    """Its boxes are light, and what stands beside them is dark: on a black ground it could not be read."""
    page = flow("accounts")
    page.emulate_media(forced_colors="active")
    kept = "getComputedStyle(document.querySelector('.flow .view')).backgroundColor"
    assert page.evaluate(kept) == "rgb(255, 255, 255)"
    colours = (
        "[...document.querySelectorAll('.flow .methods button')].map((one) => getComputedStyle(one).backgroundColor)"
    )
    pressed, *others = page.evaluate(colours)
    assert pressed not in others


def test_labels_are_text_everywhere(flow):
    page = flow()
    page.evaluate("() => { window.alert = () => { throw new Error('ran'); }; }")
    for label in ("<script>", "img src", "<svg onload", "&lt;b&gt;", "__proto__"):
        page.locator(".flow input[type=search]").fill(label)
        page.locator(".flow input[type=search]").press("Enter")
        assert page.locator(".flow .panel script, .flow .panel img, .flow .panel svg").count() == 0
        assert label in panel(page)
    assert page.locator(".flow svg img, .flow svg script").count() == 0


def test_on_paper_it_is_one_page_of_its_own_without_controls(flow):
    page = flow("accounts")
    box(page, "Bank").click()
    page.emulate_media(media="print")
    for hidden in (".tools", ".panel", ".words"):
        assert not page.locator(f".flow {hidden}").is_visible()
    printed = page.pdf(prefer_css_page_size=True)
    sizes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
    assert len([size for size in sizes if float(size[0]) > float(size[1])]) == 1
    assert len(sizes) > 2


def test_a_high_picture_goes_over_two_upright_pages_so_that_it_can_be_read(flow):
    page = flow()
    printed = page.pdf(prefer_css_page_size=True)
    sizes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
    assert all(float(wide) < float(high) for wide, high in sizes)
    page.emulate_media(media="print")
    shown, drawn = page.evaluate("""() => { const svg = document.querySelector('.flow .view svg');
      return [svg.getBoundingClientRect().height, svg.viewBox.baseVal.height]; }""")
    assert shown / drawn > 0.6


def test_the_table_says_the_same_and_leads_to_the_boxes(flow):
    page = flow("accounts")
    rows = page.locator(".flow .words tbody tr")
    assert rows.count() == 3
    assert ["85", "80", "80", "81.82"] in page.evaluate(ROWS)
    link = page.locator(".flow .words a").first.get_attribute("href")
    assert page.locator(link).count() == 1


CELL = """(html) => { const cell = document.createElement('div');
  cell.innerHTML = html;
  document.body.append(cell); }"""
TRUSTED = """() => { for (const script of document.querySelectorAll('script')) {
  const made = document.createElement('script');
  for (const { name, value } of script.attributes) made.setAttribute(name, value);
  made.textContent = script.textContent;
  script.replaceWith(made); } }"""


def test_a_notebook_has_the_same_picture_and_two_of_them_live_together(page):
    """A cell's output is set as markup, which runs nothing; where it is trusted, its scripts are then made anew."""
    page.set_content("<p>")
    for inputs in (accounts(), outputs()):
        page.evaluate(CELL, with_style(inputs))
    assert page.locator(".flow .tools").count() == 0
    assert page.locator(".flow .view svg").last.is_visible()
    page.evaluate(TRUSTED)
    assert page.locator(".flow .tools").count() == 2
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((element) => element.id)")
    assert len(ids) == len(set(ids))
    page.locator(".flow").nth(1).locator(".box").first.click()
    assert page.locator(".flow .panel:visible").count() == 1


def test_the_data_is_ascii_and_leaves_no_script_element():
    told = data(crowd(), scene_of(crowd()))
    assert told.isascii()
    assert not set(told) & set("<>&")
    read = json.loads(told)
    labels = {pair[1] for one in read["boxes"] for pair in one["facts"] if pair[0] == "Attributed to"}
    assert HOSTILE[0] in labels
    assert "⟨U+202E⟩gnp.exe⟨U+200B⟩⟨U+001B⟩[31m" in labels
    numbers = [number for line in read["lines"] for number in line["values"]]
    assert all(isinstance(number, str) and number.isdigit() for number in numbers)


def test_the_same_case_gives_the_same_bytes_and_no_float():
    assert part(crowd()) == part(crowd())
    assert not re.search(r"\bparseFloat\b|\bNumber\(|\bMath\.(round|random)\b|\bDate\b", script())


def test_every_word_of_the_script_is_told_in_every_language():
    said = set(re.findall(r'\bsay\(\s*"((?:[^"\\]|\\.)*)"', script()))
    said |= set(re.findall(r'^ *\["(\w[^"]*)", (?:IN|move)', script(), re.MULTILINE))
    said |= {word for pair in re.findall(r'\? "([^"]+)" : "([^"]+)"', script()) for word in pair if " " in word}
    assert len(said) > 40
    assert sorted(said - set(WORDS) - {"line near"}) == []
    for language in LANGUAGES[1:]:
        assert [
            word for word in WORDS if speaker(language)(word) == word and word not in {"FIFO", "LIFO", "LIBR"}
        ] == []


def test_script_and_style_name_nothing_outside_the_page():
    text = script().replace("http://www.w3.org/2000/svg", "") + style()
    assert not re.search(r"https?:|//\w+\.\w+|@import|url\(|</script", text)
    assert len(script()) < 40_000

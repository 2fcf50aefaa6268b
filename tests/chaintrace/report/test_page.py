"""The page: everything is escaped, nothing is loaded, and it reads on a screen, a phone and paper."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.model.chain import Asset
from chaintrace.model.sensitivity import Sensitivity
from chaintrace.model.trace import Resting
from chaintrace.report import build, write
from chaintrace.report.html import CONTENTS
from chaintrace.report.html import page as html_page
from chaintrace.report.markup import Html, escaped, origin, raw, table, tag, visible
from chaintrace.report.page_tables import MOST_REASONS
from chaintrace.report.picture_page import script
from chaintrace.valuation import Valuation
from tests.chaintrace.report.samples import T0, USD, account_trace, accounts, bank, outputs
from tests.chaintrace.report.test_flow_folds import many_payers

ATTACK = "<script>alert(1)</script>\"'&</td></title><img src=x onerror=alert(2)> \u202egnp.exe\u200b\x1b[31m"


def attacked():
    """A report in which every text that a stranger can choose is an attack."""
    base = account_trace("fifo", 8_500)
    asset = replace(USD, name=ATTACK)
    tag_ = replace(bank(), label=ATTACK, source=ATTACK, category=ATTACK, lastmod=ATTACK)
    outcomes = tuple(replace(o, origin=ATTACK, asset=asset, address=ATTACK, txid=ATTACK) for o in base.outcomes)
    outcomes = (replace(outcomes[0], tags=(tag_,)), *outcomes[1:])
    claims = tuple(replace(c, origin=ATTACK, txid=ATTACK, address=ATTACK, asset=asset) for c in base.claims)
    hops = tuple(h._replace(origin=ATTACK, from_address=ATTACK, to_address=ATTACK, asset=asset) for h in base.hops)
    gaps = tuple(replace(gap, text=ATTACK, subject=ATTACK) for gap in base.gaps)
    trace = replace(base, claims=claims, outcomes=outcomes, hops=hops, gaps=gaps, left_out=(ATTACK,))
    inputs = accounts(methods=("fifo",), traces={"fifo": trace}, case=ATTACK, notes=(ATTACK,), note=ATTACK, tags={})
    sources = tuple(replace(source, path=ATTACK, covers=ATTACK) for source in inputs.sources)
    found = tuple(replace(s, subject=ATTACK, place=ATTACK, text=ATTACK) for s in inputs.sensitivities)
    return replace(inputs, sources=sources, sensitivities=found, versions={ATTACK: ATTACK})


def test_the_page_shows_attacks_and_runs_none():
    text = html_page(build(attacked()))
    assert text.count("<script") == text.count("</script>") == 2  # the picture's data and our own script
    assert "<img" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "⟨U+202E⟩gnp.exe⟨U+200B⟩⟨U+001B⟩[31m" in text
    assert not set(text) & set("\u202e\u200b\x1b")


@given(st.text())
def test_no_text_becomes_markup(text):
    shown = escaped(text)
    assert not set(shown) & set("<>\"'")
    assert re.sub(r"&(?:lt|gt|amp|quot|#x27);", "", shown).count("&") == 0
    assert tag("p", text, title=text) == f'<p title="{shown}">{shown}</p>'


@given(st.text(st.characters(categories=["Cf", "Cc", "Zl", "Zp"], exclude_characters="\t\n\r"), min_size=1, max_size=5))
def test_hidden_characters_are_printed_as_code_points(text):
    assert visible(text) == "".join(f"⟨U+{ord(character):04X}⟩" for character in text)


def test_only_our_own_markup_passes_unescaped():
    assert escaped("<b>") == "&lt;b&gt;"
    assert escaped(raw("<b>")) == "<b>"
    assert escaped(["<", None, 5, Html("<i>")]) == "&lt;5<i>"


def unscripted(text: str) -> str:
    """The page without the picture's data and script."""
    return re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)


def sha256(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_the_policy_names_the_one_style_sheet_and_the_one_script_and_forbids_the_rest():
    text = html_page(build(accounts()))
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)[1]
    script = re.search(r"<script>(.*?)</script>", text, re.DOTALL)[1]
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1].replace("&#x27;", "'")
    allowed = f"style-src {sha256(style)}; script-src {sha256(script)}"
    assert policy == f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"


def test_the_page_asks_for_nothing():
    whole = html_page(build(accounts())) + html_page(build(outputs()))
    text = unscripted(whole.replace('xmlns="http://www.w3.org/2000/svg"', ""))
    assert not re.search(r"https?:|<script|<link|<iframe|<img|@import|url\(|\bon\w+=|style=", text)
    assert not re.search(r"\bfetch\b|XMLHttp|WebSocket|import\(|\beval\b|Function\(|innerHTML|src=|storage", script())


def test_every_entry_of_the_contents_leads_somewhere():
    text = html_page(build(outputs()))
    for key, _ in CONTENTS:
        assert text.count(f'id="{key}"') == 1
        assert f'href="#{key}"' in text


def test_the_first_page_says_how_much_depends_on_the_rule():
    text = html_page(build(accounts()))
    assert "Spread between allocation rules, not a confidence interval" in text
    assert "80.0 % to 85.0 % of it is credited to endpoints, depending on the rule." in text
    assert "The rules differ most at Bank: 80–85 USD, a difference of 5.0 % of the payment." in text


def test_the_page_says_what_libr_assumes_and_what_is_positional():
    assert "assumes that all unidentified value was the wrongdoer&#x27;s" in html_page(build(accounts()))
    assert "positional FIFO" in html_page(build(outputs()))
    assert "positional" not in unscripted(html_page(build(accounts())))


def test_a_step_can_be_checked_with_a_pencil():
    text = re.sub(r"<[^>]+>", " ", html_page(build(accounts())))
    words = " ".join(text.split())
    assert "A 100 85 15 unidentified 10 5 5 all 110 90 20" in words
    assert "Lots before, oldest first: 5 unidentified + 100 of A + 5 unidentified" in words
    assert "Lots taken: 5 unidentified + 85 of A" in words


def test_what_is_long_is_cut_and_the_file_with_the_rest_is_named():
    base = account_trace("fifo", 8_000)
    rests = tuple(Resting("A", USD, 1, f"R{n}", "", "", T0, None) for n in range(500))
    trace = replace(base, outcomes=(*base.outcomes[:-1], replace(base.outcomes[-1], value=1_200), *rests))
    text = html_page(build(accounts(methods=("fifo",), traces={"fifo": trace})))
    assert "300 more rows in resting.csv." in text
    assert text.count("<code>R") == 200


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("inputs", [accounts(), outputs(), attacked()], ids=["accounts", "outputs", "attacked"])
def test_the_page_fits_its_screen_and_breaks_no_rule_of_its_own(page, tmp_path, width, inputs):
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    write(build(inputs), tmp_path / "report")
    page.set_viewport_size({"width": width, "height": 900})
    address = (tmp_path / "report" / "report.html").as_uri()
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert (said, asked) == ([], [address])
    assert page.evaluate("getComputedStyle(document.querySelector('.answer')).borderLeftWidth") == "5px"
    assert page.locator("h1").is_visible()
    assert page.locator("svg text").count() > 0


LONG = "受害人张某某二〇二一年八月五日第一笔转账付款"
CONTRACT = Asset("ledger", "0x" + "a" * 40, "", None)


@cache
def crammed() -> str:
    """A page whose payment has a long Chinese name and whose asset a contract for a name, valued, with a wide label."""
    base = account_trace("fifo", 8_500)
    outcomes = tuple(replace(one, origin=LONG, asset=CONTRACT) for one in base.outcomes)
    outcomes = (replace(outcomes[0], tags=(bank("某大型加密货币交易所有限公司热钱包充值归集地址"),)), *outcomes[1:])
    claims = tuple(replace(one, origin=LONG, asset=CONTRACT) for one in base.claims)
    hops = tuple(one._replace(origin=LONG, asset=CONTRACT) for one in base.hops)
    trace = replace(base, claims=claims, outcomes=outcomes, hops=hops)
    told = accounts(methods=("fifo",), traces={"fifo": trace}, valuation=Valuation("USD"), tags={})
    return html_page(build(told), "zh")


@pytest.mark.parametrize("width", [360, 820, 1080, 1366])
def test_no_width_of_a_screen_is_too_narrow_for_a_long_name(page, tmp_path, width):
    (tmp_path / "report.html").write_text(crammed(), "utf-8")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto((tmp_path / "report.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    narrow = "[...document.querySelectorAll('td code')].map((one) => one.closest('td').clientWidth)"
    assert min(page.evaluate(narrow)) >= 140


def test_a_wide_table_is_cards_on_a_tablet_and_a_narrow_one_stays(page, tmp_path):
    write(build(accounts()), tmp_path / "report")
    page.set_viewport_size({"width": 820, "height": 900})
    page.goto((tmp_path / "report" / "report.html").as_uri())
    displayed = "(name) => getComputedStyle(document.querySelector(name)).display"
    assert page.evaluate(displayed, "#endpoints ~ table.many tr") == "block"
    assert page.evaluate(displayed, "#steps ~ table:not(.many) tr") == "table-row"


def test_a_number_stays_on_its_line_unless_it_is_too_long_for_any():
    assert 'class="n"' in table(("x",), ((str(2**64),),), numbers=(0,))
    assert 'class="n broken"' in table(("x",), ((tag("b", str(2**256)),),), numbers=(0,))
    assert "broken" not in table(("x",), ((str(2**256),),))


def test_a_wide_sign_takes_the_room_of_two():
    assert 'class="origin"' in origin("x" * 24)
    assert 'class="long"' in origin("款" * 13)


def test_cells_carry_their_headings_on_a_phone(page, tmp_path):
    write(build(accounts()), tmp_path / "report")
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto((tmp_path / "report" / "report.html").as_uri())
    cell = "document.querySelector('#endpoints ~ table td[data-label=Credited]')"
    assert page.evaluate(f"getComputedStyle({cell}, '::before').content") == '"Credited"'
    assert page.evaluate(f"getComputedStyle({cell}.closest('tr')).display") == "block"


def test_the_page_prints(page, tmp_path):
    write(build(accounts()), tmp_path / "report")
    page.goto((tmp_path / "report" / "report.html").as_uri())
    printed = page.pdf(prefer_css_page_size=True)
    assert printed.startswith(b"%PDF")
    assert 2 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 8
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.querySelector('nav')).display") == "none"
    assert page.evaluate("getComputedStyle(document.querySelector('thead')).display") == "table-header-group"


def test_the_boxes_of_the_picture_are_read_in_the_order_of_hops(page, tmp_path):
    write(build(outputs()), tmp_path / "report")
    page.goto((tmp_path / "report" / "report.html").as_uri())
    labels = page.evaluate("[...document.querySelectorAll('svg [role=button][tabindex]')].map(g => g.ariaLabel)")
    joined = "transaction that joins outputs. transaction j1. 2 inputs. in 0.00001. out 0.0000099"
    names = [label.partition(":")[0] for label in labels]
    assert names == ["payer", "address", "address", joined, "other end of the trace"]
    assert labels[-1] == "other end of the trace: Office 1C. Office. in 0.0000099"


def test_the_first_page_names_the_widest_other_reading_of_each_payment():
    order = Sensitivity("input order", "fifo", "ledger", "tx2", "A", "SBANK", USD, 8_500, 8_000, 8_500, "Other.")
    text = re.sub(r"<[^>]+>", "", html_page(build(accounts(sensitivities=(order,)))))
    assert "A, input order: 80–85 USD at Bank instead of 85." in text


def test_openings_are_explained_and_folded_and_the_first_page_only_leads_there():
    first = accounts().sensitivities[0]
    found = (first, replace(first, method="lifo", value=8_000, low=7_000, high=8_000), replace(first, place="STWO"))
    text = html_page(build(accounts(sensitivities=found)))
    before, _, rest = text.partition('id="openings"')
    section, _, _ = rest.partition("<h2")
    assert "What an account on the way held before the first row in the sources is not known" in before
    assert 'href="#openings"' in before
    assert "A, opening" not in before
    assert "an outer end, not an estimate" in section
    assert section.count("<details>") == 1
    plain = " ".join(re.sub(r"<[^>]+>", " ", section).split())
    assert "W , A : 2 endpoints would change, under FIFO and LIFO" in plain
    assert "FIFO Bank SBANK 85 USD 80 USD" in plain
    assert "LIFO Bank SBANK 80 USD 70 USD" in plain


@pytest.mark.parametrize("language", ["en", "zh"])
def test_many_reasons_leave_the_first_page_to_what_was_asked_and_found(language):
    base, lost = many_payers(100).traces["fifo"], account_trace("fifo", 8_500).outcomes[-1]
    names = [f"victim {n:03}" for n in range(100)]
    claims = tuple(replace(one, origin=name) for one, name in zip(base.claims, names, strict=True))
    hops = tuple(one._replace(origin=name) for one, name in zip(base.hops, names, strict=True))
    ends = tuple(replace(lost, origin=hop.origin, value=hop.value, address=hop.to_address) for hop in hops)
    trace = replace(base, claims=claims, hops=hops, outcomes=ends)
    report = build(accounts(methods=("fifo",), traces={"fifo": trace}, sensitivities=()))
    assert len(report.reasons) >= 100
    text = html_page(report, language)
    first, _, rest = text.partition('id="asked"')
    assert len(re.findall(r"victim \d+", first)) == MOST_REASONS
    assert f"{len(report.reasons) - MOST_REASONS}" in re.search(r'class="rest">(.*?)</p>', first)[1]
    section = rest[rest.index('id="left"') :]
    assert 'href="#left"' in first
    left = section[section.index("<details>") : section.index("</details>")]
    assert left.count("<li>") == len(report.reasons) - MOST_REASONS
    assert "<details>" not in re.search(r'id="left".*?<h2', html_page(build(accounts())), re.DOTALL)[0]


def test_the_note_of_the_case_stands_under_the_first_sentence():
    text = html_page(build(accounts(note=ATTACK + "Nobody is alleged to be anything.")))
    place = text.index("Nobody is alleged to be anything.")
    assert text.index('class="answer"') < place < text.index('class="state"')
    assert "<script>alert" not in text
    assert 'class="note"' not in html_page(build(accounts()))


def test_what_is_folded_is_printed(page, tmp_path):
    write(build(accounts()), tmp_path / "report")
    page.goto((tmp_path / "report" / "report.html").as_uri())
    folded = "getComputedStyle(document.querySelector('#openings ~ details'), '::details-content').contentVisibility"
    assert page.evaluate(folded) == "hidden"
    page.emulate_media(media="print")
    assert page.evaluate(folded) == "visible"

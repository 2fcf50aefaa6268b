"""What can be given, and what there is, stands in the documents: keys, adapters, methods, formats, gaps, words."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from chaintrace import cli
from chaintrace.accounting import METHODS
from chaintrace.adapters import ADAPTERS, NETWORK
from chaintrace.adapters.prices import COLUMNS as PRICE_COLUMNS
from chaintrace.adapters.rows import COLUMNS as TRANSFER_COLUMNS
from chaintrace.case import access, budgets, config, finality, seeds, settings, sources, valuation
from chaintrace.freeze import ASK_KEYS, AUTHORITY_KEYS, CLOCK_KEYS
from chaintrace.model.provenance import GapKind
from chaintrace.model.trace import Limits, Reason
from chaintrace.report import FORMATS
from chaintrace.report.wording import violations
from chaintrace.tags.csv_file import HEADER as TAG_COLUMNS
from tests.docs.pages import pages
from tests.house.tree import texts

KEYS = {
    "case.toml": config.KEYS,
    "[[source]]": sources.KEYS,
    "[[seed]]": seeds.KEYS,
    "[limits]": settings.LIMIT_KEYS,
    "[follow]": budgets.KEYS,
    "[method]": ("libr_between", "pool"),
    "[[wallet]]": ("name", "chain", "addresses"),
    "[rules]": ("use", "off"),
    "[case]": config.HEAD_KEYS,
    "[authority]": AUTHORITY_KEYS,
    "[clock]": CLOCK_KEYS,
    "[[ask]]": ASK_KEYS,
    "[valuation]": valuation.KEYS,
}
FREE = {
    "docs/glossary.md": "lists the words to avoid",
    "CONTRIBUTING.md": "names the forbidden words",
    "docs/method.md": "the numbered rules say what follows from them and are read as they are",
}
"""Pages that may hold a word that no report prints, and why."""


def cells(page: str) -> set[str]:
    """What stands between back-ticks in a page."""
    return set(re.findall(r"`([^`\n]+)`", texts()[page]))


@pytest.mark.parametrize("table", KEYS)
def test_every_key_of_a_case_is_explained(table):
    assert [
        key for key in KEYS[table] if not any(key in re.findall(r"\w+", cell) for cell in cells("docs/case-file.md"))
    ] == []


def test_every_command_and_every_option_is_explained():
    page = texts()["docs/commands.md"]
    missing = []
    for name, command in cli.chaintrace.commands.items():
        chapter = next((part for part in page.split("\n## ") if f"`chaintrace {name}" in part.partition("\n")[0]), "")
        options = [opt for param in command.params for opt in param.opts if opt.startswith("--")]
        missing += [name] if not chapter else []
        missing += [f"{name} {option}" for option in options if name != "trace" and f"`{option}" not in chapter]
        missing += [f"{name} {option}" for option in options if name == "trace" and f"`{option}" not in page]
    assert missing == []


def test_the_default_limits_are_those_of_the_code():
    page = texts()["docs/case-file.md"]
    assert f"| `max_hops` | {Limits().max_hops} |" in page
    assert f"| `max_transactions` | {Limits().max_transactions} |" in page
    assert f"| `min_tag_confidence` | {Limits().min_tag_confidence} |" in page


def test_every_source_has_its_row_and_its_chapter_in_the_same_order():
    page = texts()["docs/sources.md"]
    rows = re.findall(r"^\| `([a-z-]+)` \|(?:[^|\n]+\|){7}$", page, re.MULTILINE)
    assert sorted(rows) == sorted((*ADAPTERS, *NETWORK))
    assert re.findall(r"^## `([a-z-]+)`$", page, re.MULTILINE) == rows


def test_the_cells_of_that_table_are_short():
    table = re.findall(r"^\| `[a-z-]+` \|(?:[^|\n]+\|){7}$", texts()["docs/sources.md"], re.MULTILINE)
    assert [cell for row in table for cell in row.split("|") if len(cell) > 80] == []


def test_which_source_to_choose_is_said_of_every_chain_that_a_network_is_asked_about():
    chapter = texts()["docs/sources.md"].partition("\n## Which source for which chain\n")[2].partition("\n## ")[0]
    named = set(re.findall(r"`([a-z-]+)`", "\n".join(re.findall(r"^\| (`[^|]+)\|", chapter, re.MULTILINE))))
    tests = {"bitcoin-testnet", "bitcoin-signet", "bitcoin-regtest", "tron-shasta", "tron-nile", "anvil"}
    assert named == {chain for adapter in NETWORK.values() for chain in adapter.chains} - tests


def test_the_depths_of_account_chains_are_those_of_the_data():
    page = texts()["docs/case-file.md"]
    deep = {chain: finality.depth_of(chain) for chain in NETWORK["evm-rpc"].chains}
    assert {chain for chain, depth in deep.items() if depth != finality.DEEPEST} == {"ethereum", "sepolia"}
    assert f"{deep['ethereum']} on Ethereum and Sepolia, {finality.DEEPEST} on\nthe others" in page


def test_the_default_budgets_are_those_of_the_code():
    page = texts()["docs/case-file.md"]
    assert f"| `max_requests` | {budgets.REQUESTS} |" in page
    assert f"| `max_seconds` | {budgets.SECONDS} |" in page
    assert f"| `depth` | {finality.DEPTH} |" in page


def test_every_variable_of_the_environment_is_explained():
    page = texts()["docs/commands.md"]
    names = (access.NETWORK, access.PROXY, access.CA_FILE, "CHAINTRACE_<ADAPTER>_KEY")
    assert [name for name in names if f"`{name}`" not in page] == []


def test_every_method_has_its_line():
    page = texts()["docs/concepts.md"]
    assert [name for name in (*METHODS, "poison") if f"| `{name}` |" not in page] == []


def test_every_format_is_named():
    page = texts()["docs/adding-a-format.md"]
    assert [name for name in FORMATS if f"`{name}`" not in page] == []


def test_the_columns_of_the_files_that_a_user_writes_are_those_of_the_code():
    assert ",".join(TRANSFER_COLUMNS) in texts()["docs/sources.md"]
    assert ",".join(PRICE_COLUMNS) in texts()["docs/valuation.md"]
    assert ",".join(TAG_COLUMNS) in texts()["docs/case-file.md"]
    assert ",".join(seeds.VICTIMS_HEADER) in texts()["docs/case-file.md"]


def test_every_reason_and_every_gap_is_explained():
    page = texts()["docs/concepts.md"]
    assert [word for word in (*get_args(Reason), *get_args(GapKind)) if f"`{word}`" not in page] == []


@pytest.mark.parametrize("page", [page for page in pages() if page not in FREE])
def test_no_page_says_what_no_report_may_say(page):
    assert list(violations(texts()[page])) == []


def test_a_page_that_may_say_more_exists():
    assert [page for page in FREE if page not in texts()] == []

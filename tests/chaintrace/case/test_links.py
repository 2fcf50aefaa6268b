"""Documented links, accepted leads and tables of protocols in case.toml: read, refused with a sentence, followed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest

import chaintrace
from chaintrace.case.config import load
from chaintrace.case.links import Accepted, Linked, accepted, unmet
from chaintrace.errors import InputError
from chaintrace.model.finding import Moved
from tests.chaintrace.small_case import CASE, small_case
from tests.chaintrace.tracing.linking import continues

DIGEST = hashlib.sha256(b"a receipt").hexdigest()
LINK = f"""
[[link]]
from = {{ chain = "ledger", txid = "t1", index = 0 }}
to = [{{ chain = "ledger", txid = "t2", index = "1" }}]
document = "receipt.pdf"
sha256 = "{DIGEST}"
produced_by = "a broker"
date = 2024-05-31
entered_by = "A. Analyst"
"""
ACCEPT = """
[[accept]]
rule = "by_amount"
chain = "ledger"
from = "t1"
to = "t2"
name = "A. Analyst"
reason = "the amounts are odd"
"""


def read(folder, more: str):
    return load(small_case(folder, case=CASE + more))


def test_a_link_is_a_continuation_that_names_its_document(tmp_path):
    (link,) = read(tmp_path, LINK).links
    assert (link.rule, link.subject, link.object) == ("documented_link", "t1", "t2")
    assert link.outgoing == (Moved("ledger", "t1", "0"),)
    assert link.incoming == (Moved("ledger", "t2", "1"),)
    assert link.text == "By the document receipt.pdf, produced by a broker on 2024-05-31, entered by A. Analyst."
    assert not link.is_lead


def test_links_are_switched_off_by_name_and_not_with_the_rules(tmp_path):
    assert read(tmp_path / "a", LINK + '[rules]\noff = ["documented_link"]\n').links == ()
    assert len(read(tmp_path / "b", LINK + "[rules]\nuse = []\n").links) == 1


def test_a_document_beside_the_case_is_kept_and_compared(tmp_path):
    folder = small_case(tmp_path, case=CASE + LINK)
    (folder / "receipt.pdf").write_bytes(b"a receipt")
    assert "receipt.pdf" in [file.shown for file in load(folder).files]
    (folder / "receipt.pdf").write_bytes(b"another one")
    with pytest.raises(InputError, match=r"has the SHA-256 .*: correct sha256, or the document"):
        load(folder)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('from = { chain = "ledger", txid = "t1", index = 0 }', "", "from is missing"),
        ('from = { chain = "ledger", txid = "t1", index = 0 }', "from = 7", "from must be a table"),
        ('from = { chain = "ledger", txid = "t1", index = 0 }', "from = []", "from must be a table"),
        ('chain = "ledger", txid = "t1"', 'chain = "nowhere", txid = "t1"', "no source holds the chain 'nowhere'"),
        ('txid = "t1", index = 0', "index = 0", "from names no txid"),
        ('txid = "t1", index = 0', 'txid = "t1"', "needs the index of the movement"),
        ('txid = "t1", index = 0', 'txid = "t1", index = 0, vout = 1', "unknown key 'vout' in from"),
        (
            '[{ chain = "ledger", txid = "t2", index = "1" }]',
            '[{ chain = "ledger", txid = "t2", index = 1 }, { chain = "ledger", txid = "t2", index = "1" }]',
            "to names one movement twice",
        ),
        (DIGEST, "beef", "sha256 is 'beef': it must be 64 digits"),
        ('document = "receipt.pdf"\n', "", "document is missing"),
        ("date = 2024-05-31", 'date = "May"', "date must be a day"),
        ("date = 2024-05-31", "date = 2024-05-31T00:00:00Z", "date must be"),
        ('entered_by = "A. Analyst"\n', "", "entered_by is missing"),
        ("[[link]]", "[link]", r"must be written \[\[link\]\]"),
        ('entered_by = "A. Analyst"', 'entered_by = "A. Analyst"\nsure = true', "unknown key 'sure'"),
    ],
)
def test_what_is_wrong_in_a_link_is_said_with_its_line(tmp_path, old, new, sentence):
    assert old in LINK
    with pytest.raises(InputError, match=sentence) as raised:
        read(tmp_path, LINK.replace(old, new, 1))
    assert raised.value.line is not None


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('chain = "ledger"', 'chain = "leger"', "no source holds the chain 'leger'"),
        ('reason = "the amounts are odd"\n', "", "reason is missing"),
        ('name = "A. Analyst"', 'name = ""', "name is empty"),
    ],
)
def test_what_is_wrong_in_an_accepted_lead_is_said(tmp_path, old, new, sentence):
    with pytest.raises(InputError, match=sentence):
        read(tmp_path, ACCEPT.replace(old, new, 1))


def test_a_lead_is_followed_only_where_a_person_accepts_it(tmp_path):
    lead = replace(continues(["t1:0"], ["t2:0"], rule="by_amount"), confidence=20)
    choices = read(tmp_path, ACCEPT).linked.accepted
    (marked,) = accepted([lead], choices)
    assert (lead.is_lead, marked.is_lead) == (True, False)
    assert marked.accepted == "Accepted by A. Analyst: the amounts are odd"
    other = Accepted("by_amount", "ledger", "t1", "t9", "A. Analyst", "why")
    assert accepted([lead], [other]) == (lead,)


def test_what_is_not_met_is_told(tmp_path):
    linked = read(tmp_path, LINK + ACCEPT).linked
    told = list(unmet(linked, ()))
    assert ["is not used" in told[0], "nothing was followed" in told[1]] == [True, True]
    assert list(unmet(Linked(linked.links, (), ()), linked.links)) == []


def test_a_table_of_protocols_is_read_and_kept(tmp_path):
    folder = small_case(tmp_path, case=CASE + '[[protocols]]\npath = "own.toml"\n')
    with pytest.raises(InputError, match="does not exist"):
        load(folder)
    (folder / "own.toml").write_text("protocol = 7\n", "utf-8")
    with pytest.raises(InputError, match=r"own\.toml"):
        load(folder)


def test_a_linked_case_is_traced_reported_and_balances(tmp_path):
    rows = [
        "chain,txid,index,height,time,asset,decimals,from,to,value",
        "ledger,t1,0,1,2024-01-01T00:01:00Z,COIN,2,V,A,1000",
        "ledger,t2,0,2,2024-01-01T00:02:00Z,COIN,2,A,X,1000",
        "ledger,t3,0,3,2024-01-01T00:05:00Z,GOLD,0,Y,B,7",
        "ledger,t4,0,4,2024-01-01T00:06:00Z,GOLD,0,B,C,7",
    ]
    (tmp_path / "transfers.csv").write_text("\n".join(rows), "utf-8")
    case = f"""
[case]
name = "Linked"
[[source]]
adapter = "transfers-csv"
path = "transfers.csv"
complete = "all"
chain = "ledger"
[[seed]]
chain = "ledger"
txid = "t1"
origin = "S"
[rules]
use = []
[[link]]
from = {{ chain = "ledger", txid = "t2", index = 0 }}
to = {{ chain = "ledger", txid = "t3", index = 0 }}
document = "production"
sha256 = "{DIGEST}"
produced_by = "Exchange X"
date = 2024-05-31
entered_by = "A. Analyst"
"""
    (tmp_path / "case.toml").write_text(case, "utf-8")
    result = chaintrace.open_case(tmp_path).follow()
    (row,) = result.table("conversions")
    assert (row["traced_out_amount"], row["traced_in_amount"], row["price"]) == ("10.00", "7", "7/10 GOLD for 1 COIN")
    assert (row["rule"], row["delay"], row["step"]) == ("documented_link", 180, 3)
    assert [(hop["to_address"], hop["rule"], hop["conversion_step"]) for hop in result.table("hops")] == [
        ("A", "seed", None),
        ("X", "fifo", None),
        ("B", "documented_link", 3),
        ("C", "fifo", 3),
    ]
    balance = {
        (row["asset"], row["outcome"]): row["value"]
        for row in result.table("reconciliation")
        if row["method"] == "fifo" and row["value"]
    }
    assert balance == {
        ("COIN", "seed"): 1000,
        ("COIN", "converted_out"): 1000,
        ("GOLD", "converted_in"): 7,
        ("GOLD", "resting"): 7,
    }
    assert "10 COIN was converted and traced into a substitute asset" in result.report.sentence
    log = (tmp_path / "log.jsonl").read_text("utf-8").splitlines()
    assert json.loads(log[-1])["details"]["links"] == [
        {
            "from": "t2",
            "to": "t3",
            "by": [
                "document: production", f"sha256: {DIGEST}", "produced_by: Exchange X", "date: 2024-05-31",
                "entered_by: A. Analyst",
            ],
        }
    ]  # fmt: skip
    written = json.loads((tmp_path / "report" / "trace.json").read_text("utf-8"))
    assert [rule["id"] for rule in written["rules"]] == ["documented_link"]
    page = (tmp_path / "report" / "report.html").read_text("utf-8")
    assert "By the document production, produced by Exchange X on 2024-05-31, entered by A. Analyst." in page
    assert "stroke-dasharray" in page

"""Names against raw answers: what a network told, what an issuer's contract said, and whose statement a tag is."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from chaintrace.adapters.issuers import every_token
from chaintrace.evidence import own_files, verify_answers, verify_bag, verify_facts, verify_page
from chaintrace.evidence.unpacking import unpacked
from chaintrace.evidence.verify import LAYERS, Findings, verify
from chaintrace.evidence.verify_chain import keccak256
from chaintrace.report import html
from chaintrace.tags.source_family import _DEEP, _SHARED, HOSTS, family
from tests.chaintrace.evidence.formats import FOLDER
from tests.chaintrace.evidence.packages import repaired
from tests.chaintrace.evidence.tampering import canonical, without_contents
from tests.chaintrace.evidence.variations import Alter, everywhere, first_line

SOURCES = (
    *(
        "https://etherscan.io/address/0x1",
        "https://www.tronscan.org:443/#/a",
        "OFAC SDN list",
        "etherscan label",
        "a b",
    ),
    *("http://web.archive.org/web/2020/https://github.com/a/b/c", "chaintrace rule: common_input", "rule change", ""),
    *("a page https://x.com/who/status/1 said", "https://user@example.org/x", "btc", "https://pastebin.com/a/b"),
    *("HTTPS://T.ME/Chan/5", "ftp://sub.treasury.gov/x?y", " Tronscan (its answers)", "http://[bad", "U.S. Court, (x)"),
)


def test_the_family_of_a_source_is_read_alike() -> None:
    assert verify_answers.HOSTS == HOSTS
    assert {host: _DEEP.get(host) for host in _SHARED} == verify_answers.DEEP
    assert [verify_answers.family(one) for one in SOURCES] == [family(one, "") for one in SOURCES]


def test_the_questions_are_those_of_the_contracts() -> None:
    asked = {one.form.state for one in every_token().values() if one.form is not None}
    assert asked <= set(verify_answers.QUESTIONS.values())
    for selector, signature in verify_answers.QUESTIONS.items():
        assert keccak256(signature.encode())[:4].hex() == selector


def test_the_adapters_of_files_are_those_of_one_place() -> None:
    assert set(verify_answers.FILES) == own_files.FILES
    assert set(verify_bag.FILES) == own_files.FILES - {"file", "prices-csv", "ecb"}


def test_the_style_and_the_script_of_a_page_are_those_of_this_release() -> None:
    own = {("style", html.digest(html._style())[7:]), ("script", html.digest(html.script())[7:])}
    assert verify_page.PARTS[verify_bag.RELEASE] == own


# --- packages of a network and of blocks --------------------------------------------------------------------------

SENT = "0x05287a561f218418892ab053adfb3d919860988b19458c570c5c30f51c146f02"
PROOF = f"data/proofs/ethereum/{SENT}.json"
CHAIN = "data/proofs/bitcoin/headers-0.json"
TOLD = "data/told/1.jsonl"


def other(change: Callable[[Any], object]) -> Alter:
    return first_line(PROOF, change)


FORGED: dict[str, tuple[str, Alter, str]] = {
    "an address that no answer has": (
        "network",
        everywhere("0x743b8aeedc163c0e3a0fe9f3910d146c48e70da8", f"0x{'7' * 40}", "facts.jsonl", "holdings.jsonl"),
        "no raw answer names",
    ),
    "a node of the tree more": ("network", other(lambda told: told["transaction_nodes"].append("0xc0")), "on the way"),
    "a node of the tree twice": (
        "network",
        other(lambda told: told["transaction_nodes"].append(told["transaction_nodes"][0])),
        "on the way",
    ),
    "nodes in another order": ("network", other(lambda told: told["transaction_nodes"].reverse()), "root"),
    "a blank in a header": ("network", other(lambda told: told.update(header=told["header"] + " ")), "canonical"),
    "a proof under another name": (
        "network",
        lambda package: (package / PROOF).rename((package / PROOF).with_name("0x1.json")),
        "not named",
    ),
    "a proof twice": (
        "network",
        lambda package: shutil.copyfile(package / PROOF, (package / PROOF).with_name("0x1.json")),
        "not named",
    ),
    "another kind of headers": ("blocks", first_line(CHAIN, lambda told: told.update(proof="headers")), "written"),
    "headers with a blank": (
        "blocks",
        first_line(CHAIN, lambda told: told.update(headers=told["headers"] + " ")),
        "written",
    ),
    "a list of another chain": ("blocks", first_line(TOLD, lambda told: told.update(chain="litecoin")), "no source"),
    "a list of other bytes": (
        "blocks",
        first_line(TOLD, lambda told: told["source"].update(sha256="0" * 64)),
        "no source",
    ),
    "a list of another form": ("blocks", first_line(TOLD, lambda told: told.update(format_version="2")), "form"),
    "a list twice": (
        "blocks",
        lambda package: shutil.copyfile(package / TOLD, package / "data/told/2.jsonl"),
        "the same blocks",
    ),
}


@pytest.mark.parametrize("what", FORGED)
def test_what_a_network_or_blocks_did_not_tell_is_noticed(tmp_path: Path, what: str) -> None:
    """The kept packages may be of earlier programs: what counts is what is said of the alteration."""
    kind, alter, words = FORGED[what]
    with unpacked(FOLDER / "1" / f"{kind}.zip") as package:
        assert words not in str(verify(package).failures)
        bench = Path(shutil.copytree(package, tmp_path / "bench"))
    alter(bench)
    without_contents(bench)
    repaired(bench)
    said = verify(bench)
    assert words in str([said.failures[layer] for layer in LAYERS])


# --- what an issuer's contract said -------------------------------------------------------------------------------

TETHER, HOLDER = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "TGfH7imvH9h6yxusNNPkkwrDzKCg7kFDTf"
DOLLAR, OWNER = "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48", f"0x{'ab' * 20}"


def table(path: Path, *rows: dict[str, str]) -> None:
    file = io.StringIO()
    writer = csv.DictWriter(file, [*rows[0]], lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\xef\xbb\xbf" + file.getvalue().encode())


def asked(folder: Path, contract: str, holder: str, word: int, state: str) -> list[str]:
    """What is said of a package in which a contract answered with a word, and the report states a state."""
    if holder.startswith("T"):
        parameter = "0" * 24 + next(iter([*verify_answers.forms({"address": holder})][1:])).decode()
        body = {"contract_address": contract, "function_selector": "isBlackListed(address)", "parameter": parameter}
        answer: dict[str, object] = {"constant_result": [f"{word:064x}"], "result": {"result": True}}
        request = f"POST https://node.example/wallet/triggerconstantcontract {json.dumps(body)}"
    else:
        call = {"to": contract, "data": f"0xfe575a87{holder[2:]:0>64}"}
        answer = {"jsonrpc": "2.0", "id": 1, "result": f"0x{word:064x}"}
        request = f"POST https://node.example {json.dumps({'method': 'eth_call', 'params': [call, '0x1']})}"
    content = canonical(answer)
    digest = sha256(content).hexdigest()
    (folder / f"data/raw/{digest[:2]}").mkdir(parents=True)
    (folder / f"data/raw/{digest[:2]}/{digest}").write_bytes(content)
    table(folder / "data/acquisition.csv", {"sha256": digest, "request": request, "in_package": "yes"})
    for name in ("endpoints", "resting"):
        row = {"address": holder, "contract": contract, "issuer_state": state if name == "resting" else ""}
        table(folder / f"data/report/{name}.csv", row)
    said = Findings()  # type: ignore[no-untyped-call]  # the verifiers are plain Python
    verify_answers.stated(verify_facts.Package(folder), said)  # type: ignore[no-untyped-call]  # as above
    return list(said.failures["facts"])


@pytest.mark.parametrize(("contract", "holder"), [(TETHER, HOLDER), (DOLLAR, OWNER)])
@pytest.mark.parametrize(("word", "state", "holds"), [(1, "blocked", 1), (0, "blocked", 0), (1, "not blocked", 0)])
def test_a_state_is_what_the_contract_answered(
    tmp_path: Path, contract: str, holder: str, word: int, state: str, holds: int
) -> None:
    assert len(asked(tmp_path, contract, holder, word, state)) == 1 - holds


# --- a paper ------------------------------------------------------------------------------------------------------


def paper(folder: Path, *attached: bytes, more: bytes = b"") -> list[str]:
    """What is said of a package with two files of a report and a paper to which these are attached."""
    (folder / "data/report").mkdir(parents=True)
    (folder / "data/report/hops.csv").write_bytes(b"hops")
    (folder / "data/report/trace.json").write_bytes(b"{}")
    parts = [b"<</Type /EmbeddedFile/Length %d>>\nstream\n%s\nendstream\n" % (len(one), one) for one in attached]
    (folder / "data/report/expert-report.en.pdf").write_bytes(b"%PDF-1.7\n" + b"".join(parts) + more)
    package = verify_facts.Package(folder)  # type: ignore[no-untyped-call]  # as above
    return [*verify_page.paper(package, "data/report/expert-report.en.pdf")]  # type: ignore[no-untyped-call]  # as above


@pytest.mark.parametrize(
    ("attached", "more", "holds"),
    [
        ((b"{}", b"hops"), b"", True),
        ((b"hops",), b"", False),
        ((b"{}", b"hopsx"), b"", False),
        ((b"{}", b"hops", b"more"), b"", False),
        ((b"{}", b"hops"), b"<</OpenAction <</S /JavaScript/JS (x)>>>>", False),
        ((b"{}", b"hops"), b"<</Type /ObjStm/Length 11>>\nstream\n<</S/Launch\nendstream\n", False),
    ],
)
def test_what_is_attached_to_a_paper_are_the_files_of_the_report(
    tmp_path: Path, attached: tuple[bytes, ...], more: bytes, *, holds: bool
) -> None:
    assert (paper(tmp_path, *attached, more=more) == []) is holds


def test_a_paper_that_unpacks_to_too_much_is_not_read_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import zlib

    monkeypatch.setattr(verify_page, "PACKED", 1000)
    packed = zlib.compress(bytes(100_000))
    more = b"<</Filter /FlateDecode/Length %d>>\nstream\n%s\nendstream\n" % (len(packed), packed)
    assert "unpacks to more" in paper(tmp_path, more=more)[0]

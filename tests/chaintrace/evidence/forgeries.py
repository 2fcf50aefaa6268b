"""Ways of altering what a package means in every place but one; then all digests are mended, as by a forger.

Each leaves something that says otherwise: a raw file, the case's own file, the log, the order of another table, or what
a page may hold. Those of `PAGES` change what a reader of the page sees, those of `WRITTEN` how something is written.
"""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

from tests.chaintrace.evidence.variations import (
    ACQUIRED,
    FACTS,
    HOLDINGS,
    LOG,
    PAGE,
    STEPS,
    TRACE,
    Alter,
    added,
    bytes_of,
    cell,
    rows,
    several,
    swap,
    trace,
)

BOM = b"\xef\xbb\xbf"


def everywhere(old: str, new: str, *but: str) -> Alter:
    """Another text in place of one in the whole payload, but not in the raw files and in what begins as `but`."""

    def alter(package: Path) -> None:
        count = 0
        for path in sorted(one for one in (package / "data").rglob("*") if one.is_file()):
            if not path.relative_to(package / "data").as_posix().startswith(("raw/", "log", *but)):
                content = path.read_bytes()
                count += content.count(old.encode())
                path.write_bytes(content.replace(old.encode(), new.encode()))
        assert count

    return alter


def exchanged(table: str, column: str, one: int = 0, other: int = 1) -> Alter:
    """Two cells of a column exchanged, in the table and in trace.json alike."""

    def change(lines: list[list[str]]) -> None:
        at = lines[0].index(column)
        lines[one + 1][at], lines[other + 1][at] = lines[other + 1][at], lines[one + 1][at]

    def told(content: Any) -> None:  # trace.json
        first, second = content["tables"][table][one], content["tables"][table][other]
        first[column], second[column] = second[column], first[column]

    return several(rows(f"data/report/{table}.csv", change), trace(told))


def reordered(table: str, *twins: str) -> Alter:
    """The first two rows of a table exchanged, in trace.json too."""

    def change(lines: list[list[str]]) -> None:
        lines[1], lines[2] = lines[2], lines[1]

    def told(content: Any) -> None:  # trace.json
        several_rows = content["tables"][table]
        several_rows[0], several_rows[1] = several_rows[1], several_rows[0]

    return several(*(rows(name, change) for name in (f"data/report/{table}.csv", *twins)), trace(told))


def halved(package: Path) -> None:
    """The one endpoint becomes two rows of 30 each: the sum is the same."""

    def change(lines: list[list[str]]) -> None:
        at, amount = (lines[0].index(f"traced_{what}") for what in ("value", "amount"))
        lines[1][at], lines[1][amount] = "30", "0.30"
        lines.append([*lines[1]])
        lines[2][0] = "2"

    def told(content: Any) -> None:  # trace.json
        row = content["tables"]["endpoints"][0]
        row.update(traced_value="30", traced_amount="0.30")
        content["tables"]["endpoints"].append({**row, "rank": 2})

    several(rows("data/report/endpoints.csv", change), trace(told))(package)


def moved_over(package: Path) -> None:
    """What rests is told as not followed instead: in both tables, and in trace.json."""
    taken: list[Any] = []

    def told(content: Any) -> None:  # trace.json
        taken.append(content["tables"]["resting"].pop())
        keys = (
            "origin",
            "chain",
            "address",
            "outpoint",
            "asset",
            "contract",
            "decimals",
            "traced_value",
            "traced_amount",
        )
        row = {**{key: taken[0][key] for key in keys}, "txid": "", "reason": "history not in the sources"}
        content["tables"]["not_followed"].append(row)

    def appended(lines: list[list[str]]) -> None:
        row = {**taken[0], "txid": "", "reason": "history not in the sources"}
        lines.append([str(row[key]) for key in lines[0]])

    names = ("data/report/not_followed.csv", "data/not_followed.csv")
    several(
        trace(told), rows("data/report/resting.csv", lambda lines: lines.pop()), *(rows(n, appended) for n in names)
    )(package)


def time_of_reading(text: str) -> Alter:
    return swap(ACQUIRED, b"2026-11-28T12:00:00Z", text.encode(), 1)


MEANING: dict[str, Alter] = {
    "a holder that has another name everywhere but in the raw file": everywhere("taker", "tbker"),
    "a holder that has another name everywhere but in the raw file and the case": everywhere("taker", "tbker", "case/"),
    "a day of a label everywhere but in the file of the case": everywhere("2026-01-01", "2026-01-02", "case/"),
    "a source of a label everywhere but in the file of the case": everywhere("register", "registry", "case/"),
    "a category everywhere but in the file of the case": everywhere("exchange", "gambling", "case/"),
    "another time of a payment": everywhere("2020-09-13T12:26:40Z", "2020-09-13T12:26:41Z"),
    "another family of a source": cell("tags", "source_family", "explorer:etherscan"),
    "another grade": several(cell("tags", "grade", "corroborated"), cell("endpoints", "grade", "corroborated")),
    "readings in another order": rows(ACQUIRED, lambda lines: lines.insert(1, lines.pop())),
    "another time of a reading": time_of_reading("2026-11-28T12:00:01Z"),
    "a time of a reading in another zone": time_of_reading("2026-11-28T13:00:00+01:00"),
    "a time of a reading with its fraction": time_of_reading("2026-11-28T12:00:00.0Z"),
    "one endpoint told as two": halved,
    "what rests told as not followed": moved_over,
    "two sums of methods exchanged": exchanged("reconciliation", "value", 0, 2),
    "another paper": added("data/report/expert-report.zh.pdf", b"%PDF-1.7\n"),
}
"""Changes of what the small package means."""

MET: dict[str, Alter] = {
    "another address of a payment": trace(lambda told: told["seeds"][0].update(address="T" + "9" * 33)),
    "another place of a reading": trace(lambda told: told["sensitivities"][0].update(place="T" + "9" * 33)),
    "another address in the words of a reading": trace(
        lambda told: told["sensitivities"][0].update(
            text=told["sensitivities"][0]["text"].replace(told["sensitivities"][0]["place"], "T" + "9" * 33)
        )
    ),
    "two amounts exchanged": exchanged("endpoints", "traced_value"),
    "two services exchanged": exchanged("endpoints", "entity"),
    "two times exchanged": exchanged("credits", "time"),
    "two places of a credit exchanged": exchanged("credits", "txid"),
    "two families exchanged": several(
        cell("tags", "source_family", "explorer:oklink"),
    ),
    "tags in another order": reordered("tags", "data/tags.csv"),
    "endpoints in another order": reordered("endpoints"),
    "credits in another order": reordered("credits"),
    "hops in another order": reordered("hops"),
    "methods in another order": reordered("methods"),
    "what was not followed in another order": reordered("not_followed", "data/not_followed.csv"),
    "places where payments meet in another order": reordered("convergence"),
}
UNSHOWN: dict[str, Alter] = {
    "the order of the rows in `findings.csv`": reordered("findings"),
    "of the outcomes in `trace.json`": trace(lambda told: told["outcomes"]["haircut"].reverse()),
}
"""What the content does not show, where payments meet: the page about packages names it."""

WORTH: dict[str, Alter] = {
    "values in another order": reordered("valuation"),
    "a price of which no computer holds the number": several(
        *(swap(name, b"1.3000", b"1e999999999") for name in ("data/report/valuation.csv", TRACE))
    ),
}

HEAD = b"<!DOCTYPE html>\n"


def styled(package: Path) -> None:
    """Another style, which the page's policy names."""
    text = (package / PAGE).read_text("utf-8")
    old = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert old
    new = old[1] + "\np::after{content:'and all of it was returned'}"
    digests = [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in (old[1], new)]
    assert digests[0] in text
    (package / PAGE).write_text(text.replace(old[1], new).replace(*digests), "utf-8", newline="")


def behind(text: bytes) -> Alter:
    """Puts a text at the end of the page."""
    return swap(PAGE, b"</body>", text + b"</body>")


PAGES: dict[str, Alter] = {
    "a page that leads elsewhere": swap(PAGE, b"<title>", b'<meta http-equiv="refresh" content="0"><title>', 1),
    "a comment": behind(b"<!-- > seen <b -->"),
    "a sentence that a comment hides": swap(PAGE, b"This report does not identify any person.", b"<!-- -->", 1),
    "text in a title that nobody sees": behind(b"<title>It was returned.</title>"),
    "text that leaves a picture": behind(b"<svg><p>5,000,000 were returned</p></svg>"),
    "a picture without an end": behind(b"<svg><text>5,000,000 were returned</text>"),
    "text that is not shown without scripts": behind(b"<noscript>It was returned.</noscript>"),
    "a hidden paragraph": behind(b"<p hidden>It was returned.</p>"),
    "a link to elsewhere": behind(b'<a href="https://example.org/">more</a>'),
    "another style": styled,
    "another address for those who hear the page": bytes_of(
        PAGE, lambda text: text.replace(b"</body>", b'<p aria-label="1BoatSLRHtKNngkdXEeobR76b53LETtpyT"></p></body>')
    ),
    "a frame": behind(b'<iframe srcdoc="x"></iframe>'),
    "a mark in capitals": behind(b"<SCRIPT>alert(1)</SCRIPT>"),
    "a mark without an end": behind(b"<p "),
    "a page before the page": bytes_of(PAGE, lambda text: b"<p>It was returned.</p>" + text),
    "text behind the page": bytes_of(PAGE, lambda text: text + b"<p>It was returned.</p>"),
    "a byte order mark before the page": bytes_of(PAGE, lambda text: BOM + text),
    "a NUL on the page": behind(b"<p>\0</p>"),
}
"""Changes of the page of the small package."""

WRITTEN: dict[str, Alter] = {
    **{f"a byte order mark before {name}": bytes_of(name, lambda text: BOM + text) for name in (FACTS, TRACE, LOG)},
    **{f"a blank behind a line of {name}": swap(name, b"\n", b" \n", 1) for name in (FACTS, HOLDINGS, TRACE, LOG)},
    "CR LF in trace.json": swap(TRACE, b"\n", b"\r\n"),
    **{f"a NUL in {name}": bytes_of(name, lambda text: text[:-1] + b"\0\n") for name in (FACTS, TRACE, STEPS)},
    "true in place of one": trace(lambda told: told["tables"]["hops"][0].update(step=True)),
    "a step with a point": trace(lambda told: told["tables"]["hops"][0].update(step=1.0)),
    "a step as text": trace(lambda told: told["tables"]["hops"][0].update(step="1")),
    "Infinity": trace(lambda told: told["limits"].update(max_hops=float("inf"))),
    "a million digits": swap(FACTS, b'"position":0', b'"position":' + b"9" * 1_000_000, 1),
    "decimals that no memory holds": swap(FACTS, b'"decimals":2', b'"decimals":99999999999'),
    "decimals that no memory holds, in a table": swap("data/report/hops.csv", b",2,", b",99999999999,"),
    "a time in another zone": swap("data/report/hops.csv", b"2020-09-13T12:26:40Z", b"2020-09-13T14:26:40+02:00"),
    "a settings file of a hundred thousand tables": bytes_of(
        "data/case/case.toml", lambda _: b"".join(b"[a%d.b]\n" % number for number in range(100_000))
    ),
    "a key of fifty thousand parts": bytes_of("data/case/case.toml", lambda _: b"a" + b".a" * 50_000 + b"=1\n"),
    "a page of a million openings": bytes_of(PAGE, lambda _: HEAD + b"<" * 1_000_000),
    "a page of scripts without an end": bytes_of(PAGE, lambda _: HEAD + b"<script>" * 100_000),
    "a page of pictures without an end": bytes_of(PAGE, lambda _: HEAD + b"</svg>" * 50_000 + b"<svg>" * 50_000),
    "a page of strange words": behind(b" ".join(b"a%dz" % number for number in range(50_000))),
}
"""Other ways of writing the same, and what would take a reader hours or all of its memory."""

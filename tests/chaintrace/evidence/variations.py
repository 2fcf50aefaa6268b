"""Ways of altering a package that nobody listed: forms of text and numbers, names, doubles, and what does not belong.

Each is done to a copy, and then all digests are mended, as by somebody who knows the format; those in BARE are done to
what would be mended, and are left as they are.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

Alter = Callable[[Path], object]
FACTS, HOLDINGS, METHOD, LOG = "data/facts.jsonl", "data/holdings.jsonl", "data/method.json", "data/log.jsonl"
TRACE, PAGE, STEPS, HOPS = "data/report/trace.json", "data/report/report.html", "data/steps.csv", "data/report/hops.csv"
ACQUIRED, MANIFEST, TAGS = "data/acquisition.csv", "manifest-sha256.txt", "tagmanifest-sha256.txt"


def bytes_of(name: str, change: Callable[[bytes], bytes]) -> Alter:
    """Changes the bytes of a file; they must be others afterwards."""

    def alter(package: Path) -> None:
        before = (package / name).read_bytes()
        after = change(before)
        assert after != before
        (package / name).write_bytes(after)

    return alter


def swap(name: str, old: bytes, new: bytes, count: int = -1) -> Alter:
    return bytes_of(name, lambda content: content.replace(old, new, count))


def several(*alters: Alter) -> Alter:
    return lambda package: [one(package) for one in alters]


def canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def first_line(name: str, change: Callable[[Any], object]) -> Alter:
    """Changes the first object of a file of JSON lines."""

    def altered(content: bytes) -> bytes:
        line, _, rest = content.partition(b"\n")
        told = json.loads(line)
        change(told)
        return canonical(told) + b"\n" + rest

    return bytes_of(name, altered)


def moved(change: Callable[[Any], object]) -> Alter:
    """Changes the first transfer of the first fact."""
    return first_line(FACTS, lambda told: change(told["transfers"][0]))


def valued(value: Callable[[str], object]) -> Alter:
    """Writes the values of the first transfer in another way."""

    def change(one: Any) -> None:  # a transfer as JSON
        for part in (one, *one["from"], *one["to"]):
            part["value"] = value(part["value"])

    return moved(change)


def method(change: Callable[[Any], object]) -> Alter:
    return first_line(METHOD, change)


def laid_out(value: Any, depth: int = 2) -> str:  # any JSON
    """JSON as trace.json is written."""
    if isinstance(value, dict) and depth and value:
        inside = ",\n".join(
            f"{json.dumps(key, ensure_ascii=False)}: {laid_out(value[key], depth - 1)}" for key in sorted(value)
        )
        return f"{{\n{inside}\n}}"
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(json.dumps(one, ensure_ascii=False, sort_keys=True) for one in value) + "\n]"
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def trace(change: Callable[[Any], object]) -> Alter:
    """Changes trace.json, which is written as it was."""

    def altered(content: bytes) -> bytes:
        told = json.loads(content)
        change(told)
        return (laid_out(told) + "\n").encode()

    return bytes_of(TRACE, altered)


def rows(name: str, change: Callable[[list[list[str]]], object]) -> Alter:
    """Changes a table, which is written as it was."""

    def altered(content: bytes) -> bytes:
        table = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        change(table)
        file = io.StringIO()
        csv.writer(file, lineterminator="\r\n").writerows(table)
        return b"\xef\xbb\xbf" + file.getvalue().encode()

    return bytes_of(name, altered)


def wider(table: list[list[str]]) -> None:
    for number, row in enumerate(table):
        row.append("x" if number else "remark")


def added(name: str, content: bytes = b"x") -> Alter:
    def alter(package: Path) -> None:
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_bytes(content)

    return alter


def cell(name: str, column: str, value: str, number: int = 0) -> Alter:
    """A cell of a table of the report, in the table and in trace.json alike, and in the copy of the table beside."""

    def change(table: list[list[str]]) -> None:
        table[number + 1][table[0].index(column)] = value

    def told(content: Any) -> None:  # trace.json
        row = content["tables"][name][number]
        row[column] = int(value) if isinstance(row[column], int) else value

    twins = [f"data/{name}.csv"] if name in ("tags", "not_followed") else []
    return several(*(rows(path, change) for path in (f"data/report/{name}.csv", *twins)), trace(told))


def again(table: list[list[str]]) -> None:
    table.append(table[1])


def answered(packed: str, *, listed: bool) -> Alter:
    """A raw answer more, packed or not, listed or not."""
    digest = hashlib.sha256(b"more").hexdigest()
    row = f"{digest},esplora,GET https://x.example/y,2026-01-01T00:00:00Z,{packed}\r\n".encode()
    alters = [added(f"data/raw/{digest[:2]}/{digest}", b"more")] if packed == "yes" else []
    return several(*alters, *([bytes_of(ACQUIRED, lambda content: content + row)] if listed else []))


def relogged(change: Callable[[Any], object]) -> Alter:
    """The first line of the log changed, and sealed anew."""

    def altered(told: Any) -> None:  # a line as JSON
        change(told)
        del told["hash"]
        told["hash"] = hashlib.sha256(canonical(told)).hexdigest()

    return first_line(LOG, altered)


def linked(name: str, elsewhere: str) -> Alter:
    """A file, or a folder, that became a link to its copy outside of the package."""

    def alter(package: Path) -> None:
        (package / name).rename(package.parent / elsewhere)
        (package / name).symlink_to(package.parent / elsewhere)

    return alter


def exchanged(package: Path) -> None:
    """Two raw files, each under the name of the other."""
    one, two = [path for path in sorted((package / "data/raw").rglob("*")) if path.is_file()][:2]
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)


def told_as(key: str, value: object) -> Alter:
    """A field of method.json and of trace.json alike."""
    return several(method(lambda told: told.update({key: value})), trace(lambda told: told.update({key: value})))


def everywhere(old: str, new: str, *names: str) -> Alter:
    return several(*(swap(f"data/{name}", old.encode(), new.encode()) for name in names))


BARE: dict[str, Alter] = {
    "manifest with CR LF": swap(MANIFEST, b"\n", b"\r\n"),
    "digests in capitals": bytes_of(TAGS, lambda text: re.sub(rb"(?m)^[0-9a-f]{64}", lambda m: m[0].upper(), text)),
    "manifest with a star": swap(TAGS, b"  ", b" *"),
    "manifest with ./": swap(TAGS, b"  bagit", b"  ./bagit"),
    "manifest with an absolute path": swap(TAGS, b"  bagit", b"  /bagit"),
    "manifest without its last line's end": bytes_of(TAGS, lambda text: text.rstrip(b"\n")),
    "manifest with an empty line": bytes_of(TAGS, lambda text: text + b"\n"),
    "manifest with a line twice": bytes_of(TAGS, lambda text: text + text.splitlines(keepends=True)[-1]),
    "manifest with a byte order mark": bytes_of(TAGS, lambda text: b"\xef\xbb\xbf" + text),
    "tag manifest that lists itself": bytes_of(TAGS, lambda text: text + b"0" * 64 + b"  " + TAGS.encode() + b"\n"),
    "a link to a file": linked(HOPS, "hops.csv"),
    "a link to a folder": linked("data/report", "report"),
    "a hard link under another name": lambda package: os.link(package / HOPS, package / "data/hops2.csv"),
}

ENTITY, AMOUNT = "Destination of the 63.7 BTC seized by the FBI", "61.46816619"
SMALL: dict[str, Alter] = {
    "bagit.txt with a line twice": bytes_of("bagit.txt", lambda text: text + b"BagIt-Version: 0.97\n"),
    "bag-info.txt of another program": swap("bag-info.txt", b"chaintrace 0", b"chaintrace 9"),
    "bag-info.txt with a label twice": bytes_of("bag-info.txt", lambda text: b"Payload-Oxum: 1.1\n" + text),
    "fetch.txt": added("fetch.txt", b"https://example.org/x 10 data/x\n"),
    "manifest of another digest": added("manifest-md5.txt", b"0" * 32 + b"  data/method.json\n"),
    "a file more at the root": added("notes.txt"),
    "a module that shadows one of Python's": added("json.py", b"raise SystemExit(0)\n"),
    "a program more": added("verify_more.py"),
    "a file more in the payload": added("data/notes.txt"),
    "a table more": added("data/report/more.csv", b"\xef\xbb\xbfa\r\n"),
    "a name that differs in its case": added("data/METHOD.JSON"),
    "a name in other code points": added("data/re\u0301sume\u0301.txt"),
    "an empty folder": lambda package: (package / "data/empty").mkdir(),
    "another README": swap("README.txt", b"without a network", b"with a network"),
    "another verifier": added("verify.py", b'print("all holds")\n'),
    "a key twice in a fact": bytes_of(FACTS, lambda text: b'{"status":"failed",' + text[1:]),
    "a key twice in trace.json": bytes_of(TRACE, lambda text: b'{"complete":true,' + text[1:]),
    "NaN": trace(lambda told: told["limits"].update(max_hops=float("nan"))),
    "a field more in trace.json": trace(lambda told: told.update(remark="x")),
    "a field more in method.json": method(lambda told: told.update(remark="x")),
    "a field more in a fact": first_line(FACTS, lambda told: told.update(remark="x")),
    "a field more in an answer": first_line(HOLDINGS, lambda told: told.update(remark="x")),
    "decimals with a point": moved(lambda one: one.update(decimals=2.0)),
    "a height that is false": first_line(FACTS, lambda told: told.update(height=False)),
    "a place with a point": first_line(FACTS, lambda told: told.update(position=0.0)),
    "another place": first_line(FACTS, lambda told: told.update(position=7)),
    "a limit with a point": method(lambda told: told["limits"].update(max_hops=30.0)),
    "values with a leading zero": valued(lambda value: f"0{value}"),
    "values in other digits": valued(lambda _: "١٠٠"),
    "values with a sign": valued(lambda value: f"+{value}"),
    "values that are numbers": valued(int),
    "another sender": first_line(FACTS, lambda told: told.update(sender="somebody")),
    "another kind": moved(lambda one: one.update(kind="internal")),
    "one of a kind": moved(lambda one: one.update({"token_id": "7"})),
    "keys in another order": bytes_of(
        FACTS, lambda text: json.dumps(json.loads(text.split(b"\n")[0])).encode() + b"\n"
    ),
    "facts with CR LF": swap(FACTS, b"\n", b"\r\n"),
    "facts with empty lines": swap(FACTS, b"\n", b"\n\n"),
    "facts without their last line's end": bytes_of(FACTS, lambda text: text.rstrip(b"\n")),
    "table with LF": swap(HOPS, b"\r\n", b"\n"),
    "table without its byte order mark": bytes_of(HOPS, lambda text: text.removeprefix(b"\xef\xbb\xbf")),
    "table with quotes": swap(HOPS, b"1,ledger", b'"1",ledger'),
    "table with a column more": rows(HOPS, wider),
    "steps with a column more": rows(STEPS, wider),
    "assumptions with a column more": rows("data/assumptions.csv", wider),
    "steps with a column twice": rows(STEPS, lambda table: [row.insert(0, row[-1]) for row in table]),
    "columns in another order": rows(STEPS, lambda table: [row.reverse() for row in table]),
    "a cell with a sign against formulas": rows(HOPS, lambda table: table[1].__setitem__(0, f"'{table[1][0]}")),
    "a letter of another script": everywhere(
        "taker", "t\u0430ker", "report/hops.csv", "steps.csv", "report/trace.json"
    ),
    "a sign of no width": everywhere("The Shop", "The\u200b Shop", "tags.csv", "report/tags.csv", "report/trace.json"),
    "minus nothing": swap("data/report/reconciliation.csv", b",0,0.00", b",-0,0.00", 1),
    "a balance with a leading zero": rows(STEPS, lambda table: table[1].__setitem__(-1, f"0{table[1][-1]}")),
    "another page": swap(PAGE, b"does not identify any person", b"identifies every person"),
    "a page with a script": swap(PAGE, b"</body>", b"<script>alert(1)</script></body>"),
    "a page that loads a picture": swap(PAGE, b"</body>", b'<img src="https://x.example/y"></body>'),
    "a page with a handler": swap(PAGE, b"<body", b'<body onload="x()"', 1),
    "another version of the program": several(swap(METHOD, b"0.1.0", b"0.1.9"), swap(TRACE, b"0.1.0", b"0.1.9")),
    "another rounding": method(lambda told: told.update(rounding="to the nearest dollar")),
    "an address of a victim more": method(lambda told: told["seeds"][0]["victim_addresses"].append("zz")),
    "a wallet": told_as("options", {"libr_between": "pro_rata", "wallets": [{"name": "x", "addresses": ["nobody"]}]}),
    "a log without a line": bytes_of(LOG, lambda _: b""),
    "a log of other files": relogged(lambda line: line["details"]["sources"][0].update(sha256="0" * 64)),
    "a log of another trace": relogged(lambda line: line["details"].update(methods=["lifo"])),
    "a log that was merged and is not named": added(f"data/logs/{'0' * 64}.jsonl", b""),
    "an answer more": answered("yes", listed=False),
    "an answer more, listed": answered("yes", listed=True),
    "an answer that is said to be left out": answered("no", listed=True),
    "a time that is none": swap(ACQUIRED, b"2026-11-28T12:00:00Z", b"yesterday", 1),
    "packed, perhaps": swap(ACQUIRED, b",yes", b",maybe", 1),
    "two raw files exchanged": exchanged,
    "another case.toml": swap("data/case/case.toml", b"[case]", b"# other\n[case]"),
    "a file of the case more": added("data/case/extra.csv"),
    "complete, in spite of gaps": told_as("reasons", ["none"]),
    "another tool": method(lambda told: told.update(tool="chaintracer")),
    "a reading twice": rows(ACQUIRED, again),
    "a coverage with a value": rows("data/assumptions.csv", lambda table: table[1].__setitem__(4, "7")),
    "a coverage that another declares": rows("data/assumptions.csv", lambda table: table[1].__setitem__(5, "")),
    "another column of a table without rows": swap("data/report/gaps.csv", b"effect_value", b"effect"),
    "another date of a tag": rows("data/tags.csv", lambda table: table[1].__setitem__(7, "1999-01-01")),
}

OUTPUTS: dict[str, Alter] = {
    "another block": first_line(FACTS, lambda told: told.update(block_hash="0" * 64)),
    "another amount on the page": swap(PAGE, AMOUNT.encode(), b"61.46816618"),
    "another amount once on the page": swap(PAGE, AMOUNT.encode(), b"61.46816618", 1),
    "another address on the page": swap(PAGE, b"dh77gls", b"dh77glt", 1),
    "another name on the page": swap(PAGE, ENTITY.encode(), b"Binance"),
    "another sentence": trace(lambda told: told.update(first_sentence=told["first_sentence"].replace("61.4", "62.4"))),
    "another reading": trace(lambda told: told["sensitivities"][0].update(low="1")),
    "another end of the facts": trace(lambda told: told["chains"][0].update(height=1)),
    "another screen": swap("data/report/methods.csv", b",yes", b",no"),
    "a reason less": told_as("reasons", []),
    "complete": several(told_as("complete", True), told_as("reasons", [])),
    "a gap in other words": everywhere(
        *("is not known here", "is well known here", "report/gaps.csv", "assumptions.csv", "report/trace.json")
    ),
    "another reason of a stop": cell("endpoints", "reason", "tag of the category exchange by nobody named"),
    "another reading of a stop": cell("endpoints", "could_change", "the allocation rule: 1-63.69007224 BTC"),
    "nobody to ask": cell("endpoints", "route", "not known"),
    "a memo": cell("endpoints", "memo", "7"),
    "an issuer": cell("endpoints", "issuer", "Tether"),
    "an issuer's state": cell("endpoints", "issuer_state", "blocked"),
    "a spender": cell("hops", "spender", "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"),
    "a conversion that was none": trace(lambda told: told["tables"]["hops"][2].update(conversion_step=1)),
    "a tag in dispute": cell("tags", "conflict", "yes"),
    "a tag of a day": cell("tags", "valid_from", "2021-01-01"),
    "a tag with another note": cell("tags", "note", "delisted on 2021-01-01"),
    "another source": trace(lambda told: told["inputs"][0].update(chain="litecoin")),
    "another share of a credit": swap(PAGE, b"96.5 %", b"97.5 %"),
    "another share of a payment": swap(PAGE, b"91.5 %", b"19.5 %"),
    "a spender that nobody knows": bytes_of(
        HOLDINGS, lambda text: re.sub(rb'("kind":"spender".*?"txid":")[0-9a-f]{4}', rb"\1ffff", text)
    ),
    "a proof of nothing": added("data/proofs/bitcoin/x.json", b"{}"),
    "a transaction more without a proof": bytes_of(
        "data/proofs/unproven.csv", lambda text: text + b"bitcoin," + b"0" * 64 + b",none\r\n"
    ),
}

MET: dict[str, Alter] = {
    "another endpoint where payments meet": cell("convergence", "address", "TXPggkiHzYZofVqpzMDS19ePG6qmcnu3gq"),
    "another sum where payments meet": cell("convergence", "total_value", "83302030289"),
    "another time where payments meet": cell("convergence", "first_time", "2021-08-05T10:34:22Z"),
    "more payments that meet": cell("convergence", "origins", "3"),
    "another service where payments meet": cell("convergence", "entity", "kraken"),
    "another power of an issuer": cell("endpoints", "issuer_power", "none"),
    "a finding of another kind": cell("findings", "kind", "noise_"),
    "another opening that could change it": cell("endpoints", "could_change", "the allocation rule: 1-2 USDT", 1),
}

WORTH: dict[str, Alter] = {
    "another worth": cell("valuation", "worth", "1300.01"),
    "another price": several(cell("valuation", "price", "1.4"), cell("valuation", "worth", "1400.00")),
    "another moment of a price": cell("valuation", "price_time", "2022-05-08T00:00:00Z"),
    "another currency": cell("valuation", "currency", "EUR"),
    "another rule of a price": cell("valuation", "rule", "the price of the day"),
    "another source of a price": cell("valuation", "source", "an exchange"),
    "another amount that is valued": cell("valuation", "value", "200000"),
    "no value, for a reason": several(cell("valuation", "worth", ""), cell("valuation", "reason", "none")),
}
"""Changes of the values in money of the case of `valued`."""

HARMLESS: dict[str, Alter] = {
    "other permissions": lambda package: (package / HOPS).chmod(0o777),
    "the same bytes by a hard link": lambda package: (
        (package / "data/tags.csv").unlink(),
        os.link(package / "data/report/tags.csv", package / "data/tags.csv"),
    ),
}
"""What changes no byte of any file, and no name: a package is what its files say."""

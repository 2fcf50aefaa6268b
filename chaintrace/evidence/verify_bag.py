"""The outside of an evidence package: its files, their names and digests, and its log.

`bag` checks the BagIt folder, `log` the chain of the log and of those that were merged into it, `contents` the second
list of digests, `logged` whether the log speaks of the trace and of the answers that the package holds. Each gives a
sentence for what does not hold. Python's standard library alone.
"""

import hashlib
import re
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

FORMAT, FORMAT_VERSION = "chaintrace-evidence", "1"
RELEASE = "0.1.0"  # of the program that these files came with, and the SHA-256 of its README.txt
README = "c3f42d3fd03175ffe8497bdf27bdd33cff3b809a33b0161658ed60413fbac7d9"
HEADS = {  # how the SHA-256 of the first row of each table of the report begins, in that release
    "convergence": "de069b28d52a949b",
    "conversions": "6f2b8c28a2d25643",
    "credits": "c681133bdba98ad4",
    "endpoints": "e0d1246d705cb2ab",
    "findings": "72e0ba03f5a89a09",
    "gaps": "84468a906e46d3ff",
    "hops": "c65dddd390701714",
    "methods": "a098855d6f19f451",
    "not_followed": "86cbbfa82a6d269d",
    "reconciliation": "c6136d366cd35843",
    "resting": "7607715e0b2acc6a",
    "sources": "cbfe7926e584de7a",
    "tags": "95353651b666b733",
    "valuation": "0540af5853e173ca",
}
SIGNATURES = ("tagmanifest-sha256.txt.sig", "tagmanifest-sha256.txt.tsr", "tagmanifest-sha256.txt.ots")
ROOT = ("README.txt", "bag-info.txt", "bagit.txt", "manifest-sha256.txt", "signer.pub", "tagmanifest-sha256.txt")
PROGRAMS = tuple(
    f"verify{name}.py"
    for name in ("", "_anchors", "_answers", "_bag", "_chain", "_columns", "_facts", "_method", "_page", "_report")
)
TABLES = ("acquisition", "assumptions", "decisions", "not_followed", "steps", "tags")
DATA = re.compile(
    rf"data/(?:(?:{'|'.join(TABLES)})\.csv|(?:facts|holdings|log)\.jsonl|method\.json"
    r"|report/(?:[a-z_]+\.csv|trace\.json|report\.html|expert-report\.(?:en|zh)\.pdf)"
    r"|raw/([0-9a-f]{2})/\1[0-9a-f]{62}|logs/[0-9a-f]{64}\.jsonl|told/[1-9][0-9]*\.jsonl|case/.+"
    r"|proofs/(?:[^/]+\.csv|[^/]+/[^/]+\.json))",
    re.DOTALL,
)
FILES = ("blocks", "receipts-jsonl", "transactions-jsonl", "transfers-csv")
START = "0" * 64
NEAR = 3600  # seconds between an answer and its line in the log: a clock may be set meanwhile


def expected(names, tables):
    """A sentence for each file that a package of this format does not hold: more may not stand in it."""
    for name in names:
        if name not in (*ROOT, *SIGNATURES, *PROGRAMS) and not DATA.fullmatch(name):
            yield f"{name} is no file of a package of this format"
        table = name.removeprefix("data/report/").removesuffix(".csv")
        if name.startswith("data/report/") and name.endswith(".csv") and table not in tables:
            yield f"{name} is a table that trace.json does not have"


def bag(package, manifest):
    """A sentence for each way in which the folder is no bag, or not the one that was sealed; then what was checked."""
    found, names = [f"{name} is an empty folder: a bag holds files" for name in package.empty()], set(package.names())
    if package.read("bagit.txt") != b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n":
        found.append("bagit.txt does not declare BagIt 1.0")
    payload, tags = manifest(package, "manifest-sha256.txt"), manifest(package, "tagmanifest-sha256.txt")
    inside = {name for name in names if name.startswith("data/")}
    others = names - inside - {"tagmanifest-sha256.txt", *SIGNATURES}
    for kind, listed, there in (("manifest", payload, inside), ("tagmanifest", tags, others)):
        found += [f"{name} is in the folder and not in the {kind}" for name in sorted(there - set(listed))]
        for name in sorted(listed):
            if name not in there:
                found.append(f"{name} is in the {kind} and not in the folder")
            elif package.digest(name) != listed[name]:
                found.append(f"{name} was altered: its digest is not the one in the {kind}")
    for name in sorted(inside):
        match = re.fullmatch(r"data/raw/../([0-9a-f]{64})", name)
        if match is not None and payload.get(name) != match[1]:
            found.append(f"{name}: its bytes are not those that its name is the digest of")
    sizes = sum(package.path(name).stat().st_size for name in inside)
    said = package.read("bag-info.txt").decode().split("\n")
    if said[1:] != [f"Package-Format: {FORMAT} {FORMAT_VERSION}", f"Payload-Oxum: {sizes}.{len(inside)}", ""]:
        found.append("bag-info.txt states another format, size or number of files")
    return found, f"files that have their digests: {len(payload)} of the payload, {len(tags)} others"


def sealed(package, asked, tables, digest_of):
    """A sentence for what method.json says of the rest and is not so: its contents, its maker, its log."""
    listed, there = asked["contents"], {n for n in package.names() if n.startswith("data/") and n != "data/method.json"}
    for name in sorted(set(listed) ^ there):
        yield f"{name} is " + ("missing" if name in listed else "not among the contents of method.json")
    for name in sorted(set(listed) & there):
        if package.digest(name) != listed[name]:
            yield f"{name} is not the file whose digest stands in data/method.json"
    yield from expected(package.names(), tables)
    if (
        package.read("bag-info.txt").decode().split("\n")[0]
        != f"Bag-Software-Agent: chaintrace {asked['tool_version']}"
    ):
        yield "bag-info.txt and data/method.json name different programs"
    if asked["tool"] != "chaintrace":
        yield "data/method.json names another tool than bag-info.txt"
    if asked["tool_version"] == RELEASE and digest_of(package.path("README.txt")) != README:
        yield f"README.txt is not that of chaintrace {RELEASE}"
    for name in sorted(tables) if asked["tool_version"] == RELEASE else ():
        head = package.read(f"data/report/{name}.csv").removeprefix(b"\xef\xbb\xbf").split(b"\r\n")[0]
        if hashlib.sha256(head).hexdigest()[:16] != HEADS.get(name):
            yield f"data/report/{name}.csv has other columns than that table has in chaintrace {RELEASE}"
    own = Path(__file__).resolve().parent
    for name in PROGRAMS if asked["tool_version"] == RELEASE else ():
        mine = digest_of(own / name) if (own / name).is_file() else None
        if mine is not None and (name not in package.names() or package.digest(name) != mine):
            yield f"{name} in the package is not the program of chaintrace {RELEASE} that checks it"


def log(package, wrong):
    """(name, lines, last hash) of the log and of each that was merged into it, as a line of the log names it.

    Raises `wrong` where a line was altered, removed, added or moved.
    """
    waiting, found = ["data/log.jsonl"], {}
    while waiting:
        name = waiting.pop()
        lines, head = chain_of(package, name, wrong)
        if name not in ("data/log.jsonl", f"data/logs/{head}.jsonl"):
            raise wrong(f"{name} does not end with the line that was merged")
        found[name] = (lines, head)
        merged = [f"data/logs/{line['details']['head']}.jsonl" for line in lines if line["action"] == "merge"]
        waiting += [one for one in merged if one not in found]
    for name in package.names():
        if name.startswith("data/logs/") and name not in found:
            raise wrong(f"{name} is a log that no line of the log names")
    return found


def chain_of(package, name, wrong):
    """The lines of a log, each sealed with the hash of the one before; and the last hash."""
    lines, previous = [], START
    for number, line in package.lines(name):
        where = f"{name}:{number}"
        if set(line) != {"number", "time", "action", "details", "previous", "hash"}:
            raise wrong(f"{where} has other fields than a line of a log")
        body = {key: value for key, value in line.items() if key != "hash"}
        if hashlib.sha256(package.canonical(body)).hexdigest() != line["hash"]:
            raise wrong(f"{where} was altered: its hash does not fit")
        if line["previous"] != previous or line["number"] != len(lines) + 1:
            raise wrong(f"{where} does not follow the line before: one was removed, added or moved")
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", line["time"]):
            raise wrong(f"{where} has no time")
        previous = line["hash"]
        lines.append(short(line) if line["action"] == "request" else line)
    return lines, previous


def short(line):
    """A line about a request, of which there may be thousands, without what nobody asks of it here."""
    about = {key: line["details"].get(key) for key in ("sha256", "request")}
    return {"number": line["number"], "time": line["time"], "action": line["action"], "details": about}


def logged(package, asked, inputs, logs):
    """A sentence for what the package holds and its log does not speak of.

    Its last line says what was sealed: version, methods, files, and the digest of all that lies beside the log. Every
    answer of a network stands in a line about the request. A log that lacks its end, or is of another day, differs.
    """
    lines, head = logs["data/log.jsonl"]
    if asked["log"] != {"lines": len(lines), "head": head}:
        yield f"data/log.jsonl has {len(lines)} lines and ends with {head}; data/method.json knows another log"
    if not lines or lines[-1]["action"] != "sealed trace":
        yield "data/log.jsonl does not end with the line of what was sealed"
        return
    last, where = lines[-1]["details"], f"data/log.jsonl:{len(lines)}"
    beside = {name: digest for name, digest in asked["contents"].items() if name != "data/log.jsonl"}
    if last.get("payload") != hashlib.sha256(package.canonical(beside)).hexdigest():
        yield f"{where}: what was sealed is not what the package holds"
    said = {"version": asked["tool_version"], "methods": asked["methods"], "complete": asked["complete"]}
    for key, own in {**said, "backward": asked["backward"]}.items():
        if last.get(key) != own:
            yield f"{where}: the {key} of what was sealed is {last.get(key)}, and the package says {own}"
    read = {(one["adapter"], one["request"], one["sha256"]) for one in last["sources"]}
    for one in inputs:
        if one["adapter"] in FILES and (one["adapter"], one["path"], one["sha256"]) not in read:
            yield f"{where}: what was sealed did not rest on {one['path']}"
    rows = package.table("data/acquisition.csv")
    files = {row["request"]: row["sha256"] for row in rows if row["adapter"] == "file"}
    for name in package.names():
        if name.startswith("data/case/") and ("file", name[10:], files.get(name[10:])) not in read:
            yield f"{where}: what was sealed did not rest on {name[10:]}"
    times = {(one["adapter"], one["request"], one["sha256"]): one["retrieved_at"] for one in last["sources"]}
    named, found, there, places = {}, set(), set(), {}
    for number, name in enumerate(["data/log.jsonl", *sorted(set(logs) - {"data/log.jsonl"})]):
        for line in logs[name][0]:
            details = line["details"]
            for at, one in enumerate([details] if line["action"] == "request" else details.get("sources") or ()):
                places.setdefault((one["request"], one["sha256"]), (number, line["number"], at))
            if line["action"] == "request":
                named.setdefault((details["request"], details["sha256"]), []).append(line["time"])
            found |= set(details["answers"]) if line["action"] == "found answers" else set()
    order = [places.get((row["request"], row["sha256"]), (len(logs), 0, 0)) for row in rows]
    if order != sorted(order):
        yield "data/acquisition.csv does not have the readings in the order in which the log speaks of them"
    for row in rows:
        asked_at = named.get((row["request"], row["sha256"]), [])
        if row["request"].startswith(("GET ", "POST ")) and row["sha256"] not in found:
            if not asked_at:
                yield f"data/acquisition.csv:{row['']}: no line of the log speaks of this answer"
            elif not any(abs(apart(row["retrieved_at"], time)) <= NEAR for time in asked_at):
                yield f"data/acquisition.csv:{row['']}: the log says that this was asked at {asked_at[0]}"
        reading = (row["adapter"], row["request"], row["sha256"])
        if reading in there:
            yield f"data/acquisition.csv:{row['']} tells a reading a second time"
        there.add(reading)
        if times.get(reading, row["retrieved_at"]) != row["retrieved_at"]:
            yield f"data/acquisition.csv:{row['']}: the log says that this was read at {times[reading]}"
        if not re.fullmatch(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?", row["retrieved_at"]):
            yield f"data/acquisition.csv:{row['']}: {row['retrieved_at']!r} is no time"
        if row["in_package"] not in ("yes", "no"):
            yield f"data/acquisition.csv:{row['']}: in_package is yes or no"


def apart(one, other):
    """How far two moments lie apart, in seconds; as far as can be where one is none."""
    try:
        return (datetime.fromisoformat(one) - datetime.fromisoformat(other)) // timedelta(seconds=1)
    except ValueError:
        return NEAR + 1


def clocks(package, logs):
    """A sentence for each place where a clock went backwards: the order of the lines counts, and not their times."""
    for name, (lines, _) in logs.items():
        for before, line in pairwise(lines):
            if line["time"] < before["time"]:
                where = f"{name}:{line['number']}"
                yield f"{where} says {line['time']}, after a line of {before['time']}: a clock was set back"
    last = max((line["time"] for lines, _ in logs.values() for line in lines), default="")
    for row in package.table("data/acquisition.csv"):
        if row["retrieved_at"] > last:
            yield f"data/acquisition.csv:{row['']} was read at {row['retrieved_at']}, after the last line of the log"


def refused(asked):
    """Why this program cannot check a package; empty where it can. A later format says what only a later one reads."""
    form, version = asked.get("format"), asked.get("format_version")
    if form == FORMAT and version == FORMAT_VERSION:
        return ""
    return (
        f"the package is of the format {form!r}, version {version!r}, and this program reads {FORMAT!r}, version "
        f"{FORMAT_VERSION!r}: check it with the verify.py that lies in it, or with a later chaintrace"
    )

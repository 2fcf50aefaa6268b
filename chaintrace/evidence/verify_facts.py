"""What an evidence package says happened, and whether it agrees with itself and with the raw files that it holds.

`Package(folder)` reads its files: nothing outside the folder is ever opened, and no link is followed.
`Facts(facts, holdings)` reads `facts.jsonl` and `holdings.jsonl`; `against_raw` compares facts that were read from
files with the bytes of these files. Python's standard library alone.
"""

import csv
import gzip
import hashlib
import io
import json
import os
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

PENDING = 2**62  # the rank of what no block holds yet
LONGEST = 1 << 26  # bytes of one line of a raw file: no honest one comes near
BY_TIME = ("tron", "tron-shasta", "tron-nile")  # chains on which networks tell the order by the block's time


class Wrong(Exception):
    """Something does not hold; its text says what."""


class Package:
    """The files of a package. Nothing outside its folder is ever opened, and no link is followed."""

    def __init__(self, folder):
        self.folder = Path(folder)

    def names(self):
        """Every file, as a name with `/`. Raises Wrong for a link or what is no plain file."""
        found = []
        for place, folders, files in os.walk(self.folder):
            for name in (*folders, *files):
                path = Path(place) / name
                if path.is_symlink() or not (path.is_file() or path.is_dir()):
                    raise Wrong(f"{path.relative_to(self.folder)} is a link or no plain file")
            found += [(Path(place) / name).relative_to(self.folder).as_posix() for name in files]
        return sorted(found)

    def path(self, name):
        """Where a file lies. Raises Wrong for a name that leads out of the package."""
        parts = name.split("/")
        if not name or name.startswith("/") or "\\" in name or "\0" in name or any(p in ("", ".", "..") for p in parts):
            raise Wrong(f"the name {name!r} leads out of the package")
        path = self.folder.joinpath(*parts)
        if any(step.is_symlink() for step in (path, *path.parents) if self.folder in step.parents or step == path):
            raise Wrong(f"{name} is a link")
        if path.exists() and not path.is_file():  # a pipe would be waited for, for ever
            raise Wrong(f"{name} is no plain file")
        return path

    def read(self, name):
        return self.path(name).read_bytes()

    def raw(self, sha256):
        """The raw bytes with that digest; None where the package does not hold them."""
        path = self.path(f"data/raw/{sha256[:2]}/{sha256}")
        return path.read_bytes() if path.is_file() else None

    def lines(self, name):
        """(number, object) of a file of JSON lines, each in its one canonical form."""
        for number, line in enumerate(self.read(name).split(b"\n"), 1):
            if line:
                value = json.loads(line)
                if canonical(value) != line:
                    raise Wrong(f"{name}:{number} is not in canonical form")
                yield number, value

    def table(self, name):
        """The rows of a CSV as dicts, each with its line number under "". Cells are what was meant, without `'`."""
        text = self.read(name).decode("utf-8-sig")
        rows = list(csv.reader(text.splitlines(keepends=True), strict=True))
        head, found = rows[0], []
        for number, row in enumerate(rows[1:], 2):
            if len(row) != len(head):
                raise Wrong(f"{name}:{number} has {len(row)} cells and not {len(head)}")
            found.append({"": number, **dict(zip(head, map(plain, row)))})
        return found


def plain(cell):
    """A cell without the sign that keeps a spreadsheet from running it."""
    return cell[1:] if cell[:1] == "'" and cell[1:].lstrip().startswith(tuple("=+-@\t\r\n＝＋－＠")) else cell


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest_of(path):
    found = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            found.update(piece)
    return found.hexdigest()


def manifest(package, name):
    """What a manifest lists: name to digest."""
    listed = {}
    for number, line in enumerate(package.read(name).decode().splitlines(), 1):
        match = re.fullmatch(r"([0-9a-f]{64})  (.+)", line)
        if match is None or match[2] in listed:
            raise Wrong(f"{name}:{number} is no line of a manifest, or names a file twice")
        listed[match[2].replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")] = match[1]
    if list(listed) != sorted(listed):
        raise Wrong(f"{name} is not in the order of its names")
    return listed


class Facts:
    """Transactions and the answers about holdings, as the package has them."""

    def __init__(self, facts, holdings):
        """`facts` and `holdings` are (line number, object) of the two files."""
        self.transactions, self.lines = {}, {}
        for number, told in facts:
            key = (told["chain"], told["txid"])
            if key in self.transactions:
                raise Wrong(f"data/facts.jsonl:{number} tells {told['txid']} a second time")
            self.transactions[key], self.lines[key] = told, number
            self._sane(told, number)
        order = [
            (chain, tuple((t["transfers"] or [{"order": [0, 0, 0]}])[0]["order"]), txid)
            for (chain, txid), t in self.transactions.items()
        ]
        if order != sorted(order):
            raise Wrong("data/facts.jsonl is not in the order of the chains")
        self.histories, self.spenders, self.unspent, self.coverage, self.used = {}, {}, {}, {}, set()
        before = b""
        for number, told in holdings:
            if canonical(told) <= before:
                raise Wrong(f"data/holdings.jsonl:{number} is not in its place, or stands twice")
            before = canonical(told)
            kind, chain = told["kind"], told["chain"]
            if kind in ("history", "no history"):
                self.histories[chain, told["address"], told["contract"], told["since"]] = told
            elif kind in ("spender", "no spender"):
                self.spenders[chain, told["outpoint"]] = told
            elif kind == "unspent":
                self.unspent[chain, told["outpoint"]] = told
            elif kind == "coverage":
                self.coverage[chain, told["address"], told["contract"]] = told["coverage"]
            elif kind != "no transaction":
                raise Wrong(f"data/holdings.jsonl has a line of the kind {kind!r}")

    def _sane(self, told, number):
        """Values inside their bounds (M4), legs that fit, the order that heights ask for (M2)."""
        where = f"data/facts.jsonl:{number}"
        if told["status"] not in ("confirmed", "pending"):
            raise Wrong(f"{where}: what is {told['status']!r} moved nothing")
        for one in told["transfers"]:
            values = [leg["value"] for leg in (*one["from"], *one["to"])]
            if any(v is not None and not (str(v).isdecimal() and int(v) < 2**256) for v in values):
                raise Wrong(f"{where}: a value is out of bounds")
            if one["kind"] == "utxo":
                own = {leg["outpoint"]: f"{told['txid']}:{leg['index']}" for leg in one["to"]}
                if any(outpoint not in (None, expected) for outpoint, expected in own.items()):
                    raise Wrong(f"{where}: an output of {told['txid']} is named as one of another transaction")
                outs = sum(int(leg["value"]) for leg in one["to"])
                if one["from"] and None not in values and sum(int(leg["value"]) for leg in one["from"]) < outs:
                    raise Wrong(f"{where}: the outputs of {told['txid']} hold more than its inputs")
            elif not (one["from"] or one["to"]) or len({*values, one["value"]}) != 1:
                raise Wrong(f"{where}: the two sides of {one['index']} differ")
            rank = told["time"] if told["height"] is None else told["height"]
            by_time = told["chain"] in BY_TIME and one["order"][0] == told["time"]
            if one["order"][0] not in (rank or 0, PENDING) and not by_time:
                raise Wrong(f"{where}: {one['index']} is ordered at another height or time than its block's")

    def ask(self, table, *key):
        """An answer about a holding: what a trace asks for must have been answered, if only with no."""
        self.used.add((table, key))
        answers = getattr(self, table)
        if key not in answers:
            raise Wrong(f"data/holdings.jsonl has no answer about {' '.join(map(str, key))}, which a trace asks for")
        return answers[key]

    def unasked(self):
        """Answers that no trace asked for: they do not belong there."""
        tables = ("histories", "spenders", "coverage")
        return [key for name in tables for key in getattr(self, name) if (name, key) not in self.used]

    def transfer(self, chain, txid, index):
        return next(one for one in self.transactions[chain, txid]["transfers"] if one["index"] == index)


def against_raw(facts, raw, said):
    """Facts that were read from a file, against the bytes of that file; `raw(sha256)` gives them, or None."""
    read, compared, others = {}, 0, Counter()
    wanted = {txid for _, txid in facts.transactions}
    for (chain, txid), told in facts.transactions.items():
        adapter, sha256 = (told["source"] or {}).get("adapter", "no source"), (told["source"] or {}).get("sha256", "")
        if adapter not in ("transfers-csv", "transactions-jsonl"):
            others[adapter] += 1
            continue
        if sha256 not in read:
            content = raw(sha256)
            read[sha256] = None if content is None else raw_rows(content, adapter, wanted)
        if read[sha256] is None:
            others["bytes not in the package"] += 1
            continue
        compared += 1
        where = f"data/facts.jsonl:{facts.lines[chain, txid]}"
        for one in told["transfers"]:
            if adapter == "transfers-csv":
                sides = [(leg or [{"address": ""}])[0]["address"] for leg in (one["from"], one["to"])]
                mine = (*sides, *(shown(n) for n in (one["value"], one["decimals"], told["height"], told["time"])))
                row = read[sha256].get((chain, txid.lower(), one["index"]), ("", ""))
                row = (*(own if own == side.lower() else side for own, side in zip(sides, row)), *row[2:])
            else:
                row = read[sha256].get(txid)
                outputs = tuple((int(leg["value"]), leg["address"], leg["script"]) for leg in one["to"])
                mine = (outputs, tuple(leg["outpoint"] for leg in one["from"]), told["height"], told["time"])
                mine = (*mine, told["block_hash"])
            if row != mine:
                raise Wrong(f"{where}: {txid} {one['index']} is not what the raw file {sha256} says: {row}")
    said.note("facts", f"{compared} transactions are as the raw files say")
    for adapter, count in sorted(others.items()):
        said.note("facts", f"{count} transactions ({adapter}) are not compared with raw answers here, only by proofs")


def shown(number):
    """A whole number as its shortest text; empty where there is none."""
    return "" if number in (None, "") else str(int(number))


def pieces(file):
    """The lines of a file, one at a time: what is packed small may be larger than the memory."""
    while line := file.readline(LONGEST + 1):
        if len(line) > LONGEST:
            raise Wrong("a raw file has a line that is longer than any transaction")
        if line.strip():
            yield line


def raw_rows(content, adapter, wanted):
    """What a raw file says of the transactions that are wanted."""
    found = {}
    if adapter == "transfers-csv":
        for row in csv.DictReader(content.decode("utf-8-sig").splitlines()):
            cell = {key: (value or "").strip() for key, value in row.items()}
            at = cell["time"]
            if at and not at.lstrip("-").isdecimal():
                at = int(datetime.fromisoformat(at).timestamp())
            numbers = (cell["value"], cell["decimals"], cell["height"], at)
            place = (cell["chain"], cell["txid"].lower(), cell["index"])
            found[place] = (cell["from"], cell["to"], *(shown(number) for number in numbers))
        return found
    file = io.BytesIO(content)
    for line in pieces(gzip.GzipFile(fileobj=file) if content[:2] == b"\x1f\x8b" else file):
        told = json.loads(line)
        if told["txid"] in wanted:
            spent = tuple(f"{i['prev_txid']}:{i['prev_vout']}" for i in told["inputs"] if not told.get("coinbase"))
            outputs = tuple((o["value"], o.get("address") or "", o.get("script") or "") for o in told["outputs"])
            place = (told.get("block_height"), told.get("time"), told.get("block_hash") or "")
            found[told["txid"]] = (outputs, spent, *place)
    return found


# --- what a report says beside its sums: names, times, labels, and what it tells twice -------------------------

ONCE = ("assumptions", "decisions", "proofs/unproven", "report/gaps", "report/methods", "report/endpoints")
OUTCOME = ("outcome", "chain", "contract", "address", "txid", "index", "outpoint", "origin", "value", "reason")


def beside_sums(package, asked, facts, runs, said):
    """Columns of the tables that follow from the facts, the tags, the findings, or another table."""
    for check in (named_assets, told_once, credited, labelled, decided, retold, acquired):
        said.check("arithmetic", check.__name__, check, package, asked, facts, runs, said)


def differs(said, name, row, what, own):
    said.fail("arithmetic", f"data/{name}.csv:{row['']}: {what} is {own}, not {row[what]}")


def named_assets(package, asked, facts, runs, said):
    """An asset has in every table the name and the decimals that it has in the facts, and amounts their point there."""
    known = {}
    for (chain, _), told in facts.transactions.items():
        for one in told["transfers"]:
            known.setdefault((chain, one["contract"]), set()).add((one["asset"], one["decimals"]))
    for name in ("endpoints", "credits", "resting", "hops", "not_followed", "methods", "reconciliation"):
        for row in package.table(f"data/report/{name}.csv"):
            own = known.get((row["chain"], row["contract"]))
            if own is None:
                continue
            if row["asset"] not in {asset for asset, _ in own}:
                differs(said, f"report/{name}", row, "asset", sorted(asset for asset, _ in own))
            places = {"" if scale is None else str(scale) for _, scale in own}
            if "decimals" in row and row["decimals"] not in places:
                differs(said, f"report/{name}", row, "decimals", sorted(places))
            if name == "reconciliation" and len(places) == 1:
                amount = pointed(int(row["value"]), places.pop())
                if row["amount"] != amount:
                    differs(said, f"report/{name}", row, "amount", amount)


def pointed(value, places):
    """Base units with the point where the decimals put it; empty where nobody knows the decimals."""
    if places == "":
        return ""
    text = str(abs(value)).rjust(int(places) + 1, "0")
    return ("-" if value < 0 else "") + (f"{text[: -int(places)]}.{text[-int(places) :]}" if int(places) else text)


def told_once(package, asked, facts, runs, said):
    """What is said once is not said twice."""
    there = set(package.names())
    for name in ONCE:
        rows = package.table(f"data/{name}.csv") if f"data/{name}.csv" in there else []
        cells = Counter(tuple(cell for key, cell in row.items() if key) for row in rows)
        for row, count in cells.items():
            if count > 1:
                said.fail("arithmetic", f"data/{name}.csv tells {row[:4]} {count} times")


def credited(package, asked, facts, runs, said):
    """Times and shares of credits, and what endpoints.csv says of the first and the last of theirs."""
    of_rank = {}
    for row in package.table("data/report/credits.csv"):
        of_rank.setdefault(row["rank"], []).append(row)
        told = facts.transactions.get((row["chain"], row["txid"]))
        time = "" if told is None or told["time"] is None else moment(told["time"])
        gross = int(row["gross_value"])
        share = pointed(int(row["traced_value"]) * 10**6 // gross, "6") if gross else ""
        for key, own in (("time", time), ("share", share)):
            if row[key] != own and (told is not None or key == "share"):
                differs(said, "report/credits", row, key, own)
    ends = package.table("data/report/endpoints.csv")
    for number, row in enumerate(ends, 1):
        several = of_rank.get(row["rank"])
        if row["rank"] != str(number) or not several:
            raise Wrong(f"data/report/endpoints.csv:{row['']}: its rank is not {number}, or no credit has it")
        own = {key: several[0][key] for key in ("origin", "chain", "address", "contract")}
        own |= {f"first_{key}": several[0][key] for key in ("time", "txid")}
        own |= {f"last_{key}": several[-1][key] for key in ("time", "txid")}
        own |= {"method": asked["methods"][0], "traced_value": str(sum(int(one["traced_value"]) for one in several))}
        for key, cell in own.items():
            if row[key] != cell:
                differs(said, "report/endpoints", row, key, cell)
    if len(of_rank) != len(ends):
        raise Wrong("data/report/credits.csv has ranks that data/report/endpoints.csv lacks")


def moment(time):
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def labelled(package, asked, facts, runs, said):
    """Whom endpoints.csv and methods.csv name: by a tag of the address, or of the service that a finding names."""
    tags, found = {}, {}
    for row in package.table("data/tags.csv"):
        tags.setdefault((row["chain"], row["address"]), []).append(row)
    for row in package.table("data/report/findings.csv"):
        found.setdefault(row["subject"], set()).add((row["rule"], row["object"]))
    entities = {}
    for row in package.table("data/report/endpoints.csv"):
        place, service = (row["chain"], row["address"]), row["service_address"]
        entities.setdefault((row["origin"], *place, row["contract"]), set()).add(row["entity"])
        where = f"data/report/endpoints.csv:{row['']}"
        if service and service not in {object_ for _, object_ in found.get(place[1], ())}:
            said.fail("arithmetic", f"{where}: no finding names {service} as the service behind {place[1]}")
        said_of = tags.get((place[0], service or place[1]), [])
        rule = row["label_source"].startswith("rule ")
        if said_of and not rule and row["label_source"] not in {tag["source"] for tag in said_of}:
            said.fail("arithmetic", f"{where}: no tag of {place[1]} is by {row['label_source']!r}")
        if said_of and (service or not rule):
            if (row["entity"], row["category"]) not in {(tag["actor"] or tag["label"], tag["category"]) for tag in said_of}:
                said.fail("arithmetic", f"{where}: no tag says {row['entity']!r} ({row['category']}) of {place[1]}")
    for row in package.table("data/report/methods.csv"):
        own = entities.get((row["origin"], row["chain"], row["address"], row["contract"]))
        if own is not None and row["entity"] not in own:
            differs(said, "report/methods", row, "entity", sorted(own))


def decided(package, asked, facts, runs, said):
    """Stops by a rule are findings of it, word for word; returns are those that some method comes to."""
    rows = package.table("data/decisions.csv")
    found = {(r["rule"], r["confidence"], r["subject"], r["text"]) for r in package.table("data/report/findings.csv")}
    for row in rows:
        if row["kind"] == "stop" and row["rule"]:
            if (row["rule"], row["confidence"], row["subject"], row["text"]) not in found:
                said.fail("arithmetic", f"data/decisions.csv:{row['']}: no such finding stands in findings.csv")
        elif row["kind"] not in ("stop", "returned", "continuation"):
            said.fail("arithmetic", f"data/decisions.csv:{row['']}: a decision of the kind {row['kind']!r} is not known")
    told = {(r["chain"], r["subject"], r["evidence"]) for r in rows if r["kind"] == "returned"}
    own = {(p[0], p[2], o) for run in runs.values() for kind, p, o, _, _ in run.outcomes if kind == "returned"}
    for row in sorted(told ^ own):
        said.fail("arithmetic", f"data/decisions.csv: {row} is a return that is told, or is one, and not both")


def retold(package, asked, facts, runs, said):
    """What trace.json says beside its tables: what was asked, the payments, how each value ended, what was read."""
    told, main = json.loads(package.read("data/report/trace.json")), asked["methods"][0]
    until, limits = asked["limits"]["until"], told["limits"]
    same = {
        "method": (told["method"], main),
        "options": (told["options"], asked["options"]),
        "until": (limits["until"], None if until is None else moment(until)),
        "min_value": (sorted(limits["min_value"].values()), sorted(m["value"] for m in asked["limits"]["min_value"])),
        "versions": (told["versions"].get("chaintrace", ""), asked["tool_version"]),
        "schema": ((told["schema"], told["schema_version"]), ("chaintrace-trace", "1")),
        "claims": (
            sorted((s["origin"], s["chain"], s["contract"], int(s["claimed_value"])) for s in told["seeds"]),
            sorted(runs[main].claims),
        ),
    }
    for what, (one, other) in same.items():
        if one != other:
            said.fail("arithmetic", f"data/report/trace.json: {what} is {one}, and not {other}")
    paid = {(s["origin"], s["chain"], s["txid"]) for s in asked["seeds"]}
    for seed in told["seeds"]:
        if (seed["origin"], seed["chain"], seed["txid"]) not in paid:
            said.fail("arithmetic", f"data/report/trace.json: {seed['txid']} is no payment of method.json")
    for name, run in runs.items():
        listed = Counter(tuple(one[key] or "" for key in OUTCOME) for one in told["outcomes"][name])
        own = Counter(
            (kind, *place[:6], origin, str(value), reason if kind == "not_followed" else "")
            for kind, place, origin, value, reason in run.outcomes
        )
        for row in [*(listed - own), *(own - listed)]:
            said.fail("arithmetic", f"data/report/trace.json: under {name} {row} is told, or is one, and not both")


def acquired(package, asked, facts, runs, said):
    """Each fact and each source of the report was read as acquisition.csv says: by whom, what was asked, which bytes."""
    rows = package.table("data/acquisition.csv")
    read = {(row["adapter"], row["request"], row["sha256"]) for row in rows}
    for (chain, txid), told in facts.transactions.items():
        one = told["source"]
        if one and (one["adapter"], one["request"], one["sha256"]) not in read:
            raise Wrong(f"data/facts.jsonl:{facts.lines[chain, txid]}: acquisition.csv does not list its source")
    digests = {row["sha256"] for row in rows}
    for one in json.loads(package.read("data/report/trace.json"))["inputs"]:
        if one["sha256"] and one["sha256"] not in digests:
            said.fail("arithmetic", f"data/report/trace.json: acquisition.csv does not list the source {one['path']}")
    openings = {(*key, str(value)) for key, value in runs[asked["methods"][0]].openings.items()}
    gaps = package.table("data/report/gaps.csv")
    for row in sorted(openings - {(r["chain"], r["subject"], r["contract"], r["effect_value"]) for r in gaps}):
        said.fail("arithmetic", f"data/report/gaps.csv lacks the implied opening {row}")


def time_stamp(data):
    """What a time-stamp (RFC 3161, a TimeStampResp in DER) says: its imprint, its time and its nonce; no signature.

    Raises Wrong where the bytes are none, or where the authority refused.
    """
    try:
        status, token = der(der(data)[0][1])
        number = int.from_bytes(der(status[1])[0][1], "big")
        if number > 1:
            raise Wrong(f"the authority granted none, its status is {number}")
        content = der(der(der(token[1])[1][1])[0][1])
        signed = next(part for tag, part in content if tag == 0x30)
        kind, wrapped = der(signed)
        if kind[1].hex() != "2a864886f70d0109100104":  # id-ct-TSTInfo
            raise Wrong("what was signed is no time-stamp")
        told = der(der(der(wrapped[1])[0][1])[0][1])
        algorithm, imprint = der(told[2][1])
        if der(algorithm[1])[0][1].hex() != "608648016503040201":
            raise Wrong("its digest is no SHA-256")
        time = datetime.strptime(told[4][1].decode()[:14] + "+0000", "%Y%m%d%H%M%S%z")
        nonce = next((int.from_bytes(part, "big") for tag, part in told[5:] if tag == 0x02), None)
    except (ValueError, IndexError, TypeError, StopIteration) as error:
        raise Wrong(f"the bytes are no time-stamp ({type(error).__name__})") from error
    return {"imprint": imprint[1].hex(), "time": f"{time:%Y-%m-%dT%H:%M:%SZ}", "nonce": nonce}


def der(data):
    """The items that lie one behind the other in DER: (tag, content) of each. Raises ValueError."""
    found, at = [], 0
    while at < len(data):
        tag, size, at = data[at], data[at + 1], at + 2
        if size > 127:
            width = size - 128
            size, at = int.from_bytes(data[at : at + width], "big"), at + width
        if at + size > len(data):
            raise ValueError("an item ends too soon")
        found.append((tag, data[at : at + size]))
        at += size
    return found

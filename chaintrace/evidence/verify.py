"""Check an evidence package alone: `python3 -I verify.py [FOLDER]`, by default the folder that this file lies in.

Python's standard library is enough, no network is used, and nothing of the package is executed. What is checked, layer
by layer: integrity (every file against its digest, nothing added, the log's chain), authenticity (a signature, where
there is one), facts (against the raw answers and, where proofs are given, against the hashes of blocks), arithmetic
(every step, endpoint and sum is worked out again from the facts, by the numbered method M1-M31), completeness (what was
not followed and not proven is declared). The exit code is 0 only if every layer holds, 1 if one does not, 2 if there is
no package. The program that made the package shares no line with this one.
"""

import sys

if __name__ == "__main__" and not getattr(sys.flags, "safe_path", sys.flags.isolated):
    del sys.path[0]  # without -I Python would import json.py, or any other name, from the package itself

import hashlib
import importlib.util
import json
import re
from collections import Counter
from importlib.machinery import SourceFileLoader
from itertools import islice
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036  # a stranger may have another Python than we have
    sys.stderr.write("Python 3.11 or newer is needed to check this package: nothing was checked\n")
    sys.exit(2)

from datetime import UTC, datetime  # an older Python lacks one of them, and would say less

sys.dont_write_bytecode = True  # a package must hold what it held before it was checked

LAYERS = ("integrity", "authenticity", "facts", "arithmetic", "completeness")
METHODS = ("fifo", "lifo", "libr", "haircut")
MOST = 200  # failures of one kind that are looked for: a page of a million strange words ends nowhere
OUTCOMES = ("endpoint", "returned", "burned", "resting", "fee", "not_followed", "converted_out")


class Read(SourceFileLoader):
    """Reads a module from its text alone: compiled code that lies in a package says nothing of the text beside it."""

    def path_stats(self, path):
        raise OSError(f"{path} is not asked for compiled code")


def beside(name):
    """A module that lies beside this file: never one from elsewhere, whatever Python's path says."""
    path = Path(__file__).resolve().with_name(f"{name}.py")
    if not path.is_file() or (path.is_symlink() and __name__ == "__main__"):
        sys.stderr.write(f"{name}.py does not lie beside verify.py as a plain file: nothing was checked\n")
        sys.exit(2)
    spec = importlib.util.spec_from_file_location(name, path, loader=Read(name, str(path)))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


method, reading, report = beside("verify_method"), beside("verify_facts"), beside("verify_report")
anchors, outside, page = beside("verify_anchors"), beside("verify_bag"), beside("verify_page")
rest, heard = beside("verify_columns"), beside("verify_answers")
Wrong, canonical, digest_of, manifest = reading.Wrong, reading.canonical, reading.digest_of, reading.manifest


class Findings:
    """What was found, layer by layer: failures, and what is worth knowing."""

    def __init__(self):
        self.failures = {layer: [] for layer in LAYERS}
        self.notes = {layer: [] for layer in LAYERS}
        self.signed = False

    def verdict(self, layer):
        """What is said of a layer: nobody vouches for a package that is not signed, and that is said too."""
        if self.failures[layer]:
            return "DOES NOT HOLD"
        return "holds" if layer != "authenticity" or self.signed else "NOT SIGNED"

    def fail(self, layer, text):
        self.failures[layer].append(text)

    def note(self, layer, text):
        self.notes[layer].append(text)

    def check(self, layer, what, function, *arguments):
        """Run one check; whatever it raises is a failure of its layer, never the end of the others."""
        try:
            return function(*arguments)
        except (Wrong, method.Wrong, report.Wrong, anchors.Failed) as wrong:
            self.fail(layer, str(wrong))
        except Exception as error:  # a hostile package may break any reader: that is an answer too
            self.fail(layer, f"{what}: cannot be read ({type(error).__name__}: {str(error)[:200]})")
        return None


# --- integrity ----------------------------------------------------------------------------------------------


def bag(package, said):
    """Every file against its digest; nothing missing, nothing added."""
    failures, checked = outside.bag(package, manifest)
    for text in failures:
        said.fail("integrity", text)
    said.note("integrity", checked)


def log(package, said):
    """The chain of the log, and of each log that was merged into it."""
    logs = outside.log(package, Wrong)
    for name, (lines, head) in logs.items():
        said.note("integrity", f"{name}: lines in one chain: {len(lines)}, ending with {head}")
    return logs


def inside(package, asked, logs, said):
    """What the payload says of itself: its digests once more, its files, and what its log speaks of."""
    told = package.json("data/report/trace.json")
    for text in outside.sealed(package, asked, told["tables"], digest_of):
        said.fail("integrity", text)
    if asked["tool_version"] != outside.RELEASE:
        made = f"made by chaintrace {asked['tool_version']}, and this is the program of {outside.RELEASE}"
        said.note(
            "integrity", f"{made}: what each release has of its own (programs, README.txt, style) is not compared"
        )
    if logs is not None:
        for text in outside.logged(package, asked, told["inputs"], logs):
            said.fail("integrity", text)
        for text in [*outside.clocks(package, logs)][:20]:
            said.note("integrity", text)


# --- authenticity -------------------------------------------------------------------------------------------


def signature(package, runs, said):
    """The optional signature and stamps over the tag manifest."""
    there, manifest_bytes = set(package.names()), package.read("tagmanifest-sha256.txt")
    if "tagmanifest-sha256.txt.sig" in there:
        public, made = (package.read(name).decode() for name in ("signer.pub", "tagmanifest-sha256.txt.sig"))
        key = anchors.signed(public, made, manifest_bytes)
        said.signed = True
        said.note("authenticity", f"signed by the key {key}: whose it is, the signer has to say")
    elif "signer.pub" in there:
        raise Wrong("signer.pub says that the package was signed, and the signature is missing")
    else:
        said.note("authenticity", "a whole package made anew in all its parts cannot be told from this one")
    if "tagmanifest-sha256.txt.tsr" in there:
        stamp = anchors.time_stamp(package.read("tagmanifest-sha256.txt.tsr"))
        if stamp["imprint"] != hashlib.sha256(manifest_bytes).hexdigest():
            raise Wrong("the time-stamp is not over this tag manifest")
        at = f"a time-stamp says that this tag manifest was there at {stamp['time']}"
        said.note("authenticity", f"{at}; whether its signature holds says `openssl ts -verify`")
    else:
        said.note("authenticity", "no time-stamp")
    if "tagmanifest-sha256.txt.ots" in there:
        proof = package.read("tagmanifest-sha256.txt.ots")
        for one in anchors.stamped(proof, hashlib.sha256(manifest_bytes).digest()):
            said.note("authenticity", f"OpenTimestamps: {anchors.attested(one, list(runs.values()))}")


# --- facts --------------------------------------------------------------------------------------------------


def header_runs(package):
    """The chains of headers that the package holds, each checked by itself."""
    found = {}
    for name in package.names():
        if re.fullmatch(r"data/proofs/[^/]+/headers-[0-9]+\.json", name):
            try:
                found[name] = anchors.headers(package.json(name))
            except anchors.Failed as failed:
                raise Wrong(f"{name}: {failed}") from failed
    return found


def proofs(package, facts, chain, traced, runs, said):
    """Every proof against its fact; every traced transaction has one or is declared unproven."""
    there = {name for name in package.names() if name.startswith("data/proofs/")}
    declared, loose = "data/proofs/unproven.csv", "data/proofs/unlinked.csv"
    rows = [(r["chain"], r["txid"], r["reason"]) for r in package.table(declared)] if declared in there else []
    if rows != sorted(set(rows)):
        said.fail("completeness", f"{declared} is not in the order of its rows, or names a transaction twice")
    unproven = {row[:2] for row in rows}
    proven, still, blocks = set(), set(), {}
    for name in sorted(there - {declared, loose} - set(runs)):
        proof = package.json(name)
        key = (proof["chain"], proof["txid"])
        one_way = anchors.written(proof) and package.read(name) == canonical(proof) + b"\n"
        if name != "data/proofs/{}/{}.json".format(*key) or not one_way:
            said.fail("facts", f"{name} is not named as its transaction is, or is not in canonical form")
        try:
            found = chain.check(proof, facts.transactions[key])
        except chain.Failed as failed:
            said.fail("facts", f"{name}: {failed}")
            continue
        proven.add(key)
        still.update(found.open)
        height = facts.transactions[key]["height"]
        if found.block and blocks.setdefault((key[0], found.block), height) != height:
            said.fail("facts", f"block {found.block} has two heights in data/facts.jsonl")
    unlinked = {(r["chain"], r["block_hash"]) for r in package.table(loose)} if loose in there else set()
    linked, wrong = anchors.linked(blocks, list(runs.values()), unlinked)
    for text in wrong:
        said.fail("facts", text)
    for key in sorted(traced & set(facts.transactions) - proven - unproven):
        said.fail("completeness", f"{key[1]} on {key[0]} carries traced value, has no proof and is not declared so")
    for key in sorted(unproven & proven | (unproven | proven) - traced):
        said.fail("completeness", f"{key[1]} on {key[0]} has a proof and is in {declared}, or carries no traced value")
    told = f"transactions with a proof from raw bytes that holds: {len(proven)}"
    said.note("facts", f"{told}; declared unproven: {len(unproven)}")
    for text in [*sorted(linked)[:20], *sorted(still)[:20]]:
        said.note("facts", text)


# --- arithmetic: what the report says, against what the facts come to -----------------------------------------


def stops_of(package, asked):
    """Where the traces stopped: each with a tag of a category that stops, or a finding of the rule that is named."""
    rules, stops = {rule["id"] for rule in asked["rules"]}, set()
    for row in package.table("data/decisions.csv"):
        place, where = (row["chain"], row["subject"]), f"data/decisions.csv:{row['']}"
        if row["kind"] == "stop" and row["rule"] and row["rule"] not in rules:
            raise Wrong(f"{where}: the rule {row['rule']} is not one of method.json")
        if row["kind"] == "stop":
            stops.add(place)
    return stops, [
        {**json.loads(row["evidence"]), "rule": row["rule"]}
        for row in package.table("data/decisions.csv")
        if row["kind"] == "continuation"
    ]


def same_rows(said, name, what, told, found):
    """Two lists of rows as multisets; each difference is a failure with the line of the table, where it has one."""
    lines = first_lines(told)
    left, right = Counter(row for _, row in told), Counter(found)
    for row in left - right:
        said.fail("arithmetic", f"{name}:{lines[row]} says {what} {row}, which the facts do not come to")
    for row in right - left:
        said.fail("arithmetic", f"{name} lacks {what} {row}, which the facts come to")
    if left == right and "reconciliation" in name and [row for _, row in told] != list(found):
        said.fail("arithmetic", f"{name} has its rows in another order than the method")
    said.note("arithmetic", f"{name}: rows compared: {len(told)}")


def first_lines(told):
    lines = {}
    for number, row in told:
        lines.setdefault(row, number)
    return lines


def columns(package, name, *keys):
    """(line, cells) of the rows of a table."""
    return [(row[""], tuple(row[key] for key in keys)) for row in package.table(name)]


def arithmetic(package, asked, facts, said):
    """Run every method again and compare each table of the report; returns the transactions that carry value."""
    runs = {}
    stops, links = stops_of(package, asked)
    for name in asked["methods"]:
        runs[name] = method.Run(facts, name, asked, stops, links).go()
    main = runs[asked["methods"][0]]
    hops = [(*hop, *placed(facts, hop[1], hop[2])) for hop in main.hops]
    in_order(said, package, "data/report/hops.csv", HOP_COLUMNS, hops)
    in_order(said, package, "data/steps.csv", STEP_COLUMNS, main.steps)
    outcomes(package, main, said)
    endpoints(package, main, runs, said)
    attributed(package, main, said)
    reconciliation(package, runs, said)
    assumed(package, facts, runs, said)
    for table in TABLES_OF_AMOUNTS:
        exact_amounts(package, table, said)
    report.machine(package, runs, said)
    report.beside_sums(package, asked, facts, runs, said)
    rest.follow(package, asked, facts, runs, said)
    for text in (*heard.dated(package, facts, runs), *islice(page.page(package, facts, runs), MOST)):
        said.fail("arithmetic", text)
    for name in (name for name in package.names() if name.endswith(".pdf") and name.startswith("data/report/")):
        for text in page.paper(package, name):
            said.fail("arithmetic", text)
        said.note("arithmetic", f"{name}: its attachments are compared with the tables, and its words with nothing")
    for key in facts.unasked():
        said.fail("arithmetic", f"data/holdings.jsonl answers about {key}, which no trace asks for")
    return {(hop[1], hop[2]) for run in runs.values() for hop in run.hops}


HOP_COLUMNS = (
    *("step", "chain", "txid", "index", "from_address", "to_address", "contract", "value", "traced_value", "origin"),
    *("hop", "rule", "height", "time"),
)
STEP_COLUMNS = (
    *("step", "chain", "txid", "index", "pool", "to", "contract", "before", "taken", "kept"),
    *("balance_before", "balance_after"),
)
TABLES_OF_AMOUNTS = ("endpoints", "credits", "resting", "hops", "not_followed", "convergence", "valuation")


def placed(facts, chain, txid):
    """Height and time of a transaction as a table writes them; empty where it is not in the facts."""
    told = facts.transactions.get((chain, txid), {"height": None, "time": None})
    return dated(told["time"], told["height"])[::-1]


def dated(time, height):
    """Time and height as a table writes them."""
    at = "" if time is None else f"{datetime.fromtimestamp(time, UTC):%Y-%m-%dT%H:%M:%SZ}"
    return at, "" if height is None else str(height)


def in_order(said, package, name, keys, found):
    """Rows that must be the same, one by one, in the same order."""
    told = columns(package, name, *keys)
    for (line, row), own in zip(told, found):
        if row != own:
            differ = [key for key, one, two in zip(keys, row, own) if one != two]
            said.fail("arithmetic", f"{name}:{line}: {', '.join(differ)} differ from what the facts come to: {own}")
    if len(told) != len(found):
        said.fail("arithmetic", f"{name} has {len(told)} rows; the facts come to {len(found)}")
    said.note("arithmetic", f"{name}: rows worked out again: {len(found)}")


def outcomes(package, run, said):
    """credits.csv, resting.csv and not_followed.csv of the main method."""
    ends = [one for one in run.outcomes if one[0] == "endpoint"]
    found = [(o, p[0], p[2], p[3], p[4], p[1], str(p[6]), str(v)) for _, p, o, v, _ in ends]
    keys = ("origin", "chain", "address", "txid", "index", "contract", "gross_value", "traced_value")
    same_rows(said, "data/report/credits.csv", "a credit", columns(package, "data/report/credits.csv", *keys), found)
    rests = [one for one in run.outcomes if one[0] == "resting"]
    found = [(o, p[0], p[2], p[5], p[1], str(v), *dated(*run.ends[p])) for _, p, o, v, _ in rests]
    keys = ("origin", "chain", "address", "outpoint", "contract", "traced_value", "as_of", "height")
    same_rows(said, "data/report/resting.csv", "a rest", columns(package, "data/report/resting.csv", *keys), found)
    left = [one for one in run.outcomes if one[0] == "not_followed"]
    found = [(o, p[0], p[2], p[3], p[5], p[1], str(v), reason) for _, p, o, v, reason in left]
    keys = ("origin", "chain", "address", "txid", "outpoint", "contract", "traced_value", "reason")
    name = "data/report/not_followed.csv"
    same_rows(said, name, "a value", columns(package, name, *keys), found)
    for twin in ("not_followed.csv", "tags.csv"):
        if package.read(f"data/{twin}") != package.read(f"data/report/{twin}"):
            said.fail("arithmetic", f"data/{twin} is not the same as that of the report")


def attributed(package, run, said):
    """Behind each endpoint of the main method stand tags that are as sure as is said, or a finding of its rule."""
    tags, found = {}, {}
    for row in package.table("data/tags.csv"):
        tags.setdefault((row["chain"], row["address"]), []).append(int(row["confidence"]))
    for row in package.table("data/report/findings.csv"):
        found[row["rule"], row["subject"]] = int(row["confidence"])
    decided = {(r["chain"], r["subject"]): r for r in package.table("data/decisions.csv") if r["kind"] == "stop"}
    bridges = {one.rule for one in run.crossings if not one.into}
    for place in {
        place[0:3:2] for kind, place, _, _, reason in run.outcomes if kind == "endpoint" and reason not in bridges
    }:
        row = decided[place]
        sure = [found.get((row["rule"], place[1]))] if row["rule"] else tags.get(place, [])
        if int(row["confidence"]) not in sure:
            where = f"data/decisions.csv:{row['']}"
            said.fail(
                "arithmetic", f"{where}: no tag, and no finding of its rule, stands so behind the stop at {place[1]}"
            )


def endpoints(package, main, runs, said):
    """endpoints.csv and methods.csv: what each place was credited under every method."""
    ends = {}
    for name, run in runs.items():
        for kind, place, origin, value, _ in run.outcomes:
            if kind == "endpoint":
                row = ends.setdefault((origin, place[0], place[2], place[1]), {})
                row[name] = row.get(name, 0) + value
    own = main.method
    told = package.table("data/report/endpoints.csv")
    per_place = Counter()
    for row in told:
        per_place[row["origin"], row["chain"], row["address"], row["contract"]] += int(row["traced_value"])
    for place, value in per_place.items():
        if ends.get(place, {}).get(own) != value:
            said.fail("arithmetic", f"data/report/endpoints.csv credits {value} to {place}; the facts say otherwise")
    for place in {place for place, row in ends.items() if own in row} - set(per_place):
        said.fail("arithmetic", f"data/report/endpoints.csv lacks {place}")
    for row in told:
        place = (row["origin"], row["chain"], row["address"], row["contract"])
        values = [ends.get(place, {}).get(name, 0) for name in runs]
        alone = not row["memo"] and int(row["traced_value"]) == per_place[place]
        if alone and (row["min_value"], row["max_value"]) != (str(min(values)), str(max(values))):
            said.fail("arithmetic", f"data/report/endpoints.csv:{row['']}: the range is {min(values)}-{max(values)}")
    listed = set()
    for row in package.table("data/report/methods.csv"):
        place = (row["origin"], row["chain"], row["address"], row["contract"])
        listed.add(place)
        for name in METHODS:
            own_cell = str(ends.get(place, {}).get(name, 0)) if name in runs else ""
            if row[name] != own_cell:
                said.fail("arithmetic", f"data/report/methods.csv:{row['']}: {name} is {own_cell}, not {row[name]}")
    for place in set(ends) - listed:
        said.fail("arithmetic", f"data/report/methods.csv lacks {place}")
    said.note("arithmetic", f"endpoints worked out again under {', '.join(runs)}: {len(ends)}")


def reconciliation(package, runs, said):
    """reconciliation.csv: the law of conservation, line by line, zeros too (M26)."""
    found = {}
    for name, run in runs.items():
        for origin, chain, contract, claimed in run.claims:
            row = found.setdefault(
                (name, origin, chain, contract), dict.fromkeys(("seed", "converted_in", *OUTCOMES), 0)
            )
            row["seed"] += claimed
        for (origin, chain, contract), value in run.came.items():
            key = (name, origin, chain, contract)
            found.setdefault(key, dict.fromkeys(("seed", "converted_in", *OUTCOMES), 0))["converted_in"] += value
        for kind, place, origin, value, _ in run.outcomes:
            key = (name, origin, place[0], place[1])
            found.setdefault(key, dict.fromkeys(("seed", "converted_in", *OUTCOMES), 0))[kind] += value
    rows = [(*key, outcome, str(value)) for key, row in found.items() for outcome, value in row.items()]
    keys = ("method", "origin", "chain", "contract", "outcome", "value")
    name = "data/report/reconciliation.csv"
    same_rows(said, name, "a line", columns(package, name, *keys), rows)


def assumed(package, facts, runs, said):
    """assumptions.csv: every implied opening (M9), every gap of the report, each coverage that was answered (M10)."""
    rows = package.table("data/assumptions.csv")
    told = {(r["kind"], r["chain"], r["subject"], r["contract"], r["value"]) for r in rows}
    found = {("opening", *key, str(value)) for run in runs.values() for key, value in run.openings.items()}
    gaps = package.table("data/report/gaps.csv")
    found |= {(r["kind"], r["chain"], r["subject"], r["contract"], r["effect_value"]) for r in gaps}
    covers = {(r["chain"], r["subject"], r["contract"], r["text"]) for r in rows if r["kind"] == "coverage"}
    answers = [(key[:3], one["coverage"]) for key, one in facts.histories.items() if one["kind"] == "history"]
    own = {(*key, covered(one)) for key, several in [*answers, *facts.coverage.items()] for one in several}
    for row in sorted(found - told) + sorted(covers ^ own):
        said.fail("arithmetic", f"data/assumptions.csv does not agree with what was assumed: {row}")
    inputs = package.json("data/report/trace.json")["inputs"]
    by = {one["chain"]: f"{one['adapter']} {one['path']}: {one['covers']}" for one in inputs}
    for row in rows:
        if row["by"] != (by.get(row["chain"], "") if row["kind"] == "coverage" else ""):
            said.fail("arithmetic", f"data/assumptions.csv:{row['']} names a source that the report does not")
        if row["kind"] == "coverage" and row["value"]:
            said.fail("arithmetic", f"data/assumptions.csv:{row['']}: a coverage has no value")
    texts = {r["text"] for r in gaps}
    for row in rows:
        if row["kind"] not in ("coverage", "opening") and len(runs) == 1 and row["text"] not in texts:
            said.fail("arithmetic", f"data/assumptions.csv:{row['']} is no gap of the report")


def covered(one):
    """How far a coverage reaches, in the words of assumptions.csv."""
    at = dated(one["time"], None)[0]
    end = f"height {one['height']}" if one["height"] is not None else at or f"rank {one['end']}"
    return f"every movement from rank {one['start']} to {end} is held: {one['how']}"


def exact_amounts(package, table, said):
    """Every amount is its value in base units with the point where the decimals put it."""
    name = f"data/report/{table}.csv"
    if not package.path(name).is_file():
        return
    for row in package.table(name):
        for key in row:
            value = key[: -len("amount")] + "value" if key.endswith("amount") else None
            if value not in row or not row[value]:
                continue
            own = decimal(int(row[value]), int(row["decimals"])) if row.get("decimals") else ""
            if row[key] != own:
                said.fail("arithmetic", f"{name}:{row['']}: {key} is {own}, not {row[key]}")


def decimal(value, places):
    """A number of base units as exact decimal text."""
    if places > 255:
        raise Wrong(f"{places} decimals are more than any asset has")
    text = str(abs(value)).rjust(places + 1, "0")
    return ("-" if value < 0 else "") + (f"{text[:-places]}.{text[-places:]}" if places else text)


# --- completeness and the verdict ---------------------------------------------------------------------------


def completeness(package, asked, facts, said):
    """What was acquired is there, or said not to be; and what the package itself says that it lacks."""
    there = {name.rsplit("/", 1)[-1] for name in package.names() if name.startswith("data/raw/")}
    rows = package.table("data/acquisition.csv")
    packed = {row["sha256"] for row in rows if row["in_package"] == "yes"}
    for sha256 in sorted(packed ^ there):
        said.fail(
            "completeness", f"raw answer {sha256} is " + ("missing" if sha256 in packed else "not in acquisition.csv")
        )
    read = {row["request"]: row["sha256"] for row in rows if row["adapter"] == "file"}
    for name in package.names():
        if name.startswith("data/case/") and package.digest(name) != read.get(name[10:]):
            said.fail("completeness", f"{name} is not the file of the case that acquisition.csv lists")
    listed = {row["sha256"] for row in rows}
    for (chain, txid), told in facts.transactions.items():
        if told["source"] and told["source"]["sha256"] not in listed:
            said.fail("completeness", f"{txid} on {chain} rests on an answer that acquisition.csv does not list")
    left = package.table("data/report/not_followed.csv")
    said.note("completeness", f"values that were not followed, each with its reason in not_followed.csv: {len(left)}")
    said.note("completeness", f"the case calls itself {'complete' if asked['complete'] else 'not complete'}")
    for reason in asked["reasons"]:
        said.note("completeness", reason)
    said.note("completeness", "the column poison_reached is a screen, not an allocation, and is not worked out again")


def verify(folder):
    """Check a package; returns what was found."""
    said, package = Findings(), reading.Package(folder)
    said.check("integrity", "the bag", bag, package, said)
    logs = said.check("integrity", "data/log.jsonl", log, package, said)
    chain = beside("verify_chain") if Path(__file__).resolve().with_name("verify_chain.py").is_file() else None
    runs = said.check("facts", "the chains of headers", header_runs, package) or {}
    said.check("authenticity", "the signature", signature, package, runs, said)
    if chain is None:
        said.note("facts", "verify_chain.py is not beside this file: no proof was checked")
    asked = said.check("arithmetic", "data/method.json", package.json, "data/method.json")
    facts = said.check("facts", "data/facts.jsonl", lambda: reading.Facts(*both(package)))
    if not isinstance(asked, dict) or facts is None:
        said.fail("arithmetic", "nothing was worked out again, for what it rests on cannot be read")
        return said
    said.check("integrity", "the contents", inside, package, asked, logs, said)
    pays = chain and chain.script_address
    said.check("facts", "the raw answers", reading.against_raw, facts, package, said, pays)
    said.check("facts", "the answers of networks", heard.heard, facts, package, said)
    said.check("facts", "the answers of issuers", heard.stated, package, said)
    said.check("arithmetic", "the tags", heard.labelled, package, said)
    traced = said.check("arithmetic", "the report", arithmetic, package, asked, facts, said)
    if chain is not None and traced is not None:
        said.check("facts", "the proofs", proofs, package, facts, chain, traced, runs, said)
    said.check("completeness", "what was acquired", completeness, package, asked, facts, said)
    return said


def refused(folder):
    """Why this program cannot check a package: it is of a later format; empty where it can."""
    try:
        asked = reading.Package(folder).json("data/method.json")
        return outside.refused(asked) if isinstance(asked, dict) and "format_version" in asked else ""
    except Exception:  # what cannot be read is a failure of the check, and is told there
        return ""


def both(package):
    return package.lines("data/facts.jsonl"), package.lines("data/holdings.jsonl")


def printable(text):
    """A text of a package without what would steer a terminal, or what none can show."""
    return "".join(sign if sign.isprintable() else f"<U+{ord(sign):04X}>" for sign in text)


def main(arguments):
    """Print a verdict for each layer, with every failure; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal may lack signs: they are written as numbers then
            stream.reconfigure(errors="backslashreplace")
    folder = Path(arguments[0]) if arguments else Path(__file__).resolve().parent
    if len(arguments) > 1 or not (folder / "bagit.txt").is_file():
        print(f"{folder} is no evidence package: give the folder that holds bagit.txt", file=sys.stderr)
        return 2
    if reason := refused(folder):
        print(printable(reason), file=sys.stderr)
        return 2
    said = verify(folder)
    for layer in LAYERS:
        failures = said.failures[layer]
        print(f"{layer}: {said.verdict(layer)}")
        for text in failures[:50]:
            print(f"  failure: {printable(text)}")
        if len(failures) > 50:
            print(f"  and {len(failures) - 50} more")
        for text in said.notes[layer]:
            print(f"  {printable(text)}")
    return 1 if any(said.failures.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

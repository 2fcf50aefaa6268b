"""What the report of an evidence package says beside its sums: names, times, labels, and what it tells twice.

`beside_sums` compares columns of the tables with the facts, the tags, the findings, and with each other. What is prose,
or rests on what the package does not hold, is not compared. Python's standard library alone.
"""

import hashlib
import json
import re
from collections import Counter, namedtuple
from datetime import UTC, datetime
from fractions import Fraction


class Wrong(Exception):
    """Something does not hold; its text says what."""


Bag = namedtuple("Bag", "package asked facts runs")
METHOD = {
    *("format", "format_version", "method_version", "tool", "tool_version", "case", "methods", "backward", "log"),
    *("seeds", "limits", "options", "rules", "ordering", "rounding", "complete", "reasons", "contents"),
}
TRACE = {
    *("schema", "schema_version", "method_version", "versions", "case", "method", "methods", "first_sentence", "notes"),
    *("complete", "reasons", "chains", "seeds", "left_out", "limits", "options", "rules", "inputs", "sensitivities"),
    *("outcomes", "note", "tables"),
}
MORE = {"valuation", "issuers"}  # fields that not every trace.json has
COLUMNS = {
    "steps": "step,chain,txid,index,pool,to,contract,before,taken,kept,balance_before,balance_after",
    "decisions": "kind,chain,subject,rule,confidence,evidence,text",
    "assumptions": "kind,chain,subject,contract,value,by,text",
    "acquisition": "sha256,adapter,request,retrieved_at,in_package",
    "proofs/unproven": "chain,txid,reason",
    "proofs/unlinked": "chain,block_hash,reason",
}
WORDS = {("1", "ordering"): "f56d421c49d2f1cd", ("1", "rounding"): "9418617f8c792389"}  # how their SHA-256 begins
TELLINGS = ("transfers-csv", "transactions-jsonl", "receipts-jsonl")
NO_BYTES = (
    "the source gives a telling of the transaction and not its bytes",
    "no answer holds the header of its block",
)
LONG = re.compile(r"(?=[a-zA-Z]*[0-9])[0-9a-zA-Z]{20,}")
NUMBER = re.compile(r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?")
TURNING = re.compile(
    "[\\x7f-\\x9f\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ud800-\\udfff\\ufeff\\ufff9-\\uffff"
    "\\U000e0000-\\U000e007f]"
)
ONCE = (
    "assumptions",
    "decisions",
    "proofs/unproven",
    "report/gaps",
    "report/methods",
    "report/endpoints",
    "report/tags",
)
WHOLE = (  # columns that are numbers in trace.json
    *("confidence", "conversion_step", "decimals", "delay", "from_decimals", "height", "hop", "hops", "number"),
    *("issuer_state_height", "origins", "rank", "step", "to_decimals"),
)
OUTCOME = ("outcome", "chain", "contract", "address", "txid", "index", "outpoint", "origin", "value", "reason")


def beside_sums(package, asked, facts, runs, said):
    """Columns of the tables that follow from the facts, the tags, the findings, or another table."""
    for check in (
        formed,
        asked_for,
        named_assets,
        told_once,
        credited,
        labelled,
        decided,
        retold,
        acquired,
        readings,
        why_not,
    ):
        said.check("arithmetic", check.__name__, check, Bag(package, asked, facts, runs), said)


def formed(bag, said):
    """method.json and trace.json are written in their one way, with the fields that they have, and no others."""
    asked, told = bag.asked, bag.package.json("data/report/trace.json")
    written = json.dumps(asked, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
    if bag.package.read("data/method.json") != written.encode() or set(asked) != METHOD:
        raise Wrong("data/method.json has other fields than it should, or is not written in its one way")
    if bag.package.read("data/report/trace.json").decode("utf-8", "surrogateescape") != "".join(laid_out(told)) + "\n":
        raise Wrong("data/report/trace.json is not written in its one way")
    if set(told) - MORE != TRACE:
        raise Wrong(f"data/report/trace.json has other fields than it should: {sorted(set(told) - MORE ^ TRACE)}")
    for name, rows in told["tables"].items():
        head = bag.package.read(f"data/report/{name}.csv").decode("utf-8-sig").split("\r\n")[0].split(",")
        if rows and sorted(rows[0]) != sorted(head):
            raise Wrong(f"data/report/{name}.csv has other columns than its table in trace.json")
    for name, head in COLUMNS.items():
        path = f"data/{name}.csv"
        if path in bag.package.names() and bag.package.read(path).decode("utf-8-sig").split("\r\n")[0] != head:
            raise Wrong(f"{path} has other columns than {head}")
    for key in ("ordering", "rounding"):
        if hashlib.sha256(asked[key].encode()).hexdigest()[:16] != WORDS[asked["method_version"], key]:
            said.fail("arithmetic", f"data/method.json: {key} is not said in the words of the method")
    limits = asked["limits"]
    numbers = [limits[key] for key in ("max_hops", "max_transactions", "min_tag_confidence")]
    if not all(
        type(number) is int for number in (*numbers, *([limits["until"]] if limits["until"] is not None else []))
    ):
        raise Wrong("data/method.json: a limit is no whole number")


def dumped(value):
    """JSON in which signs that hide or turn text, or that a terminal obeys, are escapes."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return TURNING.sub(lambda found: json.dumps(found[0])[1:-1], text)


def laid_out(value, depth=2):
    """JSON with sorted keys as trace.json has it: objects opened two deep, lists there item by item."""
    if isinstance(value, dict) and depth and value:
        for number, key in enumerate(sorted(value)):
            yield f"{',' if number else '{'}\n{dumped(key)}: "
            yield from laid_out(value[key], depth - 1)
        yield "\n}"
    elif isinstance(value, list) and value:
        for number, item in enumerate(value):
            yield f"{',' if number else '['}\n{dumped(item)}"
        yield "\n]"
    else:
        yield dumped(value)


def asked_for(bag, said):
    """What method.json says was asked, against case.toml: payments, declared addresses, wallets, methods, limits."""
    case = bag.package.case()
    told = [one for one in case.get("seed", []) if "path" not in one]
    own = Counter((one["chain"], str(one["txid"]).lower().strip(), one.get("origin")) for one in told)
    seeds = Counter(
        (one["chain"], one["txid"].lower(), one["origin"] if any("origin" in t for t in told) else None)
        for one in bag.asked["seeds"]
    )
    whole = len(told) == len(case.get("seed", []))
    loose = {(chain, txid) for chain, txid, _ in own} - {(chain, txid) for chain, txid, _ in seeds}
    if loose or (whole and len(told) != len(bag.asked["seeds"])):
        said.fail("arithmetic", f"data/method.json does not have the payments of data/case/case.toml: {sorted(loose)}")
    declared = sum(len(set(one.get("victim_addresses", []))) for one in told)
    if whole and sum(len(one["victim_addresses"]) for one in bag.asked["seeds"]) > declared:
        said.fail("arithmetic", "data/method.json declares more addresses of victims than data/case/case.toml")
    names = sorted(str(one.get("name", "")) for one in case.get("wallet", []))
    wallets = sorted(one["name"] for one in bag.asked["options"]["wallets"])
    if wallets and wallets != names:
        said.fail("arithmetic", f"data/method.json has the wallets {wallets}, and data/case/case.toml {names}")
    for key in ("max_hops", "max_transactions", "min_tag_confidence"):
        wished = case.get("limits", {}).get(key)
        if wished is not None and wished != bag.asked["limits"][key]:
            said.fail("arithmetic", f"data/method.json: {key} is not {wished}, as data/case/case.toml asks")
    wished = [one for one in case.get("case", {}).get("methods", []) if one != "poison"]
    if wished and wished != bag.asked["methods"]:
        said.fail("arithmetic", f"data/method.json: the methods are not those of data/case/case.toml, {wished}")


def readings(bag, said):
    """What another reading of the facts comes to, in numbers, is what its sentence says."""
    scales = {
        (chain, one["contract"]): one["decimals"]
        for (chain, _), told in bag.facts.transactions.items()
        for one in told["transfers"]
    }
    told = bag.package.json("data/report/trace.json")
    names = named(bag) | {contract for _, contract in scales}  # an asset without a symbol is told by its contract
    for one in told["seeds"]:
        if one["address"] not in names and one["address"]:
            said.fail("arithmetic", f"data/report/trace.json: a payment is to {one['address']}, which no fact has")
    for one in told["sensitivities"]:
        place, subject, text = (set(LONG.findall(one[key])) for key in ("place", "subject", "text"))
        made, _, output = one["place"].rpartition(":")  # another reading may lead to what is in no fact
        there = (one["chain"], made) in bag.facts.transactions if made and output.isdecimal() else place <= names
        strange = text - names - place - subject if there else set()
        for word in sorted((place - text) | strange):
            said.fail("arithmetic", f"data/report/trace.json: a reading names {word}, which nothing else has")
        places = scales.get((one["chain"], one["contract"]))
        numbers = {Fraction(text.replace(",", "")) for text in NUMBER.findall(one["text"])}
        for key in ("low", "high"):
            if Fraction(int(one[key]), 10 ** (places or 0)) not in numbers:
                said.fail(
                    "arithmetic", f"data/report/trace.json: a reading is {key} {one[key]}, and says {one['text']!r}"
                )


def named(bag):
    """Every address and hash of the facts and of the answers, of the case itself, of decisions and findings."""
    files = ("case/case.toml", "holdings.jsonl", "decisions.csv", "report/findings.csv")
    found = {word for name in files for word in LONG.findall(bag.package.read(f"data/{name}").decode())}
    for (_, txid), told in bag.facts.transactions.items():
        legs = [leg for one in told["transfers"] for leg in (*one["from"], *one["to"])]
        texts = [txid, *(str(leg[key] or "") for leg in legs for key in ("address", "outpoint") if key in leg)]
        found.update(texts, *(LONG.findall(text) for text in texts))
    return found


def why_not(bag, said):
    """A case is complete where nothing is said against it: what was not followed, and each gap, is a reason (M30)."""
    told, asked = bag.package.json("data/report/trace.json"), bag.asked
    left = {o for run in bag.runs.values() for kind, _, o, _, _ in run.outcomes if kind == "not_followed"}
    gaps = bag.package.table("data/report/gaps.csv")
    if asked["complete"] is not (not asked["reasons"]) or (asked["complete"] and (left or gaps)):
        raise Wrong("data/method.json calls the case complete, or not, against what the report says")
    for origin in sorted(left):
        if not any(f"Of {origin}, " in reason and "was not followed" in reason for reason in told["reasons"]):
            said.fail("arithmetic", f"data/report/trace.json gives no reason for what of {origin} was not followed")
    kinds = Counter(row["kind"] for row in gaps)
    for kind in kinds:
        if not any(f"({kind}): " in reason for reason in told["reasons"]):
            said.fail("arithmetic", f"data/report/trace.json gives no reason for the gaps of the kind {kind}")
    ends = {(one["chain"], one["height"], one["as_of"]) for one in told["chains"]}
    spans = [(key[0], one) for key, several in bag.facts.coverage.items() for one in several]
    spans += [(key[0], one) for key, one in bag.facts.unspent.items()]
    spans += [(k[0], c) for k, one in bag.facts.histories.items() if one["kind"] == "history" for c in one["coverage"]]
    for chain, height, at in ends:
        own = {
            (one["height"], None if one["time"] is None else moment(one["time"])) for on, one in spans if on == chain
        }
        if own and (height, at) not in own and asked["limits"]["until"] is None:
            said.fail("arithmetic", f"data/report/trace.json: the facts of {chain} end at none of {len(own)} coverages")


def differs(said, name, row, what, own):
    said.fail("arithmetic", f"data/{name}.csv:{row['']}: {what} is {own}, not {row[what]}")


def named_assets(bag, said):
    """An asset has in every table the name and the decimals that it has in the facts, and amounts their point there."""
    known = {}
    for (chain, _), told in bag.facts.transactions.items():
        for one in told["transfers"]:
            known.setdefault((chain, one["contract"]), set()).add((one["asset"], one["decimals"]))
    for key, own in known.items():
        if len({scale for _, scale in own} - {None}) > 1:
            raise Wrong(f"data/facts.jsonl: {' '.join(key)} has several decimals: an asset has one scale")
        if not key[1] and len(own) > 1:
            raise Wrong(f"data/facts.jsonl: the coin of {key[0]} has several names")
    for name in ("endpoints", "credits", "resting", "hops", "not_followed", "methods", "reconciliation", "valuation"):
        path = f"data/report/{name}.csv"
        for row in bag.package.table(path) if path in bag.package.names() else ():
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


def told_once(bag, said):
    """What is said once is not said twice."""
    there = set(bag.package.names())
    for name in ONCE:
        rows = bag.package.table(f"data/{name}.csv") if f"data/{name}.csv" in there else []
        cells = Counter(tuple(cell for key, cell in row.items() if key) for row in rows)
        for row, count in cells.items():
            if count > 1:
                said.fail("arithmetic", f"data/{name}.csv tells {row[:4]} {count} times")


def credited(bag, said):
    """Times and shares of credits, and what endpoints.csv says of the first and the last of theirs."""
    of_rank = {}
    for row in bag.package.table("data/report/credits.csv"):
        of_rank.setdefault(row["rank"], []).append(row)
        told = bag.facts.transactions.get((row["chain"], row["txid"]))
        time = "" if told is None or told["time"] is None else moment(told["time"])
        gross = int(row["gross_value"])
        share = pointed(int(row["traced_value"]) * 10**6 // gross, "6") if gross else ""
        for key, own in (("time", time), ("share", share)):
            if row[key] != own and (told is not None or key == "share"):
                differs(said, "report/credits", row, key, own)
    ends = bag.package.table("data/report/endpoints.csv")
    nearest = {}
    for hop in bag.package.table("data/report/hops.csv"):
        key = (hop["chain"], hop["txid"], hop["index"], hop["origin"])
        nearest[key] = min(int(hop["hop"]), nearest.get(key, int(hop["hop"])))
    walked = {key[1] for key in nearest}
    for number, row in enumerate(ends, 1):
        several = of_rank.get(row["rank"])
        if set(row["path"].split(";")) - walked - {""}:
            differs(said, "report/endpoints", row, "path", "of transactions that hops.csv has")
        if row["rank"] != str(number) or not several:
            raise Wrong(f"data/report/endpoints.csv:{row['']}: its rank is not {number}, or no credit has it")
        own = {key: several[0][key] for key in ("origin", "chain", "address", "contract")}
        own |= {f"first_{key}": several[0][key] for key in ("time", "txid")}
        own |= {f"last_{key}": several[-1][key] for key in ("time", "txid")}
        least = [nearest.get((one["chain"], one["txid"], one["index"], one["origin"])) for one in several]
        own |= {"hops": str(min(least))} if None not in least else {}
        own |= {
            "method": bag.asked["methods"][0],
            "traced_value": str(sum(int(one["traced_value"]) for one in several)),
        }
        for key, cell in own.items():
            if row[key] != cell:
                differs(said, "report/endpoints", row, key, cell)
    if len(of_rank) != len(ends):
        raise Wrong("data/report/credits.csv has ranks that data/report/endpoints.csv lacks")


def moment(time):
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def labelled(bag, said):
    """Whom endpoints.csv and methods.csv name: by a tag of the address, or of the service that a finding names."""
    tags, found = {}, {}
    for row in bag.package.table("data/tags.csv"):
        tags.setdefault((row["chain"], row["address"]), []).append(row)
    for row in bag.package.table("data/report/findings.csv"):
        found.setdefault(row["subject"], set()).add((row["rule"], row["object"]))
    entities = {}
    for row in bag.package.table("data/report/endpoints.csv"):
        place, service = (row["chain"], row["address"]), row["service_address"]
        entities.setdefault((row["origin"], *place, row["contract"]), set()).add(row["entity"])
        where = f"data/report/endpoints.csv:{row['']}"
        if service and service not in {object_ for _, object_ in found.get(place[1], ())}:
            said.fail("arithmetic", f"{where}: no finding names {service} as the service behind {place[1]}")
        said_of = tags.get((place[0], service or place[1]), [])
        rule = row["label_source"].startswith("rule ")
        if said_of and not rule and row["label_source"] not in {tag["source"] for tag in said_of}:
            said.fail("arithmetic", f"{where}: no tag of {place[1]} is by {row['label_source']!r}")
        names = {(tag["actor"] or tag["label"], tag["category"]) for tag in said_of}
        if said_of and (service or not rule) and (row["entity"], row["category"]) not in names:
            said.fail("arithmetic", f"{where}: no tag says {row['entity']!r} ({row['category']}) of {place[1]}")
        if said_of and not rule:
            for key in ("confidence", "grade"):
                if row[key] not in {tag[key] for tag in said_of}:
                    said.fail("arithmetic", f"{where}: no tag of {place[1]} has the {key} {row[key]}")
    for row in bag.package.table("data/report/methods.csv"):
        own = entities.get((row["origin"], row["chain"], row["address"], row["contract"]))
        if own is not None and row["entity"] not in own:
            differs(said, "report/methods", row, "entity", sorted(own))


def decided(bag, said):
    """Stops by a rule are findings of it, word for word; returns are those that some method comes to."""
    rows = bag.package.table("data/decisions.csv")
    for name in ("decisions", "assumptions"):
        cells = [{**row, "": 0} for row in bag.package.table(f"data/{name}.csv")]
        order = [str(tuple(int(c) if k == "confidence" else c for k, c in row.items() if k)) for row in cells]
        if order != sorted(order):
            said.fail("arithmetic", f"data/{name}.csv is not in the order of its rows")
    tagged = {}
    for tag in bag.package.table("data/tags.csv"):
        words = f"{tag['actor'] or tag['label']} ({tag['category']}) by {tag['source']}"
        tagged.setdefault((tag["chain"], tag["address"]), []).append((len(words), words, tag["confidence"]))
    found = {
        (r["rule"], r["confidence"], r["subject"], r["text"], " ".join(json.loads(r["evidence"])))
        for r in bag.package.table("data/report/findings.csv")
    }
    for row in rows:
        if row["kind"] == "stop" and row["rule"]:
            if (row["rule"], row["confidence"], row["subject"], row["text"], row["evidence"]) not in found:
                said.fail("arithmetic", f"data/decisions.csv:{row['']}: no such finding stands in findings.csv")
        elif row["kind"] == "stop":
            tags, text = tagged.get((row["chain"], row["subject"]), []), row["text"]
            for _, words, _ in sorted(tags, reverse=True):
                text = text.replace(words, "")
            if text.strip("; ") or row["evidence"] or row["confidence"] not in {confidence for *_, confidence in tags}:
                said.fail("arithmetic", f"data/decisions.csv:{row['']}: no tag stands so behind the stop")
        elif row["kind"] not in ("stop", "returned", "continuation"):
            said.fail(
                "arithmetic", f"data/decisions.csv:{row['']}: a decision of the kind {row['kind']!r} is not known"
            )
    told = {(r["chain"], r["subject"], r["evidence"]) for r in rows if r["kind"] == "returned"}
    own = {(p[0], p[2], o) for run in bag.runs.values() for kind, p, o, _, _ in run.outcomes if kind == "returned"}
    for row in sorted(told ^ own):
        said.fail("arithmetic", f"data/decisions.csv: {row} is a return that is told, or is one, and not both")


def retold(bag, said):
    """What trace.json says beside its tables: what was asked, the payments, how each value ended, what was read."""
    told, main = bag.package.json("data/report/trace.json"), bag.asked["methods"][0]
    until, limits = bag.asked["limits"]["until"], told["limits"]
    same = {
        "method": (told["method"], main),
        "options": (told["options"], bag.asked["options"]),
        "until": (limits["until"], None if until is None else moment(until)),
        "min_value": (
            sorted(limits["min_value"].values()),
            sorted(  # a private ledger's own name stands for its native asset, and for a token that is called so
                {
                    (m["chain"], m["contract"] or m["chain"]): m["value"] for m in bag.asked["limits"]["min_value"]
                }.values()
            ),
        ),
        "versions": (told["versions"].get("chaintrace", ""), bag.asked["tool_version"]),
        "method_version": (told["versions"].get("method", bag.asked["method_version"]), bag.asked["method_version"]),
        "chains": (
            {one["chain"] for one in told["chains"]} >= {s["chain"] for s in bag.asked["seeds"]},
            True,
        ),
        "schema": ((told["schema"], told["schema_version"]), ("chaintrace-trace", "1")),
        "claims": (
            sorted((s["origin"], s["chain"], s["contract"], int(s["claimed_value"])) for s in told["seeds"]),
            sorted(bag.runs[main].claims),
        ),
    }
    for what, (one, other) in same.items():
        if one != other:
            said.fail("arithmetic", f"data/report/trace.json: {what} is {one}, and not {other}")
    paid = {(s["origin"], s["chain"], s["txid"]) for s in bag.asked["seeds"]}
    for seed in told["seeds"]:
        if (seed["origin"], seed["chain"], seed["txid"]) not in paid:
            said.fail("arithmetic", f"data/report/trace.json: {seed['txid']} is no payment of method.json")
        for key in ("leg", "claimed"):
            amount = pointed(int(seed[f"{key}_value"]), "" if seed["decimals"] is None else str(seed["decimals"]))
            if (seed[f"{key}_amount"] or "") != amount:
                said.fail("arithmetic", f"data/report/trace.json: {key}_amount of {seed['txid']} is {amount}")
    case = bag.package.case().get("case", {})
    if case.get("name", told["case"]) != told["case"] or case.get("note", told["note"]) != told["note"]:
        said.fail("arithmetic", "data/report/trace.json: the name or the note is not that of data/case/case.toml")
    for name, run in bag.runs.items():
        listed = Counter(tuple(one[key] or "" for key in OUTCOME) for one in told["outcomes"][name])
        own = Counter(
            (kind, *place[:6], origin, str(value), reason if kind == "not_followed" else "")
            for kind, place, origin, value, reason in run.outcomes
        )
        for row in [*(listed - own), *(own - listed)]:
            said.fail("arithmetic", f"data/report/trace.json: under {name} {row} is told, or is one, and not both")


def acquired(bag, said):
    """Each fact and each source of the report was read as acquisition.csv says: by whom, what and which bytes."""
    rows = bag.package.table("data/acquisition.csv")
    read = {(row["adapter"], row["request"], row["sha256"]) for row in rows}
    for (chain, txid), told in bag.facts.transactions.items():
        one = told["source"]
        if one and (one["adapter"], one["request"], one["sha256"]) not in read:
            raise Wrong(f"data/facts.jsonl:{bag.facts.lines[chain, txid]}: acquisition.csv does not list its source")
    for one in bag.package.json("data/report/trace.json")["inputs"]:
        whole = one["adapter"] in ("transfers-csv", "transactions-jsonl", "receipts-jsonl")
        if whole and (one["adapter"], one["path"], one["sha256"]) not in read:
            said.fail("arithmetic", f"data/report/trace.json: acquisition.csv does not list the source {one['path']}")
    asked = any(row["request"].startswith(("GET ", "POST ")) for row in rows)
    for row in bag.package.table("data/proofs/unproven.csv"):
        told = bag.facts.transactions.get((row["chain"], row["txid"]))
        if (
            told
            and told["source"]
            and told["source"]["adapter"] in TELLINGS
            and not asked
            and row["reason"] not in NO_BYTES
        ):
            said.fail("arithmetic", f"data/proofs/unproven.csv:{row['']}: no telling lacks its proof for that reason")
    openings = {(*key, str(value)) for key, value in bag.runs[bag.asked["methods"][0]].openings.items()}
    gaps = bag.package.table("data/report/gaps.csv")
    texts = {row["text"] for row in bag.package.table("data/assumptions.csv")}
    for row in gaps:
        if row["text"] not in texts:
            said.fail("arithmetic", f"data/report/gaps.csv:{row['']} is not in assumptions.csv word for word")
    subjects = {(row["chain"], row["subject"]) for row in gaps}
    for seed in bag.asked["seeds"]:
        place = (seed["chain"], f"{seed['txid']}:{seed['index']}")
        if (seed["chain"], seed["txid"]) not in bag.facts.transactions and place not in subjects:
            said.fail(
                "arithmetic", f"data/report/gaps.csv does not say that the payment {place[1]} is not in the facts"
            )
    for row in sorted(openings - {(r["chain"], r["subject"], r["contract"], r["effect_value"]) for r in gaps}):
        said.fail("arithmetic", f"data/report/gaps.csv lacks the implied opening {row}")


def machine(package, runs, said):
    """trace.json holds the same tables as the CSV files, cell by cell."""
    told = package.json("data/report/trace.json")
    asked = package.json("data/method.json")
    for side in (told, asked):
        keys = ("id", "version", "confidence", "text", "rate" if side is asked else "measured")
        side["rules"] = [[one[key] for key in keys] for one in side["rules"]]
    for key in ("case", "methods", "rules", "complete", "reasons", "method_version"):
        if told[key] != asked[key]:
            said.fail("arithmetic", f"data/method.json: {key} is not that of trace.json")
    for key in ("max_hops", "max_transactions", "min_tag_confidence"):
        if told["limits"][key] != asked["limits"][key]:
            said.fail("arithmetic", f"data/method.json: {key} is not that of trace.json")
    for name, run in runs.items():
        keys = ("outcome", "origin", "chain", "address", "value")
        listed = [tuple(one[key] for key in keys) for one in told["outcomes"][name]]
        if Counter(listed) != Counter((kind, o, p[0], p[2], str(v)) for kind, p, o, v, _ in run.outcomes):
            said.fail("arithmetic", f"data/report/trace.json: the outcomes of {name} are not what the facts come to")
    for name in ("resting", "not_followed"):
        ends = [one for one in told["outcomes"][asked["methods"][0]] if one["outcome"] == name]
        one = [(row["origin"], row["chain"], row["address"], row["traced_value"]) for row in told["tables"][name]]
        if one != [(end["origin"], end["chain"], end["address"], end["value"]) for end in ends]:
            said.fail("arithmetic", f"data/report/{name}.csv does not have its rows in the order of trace.json")
    for name, rows in told["tables"].items():
        table = package.table(f"data/report/{name}.csv")
        cells = [{key: "" if cell is None else str(cell) for key, cell in row.items()} for row in rows]
        if any(
            (type(cell) is int) is not (key in WHOLE) for row in rows for key, cell in row.items() if cell is not None
        ):
            said.fail(
                "arithmetic", f"data/report/trace.json: a cell of its table {name} is a number as text, or a text"
            )
        if [{key: cell for key, cell in row.items() if key} for row in table] != cells:
            said.fail("arithmetic", f"data/report/trace.json: its table {name} is not that of {name}.csv")

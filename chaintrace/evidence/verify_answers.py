"""What an evidence package says of names, held against raw answers and the case's own files.

`heard`: transactions and addresses that a network told stand in its answers. `stated`: what an issuer's contract said
of an address. `labelled`: tags are those of the case's own files, and whose statement each is follows from its source.
`dated`: whether tags contradict each other, and what their dates mean beside the movements. Standard library alone.
"""

import csv
import io
import json
import re
from datetime import UTC, datetime

FILES = ("file", "blocks", "transfers-csv", "transactions-jsonl", "receipts-jsonl", "prices-csv", "ecb")
TOKEN = re.compile(rb"[0-9a-zA-Z]{16,}")
SIGNS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"  # of base58
SOUGHT = 1000  # names that are sought inside of longer texts: what a node tells as bytes is sought in its own answer
SMALL = 1 << 23  # bytes of a file of the case in which tags are looked for
QUESTIONS = {  # how a contract is asked whether it blocks an address: a selector, and the signature that it is made of
    "e47d6060": "isBlackListed(address)",
    "fbac3951": "isBlocked(address)",
    "fe575a87": "isBlacklisted(address)",
    "e5839836": "isFrozen(address)",
}
DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
EXPLORER, RULE, OFAC = "explorer:", "rule:", "ofac-sdn"
PUBLISHERS = {
    "explorer:etherscan": "etherscan.io arbiscan.io basescan.org bscscan.com bttcscan.com celoscan.io cronoscan.com "
    "ftmscan.com gnosisscan.io moonscan.io polygonscan.com",
    "explorer:bitinfocharts": "bitinfocharts.com",
    "explorer:blockchain.com": "blockchain.com",
    "explorer:blockchair": "blockchair.com",
    "explorer:blockscout": "blockscout.com",
    "explorer:blockstream.info": "blockstream.info",
    "explorer:btc.com": "btc.com",
    "explorer:oklink": "oklink.com",
    "explorer:snowtrace": "snowtrace.io",
    "explorer:solscan": "solscan.io",
    "explorer:tronscan": "tronscan.org tronscanapi.com",
    "ofac-sdn": "treas.gov treasury.gov",
}
HOSTS = {host: name for name, hosts in PUBLISHERS.items() for host in hosts.split()}
DEEP = {  # hosts under which strangers publish, with how many parts of the path say who; None: all of them
    **dict.fromkeys(("github.com", "gitlab.com", "raw.githubusercontent.com"), 2),
    **dict.fromkeys(("medium.com", "t.me", "twitter.com", "x.com", "gist.github.com"), 1),
    **dict.fromkeys(
        ("archive.org", "arxiv.org", "bitcointalk.org", "docs.google.com", "drive.google.com", "npmjs.com")
    ),
    **dict.fromkeys(("pastebin.com", "reddit.com", "zenodo.org")),
}


def heard(facts, package, said):
    """What a network told: each address stands in some raw answer, each txid too, or a proof makes it of raw bytes."""
    rows = package.table("data/acquisition.csv")
    answers = sorted({row["sha256"] for row in rows if row["request"].startswith(("GET ", "POST "))})
    sought = {}
    for (chain, txid), told in facts.transactions.items():
        if told["source"] is None or told["source"]["adapter"] in FILES:
            continue
        place = (facts.lines[chain, txid], told["source"]["sha256"])
        made = f"data/proofs/{chain}/{txid}.json" in package.names()
        sought |= {} if made else {txid.lower().removeprefix(x).encode(): (txid, *place) for x in ("", "0x")}
        for one in told["transfers"]:
            for leg in (*one["from"], *one["to"]):
                for form in forms(leg) if leg["address"] else ():
                    sought.setdefault(form, (leg["address"], *place))
    if not sought:
        return
    if any(row["in_package"] != "yes" for row in rows):
        said.note("facts", "not all answers are in the package: the names in the facts were not sought in them")
        return
    missing, wholes = {name: place for name, *place in sought.values()}, {}
    for form, (name, *_) in sought.items():
        wholes.setdefault(name, []).append(form)
    for sha256 in answers:
        for token in TOKEN.findall(package.raw(sha256) or b""):
            low = token.lower()
            for form in (low, low[2:] if low[:2] in (b"0x", b"41") else low, low[-40:] if len(low) == 64 else low):
                if form in sought:
                    missing.pop(sought[form][0], None)
    for name, (_, sha256) in [*missing.items()]:
        own = (package.raw(sha256) or b"").lower()
        if any(form in own for form in wholes[name]):
            del missing[name]
    for name, (line, _) in [*missing.items()][:SOUGHT]:
        if not any(form in (package.raw(sha256) or b"").lower() for sha256 in answers for form in wholes[name]):
            said.fail("facts", f"data/facts.jsonl:{line}: no raw answer names {name}")
    said.note(
        "facts", f"{len(wholes)} txids and addresses of facts were sought in {len(answers)} raw answers of networks"
    )


def forms(leg):
    """How an answer may write the address of a leg: as it is, as bytes, or by the script that pays it."""
    address = leg["address"]
    yield address.lower().encode()
    if leg.get("script"):
        yield leg["script"].lower().encode()
    if re.fullmatch("0x[0-9a-fA-F]{40}", address):
        yield address[2:].lower().encode()
    if re.fullmatch("T[1-9A-HJ-NP-Za-km-z]{33}", address):
        number = 0
        for sign in address:
            number = number * 58 + SIGNS.index(sign)
        yield number.to_bytes(25, "big")[1:21].hex().encode()


def stated(package, said):
    """What an issuer is said to say of an address is what its contract answered, where a contract was asked."""
    rows = package.table("data/acquisition.csv")
    calls = [
        row for row in rows if any(key in row["request"] or text in row["request"] for key, text in QUESTIONS.items())
    ]
    for table in ("endpoints", "resting") if calls and all(row["in_package"] == "yes" for row in calls) else ():
        for row in package.table(f"data/report/{table}.csv"):
            for address in row["address"].split(";") if row["issuer_state"] in ("blocked", "not blocked") else ():
                told = {
                    word
                    for call in calls
                    if asks(call["request"], row["contract"], address)
                    for word in answers(package, call)
                }
                wished = 1 if row["issuer_state"] == "blocked" else 0
                if told and not (wished in told if ";" not in row["address"] or not wished else told):
                    said.fail(
                        "facts", f"data/report/{table}.csv:{row['']}: the contract did not say {row['issuer_state']!r}"
                    )


def asks(request, contract, address):
    """Whether a request asks that contract whether it blocks that address."""
    return all(any(form in request.lower().encode() for form in forms({"address": one})) for one in (contract, address))


def answers(package, call):
    """The word of an answer of a contract, as a number; nothing where it gave none."""
    told = json.loads(package.raw(call["sha256"]))
    word = (told.get("constant_result") or [""])[0] if "constant_result" in told else told.get("result")
    if isinstance(word, str) and re.fullmatch("(0x)?[0-9a-f]{64}", word):
        yield int(word, 16)


def labelled(package, said):
    """Each tag of the report is as a file of the case has it; its grade follows from all tags of its address."""
    where, of = "data/report/tags.csv", {}
    files = {n: package.path(n).stat().st_size for n in package.names() if n.startswith("data/case/")}
    texts = {name: package.read(name) for name, size in files.items() if size < SMALL}
    listed = [(n[10:], one) for n, text in texts.items() if n.endswith(".csv") for one in claims(n[10:], text)]
    tags = package.table(where)
    for text in lacking(package, listed, tags):
        said.fail("arithmetic", text)
    places = [(tag["chain"], tag["address"]) for tag in tags]
    if places != sorted(places):
        said.fail("arithmetic", f"{where} is not in the order of its addresses")
    for tag in tags:
        of.setdefault((tag["chain"], tag["address"]), []).append(tag)
    for tag in tags:
        said_so = (tag["actor"] or tag["label"]).casefold()
        several = [
            one for one in of[tag["chain"], tag["address"]] if (one["actor"] or one["label"]).casefold() == said_so
        ]
        by = {one["source_family"] or one["source"] for one in several}
        by = {one for one in by if not one.startswith(RULE)}
        own = (
            "claimed"
            if all(one.startswith(EXPLORER) for one in by)
            else "attributed"
            if len(by) == 1
            else "corroborated"
        )
        if tag["grade"] != own:
            said.fail("arithmetic", f"{where}:{tag['']}: by its sources its grade is {own}, not {tag['grade']}")
        words = [tag[key].encode() for key in ("address", "source")]
        own = [text for text in texts.values() if all(word and word in text for word in words)]
        declared = tag["source_family"].encode()
        if own and tag["source_family"] != family(tag["source"]) and not any(declared in text for text in own):
            said.fail("arithmetic", f"{where}:{tag['']}: its source is of the family {family(tag['source'])!r}")
        mine = [
            one
            for _, one in listed
            if all(one[key].casefold() == cleaned(tag[key]).casefold() for key in ("chain", "address", "source"))
        ]
        keys = ("label", "actor", "category", "lastmod")
        if mine and not any(all(one[key] == cleaned(tag[key]) for key in keys) for one in mine):
            said.fail("arithmetic", f"{where}:{tag['']}: the file of the case has that tag otherwise")


def lacking(package, listed, tags):
    """What a list that the case names says of an address of the report, and the report does not."""
    named = {one.get("path") for one in package.case().get("tags", []) if isinstance(one, dict)}
    keys = ("chain", "address", "source", "label", "actor", "category")
    told = {tuple(cleaned(tag[key]).casefold() for key in keys) for tag in tags}
    places = {row[:2] for row in told}
    for name, one in listed:
        row = tuple(one[key].casefold() for key in keys)
        if name in named and row[:2] in places and row not in told:
            yield f"data/report/tags.csv lacks a tag of {one['address']} that data/case/{name} has"


def cleaned(cell):
    """A cell without blanks, without signs that hide, and without what keeps a spreadsheet from running it."""
    shown = re.sub("⟨U\\+[0-9A-F]{4,6}⟩", "", cell)
    return "".join(sign for sign in shown if sign.isprintable() and not sign.isspace()).lstrip("'")


def claims(name, content):
    """The tags of a CSV file of the case; nothing of a file that has no tags."""
    try:
        rows = [*csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)]
    except (UnicodeDecodeError, csv.Error):
        return
    for row in rows:
        cells = {(key or "").strip(): cleaned(cell) for key, cell in row.items() if isinstance(cell, str)}
        if {"chain", "address", "label", "actor", "category", "source", "lastmod"} <= set(cells):
            yield {**cells, "source": cells["source"] or cleaned(name)}


def family(source):
    """Whose statement a source repeats: a page's publisher by its host, a name by its words, else the text itself."""
    text = source.strip()
    if archived := re.match(r"https?://web\.archive\.org/web/[^/]+/(.+)", text, re.IGNORECASE):
        text = archived[1]
    if ruled := re.match(r"(?:chaintrace[\s,:]+)?rule[\s:]+([a-z0-9_]+)\Z", text, re.IGNORECASE):
        return RULE + ruled[1].lower()
    page = next((word for word in text.split() if "://" in word), "")
    if page and "[" not in page:
        host = (
            re.split("[/?#]", page.partition("://")[2])[0]
            .rpartition("@")[2]
            .lower()
            .partition(":")[0]
            .removeprefix("www.")
        )
        path = re.split("[?#]", page.partition("://")[2])[0].partition("/")[2]
        parts = host.split(".")
        known = next((HOSTS[name] for at in range(len(parts)) if (name := ".".join(parts[at:])) in HOSTS), "")
        steps = [step for step in path.split("/") if step]
        return (
            known
            or ("/".join((host, *steps[: DEEP[host]])) if host in DEEP else host)
            or " ".join(text.casefold().split())
        )
    words = [] if page else re.split(r"[\W_]+", text.casefold())
    if "ofac" in words or "sdn" in words:
        return OFAC
    names = {host.partition(".")[0]: name for host, name in HOSTS.items() if name.startswith(EXPLORER)}
    named = (names[word] for word in words if word in names and word not in ("btc", "blockchain"))
    return next(named, "") or " ".join(text.casefold().split())


def dated(package, facts, runs):
    """Whether tags of an address contradict each other, and what their dates mean beside its movements."""
    of, times = {}, {}
    for tag in package.table("data/report/tags.csv"):
        of.setdefault((tag["chain"], tag["address"]), []).append(tag)
    for hop in (hop for run in runs.values() for hop in run.hops):
        time = facts.transactions.get((hop[1], hop[2]), {"time": None})["time"]
        for address in f"{hop[4]};{hop[5]}".split(";") if time is not None else ():
            day = datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d")
            times.setdefault((hop[1], address), set()).add(day)
    chains = {one["chain"] for one in package.json("data/report/trace.json")["chains"]}
    for row in package.table("data/report/findings.csv"):
        for chain in chains if row["kind"] == "service" and row["object"] else ():
            times.setdefault((chain, row["object"]), set()).update(times.get((chain, row["subject"]), ()))
    names = [name for name in package.names() if name.startswith("data/case/")]
    own = [package.read(name) for name in names if package.path(name).stat().st_size < SMALL]
    for tag in (tag for several in of.values() for tag in several):
        words = [tag[key].encode() for key in ("address", "source", "label")]
        is_there = [text for text in own if words[0] in text and words[1] in text]
        if all(words) and b'"' not in words[2] and is_there and all(words[2] not in text for text in is_there):
            yield f"data/report/tags.csv:{tag['']}: the file of the case with that tag does not say {tag['label']!r}"
    for place, several in of.items():
        apart = [{tag[key].casefold() for tag in several if tag[key]} for key in ("actor", "category", "label")]
        sure = max(map(len, apart[:2])) > 1
        for tag in several:
            where, days = f"data/report/tags.csv:{tag['']}", times.get(place, set())
            if tag["conflict"] not in ("yes", "no") or (sure and tag["conflict"] == "no"):
                yield f"{where}: whether its tags contradict each other is not {tag['conflict']!r}"
            if tag["conflict"] == "yes" and not sure and (apart[0] or len(apart[2]) < 2):
                yield f"{where}: no other tag of {place[1]} contradicts it"
            if any(tag[key] and not DATE.fullmatch(tag[key]) for key in ("valid_from", "valid_to")):
                yield f"{where}: a day is no day"
            if tag["note"] != "; ".join(noted(tag, min(days, default=""), max(days, default=""))):
                yield f"{where}: its note is not what its dates and the movements come to"


def noted(tag, first, last):
    """What a tag's dates mean beside the first and the last movement at its address."""
    said = tag["lastmod"][:10] if DATE.fullmatch(tag["lastmod"][:10]) else ""
    since, until = tag["valid_from"], tag["valid_to"]
    if first and said > first:
        when, day = ("the last movement", last) if said > last else ("the first movement", first)
        yield f"said on {said}, after {when} of traced value here ({day})"
    if first and since > first:
        when, day = ("the last movement", last) if since > last else ("the first movement", first)
        yield f"listed on {since}, after {when} here ({day})"
    if until:
        before = f", before the first movement here ({first})" if first and until < first else ""
        yield f"delisted on {until}{before}"

"""Whether columns of an evidence package's report that follow from other tables say what these say.

`follow(package, asked, facts, runs, said)` compares where payments meet, why a trace stops, what could change it, whom
to ask, who sent a transaction, and values in money: amount times price times rates, worked out again as fractions, with
each price found again in the raw file that it was read from. Python's standard library alone.
"""

import csv
import io
import json
import re
import zipfile
from collections import Counter, namedtuple
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

Bag = namedtuple("Bag", "package asked facts runs told tables")
ENDPOINTS, RESTING = "data/report/endpoints.csv", "data/report/resting.csv"
WITHOUT_MEMOS = ("bip122:", "eip155:", "tron:")  # chains on which no service tells its customers apart by memos
SECONDS = {"minute": 60, "hour": 3600, "day": 86400}
MARKET = "last price at or before the moment, less than one {} old; nothing interpolated"
OWN_WORD = "the case's own declaration"
MOST = 1 << 26  # bytes of a file of rates, unpacked
ASKED = {  # categories behind which somebody keeps accounts, by the version of chaintrace
    "0.1.0": {
        *("exchange", "custodian", "broker", "wallet_service", "payment_processor", "gambling", "market", "atm"),
        *("issuer", "miner", "mining_service", "law_enforcement", "service"),
    },
}
NOT_ASKED = {"defi", "defi_dex", "defi_lending", "defi_derivative", "defi_bridge"}
KINDS = ("noise", "service", "common_control", "continues", "not_continued")
PLACE = ("origin", "chain", "address", "contract")
DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
BESIDE_LIST = re.compile(r"Value credited on [0-9-]{10}: [^.]*\.")


def follow(package, asked, facts, runs, said):
    """Each check by itself: what one cannot read ends no other."""
    told = package.json("data/report/trace.json")
    names = [*told["tables"]]
    tables = {name: package.table(f"data/report/{name}.csv") for name in names}
    bag = Bag(package, asked, facts, runs, told, tables)
    for check in (
        meetings,
        memos,
        reasons,
        graded,
        screened,
        changes,
        rests,
        issuers,
        senders,
        conversions,
        effects,
        inputs,
        spent,
        told_blocks,
        valued,
    ):
        said.check("arithmetic", check.__name__, failing, check, bag, said)


def failing(check, bag, said):
    for text in check(bag):
        said.fail("arithmetic", text)


def moment(time):
    return "" if time is None else datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds(text):
    return int(datetime.fromisoformat(text).timestamp())


def pointed(value, places):
    """Base units with the point where the decimals put it."""
    if places == "":
        return ""
    text = str(abs(value)).rjust(int(places) + 1, "0")
    return ("-" if value < 0 else "") + (f"{text[: -int(places)]}.{text[-int(places) :]}" if int(places) else text)


def figure(value, places):
    """An amount as a sentence has it: grouped in thousands, without the zeros at its end."""
    whole, _, rest = (pointed(int(value), places) or str(value)).partition(".")
    rest = rest.rstrip("0")
    return f"{int(whole):,}" + (f".{rest}" if rest else "")


def exact(text):
    """A price or a rate. Raises ValueError for one whose exponent makes a number that no memory holds."""
    if len(text) > 1000 or re.search("[eE][+-]?[0-9]{3}", text):
        raise ValueError(f"{text[:40]!r} is no price and no rate")
    return Fraction(text)


def left_over(text, allowed):
    """What of a text none of the sentences is that may stand in it."""
    for one in sorted(allowed, key=len, reverse=True):
        text = text.replace(one, "") if one else text
    return text.strip("; ")


# --- endpoints ------------------------------------------------------------------------------------------------


def meetings(bag):
    """convergence.csv: the endpoints that several payments reach, from endpoints.csv."""
    name, rows = "data/report/convergence.csv", bag.tables.get("convergence")
    if rows is None:
        if len({seed["origin"] for seed in bag.told["seeds"]}) > 1:
            yield f"{name} is missing, and there are several payments"
        return
    met, namespace = {}, {one["chain"]: one["caip2"] for one in bag.told["chains"]}
    for row in bag.tables["endpoints"]:
        met.setdefault((row["chain"], row["address"], row["contract"], row["memo"]), []).append(row)
    there = {(row["chain"], row["address"], row["contract"], row["memo"]) for row in rows}
    several = []
    for place, ends in met.items():
        apart = not place[3] and not (namespace.get(place[0]) or "").startswith(WITHOUT_MEMOS)
        if len(ends) > 1 and (place in there or not apart):  # nobody knows it where a memo is not known
            total, places = sum(int(end["traced_value"]) for end in ends), ends[0]["decimals"]
            several.append((-len(ends), -Fraction(total, 10 ** int(places or 0)), place, total, ends))
    own = []
    for number, (_, _, _, total, ends) in enumerate(sorted(several, key=lambda one: one[:3]), 1):
        for end in sorted(ends, key=lambda end: (-int(end["traced_value"]), end["origin"])):
            more = {"number": str(number), "origins": str(len(ends)), "total_value": str(total)}
            own.append({**end, **more, "total_amount": pointed(total, end["decimals"])})
    if len(own) != len(rows):
        yield f"{name} has {len(rows)} rows, and endpoints.csv comes to {len(own)}"
    for row, mine in zip(rows, own):
        wrong = [key for key, cell in row.items() if key and mine[key] != cell]
        if wrong:
            yield f"{name}:{row['']}: {', '.join(wrong)} differ from what endpoints.csv comes to"


def memos(bag):
    """The memo of an endpoint: those of its credits."""
    parts = {}
    for row in bag.tables["credits"]:
        parts.setdefault(row["rank"], []).extend(row["memo"].split("; ") if row["memo"] else ())
    for row in bag.tables["endpoints"]:
        said = dict.fromkeys(row["memo"].split("; ") if row["memo"] else ())
        if [*dict.fromkeys(parts.get(row["rank"], ()))] != [*said]:
            yield f"{ENDPOINTS}:{row['']}: its memo is not that of its credits"


def claimed(tag):
    """A tag as the reason of a stop."""
    dates = (("dated", "lastmod"), ("listed", "valid_from"), ("delisted", "valid_to"))
    said = [f"{word} {tag[key]}" for word, key in dates if tag[key]]
    return ", ".join((f"tag of the category {tag['category']} by {tag['source'] or 'nobody named'}", *said))


def reasons(bag):
    """Why a trace stops: the tags with their dates, or what the rule found, and what is not followed from there."""
    tagged, found, silent = {}, {}, []
    for tag in bag.tables["tags"]:
        tagged.setdefault((tag["chain"], tag["address"]), []).append(claimed(tag))
    for row in bag.tables["findings"]:
        found.setdefault(row["rule"], []).append(row["text"])
        silent += [f"Of {row['subject']}: {row['text']}."] if row["kind"] == "not_continued" else []
    rows, left = bag.package.table("data/decisions.csv"), {}
    decided = {(one["chain"], one["subject"]): one["rule"] for one in rows if one["kind"] == "stop"}
    for one in rows:  # value that left by a rule ends at an address that may have a tag of its own
        if one["kind"] == "continuation":
            left.setdefault(f"rule {one['rule']}", []).append(one["text"])
            found.setdefault(one["rule"], []).append(one["text"])
    for row in bag.tables["endpoints"]:
        rule, where = decided.get((row["chain"], row["address"])), f"{ENDPOINTS}:{row['']}"
        rule = row["label_source"][5:] if row["label_source"] in left else rule
        if rule == "":
            if not row["reason"] or left_over(row["reason"], tagged.get((row["chain"], row["address"]), ())):
                yield f"{where}: no tag says so why the trace stops there: {row['reason'][:120]!r}"
        elif rule:
            rest = BESIDE_LIST.sub("", row["reason"])
            if left_over(rest, [*found.get(rule, ()), f"rule {rule}", *silent]):
                yield f"{where}: no finding says so why the trace stops there: {row['reason'][:120]!r}"
        category, keepers = row["category"], ASKED.get(bag.asked["tool_version"])
        way = "yes" if keepers and category in keepers else "no" if category in NOT_ASKED else "not known"
        if keepers and row["route"] != (way if row["entity"] else "not known"):
            yield f"{where}: of the category {category} whether there is whom to ask is {way!r}"


def graded(bag):
    """Of an endpoint that a rule found: the rule has a finding as sure as is said, and no list names the address."""
    sure = {}
    for row in bag.tables["findings"]:
        sure.setdefault(f"rule {row['rule']}", set()).add(row["confidence"])
    rules = {f"rule {one['id']}" for one in bag.told["rules"]} | set(sure)
    for row in bag.tables["endpoints"]:
        by, grades = row["label_source"], ("attributed", "claimed", "")
        if row["grade"] not in ("corroborated", *grades) or (by in rules and row["grade"] not in grades):
            yield f"{ENDPOINTS}:{row['']}: {row['grade']!r} is no grade that it can have"
        if by.startswith("rule ") and (by not in rules or row["confidence"] not in sure.get(by, {row["confidence"]})):
            yield f"{ENDPOINTS}:{row['']}: no finding of the {by} is as sure as that"


def screened(bag):
    """Poison reaches every place that a method credits; what else it reaches is not worked out here."""
    places = dict.fromkeys(tuple(row[key] for key in PLACE) for row in bag.tables["endpoints"])
    own = [tuple(row[key] for key in PLACE) for row in bag.tables["methods"]]
    if [*dict.fromkeys(own)] != [*places, *sorted(set(own) - set(places))]:
        yield "data/report/methods.csv does not have its places in the order of endpoints.csv, and then of their names"
    for row in bag.tables["methods"]:
        credited = any(int(row[name] or 0) for name in ("fifo", "lifo", "libr", "haircut"))
        if row["poison_reached"] not in ("yes", "no") or (credited and row["poison_reached"] == "no"):
            yield f"data/report/methods.csv:{row['']}: poison reaches what a method credits"


def changes(bag):
    """What could change an endpoint: the range over the methods, other readings, the label, the rule."""
    rules = {one["id"]: one["measured"] for one in bag.told["rules"]}
    for row in bag.tables["endpoints"]:
        where, places, said = f"{ENDPOINTS}:{row['']}", row["decimals"], row["could_change"]
        unit = row["asset"] or row["contract"] or f"native asset of {row['chain']}"
        unit = unit if places else f"base units of {unit}"
        must, may = [], ["claims about whose address it is contradict each other"]
        if row["min_value"] != row["max_value"]:
            ends = f"{figure(row['min_value'], places)}-{figure(row['max_value'], places)} {unit}"
            must.append(f"the allocation rule: {ends}")
        for one in bag.told["sensitivities"]:
            key = (one["method"], one["origin"], one["chain"], one["place"], one["contract"])
            if (
                key == (row["method"], row["origin"], row["chain"], row["address"], row["contract"])
                and one["low"] != one["high"]
            ):
                ends = f"{figure(one['low'], places)}-{figure(one['high'], places)} {unit}"
                must.append(f"{one['kind']} at {one['subject']}: {ends}")
        if row["service_address"]:
            must.append(f"the label of {row['service_address']}, and ")
        may.append(" at the address, whatever the memo")
        for rule, measured in rules.items():
            may += [f"whether the rule {rule} is right: {measured}; see its known failures"]
            may += [f"; with {rule} off in [rules] the trace goes on"]
        place = (row["chain"], row["service_address"] or row["address"])
        days = [tag["lastmod"][:10] for tag in bag.tables["tags"] if (tag["chain"], tag["address"]) == place]
        may += [
            f"the label is younger than the last credit: dated {day}" for day in days if day > row["last_time"][:10]
        ]
        may += [f"the allocation rule: only {name} was run" for name in ("FIFO", "LIFO", "LIBR", "haircut")]
        may += [f"the allocation rule: only positional {name} was run" for name in ("FIFO", "LIFO")]
        lacks = [one for one in must if one not in said]
        if lacks or left_over(said, [*must, *may]).replace(";", "").strip():
            yield f"{where}: could_change is not what the tables come to: {(lacks or [said])[0][:160]!r}"


def issuers(bag):
    """Whose contract a token has and which power, as trace.json says it once for each."""
    known = {(one["chain"], one["contract"]): (one["issuer"], one["power"]) for one in bag.told.get("issuers", ())}
    for name in ("endpoints", "resting"):
        for row in bag.tables[name]:
            own, where = known.get((row["chain"], row["contract"]), ("", "")), f"data/report/{name}.csv:{row['']}"
            if (row["issuer"], row["issuer_power"]) != own:
                yield f"{where}: its issuer is {own[0] or 'nobody'}, with the power {own[1] or 'none that is known'}"
            if (not own[0] and row["issuer_state"] + row["issuer_state_height"]) or (
                row["issuer_state_height"] and not row["issuer_state"] and name == "endpoints"
            ):
                yield f"{where}: a state is told where no issuer tells one"


def rests(bag):
    """What is said of a holding at which value rests: since when, of which kind its holder is, in which cluster."""
    arrived, shaped = {}, {(t["chain"], t["address"]) for t in bag.tables["tags"] if t["category"] == "exchange"}
    for hop in bag.tables["hops"]:
        for address in hop["to_address"].split(";"):
            arrived.setdefault((hop["origin"], hop["chain"], hop["contract"], address), set()).add(hop["time"])
    swept = {row["subject"] for row in bag.tables["findings"] if row["rule"] == "deposit_address"}
    for row in bag.tables["resting"]:
        where, addresses = f"{RESTING}:{row['']}", row["address"].split(";")
        times = [arrived.get((row["origin"], row["chain"], row["contract"], one), ()) for one in addresses]
        if row["since"] not in {time for several in times for time in several}:
            yield f"{where}: nothing of the payment arrived there at {row['since']}"
        is_shaped = any((row["chain"], one) in shaped or one in swept for one in addresses)
        if row["holder_kind"] not in (("exchange-shaped",) if is_shaped else ("private", "unknown")):
            yield f"{where}: holder_kind is {row['holder_kind']}, and no tag and no rule says so, or one says otherwise"
        if row["actual_balance"] and not (row["actual_balance"].isdecimal() and row["issuer"]):
            yield f"{where}: only the contract of an issuer tells an actual_balance"
        joined = [row[key] for key in ("cluster", "cluster_with", "cluster_text", "cluster_reasons")]
        members = joined[1].split(";") if joined[1] else []
        if any(joined) != all(joined) or any(f"with {one}" not in joined[2] for one in members):
            yield f"{where}: its cluster is not told in all of its columns"


# --- movements, gaps, tags, sources ---------------------------------------------------------------------------


def senders(bag):
    """Who sent a transaction by which value of another left."""
    for row in bag.tables["hops"]:
        told = bag.facts.transactions.get((row["chain"], row["txid"]))
        sender = told["sender"] if told else ""
        own = "" if sender in row["from_address"].split(";") else sender
        if row["spender"] != own:
            yield f"data/report/hops.csv:{row['']}: spender is {own!r}, not {row['spender']!r}"


def conversions(bag):
    """A movement behind a conversion names the step of one, and only such a movement does."""
    made, told = {}, bag.package.table("data/decisions.csv")
    back = {tuple(leg) for one in told if one["kind"] == "continuation" for leg in json.loads(one["evidence"])["back"]}
    for row in bag.tables["hops"]:
        through, where = row["conversion_step"], f"data/report/hops.csv:{row['']}"
        returned = (row["chain"], row["txid"], row["index"]) in back  # what comes back is what it was before
        if not returned and row["rule"] not in ("seed", *bag.asked["methods"]):
            made.setdefault(row["origin"], set()).add(row["step"])
            if through not in ("", row["step"]):
                yield f"{where}: a conversion is its own conversion_step"
        elif through and through not in made.get(row["origin"], ()):
            yield f"{where}: its conversion_step {through} is no conversion of the payment before it"


def effects(bag):
    """The amount of a gap is its value with the point where the decimals put it."""
    places = {}
    for (chain, _), told in bag.facts.transactions.items():
        for one in told["transfers"]:
            places.setdefault((chain, one["contract"]), one["decimals"])
    for row in bag.tables["gaps"]:
        scale = places.get((row["chain"], row["contract"]))
        if not row["effect_value"] and row["effect_amount"]:
            yield f"data/report/gaps.csv:{row['']} has an amount and no value"
        elif (
            row["effect_value"]
            and scale is not None
            and row["effect_amount"] != pointed(int(row["effect_value"]), str(scale))
        ):
            yield f"data/report/gaps.csv:{row['']}: its amount is not its value"


def inputs(bag):
    """Each source of which the report names the bytes was read, and is of a chain of the case."""
    read = {(r["adapter"], r["request"], r["sha256"]) for r in bag.package.table("data/acquisition.csv")}
    requests, chains = {row[1:] for row in read}, {one["chain"] for one in bag.told["chains"]}
    for one in bag.told["inputs"]:
        where = f"data/report/trace.json: the source {one['path']}"
        if one["adapter"] != "blocks" and one["sha256"] and (one["path"], one["sha256"]) not in requests:
            yield f"{where} is not in acquisition.csv with those bytes"
        if one["chain"] and chains and one["chain"] not in chains:
            yield f"{where} is of {one['chain']}, of which the report says nothing"


def spent(bag):
    """What is said to spend an output is a transaction of the facts, or one that a source was asked for in vain."""
    unknown = {(told["chain"], told["txid"]) for _, told in bag.package.lines("data/holdings.jsonl") if "txid" in told}
    asked = {
        (told["chain"], told["txid"])
        for _, told in bag.package.lines("data/holdings.jsonl")
        if told["kind"] == "no transaction"
    }
    for chain, txid in sorted((chain, txid) for chain, txid in unknown - asked if txid):
        if (chain, txid) not in bag.facts.transactions:
            yield f"data/holdings.jsonl names {txid} on {chain}, which data/facts.jsonl does not tell"
    for row in bag.tables["findings"]:
        if row["kind"] not in KINDS:
            yield f"data/report/findings.csv:{row['']}: a finding of the kind {row['kind']!r} is not known"


def told_blocks(bag):
    """What files of raw blocks answered, as `told/` has it for a replay, is what the facts and the holdings say."""
    names = [name for name in bag.package.names() if name.startswith("data/told/")]
    heads, ends = Counter(), {}
    lists = [(name, [*bag.package.lines(name)]) for name in names]
    for name, [(_, head), *lines] in lists:
        heads[head["chain"]] += 1
        ends.setdefault(head["chain"], []).extend(head["coverage"])
        own = {(one["chain"], one["path"], one["sha256"]) for one in bag.told["inputs"] if one["adapter"] == "blocks"}
        form, source = (head["format"], head["format_version"]), head["source"]
        if (head["chain"], head["path"], source["sha256"]) not in own or source["request"] != head["path"]:
            yield f"{name} is about {head['path']}, which is no source of the report"
        if form != ("chaintrace-told-blocks", "1") or len(lists) != len({told[0][1]["path"] for _, told in lists}):
            yield f"{name} is of another form, or another list is about the same blocks"
        for number, line in lines:
            fact = bag.facts.transactions.get((head["chain"], line["txid"]))
            if line["kind"] == "told" and fact is not None and line != as_told(fact):
                yield f"{name}:{number}: {line['txid']} is told otherwise in data/facts.jsonl"
            if line["kind"] == "transaction" and line["txid"] not in (None, line["subject"]):
                yield f"{name}:{number} answers about another transaction"
    for name, [(_, head), *lines] in lists:
        for number, line in lines:
            own = bag.facts.spenders.get((head["chain"], line.get("subject"))) if line["kind"] == "spender" else None
            alone = heads[head["chain"]] == 1 or line["txid"] is not None
            if own is not None and alone and own.get("txid") != line["txid"]:
                yield f"{name}:{number}: what spends {line['subject']} is told otherwise in data/holdings.jsonl"
    spans = [(key[0], one) for key, several in bag.facts.coverage.items() for one in several]
    for chain, one in spans:
        span = {key: one[key] for key in ("start", "end", "height", "time", "how")}
        if chain in ends and one["how"] == "all blocks read" and span not in ends[chain]:
            yield f"data/told: the files of {chain} are not said to reach to {one['end']}"


def as_told(fact):
    """A transaction as the list of what blocks told has it: what the bytes of the block do not say."""
    (transfer,), source = fact["transfers"], fact["source"] or {"sha256": "", "request": ""}
    spends = [None if leg["value"] is None else [leg["value"], leg["script"]] for leg in transfer["from"]]
    own = {"kind": "told", "txid": fact["txid"], "height": fact["height"], "rank": transfer["order"][0]}
    own |= {"position": fact["position"], "block": source["sha256"], "request": source["request"]}
    return own | {"spent": spends}


# --- values in money --------------------------------------------------------------------------------------------


def valued(bag):
    """valuation.csv: its rows are those that the moments ask for, and each value is amount times price times rates."""
    case = bag.package.case().get("valuation")
    rows = bag.tables.get("valuation")
    if (rows is None) != (case is None):
        yield "data/report/valuation.csv is there, and data/case/case.toml asks for none, or asks for it in vain"
    if rows is None or case is None:
        return
    keys = ("what", "origin", "chain", "address", "txid", "index", "time", "contract", "value", "memo")
    told, own = [tuple(row[key] for key in keys) for row in rows], [*subjects(bag, case)]
    for row in [*(Counter(told) - Counter(own)), *(Counter(own) - Counter(told))]:
        yield f"data/report/valuation.csv: {row} is valued, or is to be valued, and not both"
    if told != own:
        yield "data/report/valuation.csv does not have what is valued in the order in which the other tables have it"
    prices, rates = Prices(bag, case), reference_rates(bag)
    for row in rows:
        for text in wrong_value(row, case, prices, rates):
            yield f"data/report/valuation.csv:{row['']}: {text}"


def subjects(bag, case):
    """What is to be valued, as the other tables have it."""
    asked, ends = (
        case.get("at", ["loss", "credit", "report"]),
        {one["chain"]: one["as_of"] or "" for one in bag.told["chains"]},
    )
    claims = Counter()
    for one in bag.told["seeds"]:
        claims[one["origin"], one["chain"], one["contract"]] += int(one["claimed_value"])
        time = bag.facts.transactions.get((one["chain"], one["txid"]), {"time": None})["time"]
        place = (one["origin"], one["chain"], one["address"], one["txid"], one["index"], moment(time))
        if "loss" in asked:
            yield ("loss", *place, one["contract"], one["claimed_value"], "")
    keys = ("origin", "chain", "address", "txid", "index", "time", "contract", "traced_value", "memo")
    if "credit" in asked:
        yield from (("credit", *(row[key] for key in keys)) for row in bag.tables["credits"])
    if "report" not in asked:
        return
    for row in bag.tables["endpoints"]:
        place = (row["origin"], row["chain"], row["address"], "", "", ends.get(row["chain"], ""))
        yield ("endpoint", *place, row["contract"], row["traced_value"], row["memo"])
    for row in bag.tables["resting"]:
        txid, _, index = row["outpoint"].rpartition(":")
        place = (row["origin"], row["chain"], row["address"], txid, index, row["as_of"])
        yield ("resting", *place, row["contract"], row["traced_value"], "")
    for (origin, chain, contract), value in claims.items():
        yield ("report", origin, chain, "", "", "", ends.get(chain, ""), contract, str(value), "")


def wrong_value(row, case, prices, rates):
    """What of a row is not so: a value without a price or beside a reason, a price that no source has, a product."""
    if row["currency"] != case["currency"]:
        yield f"the currency is {case['currency']}"
    if bool(row["reason"]) == bool(row["worth"]) or (row["reason"] and row["price"]):
        yield "it has a value and a reason why there is none, or neither"
    if not row["worth"]:
        return
    worth = Fraction(int(row["value"]), 10 ** int(row["decimals"])) * exact(row["price"])
    if row["price_currency"] != row["currency"]:
        worth *= exact(row["ecb_to"]) / exact(row["ecb_from"])
        wished = (row["ecb_date"], row["price_currency"], row["currency"])
        if rates is not None and (exact(row["ecb_from"]), exact(row["ecb_to"])) != rates(*wished):
            yield f"the rates of {row['ecb_date']} are others in the raw file"
        day = date.fromisoformat(row["time"][:10])
        back = (day - date.fromisoformat(row["ecb_date"])) // timedelta(days=1)
        if not 0 <= back <= (5 if case.get("ecb") == "last published" else 0):
            yield f"the rates are of {row['ecb_date']}"
    elif row["ecb_from"] + row["ecb_to"] + row["ecb_date"]:
        yield "it has rates, and nothing is converted"
    if row["worth"] != pointed((worth * 200 + 1) // 2, "2"):
        yield f"{row['amount']} times the price and the rates is {pointed((worth * 200 + 1) // 2, '2')}"
    yield from prices.wrong(row)


class Prices:
    """The prices that the raw files of a package have, and those that its case declares."""

    def __init__(self, bag, case):
        self.case, self.rows, self.closes, self.told = case, [], set(), []
        for one in bag.told["inputs"]:
            content = bag.package.raw(one["sha256"]) if one["adapter"] in ("prices-csv", "coinbase-exchange") else None
            if one["adapter"] == "prices-csv" and content is not None:
                for told in csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")):
                    cell = {key: (value or "").strip() for key, value in told.items() if key}
                    self.rows.append((cell["chain"], cell["contract"].lower(), counts_from(cell["time"]), cell))
            elif content is not None:
                told = json.loads(content, parse_float=exact)
                candles = told if isinstance(told, list) else ()
                self.closes |= {(moment(one[0] + SECONDS["day"]), Fraction(one[4])) for one in candles}
            self.told += [one["covers"]] if one["adapter"] in ("prices-csv", "coinbase-exchange") else []

    def wrong(self, row):
        """A sentence for a price that is not that of its source at that moment."""
        price, at = exact(row["price"]), row["price_time"]
        if not at:
            declared = f"{row['price']} {row['price_currency']}"
            texts = self.case.get("declared", {}).values()
            if not any(exact(t.split()[0]) == price and t.split()[1] == row["price_currency"] for t in texts):
                yield f"the case declares no unit to be {declared}"
            if (
                f"declared in the case as {declared}; not a market price" not in row["rule"]
                or row["source"] != OWN_WORD
            ):
                yield "a declared price is said to be another's"
            return
        interval = self.case.get("interval", "day")
        if not 0 <= seconds(row["time"]) - seconds(at) < SECONDS[interval] or not row["rule"].startswith(
            MARKET.format(interval)
        ):
            yield f"the price of {at} is not the last one before {row['time']}, less than one {interval} old"
        if not any(told == row["source"] or told.endswith(f"told by: {row['source']}") for told in self.told):
            yield f"no source of the report is {row['source']!r}"
        names = {row["contract"].lower(), row["asset"].lower()}
        mine = [
            (time, cell) for chain, contract, time, cell in self.rows if chain == row["chain"] and contract in names
        ]
        here = [cell for time, cell in mine if moment(time) == at]
        if mine:
            if not any(exact(one["price"]) == price and one["currency"] == row["price_currency"] for one in here):
                yield f"the raw file has no price {row['price']} {row['price_currency']} of {at}"
            if any(seconds(at) < time <= seconds(row["time"]) for time, _ in mine):
                yield f"the raw file has a later price than that of {at}"
        elif self.closes and (at, price) not in self.closes:
            yield f"no raw answer has the close {row['price']} of {at}"


def counts_from(text):
    """The moment of a price; of a day without a clock the midnight after it."""
    if re.fullmatch("-?[0-9]+", text):
        return int(text)
    told = datetime.fromisoformat(text)
    if DATE.fullmatch(text):
        return int(told.replace(tzinfo=UTC).timestamp()) + SECONDS["day"]
    return int(told.timestamp())


def reference_rates(bag):
    """(day, given, wanted) to the two rates, from the raw file of the ECB; None where it is not held."""
    content = next((bag.package.raw(one["sha256"]) for one in bag.told["inputs"] if one["adapter"] == "ecb"), None)
    if content is None:
        return None
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as packed, packed.open(packed.namelist()[0]) as file:
            content = file.read(MOST)
    lines = [[cell.strip() for cell in line.split(",")] for line in content.decode("utf-8-sig").splitlines()]
    days = {line[0]: dict(zip(lines[0], line)) for line in lines[1:]}
    return lambda day, *names: tuple(exact("1" if name == "EUR" else days[day][name]) for name in names)

"""Whether the page of an evidence package (report.html) says what its tables say.

`page(package, facts, runs)` gives a sentence for each thing on the page that does not come from the rest: an address, a
hash, a time, an amount that no table has and no sum of them comes to, what trace.json says and the page does not, and
what could load something. Prose is not read, nor what a picture draws, nor a number below a thousand without cents (a
step, a count, a percentage). `parts` are the digests of its style and its script. Python's standard library alone.
"""

import base64
import hashlib
import html
import json
import re
from collections import Counter
from datetime import UTC, datetime
from fractions import Fraction

PAGE = "data/report/report.html"
TELL = ("data/facts.jsonl", "data/method.json", "data/case/case.toml")
TABLES = ("steps", "decisions", "acquisition", "assumptions", "tags", "not_followed")
WORD = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z.,_\-]*[0-9A-Za-z])?")
TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
PERCENT = re.compile(r"[0-9,.]+ %")
NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
GROUPED = re.compile(r"(?<=[0-9]),(?=[0-9]{3})")
HIDDEN = re.compile(
    "⟨U\\+[0-9A-F]{4,6}⟩|[\\x00-\\x08\\x0e-\\x1f\\x7f-\\x9f\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f"
    "\\ud800-\\udfff\\ufeff\\ufff9-\\uffff\\U000e0000-\\U000e007f]"
)
PART = re.compile(r"<(style|script)(?: type=\"application/(json)\")?>(.*?)</\1>", re.DOTALL)
ACTIVE = re.compile(
    r"<\s*(iframe|object|embed|form|base|link|img|image|audio|video|frame|foreignobject|animate|set|script|style)\b"
    r"|<[^>]*\s(on[a-z]+|srcdoc|formaction|src)\s*=|<[^>]*(javascript|vbscript|data):",
    re.IGNORECASE,
)


def parts(text):
    """(kind, digest) of each style and script of a page, as its policy names them; data that runs nothing is none."""
    for kind, data, content in PART.findall(text):
        if not data:
            yield kind, base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def page(package, facts, runs):
    """What the page says that nothing else in the package does."""
    text = package.read(PAGE).decode()
    bare = PART.sub("", text)
    if found := ACTIVE.search(bare):
        yield f"{PAGE} holds what could run or load something: {found[0][:60]!r}"
    policy = html.unescape(text.partition('content="')[2].partition('"')[0])
    own = {f"{kind}-src 'sha256-{digest}'" for kind, digest in parts(text)}
    named = {part.strip() for part in policy.split(";") if part.strip().startswith(("style-src", "script-src"))}
    if own != named or not policy.startswith("default-src 'none'; "):
        yield f"{PAGE}: its style and its script are not those that it names"
    told = package.json("data/report/trace.json")
    shown, prose = (seen(bare, what) for what in ("svg", "figure"))
    flat = squeezed(shown.replace("\0", ""))
    for what in (told["case"], told["first_sentence"], told["note"], *told["reasons"], *told["notes"]):
        if squeezed(what) not in flat:
            yield f"{PAGE} does not say what trace.json says: {what[:120]!r}"
    for name, key in (("endpoints", "entity"), ("tags", "label"), ("tags", "source"), ("gaps", "text")):
        for row in told["tables"][name]:
            if squeezed(str(row[key] or "")) not in flat:
                yield f"{PAGE} lacks what {name}.csv says: {str(row[key])[:120]!r}"
    for end in told["chains"]:
        for said in ([f"height {end['height']}"] if end["height"] is not None else []) + (
            [end["as_of"]] if end["as_of"] else []
        ):
            if squeezed(said) not in flat:
                yield f"{PAGE} does not say that the facts of {end['chain']} end at {said}"
    for rule in told["rules"]:
        if squeezed(rule["measured"]) not in flat:
            yield f"{PAGE} says another measured rate of the rule {rule['id']} than method.json"
    drawn = [json.loads(content) for _, data, content in PART.findall(text) if data]
    yield from strangers(package, told, facts, runs, ("\0".join([shown, *strings(drawn)]), prose))


def strings(value):
    """The long words of every text of a JSON value, keys too: the addresses and hashes that a picture says."""
    if isinstance(value, dict):
        value = [*value, *value.values()]
    for one in value if isinstance(value, list) else ():
        yield from strings(one)
    if isinstance(value, str):
        yield from (word for word in WORD.findall(html.unescape(value)) if len(word) >= 20)


def seen(text, without):
    """What a reader sees of a page, without the elements of one kind."""
    return html.unescape(re.sub(r"<[^>]*>", "\0", re.sub(rf"(?s)<{without}\b.*?</{without}>", "\0", text)))


def squeezed(text):
    """A text without blanks, for lines may break anywhere, and without hidden signs, which a page prints as numbers."""
    return "".join(HIDDEN.sub("", text).split())


def strangers(package, told, facts, runs, texts_of_page):
    """Words with digits that nothing else has: an address, a hash, a time; and amounts that nothing comes to.

    Of a picture, whose boxes stand for several movements, the amounts are left out.
    """
    shown, prose = (PERCENT.sub("", text) for text in texts_of_page)
    shares = set(PERCENT.findall(json.dumps(told, ensure_ascii=False)))
    for share in sorted(set(PERCENT.findall(texts_of_page[1])) - shares - percentages(told, runs)):
        yield f"{PAGE} says {share}, which no value is of a payment or of a credit"
    names = [*TELL, *(f"data/{name}.csv" for name in TABLES), *(f"data/report/{name}.csv" for name in told["tables"])]
    texts = [json.dumps(told, ensure_ascii=False), *(package.read(name).decode() for name in names)]
    times = {one["time"] for one in facts.transactions.values() if one["time"] is not None}
    texts += [f"{datetime.fromtimestamp(time, UTC):%Y-%m-%dT%H:%M:%SZ}" for time in times]
    for time in sorted(set(TIME.findall(shown)) - {time for text in texts for time in TIME.findall(text)}):
        yield f"{PAGE} says the time {time}, which nothing else has"
    known = {word for text in texts for word in WORD.findall(GROUPED.sub("", text))}
    joined = "\n".join(["", *known, ""])
    for word in unknown(shown, known, joined):
        if any(sign.isdigit() for sign in word) and not NUMBER.fullmatch(word) and len(word) > 3 and word != "SHA-256":
            yield f"{PAGE} says {word!r}, which nothing else has"
    numbers = amounts(told, runs)
    for word in unknown(prose, known, joined):
        if not NUMBER.fullmatch(word) or Fraction(word) in numbers:
            continue
        if Fraction(word) >= 1000 or len(word.partition(".")[2]) > 1:
            yield f"{PAGE} says {word}, which no table has and no sum comes to"


def percentages(told, runs):
    """Shares as the page has them: of a payment what is credited and how methods differ, of a credit what is traced."""
    followed, credited, found = {}, {}, set()
    for run in runs.values():
        whole = Counter({(origin, chain, contract): 0 for origin, chain, contract, _ in run.claims})
        for origin, chain, contract, value in (*run.claims, *((*key, value) for key, value in run.came.items())):
            whole[origin, chain, contract] += value
        for key, value in whole.items():
            followed.setdefault(key, set()).add(value)
        for kind, place, origin, value, _ in run.outcomes:
            for by in ((), place[2:3]) if kind == "endpoint" else ():
                credited.setdefault((origin, *place[:2]), {}).setdefault(by, Counter())[run.method] += value
    for key, wholes in followed.items():
        for several in ({(): Counter()} | credited.get(key, {})).values():
            ends = [several[name] for name in runs]
            found |= {(part, whole) for part in (min(ends), max(ends), max(ends) - min(ends)) for whole in wholes}
    found |= {(int(row["traced_value"]), int(row["gross_value"])) for row in told["tables"]["credits"]}
    return {per_cent(part, whole) for part, whole in found if whole}


def per_cent(part, whole):
    """A share with one digit, rounded half up; what is not all is no 100.0 %, and what is not nothing no 0.0 %."""
    tenths = (part * 2000 + whole) // (2 * whole)
    tenths = 999 if part < whole and tenths == 1000 else 1 if part and not tenths else tenths
    return f"{tenths // 10}.{tenths % 10} %"


def unknown(text, known, joined):
    """Words of a text that are not known, and are no beginning and no end of a known one: addresses are shortened."""
    for word in sorted(set(WORD.findall(GROUPED.sub("", text))) - known):
        if not (3 < len(word) < 13 and (f"\n{word}" in joined or f"{word}\n" in joined)):
            yield word


def amounts(told, runs):
    """Every amount of the tables and of the traces, and their sums, as exact fractions of an asset's unit."""
    scales = {row["decimals"] for rows in told["tables"].values() for row in rows if row.get("decimals") is not None}
    scales |= {seed["decimals"] for seed in told["seeds"] if seed["decimals"] is not None} | {0}
    found, sums = set(), Counter()
    for rows in told["tables"].values():
        for row in rows:
            origin, chain, contract = row.get("origin"), row.get("chain"), row.get("contract")
            for key, cell in row.items():
                if isinstance(cell, int) or (isinstance(cell, str) and re.fullmatch("-?[0-9]+", cell)):
                    found.add(abs(int(cell)))
                    for by in (
                        (origin, row.get("address")),
                        (row.get("address"),),
                        (origin,),
                        (row.get("entity"), 0),
                        (),
                    ):
                        sums[key, chain, contract, *by] += int(cell)
    for one in (*told["seeds"], *told["sensitivities"]):
        found |= {int(one[key]) for key in ("leg_value", "claimed_value", "value", "low", "high") if key in one}
    for run in runs.values():
        for kind, place, origin, value, reason in run.outcomes:
            for by in ((), (origin,), (0, reason), (place[2], 0), (origin, reason), (origin, 0, place[2])):
                sums[run.method, kind, *place[:2], *by] += value
        for origin, chain, contract, value in (*run.claims, *((*key, value) for key, value in run.came.items())):
            sums[run.method, chain, contract, origin] += value
            sums[run.method, chain, contract] += value
            sums[run.method, origin] += value
        for hop in run.hops:
            found |= {int(hop[7]), int(hop[8])}
            sides = ((), hop[4:6], hop[5:6], hop[4:5])
            for side in sides:
                for by in (side, (hop[2], *side), (hop[9], *side), (hop[2], hop[9], *side), (hop[2], hop[3], *side)):
                    sums[run.method, "moved", hop[6], *by] += int(hop[8])
                    sums[run.method, "moved", 0, *by] += int(hop[8])
        for step in run.steps:
            found |= lots(step[7:10])
    ranges = {}
    for (_, *key), value in sums.items():  # the same sum under other methods
        ranges.setdefault(tuple(key), []).append(value)
    found |= {max(several) for several in ranges.values() if len(several) < len(runs)}  # some come to nothing
    found |= {max(several) - min(several) for several in ranges.values()} | set(sums.values())
    return {Fraction(value, 10**scale) for value in found for scale in scales}


def lots(texts):
    """The lots of a step, one by one, and what each payment and the unidentified have among them."""
    found = set()
    for text in texts:
        held = Counter()
        for origin, value in re.findall(r"(?:^|;)((?:[^;*\\]|\\.)*)\*([0-9]+)\*[0-9]+", text):
            found.add(int(value))
            held[origin] += int(value)
        found |= {*held.values(), held.total(), held.total() - held[""]}
    return found

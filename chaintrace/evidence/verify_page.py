"""Whether the page of an evidence package (report.html) says what its tables say.

`page(package, facts, runs)` gives a sentence for each thing on the page that does not come from the rest: an address, a
hash, a time, an amount that no table has and no sum of them comes to, what trace.json says and the page does not, and
what could load, run or hide something: each mark on it is one of those that a page has. Prose is not read, nor what a
picture draws, nor a number below a thousand without cents (a step, a count, a percentage). `parts` are the digests of
its style and its script, which are those of the release. Python's standard library alone.
"""

import base64
import hashlib
import html
import json
import re
import zlib
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
HIDES = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f"
    "\\ud800-\\udfff\\ufeff\\ufff9-\\uffff\\U000e0000-\\U000e007f]"
)
HIDDEN = re.compile(f"⟨U\\+[0-9A-F]{{4,6}}⟩|{HIDES.pattern}")
PARTS = {  # the style and the script of a page, by the version of chaintrace
    "0.1.0": {
        ("style", "QhAu78Z0ZSgndXfuR+W+zp3Vl026idMJ/pkI4+DEQVw="),
        ("script", "zvhspWw1J6LSauCXHVEqIesSs3hwCUCPHS5rurs0P/k="),
    },
}
OPENED = re.compile(r"<(style|script)(?: type=\"application/(json)\")?>")
MARK = re.compile(r"(/?)([A-Za-z][A-Za-z0-9]*)((?: [A-Za-z\-]+=\"[^\"<>]*\")*)>")
ELEMENTS = {
    *("html", "head", "meta", "title", "body", "nav", "section", "figure", "figcaption", "footer", "div", "span", "p"),
    *("h1", "h2", "h3", "ul", "ol", "li", "dl", "dt", "dd", "a", "b", "code", "small", "time", "details", "summary"),
    *("table", "thead", "tbody", "tr", "th", "td", "svg"),
}
DRAWN = {"g", "path", "rect", "text", "title"}  # stand in a picture, and nothing else does
ATTRIBUTES = {
    *("aria-hidden", "aria-label", "charset", "class", "content", "d", "datetime", "display", "fill", "font-family"),
    *("font-size", "font-weight", "height", "href", "http-equiv", "id", "lang", "name", "open", "paint-order", "role"),
    *(
        "preserveAspectRatio",
        "scope",
        "stroke",
        "stroke-width",
        "tabindex",
        "text-anchor",
        "viewBox",
        "width",
        "x",
        "y",
    ),
    *("stroke-dasharray", "xmlns", "data-box", "data-label", "data-places", "data-say", "data-under"),
}
PACKED = 1 << 26  # bytes that a paper may hold, unpacked
STREAM = re.compile(rb"<<([^\r\n]{0,2000}?)/Length ([0-9]{1,9})>>\nstream\n")
RUNNING = re.compile(rb"/(JavaScript|JS|AA|OpenAction|Launch|RichMedia|SubmitForm|ImportData|GoTo[RE]|URI)\b")
POLICY = '<meta http-equiv="Content-Security-Policy" content="'
METAS = (
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
)


def pieces(text):
    """(kind, whether it is data, content) of each style and script of a page, and the page without them."""
    found, bare, at = [], [], 0
    while opened := OPENED.search(text, at):
        end = text.find(f"</{opened[1]}>", opened.end())
        if end < 0:
            break
        found.append((opened[1], opened[2], text[opened.end() : end]))
        bare.append(text[at : opened.start()])
        at = end + len(opened[1]) + 3
    return found, "".join((*bare, text[at:]))


def parts(found):
    """(kind, digest) of each style and script of a page, as its policy names them; data that runs nothing is none."""
    for kind, data, content in found:
        if not data:
            yield kind, base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def marks(bare):
    """What no page has: a mark of another kind or in another place, what leads elsewhere, and what nobody sees."""
    first, *rest = bare.split("<!DOCTYPE html>\n", 1)[-1].split("<")
    if first or not bare.startswith("<!DOCTYPE html>\n<html ") or HIDES.search(bare):
        yield f"{PAGE} does not begin as a page does, or holds signs that hide or turn text: {bare[:60]!r}"
    within = []
    for one in rest:
        mark = MARK.match(one)
        if mark is None or ">" in one[mark.end() :]:
            yield f"{PAGE} holds a mark that no page has: {'<' + one[:60]!r}"
            return
        closes, name, said = mark.groups()
        around = within[-1] if within else ""
        fits = name in DRAWN if "svg" in within else name in ELEMENTS and (name != "title" or around == "head")
        if (closes and (said or around != name)) or not (closes or fits):
            yield f"{PAGE} has a mark in a place where no page has it: {'<' + one[:60]!r}"
            return
        if closes:
            within.pop()
            if not within and (one != rest[-1] or one[mark.end() :] != "\n"):
                yield f"{PAGE} has something behind its end: {one[:60]!r}"
                return
        elif name != "meta":
            within.append(name)
        for key, value in re.findall(r" ([A-Za-z\-]+)=\"([^\"]*)\"", said):
            if key not in ATTRIBUTES or (key == "href" and value[:1] != "#"):
                yield f"{PAGE} holds what could run or load something: {'<' + one[:60]!r}"
    if within:
        yield f"{PAGE} ends inside of {within[0]!r}"
    if bare.count("<meta ") != 4 or any(bare.count(one) != 1 for one in (*METAS, POLICY)):
        yield f"{PAGE} has another head than a page has"


def cut(text, what):
    """A page without the elements of one kind; where one has no end, none of what is behind it."""
    kept = []
    for number, one in enumerate(re.split(rf"<{what}(?=[ >])", text)):
        kept.append(one if not number else one.partition(f"</{what}>")[2])
    return "\0".join(kept)


def page(package, facts, runs):
    """What the page says that nothing else in the package does."""
    text = package.read(PAGE).decode()
    found, bare = pieces(text)
    wrong = [*marks(bare)]
    yield from wrong
    if wrong:
        return
    policy = html.unescape(text.partition(POLICY)[2].partition('"')[0])
    own = {f"{kind}-src 'sha256-{digest}'" for kind, digest in parts(found)}
    named = {part.strip() for part in policy.split(";") if part.strip().startswith(("style-src", "script-src"))}
    drawn = any(run.hops for run in runs.values())  # without a picture there is nothing for a script to move
    needed = named if drawn else {part for part in named if part.startswith("style-src")}
    if own not in (named, needed) or not policy.startswith("default-src 'none'; "):
        yield f"{PAGE}: its style and its script are not those that it names"
    told = package.json("data/report/trace.json")
    release = told["versions"].get("chaintrace")
    if release in PARTS and not {*parts(found)} <= PARTS[release]:
        yield f"{PAGE}: its style and its script are not those of chaintrace {release}"
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
    drawn = [json.loads(content) for _, data, content in found if data]
    drawn.append(re.findall(r" (?:aria-label|data-[a-z]+)=\"([^\"]*)\"", bare))
    yield from strangers(package, told, facts, runs, ("\0".join([shown, *strings(drawn)]), prose))


def paper(package, name):
    """What of an expert's report as PDF is not so: its attachments are the tables and trace.json, and nothing runs."""
    content, room, inside, shell, at = package.read(name), PACKED, [], [], 0
    while found := STREAM.search(content, at):
        shell.append(content[at : found.end()])
        at = found.end() + int(found[2])
        data = content[found.end() : at]
        if b"/FlateDecode" in found[1]:
            packed = zlib.decompressobj()
            data = packed.decompress(data, room)
            if packed.unconsumed_tail:
                yield f"{name} unpacks to more than {PACKED} bytes"
                return
        room -= len(data)
        if b"/EmbeddedFile" in found[1]:
            inside.append(data)
        elif b"/ObjStm" in found[1]:
            shell.append(data)
    shell.append(content[at:])
    if not content.startswith(b"%PDF-1.7\n") or RUNNING.search(b"\n".join(shell)):
        yield f"{name} is no PDF, or holds what could run or load something"
    files = [one for one in package.names() if re.fullmatch(r"data/report/[a-z_]+\.(csv|json)", one)]
    if sorted(inside) != sorted(map(package.read, files)):
        yield f"{name}: what is attached to it are not the tables of the report and trace.json"


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
    return html.unescape(re.sub(r"<[^>]*>", "\0", cut(text, without)))


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
    for word in unknown(shown, known):
        if any(sign.isdigit() for sign in word) and not NUMBER.fullmatch(word) and len(word) > 3 and word != "SHA-256":
            yield f"{PAGE} says {word!r}, which nothing else has"
    numbers = amounts(told, runs)
    for word in unknown(prose, known):
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


def unknown(text, known):
    """Words of a text that are not known, and are no beginning and no end of a known one: addresses are shortened."""
    strange = set(WORD.findall(GROUPED.sub("", text))) - known
    for size in range(4, 13):
        short = {word for word in strange if len(word) == size}
        strange -= {end for word in known for end in (word[:size], word[-size:]) if end in short} if short else set()
    return sorted(strange)


def amounts(told, runs):
    """Every amount of the tables and of the traces, and their sums, as exact fractions of an asset's unit."""
    scales = {row["decimals"] for rows in told["tables"].values() for row in rows if row.get("decimals") is not None}
    scales |= {seed["decimals"] for seed in told["seeds"] if seed["decimals"] is not None} | {0}
    pointed = (str(row.get("amount")) for rows in told["tables"].values() for row in rows)
    scales |= {len(cell.partition(".")[2]) for cell in pointed}  # not every table has a column of decimals
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
        method = (run.method,)  # no text: a table may have a column of that name
        for kind, place, origin, value, reason in run.outcomes:
            for by in ((), (origin,), (0, reason), (place[2], 0), (origin, reason), (origin, 0, place[2])):
                sums[method, kind, *place[:2], *by] += value
        for origin, chain, contract, value in (*run.claims, *((*key, value) for key, value in run.came.items())):
            sums[method, chain, contract, origin] += value
            sums[method, chain, contract] += value
            sums[method, origin] += value
        for hop in run.hops:
            found |= {int(hop[7]), int(hop[8])}
            sides = ((), hop[4:6], hop[5:6], hop[4:5])
            for side in sides:
                for by in (side, (hop[2], *side), (hop[9], *side), (hop[2], hop[9], *side), (hop[2], hop[3], *side)):
                    sums[method, "moved", hop[6], *by] += int(hop[8])
                    sums[method, "moved", 0, *by] += int(hop[8])
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

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
import tomllib
from collections import Counter
from contextlib import suppress
from datetime import datetime
from pathlib import Path

PENDING = 2**62  # the rank of what no block holds yet
HEX = re.compile("([0-9a-fA-F]{2})*")
LONGEST = 1 << 26  # bytes of one line of a raw file: no honest one comes near
FREE, TIMES = 1 << 26, 200  # bytes that a packed raw file may hold whatever its size, and how many times its size
BITCOIN = ("bitcoin", "bitcoin-testnet", "bitcoin-signet", "bitcoin-regtest")  # chains whose scripts pay addresses
BY_TIME = ("tron", "tron-shasta", "tron-nile")  # chains on which networks tell the order by the block's time


class Wrong(Exception):
    """Something does not hold; its text says what."""


class Package:
    """The files of a package. Nothing outside its folder is ever opened, and no link is followed."""

    def __init__(self, folder):
        self.folder, self._names, self._digests, self._case = Path(folder), None, {}, None

    def names(self):
        """Every file, as a name with `/`. Raises Wrong for a link or what is no plain file."""
        if self._names is not None:
            return self._names
        found = []
        for place, folders, files in os.walk(self.folder, onerror=closed):
            for name in (*folders, *files):
                path = Path(place) / name
                if path.is_symlink() or not (path.is_file() or path.is_dir()):
                    raise Wrong(f"{path.relative_to(self.folder)} is a link or no plain file")
            found += [(Path(place) / name).relative_to(self.folder).as_posix() for name in files]
        self._names = sorted(found)
        return self._names

    def path(self, name):
        """Where a file lies. Raises Wrong for a name that leads out of the package."""
        parts = name.split("/")
        if not name or name.startswith("/") or "\\" in name or "\0" in name or any(p in ("", ".", "..") for p in parts):
            raise Wrong(f"the name {name!r} leads out of the package")
        path = self.folder
        for part in parts:
            path = path / part
            if path.is_symlink():
                raise Wrong(f"{name} is a link")
        if path.exists() and not path.is_file():  # a pipe would be waited for, for ever
            raise Wrong(f"{name} is no plain file")
        return path

    def read(self, name):
        return self.path(name).read_bytes()

    def digest(self, name):
        """The SHA-256 of a file, worked out once."""
        if name not in self._digests:
            self._digests[name] = digest_of(self.path(name))
        return self._digests[name]

    def raw(self, sha256):
        """The raw bytes with that digest; None where the package does not hold them."""
        path = self.path(f"data/raw/{sha256[:2]}/{sha256}")
        return path.read_bytes() if path.is_file() else None

    def case(self):
        """case.toml, read once. Raises Wrong for one whose keys or tables would take hours to read."""
        if self._case is None:
            text = self.read("data/case/case.toml").decode()
            if len(re.findall(r"(?m)^[ \t]*\[(?!\[)", text)) > 10_000 or any(
                line.count(".") > 500 for line in text.split("\n")
            ):
                raise Wrong("data/case/case.toml has more tables, or longer keys, than any case")
            self._case = tomllib.loads(text)
        return self._case

    def empty(self):
        """Folders that hold nothing."""
        for place, folders, files in os.walk(self.folder, onerror=closed):
            if not folders and not files:
                yield Path(place).relative_to(self.folder).as_posix()

    def canonical(self, value):
        return canonical(value)

    def json(self, name):
        """The object of a JSON file, in which no key stands twice and no number has a point."""
        try:
            return strict(self.read(name))
        except Wrong as wrong:
            raise Wrong(f"{name}: {wrong}") from wrong

    def lines(self, name):
        """(number, object) of a file of JSON lines, each in its one canonical form."""
        *lines, last = self.read(name).split(b"\n")
        if last:
            raise Wrong(f"{name} ends in the middle of a line")
        for number, line in enumerate(lines, 1):
            value = strict(line)
            if canonical(value) != line:
                raise Wrong(f"{name}:{number} is not in canonical form")
            yield number, value

    def table(self, name):
        """The rows of a CSV as dicts, each with its line number under "". Cells are what was meant, without `'`."""
        text = self.read(name).decode("utf-8-sig")
        least = csv.field_size_limit(LONGEST)  # a cell may hold the lots of a large pool
        try:
            rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
        finally:
            csv.field_size_limit(least)
        head, found, again = rows[0], [], io.StringIO()
        csv.writer(again, lineterminator="\r\n").writerows(rows)
        if len(set(head)) != len(head) or self.read(name) != b"\xef\xbb\xbf" + again.getvalue().encode():
            raise Wrong(f"{name} is not written as the tables of a package are, or has a column twice")
        for number, row in enumerate(rows[1:], 2):
            if len(row) != len(head):
                raise Wrong(f"{name}:{number} has {len(row)} cells and not {len(head)}")
            found.append({"": number, **dict(zip(head, map(plain, row)))})
            for key in (key for key in head if key[-8:] == "decimals"):
                if not re.fullmatch("[0-9]{0,3}", found[-1][key]) or int(found[-1][key] or 0) > 255:
                    raise Wrong(f"{name}:{number}: there are at most 255 decimals")
        return found


def closed(error):
    """What to say of a folder that the system does not open: what lies in it is not known."""
    raise Wrong(f"{Path(error.filename).name} cannot be opened ({error.strerror})")


def plain(cell):
    """A cell without the sign that keeps a spreadsheet from running it, with the signs whose code points it prints."""
    cell = re.sub("⟨U\\+([0-9A-F]{4,6})⟩", lambda found: chr(int(found[1], 16) % 0x110000), cell)
    bare, signs = cell.lstrip("'"), tuple("=+-@\t\r\n＝＋－＠")
    return cell[1:] if cell[:1] == "'" and (bare.startswith(signs) or bare.lstrip().startswith(signs)) else cell


def strict(data):
    """A JSON value, as only one reader can read it. Raises Wrong for a key that stands twice and for a float."""

    def once(pairs):
        found = dict(pairs)
        if len(found) != len(pairs):
            raise Wrong("a key stands twice in an object")
        places = [value for key, value in pairs if key[-8:] == "decimals"]
        if any(value not in (None, *range(256)) for value in places):  # or a number is worked out that no memory holds
            raise Wrong("there are at most 255 decimals")
        return found

    def refuse(text):
        raise Wrong(f"{text} is no whole number")

    return json.loads(data, object_pairs_hook=once, parse_float=refuse, parse_constant=refuse)


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
    *lines, last = package.read(name).decode().split("\n")
    if last:
        raise Wrong(f"{name} ends in the middle of a line")
    for number, line in enumerate(lines, 1):
        match = re.fullmatch(r"([0-9a-f]{64})  (.+)", line)
        if match is None or match[2] in listed:
            raise Wrong(f"{name}:{number} is no line of a manifest, or names a file twice")
        listed[match[2].replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")] = match[1]
    if list(listed) != sorted(listed):
        raise Wrong(f"{name} is not in the order of its names")
    return listed


COVER = {"start", "end", "height", "time", "how", "opening"}
PLACE = {"kind", "chain", "address", "contract"}
ANSWER = {
    "history": PLACE | {"since", "opening", "coverage", "movements"},
    "no history": PLACE | {"since"},
    "coverage": PLACE | {"coverage"},
    "spender": {"kind", "chain", "outpoint", "txid"},
    "no spender": {"kind", "chain", "outpoint"},
    "unspent": {"kind", "chain", "outpoint"} | COVER,
    "no transaction": {"kind", "chain", "txid"},
}
FACT = {"chain", "txid", "status", "height", "block_hash", "time", "position", "sender", "transfers", "source"}
TRANSFER = {"index", "kind", "asset", "contract", "decimals", "token_id", "order", "value", "from", "to"}
BOTH = (True, True)
SIDES = {"mint": (False, True), "burn": (True, False), "native": BOTH, "internal": BOTH, "token": BOTH, "nft": BOTH}


def covers(one):
    """Whether a coverage has its fields, and numbers where numbers belong."""
    numbers = [one["start"], one["end"]] + [one[key] for key in ("height", "time") if one[key] is not None]
    ends = [one[key] for key in ("height", "time") if one[key] is not None]
    if one["height"] is None and one["end"] == 0:  # of a file without heights, whose lines are its order
        ends = []
    return set(one) == COVER and all(type(number) is int for number in numbers) and one["end"] in (ends or [one["end"]])


def whole(text):
    """Whether a text is a whole number in its one way of writing; None is none that is known."""
    return text is None or (type(text) is str and re.fullmatch("0|[1-9][0-9]*", text) is not None)


def flaws(told):
    """Why a line is no fact: fields that none has, a number that is written otherwise, sides that its kind has not."""
    if set(told) != FACT or (told["source"] is not None and set(told["source"]) != {"adapter", "request", "sha256"}):
        yield "it has other fields than a fact"
    numbers = [told["position"], *(told[key] for key in ("height", "time") if told[key] is not None)]
    payers = [leg["address"] for one in told["transfers"] if one["kind"] == "fee" for leg in one["from"]]
    if told["sender"] != (payers or [""])[0]:
        yield f"its sender is not who pays its fee, {(payers or ['nobody'])[0]}"
    for one in told["transfers"]:
        own = {"address", "value", "index", "outpoint", "script"} if one["kind"] == "utxo" else {"address", "value"}
        legs = (*one["from"], *one["to"])
        if set(one) != TRANSFER or any(set(leg) != own for leg in legs):
            yield "a transfer has other fields than one"
        numbers += [*one["order"], *([] if one["decimals"] is None else [one["decimals"]])]
        numbers += [leg["index"] for leg in legs if "index" in leg]
        if not all(map(whole, (one["value"], one["token_id"], *(leg["value"] for leg in legs)))):
            yield f"a value of {one['index']} is no whole number"
        if not is_of_kind(one["kind"], (bool(one["from"]), bool(one["to"])), one["contract"], one["token_id"]):
            yield f"{one['index']} is no {one['kind']}"
    if not all(type(number) is int for number in numbers):
        yield "a place in the chain is no whole number"
    if told["transfers"] and told["transfers"][0]["order"][1] != told["position"]:
        yield "its position is not its place in the order"


def is_of_kind(kind, sides, contract, token_id):
    """Whether a transfer with these sides, of this contract, can be of this kind."""
    fits = kind in ("fee", "utxo") or SIDES.get(kind) == sides
    named = {"native": not contract, "internal": not contract, "token": bool(contract)}.get(kind, True)
    return fits and named and (kind in ("nft", "mint", "burn") if token_id is not None else kind != "nft")


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
        self._spent()
        self.histories, self.spenders, self.unspent, self.coverage, self.used = {}, {}, {}, {}, set()
        before = b""
        for number, told in holdings:
            if canonical(told) <= before:
                raise Wrong(f"data/holdings.jsonl:{number} is not in its place, or stands twice")
            if set(told) != ANSWER.get(told["kind"]) or not all(map(covers, told.get("coverage", ()))):
                raise Wrong(f"data/holdings.jsonl:{number} has other fields than an answer of its kind")
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
        for reason in flaws(told):
            raise Wrong(f"{where}: {reason}")
        moving = [one for one in told["transfers"] if one["kind"] != "fee"]
        if told["status"] not in ("confirmed", "pending", "failed") or (told["status"] == "failed" and moving):
            raise Wrong(f"{where}: what is {told['status']!r} moves nothing")
        for one in told["transfers"]:
            if one["decimals"] not in (None, *range(256)):
                raise Wrong(f"{where}: {one['asset']} has {one['decimals']} decimals, and there are at most 255")
            values = [leg["value"] for leg in (*one["from"], *one["to"])]
            if any(v is not None and not (str(v).isdecimal() and int(v) < 2**256) for v in values):
                raise Wrong(f"{where}: a value is out of bounds")
            if one["kind"] == "utxo":
                if any(leg["outpoint"] not in (None, f"{told['txid']}:{leg['index']}") for leg in one["to"]):
                    raise Wrong(f"{where}: an output of {told['txid']} is named as one of another transaction")
                for side in ("from", "to"):
                    if [leg["index"] for leg in one[side]] != list(range(len(one[side]))):
                        raise Wrong(f"{where}: the legs of {told['txid']} are not numbered in their order")
                for leg in one["to"]:
                    script = bytes.fromhex(leg["script"]) if HEX.fullmatch(leg["script"]) else b""
                    if script and (leg["outpoint"] is None) != (script[:1] == b"\x6a" or len(script) > 10_000):
                        raise Wrong(f"{where}: whether {told['txid']}:{leg['index']} can be spent, its script tells")
                outs = sum(int(leg["value"]) for leg in one["to"])
                if one["value"] != str(outs):
                    raise Wrong(f"{where}: {told['txid']} pays {outs} and not {one['value']}")
                if one["from"] and None not in values and sum(int(leg["value"]) for leg in one["from"]) < outs:
                    raise Wrong(f"{where}: the outputs of {told['txid']} hold more than its inputs")
            elif not (one["from"] or one["to"]) or len({*values, one["value"]}) != 1:
                raise Wrong(f"{where}: the two sides of {one['index']} differ")
            rank = told["time"] if told["height"] is None else told["height"]
            by_time = told["chain"] in BY_TIME and one["order"][0] == told["time"]
            by_line = told["height"] is None and one["kind"] == "utxo" and one["order"][0] == 0
            if one["order"][0] not in (rank or 0, PENDING) and not by_time and not by_line:
                raise Wrong(f"{where}: {one['index']} is ordered at another height or time than its block's")

    def _spent(self):
        """What spends an output that is told says of it what the output says of itself, and spends it alone."""
        outputs, spenders = {}, {}
        for (chain, txid), told in self.transactions.items():
            for one in told["transfers"]:
                if one["kind"] == "utxo":
                    outputs |= {(chain, f"{txid}:{leg['index']}"): leg for leg in one["to"]}
                    for leg in one["from"]:
                        spenders.setdefault((chain, leg["outpoint"]), []).append((txid, leg))
        for (chain, outpoint), several in spenders.items():
            where = f"data/facts.jsonl:{self.lines[chain, several[0][0]]}"
            if sum(self.transactions[chain, txid]["status"] == "confirmed" for txid, _ in several) > 1:
                raise Wrong(f"{where}: {outpoint} is spent twice")
            leg, own = several[0][1], outputs.get((chain, outpoint), several[0][1])
            if any(leg[key] not in (own[key], None, "") for key in ("value", "address", "script")):
                raise Wrong(f"{where}: the input {outpoint} is not the output that it spends")

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


def against_raw(facts, package, said, pays=None):
    """Facts that were read from a file, against the bytes of that file; what it leaves out another file may say.

    `pays(script, chain)` is the address that a script pays, or "".
    """
    read, compared, others, places = {}, 0, Counter(), {}
    wanted = {txid for _, txid in facts.transactions}
    beside, scales = every_file(package, wanted), {}
    for place, row in (pair for rows in beside.values() for pair in rows.items()):
        if isinstance(place, tuple) and row[3]:
            scales.setdefault((place[0], row[-2].lower()), set()).add(row[3])
    for (chain, txid), told in facts.transactions.items():
        adapter, sha256 = (told["source"] or {}).get("adapter", "no source"), (told["source"] or {}).get("sha256", "")
        if adapter not in ("transfers-csv", "transactions-jsonl"):
            others[adapter] += 1
            continue
        if sha256 not in read:
            content = None if sha256 in beside else package.raw(sha256)
            read[sha256] = beside.get(sha256) if content is None else raw_rows(content, adapter, wanted)
        if read[sha256] is None:
            others["bytes not in the package"] += 1
            continue
        compared += 1
        where = f"data/facts.jsonl:{facts.lines[chain, txid]}"
        for one in told["transfers"]:
            if adapter == "transfers-csv":
                sides = [(leg or [{"address": ""}])[0]["address"] for leg in (one["from"], one["to"])]
                mine = (*sides, *(shown(n) for n in (one["value"], one["decimals"], told["height"], told["time"])))
                row = read[sha256].get((chain, txid.lower(), one["index"]), ("", "", "", 0))
                asset, line = row[-2:]
                if asset.lower() not in (one["contract"].lower(), one["asset"].lower()) and one["token_id"] is None:
                    raise Wrong(f"{where}: {txid} {one['index']} moves {asset} in the raw file, not {one['asset']}")
                places.setdefault((chain, sha256, one["order"][0]), []).append((one["order"], line))
                row = (*(own if own == side.lower() else side for own, side in zip(sides, row)), *row[2:-2])
                if not row[3] and mine[3] in scales.get((chain, asset.lower()), [mine[3]]):
                    row = (*row[:3], mine[3], *row[4:])  # another file knows it, or chaintrace
            else:
                row = read[sha256].get(txid)
                if row and not of_line(told, one, row, pays):
                    row = filled(row, [rows[txid] for rows in beside.values() if txid in rows])
                mine = row if row and of_line(told, one, row, pays) else ()
            if row != mine:
                raise Wrong(f"{where}: {txid} {one['index']} is not what the raw file {sha256} says: {row}")
    for (chain, sha256, rank), several in places.items():
        lines = [line for _, line in sorted(several)]
        if lines != sorted(lines):
            raise Wrong(
                f"data/facts.jsonl: on {chain} at {rank} the order is not that of the rows of the raw file {sha256}"
            )
    moved(facts, {sha256: rows for sha256, rows in read.items() if rows})
    said.note("facts", f"transactions that are as the raw files say: {compared}")
    for adapter, count in sorted(others.items()):
        said.note("facts", f"{count} transactions ({adapter}) are not compared with raw answers here, only by proofs")


def every_file(package, wanted):
    """What each file says that was read for the case, those too that no fact rests on: not all can be read."""
    found = {}
    for row in package.table("data/acquisition.csv"):
        content = package.raw(row["sha256"]) if row["adapter"] in ("transfers-csv", "transactions-jsonl") else None
        if content is not None:
            with suppress(Exception):
                found[row["sha256"]] = raw_rows(content, row["adapter"], wanted)
    return found


def of_line(told, one, row, pays):
    """Whether a transaction of outputs is what a line says; where a script stands, it decides over the address."""
    paid, spent, height, time, block_hash, addresses, inputs = row
    outputs = tuple((leg["value"], leg["script"]) for leg in one["to"])
    mine = (outputs, tuple(leg["outpoint"].lower() for leg in one["from"]))
    if (*mine, told["height"], told["time"], told["block_hash"].lower()) != (paid, spent, height, time, block_hash):
        return False
    for leg, (_, script), address in zip(one["to"], paid, addresses):
        if not says(leg, "address", paid_by(script, address, leg, told["chain"], pays)):
            return False
    for leg, own in zip(one["from"], inputs):
        address = paid_by(own["script"], own["address"], leg, told["chain"], pays)
        if any(said and not says(leg, key, said) for key, said in (own | {"address": address}).items()):
            return False
    return True


def paid_by(script, address, leg, chain, pays):
    """The address of a leg by its script, else the one that a line says; of a bare key it needs RIPEMD-160."""
    if not script or chain not in BITCOIN or not pays:
        return address
    code = bytes.fromhex(script)
    is_key = len(code) in (35, 67) and code[-1] == 0xAC
    return pays(code, chain) or (address or leg["address"] if is_key else "")


def filled(row, others):
    """What a line says, and where it says nothing what other files of the case say of the same transaction."""
    paid, spent, *place, addresses, inputs = row
    for other in others:
        if [value for value, _ in other[0]] == [value for value, _ in paid] and other[1] == spent:
            paid = tuple((value, mine or script) for (value, mine), (_, script) in zip(paid, other[0]))
            place = [theirs if mine in (None, "") else mine for mine, theirs in zip(place, other[2:5])]
            addresses = [mine or theirs for mine, theirs in zip(addresses, other[5])]
    return (paid, spent, *place, addresses, inputs)


def moved(facts, read):
    """The movements of a holding are all that the facts and the rows of its raw files have, and no others."""
    touched = {}
    for (chain, txid), told in facts.transactions.items():
        for one in told["transfers"]:
            for leg in (*one["from"], *one["to"]) if one["kind"] != "utxo" else ():
                key = (chain, leg["address"], one["contract"])
                touched.setdefault(key, {})[txid, one["index"]] = one["order"][0]
    rows = {}
    for content in read.values():
        for place, row in content.items():
            for side in row[:2] if isinstance(place, tuple) else ():
                height, time, asset = row[4], row[5], row[6].lower()
                rows.setdefault((place[0], side.lower(), asset), []).append((place[1:], int(height or time)))
    for (chain, address, contract, since), told in facts.histories.items():
        if told["kind"] != "history":
            continue
        mine = {(txid, index) for txid, index in told["movements"]}
        own = touched.get((chain, address, contract), {})
        if mine - set(own) or any(key not in mine for key, rank in own.items() if rank >= since):
            raise Wrong(f"data/holdings.jsonl: the movements of {address} on {chain} are not those of the facts")
        mine = {(txid.lower(), index) for txid, index in mine}
        for key, rank in rows.get((chain, address.lower(), contract.lower()), []):
            if key not in mine and rank >= since:
                raise Wrong(f"data/holdings.jsonl: {key[0]} of a raw file moves value of {address} and is left out")


def shown(number):
    """A whole number as its shortest text; empty where there is none."""
    return "" if number in (None, "") else str(int(number))


def pieces(file, most):
    """The lines of a file, one at a time: what is packed small may be larger than the memory, or take for ever."""
    while line := file.readline(LONGEST + 1):
        most -= len(line)
        if len(line) > LONGEST:
            raise Wrong("a raw file has a line that is longer than any transaction")
        if most < 0:
            raise Wrong(f"a raw file unpacks to more than {TIMES} times its size")
        if line.strip():
            yield line


def raw_rows(content, adapter, wanted):
    """What a raw file says of the transactions that are wanted."""
    found = {}
    if adapter == "transfers-csv":
        for number, row in enumerate(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))):
            cell = {key: (value or "").strip() for key, value in row.items()}
            at = cell["time"]
            if at and not at.lstrip("-").isdecimal():
                at = int(datetime.fromisoformat(at).timestamp())
            numbers = (cell["value"], cell["decimals"], cell["height"], at)
            place = (cell["chain"], cell["txid"].lower(), cell["index"])
            line = found[place][-1] if place in found else number  # what stands twice stands where it stood first
            found[place] = (cell["from"], cell["to"], *(shown(number) for number in numbers), cell["asset"], line)
        return found
    file = io.BytesIO(content)
    most = max(FREE, TIMES * len(content))
    for line in pieces(gzip.GzipFile(fileobj=file) if content[:2] == b"\x1f\x8b" else file, most):
        told = json.loads(line)
        txid = told["txid"].strip()
        txid = txid if txid in wanted else txid.lower()
        if txid in wanted and txid not in found:
            found[txid] = raw_transaction(told)
    return found


def raw_transaction(told):
    """What a line of a file says of a transaction: outputs, what it spends, its block; addresses, and its inputs."""

    def text(one, key):
        return (one.get(key) or "").strip()

    inputs = [one for one in told.get("inputs") or () if text(one, "prev_txid") not in ("", "0" * 64)]
    spent = tuple(f"{text(one, 'prev_txid')}:{int(one['prev_vout'])}".lower() for one in inputs)
    outputs = list(enumerate(told["outputs"]))
    outputs.sort(key=lambda pair: pair[0] if pair[1].get("n") is None else pair[1]["n"])
    paid = tuple((shown(one["value"]), text(one, "script").lower()) for _, one in outputs)
    at = told.get("time")
    at = (
        int(datetime.fromisoformat(at.strip()).timestamp())
        if isinstance(at, str) and not at.strip().isdecimal()
        else at
    )
    place = (told.get("block_height"), None if at is None else int(at), text(told, "block_hash").lower())
    keys = ("address", "script")
    own = [{"value": shown(one.get("value")), **{key: text(one, key) for key in keys}} for one in inputs]
    return (paid, spent, *place, [text(one, "address") for _, one in outputs], own)


def says(leg, key, said):
    """Whether a leg has what a raw file says of it; hex and the addresses of witnesses may stand in capitals there."""
    capitals = key == "script" or said.startswith(("BC1", "TB1", "BCRT1"))
    return leg[key] in ((said, said.lower()) if capitals else (said,))

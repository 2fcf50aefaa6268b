"""The numbered method (M1-M31), read a second time: what the facts of an evidence package come to, worked out again.

`Run(facts, method, asked, stops).go()` follows the payments of `method.json` through `facts.jsonl` and `holdings.jsonl`
under one method and holds claims, hops, steps and outcomes. Python's standard library alone; no file is opened here. Of
the program that made the package nothing is used: where both come to the same unit, two readings of one text agree.
A lot is (value, origin, hop), value in base units; origin None is unidentified (M6).
"""

import heapq
from collections import Counter, defaultdict

PENDING = 2**62  # the rank of what no block holds yet
HISTORY = "history not in the sources"


class Wrong(Exception):
    """Something does not hold; its text says what."""


# --- arithmetic: the method, read again ----------------------------------------------------------------------


def divided(parts, value):
    """M16: each gets the floor of its share; spare units to the largest remainders, ties to the earlier."""
    total = sum(parts)
    given = [part * value // total for part in parts] if value else [0] * len(parts)
    order = sorted(range(len(parts)), key=lambda at: (-(parts[at] * value % total if value else 0), at))
    for at in order[: value - sum(given)]:
        given[at] += 1
    return given


class Pool:
    """Lots (value, origin, hop), oldest first, under one method (M12-M16)."""

    def __init__(self, method, between):
        self.rows = method in ("fifo", "lifo") or (method == "libr" and between == "fifo")
        self.method, self.lots = method, []

    def put(self, lots):
        for value, origin, hop in lots:
            if not value:
                continue
            same = [at for at, lot in enumerate(self.lots) if lot[1] == origin]
            at = (len(self.lots) - 1 if self.lots and self.lots[-1][1] == origin else None) if self.rows else None
            at = same[0] if same and not self.rows else at
            if at is None:
                self.lots.append((value, origin, hop))
            else:
                self.lots[at] = (self.lots[at][0] + value, origin, min(self.lots[at][2], hop))
        if self.method == "libr" and self.rows:  # the hop is the origin's least
            least = {}
            for _, origin, hop in self.lots:
                least[origin] = min(hop, least.get(origin, hop))
            self.lots = [(value, origin, least[origin]) for value, origin, _ in self.lots]

    def take(self, value):
        held = sum(lot[0] for lot in self.lots)
        if value > held:
            raise Wrong(f"{value} leave a pool that holds {held}")
        free = min(value, sum(lot[0] for lot in self.lots if lot[1] is None))
        if self.method == "haircut":
            parts = divided([lot[0] for lot in self.lots], value)
        elif self.method == "libr" and not self.rows:
            owned = iter(divided([lot[0] for lot in self.lots if lot[1] is not None], value - free))
            parts = [free if lot[1] is None else next(owned) for lot in self.lots]
        else:
            due = {True: free, False: value - free}
            parts = [0] * len(self.lots)
            for at in range(len(self.lots))[:: -1 if self.method == "lifo" else 1]:
                kind = self.lots[at][1] is None if self.method == "libr" else True
                left = due[kind] if self.method == "libr" else value - sum(parts)
                parts[at] = min(self.lots[at][0], left)
                due[kind] -= parts[at]
        taken = [(part, lot[1], lot[2]) for part, lot in zip(parts, self.lots) if part]
        self.lots = [(lot[0] - part, lot[1], lot[2]) for part, lot in zip(parts, self.lots) if lot[0] > part]
        return taken


def sums(lots):
    """Per origin, unidentified left out: value and least hop, in order of appearance."""
    found = {}
    for value, origin, hop in lots:
        if origin is not None:
            held, least = found.get(origin, (0, hop))
            found[origin] = (held + value, min(least, hop))
    return found


def onward(lots):
    return [lot if lot[1] is None else (lot[0], lot[1], lot[2] + 1) for lot in lots]


class Account:
    """A pool of an account chain, loaded when traced value first arrives there (M5, M9)."""

    def __init__(self, told, addresses):
        self.told, self.addresses, self.pool = told, addresses, None
        self.coverage = [cover for one in told for cover in one["coverage"]]

    def covered(self, rank):
        return any(c["start"] <= rank and (rank <= c["end"] or rank == PENDING) for c in self.coverage)


class Crossing:
    """A continuation (M23): what goes out is held, some comes back, the rest is divided over what comes in."""

    def __init__(self, told):
        self.rule = told["rule"]
        self.out, self.back, self.into = ([tuple(leg) for leg in told[side]] for side in ("out", "back", "in"))
        self.awaited, self.left, self.marks, self.place = set(), set(), False, None
        self.held, self.coming = Pool("haircut", ""), Pool("haircut", "")

    def leave(self, leg, lots):
        if leg not in self.left:
            self.left.add(leg)
            self.held.put(lots)
            self.marks = self.marks or bool(sums(lots))

    def bring(self, leg, value, lots):
        """The lots that a leg brings in place of its unidentified ones; [] where nothing traced comes."""
        free = sum(lot[0] for lot in lots if lot[1] is None)
        pool = self.held if leg in self.back else self.coming
        if not self.marks or not value:
            return []
        taken = pool.take(min(free, sum(lot[0] for lot in pool.lots)))
        rest = free - sum(lot[0] for lot in taken)
        return onward(taken) + ([(rest, None, 0)] if rest else []) if sums(taken) else []


class Run:
    """One method over the facts: every movement that traced value can reach, in chain order."""

    def __init__(self, facts, method, asked, stops, links=()):
        self.facts, self.method, self.asked, self.stops = facts, method, asked, stops
        self.limits, self.options = asked["limits"], asked["options"]
        self.wallets = {(w.get("chain", ""), a): w for w in self.options["wallets"] for a in w["addresses"]}
        self.least = {(m["chain"], m["contract"]): int(m["value"]) for m in self.limits["min_value"]}
        self.returns = {(s["chain"], a, s["origin"]) for s in asked["seeds"] for a in s["victim_addresses"]}
        self.accounts, self.coins, self.agenda, self.counted = {}, {}, defaultdict(list), set()
        self.seeds, self.absent, self.step = defaultdict(list), defaultdict(list), 0
        self.hops, self.steps, self.outcomes, self.claims, self.openings, self.ends = [], [], [], [], {}, {}
        self.orders = {tuple(key): tuple(order) for told in links for key, order in told["orders"]}
        self.crossings, self.came = [Crossing(told) for told in links], Counter()
        self.goes = {leg: one for one in self.crossings for leg in one.out}
        self.comes = {leg: one for one in self.crossings for leg in (*one.back, *one.into)}
        for seed in asked["seeds"]:
            self._seed(seed)
        for one in self.crossings:
            one.awaited = {self._key(leg) for leg in (*one.out, *one.back)}
            for leg in (*one.out, *one.back, *one.into):
                self._add(*self._key(leg))

    def end_of(self, covers):
        """Time and height at which what rests is known to rest: the end of the longest coverage, or `until`."""
        last, until = max(covers, key=lambda cover: cover["end"]), self.limits["until"]
        early = until is not None and (last["time"] is None or until < last["time"])
        return (until, None) if early else (last["time"], last["height"])

    def pool(self):
        return Pool(self.method, self.options["libr_between"])

    # Seeds: which legs they name (M19, M20).

    def _seed(self, seed):
        told = self.facts.transactions.get((seed["chain"], seed["txid"]))
        if told is None:
            outpoint = f"{seed['txid']}:{seed['index']}"
            spender = self.facts.ask("spenders", seed["chain"], outpoint)["txid"]
            self.absent[seed["chain"], outpoint].append(seed["origin"])
            self._add(seed["chain"], spender, "utxo")
            return
        transfers = told["transfers"]
        if transfers[0]["kind"] == "utxo":
            indexes = self._outputs(transfers[0], seed["index"])
        else:
            paid = [one for one in transfers if one["kind"] != "fee"]
            payer = paid[0]["from"][0]["address"] if paid and paid[0]["from"] else None
            if seed["index"] is None:
                paid = [one for one in paid if not (one["to"] and one["to"][0]["address"] == payer)]
            if seed["index"] not in (None, "all"):
                paid = [one for one in transfers if one["index"] == seed["index"]]
                paid = paid or [one for one in transfers if one["index"].split(":")[-1] == seed["index"]]
            indexes = [one["index"] for one in paid if not self._inside(seed["chain"], one)]
        if not indexes:
            raise Wrong(f"the seed {seed['txid']} names nothing in the facts")
        for index in indexes:
            self.seeds[seed["chain"], seed["txid"], index].append(seed["origin"])
            self._add(seed["chain"], seed["txid"], "utxo" if transfers[0]["kind"] == "utxo" else index)

    def _outputs(self, transfer, index):
        if index == "all":
            return [str(leg["index"]) for leg in transfer["to"] if leg["value"] != "0"]
        if index is not None:
            return [str(leg["index"]) for leg in transfer["to"] if str(leg["index"]) == index]
        senders = {leg["address"] for leg in transfer["from"] if leg["address"]}
        away = [leg for leg in transfer["to"] if not leg["address"] or leg["address"] not in senders]
        return [str(leg["index"]) for leg in [leg for leg in away if leg["value"] != "0"] or away]

    # what comes next (M2)

    def _add(self, chain, txid, index):
        told = self.facts.transactions[chain, txid]
        until, time = self.limits["until"], told["time"]
        if until is None or time is None or time <= until:
            order = self._order(chain, txid, index)
            heapq.heappush(self.agenda[chain], (order, txid, index, time or 0))
            return True
        return False

    def _key(self, leg):
        """The movement that a leg is of: on chains of outputs the whole transaction."""
        kind = self.facts.transactions[leg[:2]]["transfers"][0]["kind"]
        return (*leg[:2], "utxo" if kind == "utxo" else leg[2])

    def _order(self, chain, txid, index):
        """A movement's place: its own, or just after what went out before it came in (M2)."""
        return self.orders.get((chain, txid, index)) or tuple(self.facts.transfer(chain, txid, index)["order"])

    def _waits(self, chain):
        """Whether the next movement of a chain brings what has not gone out yet."""
        _, txid, index, _ = self.agenda[chain][0]
        return any(one.awaited for one in self.crossings if (chain, txid, index) in map(self._key, one.into))

    def _cross(self, key):
        """After a movement: what has gone out whole is divided, or ends where nobody holds what comes in."""
        for one in self.crossings:
            if key not in one.awaited:
                continue
            for leg in one.out:
                if self._key(leg) == key:
                    one.leave(leg, [(self._value(leg), None, 0)])
            one.awaited.discard(key)
            went = sums(one.held.lots)
            if one.awaited or not went:
                continue
            if one.into:
                values = [lot[0] for lot in one.held.lots]
                parts = divided(values, sum(self._value(leg) for leg in one.into))
                one.coming.put([(part, lot[1], lot[2]) for part, lot in zip(parts, one.held.lots)])
                first = self._key(one.into[0])
                for origin in went:
                    self.came[origin, first[0], self.facts.transfer(*first)["contract"]] += 0
            end = one.place if one.place[2] or one.into else (*one.place[:2], one.place[1], *one.place[3:])
            self._all("converted_out" if one.into else "endpoint", end, one.held.lots, one.rule)

    def _value(self, leg):
        transfer = self.facts.transfer(*self._key(leg))
        legs = (
            [one for one in transfer["to"] if str(one["index"]) == leg[2]] if transfer["kind"] == "utxo" else [transfer]
        )
        return int(legs[0]["value"])

    def _brought(self, leg, place, senders, lots, brought):
        """The lots of a leg with what a continuation brings, written down."""
        one = self.comes[leg]
        if leg in one.into:
            for origin, (value, _) in sums(brought).items():
                self.came[origin, place[0], place[1]] += value
        self._hop(place, senders, brought, one.rule)
        return [lot for lot in lots if lot[1] is not None] + brought

    def go(self):
        seen = {}
        while any(self.agenda.values()):
            waiting = [chain for chain in self.agenda if self.agenda[chain]]
            chain = min(waiting, key=lambda c: (self._waits(c), self.agenda[c][0][3], c))
            order, txid, index, _ = heapq.heappop(self.agenda[chain])
            if seen.get(chain) == (order, txid, index):
                continue
            seen[chain] = (order, txid, index)
            told, transfer = self.facts.transactions[chain, txid], self.facts.transfer(chain, txid, index)
            (self._utxo if transfer["kind"] == "utxo" else self._move)(chain, told, transfer)
            self._cross((chain, txid, index))
        for (chain, _, contract), account in self.accounts.items():
            if account.pool is not None:
                names = ";".join(account.addresses)
                self.ends[chain, contract, names, "", "", "", 0] = self.end_of(account.coverage)
                for origin, (value, _) in sums(account.pool.lots).items():
                    self._end("resting", (chain, contract, names, "", "", "", 0), origin, value)
                account.pool = None
        balance = Counter(self.came)
        for origin, chain, contract, claimed in self.claims:
            balance[origin, chain, contract] += claimed
        for _, (chain, contract, *_), origin, value, _ in self.outcomes:
            balance[origin, chain, contract] -= value
        if any(balance.values()):
            raise Wrong(f"{self.method}: the law of conservation (M26) does not hold: {dict(balance)}")
        return self

    # On account chains: one pool for each address and asset.

    def _wallet(self, chain, address):
        wallet = self.wallets.get((chain, address)) or self.wallets.get(("", address))  # "": on every chain
        return None if wallet is None or (chain, address) in self.stops else wallet

    def _inside(self, chain, transfer):
        if not (transfer["from"] and transfer["to"]):
            return False
        payer, payee = transfer["from"][0]["address"], transfer["to"][0]["address"]
        wallet = self._wallet(chain, payer)
        return payer == payee or (wallet is not None and wallet is self._wallet(chain, payee))

    def _move(self, chain, told, transfer):
        if self._inside(chain, transfer):
            return
        contract, value, index = transfer["contract"], int(transfer["value"]), transfer["index"]
        payer = transfer["from"][0]["address"] if transfer["from"] else ""
        payee = transfer["to"][0]["address"] if transfer["to"] else None
        source = self.accounts.get((chain, payer, contract)) if transfer["from"] else None
        target = self.accounts.get((chain, payee, contract)) if transfer["to"] else None
        before = list(source.pool.lots) if source else []
        lots = source.pool.take(value) if source else [(value, None, 0)] if value else []
        leg = (chain, told["txid"], index)
        carried, seeded = bool(source and sums(lots)), self.seeds.get(leg, [])
        brought = self.comes[leg].bring(leg, value, lots) if leg in self.comes else []
        if carried or seeded or brought:
            self.step += 1
            fee = transfer["kind"] == "fee" and payee is None
            place = (
                chain,
                contract,
                payee if payee is not None else payer if fee else "",
                told["txid"],
                index,
                "",
                value,
            )
            senders = ";".join(source.addresses) if source and len(source.addresses) > 1 else payer
            if carried:
                self._pencil(place, ";".join(source.addresses), before, lots, source.pool.lots)
            lots = onward(lots)
            if carried:
                self._hop(place, senders, lots, self.method)
            lots = self._brought(leg, place, senders, lots, brought) if brought else lots
            lots = self._claim(seeded, place, senders, lots)
            if sums(lots):
                lots, target = self._arrive(told, place, payee, fee, lots, target)
        if target is not None:
            target.pool.put(lots)

    def _arrive(self, told, place, payee, fee, lots, target):
        chain, contract = place[:2]
        within = self._within(chain, told["txid"])
        if fee:
            self._all("fee", place, lots)
            return lots, target
        lots = self._settle(place, lots, within, burned=payee is None)
        if sums(lots) and payee is not None:
            where = (self._order(chain, told["txid"], place[4]), told["txid"], place[4])
            target = target or self._awaken(chain, payee, contract, where)
            if target is None or not target.covered(where[0][0]):
                self._all("not_followed", place, lots, HISTORY)
                lots = [(lot[0], None, 0) for lot in lots]
        return lots, target

    def _awaken(self, chain, address, contract, where):
        """The pool as it stood just before a movement: by its order, then by its txid and index (M2)."""
        wallet = self._wallet(chain, address)
        members = [m for m in (wallet["addresses"] if wallet else ()) if wallet is self._wallet(chain, m)]
        members = [address, *sorted(m for m in members if m != address)]
        since, told = 0 if where[0][0] == PENDING else where[0][0], []
        for member in members:
            told.append(self.facts.ask("histories", chain, member, contract, since))
            if told[-1]["kind"] != "history":
                return None
        account, until = Account(told, sorted(members)), self.limits["until"]
        moves = {(txid, index) for one in told for txid, index in one["movements"]}
        rows = []
        for txid, index in moves:
            time = self.facts.transactions[chain, txid]["time"]
            if until is None or time is None or time <= until:
                rows.append((self._order(chain, txid, index), txid, index))
        running = lowest = before = 0
        for row in sorted(rows):
            one = self.facts.transfer(chain, *row[1:])
            value = int(one["value"])
            leaves = bool(one["from"]) and one["from"][0]["address"] in account.addresses
            comes = bool(one["to"]) and one["to"][0]["address"] in account.addresses
            before = running if row < where else before
            running, lowest = running - value * leaves, min(lowest, running - value * leaves)
            running += value * comes
            before = running if row < where else before
        known = None if any(one["opening"] is None for one in told) else sum(int(one["opening"]) for one in told)
        opening = max(-lowest, known or 0)
        if opening and opening != known:
            self.openings[chain, ";".join(account.addresses), contract] = opening
        account.pool = self.pool()
        account.pool.put([(opening + before, None, 0)])
        for member in account.addresses:
            self.accounts[chain, member, contract] = account
        for row in rows:
            if row > where:
                self._add(chain, *row[1:])
        return account

    # UTXO chains

    def _utxo(self, chain, told, transfer):
        contract, txid, inputs = transfer["contract"], told["txid"], []
        for leg in transfer["from"]:
            value = int(leg["value"] or 0)
            lots = self.coins.pop((chain, leg["outpoint"]), None) or ([(value, None, 0)] if value else [])
            origins = self.absent.get((chain, leg["outpoint"]))
            if origins:
                self.step += 1
                spent, vout = leg["outpoint"].split(":")
                place = (chain, contract, leg["address"], spent, vout, leg["outpoint"], value)
                lots = self._settle(place, self._claim(origins, place, "", lots), within=True)
            inputs.append((leg, lots))
        carried = any(sums(lots) for _, lots in inputs)
        pool = self.pool()
        if carried and any(leg["value"] is None for leg, _ in inputs):
            for leg, lots in inputs:
                place = (
                    chain,
                    contract,
                    leg["address"],
                    txid,
                    str(leg["index"]),
                    leg["outpoint"],
                    int(leg["value"] or 0),
                )
                self._all("not_followed", place, lots, "input values unknown")
            carried = False
        if carried:
            for _, lots in inputs:
                pool.put(lots)
            self._within(chain, txid)
        shown = [leg["address"] for leg, lots in inputs if leg["address"] and (not carried or sums(lots))]
        senders, stepped = ";".join(dict.fromkeys(shown)), False
        for leg in transfer["to"]:
            value, index = int(leg["value"]), str(leg["index"])
            out = (chain, txid, index)
            seeded, marked = self.seeds.get(out, []), out in self.comes and self.comes[out].marks
            if (carried or seeded or marked) and not stepped:
                self.step, stepped = self.step + 1, True
            before = list(pool.lots)
            taken = pool.take(value) if carried else [(value, None, 0)] if value else []
            place = (chain, contract, leg["address"], txid, index, f"{txid}:{index}", value)
            lots = onward(taken)
            if carried and sums(lots):
                self._pencil(place, txid, before, taken, pool.lots)
                self._hop(place, senders, lots, self.method)
            brought = self.comes[out].bring(out, value, lots) if out in self.comes else []
            lots = self._brought(out, place, senders, lots, brought) if brought else lots
            lots = self._claim(seeded, place, senders, lots)
            if sums(lots):
                self._output(chain, contract, told, transfer, leg, place, lots)
            elif out in self.goes:  # it has its part in what comes in, in its place among the outputs
                self.goes[out].leave(out, [(value, None, 0)])
        if carried and pool.lots:
            self._all("fee", (chain, contract, "", txid, "fee", "", 0), pool.lots)

    def _output(self, chain, contract, told, transfer, leg, place, lots):
        within = self._within(chain, told["txid"])
        lots = self._settle(place, lots, within, burned=leg["outpoint"] is None)
        if not sums(lots):
            return
        outpoint, rank = place[5], transfer["order"][0]
        spender = self.facts.ask("spenders", chain, outpoint)
        if spender.get("txid") and self._add(chain, spender["txid"], "utxo"):
            self.coins[chain, outpoint] = lots
            return
        covers = self.facts.ask("coverage", chain, leg["address"], contract)
        held = [c for c in covers if rank == PENDING or c["start"] <= rank <= c["end"]]
        asked = self.facts.unspent.get((chain, outpoint))
        held += [asked] if asked else []
        if held:
            self.ends[place] = self.end_of(held)
            for origin, (value, _) in sums(lots).items():
                self._end("resting", place, origin, value)
        else:
            self._all("not_followed", place, lots, HISTORY)

    # Arrivals: the first rule that applies decides (M21-M25).

    def _within(self, chain, txid):
        if (chain, txid) in self.counted or len(self.counted) < self.limits["max_transactions"]:
            self.counted.add((chain, txid))
            return True
        return False

    def _settle(self, place, lots, within, burned=False):
        chain, contract, address = place[:3]
        total = {origin: value for origin, (value, _) in sums(lots).items()}
        after, ended = [], defaultdict(list)
        one = self.goes.get((chain, place[3], place[4]))
        for value, origin, hop in lots:
            end = None
            if origin is None or (one and not one.into and (chain, address, origin) not in self.returns):
                pass
            elif burned and not one:
                end = ("burned", "")
            elif (chain, address, origin) in self.returns:
                end = ("returned", "")
            elif address and (chain, address) in self.stops and not one:
                end = ("endpoint", "")
            elif total[origin] < self.least.get((chain, contract), 0):
                end = ("not_followed", "below min_value")
            elif hop >= self.limits["max_hops"]:
                end = ("not_followed", "limit: max_hops")
            elif not within:
                end = ("not_followed", "limit: max_transactions")
            if end:
                ended[end].append((value, origin, hop))
            after.append((value, None, 0) if end else (value, origin, hop))
        for (kind, reason), several in ended.items():
            self._all(kind, place, several, reason)
        if one:  # whoever receives what goes on elsewhere inherits nothing
            one.leave((chain, place[3], place[4]), after)
            one.place = place
            return [(lot[0], None, 0) for lot in after]
        return after

    def _claim(self, origins, place, senders, lots):
        for origin in origins:
            free = sum(lot[0] for lot in lots if lot[1] is None)
            lots = [(lot[0], origin, 0) if lot[1] is None else lot for lot in lots]
            self.claims.append((origin, place[0], place[1], free))
            if free:
                self._hop(place, senders, [(free, origin, 0)], "seed")
        return lots

    # What is written down: hops, steps, and how each value ended.

    def _hop(self, place, senders, lots, rule):
        chain, contract, address, txid, index, _, gross = place
        for origin, (value, hop) in sums(lots).items():
            row = (self.step, chain, txid, index, senders, address, contract, gross, value, origin, hop, rule)
            self.hops.append(tuple(map(str, row)))

    def _pencil(self, place, pool, before, taken, kept):
        chain, contract, address, txid, index, _, _ = place
        total = [sum(lot[0] for lot in lots) for lots in (before, taken, kept)]
        if total[0] != total[1] + total[2]:
            raise Wrong(f"step {self.step}: before is not taken and kept")
        texts = (";".join(f"{escaped(o)}*{v}*{h}" for v, o, h in lots) for lots in (before, taken, kept))
        row = (self.step, chain, txid, index, pool, address, contract, *texts, total[0], total[2])
        self.steps.append(tuple(map(str, row)))

    def _all(self, kind, place, lots, reason=""):
        for origin, (value, _) in sums(lots).items():
            self._end(kind, place, origin, value, reason)

    def _end(self, kind, place, origin, value, reason=""):
        if value:
            self.outcomes.append((kind, place, origin, value, reason))


def escaped(origin):
    return (origin or "").replace("\\", "\\\\").replace(";", "\\;").replace("*", "\\*")

"""What rules about noise say, and links inside coinjoins, where something is known: sections of docs/accuracy.md."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from benchmarks.account_control import SHARED, known, transfer, wallets
from benchmarks.change_accuracy import opened, rows
from benchmarks.coinjoins import BLOCKS
from benchmarks.rate import Rate
from chaintrace.case.mixing.linking import INTRAFEES, linked
from chaintrace.case.noise import resembled
from chaintrace.model.chain import Account, Asset, Block
from chaintrace.model.finding import Noise
from chaintrace.model.provenance import Observation
from chaintrace.model.transaction import Transaction, Transfer
from heuristics.noise.airdrop_spam import airdrop_spam
from heuristics.noise.dust import dust
from heuristics.noise.fake_token import fake_token
from heuristics.noise.forced_address_reuse import forced_address_reuse
from heuristics.noise.poisoning import poisoning

TOKENS = SHARED / "tron" / "israel-seizure-orders" / "trc20_xfers.csv"
USDT = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
EARNEST = 1_000_000
"""Base units of USDT, one whole: an address that sent so much at once is counted as one in earnest."""

COINJOINS = "emulated_joinmarket"
RATIOS = (Fraction(0), Fraction(1, 1000), INTRAFEES, Fraction(1, 50))
POISONED = """
## poisoning: what it says of 40 wallets

Nobody wrote down which transfers are poisonings, so precision and recall are not measured. What can be counted is what
the rule names in the USDT of the case `tron-usdt`, and whether anything that was named could have mattered: every
transfer named stands in findings.csv, with the payment that it imitates. "In earnest" is an address that any of the 40
ever paid, or that ever sent them a whole USDT or more at once.

| of the USDT transfers of 40 wallets on TRON | number |
|---|---|
"""
NAMED = """
## fake_token and airdrop_spam: what they say of 40 wallets

Tokens other than USDT that came to the same wallets, with the names that an explorer gives them.

| of the other tokens | number |
|---|---|
"""
SPRAYED = """
## dust and forced_address_reuse: ordinary transactions

Blocks of which nobody says that anybody sent dust to others. What is named there is named wrongly, as far as anybody
knows. What came before is known of the first blocks alone, of the others what stands earlier in the same block.

| data set | era | transactions | outputs named by dust | outputs named by forced_address_reuse |
|---|---|---|---|---|
"""
LINKS = f"""
## Deterministic links inside coinjoins

What `chaintrace candidates` calls deterministic, on the coinjoins of JoinMarket whose wallets are known: a link is
wrong where another wallet held the input than got the output. The taker pays the makers, so that a count which allows
for no such payment takes strangers for one. The command allows for {INTRAFEES} of the value that is mixed.

| allowed for | coinjoins | several readings | deterministic links | wrong |
|---|---|---|---|---|
"""


def rates() -> Iterator[Rate]:
    """What data/accuracy.csv tells of these rules: false alarms where there is nothing to find."""
    found = counted()
    size = sum(one.transactions for one in found)
    about = ("ordinary transactions", size, "transactions", "2009-2017", "real")
    yield Rate(dust.__name__, *about, 0, sum(one.dust for one in found), 0)
    known_before = found[0]
    about = (known_before.name, known_before.transactions, "transactions", known_before.era, "real")
    yield Rate(forced_address_reuse.__name__, *about, 0, known_before.reuse, 0)


def section() -> str:
    """What stands in docs/accuracy.md."""
    parts = (
        POISONED + "".join(f"| {what} | {number} |\n" for what, number in poisoned().items()),
        NAMED + "".join(f"| {what} | {number} |\n" for what, number in named().items()),
        SPRAYED + "".join(sprayed()),
        LINKS + "".join(links()),
    )
    return "".join(parts)


@cache
def poisonings() -> tuple[tuple[Noise, Transfer], ...]:
    """What the rule names, with the transfer that it is about."""
    ledger = wallets()
    moved = {one.txid: one.transfers[0] for one in ledger.transactions}
    found = [one for account in ledger.accounts for one in poisoning(account, ledger.view)]
    return tuple((one, moved[one.subject]) for one in found if isinstance(one, Noise))


def poisoned() -> Mapping[str, str]:
    """The lines of the first table."""
    ledger, found = wallets(), poisonings()
    transfers = [one.transfers[0] for one in ledger.transactions]
    own = {account.address for account in ledger.accounts}
    earnest = {leg.outputs[0].address for leg in transfers if leg.inputs[0].address in own and leg.value}
    earnest |= {leg.inputs[0].address for leg in transfers if (leg.value or 0) >= EARNEST}
    ends = [(one, leg.inputs[0].address, leg.outputs[0].address) for one, leg in found]
    strangers = {payee if payer == one.object else payer for one, payer, payee in ends}
    values = [leg.value or 0 for _, leg in found]
    zeros = [leg for leg in transfers if not leg.value]
    alike = [pair for account in ledger.accounts for pair in resembled(account, ledger.view)]
    return {
        "all": f"{len(transfers):,}",
        "named": f"{len(found):,}",
        "of these, transfers of zero": str(values.count(0)),
        "transfers of zero in all": str(len(zeros)),
        "most that one of them moved, in base units (millionths of a USDT)": f"{max(values):,}",
        "what all of them moved, in base units": f"{sum(values):,}",
        "look-alike addresses named": str(len(strangers)),
        "of these, in earnest": str(len(strangers & earnest)),
        "of these, tagged by the explorer": str(sum(bool(ledger.view.tags("tron", one)) for one in strangers)),
        "payments to an address that looks like one that was paid before": str(len(alike)),
    }


def named() -> Mapping[str, str]:
    """The lines of the second table."""
    with TOKENS.open(encoding="utf-8", newline="") as file:
        told = {row["tx_id"]: row for row in csv.DictReader(file) if row["token_id"] != USDT}
    found, seen = list[Transaction](), dict[str, Observation]()
    for number, row in enumerate(sorted(told.values(), key=lambda one: int(one["timestamp"]))):
        asset, order = Asset("tron", row["token_id"]), (number, 0, 0)
        part = transfer("token", (row["from_address"], row["to_address"]), int(row["quant"]), asset, order)
        found.append(Transaction("tron", row["tx_id"], Block(number, "", int(row["timestamp"]) // 1000), 0, (part,)))
        for what, name in (("symbol", row["token_abbr"]), ("name", row["token_name"])):
            seen[f"{asset.contract} {what}"] = Observation("tron", asset.contract, what, None, name)
    view = known("", "tron", tuple(found), None).view
    view.noted = tuple(seen.values())
    accounts = {Account(one.transfers[0].outputs[0].address, one.transfers[0].asset) for one in found}
    lines = {"transfers": str(len(found)), "contracts": str(len({one.transfers[0].asset.contract for one in found}))}
    for rule in (airdrop_spam, fake_token):
        said = [(account.asset.contract, one) for account in accounts for one in rule(account, view)]
        lines[f"transfers named by {rule.__name__}"] = str(len({one.subject for _, one in said}))
        lines[f"contracts named by {rule.__name__}"] = str(len({contract for contract, _ in said}))
    return lines


@dataclass(frozen=True)
class Counted:
    """What the two rules about dust name in one file of blocks."""

    name: str
    era: str
    transactions: int
    dust: int
    reuse: int


@cache
def counted() -> tuple[Counted, ...]:
    """Each file of blocks."""
    found = []
    for name, era in BLOCKS.items():
        with opened(SHARED / "bitcoin" / "blocks" / name, "bitcoin") as (view, transactions):
            tiny = sum(len([*dust(one, view)]) for one in transactions)
            reuse = sum(len([*forced_address_reuse(one, view)]) for one in transactions)
            found.append(Counted(name, era, len(transactions), tiny, reuse))
    return tuple(found)


def sprayed() -> Iterator[str]:
    """The lines of the third table."""
    for one in counted():
        yield f"| {one.name} | {one.era} | {one.transactions} | {one.dust} | {one.reuse} |\n"


def links() -> Iterator[str]:
    """The lines of the last table."""
    coinjoins = [row for row in rows(COINJOINS).values() if row["is_coinjoin"]]
    for ratio in RATIOS:
        several = sure = wrong = 0
        for row in coinjoins:
            told = linked([one["value"] for one in row["inputs"]], [one["value"] for one in row["outputs"]], ratio)
            several += told.readings > 1
            for output, spent in told.deterministic:
                sure += 1
                wrong += row["outputs"][output]["owner"] != row["inputs"][spent]["owner"]
        yield f"| {ratio} | {len(coinjoins)} | {several} | {sure} | {wrong} |\n"

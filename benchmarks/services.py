"""What the rules about services say of wallets whose histories are complete: sections of docs/accuracy.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from benchmarks.account_control import FIRST, Ledger, exchanges, first_blocks, known, tagged, wallets
from chaintrace.case.view import CaseView
from chaintrace.model.attribution import Tag
from chaintrace.model.chain import Account
from chaintrace.model.view import History
from heuristics.services.busy import MANY, busy, paid
from heuristics.services.deposit_address import deposit_address

SHAPE = """
## deposit_address: what it says of 40 wallets

How often the rule is right is not measured: nothing at hand tells whose a deposit address is but labels and the rule
itself. A payment gateway that pays an exchange has the same shape and would be taken for the exchange's customer; how
often that happens is not known. What can be counted is when it speaks. The 40 wallets are those of the case
`tron-usdt`, whose USDT is known whole; the labels are an explorer's tags of 32 addresses, or DeFiLlama's list of
exchanges' wallets. That a wallet of the right shape is passed over means that too little is passed on within a day.

| wallets | number |
|---|---|
"""
BY_EXCHANGE = """
By exchange: the wallets that the rule names as swept to it, and for how many of these it still speaks when the tags of
that exchange alone are taken away.

| exchange, by the explorer's tags | wallets named | named without its tags |
|---|---|---|
"""
BUSY = f"""
## busy: how many others an address pays in a day

The rule takes an address that pays more than {MANY} others in one day and one asset for a service's. Whether
those of which it speaks are, nothing at hand says.

| set | addresses | most others paid in one day, in order | the rule speaks of |
|---|---|---|---|
"""

Labels = Mapping[tuple[str, str], tuple[Tag, ...]]


def section() -> str:
    """What stands in docs/accuracy.md."""
    ledger = wallets()
    plain = labels(tagged().values())
    named = spoken(ledger.view, ledger.accounts, plain)
    listed = spoken(ledger.view, ledger.accounts, by_list())
    both = [wallet for wallet in named if wallet in listed]
    shaped = sum(is_shaped(ledger.view, account, plain) for account in ledger.accounts)
    numbers = {
        "whose history is complete": len(ledger.accounts),
        "that send at least 95 % of what leaves them to one exchange, by the explorer's tags": shaped,
        "of which the rule speaks": len(named),
        "of which it speaks with DeFiLlama's list instead": len(listed),
        "of these, those of which it speaks by the explorer's tags too": len(both),
        "of which it speaks without any label": len(spoken(ledger.view, ledger.accounts, {})),
    }
    lines = [f"| {what} | {number} |" for what, number in numbers.items()]
    counts = Counter(named.values())
    rows = [
        f"| {actor} | {counts[actor]} | {still(ledger.view, ledger.accounts, plain, actor)} |"
        for actor in sorted(counts, key=lambda actor: (-counts[actor], actor))
    ]
    early = known(FIRST, "tron", first_blocks(), None)
    last = "".join(days(one) for one in (ledger, early))
    return SHAPE + "\n".join(lines) + "\n" + BY_EXCHANGE + "\n".join(rows) + "\n" + BUSY + last


def days(ledger: Ledger) -> str:
    """A line of the last table: the busiest day of any account, and of how many accounts the rule speaks."""
    found = [ledger.view.history(account) for account in ledger.accounts]
    most = [max(map(len, paid(one).values()), default=0) for one in found if isinstance(one, History)]
    bare = ledger.view.with_tags({})
    said = sum(bool(list(busy(account, bare))) for account in ledger.accounts)
    return f"| {ledger.name} | {len(most)} | {', '.join(map(str, sorted(most, reverse=True)[:4]))} | {said} |\n"


def labels(tags: Iterable[Tag]) -> Labels:
    """Tags by (chain, address)."""
    return {(tag.chain, tag.address): (tag,) for tag in tags}


def by_list() -> Labels:
    """DeFiLlama's wallets as tags."""
    return labels(
        [
            Tag("tron", address, name, name.casefold(), "exchange", 50, "DeFiLlama", stops=True)
            for address, name in exchanges("tron").items()
        ]
    )


def spoken(view: CaseView, accounts: tuple[Account, ...], tags: Labels) -> dict[str, str]:
    """The wallets that the rule names under these labels, and to which exchange they are swept."""
    seen = view.with_tags(tags)
    found: dict[str, str] = {}
    for account in accounts:
        for finding in deposit_address(account, seen):
            found[finding.subject] = tags["tron", finding.object][0].says
    return found


def still(view: CaseView, accounts: tuple[Account, ...], tags: Labels, actor: str) -> int:
    """For how many of an exchange's wallets the rule speaks when its tags alone are taken away."""
    own = {wallet for wallet, name in spoken(view, accounts, tags).items() if name == actor}
    left = {key: told for key, told in tags.items() if told[0].says != actor}
    return len(own & spoken(view, accounts, left).keys())


def is_shaped(view: CaseView, account: Account, tags: Labels) -> bool:
    """Whether an account sends at least 95 % of the value that leaves it to addresses of one exchange."""
    history = view.history(account)
    sums = Counter[str]()
    for movement in history.movements if isinstance(history, History) else ():
        transfer = movement.transfer
        payer, payee = transfer.inputs[0].address, transfer.outputs[0].address
        if payer == account.address != payee:
            known = tags.get(("tron", payee))
            sums[known[0].says if known else ""] += transfer.value or 0
    most = max((value for name, value in sums.items() if name), default=0)
    return bool(most) and 20 * most >= 19 * sum(sums.values())

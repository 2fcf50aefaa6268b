"""What traces reach, and so what rules are asked about: transactions, and addresses with the asset that arrived."""

from collections.abc import Iterable

from chaintrace.model.chain import Account
from chaintrace.model.finding import AnyFinding, Heuristic, Noise
from chaintrace.model.trace import Endpoint, Hop, Trace
from chaintrace.model.transaction import Transaction


class Reached:
    """All that several rounds of traces reached, each once and in the order in which it was met."""

    def __init__(self) -> None:
        self._transactions: dict[tuple[str, str], Transaction] = {}
        self._accounts: dict[Account, None] = {}

    @property
    def transactions(self) -> tuple[Transaction, ...]:
        """The transactions that carry traced value."""
        return tuple(self._transactions.values())

    @property
    def accounts(self) -> tuple[Account, ...]:
        """Where value arrived, each address once an asset."""
        return tuple(self._accounts)

    def grow(self, traces: Iterable[Trace]) -> bool:
        """Add what these traces reach. Whether anything of it is new."""
        before = len(self._transactions), len(self._accounts)
        for trace in traces:
            for hop in trace.hops:
                if hop.transaction is not None:
                    self._transactions.setdefault((hop.asset.chain, hop.txid), hop.transaction)
            self._accounts.update(dict.fromkeys(accounts(trace)))
        return before != (len(self._transactions), len(self._accounts))


def accounts(trace: Trace) -> Iterable[Account]:
    """The accounts that a trace is about: on account chains wherever value arrived.

    On chains of outputs an address is asked about where its value was spent towards a stop, and nowhere else: there
    its history is no part of a trace and has to be looked up.
    """
    before = passed_to_stops(trace)
    for hop in trace.hops:
        if not _is_utxo(hop):
            yield from (Account(address, hop.asset) for address in hop.to_address.split(";") if address)
        elif (hop.asset.chain, hop.txid, hop.index) in before:
            yield from (Account(address, hop.asset) for address in hop.from_address.split(";") if address)


def passed_to_stops(trace: Trace) -> frozenset[tuple[str, str, str]]:
    """The legs (chain, txid, index) in which traced value arrived at a stop."""
    return frozenset((end.asset.chain, end.txid, end.index) for end in trace.outcomes if isinstance(end, Endpoint))


def before_stops(traces: Iterable[Trace]) -> dict[Account, int]:
    """The accounts whose value went on to a stop, and how much of it at most under any trace, in base units.

    Those of account chains: no follow asks for the history of an address on a chain of outputs.
    """
    most: dict[Account, int] = {}
    for trace in traces:
        sums: dict[Account, int] = {}
        passed = passed_to_stops(trace)
        for hop in trace.hops:
            if (hop.asset.chain, hop.txid, hop.index) in passed and hop.rule != "seed" and not _is_utxo(hop):
                for address in hop.from_address.split(";"):
                    account = Account(address, hop.asset)
                    sums[account] = sums.get(account, 0) + hop.traced
        for account, value in sums.items():
            most[account] = max(value, most.get(account, 0))
    return most


def met(found: Iterable[AnyFinding], traces: Iterable[Trace], rules: Iterable[Heuristic]) -> tuple[AnyFinding, ...]:
    """The findings that these traces meet: of rules about addresses where value arrived there, else where it passed.

    Noise that such a rule finds is a txid; the address that it was meant for is the object.
    """
    of_addresses = {rule.id for rule in rules if rule.subject == "address"}
    places: set[tuple[str, str]] = set()
    passed: set[tuple[str, str]] = set()
    for trace in traces:
        for hop in trace.hops:
            passed.add((hop.asset.chain, hop.txid))
            places.update((hop.asset.chain, address) for address in hop.to_address.split(";"))
    return tuple(
        one
        for one in found
        if (
            (one.chain, one.object if isinstance(one, Noise) else one.subject) in places
            if one.rule in of_addresses
            else any((one.chain, txid) in passed for txid in one.evidence)
        )
    )


def touched(transactions: Iterable[Transaction]) -> tuple[Account, ...]:
    """Every account that these transactions name, each once: what rules are asked about where nothing is traced."""
    found: dict[Account, None] = {}
    for transaction in transactions:
        for transfer in transaction.transfers:
            for leg in (*transfer.inputs, *transfer.outputs):
                if leg.address:
                    found.setdefault(Account(leg.address, transfer.asset))
    return tuple(found)


def _is_utxo(hop: Hop) -> bool:
    """Whether a hop is on a chain of outputs."""
    return hop.transaction is not None and hop.transaction.utxo is not None

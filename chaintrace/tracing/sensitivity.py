"""What another reading of the facts would change at an endpoint: openings, input orders, origins, wallets.

Each reading is a trace of its own; a sensitivity is written only where an endpoint's value for an origin differs.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from chaintrace.errors import InputError
from chaintrace.model.amounts import figure, prose
from chaintrace.model.chain import Account, Asset
from chaintrace.model.sensitivity import Sensitivity, SensitivityKind
from chaintrace.model.trace import Endpoint, Limits, Options, Seed, Trace, Wallet
from chaintrace.model.view import View
from chaintrace.tracing.arrivals import Arrivals
from chaintrace.tracing.forward import trace
from chaintrace.tracing.inflows import Inflows, Pooled
from chaintrace.tracing.input_order import input_orders, method_name
from chaintrace.tracing.record import Record

MOST_ACCOUNTS = 25
"""Accounts whose opening is raised, at most: those through which the most traced value passed."""

MOST_ORIGINS = 25
"""Origins that are left out in turn, at most: those that claimed the most value."""

MOST_HOPS = 150_000
"""Hops that the readings of one kind may repeat, at most: a case of very many payments tries fewer, at least one."""

Ends = dict[tuple[str, Asset, str], int]
"""The value of each endpoint in base units, by origin, asset and address."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """The question that all readings share."""

    view: View
    seeds: tuple[Seed, ...]
    traces: Mapping[str, Trace]
    limits: Limits
    options: Options


def sensitivities(  # five say what was traced, and the wallets what else the case declares
    view: View,
    seeds: tuple[Seed, ...],
    traces: Mapping[str, Trace],
    limits: Limits | None = None,
    options: Options | None = None,
    *,
    wallets: tuple[Wallet, ...] = (),
) -> tuple[Sensitivity, ...]:
    """Every other reading that changes an endpoint (for input orders: an output on a path), in base units.

    `traces` are the methods' traces of `seeds` under `limits` and `options`. `wallets` are those that the case
    declares: where `options` has them as pools, the other reading is without, and the reverse. Ordered by kind, then
    by method in the order of `traces`. A pure function. Raises InputError as `trace` does.
    """
    asked = _Asked(view, seeds, traces, limits or Limits(), options or Options())
    return (
        *_openings(asked),
        *input_orders(view, seeds, traces, asked.limits, asked.options),
        *_origins(asked),
        *_wallets(asked, wallets),
    )


def _endpoints(found: Trace) -> Ends:
    """The value that each origin has at each endpoint, in the order of arrival."""
    ends: Ends = {}
    for end in found.outcomes:
        if isinstance(end, Endpoint):
            key = (end.origin, end.asset, end.address)
            ends[key] = ends.get(key, 0) + end.value
    return ends


def _differences(before: Ends, after: Ends) -> Iterator[tuple[str, Asset, str, int, int]]:
    """Origin, asset, address, and both values, of every endpoint that differs; those of `before` first."""
    for key in dict.fromkeys((*before, *after)):
        first, second = before.get(key, 0), after.get(key, 0)
        if first != second:
            yield *key, first, second


def _found(  # a sensitivity's own fields
    kind: SensitivityKind,
    method: str,
    subject: str,
    difference: tuple[str, Asset, str, int, int],
    text: str,
    *,
    exact: bool,
) -> Sensitivity:
    origin, asset, place, value, other = difference
    ends = (min(value, other), max(value, other))
    return Sensitivity(kind, method, asset.chain, subject, origin, place, asset, value, *ends, text, exact)


# --- openings (M9) ------------------------------------------------------------------------------------


def _openings(asked: _Asked) -> list[Sensitivity]:
    """Raise each unknown opening to the sum of the account's outflows.

    Under FIFO, LIFO and LIBR a larger one changes nothing more; under haircut it would thin the rest further.
    """
    pools = _unknown_openings(asked)
    found: list[Sensitivity] = []
    most = _affordable(MOST_ACCOUNTS, asked.traces.values())
    for pool in pools[:most]:
        raised = {Account(address, pool.asset): pool.outflows for address in pool.addresses}
        for method, before in asked.traces.items():
            after = trace(asked.view, asked.seeds, method, asked.limits, asked.options, openings=raised)
            for difference in _differences(_endpoints(before), _endpoints(after)):
                text = _opening_text(pool, method, difference)
                found.append(_found("opening", method, pool.name, difference, text, exact=False))
    return _with_rest(found, "Accounts with an unknown opening that were not varied", len(pools) - most)


def _affordable(most: int, repeated: Iterable[Trace]) -> int:
    """How many readings are tried: `most`, or fewer where each repeats traces of very many hops."""
    hops = sum(len(found.hops) for found in repeated)
    return max(1, min(most, MOST_HOPS // max(1, hops)))


def _with_rest(found: list[Sensitivity], what: str, rest: int) -> list[Sensitivity]:
    """What was found, with the number of readings that were not tried in the last one's text."""
    if found and rest > 0:
        found[-1] = replace(found[-1], text=f"{found[-1].text} {what}: {rest}.")
    return found


def _opening_text(pool: Pooled, method: str, difference: tuple[str, Asset, str, int, int]) -> str:
    origin, asset, place, value, other = difference
    return (
        f"The opening balance of {pool.name} is not known. With the least that explains its outflows, "
        f"{prose(pool.opening, asset)}, {prose(value, asset)} of {origin} are credited to {place} under "
        f"{method_name(method)}; with {prose(pool.outflows, asset)}, the sum of all its outflows, "
        f"{figure(other, asset)}. Other openings were not tried."
    )


def _unknown_openings(asked: _Asked) -> list[Pooled]:
    """The pools that traced value woke and whose opening nobody knows and could be larger, the most used first."""
    passed: dict[Account, int] = {}
    for found in asked.traces.values():
        for hop in found.hops:
            if hop.to_address and hop.transaction is not None and hop.transaction.utxo is None:
                account = Account(hop.to_address, hop.asset)
                passed[account] = passed.get(account, 0) + hop.traced
    arrivals = Arrivals(asked.view, asked.seeds, asked.limits, Record("haircut", steps=False))
    accounts = Inflows(asked.view, asked.limits, asked.options, arrivals)
    pools: dict[Pooled, int] = {}
    for account, value in passed.items():
        if arrivals.stop(account.chain, account.address) is None:
            pool = accounts.pool(account)
            if pool is not None and not pool.known and pool.outflows > pool.opening:
                pools[pool] = pools.get(pool, 0) + value
    return sorted(pools, key=lambda pool: (-pools[pool], pool.asset.chain, pool.asset.contract, pool.name))


# --- origins (M14) ------------------------------------------------------------------------------------


def _origins(asked: _Asked) -> list[Sensitivity]:
    """Under LIBR, leave each origin out in turn: the others' claims may depend on its being claimed."""
    before = asked.traces.get("libr")
    names = tuple(dict.fromkeys(seed.origin for seed in asked.seeds))
    if before is None or len(names) < 2:
        return []
    claimed = dict.fromkeys(names, 0)
    for claim in before.claims:
        claimed[claim.origin] += claim.claimed
    most = _affordable(MOST_ORIGINS, (before,))
    chosen = frozenset(sorted(names, key=lambda name: -claimed[name])[:most])
    found = [one for name in names if name in chosen for one in _left_out(asked, before, name)]
    return _with_rest(found, "Payments that were not left out in turn", len(names) - most)


def _left_out(asked: _Asked, before: Trace, name: str) -> Iterator[Sensitivity]:
    """What changes under LIBR if one origin is not claimed."""
    rest = tuple(seed for seed in asked.seeds if seed.origin != name)
    after = _endpoints(trace(asked.view, rest, "libr", asked.limits, asked.options))
    others = {key: value for key, value in _endpoints(before).items() if key[0] != name}
    for difference in _differences(others, after):
        origin, asset, place, value, other = difference
        text = (
            f"Under LIBR, {prose(value, asset)} of {origin} are credited to {place}; if {name} were not claimed, "
            f"and its value were counted as unidentified, {figure(other, asset)}."
        )
        yield _found("origin left out", "libr", name, difference, text, exact=True)


# --- wallets (M5) -------------------------------------------------------------------------------------


def _wallets(asked: _Asked, declared: Sequence[Wallet]) -> Iterator[Sensitivity]:
    """With the declared wallets as pools and without, whichever the case did not choose."""
    pooled = asked.options.wallets
    wallets = pooled or tuple(declared)
    if not wallets:
        return
    other = replace(asked.options, wallets=() if pooled else wallets)
    subject = ";".join(wallet.name for wallet in wallets)
    chosen, instead = ("one pool", "a pool of its own") if pooled else ("a pool of its own", "one pool")
    for method, before in asked.traces.items():
        try:
            after = _endpoints(trace(asked.view, asked.seeds, method, asked.limits, other))
        except InputError:  # a seed that stays inside a wallet can be traced in one of the two readings only
            return
        for difference in _differences(_endpoints(before), after):
            origin, asset, place, value, changed = difference
            text = (
                f"With {_as_pools(subject, chosen)}, {prose(value, asset)} of {origin} are credited to {place} under "
                f"{method_name(method)}; with {_as_pools(subject, instead)}, {figure(changed, asset)}."
            )
            yield _found("wallet pool", method, subject, difference, text, exact=True)


def _as_pools(wallets: str, how: str) -> str:
    return f"{'the addresses' if how == 'one pool' else 'each address'} of {wallets} as {how}"

"""Mixer: a contract that pays out what it took without saying whose it was. Nobody's pool is followed through it."""

from collections.abc import Iterator

from chaintrace.model.chain import Account
from chaintrace.model.finding import AnyFinding, Service
from chaintrace.model.view import View


def mixer(account: Account, view: View) -> Iterator[AnyFinding]:
    """A contract of a mixer, by the tables of protocols: a trace stops there, always.

    A mixer pays whoever can show that a deposit was theirs, and not which one. So nothing that leaves it is traced: who
    may have got it is a set of candidates with its size (docs/mixers.md), and no part of a trace. The rule speaks of
    the contracts that the tables name on that very chain, pools and the routers in front of them. What a tag of the
    category `mixing_service` names stops too, without this rule.
    Source: the tables of data/protocols/ with shape mixer, each row with its own; Tornado.sol of tornado-core.
    Known failures: mixers that no table names, copies of a contract at another address among them; of a pool that is
    reached through a router that no table names, the router is the stop, as a contract.
    Measured: nothing to measure, for that an address is a contract of the table is a fact; whether the table's source
    is right about it is not measured. Two of its pools were seen in recorded logs.
    """
    rows = [row for row in view.protocols().of(account.chain, account.address) if row.shape == "mixer"]
    if rows:
        row = rows[0]
        part = f"the {row.route}" if row.route == "router" else f"a pool of {row.route}" if row.route else "a contract"
        text = (
            f"the address is {part} of the mixer {row.protocol}: what it pays out cannot be told apart ({row.source})."
        )
        yield Service(account.chain, account.address, row.protocol, (), text=text)

"""What the pools of both kinds of chain work with in one run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chaintrace.accounting import Pool
from chaintrace.model.chain import Account
from chaintrace.model.trace import Limits, Options
from chaintrace.model.view import View
from chaintrace.tracing.agenda import Agenda
from chaintrace.tracing.arrivals import Arrivals
from chaintrace.tracing.crossings import Crossings
from chaintrace.tracing.links import Links
from chaintrace.tracing.record import Record
from chaintrace.tracing.wallets import Wallets


@dataclass(frozen=True, slots=True)
class Desk:
    """The view to ask, the record to write, the agenda to fill, and how a pool is made.

    `openings` raises implied openings (base units), for sensitivities.
    """

    view: View
    limits: Limits
    options: Options
    record: Record
    arrivals: Arrivals
    agenda: Agenda
    maker: Callable[[], Pool]
    openings: Mapping[Account, int]
    links: Links
    crossings: Crossings
    wallets: Wallets

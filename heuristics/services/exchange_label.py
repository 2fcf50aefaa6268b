"""Whose an address is by its tags, where they say that it is an exchange's: all that a rule knows of an exchange."""

from typing import NamedTuple

from chaintrace.model.attribution import RULE, stated_confidence
from chaintrace.model.view import View

EXCHANGES = frozenset({"exchange", "custodian", "broker"})
"""Categories of services that give their customers addresses of their own to pay to."""


class Exchange(NamedTuple):
    """Who is named, how a person calls it, and how sure the tags are (0-100)."""

    actor: str
    name: str
    confidence: int


def exchange(view: View, chain: str, address: str) -> Exchange | None:
    """The exchange that tags attribute an address to: by the most confident one that stops. None where none says so.

    A tag that stops nothing says nothing of a service: an exchange's wallet on a list of sanctions is still its wallet.
    A label that a rule derived does not count: a rule would rest on itself. Where tags contradict each other, the least
    of their confidences stands.
    """
    told = tuple(tag for tag in view.tags(chain, address) if not tag.family.startswith(RULE))
    best = max((tag for tag in told if tag.stops), key=lambda tag: tag.confidence, default=None)
    if best is None or best.category not in EXCHANGES:
        return None
    return Exchange(best.says.casefold(), best.actor or best.label, stated_confidence(told))

"""What Tronscan calls addresses: a third party's claims, kept with the answer (and so the time) that made them.

They are observations, never tags of the case: whoever wants them imports them as such. Source: TRONSCAN API
Documentation, `from_address_tag` of transfers, `addressTag` of transactions, and `tag1` of `contractInfo`.
"""

from collections.abc import Iterable

from chaintrace.adapters.transport import Json, in_short
from chaintrace.adapters.tron.answers import Table, address_of
from chaintrace.errors import Malformed
from chaintrace.model.provenance import Observation, Source

TAG = "tag"
"""`Observation.what` of such a claim; its subject is the address, its value the label, and it has no height."""

_LONGEST = 200


def claim(chain: str, address: str, label: str, source: Source) -> Observation:
    """One claim, in plain letters and short."""
    return Observation(chain, address, TAG, None, in_short(label, _LONGEST), source)


def claims_beside(chain: str, told: Table, source: Source) -> Iterable[Observation]:
    """The claims that stand beside a page of transfers or a transaction. What is odd in them is passed over."""
    yield from _claims(chain, told.get("addressTag"), source)
    info = told.get("contractInfo")
    if isinstance(info, dict):
        labels = {address: one.get("tag1") for address, one in info.items() if isinstance(one, dict)}
        yield from _claims(chain, labels, source)


def _claims(chain: str, labels: Json, source: Source) -> Iterable[Observation]:
    """Claims by address."""
    for name, label in labels.items() if isinstance(labels, dict) else ():
        if isinstance(label, str) and label.strip():
            try:
                address = address_of(name, "a labelled address")
            except Malformed:
                continue
            yield claim(chain, address, label, source)

"""Sanctioned: an address on a sanctions list, where a case chooses to stop there."""

from collections.abc import Iterator, Sequence

from chaintrace.model.attribution import SANCTIONS, Tag
from chaintrace.model.chain import Account
from chaintrace.model.finding import AnyFinding, Service
from chaintrace.model.view import View


def sanctioned(account: Account, view: View) -> Iterator[AnyFinding]:
    """An address that stands on a sanctions list: a trace stops there, in a case that names this rule and in no other.

    Whoever is listed may be a thief whose next steps are what a case is about: a listing ends no control, and what
    leaves the address is on the ledger. So `"*"` does not include this rule. It serves those for whom the listing is
    the answer: what reached a listed address is blocked or reported, whatever became of it. Of several claims of one
    list the newest date decides; one that was delisted since is no stop, though value came while it stood there. A
    claim without any date counts as a listing where no other says that the address was delisted. The rule abstains
    where a tag stops the trace already. Whether value came before the listing, the report says beside each credit.
    Source: OFAC, Specially Designated Nationals and Blocked Persons List (sanctionslist.ofac.treas.gov), as the tags
    of the case repeat it.
    Known failures: a list that is older than the newest designations; a list without dates of delisting; a service's
    wallet that is listed with the service, where accounts are kept for people who are not; a listed address that
    changed hands.
    Measured: nothing to measure, for that an address is listed is a fact of the list; what that means is not judged.
    """
    tags = view.tags(account.chain, account.address)
    if any(tag.stops for tag in tags):
        return
    for family, called in SANCTIONS.items():
        tag = standing([one for one in tags if one.family == family])
        if tag is not None:
            since = tag.valid_from or "a day that the list does not say"
            under = f", under {tag.programs}" if tag.programs else ""
            dates = f"listed on {since}{under}; no delisting known"
            text = f"the address stands on {called} as {tag.says} ({dates}; {tag.source})."
            yield Service(account.chain, account.address, "", (), confidence=tag.confidence, text=text)


def standing(tags: Sequence[Tag]) -> Tag | None:
    """The claim by which an address stands on a list, the one listed last; None for an address that was delisted.

    Who was listed again on the day of a delisting or later stands on it.
    """
    listed = [tag for tag in tags if not tag.valid_to]
    gone = max((tag.valid_to for tag in tags), default="")
    newest = max(listed, key=lambda tag: (tag.valid_from, tag.programs, tag.confidence), default=None)
    return newest if newest is not None and newest.valid_from >= gone else None

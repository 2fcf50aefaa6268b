"""The `[[link]]` and `[[accept]]` entries of a case: where a document, or a person, says that value went on (M23)."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from chaintrace.case.log import Detail
from chaintrace.case.seeds import txid_of
from chaintrace.case.sources import NamedFile
from chaintrace.case.table import Table, kind_of, nearest, shown
from chaintrace.model.finding import AnyFinding, Continues, Moved

LINK_KEYS = ("from", "to", "back", "document", "sha256", "produced_by", "date", "entered_by")
LEG_KEYS = ("chain", "txid", "index")
ACCEPT_KEYS = ("rule", "chain", "from", "to", "name", "reason")
DOCUMENTED = "documented_link"
"""The rule's id of a link: `[rules] off` may name it."""
CONFIDENCE = 90
"""That of a link (0-100): as of a transaction that a person checked by hand (`manual_transaction`)."""
TEXT = (
    "A document says that the value of one movement went on in another, such as an exchange's production by which a "
    "deposit became a withdrawal. Whoever entered it stands by it; the chain does not show it. Known failure: the "
    "document is wrong, or of another customer."
)
"""What a report says of links."""

_DIGEST = re.compile(r"[0-9a-f]{64}\Z")


@dataclass(frozen=True, slots=True)
class Accepted:
    """A lead that a person decided to follow: the rule, what it is about, and who decided so for which reason."""

    rule: str
    chain: str
    subject: str
    object: str
    name: str
    reason: str

    def is_about(self, found: AnyFinding) -> bool:
        """Whether a finding is the lead."""
        named = (found.rule, found.chain, found.subject, found.object)
        return isinstance(found, Continues) and named == (self.rule, self.chain, self.subject, self.object)


class Linked(NamedTuple):
    """What a case links: the findings of its documents, the leads that it accepts, and the documents beside it."""

    links: tuple[Continues, ...]
    accepted: tuple[Accepted, ...]
    files: tuple[NamedFile, ...]


def read_linked(links: Sequence[Table], accepts: Sequence[Table], chains: Sequence[str]) -> Linked:
    """The links and accepted leads of a case. Raises InputError with the line."""
    found: list[Continues] = []
    files: list[NamedFile] = []
    for entry in links:
        entry.only(LINK_KEYS)
        files += _document(entry)
        found.append(_link(entry, chains))
    accepted = [_accepted(entry, chains) for entry in accepts]
    return Linked(tuple(found), tuple(accepted), tuple(dict.fromkeys(files)))


def _link(entry: Table, chains: Sequence[str]) -> Continues:
    outgoing, incoming = _legs(entry, "from", chains), _legs(entry, "to", chains)
    refunded = _legs(entry, "back", chains) if "back" in entry.values else ()
    for legs, key in ((outgoing, "from"), (refunded, "back")):
        if any(leg.chain != outgoing[0].chain for leg in legs):
            raise entry.error(f"{key} names legs of several chains: write a [[link]] for each", key)
    document, produced, by = entry.text("document"), entry.text("produced_by"), entry.text("entered_by")
    digest, day = entry.text("sha256"), _day(entry)
    txids = dict.fromkeys(leg.txid for leg in (*outgoing, *incoming, *refunded) if leg.chain == outgoing[0].chain)
    return Continues(
        outgoing[0].chain,
        outgoing[0].txid,
        incoming[0].txid,
        tuple(txids),
        DOCUMENTED,
        1,
        CONFIDENCE,
        f"By the document {document}, produced by {produced} on {day}, entered by {by}.",
        (f"document: {document}", f"sha256: {digest}", f"produced_by: {produced}", f"date: {day}", f"entered_by: {by}"),
        outgoing=outgoing,
        incoming=incoming,
        refunded=refunded,
        to_chain=incoming[0].chain,
    )


def _legs(entry: Table, key: str, chains: Sequence[str]) -> tuple[Moved, ...]:
    """The movements that a key names: one table, or a list of them."""
    value = entry.values.get(key)
    if value is None:
        raise entry.error(f"{key} is missing in [[link]]: name the movement with chain, txid and index")
    several = value if isinstance(value, list) else [value]
    named = [one for one in several if isinstance(one, dict)]
    if not named or len(named) < len(several):
        raise entry.wrong(key, "a table such as { chain, txid, index }, or a list of them")
    legs = tuple(_leg(entry, key, one, chains) for one in named)
    if len(set(legs)) < len(legs):
        raise entry.error(f"{key} names one movement twice: remove one", key)
    return legs


def _leg(entry: Table, key: str, value: dict[str, object], chains: Sequence[str]) -> Moved:
    """One movement that a key names."""
    for name in value:
        if name not in LEG_KEYS:
            known = f"it may hold {', '.join(LEG_KEYS)}"
            raise entry.error(f"unknown key {shown(name)} in {key}{nearest(name, LEG_KEYS)}: {known}", key)
    chain, txid, index = (value.get(name) for name in LEG_KEYS)
    if not isinstance(chain, str) or chain not in chains:
        raise entry.error(f"{key}: no source holds the chain {shown(chain)}: add a [[source]] of it", key)
    if not isinstance(txid, str) or not txid.strip():
        raise entry.error(f"{key} names no txid: add it", key)
    if isinstance(index, bool) or not isinstance(index, int | str) or not str(index).strip():
        sentence = f"{key} needs the index of the movement, as `chaintrace show TXID` prints it"
        raise entry.error(f"{sentence}: not {kind_of(index) if index is not None else 'nothing'}", key)
    try:
        return Moved(chain, txid_of(chain, txid), str(index).strip())
    except ValueError as error:
        raise entry.error(f"{key}: {error}: correct it", key) from error


def _document(entry: Table) -> Iterator[NamedFile]:
    """The document, where it lies beside the case: then its SHA-256 must be the one that is written."""
    digest = entry.text("sha256")
    if not _DIGEST.match(digest):
        raise entry.error(f"sha256 is {shown(digest)}: it must be 64 digits 0-9 and a-f, of the document", "sha256")
    name = entry.text("document")
    try:
        is_here = (entry.path.parent / name).exists()
    except OSError:
        is_here = False  # a title, too long for the name of a file
    if not is_here:
        return
    path, told = entry.file("document")
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise entry.error(f"{shown(name)} cannot be read ({error.strerror}): check its rights", "document") from error
    if found != digest:
        raise entry.error(f"{shown(name)} has the SHA-256 {found}: correct sha256, or the document", "sha256")
    yield NamedFile(path, told)


def _day(entry: Table) -> date:
    """The day on which a document was produced."""
    value = entry.values.get("date")
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(entry.text("date"))
    except ValueError as error:
        raise entry.error("date must be a day such as 2024-05-31: correct it", "date") from error


def _accepted(entry: Table, chains: Sequence[str]) -> Accepted:
    entry.only(ACCEPT_KEYS)
    chain = entry.text("chain")
    if chain not in chains:
        raise entry.error(f"no source holds the chain {shown(chain)}{nearest(chain, chains)}: correct it", "chain")
    texts = (entry.text(key) for key in ("from", "to", "name", "reason"))
    return Accepted(entry.text("rule"), chain, *texts)


def accepted(found: Iterable[AnyFinding], choices: Sequence[Accepted]) -> tuple[AnyFinding, ...]:
    """The findings, with the leads that a person accepted marked so."""
    return tuple(_marked(one, choices) for one in found)


def _marked(found: AnyFinding, choices: Sequence[Accepted]) -> AnyFinding:
    choice = next((one for one in choices if one.is_about(found)), None)
    if choice is None or not isinstance(found, Continues) or not found.is_lead:
        return found
    return replace(found, accepted=f"Accepted by {choice.name}: {choice.reason}")


def logged(links: Sequence[Continues], choices: Sequence[Accepted]) -> dict[str, Detail]:
    """What the log keeps of the links that are followed, and of the leads that are accepted; nothing of none."""
    followed = [{"from": one.subject, "to": one.object, "by": list(one.details)} for one in links]
    taken = [
        {"rule": one.rule, "from": one.subject, "to": one.object, "name": one.name, "reason": one.reason}
        for one in choices
    ]
    return {**({"links": followed} if followed else {}), **({"accepted": taken} if taken else {})}


def unmet(linked: Linked, found: Sequence[AnyFinding]) -> Iterator[str]:
    """A sentence for each link and accepted lead of which nothing that was traced knows."""
    for link in linked.links:
        if link not in found:
            yield (
                f"The link from {link.subject} to {link.object} ({link.details[0]}) is not used: no traced value went "
                "out of it."
            )
    for choice in linked.accepted:
        if not any(choice.is_about(one) for one in found):
            yield (
                f"The case accepts a lead of {choice.rule} from {choice.subject} to {choice.object}, but the rule says "
                "nothing of the kind here: nothing was followed."
            )

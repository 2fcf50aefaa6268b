"""Network sources named on a command line, or by nobody; and one look at what they say, without a case."""

import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from chaintrace.adapters import ADAPTERS, NETWORK
from chaintrace.adapters.network import Endpoint
from chaintrace.case.access import Access, opened_door
from chaintrace.case.chain_words import meant
from chaintrace.case.endpoints import connected, endpoint, guessed_adapter, public_endpoints
from chaintrace.case.explore import answers
from chaintrace.case.locating.named_asset import accounts
from chaintrace.case.log import Clock
from chaintrace.case.opening import Ground
from chaintrace.case.sources import COMING
from chaintrace.case.table import nearest, shown
from chaintrace.case.typed import typed_address
from chaintrace.case.view import CaseView
from chaintrace.errors import InputError, Refused
from chaintrace.fetch import Fetcher, Outcome
from chaintrace.model.chain import Block
from chaintrace.model.view import Missing, MissingHistory, MissingTransaction
from chaintrace.store import FileArchive, MemoryStore, Network
from chaintrace.store.interface import nowhere

_TXID = re.compile(r"(0x)?[0-9a-fA-F]{64}\Z")


@dataclass(frozen=True, slots=True)
class Looked:
    """What network sources say of one subject: a view over it, and sentences on what they left open.

    `settled` is False where the sources told only a part. `assets` are those in which an address was asked about.
    """

    view: CaseView
    notes: tuple[str, ...]
    settled: bool
    assets: tuple[str, ...] = ()


def remote(text: str, chain: str | None) -> Endpoint | None:
    """The network source that `[ADAPTER=]URL` names; None where it names a file.

    Raises InputError for an adapter that is not there, a url that cannot be one, and where the chain is not said.
    """
    name, url = _split(text)
    if not name and "://" not in url:
        return None
    if name in COMING:
        raise InputError(f"the adapter {name!r} is not part of this version: there are {', '.join(NETWORK)}")
    if name in ADAPTERS:
        raise InputError(f"the adapter {name!r} reads a file, not a url: write {name}=PATH, or one of {_all()}")
    if name and name not in NETWORK:
        raise InputError(f"there is no adapter {shown(name)}{nearest(name, NETWORK)}: a url needs one of {_all()}")
    if chain is None:
        raise InputError("a url does not say which chain is meant: add --chain, for example --chain bitcoin")
    return endpoint(name or guessed_adapter(url, chain), chain, url)


def remotes(texts: Sequence[str], chain: str | None) -> tuple[Endpoint, ...]:
    """The network sources that a command line names, in their order; the public ones of the chain where it names none.

    Empty where it names a file or a case. Raises InputError as `remote` and `unnamed`, and where a file is not alone.
    """
    if not texts:
        return unnamed(chain)
    found = [remote(one, chain) for one in texts]
    if len(texts) > 1 and None in found:
        raise InputError(
            f"--from names {shown(texts[found.index(None)])}, a file, and something else: name one file, or several "
            "urls; a case.toml (`chaintrace new`) takes any number of both"
        )
    return tuple(one for one in found if one is not None)


def _split(text: str) -> tuple[str, str]:
    """The adapter and the url of `[ADAPTER=]URL`; no adapter where the first `=` belongs to the url or to a path."""
    name, separator, rest = text.partition("=")
    if separator and (name in NETWORK or name in COMING or ("://" in rest and "://" not in name)):
        return name, rest.strip()
    return "", text.strip()


def _all() -> str:
    return ", ".join(NETWORK)


def unnamed(chain: str | None) -> tuple[Endpoint, ...]:
    """The public services for a chain where no source is named. Raises InputError where there are none."""
    if chain is None:
        raise InputError("neither a source nor a chain is named: add --chain, or --from with a file or a url")
    found = public_endpoints(chain)
    if not found:
        url = ", or with the url of a source" if any(chain in one.chains for one in NETWORK.values()) else ""
        said = f"no public service is known for {shown(chain)}{meant(chain)}"
        raise InputError(f"{said}: add --from with the path of a file of its transfers{url}")
    return found


def permitted(endpoints: Sequence[Endpoint], allowed: Access) -> tuple[Endpoint, ...]:
    """The sources that may be asked. Raises Refused, before anybody is asked, when none of them may."""
    if allowed.allowed == "none":
        raise Refused(
            "nobody was asked, because the network is switched off: leave out --offline, and set CHAINTRACE_NETWORK "
            "to own or public; or name a file with --from"
        )
    left = tuple(one for one in endpoints if allowed.allowed == "public" or one.reach == "own")
    if not left:
        raise Refused(
            f"{_urls(endpoints)} {'is' if len(endpoints) == 1 else 'are'} public and would learn what is asked, which "
            "CHAINTRACE_NETWORK=own forbids, so nobody was asked: name a source of your own with --from, or set it to "
            "public"
        )
    return left


def warning(endpoints: Sequence[Endpoint]) -> str:
    """What a person is told before public services are asked for the first time; empty where none are."""
    public = [one for one in endpoints if one.reach == "public"]
    if not public:
        return ""
    return (
        f"asking public services, which learn the transactions and addresses that you ask for: {_urls(public)}; "
        "CHAINTRACE_NETWORK=own forbids it"
    )


def _urls(endpoints: Sequence[Endpoint]) -> str:
    return " and ".join(one.shown for one in endpoints)


@contextmanager
def asked(
    endpoints: Sequence[Endpoint], subject: str, allowed: Access, clock: Clock, asset: str | None = None
) -> Iterator[Looked]:
    """What the first of these sources that answers says of a txid, or of an address in an asset. Nothing of it is kept.

    Without an asset, an address is asked about in the tokens of chains.toml and the native asset. Raises InputError for
    a subject that is neither, AdapterError when no source answers.
    """
    chain = endpoints[0].chain
    questions = _questions(chain, subject, asset)
    networks = [Network(one.chain, one.adapter, one.shown) for one in endpoints]
    store = MemoryStore()
    with tempfile.TemporaryDirectory(prefix="chaintrace-", ignore_cleanup_errors=True) as folder:
        with (
            opened_door(FileArchive(Path(folder), clock), allowed) as door,
            Fetcher([connected(one, door) for one in endpoints], workers=1) as fetcher,
        ):
            status = fetcher.status(chain)
            tip = Block(status.height, status.block_hash, status.time)
            outcomes = [one for question in questions for one in fetcher.fetch([question], {chain: tip})]
        _refuse_silence(outcomes)
        store.pin(chain, tip, clock())
        for outcome in outcomes:
            store.tell(tuple(answers(outcome)))
        view = Ground(store, (), nowhere, (), {}, {}, sources=(), gaps=(), networks=tuple(networks)).view()
        named = tuple(one.account.asset.name for one in questions if isinstance(one, MissingHistory))
        yield Looked(view, _notes(outcomes), all(one.is_settled for one in outcomes), named)


def _refuse_silence(outcomes: Sequence[Outcome]) -> None:
    """Raise what went wrong where no question got an answer: that is no empty history."""
    if all(one.is_failed for one in outcomes):
        raise outcomes[0].errors[-1][1]
    replies = [reply for one in outcomes for _, reply in one.replies]
    if not any(one.is_settled for one in outcomes) and not any(reply.transactions for reply in replies):
        raise Refused("; ".join(_notes(outcomes)) or "no source told anything of it: ask another one")


def _questions(chain: str, subject: str, asset: str | None) -> tuple[Missing, ...]:
    """What is asked about a txid or an address. Raises InputError for what is neither."""
    if _TXID.match(subject):
        return (MissingTransaction(chain, subject.lower()),)
    try:
        address = typed_address(chain, subject)
    except ValueError as error:
        raise InputError(f"{error}, and it is no txid: correct it") from error
    return tuple(MissingHistory(one) for one in accounts(chain, address, asset))


def _notes(outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    """What the answers left unproven, and which sources failed before one answered.

    Why a source told nothing is left out where the next one answered.
    """
    gaps = [
        gap.text
        for one in outcomes
        for _, reply in one.replies
        if not (one.is_settled and reply.still_missing and not reply.transactions)
        for gap in reply.gaps
    ]
    failed = [f"{endpoint.shown} did not answer: {error}" for one in outcomes for endpoint, error in one.errors]
    return tuple(dict.fromkeys((*failed, *gaps)))

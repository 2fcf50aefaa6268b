"""Which questions were asked under the pins, so that none is asked twice, and what came of them in this run."""

from collections.abc import Container, Iterable, Iterator
from typing import Literal

from chaintrace.fetch import Flight, Outcome
from chaintrace.model.chain import Account
from chaintrace.model.provenance import Coverage
from chaintrace.model.transaction import PENDING_RANK
from chaintrace.model.view import Missing, MissingHistory, chain_of
from chaintrace.store import Answered, Heard, Network


class Asked:
    """What was asked, and so is closed. A history that was told from some rank on is open from an earlier one.

    An account whose history no source could or would tell is closed altogether: it is the same account from whenever.
    """

    def __init__(self, chains: Container[str], heard: Heard) -> None:
        """`chains` are those that can be asked, `heard` what the store holds under their pins."""
        self.failed: dict[Missing, Outcome] = {}
        self._chains = chains
        self._how = dict(heard.questions)
        self._closed: set[Missing] = set()
        self._since: dict[Account, int] = {}
        self._shut: set[Account] = set()
        self._failures: dict[Account, Outcome] = {}
        held = {(cover.chain, contract, address) for cover in heard.coverage for address, contract in _places(cover)}
        for question, how in heard.questions.items():
            account = question.account if isinstance(question, MissingHistory) else None
            told = account is None or (account.chain, account.asset.contract, account.address) in held
            self._close(question, is_told=how != "unknown" and told)

    def is_open(self, question: Missing) -> bool:
        """Whether a question can be asked: its chain has a source and a pinned tip, and nobody asked it before."""
        if chain_of(question) not in self._chains or question in self._closed:
            return False
        if not isinstance(question, MissingHistory):
            return True
        account, since = question.account, question.since
        return since < self._since.get(account, PENDING_RANK) and account not in self._shut

    def take_off(self, flight: Flight) -> None:
        """Questions are under way: nothing else is asked about the same accounts meanwhile."""
        for question in flight.questions:
            self._close(question, is_told=False)

    def land(self, outcome: Outcome) -> None:
        """A question was answered or not."""
        question = outcome.question
        if outcome.is_failed:
            self.failed[question] = outcome
        if not isinstance(question, MissingHistory):
            return
        account = question.account
        place = account.address, account.asset.contract
        told = (cover for _, reply in outcome.replies for cover in reply.coverage if cover.chain == account.chain)
        if outcome.is_failed:
            self._failures[account] = outcome
        elif outcome.is_settled and any(place in _places(cover) for cover in told):
            self._shut.discard(account)
            self._close(question, is_told=True)

    def _close(self, question: Missing, *, is_told: bool) -> None:
        """Ask this no more; `is_told`: a history is held from there on."""
        self._closed.add(question)
        if isinstance(question, MissingHistory):
            if is_told:
                self._since[question.account] = min(question.since, self._since.get(question.account, PENDING_RANK))
            else:
                self._shut.add(question.account)

    def failure(self, question: Missing) -> Outcome | None:
        """What came of a question that no source gave a reply to in this run."""
        if isinstance(question, MissingHistory):
            return self._failures.get(question.account)
        return self.failed.get(question)

    def in_vain(self, missing: Iterable[Missing], heard: Heard) -> Iterator[Missing]:
        """What is still missing although a source claims to have told it."""
        accounts: dict[Account, set[str]] = {}
        for question, how in heard.questions.items():
            if isinstance(question, MissingHistory):
                accounts.setdefault(question.account, set()).add(how)
        for question in missing:
            if isinstance(question, MissingHistory):
                if not self.is_open(question) and "unknown" not in accounts.get(question.account, {"unknown"}):
                    yield question
            elif heard.questions.get(question) == "told":
                yield question


def _places(cover: Coverage) -> set[tuple[str, str]]:
    """The addresses and contracts that a coverage names."""
    return {(address, contract) for address in cover.addresses or () for contract in cover.contracts or ()}


def answers(outcome: Outcome) -> Iterator[Answered]:
    """What came of a question, as the store keeps it: one answer for each source that replied."""
    for endpoint, reply in outcome.replies:
        network = Network(endpoint.chain, endpoint.adapter, endpoint.shown)
        how: Literal["told", "absent", "unknown"] = (
            "unknown" if reply.still_missing else "absent" if reply.absent else "told"
        )
        told = (reply.transactions, reply.unspent, reply.coverage, reply.gaps, reply.observations)
        yield Answered(network, outcome.question, how, *told)

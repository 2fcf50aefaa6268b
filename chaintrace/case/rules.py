"""Which rules a case uses, at which versions, and what they say about its transactions and addresses."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol, cast

from chaintrace.case.config import CaseConfig
from chaintrace.case.links import DOCUMENTED
from chaintrace.case.log import Entry
from chaintrace.case.table import nearest, shown
from chaintrace.case.tag_lists import unlabelled
from chaintrace.case.view import CaseView, Findings
from chaintrace.model.chain import Account
from chaintrace.model.finding import (
    STAGES,
    AddressRule,
    AnyFinding,
    Continues,
    Heuristic,
    Rule,
    Service,
    Stage,
    Subject,
)
from chaintrace.model.transaction import Transaction
from chaintrace.model.view import Missing, MissingHistory, MissingLogs

EVERY, FIRST, LAST = "*", STAGES[0], STAGES[-1]


class Observer(Protocol):
    """Whoever watches a run: a bar on a terminal, a line on stderr, or nobody."""

    def __call__(self, what: str, done: int = 0, total: int = 0) -> None:
        """`what` is being done; `done` of `total` where they are known (0: not)."""
        ...


def nobody(what: str, done: int = 0, total: int = 0) -> None:
    """The observer of those who do not watch."""
    del what, done, total


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules in use, the versions that the case pins, and sentences about what is offered but not applied."""

    rules: tuple[Heuristic, ...]
    pins: Mapping[str, int]
    notices: tuple[str, ...] = ()


def chosen(config: CaseConfig, installed: Sequence[Heuristic], log: Sequence[Entry]) -> RuleSet:
    """The rules that a case uses: its `[rules]`, at the versions pinned in its log by the first trace.

    A rule that was installed later is offered, not applied. Raises InputError for an id that is not installed and for
    a rule in use whose version is no longer the pinned one.
    """
    by_id = {rule.id: rule for rule in installed}
    for key, ids in (("use", config.rules.use), ("off", config.rules.off)):
        for rule_id in ids:
            if rule_id not in by_id and rule_id not in {EVERY, DOCUMENTED}:
                sentence = f"{key}: there is no rule {shown(rule_id)}{nearest(rule_id, by_id)}: see `chaintrace rules`"
                raise config.error(sentence, "rules", key)
    pins = pinned(log)
    known = {rule.id: rule.version for rule in installed} if pins is None else pins
    every = {rule.id for rule in installed if not rule.by_name} if EVERY in config.rules.use else set()
    wanted = every | set(config.rules.use) - {EVERY}
    wanted -= set(by_id) if EVERY in config.rules.off else set(config.rules.off)
    notices = tuple(
        f"the rule {rule_id} was installed after the first trace and is not applied: name it in a new case to use it"
        for rule_id in sorted(wanted - set(known))
    )
    rules = tuple(rule for rule in installed if rule.id in wanted and rule.id in known)
    for rule in rules:
        if rule.version != known[rule.id]:
            sentence = (
                f"the case pins version {known[rule.id]} of the rule {rule.id}, but version {rule.version} is "
                "installed: switch it off, or make a new case"
            )
            raise config.error(sentence, "rules", "use")
    return RuleSet(rules, known, notices)


def pinned(log: Sequence[Entry]) -> dict[str, int] | None:
    """Rule ids and versions as the first trace of the case pinned them; None before that."""
    for entry in log:
        pins = entry.details.get("rules")
        if entry.action == "trace" and isinstance(pins, Mapping):
            return {rule_id: version for rule_id, version in pins.items() if isinstance(version, int)}
    return None


class Said(NamedTuple):
    """What rules say, in their order and each once, and what they asked for and nobody holds.

    That is histories, and of the last stage whatever lies behind a continuation.
    """

    findings: tuple[AnyFinding, ...]
    lacking: tuple[Missing, ...] = ()


def findings(
    transactions: Iterable[Transaction],
    rules: Sequence[Heuristic],
    view: CaseView,
    observer: Observer = nobody,
    accounts: Iterable[Account] = (),
) -> tuple[AnyFinding, ...]:
    """What the rules say about these transactions and these accounts' addresses; see `said`."""
    return said(transactions, accounts, rules, view, observer).findings


def said(
    transactions: Iterable[Transaction],
    accounts: Iterable[Account],
    rules: Sequence[Heuristic],
    view: CaseView,
    observer: Observer = nobody,
) -> Said:
    """What the rules say, stage by stage; a stage sees what the earlier ones said.

    Each finding carries its rule's id and version, and the rule's confidence or less. A rule that asks for nothing but
    tags is asked about the receivers of these transactions too.
    """
    passed, reached = tuple(transactions), dict.fromkeys(accounts)
    paid = receivers(passed) if of_tags(rules) else ()
    subjects: dict[Subject, tuple[Transaction | Account, ...]] = {
        "transaction": passed,
        "address": (*reached, *(one for one in paid if one not in reached)),
    }
    found: dict[AnyFinding, None] = {}
    lacking: dict[Missing, None] = {}
    for stage in STAGES:
        seen = view.with_findings(by_subject(found), for_rules=True)
        views = {rule.id: unlabelled(seen, rule.id) for rule in rules if rule.stage == stage}
        for subject, several in subjects.items():
            asked = [rule for rule in rules if rule.stage == stage and rule.subject == subject]
            for number, one in enumerate(several if asked else ()):
                observer(f"rules: {stage}", number, len(several))
                for rule in asked if isinstance(one, Transaction) or one in reached else of_tags(asked):
                    told = heard(rule, one, views[rule.id])
                    found.update((signed(finding, rule), None) for finding in told)
        lacking.update((one, None) for one in seen.missing if _can_be_asked(one, stage))
    return Said(tuple(found), tuple(lacking))


def receivers(transactions: Iterable[Transaction]) -> Iterator[Account]:
    """To whom these transactions of chains of outputs pay, each once."""
    found: dict[Account, None] = {}
    for transaction in transactions:
        if (transfer := transaction.utxo) is not None:
            found.update((Account(leg.address, transfer.asset), None) for leg in transfer.outputs if leg.address)
    return iter(found)


def of_tags(rules: Iterable[Heuristic]) -> tuple[Heuristic, ...]:
    """Those of these rules that ask for nothing but tags."""
    return tuple(rule for rule in rules if rule.of_tags)


def _can_be_asked(lacking: Missing, stage: Stage) -> bool:
    """Whether what a rule of a stage lacks is asked for: histories, and what lies behind a continuation.

    A key that stands among the data of an event can be looked for by nobody, but between two heights.
    """
    if isinstance(lacking, MissingLogs):
        return lacking.place > 0 or lacking.until > 0
    return stage == LAST or isinstance(lacking, MissingHistory)


def heard(rule: Heuristic, subject: Transaction | Account, view: CaseView) -> Iterator[AnyFinding]:
    """What one rule says of one subject."""
    if isinstance(subject, Account):
        return cast("AddressRule", rule.rule)(subject, view)
    return cast("Rule", rule.rule)(subject, view)


def signed(finding: AnyFinding, rule: Heuristic) -> AnyFinding:
    """A finding with the name, version and confidence of its rule; it may lower the confidence and never raise it."""
    confidence = min(finding.confidence or rule.confidence, rule.confidence)
    return replace(finding, rule=rule.id, version=rule.version, confidence=confidence)


def by_subject(found: Iterable[AnyFinding]) -> Findings:
    """Findings by (chain, subject), and by every txid of their evidence, in their order."""
    table: dict[tuple[str, str], dict[AnyFinding, None]] = {}
    for said in found:
        for subject in (said.subject, *said.evidence):
            table.setdefault((said.chain, subject), {})[said] = None
    return {key: tuple(values) for key, values in table.items()}


def continuations(found: Iterable[AnyFinding]) -> tuple[AnyFinding, ...]:
    """The findings by which a trace goes on (M23): no leads."""
    return tuple(said for said in found if isinstance(said, Continues) and not said.is_lead)


def services(found: Iterable[AnyFinding]) -> tuple[AnyFinding, ...]:
    """The findings that stop a trace (M21): those about an address."""
    return tuple(said for said in found if isinstance(said, Service) and said.is_stop)

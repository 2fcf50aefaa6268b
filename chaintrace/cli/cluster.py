"""`cluster`: with what an address was probably controlled together, and the reasons, over a file or a case."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from chaintrace.cli.printing import Progress, notice
from chaintrace.errors import InputError

if TYPE_CHECKING:
    from chaintrace.case.clusters import Looked
    from chaintrace.case.look import Named
    from chaintrace.cluster import Terms

INCOMPLETE = 3
"""The exit code where no chain of reasons joins the two addresses, or a part of a source could not be used."""

SHOWN = 80
"""How many characters of what was typed a sentence shows."""


@click.command()
@click.argument("address", metavar="ADDRESS")
@click.option("--from", "source", metavar="[ADAPTER=]PATH", required=True, help="The file, or the folder of a case.")
@click.option("--chain", help="The chain that it is on.")
@click.option("--why", metavar="OTHER", help="The shortest chain of reasons between the two addresses.")
@click.option("--without", metavar="TXID[:RULE]", multiple=True, help="As if this was never found; may be repeated.")
@click.option("--rule", "ids", multiple=True, help="Only findings of this rule join; may be repeated.")
@click.option("--least", type=int, help="The least confidence of a finding that joins, 50 to 100.")
@click.option("--min-tag-confidence", "least_tag", type=int, help="The least confidence of a tag that parts, 0 to 100.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--to", "target", type=click.Path(path_type=Path), help="Write members and findings there as CSV.")
def cluster(  # noqa: PLR0913  # each option of the command line is an argument
    *,
    address: str,
    source: str,
    chain: str | None,
    why: str | None,
    without: tuple[str, ...],
    ids: tuple[str, ...],
    least: int | None,
    least_tag: int | None,
    as_json: bool,
    target: Path | None,
) -> int:
    """Say with which addresses an address was probably controlled together, by which findings."""
    from chaintrace.adapters import ADAPTERS
    from chaintrace.adapters.transactions_asked import AskedTransactions
    from chaintrace.case.clusters import absent, looked
    from chaintrace.case.look import chain_of, look, named
    from chaintrace.case.overwriting import spare
    from chaintrace.case.result import now
    from chaintrace.cli import reasons
    from chaintrace.plugins import heuristics

    found = named(source)
    spare(target, found.path)
    chain = chain_of(found, chain)
    terms = _terms(found, chain, ids, without, (least, least_tag))
    here, other = _normal(chain, address), None if why is None else _normal(chain, why)
    progress = Progress()
    asked = AskedTransactions(lambda lines: progress("reading the file", lines))
    with look(found, chain, now, {**ADAPTERS, asked.name: asked}) as view:
        rules = tuple(rule for rule in heuristics() if not rule.by_name or rule.id in ids)
        for one in absent(view, chain, (here, *([] if other is None else [other]))):
            raise InputError(f"{one[:SHOWN]!r} was not found: no source names it as an address of {chain}")
        seen = looked(view, chain, rules, terms, progress)
        progress.done()
        for sentence in (*(gap.text for gap in view.gaps if gap.chain == chain), *seen.unknown.sentences()):
            notice(sentence)
        code = INCOMPLETE if any(gap.kind == "source" for gap in view.gaps) else 0
        _tell_undone(seen, terms)
        told = reasons.told(view, seen.clusters.of(chain, here), seen.unknown)
        if target is not None:
            reasons.write(target, told)
        if other is not None:
            return code if reasons.why(seen.clusters, chain, here, other, as_json=as_json) else INCOMPLETE
        reasons.show(told, here, as_json=as_json)
    return code


def _terms(
    found: "Named", chain: str, ids: Sequence[str], without: Sequence[str], leasts: tuple[int | None, int | None]
) -> "Terms":
    """On which terms findings join, by the command line; the least confidence of a tag is else that of the case.

    `leasts` are the least confidence of a finding and that of a tag. Raises InputError.
    """
    from chaintrace.adapters.assets import txid_key
    from chaintrace.case.config import load
    from chaintrace.cluster import Terms, Undone
    from chaintrace.model.finding import UNION
    from chaintrace.plugins import heuristics

    control = {rule.id for rule in heuristics() if rule.stage == "control"}
    for rule_id in (*ids, *(one.partition(":")[2] for one in without)):
        if rule_id and rule_id not in control:
            raise InputError(f"there is no rule {rule_id[:SHOWN]!r} about common control: see `chaintrace rules`")
    parts = [one.partition(":") for one in without]
    if any(not txid for txid, _, _ in parts):
        raise InputError("--without names no txid: write --without TXID or --without TXID:RULE")
    undone = tuple(Undone(txid_key(chain, txid), rule) for txid, _, rule in parts)
    least, least_tag = leasts
    if least_tag is None:
        least_tag = load(found.path).limits.min_tag_confidence if found.is_case else 0
    try:
        return Terms(UNION if least is None else least, frozenset(ids) or None, undone, least_tag)
    except ValueError as error:
        raise InputError(f"{error}: correct --least or --min-tag-confidence") from error


def _normal(chain: str, address: str) -> str:
    """An address as the sources write it. Raises InputError for one that is none."""
    from chaintrace.case.typed import typed_address

    try:
        return typed_address(chain, address)
    except ValueError as error:
        raise InputError(f"{error}: correct it") from error


def _tell_undone(seen: "Looked", terms: "Terms") -> None:
    """Say how many findings each `--without` leaves out; one that is mistyped leaves out none."""
    from chaintrace.report.wording import counted

    for one in terms.without:
        name = f"--without {one.txid[:SHOWN]}{f':{one.rule}' if one.rule else ''}"
        count = sum(one.names(finding) for finding in seen.undone)
        if count:
            notice(f"{name}: {counted(count, 'finding counts', 'findings count')} as never said")
        else:
            notice(f"{name}: no finding rests on it, so nothing changes: take a txid from the evidence")
